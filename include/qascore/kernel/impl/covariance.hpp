// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace qascore::kernel::detail_variance {

/// cov(a, b) = s_a s_b (V(a/s_a + b/s_b) - V(a/s_a - b/s_b)) / 4 with V(a) = s_a^2, V(b) = s_b^2: one formula for
/// squares and products, and no digits lost where the two differ in scale. `variance` maps influence values to V.
template <class Variance>
double covariance(const Variance& variance, std::span<const double> a, double variance_a,
                  std::span<const double> b, double variance_b) {
  const double scale_a = std::sqrt(variance_a), scale_b = std::sqrt(variance_b);
  if (scale_a == 0.0 || scale_b == 0.0)
    return 0.0;
  std::vector<double> sum(a.size()), difference(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    sum[i] = a[i] / scale_a + b[i] / scale_b;
    difference[i] = a[i] / scale_a - b[i] / scale_b;
  }
  return scale_a * scale_b * (variance(sum) - variance(difference)) / 4.0;
}

} // namespace qascore::kernel::detail_variance
