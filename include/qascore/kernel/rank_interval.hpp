// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qascore {

/// Which ranks something may have; 1 is the highest value.
struct rank_interval {
  std::size_t low = 0;  ///< best rank: 1 + how many are surely higher
  std::size_t high = 0; ///< worst rank: all minus how many are surely lower
};

} // namespace qascore

namespace qascore::kernel {

/// Ranks that are possible for independent estimates with the given sampling variances, from all pairwise differences:
/// j is surely higher than i where
///   value_j - value_i > critical * sqrt(variance_i + variance_j).
/// With critical = q / sqrt 2, q the quantile of the studentized range for m values (Tukey and Kramer), all differences
/// are right together with that confidence, and so all intervals hold the true ranks together, ties among them
/// included (any order of what is equal is a true one). Where variances differ it is cautious.
/// O(m log m) where most pairs are far apart, never worse than O(m^2); O(m) memory.
/// Source: Tukey (1953), Kramer (1956), Biometrics 12, 307-310, doi:10.2307/3001469; Hayter (1984), Annals of
/// Statistics 12, 61-75, doi:10.1214/aos/1176346392 (it is cautious); Klein, Wright, Wieczorek (2020), JRSS C 69,
/// 589-606 (joint regions of ranks); Al Mohamad, Goeman, van Zwet (2022), Biometrics 78, 238-247 (ranks from Tukey's
/// differences: shorter than from intervals that do not overlap).
std::vector<rank_interval> rank_intervals(std::span<const double> value, std::span<const double> variance,
                                          double critical);

/// Rank of each value, 1 the highest; equal values share the best of their ranks.
std::vector<std::size_t> ranks_of(std::span<const double> value);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/rank_interval.ipp"
#endif
