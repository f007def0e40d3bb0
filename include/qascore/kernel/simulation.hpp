// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"
#include "simulation_model.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Draws from a simulation_model. Every team, agent, rater, conversation and evaluation has a stream of
/// random numbers of its own, derived from (seed, kind, index), so that what is drawn for one never depends
/// on which others are asked for, in which order, or on threads. Engines and distributions are
/// Boost.Random's: the same with every standard library.
///
/// A model outside its range is an argument_error: 1 <= teams <= agents, raters >= 1, drifting <= raters,
/// days >= 1, standard deviations and spread >= 0, lowest_cut <= highest_cut, |csat_correlation| <= 1; levels
/// 2 to 255, shares 0 to 1.
/// Checked against: the model's own probabilities (normal mixtures, closed form) and fixed known answers in
/// tests/unit/simulation.
namespace qascore::kernel {

simulated_staff simulate_staff(const simulation_model& model);

/// Conversations 0 to model.conversations - 1; a larger centre starts with the conversations of a smaller
/// one.
simulated_conversations simulate_conversations(const simulation_model& model, const simulated_staff& staff);

/// `raters_per_conversation` raters for each conversation, one more for a share `double_scored` of them. Each
/// conversation's raters are a random subset that depends on (assignment_seed, conversation) alone; a larger
/// number keeps the raters of a smaller one.
simulated_assignment assign_raters(const simulation_model& model, seed assignment_seed,
                                   std::span<const std::uint64_t> conversations,
                                   std::uint32_t raters_per_conversation, double double_scored);

/// 1, 2, ... for each evaluation, by the start of its conversation, then the conversation's number, then the
/// rater's.
std::vector<std::size_t> evaluation_order(const simulated_conversations& conversations,
                                          const simulated_assignment& assignment);

/// The easiness of criterion j in this centre.
double criterion_easiness(const simulation_model& model, std::size_t criterion);

/// Answers of evaluation e, of conversation[e] by rater[e] (or unbiased_rater, error_free_rater):
/// out[e * criteria.size() + j] is a level, 0 the worst, or not_applicable_level.
void simulate_answers(const simulation_model& model, const simulated_staff& staff,
                      const simulated_conversations& conversations,
                      std::span<const simulated_criterion> criteria,
                      std::span<const std::uint64_t> conversation, std::span<const std::uint32_t> rater,
                      std::span<std::uint8_t> out);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/simulation.ipp"
#endif
