// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/model_assisted.hpp"
#include "sample_design.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace qascore {

/// What is known of the model's scores over all conversations: their mean, or their mean by stratum, and how
/// many there are.
class model_population {
public:
  /// A mean that is known from elsewhere. The finite population is then the design's.
  explicit model_population(double mean) : cells_{{mean}, {}} {}

  /// All conversations, those that people scored included.
  template <row_range Range, projection_of<Range> Model>
  model_population(const Range& rows, const Model& model) {
    const std::vector<std::uint32_t> one(std::ranges::size(rows), 0u);
    cells_ = kernel::means_of_cells(one, 1, number_column(rows, model));
  }

  /// The same by stratum: a label, or `qa::by(...)` several, as in the design.
  template <row_range Range, projection_of<Range> Model, class Stratum>
  model_population(const Range& rows, const Model& model, const Stratum& stratum) {
    const detail::label_codes labels = detail::label_codes_of(rows, stratum);
    cells_ = kernel::means_of_cells(labels.codes, labels.labels.size(), number_column(rows, model));
    for (std::uint32_t code = 0; code < labels.labels.size(); ++code)
      names_.push_back(labels.name(code));
  }

  bool by_stratum() const noexcept { return !names_.empty(); }

  /// The model's mean for each unit: over all, or over the unit's stratum.
  std::vector<double> mean_by_unit(const sample_design& design) const {
    const design_view view = design.view();
    if (!by_stratum())
      return std::vector<double>(view.units, cells_.mean.front());
    const std::vector<std::size_t> place = places(design);
    std::vector<double> out;
    for (std::size_t i = 0; i < view.units; ++i)
      out.push_back(cells_.mean[place[view.stratum_of(i)]]);
    return out;
  }

  /// Units per stratum of the design, for the variance: what the design knows, or what these counts add to it
  /// (kernel::population_of_counts). Empty: not corrected. Throws design_error where they contradict the design, and for
  /// strata without a sampled row, unless the design excludes them.
  std::vector<double> counts(const sample_design& design) const {
    const design_view view = design.view();
    refuse_uncovered(design);
    if (!view.cluster.empty() || cells_.count.empty() || by_stratum() != !design.strata().empty())
      return {view.population.begin(), view.population.end()};
    std::vector<double> here{cells_.count.front()};
    if (by_stratum()) {
      here.clear();
      for (const std::size_t at : places(design))
        here.push_back(cells_.count[at]);
    }
    kernel::counted_population out = kernel::population_of_counts(view, here);
    if (out.contradicts)
      throw design_error("population: expected " + std::string(view.population.empty() ? "at least " : "") +
                         detail::format_number(out.expected) + " units as the " +
                         (view.population.empty() ? "sample has" : "design says") + " but found " +
                         detail::format_number(here[out.stratum]) +
                         (by_stratum() ? " in stratum " + design.strata()[out.stratum] : ""));
    return std::move(out.population);
  }

private:
  /// The model's mean must be over what the design speaks for.
  void refuse_uncovered(const sample_design& design) const {
    if (!by_stratum() || design.strata().empty()) {
      if (!design.uncovered().empty() && !cells_.count.empty())
        throw design_error(
            "population: the design leaves out stratum " + design.uncovered().front() +
            "; give the model's scores with their strata, so that its mean leaves them out too");
      return;
    }
    if (!design.uncovered().empty())
      return;
    for (const std::string& name : names_)
      if (std::find(design.strata().begin(), design.strata().end(), name) == design.strata().end())
        throw design_error(
            "population: no sampled row in stratum " + name +
            "; give the design its plan and uncovered_strata::exclude to estimate for the others alone, "
            "or leave it out of the rows");
  }

  std::vector<std::size_t> places(const sample_design& design) const {
    std::vector<std::size_t> out;
    for (const std::string& name : design.strata()) {
      const auto at = std::find(names_.begin(), names_.end(), name);
      if (at == names_.end())
        throw design_error("population: no unit in stratum " + name);
      out.push_back(static_cast<std::size_t>(at - names_.begin()));
    }
    if (out.empty())
      throw design_error("population: the design has no strata; give the model's scores without them");
    return out;
  }

  kernel::cell_means cells_;
  std::vector<std::string> names_;
};

} // namespace qascore
