// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <vector>

namespace qascore {

/// How the limits of agreement get their own intervals.
enum class limits_interval {
  exact,       ///< noncentral t, exact for normal differences; simple random sample
  approximate, ///< limit +- t sqrt(3 s^2 / n), as Bland and Altman; simple random sample
  influence    ///< influence values, under any design
};

struct bland_altman_options {
  confidence_level confidence{};
  double multiplier =
      1.959963984540054; ///< of the standard deviation: 95 % of normal differences lie between the limits
  limits_interval interval = limits_interval::exact;
};

/// Differences of two raters, first minus second.
struct bland_altman_result {
  estimate bias;                        ///< their mean
  double sd = missing_value;            ///< their standard deviation
  estimate lower, upper;                ///< limits of agreement: bias -+ multiplier * sd
  std::vector<double> difference, mean; ///< per unit; NaN where one of the two is missing
};

} // namespace qascore

namespace qascore::kernel {

/// Limits of agreement of two raters on the units that both rated: with d the differences, m their mean, s their standard
/// deviation (n - 1), c the multiplier, n units, t noncentral with n - 1 degrees of freedom and noncentrality c sqrt(n),
///
///   limits m -+ c s;  exact interval of the upper one m + s t_{a/2} / sqrt(n), m + s t_{1 - a/2} / sqrt(n)
///   u = (d - m) / W +- c ((d - m)^2 n / (n - 1) - s^2) / (2 s W)       (influence)
///
/// Undefined: fewer than 2 such units; no interval where all differences are alike. Throws argument_error for other than two
/// raters, a multiplier not above 0, and exact or approximate intervals under a design.
/// Sources: Bland and Altman (1986), Lancet 327, 307-310, doi:10.1016/S0140-6736(86)90837-8; Carkeet (2015), Optometry and Vision
/// Science 92, e71-e80, doi:10.1097/OPX.0000000000000513. Checked against: the papers' data, R, simulation.
bland_altman_result bland_altman(const rating_view& ratings, const bland_altman_options& options,
                                 const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/bland_altman.ipp"
#endif
