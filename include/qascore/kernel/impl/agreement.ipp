// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../agreement.hpp"
#include "../disagreement.hpp"
#include "pair_kappa.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace qascore::kernel {

QASCORE_INLINE std::string_view name_of(agreement_coefficient coefficient) noexcept {
  switch (coefficient) {
  case agreement_coefficient::percent_agreement:
    return "percent_agreement";
  case agreement_coefficient::cohen_kappa:
    return "cohen_kappa";
  case agreement_coefficient::scott_pi:
    return "scott_pi";
  case agreement_coefficient::fleiss_kappa:
    return "fleiss_kappa";
  case agreement_coefficient::conger_kappa:
    return "conger_kappa";
  case agreement_coefficient::brennan_prediger:
    return "brennan_prediger";
  case agreement_coefficient::gwet_ac:
    return "gwet_ac";
  case agreement_coefficient::light_kappa:
    return "light_kappa";
  case agreement_coefficient::fleiss_kappa_pooled:
    return "fleiss_kappa_pooled";
  case agreement_coefficient::bangdiwala_b:
    return "bangdiwala_b";
  }
  return "";
}

namespace detail_agreement {

/// A disagreement and its derivative in the weight of a unit, by profile.
struct part {
  double value = 0.0;
  std::vector<double> derivative{}; ///< empty: constant
};

inline part observed(const rating_view& ratings, const category_distance& distance,
                     const profile_weights& by) {
  part out{.derivative = pair_distances(ratings, distance)};
  double total = 0.0, sum = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const double w = ratings.count(p) >= 2 ? by.weight[p] : 0.0;
    total += w;
    sum += w * out.derivative[p];
  }
  out.value = sum / total;
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    out.derivative[p] = ratings.count(p) >= 2 ? (out.derivative[p] - out.value) / total : 0.0;
  return out;
}

/// The same with all ratings alike in place of all units: a unit of m ratings counts m - 1 times.
inline part observed_pooled(const rating_view& ratings, const category_distance& distance, const profile_weights& by) {
  part out{.derivative = pair_distances(ratings, distance)};
  const auto further = [&](std::size_t p) {
    return ratings.count(p) < 2 ? 0.0 : static_cast<double>(ratings.count(p) - 1);
  };
  double total = 0.0, sum = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    total += by.weight[p] * further(p);
    sum += by.weight[p] * further(p) * out.derivative[p];
  }
  out.value = sum / total;
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    out.derivative[p] = further(p) * (out.derivative[p] - out.value) / total;
  return out;
}

/// Share of each category: the mean over units of the unit's own shares.
struct shares {
  std::vector<double> share;
  double total = 0.0; ///< sum of the weights of rated units
};

inline shares shares_of(const rating_view& ratings, const profile_weights& by) {
  shares out{.share = std::vector<double>(ratings.categories(), 0.0)};
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const auto codes = ratings.of(p);
    if (codes.empty())
      continue;
    const double w = by.weight[p];
    out.total += w;
    for (const std::uint32_t c : codes)
      out.share[c] += w / static_cast<double>(codes.size());
  }
  for (double& part : out.share)
    part /= out.total;
  return out;
}

inline double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k)
    sum += a[k] * b[k];
  return sum;
}

/// Derivative of a function of the shares with gradient g: (mean of g over the unit's ratings - g . share) /
/// total.
inline std::vector<double> through_shares(const rating_view& ratings, const shares& of,
                                          std::span<const double> gradient) {
  std::vector<double> out = sums_over_ratings(ratings, gradient);
  const double centre = dot(gradient, of.share);
  for (std::size_t p = 0; p < out.size(); ++p) {
    const std::size_t m = ratings.count(p);
    out[p] = m == 0 ? 0.0 : (out[p] / static_cast<double>(m) - centre) / of.total;
  }
  return out;
}

inline part expected_common(const rating_view& ratings, const category_distance& distance,
                            const profile_weights& by) {
  const shares of = shares_of(ratings, by);
  std::vector<double> gradient = distances_to(of.share, ratings, distance);
  part out{.value = dot(gradient, of.share)};
  for (double& g : gradient)
    g *= 2.0;
  out.derivative = through_shares(ratings, of, gradient);
  return out;
}

