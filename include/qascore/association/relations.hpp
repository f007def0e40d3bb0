// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../estimation/sample_design.hpp"
#include "../kernel/attenuation.hpp"
#include "../kernel/correlation_comparison.hpp"
#include "../kernel/pair_bootstrap.hpp"
#include "../kernel/partial_correlation.hpp"
#include "../kernel/relative_importance.hpp"
#include "../kernel/within_between.hpp"
#include "correlation.hpp"

#include <span>
#include <vector>

/// Beyond one correlation, of the rows that a design was made from; what is estimated and when it does not exist stands in
/// the kernels' headers. Corrections (kernel::disattenuate, kernel::correct_range) and comparisons of reported
/// correlations take numbers, and are the kernels' own.
namespace qascore {

using kernel::correct_range;
using kernel::disattenuate;
using kernel::independent_correlations;
using kernel::nonoverlapping_correlations;
using kernel::overlapping_correlations;

/// Correlation of x and y at given values of other numbers of the rows.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y, projection_of<Range>... Given>
tested_estimate partial_correlation(const sample_design& design, const Range& rows, const X& x, const Y& y,
                                    const partial_options& options, const Given&... given) {
  const auto xs = design.numbers(rows, x, "x", options.missing);
  const auto ys = design.numbers(rows, y, "y", options.missing);
  const std::vector<std::vector<double>> values{design.numbers(rows, given, "given", options.missing)...};
  const std::vector<std::span<const double>> spans(values.begin(), values.end());
  return kernel::partial_correlation(design.view(), xs, ys, spans, options);
}

/// The correlation of x1 and y1 against that of x2 and y2, in the same rows.
template <row_range Range, projection_of<Range> X1, projection_of<Range> Y1, projection_of<Range> X2,
          projection_of<Range> Y2>
kernel::compared_correlations
compare_correlations(const sample_design& design, const Range& rows, const X1& x1, const Y1& y1, const X2& x2,
                     const Y2& y2, correlation_method method, confidence_level confidence = {},
                     missing_rows missing = missing_rows::error) {
  const auto a = design.numbers(rows, x1, "x1", missing), b = design.numbers(rows, y1, "y1", missing);
  const auto c = design.numbers(rows, x2, "x2", missing), d = design.numbers(rows, y2, "y2", missing);
  return kernel::compare_correlations(design.view(), {a, b}, {c, d}, method, confidence, missing);
}

/// Correlation within the groups that a label makes, between them, and of all.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y, projection_of<Range> Group>
within_between_result within_between(const sample_design& design, const Range& rows, const X& x, const Y& y,
                                     const Group& group, const correlation_options& options = {}) {
  const auto xs = design.numbers(rows, x, "x", options.missing);
  const auto ys = design.numbers(rows, y, "y", options.missing);
  const auto groups = design.labels(rows, group, "group", options.missing);
  return kernel::within_between(design.view(), xs, ys, groups.codes, groups.labels.size(), options.confidence,
                                options.interval, options.missing);
}

/// Correlation in each part that a label makes (channel), each against all others, and whether they are all alike. A row with a gap or
/// without a label is left out.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y, projection_of<Range> Part>
kernel::correlations_by_part compare_parts(const sample_design& design, const Range& rows, const X& x,
                                           const Y& y, const Part& part, correlation_method method,
                                           confidence_level confidence = {}) {
  const auto xs = design.numbers(rows, x, "x", missing_rows::drop);
  const auto ys = design.numbers(rows, y, "y", missing_rows::drop);
  const auto parts = design.labels(rows, part, "part", missing_rows::drop);
  return kernel::compare_parts(design.view(), xs, ys, parts.codes, parts.labels.size(), method, confidence);
}

/// Bootstrap of a correlation, or of the ratio of two totals.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
bootstrapped_estimate bootstrap_pairs(const sample_design& design, const Range& rows, const X& x, const Y& y,
                                      const pair_bootstrap_options& options) {
  const auto xs = design.numbers(rows, x, "x", options.missing);
  const auto ys = design.numbers(rows, y, "y", options.missing);
  return kernel::bootstrap_pairs(design.view(), xs, ys, options);
}

/// Shares of the variance of y that other numbers of the rows explain, each a driver of its own.
template <row_range Range, projection_of<Range> Y, projection_of<Range>... Columns>
importance_result relative_importance(const sample_design& design, const Range& rows, const Y& y,
                                      const importance_options& options, const Columns&... columns) {
  const auto ys = design.numbers(rows, y, "y", options.missing);
  const std::vector<std::vector<double>> values{design.numbers(rows, columns, "column", options.missing)...};
  const std::vector<std::span<const double>> spans(values.begin(), values.end());
  return kernel::relative_importance(design.view(), ys, spans, {}, options);
}

} // namespace qascore
