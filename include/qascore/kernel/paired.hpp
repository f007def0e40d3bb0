// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"

#include <span>

/// Two values of the same units: before and after, two raters, two periods that share units.
namespace qascore {

/// Which units speak in a paired difference.
enum class paired_units {
  both, ///< (default) those that have both values: the mean of their differences, the paired t test
  all   ///< mean of all first values minus mean of all second ones; units that have both bring the covariance
};

namespace kernel {

/// Mean of `first` minus mean of `second`, with the test of no difference; NaN where a unit lacks one.
///
///   both: the mean of first - second over the units that have both, as `means` has it
///   all:  u_i = (first_i - mean first) / sum w (first) - (second_i - mean second) / sum w (second), each
/// term
///         only where the unit has the value: the variance counts what both share once; df as of the units
/// that
///         have a value, minus 1
///
/// No test where the standard error is 0. Undefined where no unit has a value (both values). Checked against:
/// SciPy (ttest_rel), covariance_of, simulation of periods that overlap.
tested_estimate paired_difference(const design_view& design, std::span<const double> first,
                                  std::span<const double> second, paired_units units,
                                  confidence_level confidence);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/paired.ipp"
#endif
