// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/calibration_step.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

/// Weights that meet known totals: post-stratification, calibration on margins and numbers, trimming.
namespace qascore {

/// How weights are calibrated. Bounds are of the g-weights, weight after / weight before; logit needs them.
struct calibration_method {
  weight_distance distance = weight_distance::linear;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
};

namespace kernel {

/// Something whose population total is known: a margin (`cell` per unit, a count for each cell), or a number (`value`
/// per unit, one total). `value` all 1 is the number of units in the population.
struct auxiliary {
  std::span<const std::uint32_t> cell; ///< 0..total.size()-1; empty: a number
  std::span<const double> value;
  std::span<const double> total;
};

/// What is wrong with totals, or with the weights they would make; each carries the place.
enum class weighting_fault {
  none,
  no_label,         ///< a unit (`unit`) without a cell in margin `auxiliary`
  bad_value,        ///< a unit whose number is missing, infinite, or (a measure) below 0
  bad_total,        ///< not a finite number; for counts, not above 0. `cell`, `found`
  empty_cell,       ///< a total (`asked`) for a cell in which no unit was sampled
  margins_differ,   ///< margin `auxiliary` adds up to `found`, the first margin to `asked`
  contradiction,    ///< the other totals make `found` of a total that is to be `asked`
  below_zero,       ///< unit `unit` would have the weight `found`
  other_population, ///< the design knows that `cell` (all cells: one past the last) holds `asked`, not `found`
  not_reached ///< the nearest came `found`, `asked` was the total; for trimming: weights sum to that at most (least)
};
struct weighting_problem {
  weighting_fault fault = weighting_fault::none;
  std::size_t unit = 0;
  std::size_t auxiliary = 0;
  std::size_t cell = 0;
  double found = 0.0;
  double asked = 0.0;
};

/// A step with its numbers: what a design keeps.
struct calibration_record {
  std::vector<double> weight;
  std::vector<std::uint32_t> cell;
  std::size_t cells = 0;
  std::vector<double> measure;
  std::vector<double> basis;
  std::size_t columns = 0;
  std::vector<double> target;
  calibration_method method;

  calibration_step view() const noexcept {
    return {weight, cell, cells, measure, basis, columns, target, method.distance, method.lower, method.upper};
  }
};

/// New weights, or the problem.
struct reweighted {
  weighting_problem problem;
  std::vector<double> weight;
  calibration_record record;
};

/// Post-stratification: within each cell weights are multiplied by g = T_c / sum_c w x, so that they sum to the known
/// total T_c of `measure` x (empty: 1, the number of units; else any size that is 0 or more: a ratio estimator per cell).
/// Source: Sarndal, Swensson, Wretman (1992), sec. 7.6. Checked against: R survey 4.1 (postStratify; svyratio with
/// predict).
reweighted poststratify(std::span<const double> weight, std::span<const std::uint32_t> cell,
                        std::span<const double> totals, std::span<const double> measure = {});

/// Calibration: weights w_i = d_i F(x_i' lambda) nearest to d_i in the sense of `method` that have the known totals of
/// all auxiliaries. Raking on margins is method {raking}: the same weights as iterative proportional fitting, by
/// Newton's method. Auxiliaries that depend on earlier ones are left out where their totals agree. Throws argument_error
/// for bounds that do not hold 1 between them. Source: Deville and
/// Sarndal (1992), JASA 87, 376-382, doi:10.1080/01621459.1992.10475217; Deville, Sarndal and Sautory (1993), JASA 88,
/// 1013-1020, doi:10.1080/01621459.1993.10476369. Checked against: R survey 4.1 (calibrate, rake), R sampling 2.9
/// (calib).
reweighted calibrate_weights(std::span<const double> weight, std::span<const auxiliary> auxiliaries,
                             const calibration_method& method);

/// Trimming: w_i -> min(max(f w_i, lower), upper) with one factor f per cell (empty: one for all) such that the sum of
/// the cell's weights stays: what is cut from some goes to the others in proportion. Totals that the weights were
/// calibrated to no longer hold. Throws argument_error for bounds below 0 or
/// in the wrong order. Checked against: the definition.
reweighted trim_weights(std::span<const double> weight, double lower, double upper,
                        std::span<const std::uint32_t> cell = {}, std::size_t cells = 1);

/// Counts of cells against what a design knows of its population: `known` is a count per cell, where the cells are its
/// strata, or one for all of them. Counts that differ by more than 1e-8 of what is known are another population.
weighting_problem check_population(std::span<const double> counts, std::span<const double> known);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/weighting.ipp"
#endif
