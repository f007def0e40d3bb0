// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/change_point.hpp"
#include "../kernel/control_chart.hpp"
#include "../kernel/model_rater.hpp"
#include "concordance.hpp"
#include "rater_code.hpp"
#include "rating_table.hpp"

#include <string>
#include <vector>

/// Whether raters stay where they were: charts and points of change of any series (kernel/control_chart.hpp,
/// kernel/change_point.hpp), and the series that a rater gives.
namespace qascore {

using kernel::change_point;
using kernel::cusum_chart;
using kernel::ewma_chart;
using kernel::ewma_monitor;
using kernel::ewma_width;
using kernel::p_chart;
using kernel::xbar_chart;

/// Per unit of rating_table::units, the rater's rating less the mean of the others'; NaN where one of the two is missing.
inline std::vector<double> deviations_from_others(const rating_table& ratings, const std::string& rater) {
  return kernel::deviations_from_others(detail::measurements(ratings, "a deviation"),
                                        detail::rater_code(ratings, rater, "rater"));
}

} // namespace qascore
