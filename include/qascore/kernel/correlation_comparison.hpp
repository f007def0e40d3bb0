// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/confidence.hpp"
#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/interval.hpp"
#include "../detail/config.hpp"
#include "correlation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Whether two correlations differ: of the same conversations, or of others.
namespace qascore {

/// Which test of two correlations that share a column.
enum class overlapping_test {
  williams, ///< t with n - 3 degrees of freedom (default)
  steiger,  ///< z of Fisher's transforms, with the covariance at their mean
  meng      ///< the same by Meng, Rosenthal and Rubin
};

/// The first correlation minus the second, with limits and the test that they are equal.
struct correlation_difference {
  double difference = missing_value;
  interval limits{missing_value, missing_value}; ///< Zou's: asymmetric, from the limits of both
  test_result test;
};

namespace kernel {

/// Of independent samples, from their Pearson correlations and sizes: z = (atanh r_1 - atanh r_2) / sqrt(1 / (n_1 - 3) + 1 / (n_2 - 3)).
/// Limits of each by Fisher's z, l_1, u_1, l_2, u_2, and of the difference by Zou: r_1 - r_2 - sqrt((r_1 - l_1)^2 + (u_2 - r_2)^2),
/// alike above. Throws argument_error for |r| >= 1 and n < 4. Sources: Fisher (1921), Metron 1, 3-32; Zou (2007),
/// Psychological Methods 12, 399-413, doi:10.1037/1082-989X.12.4.399. Checked against: R psych 2.2, cocor's formulas.
correlation_difference independent_correlations(double r1, double n1, double r2, double n2,
                                                confidence_level confidence);

/// Of one sample of n with the column 1 in common: r_12 against r_13, r_23 between the others. Williams:
///
///   t = (r_12 - r_13) sqrt((n - 1)(1 + r_23) / (2 (n - 1) / (n - 3) |R| + m^2 (1 - r_23)^3)),
///   m = (r_12 + r_13) / 2, |R| = 1 - r_12^2 - r_13^2 - r_23^2 + 2 r_12 r_13 r_23
///
/// Limits by Zou with the correlation of the two estimates (Dunn and Clark 1969). Throws argument_error also where three
/// columns cannot have these correlations (|R| < 0). Sources: Williams (1959), JRSS B 21, 396-399; Steiger (1980), Psychological Bulletin 87, 245-251,
/// doi:10.1037/0033-2909.87.2.245; Meng, Rosenthal and Rubin (1992), Psychological Bulletin 111, 172-175,
/// doi:10.1037/0033-2909.111.1.172; Zou (2007).
correlation_difference overlapping_correlations(double r12, double r13, double r23, double n,
                                                overlapping_test how, confidence_level confidence);

/// The correlations of four columns of one sample, two and two.
struct four_correlations {
  double r12, r34, r13, r14, r23, r24;
};
/// Of one sample with no column in common: r_12 against r_34. Steiger's z with the covariance at their mean; limits by Zou.
correlation_difference nonoverlapping_correlations(const four_correlations& r, double n,
                                                   confidence_level confidence);

/// Two correlations of columns of one design, whichever they share: the difference of their influence values has the
/// covariance in it, so that weights, clusters and ranks need no formula of their own. Test: atanh r_1 - atanh r_2
/// over its design-based standard error, t; limits by Zou from the linearised Fisher limits of both and the correlation of
/// the estimates. `missing`: pairs are complete by correlation; rows are left out where one of the columns has a gap.
struct compared_correlations {
  tested_estimate first, second;
  tested_estimate difference;
};
struct pair_of_columns {
  std::span<const double> x, y;
};
compared_correlations compare_correlations(const design_view& design, const pair_of_columns& first,
                                           const pair_of_columns& second, correlation_method method,
                                           confidence_level confidence,
                                           missing_rows missing = missing_rows::drop);

/// The same of two designs that share no unit.
compared_correlations compare_correlations(const design_view& design, const pair_of_columns& first,
                                           const design_view& other, const pair_of_columns& second,
                                           correlation_method method, confidence_level confidence,
                                           missing_rows missing = missing_rows::drop);

/// One correlation in each part of a design (channel), each against that of all other parts, and whether they are all alike.
struct correlations_by_part {
  std::vector<tested_estimate> part;       ///< by part, Fisher limits
  std::vector<tested_estimate> difference; ///< each minus that of all others, as of compare_correlations
  test_result all_alike;                   ///< NaN where fewer than two parts have a correlation
  std::size_t compared = 0;                ///< parts that have one
};

/// Parts are domains: units outside of one count 0 there and stay in the design, so that clusters which several parts share are in the
/// variances. all_alike (the interaction of part and score): Wald's test on z_g = atanh r_g,
///
///   F = Q (df - k + 1) / (k df),   Q = c' V^-1 c,   c_g = z_g - z_last,   V from the influence values of z, k = parts - 1,
///
/// on k and df - k + 1 degrees of freedom, df those of the design (Korn and Graubard 1990), or of the part with the fewest. `part`: code per unit, 0..parts - 1; units
/// without (missing_code), and those with a gap, take no part. Undefined: a part as its correlation is; the test where df < k. Source:
/// Korn and Graubard (1990), American Statistician 44, 270-276, doi:10.1080/00031305.1990.10475737. Checked against: two designs compared
/// (parts that are strata), regression with a product term, simulation.
correlations_by_part compare_parts(const design_view& design, std::span<const double> x,
                                   std::span<const double> y, std::span<const std::uint32_t> part,
                                   std::size_t parts, correlation_method method, confidence_level confidence);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/correlation_comparison.ipp"
#endif
