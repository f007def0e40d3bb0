// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/sum.hpp"
#include "../distribution.hpp"
#include "../domain.hpp"
#include "../inference.hpp"
#include "../pairs.hpp"
#include "../within_between.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_within_between {

/// A column taken apart: what it is off from its group's mean, and what that is off from the mean of all.
struct parts {
  std::vector<double> within, between;
};

inline parts take_apart(const complete_pairs& p, std::span<const double> values,
                        std::span<const std::uint32_t> group, std::size_t groups) {
  std::vector<detail::accurate_sum> sum(groups), weight(groups), rest(groups);
  detail::accurate_sum all, all_weight;
  for (std::size_t k = 0; k < values.size(); ++k) {
    sum[group[k]].add(p.weight_of(k) * values[k]);
    weight[group[k]].add(p.weight_of(k));
    all.add(p.weight_of(k) * values[k]);
    all_weight.add(p.weight_of(k));
  }
  // Means in two steps: the second removes the rounding of the first.
  const double first = all.value() / all_weight.value();
  std::vector<double> mean(groups, 0.0);
  for (std::size_t g = 0; g < groups; ++g)
    if (weight[g].value() > 0.0)
      mean[g] = sum[g].value() / weight[g].value();
  for (std::size_t k = 0; k < values.size(); ++k)
    rest[group[k]].add(p.weight_of(k) * (values[k] - mean[group[k]]));
  detail::accurate_sum off;
  for (std::size_t g = 0; g < groups; ++g) {
    const double w = weight[g].value();
    if (w > 0.0)
      off.add(w * ((mean[g] - first) + rest[g].value() / w));
  }
  const double second = off.value() / all_weight.value();
  parts out;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::uint32_t g = group[k];
    const double step = rest[g].value() / weight[g].value();
    out.within.push_back(values[k] - mean[g] - step);
    out.between.push_back((mean[g] - first) + step - second);
  }
  return out;
}

/// r = C / sqrt(A B) with the parts of each unit in C, A and B.
struct moment_correlation {
  double value = missing_value, a = 0.0, b = 0.0, ab = 0.0;
  std::vector<double> influence;
};

/// Between: a unit moves its group's mean by its own distance from it.
template <class Product>
moment_correlation correlate_parts(const complete_pairs& p, const std::vector<double>& x,
                                   const std::vector<double>& y, const Product& product) {
  detail::accurate_sum aa, bb, ab;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double w = p.weight_of(k);
    aa.add(w * x[k] * x[k]);
    bb.add(w * y[k] * y[k]);
    ab.add(w * x[k] * y[k]);
  }
  moment_correlation out;
  out.a = aa.value();
  out.b = bb.value();
  out.ab = ab.value();
  const double scale = std::sqrt(out.a) * std::sqrt(out.b);
  out.value = out.ab / scale;
  out.influence.reserve(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    const auto [u_ab, u_aa, u_bb] = product(k);
    out.influence.push_back(u_ab / scale - 0.5 * out.value * (u_aa / out.a + u_bb / out.b));
  }
  return out;
}

struct products {
  double ab, aa, bb;
};

/// Whether what is left is more than rounding of values of that size.
inline bool varies(double squares, std::span<const double> values) {
  double largest = 0.0;
  for (const double v : values)
    largest = std::max(largest, std::abs(v));
  return squares > std::pow(8.0 * std::numeric_limits<double>::epsilon() * largest, 2) *
                       static_cast<double>(values.size());
}

} // namespace detail_within_between

