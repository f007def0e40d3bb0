// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/format.hpp"
#include "../../detail/sum.hpp"
#include "../bland_altman.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "complete_ratings.hpp"

#include <boost/math/distributions/non_central_t.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE bland_altman_result bland_altman(const rating_view& ratings,
                                                const bland_altman_options& options,
                                                const design_view* design) {
  if (!(options.multiplier > 0.0) || !std::isfinite(options.multiplier))
    throw argument_error("multiplier: expected a finite number > 0 but found " +
                         detail::format_number(options.multiplier));
  const bool by_influence = options.interval == limits_interval::influence;
  if (!by_influence && !is_simple_random(design))
    throw argument_error("interval: exact and approximate hold for a simple random sample; expected "
                         "influence under this design");
  const detail_complete::complete_ratings data =
      detail_complete::complete_of(ratings, weights_of(ratings, unit_weights(ratings, design)));
  if (data.raters != 2)
    throw argument_error("ratings: expected 2 raters but found " + std::to_string(data.raters));
  bland_altman_result out;
  out.difference.assign(ratings.units, missing_value);
  out.mean = out.difference;
  std::vector<double> d(data.rows()), by_profile(ratings.profiles(), missing_value), middle = by_profile;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    d[row] = data.at(row, 0) - data.at(row, 1);
    by_profile[data.profile[row]] = d[row];
    middle[data.profile[row]] = data.at(row, 1) + 0.5 * d[row];
  }
  for (std::size_t u = 0; u < ratings.units; ++u) {
    out.difference[u] = by_profile[ratings.profile_of(u)];
    out.mean[u] = middle[ratings.profile_of(u)];
  }
  inference_options how;
  how.confidence = options.confidence;
  how.method = "mean difference";
  linearised bias, limit;
  bias.undefined = limit.undefined = detail_complete::obstacle(data);
  const auto finish = [&](const linearised& value, std::string_view method) {
    how.method = method;
    return infer_rated(value, ratings, data.part, data.part, design, how);
  };
  if (!bias.undefined.empty()) {
    out.bias = finish(bias, "mean difference");
    out.lower = finish(limit, "lower limit of agreement");
    out.upper = finish(limit, "upper limit of agreement");
    return out;
  }
  detail::accurate_sum sum, squares;
  for (std::size_t row = 0; row < data.rows(); ++row)
    sum.add(data.weight[row] * d[row]);
  const double m = sum.value() / data.total;
  for (std::size_t row = 0; row < data.rows(); ++row)
    squares.add(data.weight[row] * (d[row] - m) * (d[row] - m));
  const double n = data.units, factor = n / (n - 1.0);
  const double s = std::sqrt(factor * squares.value() / data.total), c = options.multiplier;
  out.sd = s;
  std::vector<double> u(data.rows());
  for (std::size_t row = 0; row < data.rows(); ++row)
    u[row] = (d[row] - m) / data.total;
  bias.value = m;
  bias.influence = detail_complete::spread_to_profiles(data, u);
  out.bias = finish(bias, "mean difference");
  for (const double side : {-1.0, 1.0}) {
    const std::string_view name = side < 0.0 ? "lower limit of agreement" : "upper limit of agreement";
    estimate& found = side < 0.0 ? out.lower : out.upper;
    limit.value = m + side * c * s;
    for (std::size_t row = 0; row < data.rows(); ++row) {
      const double e = d[row] - m;
      u[row] = (e + (s > 0.0 ? side * c * (factor * e * e - s * s) / (2.0 * s) : 0.0)) / data.total;
    }
    limit.influence = detail_complete::spread_to_profiles(data, u);
    if (by_influence || !(s > 0.0)) {
      found = finish(limit, name);
      continue;
    }
    design_variance spread;
    spread.df = n - 1.0;
    // exact: the variance of m + c s for normal differences, to first order; the limits are of another making
    spread.variance =
        s * s / n * (options.interval == limits_interval::approximate ? 3.0 : 1.0 + c * c / 2.0);
    how.method = name;
    how.n = static_cast<std::size_t>(n);
    found = infer(limit.value, spread, how);
    how.n = 0;
    if (options.interval == limits_interval::approximate)
      continue;
    found.interval_method = "exact, noncentral t";
    const boost::math::non_central_t_distribution<double> t(n - 1.0, c * std::sqrt(n));
    const double tail = options.confidence.upper_tail(), step = s / std::sqrt(n);
    const double near = step * boost::math::quantile(t, 1.0 - tail),
                 far = step * boost::math::quantile(t, tail);
    found.low = m + (side > 0.0 ? near : -far);
    found.high = m + (side > 0.0 ? far : -near);
  }
  return out;
}

} // namespace qascore::kernel
