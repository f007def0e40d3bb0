// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../detail/config.hpp"

#include <span>
#include <string>

namespace qascore {

/// How much a design changes the variance of a mean: above 1 the sample says less than its size promises.
struct design_effect {
  double without_replacement = missing_value; ///< V / (S^2 (1/n - 1/N)), N the sum of the weights
  double with_replacement = missing_value;    ///< V / (S^2 / n)
  double kish = missing_value;                ///< of unequal weights alone: n sum w^2 / (sum w)^2
  double effective_size = missing_value;      ///< n / kish
  std::string undefined;                      ///< why something is undefined; empty when all is well
};

namespace kernel {

/// V is the design variance of the mean of y, S^2 the estimated population variance, n the units with a value
/// (NaN: none). Undefined where V is, where y is constant, and without replacement where the weights sum to
/// n. Source: Kish (1965), Survey Sampling, sec. 8.2 and 11.7. Checked against: R survey 4.1 (svymean with
/// deff).
design_effect design_effect_of(const design_view& design, std::span<const double> y);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/design_effect.ipp"
#endif
