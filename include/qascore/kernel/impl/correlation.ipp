// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/sum.hpp"
#include "../correlation.hpp"
#include "../distribution.hpp"
#include "../domain.hpp"
#include "../inference.hpp"
#include "../pairs.hpp"
#include "../rank.hpp"
#include "../rank_correlation.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_correlation {

/// The weighted mean in two steps: the second removes the rounding of the first, so that a column less its
/// mean keeps all digits at any offset.
struct centre {
  double first, second;
  double of(double value) const { return value - first - second; }
};

inline centre centre_of(const complete_pairs& p, std::span<const double> values) {
  detail::accurate_sum total, weights, rest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    total.add(p.weight_of(i) * values[i]);
    weights.add(p.weight_of(i));
  }
  const double first = total.value() / weights.value();
  for (std::size_t i = 0; i < values.size(); ++i)
    rest.add(p.weight_of(i) * (values[i] - first));
  return {first, rest.value() / weights.value()};
}

/// Pearson's r with the influence values of the pairs.
inline double pearson_of(const complete_pairs& p, std::vector<double>& influence) {
  const centre cx = centre_of(p, p.x), cy = centre_of(p, p.y);
  detail::accurate_sum aa, bb, ab;
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    const double w = p.weight_of(i), a = cx.of(p.x[i]), b = cy.of(p.y[i]);
    aa.add(w * a * a);
    bb.add(w * b * b);
    ab.add(w * a * b);
  }
  const double saa = aa.value(), sbb = bb.value();
  const double scale = std::sqrt(saa) * std::sqrt(sbb);
  const double r = ab.value() / scale;
  influence.resize(p.x.size());
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    const double a = cx.of(p.x[i]), b = cy.of(p.y[i]);
    influence[i] = a * b / scale - 0.5 * r * (a * a / saa + b * b / sbb);
  }
  return r;
}

struct coefficient {
  double value = missing_value;
  std::vector<double> influence;
  test_result test; ///< of no correlation, for independent rows
};

inline coefficient coefficient_of(const complete_pairs& p, correlation_method method) {
  coefficient out;
  switch (method) {
  case correlation_method::pearson:
    out.value = pearson_of(p, out.influence);
    break;
  case correlation_method::spearman:
    out.value = spearman_of(p, out.influence);
    break;
  case correlation_method::kendall: {
    const kendall_result k = kendall_of(p, out.influence);
    out.value = k.tau_b;
    out.test = k.test;
    break;
  }
  }
  // Within rounding of +-1 is +-1.
  if (1.0 - std::abs(out.value) <= 4.0 * std::numeric_limits<double>::epsilon())
    out.value = std::copysign(1.0, out.value);
  if (method != correlation_method::kendall) {
    const double r = out.value;
    out.test.df1 = static_cast<double>(p.x.size()) - 2.0;
    out.test.statistic = r * std::sqrt(out.test.df1 / ((1.0 - r) * (1.0 + r)));
    out.test.p_value = student_t_p_value(out.test.statistic, out.test.df1);
  }
  return out;
}

inline linearised linearise(const design_view& design, std::span<const double> x, std::span<const double> y,
                            correlation_method method) {
  const complete_pairs p(design, x, y, gaps_of(design, x, y));
  linearised out;
  out.undefined = p.obstacle();
  if (!out.undefined.empty())
    return out;
  coefficient found = coefficient_of(p, method);
  out.value = found.value;
  out.influence = p.spread_out(std::move(found.influence), design.units);
  return out;
}

inline std::string_view name_of(correlation_method method, bool independent) {
  switch (method) {
  case correlation_method::pearson:
    return independent ? "Pearson correlation, independent rows" : "Pearson correlation, sample design";
  case correlation_method::spearman:
    return independent ? "Spearman correlation, independent rows" : "Spearman correlation, sample design";
  case correlation_method::kendall:
    return independent ? "Kendall tau-b, independent rows" : "Kendall tau-b, sample design";
  }
  return {};
}

/// Chance that a random order of the values fits as perfectly, in either direction: 2 prod t! / n! with t the
/// sizes of the groups of equal values. Exact without ties; with ties never too small.
inline double perfect_p_value(std::span<const double> values) {
  double log_chance = std::log(2.0) - std::lgamma(static_cast<double>(values.size()) + 1.0);
  for (const std::uint32_t size : levels_of(values).size)
    log_chance += std::lgamma(static_cast<double>(size) + 1.0);
  return std::min(1.0, std::exp(log_chance));
}

