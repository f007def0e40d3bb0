// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/sum.hpp"
#include "../correlation.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "../rank.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_correlation {

/// The complete pairs side by side with their weights (empty: all 1). Columns without gaps are not copied.
class pairs {
public:
  std::span<const double> x, y, weight;

  pairs(const design_view& design, std::span<const double> all_x, std::span<const double> all_y) : whole_{true} {
    if (all_x.size() != design.units || all_y.size() != design.units)
      throw argument_error("columns: expected " + std::to_string(design.units) + " values each but found " +
                           std::to_string(all_x.size()) + " and " + std::to_string(all_y.size()));
    const auto gap = [&](std::size_t i) { return is_missing(all_x[i]) || is_missing(all_y[i]); };
    for (std::size_t i = 0; i < design.units && whole_; ++i)
      whole_ = !gap(i);
    x = all_x;
    y = all_y;
    weight = design.weight;
    if (whole_)
      return;
    for (std::size_t i = 0; i < design.units; ++i)
      if (!gap(i))
        rows_.push_back(static_cast<std::uint32_t>(i));
    x = taken(x, x_);
    y = taken(y, y_);
    if (!weight.empty())
      weight = taken(weight, weight_);
  }
  pairs(const pairs&) = delete;
  pairs& operator=(const pairs&) = delete;

  design_variance variance(variance_engine engine, std::span<const double> influence) const {
    return whole_ ? engine.of_all(influence) : engine.of_rows(rows_, influence);
  }
  /// The influence values at their places in the design, 0 elsewhere.
  std::vector<double> spread_out(std::vector<double>&& influence, std::size_t units) const {
    if (whole_)
      return std::move(influence);
    std::vector<double> out(units, 0.0);
    for (std::size_t k = 0; k < rows_.size(); ++k)
      out[rows_[k]] = influence[k];
    return out;
  }

private:
  std::span<const double> taken(std::span<const double> from, std::vector<double>& into) const {
    into.reserve(rows_.size());
    for (const std::uint32_t i : rows_)
      into.push_back(from[i]);
    return into;
  }

  bool whole_;
  std::vector<std::uint32_t> rows_; ///< empty when whole
  std::vector<double> x_, y_, weight_;
};

inline double weight_at(std::span<const double> weight, std::size_t i) { return weight.empty() ? 1.0 : weight[i]; }

/// The column less its weighted mean; the second step removes the rounding of the first, so that a constant column
/// becomes exactly 0.
inline std::vector<double> centred(std::span<const double> values, std::span<const double> weight) {
  std::vector<double> out(values.begin(), values.end());
  for (int step = 0; step < 2; ++step) {
    detail::accurate_sum total, weights;
    for (std::size_t i = 0; i < out.size(); ++i) {
      total.add(weight_at(weight, i) * out[i]);
      weights.add(weight_at(weight, i));
    }
    const double mean = total.value() / weights.value();
    for (double& v : out)
      v -= mean;
  }
  return out;
}

inline bool constant(std::span<const double> values) {
  return std::ranges::all_of(values, [&](double v) { return v == values[0]; });
}

/// Why there is no coefficient; empty when there is one.
inline std::string obstacle(const pairs& p) {
  if (p.x.size() < 3)
    return "fewer than 3 pairs";
  if (constant(p.x))
    return constant(p.y) ? "both columns are constant" : "the first column is constant";
  return constant(p.y) ? "the second column is constant" : "";
}

/// Within rounding of +-1 is +-1: all pairs on one line.
inline double bounded(double r) {
  return 1.0 - std::abs(r) <= 4.0 * std::numeric_limits<double>::epsilon() ? std::copysign(1.0, r) : r;
}

