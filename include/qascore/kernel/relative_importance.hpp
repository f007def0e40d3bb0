// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace qascore {

struct importance_options {
  confidence_level confidence{};
  missing_rows missing = missing_rows::error; ///< a kernel takes it as drop
  std::size_t orders = 1'000;          ///< random orders of the drivers, where there are too many for all
  std::optional<qascore::seed> seed{}; ///< random orders and the bootstrap need one
  std::size_t replicates = 0; ///< of the bootstrap; 0: standard errors and limits from influence values
  unsigned threads = 1;       ///< of the bootstrap; the numbers are the same for any
};

/// Shares of the variance of y that drivers explain, one per driver. lmg and johnson add up to r_squared; first, last, and beta_squared
/// do not; pratt does, with shares that may be negative.
struct importance_result {
  static constexpr std::size_t no_fault = static_cast<std::size_t>(-1);

  estimate r_squared;
  std::vector<estimate> lmg; ///< mean gain over all orders in which drivers can come in (Shapley value)
  std::vector<estimate> first, last; ///< gain of coming in first (alone), last (beyond all others)
  std::vector<estimate>
      johnson;               ///< relative weights; empty where a driver is a group of columns, as all below
  std::vector<estimate> car; ///< squares of the correlations with decorrelated columns
  std::vector<estimate> pratt, beta_squared;
  std::vector<double> sampling_error; ///< of lmg, from looking at random orders alone; 0 where all count
  std::size_t orders = 0;             ///< looked at; 0: all of them
  std::string undefined;              ///< why there are none; empty when all is well
  std::size_t fault = no_fault;       ///< the column to blame, counted from 0
};

namespace kernel {

/// Up to here all 2^p sets of drivers count.
inline constexpr std::size_t most_drivers_exactly = 15;

/// Relative importance of drivers in the linear regression of y on columns, from their correlations R (weighted by the design).
/// With R2(S) = r_S' R_SS^-1 r_S for a set S of p drivers:
///
///   lmg_j = sum over S without j of |S|! (p - |S| - 1)! / p! (R2(S + j) - R2(S))
///   johnson_j = sum_k L_jk^2 w_k^2, L = R_xx^(1/2), w = L^-1 r (Genizi's decomposition is the same); car_j = w_j^2
///   pratt_j = b_j r_j, beta_squared_j = b_j^2, b = R_xx^-1 r
///
/// `group`: the driver that each column belongs to, 0..p - 1 (a section's criteria stand and fall together); empty: each
/// is its own. Beyond 15 drivers lmg is the mean over random orders. Standard errors by the influence values of R and the chain rule (exact derivatives), so that weights and clusters are in
/// them; limits are t and cut at 0 (not pratt's). Near 0 they are rough: a share cannot be negative.
/// With `replicates` rows are drawn again, under a design clusters within strata with rescaled weights (kernel/replicates.hpp), R and
/// all shares are computed anew, and limits are BCa (kernel/bootstrap_limits.hpp) with the acceleration of the influence values; random
/// orders are the same in all replicates. Replicate r draws from counter_stream(seed, r). A replicate in which a column is constant or a
/// combination of others has no shares.
/// Undefined: a constant column, a column that is a combination of others, no more rows than columns + 1. Sources: Lindeman, Merenda and Gold (1980); Gromping
/// (2007), American Statistician 61, 139-147, doi:10.1198/000313007X188252; Johnson (2000), Multivariate Behavioral
/// Research 35, 1-19, doi:10.1207/S15327906MBR3501_1; Genizi (1993), Statistica Sinica 3, 407-420; Zuber and Strimmer (2011), Statistical
/// Applications in Genetics and Molecular Biology 10, 34, doi:10.2202/1544-6115.1730 (car). Checked against: R
/// relaimpo 2.2, rwa 0.1, finite differences in the weights, the shares of repeated rows (bootstrap), simulation.
importance_result relative_importance(const design_view& design, std::span<const double> y,
                                      std::span<const std::span<const double>> columns,
                                      std::span<const std::size_t> group, const importance_options& options);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/relative_importance.ipp"
#endif
