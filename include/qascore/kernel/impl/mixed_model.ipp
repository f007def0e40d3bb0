// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../mixed_model.hpp"
#include "mixed_prediction.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace qascore::kernel {

QASCORE_INLINE mixed_fit fit_mixed_model(const mixed_data& data, const mixed_options& options) {
  using namespace detail_mixed;
  mixed_fit out;
  out.n = data.y.size();
  out.undefined = why_undefined(data);
  if (!out.undefined.empty())
    return out;
  likelihood model(data);
  if (const std::size_t k = model.dependent(); k < model.columns()) {
    out.dependent = k - 1;
    return out;
  }
  optimum best = model.maximise(model.unconstrained(), model.start());
  const std::size_t count = data.factors.size();
  const double error = best.at.variance[static_cast<index>(count)];
  if (!(error > 1e-10 * model.total())) {
    out.undefined = no_error_left;
    return out;
  }
  out.reml_criterion = best.at.deviance;
  out.iterations = best.iterations;
  out.converged = best.converged;
  const matrix covariance = covariance_of(best.at);
  const auto size = static_cast<index>(count + 1);
  for (index a = 0; a < size; ++a)
    for (index b = 0; b < size; ++b)
      out.covariance.push_back(covariance(a, b));

  prediction_errors errors;
  predict(data, model, best.at, covariance, options, errors, out);
  const matrix back = model.back();
  vector b = back * best.at.fit.b;
  b[0] += model.offset();
  const matrix spread = back * errors.coefficient * back.transpose();
  const std::vector<double> df = coefficient_df(best.at, covariance, errors, back);
  for (index k = 0; k < b.size(); ++k) {
    estimate one;
    one.value = b[k];
    one.std_error = std::sqrt(std::max(0.0, error * spread(k, k)));
    one.df = df[static_cast<std::size_t>(k)];
    one.confidence = options.confidence;
    one.n = out.n;
    one.method = "generalised least squares";
    one.interval_method = "t, Satterthwaite df";
    const double half = student_t_quantile(options.confidence.upper_tail(), one.df) * one.std_error;
    one.low = one.value - half;
    one.high = one.value + half;
    out.coefficient.push_back(std::move(one));
  }

  for (std::size_t f = 0; f <= count; ++f) {
    tested_estimate one;
    one.value = best.at.variance[static_cast<index>(f)];
    one.std_error =
        one.value > 0.0 ? std::sqrt(covariance(static_cast<index>(f), static_cast<index>(f))) : missing_value;
    one.confidence = options.confidence;
    one.n = f < count ? data.factors[f].levels : out.n;
    one.method = "restricted maximum likelihood";
    double without = std::numeric_limits<double>::infinity();
    if (f < count) {
      without = deviance_without(data, f);
      one.test = boundary_test(without, best.at.deviance);
    }
    if (options.interval == component_interval::profile ||
        (options.interval == component_interval::automatic &&
         worth_a_profile(one.n, one.value, one.std_error)))
      profile_limits(model, best, f, without, one);
    else
      information_limits(one);
    if (one.value == 0.0 && one.undefined.empty())
      one.undefined = "estimated as 0: no positive value fits better; it has no standard error there";
    out.variance.push_back(std::move(one));
  }
  return out;
}

} // namespace qascore::kernel
