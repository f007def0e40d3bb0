// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/agreement_comparison.hpp"
#include "agreement_measure.hpp"
#include "rating_table.hpp"

#include <algorithm>
#include <string>
#include <vector>

/// Differences of agreement between tables: kernel/agreement_comparison.hpp says how their dependence is known.
namespace qascore {

struct comparison_options {
  measure_options of{};
  confidence_level confidence{};
  agreement_std_error std_error = agreement_std_error::influence;
  bool normal = false;
};

/// The coefficient in each table, all differences, and the test that all are equal. Units are told by their labels, so
/// that tables may share all, some or none. Under a design every table has the design's units in their order
/// (rating_table::for_units). Throws argument_error for fewer than two tables, or other units under a design.
///   qa::compare_agreement({&march, &april}, {.of = {.level = qa::level::interval}}).differences.front()
inline agreement_comparison compare_agreement(const std::vector<const rating_table*>& tables,
                                              const comparison_options& options = {},
                                              const design_view* design = nullptr) {
  std::vector<std::string> units;
  for (const rating_table* table : tables)
    units.insert(units.end(), table->units().begin(), table->units().end());
  std::ranges::sort(units);
  units.erase(std::unique(units.begin(), units.end()), units.end());
  std::vector<rating_table> aligned;
  std::vector<detail::table_measure> measures;
  for (const rating_table* table : tables) {
    if (design != nullptr && table->units() != tables.front()->units())
      throw argument_error(
          "tables: under a design each holds the design's units in their order; see for_units");
    aligned.push_back(design == nullptr ? table->for_units(units) : *table);
    measures.emplace_back(*table, options.of);
  }
  std::vector<kernel::measured_table> of;
  for (std::size_t t = 0; t < aligned.size(); ++t)
    of.push_back({aligned[t].view(), measures[t].view()});
  return kernel::compare_agreement(of, {options.confidence, options.std_error, options.normal}, design);
}

/// The coefficient of the first table minus that of the second, with the test of no difference.
inline tested_estimate agreement_difference(const rating_table& first, const rating_table& second,
                                            const comparison_options& options = {},
                                            const design_view* design = nullptr) {
  return compare_agreement({&first, &second}, options, design).differences.front();
}

} // namespace qascore
