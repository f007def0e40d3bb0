// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/rater_effects.hpp"
#include "rater_table.hpp"

#include <cstddef>

/// Severity and spread of raters, and scores of agents with the raters' severity taken out. The model and its sources
/// stand in kernel/rater_effects.hpp.
namespace qascore {

/// model.coefficient begins with the intercept, and so do the terms.
struct rater_effects_table : rater_table<mixed_fit, rater_effect> {
  std::size_t replicates = 0; ///< bootstrap samples behind the test
};

namespace detail {
inline rater_effects_table rater_effects(const model_rows& rows, bool by_conversation,
                                         const rater_effects_options& options) {
  rater_effects_fit fit = kernel::rater_effects({rows.score(), rows.factor(0).view(), rows.factor(1).view(),
                                                 repeated_conversations(rows, by_conversation), rows.fixed()},
                                                options);
  rater_effects_table out;
  take_labels(out, fit, rows);
  out.terms = {"intercept"};
  out.terms.insert(out.terms.end(), rows.terms.begin(), rows.terms.end());
  out.replicates = fit.replicates;
  return out;
}
} // namespace detail

/// One row per score. `conversation` names the conversation where some were scored twice or more: what their scores share
/// beyond the agent is not error; `one_score_each` where none was. `case_mix` is what makes conversations harder, numbers
/// and labels: `qa::by(&review::minutes, &review::queue)`.
///   auto found = qa::rater_effects(reviews, &review::score, &review::agent, &review::rater);
///   found.rater("ann").severity.value;
/// Throws data_error for an infinite number, and for a missing value or label unless they are dropped; argument_error for a
/// column of the case mix that the others determine, and for a bootstrap without seed.
template <row_range Range, projection_of<Range> Score, projection_of<Range> Agent, projection_of<Range> Rater,
          conversation_of<Range> Conversation, class... CaseMix>
rater_effects_table
rater_effects(const Range& rows, const Score& score, const Agent& agent, const Rater& rater,
              const Conversation& conversation, const by_columns<CaseMix...>& case_mix,
              const rater_effects_options& options = {}, missing_rows missing = missing_rows::error) {
  return detail::rater_effects(
      detail::read_scores(rows, score, agent, rater, conversation, case_mix, missing),
      !std::is_same_v<Conversation, one_score_each_t>, options);
}

template <row_range Range, projection_of<Range> Score, projection_of<Range> Agent, projection_of<Range> Rater>
rater_effects_table rater_effects(const Range& rows, const Score& score, const Agent& agent,
                                  const Rater& rater, const rater_effects_options& options = {},
                                  missing_rows missing = missing_rows::error) {
  return rater_effects(rows, score, agent, rater, one_score_each, by_columns<>{}, options, missing);
}

/// The same of a table of ratings: its units take the place of agents; those without a rating are no part of it.
/// Throws argument_error for anonymous raters and for text ratings.
inline rater_effects_table rater_effects(const rating_table& ratings,
                                         const rater_effects_options& options = {}) {
  return detail::rater_effects(detail::rows_of(ratings), false, options);
}

} // namespace qascore
