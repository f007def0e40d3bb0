// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "calibration_step.hpp"
#include "missing.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace qascore {

/// What to do with a stratum in which only one unit (or cluster) was drawn: its variance cannot be estimated.
enum class single_unit {
  error,     ///< refuse, and name the stratum (default)
  certainty, ///< its unit stands for itself: no contribution
  average,   ///< contributes the mean contribution of the other strata
  adjust     ///< squared distance from the mean of all units' totals instead of the stratum's own
};

/// What standard errors under calibrated weights make of the known totals, which were fitted to the sample's own noise.
enum class calibrated_errors {
  corrected, ///< counts what the totals fitted, in variance and degrees of freedom (default)
  linearized ///< does not, as R's survey: for many units per total
};

/// Plain description of a sample design, as spans of codes: what the variance engine sees of it. Empty spans
/// mean the simple case. The spans must outlive the view.
struct design_view {
  std::size_t units = 0;                  ///< rows (sampled units)
  std::span<const double> weight;         ///< design weight per unit; empty: all 1
  std::span<const std::uint32_t> stratum; ///< dense code per unit, 0..strata-1; empty: one stratum
  std::span<const std::uint32_t> cluster; ///< dense code per unit, 0..clusters-1, nested in strata; empty: every unit
  std::size_t strata = 1;
  std::size_t clusters = 0;           ///< 0 when `cluster` is empty
  std::span<const double> population; ///< per stratum: number of clusters (units) in the population; empty: infinite
  /// Per unit: the inclusion probability of it (of its cluster), where each was drawn by itself (Poisson sampling):
  /// the size of the sample was left to chance, and strata say nothing about variances. Empty: sizes were fixed by
  /// stratum.
  std::span<const double> chance{};
  single_unit single = single_unit::error;
  /// How `weight` came from the weights of the draw, in order; empty: they are those. Influence values lose what the
  /// auxiliaries explain (kernel/variance.hpp).
  std::span<const calibration_step> calibration{};
  calibrated_errors calibrated = calibrated_errors::corrected;

  double weight_of(std::size_t unit) const noexcept { return weight.empty() ? 1.0 : weight[unit]; }
  std::uint32_t stratum_of(std::size_t unit) const noexcept { return stratum.empty() ? 0u : stratum[unit]; }
};

/// Independent rows of equal weight from an endless population: what a plain frame is taken for.
inline design_view independent_units(std::size_t units) noexcept {
  design_view view;
  view.units = units;
  return view;
}

/// Whether the view says nothing but how many rows there are.
inline bool is_independent(const design_view& view) noexcept {
  return view.weight.empty() && view.stratum.empty() && view.cluster.empty() && view.population.empty();
}

} // namespace qascore
