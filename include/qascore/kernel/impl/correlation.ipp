// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/sum.hpp"
#include "../correlation.hpp"
#include "../distribution.hpp"
#include "../domain.hpp"
#include "../inference.hpp"
#include "../latent_correlation.hpp"
#include "../pairs.hpp"
#include "../rank.hpp"
#include "../rank_correlation.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
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
  test_result test;                   ///< of no correlation, for independent rows; undefined: none of its own
  double model_error = missing_value; ///< of coefficients that come from a model
  std::string undefined;
};

/// Which coefficient of ordered pairs a method is; tau_b for the others.
inline pair_coefficient pair_coefficient_of(correlation_method method) {
  switch (method) {
  case correlation_method::tau_c:
    return pair_coefficient::tau_c;
  case correlation_method::gamma:
    return pair_coefficient::gamma;
  case correlation_method::somers_y:
    return pair_coefficient::somers_y;
  case correlation_method::somers_x:
    return pair_coefficient::somers_x;
  default:
    return pair_coefficient::tau_b;
  }
}

/// Pearson's r is tested by t, also where it goes by another name.
inline bool tested_by_t(correlation_method method) {
  return method == correlation_method::pearson || method == correlation_method::spearman ||
         method == correlation_method::point_biserial;
}

/// Whether y has two values, which stand for 0 and 1; else why not.
inline std::string not_binary(const complete_pairs& p) {
  const std::size_t count = levels_of(p.y).count();
  return count == 2 ? "" : "the second column has " + std::to_string(count) + " different values, not 2";
}

