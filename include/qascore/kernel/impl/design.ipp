// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/sum.hpp"
#include "../crossing.hpp"
#include "../design.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_design {

inline void check_length(const char* argument, std::size_t found, std::size_t rows) {
  if (found != 0 && found != rows)
    throw argument_error(std::string(argument) + ": expected " + std::to_string(rows) +
                         " values, one per row, but found " + std::to_string(found));
}

inline constexpr std::size_t unseen = static_cast<std::size_t>(-1);

/// The first row without a code, or none.
inline bool find_missing(std::span<const std::uint32_t> codes, design_fault fault, design_problem& problem) {
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (is_missing(codes[i])) {
      problem = {.fault = fault, .row = i, .other_row = i, .code = codes[i], .sampled = 0};
      return true;
    }
  return false;
}

/// The first row of each unit, and the number of its rows. False at a repeat that is refused or contradicts
/// itself.
inline bool check_units(const design_columns& in, std::span<const double> weight,
                        std::vector<std::size_t>& first, std::vector<std::uint32_t>& count,
                        design_problem& problem) {
  first.assign(in.units, unseen);
  count.assign(in.units, 0u);
  for (std::size_t i = 0; i < in.unit.size(); ++i) {
    const std::uint32_t u = in.unit[i];
    ++count[u];
    if (first[u] == unseen) {
      first[u] = i;
      continue;
    }
    const std::size_t j = first[u];
    design_fault fault = design_fault::none;
    if (in.repeated == repeats::error)
      fault = design_fault::repeated_unit;
    else if (!in.stratum.empty() && in.stratum[i] != in.stratum[j])
      fault = design_fault::unit_in_two_strata;
    else if (weight[i] != weight[j])
      fault = design_fault::unit_with_two_weights;
    else if (!in.cluster.empty() && in.cluster[i] != in.cluster[j])
      fault = design_fault::unit_in_two_clusters;
    if (fault != design_fault::none) {
      problem = {.fault = fault, .row = i, .other_row = j, .code = u, .sampled = 0};
      return false;
    }
  }
  return true;
}

/// Clusters numbered within strata. False where one lies in two strata and codes are not said to start again.
inline bool nest_clusters(const design_columns& in, checked_design& out) {
  const std::array<code_column, 2> columns{code_column{out.stratum, in.strata},
                                           code_column{out.cluster, in.clusters}};
  crossing cells = cross(columns);
  if (!in.nest) {
    std::vector<std::size_t> first(in.clusters, unseen);
    for (std::size_t i = 0; i < out.cluster.size(); ++i) {
      std::size_t& j = first[out.cluster[i]];
      if (j == unseen)
        j = i;
      else if (out.stratum[i] != out.stratum[j]) {
        out.problem = {.fault = design_fault::cluster_in_two_strata,
                       .row = i,
                       .other_row = j,
                       .code = out.cluster[i],
                       .sampled = 0};
        return false;
      }
    }
  }
  out.cluster = std::move(cells.codes);
  out.clusters = cells.cells;
  return true;
}

/// Whether two weights are the same but for rounding.
inline bool same_weight(double a, double b) {
  return std::abs(a - b) <= 1e-9 * b;
}

