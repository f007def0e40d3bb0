// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/influence.hpp"
#include "../detail/config.hpp"
#include "rank_correlation.hpp"

#include <span>

/// Correlation of two columns under a design. A unit with NaN in either column takes no part.
namespace qascore {

enum class correlation_method {
  pearson,
  spearman,
  kendall,           ///< tau-b
  tau_c,             ///< Stuart's: for tables that are not square
  gamma,             ///< Goodman and Kruskal's: ties left out
  somers_y,          ///< Somers' D of y given x: pairs tied in x left out
  somers_x,          ///< of x given y
  point_biserial,    ///< Pearson's with a column of two values
  biserial,          ///< of x and what lies behind y, which has two values
  polyserial,        ///< of x and what lies behind the categories of y, by maximum likelihood
  polyserial_ad_hoc, ///< the same from Pearson's
  polychoric,        ///< of what lies behind the categories of both; thresholds from the margins
  polychoric_ml      ///< the same by maximum likelihood of everything
};

/// How the limits of a correlation are made.
enum class correlation_interval {
  automatic, ///< closed_form for independent rows (Kendall: linearised, as ties break it), linearised under a
             ///< design
  closed_form, ///< tanh(atanh(r) +- z * s) with s from n and r alone, for independent rows
  linearised,  ///< tanh(atanh(r) +- t * se / (1 - r^2)) with the design-based standard error
  asymptotic   ///< r +- z * se, cut at +-1, for independent rows: as other programs print it
};

namespace kernel {

/// Pearson's product-moment correlation, weighted by the design.
///
///   r = sum w a b / sum w,   u_i = (a_i b_i - r (a_i^2 + b_i^2) / 2) / sum w
///
/// with a, b the columns less their weighted means, over their weighted standard deviations.
///
/// Undefined: fewer than 3 pairs; a constant column.
/// Checked against: R 4.2 (cor.test, cov.wt), R survey 4.1 (svyvar with the delta method).
linearised pearson(const design_view& design, std::span<const double> x, std::span<const double> y);

/// Spearman's rank correlation: Pearson's of the weighted mid-ranks A_i = sum_j w_j c(x_i - x_j), c = 1, 1/2,
/// 0 for a positive, zero, negative difference (what plain mid-ranks would be if each unit stood w_i times in
/// the data). The influence of unit k has two parts: its own pair, and the shift by w_k of every rank above
/// it. With f, g the ranks less their mean, C = sum w f g, F = sum w f^2, G = sum w g^2, and T_x h(k) = sum_i
/// w_i h_i c(x_i - x_k):
///
///   d C / d w_k = f_k g_k + T_x g(k) + T_y f(k),   d F / d w_k = f_k^2 + 2 T_x f(k)   (G alike),
///   u_k = dC / sqrt(F G) - rho / 2 (dF / F + dG / G)
///
/// O(n) after ranking. Undefined as Pearson's. Source: the chain rule; the classic case is Borkowf (2002),
/// Computational Statistics & Data Analysis 39, 271-286. Checked against: R 4.2 (cor.test), wCorr 1.9, finite
/// differences in the weights, the delete-one jackknife.
linearised spearman(const design_view& design, std::span<const double> x, std::span<const double> y);

/// Kendall's tau-b, weighted by the design: pairs of units that agree in direction less pairs that do not,
/// over the geometric mean of the pairs that differ in x and that differ in y. With s_ij = sign(x_i - x_j)
/// sign(y_i - y_j), K_i = sum_j w_j s_ij, X = sum over i, j with x_i != x_j of w_i w_j (Y alike), X_i the
/// part of unit i without its w_i:
///
///   tau_b = sum_i w_i K_i / sqrt(X Y),   u_i = 2 K_i / sqrt(X Y) - tau_b (X_i / X + Y_i / Y)
///
/// O(n log n), with the logarithm of the smaller number of levels. Undefined as Pearson's.
/// Source: Kendall (1945), Biometrika 33, 239-251. Checked against: R 4.2 (cor.test), SciPy 1.17
/// (kendalltau), finite differences in the weights, the delete-one jackknife.
linearised kendall(const design_view& design, std::span<const double> x, std::span<const double> y);

/// Coefficients of ordered pairs beside tau-b. With S = sum_i w_i K_i as above, W = sum w, m the smaller number of levels that
/// occur, U = sum over i, j that differ in x and in y of w_i w_j:
///
///   tau_c = S m / ((m - 1) W^2),   gamma = S / U,   Somers' D(y | x) = S / X
///
/// gamma counts ties as nothing, so that it grows as categories are put together; tau_c and D do not. Undefined as
/// Pearson's. Sources: Stuart (1953), Biometrika 40, 105-110; Goodman and
/// Kruskal (1954), JASA 49, 732-764, (1972) JASA 67, 415-421, doi:10.1080/01621459.1972.10482401 (standard errors); Somers (1962), American
/// Sociological Review 27, 799-811. Checked against: SAS PROC FREQ's formulas on Agresti's job satisfaction, all pairs
/// compared, finite differences in the weights.
///
/// Coefficients of what lies behind categories (polychoric, polyserial, biserial): kernel/latent_correlation.hpp. biserial
/// has the standard deviation of x with divisor n - 1, as textbooks print it; polyserial_ad_hoc of two categories is the
/// same with divisor n. point_biserial and biserial are undefined unless y has two values.

/// The pairs of complete units: kernel/rank_correlation.hpp. Zero where the columns have an obstacle.
pair_counts count_pairs(const design_view& design, std::span<const double> x, std::span<const double> y);

/// Any of the coefficients as value and influence values.
linearised correlation(const design_view& design, std::span<const double> x, std::span<const double> y,
                       correlation_method method);

/// A correlation with interval, standard error (always design-based, by influence values) and the test of no
/// correlation: for independent rows r sqrt((n - 2) / (1 - r^2)) with t(n - 2) (Pearson, point-biserial, Spearman), for
/// coefficients of ordered pairs S over its standard deviation corrected for ties; these are tests of their own, and for
/// ranks in small samples one may reject where the interval holds 0. For |r| = 1 their p-value is that of the
/// permutations, 2 / n! without ties.
/// Under a design, for the other coefficients, and where the linearised interval is asked for, the test is atanh(r) over
/// its design-based standard error with t(df), so that test and interval agree.
///
/// asymptotic: the standard error is sqrt(sum u_i^2) (Goodman and Kruskal's, SAS's ASE), for polychoric and polyserial
/// the model's; the limits are symmetric, normal, and cut at +-1.
///
/// A pair with a gap is an answer that is missing: r_h complete pairs stand in place of n_h, and with known
/// population counts they carry the weight of the others, as in means. With missing_rows::domain the complete
/// pairs are a part of the population instead, and n_h stays.
///
/// Closed form: Fisher's s = 1 / sqrt(n - 3); Spearman's s = sqrt((1 + r^2 / 2) / (n - 3)) (Bonett and Wright
/// 2000, Psychometrika 65, 23-28, doi:10.1007/BF02294183); Kendall's s = sqrt(0.437 / (n - 4)) (Fieller,
/// Hartley, Pearson 1957, Biometrika 44, 470-481), for columns without ties. They assume independent rows of
/// near-normal data; the linearised interval does not, but needs some 50 rows or more; it is the automatic one of all
/// other coefficients, which have no closed form. Where more than half of a column is one value (a rare complaint), it has at
/// most the degrees of freedom of Welch's comparison of the other values with the rest (kernel/pairs.hpp), about their number less one. Undefined interval: all but one of a column the same; fewer than 4 pairs; a perfect correlation; a biserial
/// or ad hoc polyserial one outside -1 to 1. Throws argument_error for closed_form and asymptotic under a design, and for
/// closed_form where there is none.
tested_estimate correlate(const design_view& design, std::span<const double> x, std::span<const double> y,
                          correlation_method method, confidence_level confidence,
                          correlation_interval interval = correlation_interval::automatic,
                          missing_rows missing = missing_rows::drop);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/correlation.ipp"
#endif
