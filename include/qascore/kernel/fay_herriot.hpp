// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace qascore {

/// How the variance between areas (agents) enters.
enum class between_variance {
  averaged, ///< over all values it may have, by how well each fits: intervals never collapse (default)
  reml,     ///< the one of largest restricted likelihood
  moment    ///< the moment estimator of Prasad and Rao
};

} // namespace qascore

/// Shrinkage of many imprecise means towards what areas alike have: the area-level model of Fay and Herriot.
namespace qascore::kernel {

struct area_fit {
  double between = missing_value; ///< A
  std::vector<double> coefficient, coefficient_error; ///< intercept first; standard errors
  std::vector<double> value;      ///< shrunken, per area
  std::vector<double> mse;        ///< mean squared error of `value`
  std::vector<double> own_weight; ///< A / (A + psi): how much of the area's own mean is in it, 0 to 1
  std::size_t dependent = std::numeric_limits<std::size_t>::max(); ///< a covariate that the earlier ones determine
  std::string undefined; ///< why; empty when all is well
};

/// Shrunken means under  y_i = x_i'b + v_i + e_i,  v_i ~ N(0, A),  e_i ~ N(0, psi_i), psi known:
///
///   value_i = x_i'b + g_i (y_i - x_i'b),  g_i = A / (A + psi_i),  b: least squares with weights 1 / (A + psi_i)
///   mse_i   = g1 + g2 + 2 g3:   g1 = g_i psi_i
///             g2 = (1 - g_i)^2 x_i' (sum x x' / (A + psi))^-1 x_i            for estimating b
///             g3 = psi_i^2 / (A + psi_i)^3 * var(A)                          for estimating A
///
/// reml: A of largest restricted likelihood L(A), var(A) = 2 / sum (A + psi)^-2. moment: A = (sum r_i^2 - sum psi_i
/// (1 - h_ii)) / (m - p) from ordinary residuals r and leverages h, var(A) = 2 / m^2 sum (A + psi)^2; both are cut at 0.
/// averaged: the mean of value_i over A with weights L(A), and the mean of g1 + g2 plus the variance of value_i over
/// A in place of the mse (the posterior mean and variance where all A >= 0 and all b are alike beforehand); A and g
/// are means too. It stays honest where the other two say A = 0.
///
/// `covariates`: one span per column, a value per area, without the intercept; a column that is the same for all has the
/// coefficient 0. psi_i >= 0; an area with psi_i = 0 keeps its mean.
/// Undefined: fewer than 3 areas more than coefficients. `dependent` names the place of a covariate that is a
/// combination of others (then nothing else is filled). O(m p^2) per value of A, a few dozen of which are looked at.
/// Source: Fay and Herriot (1979), JASA 74, 269-277, doi:10.1080/01621459.1979.10482505; Prasad and Rao (1990), JASA
/// 85, 163-171, doi:10.1080/01621459.1990.10475320; Datta and Lahiri (2000), Statistica Sinica 10, 613-627; for the
/// average: Morris and Lysy (2012), Statistical Science 27, 115-134, doi:10.1214/11-STS363.
/// Checked against: R sae on the milk data of Arora and Lahiri (1997), as the tests of samplics quote it; dense
/// matrices and quadrature (SciPy 1.17.1); simulation.
area_fit fay_herriot(std::span<const double> y, std::span<const double> psi,
                     std::span<const std::span<const double>> covariates, between_variance how);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/fay_herriot.ipp"
#endif
