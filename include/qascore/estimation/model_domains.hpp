// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/nearest.hpp"
#include "../kernel/crossing.hpp"
#include "../kernel/model_assisted.hpp"
#include "label_codes.hpp"
#include "sample_design.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace qascore {

/// What is known of the model's scores by domain: their means over all conversations of each.
class model_domains {
public:
  /// Of all conversations, those that people scored included. `by`: a label, or `qa::by(...)` several.
  template <row_range Range, projection_of<Range> Model, class By>
  model_domains(const Range& rows, const Model& model, const By& by) {
    const detail::label_codes domains = detail::label_codes_of(rows, by);
    const kernel::cell_means cells =
        kernel::means_of_cells(domains.codes, domains.labels.size(), number_column(rows, model));
    for (std::uint32_t d = 0; d < domains.labels.size(); ++d)
      means_.emplace(std::pair(domains.name(d), std::string()), cells.mean[d]);
  }

  /// The same by stratum within each domain, which a lambda per stratum needs.
  template <row_range Range, projection_of<Range> Model, class By, class Stratum>
  model_domains(const Range& rows, const Model& model, const By& by, const Stratum& stratum)
      : by_stratum_(true) {
    const detail::label_codes domains = detail::label_codes_of(rows, by),
                              strata = detail::label_codes_of(rows, stratum);
    const kernel::code_column columns[]{{domains.codes, domains.labels.size()},
                                        {strata.codes, strata.labels.size()}};
    const kernel::crossing crossed = kernel::cross(columns);
    const kernel::cell_means cells =
        kernel::means_of_cells(crossed.codes, crossed.cells, number_column(rows, model));
    for (std::size_t cell = 0; cell < crossed.cells; ++cell)
      if (const std::uint32_t d = crossed.labels[2 * cell], h = crossed.labels[2 * cell + 1];
          !is_missing(d) && !is_missing(h))
        means_.emplace(std::pair(domains.name(d), strata.name(h)), cells.mean[cell]);
  }

  bool by_stratum() const noexcept { return by_stratum_; }

  /// The model's mean over what each unit speaks for: its domain, or its stratum within it. Throws design_error for a
  /// domain of the sample that the population does not have, and for means without strata where the design leaves some out.
  std::vector<double> mean_by_unit(const sample_design& design, const detail::label_codes& domains) const {
    if (!by_stratum_ && !design.uncovered().empty())
      throw design_error(
          "population: the design leaves out stratum " + design.uncovered().front() +
          "; give the model's means by domain with their strata, so that they leave it out too");
    const design_view view = design.view();
    std::vector<std::string> names;
    for (std::uint32_t d = 0; d < domains.labels.size(); ++d)
      names.push_back(domains.name(d));
    std::vector<double> out(view.units, missing_value);
    for (std::size_t i = 0; i < view.units; ++i)
      if (const std::uint32_t d = domains.codes[i]; !is_missing(d))
        out[i] = mean_of(names[d], by_stratum_ ? design.strata()[view.stratum_of(i)] : std::string());
    return out;
  }

private:
  double mean_of(const std::string& domain, const std::string& stratum) const {
    const auto at = means_.find({domain, stratum});
    if (at != means_.end())
      return at->second;
    std::vector<std::string> known;
    for (const auto& [key, mean] : means_)
      if (key.second == stratum)
        known.push_back(key.first);
    const std::string near = detail::nearest(domain, known);
    throw design_error("population: no conversation of domain " + domain +
                       (by_stratum_ ? " in stratum " + stratum : "") +
                       (near.empty() ? "" : " (did you mean " + near + "?)"));
  }

  std::map<std::pair<std::string, std::string>, double> means_; ///< by names of domain and stratum
  bool by_stratum_ = false;
};

} // namespace qascore
