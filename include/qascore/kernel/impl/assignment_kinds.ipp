// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../core/missing.hpp"
#include "../assignment_kinds.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>

namespace qascore::kernel {
namespace detail_assignment_kinds {

/// Pairs by their first code.
class by_code {
public:
  by_code(std::span<const kind_rater> list, std::size_t raters) {
    for (const kind_rater& one : list) {
      if (one.rater >= raters)
        throw argument_error("rules: expected codes of raters below " + std::to_string(raters));
      of_[one.kind].push_back(one);
    }
  }
  std::span<const kind_rater> operator[](std::uint32_t code) const {
    const auto at = code == missing_code ? of_.end() : of_.find(code);
    return at == of_.end() ? std::span<const kind_rater>{} : std::span<const kind_rater>(at->second);
  }

private:
  std::unordered_map<std::uint32_t, std::vector<kind_rater>> of_;
};

/// The raters that have a code: who is in a team, who is an agent.
inline std::vector<kind_rater> whose(std::span<const std::uint32_t> codes) {
  std::vector<kind_rater> out;
  for (std::uint32_t r = 0; r < codes.size(); ++r)
    if (!is_missing(codes[r]))
      out.push_back({codes[r], r});
  return out;
}

inline void require(std::size_t found, std::size_t expected, const char* what) {
  if (found != 0 && found != expected)
    throw argument_error(std::string(what) + ": expected " + std::to_string(expected) + " codes but found " +
                         std::to_string(found));
}

} // namespace detail_assignment_kinds

QASCORE_INLINE assignment_kinds make_assignment_kinds(const assignment_rules& rules) {
  using namespace detail_assignment_kinds;
  require(rules.team.size(), rules.conversations, "team");
  require(rules.agent.size(), rules.conversations, "agent");
  require(rules.rater_team.size(), rules.raters, "rater_team");
  require(rules.rater_agent.size(), rules.raters, "rater_agent");
  const by_code alone(rules.not_conversation, rules.raters), not_team(rules.not_team, rules.raters),
      not_agent(rules.not_agent, rules.raters), history(rules.history, rules.raters),
      members(whose(rules.rater_team), rules.raters), selves(whose(rules.rater_agent), rules.raters);
  assignment_kinds out;
  out.kind.reserve(rules.conversations);
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> codes;
  for (std::uint32_t row = 0; row < rules.conversations; ++row) {
    const std::uint32_t team = rules.team.empty() ? missing_code : rules.team[row];
    const std::uint32_t agent = rules.agent.empty() ? missing_code : rules.agent[row];
    const auto own = alone[row];
    const auto [at, inserted] = codes.try_emplace({team, agent, own.empty() ? missing_code : row},
                                                  static_cast<std::uint32_t>(codes.size()));
    const std::uint32_t kind = at->second;
    out.kind.push_back(kind);
    if (!inserted)
      continue;
    for (const auto& list : {own, not_team[team], not_agent[agent], members[team], selves[agent]})
      for (const kind_rater& one : list)
        out.barred.push_back({kind, one.rater});
    for (const kind_rater& one : history[agent])
      (rules.forbid_history ? out.barred : out.recent).push_back({kind, one.rater, one.cost});
  }
  out.kinds = codes.size();
  return out;
}

} // namespace qascore::kernel
