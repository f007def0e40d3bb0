// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/percent.hpp"
#include "../design_fault.hpp"

#include <cmath>
#include <string>

/// What is wrong with a sample, in the words of the data.
namespace qascore::detail {

QASCORE_INLINE std::string fault_words::stratum(std::uint32_t code) const {
  return strata.labels.empty() ? "the sample" : "stratum " + strata.name(code);
}

QASCORE_INLINE void fault_words::raise(const kernel::design_problem& problem,
                                       const kernel::design_columns& in) const {
  using fault = kernel::design_fault;
  const std::string row = "row " + std::to_string(problem.row);
  const auto rows_of_unit = [&] {
    return "unit " + names.unit(problem.code) + ": rows " + std::to_string(problem.other_row) + " and " +
           std::to_string(problem.row);
  };
  switch (problem.fault) {
  case fault::none:
    return;
  case fault::missing_unit:
    throw data_error("unit: no label at " + row);
  case fault::missing_stratum:
    throw data_error("stratum: no label at " + row);
  case fault::missing_cluster:
    throw data_error("cluster: no label at " + row);
  case fault::bad_probability:
    throw design_error("probability: expected a fraction above 0 and up to 1 but found " +
                       format_number(in.probability[problem.row]) + " at " + row +
                       detail::percent_hint(in.probability[problem.row]));
  case fault::bad_weight:
    throw design_error("weight: expected a number above 0 but found " +
                       format_number(in.weight[problem.row]) + " at " + row);
  case fault::repeated_unit:
    throw design_error(rows_of_unit() + " are the same unit; choose repeats::average or repeats::cluster");
  case fault::unit_in_two_strata:
    throw design_error(rows_of_unit() + " lie in different strata");
  case fault::unit_with_two_weights:
    throw design_error(rows_of_unit() + " have different probabilities or weights");
  case fault::unit_in_two_clusters:
    throw design_error(rows_of_unit() + " lie in different clusters");
  case fault::cluster_in_two_strata:
    throw design_error("cluster: " + cluster.name(problem.code) + " lies in two strata (rows " +
                       std::to_string(problem.other_row) + " and " + std::to_string(problem.row) +
                       "); give nest = true if its labels start again in each stratum");
  case fault::cluster_with_two_chances:
    throw design_error("cluster: rows " + std::to_string(problem.other_row) + " and " +
                       std::to_string(problem.row) +
                       " are of one cluster but have different probabilities or weights; a Poisson sample of "
                       "clusters has one chance for each");
  case fault::other_chance:
    throw design_error(
        "plan: " + row + " has the inclusion probability " + format_number(in.probability[problem.row]) +
        " but the plan gives its stratum " + format_number(in.planned[problem.code]) +
        ": this is not the plan that the sample was drawn by, or it was drawn with other chances: "
        "in proportion to size, then give stratum and probability without the plan; with targeted parts, "
        "then choose "
        "sample_selection::poisson");
  case fault::other_weight:
    throw design_error("plan: " + row + " has the weight " + format_number(in.weight[problem.row]) +
                       " but the plan gives the units of its stratum " +
                       format_number(1.0 / in.planned[problem.code]) + "; leave the weights to the plan");
  case fault::more_than_planned:
    throw design_error(
        "plan: " + stratum(problem.code) + " has " + std::to_string(problem.sampled) +
        " sampled units but the plan draws " +
        format_number(std::round(in.planned[problem.code] * in.population[problem.code])) +
        ": this is not the plan that the sample was drawn by, or it was drawn by another method");
  case fault::heavy_weights:
    throw design_error("population: " + stratum(problem.code) + " holds " +
                       format_number(in.population[problem.code]) +
                       " but its weights add up to more; one of the two is wrong");
  case fault::weight_below_one:
    throw design_error(
        "weight: expected at least 1 in a Poisson sample, whose weights are 1 / chance, but found " +
        format_number(in.weight[problem.row]) + " at " + row);
  case fault::bad_population:
    throw design_error("population: expected a count above 0 for " + stratum(problem.code) + " but found " +
                       format_number(in.population[problem.code]));
  case fault::small_population:
    throw design_error("population: " + stratum(problem.code) + " holds " +
                       format_number(in.population[problem.code]) + " but " +
                       std::to_string(problem.sampled) + " were sampled");
  case fault::single_unit_stratum:
    throw design_error(
        "single_unit: " + stratum(problem.code) +
        " has one sampled unit, its variance cannot be estimated; choose certainty, average or "
        "adjust, or merge strata");
  }
}

} // namespace qascore::detail
