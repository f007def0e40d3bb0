// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "pairs.hpp"

#include <vector>

/// Rank correlations of complete pairs, with the influence values of the pairs. The pairs must have no
/// obstacle(). What is estimated stands in correlation.hpp.
namespace qascore::kernel {

double spearman_of(const complete_pairs& pairs, std::vector<double>& influence);

/// What is divided by what, of the pairs of units that agree in direction and those that do not.
enum class pair_coefficient { tau_b, tau_c, gamma, somers_y, somers_x };

/// Pairs of units, by the sum of the products of their weights (how many there are, where those are 1): both higher in x
/// and in y, higher in one and lower in the other, tied in x alone, in y alone, in both.
struct pair_counts {
  double concordant = 0.0, discordant = 0.0, tied_x = 0.0, tied_y = 0.0, tied_both = 0.0;
};

/// A coefficient of ordered pairs, with the test of no association of independent pairs by Kendall's S: its variance
/// corrected for ties, against the normal distribution (df1 is infinite). All of these coefficients share that test, as
/// they are S over something that is positive. Source of the test: Kendall (1970), Rank Correlation Methods, 4th ed., ch.
/// 4; as R's cor.test(exact = FALSE).
struct kendall_result {
  double value;
  test_result test;
  pair_counts pairs; ///< of gamma only
};
kendall_result kendall_of(const complete_pairs& pairs, std::vector<double>& influence,
                          pair_coefficient coefficient = pair_coefficient::tau_b);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/rank_correlation.ipp"
#endif
