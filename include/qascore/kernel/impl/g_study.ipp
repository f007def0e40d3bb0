// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../distribution.hpp"
#include "../g_study.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_g_study {

/// With each facet the one it is nested in: the sets of facets that have levels of their own, fewer facets first.
inline std::vector<std::uint32_t> closed_sets(std::span<const g_facet> facets) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t set = 1; set < 1u << facets.size(); ++set) {
    bool closed = true;
    for (std::size_t f = 0; f < facets.size(); ++f)
      if ((set >> f & 1u) != 0 && facets[f].within != g_facet::crossed)
        closed &= (set >> facets[f].within & 1u) != 0;
    if (closed)
      out.push_back(set);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](std::uint32_t a, std::uint32_t b) { return std::popcount(a) < std::popcount(b); });
  return out;
}

/// Facets that a facet brings with it.
inline std::uint32_t with_parents(std::span<const g_facet> facets, std::size_t f) {
  std::uint32_t out = 0;
  for (std::size_t steps = 0; f != g_facet::crossed && steps <= facets.size(); ++steps) {
    out |= 1u << f;
    f = facets[f].within;
  }
  return out;
}

/// Dense codes of the combinations of some facets' labels that occur, ascending.
inline std::pair<std::vector<std::uint32_t>, std::size_t> combine(std::span<const g_facet> facets,
                                                                  std::uint32_t set, std::size_t n) {
  std::vector<std::uint32_t> code(n, 0);
  std::size_t levels = 1;
  for (std::size_t f = 0; f < facets.size(); ++f) {
    if ((set >> f & 1u) == 0)
      continue;
    std::vector<std::uint64_t> key(n);
    for (std::size_t i = 0; i < n; ++i)
      key[i] = std::uint64_t{code[i]} * facets[f].factor.levels + facets[f].factor.code[i];
    std::vector<std::uint64_t> distinct = key;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (std::size_t i = 0; i < n; ++i)
      code[i] = static_cast<std::uint32_t>(std::lower_bound(distinct.begin(), distinct.end(), key[i]) -
                                           distinct.begin());
    levels = distinct.size();
  }
  return {std::move(code), levels};
}

/// Where each score stands in a balanced design: the place of its level of each facet (nested: within its parent).
struct layout {
  std::vector<std::size_t>
      size; ///< levels of each facet within its parent; empty: the design is not balanced
  std::vector<std::vector<std::uint32_t>> place;
};

inline layout layout_of(std::span<const g_facet> facets, std::size_t n) {
  layout out;
  std::size_t cells = 1;
  std::vector<std::size_t> size;
  for (std::size_t f = 0; f < facets.size(); ++f) {
    const std::uint32_t own = with_parents(facets, f);
    const auto [parent, parents] = combine(facets, own & ~(1u << f), n);
    const auto [both, levels] = combine(facets, own, n);
    // Each level has one parent: levels are numbered within it.
    std::vector<std::uint32_t> parent_of(levels, 0), place(levels, 0), met(parents, 0);
    for (std::size_t i = 0; i < n; ++i)
      parent_of[both[i]] = parent[i];
    for (std::size_t l = 0; l < levels; ++l)
      place[l] = met[parent_of[l]]++;
    if (std::adjacent_find(met.begin(), met.end(), std::not_equal_to<>{}) != met.end())
      return {};
    size.push_back(met[0]);
    cells *= met[0];
    out.place.emplace_back(n);
    for (std::size_t i = 0; i < n; ++i)
      out.place[f][i] = place[both[i]];
  }
  if (cells == 0 || cells > n || n % cells != 0)
    return {};
  std::vector<std::size_t> count(cells, 0);
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t cell = 0;
    for (std::size_t f = 0; f < facets.size(); ++f)
      cell = cell * size[f] + out.place[f][i];
    ++count[cell];
  }
  for (const std::size_t in_cell : count)
    if (in_cell != n / cells)
      return {};
  out.size = std::move(size);
  return out;
}

inline std::size_t address(const layout& where, std::uint32_t set, std::size_t row) {
  std::size_t out = 0;
  for (std::size_t f = 0; f < where.size.size(); ++f)
    if ((set >> f & 1u) != 0)
      out = out * where.size[f] + where.place[f][row];
  return out;
}

inline std::size_t levels_of(const layout& where, std::uint32_t set) {
  std::size_t out = 1;
  for (std::size_t f = 0; f < where.size.size(); ++f)
    if ((set >> f & 1u) != 0)
      out *= where.size[f];
  return out;
}

/// Satterthwaite's limits around a combination of mean squares.
inline void limits(estimate& out) {
  out.method = "expected mean squares";
  if (!(out.value > 0.0)) {
    out.undefined = "estimated as not above 0: no limits there";
    return;
  }
  const double tail = out.confidence.upper_tail();
  out.low = out.df * out.value / chi_squared_quantile(tail, out.df);
  out.high = out.df * out.value / chi_squared_quantile(1.0 - tail, out.df);
  out.interval_method = "chi-squared, Satterthwaite df";
}

