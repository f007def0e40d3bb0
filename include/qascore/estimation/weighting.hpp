// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/label.hpp"
#include "../core/projection.hpp"
#include "../kernel/weighting.hpp"
#include "label_codes.hpp"
#include "sample_design.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
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
std::vector<double> totals_of(const std::string& name, const label_codes& cells,
                              const std::vector<label_total>& given);

/// The new design, or what is wrong in the words of the data.
sample_design adjusted(const sample_design& design, kernel::reweighted&& found,
                       const std::vector<known_total>& known);

/// Throws design_error where counts contradict the population that the design knows.
void refuse_other_population(const sample_design& design, const known_total& known);

/// Weights as they are, 1 for independent rows of a plain design are refused: they stand for no population.
const std::vector<double>& weights_of(const sample_design& design);

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
sample_design trim_weights(const sample_design& design, const trim_options& options);

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/weighting.ipp"
#endif
