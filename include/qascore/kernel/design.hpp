// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// From the columns of a sample to a checked design.
namespace qascore {

/// What to do with several rows of one unit (a conversation that two raters evaluated).
enum class repeats {
  error,   ///< refuse, and name the unit (default)
  average, ///< one row per unit: the mean of its values
  cluster  ///< keep the rows as a cluster; they share the unit's weight equally
};

/// How the number of sampled units came about: it decides the variance.
enum class sample_selection {
  fixed_size, ///< so many of each stratum (default)
  poisson     ///< each unit (cluster) by itself with its chance: how many, chance decided
};

namespace kernel {

/// Columns of a sample, one row per evaluation, as codes. Empty spans: the column is not there.
struct design_columns {
  std::size_t rows = 0;
  std::span<const std::uint32_t> unit; ///< 0..units-1; empty: every row is a unit
  std::size_t units = 0;
  std::span<const std::uint32_t> stratum;
  std::size_t strata = 1;
  std::span<const std::uint32_t> cluster;
  std::size_t clusters = 0;
  std::span<const double>
      probability; ///< inclusion probability, a fraction in (0, 1]; at most one of this and weight
  std::span<const double> weight; ///< design weight, > 0
  std::span<const double>
      population; ///< per stratum: units (with a cluster column: clusters) in the population
  repeats repeated = repeats::error;
  single_unit single = single_unit::error;
  bool nest =
      false; ///< cluster codes start again in each stratum: the same code in two strata is two clusters
  bool spread_absent = false; ///< drawn units without a row leave their weight to the others of their stratum
  sample_selection selection = sample_selection::fixed_size;
  std::span<const double>
      planned{}; ///< per stratum: the chance that a plan gives each of its units; NaN: not known
  bool clusters_whole = false; ///< every sampled cluster was taken whole: its stratum's correction holds
};

/// What is wrong with a sample; each carries the place.
enum class design_fault {
  none,
  missing_unit,
  missing_stratum,
  missing_cluster,
  bad_probability,
  bad_weight,
  repeated_unit,
  unit_in_two_strata,
  unit_with_two_weights,
  unit_in_two_clusters,
  cluster_in_two_strata,
  cluster_with_two_chances, ///< Poisson sampling of clusters: its units must share one
  other_chance,             ///< than the plan gives
  other_weight,             ///< than 1 / the chance that the plan gives
  more_than_planned,        ///< more units of a stratum than the plan draws
  heavy_weights,            ///< equal weights of a stratum that add up to more than its population
  weight_below_one,         ///< Poisson sampling: 1 / weight is no chance
  bad_population,           ///< not a number, or not above 0
  small_population,         ///< below the sampled units
  single_unit_stratum
};

struct design_problem {
  design_fault fault = design_fault::none;
  std::size_t row = 0;       ///< where it was seen
  std::size_t other_row = 0; ///< the earlier row that it contradicts
  std::uint32_t code = 0;    ///< of the unit, stratum or cluster concerned
  std::size_t sampled = 0;   ///< units (clusters) of the stratum concerned
};

/// A checked design: what design_view looks at.
struct checked_design {
  design_problem problem;
  std::size_t units = 0;
  std::vector<double> weight;
  std::vector<std::uint32_t> stratum;
  std::vector<std::uint32_t> cluster; ///< dense, nested in strata; empty: every unit
  std::size_t clusters = 0;
  std::vector<std::uint32_t>
      unit_of_row; ///< with averaged repeats: where a row's value goes; else empty, rows are units
  std::vector<double> population; ///< per stratum, infinite where no correction holds; empty: endless
  std::vector<double> chance;     ///< per unit, under Poisson sampling; else empty
  std::vector<double> absent;     ///< per stratum: drawn units without a row; empty where nothing says so
};

/// Checks the columns and puts the design together.
///
/// With `spread_absent`, known population counts N_h and units of equal weight: drawn units that have no row leave
/// their weight to the r_h that have, N_h / r_h (missing at random within strata). Without it weights stay as they
/// are, as R's svydesign has it.
///
/// Clusters and population counts: 1 - n_h / N_h is the correction of the first stage. It is right by itself only
/// where clusters were taken whole; with a sample inside clusters it drops part of the variance. It is used where
/// the caller says `clusters_whole`, or all weights of the stratum are N_h / n_h; else the stratum counts as
/// drawn with replacement, which is cautious. Source: Sarndal, Swensson, Wretman (1992), ch. 4.
///
/// Poisson sampling: how many units are sampled says nothing about absent ones, a stratum with one unit is no problem, and
/// population counts correct nothing: the chances do (`chance`, see kernel/variance.hpp).
///
/// `planned`: a plan's strata speak for simple random samples, so that a unit with another chance than its stratum's
/// (1e-9 relative; weights, which people round: 1 %), or more units of a stratum than were to be drawn, is a fault. So are
/// equal weights that add up to more than 1.01 times the population of their stratum: one of the two is wrong.
///
/// With averaged repeats units are in the order of their
/// codes, else rows stay as they are. Throws argument_error where lengths differ; what is wrong with the data
/// is in `problem`, by code, for the caller to say in the words of the data.
checked_design check_design(const design_columns& columns);

/// Means of the values by unit, leaving NaN out (a unit with nothing else is NaN). Does not depend on the
/// order of rows.
std::vector<double> average_by_unit(std::span<const std::uint32_t> unit_of_row, std::size_t units,
                                    std::span<const double> values);

/// The code that all rows of a unit share, per unit. `conflict` is the first row that contradicts an earlier
/// one, or the number of rows.
struct unit_codes {
  std::vector<std::uint32_t> code;
  std::size_t conflict = 0;
};
unit_codes codes_by_unit(std::span<const std::uint32_t> unit_of_row, std::size_t units,
                         std::span<const std::uint32_t> codes);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/design.ipp"
#endif
