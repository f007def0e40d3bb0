// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

/// Cumulative probabilities and quantiles of the distributions behind intervals and tests. `df` may be infinite
/// (the normal). Outside the domain (df <= 0, p outside [0, 1]) the answer is NaN; nothing throws.
/// Checked against mpmath with 30 digits in tests/unit/kernel.
namespace qascore::kernel {

double normal_cdf(double x) noexcept;
double normal_quantile(double p) noexcept;

double student_t_cdf(double x, double df) noexcept;
double student_t_quantile(double p, double df) noexcept;
/// Two-sided p-value of a t statistic.
double student_t_p_value(double statistic, double df) noexcept;

double f_cdf(double x, double df1, double df2) noexcept;
/// P(F > x), without the cancellation of 1 - f_cdf.
double f_upper(double x, double df1, double df2) noexcept;
double f_quantile(double p, double df1, double df2);

double chi_squared_upper(double x, double df) noexcept;
double chi_squared_quantile(double p, double df);

double beta_quantile(double p, double a, double b);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/distribution.ipp"
#endif
