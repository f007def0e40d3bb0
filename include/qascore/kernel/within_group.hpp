// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace qascore {

/// What ratings by chance are taken to look like: how their variance is reckoned.
enum class null_ratings {
  uniform,       ///< every category alike (default)
  slight_skew,   ///< some leniency or strictness
  moderate_skew, ///< more of it
  heavy_skew,    ///< nearly all ratings at one end
  triangular,    ///< the middle preferred
  normal         ///< the middle preferred still more
};

/// Agreement within units: their mean, and each of them.
struct within_group_result {
  estimate mean;
  std::vector<double> by_unit; ///< r_wg or r_wg(J); NaN for a unit with fewer than two ratings of an item
  double null_variance = missing_value;
  std::size_t items = 1;
  std::size_t set_to_zero = 0; ///< several items: units whose ratings vary more than by chance
};

} // namespace qascore

namespace qascore::kernel {

/// The variance under chance of a scale with these categories. Uniform: that of the categories themselves, (A^2 - 1) / 12 for
/// A of them at steps of 1. The other shapes: for 5 to 11 categories at equal steps, from a table, times the step squared. 0 for
/// fewer than two categories. Throws argument_error for another shape than uniform of other categories.
/// Source: James, Demaree, Wolf (1984), doi:10.1037/0021-9010.69.1.85; LeBreton, Senter (2008), Organizational Research Methods
/// 11, 815-852, doi:10.1177/1094428106296642, table 2.
double null_variance(std::span<const double> categories, null_ratings shape);

/// r_wg of each unit with two ratings or more of each item, anonymous raters allowed:
///
///   one item:   r_wg = 1 - s^2 / v
///   J items:    r_wg(J) = J (1 - x) / (J (1 - x) + x),  x = mean over items of s^2 / v
///
/// s^2 the variance of the unit's ratings of an item (n - 1), v the variance under chance. r_wg(J) is r_wg of the mean variance
/// stepped up by Spearman and Brown: J items count as parallel measures of one thing, and more of them raise it however
/// little raters agree. A unit whose ratings vary more than by chance (x > 1) has an r_wg below 0, which stays; r_wg(J) has no
/// meaning there, is set to 0 as James, Demaree and Wolf do, and counted. The mean over units has t limits cut at 1; of single
/// units there are none: they would rest on a handful of ratings whose errors are shared between items in an unknown way.
///
/// Undefined: no unit with two ratings of each item; v not above 0. Throws argument_error for no item, items of different
/// numbers of units, a v not above 0 or not finite.
/// Source: James, Demaree, Wolf (1984), Journal of Applied Psychology 69, 85-98, doi:10.1037/0021-9010.69.1.85; the same (1993),
/// 78, 306-309, doi:10.1037/0021-9010.78.2.306. Checked against: closed forms, its table of null variances, simulation.
within_group_result within_group_agreement(std::span<const rating_view> items, double null_variance,
                                           confidence_level confidence, const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/within_group.ipp"
#endif