inline void by_mean_squares(std::span<const double> score, const std::vector<std::uint32_t>& sets,
                            const layout& where, const g_options& options, g_study_fit& out) {
  const std::size_t n = score.size(), count = sets.size();
  double grand = 0.0;
  for (const double y : score)
    grand += y / static_cast<double>(n);
  std::vector<double> rest(score.begin(), score.end()); // of the row, what no smaller set explains yet
  for (double& y : rest)
    y -= grand;
  // Effects of all sets, each from the deviations that the sets within it leave.
  std::vector<std::vector<double>> effect(count);
  std::vector<double> degrees(count);
  for (std::size_t s = 0; s < count; ++s) {
    effect[s].assign(levels_of(where, sets[s]), 0.0);
    degrees[s] = static_cast<double>(effect[s].size()) - 1.0;
    std::vector<std::size_t> inside;
    for (std::size_t t = 0; t < s; ++t)
      if ((sets[t] & sets[s]) == sets[t]) {
        inside.push_back(t);
        degrees[s] -= degrees[t];
      }
    const double per_level = static_cast<double>(n) / static_cast<double>(effect[s].size());
    for (std::size_t i = 0; i < n; ++i) {
      double left = score[i] - grand;
      for (const std::size_t t : inside)
        left -= effect[t][address(where, sets[t], i)];
      effect[s][address(where, sets[s], i)] += left / per_level;
    }
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t s = 0; s < count; ++s)
      rest[i] -= effect[s][address(where, sets[s], i)];
  const bool repeats = n > effect.back().size();
  std::vector<double> square(count), per_level(count);
  for (std::size_t s = 0; s < count; ++s) {
    per_level[s] = static_cast<double>(n) / static_cast<double>(effect[s].size());
    for (const double e : effect[s])
      square[s] += per_level[s] * e * e;
    square[s] /= degrees[s];
  }
  std::vector<std::uint32_t> all = sets;
  if (repeats) {
    double within = 0.0;
    for (const double r : rest)
      within += r * r;
    all.push_back(0);
    degrees.push_back(static_cast<double>(n - effect.back().size()));
    square.push_back(within / degrees.back());
    per_level.push_back(1.0);
  }
  // s_S = (MS_S - what larger sets put into it) / (N / levels_S): each as coefficients of the mean squares.
  const std::size_t size = all.size();
  std::vector<std::vector<double>> coefficient(size, std::vector<double>(size, 0.0));
  for (std::size_t s = size; s-- > 0;) {
    coefficient[s][s] = 1.0;
    for (std::size_t t = s + 1; t < size; ++t)
      if (all[t] == 0 || (all[t] & all[s]) == all[s])
        for (std::size_t m = 0; m < size; ++m)
          coefficient[s][m] -= per_level[t] * coefficient[t][m];
    for (double& c : coefficient[s])
      c /= per_level[s];
  }
  out.covariance.assign(size * size, 0.0);
  for (std::size_t a = 0; a < size; ++a)
    for (std::size_t b = 0; b < size; ++b)
      for (std::size_t m = 0; m < size; ++m)
        out.covariance[a * size + b] +=
            coefficient[a][m] * coefficient[b][m] * 2.0 * square[m] * square[m] / (degrees[m] + 2.0);
  for (std::size_t s = 0; s < size; ++s) {
    g_component one;
    one.facets = all[s];
    one.df = degrees[s];
    one.mean_square = square[s];
    one.variance.value = 0.0;
    double spread = 0.0;
    for (std::size_t m = 0; m < size; ++m) {
      const double part = coefficient[s][m] * square[m];
      one.variance.value += part;
      spread += part * part / degrees[m];
    }
    one.variance.std_error = std::sqrt(out.covariance[s * size + s]);
    one.variance.df = one.variance.value * one.variance.value / spread;
    one.variance.n = s < count ? effect[s].size() : n;
    one.variance.confidence = options.confidence;
    limits(one.variance);
    out.components.push_back(std::move(one));
  }
}

inline void by_likelihood(std::span<const double> score, std::span<const g_facet> facets,
                          const std::vector<std::uint32_t>& sets, const g_options& options,
                          g_study_fit& out) {
  std::vector<std::pair<std::vector<std::uint32_t>, std::size_t>> codes;
  codes.reserve(sets.size());
  for (const std::uint32_t set : sets)
    codes.push_back(combine(facets, set, score.size()));
  const bool repeats = codes.back().second < score.size();
  mixed_data data{score, {}, {}, {}};
  for (std::size_t s = 0; s + (repeats ? 0 : 1) < sets.size(); ++s)
    data.factors.push_back({codes[s].first, codes[s].second});
  mixed_fit fit = fit_mixed_model(data, {options.confidence, options.interval});
  out.undefined = fit.undefined;
  out.covariance = std::move(fit.covariance);
  for (std::size_t k = 0; k < fit.variance.size(); ++k) {
    g_component one;
    one.facets = k < sets.size() ? sets[k] : 0;
    one.variance = std::move(fit.variance[k]);
    out.components.push_back(std::move(one));
  }
}

