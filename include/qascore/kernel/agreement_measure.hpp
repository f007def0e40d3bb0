// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"
#include "agreement.hpp"
#include "krippendorff.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace qascore {

/// Which coefficient, and on what scale: what a function that works for any of them is given.
struct agreement_measure {
  std::optional<agreement_coefficient> coefficient{}; ///< empty: Krippendorff's alpha
  std::optional<qascore::level> level{};              ///< of alpha; empty: by the category weights
  std::span<const double> category_weights{};         ///< q x q, row-major; empty: identity
  /// Of light_kappa: only pairs with this rater count, the mean kappa against a gold standard.
  std::uint32_t gold = missing_code;
};

} // namespace qascore

namespace qascore::kernel {

/// The measure's value and influence values per profile: agreement_by_profile or alpha_by_profile. Throws argument_error
/// for a gold rater who is not in the table, or with another coefficient than light_kappa.
linearised_agreement measure_by_profile(const rating_view& ratings, const agreement_measure& measure,
                                        const profile_weights& by);

/// How many ratings a unit needs to take part at all: 2 for alpha, percent agreement and Bangdiwala's B, else 1.
std::size_t least_ratings(const agreement_measure& measure) noexcept;

/// Whether it matters who gave which rating.
bool needs_raters(const agreement_measure& measure) noexcept;

/// The name of the measure: a string literal.
std::string_view name_of(const agreement_measure& measure) noexcept;

/// The factor 1 - 1/N of alpha's influence values; 1 for the other coefficients.
double small_sample_factor(const rating_view& ratings, const agreement_measure& measure,
                           const profile_weights& by);

/// The measure with standard error, limits and test; as the functions of each coefficient.
agreement_result agreement(const rating_view& ratings, const agreement_measure& measure,
                           const agreement_options& options, const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/agreement_measure.ipp"
#endif
