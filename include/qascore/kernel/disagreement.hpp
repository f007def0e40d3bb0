// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstddef>
#include <span>
#include <vector>

/// What all agreement coefficients share: how far apart the ratings of a unit are, and any two ratings at
/// all.
namespace qascore::kernel {

/// Distance of two categories: 1 - agreement weight, 0 on the diagonal, symmetric. The nominal and the ratio
/// one need no matrix, so that measurements with many distinct values fit.
struct category_distance {
  enum class kind {
    nominal, ///< 1 if different
    matrix,  ///< 1 - weight[k * q + l]
    ratio    ///< ((x - y) / (x + y))^2 of the values, 0/0 is 0; values >= 0
  };
  kind form = kind::nominal;
  std::span<const double> weight{}; ///< agreement weights for `matrix`
};

/// Per unit the mean distance over its ordered pairs of ratings, sum_{j != k} d / (m (m - 1)); 0 for m < 2
/// ratings. O(min(m^2, m + q^2)) a unit.
std::vector<double> pair_distances(const rating_view& ratings, const category_distance& distance);

/// out[k] = sum_l d(k, l) share[l]. O(q) nominal and, to 15 digits, ratio; O(q^2) with a matrix.
std::vector<double> distances_to(std::span<const double> share, const rating_view& ratings,
                                 const category_distance& distance);

/// Sum of all q x q distances.
double total_distance(const rating_view& ratings, const category_distance& distance);

/// Per profile the sum of `by_category` over its ratings.
std::vector<double> sums_over_ratings(const rating_view& ratings, std::span<const double> by_category);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/disagreement.ipp"
#endif
