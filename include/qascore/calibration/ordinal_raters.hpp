// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/ordinal_raters.hpp"
#include "rater_table.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

/// Severity of raters and adjusted ratings of agents where ratings are few ordered categories. The model and its
/// sources stand in kernel/ordinal_raters.hpp.
namespace qascore {

struct ordinal_raters_table : rater_table<ordinal_fit, ordinal_rater> {
  std::vector<double> categories; ///< the ratings that occur, ascending
};

namespace detail {
inline ordinal_raters_table ordinal_rater_effects(const model_rows& rows, bool by_conversation,
                                                  const ordinal_raters_options& options) {
  ordinal_raters_table out;
  out.categories.assign(rows.score().begin(), rows.score().end());
  std::ranges::sort(out.categories);
  out.categories.erase(std::unique(out.categories.begin(), out.categories.end()), out.categories.end());
  std::vector<std::uint32_t> category;
  for (const double score : rows.score())
    category.push_back(
        static_cast<std::uint32_t>(std::ranges::lower_bound(out.categories, score) - out.categories.begin()));
  ordinal_raters_fit fit =
      kernel::ordinal_rater_effects({category, out.categories, rows.factor(0).view(), rows.factor(1).view(),
                                     repeated_conversations(rows, by_conversation), rows.fixed()},
                                    options);
  take_labels(out, fit, rows);
  out.terms = rows.terms;
  return out;
}
} // namespace detail

/// One row per rating; the numbers that occur are the categories. Else as rater_effects.
///   auto found = qa::ordinal_rater_effects(reviews, &review::stars, &review::agent, &review::rater);
///   found.rater("ann").severity.value;   // in logits
/// Throws as rater_effects.
template <row_range Range, projection_of<Range> Rating, projection_of<Range> Agent,
          projection_of<Range> Rater, conversation_of<Range> Conversation, class... CaseMix>
ordinal_raters_table ordinal_rater_effects(const Range& rows, const Rating& rating, const Agent& agent,
                                           const Rater& rater, const Conversation& conversation,
                                           const by_columns<CaseMix...>& case_mix,
                                           const ordinal_raters_options& options = {},
                                           missing_rows missing = missing_rows::error) {
  return detail::ordinal_rater_effects(
      detail::read_scores(rows, rating, agent, rater, conversation, case_mix, missing),
      !std::is_same_v<Conversation, one_score_each_t>, options);
}

template <row_range Range, projection_of<Range> Rating, projection_of<Range> Agent,
          projection_of<Range> Rater>
ordinal_raters_table ordinal_rater_effects(const Range& rows, const Rating& rating, const Agent& agent,
                                           const Rater& rater, const ordinal_raters_options& options = {},
                                           missing_rows missing = missing_rows::error) {
  return ordinal_rater_effects(rows, rating, agent, rater, one_score_each, by_columns<>{}, options, missing);
}

/// The same of a table of ratings: its units take the place of agents; those without a rating are no part of it.
/// Throws argument_error for anonymous raters and for text ratings.
inline ordinal_raters_table ordinal_rater_effects(const rating_table& ratings,
                                                  const ordinal_raters_options& options = {}) {
  return detail::ordinal_rater_effects(detail::rows_of(ratings), false, options);
}

} // namespace qascore
