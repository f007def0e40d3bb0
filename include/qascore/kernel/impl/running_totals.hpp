// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

/// Sums over ordered levels that change while they are asked for.
namespace qascore::kernel::detail_totals {

/// Sum of whole and half numbers up to 2^52: exact in plain double, whatever the order.
class half_number_sum {
public:
  void add(double term) noexcept { value_ += term; }
  double value() const noexcept { return value_; }

private:
  double value_ = 0.0;
};
/// Up to here sums of ranks of unweighted rows, and counts of their ordered pairs, are such numbers (n^2 <= 2^52).
inline constexpr std::size_t exact_rows = std::size_t{1} << 26u;

/// Sums over the levels below a level, in O(log levels) each (Fenwick 1994).
template <class Sum>
class running_totals {
public:
  using code = std::uint32_t; ///< of a level

  explicit running_totals(std::size_t levels) : node_(levels), own_(levels) {}

  void add(std::uint32_t level, double term) {
    own_[level].add(term);
    for (std::size_t k = std::size_t{level} + 1; k <= node_.size(); k += k & (~k + 1))
      node_[k - 1].add(term);
  }
  /// Sums of the levels below `level`, and up to it.
  std::pair<double, double> around(std::size_t level) const {
    Sum sum;
    for (std::size_t k = level; k > 0; k -= k & (~k + 1))
      sum.add(node_[k - 1].value());
    const double below = sum.value();
    return {below, below + own_[level].value()};
  }

private:
  std::vector<Sum> node_, own_;
};

} // namespace qascore::kernel::detail_totals
