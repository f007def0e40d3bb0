// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../correlation_system.hpp"
#include "../pairs.hpp"

#include <algorithm>
#include <utility>

namespace qascore::kernel {
namespace detail_system {

/// As gaps_of has them, of any number of columns.
inline std::vector<double> gaps_of_columns(const design_view& design,
                                           std::span<const std::span<const double>> columns) {
  std::vector<double> out;
  for (const std::span<const double> column : columns) {
    std::vector<double> found = gaps_of(design, columns.front(), column);
    if (out.empty())
      out = std::move(found);
    else
      for (std::size_t i = 0; i < found.size(); ++i)
        if (is_missing(found[i]))
          out[i] = missing_value;
  }
  return out;
}

} // namespace detail_system

QASCORE_INLINE correlation_system::correlation_system(const design_view& design,
                                                      std::span<const std::span<const double>> columns,
                                                      correlation_method method, missing_rows missing)
    : columns_{columns.size()}, units_{design.units}, constant_{columns.size()},
      independent_{is_independent(design)}, gaps_{detail_system::gaps_of_columns(design, columns)},
      answered_(design, gaps_, missing), matrix_(columns.size() * columns.size(), missing_value) {
  if (method != correlation_method::pearson && method != correlation_method::spearman &&
      method != correlation_method::kendall)
    throw argument_error("method: expected pearson, spearman or kendall");
  for (std::size_t i = 0; i < units_; ++i)
    if (gaps_.empty() || !is_missing(gaps_[i]))
      rows_.push_back(static_cast<std::uint32_t>(i));
  if (rows_.size() < 3)
    undefined_ = "fewer than 3 complete rows";
  else
    undefined_ = answered_.obstacle();
  for (std::size_t j = columns.size(); undefined_.empty() && j-- > 0;)
    if (std::ranges::all_of(rows_, [&](std::uint32_t i) { return columns[j][i] == columns[j][rows_[0]]; }))
      constant_ = j;
  if (constant_ < columns.size())
    undefined_ = "a column is constant";
  if (!undefined_.empty())
    return;
  std::vector<std::vector<double>> complete; // where rows are left out for gaps in other columns
  for (const std::span<const double> column : columns) {
    complete.emplace_back(gaps_.empty() ? std::vector<double>{}
                                        : std::vector<double>(column.begin(), column.end()));
    for (std::size_t i = 0; i < gaps_.size(); ++i)
      if (is_missing(gaps_[i]))
        complete.back()[i] = missing_value;
  }
  const auto column_of = [&](std::size_t j) {
    return gaps_.empty() ? columns[j] : std::span<const double>{complete[j]};
  };
  for (std::size_t a = 0; a < columns_; ++a) {
    matrix_[a * columns_ + a] = 1.0;
    for (std::size_t b = a + 1; b < columns_; ++b) {
      linearised found = correlation(answered_.design(), column_of(a), column_of(b), method);
      matrix_[a * columns_ + b] = matrix_[b * columns_ + a] = found.value;
      parts_.push_back(std::move(found.influence));
      if (found.limit.most < limit_.most)
        limit_ = found.limit;
    }
  }
}

QASCORE_INLINE std::vector<double> correlation_system::influence(std::span<const double> gradient) const {
  std::vector<double> out(units_, 0.0);
  std::size_t part = 0;
  for (std::size_t a = 0; a < columns_; ++a)
    for (std::size_t b = a + 1; b < columns_; ++b, ++part) {
      const double slope = gradient[a * columns_ + b] + gradient[b * columns_ + a];
      if (slope != 0.0)
        for (std::size_t i = 0; i < units_; ++i)
          out[i] += slope * parts_[part][i];
    }
  return out;
}

QASCORE_INLINE design_variance correlation_system::variance(std::span<const double> influence) const {
  variance_engine engine = answered_.engine();
  if (gaps_.empty())
    return engine.of_all(influence);
  std::vector<double> taken;
  taken.reserve(rows_.size());
  for (const std::uint32_t i : rows_)
    taken.push_back(influence[i]);
  return answered_.of_answers(engine.of_rows(rows_, taken));
}

} // namespace qascore::kernel