inline part expected_pooled(const rating_view& ratings, const category_distance& distance, const profile_weights& by) {
  std::vector<double> share(ratings.categories(), 0.0);
  double total = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    for (const std::uint32_t c : ratings.of(p)) {
      share[c] += by.weight[p];
      total += by.weight[p];
    }
  for (double& k : share)
    k /= total;
  const std::vector<double> gradient = distances_to(share, ratings, distance);
  part out{.value = dot(gradient, share), .derivative = sums_over_ratings(ratings, gradient)};
  for (std::size_t p = 0; p < out.derivative.size(); ++p)
    out.derivative[p] = 2.0 * (out.derivative[p] - static_cast<double>(ratings.count(p)) * out.value) / total;
  return out;
}

inline part expected_gwet(const rating_view& ratings, const category_distance& distance,
                          const profile_weights& by) {
  const shares of = shares_of(ratings, by);
  const auto q = static_cast<double>(ratings.categories());
  const double factor = (q * q - total_distance(ratings, distance)) / (q * (q - 1.0));
  std::vector<double> gradient(of.share.size());
  double spread = 0.0;
  for (std::size_t k = 0; k < gradient.size(); ++k) {
    spread += of.share[k] * (1.0 - of.share[k]);
    gradient[k] = -factor * (1.0 - 2.0 * of.share[k]);
  }
  part out{.value = 1.0 - factor * spread};
  out.derivative = through_shares(ratings, of, gradient);
  return out;
}

inline part expected_uniform(const rating_view& ratings, const category_distance& distance) {
  const auto q = static_cast<double>(ratings.categories());
  return {.value = total_distance(ratings, distance) / (q * q), .derivative = {}};
}

inline part expected_by_rater(const rating_view& ratings, const category_distance& distance,
                              const profile_weights& by) {
  const std::size_t q = ratings.categories(), raters = ratings.raters;
  std::vector<double> share(raters * q, 0.0), total(raters, 0.0), sum(q, 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i) {
      const double w = by.weight[p];
      share[ratings.rater[i] * q + ratings.code[i]] += w;
      total[ratings.rater[i]] += w;
    }
  double active = 0.0;
  for (std::size_t g = 0; g < raters; ++g) {
    if (total[g] <= 0.0)
      continue;
    active += 1.0;
    for (std::size_t k = 0; k < q; ++k)
      sum[k] += share[g * q + k] /= total[g];
  }
  // D_e = sum over g of p_g . D (sum of the others' shares) / (active (active - 1)).
  const double pairs = active * (active - 1.0);
  const std::vector<double> to_all = distances_to(sum, ratings, distance);
  std::vector<double> gradient(raters * q), centre(raters, 0.0);
  part out;
  for (std::size_t g = 0; g < raters; ++g) {
    const std::span<const double> own(share.data() + g * q, q);
    const std::vector<double> to_own = distances_to(own, ratings, distance);
    for (std::size_t k = 0; k < q; ++k) {
      gradient[g * q + k] = 2.0 * (to_all[k] - to_own[k]) / pairs;
      centre[g] += gradient[g * q + k] * own[k];
    }
    out.value += 0.5 * centre[g];
  }
  out.derivative.assign(ratings.profiles(), 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i) {
      const std::uint32_t g = ratings.rater[i];
      if (total[g] > 0.0)
        out.derivative[p] += (gradient[g * q + ratings.code[i]] - centre[g]) / total[g];
    }
  return out;
}

inline void check_raters(const rating_view& ratings, agreement_coefficient coefficient) {
  using enum agreement_coefficient;
  const bool two = coefficient == cohen_kappa || coefficient == scott_pi || coefficient == bangdiwala_b;
  const bool identified = coefficient == cohen_kappa || coefficient == conger_kappa || coefficient == light_kappa ||
                          coefficient == bangdiwala_b;
  if (identified && ratings.anonymous())
    throw argument_error(
        std::string(name_of(coefficient)) +
        ": needs to know which rater gave which rating, but the raters of this table are anonymous; "
        "fleiss_kappa, gwet_ac, brennan_prediger and krippendorff_alpha do not");
  if (two && ratings.raters > 2)
    throw argument_error(std::string(name_of(coefficient)) + ": expected 2 raters but found " +
                         std::to_string(ratings.raters) + "; choose two of them, or take " +
                         (coefficient == cohen_kappa ? "conger_kappa" : "fleiss_kappa"));
}

inline bool has_pairs(const rating_view& ratings, const profile_weights& by) {
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) >= 2 && by.weight[p] > 0.0)
      return true;
  return false;
}

