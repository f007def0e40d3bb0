// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/influence.hpp"
#include "../detail/config.hpp"
#include "variance.hpp"

#include <limits>
#include <string_view>

/// From a linearised estimator to an estimate with standard error and interval.
namespace qascore::kernel {

/// On which scale the interval is symmetric before it is carried back.
enum class interval_scale {
  identity, ///< value +- q * se
  logit,    ///< for a fraction in (0, 1)
  log,      ///< for a number above 0
  fisher_z  ///< atanh, for a correlation in (-1, 1)
};

/// How limits are made; q is the Student t quantile with the design's degrees of freedom, or the normal one.
struct inference_options {
  confidence_level confidence{};
  interval_scale scale = interval_scale::identity;
  bool normal = false;                                           ///< normal quantile in place of t
  double lower_bound = -std::numeric_limits<double>::infinity(); ///< limits are cut here
  double upper_bound = std::numeric_limits<double>::infinity();
  double magnitude =
      0.0; ///< of the numbers that the value is the difference of: what is smaller than their rounding is none
  std::string_view method{}; ///< name of the estimator, carried into the result; a string literal
  std::size_t n = 0;         ///< units behind the estimate; 0: all of the design
};

/// Standard error by the variance engine, limits by the options. Undefined where the value is, or where the
/// variance is (fewer than 2 clusters): then `undefined` carries the reason.
/// On the logit, log and Fisher scales a value at the border (0, 1, +-1) has no interval there: undefined with the
/// reason. Where nothing was left to chance (a census) the interval is the value itself. A standard error of 0
/// from anything less (all values of the sample agree) stays, but has no interval: `undefined` says so.
estimate infer(const linearised& estimator, const design_view& design, const inference_options& options);

/// The same where the variance is already known; `options.n` is taken as it stands.
estimate infer(double value, const design_variance& spread, const inference_options& options);

/// Whether the estimate is `null`: t = (value - null) / std_error, df and a two-sided p from Student's t (the normal
/// distribution where df is infinite). Undefined where the estimate has no interval, and for a census.
test_result t_test(const estimate& of, double null = 0.0);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/inference.ipp"
#endif
