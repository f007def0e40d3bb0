// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../agreement_measure.hpp"
#include "pair_kappa.hpp"

#include <string>

namespace qascore::kernel {

QASCORE_INLINE linearised_agreement measure_by_profile(const rating_view& ratings,
                                                       const agreement_measure& measure,
                                                       const profile_weights& by) {
  if (!measure.coefficient)
    return measure.level ? alpha_by_profile(ratings, *measure.level, by)
                         : alpha_by_profile(ratings, measure.category_weights, by);
  if (is_missing(measure.gold))
    return agreement_by_profile(ratings, measure.category_weights, *measure.coefficient, by);
  if (*measure.coefficient != agreement_coefficient::light_kappa)
    throw argument_error(
        "gold: a gold standard goes with light_kappa, the mean of the raters' kappas, not with " +
        std::string(name_of(measure)));
  if (ratings.anonymous() || measure.gold >= ratings.raters)
    throw argument_error("gold: expected a rater below " + std::to_string(ratings.raters) + " but found " +
                         std::to_string(measure.gold));
  linearised_agreement out;
  if (ratings.raters < 2) {
    out.undefined = "fewer than 2 raters";
    return out;
  }
  const category_distance distance =
      measure.category_weights.empty()
          ? category_distance{}
          : category_distance{category_distance::kind::matrix, measure.category_weights};
  return detail_pair_kappa::mean_pair_kappa(ratings, distance, by, measure.gold);
}

QASCORE_INLINE std::size_t least_ratings(const agreement_measure& measure) noexcept {
  using enum agreement_coefficient;
  return !measure.coefficient || *measure.coefficient == percent_agreement ||
                 *measure.coefficient == bangdiwala_b
             ? 2
             : 1;
}

QASCORE_INLINE bool needs_raters(const agreement_measure& measure) noexcept {
  using enum agreement_coefficient;
  if (!measure.coefficient)
    return false;
  const agreement_coefficient of = *measure.coefficient;
  return of == cohen_kappa || of == conger_kappa || of == light_kappa || of == bangdiwala_b;
}

QASCORE_INLINE std::string_view name_of(const agreement_measure& measure) noexcept {
  if (measure.coefficient)
    return is_missing(measure.gold) ? name_of(*measure.coefficient) : "mean kappa with the gold standard";
  if (!measure.level)
    return "krippendorff_alpha, category weights";
  switch (*measure.level) {
  case level::nominal:
    return "krippendorff_alpha, nominal";
  case level::ordinal:
    return "krippendorff_alpha, ordinal";
  case level::interval:
    return "krippendorff_alpha, interval";
  case level::ratio:
    return "krippendorff_alpha, ratio";
  }
  return "";
}

QASCORE_INLINE double small_sample_factor(const rating_view& ratings, const agreement_measure& measure,
                                          const profile_weights& by) {
  if (measure.coefficient)
    return 1.0;
  double pairable = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    pairable += ratings.count(p) >= 2 && by.weight[p] > 0.0
                    ? by.units[p] * static_cast<double>(ratings.count(p))
                    : 0.0;
  return pairable > 0.0 ? 1.0 - 1.0 / pairable : 1.0;
}

QASCORE_INLINE agreement_result agreement(const rating_view& ratings, const agreement_measure& measure,
                                          const agreement_options& options, const design_view* design) {
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  return finish_agreement(measure_by_profile(ratings, measure, by), ratings, least_ratings(measure),
                          name_of(measure), options, design, small_sample_factor(ratings, measure, by));
}

} // namespace qascore::kernel
