// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../agreement_comparison.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

/// Differences of agreement between tables.
namespace qascore {

QASCORE_INLINE agreement_comparison compare_agreement(const std::vector<const rating_table*>& tables,
                                                      const comparison_options& options,
                                                      const design_view* design) {
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

QASCORE_INLINE tested_estimate agreement_difference(const rating_table& first, const rating_table& second,
                                                    const comparison_options& options,
                                                    const design_view* design) {
  return compare_agreement({&first, &second}, options, design).differences.front();
}

} // namespace qascore