inline coefficient coefficient_of(const complete_pairs& p, correlation_method method) {
  coefficient out;
  const auto take = [&out](latent_result&& found) {
    out.value = found.value;
    out.influence = std::move(found.influence);
    out.model_error = found.model_error;
    out.undefined = std::move(found.undefined);
  };
  switch (method) {
  case correlation_method::point_biserial:
    out.undefined = not_binary(p);
    if (!out.undefined.empty())
      return out;
    [[fallthrough]];
  case correlation_method::pearson:
    out.value = pearson_of(p, out.influence);
    break;
  case correlation_method::spearman:
    out.value = spearman_of(p, out.influence);
    break;
  case correlation_method::kendall:
  case correlation_method::tau_c:
  case correlation_method::gamma:
  case correlation_method::somers_y:
  case correlation_method::somers_x: {
    const kendall_result k = kendall_of(p, out.influence, pair_coefficient_of(method));
    out.value = k.value;
    out.test = k.test;
    break;
  }
  case correlation_method::biserial: {
    out.undefined = not_binary(p);
    if (!out.undefined.empty())
      return out;
    take(polyserial_of(p, false));
    const auto n = static_cast<double>(p.x.size());
    const double factor = std::sqrt((n - 1.0) / n); // the standard deviation of textbooks
    out.value *= factor;
    for (double& u : out.influence)
      u *= factor;
    break;
  }
  case correlation_method::polyserial:
    take(polyserial_of(p, true));
    break;
  case correlation_method::polyserial_ad_hoc:
    take(polyserial_of(p, false));
    break;
  case correlation_method::polychoric:
    take(polychoric_of(p, false));
    break;
  case correlation_method::polychoric_ml:
    take(polychoric_of(p, true));
    break;
  }
  if (!out.undefined.empty()) {
    out.value = missing_value;
    return out;
  }
  // Within rounding of +-1 is +-1.
  if (std::abs(1.0 - std::abs(out.value)) <= 4.0 * std::numeric_limits<double>::epsilon())
    out.value = std::copysign(1.0, out.value);
  if (tested_by_t(method)) {
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
  out.undefined = std::move(found.undefined);
  if (!out.undefined.empty())
    return out;
  out.value = found.value;
  out.influence = p.spread_out(std::move(found.influence), design.units);
  out.limit = p.limit();
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
  case correlation_method::tau_c:
    return independent ? "Stuart tau-c, independent rows" : "Stuart tau-c, sample design";
  case correlation_method::gamma:
    return independent ? "Goodman-Kruskal gamma, independent rows" : "Goodman-Kruskal gamma, sample design";
  case correlation_method::somers_y:
  case correlation_method::somers_x:
    return independent ? "Somers' D, independent rows" : "Somers' D, sample design";
  case correlation_method::point_biserial:
    return independent ? "point-biserial correlation, independent rows"
                       : "point-biserial correlation, sample design";
  case correlation_method::biserial:
    return independent ? "biserial correlation, independent rows" : "biserial correlation, sample design";
  case correlation_method::polyserial:
    return independent ? "polyserial correlation, ML, independent rows"
                       : "polyserial correlation, ML, sample design";
  case correlation_method::polyserial_ad_hoc:
    return independent ? "polyserial correlation, ad hoc, independent rows"
                       : "polyserial correlation, ad hoc, sample design";
  case correlation_method::polychoric:
    return independent ? "polychoric correlation, two-step, independent rows"
                       : "polychoric correlation, two-step, sample design";
  case correlation_method::polychoric_ml:
    return independent ? "polychoric correlation, ML, independent rows"
                       : "polychoric correlation, ML, sample design";
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

inline bool has_closed_form(correlation_method method) {
  return method == correlation_method::pearson || method == correlation_method::spearman ||
         method == correlation_method::kendall;
}

inline closed_form closed_form_of(correlation_method method, double r, double n) {
  switch (method) {
  case correlation_method::pearson:
    return {std::sqrt(1.0 / (n - 3.0)), "Fisher z"};
  case correlation_method::spearman:
    return {std::sqrt((1.0 + 0.5 * r * r) / (n - 3.0)), "Fisher z, Bonett-Wright"};
  default:
    return {std::sqrt(0.437 / (n - 4.0)), "Fisher z, Fieller"};
  }
}

/// Which interval is made; throws where it cannot be.
inline correlation_interval interval_for(correlation_method method, correlation_interval asked,
                                         bool independent) {
  if (asked == correlation_interval::automatic)
    return independent && (method == correlation_method::pearson || method == correlation_method::spearman)
               ? correlation_interval::closed_form
               : correlation_interval::linearised;
  if (asked != correlation_interval::linearised && !independent)
    throw argument_error(
        asked == correlation_interval::closed_form
            ? "interval: closed_form holds for independent rows only; under a design choose linearised"
            : "interval: asymptotic holds for independent rows only; under a design choose linearised");
  if (asked == correlation_interval::closed_form && !has_closed_form(method))
    throw argument_error(
        "interval: closed_form is there for pearson, spearman and kendall; choose linearised or "
        "asymptotic");
  return asked;
}

/// sqrt(sum u^2), or the model's.
inline double asymptotic_error(const coefficient& of) {
  if (!is_missing(of.model_error))
    return of.model_error;
  detail::accurate_sum squares;
  for (const double u : of.influence)
    squares.add(u * u);
  return std::sqrt(squares.value());
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

QASCORE_INLINE linearised correlation(const design_view& design, std::span<const double> x,
                                      std::span<const double> y, correlation_method method) {
  return detail_correlation::linearise(design, x, y, method);
}

QASCORE_INLINE pair_counts count_pairs(const design_view& design, std::span<const double> x,
                                       std::span<const double> y) {
  const complete_pairs p(design, x, y, gaps_of(design, x, y));
  std::vector<double> influence;
  return p.obstacle().empty() ? kendall_of(p, influence, pair_coefficient::gamma).pairs : pair_counts{};
}

QASCORE_INLINE tested_estimate correlate(const design_view& given, std::span<const double> x,
                                         std::span<const double> y, correlation_method method,
                                         confidence_level confidence, correlation_interval interval,
                                         missing_rows missing) {
  using namespace detail_correlation;
  const bool independent = is_independent(given);
  const bool classical = independent && interval != correlation_interval::linearised;
  interval = interval_for(method, interval, independent);
  const bool closed = interval == correlation_interval::closed_form,
             asymptotic = interval == correlation_interval::asymptotic;

  const std::vector<double> gaps = gaps_of(given, x, y);
  const answered_rows answered(given, gaps, missing);
  const design_view& design = answered.design();
  const complete_pairs p(design, x, y, gaps);
  const auto n = static_cast<double>(p.x.size());
  inference_options options;
  options.confidence = confidence;
  options.scale = asymptotic ? interval_scale::identity : interval_scale::fisher_z;
  options.normal = asymptotic;
  options.method = name_of(method, independent);
  options.n = p.x.size();
  if (asymptotic) {
    options.lower_bound = -1.0;
    options.upper_bound = 1.0;
  }

  tested_estimate out;
  design_variance spread;
  spread.undefined = p.obstacle();
  coefficient found;
  if (const std::string silent = answered.obstacle(); !silent.empty())
    spread.undefined = silent;
  if (spread.undefined.empty()) {
    found = coefficient_of(p, method);
    spread.undefined = found.undefined;
  }
  if (spread.undefined.empty()) {
    spread = answered.of_answers(p.variance(answered.engine(), found.influence));
    if (asymptotic)
      spread.variance = std::pow(asymptotic_error(found), 2);
  }
  if (!closed && !asymptotic)
    spread.limit_df(p.limit());
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
    else if (std::abs(r) > 1.0)
      out.undefined =
          "outside -1 to 1, which y that is not normal behind its categories can bring about: no interval";
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

  if (classical && !is_missing(found.test.p_value)) {
    out.test = found.test;
    if (std::abs(r) == 1.0 && (tested_by_t(method) || method == correlation_method::kendall))
      out.test.p_value = perfect_p_value(p.x);
  } else if (spread.no_interval.empty() && out.std_error > 0.0 && std::abs(r) < 1.0) {
    out.test.statistic =
        asymptotic ? r / out.std_error : std::atanh(r) * (1.0 - r) * (1.0 + r) / out.std_error;
    out.test.df1 = out.df;
    out.test.p_value = student_t_p_value(out.test.statistic, out.test.df1);
  }
  return out;
}

} // namespace qascore::kernel
