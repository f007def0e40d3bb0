// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <vector>

namespace qascore {

/// Agreement within units: their mean, and each of them.
struct within_group_result {
  estimate mean;
  std::vector<double> by_unit; ///< r_wg; NaN for a unit with fewer than two ratings
  double null_variance = missing_value;
};

} // namespace qascore

namespace qascore::kernel {

/// r_wg of each unit with two ratings or more, anonymous raters allowed: r_wg = 1 - s^2 / v, s^2 the variance of its ratings
/// (n - 1), v the variance under chance. `null_variance` missing: that of categories that are all equally likely, (A^2 - 1) / 12
/// for A categories at steps of 1. A unit whose ratings vary more than by chance has a value below 0, which stays. The mean over
/// units has t limits cut at 1. Undefined: no unit with two ratings; v not above 0. Throws argument_error for a given v not
/// above 0. Source: James, Demaree, Wolf (1984), Journal of Applied Psychology 69, 85-98, doi:10.1037/0021-9010.69.1.85.
/// Checked against: closed form, simulation.
within_group_result within_group_agreement(const rating_view& ratings, double null_variance,
                                           confidence_level confidence, const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/within_group.ipp"
#endif
