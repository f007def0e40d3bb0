// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/interval.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

namespace qascore::kernel {
namespace detail_inference {

inline std::string_view name_of(interval_scale scale, bool normal) {
  switch (scale) {
  case interval_scale::identity:
    return normal ? "normal" : "t";
  case interval_scale::logit:
    return normal ? "logit, normal" : "logit, t";
  case interval_scale::log:
    return normal ? "log, normal" : "log, t";
  case interval_scale::fisher_z:
    return normal ? "Fisher z, normal" : "Fisher z, t";
  }
  return {};
}

/// student_t_quantile, with the last answers at hand: thousands of domains share a few hundred degrees of freedom, and a
/// quantile costs as much as the sums of a domain.
inline double known_t_quantile(double p, double df) {
  struct answer {
    double p = missing_value, df = missing_value, quantile = missing_value;
  };
  thread_local std::array<answer, 1024> answers;
  answer& at = answers[std::hash<double>{}(df) % answers.size()];
  if (at.p != p || at.df != df)
    at = {p, df, student_t_quantile(p, df)};
  return at.quantile;
}

/// Limits symmetric on the scale, q standard errors either side.
inline interval limits(double value, double half, interval_scale scale) {
  switch (scale) {
  case interval_scale::identity:
    break;
  case interval_scale::logit: {
    const double centre = std::log(value / (1.0 - value));
    const double reach = half / (value * (1.0 - value));
    return {1.0 / (1.0 + std::exp(reach - centre)), 1.0 / (1.0 + std::exp(-reach - centre))};
  }
  case interval_scale::log:
    return {value * std::exp(-half / value), value * std::exp(half / value)};
  case interval_scale::fisher_z: {
    const double centre = std::atanh(value);
    const double reach = half / ((1.0 - value) * (1.0 + value));
    return {std::tanh(centre - reach), std::tanh(centre + reach)};
  }
  }
  return {value - half, value + half};
}

} // namespace detail_inference

QASCORE_INLINE estimate infer(double value, const design_variance& spread, const inference_options& options) {
  using namespace detail_inference;
  estimate out;
  out.value = value;
  out.confidence = options.confidence;
  out.method = options.method;
  out.interval_method = name_of(options.scale, options.normal);
  out.n = options.n;
  if (!spread.undefined.empty()) {
    out.undefined = spread.undefined;
    return out;
  }
  out.std_error = std::sqrt(spread.variance);
  out.df = options.normal ? std::numeric_limits<double>::infinity() : spread.df;
  if (spread.census) {
    out.low = out.high = value;
    return out;
  }
  if (!spread.no_interval.empty()) {
    out.undefined = spread.no_interval;
    return out;
  }
  // Values that agree by chance say nothing about how far off they may be.
  const double rounding =
      std::numeric_limits<double>::epsilon() * std::max(std::abs(value), options.magnitude);
  if (!(out.std_error > 4.0 * rounding)) {
    out.undefined = "no variation in the sample: no interval";
    return out;
  }
  const double q = known_t_quantile(options.confidence.upper_tail(), out.df);
  if (std::isnan(q)) {
    out.undefined = "no degrees of freedom: as many strata as units";
    return out;
  }
  const double border = options.scale == interval_scale::logit      ? std::min(value, 1.0 - value)
                        : options.scale == interval_scale::log      ? value
                        : options.scale == interval_scale::fisher_z ? 1.0 - std::abs(value)
                                                                    : 1.0;
  if (!(border > 0.0)) {
    out.undefined = "the value lies on the border of its range: no interval on this scale";
    return out;
  }
  const interval limit = limits(value, q * out.std_error, options.scale);
  out.low = std::clamp(limit.low, options.lower_bound, options.upper_bound);
  out.high = std::clamp(limit.high, options.lower_bound, options.upper_bound);
  return out;
}

QASCORE_INLINE estimate infer(const linearised& estimator, const design_view& design,
                              const inference_options& options) {
  inference_options with_n = options;
  if (with_n.n == 0)
    with_n.n = design.units;
  if (!estimator.is_defined())
    return infer(
        estimator.value,
        {.variance = missing_value, .df = missing_value, .undefined = estimator.undefined},
        with_n);
  design_variance spread = variance_of(design, estimator.influence);
  spread.limit_df(estimator.limit);
  return infer(estimator.value, spread, with_n);
}

QASCORE_INLINE test_result t_test(const estimate& of, double null) {
  test_result out;
  if (!is_missing(of.low) && of.std_error > 0.0) {
    out.statistic = (of.value - null) / of.std_error;
    out.df1 = of.df;
    out.p_value = student_t_p_value(out.statistic, of.df);
  }
  return out;
}

} // namespace qascore::kernel
