// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"
#include "../ordinal_raters.hpp"
#include "rater_panel.hpp"

#include <utility>

namespace qascore::kernel {

QASCORE_INLINE ordinal_raters_fit ordinal_rater_effects(const rater_categories& ratings,
                                                        const ordinal_raters_options& options) {
  using namespace detail_rater_panel;
  ordinal_raters_fit out;
  connect(ratings.agent, ratings.rater, out);
  take_means(
      ratings.agent, ratings.rater, [&](std::size_t i) { return ratings.value[ratings.category[i]]; }, out);
  ordinal_data data{
      ratings.category, ratings.value.size(), {ratings.agent, ratings.rater}, ratings.case_mix, {}};
  if (ratings.conversation.levels > 0)
    data.factors.push_back(ratings.conversation);
  out.model = fit_ordinal_model(data, {options.link, options.confidence, ratings.value, 1});

  const bool fitted = out.model.undefined.empty() && !out.model.threshold.empty();
  std::vector<double> before;
  for (const adjusted_agent& agent : out.agents)
    before.push_back(agent.mean);
  const std::vector<std::size_t> ranks_before = ranked(before, options.highest_first);
  for (std::size_t a = 0; a < out.agents.size(); ++a) {
    adjusted_agent& agent = out.agents[a];
    agent.rank_before = ranks_before[a];
    if (fitted)
      agent.adjusted = std::move(out.model.at_mean[0][a]);
    agent.adjusted.n = agent.n;
    agent.adjusted.confidence = options.confidence;
    agent.adjusted.undefined = out.model.undefined;
  }
  const double deviate = normal_quantile(options.confidence.upper_tail());
  for (std::size_t r = 0; r < out.raters.size(); ++r) {
    ordinal_rater& rater = out.raters[r];
    estimate& severity = rater.severity;
    if (fitted) {
      rater.expected = std::move(out.model.at_mean[1][r]);
      severity.value = -out.model.effects[1].value[r];
      severity.std_error = out.model.effects[1].std_error[r];
      severity.method = "predicted effect, Laplace's approximation";
      if (is_missing(severity.std_error)) {
        severity.value = 0.0;
        severity.undefined = "the variance between raters is estimated as 0: none is stricter than another";
      } else {
        severity.low = severity.value - deviate * severity.std_error;
        severity.high = severity.value + deviate * severity.std_error;
        severity.df = std::numeric_limits<double>::infinity();
        severity.interval_method = "normal, prediction error";
      }
    }
    for (estimate* one : {&severity, &rater.expected}) {
      one->n = rater.n;
      one->confidence = options.confidence;
      if (!out.model.undefined.empty())
        one->undefined = out.model.undefined;
    }
  }
  if (!fitted)
    return out;
  const mixed_effects& agents = out.model.effects[0];
  const std::vector<std::size_t> ranks = ranked(agents.value, options.highest_first);
  std::vector<rank_interval> possible(out.agents.size(), {1, out.agents.size()});
  if (out.model.variance[0].value > 0.0) {
    std::vector<double> squared_error;
    for (const double error : agents.std_error)
      squared_error.push_back(error * error);
    possible = possible_ranks(agents.value, squared_error, options.highest_first, options.confidence);
  }
  for (std::size_t a = 0; a < out.agents.size(); ++a) {
    out.agents[a].rank = ranks[a];
    out.agents[a].ranks = possible[a];
    if (!(out.model.variance[0].value > 0.0))
      out.agents[a].adjusted.undefined =
          "the variance between agents is estimated as 0: none is better than another";
  }
  return out;
}

} // namespace qascore::kernel
