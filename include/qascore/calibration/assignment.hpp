// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/column.hpp"
#include "../core/error.hpp"
#include "../core/label.hpp"
#include "../core/projection.hpp"
#include "../core/seed.hpp"
#include "../detail/assignment_words.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/assignment.hpp"
#include "../kernel/assignment_kinds.hpp"
#include "../kernel/selection.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

/// Who rates what: kernel/assignment.hpp on the embedder's own conversations and raters.
namespace qascore {

namespace detail_assign {

/// Unique ids, whole numbers or text, as permanent random numbers take them.
class id_column {
public:
  template <row_range Rows, class Id>
  static id_column from(const Rows& rows, const Id& id) {
    using label = std::remove_cvref_t<std::invoke_result_t<const Id&, row_reference<Rows>>>;
    id_column out;
    for (const auto& row : rows) {
      if constexpr (std::is_integral_v<label>)
        out.numbers_.push_back(static_cast<std::int64_t>(std::invoke(id, row)));
      out.names_.push_back(label_text(label(std::invoke(id, row))));
    }
    out.whole_ = std::is_integral_v<label>;
    return out;
  }

  const std::vector<std::string>& names() const noexcept { return names_; }

  /// Random order of the ids; data_error that names an id which is there twice.
  std::vector<std::uint32_t> ranks(seed start, const char* what) const {
    if (whole_)
      return ranks_of(std::span<const std::int64_t>(numbers_), start, what);
    const std::vector<std::string_view> views(names_.begin(), names_.end());
    return ranks_of(std::span<const std::string_view>(views), start, what);
  }

private:
  template <class Ids>
  std::vector<std::uint32_t> ranks_of(const Ids& ids, seed start, const char* what) const {
    if (const kernel::selection found = kernel::repeated_ids(ids); found.repeated > 0)
      throw data_error(std::string(what) + ": expected every id once but " +
                       detail::quoted(names_[found.repetitions.front()[0]]) + " is in rows " +
                       std::to_string(found.repetitions.front()[0]) + " and " +
                       std::to_string(found.repetitions.front()[1]));
    return kernel::random_ranks(ids, start);
  }

  std::vector<std::int64_t> numbers_;
  std::vector<std::string> names_;
  bool whole_ = false;
};

template <row_range Rows, class Label>
std::vector<std::string> texts(const Rows& rows, const Label& label) {
  std::vector<std::string> out;
  for (const auto& row : rows)
    out.push_back(
        label_text(std::remove_cvref_t<decltype(std::invoke(label, row))>(std::invoke(label, row))));
  return out;
}

} // namespace detail_assign

/// The conversations that are to be rated: ids, and whose they are, in the order of the embedder's rows.
struct assignable_conversations {
  detail_assign::id_column ids;
  std::vector<std::string> team, agent; ///< empty: it does not matter who had the conversation

  template <row_range Rows, class Id>
  static assignable_conversations from(const Rows& rows, const Id& id) {
    return {detail_assign::id_column::from(rows, id), {}, {}};
  }
  /// The team of the agent: raters of that team may not judge the conversation.
  template <row_range Rows, class Team>
  assignable_conversations& with_team(const Rows& rows, const Team& of) {
    team = detail_assign::texts(rows, of);
    return *this;
  }
  /// The agent: a rater of that id may not judge the conversation, and history is about agents.
  template <row_range Rows, class Agent>
  assignable_conversations& with_agent(const Rows& rows, const Agent& of) {
    agent = detail_assign::texts(rows, of);
    return *this;
  }
};

/// The raters who may be asked.
struct assignable_raters {
  detail_assign::id_column ids;
  std::vector<std::string> team;                ///< empty: raters may judge all teams
  std::vector<double> capacity, minimum, share; ///< empty: any number, none, all the same

  template <row_range Rows, class Id>
  static assignable_raters from(const Rows& rows, const Id& id) {
    return {detail_assign::id_column::from(rows, id), {}, {}, {}, {}};
  }
  template <row_range Rows, class Team>
  assignable_raters& with_team(const Rows& rows, const Team& of) {
    team = detail_assign::texts(rows, of);
    return *this;
  }
  /// Ratings that a rater can give at most; missing: any number.
  template <row_range Rows, class Capacity>
  assignable_raters& with_capacity(const Rows& rows, const Capacity& of) {
    capacity = number_column(rows, of);
    for (double& one : capacity)
      one = is_missing(one) ? std::numeric_limits<double>::infinity() : one;
    return *this;
  }
  /// Ratings that a rater is to give at least.
  template <row_range Rows, class Minimum>
  assignable_raters& with_minimum(const Rows& rows, const Minimum& of) {
    minimum = number_column(rows, of);
    return *this;
  }
  /// Shares of the work, relative to each other.
  template <row_range Rows, class Share>
  assignable_raters& with_share(const Rows& rows, const Share& of) {
    share = number_column(rows, of);
    return *this;
  }
};

/// Two names that must not, or better not, meet.
struct meeting {
  std::string with, rater; ///< with: a conversation or an agent
};

enum class rotation_rule { avoid, forbid };

struct assign_options {
  double double_scored = 0.2, triple_scored = 0.0; ///< shares of the conversations, fractions 0-1
  std::vector<meeting> forbidden{};                ///< {conversation, rater}
  std::vector<meeting> history{}; ///< {agent, rater}, once for each time the rater had the agent lately
  rotation_rule history_is = rotation_rule::avoid;
};

/// One rating that is to be given.
struct rating_task {
  std::size_t conversation, rater; ///< positions in the rows
  std::uint32_t turn, of;          ///< first, second or third of so many raters of the conversation