/// The least value that a coefficient can have. Of two ratings with the same margins, E d <= 2 D_e for the
/// nominal distance: a chance-corrected coefficient stays above -1, whatever the margins.
inline double lowest_of(const rating_view& ratings, const category_distance& distance,
                        agreement_coefficient coefficient) {
  const std::size_t q = ratings.categories();
  double furthest = 1.0;
  if (!distance.weight.empty())
    furthest = 1.0 - *std::min_element(distance.weight.begin(), distance.weight.end());
  switch (coefficient) {
  case agreement_coefficient::percent_agreement:
    return 1.0 - furthest;
  case agreement_coefficient::brennan_prediger:
  case agreement_coefficient::gwet_ac: {
    const auto cells = static_cast<double>(q) * static_cast<double>(q);
    return 1.0 - furthest * cells / total_distance(ratings, distance);
  }
  case agreement_coefficient::cohen_kappa:
  case agreement_coefficient::scott_pi:
  case agreement_coefficient::fleiss_kappa:
  case agreement_coefficient::conger_kappa:
  case agreement_coefficient::light_kappa:
  case agreement_coefficient::fleiss_kappa_pooled:
    break;
  case agreement_coefficient::bangdiwala_b:
    return 0.0;
  }
  return distance.form == category_distance::kind::nominal ? -1.0 : -std::numeric_limits<double>::infinity();
}

/// Whether what chance alone would give vanishes with the spread of the ratings (limit_of_rare).
inline bool rests_on_rare(agreement_coefficient coefficient) noexcept {
  using enum agreement_coefficient;
  return coefficient != percent_agreement && coefficient != brennan_prediger && coefficient != gwet_ac &&
         coefficient != bangdiwala_b;
}

inline part expected(const rating_view& ratings, const category_distance& distance,
                     agreement_coefficient coefficient, const profile_weights& by) {
  switch (coefficient) {
  case agreement_coefficient::percent_agreement:
  case agreement_coefficient::light_kappa:  // neither is 1 - D_o / D_e of one pair of numbers
  case agreement_coefficient::bangdiwala_b:
    break;
  case agreement_coefficient::fleiss_kappa_pooled:
    return expected_pooled(ratings, distance, by);
  case agreement_coefficient::cohen_kappa:
  case agreement_coefficient::conger_kappa:
    return expected_by_rater(ratings, distance, by);
  case agreement_coefficient::scott_pi:
  case agreement_coefficient::fleiss_kappa:
    return expected_common(ratings, distance, by);
  case agreement_coefficient::brennan_prediger:
    return expected_uniform(ratings, distance);
  case agreement_coefficient::gwet_ac:
    return expected_gwet(ratings, distance, by);
  }
  return {.value = 1.0, .derivative = {}};
}

} // namespace detail_agreement

QASCORE_INLINE linearised_agreement agreement_by_profile(const rating_view& ratings,
                                                         std::span<const double> category_weights,
                                                         agreement_coefficient coefficient,
                                                         const profile_weights& by) {
  using namespace detail_agreement;
  check_raters(ratings, coefficient);
  linearised_agreement out;
  if (!has_pairs(ratings, by)) {
    out.undefined = ratings.raters < 2 ? "fewer than 2 raters" : "no unit has two ratings";
    return out;
  }
  const category_distance distance =
      category_weights.empty() ? category_distance{}
                               : category_distance{category_distance::kind::matrix, category_weights};
  if (coefficient == agreement_coefficient::gwet_ac && ratings.categories() < 2) {
    out.undefined = "only one category is found; declare the categories that could have been used";
    return out;
  }
  if (coefficient == agreement_coefficient::light_kappa)
    return detail_pair_kappa::mean_pair_kappa(ratings, distance, by, missing_code);
  if (coefficient == agreement_coefficient::bangdiwala_b)
    return detail_pair_kappa::bangdiwala(ratings, category_weights, by);
  const bool pooled = coefficient == agreement_coefficient::fleiss_kappa_pooled;
  part seen = pooled ? observed_pooled(ratings, distance, by) : observed(ratings, distance, by);
  const part chance = expected(ratings, distance, coefficient, by);
  out.observed = 1.0 - seen.value;
  out.expected = coefficient == agreement_coefficient::percent_agreement ? missing_value : 1.0 - chance.value;
  if (!(chance.value > 0.0)) {
    out.undefined = "all ratings are in one category: no disagreement to expect by chance";
    return out;
  }
  const double ratio = seen.value / chance.value;
  out.value = 1.0 - ratio;
  // Units with one rating may carry margins of their own, which leave no bound.
  out.lowest = std::min(lowest_of(ratings, distance, coefficient), out.value);
  if (rests_on_rare(coefficient))
    out.limit = limit_of_rare(ratings, by);
  out.influence = std::move(seen.derivative);
  for (std::size_t p = 0; p < out.influence.size(); ++p) {
    const double slope = chance.derivative.empty() ? 0.0 : chance.derivative[p];
    out.influence[p] = (ratio * slope - out.influence[p]) / chance.value;
  }
  return out;
}

