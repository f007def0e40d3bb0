// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/estimate.hpp"
#include "../distribution.hpp"
#include "mixed_reml.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

/// Errors, limits and tests of what a mixed model estimates.
namespace qascore::kernel::detail_mixed {

/// Whether the profile of a variance is worth its time: with many levels, far from 0, it says what the information does.
inline bool worth_a_profile(std::size_t levels, double variance, double std_error) {
  return levels < 50 || !(variance > 4.0 * std_error);
}

/// Why the effects of these factors cannot be told apart, from each other or from the error; empty: they can.
inline std::string why_undefined(std::span<const random_factor> factors) {
  for (const random_factor& factor : factors) {
    if (factor.levels < 2)
      return "a factor has fewer than 2 levels: nothing differs";
    std::vector<std::uint8_t> met(factor.levels, 0);
    bool twice = false;
    for (const std::uint32_t code : factor.code)
      twice |= std::exchange(met[code], std::uint8_t{1}) != 0;
    if (!twice)
      return "a factor has a level of its own for each row: it cannot be told from the error";
  }
  for (std::size_t f = 0; f < factors.size(); ++f)
    for (std::size_t g = 0; g < f; ++g)
      if (layout::nested(factors[f], factors[g]) && layout::nested(factors[g], factors[f]))
        return "two factors part the rows alike: their effects cannot be told apart";
  return {};
}

/// Why the model cannot be fitted, as far as the design says; empty: it can.
inline std::string why_undefined(const mixed_data& data) {
  if (data.y.size() < data.fixed.size() + 2)
    return "fewer than " + std::to_string(data.fixed.size() + 2) + " rows";
  if (const std::string why = why_undefined(data.factors); !why.empty())
    return why;
  if (std::all_of(data.y.begin(), data.y.end(), [&](double value) { return value == data.y[0]; }))
    return "no variance: all values are the same";
  return {};
}

inline const char* no_error_left = "no variance is left for the error: the effects reproduce every value";

/// Twice the inverse of the information of the variances that are not 0; NaN for those that are.
inline matrix covariance_of(const point& best) {
  const index size = best.variance.size();
  std::vector<index> open;
  for (index k = 0; k < size; ++k)
    if (best.variance[k] > 0.0)
      open.push_back(k);
  const auto count = static_cast<index>(open.size());
  matrix part(count, count);
  for (index a = 0; a < count; ++a)
    for (index b = 0; b < count; ++b)
      part(a, b) = best.information(open[static_cast<std::size_t>(a)], open[static_cast<std::size_t>(b)]);
  const vector unit = part.diagonal().cwiseSqrt().cwiseInverse();
  const matrix scaled = unit.asDiagonal() * part * unit.asDiagonal();
  const Eigen::LLT<matrix> root(scaled);
  matrix out = matrix::Constant(size, size, missing_value);
  if (root.info() != Eigen::Success)
    return out;
  const matrix inverse =
      2.0 * (unit.asDiagonal() * root.solve(matrix::Identity(count, count)) * unit.asDiagonal());
  for (index a = 0; a < count; ++a)
    for (index b = 0; b < count; ++b)
      out(open[static_cast<std::size_t>(a)], open[static_cast<std::size_t>(b)]) = inverse(a, b);
  return out;
}

/// s' C s, without the parts of C that are not known.
inline double quadratic(const vector& s, const matrix& c) {
  double sum = 0.0;
  for (index a = 0; a < s.size(); ++a)
    for (index b = 0; b < s.size(); ++b)
      if (!std::isnan(c(a, b)))
        sum += s[a] * s[b] * c(a, b);
  return sum;
}

/// The least deviance without one factor.
inline double deviance_without(const mixed_data& data, std::size_t f) {
  mixed_data less = data;
  less.factors.erase(less.factors.begin() + static_cast<std::ptrdiff_t>(f));
  likelihood smaller(less);
  return smaller.maximise(smaller.unconstrained(), smaller.start()).at.deviance;
}

/// Of a variance of 0 against a larger one, on the boundary.
inline test_result boundary_test(double without, double least) {
  test_result out;
  out.statistic = std::max(0.0, without - least);
  out.df1 = 1.0;
  out.p_value = out.statistic > 0.0 ? 0.5 * chi_squared_upper(out.statistic, 1.0) : 1.0;
  return out;
}

/// Satterthwaite's limits of a variance.
inline void information_limits(estimate& out) {
  out.interval_method = "information, Satterthwaite df";
  if (!(out.std_error > 0.0)) {
    out.undefined = "the variance is estimated as 0: information gives no limits there; ask for the profile";
    return;
  }
  out.df = 2.0 * (out.value / out.std_error) * (out.value / out.std_error);
  const double tail = out.confidence.upper_tail();
  out.low = out.df * out.value / chi_squared_quantile(tail, out.df);
  out.high = out.df * out.value / chi_squared_quantile(1.0 - tail, out.df);
}

/// Limits of one variance from its profile. `without`: the deviance where it is 0 (the error: infinite).
inline void profile_limits(likelihood& model, const optimum& best, std::size_t f, double without,
                           estimate& out) {
  out.interval_method = "profile likelihood";
  const double least = best.at.deviance, deviate = normal_quantile(out.confidence.upper_tail());
  const auto at = static_cast<index>(f);
  vector warm;
  const auto begin = [&] {
    warm.resize(best.free.size() - 1);
    warm << best.free.head(at), best.free.tail(best.free.size() - 1 - at);
  };
  const auto profile = [&](double value) {
    const optimum found = model.maximise(model.holding(f, value), warm, 1e-10);
    if (found.at.deviance < least + 100.0)
      warm = found.free;
    return profile_of(found.at, at);
  };
  // Two standard errors of the logarithm where there is one.
  const double step =
      out.std_error > 0.0 ? std::exp(std::min(2.0, deviate * out.std_error / out.value)) : 2.0;
  begin();
  out.high = profile_limit(profile, least, deviate, out.value,
                           out.value > 0.0 ? step * out.value : 0.1 * model.total(), true);
  begin();
  if (excess_of(without, least, deviate) <= 0.0)
    out.low = 0.0;
  else
    out.low = profile_limit(profile, least, deviate, out.value, out.value / step, false);
  if (std::isnan(out.high))
    out.undefined = "the likelihood does not bound the variance above";
}

/// Satterthwaite's degrees of freedom of the variance of each coefficient, which is sum_f s_f d_f + s_e d_e with d_f the
/// squared weights of the estimate summed by level: (covariance with the effects / s_f)^2.
inline std::vector<double> coefficient_df(const point& best, const matrix& covariance,
                                          const prediction_errors& errors, const matrix& back) {
  const auto factors = static_cast<index>(errors.squares.size());
  const matrix variance = back * errors.coefficient * back.transpose();
  const double error = best.variance[factors];
  std::vector<double> out;
  for (index k = 0; k < variance.rows(); ++k) {
    const double value = error * variance(k, k);
    vector slope = vector::Zero(factors + 1);
    double left = value;
    for (index f = 0; f < factors; ++f)
      if (best.variance[f] > 0.0) {
        const matrix& squares = errors.squares[static_cast<std::size_t>(f)];
        slope[f] =
            back.row(k).dot(back.row(k) * squares) * (error / best.variance[f]) * (error / best.variance[f]);
        left -= best.variance[f] * slope[f];
      }
    slope[factors] = left / error;
    const double spread = quadratic(slope, covariance);
    out.push_back(spread > 0.0 ? 2.0 * value * value / spread : std::numeric_limits<double>::infinity());
  }
  return out;
}

} // namespace qascore::kernel::detail_mixed
