// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"
#include "../studentized_range.hpp"

#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace qascore::kernel {
namespace detail_range {

/// P(range <= w) for a known variance.
class known_variance {
public:
  explicit known_variance(std::size_t groups) : k_{static_cast<double>(groups)} {
    for (int j = 0; j <= points; ++j) {
      const double z = from + j * step;
      density_.push_back(k_ * std::exp(-0.5 * z * z) * 0.39894228040143268 * step);
      below_.push_back(normal_cdf(z));
      above_.push_back(normal_cdf(-z));
    }
  }

  double operator()(double w) const {
    double sum = 0.0;
    for (int j = 0; j <= points; ++j) {
      const double z = from + j * step;
      const auto at = static_cast<std::size_t>(j);
      // The smaller tail is subtracted from the smaller tail: no cancellation.
      const double inside = z < 0.0 ? below_[at] - normal_cdf(z - w) : normal_cdf(w - z) - above_[at];
      if (inside > 0.0)
        sum += density_[at] * std::exp((k_ - 1.0) * std::log(inside));
    }
    return std::min(sum, 1.0);
  }

private:
  static constexpr int points = 180;
  static constexpr double from = -9.0, step = 0.1;
  double k_;
  std::vector<double> density_, below_, above_;
};

class distribution {
public:
  distribution(std::size_t groups, double df) : range_(groups) {
    if (std::isinf(df) || df > 1e7)
      return;
    // The density of t = log s is proportional to exp(df (t - exp(2 t) / 2)), highest at 0.
    const double h = std::min(0.03, 0.4 / std::sqrt(2.0 * df));
    const auto log_density = [df](double t) { return df * (t - 0.5 * std::expm1(2.0 * t)); };
    double total = 0.0;
    const auto add = [&](double t) {
      const double weight = std::exp(log_density(t));
      scale_.push_back(std::exp(t));
      weight_.push_back(weight);
      total += weight;
      return log_density(t) > -32.0;
    };
    add(0.0);
    for (int j = 1; add(j * h); ++j) {
    }
    for (int j = 1; add(-j * h); ++j) {
    }
    for (double& w : weight_)
      w /= total;
  }

  double upper(double q) const {
    if (scale_.empty())
      return 1.0 - range_(q);
    double sum = 0.0;
    for (std::size_t j = 0; j < scale_.size(); ++j)
      sum += weight_[j] * (1.0 - range_(q * scale_[j]));
    return std::max(0.0, sum);
  }

private:
  known_variance range_;
  std::vector<double> scale_, weight_;
};

} // namespace detail_range

QASCORE_INLINE double studentized_range_upper(double q, std::size_t groups, double df) {
  if (groups < 2 || !(df > 0.0) || !(q >= 0.0))
    return std::numeric_limits<double>::quiet_NaN();
  return std::isinf(q) ? 0.0 : detail_range::distribution(groups, df).upper(q);
}

QASCORE_INLINE double studentized_range_quantile(double p, std::size_t groups, double df) {
  if (groups < 2 || !(df > 0.0) || !(p > 0.0 && p < 1.0))
    return std::numeric_limits<double>::quiet_NaN();
  const detail_range::distribution range(groups, df);
  const auto miss = [&](double q) { return (1.0 - p) - range.upper(q); };
  double high = 4.0;
  while (miss(high) < 0.0 && high < 1e12)
    high *= 2.0;
  std::uintmax_t steps = 100;
  const auto found = boost::math::tools::toms748_solve(
      miss, high == 4.0 ? 0.0 : 0.5 * high, high, boost::math::tools::eps_tolerance<double>(40), steps);
  return 0.5 * (found.first + found.second);
}

} // namespace qascore::kernel
