// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"
#include "agreement.hpp"
#include "ratings.hpp"

#include <span>

namespace qascore {

/// What differences between categories mean.
enum class level {
  nominal,  ///< equal or not
  ordinal,  ///< Krippendorff's metric: how many ratings lie between, by the margins
  interval, ///< (x - y)^2
  ratio     ///< ((x - y) / (x + y))^2
};

} // namespace qascore

namespace qascore::kernel {

/// Krippendorff's alpha for any number of raters, gaps anywhere, unit weights w.
///
///   alpha = 1 - (1 - 1/N) D_o / D_e      over the units with m_i >= 2 ratings; N of them in all
///   D_o = sum_i w_i m_i D_i / sum_i w_i m_i,   D_i = mean distance over the ordered pairs of ratings of unit i
///   D_e = sum_kl d_kl p_k p_l,   p_k = sum_i w_i r_ik / sum_i w_i m_i
///
/// For w = 1 this is Krippendorff's 1 - (N - 1) sum o_ck d_ck / sum n_c n_k d_ck. N counts the ratings that
/// were made, not their weights: alpha then does not change when all weights are multiplied. d: the level's,
/// or 1 - W for category weights. The ordinal metric is (R_k - R_l)^2 with R the mid-ranks of the categories
/// among the pairable ratings, so that it costs no more than the interval one; the mid-ranks change with the
/// weights and the influence values follow that too.
/// Interval and ordinal take O(N + q) time by sums of squares about means (stable at any offset), nominal and
/// ratio O(N m + q), category weights O(N m + q^2), where N now counts the ratings of distinct profiles; q distinct
/// values. Units with fewer than two ratings take no part. Influence values: exact derivatives in w, sum w_i u_i = 0.
///
/// Undefined: no unit with two ratings; all pairable ratings in one category.
/// Throws argument_error for level ratio with a negative value.
/// Source: Krippendorff (2018), Content Analysis, 4th ed., ch. 12; Krippendorff (2011), Computing
/// Krippendorff's Alpha-Reliability, University of Pennsylvania; Gwet (2014) for category weights. Checked
/// against: fast-krippendorff 0.8.3, irrCAC 1.4, finite differences, the jackknife.
linearised_agreement linearised_alpha(const rating_view& ratings, level of,
                                      std::span<const double> unit_weight);
linearised_agreement linearised_alpha(const rating_view& ratings, std::span<const double> category_weights,
                                      std::span<const double> unit_weight);

/// The same with influence values per profile.
linearised_agreement alpha_by_profile(const rating_view& ratings, level of, const profile_weights& by);
linearised_agreement alpha_by_profile(const rating_view& ratings, std::span<const double> category_weights,
                                      const profile_weights& by);

/// Alpha with standard error and limits, cut at 1, and at -1 but for ratio and category weights; df = paired
/// units - 1. `design` null: units are independent. agreement_std_error::gwet (irrCAC's for raw ratings) leaves out the factor 1 - 1/N and takes
/// df from all rated units.
agreement_result krippendorff_alpha(const rating_view& ratings, level of, const agreement_options& options,
                                    const design_view* design);
agreement_result krippendorff_alpha(const rating_view& ratings, std::span<const double> category_weights,
                                    const agreement_options& options, const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/krippendorff.ipp"
#endif