  friend bool operator==(const rating_task&, const rating_task&) noexcept = default;
};

struct rating_assignment {
  std::vector<rating_task> tasks;        ///< in the order of conversations
  std::vector<kernel::rater_load> loads; ///< of each rater
  std::vector<std::uint32_t> together;   ///< raters x raters: conversations that both rate
  std::uint32_t components = 0;          ///< 1: every rater can be compared with every other
  double largest_deviation = 0.0;        ///< of a load from the proportional one
};

namespace detail_assign {

/// Codes of labels by a dictionary that grows; a blank label is missing.
class dictionary {
public:
  std::vector<std::uint32_t> codes(const std::vector<std::string>& labels) {
    std::vector<std::uint32_t> out;
    for (const std::string& one : labels)
      out.push_back(one.empty() ? missing_code : code(one));
    return out;
  }
  std::uint32_t code(const std::string& label) {
    return of_.try_emplace(label, static_cast<std::uint32_t>(of_.size())).first->second;
  }

private:
  std::unordered_map<std::string, std::uint32_t> of_;
};

inline std::unordered_map<std::string, std::uint32_t> places(const std::vector<std::string>& names) {
  std::unordered_map<std::string, std::uint32_t> out;
  for (std::uint32_t i = 0; i < names.size(); ++i)
    out.emplace(names[i], i);
  return out;
}

inline std::uint32_t place_of(const std::unordered_map<std::string, std::uint32_t>& places,
                              const std::string& name, const std::vector<std::string>& names,
                              const char* what) {
  const auto at = places.find(name);
  if (at == places.end())
    throw argument_error(std::string(what) + ": " + detail::quoted(name) + " is not there" +
                         detail::did_you_mean(name, names));
  return at->second;
}

inline void same_length(std::size_t found, std::size_t expected, const char* what) {
  if (found != 0 && found != expected)
    throw argument_error(std::string(what) + ": expected " + std::to_string(expected) + " values but found " +
                         std::to_string(found));
}

template <class Row>
std::vector<std::string> names_at(const std::vector<std::string>& names, const std::vector<Row>& rows) {
  std::vector<std::string> out;
  for (const Row row : rows)
    out.push_back(names[row]);
  return out;
}

} // namespace detail_assign

/// Assigns raters to conversations: each conversation to one rater, a share of them to two or three, so that raters can
/// be compared; nobody judges the own team or the own work. Aims and method: kernel::assign_raters. Ids and seed decide, not
/// the order of rows: the same in Python.
///
/// Throws design_error where there is no such assignment, saying which conversations cannot be rated, by whom and why;
/// data_error for repeated ids; argument_error for names that are unknown and shares that are no fractions.
inline rating_assignment assign(const assignable_conversations& conversations,
                                const assignable_raters& raters, const assign_options& options, seed start) {
  using namespace detail_assign;
  const std::vector<std::string>&ids = conversations.ids.names(), &names = raters.ids.names();
  same_length(conversations.team.size(), ids.size(), "conversations.team");
  same_length(conversations.agent.size(), ids.size(), "conversations.agent");
  same_length(raters.team.size(), names.size(), "raters.team");
  same_length(raters.capacity.size(), names.size(), "raters.capacity");
  const std::vector<std::uint32_t> rank = conversations.ids.ranks(start, "conversations"),
                                   rater_rank = raters.ids.ranks(start, "raters");
  dictionary teams, agents;
  const auto team = teams.codes(conversations.team), rater_team = teams.codes(raters.team);
  const auto agent = agents.codes(conversations.agent);
  const auto selves = conversations.agent.empty() ? std::vector<std::uint32_t>{} : agents.codes(names);
  const auto place = places(ids), rater_place = places(names);
  std::vector<kernel::kind_rater> forbidden, history;
  for (const meeting& one : options.forbidden)
    forbidden.push_back(
        {place_of(place, one.with, ids, "forbidden"), place_of(rater_place, one.rater, names, "forbidden")});
  if (!options.history.empty() && conversations.agent.empty())
    throw argument_error("history: is about agents, but the conversations have none (with_agent)");
  for (const meeting& one : options.history)
    if (const auto at = rater_place.find(one.rater); at != rater_place.end()) // others have gone since
      history.push_back({agents.code(one.with), at->second, 1});
  const kernel::assignment_kinds kinds =
      kernel::make_assignment_kinds({ids.size(),
                                     names.size(),
                                     team,
                                     agent,
                                     rater_team,
                                     selves,
                                     forbidden,
                                     {},
                                     {},
                                     history,
                                     options.history_is == rotation_rule::forbid});
  const std::vector<double> unlimited(names.size(), std::numeric_limits<double>::infinity());
  const std::vector<std::uint8_t> wanted =
      kernel::wanted_raters(rank, options.double_scored, options.triple_scored);
  kernel::assignment found =
      kernel::assign_raters({wanted, kinds.kind, kinds.kinds, kinds.barred, kinds.recent,
                             raters.capacity.empty() ? unlimited : raters.capacity, raters.minimum,
                             raters.share, rank, rater_rank});
  const kernel::assignment_failure& why = found.failure;
  if (why.short_of > 0)
    throw design_error(detail::shortage_text(names_at(ids, why.conversations), names_at(names, why.raters),
                                             why.needed, why.capacity, why.elsewhere, why.short_of));
  if (!why.raters.empty())
    throw design_error(detail::minimum_text(names_at(names, why.raters), why.needed, why.capacity));
  rating_assignment out{
      {}, std::move(found.loads), std::move(found.together), found.components, found.largest_deviation};
  out.tasks.reserve(found.rater.size());
  for (std::size_t row = 0, at = 0; row < ids.size(); ++row)
    for (std::uint32_t turn = 0; turn < wanted[row]; ++turn)
      out.tasks.push_back({row, found.rater[at++], turn + 1, wanted[row]});
  return out;
}

} // namespace qascore