/// Gives the weight of drawn units without a row to the others of their stratum.
inline void cover_absent(const design_columns& in, std::span<const std::size_t> first,
                         std::vector<double>& weight, checked_design& out) {
  const auto stratum_of = [&](std::size_t row) { return in.stratum.empty() ? 0u : in.stratum[row]; };
  std::vector<double> present(in.strata, 0.0), lowest(in.strata, 0.0), highest(in.strata, 0.0);
  for (std::size_t k = 0; k < (first.empty() ? in.rows : first.size()); ++k) {
    const std::size_t row = first.empty() ? k : first[k];
    const std::uint32_t h = stratum_of(row);
    lowest[h] = present[h] == 0.0 ? weight[row] : std::min(lowest[h], weight[row]);
    highest[h] = std::max(highest[h], weight[row]);
    present[h] += 1.0;
  }
  std::vector<double> full(in.strata, 0.0);
  out.absent.assign(in.strata, 0.0);
  for (std::size_t h = 0; h < in.strata; ++h) {
    // Unequal weights, or rounded ones, say something else; a count below the sample is refused later.
    const double absent = std::round(in.population[h] / lowest[h]) - present[h];
    if (present[h] > 0.0 && same_weight(lowest[h], highest[h]) && std::isfinite(absent) && absent >= 1.0) {
      out.absent[h] = absent;
      full[h] = in.population[h] / present[h];
    }
  }
  for (std::size_t i = 0; i < in.rows; ++i)
    if (full[stratum_of(i)] > 0.0)
      weight[i] = full[stratum_of(i)];
}

/// Chances of the units under Poisson sampling; a fault where the units of a cluster do not share one.
inline void take_chances(const design_columns& in, std::span<const std::size_t> first, checked_design& out) {
  const auto chance = [&](std::size_t row) {
    return in.probability.empty() ? 1.0 / in.weight[row] : in.probability[row];
  };
  for (std::size_t k = 0; k < out.units; ++k)
    out.chance.push_back(chance(out.unit_of_row.empty() ? k : first[k]));
  std::vector<std::size_t> seen(out.clusters, unseen);
  for (std::size_t i = 0; i < out.cluster.size(); ++i) {
    std::size_t& j = seen[out.cluster[i]];
    if (j == unseen)
      j = i;
    else if (!same_weight(out.chance[i], out.chance[j])) {
      out.problem = {.fault = design_fault::cluster_with_two_chances,
                     .row = i,
                     .other_row = j,
                     .code = in.cluster.empty() ? 0u : in.cluster[i],
                     .sampled = 0};
      return;
    }
  }
}

/// The first row whose chance is not the one that the plan gives its stratum, or none.
inline bool find_other_chance(const design_columns& in, design_problem& problem) {
  if (in.planned.empty())
    return false;
  for (std::size_t i = 0; i < in.probability.size(); ++i) {
    const std::uint32_t h = in.stratum.empty() ? 0u : in.stratum[i];
    if (!is_missing(in.planned[h]) && !same_weight(in.probability[i], in.planned[h])) {
      problem = {.fault = design_fault::other_chance, .row = i, .other_row = i, .code = h, .sampled = 0};
      return true;
    }
  }
  for (std::size_t i = 0; i < in.weight.size(); ++i) {
    const std::uint32_t h = in.stratum.empty() ? 0u : in.stratum[i];
    if (!is_missing(in.planned[h]) && std::abs(in.weight[i] * in.planned[h] - 1.0) > 0.01) {
      problem = {.fault = design_fault::other_weight, .row = i, .other_row = i, .code = h, .sampled = 0};
      return true;
    }
  }
  return false;
}

/// Populations by which the strata are corrected: those of clusters only where clusters were taken whole.
inline std::vector<double> corrected_population(const design_columns& in, const checked_design& out) {
  std::vector<double> population(in.population.begin(), in.population.end());
  if (population.empty() || in.cluster.empty() || in.clusters_whole)
    return population;
  std::vector<double> sampled(in.strata, 0.0);
  std::vector<char> seen(out.clusters, 0);
  for (std::size_t i = 0; i < out.units; ++i)
    if (std::exchange(seen[out.cluster[i]], char{1}) == 0)
      sampled[out.stratum[i]] += 1.0;
  for (std::size_t i = 0; i < out.units; ++i) {
    const std::uint32_t h = out.stratum[i];
    if (!same_weight(out.weight[i], in.population[h] / sampled[h]))
      population[h] = std::numeric_limits<double>::infinity();
  }
  return population;
}

