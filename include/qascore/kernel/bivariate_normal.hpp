// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

/// The normal distribution of two variables, and of one as a density.
namespace qascore::kernel {

double normal_density(double x) noexcept;

/// P(X <= h, Y <= k) of two standard normal variables with correlation rho, from Owen's T:
///
///   (Phi(h) + Phi(k)) / 2 - T(h, (k - rho h) / (h s)) - T(k, (h - rho k) / (k s)) - d,   s = sqrt(1 - rho^2),
///   d = 0 where h and k have one sign, else 1/2
///
/// to about 1e-15. h and k may be infinite; NaN where one is NaN or |rho| >= 1. Source: Owen (1956), Annals of
/// Mathematical Statistics 27, 1075-1090, doi:10.1214/aoms/1177728074. Checked against: mpmath with 30 digits.
double bivariate_normal_cdf(double h, double k, double rho) noexcept;

/// Density of the same at (h, k), which is also the derivative of the distribution function in rho; 0 at infinity.
double bivariate_normal_density(double h, double k, double rho) noexcept;

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/bivariate_normal.ipp"
#endif
