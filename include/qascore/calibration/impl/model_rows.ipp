// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../model_rows.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Rows as mixed models read them.
namespace qascore::detail {

QASCORE_INLINE model_rows::model_rows(missing_rows missing, std::string fixed)
    : missing_{missing}, fixed_argument_{std::move(fixed)} {
  if (missing == missing_rows::domain)
    throw argument_error(
        "missing: expected error or drop, since nothing else stands for a part of the population");
}

QASCORE_INLINE void model_rows::finish() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < keep_.size(); ++i) {
    if (keep_[i] == 0)
      continue;
    score_[kept] = score_[i];
    for (model_factor& factor : factors_)
      factor.code[kept] = factor.code[i];
    for (auto& column : fixed_)
      column[kept] = column[i];
    ++kept;
  }
  if (kept == 0)
    throw data_error("rows: expected rows with a score but found none");
  dropped = keep_.size() - kept;
  score_.resize(kept);
  for (auto& column : fixed_)
    column.resize(kept);
  for (model_factor& factor : factors_) {
    factor.code.resize(kept);
    only_used(factor);
  }
}

QASCORE_INLINE void model_rows::leave_out(std::size_t row, const std::string& what) {
  if (missing_ == missing_rows::error)
    throw data_error(what + " at row " + std::to_string(row) +
                     "; choose missing_rows::drop to leave such rows out");
  keep_[row] = 0;
}

QASCORE_INLINE void model_rows::mark_numbers(const std::vector<double>& values, const std::string& argument) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isinf(values[i]))
      throw data_error(argument + ": expected finite numbers but found " + format_number(values[i]) +
                       " at row " + std::to_string(i));
    if (is_missing(values[i]))
      leave_out(i, argument + ": no value");
  }
}

QASCORE_INLINE void model_rows::only_used(model_factor& factor) {
  std::vector<std::uint32_t> place(factor.labels.size(), missing_code);
  for (const std::uint32_t code : factor.code)
    place[code] = 0;
  std::uint32_t used = 0;
  for (std::size_t level = 0; level < place.size(); ++level)
    if (!is_missing(place[level])) {
      if (used != level)
        factor.labels[used] = std::move(factor.labels[level]);
      place[level] = used++;
    }
  factor.labels.resize(used);
  for (std::uint32_t& code : factor.code)
    code = place[code];
}

QASCORE_INLINE model_rows rows_of(const rating_table& table) {
  if (!table.labels().empty())
    throw argument_error("ratings: a model of scores needs numbers, but the ratings are text");
  if (table.anonymous())
    throw argument_error("ratings: a model of raters needs to know which rater gave which rating, but the "
                         "raters are anonymous");
  const rating_view view = table.view();
  std::vector<table_row> rows;
  for (std::uint32_t u = 0; u < view.units; ++u) {
    const std::size_t p = view.profile_of(u);
    for (std::size_t at = view.begin[p]; at < view.begin[p + 1]; ++at)
      rows.push_back({u, view.rater[at], view.value[view.code[at]]});
  }
  model_rows out(missing_rows::error);
  out.add_score(rows, &table_row::score);
  out.add_coded(rows, &table_row::unit, table.units());
  out.add_coded(rows, &table_row::rater, table.raters());
  out.finish();
  return out;
}

} // namespace qascore::detail
