// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/format.hpp"
#include "../icc.hpp"
#include "mixed_inference.hpp"

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

/// Intraclass correlations from variance components.
namespace qascore::kernel::detail_icc_components {

using namespace detail_mixed;

/// Spearman and Brown for k ratings, and back.
inline double for_mean(double single, double k) {
  return k * single / (1.0 + (k - 1.0) * single);
}
inline double for_one(double of_mean, double k) {
  return of_mean / (k - (k - 1.0) * of_mean);
}

/// Ratings one by one: what rated units and their raters are called here, and the numbers.
struct rows {
  std::vector<double> y;
  std::vector<std::uint32_t> unit, rater;
  std::size_t units = 0, raters = 0;
  double uneven = missing_value; ///< k0 of the one-way model
};

inline rows rows_of(const rating_view& ratings) {
  rows out;
  std::vector<std::uint32_t> code(ratings.raters, missing_code);
  double square = 0.0;
  for (std::size_t u = 0; u < ratings.units; ++u) {
    const std::size_t p = ratings.profile_of(u);
    if (ratings.count(p) == 0)
      continue;
    for (std::size_t at = ratings.begin[p]; at < ratings.begin[p + 1]; ++at) {
      out.y.push_back(ratings.value[ratings.code[at]]);
      out.unit.push_back(static_cast<std::uint32_t>(out.units));
      if (ratings.rater.empty())
        continue;
      std::uint32_t& of = code[ratings.rater[at]];
      if (is_missing(of))
        of = static_cast<std::uint32_t>(out.raters++);
      out.rater.push_back(of);
    }
    ++out.units;
    square += static_cast<double>(ratings.count(p)) * static_cast<double>(ratings.count(p));
  }
  if (out.units > 1)
    out.uneven = (static_cast<double>(out.y.size()) - square / static_cast<double>(out.y.size())) /
                 static_cast<double>(out.units - 1);
  return out;
}

inline std::string why_undefined(const rows& ratings, bool one_way) {
  if (ratings.units < 2)
    return "fewer than 2 units";
  if (!one_way && ratings.raters < 2)
    return "fewer than 2 raters";
  return ratings.y.size() == ratings.units ? "no unit was rated twice" : "";
}

/// The variances with this ICC of one rating: that of units follows from the others.
inline constraint at_icc(double single, bool one_way, bool agreement) {
  const double odds = single / (1.0 - single);
  constraint out;
  if (one_way) {
    out.map = matrix::Zero(2, 1);
    out.map << odds, 1.0;
    out.shift = vector::Zero(2);
  } else {
    out.map = matrix::Zero(3, 2);
    out.map << (agreement ? odds : 0.0), odds, 1.0, 0.0, 0.0, 1.0;
    out.shift = vector::Zero(3);
  }
  return out;
}

inline icc_result icc(const rating_view& ratings, const icc_options& options, bool one_way, bool agreement,
                      bool of_mean, std::string_view name) {
  if (!(options.null_value >= 0.0))
    throw argument_error(
        "null_value: expected a number from 0 to 1, because REML gives no negative ICC, but found " +
        qascore::detail::format_number(options.null_value));
  icc_result out;
  out.form = options.form;
  out.estimated_by = icc_method::reml;
  out.raters = ratings.raters;
  out.confidence = options.confidence;
  out.method = name;
  const rows data = rows_of(ratings);
  out.n = data.units;
  out.missing = ratings.units - data.units;
  out.undefined = why_undefined(data, one_way);
  if (!out.undefined.empty())
    return out;
  mixed_data model_data{data.y, {{data.unit, data.units}}, {}, {}};
  if (!one_way)
    model_data.factors.push_back({data.rater, data.raters});
  out.undefined = detail_mixed::why_undefined(model_data);
  if (!out.undefined.empty())
    return out;
  likelihood model(model_data);
  const optimum best = model.maximise(model.unconstrained(), model.start());
  const index last = best.at.variance.size() - 1;
  const double unit = best.at.variance[0], rater = one_way ? 0.0 : best.at.variance[1],
               error = best.at.variance[last];
  if (!(error > 1e-10 * model.total())) {
    out.undefined = no_error_left;
    return out;
  }
  out.unit_variance = unit;
  if (!one_way)
    out.rater_variance = rater;
  out.error_variance = error;
  out.ratings_per_unit = one_way ? data.uneven : static_cast<double>(data.raters);
  const double k = of_mean ? out.ratings_per_unit : 1.0;
  const double rest = error + (agreement ? rater : 0.0), single = unit / (unit + rest);
  out.value = for_mean(single, k);

  const matrix covariance = covariance_of(best.at);
  if (unit > 0.0) { // by the delta method, on the log odds: log s_unit - log(rest)
    vector slope = vector::Zero(last + 1);
    slope[0] = 1.0 / unit;
    slope[last] = -1.0 / rest;
    if (agreement)
      slope[1] = -1.0 / rest;
    const double spread = std::sqrt(quadratic(slope, covariance));
    out.std_error = out.value * (1.0 - out.value) * spread;
    if (options.interval == icc_interval::logit ||
        (options.interval == icc_interval::automatic && data.units >= 50 && (one_way || data.raters >= 50))) {
      const double odds = std::log(out.value / (1.0 - out.value));
      const double half = normal_quantile(out.confidence.upper_tail()) * spread;
      out.low = 1.0 / (1.0 + std::exp(-odds + half));
      out.high = 1.0 / (1.0 + std::exp(-odds - half));
      out.df = std::numeric_limits<double>::infinity();
      out.interval_method = "normal on the log odds, raters random";
    }
  } else {
    out.undefined = "the variance between units is estimated as 0: it has no standard error there";
  }

  const double least = best.at.deviance;
  vector warm = best.free.tail(last);
  const auto deviance_at = [&](double of_one) {
    const optimum found = model.maximise(at_icc(of_one, one_way, agreement), warm);
    if (found.at.deviance < least + 100.0)
      warm = found.free;
    return found.at.deviance;
  };
  const double at_null = deviance_at(for_one(options.null_value, k));
  if (options.null_value == 0.0) {
    out.test = boundary_test(at_null, least);
  } else {
    out.test.statistic = std::max(0.0, at_null - least);
    out.test.df1 = 1.0;
    const double half = 0.5 * chi_squared_upper(out.test.statistic, 1.0);
    out.test.p_value = out.value > options.null_value ? half : 1.0 - half;
  }
  if (out.interval_method.empty() && options.interval != icc_interval::logit) {
    const double deviate = normal_quantile(out.confidence.upper_tail());
    const auto excess = [&](double of_one) { return excess_of(deviance_at(of_one), least, deviate); };
    warm = best.free.tail(last);
    const double low =
        excess(0.0) <= 0.0 ? 0.0 : zero_crossing(excess, single, 0.5 * single, [](double v) { return 0.5 * v; });
    warm = best.free.tail(last);
    const double high =
        zero_crossing(excess, single, 0.5 * (1.0 + single), [](double v) { return 0.5 * (1.0 + v); });
    out.low = for_mean(low, k);
    out.high = for_mean(high, k);
    out.interval_method = one_way ? "profile likelihood" : "profile likelihood, raters random";
  }
  return out;
}

} // namespace qascore::kernel::detail_icc_components
