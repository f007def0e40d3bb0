// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/influence.hpp"
#include "../detail/config.hpp"
#include "variance.hpp"

#include <cstddef>
#include <span>

namespace qascore {

/// A concordance of scores with times, some of which are not over yet. Pairs by the sums of the products of their weights.
struct time_concordance_estimate : tested_estimate {
  double somers_d = missing_value; ///< 2 C - 1, from -1 to 1
  double concordant = missing_value, discordant = missing_value, tied_score = missing_value;
  std::size_t events = 0; ///< units whose time is over
};

namespace kernel {

/// Harrell's C: of two units of which one is known to have lasted longer, how often the one with the higher score did.
/// A pair is known if the shorter time ended in an event, and the other is longer, or as long without an event; pairs of
/// equal times with two events, and pairs that the end of the study leaves open, are not counted:
///
///   C = sum w_i w_j (c_ij + t_ij / 2) / sum w_i w_j     over known pairs,
///
/// c_ij = 1 where the longer time has the higher score, t_ij = 1 where the scores are equal. .5: scores say nothing of the
/// time; 1: they order it. The influence of unit k is (N_k - C D_k) / D, with N_k, D_k the sums over its own pairs; O(n log
/// n). Limits are symmetric on the logit scale; the test is of C = .5 (`test`: t and its df). Few times that are
/// over say little, however many units were watched: there are at most as many degrees of freedom as units (clusters) with an
/// event, less one, and no interval where there is one.
///
/// C depends on when times are cut off: long ones are compared only as far as they were watched. Where that has to do with the
/// score itself (customers of weak agents watched for less long), it is biased.
///
/// `event` is 1 where the time is over, 0 where it is not yet. Undefined: fewer than 3 units, equal scores, no known pair.
/// Throws data_error for times below 0 and events other than 0 and 1. Sources: Harrell, Califf, Pryor, Lee and Rosati (1982), JAMA 247, 2543-2546,
/// doi:10.1001/jama.1982.03320430047030; Therneau and Watson (2017), The concordance statistic and the Cox model, Mayo
/// Clinic technical report 85. Checked against: R survival, lifelines, all pairs, derivatives in the weights, simulation.
time_concordance_estimate time_concordance(const design_view& design, std::span<const double> score,
                                           std::span<const double> time, std::span<const double> event,
                                           confidence_level confidence,
                                           missing_rows missing = missing_rows::drop);

/// The same as value and influence values.
linearised time_concordance(const design_view& design, std::span<const double> score,
                            std::span<const double> time, std::span<const double> event);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/time_concordance.ipp"
#endif
