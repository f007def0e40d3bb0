// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/seed.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace qascore {

/// What is computed of each order of y.
enum class permuted_statistic {
  pearson,  ///< sum of products
  spearman, ///< sum of products of mid-ranks
  ordered,  ///< Kendall's S: of tau-b, tau-c and Somers' D, over which only the order of y decides
  distance  ///< distance covariance: any dependence
};

struct permutation_options {
  permuted_statistic statistic = permuted_statistic::spearman;
  std::size_t replicates = 9'999;      ///< random orders, where there are too many for all
  std::optional<qascore::seed> seed{}; ///< random orders need one
  unsigned threads = 1;                ///< the numbers are the same for any
};

/// The share of orders that go with x as well as the one that was found, or better.
struct permutation_result {
  double p_two_sided = 0.0, p_greater = 0.0, p_less = 0.0;
  std::uint64_t permutations =
      0;                 ///< orders that were looked at, without the one that was found if they are random
  bool exact = false;    ///< all of them
  std::string undefined; ///< why; empty when all is well
};

namespace kernel {

/// Up to here all orders are looked at: 10! are 3,628,800, and 8! 40,320.
inline constexpr std::size_t most_permuted_exactly = 10, most_permuted_exactly_by_distance = 8;

/// Permutation test of no association of independent rows of equal weight (each order of y is then as likely as any other);
/// rows with a gap are left out. Up to 10 rows (distance: 8) all n! orders count, else `replicates` random ones, and the one that was found
/// is one more: p = (b + 1) / (R + 1). Two-sided: orders whose statistic, which has mean 0 over all orders, is as far from 0
/// (distance: one-sided, as it has one side; p_two_sided equals p_greater, p_less is NaN). Orders within 1e-9 of the largest possible value of the found
/// one count as equal to it. Replicate r draws from counter_stream(seed, r).
/// Undefined: fewer than 3 pairs, a constant column. Throws argument_error for random orders without a seed or of none.
/// Source: Pitman (1937), JRSS Supplement 4, 225-232; Phipson and Smyth (2010), Statistical Applications in Genetics and
/// Molecular Biology 9, 39, doi:10.2202/1544-6115.1585 ((b + 1) / (R + 1)). Checked against: enumeration in R 4.2, SciPy 1.17.
permutation_result permutation_test(std::span<const double> x, std::span<const double> y,
                                    const permutation_options& options);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/permutation_test.ipp"
#endif
