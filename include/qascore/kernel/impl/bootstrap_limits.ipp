// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../bootstrap_limits.hpp"
#include "../distribution.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace qascore::kernel {
namespace detail_bootstrap_limits {

/// The number at rank (R + 1) p, linear in between.
inline double quantile(const std::vector<double>& sorted, double p) {
  const double rank = (static_cast<double>(sorted.size()) + 1.0) * p - 1.0;
  if (!(rank > 0.0))
    return sorted.front();
  const auto below = static_cast<std::size_t>(rank);
  if (below + 1 >= sorted.size())
    return sorted.back();
  const double share = rank - static_cast<double>(below);
  return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

} // namespace detail_bootstrap_limits

QASCORE_INLINE double acceleration_of(const std::vector<double>& totals) {
  double squares = 0.0, cubes = 0.0;
  for (const double t : totals) {
    squares += t * t;
    cubes += t * t * t;
  }
  return squares > 0.0 ? cubes / (6.0 * squares * std::sqrt(squares)) : 0.0;
}

QASCORE_INLINE bootstrap_summary summarise_replicates(double value, std::vector<double> values,
                                                      confidence_level confidence, bool bca,
                                                      double acceleration) {
  using namespace detail_bootstrap_limits;
  bootstrap_summary out;
  const std::size_t asked = values.size();
  std::erase_if(values, [](double x) { return std::isnan(x); });
  out.replicates = values.size();
  out.undefined_replicates = asked - values.size();
  if (2 * values.size() <= asked) {
    out.undefined = "half of the replicates or more have no value: no interval";
    return out;
  }
  std::ranges::sort(values);
  const auto count = static_cast<double>(values.size());
  double mean = 0.0, squares = 0.0;
  for (const double x : values)
    mean += (x - value) / count;
  for (const double x : values)
    squares += (x - value - mean) * (x - value - mean);
  out.bias = mean;
  out.std_error = std::sqrt(squares / (count - 1.0));
  if (!(out.std_error > 4.0 * std::numeric_limits<double>::epsilon())) {
    out.undefined = "no variation in the sample: no interval";
    return out;
  }
  double low = 1.0 - confidence.upper_tail(), high = confidence.upper_tail();
  if (bca) {
    const auto from = std::lower_bound(values.begin(), values.end(), value);
    const auto to = std::upper_bound(from, values.end(), value);
    const double below = static_cast<double>(from - values.begin()) + 0.5 * static_cast<double>(to - from);
    const double z0 = normal_quantile(below / count);
    if (!std::isfinite(z0)) {
      out.undefined = "all replicates lie on one side of the value: no BCa interval";
      return out;
    }
    const auto moved = [&](double p) {
      const double z = z0 + normal_quantile(p);
      return normal_cdf(z0 + z / (1.0 - acceleration * z));
    };
    low = moved(low);
    high = moved(high);
  }
  out.low = quantile(values, low);
  out.high = quantile(values, high);
  return out;
}

} // namespace qascore::kernel