/// Populations against samples, and strata with one unit.
inline void check_strata(const design_columns& in, checked_design& out) {
  std::vector<std::size_t> sampled(in.strata, 0), row(in.strata, 0);
  std::vector<double> lowest(in.strata, 0.0), highest(in.strata, 0.0);
  std::vector<char> seen(out.clusters, 0);
  for (std::size_t i = 0; i < out.units; ++i) {
    const std::uint32_t h = out.stratum[i];
    row[h] = i;
    lowest[h] = sampled[h] == 0 ? out.weight[i] : std::min(lowest[h], out.weight[i]);
    highest[h] = std::max(highest[h], out.weight[i]);
    if (!out.cluster.empty() && std::exchange(seen[out.cluster[i]], char{1}) != 0)
      continue;
    ++sampled[h];
  }
  const std::size_t everything = out.cluster.empty() ? out.units : out.clusters;
  for (std::uint32_t h = 0; h < in.strata; ++h) {
    design_problem problem{
        .fault = design_fault::none, .row = row[h], .other_row = row[h], .code = h, .sampled = sampled[h]};
    const auto n = static_cast<double>(sampled[h]);
    const double population =
        in.population.empty() ? std::numeric_limits<double>::infinity() : in.population[h];
    if (sampled[h] == 0)
      continue;
    if (!(population > 0.0))
      problem.fault = design_fault::bad_population;
    else if (population < n)
      problem.fault = design_fault::small_population;
    else if (out.cluster.empty() && !in.planned.empty() && n > in.planned[h] * population + 0.5)
      problem.fault = design_fault::more_than_planned;
    else if (out.cluster.empty() && !(in.probability.empty() && in.weight.empty()) &&
             same_weight(lowest[h], highest[h]) && n * highest[h] > 1.01 * population)
      problem.fault = design_fault::heavy_weights;
    else if (sampled[h] == 1 && population > 1.0 && everything > 1 && in.single == single_unit::error)
      problem.fault = design_fault::single_unit_stratum;
    if (problem.fault != design_fault::none) {
      out.problem = problem;
      return;
    }
  }
}

} // namespace detail_design

