// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "confidence.hpp"
#include "missing.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace qascore {

/// A number with its uncertainty. Full precision, never rounded; frozen in spirit: made by the library, read by
/// the user. Where the value is undefined it is NaN, and `undefined` says why in one clause; where only the
/// uncertainty is undefined, `value` is a number, std_error and the limits are NaN, and `undefined` says why.
struct estimate {
  double value = missing_value;
  double std_error = missing_value;
  double low = missing_value;  ///< lower confidence limit
  double high = missing_value; ///< upper confidence limit
  double df = missing_value;   ///< degrees of freedom behind the interval; infinity: normal
  std::size_t n = 0;           ///< units (conversations, evaluations) that the estimate rests on
  confidence_level confidence{};
  std::string_view method;          ///< name of the estimator; a string literal
  std::string_view interval_method; ///< how the limits were made; a string literal
  std::string undefined;            ///< why something is undefined; empty when all is well
  std::size_t missing = 0; ///< units left out because they had no value, and drawn ones without a row (sample_design)
  std::string scope;       ///< what the design leaves out or makes up for, in words; empty: nothing

  bool is_defined() const noexcept { return !is_missing(value); }
};

/// A test of a hypothesis beside an estimate: statistic, degrees of freedom, two-sided p unless the method says
/// otherwise. df2 is NaN for tests with one df.
struct test_result {
  double statistic = missing_value;
  double df1 = missing_value;
  double df2 = missing_value;
  double p_value = missing_value;
};

/// An estimate with the test of a hypothesis about it (a correlation or a difference of 0).
struct tested_estimate : estimate {
  test_result test;
};

} // namespace qascore
