// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/assignment_words.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/nearest.hpp"
#include "../../kernel/assignment_kinds.hpp"
#include "../../kernel/selection.hpp"
#include "../assignment.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Who rates what.
namespace qascore {
namespace detail_assign {

template <class Ids>
std::vector<std::uint32_t> id_column::ranks_of(const Ids& ids, seed start, const char* what) const {
  if (const kernel::selection found = kernel::repeated_ids(ids); found.repeated > 0)
    throw data_error(std::string(what) + ": expected every id once but " +
                     detail::quoted(names_[found.repetitions.front()[0]]) + " is in rows " +
                     std::to_string(found.repetitions.front()[0]) + " and " +
                     std::to_string(found.repetitions.front()[1]));
  return kernel::random_ranks(ids, start);
}

QASCORE_INLINE std::vector<std::uint32_t> id_column::ranks(seed start, const char* what) const {
  if (whole_)
    return ranks_of(std::span<const std::int64_t>(numbers_), start, what);
  const std::vector<std::string_view> views(names_.begin(), names_.end());
  return ranks_of(std::span<const std::string_view>(views), start, what);
}

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

QASCORE_INLINE rating_assignment assign(const assignable_conversations& conversations,
                                        const assignable_raters& raters, const assign_options& options,
                                        seed start) {
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
