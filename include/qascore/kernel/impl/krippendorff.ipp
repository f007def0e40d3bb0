// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../disagreement.hpp"
#include "../krippendorff.hpp"

#include <cmath>

namespace qascore::kernel {
namespace detail_krippendorff {

/// Weighted and plain counts of the pairable ratings.
struct margins {
  std::vector<double> count; ///< per category, sum of w
  double total = 0.0;        ///< sum of count
  double ratings = 0.0;      ///< N: pairable ratings of units with w > 0
  std::size_t used = 0;      ///< categories with a pairable rating
};

inline margins margins_of(const rating_view& ratings, const profile_weights& by) {
  margins out{.count = std::vector<double>(ratings.categories(), 0.0)};
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const auto codes = ratings.of(p);
    const double w = by.weight[p];
    if (codes.size() < 2)
      continue;
    out.ratings += by.units[p] * static_cast<double>(codes.size());
    for (const std::uint32_t c : codes)
      out.count[c] += w;
  }
  for (const double n : out.count) {
    out.total += n;
    out.used += n > 0.0 ? 1u : 0u;
  }
  return out;
}

inline double small_sample(const margins& of) {
  return of.ratings > 0.0 ? 1.0 - 1.0 / of.ratings : 1.0;
}

/// Whether alpha is defined; otherwise the reason goes into `out`.
inline bool is_defined(const rating_view& ratings, const margins& of, linearised& out) {
  if (of.used > 1)
    return true;
  if (of.used == 1)
    out.undefined = "all ratings are in one category: no disagreement to expect by chance";
  else
    out.undefined = ratings.raters < 2 ? "fewer than 2 raters" : "no unit has two ratings";
  return false;
}

/// alpha and its influence values from, per unit, `within` = m D_i (sum of distances to the other ratings,
/// over m - 1) and `across` = sum over its ratings of the mean distance to all ratings.
inline void assemble(linearised_agreement& out, const rating_view& ratings, const margins& of,
                     const profile_weights& by, std::vector<double> within, std::span<const double> across) {
  double seen = 0.0, chance = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) >= 2) {
      seen += by.weight[p] * within[p];
      chance += by.weight[p] * across[p];
    }
  seen /= of.total;
  chance /= of.total;
  const double factor = small_sample(of), ratio = seen / chance;
  out.value = 1.0 - factor * ratio;
  out.observed = 1.0 - factor * seen;
  out.expected = 1.0 - chance;
  const double scale = factor / (chance * of.total);
  for (std::size_t p = 0; p < within.size(); ++p) {
    const auto m = static_cast<double>(ratings.count(p));
    // d seen = (within - m seen) / total, d chance = 2 (across - m chance) / total.
    within[p] = m < 2.0 ? 0.0 : scale * (ratio * 2.0 * (across[p] - m * chance) - (within[p] - m * seen));
  }
  out.influence = std::move(within);
  out.limit = limit_of_rare(ratings, by);
}

inline linearised_agreement by_distance(const rating_view& ratings, const category_distance& distance,
                                        const profile_weights& by) {
  linearised_agreement out;
  margins of = margins_of(ratings, by);
  if (!is_defined(ratings, of, out))
    return out;
  std::vector<double> within = pair_distances(ratings, distance);
  for (std::size_t p = 0; p < within.size(); ++p)
    within[p] *= static_cast<double>(ratings.count(p));
  std::vector<double> share = of.count;
  for (double& part : share)
    part /= of.total;
  const std::vector<double> across = sums_over_ratings(ratings, distances_to(share, ratings, distance));
  assemble(out, ratings, of, by, std::move(within), across);
  if (distance.form == category_distance::kind::nominal)
    out.lowest = -1.0;
  return out;
}

/// Mid-rank of each category among the pairable ratings.
inline std::vector<double> mid_ranks(const margins& of) {
  std::vector<double> out(of.count.size());
  double below = 0.0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k] = below + 0.5 * of.count[k];
    below += of.count[k];
  }
  return out;
}

