// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/missing.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstddef>
#include <cstdint>

namespace qascore {

/// How much of the variance of true scores one rater (a model, say) predicts, with its parts.
struct prmse_result : estimate {
  double variance_of_errors = missing_value;  ///< of one rating of the others about the unit's true score
  double true_score_variance = missing_value; ///< between units
  double mse_true = missing_value; ///< mean squared error against true scores; chance may put it below 0
  std::size_t n_multiple = 0;      ///< units with two ratings of the others or more
};

} // namespace qascore

namespace qascore::kernel {

/// Proportional reduction of the mean squared error, where the true score of a unit is what the others' ratings vary about.
/// For unit i with weight w, c ratings of the others with mean h and sum of squared distances S from it, and the rater's s:
///
///   V_e = sum w S / sum w (c - 1)
///   V_t = (sum w c (h - m)^2 - V_e (sum w - sum w^2 c / C)) / (C - sum w^2 c^2 / C),   C = sum w c,  m = sum w c h / C
///   MSE = (sum w c (h - s)^2 - V_e sum w) / C,      PRMSE = 1 - MSE / V_t
///
/// with influence values by the chain rule and t limits cut at 1 (chance may put MSE below 0, and the value above 1). `known_error`: V_e from another study, taken as exact; needed
/// where no unit has two of the others' ratings. Units without the rater's score, or without one of the others', take no part.
/// Undefined: no such unit; V_e unknown; V_t not above 0 (the others' ratings differ no more between units than within).
/// Throws argument_error for a rater who is not in the table, anonymous raters, and a V_e below 0.
/// Source: Haberman (2008), JEBS 33, 204-229, doi:10.3102/1076998607302636; Loukina et al. (2020), BEA workshop, 18-29,
/// doi:10.18653/v1/2020.bea-1.2. Checked against: RSMTool (its test data), the jackknife, simulation.
prmse_result prmse(const rating_view& ratings, std::uint32_t rater, double known_error,
                   confidence_level confidence, const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/prmse.ipp"
#endif
