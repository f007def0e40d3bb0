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

/// tau-b with the test of no association of independent pairs by Kendall's S: its variance corrected for
/// ties, against the normal distribution (df1 is infinite). Source of the test: Kendall (1970), Rank
/// Correlation Methods, 4th ed., ch. 4; as R's cor.test(exact = FALSE).
struct kendall_result {
  double tau_b;
  test_result test;
};
kendall_result kendall_of(const complete_pairs& pairs, std::vector<double>& influence);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/rank_correlation.ipp"
#endif