/// Squared differences of x by sums of squares: within a unit sum_{j != k} (x_j - x_k)^2 = 2 m sum_j (x_j -
/// mean)^2, and the mean distance of x_j to all ratings is (x_j - centre)^2 + variance.
inline linearised_agreement by_squares(const rating_view& ratings, const margins& of,
                                       const profile_weights& by, std::vector<double> x, bool ranks) {
  linearised_agreement out;
  double centre = 0.0;
  for (std::size_t k = 0; k < x.size(); ++k)
    centre += of.count[k] / of.total * (x[k] - x[0]);
  double variance = 0.0;
  for (std::size_t k = x.size(); k-- > 0;) {
    x[k] = x[k] - x[0] - centre;
    variance += of.count[k] / of.total * x[k] * x[k];
  }
  std::vector<double> within(ratings.profiles(), 0.0), across(ratings.profiles(), 0.0);
  std::vector<double> pull(ranks ? x.size() : 0, 0.0); // d seen / d x_k, times total / 4
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const auto codes = ratings.of(p);
    if (codes.size() < 2)
      continue;
    const auto m = static_cast<double>(codes.size());
    double mean = 0.0, far = 0.0;
    for (const std::uint32_t c : codes) {
      mean += x[c];
      far += x[c] * x[c];
    }
    mean /= m;
    double squares = 0.0;
    for (const std::uint32_t c : codes)
      squares += (x[c] - mean) * (x[c] - mean);
    const double share = m / (m - 1.0);
    within[p] = 2.0 * share * squares;
    across[p] = far + m * variance;
    if (ranks)
      for (const std::uint32_t c : codes)
        pull[c] += by.weight[p] * share * (x[c] - mean);
  }
  assemble(out, ratings, of, by, std::move(within), across);
  out.lowest = -1.0; // of two ratings with the same margins, E (x - y)^2 <= 4 variance = 2 D_e
  out.observed = out.expected = missing_value; // squared differences: no agreement between 0 and 1
  if (!ranks)
    return out;
  // A rating added to category g raises the mid-ranks above g by 1 and that of g by 1/2. With r = D_o / D_e,
  // d r / d x_k = 4 / (total * chance) * (pull_k - r * n_k x_k); chance = 2 variance.
  const double chance = 2.0 * variance, ratio = (1.0 - out.value) / small_sample(of);
  std::vector<double> through_ranks(x.size());
  double above = 0.0;
  for (std::size_t k = x.size(); k-- > 0;) {
    const double slope = 4.0 / (of.total * chance) * (pull[k] - ratio * of.count[k] * x[k]);
    through_ranks[k] = -small_sample(of) * (above + 0.5 * slope);
    above += slope;
  }
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) >= 2)
      for (const std::uint32_t c : ratings.of(p))
        out.influence[p] += through_ranks[c];
  return out;
}

inline std::string_view name_of(level of) {
  switch (of) {
  case level::nominal:
    return "krippendorff_alpha, nominal";
  case level::ordinal:
    return "krippendorff_alpha, ordinal";
  case level::interval:
    return "krippendorff_alpha, interval";
  case level::ratio:
    return "krippendorff_alpha, ratio";
  }
  return "";
}

inline agreement_result finish_alpha(linearised_agreement alpha, const rating_view& ratings,
                                     std::string_view method, const agreement_options& options,
                                     const profile_weights& by, const design_view* design) {
  return finish_agreement(std::move(alpha), ratings, 2, method, options, design,
                          small_sample(margins_of(ratings, by)));
}

inline linearised_agreement to_units(linearised_agreement alpha, const rating_view& ratings) {
  if (alpha.is_defined())
    alpha.influence = spread_to_units(ratings, alpha.influence);
  return alpha;
}

} // namespace detail_krippendorff

QASCORE_INLINE linearised_agreement alpha_by_profile(const rating_view& ratings, level of,
                                                     const profile_weights& by) {
  using namespace detail_krippendorff;
  if (of == level::nominal)
    return by_distance(ratings, {}, by);
  if (of == level::ratio) {
    if (!ratings.value.empty() && ratings.value.front() < 0.0)
      throw argument_error("level: ratio needs ratings of 0 or more but found " +
                           qascore::detail::format_number(ratings.value.front()));
    return by_distance(ratings, {category_distance::kind::ratio, {}}, by);
  }
  linearised_agreement out;
  const margins margin = margins_of(ratings, by);
  if (!is_defined(ratings, margin, out))
    return out;
  const bool ranks = of == level::ordinal;
  return by_squares(
      ratings, margin, by,
      ranks ? mid_ranks(margin) : std::vector<double>(ratings.value.begin(), ratings.value.end()), ranks);
}

QASCORE_INLINE linearised_agreement alpha_by_profile(const rating_view& ratings,
                                                     std::span<const double> category_weights,
                                                     const profile_weights& by) {
  using namespace detail_krippendorff;
  if (category_weights.empty())
    return by_distance(ratings, {}, by);
  return by_distance(ratings, {category_distance::kind::matrix, category_weights}, by);
}

QASCORE_INLINE linearised_agreement linearised_alpha(const rating_view& ratings, level of,
                                                     std::span<const double> unit_weight) {
  return detail_krippendorff::to_units(alpha_by_profile(ratings, of, weights_of(ratings, unit_weight)),
                                       ratings);
}

QASCORE_INLINE linearised_agreement linearised_alpha(const rating_view& ratings,
                                                     std::span<const double> category_weights,
                                                     std::span<const double> unit_weight) {
  return detail_krippendorff::to_units(
      alpha_by_profile(ratings, category_weights, weights_of(ratings, unit_weight)), ratings);
}

QASCORE_INLINE agreement_result krippendorff_alpha(const rating_view& ratings, level of,
                                                   const agreement_options& options,
                                                   const design_view* design) {
  using namespace detail_krippendorff;
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  return finish_alpha(alpha_by_profile(ratings, of, by), ratings, name_of(of), options, by, design);
}

QASCORE_INLINE agreement_result krippendorff_alpha(const rating_view& ratings,
                                                   std::span<const double> category_weights,
                                                   const agreement_options& options,
                                                   const design_view* design) {
  using namespace detail_krippendorff;
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  return finish_alpha(alpha_by_profile(ratings, category_weights, by), ratings,
                      "krippendorff_alpha, category weights", options, by, design);
}

} // namespace qascore::kernel
