// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../change_point.hpp"
#include "../counter_stream.hpp"
#include "../inference.hpp"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_change {

/// What each split explains of the sum of squares about the mean: S_k^2 n / (k (n - k)), S_k the sum of the first k deviations.
inline double largest_gain(std::span<const double> from_mean, std::size_t* at = nullptr) {
  const auto n = static_cast<double>(from_mean.size());
  double sum = 0.0, best = -1.0;
  for (std::size_t k = 1; k < from_mean.size(); ++k) {
    sum += from_mean[k - 1];
    const auto first = static_cast<double>(k);
    const double gain = sum * sum * n / (first * (n - first));
    if (gain > best) {
      best = gain;
      if (at != nullptr)
        *at = k;
    }
  }
  return best;
}

} // namespace detail_change

QASCORE_INLINE change_point_result change_point(std::span<const double> values, confidence_level confidence,
                                                seed start, std::size_t permutations) {
  std::vector<double> x;
  std::vector<std::uint32_t> place;
  for (std::uint32_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) {
      x.push_back(values[i]);
      place.push_back(i);
    }
  change_point_result out;
  out.n = x.size();
  const auto n = static_cast<double>(x.size());
  double mean = 0.0, total = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i)
    mean += (x[i] - mean) / static_cast<double>(i + 1);
  const double level = mean;
  for (double& v : x) {
    v -= level;
    total += v * v;
  }
  inference_options how;
  how.confidence = confidence;
  how.method = "shift at the change point";
  how.n = x.size();
  design_variance spread;
  const double rounding = 4.0 * std::numeric_limits<double>::epsilon() * std::abs(level);
  if (x.size() < 4 || !(total > n * rounding * rounding)) {
    out.undefined = x.size() < 4 ? "fewer than 4 values" : "the values do not vary";
    spread.undefined = out.undefined;
    out.shift = infer(missing_value, spread, how);
    return out;
  }
  std::size_t split = 0;
  const double gain = detail_change::largest_gain(x, &split);
  double first = 0.0, second = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i)
    (i < split ? first : second) += x[i];
  const auto n1 = static_cast<double>(split);
  first /= n1;
  second /= n - n1;
  double within = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double d = x[i] - (i < split ? first : second);
    within += d * d;
  }
  const double variance = within / (n - 2.0);
  out.at = place[split];
  out.before = level + first;
  out.after = level + second;
  spread.variance = variance * (1.0 / n1 + 1.0 / (n - n1));
  spread.df = n - 2.0;
  out.shift = infer(second - first, spread, how);
  out.statistic = std::sqrt(gain / variance);
  // All splits whose sum of squares is near the least.
  const double near = -2.0 * variance * std::log1p(-std::sqrt(confidence.value()));
  double sum = 0.0;
  for (std::size_t k = 1; k < x.size(); ++k) {
    sum += x[k - 1];
    const auto m = static_cast<double>(k);
    if (gain - sum * sum * n / (m * (n - m)) <= near) {
      out.low = is_missing(out.low) ? place[k] : out.low;
      out.high = place[k];
    }
  }
  // The gain is the statistic of a permutation too: the total sum of squares stays.
  std::size_t as_large = 0;
  for (std::size_t replicate = 0; replicate < permutations; ++replicate) {
    counter_stream stream(start, replicate);
    for (std::size_t i = x.size() - 1; i > 0; --i)
      std::swap(x[i], x[stream.below(i + 1)]);
    as_large += detail_change::largest_gain(x) >= gain * (1.0 - 1e-12) ? 1u : 0u;
  }
  if (permutations > 0)
    out.p_value = (1.0 + static_cast<double>(as_large)) / (1.0 + static_cast<double>(permutations));
  return out;
}

} // namespace qascore::kernel
