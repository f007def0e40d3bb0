// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../disagreement.hpp"
#include "../linearised_agreement.hpp"
#include "../ratings.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Coefficients of pairs of raters that are not one ratio D_o / D_e of the whole table.
namespace qascore::kernel::detail_pair_kappa {

/// Shares of the categories within each rater, raters x q, and the weight of the units that each rated.
struct rater_margins {
  std::vector<double> share, total;
};

inline rater_margins margins_of(const rating_view& ratings, const profile_weights& by) {
  const std::size_t q = ratings.categories();
  rater_margins out{std::vector<double>(ratings.raters * q, 0.0), std::vector<double>(ratings.raters, 0.0)};
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i) {
      out.share[ratings.rater[i] * q + ratings.code[i]] += by.weight[p];
      out.total[ratings.rater[i]] += by.weight[p];
    }
  for (std::size_t g = 0; g < ratings.raters; ++g)
    if (out.total[g] > 0.0)
      for (std::size_t k = 0; k < q; ++k)
        out.share[g * q + k] /= out.total[g];
  return out;
}

/// Calls call(p, i, j) for the pairs of ratings i < j of every profile that count: all, or those with the gold rater.
template <class Call>
void for_each_pair(const rating_view& ratings, std::uint32_t gold, Call call) {
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    for (std::size_t j = ratings.begin[p]; j < ratings.begin[p + 1]; ++j)
      for (std::size_t i = ratings.begin[p]; i < j; ++i)
        if (is_missing(gold) || ratings.rater[i] == gold || ratings.rater[j] == gold)
          call(p, i, j);
}

/// Mean of Cohen's kappas over all pairs of raters (gold missing), or over the pairs of one rater with each other one.
inline linearised_agreement mean_pair_kappa(const rating_view& ratings, const category_distance& distance,
                                            const profile_weights& by, std::uint32_t gold) {
  linearised_agreement out;
  const std::size_t raters = ratings.raters, q = ratings.categories();
  const std::size_t pairs = is_missing(gold) ? raters * (raters - 1) / 2 : raters - 1;
  const auto without = [&](std::size_t count, const char* more = "") {
    out.undefined = more + std::to_string(count) + " of " + std::to_string(pairs) +
                    " pairs of raters have no kappa: they share no unit, or use one category only";
    return out;
  };
  constexpr std::size_t many =
      1'000'000; // memory for each pair of raters only where all of them can have met
  std::size_t met = 0;
  for_each_pair(ratings, gold, [&](std::size_t, std::size_t, std::size_t) { ++met; });
  if (pairs > many && met < pairs)
    return without(pairs - met, "at least ");
  const rater_margins margins = margins_of(ratings, by);
  // Pairs with the gold rater are told apart by the other one.
  const std::size_t columns = is_missing(gold) ? raters : 1;
  const auto at = [&](std::uint32_t g, std::uint32_t h) {
    return is_missing(gold) ? g * columns + h : static_cast<std::size_t>(g == gold ? h : g);
  };
  std::vector<double> shared(raters * columns, 0.0), seen(raters * columns, 0.0),
      chance(raters * columns, 0.0);
  std::vector<double> to(raters * q); // distance of each category to the ratings of each rater
  for (std::size_t g = 0; g < raters; ++g) {
    const auto row = distances_to(std::span(margins.share).subspan(g * q, q), ratings, distance);
    std::copy(row.begin(), row.end(), to.begin() + static_cast<std::ptrdiff_t>(g * q));
  }
  const auto far = [&](std::uint32_t k, std::uint32_t l) {
    if (k == l)
      return 0.0;
    return distance.form == category_distance::kind::matrix ? 1.0 - distance.weight[k * q + l] : 1.0;
  };
  for_each_pair(ratings, gold, [&](std::size_t p, std::size_t i, std::size_t j) {
    const std::size_t c = at(ratings.rater[i], ratings.rater[j]);
    shared[c] += by.weight[p];
    seen[c] += by.weight[p] * far(ratings.code[i], ratings.code[j]);
  });
  std::vector<double> pull(raters * q, 0.0); // of a rating of category k by rater g, through the margins
  const auto each = 1.0 / static_cast<double>(pairs);
  double value = 0.0, observed = 0.0, expected = 0.0;
  std::size_t undefined = 0;
  for (std::uint32_t h = 0; h < raters; ++h)
    for (std::uint32_t g = 0; g < h; ++g) {
      if (!is_missing(gold) && g != gold && h != gold)
        continue;
      const std::size_t c = at(g, h);
      for (std::size_t k = 0; k < q; ++k)
        chance[c] += margins.share[g * q + k] * to[h * q + k];
      if (!(shared[c] > 0.0) || !(chance[c] > 0.0)) {
        ++undefined;
        continue;
      }
      seen[c] /= shared[c];
      const double ratio = seen[c] / chance[c];
      value += each * (1.0 - ratio);
      observed += each * (1.0 - seen[c]);
      expected += each * (1.0 - chance[c]);
      const double of_g = each * ratio / (chance[c] * margins.total[g]);
      const double of_h = each * ratio / (chance[c] * margins.total[h]);
      for (std::size_t k = 0; k < q; ++k) {
        pull[g * q + k] += of_g * (to[h * q + k] - chance[c]);
        pull[h * q + k] += of_h * (to[g * q + k] - chance[c]);
      }
    }
  if (undefined > 0)
    return without(undefined);
  out.value = value;
  out.observed = observed;
  out.expected = expected;
  out.limit = limit_of_rare(ratings, by);
  out.influence.assign(ratings.profiles(), 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i)
      out.influence[p] += pull[ratings.rater[i] * q + ratings.code[i]];
  for_each_pair(ratings, gold, [&](std::size_t p, std::size_t i, std::size_t j) {
    const std::size_t c = at(ratings.rater[i], ratings.rater[j]);
    out.influence[p] -= each * (far(ratings.code[i], ratings.code[j]) - seen[c]) / (shared[c] * chance[c]);
  });
  if (distance.form == category_distance::kind::nominal)
    out.lowest = std::min(-1.0, out.value);
  return out;
}

