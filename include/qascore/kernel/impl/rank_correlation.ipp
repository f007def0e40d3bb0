// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../distribution.hpp"
#include "../rank.hpp"
#include "../rank_correlation.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace qascore::kernel {
namespace detail_rank_correlation {

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
double spearman_by(const complete_pairs& p, std::vector<double>& influence) {
  ranked_side<Sum> a = rank_side<Sum>(p.x, p.weight), b = rank_side<Sum>(p.y, p.weight);
  const std::size_t n = p.x.size();
  for (std::size_t i = 0; i < n; ++i) {
    auto& la = a.of(i);
    auto& lb = b.of(i);
    const double w = p.weight_of(i);
    la.partner.add(w * lb.rank);
    lb.partner.add(w * la.rank);
  }
  detail::accurate_sum cross;
  for (const auto& l : a.levels)
    cross.add(l.rank * l.partner.value());
  const double scale = std::sqrt(a.squares * b.squares);
  const double rho = cross.value() / scale;
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

/// Sums over the levels below a level, in O(log levels) each (Fenwick 1994).
template <class Sum>
class running_totals {
public:
  explicit running_totals(std::size_t levels) : node_(levels + 1), own_(levels) {}

  void add(std::uint32_t level, double term) {
    own_[level].add(term);
    for (std::size_t k = std::size_t{level} + 1; k < node_.size(); k += k & (~k + 1))
      node_[k].add(term);
  }
  /// Sums of the levels below `level`, and up to it.
  std::pair<double, double> around(std::size_t level) const {
    Sum sum;
    for (std::size_t k = level; k > 0; k -= k & (~k + 1))
      sum.add(node_[k].value());
    const double below = sum.value();
    return {below, below + own_[level].value()};
  }

private:
  std::vector<Sum> node_, own_;
};

template <class Sum>
std::vector<double> level_weights(const dense_levels& levels, const complete_pairs& p) {
  if (p.weight.empty())
    return std::vector<double>(levels.size.begin(), levels.size.end());
  std::vector<Sum> sum(levels.count());
  for (std::size_t i = 0; i < levels.code.size(); ++i)
    sum[levels.code[i]].add(p.weight[i]);
  std::vector<double> out;
  out.reserve(sum.size());
  for (const Sum& s : sum)
    out.push_back(s.value());
  return out;
}

/// By unit, in the order of `outer`: the weight of the units concordant with it less that of the discordant
/// ones, and its level of `inner`.
struct concordance {
  std::vector<double> score;
  std::vector<std::uint32_t> inner;
};

/// Units come in by ascending levels of `outer`; the totals by levels of `inner` are asked before and after
/// each group of equal outer levels.
template <class Sum>
concordance concordance_of(const dense_levels& outer, const dense_levels& inner,
                           const std::vector<double>& inner_weight, const complete_pairs& p) {
  const std::size_t levels = inner.count();
  std::vector<double> below(levels + 1, 0.0);
  detail::accurate_sum running;
  for (std::size_t l = 0; l < levels; ++l) {
    running.add(inner_weight[l]);
    below[l + 1] = running.value();
  }
  concordance out;
  out.score.reserve(outer.order.size());
  out.inner.reserve(outer.order.size());
  for (const std::uint32_t i : outer.order)
    out.inner.push_back(inner.code[i]);

  running_totals<Sum> totals(levels);
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
    const std::size_t last = first + size;
    for (std::size_t k = first; k < last; ++k)
      out.score.push_back(with_lower(out.inner[k]));
    for (std::size_t k = first; k < last; ++k) {
      const double w = p.weight_of(outer.order[k]);
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
inline double distinct_pairs(const std::vector<double>& weight, double total) {
  detail::accurate_sum sum;
  for (const double w : weight)
    sum.add(w * (total - w));
  return sum.value();
}

/// Sums over groups of ties t: t (t - 1), t (t - 1) (t - 2), t (t - 1) (2 t + 5).
struct tie_sums {
  double pairs = 0.0, triples = 0.0, spread = 0.0;
};

inline tie_sums ties_of(const dense_levels& levels) {
  tie_sums out;
  for (const std::uint32_t size : levels.size) {
    const double t = size;
    out.pairs += t * (t - 1.0);
    out.triples += t * (t - 1.0) * (t - 2.0);
    out.spread += t * (t - 1.0) * (2.0 * t + 5.0);
  }
  return out;
}

inline test_result kendall_test(const dense_levels& of_x, const dense_levels& of_y, double tau_b) {
  const auto n = static_cast<double>(of_x.code.size());
  const double all = n * (n - 1.0);
  const tie_sums x = ties_of(of_x), y = ties_of(of_y);
  const double score = tau_b * std::sqrt(all - x.pairs) * std::sqrt(all - y.pairs) / 2.0;
  const double variance = (all * (2.0 * n + 5.0) - x.spread - y.spread) / 18.0 +
                          x.pairs * y.pairs / (2.0 * all) + x.triples * y.triples / (9.0 * all * (n - 2.0));
  test_result out;
  out.statistic = score / std::sqrt(variance);
  out.df1 = std::numeric_limits<double>::infinity();
  out.p_value = 2.0 * normal_cdf(-std::abs(out.statistic));
  return out;
}

template <class Sum>
kendall_result kendall_by(const complete_pairs& p, std::vector<double>& influence) {
  // The totals stand over the side with fewer levels: y, of two columns that are put in place.
  dense_levels x = ordered_levels_of(p.x), y = ordered_levels_of(p.y);
  if (x.count() < y.count())
    std::swap(x, y);
  const std::vector<double> wx = level_weights<Sum>(x, p), wy = level_weights<Sum>(y, p);
  const concordance pairs = concordance_of<Sum>(x, y, wy, p);
  detail::accurate_sum total, score;
  for (const double w : wx)
    total.add(w);
  for (std::size_t k = 0; k < pairs.score.size(); ++k)
    score.add(p.weight_of(x.order[k]) * pairs.score[k]);
  const double w = total.value();
  const double dx = distinct_pairs(wx, w), dy = distinct_pairs(wy, w);
  const double scale = std::sqrt(dx * dy);
  const double tau = score.value() / scale;
  influence.resize(pairs.score.size());
  std::size_t k = 0;
  for (std::size_t l = 0; l < x.count(); ++l)
    for (const std::size_t last = k + x.size[l]; k < last; ++k)
      influence[x.order[k]] =
          2.0 * pairs.score[k] / scale - tau * ((w - wx[l]) / dx + (w - wy[pairs.inner[k]]) / dy);
  return {tau, kendall_test(x, y, tau)};
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

QASCORE_INLINE kendall_result kendall_of(const complete_pairs& pairs, std::vector<double>& influence) {
  using namespace detail_rank_correlation;
  return counts_only(pairs) ? kendall_by<half_number_sum>(pairs, influence)
                            : kendall_by<detail::accurate_sum>(pairs, influence);
}

} // namespace qascore::kernel
