// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../estimation/sample_design.hpp"
#include "../kernel/correlation.hpp"

/// Correlations under a design; what is estimated, how the limits are made and when they do not exist stands
/// in kernel/correlation.hpp.
namespace qascore {

struct correlation_options {
  confidence_level confidence{};
  correlation_interval interval = correlation_interval::automatic;
  missing_rows missing = missing_rows::error;
};

/// Correlation of two numbers of the rows that the design was made from, in [-1, 1]. With missing_rows::drop
/// a pair with a gap is left out and counted in `missing`.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
tested_estimate correlate(const sample_design& design, const Range& rows, const X& x, const Y& y,
                          correlation_method method, const correlation_options& options = {}) {
  const auto xs = design.numbers(rows, x, "x", options.missing);
  const auto ys = design.numbers(rows, y, "y", options.missing);
  return design.scoped(kernel::correlate(design.view(), xs, ys, method, options.confidence, options.interval,
                                         options.missing));
}

/// Pearson's: how well a straight line fits.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
tested_estimate pearson(const sample_design& design, const Range& rows, const X& x, const Y& y,
                        const correlation_options& options = {}) {
  return correlate(design, rows, x, y, correlation_method::pearson, options);
}

/// Spearman's: how well any rising line fits; for ordinal CSAT.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
tested_estimate spearman(const sample_design& design, const Range& rows, const X& x, const Y& y,
                         const correlation_options& options = {}) {
  return correlate(design, rows, x, y, correlation_method::spearman, options);
}

/// Kendall's tau-b: how much more often two conversations agree in direction than disagree.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
tested_estimate kendall(const sample_design& design, const Range& rows, const X& x, const Y& y,
                        const correlation_options& options = {}) {
  return correlate(design, rows, x, y, correlation_method::kendall, options);
}

} // namespace qascore
