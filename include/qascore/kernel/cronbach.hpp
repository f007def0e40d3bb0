// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/influence.hpp"
#include "../detail/config.hpp"

#include <span>

/// Consistency of criteria that are added up to one score.
namespace qascore::kernel {

/// Cronbach's alpha of k >= 2 columns, one value per unit, for the population behind the design:
///
///   alpha = k / (k - 1) (1 - A / B),  A = sum_j var(y_j),  B = var(sum_j y_j),  var = sum w (y - mean)^2 /
/// sum w
///   u_i   = -k / (k - 1) (a_i - A - (A / B) (b_i - B)) / (B sum w),  a_i, b_i: squared distances from the
/// means
///
/// A unit that lacks a value in one of the columns takes no part. Undefined for fewer than 2 units, and where
/// the sum does not vary. Throws argument_error for fewer than 2 columns or differing lengths. Source:
/// Cronbach (1951), Psychometrika 16, 297-334, doi:10.1007/BF02310555. Checked against: R survey 4.1
/// (svycralpha), derivatives in the weights.
linearised cronbach_alpha(const design_view& design, std::span<const std::span<const double>> columns);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/cronbach.ipp"
#endif
