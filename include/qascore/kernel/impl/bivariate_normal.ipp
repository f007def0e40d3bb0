// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../bivariate_normal.hpp"
#include "../distribution.hpp"

#include <boost/math/special_functions/owens_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace qascore::kernel {
namespace detail_bivariate_normal {

/// T(h, (other - rho h) / (h s)), also where h is 0 and the slope infinite.
inline double owen(double h, double other, double rho, double s) {
  if (h == 0.0)
    return std::copysign(0.25, other);
  const double slope = (other - rho * h) / (h * s);
  // T(h, infinity) is half of the tail beyond |h|.
  if (std::abs(slope) > 1e15)
    return std::copysign(0.5 * normal_cdf(-std::abs(h)), slope);
  return boost::math::owens_t(h, slope);
}

} // namespace detail_bivariate_normal

QASCORE_INLINE double normal_density(double x) noexcept {
  return std::exp(-0.5 * x * x) * (0.5 * std::numbers::inv_sqrtpi * std::numbers::sqrt2);
}

QASCORE_INLINE double bivariate_normal_cdf(double h, double k, double rho) noexcept {
  using namespace detail_bivariate_normal;
  if (std::isnan(h) || std::isnan(k) || !(std::abs(rho) < 1.0))
    return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(h))
    return h < 0.0 ? 0.0 : normal_cdf(k);
  if (std::isinf(k))
    return k < 0.0 ? 0.0 : normal_cdf(h);
  if (h == 0.0 && k == 0.0)
    return 0.25 + 0.5 * std::numbers::inv_pi * std::asin(rho);
  const double s = std::sqrt((1.0 - rho) * (1.0 + rho));
  const bool one_sign = h * k > 0.0 || ((h == 0.0 || k == 0.0) && h + k >= 0.0);
  const double sum = 0.5 * (normal_cdf(h) + normal_cdf(k)) - owen(h, k, rho, s) - owen(k, h, rho, s) -
                     (one_sign ? 0.0 : 0.5);
  return std::max(0.0, sum); // rounding
}

QASCORE_INLINE double bivariate_normal_density(double h, double k, double rho) noexcept {
  if (std::isinf(h) || std::isinf(k))
    return 0.0;
  const double rest = (1.0 - rho) * (1.0 + rho);
  return std::exp(-0.5 * (h * h - 2.0 * rho * h * k + k * k) / rest) * 0.5 * std::numbers::inv_pi /
         std::sqrt(rest);
}

} // namespace qascore::kernel
