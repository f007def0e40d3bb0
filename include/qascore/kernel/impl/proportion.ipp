// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/interval.hpp"
#include "../distribution.hpp"
#include "../mean.hpp"
#include "../proportion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace qascore::kernel {
namespace detail_proportion {

inline std::string_view name_of(proportion_interval kind, bool independent) {
  switch (kind) {
  case proportion_interval::wilson:
    return independent ? "Wilson" : "Wilson, effective size, t";
  case proportion_interval::logit:
    return independent ? "logit, normal" : "logit, t";
  case proportion_interval::beta:
    return independent ? "Clopper-Pearson" : "Korn-Graubard";
  case proportion_interval::arcsine:
    return independent ? "arcsine, normal" : "arcsine, t";
  case proportion_interval::likelihood:
    return independent ? "likelihood ratio" : "likelihood ratio, t";
  case proportion_interval::t:
    return "t";
  }
  return {};
}

inline interval wilson(double p, double n, double q) {
  const double scale = 1.0 + q * q / n;
  const double centre = (p + q * q / (2.0 * n)) / scale;
  const double half = q / scale * std::sqrt(p * (1.0 - p) / n + q * q / (4.0 * n * n));
  // At 0 and 1 one root is the value itself; say so without rounding.
  return {p == 0.0 ? 0.0 : std::max(0.0, centre - half), p == 1.0 ? 1.0 : std::min(1.0, centre + half)};
}

inline interval clopper_pearson(double p, double n, double tail) {
  return {p == 0.0 ? 0.0 : beta_quantile(tail, n * p, n * (1.0 - p) + 1.0),
          p == 1.0 ? 1.0 : beta_quantile(1.0 - tail, n * p + 1.0, n * (1.0 - p))};
}

inline interval arcsine(double p, double n, double q) {
  constexpr double right_angle = 1.5707963267948966;
  const double centre = std::asin(std::sqrt(p));
  const double half = q / (2.0 * std::sqrt(n));
  const double low = std::sin(std::max(0.0, centre - half));
  const double high = std::sin(std::min(right_angle, centre + half));
  return {low * low, high * high};
}

/// Between `outside`, where the deviance is above q^2, and p, where it is 0.
inline double likelihood_limit(double p, double n, double q, double outside) {
  const auto part = [](double share, double x) { return share == 0.0 ? 0.0 : share * std::log(share / x); };
  double inside = p;
  while (true) {
    const double x = 0.5 * (inside + outside);
    if (x == inside || x == outside)
      return x;
    (2.0 * n * (part(p, x) + part(1.0 - p, 1.0 - x)) > q * q ? outside : inside) = x;
  }
}

inline interval likelihood(double p, double n, double q) {
  return {p == 0.0 ? 0.0 : likelihood_limit(p, n, q, 0.0), p == 1.0 ? 1.0 : likelihood_limit(p, n, q, 1.0)};
}

inline interval logit(double p, double n, double q) {
  const double centre = std::log(p / (1.0 - p));
  const double half = q / std::sqrt(n * p * (1.0 - p));
  return {1.0 / (1.0 + std::exp(half - centre)), 1.0 / (1.0 + std::exp(-half - centre))};
}

} // namespace detail_proportion

QASCORE_INLINE estimate share_limits(const design_view& design, double p, const design_variance& spread,
                                     std::span<const std::uint32_t> rows, variance_engine& engine,
                                     confidence_level confidence, proportion_interval kind) {
  using namespace detail_proportion;
  const bool independent = is_independent(design);
  estimate out;
  out.value = p;
  out.confidence = confidence;
  out.method = independent ? "proportion, independent rows" : "proportion, sample design";
  out.interval_method = name_of(kind, independent);
  out.n = rows.size();
  if (!spread.undefined.empty() && !(independent && rows.size() == 1)) {
    out.undefined = spread.undefined;
    return out;
  }
  out.std_error = std::sqrt(spread.variance);
  out.df = spread.df;
  if (spread.census) {
    out.low = out.high = p;
    return out;
  }
  const bool border = p == 0.0 || p == 1.0;
  if (border && (kind == proportion_interval::logit || kind == proportion_interval::t)) {
    out.undefined = "no such interval at 0 or 1: choose wilson or beta";
    return out;
  }
  const double tail = 1.0 - confidence.upper_tail();
  double q = student_t_quantile(confidence.upper_tail(), spread.df);
  double n = p * (1.0 - p) / spread.variance;
  if (independent) {
    n = static_cast<double>(rows.size());
    if (kind != proportion_interval::t) {
      q = normal_quantile(confidence.upper_tail());
      out.df = std::numeric_limits<double>::infinity();
    }
  } else if (border || spread.variance == 0.0) {
    n = engine.effective_size(rows);
  } else if (kind == proportion_interval::wilson) {
    n = std::min(n, engine.effective_units(rows));
  }
  if (std::isnan(q)) {
    out.undefined = "no degrees of freedom: as many strata as units";
    return out;
  }
  interval limit{};
  switch (kind) {
  case proportion_interval::wilson:
    limit = wilson(p, n, q);
    break;
  case proportion_interval::logit:
    limit = logit(p, n, q);
    break;
  case proportion_interval::beta: {
    if (!independent) {
      const double of_rows = student_t_quantile(tail, static_cast<double>(rows.size()) - 1.0);
      n *= (of_rows / q) * (of_rows / q);
    }
    limit = clopper_pearson(p, n, tail);
    break;
  }
  case proportion_interval::arcsine:
    limit = arcsine(p, n, q);
    break;
  case proportion_interval::likelihood: {
    const auto size = static_cast<double>(rows.size());
    limit = likelihood(p, independent || border ? n : n * (size - 1.0) / size, q);
    break;
  }
  case proportion_interval::t:
    limit = {std::max(0.0, p - q * out.std_error), std::min(1.0, p + q * out.std_error)};
    break;
  }
  out.low = limit.low;
  out.high = limit.high;
  return out;
}

QASCORE_INLINE std::vector<estimate> proportions(const design_view& given, const domain_view& domain,
                                                 std::span<const double> event, confidence_level confidence,
                                                 proportion_interval kind) {
  using rows_span = std::span<const std::uint32_t>;
  const answered_design answered(given, event);
  const design_view& design = answered.view();
  const auto finish = [&](double p, const design_variance& spread, rows_span rows, variance_engine& engine) {
    return share_limits(design, p, spread, rows, engine, confidence, kind);
  };
  return estimate_domains(
      design, domain, event,
      [&](rows_span rows, std::span<double> influence) {
        return mean_of_rows(design, rows, event, influence);
      },
      finish);
}

} // namespace qascore::kernel
