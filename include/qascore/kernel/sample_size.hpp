// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/interval.hpp"
#include "../detail/config.hpp"

#include <cstdint>
#include <span>

/// How many units a wanted precision takes: real numbers, before anything is added or rounded up. `z` is
/// the normal quantile of the confidence level, 1.96 for 95 %. Arguments are taken as they are; the fronts
/// (sampling/sample_size*.hpp) check them.
/// Checked against: PracTools 1.7.5, pwr 1.3.0, svy (reference data, where present), and by simulation.
namespace qascore::kernel {

/// Mean, to a margin: (z sd / margin)^2.
/// Source: Cochran (1977), Sampling Techniques, 3rd ed., section 4.6.
double size_for_mean(double margin, double sd, double z) noexcept;

/// Mean or total, to a coefficient of variation of its estimate: (cv_population / cv)^2, cv_population =
/// S / mean.
double size_for_cv(double cv, double cv_population) noexcept;

/// The interval whose half-width is to be the margin.
enum class proportion_margin {
  wald,     ///< z^2 p q / margin^2
  wilson,   ///< score interval: the positive root of margin (n + z^2) = z sqrt(p q n + z^2 / 4)
  log_odds, ///< symmetric on the scale log(p / q): z^2 / (p q log(x)^2), x the odds ratio between limit and p
  fleiss    ///< with the continuity correction, as programs give it after Fleiss
};

struct proportion_size {
  double n;
  interval limits; ///< of the interval to be expected with n units of which the fraction p has the feature
};

/// Proportion `p` in (0, 1), to a margin in (0, 1/2): half the width of the interval.
/// Source: Cochran (1977), section 4.4; Wilson (1927), J. Am. Stat. Assoc. 22, 209-212,
/// doi:10.1080/01621459.1927.10502953; Valliant, Dever, Kreuter (2018), Practical Tools for Designing and
/// Weighting Survey Samples, 2nd ed., chapter 3, doi:10.1007/978-3-319-93632-1; Fleiss, Levin, Paik
/// (2003), Statistical Methods for Rates and Proportions, 3rd ed.
proportion_size size_for_proportion(double margin, double p, double z, proportion_margin method) noexcept;

/// What a finite population of N leaves of n: n / (1 + n / N) where the variance has the divisor N - 1, n
/// / (1 + (n - 1) / N) where it has N (as p q has). Both are exact for a simple random sample.
double size_in_population(double n, double population, bool divisor_is_population) noexcept;

/// The smallest sample that with probability `assurance` has at least `wanted` units of a domain that is
/// the fraction `share` of all: P(B >= wanted) >= assurance, B binomial. For populations so large that drawing without
/// replacement makes no difference.
double size_for_domain_count(double wanted, double share, double assurance);

/// The same from a population that holds `marked` units of the domain: P(H >= wanted) >= assurance, H hypergeometric.
/// `wanted` is at most `marked`. Never more than the binomial size.
double size_for_domain_count(double wanted, std::uint32_t marked, std::uint32_t population, double assurance);

/// First of two samples of which a part may be the same units, for the difference of their means to have
/// variance 1:
///   n1 = v1 + ratio v2 - 2 overlap ratio correlation sqrt(v1 v2),   n2 = n1 / ratio
/// with v the variances of a unit, `overlap` the fraction of the first sample that is in the second,
/// `correlation` of a unit with itself. For a margin times (z / margin)^2; for a test times ((z_alpha +
/// z_beta) / difference)^2.
/// Source: Valliant, Dever, Kreuter (2018), section 4.4.
double size_for_difference(double v1, double v2, double overlap, double ratio, double correlation) noexcept;

/// First of two samples for the t test of the difference of their means to find `difference` with the given power:
/// the root in n1 of
///   P(|T| > t_{1 - alpha / sides, df}) = power    (one side: T > t),
/// T noncentral t with df degrees of freedom and noncentrality difference / sqrt(V / n1), V as of size_for_difference.
/// df is Welch's, (v1 / n1 + v2 / n2)^2 / [(v1 / n1)^2 / (n1 - 1) + (v2 / n2)^2 / (n2 - 1)] (2 (n - 1) for equal
/// variances and sizes), or with common units the smaller size less 1: the paired test where all are common, else
/// cautious. At least 2 units in each.
/// Source: Cohen (1988), Statistical Power Analysis, 2nd ed., chapter 2. Checked against: the noncentral t of SciPy, which R's
/// power.t.test(strict = TRUE) and pwr's pwr.t.test go by, and simulation.
double size_for_difference_test(double v1, double v2, double overlap, double ratio, double correlation,
                                double difference, double alpha, double power, int sides);

/// Units for a test of correlation 0 (size alpha, 1 or 2 sides) to find the correlation r with the given
/// power: Fisher's z of r + r / (2 (n - 1)) against that of the critical value of the t test. At least 4.
/// Source: Cohen (1988), Statistical Power Analysis, 2nd ed., section 12.7.2; checked against pwr 1.3.0.
double size_for_correlation_test(double r, double alpha, double power, int sides) noexcept;

/// Units for the Fisher interval of a correlation r to be 2 * margin wide: 3 + (1 + r^2 / 2 if of ranks)
/// (z / h)^2 with h the half-width on Fisher's scale.
/// Source: Bonett and Wright (2000), Psychometrika 65, 23-28, doi:10.1007/BF02294183.
proportion_size size_for_correlation(double r, double margin, double z, bool ranks) noexcept;

/// Variance of Cohen's kappa times n, for a table of probabilities of two raters (row-major, categories^2
/// cells that add up to 1):
///   (1 - pe)^-4 { sum_i p_ii [(1 - pe) - (p_i. + p_.i)(1 - po)]^2
///                 + (1 - po)^2 sum_{i != j} p_ij (p_.i + p_j.)^2 - (po pe - 2 pe + po)^2 }
/// A margin then takes variance (z / margin)^2 units.
/// Source: Fleiss, Cohen, Everitt (1969), Psychol. Bull. 72, 323-327, doi:10.1037/h0028106; for sample
/// sizes Cantor (1996), Psychol. Methods 1, 150-153, doi:10.1037/1082-989X.1.2.150.
double kappa_unit_variance(std::span<const double> table, std::size_t categories) noexcept;

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/sample_size.ipp"
#endif
