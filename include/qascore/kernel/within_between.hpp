// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "correlation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qascore {

/// One correlation taken apart by group (agent): total = between * sqrt(share_x share_y) + within * sqrt((1 - share_x)(1 -
/// share_y)), which the values fulfil to rounding.
struct within_between_result {
  tested_estimate within;  ///< do a group's better conversations have the happier customers
  tested_estimate between; ///< do the better groups have the happier customers
  tested_estimate total;
  double share_x = missing_value, share_y = missing_value; ///< of the variance that lies between groups
  std::size_t groups = 0;
  std::vector<double> mean_x,
      mean_y; ///< by group code; NaN without pairs. Empty where no correlation is defined
  double slope_within = missing_value; ///< of y on x, as a picture shows it
  double slope_between = missing_value, intercept_between = missing_value; ///< of the line through the means
  double spread_within = missing_value; ///< of x: root of its mean square about the groups' means
};

namespace kernel {

/// Correlation within and between groups. With a bar for the weighted mean of a group, w the design's weights:
///
///   within:  of x - x_bar and y - y_bar, which is the repeated-measures correlation (one slope for all groups)
///   between: of x_bar and y_bar, each group with the weight of its units
///
/// Within, for independent rows: limits tanh(atanh r +- z / sqrt(df - 1)), test t = r sqrt(df / (1 - r^2)), df = n - groups
/// - 1. Between and total, and within under a design or where linearised: influence values, of each unit on means and products, by
/// the variance engine; where the design has no clusters the groups are the clusters, as the units of a group are not
/// independent. `group`: code per unit, 0..groups - 1; units without (missing_code) take no part.
/// Undefined: fewer than 3 pairs or, between, 3 groups; within, no more pairs than groups + 2 or no group in which both columns
/// vary; between, means that are all equal. Sources: Bland and Altman (1995), BMJ 310, 446, doi:10.1136/bmj.310.6977.446; Bakdash
/// and Marusich (2017), Frontiers in Psychology 8, 456, doi:10.3389/fpsyg.2017.00456; Snijders and Bosker (2012), Multilevel Analysis,
/// section 3.6 (the parts). Checked against: R rmcorr 0.7, finite differences in the weights.
within_between_result within_between(const design_view& design, std::span<const double> x,
                                     std::span<const double> y, std::span<const std::uint32_t> group,
                                     std::size_t groups, confidence_level confidence,
                                     correlation_interval interval = correlation_interval::automatic,
                                     missing_rows missing = missing_rows::drop);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/within_between.ipp"
#endif
