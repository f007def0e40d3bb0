// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/krippendorff.hpp"
#include "category_weights.hpp"
#include "rating_table.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

/// Krippendorff's alpha of a rating_table: kernel/krippendorff.hpp says what it is.
namespace qascore {

struct alpha_options {
  std::optional<qascore::level> level{};     ///< default: default_level
  std::optional<category_weights> weights{}; ///< in place of a level: distances 1 - weight
  confidence_level confidence{};
  agreement_std_error std_error = agreement_std_error::influence;
  bool normal = false;
};

/// The level that alpha is taken on where none is asked for: nominal for text without a declared order, ordinal for text
/// in a declared order and for whole numbers, interval for numbers with fractions.
inline level default_level(const rating_table& ratings) {
  if (!ratings.ordered())
    return level::nominal;
  const auto whole = [](double value) { return value == std::floor(value); };
  const bool text = !ratings.labels().empty();
  return text || std::ranges::all_of(ratings.view().value, whole) ? level::ordinal : level::interval;
}

namespace detail {
/// The level asked for, or the default one. Throws argument_error for one that the categories do not have.
inline level checked_level(const rating_table& ratings, const std::optional<level>& asked) {
  const level on = asked.value_or(default_level(ratings));
  if (on != level::nominal && !ratings.ordered())
    throw argument_error(
        "level: above nominal the categories need an order, but these are text; declare them in "
        "their order");
  if ((on == level::interval || on == level::ratio) && !ratings.labels().empty())
    throw argument_error(
        "level: interval and ratio need numbers, but the ratings are text; ordinal is the highest "
        "level of declared labels");
  return on;
}
} // namespace detail

/// `design`: describes the units in the table's order; null: the units are independent.
/// Throws argument_error for a level above nominal, or weights, on text categories without a declared order;
/// for interval and ratio level on text.
inline agreement_result krippendorff_alpha(const rating_table& ratings, const alpha_options& options = {},
                                           const design_view* design = nullptr) {
  const agreement_options how{options.confidence, options.std_error, options.normal};
  if (options.weights)
    return kernel::krippendorff_alpha(
        ratings.view(), options.weights->matrix(ratings.view().value, ratings.ordered()), how, design);
  return kernel::krippendorff_alpha(ratings.view(), detail::checked_level(ratings, options.level), how,
                                    design);
}

} // namespace qascore
