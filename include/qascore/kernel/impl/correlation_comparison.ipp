// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../correlation_comparison.hpp"
#include "../distribution.hpp"
#include "../domain.hpp"
#include "../inference.hpp"
#include "../pairs.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_comparison {

inline void check_correlation(const char* name, double r) {
  if (!(std::abs(r) < 1.0))
    throw argument_error(std::string(name) + ": expected a correlation between -1 and 1 but found " +
                         detail::format_number(r));
}

inline void check_size(const char* name, double n) {
  if (!(n >= 4.0))
    throw argument_error(std::string(name) + ": expected 4 rows or more but found " +
                         detail::format_number(n));
}

inline interval fisher_limits(double r, double n, confidence_level confidence) {
  const double half = normal_quantile(confidence.upper_tail()) / std::sqrt(n - 3.0);
  return {std::tanh(std::atanh(r) - half), std::tanh(std::atanh(r) + half)};
}

/// Zou's limits of r1 - r2, c the correlation of the estimates.
inline interval zou(double r1, interval first, double r2, interval second, double c) {
  const auto reach = [c](double a, double b) {
    return std::sqrt(std::max(0.0, a * a + b * b - 2.0 * c * a * b));
  };
  return {r1 - r2 - reach(r1 - first.low, second.high - r2),
          r1 - r2 + reach(first.high - r1, r2 - second.low)};
}

inline test_result normal_test(double z) {
  return {.statistic = z,
          .df1 = std::numeric_limits<double>::infinity(),
          .df2 = missing_value,
          .p_value = 2.0 * normal_cdf(-std::abs(z))};
}

/// n times the covariance of r12 and r13.
inline double overlapping_covariance(double r12, double r13, double r23) {
  const double rest = 1.0 - r12 * r12 - r13 * r13;
  return r23 * rest - 0.5 * r12 * r13 * (rest - r23 * r23);
}

/// n times the covariance of r12 and r34.
inline double nonoverlapping_covariance(const four_correlations& r) {
  return 0.5 * (((r.r13 - r.r12 * r.r23) * (r.r24 - r.r23 * r.r34)) +
                ((r.r14 - r.r13 * r.r34) * (r.r23 - r.r12 * r.r13)) +
                ((r.r13 - r.r14 * r.r34) * (r.r24 - r.r12 * r.r14)) +
                ((r.r14 - r.r12 * r.r24) * (r.r23 - r.r24 * r.r34)));
}

/// The difference of two estimates with Fisher limits, c their correlation and se the error of atanh r1 - atanh r2.
inline void finish(compared_correlations& out, double c, double error, double df,
                   confidence_level confidence) {
  tested_estimate& d = out.difference;
  d.confidence = confidence;
  d.method = "difference of correlations";
  d.interval_method = "Zou";
  d.n = std::max(out.first.n, out.second.n);
  d.missing = std::max(out.first.missing, out.second.missing);
  d.value = out.first.value - out.second.value;
  for (const tested_estimate* one : {&out.first, &out.second})
    if (d.undefined.empty() && !one->undefined.empty())
      d.undefined = one->undefined;
  if (!d.undefined.empty() || is_missing(out.first.low) || is_missing(out.second.low))
    return;
  const double a = out.first.std_error, b = out.second.std_error;
  d.std_error = std::sqrt(std::max(0.0, a * a + b * b - 2.0 * c * a * b));
  d.df = df;
  const interval limits = zou(out.first.value, {out.first.low, out.first.high}, out.second.value,
                              {out.second.low, out.second.high}, c);
  d.low = limits.low;
  d.high = limits.high;
  if (error > 0.0) {
    d.test.statistic = (std::atanh(out.first.value) - std::atanh(out.second.value)) / error;
    d.test.df1 = df;
    d.test.p_value = student_t_p_value(d.test.statistic, df);
  }
}

inline double slope_of_atanh(double r) {
  return 1.0 / ((1.0 - r) * (1.0 + r));
}

