// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "agreement_measure.hpp"

#include <span>
#include <string>
#include <vector>

namespace qascore {

/// Several coefficients with all that is known of their differences.
struct agreement_comparison {
  std::vector<agreement_result> coefficients;
  /// First minus second, with the test of no difference, for the pairs (0, 1), (0, 2), (1, 2), (0, 3), ... by their second.
  std::vector<tested_estimate> differences;
  std::vector<double> covariance;  ///< of the coefficients, row-major; NaN where one is undefined
  std::vector<double> correlation; ///< the same as correlations
  test_result equality;            ///< Hotelling's T^2 that all are equal: statistic T^2, F with df1 and df2
  std::string undefined;           ///< why there is no test of equality; empty when there is one
};

namespace kernel {

/// A table and what is computed of it.
struct measured_table {
  rating_view ratings;
  agreement_measure measure;
};

/// Compares coefficients of tables that describe the same list of units (unit u of one is unit u of all; units without
/// ratings are empty rows), so that what they share is known: the same units by other raters or another form, other
/// units (two periods), or some of both.
///
///   cov(a, b) = sum_i f_a u_ai * f_b u_bi, f^2 = n_2 / (n_2 - 1) of each table (n_2 units that carry it), no design;
///   under a design the variance engine's, for which the tables are domains of it
///   V(a - b) = cov(a, a) + cov(b, b) - 2 cov(a, b)
///   T^2 = (C k)' (C S C')^-1 (C k), C the contrasts of the first with each other, F = T^2 (v - K + 2) / ((K - 1) v) with
///   K - 1 and v - K + 2 degrees of freedom
///
/// u: influence values, of the closed form that `options.std_error` asks for. On full tables of the same units this is
/// Gwet's paired t test, on other units the sum of two variances. df of a difference: units that carry one of the two, in
/// three groups (only the first, both, only the second) by Welch and Satterthwaite: n - 1 where all are shared; under a
/// design clusters less strata. v: units that carry any table less 1, or the design's.
/// Undefined where a coefficient is, or has no variance. Throws argument_error for fewer than 2 tables or different
/// numbers of units, and for tables whose categories differ where the coefficient counts them (Brennan-Prediger, Gwet) or
/// weighs them. Source: Gwet (2016), doi:10.1177/0013164415596420; Vanbelle (2017), doi:10.1002/bimj.201600093;
/// Hotelling (1931), doi:10.1214/aoms/1177732979. Checked against: pairedCAC (kgwet, ca6431c), multiagree 3.01, two
/// variances added on other units, simulation.
agreement_comparison compare_agreement(std::span<const measured_table> tables,
                                       const agreement_options& options, const design_view* design);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/agreement_comparison.ipp"
#endif
