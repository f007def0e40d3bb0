// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"
#include "agreement_measure.hpp"

#include <cstddef>
#include <optional>

namespace qascore {

/// How an agreement coefficient is computed again from units that were drawn again.
enum class resampling_method {
  percentile, ///< bootstrap; limits are quantiles of the replicates
  bca,        ///< bootstrap; quantiles corrected for bias and skewness
  jackknife   ///< each unit left out once; limits about the value without its first-order bias
};

struct resampling_options {
  resampling_method method = resampling_method::percentile;
  std::size_t replicates = 10'000;     ///< of the bootstrap
  std::optional<qascore::seed> seed{}; ///< the bootstrap needs one
  confidence_level confidence{};
  bool normal = false;  ///< jackknife: normal limits in place of t
  unsigned threads = 1; ///< the numbers are the same for any
};

/// A coefficient whose standard error and limits come from computing it again.
struct resampled_agreement : agreement_result {
  double bias = missing_value; ///< mean of the replicates minus the value; the jackknife's estimate of it
  double corrected = missing_value;     ///< value minus bias
  std::size_t replicates = 0;           ///< that have a value: standard error and limits rest on them
  std::size_t undefined_replicates = 0; ///< left out, as all ratings of such a replicate are in one category
};

namespace kernel {

/// Bootstrap or jackknife over units: a second opinion on the standard error from influence values, and limits that need
/// not be symmetric. Units that take part (least_ratings) are drawn again, n of n with replacement; raters stay.
///
///   percentile: limits are the replicates' quantiles at (1 -+ confidence) / 2, linear between those of rank (R + 1) p
///   BCa:        at F(z0 + (z0 + z) / (1 - a (z0 + z))), z0 = F^-1(share of replicates below the value, half of the ties),
///               a = sum u^3 / (6 (sum u^2)^(3/2)) from the influence values u
///   jackknife:  bias = (n - 1) (mean of the values without one unit - value), se^2 = (n - 1) / n sum (value_i - mean)^2,
///               limits corrected -+ q se, cut at 1
///
/// Units of one profile are alike, so that profiles are drawn (numbers of units by binomials) where there are few, and the
/// coefficient is computed from the numbers of units by profile; where it does not matter who gave which rating, profiles
/// that differ in that are one. A replicate costs the distinct profiles, not the units. Replicate r draws from counter_stream(seed,
/// r). The jackknife of alpha on the interval level takes time linear in the profiles; others compute the coefficient anew
/// without each profile, and are refused above 5e9 ratings read in all. Under a design the bootstrap is that of Rao and Wu
/// (kernel/replicates.hpp): clusters are drawn again within strata, weights rescaled.
/// Undefined: the coefficient is; no or one unit; no variation between replicates; half of the replicates or more
/// undefined; BCa where all replicates lie on one side. Throws argument_error for a bootstrap without seed or of fewer than
/// 2 replicates, for a jackknife under a design with strata, clusters or weights, or of too many profiles. Source: Efron (1987),
/// doi:10.1080/01621459.1987.10478410; Efron and Tibshirani (1993), An Introduction to the Bootstrap. Checked against: all
/// resamples of small tables enumerated, fast-krippendorff 0.8.3 on 40,000 resamples, kappaGold 0.4.0, simulation.
resampled_agreement resample_agreement(const rating_view& ratings, const agreement_measure& measure,
                                       const resampling_options& options, const design_view* design);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/agreement_resampling.ipp"
#endif
