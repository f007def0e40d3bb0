// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "domain.hpp"

/// Means, totals, ratios and variances of a value under a design. In every function NaN marks a unit without
/// a value, and is counted in `estimate.missing`. Such units are not a part of the population but gaps in the
/// sample: r_h units with a value stand in place of n_h in the finite-population correction and the df, and with
/// known population counts they carry the weight of the others (N_h / r_h). This takes values to be missing at
/// random within strata; a stratum without any value is not spoken for. Parts of the population are what `domain`
/// is for: those keep n_h.
namespace qascore::kernel {

/// The mean over `rows`, and its influence values: influence[k] belongs to rows[k].
double mean_of_rows(const design_view& design, std::span<const std::uint32_t> rows, std::span<const double> y,
                    std::span<double> influence);

/// The mean with its influence values: m = sum w y / sum w, u_i = (y_i - m) / sum w. Here NaN masks a unit: the
/// others are a part of the population, and no weight moves. Undefined when no unit
/// has a value.
linearised mean(const design_view& design, std::span<const double> y);

/// Means by domain; the interval is m +- t * se. Where the rows are independent, a domain's rows are its
/// sample (variance s^2 / n of the domain); under a design the domain is a mask over the whole design. Rows are read in their
/// order, twice: for the means, and for the squares about them. The numbers are the same for any order of rows and any
/// number of threads.
/// Source: Sarndal, Swensson, Wretman (1992), ch. 5 and 10. Checked against: R survey 4.1 (svymean, svyby),
/// NIST.
std::vector<estimate> means(const design_view& design, const domain_view& domain, std::span<const double> y,
                            confidence_level confidence, unsigned threads = 1);

/// Totals by domain: T = sum w y, u_i = y_i. Undefined for independent rows, whose weights stand for no
/// population.
std::vector<estimate> totals(const design_view& design, const domain_view& domain, std::span<const double> y,
                             confidence_level confidence);

/// Ratios of totals by domain: R = sum w y / sum w x, u_i = (y_i - R x_i) / sum w x (the sample's sum, as R
/// survey; not the population's, as some textbooks). A unit takes part if it has both. Undefined when sum w x
/// = 0.
std::vector<estimate> ratios(const design_view& design, const domain_view& domain, std::span<const double> y,
                             std::span<const double> x, confidence_level confidence);

/// Variances of y in the population by domain: S^2 = n / (n - 1) * sum w (y - m)^2 / sum w, n the units of
/// the domain; u_i = (n / (n - 1) * (y_i - m)^2 - S^2) / sum w. Limits are symmetric in log S^2, and so
/// above 0: S^2 exp(-+ t se / S^2). Undefined for fewer than 2 units. Checked
/// against: R survey 4.1 (svyvar), PracTools 1.7 (wtdvar).
std::vector<estimate> variances(const design_view& design, const domain_view& domain,
                                std::span<const double> y, confidence_level confidence);

/// Degrees of freedom of a difference under a design, and the variance that goes with them.
enum class difference_df {
  satterthwaite, ///< those of either domain's own variance, and never more than the design's (default)
  design         ///< clusters - strata - 1, of the units in either domain: for comparison with R's svyttest
};

/// Mean of domain a minus mean of domain b, with the covariance that a shared design brings, and the t test
/// of no difference. V = v_a + v_b - 2 cov + (k_a - 1) v_a + (k_b - 1) v_b with k_d = c_d / (c_d - 1) * (c - 1) / c: deviations
/// are from the mean of a domain's own c_d clusters (units), c those of both. df = (v_a + v_b)^2 / (v_a^2 / d_a + v_b^2 /
/// d_b), d the clusters less the strata of a domain, and at most clusters - strata - 1 of both: linearised variances with
/// the latter alone hold too rarely where one domain is small (65 % of nominal 95 at two units, 87 at five, simulated). Undefined where a domain has one unit, or one cluster: it says
/// nothing of its own variance. Independent rows are two samples, each with its own variance: Welch's test, with the df of Satterthwaite
/// (v_a + v_b)^2 / (v_a^2 / (n_a - 1) + v_b^2 / (n_b - 1)). No test where the standard error is 0. Source: Welch
/// (1947), Biometrika 34, 28-35. Checked against: R survey 4.1 (svyttest), SciPy 1.17.1 (ttest_ind).
tested_estimate mean_difference(const design_view& design, const domain_view& domain, std::uint32_t a,
                                std::uint32_t b, std::span<const double> y, confidence_level confidence,
                                difference_df df = difference_df::satterthwaite);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/mean.ipp"
#endif
