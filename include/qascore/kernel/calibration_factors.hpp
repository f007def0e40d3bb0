// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/calibration_step.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <span>
#include <vector>

/// The weights that meet known totals of auxiliary variables.
namespace qascore::kernel {

/// Factors g_i = F(q_i' lambda) with sum w_i g_i q_ij = target_j, and how many Newton steps they took. The factors are
/// those of the last step where no solution was found: bounds too narrow, or no positive weights have such totals.
struct calibration_factors {
  std::vector<double> factor;
  bool reached = false;
  std::size_t steps = 0;
};

/// The weights of a step from other starting weights (its own, or those of a replicate): linear in one step, the others
/// by Newton's method with halved steps. A sum is met when it is off by less than 1e-10 sqrt(sum w).
calibration_factors factors_of(const calibration_step& step, std::span<const double> weight);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/calibration_factors.ipp"
#endif
