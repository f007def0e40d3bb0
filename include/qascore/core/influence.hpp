// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "missing.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace qascore {

/// How many degrees of freedom an interval may have at most, where few units tell of the value: a 0/1 column with three
/// ones, however many zeros, says as much of its own spread as three values do.
struct df_limit {
  double most = std::numeric_limits<double>::infinity();
  std::string_view none{}; ///< why there is no interval, where `most` is below 1; a string literal
};

/// An estimator's value with its influence values: what every estimator of the library delivers, and all that
/// the variance engine (kernel/variance.hpp) needs.
///
/// `influence[i]` is the derivative of the estimate in the weight of unit i, d(value)/d(w_i), at the design weights
/// (all 1 without a design). A mean has influence (y_i - mean) / sum(w). A unit that takes no part has 0. The sum of
/// w_i * influence_i is 0 for every estimate that does not change when all weights are scaled.
/// The difference of two estimates on the same units is the difference of their influence values.
/// Source: Deville (1999), Survey Methodology 25, 193-203; Demnati and Rao (2004), Survey Methodology 30, 17-26.
struct linearised {
  double value = missing_value;
  std::vector<double> influence; ///< one per unit; empty when the value is undefined
  std::string undefined;         ///< why; empty when the value is defined
  df_limit limit{};              ///< of its interval

  bool is_defined() const noexcept { return !is_missing(value); }
};

} // namespace qascore
