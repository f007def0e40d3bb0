// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "linearised_agreement.hpp"
#include "ratings.hpp"

#include <span>
#include <string_view>

namespace qascore {

/// Coefficients of agreement beyond chance, 1 - D_o / D_e: they share the observed disagreement D_o and
/// differ in the disagreement D_e that they expect by chance.
enum class agreement_coefficient {
  percent_agreement,   ///< D_e = 1: no chance correction
  cohen_kappa,         ///< two raters, each with own habits (margins)
  scott_pi,            ///< two raters, common margins
  fleiss_kappa,        ///< any number of raters, common margins
  conger_kappa,        ///< any number of raters, each with own margins; Cohen's for two
  brennan_prediger,    ///< all categories equally likely
  gwet_ac,             ///< AC1, with category weights AC2
  light_kappa,         ///< mean of Cohen's kappas over all pairs of raters
  fleiss_kappa_pooled, ///< Fleiss' for unequal numbers of ratings: all ratings count alike, not all units
  bangdiwala_b         ///< two raters: share of the agreement chart's rectangles that agreement fills
};

/// Which standard error.
enum class agreement_std_error {
  influence,   ///< exact linearisation through the variance engine, any design (default)
  gwet,        ///< Gwet's, who keeps the number of units with two ratings fixed; simple random sample only
  large_sample ///< delta method with n in place of n - 1, as for two-rater tables; simple random sample only
};

/// How a coefficient's uncertainty is stated.
struct agreement_options {
  confidence_level confidence{};
  agreement_std_error std_error = agreement_std_error::influence;
  bool normal = false; ///< normal limits in place of t
};

/// An agreement coefficient: the estimate, and the two agreements that it compares.
struct agreement_result : estimate {
  double observed = missing_value; ///< agreement seen, 1 - D_o; NaN where distances have no upper bound
  double expected = missing_value; ///< agreement by chance, 1 - D_e; NaN likewise
  std::size_t raters = 0;
  std::size_t categories = 0; ///< declared or found
  /// The t test of no agreement beyond chance, with the standard error of the interval; NaN for percent agreement and
  /// Bangdiwala's B, which chance does not put at 0.
  test_result test;
};

} // namespace qascore

namespace qascore::kernel {

/// Agreement coefficients for any number of raters, gaps anywhere, any category weights W, unit weights w.
///
///   kappa = 1 - D_o / D_e,   d_kl = 1 - W_kl
///   D_o = sum_{i: m_i >= 2} w_i D_i / sum_{i: m_i >= 2} w_i
///   D_i = sum over ordered pairs of ratings of unit i of d / (m_i (m_i - 1))
///   p_k = sum_i w_i r_ik / m_i / sum_i w_i: share of category k; r_ik of the m_i ratings of unit i are k
///   Fleiss, Scott:     D_e = sum_kl d_kl p_k p_l
///   Conger, Cohen:     D_e = mean over ordered pairs of raters g != h of sum_kl d_kl p_gk p_hl,
///                      p_gk the share within rater g
///   Brennan-Prediger:  D_e = sum_kl d_kl / q^2
///   Gwet:              D_e = 1 - (q^2 - sum_kl d_kl) / (q (q - 1)) * sum_k p_k (1 - p_k)
///   Light:             mean over pairs of raters of Cohen's kappa; D_o of a pair over the units that both rated, its
///                      margins over all that each rated; observed and expected agreement are means over the pairs
///   Fleiss, pooled:    D_o = sum_i w_i (m_i - 1) D_i / sum_i w_i (m_i - 1), p_k = sum_i w_i r_ik / sum_i w_i m_i,
///                      D_e as Fleiss: the form of Fleiss, Levin and Paik for unequal numbers of ratings
///   Bangdiwala:        B = sum_k a_k^2 / sum_k p_1k p_2k over the units that both raters rated, a_k the share where
///                      both chose k; no category weights
///
/// Units with one rating count for the shares, not for D_o (Gwet). `category_weights`: q x q, row-major;
/// empty: identity. Influence values are exact derivatives in the unit weights. The sum of w_i u_i is 0.
///
/// Undefined: no unit with two ratings; D_e = 0 (all ratings in one category, or one category in all); Light's where a
/// pair of raters has no kappa. Throws argument_error for cohen_kappa, scott_pi and bangdiwala_b unless there are 2
/// raters (0 and 1: undefined), for cohen_kappa, conger_kappa, light_kappa and bangdiwala_b with anonymous raters, for
/// bangdiwala_b with category weights. Source: Gwet (2014), Handbook of Inter-Rater
/// Reliability, 4th ed., ch. 2-5; Cohen (1960), doi:10.1177/001316446002000104; Scott (1955),
/// doi:10.1086/266577; Fleiss (1971), doi:10.1037/h0031619; Conger (1980), doi:10.1037/0033-2909.88.2.322;
/// Brennan and Prediger (1981), doi:10.1177/001316448104100307; Gwet (2008), doi:10.1348/000711006X126600;
/// Light (1971), doi:10.1037/h0031643; Fleiss, Levin and Paik (2003), doi:10.1002/0471445428, section 18.3; Bangdiwala
/// and Shankar (2013), doi:10.1186/1471-2288-13-97.
/// Checked against: irrCAC 1.4 (all weights, gaps), irr 0.84.1, vcd 1.4, SAS FREQ, finite differences, the
/// jackknife.
linearised_agreement linearised_agreement_of(const rating_view& ratings,
                                             std::span<const double> category_weights,
                                             agreement_coefficient coefficient,
                                             std::span<const double> unit_weight);

/// The same with influence values per profile, for units gathered by profile: what every other form is made
/// of.
linearised_agreement agreement_by_profile(const rating_view& ratings,
                                          std::span<const double> category_weights,
                                          agreement_coefficient coefficient, const profile_weights& by);

/// The coefficient with standard error and limits, cut at 1 and at the least value that the coefficient can
/// have: 1 - max d for percent agreement, 1 - q^2 max d / sum_kl d_kl for Brennan-Prediger and Gwet, -1 for the
/// others without category weights (with weights they are not cut).
/// df = units with two ratings (clusters that hold one) less strata, as only these carry the agreement.
/// `design` null: units are independent.
/// agreement_std_error::gwet adds kappa * (1[m_i >= 2] / n_2 - 1 / n) to the influence of unit i (n_2 units
/// with two ratings of n): the same for full tables, larger where many units have one rating, because the
/// number of those units is then part of what varies. It is not the default because the jackknife and
/// simulation agree with the exact one.
agreement_result agreement(const rating_view& ratings, std::span<const double> category_weights,
                           agreement_coefficient coefficient, const agreement_options& options,
                           const design_view* design);

/// The coefficient's name: a string literal.
std::string_view name_of(agreement_coefficient coefficient) noexcept;

/// Changes influence values per profile to those of a closed form; `least` and `small_sample` as in finish_agreement.
/// Returns how many ratings a unit needs to count for n and df.
std::size_t apply_closed_form(linearised_agreement& coefficient, const rating_view& ratings,
                              std::size_t least, agreement_std_error form, const design_view* design,
                              double small_sample);

/// Shared with Krippendorff's alpha: from influence values per profile to a result, with the closed forms of
/// `options.std_error`. `small_sample` (alpha): the influence values carry this factor, which the closed
/// forms leave out.
agreement_result finish_agreement(linearised_agreement coefficient, const rating_view& ratings,
                                  std::size_t least, std::string_view method,
                                  const agreement_options& options, const design_view* design,
                                  double small_sample);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/agreement.ipp"
#endif
