// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/format.hpp"
#include "../kernel/bland_altman.hpp"
#include "../kernel/concordance.hpp"
#include "../kernel/kendall_w.hpp"
#include "../kernel/within_group.hpp"
#include "rating_table.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

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
  null_ratings null = null_ratings::uniform;
  double null_variance = missing_value; ///< missing: that of `null`
  confidence_level confidence{};
};

namespace detail {
inline double null_variance_of(std::span<const double> categories, const r_wg_options& options) {
  if (is_missing(options.null_variance))
    return kernel::null_variance(categories, options.null);
  if (options.null != null_ratings::uniform)
    throw argument_error("null, null_variance: expected one of them but found both");
  if (!(options.null_variance > 0.0))
    throw argument_error("null_variance: expected a number > 0 but found " +
                         format_number(options.null_variance));
  return options.null_variance;
}
} // namespace detail

/// r_wg, the agreement within units: kernel/within_group.hpp.
inline within_group_result r_wg(const rating_table& ratings, const r_wg_options& options = {},
                                const design_view* design = nullptr) {
  const std::array<rating_view, 1> item{detail::measurements(ratings, "r_wg")};
  return kernel::within_group_agreement(item, detail::null_variance_of(item[0].value, options),
                                        options.confidence, design);
}

/// r_wg(J), the agreement within units on a scale of several items (criteria), one table each: kernel/within_group.hpp.
/// All tables have the same units (rating_table::for_units), and the same categories unless null_variance is given.
/// Throws argument_error where they differ.
inline within_group_result r_wg_j(std::span<const rating_table> items, const r_wg_options& options = {},
                                  const design_view* design = nullptr) {
  std::vector<rating_view> views;
  for (const rating_table& item : items) {
    views.push_back(detail::measurements(item, "r_wg(J)"));
    if (item.units() != items.front().units())
      throw argument_error("items: expected the same units in the same order; rating_table::for_units "
                           "gives them");
    if (is_missing(options.null_variance) && !std::ranges::equal(views.back().value, views.front().value))
      throw argument_error("items: expected the same categories but item " + std::to_string(views.size()) +
                           " has others than the first; declare them, or give null_variance");
  }
  return kernel::within_group_agreement(
      views, views.empty() ? 1.0 : detail::null_variance_of(views.front().value, options), options.confidence,
      design);
}

} // namespace qascore
