// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/regression.hpp"
#include "proportion.hpp"
#include "sample_design.hpp"

#include <span>
#include <vector>

/// Regression under a design; what is estimated and how stands in kernel/regression.hpp.
namespace qascore {

struct regression_options {
  confidence_level confidence{};
  coefficient_errors errors = coefficient_errors::cr2;
  missing_rows missing =
      missing_rows::error; ///< drop leaves out units that lack a value; domain is not for this
};

namespace detail {
template <class Fit, class Range, class... Columns>
regression_fit fit_regression(const Fit& fit, const sample_design& design, const Range& rows,
                              const regression_options& options, const Columns&... columns) {
  const std::vector<std::vector<double>> values{design.numbers(rows, columns, "column", options.missing)...};
  const std::vector<std::span<const double>> spans(values.begin(), values.end());
  regression_fit out = fit(spans, kernel::regression_options{options.confidence, options.errors});
  for (tested_estimate& coefficient : out.coefficients)
    coefficient = design.scoped(std::move(coefficient));
  return out;
}
} // namespace detail

/// Least squares: intercept first, then one coefficient per column.
template <row_range Range, projection_of<Range> Value, projection_of<Range>... Columns>
regression_fit linear_regression(const sample_design& design, const Range& rows, const Value& value,
                                 const regression_options& options, const Columns&... columns) {
  const auto y = design.numbers(rows, value, "value", options.missing);
  return detail::fit_regression(
      [&](const auto& spans, const auto& how) {
        return kernel::linear_regression(design.view(), y, spans, how);
      },
      design, rows, options, columns...);
}

/// Log odds of an event in {0, 1}: intercept first, then one coefficient per column.
template <row_range Range, projection_of<Range> Event, projection_of<Range>... Columns>
regression_fit logit_regression(const sample_design& design, const Range& rows, const Event& event,
                                const regression_options& options, const Columns&... columns) {
  const auto y = detail::events(design, rows, event, options.missing);
  return detail::fit_regression(
      [&](const auto& spans, const auto& how) {
        return kernel::logit_regression(design.view(), y, spans, how);
      },
      design, rows, options, columns...);
}

/// Proportional odds of a category 0, ..., categories - 1: one coefficient per column, then the thresholds.
template <row_range Range, projection_of<Range> Category, projection_of<Range>... Columns>
regression_fit ordinal_logit(const sample_design& design, const Range& rows, const Category& category,
                             std::size_t categories, const regression_options& options,
                             const Columns&... columns) {
  const auto y = design.numbers(rows, category, "category", options.missing);
  return detail::fit_regression(
      [&](const auto& spans, const auto& how) {
        return kernel::ordinal_logit(design.view(), y, categories, spans, how);
      },
      design, rows, options, columns...);
}

} // namespace qascore
