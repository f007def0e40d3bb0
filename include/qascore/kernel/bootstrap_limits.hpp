// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/confidence.hpp"
#include "../core/missing.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// From the replicates of a bootstrap to a standard error and limits.
namespace qascore::kernel {

struct bootstrap_summary {
  double bias = missing_value; ///< mean of the replicates minus the value
  double std_error = missing_value;
  double low = missing_value, high = missing_value;
  std::size_t replicates = 0;           ///< that have a value
  std::size_t undefined_replicates = 0; ///< NaN
  std::string undefined;                ///< why there are no limits; empty when all is well
};

/// Limits of `value` from its replicates (NaN: undefined), sorted inside:
///
///   percentile: quantiles at (1 -+ confidence) / 2, linear between those of rank (R + 1) p
///   BCa:        at F(z0 + (z0 + z) / (1 - a (z0 + z))), z0 = F^-1(share of replicates below the value, half of the ties), a the
///               acceleration
///
/// Undefined: half of the replicates or more are; no variation between them; BCa where all lie on one side. Source: Efron
/// (1987), JASA 82, 171-185, doi:10.1080/01621459.1987.10478410.
bootstrap_summary summarise_replicates(double value, std::vector<double> replicates,
                                       confidence_level confidence, bool bca, double acceleration);

/// Skewness of influence totals t by unit or cluster, sum t^3 / (6 (sum t^2)^(3/2)); 0 where all are 0.
double acceleration_of(const std::vector<double>& totals);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/bootstrap_limits.ipp"
#endif
