// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../domain.hpp"
#include "../gold.hpp"
#include "../proportion.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace qascore::kernel {
namespace detail_gold {

/// The two raters' ratings on the units that both rated: categories of gold and rater by profile.
struct pairs {
  rating_columns columns;
  std::vector<std::uint32_t> gold, rater; ///< by profile; missing_code: no pair
  std::vector<std::uint8_t> part;
  std::size_t units = 0;
};

inline void check(const rating_view& ratings, std::uint32_t gold, std::uint32_t rater) {
  if (ratings.anonymous())
    throw argument_error("gold: needs to know which rater gave which rating, but the raters are anonymous");
  for (const auto& [name, code] : {std::pair{"gold", gold}, std::pair{"rater", rater}})
    if (code >= ratings.raters)
      throw argument_error(std::string(name) + ": expected a rater below " + std::to_string(ratings.raters) +
                           " but found " + std::to_string(code));
  if (gold == rater)
    throw argument_error("rater: the gold standard is compared with itself");
  constexpr std::size_t most = 1000;
  if (ratings.categories() > most)
    throw argument_error(
        "ratings: expected at most 1,000 categories but found " + std::to_string(ratings.categories()) +
        "; measurements are compared by concordance or the proportional reduction of the error");
}

inline pairs pairs_of(const rating_view& ratings, std::uint32_t gold, std::uint32_t rater) {
  std::vector<std::uint8_t> keep(ratings.raters, 0);
  keep[gold] = keep[rater] = 1;
  pairs out;
  const rating_columns two = only_raters(ratings, keep);
  out.columns = only_complete_units(two.view());
  const rating_view view = out.columns.view();
  out.gold.assign(view.profiles(), missing_code);
  out.rater.assign(view.profiles(), missing_code);
  out.part.assign(view.profiles(), 0);
  for (std::size_t p = 0; p < view.profiles(); ++p)
    if (view.count(p) == 2) {
      const auto codes = view.of(p);
      out.gold[p] = codes[gold < rater ? 0 : 1];
      out.rater[p] = codes[gold < rater ? 1 : 0];
      out.part[p] = 1;
      out.units += static_cast<std::size_t>(view.multiplicity[p]);
    }
  return out;
}

} // namespace detail_gold

