// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/agreement_comparison.hpp"
#include "agreement_measure.hpp"
#include "rating_table.hpp"

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
agreement_comparison compare_agreement(const std::vector<const rating_table*>& tables,
                                       const comparison_options& options = {},
                                       const design_view* design = nullptr);

/// The coefficient of the first table minus that of the second, with the test of no difference.
tested_estimate agreement_difference(const rating_table& first, const rating_table& second,
                                     const comparison_options& options = {},
                                     const design_view* design = nullptr);

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/agreement_comparison.ipp"
#endif