/// universe / (universe + error) from the slopes of both in the variances.
inline estimate coefficient(const g_study_fit& study, const std::vector<double>& of_universe,
                            const std::vector<double>& of_error, confidence_level confidence) {
  estimate out;
  out.confidence = confidence;
  out.n = study.n;
  const std::size_t size = study.components.size();
  double universe = 0.0, error = 0.0;
  for (std::size_t k = 0; k < size; ++k) {
    universe += of_universe[k] * std::max(0.0, study.components[k].variance.value);
    error += of_error[k] * std::max(0.0, study.components[k].variance.value);
  }
  out.value = universe / (universe + error);
  out.method = "ratio of variance components";
  if (!(universe > 0.0) || !(error > 0.0)) {
    out.undefined = universe > 0.0 ? "no error is seen: nothing to tell the uncertainty by"
                                   : "the variance of what is measured is estimated as 0: no limits there";
    return out;
  }
  double spread = 0.0;
  const auto slope = [&](std::size_t k) {
    return study.components[k].variance.value > 0.0 ? of_universe[k] / universe - of_error[k] / error : 0.0;
  };
  for (std::size_t a = 0; a < size; ++a)
    for (std::size_t b = 0; b < size; ++b)
      if (const double c = study.covariance[a * size + b]; !is_missing(c))
        spread += slope(a) * slope(b) * c;
  spread = std::sqrt(std::max(0.0, spread));
  const double odds = std::log(universe / error), half = normal_quantile(confidence.upper_tail()) * spread;
  out.std_error = out.value * (1.0 - out.value) * spread;
  out.low = 1.0 / (1.0 + std::exp(-odds + half));
  out.high = 1.0 / (1.0 + std::exp(-odds - half));
  out.df = std::numeric_limits<double>::infinity();
  out.interval_method = "normal on the log odds";
  return out;
}

} // namespace detail_g_study

QASCORE_INLINE g_study_fit g_study(std::span<const double> score, std::span<const g_facet> facets,
                                   const g_options& options) {
  using namespace detail_g_study;
  constexpr std::size_t most = 8;
  if (facets.size() < 2 || facets.size() > most)
    throw argument_error("facets: expected 1 to " + std::to_string(most - 1) +
                         " beside the object but found " +
                         std::to_string(facets.empty() ? 0 : facets.size() - 1));
  g_study_fit out;
  out.n = score.size();
  const std::vector<std::uint32_t> sets = closed_sets(facets);
  const layout where = layout_of(facets, score.size());
  const bool balanced = !where.size.empty();
  if (options.method == g_method::anova && !balanced)
    throw argument_error("method: anova needs the same number of scores in every cell; choose reml");
  out.method = options.method == g_method::reml || !balanced ? g_method::reml : g_method::anova;
  for (std::size_t f = 0; f < facets.size(); ++f)
    if (balanced ? where.size[f] < 2 : facets[f].factor.levels < 2) {
      out.undefined = "a facet has fewer than 2 levels: nothing differs";
      return out;
    }
  if (std::all_of(score.begin(), score.end(), [&](double y) { return y == score[0]; })) {
    out.undefined = "no variance: all scores are the same";
    return out;
  }
  if (out.method == g_method::anova)
    by_mean_squares(score, sets, where, options, out);
  else
    by_likelihood(score, facets, sets, options, out);
  return out;
}

QASCORE_INLINE d_study_fit d_study(const g_study_fit& study, std::span<const double> levels,
                                   std::uint32_t fixed, confidence_level confidence) {
  using namespace detail_g_study;
  d_study_fit out;
  const std::size_t size = study.components.size();
  const std::uint32_t every = (1u << levels.size()) - 1u;
  std::vector<double> universe(size, 0.0), relative(size, 0.0), absolute(size, 0.0);
  out.universe = out.relative_error = out.absolute_error = 0.0;
  for (std::size_t k = 0; k < size; ++k) {
    // Scores within a cell are errors of all facets' interaction.
    const std::uint32_t set = study.components[k].facets == 0 ? every : study.components[k].facets;
    const std::uint32_t drawn = set & ~1u & ~fixed;
    const bool object = (set & 1u) != 0;
    double share = 1.0;
    for (std::size_t f = 1; f < levels.size(); ++f)
      if ((set >> f & 1u) != 0)
        share /= levels[f];
    const bool error = drawn != 0 || study.components[k].facets == 0 || k + 1 == size;
    if (!error && object)
      universe[k] = share;
    if (error && object)
      relative[k] = share;
    if (error)
      absolute[k] = share;
    const double variance = std::max(0.0, study.components[k].variance.value);
    out.universe += universe[k] * variance;
    out.relative_error += relative[k] * variance;
    out.absolute_error += absolute[k] * variance;
  }
  out.relative_sem = std::sqrt(out.relative_error);
  out.absolute_sem = std::sqrt(out.absolute_error);
  out.generalizability = coefficient(study, universe, relative, confidence);
  out.dependability = coefficient(study, universe, absolute, confidence);
  return out;
}

} // namespace qascore::kernel
