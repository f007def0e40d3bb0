// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../../detail/percent.hpp"
#include "../random_number.hpp"
#include "../simulation.hpp"

#include <boost/random/normal_distribution.hpp>
#include <boost/random/taus88.hpp>
#include <boost/random/uniform_01.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <tuple>
#include <utility>

namespace qascore::kernel {
namespace detail_simulation {

enum class kind : std::int64_t { // written into every stream: never renumber
  team = 1,
  agent,
  rater,
  drift,
  conversation,
  survey,
  criterion,
  conversation_criteria,
  assignment,
  evaluation
};

/// The stream of one entity. A small engine, since there are as many streams as evaluations; its three words
/// of state come from the permanent random numbers, so that streams of neighbouring indices have nothing in
/// common.
class stream {
public:
  stream(seed start, kind which, std::uint64_t first, std::uint64_t second = 0) {
    const std::uint64_t a = permanent_numbers{start}(static_cast<std::int64_t>(which));
    const std::uint64_t b = permanent_numbers{seed{a}}(static_cast<std::int64_t>(first));
    const permanent_numbers last{seed{permanent_numbers{seed{b}}(static_cast<std::int64_t>(second))}};
    const std::uint64_t low = last(0);
    const std::array<std::uint32_t, 3> state{static_cast<std::uint32_t>(low),
                                             static_cast<std::uint32_t>(low >> 32),
                                             static_cast<std::uint32_t>(last(1))};
    auto at = state.begin();
    engine_.seed(at, state.end());
  }

