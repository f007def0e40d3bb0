// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../core/seed.hpp"
#include "../kernel/random_number.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore {

/// A simple random sample of n from a stream of unknown length whose items have no ids: after each item, all
/// sets of n of the items so far have the same chance. Algorithm L: it computes how many items to skip
/// until the next one is taken, so that a stream of N costs O(n (1 + log(N / n))) random numbers.
///
/// What is drawn depends on the seed and the order of the stream; two reservoirs do not merge. Where
/// items have ids, draw_sketch is better in all of this.
/// Source: Li (1994), Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n))), ACM Trans. Math.
/// Software 20, 481-493, doi:10.1145/198429.198435. Checked against: inclusion frequencies over many seeds.
template <class Item>
class reservoir {
public:
  /// n > 0, else argument_error.
  reservoir(std::uint64_t n, seed start)
      : n_{n},
        numbers_{seed{kernel::permanent_numbers{start}(std::string_view("reservoir"))}} {
    if (n == 0)
      throw argument_error("n: expected a whole number above 0 but found 0");
  }

  void add(Item item) {
    if (items_.size() < n_) {
      items_.push_back(std::move(item));
      if (items_.size() == n_)
        skip();
    } else if (seen_ == next_) {
      items_[static_cast<std::size_t>(uniform() * static_cast<double>(n_))] = std::move(item);
      skip();
    }
    ++seen_;
  }

  /// How many of the coming items will not be taken: a stream that can jump may leave them out.
  std::uint64_t skippable() const noexcept { return items_.size() < n_ ? 0 : next_ - seen_; }
  /// Says that so many items, at most skippable(), were left out.
  void skip(std::uint64_t items) {
    if (items > skippable())
      throw argument_error("items: expected at most " + std::to_string(skippable()) + " but found " +
                           std::to_string(items));
    seen_ += items;
  }

  /// Items so far, those left out included.
  std::uint64_t seen() const noexcept { return seen_; }
  /// The sample: n items, or all of a shorter stream.
  const std::vector<Item>& items() const noexcept { return items_; }
  /// Chance of each item so far to be in it.
  double inclusion_probability() const noexcept {
    return seen_ <= n_ ? 1.0 : static_cast<double>(n_) / static_cast<double>(seen_);
  }

private:
  /// Above 0 and below 1.
  double uniform() noexcept { return kernel::uniform_of(numbers_(drawn_++)) + 0x1p-54; }

  /// w is distributed as the largest of the n smallest of the items' (virtual) uniform numbers.
  void skip() noexcept {
    log_w_ += std::log(uniform()) / static_cast<double>(n_);
    const double gap = std::floor(std::log(uniform()) / std::log1p(-std::exp(log_w_)));
    constexpr double far = 0x1p62; // no stream comes there
    next_ = gap < far ? seen_ + 1 + static_cast<std::uint64_t>(gap) //
                      : std::numeric_limits<std::uint64_t>::max();
  }

  std::uint64_t n_;
  kernel::permanent_numbers numbers_;
  std::int64_t drawn_ = 0;
  double log_w_ = 0.0;
  std::uint64_t seen_ = 0;
  std::uint64_t next_ = 0;
  std::vector<Item> items_;
};

} // namespace qascore
