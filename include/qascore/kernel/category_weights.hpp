// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace qascore {

/// How near two categories are: 1 for the same, down to 0 for the farthest. x is the category's value, k its
/// position, range = max x - min x over the declared (or found) categories.
enum class category_weight {
  identity,  ///< 1 if equal, else 0
  linear,    ///< 1 - |x - y| / range
  quadratic, ///< 1 - (x - y)^2 / range^2
  ordinal,   ///< 1 - C(d + 1, 2) / C(q, 2), d = |k - l|: by position
  radical,   ///< 1 - sqrt(|x - y| / range)
  ratio,     ///< 1 - ((x - y) / (x + y))^2 / (range / (max + min))^2; 0/0 is 0; values >= 0
  circular,  ///< 1 - s / max s, s = sin(pi (x - y) / (range + 1))^2
  bipolar    ///< 1 - b / max b, b = (x - y)^2 / ((x + y - 2 min)(2 max - x - y)), 0 if equal
};

} // namespace qascore

namespace qascore::kernel {

/// q x q matrix of agreement weights, row-major, for the category values (ascending).
/// Throws argument_error for more than 4,096 categories (the matrix would not fit; use a level of
/// Krippendorff's alpha), and for ratio weights of a negative value. Source: Gwet (2014), Handbook of
/// Inter-Rater Reliability, 4th ed., ch. 3. Checked against irrCAC 1.4.
std::vector<double> weight_matrix(category_weight kind, std::span<const double> value);

/// Checks an own matrix: q x q, finite, symmetric, 1 on the diagonal, nothing above 1. Throws argument_error.
void check_weight_matrix(std::span<const double> matrix, std::size_t categories);

/// The weights 1 - d / max d of an own matrix of distances: q x q, finite, symmetric, 0 on the diagonal, nothing below 0.
/// Krippendorff's alpha and the kappas do not change when all distances are multiplied. Throws argument_error.
std::vector<double> weights_of_distances(std::span<const double> matrix, std::size_t categories);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/category_weights.ipp"
#endif
