// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "mixed_data.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace qascore {

/// How the limits of a variance are made.
enum class component_interval {
  automatic,  ///< profile, but information for 50 levels or more with a variance of 4 standard errors or more
  profile,    ///< all values that a likelihood ratio test does not reject: holds at 0, too
  information ///< chi-squared with df = 2 (variance / standard error)^2, Satterthwaite's
};

struct mixed_options {
  confidence_level confidence{};
  component_interval interval = component_interval::automatic;
  /// Effects of this factor count from the mean of its levels, and the means of the others are averages over them.
  std::size_t centre = std::numeric_limits<std::size_t>::max();
};

/// The predicted effects of one factor, per level: how far it lies from the mean of all.
struct mixed_effects {
  std::vector<double> value;
  std::vector<double> std_error; ///< root of the mean squared prediction error, unknown variances allowed for
  std::vector<double> df;        ///< Satterthwaite's, of the error with known variances; levels - 1 at least
  std::vector<std::size_t> n;    ///< rows of the level
};

struct mixed_fit {
  std::vector<tested_estimate>
      variance;                       ///< per factor, then of the error; the test (not of the error) is of 0
  std::vector<double> covariance;     ///< of `variance`, row-major
  std::vector<estimate> coefficient;  ///< intercept first
  std::vector<mixed_effects> effects; ///< per factor
  std::vector<mixed_effects>
      at_mean; ///< per factor: the effect plus the mean, at the average of the fixed columns
  double reml_criterion = missing_value; ///< -2 log restricted likelihood, constants and all
  std::size_t n = 0;
  std::size_t iterations = 0;
  bool converged = false;
  std::size_t dependent =
      std::numeric_limits<std::size_t>::max(); ///< a fixed column that the earlier ones determine
  std::string undefined;                       ///< why nothing is estimated; empty when all is well
};

} // namespace qascore

namespace qascore::kernel {

/// Linear mixed model with independent random intercepts of any number of factors, nested or crossed, balanced or not:
///
///   y_i = x_i'b + sum_f u_f[code_f(i)] + e_i,  u_f ~ N(0, s_f),  e_i ~ N(0, s_e / weight_i)
///
/// by restricted maximum likelihood: the variances s minimise
///
///   D(s) = log|V| + log|X'V^-1 X| + y'P y + (n - p) log 2 pi,   V = var(y),  P = V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1
///
/// by Newton steps with the average information y'P V_i P V_j P y and the exact gradient, halved until D falls; where that
/// fails a step of the EM algorithm. A variance ends at 0 where D rises from there on: that is an answer, and its
/// lower limit; the reason stands in `undefined` of its estimate. V is never formed: the levels of the largest factor (with
/// what is nested in it, or what it is nested in) are eliminated one by one, what remains is dense in the levels of the
/// other factors. O(N + sum over levels of m^2 + r^3) per step, m: other levels that a level meets, r: levels of the
/// factors that remain; memory O(N + r^2).
///
/// std_error of a variance: from the inverse of half the average information at the optimum. Test of a variance of 0:
/// D without it minus D, against the even mixture of chi-squared with 0 and 1 df (one variance on its boundary; cautious
/// with few levels). Effects: best linear unbiased predictions; their error is that with known variances plus what the
/// estimated ones add to first order (Kass and Steffey). Coefficients: generalised least squares, t limits with
/// Satterthwaite's degrees of freedom.
///
/// Undefined, with the reason: fewer than 2 levels in a factor; a factor with its own level for each row; two factors
/// that part the rows alike; no more rows than coefficients; no variance left for the error. `dependent` names a
/// fixed column that those before it determine. Throws data_error where more than 20,000 levels would remain
/// dense (two crossed factors with so many levels each).
/// Source: Patterson and Thompson (1971), doi:10.1093/biomet/58.3.545; Gilmour, Thompson and Cullis (1995), Biometrics 51,
/// 1440-1450, doi:10.2307/2533274; Bates et al. (2015), doi:10.18637/jss.v067.i01; Self and Liang (1987),
/// doi:10.1080/01621459.1987.10478472; Kass and Steffey (1989), doi:10.1080/01621459.1989.10478825.
/// Checked against: lme4 1.1.31 on several public data sets; dense matrices; closed forms of balanced tables; simulation.
mixed_fit fit_mixed_model(const mixed_data& data, const mixed_options& options);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/mixed_model.ipp"
#endif