QASCORE_INLINE gold_comparison compare_with_gold(const rating_view& ratings, std::uint32_t gold,
                                                 std::uint32_t rater,
                                                 std::span<const double> category_weights,
                                                 const agreement_options& options,
                                                 const design_view* design) {
  detail_gold::check(ratings, gold, rater);
  const detail_gold::pairs both = detail_gold::pairs_of(ratings, gold, rater);
  const rating_view view = both.columns.view();
  const profile_weights by = weights_of(view, unit_weights(view, design));
  const std::size_t q = view.categories(), profiles = view.profiles();
  gold_comparison out;
  out.categories = q;
  out.confusion.assign(q * q, 0.0);
  out.kappa = agreement(view, category_weights, agreement_coefficient::cohen_kappa, options, design);

  double total = 0.0;
  std::vector<double> right(q, 0.0), of_gold(q, 0.0), of_rater(q, 0.0);
  for (std::size_t p = 0; p < profiles; ++p)
    if (both.part[p] != 0) {
      out.confusion[both.gold[p] * q + both.rater[p]] += by.weight[p];
      total += by.weight[p];
      of_gold[both.gold[p]] += by.weight[p];
      of_rater[both.rater[p]] += by.weight[p];
      right[both.gold[p]] += both.gold[p] == both.rater[p] ? by.weight[p] : 0.0;
    }

  // Shares, as proportions of domains.
  design_view whole = design != nullptr ? *design : independent_units(view.units);
  if (both.units < view.units && !whole.population.empty())
    whole.population = {};
  std::vector<double> hit(view.units, missing_value);
  std::vector<std::uint32_t> g(view.units, missing_code), h(view.units, missing_code),
      all(view.units, missing_code);
  for (std::size_t u = 0; u < view.units; ++u)
    if (const std::size_t p = view.profile_of(u); both.part[p] != 0) {
      g[u] = both.gold[p];
      h[u] = both.rater[p];
      all[u] = 0;
      hit[u] = g[u] == h[u] ? 1.0 : 0.0;
    }
  const auto shares = [&](std::span<const std::uint32_t> domain, std::size_t count,
                          std::span<const double> event, std::string_view name, const char* nothing) {
    // Units of no domain have no value; a 0 there keeps them in the design.
    std::vector<double> filled(event.begin(), event.end());
    for (double& x : filled)
      x = is_missing(x) ? 0.0 : x;
    auto found = proportions(whole, {.code = domain, .count = count}, filled, options.confidence,
                             proportion_interval::wilson);
    for (estimate& one : found) {
      one.method = name;
      if (!one.is_defined())
        one.undefined = nothing;
    }
    return found;
  };
  out.accuracy = shares(all, 1, hit, "accuracy", "no unit was rated by both").front();
  out.sensitivity = shares(g, q, hit, "sensitivity", "the gold standard never has this category");
  out.precision = shares(h, q, hit, "precision", "the rater never has this category");
  std::vector<std::uint32_t> other(view.units);
  std::vector<double> passed(view.units);
  for (std::uint32_t k = 0; k < q; ++k) {
    for (std::size_t u = 0; u < view.units; ++u) {
      other[u] = is_missing(g[u]) || g[u] == k ? missing_code : 0;
      passed[u] = h[u] != k ? 1.0 : 0.0;
    }
    out.specificity.push_back(
        shares(other, 1, passed, "specificity", "the gold standard always has this category").front());
  }

  // What is no share: by influence values.
  const auto finish = [&](linearised value, std::string_view name, double low, interval_scale scale) {
    inference_options how;
    how.confidence = options.confidence;
    how.normal = options.normal;
    how.scale = scale;
    how.lower_bound = low;
    how.upper_bound = 1.0;
    how.method = name;
    return infer_rated(value, view, both.part, both.part, design, how);
  };
  const auto nothing = [](const char* why) {
    linearised out_of;
    out_of.undefined = why;
    return out_of;
  };
  linearised macro, balanced;
  macro.influence.assign(profiles, 0.0);
  balanced.influence.assign(profiles, 0.0);
  double f1_sum = 0.0, recall_sum = 0.0, used = 0.0, known = 0.0;
  for (std::size_t k = 0; k < q; ++k) {
    used += of_gold[k] + of_rater[k] > 0.0 ? 1.0 : 0.0;
    known += of_gold[k] > 0.0 ? 1.0 : 0.0;
  }
  for (std::uint32_t k = 0; k < q; ++k) {
    const double either = of_gold[k] + of_rater[k];
    if (!(either > 0.0)) {
      out.f1.push_back(
          finish(nothing("neither of the two ever has this category"), "f1", 0.0, interval_scale::identity));
      continue;
    }
    linearised one;
    one.value = 2.0 * right[k] / either;
    one.influence.assign(profiles, 0.0);
    const double recall = of_gold[k] > 0.0 ? right[k] / of_gold[k] : 0.0;
    for (std::size_t p = 0; p < profiles; ++p)
      if (both.part[p] != 0) {
        const double is_gold = both.gold[p] == k ? 1.0 : 0.0, is_rater = both.rater[p] == k ? 1.0 : 0.0;
        one.influence[p] = (2.0 * is_gold * is_rater - one.value * (is_gold + is_rater)) / either;
        macro.influence[p] += one.influence[p] / used;
        if (of_gold[k] > 0.0)
          balanced.influence[p] += is_gold * (is_rater - recall) / (of_gold[k] * known);
      }
    f1_sum += one.value;
    recall_sum += recall;
    out.f1.push_back(finish(std::move(one), "f1", 0.0, interval_scale::identity));
  }
  linearised correlation;
  if (total > 0.0) {
    macro.value = f1_sum / used;
    balanced.value = recall_sum / known;
    double same = 0.0, product = 0.0, squares_g = 0.0, squares_h = 0.0;
    for (std::size_t k = 0; k < q; ++k) {
      const double r = of_gold[k] / total, c = of_rater[k] / total;
      same += right[k] / total;
      product += r * c;
      squares_g += r * r;
      squares_h += c * c;
    }
    const double a = 1.0 - squares_g, b = 1.0 - squares_h, root = std::sqrt(a * b);
    constexpr double none = 8.0 * std::numeric_limits<double>::epsilon();
    if (a > none && b > none) {
      correlation.value = (same - product) / root;
      correlation.influence.assign(profiles, 0.0);
      for (std::size_t p = 0; p < profiles; ++p)
        if (both.part[p] != 0) {
          const double hits = both.gold[p] == both.rater[p] ? 1.0 : 0.0;
          const double by_chance = (of_rater[both.gold[p]] + of_gold[both.rater[p]]) / total;
          const double d_n = hits - same - by_chance + 2.0 * product;
          const double d_a = -2.0 * (of_gold[both.gold[p]] / total - squares_g);
          const double d_b = -2.0 * (of_rater[both.rater[p]] / total - squares_h);
          correlation.influence[p] = (d_n / root - 0.5 * correlation.value * (d_a / a + d_b / b)) / total;
        }
    } else {
      correlation.undefined = "one of the two uses one category only";
    }
  } else {
    macro = balanced = correlation = nothing("no unit was rated by both");
  }
  out.macro_f1 = finish(std::move(macro), "macro f1", 0.0, interval_scale::identity);
  out.balanced_accuracy = finish(std::move(balanced), "balanced accuracy", 0.0, interval_scale::identity);
  out.matthews = finish(std::move(correlation), "Matthews correlation", -1.0, interval_scale::fisher_z);
  return out;
}

} // namespace qascore::kernel
