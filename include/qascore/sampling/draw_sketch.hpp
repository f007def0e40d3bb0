// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../core/seed.hpp"
#include "../detail/format.hpp"
#include "../kernel/random_number.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// Draws from streams: batch by batch, part by part, in bounded memory.
namespace qascore {

/// What a draw has to remember of the conversations it has seen: of each stratum how many there were, and the
/// `capacity` ids with the smallest permanent random numbers. Id is std::int64_t or std::string.
///
/// A sketch of a whole, and sketches of its parts that are merged, hold the same, bit for bit, in whatever
/// order rows came: so a draw can run over batches, processes and machines. The n <= capacity smallest of
/// a stratum are the sample that draw() takes of it with the same seed.
/// Memory: 2 capacity entries per stratum at most. Time: O(1) per row, most rows by one comparison.
///
/// Every id must come once in all: of repeated ids only those among the smallest are seen, and refused
/// (data_error) by sample(); a stream does not remember the others.
/// Source: Ohlsson (1995), see kernel/selection.hpp; the sketch is that of bottom-k, Cohen and Kaplan (2007),
/// doi:10.1145/1281100.1281133. Checked against: select_smallest on the whole.
template <class Id>
class draw_sketch {
public:
  struct entry {
    std::uint64_t number;
    Id id;
    friend bool operator<(const entry& a, const entry& b) {
      return a.number != b.number ? a.number < b.number : a.id < b.id;
    }
    friend bool operator==(const entry&, const entry&) = default;
  };
  using key = std::vector<std::string>; ///< a stratum's labels

  draw_sketch(std::uint64_t capacity, seed start)
      : capacity_{capacity},
        start_{start},
        numbers_{start} {
    if (capacity == 0 || capacity > std::numeric_limits<std::uint64_t>::max() / 4)
      throw argument_error("capacity: expected a whole number above 0 but found " + std::to_string(capacity));
  }

  std::uint64_t capacity() const noexcept { return capacity_; }
  seed start() const noexcept { return start_; }

  /// A batch: ids (a span of integers or text), the code of each row's stratum, and the strata's labels.
  /// Throws data_error for a code without labels; nothing of the batch is then taken.
  template <class Ids>
  void add(const Ids& ids, std::span<const std::uint32_t> stratum, std::span<const key> labels) {
    if (stratum.size() != ids.size())
      throw argument_error("stratum: expected one code per id");
    for (std::size_t row = 0; row < stratum.size(); ++row)
      if (stratum[row] >= labels.size())
        throw data_error("stratum: row " + std::to_string(row) + " has no stratum");
    std::vector<part*> parts;
    for (const key& one : labels)
      parts.push_back(&parts_[one]);
    for (std::size_t row = 0; row < stratum.size(); ++row) {
      part& p = *parts[stratum[row]];
      ++p.rows;
      if (const std::uint64_t number = numbers_(ids[row]); number <= p.most)
        take(p, {number, Id(ids[row])});
    }
  }

  /// Adds what another sketch has seen. Throws design_error unless capacity and seed are the same.
  void merge(const draw_sketch& other) {
    if (other.capacity_ != capacity_ || other.start_ != start_)
      throw design_error("sketch: expected one of the same capacity and seed");
    for (const auto& [labels, from] : other.parts_) {
      part& to = parts_[labels];
      to.rows += from.rows;
      for (const entry& e : from.entries)
        if (e.number <= to.most)
          take(to, e);
    }
  }

  /// The strata in ascending order of their labels as text, with how many rows each had.
  std::vector<std::pair<key, std::uint64_t>> strata() const {
    std::vector<std::pair<key, std::uint64_t>> out;
    for (const auto& [labels, p] : parts_)
      if (p.rows > 0)
        out.emplace_back(labels, p.rows);
    return out;
  }

  /// The n smallest of a stratum, ascending by number. Throws design_error if n exceeds the capacity or what
  /// the stratum holds, data_error if an id is among them twice.
  std::vector<entry> sample(const key& labels, std::uint64_t n) const {
    const auto at = parts_.find(labels);
    const std::uint64_t holds = at == parts_.end() ? 0 : at->second.rows;
    if (n > std::min(holds, capacity_))
      throw design_error("sketch: expected at most " + std::to_string(std::min(holds, capacity_)) +
                         " of a stratum of " + std::to_string(holds) + " conversations (capacity " +
                         std::to_string(capacity_) + ") but " + std::to_string(n) + " are asked");
    if (n == 0)
      return {};
    std::vector<entry> out = at->second.entries;
    std::sort(out.begin(), out.end());
    for (std::size_t i = 1; i < out.size() && i <= n; ++i)
      if (out[i].id == out[i - 1].id)
        throw data_error("id: expected every id once but found " + text_of(out[i].id) + " more often");
    out.resize(n);
    return out;
  }

  /// All that is remembered, from smallest to largest: what a file needs, beside capacity and seed.
  std::vector<entry> entries(const key& labels) const {
    const auto at = parts_.find(labels);
    if (at == parts_.end())
      return {};
    part p = at->second;
    prune(p);
    std::sort(p.entries.begin(), p.entries.end());
    return std::move(p.entries);
  }

  /// Takes what entries() of another sketch of the same capacity and seed gave, and how many rows its stratum
  /// had. Throws data_error if there are more ids than rows or the capacity allows.
  void restore(const key& labels, std::uint64_t rows, std::span<const Id> ids) {
    if (ids.size() != std::min(rows, capacity_))
      throw data_error("sketch: expected " + std::to_string(std::min(rows, capacity_)) +
                       " ids of a stratum of " + std::to_string(rows) + " conversations but found " +
                       std::to_string(ids.size()));
    part& p = parts_[labels];
    p.rows += rows;
    for (const Id& id : ids)
      if (const std::uint64_t number = numbers_(id); number <= p.most)
        take(p, {number, id});
  }

  friend bool operator==(const draw_sketch& a, const draw_sketch& b) {
    const auto strata = a.strata();
    return a.capacity_ == b.capacity_ && a.start_ == b.start_ && strata == b.strata() &&
           std::all_of(strata.begin(), strata.end(),
                       [&](const auto& s) { return a.entries(s.first) == b.entries(s.first); });
  }

private:
  struct part {
    std::uint64_t rows = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max(); ///< larger numbers need no look
    std::vector<entry> entries{};
  };

  static std::string text_of(const Id& id) {
    if constexpr (std::is_same_v<Id, std::string>)
      return detail::quoted(id);
    else
      return std::to_string(id);
  }

  /// Keeps up to twice the capacity, then the smaller half: each entry costs a constant on average.
  void take(part& p, entry&& e) const {
    p.entries.push_back(std::move(e));
    if (p.entries.size() >= 2 * capacity_)
      prune(p);
  }
  void take(part& p, const entry& e) const { take(p, entry(e)); }

  void prune(part& p) const {
    if (p.entries.size() <= capacity_)
      return;
    const auto middle = p.entries.begin() + static_cast<std::ptrdiff_t>(capacity_);
    std::nth_element(p.entries.begin(), middle - 1, p.entries.end());
    p.most = (middle - 1)->number;
    p.entries.erase(middle, p.entries.end());
  }

  std::uint64_t capacity_;
  seed start_;
  kernel::permanent_numbers numbers_;
  std::map<key, part> parts_;
};

} // namespace qascore
