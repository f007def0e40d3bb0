// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../category_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace qascore::kernel {
namespace detail_category_weights {

/// How far apart categories k < l are, up to a factor.
inline double distance(category_weight kind, std::span<const double> value, std::size_t k, std::size_t l) {
  const double x = value[k], y = value[l];
  const double low = value.front(), high = value.back();
  switch (kind) {
  case category_weight::identity:
    return 1.0;
  case category_weight::linear:
    return y - x;
  case category_weight::quadratic:
    return (y - x) * (y - x);
  case category_weight::ordinal: {
    const auto d = static_cast<double>(l - k);
    return 0.5 * d * (d + 1.0);
  }
  case category_weight::radical:
    return std::sqrt(y - x);
  case category_weight::ratio:
    return x + y == 0.0 ? 0.0 : (y - x) / (x + y) * ((y - x) / (x + y));
  case category_weight::circular: {
    const double s = std::sin(std::numbers::pi * (y - x) / (high - low + 1.0));
    return s * s;
  }
  case category_weight::bipolar:
    return (y - x) * (y - x) / ((x + y - 2.0 * low) * (2.0 * high - x - y));
  }
  return 1.0;
}

} // namespace detail_category_weights

QASCORE_INLINE std::vector<double> weight_matrix(category_weight kind, std::span<const double> value) {
  constexpr std::size_t most = 4096;
  const std::size_t q = value.size();
  if (q > most)
    throw argument_error("category_weights: expected at most " + std::to_string(most) +
                         " categories but found " + std::to_string(q) +
                         "; for measurements use krippendorff_alpha with level interval, or an ICC");
  if (kind == category_weight::ratio && q > 0 && value.front() < 0.0)
    throw argument_error("category_weights: ratio weights need values of 0 or more but found " +
                         qascore::detail::format_number(value.front()));
  std::vector<double> out(q * q, 0.0);
  double farthest = 0.0;
  for (std::size_t k = 0; k < q; ++k)
    for (std::size_t l = k + 1; l < q; ++l)
      farthest = std::max(farthest, out[k * q + l] = detail_category_weights::distance(kind, value, k, l));
  for (std::size_t k = 0; k < q; ++k) {
    out[k * q + k] = 1.0;
    for (std::size_t l = k + 1; l < q; ++l)
      out[l * q + k] = out[k * q + l] = 1.0 - out[k * q + l] / farthest;
  }
  return out;
}

QASCORE_INLINE void check_weight_matrix(std::span<const double> matrix, std::size_t categories) {
  const auto refuse = [&](std::size_t k, std::size_t l, const std::string& expected) {
    throw argument_error("category_weights: row " + std::to_string(k) + ", column " + std::to_string(l) +
                         ": expected " + expected + " but found " +
                         qascore::detail::format_number(matrix[k * categories + l]));
  };
  if (matrix.size() != categories * categories)
    throw argument_error("category_weights: expected a matrix of " + std::to_string(categories) + " x " +
                         std::to_string(categories) + ", one row per category, but found " +
                         std::to_string(matrix.size()) + " numbers");
  for (std::size_t k = 0; k < categories; ++k)
    for (std::size_t l = 0; l < categories; ++l) {
      const double w = matrix[k * categories + l];
      if (!std::isfinite(w) || w > 1.0)
        refuse(k, l, "a finite number of at most 1");
      if (k == l && w != 1.0)
        refuse(k, l, "1 (a category is nearest to itself)");
      if (w != matrix[l * categories + k])
        refuse(k, l,
               "a symmetric matrix, " + qascore::detail::format_number(matrix[l * categories + k]) +
                   " as across the diagonal,");
    }
}

QASCORE_INLINE std::vector<double> weights_of_distances(std::span<const double> matrix, std::size_t categories) {
  using qascore::detail::format_number;
  if (matrix.size() != categories * categories)
    throw argument_error("distances: expected a matrix of " + std::to_string(categories) + " x " +
                         std::to_string(categories) + ", one row per category, but found " +
                         std::to_string(matrix.size()) + " numbers");
  const double farthest = matrix.empty() ? 0.0 : *std::ranges::max_element(matrix);
  std::vector<double> out(matrix.size());
  for (std::size_t k = 0; k < categories; ++k)
    for (std::size_t l = 0; l < categories; ++l) {
      const double d = matrix[k * categories + l], across = matrix[l * categories + k];
      const std::string expected = !std::isfinite(d) || d < 0.0 ? "a finite number of at least 0"
                                   : k == l && d != 0.0         ? "0 (no category is away from itself)"
                                   : d != across ? "a symmetric matrix, " + format_number(across) + " as across the diagonal,"
                                                 : "";
      if (!expected.empty())
        throw argument_error("distances: row " + std::to_string(k) + ", column " + std::to_string(l) + ": expected " +
                             expected + " but found " + format_number(d));
      out[k * categories + l] = d == 0.0 ? 1.0 : 1.0 - d / farthest;
    }
  return out;
}

} // namespace qascore::kernel
