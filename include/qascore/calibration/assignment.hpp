// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/column.hpp"
#include "../core/error.hpp"
#include "../core/label.hpp"
#include "../core/projection.hpp"
#include "../core/seed.hpp"
#include "../kernel/assignment.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
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
  std::vector<std::uint32_t> ranks(seed start, const char* what) const;

private:
  template <class Ids>
  std::vector<std::uint32_t> ranks_of(const Ids& ids, seed start, const char* what) const;

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

/// Assigns raters to conversations: each conversation to one rater, a share of them to two or three, so that raters can
/// be compared; nobody judges the own team or the own work. Aims and method: kernel::assign_raters. Ids and seed decide, not
/// the order of rows: the same in Python.
///
/// Throws design_error where there is no such assignment, saying which conversations cannot be rated, by whom and why;
/// data_error for repeated ids; argument_error for names that are unknown and shares that are no fractions.
rating_assignment assign(const assignable_conversations& conversations, const assignable_raters& raters,
                         const assign_options& options, seed start);

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/assignment.ipp"
#endif