  double uniform() { return boost::random::uniform_01<double>{}(engine_); }
  double normal() { return boost::random::normal_distribution<double>{}(engine_); }
  std::uint32_t below(std::uint32_t count) {
    return boost::random::uniform_int_distribution<std::uint32_t>{0, count - 1}(engine_);
  }
  template <std::size_t N>
  std::uint32_t pick(const std::array<double, N>& shares) {
    double left = uniform();
    for (std::uint32_t i = 0; i + 1 < N; ++i) {
      left -= shares[i];
      if (left < 0.0)
        return i;
    }
    return N - 1;
  }

private:
  boost::random::taus88 engine_;
};

template <std::size_t N>
constexpr double mean_of(const std::array<double, N>& shares, const std::array<double, N>& values) {
  double sum = 0.0;
  for (std::size_t i = 0; i < N; ++i)
    sum += shares[i] * values[i];
  return sum;
}
template <std::size_t N>
constexpr double variance_of_shares(const std::array<double, N>& shares,
                                    const std::array<double, N>& values) {
  const double mean = mean_of(shares, values);
  double sum = 0.0;
  for (std::size_t i = 0; i < N; ++i)
    sum += shares[i] * (values[i] - mean) * (values[i] - mean);
  return sum;
}

inline constexpr std::array<double, 3> steps{0.0, 1.0, 2.0};

inline double quality_sd(const simulation_model& m) {
  return std::sqrt(m.team_sd * m.team_sd + m.agent_sd * m.agent_sd + m.conversation_sd * m.conversation_sd +
                   m.complexity_effect * m.complexity_effect * variance_of_shares(complexity_shares, steps) +
                   variance_of_shares(service_shares, service_effects));
}

inline double logistic(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

inline void require(bool good, const char* argument, const char* allowed, double found) {
  if (!good)
    throw argument_error(std::string(argument) + ": expected " + allowed + " but found " +
                         detail::format_number(found));
}

inline void require_fraction(const char* argument, double found) {
  if (!(found >= 0.0 && found <= 1.0))
    throw argument_error(std::string(argument) + ": expected a fraction from 0 to 1 but found " +
                         detail::format_number(found) + detail::percent_hint(found));
}

inline void check(const simulation_model& m) {
  require(m.agents >= 1, "agents", "a number >= 1", m.agents);
  require(m.teams >= 1 && m.teams <= m.agents, "teams", "a number from 1 to the number of agents", m.teams);
  require(m.raters >= 1 && m.raters < error_free_rater, "raters", "a number >= 1", m.raters);
  require(m.drifting <= m.raters, "drifting", "a number up to the number of raters", m.drifting);
  require(m.days >= 1, "days", "a number >= 1", m.days);
  for (const auto& [name, value] : {std::pair{"team_sd", m.team_sd},
                                    {"agent_sd", m.agent_sd},
                                    {"conversation_sd", m.conversation_sd},
                                    {"criterion_sd", m.criterion_sd},
                                    {"easiness_sd", m.easiness_sd},
                                    {"severity_sd", m.severity_sd},
                                    {"spread_mean", m.spread_mean},
                                    {"spread_log_sd", m.spread_log_sd}})
    require(value >= 0.0 && std::isfinite(value), name, "a finite number >= 0", value);
  for (const auto& [name, value] : {std::pair{"complexity_effect", m.complexity_effect},
                                    {"easiness_mean", m.easiness_mean},
                                    {"lowest_cut", m.lowest_cut},
                                    {"highest_cut", m.highest_cut},
                                    {"drift_size", m.drift_size},
                                    {"response_intercept", m.response_intercept},
                                    {"response_slope", m.response_slope}})
    require(std::isfinite(value), name, "a finite number", value);
  require(m.lowest_cut <= m.highest_cut, "lowest_cut", "a number up to highest_cut", m.lowest_cut);
  require(std::abs(m.csat_correlation) <= 1.0, "csat_correlation", "a number from -1 to 1",
          m.csat_correlation);
}

/// What the latent value must exceed for level k (1 to levels - 1) or better.
inline double cut_of(const simulation_model& m, std::uint32_t levels, std::uint32_t k) {
  if (levels == 2)
    return 0.5 * (m.lowest_cut + m.highest_cut);
  return m.lowest_cut + (m.highest_cut - m.lowest_cut) * (k - 1.0) / (levels - 2.0);
}

inline constexpr std::int64_t seconds_of_day = 86'400;

} // namespace detail_simulation

QASCORE_INLINE simulated_staff simulate_staff(const simulation_model& model) {
  using namespace detail_simulation;
  check(model);
  simulated_staff out;
  for (std::uint32_t t = 0; t < model.teams; ++t)
    out.team_quality.push_back(model.team_sd * stream(model.seed, kind::team, t).normal());
  for (std::uint32_t a = 0; a < model.agents; ++a) {
    const std::uint32_t team = a % model.teams;
    out.agent_team.push_back(team);
    out.agent_quality.push_back(out.team_quality[team] +
                                model.agent_sd * stream(model.seed, kind::agent, a).normal());
  }
  double sum = 0.0;
  for (std::uint32_t r = 0; r < model.raters; ++r) {
    stream s(model.seed, kind::rater, r);
    out.rater_severity.push_back(model.severity_sd * s.normal());
    out.rater_spread.push_back(model.spread_mean * std::exp(model.spread_log_sd * s.normal()));
    sum += out.rater_severity.back();
  }
  for (double& severity : out.rater_severity)
    severity -= sum / static_cast<double>(model.raters);

  // The raters who drift are those with the smallest draws; the moment lies in the middle half of the period.
  out.rater_drift.assign(model.raters, 0.0);
  out.rater_drift_at.assign(model.raters, 0);
  std::vector<std::pair<double, std::uint32_t>> order;
  for (std::uint32_t r = 0; r < model.raters; ++r)
    order.emplace_back(stream(model.seed, kind::drift, r).uniform(), r);
  std::ranges::sort(order);
  for (std::uint32_t i = 0; i < model.drifting; ++i) {
    const std::uint32_t r = order[i].second;
    stream s(model.seed, kind::drift, r, 1);
    out.rater_drift[r] = s.uniform() < 0.5 ? -model.drift_size : model.drift_size;
    const double day = static_cast<double>(model.days) * (0.25 + 0.5 * s.uniform());
    out.rater_drift_at[r] = static_cast<std::int64_t>(day) * seconds_of_day;
  }
  return out;
}

QASCORE_INLINE simulated_conversations simulate_conversations(const simulation_model& model,
                                                              const simulated_staff& staff) {
  using namespace detail_simulation;
  check(model);
  const double complexity_mean = mean_of(complexity_shares, steps);
  const double service_mean = mean_of(service_shares, service_effects);
  const double sd = quality_sd(model);
  const double rho = model.csat_correlation;
  const std::size_t count = model.conversations;
  simulated_conversations out;
  for (auto* codes : {&out.agent, &out.channel, &out.service_type, &out.tier, &out.complexity})
    codes->reserve(count);
  for (auto* numbers : {&out.handle_s, &out.quality, &out.satisfaction, &out.csat})
    numbers->reserve(count);
  for (std::size_t c = 0; c < count; ++c) {
    stream s(model.seed, kind::conversation, c);
    const std::uint32_t agent = s.below(model.agents);
    const std::uint32_t channel = s.pick(channel_shares);
    const std::uint32_t service = s.pick(service_shares);
    const std::uint32_t tier = s.pick(tier_shares);
    const std::uint32_t complexity = s.pick(complexity_shares);
    const auto day = static_cast<std::int64_t>(s.below(model.days));
    const auto second = static_cast<std::int64_t>(s.below(12 * 3600));
    const double quality = staff.agent_quality[agent] +
                           model.complexity_effect * (static_cast<double>(complexity) - complexity_mean) +
                           service_effects[service] - service_mean + model.conversation_sd * s.normal();
    const double handle =
        channel_handle_s[channel] * std::exp(0.25 * static_cast<double>(complexity) + 0.4 * s.normal());
    const double repeat = s.uniform(), escalated = s.uniform();

    stream survey(model.seed, kind::survey, c);
    const double z = sd > 0.0 ? quality / sd : 0.0;
    const double satisfaction = rho * z + std::sqrt(1.0 - rho * rho) * survey.normal();
    const auto csat = 1 + std::ranges::count_if(csat_cuts, [&](double cut) { return satisfaction > cut; });

    out.agent.push_back(agent);
    out.channel.push_back(channel);
    out.service_type.push_back(service);
    out.tier.push_back(tier);
    out.complexity.push_back(complexity);
    out.started.push_back(day * seconds_of_day + std::int64_t{8} * 3600 + second);
    out.handle_s.push_back(std::round(handle));
    out.repeat_complaint.push_back(repeat < logistic(-2.4 - 0.8 * satisfaction) ? 1 : 0);
    out.escalated.push_back(escalated < logistic(-3.2 - 0.8 * satisfaction) ? 1 : 0);
    out.quality.push_back(quality);
    out.satisfaction.push_back(satisfaction);
    out.csat.push_back(static_cast<double>(csat));
    out.responded.push_back(
        survey.uniform() < logistic(model.response_intercept + model.response_slope * satisfaction) ? 1 : 0);
  }
  return out;
}

QASCORE_INLINE simulated_assignment assign_raters(const simulation_model& model, seed assignment_seed,
                                                  std::span<const std::uint64_t> conversations,
                                                  std::uint32_t raters_per_conversation,
                                                  double double_scored) {
  using namespace detail_simulation;
  check(model);
  require(raters_per_conversation >= 1 && raters_per_conversation <= model.raters, "raters_per_conversation",
          "a number from 1 to the number of raters", raters_per_conversation);
  require_fraction("double_scored", double_scored);
  require(double_scored == 0.0 || raters_per_conversation < model.raters, "double_scored",
          "0 where every rater scores every conversation", double_scored);
  simulated_assignment out;
  std::vector<std::uint32_t> raters(model.raters);
  for (const std::uint64_t c : conversations) {
    require(c < model.conversations, "conversations", "the number of a conversation of this centre",
            static_cast<double>(c));
    stream s(assignment_seed, kind::assignment, c);
    const std::uint32_t count = raters_per_conversation + (s.uniform() < double_scored ? 1u : 0u);
    // The first steps of a Fisher-Yates shuffle: the first k of more raters are the raters of fewer.
    std::iota(raters.begin(), raters.end(), 0u);
    for (std::uint32_t i = 0; i < count; ++i)
      std::swap(raters[i], raters[i + s.below(model.raters - i)]);
    std::sort(raters.begin(), raters.begin() + count);
    for (std::uint32_t i = 0; i < count; ++i) {
      out.conversation.push_back(c);
      out.rater.push_back(raters[i]);
    }
  }
  return out;
}

QASCORE_INLINE std::vector<std::size_t> evaluation_order(const simulated_conversations& conversations,
                                                         const simulated_assignment& assignment) {
  std::vector<std::size_t> order(assignment.rater.size()), out(order.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t e) {
    const std::uint64_t c = assignment.conversation[e];
    return std::tuple(conversations.started[c], c, assignment.rater[e], e);
  });
  for (std::size_t i = 0; i < order.size(); ++i)
    out[order[i]] = i + 1;
  return out;
}

QASCORE_INLINE double criterion_easiness(const simulation_model& model, std::size_t criterion) {
  using namespace detail_simulation;
  check(model);
  return model.easiness_mean + model.easiness_sd * stream(model.seed, kind::criterion, criterion).normal();
}

QASCORE_INLINE void simulate_answers(const simulation_model& model, const simulated_staff& staff,
                                     const simulated_conversations& conversations,
                                     std::span<const simulated_criterion> criteria,
                                     std::span<const std::uint64_t> conversation,
                                     std::span<const std::uint32_t> rater, std::span<std::uint8_t> out) {
  using namespace detail_simulation;
  check(model);
  const std::size_t count = criteria.size();
  require(rater.size() == conversation.size(), "rater", "as many as conversations",
          static_cast<double>(rater.size()));
  require(out.size() == conversation.size() * count, "out", "evaluations times criteria",
          static_cast<double>(out.size()));
  std::vector<double> easiness;
  for (std::size_t j = 0; j < count; ++j) {
    require(criteria[j].levels >= 2 && criteria[j].levels <= 255, "levels", "a number from 2 to 255",
            criteria[j].levels);
    require_fraction("not_applicable", criteria[j].not_applicable);
    require(criteria[j].noise >= 0.0 && std::isfinite(criteria[j].noise), "noise", "a finite number >= 0",
            criteria[j].noise);
    easiness.push_back(criterion_easiness(model, j));
  }
  for (std::size_t e = 0; e < conversation.size(); ++e) {
    const std::uint64_t c = conversation[e];
    const std::uint32_t r = rater[e];
    require(c < conversations.quality.size(), "conversation", "the number of a conversation of this centre",
            static_cast<double>(c));
    require(r < model.raters || r == unbiased_rater || r == error_free_rater, "rater",
            "the number of a rater of this centre", r);
    double severity = 0.0, spread = r == unbiased_rater ? model.spread_mean : 0.0;
    if (r < model.raters) {
      const bool drifted = staff.rater_drift[r] != 0.0 && conversations.started[c] >= staff.rater_drift_at[r];
      severity = staff.rater_severity[r] + (drifted ? staff.rater_drift[r] : 0.0);
      spread = staff.rater_spread[r];
    }
    stream shared(model.seed, kind::conversation_criteria, c);
    stream own(model.seed, kind::evaluation, c, r);
    for (std::size_t j = 0; j < count; ++j) {
      // Both are drawn whether or not they are used: one criterion's setting must not move the next one's
      // answer.
      const bool applies = shared.uniform() >= criteria[j].not_applicable;
      const double merit = easiness[j] + conversations.quality[c] + model.criterion_sd * shared.normal();
      const double z = merit - severity + spread * criteria[j].noise * own.normal();
      std::uint32_t level = 0;
      for (std::uint32_t k = 1; k < criteria[j].levels; ++k)
        level += z > cut_of(model, criteria[j].levels, k) ? 1u : 0u;
      out[e * count + j] = applies ? static_cast<std::uint8_t>(level) : not_applicable_level;
    }
  }
}

} // namespace qascore::kernel