QASCORE_INLINE checked_design check_design(const design_columns& in) {
  using namespace detail_design;
  check_length("unit", in.unit.size(), in.rows);
  check_length("stratum", in.stratum.size(), in.rows);
  check_length("cluster", in.cluster.size(), in.rows);
  check_length("probability", in.probability.size(), in.rows);
  check_length("weight", in.weight.size(), in.rows);
  check_length("population", in.population.size(), in.strata);
  check_length("planned", in.planned.size(), in.strata);
  const bool poisson = in.selection == sample_selection::poisson;
  if (poisson && !in.population.empty())
    throw argument_error("population: counts say nothing about the variance of a Poisson sample; its chances do");
  if (poisson && in.probability.empty() && in.weight.empty())
    throw argument_error("probability: a Poisson sample needs its chances");
  if (poisson && !in.cluster.empty() && !in.clusters_whole)
    throw argument_error("cluster: the units of a Poisson sample were drawn by themselves; where whole clusters were drawn "
                         "so, say clusters_whole");
  if (!in.probability.empty() && !in.weight.empty())
    throw argument_error("weight: give the inclusion probability or the design weight, not both");

  checked_design out;
  if (find_missing(in.unit, design_fault::missing_unit, out.problem) ||
      find_missing(in.stratum, design_fault::missing_stratum, out.problem) ||
      find_missing(in.cluster, design_fault::missing_cluster, out.problem))
    return out;

  std::vector<double> weight(in.rows, 1.0);
  for (std::size_t i = 0; i < in.probability.size(); ++i) {
    if (!(in.probability[i] > 0.0 && in.probability[i] <= 1.0)) {
      out.problem = {
          .fault = design_fault::bad_probability, .row = i, .other_row = i, .code = 0, .sampled = 0};
      return out;
    }
    weight[i] = 1.0 / in.probability[i];
  }
  for (std::size_t i = 0; i < in.weight.size(); ++i) {
    if (!(in.weight[i] > 0.0 && std::isfinite(in.weight[i]))) {
      out.problem = {.fault = design_fault::bad_weight, .row = i, .other_row = i, .code = 0, .sampled = 0};
      return out;
    }
    weight[i] = in.weight[i];
    if (poisson && weight[i] < 1.0) {
      out.problem = {
          .fault = design_fault::weight_below_one, .row = i, .other_row = i, .code = 0, .sampled = 0};
      return out;
    }
  }
  if (find_other_chance(in, out.problem))
    return out;

  std::vector<std::size_t> first;
  std::vector<std::uint32_t> count;
  if (!in.unit.empty() && !check_units(in, weight, first, count, out.problem))
    return out;
  if (in.spread_absent && !in.population.empty() && in.cluster.empty())
    cover_absent(in, first, weight, out);

  if (!in.unit.empty() && in.repeated == repeats::average) {
    out.units = in.units;
    out.unit_of_row.assign(in.unit.begin(), in.unit.end());
    for (const std::size_t i : first) {
      out.weight.push_back(weight[i]);
      out.stratum.push_back(in.stratum.empty() ? 0u : in.stratum[i]);
      if (!in.cluster.empty())
        out.cluster.push_back(in.cluster[i]);
    }
    out.clusters = in.clusters;
  } else {
    out.units = in.rows;
    out.weight = std::move(weight);
    out.stratum.assign(in.rows, 0u);
    if (!in.stratum.empty())
      out.stratum.assign(in.stratum.begin(), in.stratum.end());
    if (!in.cluster.empty()) {
      out.cluster.assign(in.cluster.begin(), in.cluster.end());
      out.clusters = in.clusters;
    } else if (!in.unit.empty() && in.repeated == repeats::cluster) {
      out.cluster.assign(in.unit.begin(), in.unit.end());
      out.clusters = in.units;
    }
    if (!in.unit.empty() && in.repeated == repeats::cluster)
      for (std::size_t i = 0; i < in.rows; ++i)
        out.weight[i] /= static_cast<double>(count[in.unit[i]]);
  }
  if (!in.cluster.empty() && !nest_clusters(in, out))
    return out;
  if (poisson) {
    take_chances(in, first, out);
    return out;
  }
  check_strata(in, out);
  out.population = corrected_population(in, out);
  return out;
}

QASCORE_INLINE std::vector<double> average_by_unit(std::span<const std::uint32_t> unit_of_row,
                                                   std::size_t units, std::span<const double> values) {
  detail_design::check_length("values", values.size(), unit_of_row.size());
  std::vector<detail::accurate_sum> sum(units);
  std::vector<std::uint32_t> count(units, 0u);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!is_missing(values[i])) {
      sum[unit_of_row[i]].add(values[i]);
      ++count[unit_of_row[i]];
    }
  std::vector<double> out(units, missing_value);
  for (std::size_t u = 0; u < units; ++u)
    if (count[u] > 0)
      out[u] = sum[u].value() / static_cast<double>(count[u]);
  return out;
}

QASCORE_INLINE unit_codes codes_by_unit(std::span<const std::uint32_t> unit_of_row, std::size_t units,
                                        std::span<const std::uint32_t> codes) {
  detail_design::check_length("codes", codes.size(), unit_of_row.size());
  unit_codes out;
  out.code.assign(units, missing_code);
  out.conflict = codes.size();
  std::vector<char> seen(units, 0);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::uint32_t u = unit_of_row[i];
    if (seen[u] == 0) {
      seen[u] = 1;
      out.code[u] = codes[i];
    } else if (out.code[u] != codes[i]) {
      out.conflict = i;
      return out;
    }
  }
  return out;
}

} // namespace qascore::kernel
