// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"
#include "pairs.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// Correlations of what lies behind categories: CSAT is a cut-up satisfaction. Each category is taken to be the part of a
/// normal variable between two thresholds. The pairs must have no obstacle().
namespace qascore::kernel {

/// Most categories of a column.
inline constexpr std::size_t most_categories = 100;

/// A correlation of latent variables with the influence values of the pairs.
struct latent_result {
  double value = missing_value;
  double model_error = missing_value; ///< inverse information of the model, for independent pairs of weight 1
  std::vector<double> influence;
  std::string undefined; ///< why; empty when all is well
};

/// Both columns are cut-up normal variables. With n_ij the weight in cell (i, j), a_i and b_j the thresholds,
/// P_ij the chance of the cell under the bivariate normal distribution with correlation rho:
///
///   two-step: a_i, b_j from the margins, Phi(a_i) = share of x at or below i; then rho maximises sum n_ij log P_ij
///   ML:       rho and all thresholds maximise it together
///
/// Both by Newton's method with exact derivatives. The influence of a pair is that of the estimating equations, with the
/// thresholds' own, so that the standard error holds under a design and knows that the thresholds are estimated; the model's
/// own error is the inverse information (of rho alone in the two-step estimate, as other programs print it). Where
/// likelihood still grows at |rho| = 1 (a table with an empty corner of 2 x 2, or all on a diagonal) the value is
/// that, without error. Undefined: more than 100 categories of a column. Sources: Olsson (1979), Psychometrika 44,
/// 443-460, doi:10.1007/BF02296207; Binder (1983), doi:10.2307/1402588 (influence). Checked against: R polycor 0.8,
/// finite differences in the weights, simulation.
latent_result polychoric_of(const complete_pairs& pairs, bool maximum_likelihood);

/// x is a number, y a cut-up normal variable; with z the standardised x, t_j the thresholds of y:
///
///   ad hoc: r s / sum_j phi(t_j), r Pearson's of x and the category numbers 0, 1, ..., s their standard
///           deviation; may lie outside -1 to 1. With two categories this is the biserial correlation
///           (m_1 - m_0) p q / (phi(t) s_x).
///   ML:     rho and the thresholds maximise sum w log[Phi(u_hi) - Phi(u_lo)], u = (t - rho z) / sqrt(1 - rho^2)
///
/// mean and standard deviation of x are those of the sample, divisor sum w, in both; influence values know it. Undefined:
/// more than 100 categories of y. Sources: Olsson, Drasgow and Dorans (1982), Psychometrika 47, 337-347,
/// doi:10.1007/BF02294164; Tate (1955), Biometrika 42, 205-216. Checked against: R polycor 0.8, finite differences
/// in the weights, simulation.
latent_result polyserial_of(const complete_pairs& pairs, bool maximum_likelihood);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/latent_correlation.ipp"
#endif
