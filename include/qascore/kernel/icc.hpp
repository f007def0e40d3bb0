// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <span>
#include <vector>

namespace qascore {

/// Intraclass correlations in the notation of McGraw and Wong: what counts as error, and whether for one
/// rating or the mean of all k raters' ratings.
enum class icc_form {
  one_way,         ///< ICC(1,1): raters are interchangeable
  agreement,       ///< ICC(A,1): differences in severity count as error
  consistency,     ///< ICC(C,1): they do not
  one_way_mean,    ///< ICC(1,k)
  agreement_mean,  ///< ICC(A,k)
  consistency_mean ///< ICC(C,k)
};

/// How the variances behind an ICC are estimated.
enum class icc_method {
  automatic, ///< reml for the forms A and C on a table with gaps (independent units of equal weight), else anova
  anova,     ///< mean squares: forms A and C need every rater on every unit
  reml       ///< restricted maximum likelihood: any gaps; units and raters are random, variances at least 0
};

/// How an ICC's limits are made.
enum class icc_interval {
  automatic, ///< anova: f for independent units of equal weight, influence under any other design; reml: profile, but
             ///< logit where units and raters are 50 or more
  f, ///< exact (agreement: Satterthwaite's; one-way with gaps: Thomas and Hultquist's) limits for normal ratings
  influence, ///< t limits from the influence values; raters are taken as fixed
  profile,   ///< reml: all values that a likelihood ratio test does not reject
  logit      ///< reml: normal limits of the log odds by the delta method
};

struct icc_options {
  icc_form form = icc_form::agreement;
  confidence_level confidence{};
  icc_interval interval = icc_interval::automatic;
  double null_value = 0.0; ///< the ICC under the tested hypothesis; the test is one-sided: greater
  icc_method method = icc_method::automatic;
};

/// An intraclass correlation with its test: F of the mean squares, or the likelihood ratio (chi-squared on the boundary).
struct icc_result : estimate {
  icc_form form = icc_form::agreement;
  icc_method estimated_by = icc_method::anova; ///< never automatic
  test_result test{};
  std::size_t raters = 0;
  double between_units = missing_value;  ///< mean square of units, MSR; NaN for reml
  double between_raters = missing_value; ///< mean square of raters, MSC; NaN for the one-way forms and reml
  double residual =
      missing_value; ///< mean square of error, MSE; for the one-way forms within units, MSW; NaN for reml
  double unit_variance = missing_value;  ///< between units; anova may give less than 0
  double rater_variance = missing_value; ///< between raters; NaN for the one-way forms
  double error_variance = missing_value;
  double ratings_per_unit = missing_value; ///< k of the mean forms: the raters; one-way with gaps: k0
};

} // namespace qascore

namespace qascore::kernel {

/// Intraclass correlation of n units rated by k raters. By analysis of variance, with unit weights w:
///
///   ICC(1,1) = (MSR - MSW) / (MSR + (k - 1) MSW)
///   ICC(C,1) = (MSR - MSE) / (MSR + (k - 1) MSE)
///   ICC(A,1) = (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n)
///   ICC(.,k) = k ICC(.,1) / (1 + (k - 1) ICC(.,1))
///
/// The one-way forms allow gaps: k is then k0 = (N - sum n_i^2 / N) / (n - 1) for n_i ratings of unit i, N in all, and the F
/// limits are approximate (Thomas and Hultquist). By REML, for any gaps, from the variances of the crossed model rating = mean
/// + unit + rater + error (kernel/mixed_model.hpp; one-way: without rater):
///
///   ICC(A,1) = s_unit / (s_unit + s_rater + s_error),   ICC(C,1) and ICC(1,1) = s_unit / (s_unit + s_error),
///   ICC(.,k): what is not s_unit divided by k
///
/// With weights each mean over units is the weighted mean, n stays the number of units. Units without a
/// rating are left out. The standard error of anova comes from the influence values; it holds for the given raters,
/// and does not contain what another panel would have given. For ICC(A,.) the F limits do so approximately: with
/// few raters of clearly different severity they cover less than they say (in simulations 84 % in place of 95 % with
/// 3 raters, 92 % with 5). `interval_method` says which was taken: "raters random" or "raters fixed"; df is the one
/// that the limits rest on (agreement: Satterthwaite's). That of reml is the delta method's on the information of the
/// variances; its limits take raters as random. The test of reml compares deviances: 0 against more on the boundary (half the
/// p of chi-squared with 1 df), another null value by the signed root.
///
/// No limits where no disagreement is seen. Undefined, with the reason: gaps (a rated unit that not every rater rated) for the
/// forms A and C by anova; fewer than 2 units or raters; no unit rated twice; no variance; a mean form where
/// 1 + (k - 1) ICC(.,1) is not positive. F limits of a mean form are the
/// images of the single form's, and so are those of reml. Throws argument_error for the forms A and C with anonymous
/// raters, for icc_interval::f and icc_method::reml under a design with weights, strata or clusters, for an interval of the other
/// method, and unless -1 < null_value < 1 (reml: 0 <= null_value). Source:
/// McGraw and Wong (1996), doi:10.1037/1082-989X.1.1.30, with the erratum; Shrout and Fleiss (1979),
/// doi:10.1037/0033-2909.86.2.420; Thomas and Hultquist (1978), doi:10.1214/aos/1176344202; Donner (1986),
/// doi:10.2307/1403259.
/// Checked against: psych 2.2.9, irrNA 0.2.3 (tests of a null value), irr 0.84.1, ICC 2.4.0 (one-way with gaps), lme4
/// 1.1.31 (reml), finite differences, the jackknife, simulation.
icc_result icc(const rating_view& ratings, const icc_options& options, const design_view* design);

/// Several forms of one table, in their order: models are fitted once for all. `options.form` is not read.
std::vector<icc_result> icc_forms(const rating_view& ratings, std::span<const icc_form> forms,
                                  icc_options options, const design_view* design);

/// Value and influence values alone.
linearised linearised_icc(const rating_view& ratings, icc_form form, std::span<const double> unit_weight);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/icc.ipp"
#endif
