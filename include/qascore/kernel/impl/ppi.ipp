// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/sum.hpp"
#include "../inference.hpp"
#include "../ppi.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace qascore::kernel {
namespace detail_ppi {

inline double mean(std::span<const double> x) {
  detail::accurate_sum sum, rest;
  for (const double v : x)
    sum.add(v);
  const double first = sum.value() / static_cast<double>(x.size());
  for (const double v : x)
    rest.add(v - first);
  return first + rest.value() / static_cast<double>(x.size());
}

inline double covariance(std::span<const double> x, std::span<const double> y, double divisor) {
  const double mean_x = mean(x), mean_y = mean(y);
  detail::accurate_sum sum;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum.add((x[i] - mean_x) * (y[i] - mean_y));
  return sum.value() / divisor;
}

inline void check(std::span<const double> values, std::size_t expected, const char* argument) {
  if (values.size() != expected)
    throw argument_error(std::string(argument) + ": expected " + std::to_string(expected) +
                         " values but found " + std::to_string(values.size()));
  const auto gap = std::find_if(values.begin(), values.end(), [](double v) { return is_missing(v); });
  if (gap != values.end())
    throw argument_error(std::string(argument) + ": no value at row " + std::to_string(gap - values.begin()));
}

/// The values of one stratum.
inline std::vector<double> part(std::span<const double> values, std::span<const std::uint32_t> stratum,
                                std::size_t h) {
  std::vector<double> out;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (stratum.empty() || stratum[i] == h)
      out.push_back(values[i]);
  return out;
}

} // namespace detail_ppi

QASCORE_INLINE ppi_estimate ppi_mean(std::span<const double> y, const ppi_sample& labelled,
                                     const ppi_sample& others, std::size_t strata,
                                     const ppi_options& options) {
  using namespace detail_ppi;
  check(y, y.size(), "labelled");
  check(labelled.model, y.size(), "model");
  check(others.model, others.model.size(), "unlabelled");
  for (const ppi_sample* sample : {&labelled, &others})
    if (!sample->stratum.empty() && sample->stratum.size() != sample->model.size())
      throw argument_error("stratum: expected " + std::to_string(sample->model.size()) + " codes but found " +
                           std::to_string(sample->stratum.size()));
  const auto whole = static_cast<double>(y.size() + others.model.size());
  detail::accurate_sum value, variance, people;
  ppi_estimate out;
  design_variance spread;
  spread.df = std::numeric_limits<double>::infinity();
  for (std::size_t h = 0; h < strata; ++h) {
    const auto y_h = part(y, labelled.stratum, h), x = part(labelled.model, labelled.stratum, h);
    auto pooled = part(others.model, others.stratum, h);
    const auto n = static_cast<double>(y_h.size()), others_n = static_cast<double>(pooled.size());
    if (y_h.size() < 2 || pooled.size() < 2) {
      spread.undefined = strata == 1 ? "fewer than 2 units in one of the samples"
                                     : "a stratum has fewer than 2 units in one of the samples";
      break;
    }
    const double divisor = options.divide_by_n ? n : n - 1.0;
    const double mean_other = mean(pooled);
    const double variance_other = covariance(pooled, pooled, options.divide_by_n ? others_n : others_n - 1.0);
    pooled.insert(pooled.end(), x.begin(), x.end());
    double lambda = options.lam;
    if (options.tuned) {
      const double spread_x = covariance(pooled, pooled, n + others_n - 1.0);
      lambda = spread_x > 0.0 ? covariance(y_h, x, divisor) / ((1.0 + n / others_n) * spread_x) : 0.0;
      if (options.clip)
        lambda = std::clamp(lambda, 0.0, 1.0);
    }
    std::vector<double> rest(y_h.size());
    for (std::size_t i = 0; i < rest.size(); ++i)
      rest[i] = y_h[i] - lambda * x[i];
    const double share = (n + others_n) / whole;
    value.add(share * (mean(rest) + lambda * mean_other));
    variance.add(share * share *
                 (covariance(rest, rest, divisor) / n + lambda * lambda * variance_other / others_n));
    people.add(share * share * covariance(y_h, y_h, divisor) / n);
    out.lam.push_back(lambda);
  }
  inference_options limits;
  limits.confidence = options.confidence;
  limits.normal = true;
  limits.method = "prediction-powered mean, independent rows";
  limits.n = y.size();
  spread.variance = variance.value();
  const bool defined = spread.undefined.empty();
  static_cast<estimate&>(out) = infer(defined ? value.value() : missing_value, spread, limits);
  if (!defined)
    return out;
  out.effective_size = static_cast<double>(y.size()) * people.value() / variance.value();
  out.test = t_test(out, options.null_value);
  return out;
}

} // namespace qascore::kernel
