// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../estimation/sample_design.hpp"
#include "../kernel/correlation.hpp"
#include "../kernel/distance_correlation.hpp"
#include "../kernel/permutation_test.hpp"

/// Dependence of any shape, tests for few rows, and counts of ordered pairs; what is estimated and when it does not exist
/// stands in kernel/distance_correlation.hpp, kernel/permutation_test.hpp and kernel/rank_correlation.hpp.
namespace qascore {

/// Distance correlation of two numbers of the rows that the design was made from.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
distance_estimate distance_correlation(const sample_design& design, const Range& rows, const X& x, const Y& y,
                                       confidence_level confidence = {},
                                       missing_rows missing = missing_rows::error) {
  const auto xs = design.numbers(rows, x, "x", missing);
  const auto ys = design.numbers(rows, y, "y", missing);
  return kernel::distance_correlation(design.view(), xs, ys, confidence, missing);
}

/// Permutation test of independent rows: no design, under which orders would not be equally likely.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
permutation_result permutation_test(const Range& rows, const X& x, const Y& y,
                                    const permutation_options& options,
                                    missing_rows missing = missing_rows::error) {
  const auto design = sample_design::independent(std::ranges::size(rows));
  const auto xs = design.numbers(rows, x, "x", missing);
  const auto ys = design.numbers(rows, y, "y", missing);
  return kernel::permutation_test(xs, ys, options);
}

/// Pairs of rows in the same order, in the opposite one, and tied.
template <row_range Range, projection_of<Range> X, projection_of<Range> Y>
kernel::pair_counts count_pairs(const sample_design& design, const Range& rows, const X& x, const Y& y,
                                missing_rows missing = missing_rows::error) {
  const auto xs = design.numbers(rows, x, "x", missing);
  const auto ys = design.numbers(rows, y, "y", missing);
  return kernel::count_pairs(design.view(), xs, ys);
}

} // namespace qascore