/// Degrees of freedom of a difference of two correlations that rest on other units each (Welch and Satterthwaite).
inline double satterthwaite(const estimate& first, const estimate& second) {
  const double a = first.std_error * slope_of_atanh(first.value),
               b = second.std_error * slope_of_atanh(second.value);
  return std::pow(a * a + b * b, 2) / (std::pow(a, 4) / first.df + std::pow(b, 4) / second.df);
}

} // namespace detail_comparison

QASCORE_INLINE correlation_difference independent_correlations(double r1, double n1, double r2, double n2,
                                                               confidence_level confidence) {
  using namespace detail_comparison;
  check_correlation("r1", r1);
  check_correlation("r2", r2);
  check_size("n1", n1);
  check_size("n2", n2);
  return {.difference = r1 - r2,
          .limits = zou(r1, fisher_limits(r1, n1, confidence), r2, fisher_limits(r2, n2, confidence), 0.0),
          .test = normal_test((std::atanh(r1) - std::atanh(r2)) /
                              std::sqrt(1.0 / (n1 - 3.0) + 1.0 / (n2 - 3.0)))};
}

QASCORE_INLINE correlation_difference overlapping_correlations(double r12, double r13, double r23, double n,
                                                               overlapping_test how,
                                                               confidence_level confidence) {
  using namespace detail_comparison;
  check_correlation("r12", r12);
  check_correlation("r13", r13);
  check_correlation("r23", r23);
  check_size("n", n);
  const double determinant = 1.0 - r12 * r12 - r13 * r13 - r23 * r23 + 2.0 * r12 * r13 * r23;
  if (determinant < 0.0)
    throw argument_error("r23: no three columns have the correlations " + detail::format_number(r12) + ", " +
                         detail::format_number(r13) + " and " + detail::format_number(r23));
  const double c = overlapping_covariance(r12, r13, r23) / ((1.0 - r12 * r12) * (1.0 - r13 * r13));
  correlation_difference out{
      r12 - r13, zou(r12, fisher_limits(r12, n, confidence), r13, fisher_limits(r13, n, confidence), c), {}};
  const double mean = 0.5 * (r12 + r13), z = std::atanh(r12) - std::atanh(r13);
  switch (how) {
  case overlapping_test::williams:
    out.test.df1 = n - 3.0;
    out.test.statistic =
        (r12 - r13) *
        std::sqrt((n - 1.0) * (1.0 + r23) /
                  (2.0 * (n - 1.0) / (n - 3.0) * determinant + mean * mean * std::pow(1.0 - r23, 3)));
    out.test.p_value = student_t_p_value(out.test.statistic, out.test.df1);
    break;
  case overlapping_test::steiger: {
    const double rest = 1.0 - mean * mean;
    const double at_mean = overlapping_covariance(mean, mean, r23) / (rest * rest);
    out.test = normal_test(z * std::sqrt((n - 3.0) / (2.0 - 2.0 * at_mean)));
    break;
  }
  case overlapping_test::meng: {
    const double squares = 0.5 * (r12 * r12 + r13 * r13);
    const double f = std::min(1.0, 0.5 * (1.0 - r23) / (1.0 - squares));
    const double h = (1.0 - f * squares) / (1.0 - squares);
    out.test = normal_test(z * std::sqrt((n - 3.0) / (2.0 * (1.0 - r23) * h)));
    break;
  }
  }
  return out;
}

QASCORE_INLINE correlation_difference nonoverlapping_correlations(const four_correlations& r, double n,
                                                                  confidence_level confidence) {
  using namespace detail_comparison;
  const std::array<std::pair<const char*, double>, 6> all{
      {{"r12", r.r12}, {"r34", r.r34}, {"r13", r.r13}, {"r14", r.r14}, {"r23", r.r23}, {"r24", r.r24}}};
  for (const auto& [name, value] : all)
    check_correlation(name, value);
  check_size("n", n);
  const double c = nonoverlapping_covariance(r) / ((1.0 - r.r12 * r.r12) * (1.0 - r.r34 * r.r34));
  four_correlations pooled = r;
  pooled.r12 = pooled.r34 = 0.5 * (r.r12 + r.r34);
  const double rest = 1.0 - pooled.r12 * pooled.r12,
               at_mean = nonoverlapping_covariance(pooled) / (rest * rest);
  return {.difference = r.r12 - r.r34,
          .limits =
              zou(r.r12, fisher_limits(r.r12, n, confidence), r.r34, fisher_limits(r.r34, n, confidence), c),
          .test = normal_test((std::atanh(r.r12) - std::atanh(r.r34)) *
                              std::sqrt((n - 3.0) / (2.0 - 2.0 * at_mean)))};
}

