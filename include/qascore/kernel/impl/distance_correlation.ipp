// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../distance_correlation.hpp"
#include "../distribution.hpp"
#include "../domain.hpp"
#include "../inference.hpp"
#include "../rank.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace qascore::kernel {
namespace detail_distance {

/// Sums of w, w x, w y, w x y over some units, from which sum w (x - a)(y - b) follows for any a, b.
struct moments {
  double w = 0.0, x = 0.0, y = 0.0, xy = 0.0;

  void add(double weight, double at_x, double at_y) noexcept {
    w += weight;
    x += weight * at_x;
    y += weight * at_y;
    xy += weight * at_x * at_y;
  }
  moments& operator+=(const moments& o) noexcept {
    w += o.w;
    x += o.x;
    y += o.y;
    xy += o.xy;
    return *this;
  }
  friend moments operator-(const moments& a, const moments& b) noexcept {
    return {a.w - b.w, a.x - b.x, a.y - b.y, a.xy - b.xy};
  }
  double about(double at_x, double at_y) const noexcept { return at_x * at_y * w - at_x * y - at_y * x + xy; }
};

/// One column less its mean, in order, with the weighted sum of distances from each of its values.
struct side {
  std::vector<double> value, distances; ///< by pair
  std::vector<std::uint32_t> order;

  side(const complete_pairs& p, std::span<const double> values) {
    detail::accurate_sum sum, total;
    for (std::size_t k = 0; k < values.size(); ++k) {
      sum.add(p.weight_of(k) * values[k]);
      total.add(p.weight_of(k));
    }
    const double mean = sum.value() / total.value();
    value.reserve(values.size());
    for (const double v : values)
      value.push_back(v - mean);
    order = order_of(values).row;
  }

  /// By pair i, sum_j w_j h_j |v_i - v_j|.
  template <class Weight>
  std::vector<double> distance_sums(const Weight& weight) const {
    detail::accurate_sum all, all_value;
    for (std::size_t k = 0; k < value.size(); ++k) {
      all.add(weight(k));
      all_value.add(weight(k) * value[k]);
    }
    std::vector<double> out(value.size());
    detail::accurate_sum below, below_value;
    for (const std::uint32_t k : order) {
      // Of those at or below v - v_j, of the others v_j - v; equal ones count nothing either way.
      out[k] =
          value[k] * (2.0 * below.value() - all.value()) + (all_value.value() - 2.0 * below_value.value());
      below.add(weight(k));
      below_value.add(weight(k) * value[k]);
    }
    return out;
  }
};

/// By pair i, sum_j w_j |x_i - x_j| |y_i - y_j|: all products (x_i - x_j)(y_i - y_j) less twice the negative ones, which are
/// those of units lower in one column and higher in the other; equal ones count nothing. One sweep by x over a tree by y.
inline std::vector<double> product_sums(const complete_pairs& p, const side& x, const side& y,
                                        const dense_levels& level) {
  const std::size_t n = p.x.size(), levels = level.count();
  std::vector<moments> tree(levels), below_y(levels + 1);
  for (std::size_t k = 0; k < n; ++k)
    below_y[level.code[k] + 1].add(p.weight_of(k), x.value[k], y.value[k]);
  for (std::size_t l = 0; l < levels; ++l)
    below_y[l + 1] += below_y[l];
  const moments all = below_y[levels];
  moments lower_x;
  std::vector<double> out(n);
  for (const std::uint32_t k : x.order) {
    const std::uint32_t l = level.code[k];
    moments both; // lower in x and in y
    for (std::size_t at = l; at > 0; at -= at & (~at + 1))
      both += tree[at - 1];
    const moments falling = (lower_x - both), rising = (below_y[l] - both);
    const double a = x.value[k], b = y.value[k];
    out[k] = all.about(a, b) - 2.0 * (falling.about(a, b) + rising.about(a, b));
    const double w = p.weight_of(k);
    for (std::size_t at = std::size_t{l} + 1; at <= levels; at += at & (~at + 1))
      tree[at - 1].add(w, a, b);
    lower_x.add(w, a, b);
  }
  return out;
}

/// A squared distance covariance with its derivative in each weight, times W.
struct squared {
  double value = 0.0, unbiased = missing_value;
  std::vector<double> influence;
};

/// From the sums of distances of both columns, of their products, and of one column weighted by the other's sums.
inline squared covariance_of(const complete_pairs& p, double total, std::span<const double> a,
                             std::span<const double> b, std::span<const double> products,
                             std::span<const double> a_of_b, std::span<const double> b_of_a) {
  detail::accurate_sum s_ab, s_a, s_b, s_cross;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double w = p.weight_of(k);
    s_ab.add(w * products[k]);
    s_a.add(w * a[k]);
    s_b.add(w * b[k]);
    s_cross.add(w * a[k] * b[k]);
  }
  const double w2 = total * total, first = s_ab.value() / w2, mean_a = s_a.value() / w2,
               mean_b = s_b.value() / w2, cross = s_cross.value() / (w2 * total);
  squared out;
  out.value = std::max(0.0, first + mean_a * mean_b - 2.0 * cross);
  if (const auto n = static_cast<double>(a.size()); p.weight.empty() && n > 3.0)
    out.unbiased = (s_ab.value() - 2.0 * s_cross.value() / (n - 2.0) +
                    s_a.value() * s_b.value() / ((n - 1.0) * (n - 2.0))) /
                   (n * (n - 3.0));
  out.influence.reserve(a.size());
  for (std::size_t k = 0; k < a.size(); ++k)
    out.influence.push_back(2.0 * (products[k] / total - first) +
                            2.0 * (mean_b * (a[k] / total - mean_a) + mean_a * (b[k] / total - mean_b)) -
                            2.0 * ((a[k] * b[k] + a_of_b[k] + b_of_a[k]) / w2 - 3.0 * cross));
  return out;
}

