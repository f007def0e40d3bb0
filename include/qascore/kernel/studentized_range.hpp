// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>

/// Tukey's studentized range: the distribution behind comparisons of all pairs.
namespace qascore::kernel {

/// P(Q > q) for Q = (largest - smallest of `groups` independent standard normal values) / s, s^2 an independent
/// estimate of their variance with `df` degrees of freedom (may be infinite). NaN for fewer than 2 groups, df <= 0,
/// q < 0 or NaN.
///   P(Q <= q) = E_s [ k int phi(z) (Phi(z) - Phi(z - q s))^(k - 1) dz ]
/// Both integrals by the trapezoidal rule; absolute error below 1e-10. Checked against: SciPy 1.17.1
/// (stats.studentized_range), |t| sqrt 2 for two groups.
double studentized_range_upper(double q, std::size_t groups, double df);

/// The q with P(Q <= q) = p, 0 < p < 1; NaN outside.
double studentized_range_quantile(double p, std::size_t groups, double df);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/studentized_range.ipp"
#endif
