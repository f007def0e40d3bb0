// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/nearest.hpp"
#include "../kernel/weighting.hpp"
#include "label_codes.hpp"
#include "sample_design.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Weights that meet known totals; what is done and how stands in kernel/weighting.hpp. All throw design_error, which
/// names column and label, for totals that the sample cannot have, and for weights that would not be above 0.
namespace qascore {

/// How many units of the population have a label (with a measure: how much of it they hold).
struct label_total {
  std::vector<std::string> label; ///< one per column
  double total;

  template <label_type Label>
  label_total(const Label& one, double count) : label{label_text(one)}, total{count} {}
  label_total(std::vector<std::string> several, double count) : label{std::move(several)}, total{count} {}
};

namespace detail {

/// Codes per unit with totals, and words for messages.
struct known_total {
  std::string name;
  label_codes cells;
  std::vector<double> value;
  std::vector<double> total;

  kernel::auxiliary view() const { return {.cell = cells.codes, .value = value, .total = total}; }
  std::string place(std::size_t cell) const {
    return cells.labels.empty() ? name : name + " " + cells.name(static_cast<std::uint32_t>(cell));
  }
};

/// A total for each label that occurs, and none for others.
inline std::vector<double> totals_of(const std::string& name, const label_codes& cells,
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

/// The new design, or what is wrong in the words of the data.
inline sample_design adjusted(const sample_design& design, kernel::reweighted&& found,
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
    throw data_error("totals: " + here.name + ": expected finite numbers of 0 or more but found " + value + " at " +
                     unit);
  case fault::bad_total:
    throw design_error("totals: expected a finite total above 0 for " + place + " but found " + value);
  case fault::empty_cell:
    throw design_error("totals: " + place + " has a total of " + asked +
                       ", but no unit of the sample adds to it; merge it with another cell");
  case fault::margins_differ:
    throw design_error("totals: " + here.name + " adds up to " + value + " units but the first margin to " + asked +
                       "; margins of one population agree");
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
  throw design_error("totals: no weights within the bounds have these totals: " + place + " comes to " + value +
                     " at the nearest, " + asked + " was asked; widen the bounds, or merge cells with few units");
}

/// Throws design_error where counts contradict the population that the design knows.
inline void refuse_other_population(const sample_design& design, const known_total& known) {
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

/// Weights as they are, 1 for independent rows of a plain design are refused: they stand for no population.
inline const std::vector<double>& weights_of(const sample_design& design) {
  if (design.is_independent())
    throw design_error("design: independent rows have no weights; make a design that says how they were drawn");
  return design.weights();
}

} // namespace detail

/// Post-stratification: a design whose weights add up to a known total in each cell of `by` (a label, or `qa::by(...)`).
/// Counts that contradict the design's own population (of its plan) are refused.
///
///   const auto adjusted = qa::poststratify(design, reviews, &review::queue, {{"chat", 40000}, {"phone", 60000}});
template <row_range Range, class By>
sample_design poststratify(const sample_design& design, const Range& rows, const By& by,
                           const std::vector<label_total>& totals) {
  detail::known_total known{"cell", design.labels(rows, by, "by", missing_rows::error), {}, {}};
  known.total = detail::totals_of("cell", known.cells, totals);
  detail::refuse_other_population(design, known);
  auto found = kernel::poststratify(detail::weights_of(design), known.cells.codes, known.total);
  return detail::adjusted(design, std::move(found), {std::move(known)});
}

/// The same to totals of a measure, 0 or more, in place of counts: the ratio estimator per cell.
template <row_range Range, class By, projection_of<Range> Measure>
sample_design poststratify(const sample_design& design, const Range& rows, const By& by,
                           const std::vector<label_total>& totals, const Measure& measure) {
  detail::known_total known{"cell", design.labels(rows, by, "by", missing_rows::error), {}, {}};
  known.total = detail::totals_of("cell", known.cells, totals);
  const auto x = design.numbers(rows, measure, "measure", missing_rows::error);
  auto found = kernel::poststratify(detail::weights_of(design), known.cells.codes, known.total, x);
  return detail::adjusted(design, std::move(found), {std::move(known)});
}

/// Collects what is known of the population, then makes the design that agrees with it:
///
///   const auto raked = qa::known_totals(design, reviews)
///                          .margin("queue", &review::queue, {{"chat", 40000}, {"phone", 60000}})
///                          .margin("team", &review::team, {{"north", 30000}, {"south", 70000}})
///                          .rake();
///
/// Names are for messages. Columns are copied when they are named; the rows may go afterwards.
template <row_range Range>
class known_totals {
public:
  known_totals(const sample_design& design, const Range& rows) : design_{design}, rows_{rows} {}

  /// Counts of the population by label; several columns at once with `qa::by(...)`.
  template <class By>
  known_totals& margin(const std::string& name, const By& by, const std::vector<label_total>& totals) {
    detail::known_total known{name, design_.labels(rows_, by, name, missing_rows::error), {}, {}};
    known.total = detail::totals_of(name, known.cells, totals);
    detail::refuse_other_population(design_, known);
    known_.push_back(std::move(known));
    return *this;
  }

  /// Total of a number over the population.
  template <projection_of<Range> Value>
  known_totals& total(const std::string& name, const Value& value, double sum) {
    known_.push_back({name, {}, design_.numbers(rows_, value, name, missing_rows::error), {sum}});
    return *this;
  }

  /// How many units the population has.
  known_totals& population(double count) {
    known_.push_back({"population", {}, std::vector<double>(design_.units(), 1.0), {count}});
    detail::refuse_other_population(design_, known_.back());
    return *this;
  }

  /// Weights with all these totals, as near as can be to what they were.
  sample_design calibrate_weights(const calibration_method& method = {}) const {
    std::vector<kernel::auxiliary> auxiliaries;
    for (const detail::known_total& known : known_)
      auxiliaries.push_back(known.view());
    return detail::adjusted(
        design_, kernel::calibrate_weights(detail::weights_of(design_), auxiliaries, method), known_);
  }

  /// The same by raking, which keeps weights above 0: on margins, iterative proportional fitting.
  sample_design rake() const { return calibrate_weights({.distance = weight_distance::raking}); }

private:
  sample_design design_;
  const Range& rows_;
  std::vector<detail::known_total> known_;
};

/// Bounds of the weights.
struct trim_options {
  double lower = 0.0;
  double upper = std::numeric_limits<double>::infinity();
};

/// Trimming: weights within bounds, their sum as it was. Totals that they were calibrated to no longer hold.
inline sample_design trim_weights(const sample_design& design, const trim_options& options) {
  auto found = kernel::trim_weights(detail::weights_of(design), options.lower, options.upper);
  if (found.problem.fault != kernel::weighting_fault::none)
    throw design_error(std::string(found.problem.found < found.problem.asked ? "upper" : "lower") +
                       ": the weights sum to " + detail::format_number(found.problem.asked) +
                       "; within the bounds they can sum to " + detail::format_number(found.problem.found));
  return design.with_weights(std::move(found));
}

} // namespace qascore
