// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace qascore {

/// How far weights may move: the function F of w_i = d_i F(x_i' lambda) by which weights d become w, with F(0) =
/// F'(0) = 1 (Deville and Sarndal 1992).
enum class weight_distance {
  linear, ///< F(u) = 1 + u: the regression estimator (GREG); weights may fall below 0, which is refused
  raking, ///< F(u) = exp(u): weights stay above 0; on margins the same as iterative proportional fitting
  logit   ///< between two bounds: L + (U - L) / (1 + (U - 1) / (1 - L) exp(-A u)), A = (U - L) / ((1 - L) (U - 1))
};

/// One change of the weights of a design to known totals of auxiliary variables, and what the variance engine
/// needs of it: the auxiliaries. Either `cell` (post-strata: within each, weights were multiplied by one number) or
/// `basis` (several auxiliaries, as columns that are orthonormal in the weights before: sum w_i q_ij q_ik = [j = k]), or
/// neither (trimming: nothing but a factor per unit). The spans must outlive the step.
struct calibration_step {
  std::span<const double> weight;      ///< per unit, before this step
  std::span<const std::uint32_t> cell; ///< post-stratum per unit, 0..cells-1; empty: no post-strata
  std::size_t cells = 0;
  std::span<const double> measure; ///< per unit, the number whose total per cell is known; empty: 1, a count
  std::span<const double> basis;   ///< columns one after the other, a value per unit each
  std::size_t columns = 0;
  std::span<const double> target; ///< known totals: per cell, or per column of the basis
  weight_distance distance = weight_distance::linear;
  double lower = -std::numeric_limits<double>::infinity(); ///< bounds of w_i / d_i
  double upper = std::numeric_limits<double>::infinity();
};

} // namespace qascore
