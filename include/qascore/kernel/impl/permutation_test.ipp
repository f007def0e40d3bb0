// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/parallel.hpp"
#include "../../detail/sum.hpp"
#include "../counter_stream.hpp"
#include "../distance_correlation.hpp"
#include "../pairs.hpp"
#include "../permutation_test.hpp"
#include "../rank.hpp"
#include "../rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_permutation {

inline std::vector<double> less_mean(std::span<const double> values) {
  detail::accurate_sum sum, rest;
  for (const double v : values)
    sum.add(v);
  const auto n = static_cast<double>(values.size());
  const double first = sum.value() / n;
  for (const double v : values)
    rest.add(v - first);
  std::vector<double> out;
  out.reserve(values.size());
  for (const double v : values)
    out.push_back(v - first - rest.value() / n);
  return out;
}

/// Twice the mid-ranks, less their mean.
inline std::vector<double> centred_ranks(std::span<const double> values) {
  const dense_levels levels = levels_of(values);
  std::vector<double> rank;
  double below = 0.0;
  for (const std::uint32_t size : levels.size) {
    rank.push_back(2.0 * below + size - static_cast<double>(values.size()));
    below += size;
  }
  std::vector<double> out;
  out.reserve(values.size());
  for (const std::uint32_t code : levels.code)
    out.push_back(rank[code]);
  return out;
}

/// The statistic of an order of y: products of what stands side by side, or S.
class ordering {
public:
  ordering(const complete_pairs& p, permuted_statistic what) : what_{what} {
    switch (what) {
    case permuted_statistic::pearson:
      x_ = less_mean(p.x);
      y_ = less_mean(p.y);
      break;
    case permuted_statistic::spearman:
      x_ = centred_ranks(p.x);
      y_ = centred_ranks(p.y);
      break;
    case permuted_statistic::ordered:
    case permuted_statistic::distance:
      x_.assign(p.x.begin(), p.x.end());
      y_.assign(p.y.begin(), p.y.end());
      break;
    }
  }
  std::size_t size() const noexcept { return x_.size(); }

  /// `order`: which y stands at each x.
  double operator()(std::span<const std::uint32_t> order) const {
    if (what_ == permuted_statistic::pearson || what_ == permuted_statistic::spearman) {
      double sum = 0.0;
      for (std::size_t i = 0; i < order.size(); ++i)
        sum += x_[i] * y_[order[i]];
      return sum;
    }
    if (what_ == permuted_statistic::ordered && order.size() <= few) {
      double sum = 0.0;
      for (std::size_t i = 0; i < order.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          sum += sign(x_[i] - x_[j]) * sign(y_[order[i]] - y_[order[j]]);
      return sum;
    }
    std::vector<double> y;
    y.reserve(order.size());
    for (const std::uint32_t at : order)
      y.push_back(y_[at]);
    const complete_pairs p(independent_units(order.size()), x_, y, {});
    std::vector<double> influence;
    // Over the same margins tau-b is S, and the distance correlation the covariance, but for a factor.
    return what_ == permuted_statistic::ordered ? kendall_of(p, influence).value
                                                : distance_of(p, influence).correlation;
  }

  /// What rounding may do to it.
  double slack() const {
    if (what_ == permuted_statistic::ordered && size() <= few)
      return 0.5;
    if (what_ == permuted_statistic::ordered || what_ == permuted_statistic::distance)
      return 1e-9;
    double x = 0.0, y = 0.0;
    for (std::size_t i = 0; i < size(); ++i) {
      x += x_[i] * x_[i];
      y += y_[i] * y_[i];
    }
    return 1e-9 * std::sqrt(x) * std::sqrt(y);
  }

private:
  static constexpr std::size_t few = 32; ///< where comparing all pairs is cheapest
  static double sign(double v) noexcept { return v > 0.0 ? 1.0 : v < 0.0 ? -1.0 : 0.0; }
  permuted_statistic what_;
  std::vector<double> x_, y_;
};

struct tally {
  std::uint64_t seen = 0, greater = 0, less = 0, far = 0;

  void add(double value, double found, double slack) noexcept {
    ++seen;
    greater += value >= found - slack ? 1u : 0u;
    less += value <= found + slack ? 1u : 0u;
    far += std::abs(value) >= std::abs(found) - slack ? 1u : 0u;
  }
  tally& operator+=(const tally& o) noexcept {
    seen += o.seen;
    greater += o.greater;
    less += o.less;
    far += o.far;
    return *this;
  }
};

/// All orders whose last place has item `last`, in the order of std::next_permutation of the others.
inline tally all_with_last(const ordering& statistic, std::uint32_t last, double found, double slack) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < statistic.size(); ++i)
    if (i != last)
      order.push_back(i);
  order.push_back(last);
  tally out;
  do
    out.add(statistic(order), found, slack);
  while (std::next_permutation(order.begin(), order.end() - 1));
  return out;
}

inline tally random_orders(const ordering& statistic, const permutation_options& options, std::size_t first,
                           std::size_t last, double found, double slack) {
  std::vector<std::uint32_t> order(statistic.size());
  tally out;
  for (std::size_t r = first; r < last; ++r) {
    std::iota(order.begin(), order.end(), 0u);
    counter_stream stream(*options.seed, r);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[stream.below(i)]);
    out.add(statistic(order), found, slack);
  }
  return out;
}

} // namespace detail_permutation

QASCORE_INLINE permutation_result permutation_test(std::span<const double> x, std::span<const double> y,
                                                   const permutation_options& options) {
  using namespace detail_permutation;
  const design_view rows = independent_units(x.size());
  const complete_pairs p(rows, x, y, gaps_of(rows, x, y));
  permutation_result out;
  out.undefined = p.obstacle();
  if (!out.undefined.empty()) {
    out.p_two_sided = out.p_greater = out.p_less = missing_value;
    return out;
  }
  out.exact =
      p.x.size() <= (options.statistic == permuted_statistic::distance ? most_permuted_exactly_by_distance
                                                                       : most_permuted_exactly);
  if (!out.exact && !options.seed)
    throw argument_error("seed: random orders need one");
  if (!out.exact && options.replicates == 0)
    throw argument_error("replicates: expected 1 or more but found 0");
  const ordering statistic(p, options.statistic);
  std::vector<std::uint32_t> order(p.x.size());
  std::iota(order.begin(), order.end(), 0u);
  const double found = statistic(order), slack = statistic.slack();
  const std::size_t count = out.exact ? p.x.size() : options.replicates;
  std::vector<tally> parts(std::max<std::size_t>(1, std::min<std::size_t>(options.threads, count)));
  qascore::detail::for_each_part(
      options.threads, count, [&](std::size_t part, std::size_t first, std::size_t last) {
        if (!out.exact) {
          parts[part] = random_orders(statistic, options, first, last, found, slack);
          return;
        }
        for (std::size_t item = first; item < last; ++item)
          parts[part] += all_with_last(statistic, static_cast<std::uint32_t>(item), found, slack);
      });
  tally all;
  for (const tally& part : parts)
    all += part;
  out.permutations = all.seen;
  const double own = out.exact ? 0.0 : 1.0, total = static_cast<double>(all.seen) + own;
  out.p_greater = (static_cast<double>(all.greater) + own) / total;
  out.p_less = (static_cast<double>(all.less) + own) / total;
  out.p_two_sided = (static_cast<double>(all.far) + own) / total;
  if (options.statistic == permuted_statistic::distance) {
    out.p_two_sided = out.p_greater;
    out.p_less = missing_value;
  }
  return out;
}

} // namespace qascore::kernel
