// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../agreement.hpp"
#include "../disagreement.hpp"

#include <cmath>
#include <string>

namespace qascore::kernel {
namespace detail_agreement {

/// A disagreement and its derivative in each unit's weight.
struct part {
  double value = 0.0;
  std::vector<double> derivative{}; ///< empty: constant
};

inline part observed(const rating_view& ratings, const category_distance& distance,
                     std::span<const double> weight) {
  part out{.derivative = pair_distances(ratings, distance)};
  double total = 0.0, sum = 0.0;
  for (std::size_t u = 0; u < ratings.units(); ++u) {
    const double w = ratings.count(u) >= 2 ? unit_weight(weight, u) : 0.0;
    total += w;
    sum += w * out.derivative[u];
  }
  out.value = sum / total;
  for (std::size_t u = 0; u < ratings.units(); ++u)
    out.derivative[u] = ratings.count(u) >= 2 ? (out.derivative[u] - out.value) / total : 0.0;
  return out;
}

/// Share of each category: the mean over units of the unit's own shares.
struct shares {
  std::vector<double> share;
  double total = 0.0; ///< sum of the weights of rated units
};

inline shares shares_of(const rating_view& ratings, std::span<const double> weight) {
  shares out{.share = std::vector<double>(ratings.categories(), 0.0)};
  for (std::size_t u = 0; u < ratings.units(); ++u) {
    const auto codes = ratings.of(u);
    if (codes.empty())
      continue;
    const double w = unit_weight(weight, u);
    out.total += w;
    for (const std::uint32_t c : codes)
      out.share[c] += w / static_cast<double>(codes.size());
  }
  for (double& p : out.share)
    p /= out.total;
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
  for (std::size_t u = 0; u < out.size(); ++u) {
    const std::size_t m = ratings.count(u);
    out[u] = m == 0 ? 0.0 : (out[u] / static_cast<double>(m) - centre) / of.total;
  }
  return out;
}

inline part expected_common(const rating_view& ratings, const category_distance& distance,
                            std::span<const double> weight) {
  const shares of = shares_of(ratings, weight);
  std::vector<double> gradient = distances_to(of.share, ratings, distance);
  part out{.value = dot(gradient, of.share)};
  for (double& g : gradient)
    g *= 2.0;
  out.derivative = through_shares(ratings, of, gradient);
  return out;
}

inline part expected_gwet(const rating_view& ratings, const category_distance& distance,
                          std::span<const double> weight) {
  const shares of = shares_of(ratings, weight);
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
                              std::span<const double> weight) {
  const std::size_t q = ratings.categories(), raters = ratings.raters;
  std::vector<double> share(raters * q, 0.0), total(raters, 0.0), sum(q, 0.0);
  for (std::size_t u = 0; u < ratings.units(); ++u)
    for (std::size_t i = ratings.begin[u]; i < ratings.begin[u + 1]; ++i) {
      const double w = unit_weight(weight, u);
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
  out.derivative.assign(ratings.units(), 0.0);
  for (std::size_t u = 0; u < ratings.units(); ++u)
    for (std::size_t i = ratings.begin[u]; i < ratings.begin[u + 1]; ++i) {
      const std::uint32_t g = ratings.rater[i];
      if (total[g] > 0.0)
        out.derivative[u] += (gradient[g * q + ratings.code[i]] - centre[g]) / total[g];
    }
  return out;
}

inline std::string_view name_of(agreement_coefficient coefficient) {
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
  }
  return "";
}

inline void check_raters(const rating_view& ratings, agreement_coefficient coefficient) {
  const bool two =
      coefficient == agreement_coefficient::cohen_kappa || coefficient == agreement_coefficient::scott_pi;
  const bool identified =
      coefficient == agreement_coefficient::cohen_kappa || coefficient == agreement_coefficient::conger_kappa;
  if (identified && ratings.anonymous())
    throw argument_error(
        std::string(name_of(coefficient)) +
        ": needs to know which rater gave which rating, but the raters of this table are anonymous; "
        "fleiss_kappa, gwet_ac, brennan_prediger and krippendorff_alpha do not");
  if (two && ratings.raters > 2)
    throw argument_error(std::string(name_of(coefficient)) + ": expected 2 raters but found " +
                         std::to_string(ratings.raters) + "; choose two of them, or take " +
                         (identified ? "conger_kappa" : "fleiss_kappa"));
}

inline bool has_pairs(const rating_view& ratings) {
  for (std::size_t u = 0; u < ratings.units(); ++u)
    if (ratings.count(u) >= 2)
      return true;
  return false;
}

inline part expected(const rating_view& ratings, const category_distance& distance,
                     agreement_coefficient coefficient, std::span<const double> weight) {
  switch (coefficient) {
  case agreement_coefficient::percent_agreement:
    break;
  case agreement_coefficient::cohen_kappa:
  case agreement_coefficient::conger_kappa:
    return expected_by_rater(ratings, distance, weight);
  case agreement_coefficient::scott_pi:
  case agreement_coefficient::fleiss_kappa:
    return expected_common(ratings, distance, weight);
  case agreement_coefficient::brennan_prediger:
    return expected_uniform(ratings, distance);
  case agreement_coefficient::gwet_ac:
    return expected_gwet(ratings, distance, weight);
  }
  return {.value = 1.0, .derivative = {}};
}

} // namespace detail_agreement

QASCORE_INLINE linearised_agreement linearised_agreement_of(const rating_view& ratings,
                                                            std::span<const double> category_weights,
                                                            agreement_coefficient coefficient,
                                                            std::span<const double> unit_weight) {
  using namespace detail_agreement;
  check_raters(ratings, coefficient);
  linearised_agreement out;
  if (!has_pairs(ratings)) {
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
  part seen = observed(ratings, distance, unit_weight);
  const part chance = expected(ratings, distance, coefficient, unit_weight);
  out.observed = 1.0 - seen.value;
  out.expected = coefficient == agreement_coefficient::percent_agreement ? missing_value : 1.0 - chance.value;
  if (!(chance.value > 0.0)) {
    out.undefined = "all ratings are in one category: no disagreement to expect by chance";
    return out;
  }
  out.value = 1.0 - seen.value / chance.value;
  out.influence = std::move(seen.derivative);
  const double ratio = seen.value / chance.value;
  for (std::size_t u = 0; u < out.influence.size(); ++u) {
    const double slope = chance.derivative.empty() ? 0.0 : chance.derivative[u];
    out.influence[u] = (ratio * slope - out.influence[u]) / chance.value;
  }
  return out;
}

QASCORE_INLINE agreement_result finish_agreement(linearised_agreement coefficient, const rating_view& ratings,
                                                 std::size_t least, std::string_view method,
                                                 const agreement_options& options, const design_view* design,
                                                 double small_sample) {
  if (options.std_error != agreement_std_error::influence && design != nullptr &&
      (!design->weight.empty() || !design->cluster.empty() || design->strata > 1))
    throw argument_error(
        "std_error: the closed forms of Gwet and of large samples hold for a simple random sample, "
        "but the design has strata, clusters or weights; choose influence");
  std::size_t rated = 0, paired = 0;
  for (std::size_t u = 0; u < ratings.units(); ++u) {
    rated += ratings.count(u) >= 1 ? 1u : 0u;
    paired += ratings.count(u) >= 2 ? 1u : 0u;
  }
  const auto n = static_cast<double>(rated), n2 = static_cast<double>(paired);
  if (options.std_error == agreement_std_error::gwet && coefficient.is_defined()) {
    if (small_sample < 1.0) { // alpha: over the paired units, degrees of freedom from the rated ones
      const double factor = std::sqrt(n2 / (n2 - 1.0) * (n - 1.0) / n) / small_sample;
      for (double& u : coefficient.influence)
        u *= factor;
    } else {
      for (std::size_t u = 0; u < ratings.units(); ++u)
        if (ratings.count(u) >= 1)
          coefficient.influence[u] +=
              coefficient.value * ((ratings.count(u) >= 2 ? 1.0 / n2 : 0.0) - 1.0 / n);
    }
    least = 1;
  } else if (options.std_error == agreement_std_error::large_sample && coefficient.is_defined()) {
    const double units = least == 2 ? n2 : n;
    for (double& u : coefficient.influence)
      u *= std::sqrt((units - 1.0) / units) / small_sample;
  }
  inference_options inference;
  inference.confidence = options.confidence;
  inference.normal = options.normal;
  inference.upper_bound = 1.0;
  inference.method = method;
  agreement_result out{infer_rated(coefficient, ratings, least, design, inference)};
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
  const std::size_t least = coefficient == agreement_coefficient::percent_agreement ? 2 : 1;
  return finish_agreement(
      linearised_agreement_of(ratings, category_weights, coefficient, unit_weights(design)), ratings, least,
      detail_agreement::name_of(coefficient), options, design, 1.0);
}

} // namespace qascore::kernel
