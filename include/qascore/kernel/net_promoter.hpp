// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "domain.hpp"

/// The net promoter score with limits that stay on its scale.
namespace qascore {

/// How the limits are made.
enum class net_promoter_interval {
  score, ///< (default) Tango's
  t      ///< value +- t se: may leave the scale, and is too narrow where nearly all are promoters
};

namespace kernel {

/// By domain: 100 (p - d), p the share of promoters and d of detractors, from -100 to 100. `points`: 1 for a promoter, -1 for
/// a detractor, 0 for neither, averaged repeats between; NaN for a unit without an answer.
///
/// With D = p - d the limits are the least and the greatest x for which
///
///   n* (D - x)^2 <= q^2 (2 d(x) + x - x^2)
///
/// where d(x) is the likeliest share of detractors if the true difference were x: the larger root of
/// 2 d^2 + (x (2 - D) - s) d - (s - D) x (1 - x) / 2 = 0, s = p + d. Promoters and detractors are the discordant pairs of Tango's
/// table. q is the normal quantile and n* the number of units for independent rows; under a design q is Student's t with the
/// domain's df and n* = (s - D^2) / V, at most Kish's effective size, as for proportions (kernel/proportion.hpp). All
/// promoters have limits, too.
///
/// Undefined as a mean; a single independent row has limits and no standard error. Sources: Tango (1998), Statistics in Medicine 17, 891-908,
/// doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B; Rocks (2016), Statistics in Transition 17,
/// 637-658, doi:10.21307/stattrans-2016-046, on intervals of this score. Checked against: Tango's published limits, those of the likelihood maximised
/// on a grid, simulation.
std::vector<estimate> net_promoter_scores(const design_view& design, const domain_view& domain,
                                          std::span<const double> points, confidence_level confidence,
                                          net_promoter_interval interval = net_promoter_interval::score);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/net_promoter.ipp"
#endif