QASCORE_INLINE compared_correlations compare_correlations(const design_view& design,
                                                          const pair_of_columns& first,
                                                          const pair_of_columns& second,
                                                          correlation_method method,
                                                          confidence_level confidence, missing_rows missing) {
  using namespace detail_comparison;
  // Rows that both correlations rest on, so that their difference does not mix in who answered what.
  std::vector<double> gaps = gaps_of(design, first.x, first.y);
  const std::vector<double> more = gaps_of(design, second.x, second.y);
  if (gaps.empty())
    gaps = more;
  for (std::size_t i = 0; i < more.size(); ++i)
    if (is_missing(more[i]))
      gaps[i] = missing_value;
  const auto complete = [&](std::span<const double> column) {
    std::vector<double> out(column.begin(), column.end());
    for (std::size_t i = 0; i < gaps.size(); ++i)
      if (is_missing(gaps[i]))
        out[i] = missing_value;
    return out;
  };
  const std::vector<double> x1 = complete(first.x), y1 = complete(first.y), x2 = complete(second.x),
                            y2 = complete(second.y);
  compared_correlations out;
  out.first = correlate(design, x1, y1, method, confidence, correlation_interval::linearised, missing);
  out.second = correlate(design, x2, y2, method, confidence, correlation_interval::linearised, missing);
  if (is_missing(out.first.low) || is_missing(out.second.low)) {
    finish(out, 0.0, missing_value, missing_value, confidence);
    return out;
  }
  const answered_rows answered(design, gaps, missing);
  const linearised u1 = correlation(answered.design(), x1, y1, method),
                   u2 = correlation(answered.design(), x2, y2, method);
  std::vector<double> of_r, of_z;
  for (std::size_t i = 0; i < design.units; ++i) {
    of_r.push_back(u1.influence[i] - u2.influence[i]);
    of_z.push_back(slope_of_atanh(u1.value) * u1.influence[i] - slope_of_atanh(u2.value) * u2.influence[i]);
  }
  const complete_pairs rows(answered.design(), x1, y1, gaps);
  const auto taken = [&](const std::vector<double>& influence) {
    std::vector<double> kept;
    for (std::size_t i = 0; i < influence.size(); ++i)
      if (gaps.empty() || !is_missing(gaps[i]))
        kept.push_back(influence[i]);
    return rows.variance(answered.engine(), kept);
  };
  const design_variance of_difference = taken(of_r), of_transformed = taken(of_z);
  const double a = out.first.std_error, b = out.second.std_error;
  const double c = (a * a + b * b - of_difference.variance) / (2.0 * a * b);
  finish(out, c, std::sqrt(of_transformed.variance),
         std::min({of_difference.df, out.first.df, out.second.df}), confidence);
  return out;
}

QASCORE_INLINE compared_correlations compare_correlations(const design_view& design,
                                                          const pair_of_columns& first,
                                                          const design_view& other,
                                                          const pair_of_columns& second,
                                                          correlation_method method,
                                                          confidence_level confidence, missing_rows missing) {
  using namespace detail_comparison;
  compared_correlations out;
  out.first =
      correlate(design, first.x, first.y, method, confidence, correlation_interval::linearised, missing);
  out.second =
      correlate(other, second.x, second.y, method, confidence, correlation_interval::linearised, missing);
  const double a = out.first.std_error * slope_of_atanh(out.first.value),
               b = out.second.std_error * slope_of_atanh(out.second.value);
  finish(out, 0.0, std::hypot(a, b), satterthwaite(out.first, out.second), confidence);
  out.difference.n = out.first.n + out.second.n;
  out.difference.missing = out.first.missing + out.second.missing;
  return out;
}

