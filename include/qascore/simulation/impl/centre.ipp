// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"
#include "../centre.hpp"
#include "../labels.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// The simulator.
namespace qascore {

QASCORE_INLINE simulated_centre::simulated_centre(const simulation_options& options)
    : options_{options}, staff_{kernel::simulate_staff(options)}, latent_{kernel::simulate_conversations(
                                                                      options, staff_)} {
  conversations_.reserve(options.conversations);
  for (std::size_t c = 0; c < options.conversations; ++c)
    conversations_.push_back(
        {conversation_id_of(c, options), std::string(channel_labels[latent_.channel[c]]),
         std::string(service_type_labels[latent_.service_type[c]]), std::string(tier_labels[latent_.tier[c]]),
         std::string(complexity_labels[latent_.complexity[c]]), agent_id_of(latent_.agent[c], options),
         team_id_of(staff_.agent_team[latent_.agent[c]], options), latent_.started[c], latent_.handle_s[c],
         latent_.repeat_complaint[c] != 0, latent_.escalated[c] != 0,
         latent_.responded[c] != 0 ? std::optional(latent_.csat[c]) : std::nullopt});
}

QASCORE_INLINE std::vector<simulated_evaluation>
simulated_centre::evaluate(std::span<const std::uint64_t> rows, std::span<const simulated_criterion> criteria,
                           const evaluate_options& how) const {
  std::vector<kernel::simulated_criterion> shapes;
  for (const simulated_criterion& criterion : criteria)
    shapes.push_back(
        {static_cast<std::uint32_t>(criterion.answers.size()), criterion.not_applicable, criterion.noise});
  const kernel::simulated_assignment who = kernel::assign_raters(
      options_, how.seed.value_or(options_.seed), rows, how.raters_per_conversation, how.double_scored);
  std::vector<std::uint8_t> levels(who.rater.size() * criteria.size());
  kernel::simulate_answers(options_, staff_, latent_, shapes, who.conversation, who.rater, levels);
  const std::vector<std::size_t> seq = kernel::evaluation_order(latent_, who);
  std::vector<simulated_evaluation> out;
  for (std::size_t e = 0; e < who.rater.size(); ++e) {
    simulated_evaluation one{evaluation_id_of(who.conversation[e], who.rater[e], options_),
                             conversations_[who.conversation[e]].conversation_id,
                             rater_id_of(who.rater[e], options_),
                             seq[e],
                             {}};
    for (std::size_t j = 0; j < criteria.size(); ++j) {
      const std::uint8_t level = levels[e * criteria.size() + j];
      one.answers[criteria[j].id] =
          level == kernel::not_applicable_level ? "not_applicable" : criteria[j].answers[level];
    }
    out.push_back(std::move(one));
  }
  return out;
}

QASCORE_INLINE simulated_centre simulate(const simulation_options& options) {
  return simulated_centre(options);
}

} // namespace qascore
