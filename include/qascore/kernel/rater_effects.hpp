// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"
#include "mixed_model.hpp"
#include "rank_interval.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace qascore {

/// Who scored whose conversations, row by row. Nothing may be missing.
struct rater_scores {
  std::span<const double> score;
  random_factor agent;
  random_factor rater;
  random_factor conversation{};                  ///< levels 0: each row is a conversation of its own
  std::vector<std::span<const double>> case_mix; ///< what makes conversations harder: columns of numbers
};

/// How the variance between raters is tested against 0.
enum class rater_test {
  likelihood_ratio, ///< the even mixture of chi-squared with 0 and 1 df; cautious with few raters
  bootstrap         ///< the same statistic against samples drawn from the model without raters
};

struct rater_effects_options {
  confidence_level confidence{};
  bool highest_first = true; ///< which end has rank 1
  component_interval interval = component_interval::automatic;
  rater_test test = rater_test::likelihood_ratio;
  std::size_t replicates = 999;        ///< of the bootstrap
  std::optional<qascore::seed> seed{}; ///< the bootstrap needs one
  unsigned threads = 1;                ///< the numbers are the same for any
};

struct rater_effect {
  std::size_t n = 0;           ///< scores that the rater gave
  double mean = missing_value; ///< of these
  estimate severity; ///< how far below the mean of these raters, all else equal; positive is stricter
  estimate spread;   ///< standard deviation of the rater's own error
};

struct adjusted_agent {
  std::size_t n = 0;
  double mean = missing_value; ///< of the scores as they are
  estimate adjusted;    ///< expected score from the average of these raters on the average case mix, shrunken
  std::size_t rank = 0; ///< by the adjusted score
  rank_interval ranks;  ///< that the data allow, for all agents together
  std::size_t rank_before = 0; ///< by the mean of the scores as they are
};

struct rater_effects_fit {
  mixed_fit model; ///< factors: agent, rater, and conversation where there is one
  std::vector<rater_effect> raters;
  std::vector<adjusted_agent> agents;
  std::vector<std::uint32_t> agent_group, rater_group; ///< connected part that each belongs to
  std::size_t groups = 0;     ///< 1: every agent can be compared with every other through shared raters
  std::size_t replicates = 0; ///< bootstrap samples behind the test
};

} // namespace qascore

namespace qascore::kernel {

/// Severity of raters and scores of agents from the crossed model
///
///   score = mean + case mix b + agent + rater (+ conversation) + error
///
/// with random agents, raters and conversations (kernel/mixed_model.hpp: REML, any gaps).
/// Severity: the mean of the predicted effects of all raters minus that of the rater. Adjusted score: the mean at the average
/// case mix plus the mean effect of the raters plus the predicted effect of the agent. Both are shrunken, and their errors
/// allow for that, for what is estimated beside them and, to first order, for the variances; t limits with
/// Satterthwaite's degrees of freedom. Ranks: rank_intervals of the agents' effects,
/// cautious, because errors that agents share are not taken out.
/// Spread: the errors' standard deviation of each rater, by REML with a variance per rater (fixed point v <- v sum (P y)_i^2 /
/// sum P_ii over the rater's rows, the other variances kept), chi-squared limits with sum v P_ii degrees of freedom.
/// Test whether raters matter: of `model.variance[1]`; bootstrap p = (1 + samples with a statistic as large) / (1 + samples),
/// samples from the fit without raters.
/// Connected: agents and raters are the nodes, scores the edges. Between unconnected parts effects are compared
/// only by the assumption that agents and raters of each part were drawn from the same populations.
/// Undefined: as fit_mixed_model; then raters and agents have their means only. A rater with less than 1 degree of freedom
/// has no spread; a variance of 0 between raters leaves no severity but 0, without limits.
/// Throws argument_error for a bootstrap without seed or of fewer than 19 samples.
/// Source: Searle, Casella, McCulloch (1992), Variance Components, ch. 7; Zhou, Hu, Zhou, Lange (2019),
/// doi:10.1080/10618600.2018.1529601 (fixed points for variances). Checked against: lme4 1.1.31 on InstEval; simulation.
rater_effects_fit rater_effects(const rater_scores& scores, const rater_effects_options& options);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/rater_effects.ipp"
#endif
