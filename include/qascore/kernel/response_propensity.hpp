// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/influence.hpp"
#include "../detail/config.hpp"
#include "correlation.hpp"
#include "regression.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

/// Who answers, modelled by what is known of all: weights for those who did, and estimates that know the weights were fitted.
namespace qascore {

struct propensity_options {
  confidence_level confidence{};
  std::size_t classes =
      0; ///< 0: each answer counts 1 / propensity; else as many classes of similar propensity
  double largest_factor = std::numeric_limits<double>::infinity(); ///< factors above are cut to this
};

/// A model of who answers.
struct response_propensity {
  regression_fit model;            ///< logit of the response; intercept, then the columns
  std::vector<double> propensity;  ///< per unit, fitted
  std::vector<double> factor;      ///< per unit: what its weight is multiplied by; 0: no answer
  std::vector<std::uint32_t> cell; ///< class per unit, ascending in propensity; empty without classes
  std::size_t answers = 0;
  std::size_t trimmed = 0;                      ///< answers whose factor was cut
  double effective_size = missing_value;        ///< Kish's of the answers after weights, (sum w)^2 / sum w^2
  std::string undefined;                        ///< why there are no weights; empty when all is well
  std::size_t fault = regression_fit::no_fault; ///< the column to blame

  std::vector<double>
      centred; ///< units x (columns + 1), row-major: 1, then the columns about their means with variance 1
  std::vector<double> inverse; ///< inverse information of the model in these, (columns + 1)^2
};

/// An estimate of those who answered, after weights for those who did not, and the difference.
struct adjusted_estimates {
  tested_estimate before, after, change; ///< the change comes with the test that it is 0
};

namespace kernel {

/// p_i = P(unit i answers) by logit regression of `answered` (0, 1) on columns that are known of all units, under the design
/// (pseudo maximum likelihood). With classes, equal parts of the weights in the order of p (ties together), an answer of class c counts
/// sum_c w / sum_c w r in place of 1 / p_i: less is made of the model's form. Undefined: as the logit regression (separation, all or
/// nobody answered), a class without answers. Throws argument_error where lengths differ, for a gap in a column, 1 class, a
/// largest factor of 1 or less. Sources: Little (1986), International Statistical Review 54, 139-157, doi:10.2307/1403140; Kim and Kim
/// (2007), Canadian Journal of Statistics 35, 501-514, doi:10.1002/cjs.5550350403.
response_propensity fit_response(const design_view& design, std::span<const double> answered,
                                 std::span<const std::span<const double>> columns,
                                 const propensity_options& options);

/// Influence on all units' weights w_i of an estimate from the answers' weights a_i w_i, v_i its influence on those:
///
///   u_i = r_i a_i v_i + g' I^-1 x_i (r_i - p_i),    g = sum over answers that were not cut of w_i v_i d a_i / d b = -w_i v_i (1 - p_i) / p_i x_i
///
/// I the information of the model; with classes u_i = r_i a_c v_i + (1 - r_i a_c) V_c / R_c with V_c = sum_c w r v, R_c = sum_c w r
/// (borders of classes, and factors that were cut, are taken as given). Source: Kim and Kim (2007). Checked against: finite
/// differences in the weights, post-stratification (one column of labels), simulation.
std::vector<double> influence_through(const response_propensity& fit, const design_view& design,
                                      std::span<const double> influence);

/// Mean of y, which silent units lack: of the answers, and after weights.
adjusted_estimates adjusted_mean(const design_view& design, const response_propensity& fit,
                                 std::span<const double> y, confidence_level confidence);

/// Correlation of x and y, likewise. Units that lack x, too, stay out of the correlation but not out of the model.
adjusted_estimates adjusted_correlation(const design_view& design, const response_propensity& fit,
                                        std::span<const double> x, std::span<const double> y,
                                        correlation_method method, confidence_level confidence);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/response_propensity.ipp"
#endif
