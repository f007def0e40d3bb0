// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "mixed_model.hpp"
#include "ordinal_link.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace qascore {

/// Rows of a cumulative link model. Nothing may be missing.
struct ordinal_data {
  std::span<const std::uint32_t> category; ///< 0 the lowest
  std::size_t categories = 0;              ///< each of them must occur
  std::vector<random_factor> factors;
  std::vector<std::span<const double>> fixed; ///< columns of the fixed part
  std::span<const double> weight;             ///< how many rows each stands for; empty: 1
};

struct ordinal_options {
  ordinal_link link = ordinal_link::logit;
  confidence_level confidence{};
  std::span<const double> value{}; ///< what each category counts, not descending; empty: 0, 1, 2, ...
  /// Effects of this factor count from the mean of its levels, and the means of the others are at that mean.
  std::size_t centre = std::numeric_limits<std::size_t>::max();
};

struct ordinal_fit {
  std::vector<estimate> threshold; ///< ascending, one less than categories; of rows with all columns 0
  std::vector<tested_estimate> coefficient; ///< positive: higher categories
  std::vector<tested_estimate> variance;    ///< per factor; the test is of 0
  std::vector<mixed_effects> effects;       ///< per factor: conditional modes; df is not known, infinite
  std::vector<std::vector<estimate>>
      at_mean; ///< per factor: mean of the categories' values at a level, at the averages of all else
  std::vector<double>
      covariance; ///< of thresholds, coefficients and roots of the variances, row-major; NaN at 0
  double log_likelihood = missing_value;
  std::size_t n = 0;
  std::size_t iterations = 0;
  bool converged = false;
  std::size_t dependent =
      std::numeric_limits<std::size_t>::max(); ///< a fixed column that the others determine
  std::string undefined;                       ///< why nothing is estimated; empty when all is well
};

} // namespace qascore

namespace qascore::kernel {

/// Cumulative link model of ordered categories with random intercepts of any number of factors, nested or crossed:
///
///   P(y_i <= k) = F(z_k - eta_i),   eta_i = x_i'b + sum_f u_f[code_f(i)],   u_f ~ N(0, s_f)
///
/// F logistic or normal, thresholds z_k ascending. The likelihood is Laplace's approximation at the modes u of
/// l(u) - sum_f u_f'u_f / (2 s_f), l the sum of log P(y_i):
///
///   L(z, b, s) = l(u) - sum_f u_f'u_f / (2 s_f) - log|D (Z'HZ + D^-1)| / 2,   H_i = -d2 log P(y_i) / d eta_i^2
///
/// exact without factors. Modes by Newton steps on the equations of kernel/mixed_model.hpp (same elimination, same cost),
/// parameters by quasi-Newton steps with the exact gradient of L, then by Newton steps with the differences of that
/// gradient, whose inverse is `covariance`.
///
/// Coefficients and thresholds: normal limits. Variances: normal limits of the logarithm of the root; test of 0: twice the
/// log-likelihood lost without the factor, against the even mixture of chi-squared with 0 and 1 df (cautious with few
/// levels). A variance below 1e-6 is 0. Maximum likelihood: with few levels a variance is too small on average, by about
/// 1 / levels of it. Laplace's approximation is good where levels have several rows each; with two or three rows of few
/// categories per level it takes that level's variance for too small.
/// Effects: modes; their error is that with known parameters plus what the estimated ones add to first order. Means
/// of the categories' values: sum_k value_k P(y = k) at the mean of the fixed part, the mode of the level, the mean of the
/// centre and 0 for other factors; their error is the effect's carried over, with that of the thresholds, their limits are
/// the images of limits of the linear predictor.
///
/// Throws argument_error for values that descend or are not one per category. Undefined, with the reason: fewer than 2
/// categories, one that does not occur, fewer than 2 levels in a factor, a factor
/// with its own level for each row, two that part the rows alike, estimates that run away (separation). `dependent` names a
/// fixed column that is constant or that those before it determine. Throws data_error as fit_mixed_model.
/// Source: McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x; Hedeker and Gibbons (1994), doi:10.2307/2533433;
/// Tierney and Kadane (1986), doi:10.1080/01621459.1986.10478240; Christensen, Cumulative Link Models for Ordinal
/// Regression with the R Package ordinal, and its clmm. Checked against: clmm of ordinal on Randall's wine ratings; MASS 7.3
/// polr (no factors); quadrature; finite differences; simulation.
ordinal_fit fit_ordinal_model(const ordinal_data& data, const ordinal_options& options);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/ordinal_model.ipp"
#endif