namespace detail_comparison {

/// A correlation of some units of a design, with Fisher limits, and its influence values on all.
struct part_correlation {
  tested_estimate found;
  std::vector<double> influence;
};

/// `obstacle`: why the answers say nothing of these units, if they do not.
inline part_correlation of_units(const answered_rows& answered, std::span<const double> x,
                                 std::vector<double> y, const std::vector<char>& inside,
                                 const std::string& obstacle, correlation_method method,
                                 confidence_level confidence) {
  const design_view& design = answered.design();
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (inside[i] == 0)
      y[i] = missing_value;
    else
      rows.push_back(static_cast<std::uint32_t>(i));
  part_correlation out;
  linearised of;
  of.undefined = obstacle;
  if (obstacle.empty())
    of = correlation(design, x, y, method);
  design_variance spread;
  spread.undefined = of.undefined;
  if (of.undefined.empty()) {
    std::vector<double> taken;
    for (const std::uint32_t i : rows)
      taken.push_back(of.influence[i]);
    spread = answered.engine().of_rows(rows, taken);
    spread.limit_df(of.limit);
  }
  inference_options options;
  options.confidence = confidence;
  options.scale = interval_scale::fisher_z;
  options.method = is_independent(design) ? "correlation, independent rows" : "correlation, sample design";
  options.n = rows.size();
  static_cast<estimate&>(out.found) = infer(of.value, spread, options);
  out.found.missing = design.units - rows.size();
  if (!is_missing(out.found.low) && out.found.std_error > 0.0) {
    out.found.test.statistic = std::atanh(of.value) / (slope_of_atanh(of.value) * out.found.std_error);
    out.found.test.df1 = spread.df;
    out.found.test.p_value = student_t_p_value(out.found.test.statistic, spread.df);
  }
  out.influence = std::move(of.influence);
  return out;
}

/// b' A^-1 b of a symmetric positive definite matrix, row-major; NaN where it is not.
inline double quadratic_form(std::vector<double> a, std::vector<double> b) {
  const std::size_t k = b.size();
  double out = 0.0;
  for (std::size_t j = 0; j < k; ++j) {
    if (!(a[j * k + j] > 0.0))
      return missing_value;
    out += b[j] * b[j] / a[j * k + j];
    for (std::size_t i = j + 1; i < k; ++i) {
      const double factor = a[i * k + j] / a[j * k + j];
      b[i] -= factor * b[j];
      for (std::size_t c = j; c < k; ++c)
        a[i * k + c] -= factor * a[j * k + c];
    }
  }
  return out;
}

} // namespace detail_comparison

