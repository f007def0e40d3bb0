// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../mixed_model.hpp"
#include "mixed_inference.hpp"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

/// Predicted effects with their errors.
namespace qascore::kernel::detail_mixed {

/// Mean squared prediction errors with known variances: of each effect, and of each effect plus the mean.
struct known_errors {
  std::vector<vector> effect, at_mean;
};

/// `centre`: effects of this factor count from the mean of its levels, which the means of the others contain.
inline known_errors errors_at(likelihood& model, const vector& variance, std::size_t centre,
                              prediction_errors& relative) {
  system& equations = model.equations();
  const double error = variance[variance.size() - 1];
  equations.factorise(model.ratios(variance));
  relative = inverse(equations).errors();
  known_errors out{relative.effect, relative.with_intercept};
  if (centre < equations.factors().size()) {
    // Covariances of all prediction errors with that of the mean of the factor's levels: one more solution.
    solution mean = model.nothing();
    mean.u[centre].setConstant(1.0 / static_cast<double>(mean.u[centre].size()));
    mean = equations.solve(std::move(mean));
    const double own = mean.u[centre].mean();
    for (std::size_t f = 0; f < out.effect.size(); ++f)
      if (f == centre)
        out.effect[f].array() += own - 2.0 * mean.u[f].array();
      else
        out.at_mean[f].array() += 2.0 * (mean.u[f].array() + mean.b[0]) + own;
  }
  for (std::size_t f = 0; f < out.effect.size(); ++f) {
    out.effect[f] *= error;
    out.at_mean[f] *= error;
  }
  return out;
}

/// Fills effects and at_mean; `relative` gets what the coefficients need. The errors add to those with known variances d'A d,
/// d the derivatives of the prediction in the variances, A their covariance; df = 2 v^2 / (g'A g), g the derivatives of v, but levels - 1
/// at least: where a variance is near 0 and hardly known, d'A d is what allows for it.
inline void predict(const mixed_data& data, likelihood& model, const point& best, const matrix& covariance,
                    const mixed_options& options, prediction_errors& relative, mixed_fit& out) {
  const std::size_t count = data.factors.size(), centre = options.centre;
  const index size = best.variance.size();
  std::vector<std::pair<index, known_errors>> slope; // of the errors, by differences
  for (index k = 0; k < size; ++k)
    if (best.variance[k] > 0.0) {
      vector moved = best.variance;
      moved[k] *= 1.0 + 1e-4;
      slope.emplace_back(k, errors_at(model, moved, centre, relative));
    }
  const known_errors known = errors_at(model, best.variance, centre, relative);
  std::vector<solution> change = model.sensitivity(best);
  solution here = best.fit;
  std::vector<double> mean(static_cast<std::size_t>(size), 0.0);
  double of_centre = 0.0;
  if (centre < count) { // effects of the centre from their mean
    of_centre = here.u[centre].mean();
    here.u[centre].array() -= of_centre;
    for (std::size_t k = 0; k < change.size(); ++k) {
      mean[k] = change[k].u[centre].mean();
      change[k].u[centre].array() -= mean[k];
    }
  }
  const auto fill = [&](mixed_effects& to, double value, double error, const vector& d, std::size_t f,
                        index at, bool with_mean) {
    vector g = vector::Zero(size);
    for (const auto& [k, moved] : slope)
      g[k] = ((with_mean ? moved.at_mean : moved.effect)[f][at] - error) / (1e-4 * best.variance[k]);
    const double spread = quadratic(g, covariance);
    to.value.push_back(value);
    to.std_error.push_back(std::sqrt(std::max(0.0, error + quadratic(d, covariance))));
    to.df.push_back(spread > 0.0
                        ? std::max(static_cast<double>(to.n.size()) - 1.0, 2.0 * error * error / spread)
                        : std::numeric_limits<double>::infinity());
  };
  for (std::size_t f = 0; f < count; ++f) {
    mixed_effects effects, levels;
    const bool none = best.variance[static_cast<index>(f)] == 0.0;
    effects.n.assign(data.factors[f].levels, 0);
    for (const std::uint32_t code : data.factors[f].code)
      ++effects.n[code];
    levels.n = effects.n;
    const double base = model.offset() + here.b[0] + of_centre;
    vector d(size), d_mean(size);
    for (std::size_t l = 0; l < data.factors[f].levels; ++l) {
      const auto at = static_cast<index>(l);
      for (index k = 0; k < size; ++k) {
        const auto of = static_cast<std::size_t>(k);
        d[k] = none ? 0.0 : change[of].u[f][at];
        d_mean[k] = d[k] + change[of].b[0] + mean[of];
      }
      fill(effects, none ? 0.0 : here.u[f][at], known.effect[f][at], d, f, at, false);
      if (none)
        effects.std_error.back() = effects.df.back() = missing_value;
      fill(levels, base + (none ? 0.0 : here.u[f][at]), known.at_mean[f][at], d_mean, f, at, true);
    }
    out.at_mean.push_back(std::move(levels));
    out.effects.push_back(std::move(effects));
  }
}

} // namespace qascore::kernel::detail_mixed
