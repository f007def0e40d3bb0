// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstddef>

namespace qascore {

/// Kendall's coefficient of concordance: how alike raters rank units.
struct kendall_w_result : estimate {
  double uncorrected = missing_value; ///< without the correction for ties; NaN under a design
  test_result test;                   ///< chi-squared of no concordance; NaN under a design
  std::size_t raters = 0;
};

} // namespace qascore

namespace qascore::kernel {

/// Kendall's W of m raters on the units that all of them rated, corrected for ties. With f_ij the mid-rank of unit i by rater j
/// less its mean (weighted ranks: the weight below and half of that on a level), g_i = sum_j f_ij,
///
///   W = sum_i w_i g_i^2 / (m sum_j sum_i w_i f_ij^2),     chi-squared = m (n - 1) W with n - 1 degrees of freedom
///
/// Influence values have two parts, as Spearman's: the unit's own ranks, and what its weight adds to the ranks above it.
/// Limits are t limits cut at 0 and 1, for these raters and other units. Undefined: fewer than 2 raters or 2 complete units; no
/// rater tells units apart. Throws argument_error for anonymous raters.
/// Source: Kendall and Babington Smith (1939), Annals of Mathematical Statistics 10, 275-287, doi:10.1214/aoms/1177732186.
/// Checked against: R irr (kendall), derivatives in the weights, simulation.
kendall_w_result kendall_w(const rating_view& ratings, confidence_level confidence,
                           const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/kendall_w.ipp"
#endif
