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

inline margins margins_of(const rating_view& ratings, std::span<const double> weight) {
  margins out{.count = std::vector<double>(ratings.categories(), 0.0)};
  for (std::size_t u = 0; u < ratings.units(); ++u) {
    const auto codes = ratings.of(u);
    const double w = unit_weight(weight, u);
    if (codes.size() < 2 || w == 0.0)
      continue;
    out.ratings += static_cast<double>(codes.size());
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
                     std::span<const double> weight, std::vector<double> within,
                     std::span<const double> across) {
  double seen = 0.0, chance = 0.0;
  for (std::size_t u = 0; u < ratings.units(); ++u)
    if (ratings.count(u) >= 2) {
      seen += unit_weight(weight, u) * within[u];
      chance += unit_weight(weight, u) * across[u];
    }
  seen /= of.total;
  chance /= of.total;
  const double factor = small_sample(of), ratio = seen / chance;
  out.value = 1.0 - factor * ratio;
  out.observed = 1.0 - factor * seen;
  out.expected = 1.0 - chance;
  const double scale = factor / (chance * of.total);
  for (std::size_t u = 0; u < within.size(); ++u) {
    const auto m = static_cast<double>(ratings.count(u));
    // d seen = (within - m seen) / total, d chance = 2 (across - m chance) / total.
    within[u] = m < 2.0 ? 0.0 : scale * (ratio * 2.0 * (across[u] - m * chance) - (within[u] - m * seen));
  }
  out.influence = std::move(within);
}

inline linearised_agreement by_distance(const rating_view& ratings, const category_distance& distance,
                                        std::span<const double> weight) {
  linearised_agreement out;
  margins of = margins_of(ratings, weight);
  if (!is_defined(ratings, of, out))
    return out;
  std::vector<double> within = pair_distances(ratings, distance);
  for (std::size_t u = 0; u < within.size(); ++u)
    within[u] *= static_cast<double>(ratings.count(u));
  std::vector<double> share = of.count;
  for (double& p : share)
    p /= of.total;
  const std::vector<double> across = sums_over_ratings(ratings, distances_to(share, ratings, distance));
  assemble(out, ratings, of, weight, std::move(within), across);
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
                                       std::span<const double> weight, std::vector<double> x, bool ranks) {
  linearised_agreement out;
  double centre = 0.0;
  for (std::size_t k = 0; k < x.size(); ++k)
    centre += of.count[k] / of.total * (x[k] - x[0]);
  double variance = 0.0;
  for (std::size_t k = x.size(); k-- > 0;) {
    x[k] = x[k] - x[0] - centre;
    variance += of.count[k] / of.total * x[k] * x[k];
  }
  std::vector<double> within(ratings.units(), 0.0), across(ratings.units(), 0.0);
  std::vector<double> pull(ranks ? x.size() : 0, 0.0); // d seen / d x_k, times total / 4
  for (std::size_t u = 0; u < ratings.units(); ++u) {
    const auto codes = ratings.of(u);
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
    within[u] = 2.0 * share * squares;
    across[u] = far + m * variance;
    if (ranks)
      for (const std::uint32_t c : codes)
        pull[c] += unit_weight(weight, u) * share * (x[c] - mean);
  }
  assemble(out, ratings, of, weight, std::move(within), across);
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
  for (std::size_t u = 0; u < ratings.units(); ++u)
    if (ratings.count(u) >= 2)
      for (const std::uint32_t c : ratings.of(u))
        out.influence[u] += through_ranks[c];
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
                                     const design_view* design) {
  double pairable = 0.0;
  for (std::size_t u = 0; u < ratings.units(); ++u) {
    const std::size_t m = ratings.count(u);
    const bool weighted = design == nullptr || design->weight_of(u) != 0.0;
    pairable += m >= 2 && weighted ? static_cast<double>(m) : 0.0;
  }
  return finish_agreement(std::move(alpha), ratings, 2, method, options, design, 1.0 - 1.0 / pairable);
}

} // namespace detail_krippendorff

QASCORE_INLINE linearised_agreement linearised_alpha(const rating_view& ratings, level of,
                                                     std::span<const double> unit_weight) {
  using namespace detail_krippendorff;
  if (of == level::nominal)
    return by_distance(ratings, {}, unit_weight);
  if (of == level::ratio) {
    if (!ratings.value.empty() && ratings.value.front() < 0.0)
      throw argument_error("level: ratio needs ratings of 0 or more but found " +
                           qascore::detail::format_number(ratings.value.front()));
    return by_distance(ratings, {category_distance::kind::ratio, {}}, unit_weight);
  }
  linearised_agreement out;
  const margins margin = margins_of(ratings, unit_weight);
  if (!is_defined(ratings, margin, out))
    return out;
  const bool ranks = of == level::ordinal;
  return by_squares(
      ratings, margin, unit_weight,
      ranks ? mid_ranks(margin) : std::vector<double>(ratings.value.begin(), ratings.value.end()), ranks);
}

QASCORE_INLINE linearised_agreement linearised_alpha(const rating_view& ratings,
                                                     std::span<const double> category_weights,
                                                     std::span<const double> unit_weight) {
  using namespace detail_krippendorff;
  if (category_weights.empty())
    return by_distance(ratings, {}, unit_weight);
  return by_distance(ratings, {category_distance::kind::matrix, category_weights}, unit_weight);
}

QASCORE_INLINE agreement_result krippendorff_alpha(const rating_view& ratings, level of,
                                                   const agreement_options& options,
                                                   const design_view* design) {
  using namespace detail_krippendorff;
  return finish_alpha(linearised_alpha(ratings, of, unit_weights(design)), ratings, name_of(of), options,
                      design);
}

QASCORE_INLINE agreement_result krippendorff_alpha(const rating_view& ratings,
                                                   std::span<const double> category_weights,
                                                   const agreement_options& options,
                                                   const design_view* design) {
  using namespace detail_krippendorff;
  return finish_alpha(linearised_alpha(ratings, category_weights, unit_weights(design)), ratings,
                      "krippendorff_alpha, category weights", options, design);
}

} // namespace qascore::kernel
