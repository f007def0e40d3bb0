// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../auxiliaries.hpp"

#include <cstddef>
#include <span>
#include <vector>

/// Weighted sums over units that calibration takes again and again.
namespace qascore::kernel::detail_auxiliaries {

inline double product(std::span<const double> weight, std::span<const double> a, std::span<const double> b) {
  detail::accurate_sum sum;
  for (std::size_t i = 0; i < weight.size(); ++i)
    sum.add(weight[i] * a[i] * b[i]);
  return sum.value();
}

inline void take_out(std::span<double> from, double slope, std::span<const double> column) {
  for (std::size_t i = 0; i < from.size(); ++i)
    from[i] -= slope * column[i];
}

/// Weighted sums per cell.
inline std::vector<double> cell_sums(const calibration_step& step, std::span<const double> weight,
                                     std::span<const double> values) {
  std::vector<detail::accurate_sum> sums(step.cells);
  for (std::size_t i = 0; i < weight.size(); ++i)
    sums[step.cell[i]].add(weight[i] * (values.empty() ? 1.0 : values[i]));
  std::vector<double> out;
  out.reserve(sums.size());
  for (const detail::accurate_sum& sum : sums)
    out.push_back(sum.value());
  return out;
}

} // namespace qascore::kernel::detail_auxiliaries