QASCORE_INLINE correlations_by_part compare_parts(const design_view& given, std::span<const double> x,
                                                  std::span<const double> y, std::span<const std::uint32_t> part,
                                                  std::size_t parts, correlation_method method,
                                                  confidence_level confidence) {
  using namespace detail_comparison;
  if (part.size() != given.units)
    throw argument_error("part: expected " + std::to_string(given.units) + " codes but found " +
                         std::to_string(part.size()));
  std::vector<double> gaps = gaps_of(given, x, y);
  gaps.resize(given.units, 0.0);
  for (std::size_t i = 0; i < given.units; ++i)
    if (part[i] == missing_code)
      gaps[i] = missing_value;
  const answered_rows answered(given, gaps, missing_rows::drop);
  const std::vector<char> silent = silent_domains(given, {part, parts}, gaps);
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < given.units; ++i)
    if (!is_missing(gaps[i]))
      rows.push_back(static_cast<std::uint32_t>(i));
  const auto inside = [&](auto&& which) {
    std::vector<char> out(given.units, 0);
    for (const std::uint32_t i : rows)
      out[i] = which(part[i]) ? 1 : 0;
    return out;
  };
  const std::vector<double> outcome(y.begin(), y.end());
  variance_engine engine = answered.engine();
  const auto spread_of = [&](const std::vector<double>& influence) {
    std::vector<double> taken;
    for (const std::uint32_t i : rows)
      taken.push_back(influence[i]);
    return engine.of_rows(rows, taken);
  };
  correlations_by_part out;
  std::vector<double> transformed;
  std::vector<std::vector<double>> influences;
  double fewest = std::numeric_limits<double>::infinity();
  for (std::size_t g = 0; g < parts; ++g) {
    const auto of_parts = [&](auto&& which) {
      bool speechless = false;
      for (std::size_t c = 0; c < silent.size(); ++c)
        speechless |= silent[c] != 0 && which(c);
      return of_units(answered, x, outcome, inside(which), speechless ? silent_stratum : "", method,
                      confidence);
    };
    const part_correlation here = of_parts([&](std::size_t c) { return c == g; });
    const part_correlation rest = of_parts([&](std::size_t c) { return c != g; });
    compared_correlations pair;
    pair.first = here.found;
    pair.second = rest.found;
    double c = 0.0, error = missing_value, df = missing_value;
    const bool limits = !is_missing(here.found.low) && !is_missing(rest.found.low);
    if (limits) {
      std::vector<double> of_r(given.units), of_z(given.units);
      for (std::size_t i = 0; i < given.units; ++i) {
        of_r[i] = here.influence[i] - rest.influence[i];
        of_z[i] = slope_of_atanh(here.found.value) * here.influence[i] -
                  slope_of_atanh(rest.found.value) * rest.influence[i];
      }
      const design_variance of_difference = spread_of(of_r), of_transformed = spread_of(of_z);
      const double a = here.found.std_error, b = rest.found.std_error;
      c = a > 0.0 && b > 0.0 ? (a * a + b * b - of_difference.variance) / (2.0 * a * b) : 0.0;
      error = std::sqrt(of_transformed.variance);
      df = std::min(of_difference.df, satterthwaite(here.found, rest.found));
      fewest = std::min(fewest, df);
    }
    finish(pair, c, error, df, confidence);
    pair.difference.n = rows.size();
    pair.difference.missing = given.units - rows.size();
    if (limits) {
      const double slope = slope_of_atanh(here.found.value);
      transformed.push_back(std::atanh(here.found.value));
      influences.push_back(here.influence);
      for (double& u : influences.back())
        u *= slope;
    }
    out.part.push_back(here.found);
    out.difference.push_back(pair.difference);
  }
  out.compared = transformed.size();
  if (out.compared < 2)
    return out;
  const std::size_t k = out.compared - 1;
  std::vector<double> contrast(k), variance(k * k);
  for (std::size_t a = 0; a < k; ++a)
    contrast[a] = transformed[a] - transformed[k];
  const auto contrast_of = [&](std::size_t a, std::size_t b, double sign) {
    std::vector<double> u(given.units);
    for (std::size_t i = 0; i < given.units; ++i)
      u[i] = influences[a][i] - influences[k][i] + sign * (influences[b][i] - influences[k][i]);
    return spread_of(u).variance;
  };
  for (std::size_t a = 0; a < k; ++a)
    for (std::size_t b = 0; b <= a; ++b) // polarisation: the engine has every kind of design
      variance[a * k + b] = variance[b * k + a] = 0.25 * (contrast_of(a, b, 1.0) - contrast_of(a, b, -1.0));
  const auto size = static_cast<double>(k);
  const double rest = fewest - size + 1.0, q = quadratic_form(std::move(variance), std::move(contrast));
  if (rest > 0.0 && !is_missing(q)) {
    out.all_alike.statistic = std::isinf(fewest) ? q / size : q * rest / (size * fewest);
    out.all_alike.df1 = size;
    out.all_alike.df2 = rest;
    out.all_alike.p_value = f_upper(out.all_alike.statistic, size, rest);
  }
  return out;
}

} // namespace qascore::kernel
