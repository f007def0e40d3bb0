// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/rater_summary.hpp"
#include "krippendorff.hpp"
#include "rating_table.hpp"

#include <vector>

namespace qascore {

/// Mean and severity of each rater, in the order of rating_table::raters: kernel/rater_summary.hpp.
/// Throws argument_error for text ratings.
inline std::vector<rater_record> rater_summary(const rating_table& ratings, confidence_level confidence = {},
                                               const design_view* design = nullptr) {
  if (!ratings.labels().empty())
    throw argument_error("ratings: severity needs numbers, but the ratings are text");
  return kernel::rater_summary(ratings.view(), confidence, design);
}

/// Alpha without each rater in turn, in the order of rating_table::raters.
inline std::vector<rater_left_out> leave_one_rater_out(const rating_table& ratings, level of,
                                                       const agreement_options& options = {},
                                                       const design_view* design = nullptr) {
  if (of != level::nominal && !ratings.ordered())
    throw argument_error(
        "level: above nominal the categories need an order, but these are text; declare them in "
        "their order");
  return kernel::leave_one_rater_out(ratings.view(), of, options, design);
}

} // namespace qascore
