// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/bland_altman.hpp"
#include "../kernel/concordance.hpp"
#include "../kernel/kendall_w.hpp"
#include "../kernel/within_group.hpp"
#include "rating_table.hpp"

#include <string>

/// Agreement of measurements: what each estimates, and when it is undefined, stands with the kernels.
namespace qascore {

namespace detail {
/// The ratings of a table whose ratings are numbers. Throws argument_error for text ratings.
inline rating_view measurements(const rating_table& ratings, const char* what) {
  if (!ratings.labels().empty())
    throw argument_error(std::string("ratings: ") + what + " needs numbers, but the ratings are text");
  return ratings.view();
}
} // namespace detail

/// Lin's concordance correlation of two raters: kernel/concordance.hpp.
inline concordance_result lin_ccc(const rating_table& ratings, concordance_options options = {},
                                  const design_view* design = nullptr) {
  if (ratings.raters().size() != 2)
    throw argument_error("ratings: expected 2 raters but found " + std::to_string(ratings.raters().size()) +
                         "; overall_ccc takes any number");
  options.unbiased = false;
  return kernel::concordance(detail::measurements(ratings, "a concordance correlation"), options, design);
}

/// The overall concordance correlation of any number of raters.
inline concordance_result overall_ccc(const rating_table& ratings, confidence_level confidence = {},
                                      const design_view* design = nullptr) {
  return kernel::concordance(detail::measurements(ratings, "a concordance correlation"),
                             {.confidence = confidence, .unbiased = true}, design);
}

/// Limits of agreement of two raters, first minus second in the order of rating_table::raters: kernel/bland_altman.hpp.
inline bland_altman_result bland_altman(const rating_table& ratings, const bland_altman_options& options = {},
                                        const design_view* design = nullptr) {
  return kernel::bland_altman(detail::measurements(ratings, "a difference"), options, design);
}

/// Kendall's W: kernel/kendall_w.hpp. Throws argument_error for text without a declared order.
inline kendall_w_result kendall_w(const rating_table& ratings, confidence_level confidence = {},
                                  const design_view* design = nullptr) {
  if (!ratings.ordered())
    throw argument_error("ratings: ranks need an order; declare the labels in theirs");
  return kernel::kendall_w(ratings.view(), confidence, design);
}

struct r_wg_options {
  double null_variance = missing_value; ///< missing: that of equally likely categories
  confidence_level confidence{};
};

/// r_wg, the agreement within units: kernel/within_group.hpp.
inline within_group_result r_wg(const rating_table& ratings, const r_wg_options& options = {},
                                const design_view* design = nullptr) {
  return kernel::within_group_agreement(detail::measurements(ratings, "r_wg"), options.null_variance,
                                        options.confidence, design);
}

} // namespace qascore
