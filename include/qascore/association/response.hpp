// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../estimation/sample_design.hpp"
#include "../kernel/response_propensity.hpp"

#include <span>
#include <vector>

/// Silent customers, by a model of who answers; what is estimated stands in kernel/response_propensity.hpp.
namespace qascore {

/// Who answered y (a number, or a gap), by columns that all rows have.
template <row_range Range, projection_of<Range> Y, projection_of<Range>... Columns>
response_propensity fit_response(const sample_design& design, const Range& rows, const Y& y,
                                 const propensity_options& options, const Columns&... columns) {
  std::vector<double> answered = design.numbers(rows, y, "y", missing_rows::drop);
  for (double& value : answered)
    value = is_missing(value) ? 0.0 : 1.0;
  const std::vector<std::vector<double>> values{
      design.numbers(rows, columns, "column", missing_rows::error)...};
  const std::vector<std::span<const double>> spans(values.begin(), values.end());
  return kernel::fit_response(design.view(), answered, spans, options);
}

/// Mean of y of those who answered, and after weights for who did not.
template <row_range Range, projection_of<Range> Y>
adjusted_estimates adjusted_mean(const sample_design& design, const response_propensity& fit,
                                 const Range& rows, const Y& y, confidence_level confidence = {}) {
  return kernel::adjusted_mean(design.view(), fit, design.numbers(rows, y, "y", missing_rows::drop),
                               confidence);
}

/// Correlation of x and y, likewise.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
adjusted_estimates adjusted_correlation(const sample_design& design, const response_propensity& fit,
                                        const Range& rows, const X& x, const Y& y, correlation_method method,
                                        confidence_level confidence = {}) {
  return kernel::adjusted_correlation(design.view(), fit, design.numbers(rows, x, "x", missing_rows::drop),
                                      design.numbers(rows, y, "y", missing_rows::drop), method, confidence);
}

} // namespace qascore
