// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "domain.hpp"
#include "fay_herriot.hpp"
#include "rank_interval.hpp"

#include <limits>
#include <span>
#include <string>
#include <vector>

namespace qascore {

/// One agent (any small domain): what its own conversations say, and what they say together with the others'.
struct agent_record {
  estimate direct;       ///< mean of its own conversations; variance pooled over agents, t limits
  estimate shrunken;     ///< drawn towards what agents alike have; std_error = sqrt(mse)
  double mse = missing_value;
  double own_weight = missing_value; ///< how much of the direct estimate is in the shrunken one, 0 to 1
  std::size_t rank = 0;              ///< by the shrunken estimate (by the direct one where there is none); 0: no value
  rank_interval ranks;               ///< ranks that the sample allows, for all agents together
  std::size_t told_apart = 0;        ///< agents that it surely differs from
};

/// What all agents share.
struct agents_fit {
  std::size_t agents = 0; ///< with a value
  double within = missing_value; ///< variance of one conversation's value around its agent's mean
  double within_df = 0.0;
  double between = missing_value; ///< variance of agents' means around what is expected of them
  std::vector<double> coefficient, coefficient_error; ///< intercept first, then the columns of the covariates
  std::size_t dependent = std::numeric_limits<std::size_t>::max(); ///< column that earlier ones determine; max: none
  double critical = missing_value; ///< two agents are told apart beyond this many standard errors of their difference
  std::size_t pairs = 0, pairs_told_apart = 0;
  std::string undefined; ///< why there are no shrunken estimates; empty when all is well
};

struct agents_result {
  agents_fit fit;
  std::vector<agent_record> agents; ///< by code
};

/// A difference of two agents, held to the confidence for all pairs together.
struct agents_difference : tested_estimate {
  bool told_apart = false;
};

} // namespace qascore

namespace qascore::kernel {

struct agents_options {
  confidence_level confidence{};
  between_variance between = between_variance::averaged;
  bool highest_first = true; ///< rank 1 is the highest mean; else the lowest
};

/// A value per domain from one per unit; NaN where the domain has no unit.
struct agent_values {
  std::vector<double> value;
  std::size_t conflict = 0; ///< first unit whose value is not that of its domain; number of units: none
};
agent_values values_by_domain(const domain_view& domain, std::span<const double> values);

/// Means of many domains with few units each, direct and shrunken, with the ranks that the sample allows.
///
///   direct    m_i +- t sqrt(psi_i), psi_i = S^2 / effective size, S^2 and t's df pooled (kernel/within_variance.hpp)
///   shrunken  the area-level model on (m_i, psi_i) (kernel/fay_herriot.hpp), +- t sqrt(mse), the same df
///   ranks     all pairwise differences of direct means by Tukey and Kramer (kernel/rank_interval.hpp), so free of the
///             model; widened to hold the rank of the shrunken estimate
///
/// Shrunken intervals hold on average over agents, not for each: of an agent far from all others they hold less often.
/// `covariates`: one span per column, a value per domain, without the intercept. Domains without a value are undefined.
/// The shrunken estimates are undefined with too few domains (`fit.undefined` says so); under reml and moment they
/// have no interval where the variance between domains is estimated as 0. Where all values within domains agree nobody
/// is told apart: such a sample does not say how far off a mean may be. Differences between agents are taken as those
/// of independent means; what a stratum or calibration that agents share has in common is not taken out.
/// O(n) for the means, then O(m p^2) times a few dozen, and at worst O(m^2) for the ranks of m domains.
agents_result agent_estimates(const design_view& design, const domain_view& domain, std::span<const double> y,
                              std::span<const std::span<const double>> covariates, const agents_options& options);

/// Direct mean of one agent minus another's, with limits and a p-value that hold for all pairs together (Tukey and
/// Kramer). df1 of the test: agents; df2: degrees of freedom of the pooled variance.
agents_difference compare_agents(const agents_fit& fit, const agent_record& a, const agent_record& b);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/small_area.ipp"
#endif
