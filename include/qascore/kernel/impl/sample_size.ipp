// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"
#include "../sample_size.hpp"

#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/math/distributions/non_central_t.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace qascore::kernel {
namespace detail_sample_size {

/// The odds ratio x between a limit and p for which the limits p' = p / (p + q / x) and p / (p + q x) are
/// 2 * margin apart: the positive root of k (1 - 2 e) x^2 - 2 e (1 + k^2) x - k (1 + 2 e) = 0 with k = q
/// / p.
inline double odds_ratio(double p, double margin) noexcept {
  const double k = (1.0 - p) / p, b = margin * (1.0 + k * k);
  return (b + std::sqrt(b * b + k * k * (1.0 - 4.0 * margin * margin))) / (k * (1.0 - 2.0 * margin));
}

inline interval odds_limits(double p, double x) noexcept {
  const double q = 1.0 - p;
  return {p / (p + q * x), p / (p + q / x)};
}

/// The argument in [low, high] at which a rising function reaches `wanted`.
template <class Function>
double rising_root(double low, double high, double wanted, const Function& f) {
  for (int step = 0; step < 200 && high - low > 1e-13 * high; ++step) {
    const double middle = 0.5 * (low + high);
    (f(middle) < wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// The first whole number from `low` on that is enough, where all after it are; `enough` is asked up to `high`.
template <class Enough>
double first_enough(double low, double high, const Enough& enough) {
  --low; // not enough
  while (high - low > 1.0) {
    const double middle = std::floor(0.5 * (low + high));
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

/// P(T > x) of a noncentral t.
inline double non_central_t_upper(double x, double df, double shift) {
  const boost::math::non_central_t_distribution<double> t(df, shift);
  return boost::math::cdf(boost::math::complement(t, x));
}
} // namespace detail_sample_size

QASCORE_INLINE double size_for_mean(double margin, double sd, double z) noexcept {
  return (z * sd / margin) * (z * sd / margin);
}

QASCORE_INLINE double size_for_cv(double cv, double cv_population) noexcept {
  return (cv_population / cv) * (cv_population / cv);
}

QASCORE_INLINE proportion_size size_for_proportion(double margin, double p, double z,
                                                   proportion_margin method) noexcept {
  const double e = margin, pq = p * (1.0 - p), z2 = z * z;
  switch (method) {
  case proportion_margin::wald:
    return {z2 * pq / (e * e), {p - e, p + e}};
  case proportion_margin::wilson: {
    const double b = z2 * pq - 2.0 * e * e * z2;
    const double n = (b + std::sqrt(b * b + e * e * z2 * z2 * (1.0 - 4.0 * e * e))) / (2.0 * e * e);
    const double centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    return {n, {centre - e, centre + e}};
  }
  case proportion_margin::log_odds: {
    const double x = detail_sample_size::odds_ratio(p, e);
    return {z2 / (pq * std::log(x) * std::log(x)), detail_sample_size::odds_limits(p, x)};
  }
  case proportion_margin::fleiss: {
    // Four times p q at the limit nearer to 1/2.
    const double near = p < 0.5 ? p : 1.0 - p;
    const double c = near < e     ? 8.0 * e * (1.0 - 2.0 * e)
                     : near < 0.3 ? 4.0 * (near + e) * (1.0 - near - e)
                                  : 1.0;
    return {c * z2 / (4.0 * e * e) + 1.0 / e - 2.0 * z2 + (z + 2.0) / c, {p - e, p + e}};
  }
  }
  return {};
}

QASCORE_INLINE double size_in_population(double n, double population, bool divisor_is_population) noexcept {
  return n / (1.0 + (divisor_is_population ? n - 1.0 : n) / population);
}

QASCORE_INLINE double size_for_domain_count(double wanted, double share, double assurance) {
  // P(B >= m) for n trials is P(X <= share) of a beta variable with parameters m and n - m + 1.
  const auto enough = [&](double n) {
    return n >= wanted && beta_quantile(assurance, wanted, n - wanted + 1.0) <= share;
  };
  double high = wanted;
  while (!enough(high) && high < 1e15)
    high *= 2.0;
  return detail_sample_size::first_enough(wanted, high, enough);
}

QASCORE_INLINE double size_for_domain_count(double wanted, std::uint32_t marked, std::uint32_t population,
                                            double assurance) {
  // The sample holds fewer than `wanted` only if more than population - marked - (n - wanted) others are left out.
  const auto enough = [&](double n) {
    if (n - wanted >= static_cast<double>(population) - static_cast<double>(marked))
      return true;
    const boost::math::hypergeometric_distribution<double> drawn(marked, static_cast<unsigned>(n), population);
    return boost::math::cdf(boost::math::complement(drawn, static_cast<unsigned>(wanted) - 1u)) >= assurance;
  };
  return detail_sample_size::first_enough(wanted, static_cast<double>(population), enough);
}

QASCORE_INLINE double size_for_difference(double v1, double v2, double overlap, double ratio,
                                          double correlation) noexcept {
  return v1 + ratio * v2 - 2.0 * overlap * ratio * correlation * std::sqrt(v1 * v2);
}

QASCORE_INLINE double size_for_difference_test(double v1, double v2, double overlap, double ratio,
                                               double correlation, double difference, double alpha,
                                               double power, int sides) {
  const double unit = size_for_difference(v1, v2, overlap, ratio, correlation);
  const auto power_with = [&](double n1) {
    const double n2 = n1 / ratio, a = v1 / n1, b = v2 / n2;
    const double df = overlap > 0.0 ? std::min(n1, n2) - 1.0
                                    : (a + b) * (a + b) / (a * a / (n1 - 1.0) + b * b / (n2 - 1.0));
    const double critical = student_t_quantile(1.0 - alpha / sides, df), shift = difference / std::sqrt(unit / n1);
    const double found = detail_sample_size::non_central_t_upper(critical, df, shift);
    return sides == 1 ? found : found + detail_sample_size::non_central_t_upper(critical, df, -shift);
  };
  const double low = 2.0 * std::max(1.0, ratio);
  double high = 2.0 * low;
  while (power_with(high) < power && high < 1e15)
    high *= 2.0;
  return detail_sample_size::rising_root(low, high, power, power_with);
}

QASCORE_INLINE double size_for_correlation_test(double r, double alpha, double power, int sides) noexcept {
  const double size = std::abs(r), tail = 1.0 - alpha / sides;
  const auto power_with = [&](double n) {
    const double t = student_t_quantile(tail, n - 2.0);
    const double critical = std::atanh(std::sqrt(t * t / (t * t + n - 2.0)));
    const double found = std::atanh(size) + size / (2.0 * (n - 1.0)), scale = std::sqrt(n - 3.0);
    const double other = sides == 2 ? normal_cdf((-found - critical) * scale) : 0.0;
    return normal_cdf((found - critical) * scale) + other;
  };
  double high = 8.0;
  while (power_with(high) < power && high < 1e15)
    high *= 2.0;
  return detail_sample_size::rising_root(4.0, high, power, power_with);
}

QASCORE_INLINE proportion_size size_for_correlation(double r, double margin, double z, bool ranks) noexcept {
  // r = 2 p - 1 with log(p / q) = 2 atanh(r): the interval of a proportion on the scale of log-odds.
  const double x = detail_sample_size::odds_ratio(0.5 * (1.0 + r), 0.5 * margin);
  const double h = 0.5 * std::log(x), factor = ranks ? 1.0 + 0.5 * r * r : 1.0;
  const interval p = detail_sample_size::odds_limits(0.5 * (1.0 + r), x);
  return {3.0 + factor * (z / h) * (z / h), {2.0 * p.low - 1.0, 2.0 * p.high - 1.0}};
}

QASCORE_INLINE double kappa_unit_variance(std::span<const double> table, std::size_t categories) noexcept {
  std::vector<double> row(categories, 0.0), column(categories, 0.0);
  double po = 0.0, pe = 0.0;
  for (std::size_t i = 0; i < categories; ++i)
    for (std::size_t j = 0; j < categories; ++j) {
      row[i] += table[i * categories + j];
      column[j] += table[i * categories + j];
      po += i == j ? table[i * categories + j] : 0.0;
    }
  for (std::size_t i = 0; i < categories; ++i)
    pe += row[i] * column[i];
  double agree = 0.0, differ = 0.0;
  for (std::size_t i = 0; i < categories; ++i)
    for (std::size_t j = 0; j < categories; ++j) {
      const double p = table[i * categories + j];
      const double term = i == j ? (1.0 - pe) - (row[i] + column[i]) * (1.0 - po) : column[i] + row[j];
      (i == j ? agree : differ) += p * term * term;
    }
  const double last = po * pe - 2.0 * pe + po, one = 1.0 - pe;
  return (agree + (1.0 - po) * (1.0 - po) * differ - last * last) / (one * one * one * one);
}

} // namespace qascore::kernel