QASCORE_INLINE within_between_result within_between(const design_view& given, std::span<const double> x,
                                                    std::span<const double> y,
                                                    std::span<const std::uint32_t> group, std::size_t groups,
                                                    confidence_level confidence,
                                                    correlation_interval interval, missing_rows missing) {
  using namespace detail_within_between;
  if (group.size() != given.units)
    throw argument_error("group: expected " + std::to_string(given.units) + " codes but found " +
                         std::to_string(group.size()));
  if (interval == correlation_interval::asymptotic)
    throw argument_error("interval: expected automatic, closed_form or linearised");
  const bool independent = is_independent(given);
  if (interval == correlation_interval::closed_form && !independent)
    throw argument_error(
        "interval: closed_form holds for independent rows only; under a design choose linearised");
  const bool classical = independent && interval != correlation_interval::linearised;

  std::vector<double> grouped_x(x.begin(), x.end());
  for (std::size_t i = 0; i < group.size() && i < grouped_x.size(); ++i)
    if (group[i] == missing_code)
      grouped_x[i] = missing_value;
  const std::vector<double> gaps = gaps_of(given, grouped_x, y);
  design_view clustered = given;
  std::vector<std::uint32_t> cluster;
  if (given.cluster.empty() && given.stratum.empty()) { // units of a group are not independent
    cluster.reserve(group.size());
    for (const std::uint32_t g : group)
      cluster.push_back(g == missing_code ? static_cast<std::uint32_t>(groups) : g);
    clustered.cluster = cluster;
    clustered.clusters = groups + 1;
  }
  const answered_rows answered(clustered, gaps, missing);
  const complete_pairs p(answered.design(), grouped_x, y, gaps);
  std::vector<std::uint32_t> code;
  for (std::size_t i = 0; i < group.size(); ++i)
    if (gaps.empty() || !is_missing(gaps[i]))
      code.push_back(group[i]);
  std::vector<std::size_t> size(groups, 0);
  within_between_result out;
  for (const std::uint32_t g : code)
    out.groups += size[g]++ == 0 ? 1u : 0u;

  std::string obstacle = p.obstacle();
  if (obstacle.empty())
    obstacle = answered.obstacle();
  moment_correlation inside, outside, whole;
  std::string no_inside = obstacle, no_outside = obstacle;
  const auto n = static_cast<double>(code.size()), df = n - static_cast<double>(out.groups) - 1.0;
  if (obstacle.empty()) {
    const parts of_x = take_apart(p, p.x, code, groups), of_y = take_apart(p, p.y, code, groups);
    inside = correlate_parts(p, of_x.within, of_y.within, [&](std::size_t k) {
      const double a = of_x.within[k], b = of_y.within[k];
      return products{a * b, a * a, b * b};
    });
    outside = correlate_parts(p, of_x.between, of_y.between, [&](std::size_t k) {
      const double a = of_x.between[k], b = of_y.between[k], da = of_x.within[k], db = of_y.within[k];
      return products{a * b + da * b + a * db, a * a + 2.0 * a * da, b * b + 2.0 * b * db};
    });
    std::vector<double> dx, dy;
    for (std::size_t k = 0; k < code.size(); ++k) {
      dx.push_back(of_x.within[k] + of_x.between[k]);
      dy.push_back(of_y.within[k] + of_y.between[k]);
    }
    whole = correlate_parts(p, dx, dy, [&](std::size_t k) {
      return products{dx[k] * dy[k], dx[k] * dx[k], dy[k] * dy[k]};
    });
    out.share_x = outside.a / whole.a;
    out.share_y = outside.b / whole.b;
    if (!(df > 1.0))
      no_inside = "no more than 2 pairs beyond one per group";
    else if (!varies(inside.a, p.x) || !varies(inside.b, p.y))
      no_inside = "a column does not vary within groups";
    if (out.groups < 3)
      no_outside = "fewer than 3 groups";
    else if (!varies(outside.a, p.x) || !varies(outside.b, p.y))
      no_outside = "the means of the groups are all equal in a column";
    out.mean_x.assign(groups, missing_value);
    out.mean_y = out.mean_x;
    double weight = 0.0;
    const double whole_x = p.x[0] - of_x.within[0] - of_x.between[0], whole_y = p.y[0] - of_y.within[0] - of_y.between[0];
    for (std::size_t k = 0; k < code.size(); ++k) {
      out.mean_x[code[k]] = p.x[k] - of_x.within[k];
      out.mean_y[code[k]] = p.y[k] - of_y.within[k];
      weight += p.weight_of(k);
    }
    if (no_inside.empty()) {
      out.slope_within = inside.ab / inside.a;
      out.spread_within = std::sqrt(inside.a / weight);
    }
    if (no_outside.empty()) {
      out.slope_between = outside.ab / outside.a;
      out.intercept_between = whole_y - out.slope_between * whole_x;
    }
  }

  const auto finish = [&](tested_estimate& to, moment_correlation& of, const std::string& why,
                          std::string_view name) {
    design_variance spread;
    spread.undefined = why;
    const bool defined = why.empty();
    if (defined) {
      if (1.0 - std::abs(of.value) <= 8.0 * std::numeric_limits<double>::epsilon())
        of.value = std::copysign(1.0, of.value);
      spread = answered.of_answers(p.variance(answered.engine(), of.influence));
      spread.limit_df(p.limit());
    }
    inference_options options;
    options.confidence = confidence;
    options.scale = interval_scale::fisher_z;
    options.method = name;
    options.n = code.size();
    static_cast<estimate&>(to) = infer(defined ? of.value : missing_value, spread, options);
    to.missing = given.units - code.size();
    if (!is_missing(to.low) && to.std_error > 0.0 && std::abs(of.value) < 1.0) {
      to.test.statistic = std::atanh(of.value) * (1.0 - of.value) * (1.0 + of.value) / to.std_error;
      to.test.df1 = spread.df;
      to.test.p_value = student_t_p_value(to.test.statistic, spread.df);
    }
  };
  finish(out.within, inside, no_inside, "correlation within groups");
  finish(out.between, outside, no_outside, "correlation between groups");
  finish(out.total, whole, obstacle, "correlation of all");
  if (classical && no_inside.empty()) {
    const double r = inside.value;
    out.within.interval_method = "Fisher z";
    out.within.test.df1 = df;
    out.within.test.statistic = r * std::sqrt(df / ((1.0 - r) * (1.0 + r)));
    out.within.test.p_value = student_t_p_value(out.within.test.statistic, df);
    if (std::abs(r) < 1.0) {
      const double half = normal_quantile(confidence.upper_tail()) / std::sqrt(df - 1.0);
      out.within.low = std::tanh(std::atanh(r) - half);
      out.within.high = std::tanh(std::atanh(r) + half);
      out.within.df = std::numeric_limits<double>::infinity();
      out.within.undefined.clear();
    }
  }
  return out;
}

} // namespace qascore::kernel
