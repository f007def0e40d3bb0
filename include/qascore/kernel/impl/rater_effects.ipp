// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/parallel.hpp"
#include "../rater_effects.hpp"
#include "mixed_inference.hpp"
#include "rater_panel.hpp"
#include "replicate_stream.hpp"

#include <boost/random/normal_distribution.hpp>

#include <cmath>
#include <numeric>
#include <string>

namespace qascore::kernel {
namespace detail_rater_effects {

using namespace detail_mixed;
using namespace detail_rater_panel;

inline mixed_data model_of(const rater_scores& scores) {
  mixed_data out{scores.score, {scores.agent, scores.rater}, scores.case_mix, {}};
  if (scores.conversation.levels > 0)
    out.factors.push_back(scores.conversation);
  return out;
}

/// An error variance below this share of the common one counts as 0.
inline constexpr double least_spread = 1e-6;

/// Error variance of each rater with its degrees of freedom; the variances of the factors are kept. One that falls to 0 is held
/// at the least: ever larger weights would leave no equations to solve.
inline std::vector<std::pair<double, double>> spreads(const mixed_data& data, const vector& variance) {
  const random_factor& rater = data.factors[1];
  const double error = variance[variance.size() - 1];
  std::vector<std::pair<double, double>> out(rater.levels, {error, 0.0});
  std::vector<double> weight(data.y.size(), 1.0);
  likelihood model(data);
  for (int round = 0; round < 60; ++round) {
    for (std::size_t i = 0; i < weight.size(); ++i)
      weight[i] = error / out[rater.code[i]].first;
    model.weigh(weight);
    const point here = model.at(variance, false);
    if (!std::isfinite(here.deviance)) // not to be solved with these weights: the variances before them stand
      break;
    const std::vector<double> rest = model.equations().residual(model.centred(), here.fit);
    const std::vector<double> leverage = inverse(model.equations()).leverages();
    std::vector<double> squares(rater.levels, 0.0), trace(rater.levels, 0.0);
    for (std::size_t i = 0; i < weight.size(); ++i) {
      squares[rater.code[i]] += rest[i] * rest[i] / weight[i];
      trace[rater.code[i]] += std::max(0.0, 1.0 - weight[i] * leverage[i]);
    }
    double moved = 0.0;
    for (std::size_t r = 0; r < rater.levels; ++r) {
      auto& [value, df] = out[r];
      df = trace[r];
      if (df < 1.0)
        continue;
      // squares are in units of the error variance: over the trace they are 1 where the rater's variance is right.
      const double next = std::max(value * squares[r] / error / df, least_spread * error);
      moved = std::max(moved, std::abs(std::log(next / value)));
      value = next;
    }
    if (moved < 1e-5)
      break;
  }
  return out;
}

/// The likelihood ratio statistic of the variance between raters.
inline double statistic_of(const mixed_data& data) {
  likelihood model(data);
  const double least = model.maximise(model.unconstrained(), model.start()).at.deviance;
  return std::max(0.0, deviance_without(data, 1) - least);
}

/// Share of samples from the model without raters whose statistic is as large.
inline double bootstrap_p(const mixed_data& data, double statistic, const rater_effects_options& options) {
  mixed_data without = data;
  without.factors.erase(without.factors.begin() + 1);
  likelihood model(without);
  const optimum null = model.maximise(model.unconstrained(), model.start());
  std::vector<std::size_t> larger(std::max(1u, options.threads), 0);
  qascore::detail::for_each_part(
      options.threads, options.replicates, [&](std::size_t part, std::size_t first, std::size_t last) {
        std::vector<double> y(data.y.size());
        for (std::size_t replicate = first; replicate < last; ++replicate) {
          auto engine = detail_replicates::stream_of(*options.seed, replicate);
          boost::random::normal_distribution<double> normal;
          const index count = null.at.variance.size() - 1;
          std::fill(y.begin(), y.end(), 0.0); // the fixed part leaves no trace in the statistic
          for (index f = 0; f < count; ++f) {
            const random_factor& factor = without.factors[static_cast<std::size_t>(f)];
            std::vector<double> effect(factor.levels);
            for (double& u : effect)
              u = std::sqrt(null.at.variance[f]) * normal(engine);
            for (std::size_t i = 0; i < y.size(); ++i)
              y[i] += effect[factor.code[i]];
          }
          for (double& value : y)
            value += std::sqrt(null.at.variance[count]) * normal(engine);
          mixed_data drawn = data;
          drawn.y = y;
          larger[part] += statistic_of(drawn) >= statistic * (1.0 - 1e-9) ? 1u : 0u;
        }
      });
  const auto count = std::accumulate(larger.begin(), larger.end(), std::size_t{0});
  return (1.0 + static_cast<double>(count)) / (1.0 + static_cast<double>(options.replicates));
}

/// One of a factor's predictions; `sign` -1 turns it round.
inline void report(const mixed_effects& from, std::size_t at, double sign, estimate& out) {
  out.value = sign * from.value[at];
  out.std_error = from.std_error[at];
  out.df = from.df[at];
  if (is_missing(out.std_error))
    return;
  const double half = student_t_quantile(out.confidence.upper_tail(), out.df) * out.std_error;
  out.low = out.value - half;
  out.high = out.value + half;
  out.interval_method = "t, prediction error, Satterthwaite df";
}

} // namespace detail_rater_effects

QASCORE_INLINE rater_effects_fit rater_effects(const rater_scores& scores,
                                               const rater_effects_options& options) {
  using namespace detail_rater_effects;
  if (options.test == rater_test::bootstrap && !options.seed)
    throw argument_error("seed: the bootstrap needs one, any number: the same gives the same result");
  if (options.test == rater_test::bootstrap && options.replicates < 19)
    throw argument_error("replicates: expected 19 or more but found " + std::to_string(options.replicates));
  rater_effects_fit out;
  connect(scores.agent, scores.rater, out);
  take_means(
      scores.agent, scores.rater, [&](std::size_t i) { return scores.score[i]; }, out);
  const mixed_data data = model_of(scores);
  out.model = fit_mixed_model(data, {options.confidence, options.interval, 1});

  std::vector<double> before;
  for (const adjusted_agent& agent : out.agents)
    before.push_back(agent.mean);
  const std::vector<std::size_t> ranks_before = ranked(before, options.highest_first);
  for (std::size_t a = 0; a < out.agents.size(); ++a) {
    out.agents[a].rank_before = ranks_before[a];
    out.agents[a].adjusted.n = out.agents[a].n;
    out.agents[a].adjusted.confidence = options.confidence;
    out.agents[a].adjusted.undefined = out.model.undefined;
  }
  for (rater_effect& rater : out.raters)
    for (estimate* one : {&rater.severity, &rater.spread}) {
      one->n = rater.n;
      one->confidence = options.confidence;
      one->undefined = out.model.undefined;
    }
  if (!out.model.undefined.empty() || out.model.dependent < data.fixed.size())
    return out;

  if (options.test == rater_test::bootstrap) {
    test_result& test = out.model.variance[1].test;
    test.p_value = bootstrap_p(data, test.statistic, options);
    test.df1 = missing_value;
    out.replicates = options.replicates;
  }

  vector variance(static_cast<index>(out.model.variance.size()));
  for (std::size_t k = 0; k < out.model.variance.size(); ++k)
    variance[static_cast<index>(k)] = out.model.variance[k].value;
  const auto by_rater = spreads(data, variance);
  for (std::size_t r = 0; r < out.raters.size(); ++r) {
    estimate& severity = out.raters[r].severity;
    severity.method = "predicted effect, REML";
    report(out.model.effects[1], r, out.model.variance[1].value > 0.0 ? -1.0 : 0.0, severity);
    if (is_missing(severity.std_error))
      severity.undefined = "the variance between raters is estimated as 0: none is stricter than another";
    estimate& spread = out.raters[r].spread;
    const auto [value, df] = by_rater[r];
    spread.method = "REML with a variance per rater";
    if (df < 1.0) {
      spread.undefined = "too few scores to tell the rater's own errors";
      continue;
    }
    if (value <= least_spread * variance[variance.size() - 1]) {
      spread.value = 0.0;
      spread.undefined = "estimated as 0: the model explains all that this rater gave";
      continue;
    }
    spread.value = std::sqrt(value);
    spread.df = df;
    spread.std_error = spread.value / std::sqrt(2.0 * df);
    const double tail = options.confidence.upper_tail();
    spread.low = std::sqrt(value * df / chi_squared_quantile(tail, df));
    spread.high = std::sqrt(value * df / chi_squared_quantile(1.0 - tail, df));
    spread.interval_method = "chi-squared";
  }

  std::vector<double> adjusted, squared_error;
  for (std::size_t a = 0; a < out.agents.size(); ++a) {
    estimate& one = out.agents[a].adjusted;
    one.method = "predicted score, REML";
    report(out.model.at_mean[0], a, 1.0, one);
    adjusted.push_back(one.value);
    squared_error.push_back(out.model.effects[0].std_error[a] * out.model.effects[0].std_error[a]);
    if (is_missing(out.model.effects[0].std_error[a]))
      one.undefined = "the variance between agents is estimated as 0: none is better than another";
  }
  const std::vector<std::size_t> ranks = ranked(adjusted, options.highest_first);
  std::vector<rank_interval> possible(out.agents.size(), {1, out.agents.size()});
  if (out.agents.size() > 1 && out.model.variance[0].value > 0.0)
    possible = possible_ranks(adjusted, squared_error, options.highest_first, options.confidence);
  for (std::size_t a = 0; a < out.agents.size(); ++a) {
    out.agents[a].rank = ranks[a];
    out.agents[a].ranks = possible[a];
  }
  return out;
}

} // namespace qascore::kernel
