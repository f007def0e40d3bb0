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

  pairs(const design_view& design, std::span<const double> all_x, std::span<const double> all_y)
      : whole_{true} {
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

inline double weight_at(std::span<const double> weight, std::size_t i) {
  return weight.empty() ? 1.0 : weight[i];
}

/// The weighted mean in two steps: the second removes the rounding of the first, so that a column less its
/// mean keeps all digits at any offset.
struct centre {
  double first, second;
  double of(double value) const { return value - first - second; }
};

inline centre centre_of(std::span<const double> values, std::span<const double> weight) {
  detail::accurate_sum total, weights, rest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    total.add(weight_at(weight, i) * values[i]);
    weights.add(weight_at(weight, i));
  }
  const double first = total.value() / weights.value();
  for (std::size_t i = 0; i < values.size(); ++i)
    rest.add(weight_at(weight, i) * (values[i] - first));
  return {first, rest.value() / weights.value()};
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
  const centre cx = centre_of(p.x, p.weight), cy = centre_of(p.y, p.weight);
  detail::accurate_sum aa, bb, ab;
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    const double w = weight_at(p.weight, i), a = cx.of(p.x[i]), b = cy.of(p.y[i]);
    aa.add(w * a * a);
    bb.add(w * b * b);
    ab.add(w * a * b);
  }
  const double saa = aa.value(), sbb = bb.value();
  const double scale = std::sqrt(saa) * std::sqrt(sbb);
  const double r = bounded(ab.value() / scale);
  influence.resize(p.x.size());
  for (std::size_t i = 0; i < p.x.size(); ++i) {
    const double a = cx.of(p.x[i]), b = cy.of(p.y[i]);
    influence[i] = a * b / scale - 0.5 * r * (a * a / saa + b * b / sbb);
  }
  return r;
}

/// Sum of whole and half numbers below 2^52: exact in plain double, whatever the order.
class half_number_sum {
public:
  void add(double term) noexcept { value_ += term; }
  double value() const noexcept { return value_; }

private:
  double value_ = 0.0;
};
/// Up to here sums of ranks of unweighted rows are such numbers (n^2 / 2 < 2^52).
inline constexpr std::size_t exact_rows = std::size_t{1} << 26u;

/// One side of a rank correlation. What a unit reads together lies together.
template <class Sum>
struct ranked_side {
  struct level {
    double rank = 0.0; ///< weighted mid-rank less its mean
    Sum partner;       ///< of w times the other side's rank; in the end the level's share of the influence
  };
  dense_levels dense;
  std::vector<double> weight; ///< of each level; empty: its size
  std::vector<level> levels;
  double squares = 0.0; ///< sum of w rank^2

  level& of(std::size_t unit) { return levels[dense.code[unit]]; }
  double weight_of(std::size_t l) const {
    return weight.empty() ? static_cast<double>(dense.size[l]) : weight[l];
  }
};

template <class Sum>
ranked_side<Sum> rank_side(std::span<const double> values, std::span<const double> weight) {
  ranked_side<Sum> out;
  out.dense = levels_of(values);
  out.levels.resize(out.dense.count());
  for (std::size_t i = 0; i < weight.size(); ++i)
    out.of(i).partner.add(weight[i]);
  if (!weight.empty())
    for (auto& l : out.levels)
      out.weight.push_back(std::exchange(l.partner, {}).value());
  detail::accurate_sum total, below, squares;
  for (std::size_t l = 0; l < out.levels.size(); ++l)
    total.add(out.weight_of(l));
  for (std::size_t l = 0; l < out.levels.size(); ++l) {
    const double w = out.weight_of(l);
    const double rank = below.value() + 0.5 * w - 0.5 * total.value();
    out.levels[l].rank = rank;
    below.add(w);
    squares.add(w * rank * rank);
  }
  out.squares = squares.value();
  return out;
}

/// Puts in place of each level's partner the part of the influence that depends on this side alone:
/// T g / sqrt(F G) - rho / 2 * (f^2 + 2 T f) / F, with T h the sum over higher levels and half of the level's
/// own.
template <class Sum>
void partners_to_influence(ranked_side<Sum>& side, double scale, double rho) {
  detail::accurate_sum above_partner, above_own;
  for (std::size_t l = side.levels.size(); l-- > 0;) {
    auto& level = side.levels[l];
    const double rank = level.rank;
    const double partner = level.partner.value();
    const double own = side.weight_of(l) * rank;
    const double shift_partner = above_partner.value() + 0.5 * partner;
    const double shift_own = above_own.value() + 0.5 * own;
    level.partner = {};
    level.partner.add(shift_partner / scale - 0.5 * rho * (rank * rank + 2.0 * shift_own) / side.squares);
    above_partner.add(partner);
    above_own.add(own);
  }
}

/// Spearman's rho with the influence values of the pairs.
template <class Sum>
double spearman_of(const pairs& p, std::vector<double>& influence) {
  ranked_side<Sum> a = rank_side<Sum>(p.x, p.weight), b = rank_side<Sum>(p.y, p.weight);
  const std::size_t n = p.x.size();
  for (std::size_t i = 0; i < n; ++i) {
    auto& la = a.of(i);
    auto& lb = b.of(i);
    const double w = weight_at(p.weight, i);
    la.partner.add(w * lb.rank);
    lb.partner.add(w * la.rank);
  }
  detail::accurate_sum cross;
  for (const auto& l : a.levels)
    cross.add(l.rank * l.partner.value());
  const double scale = std::sqrt(a.squares * b.squares);
  const double rho = bounded(cross.value() / scale);
  partners_to_influence(a, scale, rho);
  partners_to_influence(b, scale, rho);
  influence.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto& la = a.of(i);
    const auto& lb = b.of(i);
    influence[i] = la.rank * lb.rank / scale + (la.partner.value() + lb.partner.value());
  }
  return rho;
}

inline double coefficient(const pairs& p, correlation_method method, std::vector<double>& influence) {
  if (method == correlation_method::pearson)
    return pearson_of(p, influence);
  return p.weight.empty() && p.x.size() < exact_rows ? spearman_of<half_number_sum>(p, influence)
                                                     : spearman_of<detail::accurate_sum>(p, influence);
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

QASCORE_INLINE linearised pearson(const design_view& design, std::span<const double> x,
                                  std::span<const double> y) {
  return detail_correlation::linearise(design, x, y, correlation_method::pearson);
}

QASCORE_INLINE linearised spearman(const design_view& design, std::span<const double> x,
                                   std::span<const double> y) {
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
    throw argument_error(
        "interval: closed_form holds for independent rows only; under a design choose linearised");

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
