// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../chance_test.hpp"
#include "../distribution.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace qascore::kernel {
namespace detail_chance_test {

/// Variance of Cohen's kappa when two raters choose independently.
inline double cohen(const rating_view& ratings, std::span<const double> weights, double n) {
  const std::size_t q = ratings.categories();
  std::vector<double> first(q, 0.0), second(q, 0.0), to_second(q, 0.0), to_first(q, 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) == 2) {
      first[ratings.of(p)[0]] += ratings.multiplicity[p] / n;
      second[ratings.of(p)[1]] += ratings.multiplicity[p] / n;
    }
  double expected = 0.0, squares = 0.0;
  if (weights.empty()) { // the same sums, multiplied out: identity weights allow any number of categories
    for (std::size_t k = 0; k < q; ++k) {
      const double both = first[k] * second[k], sum = first[k] + second[k];
      expected += both;
      squares += both * (1.0 - sum);
    }
    return (squares + expected * expected) / (n * (1.0 - expected) * (1.0 - expected));
  }
  const auto weight = [&](std::size_t k, std::size_t l) { return weights[k * q + l]; };
  for (std::size_t k = 0; k < q; ++k)
    for (std::size_t l = 0; l < q; ++l) {
      to_second[k] += weight(k, l) * second[l];
      to_first[l] += weight(k, l) * first[k];
      expected += weight(k, l) * first[k] * second[l];
    }
  for (std::size_t k = 0; k < q; ++k)
    for (std::size_t l = 0; l < q; ++l) {
      const double d = weight(k, l) - to_second[k] - to_first[l];
      squares += first[k] * second[l] * d * d;
    }
  return (squares - expected * expected) / (n * (1.0 - expected) * (1.0 - expected));
}

/// Variance of Fleiss' kappa when ratings are drawn from common margins; m ratings of each unit, or their mean and
/// harmonic mean in two categories.
inline double fleiss(const rating_view& ratings, double n, double mean, double harmonic) {
  std::vector<double> share(ratings.categories(), 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    for (const std::uint32_t c : ratings.of(p))
      share[c] += ratings.multiplicity[p] / (n * mean);
  double spread = 0.0, skew = 0.0;
  for (const double p : share) {
    spread += p * (1.0 - p);
    skew += p * (1.0 - p) * (1.0 - 2.0 * p);
  }
  if (mean == harmonic)
    return 2.0 * (spread * spread - skew) / (n * mean * (mean - 1.0) * spread * spread);
  const double pq = 0.5 * spread; // p (1 - p) of either of two categories
  return (2.0 * (harmonic - 1.0) + (mean - harmonic) * (1.0 - 4.0 * pq) / (mean * pq)) /
         ((mean - 1.0) * (mean - 1.0) * n * harmonic);
}

} // namespace detail_chance_test

QASCORE_INLINE chance_test_result chance_test(const rating_view& ratings,
                                              std::span<const double> category_weights,
                                              agreement_coefficient coefficient) {
  using enum agreement_coefficient;
  const bool pooled = coefficient == fleiss_kappa_pooled;
  if (coefficient != cohen_kappa && coefficient != scott_pi && coefficient != fleiss_kappa && !pooled)
    throw argument_error(
        "chance_test: expected cohen_kappa, scott_pi, fleiss_kappa or fleiss_kappa_pooled but found " +
        std::string(name_of(coefficient)) +
        "; the test of every other coefficient stands beside its estimate");
  if (coefficient != cohen_kappa && !category_weights.empty())
    throw argument_error(
        "weights: " + std::string(name_of(coefficient)) +
        " has a test against chance for identity weights only; the test of the weighted coefficient "
        "stands beside its estimate");
  const linearised_agreement found =
      agreement_by_profile(ratings, category_weights, coefficient, weights_of(ratings, {}));
  chance_test_result out;
  out.value = found.value;
  out.undefined = found.undefined;
  double n = 0.0, single = 0.0, total = 0.0, inverse = 0.0;
  double least = std::numeric_limits<double>::infinity(), most = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    const auto m = static_cast<double>(ratings.count(p));
    single += m == 1.0 ? ratings.multiplicity[p] : 0.0;
    if (m < 2.0 || !(ratings.multiplicity[p] > 0.0))
      continue;
    n += ratings.multiplicity[p];
    total += ratings.multiplicity[p] * m;
    inverse += ratings.multiplicity[p] / m;
    least = m < least ? m : least;
    most = m > most ? m : most;
  }
  out.n = static_cast<std::size_t>(n);
  if (!found.is_defined())
    return out;
  if (single > 0.0) {
    out.undefined = "units with one rating: the test is that of tables without them";
    return out;
  }
  const bool equal = least == most;
  if (!equal && !pooled) {
    out.undefined =
        "units have unequal numbers of ratings: fleiss_kappa_pooled has a test for two categories";
    return out;
  }
  if (!equal && ratings.categories() > 2) {
    out.undefined = "units have unequal numbers of ratings in more than two categories: test one category "
                    "against the rest";
    return out;
  }
  const double mean = equal ? least : total / n, harmonic = equal ? least : n / inverse;
  const double variance = coefficient == cohen_kappa ? detail_chance_test::cohen(ratings, category_weights, n)
                                                     : detail_chance_test::fleiss(ratings, n, mean, harmonic);
  if (!(variance > 0.0)) {
    out.undefined = "nothing is left to chance: one rater uses one category only";
    return out;
  }
  out.std_error = std::sqrt(variance);
  out.statistic = out.value / out.std_error;
  out.p_greater = normal_cdf(-out.statistic);
  out.p_value = 2.0 * normal_cdf(-std::abs(out.statistic));
  return out;
}

} // namespace qascore::kernel
