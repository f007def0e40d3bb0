// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../cronbach.hpp"
#include "../mean.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE linearised cronbach_alpha(const design_view& design,
                                         std::span<const std::span<const double>> columns) {
  if (columns.size() < 2)
    throw argument_error("columns: expected at least 2 but found " + std::to_string(columns.size()));
  std::vector<double> total(design.units, 0.0);
  for (const auto column : columns) {
    if (column.size() != design.units)
      throw argument_error("columns: expected " + std::to_string(design.units) +
                           " values, one per unit, but found " + std::to_string(column.size()));
    for (std::size_t i = 0; i < total.size(); ++i)
      total[i] += column[i]; // NaN where one is missing
  }
  const domain_rows grouped = group_by_domain({}, total);
  const auto rows = grouped.of(0);
  linearised out;
  if (rows.size() < 2) {
    out.undefined = "fewer than 2 units have all values";
    return out;
  }
  // Squared distances from the mean, weighted mean of them.
  const auto variance_of_column = [&](std::span<const double> y, std::vector<double>& squares) {
    std::vector<double> from_mean(rows.size());
    mean_of_rows(design, rows, y, from_mean);
    detail::accurate_sum weight, sum;
    for (const std::uint32_t i : rows)
      weight.add(design.weight_of(i));
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const double d = from_mean[k] * weight.value();
      squares[k] += d * d;
      sum.add(design.weight_of(rows[k]) * d * d);
    }
    return sum.value() / weight.value();
  };
  std::vector<double> a(rows.size(), 0.0), b(rows.size(), 0.0);
  double parts = 0.0;
  for (const auto column : columns)
    parts += variance_of_column(column, a);
  const double whole = variance_of_column(total, b);
  if (!(whole > 4.0 * std::numeric_limits<double>::epsilon() * parts)) {
    out.undefined = "the sum does not vary";
    return out;
  }
  const auto k_columns = static_cast<double>(columns.size());
  const double factor = k_columns / (k_columns - 1.0), ratio = parts / whole;
  out.value = factor * (1.0 - ratio);
  detail::accurate_sum weight;
  for (const std::uint32_t i : rows)
    weight.add(design.weight_of(i));
  out.influence.assign(design.units, 0.0);
  for (std::size_t k = 0; k < rows.size(); ++k)
    out.influence[rows[k]] = -factor * (a[k] - parts - ratio * (b[k] - whole)) / (whole * weight.value());
  return out;
}

} // namespace qascore::kernel
