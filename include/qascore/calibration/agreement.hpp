// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/agreement.hpp"
#include "category_weights.hpp"
#include "rating_table.hpp"

#include <vector>

/// Agreement coefficients of a rating_table. What each estimates, and when it is undefined:
/// kernel/agreement.hpp. Which one when: docs/calibration.md.
namespace qascore {

/// Options of a coefficient with category weights.
struct kappa_options {
  category_weights weights{};
  confidence_level confidence{};
  agreement_std_error std_error = agreement_std_error::influence;
  bool normal = false; ///< normal limits in place of t
};

/// Any of the coefficients. `design`: describes the units in the table's order (rating_table::units); null:
/// the units are independent.
inline agreement_result agreement(const rating_table& ratings, agreement_coefficient coefficient,
                                  const kappa_options& options = {}, const design_view* design = nullptr) {
  const std::vector<double> weights = options.weights.matrix(ratings.view().value, ratings.ordered());
  return kernel::agreement(ratings.view(), weights, coefficient,
                           {options.confidence, options.std_error, options.normal}, design);
}

inline agreement_result percent_agreement(const rating_table& ratings, const kappa_options& options = {},
                                          const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::percent_agreement, options, design);
}
inline agreement_result cohen_kappa(const rating_table& ratings, const kappa_options& options = {},
                                    const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::cohen_kappa, options, design);
}
inline agreement_result scott_pi(const rating_table& ratings, const kappa_options& options = {},
                                 const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::scott_pi, options, design);
}
inline agreement_result fleiss_kappa(const rating_table& ratings, const kappa_options& options = {},
                                     const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::fleiss_kappa, options, design);
}
inline agreement_result conger_kappa(const rating_table& ratings, const kappa_options& options = {},
                                     const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::conger_kappa, options, design);
}
inline agreement_result brennan_prediger(const rating_table& ratings, const kappa_options& options = {},
                                         const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::brennan_prediger, options, design);
}
inline agreement_result gwet_ac(const rating_table& ratings, const kappa_options& options = {},
                                const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::gwet_ac, options, design);
}

inline agreement_result light_kappa(const rating_table& ratings, const kappa_options& options = {},
                                    const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::light_kappa, options, design);
}
inline agreement_result fleiss_kappa_pooled(const rating_table& ratings, const kappa_options& options = {},
                                            const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::fleiss_kappa_pooled, options, design);
}
inline agreement_result bangdiwala_b(const rating_table& ratings, const kappa_options& options = {},
                                     const design_view* design = nullptr) {
  return agreement(ratings, agreement_coefficient::bangdiwala_b, options, design);
}

} // namespace qascore
