// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "domain.hpp"

/// Proportions with intervals that behave near 0 and 1.
namespace qascore {

/// How the limits of a proportion p are made. n* is the effective sample size p (1 - p) / V with V the design
/// variance; for independent rows n* = n and the normal quantile stands in place of t, which gives the
/// textbook intervals.
enum class proportion_interval {
  wilson,     ///< (default) roots of (p - x)^2 = q^2 x (1 - x) / n*, n* capped
  logit,      ///< symmetric in log(p / (1 - p)); none at 0 and 1
  beta,       ///< Clopper-Pearson with n* (Korn and Graubard), df-adjusted; the cautious choice
  arcsine,    ///< symmetric in asin(sqrt(p))
  likelihood, ///< those x with 2 n* (p log(p/x) + (1-p) log((1-p)/(1-x))) <= q^2; holds at 0 and 1
  t           ///< p +- t se, cut at 0 and 1; none at 0 and 1
};

namespace kernel {

/// Proportions by domain: the mean of an event in {0, 1} (or a fraction in [0, 1]), NaN for a unit without a
/// value.
///
///   q  = quantile of Student's t with the domain's df (normal for independent rows)
///   n* = p (1 - p) / V. At p = 0 or 1 there is no variance to see: n* = W^2 / sum_c (1 - n_h/N_h) W_c^2 (the
///   number of
///        clusters, corrected for unequal weights and the finite population), so that no interval is ever a
///        point unless the whole population was taken. For Wilson's interval n* is at most Kish's effective
///        size of the units, W^2 / sum_i (1 - n_h/N_h) w_i^2: a heavy stratum in which all units happen to
///        agree shows no variance, and would make n* as large as one likes.
///
/// The likelihood interval takes n* (n - 1) / n under a design, the quasi-binomial dispersion of R's survey:
/// there the limits are read off a spline, here they are the roots.
///
/// Sources: Wilson (1927), JASA 22, 209-212, doi:10.1080/01621459.1927.10502953; Korn and Graubard (1998),
/// Survey Methodology 24, 193-201. Checked against: R survey 4.1 (svyciprop: logit, xlogit, beta, asin,
/// mean); Clopper-Pearson and Wilson limits of SciPy (binomtest).
std::vector<estimate> proportions(const design_view& design, const domain_view& domain,
                                  std::span<const double> event, confidence_level confidence,
                                  proportion_interval interval);

/// One of them: the share p of the rows, whose variance is known, with its limits.
estimate share_limits(const design_view& design, double p, const design_variance& spread,
                      std::span<const std::uint32_t> rows, variance_engine& engine,
                      confidence_level confidence, proportion_interval interval);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/proportion.ipp"
#endif
