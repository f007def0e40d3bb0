// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"
#include "assignment.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// From teams, agents and lists of pairs to kinds of conversations: what assign_raters goes by.
namespace qascore::kernel {

/// Who may judge what, as codes. Columns may be empty, and hold missing_code where a row has no value.
struct assignment_rules {
  std::size_t conversations = 0, raters = 0;
  std::span<const std::uint32_t> team, agent; ///< of each conversation: those of the person who had it
  std::span<const std::uint32_t> rater_team;  ///< of each rater, in the codes of `team`: who may not judge it
  std::span<const std::uint32_t> rater_agent; ///< of each rater, in the codes of `agent`: who the rater is
  std::span<const kind_rater> not_conversation;    ///< {row, rater} that must not meet
  std::span<const kind_rater> not_team, not_agent; ///< {code, rater} that must not meet
  std::span<const kind_rater> history;             ///< {agent, rater, how often} that met lately
  bool forbid_history = false;                     ///< must not meet again; else: better not
};

struct assignment_kinds {
  std::vector<std::uint32_t> kind; ///< of each conversation
  std::size_t kinds = 0;
  std::vector<kind_rater> barred, recent;
};

/// Conversations of one team and one agent are one kind; one that has pairs of its own is a kind by itself. Nobody judges the
/// own team or the own work. Throws argument_error for spans and codes that do not fit. Time and memory O(conversations +
/// kinds * raters barred from each).
assignment_kinds make_assignment_kinds(const assignment_rules& rules);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/assignment_kinds.ipp"
#endif
