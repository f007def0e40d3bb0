// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/nearest.hpp"
#include "../weighting.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Weights that meet known totals.
namespace qascore {
namespace detail {

QASCORE_INLINE std::vector<double> totals_of(const std::string& name, const label_codes& cells,
                                             const std::vector<label_total>& given) {
  std::vector<double> out;
  std::vector<std::string> found, wanted;
  for (const auto& labels : cells.labels)
    found.push_back(labels.back());
  for (const label_total& one : given)
    wanted.push_back(one.label.back());
  for (std::uint32_t code = 0; code < cells.labels.size(); ++code) {
    const auto at = std::ranges::find(given, cells.labels[code], &label_total::label);
    if (at == given.end())
      throw design_error("totals: no total for " + name + " " + cells.name(code) + ", which the sample has" +
                         did_you_mean(cells.labels[code].back(), wanted));
    out.push_back(at->total);
  }
  for (const label_total& one : given)
    if (std::ranges::find(cells.labels, one.label) == cells.labels.end())
      throw design_error("totals: " + name + " " + label_codes{{}, {one.label}}.name(0) + " has a total of " +
                         format_number(one.total) + " but no unit in the sample" +
                         did_you_mean(one.label.back(), found) + "; merge it with another cell");
  return out;
}

QASCORE_INLINE sample_design adjusted(const sample_design& design, kernel::reweighted&& found,
                                      const std::vector<known_total>& known) {
  using fault = kernel::weighting_fault;
  const kernel::weighting_problem& problem = found.problem;
  if (problem.fault == fault::none)
    return design.with_weights(std::move(found));
  const known_total& here = known[problem.auxiliary];
  const std::string place = here.place(problem.cell);
  const std::string value = format_number(problem.found), asked = format_number(problem.asked);
  const std::string unit = "unit " + std::to_string(problem.unit);
  switch (problem.fault) {
  case fault::none:
    break;
  case fault::no_label:
    throw data_error("totals: " + here.name + ": no label at " + unit);
  case fault::bad_value:
    throw data_error("totals: " + here.name + ": expected finite numbers of 0 or more but found " + value +
                     " at " + unit);
  case fault::bad_total:
    throw design_error("totals: expected a finite total above 0 for " + place + " but found " + value);
  case fault::empty_cell:
    throw design_error("totals: " + place + " has a total of " + asked +
                       ", but no unit of the sample adds to it; merge it with another cell");
  case fault::margins_differ:
    throw design_error("totals: " + here.name + " adds up to " + value + " units but the first margin to " +
                       asked + "; margins of one population agree");
  case fault::contradiction:
    throw design_error("totals: " + place + " cannot have the total " + asked +
                       ": in this sample the other totals make it " + value);
  case fault::below_zero:
    throw design_error("totals: " + unit + " would have the weight " + value +
                       "; give bounds with a lower bound above 0, or raking");
  case fault::other_population: // of refuse_other_population
  case fault::not_reached:
    break;
  }
  throw design_error("totals: no weights within the bounds have these totals: " + place + " comes to " +
                     value + " at the nearest, " + asked +
                     " was asked; widen the bounds, or merge cells with few units");
}

QASCORE_INLINE void refuse_other_population(const sample_design& design, const known_total& known) {
  const std::vector<double>& own = design.population_counts();
  if (own.empty())
    return;
  bool strata = !known.cells.labels.empty() && known.cells.labels.size() == design.strata().size();
  for (std::uint32_t c = 0; strata && c < known.cells.labels.size(); ++c)
    strata = known.cells.name(c) == design.strata()[c];
  const double all = std::accumulate(own.begin(), own.end(), 0.0);
  const kernel::weighting_problem problem =
      kernel::check_population(known.total, strata ? std::span(own) : std::span(&all, 1));
  if (problem.fault == kernel::weighting_fault::none)
    return;
  const bool one = strata && problem.cell < known.total.size();
  throw design_error("totals: " + (one ? known.place(problem.cell) : known.name) +
                     (one ? " has " : " adds up to ") + format_number(problem.found) +
                     " units but the plan or population of the design has " + format_number(problem.asked) +
                     "; if the population is another one by now, make the design without them");
}

QASCORE_INLINE const std::vector<double>& weights_of(const sample_design& design) {
  if (design.is_independent())
    throw design_error(
        "design: independent rows have no weights; make a design that says how they were drawn");
  return design.weights();
}

} // namespace detail

QASCORE_INLINE sample_design trim_weights(const sample_design& design, const trim_options& options) {
  auto found = kernel::trim_weights(detail::weights_of(design), options.lower, options.upper);
  if (found.problem.fault != kernel::weighting_fault::none)
    throw design_error(std::string(found.problem.found < found.problem.asked ? "upper" : "lower") +
                       ": the weights sum to " + detail::format_number(found.problem.asked) +
                       "; within the bounds they can sum to " + detail::format_number(found.problem.found));
  return design.with_weights(std::move(found));
}

} // namespace qascore
