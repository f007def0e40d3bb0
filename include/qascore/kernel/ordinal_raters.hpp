// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "ordinal_model.hpp"
#include "rater_effects.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qascore {

/// Who put whose conversations into which category, row by row. Nothing may be missing.
struct rater_categories {
  std::span<const std::uint32_t> category; ///< 0 the lowest; each must occur
  std::span<const double> value;           ///< what each category counts, ascending
  random_factor agent;
  random_factor rater;
  random_factor conversation{};                  ///< levels 0: each row is a conversation of its own
  std::vector<std::span<const double>> case_mix; ///< what makes conversations harder: columns of numbers
};

struct ordinal_raters_options {
  confidence_level confidence{};
  bool highest_first = true; ///< which end has rank 1
  ordinal_link link = ordinal_link::logit;
};

struct ordinal_rater {
  std::size_t n = 0;           ///< ratings that the rater gave
  double mean = missing_value; ///< of their values
  estimate
      severity; ///< how far below the mean of these raters, on the scale of the link; positive is stricter
  estimate expected; ///< mean value that the rater gives to an average conversation of an average agent
};

struct ordinal_raters_fit {
  ordinal_fit model; ///< factors: agent, rater, and conversation where there is one
  std::vector<ordinal_rater> raters;
  std::vector<adjusted_agent> agents;
  std::vector<std::uint32_t> agent_group, rater_group; ///< connected part that each belongs to
  std::size_t groups = 0;
};

} // namespace qascore

namespace qascore::kernel {

/// Severity of raters and adjusted ratings of agents where ratings are few ordered categories: the crossed model
///
///   P(rating <= k) = F(z_k - case mix b - agent - rater (- conversation))
///
/// with random agents, raters and conversations (kernel/ordinal_model.hpp: maximum likelihood, Laplace's approximation). No
/// distances between categories are assumed but for what `value` gives to means.
/// Severity: the mean of the predicted effects of all raters minus that of the rater; in logits a severity of 1 makes the odds
/// of a higher category e times smaller. Expected and adjusted: means of the values at the average case mix, of the rater for
/// an average agent, of the agent from the average of these raters. All are shrunken; normal limits, that of means carried
/// over from the linear predictor. Ranks and connected parts as kernel/rater_effects.hpp.
/// Undefined: as fit_ordinal_model; then raters and agents have their means only. A variance of 0 between raters leaves no
/// severity but 0, without limits. Checked against: as fit_ordinal_model; simulation.
ordinal_raters_fit ordinal_rater_effects(const rater_categories& ratings,
                                         const ordinal_raters_options& options);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/ordinal_raters.ipp"
#endif
