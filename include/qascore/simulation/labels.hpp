// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/simulation_model.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

/// What the codes of a simulated centre are called: in C++, in Python, in files.
namespace qascore {

inline constexpr std::array<std::string_view, kernel::channel_shares.size()> channel_labels{
    "phone", "chat", "email", "social"};
inline constexpr std::array<std::string_view, kernel::service_shares.size()> service_type_labels{
    "inquiry", "technical", "billing", "complaint"};
inline constexpr std::array<std::string_view, kernel::tier_shares.size()> tier_labels{"standard", "gold",
                                                                                      "platinum"};
inline constexpr std::array<std::string_view, kernel::complexity_shares.size()> complexity_labels{
    "low", "medium", "high"};

/// Names that sort in the order of their numbers: prefix, then `number` with as many digits as the largest,
/// `count`.
inline std::string numbered(std::string_view prefix, std::size_t number, std::size_t count) {
  const std::string digits = std::to_string(number + 1);
  const std::size_t width = std::to_string(count).size();
  return std::string(prefix) + std::string(width - digits.size(), '0') + digits;
}

inline std::string conversation_id_of(std::size_t conversation, const kernel::simulation_model& model) {
  return numbered("c-", conversation, model.conversations);
}
inline std::string agent_id_of(std::size_t agent, const kernel::simulation_model& model) {
  return numbered("a-", agent, model.agents);
}
inline std::string team_id_of(std::size_t team, const kernel::simulation_model& model) {
  return numbered("t-", team, model.teams);
}
inline std::string rater_id_of(std::size_t rater, const kernel::simulation_model& model) {
  return numbered("r-", rater, model.raters);
}
/// The same for the same conversation and rater, whatever else is evaluated.
inline std::string evaluation_id_of(std::size_t conversation, std::size_t rater,
                                    const kernel::simulation_model& model) {
  return "e" + conversation_id_of(conversation, model).substr(1) + "-" + rater_id_of(rater, model).substr(2);
}

} // namespace qascore
