// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../concordance.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "complete_ratings.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE concordance_result concordance(const rating_view& ratings, const concordance_options& options,
                                              const design_view* design) {
  if (options.closed_form && !is_simple_random(design))
    throw argument_error(
        "std_error: Lin's holds for a simple random sample; expected influence under this design");
  const detail_complete::complete_ratings data =
      detail_complete::complete_of(ratings, weights_of(ratings, unit_weights(ratings, design)));
  if (options.closed_form && data.raters != 2)
    throw argument_error("std_error: Lin's holds for two raters but the table has " +
                         std::to_string(data.raters));
  const std::size_t k = data.raters;
  concordance_result out;
  out.raters = k;
  inference_options how;
  how.confidence = options.confidence;
  how.scale = interval_scale::fisher_z;
  how.method = options.unbiased ? "overall concordance correlation" : "Lin's concordance correlation";
  linearised found;
  found.undefined = detail_complete::obstacle(data);
  const auto finish = [&] {
    static_cast<estimate&>(out) = infer_rated(found, ratings, data.part, data.part, design, how);
    return out;
  };
  if (!found.undefined.empty())
    return finish();
  std::vector<double> mean(k, 0.0), s(k * k, 0.0);
  for (std::size_t i = 0; i < k; ++i) { // in two steps: stable at any offset
    const double near = data.at(0, i);
    detail::accurate_sum sum;
    for (std::size_t row = 0; row < data.rows(); ++row)
      sum.add(data.weight[row] * (data.at(row, i) - near));
    mean[i] = near + sum.value() / data.total;
  }
  const double factor = options.unbiased ? data.units / (data.units - 1.0) : 1.0;
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      detail::accurate_sum sum;
      for (std::size_t row = 0; row < data.rows(); ++row)
        sum.add(data.weight[row] * (data.at(row, i) - mean[i]) * (data.at(row, j) - mean[j]));
      s[i * k + j] = s[j * k + i] = factor * sum.value() / data.total;
    }
  double shared = 0.0, apart = 0.0, geometric = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < k; ++i) {
    apart += static_cast<double>(k - 1) * s[i * k + i];
    largest = std::max(largest, std::abs(mean[i]));
    for (std::size_t j = 0; j < i; ++j) {
      shared += 2.0 * s[i * k + j];
      geometric += 2.0 * std::sqrt(s[i * k + i] * s[j * k + j]);
      apart += (mean[i] - mean[j]) * (mean[i] - mean[j]);
    }
  }
  const double rounding = 8.0 * std::numeric_limits<double>::epsilon() * largest;
  if (!(apart > rounding * rounding)) {
    found.undefined = "all ratings are alike";
    return finish();
  }
  found.value = shared / apart;
  std::vector<double> influence(data.rows());
  std::vector<double> a(k);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    double d_shared = -shared, d_apart = 0.0;
    for (std::size_t i = 0; i < k; ++i) {
      a[i] = data.at(row, i) - mean[i];
      d_apart += static_cast<double>(k - 1) * (factor * a[i] * a[i] - s[i * k + i]);
      for (std::size_t j = 0; j < i; ++j) {
        d_shared += 2.0 * factor * a[i] * a[j];
        d_apart += 2.0 * (mean[i] - mean[j]) * (a[i] - a[j]);
      }
    }
    influence[row] = (d_shared - found.value * d_apart) / (apart * data.total);
  }
  found.influence = detail_complete::spread_to_profiles(data, influence);
  if (geometric > 0.0) {
    out.precision = shared / geometric;
    out.accuracy = geometric / apart;
  }
  if (k == 2 && geometric > 0.0) {
    out.scale_shift = std::sqrt(s[3] / s[0]);
    out.location_shift = (mean[1] - mean[0]) / std::sqrt(std::sqrt(s[0] * s[3]));
  }
  if (!options.closed_form)
    return finish();
  design_variance spread;
  const double r = out.precision, c = found.value, u2 = out.location_shift * out.location_shift, c2 = c * c;
  if (data.units < 3.0 || !(std::abs(r) > 0.0) || std::isnan(r))
    spread.undefined =
        data.units < 3.0 ? "fewer than 3 units: no variance" : "Lin's variance divides by a correlation of 0";
  else
    spread.variance = ((1.0 - r * r) * c2 * (1.0 - c2) / (r * r) + 2.0 * c2 * c * (1.0 - c) * u2 / r -
                       0.5 * c2 * c2 * u2 * u2 / (r * r)) /
                      (data.units - 2.0);
  how.normal = true;
  how.n = static_cast<std::size_t>(data.units);
  static_cast<estimate&>(out) = infer(c, spread, how);
  return out;
}

} // namespace qascore::kernel
