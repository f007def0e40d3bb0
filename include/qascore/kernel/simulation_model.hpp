// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/seed.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

/// The numbers of a made-up contact centre: what simulation.hpp draws from, and what it draws.
namespace qascore::kernel {

/// A centre in which the truth is known. Qualities, severities and spreads stand on one latent scale; an
/// answer is the latent value cut at thresholds (an ordered probit).
///
///   conversation  q = team + agent + case mix + N(0, conversation_sd^2); the case mix is complexity (0, 1,
///   2)
///                 * complexity_effect plus service_effects, less its mean over conversations
///   criterion     m = easiness_j + q + N(0, criterion_sd^2), the same for every rater
///   answer        z = m - severity_r(t) + spread_r * noise_j * N(0, 1);
///                 level k (0 the worst) or better if z > cut_k, the L - 1 cuts spaced evenly from
///                 lowest_cut to highest_cut; a single cut stands halfway
///   satisfaction  s = rho * q / sd(q) + sqrt(1 - rho^2) * N(0, 1); CSAT is s cut at csat_cuts
///   response      P(answers the survey) = 1 / (1 + exp(-(response_intercept + response_slope * s)))
///
/// severity_r(t) is severity_r, plus the rater's drift from its moment on; severities add up to 0 over the
/// raters.
struct simulation_model {
  qascore::seed seed; ///< required
  std::size_t conversations = 5000;
  std::uint32_t agents = 60;
  std::uint32_t teams = 6;
  std::uint32_t raters = 8;
  std::uint32_t days = 28; ///< conversations start on these many days, from 8 to 20 o'clock
  double team_sd = 0.25;
  double agent_sd = 0.45;
  double conversation_sd = 0.7;
  double complexity_effect = -0.35; ///< per step of complexity
  double criterion_sd = 0.5;
  double easiness_mean = 0.8; ///< over criteria
  double easiness_sd = 0.4;
  double lowest_cut = -1.8;
  double highest_cut = 0.4;
  double severity_sd = 0.35;
  double spread_mean = 0.5;
  double spread_log_sd = 0.25;   ///< spread_r = spread_mean * exp(N(0, spread_log_sd^2))
  std::uint32_t drifting = 2;    ///< how many raters drift
  double drift_size = 0.7;       ///< in either direction, from a day in the middle half of the period on
  double csat_correlation = 0.6; ///< rho
  double response_intercept = -0.8;
  double response_slope = 0.5;
};

inline constexpr std::array<double, 4> channel_shares{0.55, 0.25, 0.15, 0.05};
inline constexpr std::array<double, 4> channel_handle_s{300.0, 480.0, 900.0,
                                                        600.0}; ///< medians at low complexity
inline constexpr std::array<double, 4> service_shares{0.40, 0.25, 0.20, 0.15};
inline constexpr std::array<double, 4> service_effects{0.1, -0.1, 0.0, -0.3};
inline constexpr std::array<double, 3> tier_shares{0.70, 0.22, 0.08};
inline constexpr std::array<double, 3> complexity_shares{0.50, 0.35, 0.15};
/// Normal quantiles of .06, .15, .35, .70: the shares of CSAT 1 to 5 are about 6, 9, 20, 35 and 30 %.
inline constexpr std::array<double, 4> csat_cuts{-1.5547735945968535, -1.0364333894937896,
                                                 -0.3853204664075677, 0.5244005127080407};

struct simulated_staff {
  std::vector<double> team_quality;      ///< per team
  std::vector<std::uint32_t> agent_team; ///< per agent
  std::vector<double> agent_quality;     ///< per agent, the team's included
  std::vector<double> rater_severity;    ///< per rater, before any drift; adds up to 0
  std::vector<double> rater_spread;      ///< per rater
  std::vector<double> rater_drift; ///< per rater: added to the severity from rater_drift_at on; 0: no drift
  std::vector<std::int64_t> rater_drift_at; ///< seconds since the first midnight
};

/// Columns over conversations; codes index the shares above.
struct simulated_conversations {
  std::vector<std::uint32_t> agent, channel, service_type, tier, complexity;
  std::vector<std::int64_t> started; ///< seconds since the first midnight
  std::vector<double> handle_s;      ///< whole seconds
  std::vector<std::uint8_t> repeat_complaint, escalated;
  std::vector<double> quality;         ///< q, which nobody sees
  std::vector<double> satisfaction;    ///< s, which nobody sees
  std::vector<double> csat;            ///< 1 to 5, of every customer
  std::vector<std::uint8_t> responded; ///< whether the customer gave it
};

/// One criterion of the form.
struct simulated_criterion {
  std::uint32_t levels = 2;    ///< number of ordered answers, worst first; 2 to 255
  double not_applicable = 0.0; ///< share of conversations to which it does not apply, for every rater alike
  double noise = 1.0;          ///< above 1: worded so vaguely that raters disagree more
};

/// Codes of answers: 0 is the worst level.
inline constexpr std::uint8_t not_applicable_level = 0xff;

/// Raters that are nobody: one without severity and of typical spread, and one that makes no errors at all.
inline constexpr std::uint32_t unbiased_rater = 0xffff'fffeu;
inline constexpr std::uint32_t error_free_rater = 0xffff'fffdu;

/// Who evaluates which conversation, in order of conversation, then rater.
struct simulated_assignment {
  std::vector<std::uint64_t> conversation;
  std::vector<std::uint32_t> rater;
};

} // namespace qascore::kernel