/// Pearson's r with the influence values of the pairs.
inline double pearson_of(const pairs& p, std::vector<double>& influence) {
  const std::vector<double> a = centred(p.x, p.weight), b = centred(p.y, p.weight);
  detail::accurate_sum aa, bb, ab;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double w = weight_at(p.weight, i);
    aa.add(w * a[i] * a[i]);
    bb.add(w * b[i] * b[i]);
    ab.add(w * a[i] * b[i]);
  }
  const double saa = aa.value(), sbb = bb.value();
  const double scale = std::sqrt(saa) * std::sqrt(sbb);
  const double r = bounded(ab.value() / scale);
  influence.resize(a.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    influence[i] = a[i] * b[i] / scale - 0.5 * r * (a[i] * a[i] / saa + b[i] * b[i] / sbb);
  return r;
}

/// One side of a rank correlation, by level.
struct ranked_side {
  dense_levels levels;
  std::vector<double> weight;                ///< of the level
  std::vector<double> rank;                  ///< weighted mid-rank less its mean
  std::vector<detail::accurate_sum> partner; ///< sum of w times the other side's rank
  double squares = 0.0;                      ///< sum of w rank^2
};

inline ranked_side rank_side(std::span<const double> values, std::span<const double> weight) {
  ranked_side out;
  out.levels = levels_of(values);
  const std::size_t count = out.levels.count;
  out.weight.assign(count, 0.0);
  out.partner.resize(count);
  if (weight.empty()) {
    for (const std::uint32_t l : out.levels.code)
      out.weight[l] += 1.0;
  } else {
    for (std::size_t i = 0; i < weight.size(); ++i)
      out.partner[out.levels.code[i]].add(weight[i]);
    for (std::size_t l = 0; l < count; ++l)
      out.weight[l] = std::exchange(out.partner[l], {}).value();
  }
  detail::accurate_sum total, below, squares;
  for (const double w : out.weight)
    total.add(w);
  out.rank.resize(count);
  for (std::size_t l = 0; l < count; ++l) {
    out.rank[l] = below.value() + 0.5 * out.weight[l] - 0.5 * total.value();
    below.add(out.weight[l]);
    squares.add(out.weight[l] * out.rank[l] * out.rank[l]);
  }
  out.squares = squares.value();
  return out;
}

/// Per level l the part of the influence that depends on this side alone:
/// T g / sqrt(F G) - rho / 2 * (f^2 + 2 T f) / F, with T h(l) the sum over higher levels and half of l's own.
inline std::vector<double> side_influence(const ranked_side& side, double scale, double rho) {
  std::vector<double> out(side.rank.size());
  detail::accurate_sum above_partner, above_own;
  for (std::size_t l = out.size(); l-- > 0;) {
    const double partner = side.partner[l].value();
    const double own = side.weight[l] * side.rank[l];
    const double shift_partner = above_partner.value() + 0.5 * partner;
    const double shift_own = above_own.value() + 0.5 * own;
    out[l] = shift_partner / scale -
             0.5 * rho * (side.rank[l] * side.rank[l] + 2.0 * shift_own) / side.squares;
    above_partner.add(partner);
    above_own.add(own);
  }
  return out;
}

/// Spearman's rho with the influence values of the pairs.
inline double spearman_of(const pairs& p, std::vector<double>& influence) {
  ranked_side a = rank_side(p.x, p.weight), b = rank_side(p.y, p.weight);
  const std::size_t n = p.x.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t la = a.levels.code[i], lb = b.levels.code[i];
    const double w = weight_at(p.weight, i);
    a.partner[la].add(w * b.rank[lb]);
    b.partner[lb].add(w * a.rank[la]);
  }
  detail::accurate_sum cross;
  for (std::size_t l = 0; l < a.rank.size(); ++l)
    cross.add(a.rank[l] * a.partner[l].value());
  const double scale = std::sqrt(a.squares) * std::sqrt(b.squares);
  const double rho = bounded(cross.value() / scale);
  const std::vector<double> from_a = side_influence(a, scale, rho), from_b = side_influence(b, scale, rho);
  influence.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t la = a.levels.code[i], lb = b.levels.code[i];
    influence[i] = a.rank[la] * b.rank[lb] / scale + (from_a[la] + from_b[lb]);
  }
  return rho;
}

