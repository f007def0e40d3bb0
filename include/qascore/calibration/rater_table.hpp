// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/rater_effects.hpp"
#include "model_rows.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// What models of raters and agents give, with labels.
namespace qascore {

/// Stands for the projection to conversations where each row is one of its own.
struct one_score_each_t {};
inline constexpr one_score_each_t one_score_each{};

/// One rater with its label.
template <class Rater>
struct labelled_rater : Rater {
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

template <class Model, class Rater>
struct rater_table {
  Model model; ///< factors: agent, rater, and conversation where some were scored twice or more
  std::vector<std::string> terms;            ///< of model.coefficient: "0" (a number), "1 = phone" (a label)
  std::vector<labelled_rater<Rater>> raters; ///< ascending by label
  std::vector<agent_score> agents;           ///< ascending by label
  std::vector<rater_group> groups;           ///< connected parts; one is what it should be
  std::size_t missing = 0;                   ///< rows left out

  bool connected() const noexcept { return groups.size() == 1; }

  /// The rater of one label; argument_error with the nearest for an unknown one.
  const labelled_rater<Rater>& rater(std::string_view label) const {
    return find(raters, &labelled_rater<Rater>::rater, label);
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

/// Factors of `rows`: agent, rater, and conversation where `by_conversation`. Gives the table its labels.
template <class Table, class Fit>
void take_labels(Table& out, Fit&& fit, const model_rows& rows) {
  if (fit.model.dependent < rows.terms.size())
    throw argument_error("case_mix: number " + rows.terms[fit.model.dependent] +
                         " is the same in all rows, or a combination of those before it");
  const model_factor &agent = rows.factor(0), &rater = rows.factor(1);
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
  out.missing = rows.dropped;
}

/// Conversations that were scored once each are what the error is about: no factor of their own.
inline random_factor repeated_conversations(const model_rows& rows, bool by_conversation) {
  return by_conversation && rows.factor(2).labels.size() < rows.score().size() ? rows.factor(2).view()
                                                                               : random_factor{};
}

/// Reads scores, agents, raters and what else is given.
template <class Range, class Score, class Agent, class Rater, class Conversation, class CaseMix>
model_rows read_scores(const Range& rows, const Score& score, const Agent& agent, const Rater& rater,
                       const Conversation& conversation, const CaseMix& case_mix, missing_rows missing) {
  model_rows read(missing);
  read.add_score(rows, score);
  read.add_factor(rows, agent, "agent");
  read.add_factor(rows, rater, "rater");
  if constexpr (!std::is_same_v<Conversation, one_score_each_t>)
    read.add_factor(rows, conversation, "conversation");
  std::apply([&](const auto&... projection) { (read.add_fixed(rows, projection), ...); },
             case_mix.projections);
  read.finish();
  return read;
}

} // namespace detail

/// A projection to conversations, or one_score_each.
template <class Conversation, class Range>
concept conversation_of =
    projection_of<Conversation, Range> || std::is_same_v<Conversation, one_score_each_t>;

} // namespace qascore
