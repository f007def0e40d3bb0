// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../rank_interval.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace qascore::kernel {
namespace detail_rank_interval {

inline std::vector<std::size_t> ascending(std::span<const double> value) {
  std::vector<std::size_t> order(value.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return value[a] < value[b]; });
  return order;
}

} // namespace detail_rank_interval

QASCORE_INLINE std::vector<rank_interval> rank_intervals(std::span<const double> value,
                                                         std::span<const double> variance, double critical) {
  const std::size_t m = value.size();
  std::vector<rank_interval> out(m, {1, m});
  if (m < 2)
    return out;
  const auto order = detail_rank_interval::ascending(value);
  std::vector<double> sorted, spread;
  for (const std::size_t i : order) {
    sorted.push_back(value[i]);
    spread.push_back(variance[i]);
  }
  const double least = *std::min_element(spread.begin(), spread.end());
  const double largest = *std::max_element(spread.begin(), spread.end());
  std::vector<std::size_t> lower(m + 1, 0); // by place: how many start to be surely lower there
  for (std::size_t i = 0; i < m; ++i) {
    // Nearer than the first no value is surely higher, beyond the second every one is.
    const double near = critical * std::sqrt(spread[i] + least),
                 far = critical * std::sqrt(spread[i] + largest);
    const auto from = std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(i), sorted.end(),
                                       sorted[i], [near](double a, double b) { return b - a > near; });
    const auto until =
        std::upper_bound(from, sorted.end(), sorted[i], [far](double a, double b) { return b - a > far; });
    out[order[i]].low += static_cast<std::size_t>(sorted.end() - until);
    ++lower[static_cast<std::size_t>(until - sorted.begin())];
    for (auto at = from; at != until; ++at) {
      const auto j = static_cast<std::size_t>(at - sorted.begin());
      if (sorted[j] - sorted[i] > critical * std::sqrt(spread[i] + spread[j])) {
        ++out[order[i]].low;
        --out[order[j]].high;
      }
    }
  }
  std::size_t sure = 0;
  for (std::size_t j = 0; j < m; ++j) {
    sure += lower[j];
    out[order[j]].high -= sure;
  }
  return out;
}

QASCORE_INLINE std::vector<std::size_t> ranks_of(std::span<const double> value) {
  const auto order = detail_rank_interval::ascending(value);
  std::vector<std::size_t> out(value.size());
  for (std::size_t at = order.size(); at-- > 0;) {
    const bool tied = at + 1 < order.size() && value[order[at]] == value[order[at + 1]];
    out[order[at]] = tied ? out[order[at + 1]] : order.size() - at;
  }
  return out;
}

} // namespace qascore::kernel
