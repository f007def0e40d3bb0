// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"
#include "../inference.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <cmath>

namespace qascore::kernel {

QASCORE_INLINE estimate infer(const linearised& estimator, const design_view& design,
                              const inference_options& options) {
  estimate out;
  out.confidence = options.confidence;
  out.method = options.method;
  out.n = options.n == 0 ? design.units : options.n;
  out.value = estimator.value;
  out.undefined = estimator.undefined;
  switch (options.scale) {
  case interval_scale::identity:
    out.interval_method = options.normal ? "normal" : "t";
    break;
  case interval_scale::logit:
    out.interval_method = options.normal ? "logit, normal" : "logit, t";
    break;
  case interval_scale::fisher_z:
    out.interval_method = options.normal ? "Fisher z, normal" : "Fisher z, t";
    break;
  }
  if (!estimator.is_defined())
    return out;

  const design_variance spread = variance_of(design, estimator.influence);
  if (!spread.undefined.empty()) {
    out.undefined = spread.undefined;
    return out;
  }
  out.std_error = std::sqrt(spread.variance);
  out.df = options.normal ? std::numeric_limits<double>::infinity() : spread.df;
  const double q = student_t_quantile(options.confidence.upper_tail(), out.df);
  if (std::isnan(q)) {
    out.undefined = "no degrees of freedom: as many strata as units";
    return out;
  }
  const double v = out.value;
  const double border = options.scale == interval_scale::logit ? std::min(v, 1.0 - v) : 1.0 - std::abs(v);
  if (options.scale != interval_scale::identity && out.std_error > 0.0 && !(border > 0.0)) {
    out.undefined = "the value lies on the border of its range: no interval on this scale";
    return out;
  }
  if (out.std_error == 0.0) {
    out.low = out.high = v;
  } else if (options.scale == interval_scale::identity) {
    out.low = v - q * out.std_error;
    out.high = v + q * out.std_error;
  } else if (options.scale == interval_scale::logit) {
    const double centre = std::log(v / (1.0 - v));
    const double half = q * out.std_error / (v * (1.0 - v));
    out.low = 1.0 / (1.0 + std::exp(half - centre));
    out.high = 1.0 / (1.0 + std::exp(-half - centre));
  } else {
    const double centre = std::atanh(v);
    const double half = q * out.std_error / (1.0 - v * v);
    out.low = std::tanh(centre - half);
    out.high = std::tanh(centre + half);
  }
  out.low = std::clamp(out.low, options.lower_bound, options.upper_bound);
  out.high = std::clamp(out.high, options.lower_bound, options.upper_bound);
  return out;
}

} // namespace qascore::kernel
