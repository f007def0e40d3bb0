// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../distribution.hpp"
#include "../rank.hpp"
#include "../rank_correlation.hpp"
#include "running_totals.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace qascore::kernel {
namespace detail_rank_correlation {

using detail_totals::exact_rows, detail_totals::half_number_sum, detail_totals::running_totals;

/// The two columns of a rank correlation: the one with more levels in their order, so that what belongs to a level is
/// met at once, the other as codes.
struct ranked_columns {
  level_order outer;
  dense_levels inner;
  bool turned; ///< outer is y
};

inline ranked_columns ranked(std::span<const double> x, std::span<const double> y) {
  dense_levels inner = levels_of(y);
  if (inner.count() <= few_levels) { // then most often x has many, whose codes nobody needs
    level_order outer = order_of(x);
    if (outer.count() >= inner.count())
      return {std::move(outer), std::move(inner), false};
  }
  dense_levels other = levels_of(x);
  const bool turned = other.count() < inner.count();
  if (turned)
    std::swap(inner, other);
  return {order_of(other), std::move(inner), turned};
}

/// Weight of each level: how many units stand there where those have none.
class level_weights {
public:
  level_weights(const std::vector<std::uint32_t>& size, std::vector<double> weight)
      : size_{size}, weight_{std::move(weight)} {}

  double operator[](std::size_t level) const noexcept {
    return weight_.empty() ? static_cast<double>(size_[level]) : weight_[level];
  }
  std::size_t count() const noexcept { return size_.size(); }

private:
  std::span<const std::uint32_t> size_;
  std::vector<double> weight_;
};

template <class Sum>
level_weights weights_of(const dense_levels& levels, const complete_pairs& p) {
  std::vector<Sum> sum(p.weight.empty() ? 0 : levels.count());
  for (std::size_t i = 0; i < p.weight.size(); ++i)
    sum[levels.code[i]].add(p.weight[i]);
  std::vector<double> out;
  out.reserve(sum.size());
  for (const Sum& s : sum)
    out.push_back(s.value());
  return {levels.size, std::move(out)};
}

template <class Sum>
level_weights weights_of(const level_order& levels, const complete_pairs& p) {
  std::vector<double> out;
  if (!p.weight.empty()) {
    out.reserve(levels.count());
    std::size_t k = 0;
    for (const std::uint32_t size : levels.size) {
      Sum sum;
      for (const std::size_t last = k + size; k < last; ++k)
        sum.add(p.weight[levels.row[k]]);
      out.push_back(sum.value());
    }
  }
  return {levels.size, std::move(out)};
}

template <class Sum>
double sum_of(const level_weights& weight) {
  Sum sum;
  for (std::size_t l = 0; l < weight.count(); ++l)
    sum.add(weight[l]);
  return sum.value();
}

/// What Spearman's rho knows of a level.
struct level_share {
  double rank = 0.0; ///< weighted mid-rank less its mean
  double partner =
      0.0; ///< sum of w times the other side's rank; in the end the level's share of the influence
};

/// The ranks of the levels and the sum of w rank^2.
template <class Sum>
double rank_levels(const level_weights& weight, std::vector<level_share>& out) {
  const double total = sum_of<Sum>(weight);
  Sum below;
  detail::accurate_sum squares;
  out.reserve(weight.count());
  for (std::size_t l = 0; l < weight.count(); ++l) {
    const double w = weight[l];
    const double rank = below.value() + 0.5 * w - 0.5 * total;
    out.push_back({rank, 0.0});
    below.add(w);
    squares.add(w * rank * rank);
  }
  return squares.value();
}

/// Puts in place of each level's partner the part of the influence that depends on this side alone:
/// T g / sqrt(F G) - rho / 2 * (f^2 + 2 T f) / F, with T h the sum over higher levels and half of the level's
/// own.
template <class Sum>
void partners_to_influence(std::vector<level_share>& levels, const level_weights& weight, double squares,
                           double scale, double rho) {
  Sum above_partner, above_own;
  for (std::size_t l = levels.size(); l-- > 0;) {
    level_share& level = levels[l];
    const double partner = level.partner;
    const double own = weight[l] * level.rank;
    const double shift_partner = above_partner.value() + 0.5 * partner;
    const double shift_own = above_own.value() + 0.5 * own;
    level.partner = shift_partner / scale - 0.5 * rho * (level.rank * level.rank + 2.0 * shift_own) / squares;
    above_partner.add(partner);
    above_own.add(own);
  }
}

/// Spearman's rho with the influence values of the pairs.
template <class Sum>
double spearman_by(const complete_pairs& p, std::vector<double>& influence) {
  const ranked_columns columns = ranked(p.x, p.y);
  const auto& [outer, inner, turned] = columns;
  const level_weights outer_weight = weights_of<Sum>(outer, p), inner_weight = weights_of<Sum>(inner, p);
  std::vector<level_share> a, b;
  const double outer_squares = rank_levels<Sum>(outer_weight, a),
               inner_squares = rank_levels<Sum>(inner_weight, b);
  std::vector<Sum> inner_partner(inner.count());
  detail::accurate_sum cross;
  std::size_t k = 0;
  for (std::size_t l = 0; l < a.size(); ++l) {
    Sum partner;
    for (const std::size_t last = k + outer.size[l]; k < last; ++k) {
      const double w = p.weight_of(outer.row[k]);
      const std::uint32_t code = inner.code[outer.row[k]];
      partner.add(w * b[code].rank);
      inner_partner[code].add(w * a[l].rank);
    }
    a[l].partner = partner.value();
    cross.add(a[l].rank * a[l].partner);
  }
  for (std::size_t l = 0; l < b.size(); ++l)
    b[l].partner = inner_partner[l].value();
  const double scale = std::sqrt(outer_squares * inner_squares);
  const double rho = cross.value() / scale;
  partners_to_influence<Sum>(a, outer_weight, outer_squares, scale, rho);
  partners_to_influence<Sum>(b, inner_weight, inner_squares, scale, rho);
  influence.resize(p.x.size());
  k = 0;
  for (std::size_t l = 0; l < a.size(); ++l)
    for (const std::size_t last = k + outer.size[l]; k < last; ++k) {
      const level_share& other = b[inner.code[outer.row[k]]];
      influence[outer.row[k]] = a[l].rank * other.rank / scale + (a[l].partner + other.partner);
    }
  return rho;
}

/// running_totals at few levels, in plain doubles: an addition moves every sum above it at once.
class few_totals {
public:
  using code = std::uint8_t; ///< a column of them stays in a near cache while it is read in any order
  static constexpr std::size_t most_levels = 8;