/// The same of a column with itself: products of distances are squares, which two moments give.
inline squared variance_of_side(const complete_pairs& p, double total, const side& s,
                                std::span<const double> distances) {
  detail::accurate_sum sum, squares;
  for (std::size_t k = 0; k < distances.size(); ++k) {
    sum.add(p.weight_of(k) * s.value[k]);
    squares.add(p.weight_of(k) * s.value[k] * s.value[k]);
  }
  std::vector<double> products;
  products.reserve(distances.size());
  for (const double v : s.value)
    products.push_back(v * v * total - 2.0 * v * sum.value() + squares.value());
  const std::vector<double> own =
      s.distance_sums([&](std::size_t k) { return p.weight_of(k) * distances[k]; });
  return covariance_of(p, total, distances, distances, products, own, own);
}

} // namespace detail_distance

QASCORE_INLINE distance_result distance_of(const complete_pairs& pairs, std::vector<double>& influence) {
  using namespace detail_distance;
  const side x(pairs, pairs.x), y(pairs, pairs.y);
  detail::accurate_sum weights;
  for (std::size_t k = 0; k < pairs.x.size(); ++k)
    weights.add(pairs.weight_of(k));
  const double total = weights.value();
  const auto weight = [&](std::size_t k) { return pairs.weight_of(k); };
  const std::vector<double> a = x.distance_sums(weight), b = y.distance_sums(weight);
  const squared xx = variance_of_side(pairs, total, x, a), yy = variance_of_side(pairs, total, y, b);
  const squared xy = covariance_of(pairs, total, a, b, product_sums(pairs, x, y, levels_of(pairs.y)),
                                   x.distance_sums([&](std::size_t k) { return pairs.weight_of(k) * b[k]; }),
                                   y.distance_sums([&](std::size_t k) { return pairs.weight_of(k) * a[k]; }));
  const double scale = std::sqrt(xx.value) * std::sqrt(yy.value), share = xy.value / scale;
  distance_result out{std::sqrt(share), std::sqrt(xy.value), missing_value};
  if (!is_missing(xy.unbiased)) {
    const double unbiased_scale = xx.unbiased * yy.unbiased;
    out.bias_corrected = unbiased_scale > 0.0 ? xy.unbiased / std::sqrt(unbiased_scale) : 0.0;
  }
  influence.resize(pairs.x.size());
  const double outer = out.correlation > 0.0 ? 0.5 / (out.correlation * total) : 0.0;
  for (std::size_t k = 0; k < influence.size(); ++k)
    influence[k] = outer * (xy.influence[k] / scale -
                            0.5 * share * (xx.influence[k] / xx.value + yy.influence[k] / yy.value));
  return out;
}

QASCORE_INLINE linearised distance_correlation(const design_view& design, std::span<const double> x,
                                               std::span<const double> y) {
  const complete_pairs p(design, x, y, gaps_of(design, x, y));
  linearised out;
  out.undefined = p.obstacle();
  if (!out.undefined.empty())
    return out;
  std::vector<double> influence;
  out.value = distance_of(p, influence).correlation;
  out.influence = p.spread_out(std::move(influence), design.units);
  out.limit = p.limit();
  return out;
}

QASCORE_INLINE distance_estimate distance_correlation(const design_view& given, std::span<const double> x,
                                                      std::span<const double> y, confidence_level confidence,
                                                      missing_rows missing) {
  const std::vector<double> gaps = gaps_of(given, x, y);
  const answered_rows answered(given, gaps, missing);
  const complete_pairs p(answered.design(), x, y, gaps);
  inference_options options;
  options.confidence = confidence;
  options.scale = interval_scale::logit;
  options.method = is_independent(given) ? "distance correlation, independent rows"
                                         : "distance correlation, sample design";
  options.n = p.x.size();
  distance_estimate out;
  design_variance spread;
  spread.undefined = p.obstacle();
  if (const std::string silent = answered.obstacle(); !silent.empty())
    spread.undefined = silent;
  distance_result found{missing_value, missing_value, missing_value};
  if (spread.undefined.empty()) {
    std::vector<double> influence;
    found = distance_of(p, influence);
    spread = answered.of_answers(p.variance(answered.engine(), influence));
    spread.limit_df(p.limit());
  }
  static_cast<estimate&>(out) = infer(found.correlation, spread, options);
  out.missing = given.units - p.x.size();
  out.covariance = found.covariance;
  out.bias_corrected = found.bias_corrected;
  if (is_independent(given) && !is_missing(found.bias_corrected)) {
    out.test.statistic = static_cast<double>(p.x.size()) * found.bias_corrected + 1.0;
    out.test.df1 = 1.0;
    out.test.p_value = out.test.statistic > 0.0 ? chi_squared_upper(out.test.statistic, 1.0) : 1.0;
  }
  return out;
}

} // namespace qascore::kernel
