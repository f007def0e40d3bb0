// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/parallel.hpp"
#include "../../detail/sum.hpp"
#include "../bootstrap_limits.hpp"
#include "../counter_stream.hpp"
#include "../domain.hpp"
#include "../pair_bootstrap.hpp"
#include "../pairs.hpp"
#include "../rank.hpp"
#include "../replicates.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_pair_bootstrap {

/// A ratio of totals with its influence values.
inline linearised ratio_of(const design_view& design, std::span<const double> x, std::span<const double> y) {
  detail::accurate_sum above, below;
  const auto whole = [&](std::size_t i) { return !is_missing(x[i]) && !is_missing(y[i]); };
  for (std::size_t i = 0; i < x.size(); ++i)
    if (whole(i)) {
      above.add(design.weight_of(i) * x[i]);
      below.add(design.weight_of(i) * y[i]);
    }
  linearised out;
  if (below.value() == 0.0) {
    out.undefined = "the denominator is 0";
    return out;
  }
  out.value = above.value() / below.value();
  for (std::size_t i = 0; i < x.size(); ++i)
    out.influence.push_back(whole(i) ? (x[i] - out.value * y[i]) / below.value() : 0.0);
  return out;
}

inline linearised statistic_of(const design_view& design, std::span<const double> x,
                               std::span<const double> y, const pair_bootstrap_options& options) {
  return options.method ? correlation(design, x, y, *options.method) : ratio_of(design, x, y);
}

/// Spearman's rho of the same rows with other weights: the levels do not change.
class weighted_ranks {
public:
  weighted_ranks(std::span<const double> x, std::span<const double> y) : x_{levels_of(x)}, y_{levels_of(y)} {}

  /// NaN where what has weight is constant. `room` holds the ranks between calls.
  double operator()(std::span<const double> weight, std::vector<double>& room) const {
    room.assign(x_.count() + y_.count(), 0.0);
    const std::span<double> of_x = std::span(room).first(x_.count()),
                            of_y = std::span(room).subspan(x_.count());
    double total = 0.0;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      of_x[x_.code[i]] += weight[i];
      of_y[y_.code[i]] += weight[i];
      total += weight[i];
    }
    const double xx = to_ranks(of_x, total), yy = to_ranks(of_y, total);
    if (!(xx > 0.0) || !(yy > 0.0))
      return missing_value;
    double xy = 0.0;
    for (std::size_t i = 0; i < weight.size(); ++i)
      xy += weight[i] * of_x[x_.code[i]] * of_y[y_.code[i]];
    return xy / (std::sqrt(xx) * std::sqrt(yy));
  }

private:
  /// Weights by level become mid-ranks less their mean; returns the sum of their squares.
  static double to_ranks(std::span<double> level, double total) {
    double below = 0.0, squares = 0.0;
    for (double& at : level) {
      const double weight = at;
      at = below + 0.5 * weight - 0.5 * total;
      below += weight;
      squares += weight * at * at;
    }
    return squares;
  }
  dense_levels x_, y_;
};

/// Pairs with weights of 0 left out: they are no levels, and no categories.
inline double other_statistic(std::span<const double> x, std::span<const double> y,
                              std::vector<double>& weight, const pair_bootstrap_options& options) {
  std::vector<double> left, right, kept;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (weight[i] > 0.0) {
      left.push_back(x[i]);
      right.push_back(y[i]);
      kept.push_back(weight[i]);
    }
  design_view view = independent_units(left.size());
  view.weight = kept;
  return statistic_of(view, left, right, options).value;
}

} // namespace detail_pair_bootstrap

QASCORE_INLINE bootstrapped_estimate bootstrap_pairs(const design_view& given, std::span<const double> all_x,
                                                     std::span<const double> all_y,
                                                     const pair_bootstrap_options& options) {
  using namespace detail_pair_bootstrap;
  if (!options.seed)
    throw argument_error("seed: the bootstrap needs one");
  if (options.replicates < 2)
    throw argument_error("replicates: expected 2 or more but found " + std::to_string(options.replicates));
  const std::vector<double> gaps = gaps_of(given, all_x, all_y);
  const answered_rows answered(given, gaps, missing_rows::drop);
  const design_view& design = answered.design();
  const bool independent = is_independent(given);

  std::vector<std::size_t> rows; // that take part
  std::vector<double> x, y;
  for (std::size_t i = 0; i < given.units; ++i)
    if (gaps.empty() || !is_missing(gaps[i])) {
      rows.push_back(i);
      x.push_back(all_x[i]);
      y.push_back(all_y[i]);
    }
  bootstrapped_estimate out;
  out.confidence = options.confidence;
  out.method = independent ? "bootstrap, independent rows" : "bootstrap, sample design";
  out.interval_method = options.bca ? "BCa bootstrap" : "percentile bootstrap";
  out.n = rows.size();
  out.missing = given.units - rows.size();
  out.undefined = answered.obstacle();
  if (!out.undefined.empty())
    return out;
  const linearised whole = statistic_of(design, all_x, all_y, options);
  out.value = whole.value;
  out.undefined = whole.undefined;
  if (!out.undefined.empty())
    return out;
  std::vector<double> total(given.cluster.empty() ? given.units : given.clusters, 0.0);
  for (std::size_t i = 0; i < given.units; ++i)
    total[given.cluster.empty() ? i : given.cluster[i]] += design.weight_of(i) * whole.influence[i];
  double squares = 0.0;
  for (const double t : total)
    squares += t * t;
  out.influence_error = std::sqrt(squares);
  out.acceleration = acceleration_of(total);

  std::optional<replicate_weights> replicates;
  if (!independent) {
    replicates.emplace(design,
                       replicate_options{.method = variance_method::bootstrap,
                                         .replicates = options.replicates,
                                         .seed = options.seed,
                                         .threads = 1},
                       gaps);
    if (!replicates->possible()) {
      out.undefined = "the design has no replicates";
      return out;
    }
  }
  const bool ranks = options.method == correlation_method::spearman;
  const weighted_ranks spearman(ranks ? std::span<const double>{x} : std::span<const double>{},
                                ranks ? std::span<const double>{y} : std::span<const double>{});
  std::vector<double> found(options.replicates, missing_value);
  detail::for_each_part(
      options.threads, options.replicates, [&](std::size_t, std::size_t first, std::size_t last) {
        std::vector<double> weight(rows.size()), all(independent ? 0 : given.units), room;
        for (std::size_t r = first; r < last; ++r) {
          if (independent) {
            std::ranges::fill(weight, 0.0);
            counter_stream stream(*options.seed, r);
            for (std::size_t i = 0; i < rows.size(); ++i)
              weight[stream.below(rows.size())] += 1.0;
          } else {
            if (!replicates->fill(r, all))
              continue;
            for (std::size_t k = 0; k < rows.size(); ++k)
              weight[k] = all[rows[k]];
          }
          found[r] = ranks ? spearman(weight, room) : other_statistic(x, y, weight, options);
        }
      });
  const bootstrap_summary limits =
      summarise_replicates(out.value, std::move(found), options.confidence, options.bca, out.acceleration);
  out.bias = limits.bias;
  out.std_error = limits.std_error;
  out.low = limits.low;
  out.high = limits.high;
  out.replicates = limits.replicates;
  out.undefined_replicates = limits.undefined_replicates;
  out.undefined = limits.undefined;
  out.df = std::numeric_limits<double>::infinity();
  return out;
}

} // namespace qascore::kernel