  void add(std::uint32_t level, double term) noexcept {
    for (std::size_t k = 0; k < most_levels; ++k)
      up_to_[k] += term * steps[level][k];
  }
  std::pair<double, double> around(std::size_t level) const noexcept {
    return {level == 0 ? 0.0 : up_to_[level - 1], up_to_[level]};
  }

private:
  using row = std::array<double, most_levels>;
  /// [level][k]: 1 where a unit at `level` counts in the sum up to k.
  static constexpr std::array<row, most_levels> steps = [] {
    std::array<row, most_levels> out{};
    for (std::size_t level = 0; level < most_levels; ++level)
      for (std::size_t k = level; k < most_levels; ++k)
        out[level][k] = 1.0;
    return out;
  }();
  row up_to_{};
};

/// By unit, in the order of `outer`: the weight of the units concordant with it less that of the discordant
/// ones, and its level of `inner`.
template <class Code>
struct concordance {
  std::vector<double> score;
  std::vector<Code> inner;
};

/// Units come in by ascending levels of `outer`; the totals by levels of `inner` are asked before and after
/// each group of equal outer levels.
template <class Sum, class Totals>
concordance<typename Totals::code> concordance_of(const level_order& outer, const dense_levels& inner,
                                                  const level_weights& inner_weight, const complete_pairs& p,
                                                  Totals totals) {
  const std::size_t levels = inner.count();
  std::vector<double> below(levels + 1, 0.0);
  detail::accurate_sum running;
  for (std::size_t l = 0; l < levels; ++l) {
    running.add(inner_weight[l]);
    below[l + 1] = running.value();
  }
  const std::vector<typename Totals::code> codes(inner.code.begin(), inner.code.end());
  concordance<typename Totals::code> out;
  out.score.reserve(outer.row.size());
  out.inner.reserve(outer.row.size());
  for (const std::uint32_t i : outer.row)
    out.inner.push_back(codes[i]);

  Sum seen;
  // Lower in outer: concordant if lower in inner as well.
  const auto with_lower = [&](std::uint32_t l) {
    const auto [lower, up_to] = totals.around(l);
    return lower - (seen.value() - up_to);
  };
  // Higher in outer, that is not yet in: concordant if higher in inner.
  const auto with_higher = [&](std::uint32_t l) {
    const auto [lower, up_to] = totals.around(l);
    return (below[levels] - below[l + 1]) - (seen.value() - up_to) - (below[l] - lower);
  };
  std::size_t first = 0;
  for (const std::uint32_t size : outer.size) {
    if (size == 1) { // its own weight changes none of the totals that it asks for
      const std::uint32_t l = out.inner[first];
      const auto [lower, up_to] = totals.around(l);
      const double higher = seen.value() - up_to;
      out.score.push_back((lower - higher) + ((below[levels] - below[l + 1]) - higher - (below[l] - lower)));
      const double w = p.weight_of(outer.row[first++]);
      totals.add(l, w);
      seen.add(w);
      continue;
    }
    const std::size_t last = first + size;
    for (std::size_t k = first; k < last; ++k)
      out.score.push_back(with_lower(out.inner[k]));
    for (std::size_t k = first; k < last; ++k) {
      const double w = p.weight_of(outer.row[k]);
      totals.add(out.inner[k], w);
      seen.add(w);
    }
    for (std::size_t k = first; k < last; ++k)
      out.score[k] += with_higher(out.inner[k]);
    first = last;
  }
  return out;
}

/// Sum over units of the weight of those at other levels.
template <class Sum>
double distinct_pairs(const level_weights& weight, double total) {
  Sum sum;
  for (std::size_t l = 0; l < weight.count(); ++l)
    sum.add(weight[l] * (total - weight[l]));
  return sum.value();
}

/// Sums over groups of ties t: t (t - 1), t (t - 1) (t - 2), t (t - 1) (2 t + 5).
struct tie_sums {
  double pairs = 0.0, triples = 0.0, spread = 0.0;
};

inline tie_sums ties_of(const std::vector<std::uint32_t>& sizes) {
  tie_sums out;
  for (const std::uint32_t size : sizes) {
    const double t = size;
    out.pairs += t * (t - 1.0);
    out.triples += t * (t - 1.0) * (t - 2.0);
    out.spread += t * (t - 1.0) * (2.0 * t + 5.0);
  }
  return out;
}

inline test_result kendall_test(const ranked_columns& columns, double score) {
  const auto n = static_cast<double>(columns.inner.code.size());
  const double all = n * (n - 1.0);
  const tie_sums x = ties_of(columns.outer.size), y = ties_of(columns.inner.size);
  const double variance = (all * (2.0 * n + 5.0) - x.spread - y.spread) / 18.0 +
                          x.pairs * y.pairs / (2.0 * all) + x.triples * y.triples / (9.0 * all * (n - 2.0));
  test_result out;
  out.statistic = score / std::sqrt(variance);
  out.df1 = std::numeric_limits<double>::infinity();
  out.p_value = 2.0 * normal_cdf(-std::abs(out.statistic));
  return out;
}

/// Weight of the units that share both levels with each unit, in the order of `outer`.
template <class Sum, class Code>
std::vector<double> shared_cells(const level_order& outer, const std::vector<Code>& inner, std::size_t levels,
                                 const complete_pairs& p) {
  std::vector<double> out(inner.size());
  std::vector<Sum> cell(levels);
  std::size_t first = 0;
  for (const std::uint32_t size : outer.size) {
    const std::size_t last = first + size;
    for (std::size_t k = first; k < last; ++k)
      cell[inner[k]].add(p.weight_of(outer.row[k]));
    for (std::size_t k = first; k < last; ++k)
      out[k] = cell[inner[k]].value();
    for (std::size_t k = first; k < last; ++k)
      cell[inner[k]] = Sum{};
    first = last;
  }
  return out;
}

/// A coefficient S / D with the influence u_k = per_score K_k - (outer_k + inner_k) - per_untied U_k, U_k the weight of the
/// units that differ from unit k in both columns.
struct pair_ratio {
  double value = missing_value, per_score = 0.0, per_untied = 0.0, constant = 0.0;
  double outer_part = 0.0, inner_part = 0.0; ///< of the weight of the units at other levels
};

/// S: sum of w K; dx, dy: pairs that differ in the outer, the inner column; untied: in both; all ordered.
inline pair_ratio ratio_of(pair_coefficient coefficient, bool turned, double score, double dx, double dy,
                           double untied, double w, std::size_t fewest_levels) {
  pair_ratio out;
  switch (coefficient) {
  case pair_coefficient::tau_b: {
    const double scale = std::sqrt(dx * dy);
    out.value = score / scale;
    out.per_score = 2.0 / scale;
    out.outer_part = out.value / dx;
    out.inner_part = out.value / dy;
    break;
  }
  case pair_coefficient::tau_c: {
    const auto m = static_cast<double>(fewest_levels);
    const double scale = w * w * (m - 1.0) / m;
    out.value = score / scale;
    out.per_score = 2.0 / scale;
    out.constant = 2.0 * out.value / w;
    break;
  }
  case pair_coefficient::gamma:
    out.value = score / untied;
    out.per_score = 2.0 / untied;
    out.per_untied = 2.0 * out.value / untied;
    break;
  case pair_coefficient::somers_y:
  case pair_coefficient::somers_x: {
    const bool of_outer =
        (coefficient == pair_coefficient::somers_y) != turned; // the pairs that differ in x, or in y
    const double base = of_outer ? dx : dy;
    out.value = score / base;
    out.per_score = 2.0 / base;
    (of_outer ? out.outer_part : out.inner_part) = 2.0 * out.value / base;
    break;
  }
  }
  return out;
}

template <class Sum, class Totals>
kendall_result kendall_by(const complete_pairs& p, const ranked_columns& columns, const level_weights& wy,
                          Totals totals, std::vector<double>& influence, pair_coefficient coefficient) {
  const auto& [x, y, turned] = columns;
  const level_weights wx = weights_of<Sum>(x, p);
  const auto pairs = concordance_of<Sum>(x, y, wy, p, std::move(totals));
  const double w = sum_of<Sum>(wx);
  Sum score;
  for (std::size_t k = 0; k < pairs.score.size(); ++k)
    score.add(p.weight_of(x.row[k]) * pairs.score[k]);
  const double dx = distinct_pairs<Sum>(wx, w), dy = distinct_pairs<Sum>(wy, w);
  kendall_result out{missing_value, kendall_test(columns, 0.5 * score.value()), {}};
  std::vector<double> cell; // only gamma asks who shares both levels
  double untied = missing_value;
  if (coefficient == pair_coefficient::gamma) {
    cell = shared_cells<Sum>(x, pairs.inner, y.count(), p);
    Sum both, own;
    for (std::size_t k = 0; k < cell.size(); ++k) {
      const double weight = p.weight_of(x.row[k]);
      both.add(weight * cell[k]);
      own.add(weight * weight);
    }
    untied = dx + dy - w * w + both.value();
    const double outer_tied = 0.5 * (w * w - dx - both.value()),
                 inner_tied = 0.5 * (w * w - dy - both.value());
    out.pairs = {.concordant = 0.25 * (untied + score.value()),
                 .discordant = 0.25 * (untied - score.value()),
                 .tied_x = turned ? inner_tied : outer_tied,
                 .tied_y = turned ? outer_tied : inner_tied,
                 .tied_both = 0.5 * (both.value() - own.value())};
  }
  const pair_ratio ratio = ratio_of(coefficient, turned, score.value(), dx, dy, untied, w, y.count());
  out.value = ratio.value;
  std::vector<double> of_inner;
  of_inner.reserve(y.count());
  for (std::size_t l = 0; l < y.count(); ++l)
    of_inner.push_back(ratio.inner_part * (w - wy[l]) + ratio.constant);
  influence.resize(pairs.score.size());
  std::size_t k = 0;
  for (std::size_t l = 0; l < x.count(); ++l) {
    const double of_outer = ratio.outer_part * (w - wx[l]);
    for (const std::size_t last = k + x.size[l]; k < last; ++k)
      influence[x.row[k]] = ratio.per_score * pairs.score[k] - (of_outer + of_inner[pairs.inner[k]]);
  }
  if (!cell.empty()) {
    k = 0;
    for (std::size_t l = 0; l < x.count(); ++l)
      for (const std::size_t last = k + x.size[l]; k < last; ++k)
        influence[x.row[k]] -= ratio.per_untied * (w - wx[l] - wy[pairs.inner[k]] + cell[k]);
  }
  return out;
}

/// Counts, which plain doubles hold, take the short way where there are few levels.
template <class Sum>
kendall_result kendall_by(const complete_pairs& p, std::vector<double>& influence,
                          pair_coefficient coefficient) {
  const ranked_columns columns = ranked(p.x, p.y);
  const level_weights wy = weights_of<Sum>(columns.inner, p);
  if constexpr (std::is_same_v<Sum, half_number_sum>)
    if (wy.count() <= few_totals::most_levels)
      return kendall_by<Sum>(p, columns, wy, few_totals{}, influence, coefficient);
  return kendall_by<Sum>(p, columns, wy, running_totals<Sum>(wy.count()), influence, coefficient);
}

/// Sums of counts are exact in plain double; sums of weights are carried accurately.
inline bool counts_only(const complete_pairs& p) {
  return p.weight.empty() && p.x.size() < exact_rows;
}

} // namespace detail_rank_correlation

QASCORE_INLINE double spearman_of(const complete_pairs& pairs, std::vector<double>& influence) {
  using namespace detail_rank_correlation;
  return counts_only(pairs) ? spearman_by<half_number_sum>(pairs, influence)
                            : spearman_by<detail::accurate_sum>(pairs, influence);
}

QASCORE_INLINE kendall_result kendall_of(const complete_pairs& pairs, std::vector<double>& influence,
                                         pair_coefficient coefficient) {
  using namespace detail_rank_correlation;
  return counts_only(pairs) ? kendall_by<half_number_sum>(pairs, influence, coefficient)
                            : kendall_by<detail::accurate_sum>(pairs, influence, coefficient);
}

} // namespace qascore::kernel
