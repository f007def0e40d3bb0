// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../detail/config.hpp"

#include <span>
#include <string>
#include <vector>

/// The one variance engine: influence values in, variance out, for every estimator of the library.
namespace qascore::kernel {

/// A design-based variance and the degrees of freedom it rests on (clusters minus strata).
struct design_variance {
  double variance = missing_value;
  double df = missing_value;
  std::string undefined; ///< why; empty when all is well
};

/// Variance of an estimate with influence values u under a design with weights w, by Taylor linearisation.
///
///   t_hc = sum over units i of cluster c in stratum h of w_i * u_i
///   V    = sum_h (1 - n_h / N_h) * n_h / (n_h - 1) * sum_c (t_hc - mean_h t)^2,    df = sum_h n_h - H
///
/// n_h clusters (units where there are none) drawn from N_h; without population counts 1 - n_h / N_h is 1 (drawing
/// with replacement). H counts the strata that hold at least one unit. For independent units and a mean this is
/// s^2 / n, df = n - 1. A stratum with one cluster follows `design.single`; one that holds the whole population
/// (n_h = N_h) contributes 0 in any case. Sums are two-pass: stable at any offset.
///
/// Undefined: fewer than 2 clusters in all. Throws design_error naming the stratum's code for a single-unit stratum
/// under single_unit::error, and argument_error if influence.size() differs from design.units.
/// Source: Deville (1999), Survey Methodology 25, 193-203; Sarndal, Swensson, Wretman (1992), ch. 5.
/// Checked against: R survey 4.5 (svymean, svytotal, lonely.psu), closed forms, the delete-one jackknife.
design_variance variance_of(const design_view& design, std::span<const double> influence);

/// Covariance matrix of several estimates on the same units, row-major, by the same formula with products in place
/// of squares: what differences, ratios and contrasts need. Each influence span has design.units values.
std::vector<double> covariance_of(const design_view& design, std::span<const std::span<const double>> influences);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/variance.ipp"
#endif
