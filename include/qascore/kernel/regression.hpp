// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

/// Linear and logit regression under a design.
namespace qascore {

/// Where the standard errors of coefficients come from.
enum class coefficient_errors {
  cr2, ///< (default) bias-reduced linearisation, own degrees of freedom: right for rare terms and few clusters too
  linearized, ///< influence values through the variance engine, as R's survey: for large samples
  classical   ///< the model's own: equal variances and independent rows (linear), inverse information (logit)
};

/// A fitted regression. Coefficients stand in the order: intercept, columns (linear, logit); columns,
/// thresholds (ordinal). Where there is no fit each coefficient is undefined and says why; `fault` is the
/// column to blame, counted from 0, or `no_fault`.
struct regression_fit {
  static constexpr std::size_t no_fault = static_cast<std::size_t>(-1);

  std::vector<tested_estimate> coefficients; ///< each with the test that it is 0
  double r_squared = missing_value;          ///< linear only, weighted; a fraction
  double residual_sd = missing_value;        ///< linear only, sqrt(sum w e^2 / sum w * n / (n - p))
  double log_likelihood = missing_value;     ///< logit and ordinal, weighted
  std::size_t n = 0, missing = 0;
  std::string undefined; ///< why there is no fit; empty when all is well
  std::size_t fault = no_fault;
};

namespace kernel {

struct regression_options {
  confidence_level confidence{};
  coefficient_errors errors = coefficient_errors::cr2;
};

/// y = b0 + sum_j b_j x_j + e by weighted least squares, one value per unit and column. With X the columns
/// and a column of 1, A = sum w x x':
///
///   b = A^-1 sum w x y,    u_i = A^-1 x_i e_i
///
/// cr2: errors and df of kernel/bias_reduced.hpp; for independent rows HC2 with the df of Bell and McCaffrey. A
/// coefficient that one cluster alone determines has a value and no interval; calibrated weights are refused.
/// linearized: u through the variance engine, t with df = clusters - strata - columns; for independent rows n - p
/// and HC0 times n / (n - 1). Both need no assumption on the residuals, but linearized errors are too small where a
/// term rests on few rows or clusters. Columns are centred and scaled, products are summed in twice the precision of double and the solution is refined.
/// A unit that lacks a value takes no part, a gap as in `means`. No fit: a column that does not vary or is a
/// linear combination of those before it (to 1 in 1e12 of its variance), no more units than coefficients.
/// Throws argument_error where lengths differ. Source: Fuller (1975), Sankhya C 37, 117-132. Checked against:
/// R survey 4.1 (svyglm, linearized), R dfadjust 1.1 and Stata (cr2), NIST StRD (Norris; with classical errors).
regression_fit linear_regression(const design_view& design, std::span<const double> y,
                                 std::span<const std::span<const double>> columns,
                                 const regression_options& options);

/// logit P(y = 1) = b0 + sum_j b_j x_j, y in {0, 1}: ordinal_logit with two categories, and the intercept in
/// place of the threshold.
regression_fit logit_regression(const design_view& design, std::span<const double> y,
                                std::span<const std::span<const double>> columns,
                                const regression_options& options);

/// logit P(y <= k) = z_k - sum_j b_j x_j, y in 0, ..., categories - 1: proportional odds, a positive b_j goes
/// with higher categories. Pseudo maximum likelihood by Newton's method, l_i the log-likelihood of unit i and
/// I = -sum w l_i'':
///
///   u_i = I^-1 l_i',    linearized errors and df as for linear_regression; classical ones from I^-1, normal quantile
///
/// cr2 takes the fit near its solution for least squares on K - 1 rows a unit, one per category k below the last:
/// e_k = (1[y = k] - h_k 1[y >= k]) / s_k with h_k = P(y = k | y >= k), s_k^2 = h_k (1 - h_k) P(y >= k), which are
/// uncorrelated with variance 1 if the model holds (Pearson's residual for two categories), x_k their derivative.
/// No fit: a column that does not vary or is a linear combination of others, a category that nobody gave, and
/// columns that predict perfectly (separation), where a coefficient would be infinite. Sources: McCullagh
/// (1980), JRSS B 42, 109-142, doi:10.1111/j.2517-6161.1980.tb01109.x; Binder (1983), International
/// Statistical Review 51, 279-292, doi:10.2307/1402588. Checked against: R survey 4.1 (svyglm quasibinomial,
/// svyolr), MASS 7.3 (polr).
regression_fit ordinal_logit(const design_view& design, std::span<const double> y, std::size_t categories,
                             std::span<const std::span<const double>> columns,
                             const regression_options& options);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/regression.ipp"
#endif
