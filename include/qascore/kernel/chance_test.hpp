// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"
#include "agreement.hpp"
#include "ratings.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace qascore {

/// A coefficient against what chance alone gives, with the standard error that holds under chance alone.
struct chance_test_result {
  double value = missing_value;
  double std_error = missing_value; ///< under chance alone: for the test, not for an interval
  double statistic = missing_value; ///< value / std_error, normal under chance
  double p_value = missing_value;   ///< two-sided
  double p_greater = missing_value; ///< one-sided: agreement beyond chance
  std::size_t n = 0;                ///< units rated at least twice
  std::string undefined;
};

namespace kernel {

/// The large-sample test of kappa = 0 as tables of two raters and of counts have it. Its standard error is another number
/// than that of the interval, which does not assume that raters guess.
///
///   Cohen, any weights W:  se^2 = (sum_kl p_1k p_2l (W_kl - (a_k + b_l))^2 - p_e^2) / (n (1 - p_e)^2),
///                          a_k = sum_l W_kl p_2l, b_l = sum_k W_kl p_1k, p_e = sum_kl W_kl p_1k p_2l
///   Scott, Fleiss:         se^2 = 2 (s^2 - sum_k p_k q_k (q_k - p_k)) / (n m (m - 1) s^2),  s = sum_k p_k q_k, q = 1 - p
///   Fleiss, pooled:        se = sqrt(2 (h - 1) + (m - h)(1 - 4 p q) / (m p q)) / ((m - 1) sqrt(n h)), two categories,
///                          m the mean, h the harmonic mean of the numbers of ratings; Fleiss' where they are equal
///
/// Undefined: units with one rating (they are in no such table), unequal numbers of ratings for Scott and Fleiss, more
/// than two categories for the pooled form then, and where the coefficient is. Throws argument_error for other
/// coefficients, for category weights other than Cohen's, and as the coefficient does. Source: Fleiss, Cohen and Everitt
/// (1969), doi:10.1037/h0028106; Fleiss, Nee and Landis (1979), doi:10.1037/0033-2909.86.5.974; Fleiss, Levin and Paik
/// (2003), section 18.3. Checked against: SAS FREQ, irr 0.84.1 (kappa2, kappam.fleiss), table 18.7 of the book.
chance_test_result chance_test(const rating_view& ratings, std::span<const double> category_weights,
                               agreement_coefficient coefficient);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/chance_test.ipp"
#endif
