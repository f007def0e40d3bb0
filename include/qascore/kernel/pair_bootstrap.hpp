// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"
#include "correlation.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace qascore {

struct pair_bootstrap_options {
  std::optional<correlation_method> method =
      correlation_method::spearman; ///< empty: the ratio of the totals, x over y
  bool bca = true;                  ///< limits corrected for bias and skewness; else plain quantiles
  std::size_t replicates = 9'999;
  std::optional<qascore::seed> seed{}; ///< needed
  confidence_level confidence{};
  missing_rows missing = missing_rows::error; ///< a kernel takes it as drop
  unsigned threads = 1;                       ///< the numbers are the same for any
};

/// A statistic of two columns with standard error and limits from drawing the rows again.
struct bootstrapped_estimate : estimate {
  double bias = missing_value;            ///< mean of the replicates minus the value
  double acceleration = missing_value;    ///< BCa's, from influence values
  double influence_error = missing_value; ///< sqrt(sum t^2), the infinitesimal jackknife
  std::size_t replicates = 0, undefined_replicates = 0;
};

namespace kernel {

/// Bootstrap of a correlation (or ratio): rows are drawn again n of n, under a design the clusters within strata with
/// rescaled weights (Rao and Wu, kernel/replicates.hpp); each replicate is the statistic of the same pairs with other weights.
/// Limits: kernel/bootstrap_limits.hpp, the acceleration from the influence totals of rows (clusters). Spearman's ranks are
/// taken from levels that were found once, O(n) a replicate. Replicate r draws from counter_stream(seed, r). Rows with a gap take no part.
/// Undefined: the statistic is; see bootstrap_limits. Throws argument_error without a seed and for fewer than 2
/// replicates. Source: Efron (1987), doi:10.1080/01621459.1987.10478410; Davison and Hinkley (1997), Bootstrap Methods and
/// their Application. Checked against: R boot 1.3 (acceleration and infinitesimal jackknife), SciPy 1.17 (limits), simulation.
bootstrapped_estimate bootstrap_pairs(const design_view& design, std::span<const double> x,
                                      std::span<const double> y, const pair_bootstrap_options& options);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/pair_bootstrap.ipp"
#endif
