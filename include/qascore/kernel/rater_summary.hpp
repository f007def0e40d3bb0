// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "agreement.hpp"
#include "krippendorff.hpp"
#include "ratings.hpp"

#include <vector>

namespace qascore {

/// One rater against the panel.
struct rater_record {
  std::size_t rater = 0; ///< index into the table's raters
  std::size_t ratings = 0;
  estimate mean;     ///< mean of the rater's ratings
  estimate severity; ///< panel mean minus rater mean on shared units; positive is stricter
  double spread =
      missing_value; ///< standard deviation of panel minus rater over the shared units (divisor n - 1)
};

/// What a table would say without one rater.
struct rater_left_out {
  std::size_t rater = 0;
  agreement_result without; ///< alpha of the others
  estimate gain;            ///< alpha without minus alpha with the rater; positive: the rater lowers it
};

} // namespace qascore

namespace qascore::kernel {

/// Means and severities of all raters, by index.
///
///   mean     = sum_i w_i x_ig / sum_i w_i                 over the units that rater g rated
///   severity = sum_i w_i (panel_ig - x_ig) / sum_i w_i    over those that others rated too
///
/// panel_ig: the mean of the other raters' ratings of unit i (the rater is not compared with himself). Both
/// are means over units: influence (value_i - mean) / sum w. Without a design the rater's units are
/// independent rows. Severity is a plain difference: who drew harder units than the panel's other members did
/// is not corrected for, but the comparison is on the same units. Undefined: a rater without ratings;
/// severity where no unit is shared. Throws argument_error with anonymous raters. O(ratings), and raters x
/// units under a design. Checked against: hand computation.
std::vector<rater_record> rater_summary(const rating_view& ratings, confidence_level confidence,
                                        const design_view* design);

/// Krippendorff's alpha without each rater in turn, and what leaving the rater out gains, with the interval
/// of that difference: the influence values of the two alphas are subtracted, so that their dependence is
/// accounted for. Undefined where one of the two alphas is. Throws argument_error with anonymous raters.
std::vector<rater_left_out> leave_one_rater_out(const rating_view& ratings, level of,
                                                const agreement_options& options, const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/rater_summary.ipp"
#endif