/// Bangdiwala's B of two raters: what agreement fills of the rectangles that it could fill.
inline linearised_agreement bangdiwala(const rating_view& ratings, std::span<const double> category_weights,
                                       const profile_weights& by) {
  if (!category_weights.empty())
    throw argument_error("weights: bangdiwala_b knows full agreement only; expected identity");
  linearised_agreement out;
  const std::size_t q = ratings.categories();
  std::vector<double> both(q, 0.0), first(q, 0.0), second(q, 0.0);
  double total = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const auto codes = ratings.of(p);
    if (codes.size() < 2)
      continue;
    total += by.weight[p];
    first[codes[0]] += by.weight[p];
    second[codes[1]] += by.weight[p];
    both[codes[0]] += codes[0] == codes[1] ? by.weight[p] : 0.0;
  }
  double filled = 0.0, whole = 0.0;
  for (std::size_t k = 0; k < q; ++k) {
    first[k] /= total;
    second[k] /= total;
    both[k] /= total;
    filled += both[k] * both[k];
    whole += first[k] * second[k];
  }
  if (!(whole > 0.0)) {
    out.undefined = "no category is used by both raters";
    return out;
  }
  out.value = filled / whole;
  out.lowest = 0.0;
  out.influence.assign(ratings.profiles(), 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const auto codes = ratings.of(p);
    if (codes.size() < 2)
      continue;
    const double more = codes[0] == codes[1] ? 2.0 * both[codes[0]] : 0.0;
    const double wider = second[codes[0]] + first[codes[1]];
    out.influence[p] = ((more - 2.0 * filled) - out.value * (wider - 2.0 * whole)) / (whole * total);
  }
  return out;
}

} // namespace qascore::kernel::detail_pair_kappa