inline double coefficient(const pairs& p, correlation_method method, std::vector<double>& influence) {
  return method == correlation_method::pearson ? pearson_of(p, influence) : spearman_of(p, influence);
}

inline linearised linearise(const design_view& design, std::span<const double> x, std::span<const double> y,
                            correlation_method method) {
  const pairs p(design, x, y);
  linearised out;
  out.undefined = obstacle(p);
  if (!out.undefined.empty())
    return out;
  std::vector<double> influence;
  out.value = coefficient(p, method, influence);
  out.influence = p.spread_out(std::move(influence), design.units);
  return out;
}

inline std::string_view name_of(correlation_method method, bool independent) {
  if (method == correlation_method::pearson)
    return independent ? "Pearson correlation, independent rows" : "Pearson correlation, sample design";
  return independent ? "Spearman correlation, independent rows" : "Spearman correlation, sample design";
}

inline double closed_form_spread(correlation_method method, double r, double n) {
  return std::sqrt((method == correlation_method::pearson ? 1.0 : 1.0 + 0.5 * r * r) / (n - 3.0));
}

} // namespace detail_correlation

QASCORE_INLINE linearised pearson(const design_view& design, std::span<const double> x, std::span<const double> y) {
  return detail_correlation::linearise(design, x, y, correlation_method::pearson);
}

QASCORE_INLINE linearised spearman(const design_view& design, std::span<const double> x, std::span<const double> y) {
  return detail_correlation::linearise(design, x, y, correlation_method::spearman);
}

QASCORE_INLINE tested_estimate correlate(const design_view& design, std::span<const double> x,
                                         std::span<const double> y, correlation_method method,
                                         confidence_level confidence, correlation_interval interval) {
  using namespace detail_correlation;
  const bool independent = is_independent(design);
  if (interval == correlation_interval::automatic)
    interval = independent ? correlation_interval::closed_form : correlation_interval::linearised;
  const bool closed = interval == correlation_interval::closed_form;
  if (closed && !independent)
    throw argument_error("interval: closed_form holds for independent rows only; under a design choose linearised");

  const pairs p(design, x, y);
  const auto n = static_cast<double>(p.x.size());
  inference_options options;
  options.confidence = confidence;
  options.scale = interval_scale::fisher_z;
  options.method = name_of(method, independent);
  options.n = p.x.size();

  tested_estimate out;
  design_variance spread;
  spread.undefined = obstacle(p);
  double r = missing_value;
  if (spread.undefined.empty()) {
    std::vector<double> influence;
    r = coefficient(p, method, influence);
    spread = p.variance(variance_engine(design), influence);
  }
  static_cast<estimate&>(out) = infer(r, spread, options);
  out.missing = design.units - p.x.size();
  if (closed)
    out.interval_method = method == correlation_method::pearson ? "Fisher z" : "Fisher z, Bonett-Wright";
  if (is_missing(r))
    return out;

  if (!spread.census) {
    if (std::abs(r) == 1.0)
      out.undefined = "all pairs lie on one line: no interval";
    else if (n < 4.0)
      out.undefined = "fewer than 4 pairs: no interval";
    if (!out.undefined.empty()) {
      out.low = out.high = missing_value;
    } else if (closed) {
      out.df = std::numeric_limits<double>::infinity();
      const double half = normal_quantile(confidence.upper_tail()) * closed_form_spread(method, r, n);
      out.low = std::tanh(std::atanh(r) - half);
      out.high = std::tanh(std::atanh(r) + half);
    }
  }

  if (independent) {
    out.test.statistic = r * std::sqrt((n - 2.0) / ((1.0 - r) * (1.0 + r)));
    out.test.df1 = n - 2.0;
  } else if (out.std_error > 0.0 && std::abs(r) < 1.0) {
    out.test.statistic = std::atanh(r) * (1.0 - r) * (1.0 + r) / out.std_error;
    out.test.df1 = spread.df;
  }
  out.test.p_value = student_t_p_value(out.test.statistic, out.test.df1);
  return out;
}

} // namespace qascore::kernel