QASCORE_INLINE linearised_agreement linearised_agreement_of(const rating_view& ratings,
                                                            std::span<const double> category_weights,
                                                            agreement_coefficient coefficient,
                                                            std::span<const double> unit_weight) {
  linearised_agreement out =
      agreement_by_profile(ratings, category_weights, coefficient, weights_of(ratings, unit_weight));
  if (out.is_defined())
    out.influence = spread_to_units(ratings, out.influence);
  return out;
}

QASCORE_INLINE std::size_t apply_closed_form(linearised_agreement& coefficient, const rating_view& ratings,
                                             std::size_t least, agreement_std_error form, const design_view* design,
                                             double small_sample) {
  if (form != agreement_std_error::influence && !is_simple_random(design))
    throw argument_error(
        "std_error: the closed forms of Gwet and of large samples hold for a simple random sample, "
        "but the design has strata, clusters or unequal weights; choose influence");
  double n = 0.0, n2 = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    n += ratings.count(p) >= 1 ? ratings.multiplicity[p] : 0.0;
    n2 += ratings.count(p) >= 2 ? ratings.multiplicity[p] : 0.0;
  }
  if (form == agreement_std_error::gwet && coefficient.is_defined()) {
    if (small_sample < 1.0) { // alpha: over the paired units, degrees of freedom from the rated ones
      const double factor = std::sqrt(n2 / (n2 - 1.0) * (n - 1.0) / n) / small_sample;
      for (double& u : coefficient.influence)
        u *= factor;
    } else {
      const double weight = design == nullptr || ratings.units == 0 ? 1.0 : design->weight_of(0);
      for (std::size_t p = 0; p < ratings.profiles(); ++p)
        if (ratings.count(p) >= 1)
          coefficient.influence[p] +=
              coefficient.value / weight * ((ratings.count(p) >= 2 ? 1.0 / n2 : 0.0) - 1.0 / n);
    }
    return 1;
  }
  if (form == agreement_std_error::large_sample && coefficient.is_defined()) {
    const double units = least == 2 ? n2 : n;
    for (double& u : coefficient.influence)
      u *= std::sqrt((units - 1.0) / units) / small_sample;
  }
  // Units with one rating move the shares, but only units with two carry the agreement that is estimated.
  return form == agreement_std_error::influence ? 2 : form == agreement_std_error::gwet ? 1 : least;
}

QASCORE_INLINE agreement_result finish_agreement(linearised_agreement coefficient, const rating_view& ratings,
                                                 std::size_t least, std::string_view method,
                                                 const agreement_options& options, const design_view* design,
                                                 double small_sample) {
  const std::size_t carrying =
      apply_closed_form(coefficient, ratings, least, options.std_error, design, small_sample);
  inference_options inference;
  inference.confidence = options.confidence;
  inference.normal = options.normal;
  inference.lower_bound = coefficient.lowest;
  inference.upper_bound = 1.0;
  inference.magnitude = 1.0; // chance and what was observed are fractions
  inference.method = method;
  agreement_result out;
  static_cast<estimate&>(out) = infer_rated(coefficient, ratings, with_ratings(ratings, std::min(least, carrying)),
                                            with_ratings(ratings, carrying), design, inference);
  const bool zero_by_chance = method != name_of(agreement_coefficient::percent_agreement) &&
                              method != name_of(agreement_coefficient::bangdiwala_b);
  if (zero_by_chance)
    out.test = t_test(out);
  out.observed = coefficient.observed;
  out.expected = coefficient.expected;
  out.raters = ratings.raters;
  out.categories = ratings.categories();
  return out;
}

QASCORE_INLINE agreement_result agreement(const rating_view& ratings,
                                          std::span<const double> category_weights,
                                          agreement_coefficient coefficient, const agreement_options& options,
                                          const design_view* design) {
  // Units with one rating are part of what percent agreement never looks at.
  const bool pairs_only = coefficient == agreement_coefficient::percent_agreement ||
                          coefficient == agreement_coefficient::bangdiwala_b;
  const std::size_t least = pairs_only ? 2 : 1;
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  return finish_agreement(agreement_by_profile(ratings, category_weights, coefficient, by), ratings, least,
                          name_of(coefficient), options, design, 1.0);
}

} // namespace qascore::kernel
