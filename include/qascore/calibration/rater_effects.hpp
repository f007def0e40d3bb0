// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/rater_effects.hpp"
#include "model_rows.hpp"

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

/// Severity and spread of raters, and scores of agents with the raters' severity taken out. The model and its sources
/// stand in kernel/rater_effects.hpp.
namespace qascore {

/// Stands for the projection to conversations where each row is one of its own.
struct one_score_each_t {};
inline constexpr one_score_each_t one_score_each{};

/// One rater with its label.
struct rater_estimate : rater_effect {
  std::string rater;
};

/// One agent with its label.
struct agent_score : adjusted_agent {
  std::string agent;
};

/// Agents and raters that hang together through shared raters.
struct rater_group {
  std::vector<std::string> agents, raters;
};

struct rater_effects_table {
  mixed_fit model; ///< factors: agent, rater, and conversation where some were scored twice or more
  std::vector<std::string>
      terms; ///< of model.coefficient: "intercept", "0" (a number), "1 = phone" (a label)
  std::vector<rater_estimate> raters; ///< ascending by label
  std::vector<agent_score> agents;    ///< ascending by label
  std::vector<rater_group> groups;    ///< connected parts; one is what it should be
  std::size_t replicates = 0;         ///< bootstrap samples behind the test
  std::size_t missing = 0;            ///< rows left out

  bool connected() const noexcept { return groups.size() == 1; }

  /// The rater of one label; argument_error with the nearest for an unknown one.
  const rater_estimate& rater(std::string_view label) const {
    return find(raters, &rater_estimate::rater, label);
  }
  /// The agent of one label; argument_error with the nearest for an unknown one.
  const agent_score& agent(std::string_view label) const { return find(agents, &agent_score::agent, label); }

private:
  template <class One>
  static const One& find(const std::vector<One>& all, std::string One::*name, std::string_view label) {
    std::vector<std::string> names;
    for (const One& one : all) {
      if (one.*name == label)
        return one;
      names.push_back(one.*name);
    }
    throw argument_error("nobody is labelled " + detail::quoted(label) + detail::did_you_mean(label, names));
  }
};

namespace detail {
/// Factors of `rows`: agent, rater, and conversation where `by_conversation`.
inline rater_effects_table rater_effects(const model_rows& rows, bool by_conversation,
                                         const rater_effects_options& options) {
  const model_factor &agent = rows.factor(0), &rater = rows.factor(1);
  rater_scores scores{rows.score(), agent.view(), rater.view(), {}, rows.fixed()};
  // Conversations that were scored once each are what the error is about: no factor of their own.
  if (by_conversation && rows.factor(2).labels.size() < rows.score().size())
    scores.conversation = rows.factor(2).view();
  rater_effects_fit fit = kernel::rater_effects(scores, options);
  if (fit.model.dependent < rows.terms.size())
    throw argument_error("case_mix: number " + rows.terms[fit.model.dependent] +
                         " is the same in all rows, or a combination of those before it");
  rater_effects_table out;
  out.groups.resize(fit.groups);
  for (std::size_t r = 0; r < fit.raters.size(); ++r) {
    out.groups[fit.rater_group[r]].raters.push_back(rater.labels[r]);
    out.raters.push_back({std::move(fit.raters[r]), rater.labels[r]});
  }
  for (std::size_t a = 0; a < fit.agents.size(); ++a) {
    out.groups[fit.agent_group[a]].agents.push_back(agent.labels[a]);
    out.agents.push_back({std::move(fit.agents[a]), agent.labels[a]});
  }
  out.model = std::move(fit.model);
  out.terms = {"intercept"};
  out.terms.insert(out.terms.end(), rows.terms.begin(), rows.terms.end());
  out.replicates = fit.replicates;
  out.missing = rows.dropped;
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
          class Conversation, class... CaseMix>
requires projection_of<Conversation, Range> || std::is_same_v<Conversation, one_score_each_t>
    rater_effects_table rater_effects(const Range& rows, const Score& score, const Agent& agent,
                                      const Rater& rater, const Conversation& conversation,
                                      const by_columns<CaseMix...>& case_mix,
                                      const rater_effects_options& options = {},
                                      missing_rows missing = missing_rows::error) {
  constexpr bool by_conversation = !std::is_same_v<Conversation, one_score_each_t>;
  detail::model_rows read(missing);
  read.add_score(rows, score);
  read.add_factor(rows, agent, "agent");
  read.add_factor(rows, rater, "rater");
  if constexpr (by_conversation)
    read.add_factor(rows, conversation, "conversation");
  std::apply([&](const auto&... projection) { (read.add_fixed(rows, projection), ...); },
             case_mix.projections);
  read.finish();
  return detail::rater_effects(read, by_conversation, options);
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
