// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../core/seed.hpp"
#include "../kernel/simulation.hpp"
#include "labels.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// A contact centre in which the truth is known, for tests, studies and demonstrations.
///
///   const auto centre = qa::simulate({.seed = qa::seed{7}, .conversations = 2000});
///   const auto plan = qa::allocate(centre.conversations(), &qa::simulated_conversation::channel, {.size =
///   200});
///   ... draw, then: centre.evaluate(drawn_rows, criteria, {.double_scored = 0.2});
namespace qascore {

using simulation_options = kernel::simulation_model;

struct simulated_conversation {
  std::string conversation_id, channel, service_type, tier, complexity, agent_id, team_id;
  std::int64_t started_s; ///< seconds since the first midnight
  double handle_s;
  bool repeat_complaint, escalated;
  std::optional<double> csat; ///< 1 to 5, empty where the customer did not answer
};

/// A criterion of the form to be filled in: its answers, worst first.
struct simulated_criterion {
  std::string id;
  std::vector<std::string> answers;
  double not_applicable = 0.0; ///< share of conversations to which it does not apply
  double noise = 1.0;          ///< above 1: worded so vaguely that raters disagree more
};

struct simulated_evaluation {
  std::string evaluation_id, conversation_id, rater_id;
  std::size_t seq; ///< 1, 2, ... in order of the conversations' start: when it was done
  std::map<std::string, std::string> answers; ///< criterion id to answer id, or "not_applicable"
};

struct evaluate_options {
  std::uint32_t raters_per_conversation = 1;
  double double_scored = 0.0;          ///< share of conversations that get one rater more
  std::optional<qascore::seed> seed{}; ///< of who rates what; default: the centre's
};

/// What simulate() made. Immutable; `staff()` and `latent()` are the truth that no user of a real centre
/// sees.
class simulated_centre {
public:
  explicit simulated_centre(const simulation_options& options);

  const simulation_options& options() const noexcept { return options_; }
  const std::vector<simulated_conversation>& conversations() const noexcept { return conversations_; }
  const kernel::simulated_staff& staff() const noexcept { return staff_; }
  const kernel::simulated_conversations& latent() const noexcept { return latent_; }

  /// Evaluations of the given rows of conversations(), in order of conversation and rater. The answers of one
  /// rater for one conversation are the same whichever rows are asked for.
  std::vector<simulated_evaluation> evaluate(std::span<const std::uint64_t> rows,
                                             std::span<const simulated_criterion> criteria,
                                             const evaluate_options& how = {}) const;

private:
  simulation_options options_;
  kernel::simulated_staff staff_;
  kernel::simulated_conversations latent_;
  std::vector<simulated_conversation> conversations_;
};

/// Draws a centre; the model and its limits are in kernel/simulation_model.hpp.
simulated_centre simulate(const simulation_options& options);

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/centre.ipp"
#endif
