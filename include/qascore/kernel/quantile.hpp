// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "domain.hpp"
#include "proportion.hpp"

/// Quantiles under a design.
namespace qascore {

/// Which value stands for the p-quantile; F(y) is the weighted share of units with a value of at most y.
enum class quantile_definition {
  inverse_cdf, ///< (default) the smallest value with F(y) >= p; always a value that occurs
  averaged     ///< where F(y) = p exactly, halfway to the next value: the median of 1, 2, 3, 4 is 2.5
};

/// How limits of a quantile are made from limits of shares.
enum class quantile_limits {
  inversion, ///< (default) the values y whose share F(y) is compatible with p; right for ties too
  woodruff   ///< Q at the limits of the share F(q), as R's survey; with ties F(q) can lie far above p
};

struct quantile_options {
  confidence_level confidence{};
  quantile_definition definition = quantile_definition::inverse_cdf;
  quantile_limits limits = quantile_limits::inversion;
  proportion_interval interval = proportion_interval::wilson; ///< of shares
};

namespace kernel {

/// Quantiles by domain, p a fraction in (0, 1): q = Q(p). Shares F(y) have intervals as any proportion.
///
///   inversion: low  = the smallest y whose share may be p or more (upper limit of F(y) >= p)
///              high = the smallest y whose share is p or more    (lower limit of F(y) >= p)
///   woodruff:  low, high = Q(lower limit of F(q)), Q(upper limit of F(q))
///   std_error = (high - low) / (2 t)
///
/// With independent rows and the beta interval, inversion gives the exact limits by order statistics. NaN
/// marks a unit without a value, a gap as in `means`. Undefined (a value without an interval): where the
/// sample is too small or p too near 0 or 1 for a limit to lie among its values; where all values agree.
/// Where everything was taken the interval is the value itself. Throws argument_error for p outside (0, 1),
/// and for inversion with t or logit, which have no limits at 0 and 1.
/// Sources: Woodruff (1952), JASA 47, 635-646, doi:10.1080/01621459.1952.10483443; Francisco and Fuller
/// (1991), Annals of Statistics 19, 454-469 (inversion); definitions 1 and 2 of Hyndman and Fan (1996), The
/// American Statistician 50, 361-365, doi:10.1080/00031305.1996.10473566. Checked against: R survey 4.1
/// (svyquantile, qrule "math", interval "mean"), NumPy (inverted_cdf, averaged_inverted_cdf), exact order
/// statistics, simulation.
std::vector<estimate> quantiles(const design_view& design, const domain_view& domain,
                                std::span<const double> y, double p, const quantile_options& options);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/quantile.ipp"
#endif