/// Standard error of atanh(r) for independent rows, and whose it is.
struct closed_form {
  double spread;
  std::string_view name;
};

inline closed_form closed_form_of(correlation_method method, double r, double n) {
  switch (method) {
  case correlation_method::pearson:
    return {std::sqrt(1.0 / (n - 3.0)), "Fisher z"};
  case correlation_method::spearman:
    return {std::sqrt((1.0 + 0.5 * r * r) / (n - 3.0)), "Fisher z, Bonett-Wright"};
  case correlation_method::kendall:
    return {std::sqrt(0.437 / (n - 4.0)), "Fisher z, Fieller"};
  }
  return {missing_value, {}};
}

} // namespace detail_correlation

QASCORE_INLINE linearised pearson(const design_view& design, std::span<const double> x,
                                  std::span<const double> y) {
  return detail_correlation::linearise(design, x, y, correlation_method::pearson);
}

QASCORE_INLINE linearised spearman(const design_view& design, std::span<const double> x,
                                   std::span<const double> y) {
  return detail_correlation::linearise(design, x, y, correlation_method::spearman);
}

QASCORE_INLINE linearised kendall(const design_view& design, std::span<const double> x,
                                  std::span<const double> y) {
  return detail_correlation::linearise(design, x, y, correlation_method::kendall);
}

QASCORE_INLINE tested_estimate correlate(const design_view& given, std::span<const double> x,
                                         std::span<const double> y, correlation_method method,
                                         confidence_level confidence, correlation_interval interval,
                                         missing_rows missing) {
  using namespace detail_correlation;
  const bool independent = is_independent(given);
  const bool classical = independent && interval != correlation_interval::linearised;
  if (interval == correlation_interval::automatic)
    interval = independent && method != correlation_method::kendall ? correlation_interval::closed_form
                                                                    : correlation_interval::linearised;
  const bool closed = interval == correlation_interval::closed_form;
  if (closed && !independent)
    throw argument_error(
        "interval: closed_form holds for independent rows only; under a design choose linearised");

  const std::vector<double> gaps = gaps_of(given, x, y);
  const std::span<const double> unanswered =
      missing == missing_rows::domain ? std::span<const double>{} : std::span<const double>{gaps};
  const answered_design answered(given, unanswered);
  const design_view& design = answered.view();
  const complete_pairs p(design, x, y, gaps);
  const auto n = static_cast<double>(p.x.size());
  inference_options options;
  options.confidence = confidence;
  options.scale = interval_scale::fisher_z;
  options.method = name_of(method, independent);
  options.n = p.x.size();

  tested_estimate out;
  design_variance spread;
  spread.undefined = p.obstacle();
  coefficient found;
  if (!unanswered.empty() && !silent_domains(given, {}, unanswered).empty())
    spread.undefined = silent_stratum;
  if (spread.undefined.empty()) {
    found = coefficient_of(p, method);
    spread = p.variance(variance_engine(design, unanswered), found.influence);
    spread.census = spread.census && unanswered.empty();
  }
  const double r = found.value;
  static_cast<estimate&>(out) = infer(r, spread, options);
  out.missing = design.units - p.x.size();
  const closed_form form = closed_form_of(method, r, n);
  if (closed)
    out.interval_method = form.name;
  if (is_missing(r))
    return out;

  const double fewest = closed && method == correlation_method::kendall ? 5.0 : 4.0;
  if (!spread.census) {
    if (std::abs(r) == 1.0)
      out.undefined = "a perfect correlation: no interval";
    else if (n < fewest)
      out.undefined = fewest == 4.0 ? "fewer than 4 pairs: no interval" : "fewer than 5 pairs: no interval";
    if (!out.undefined.empty()) {
      out.low = out.high = missing_value;
    } else if (closed) {
      out.df = std::numeric_limits<double>::infinity();
      const double half = normal_quantile(confidence.upper_tail()) * form.spread;
      out.low = std::tanh(std::atanh(r) - half);
      out.high = std::tanh(std::atanh(r) + half);
    }
  }

  if (classical) {
    out.test = found.test;
    if (std::abs(r) == 1.0)
      out.test.p_value = perfect_p_value(p.x);
  } else if (out.std_error > 0.0 && std::abs(r) < 1.0) {
    out.test.statistic = std::atanh(r) * (1.0 - r) * (1.0 + r) / out.std_error;
    out.test.df1 = spread.df;
    out.test.p_value = student_t_p_value(out.test.statistic, out.test.df1);
  }
  return out;
}

} // namespace qascore::kernel
