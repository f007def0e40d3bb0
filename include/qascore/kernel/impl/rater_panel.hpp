// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/confidence.hpp"
#include "../../core/missing.hpp"
#include "../mixed_data.hpp"
#include "../rank_interval.hpp"
#include "../studentized_range.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <span>
#include <vector>

/// What models of raters and agents share.
namespace qascore::kernel::detail_rater_panel {

/// Agents and raters that scores connect, numbered by the agents' order.
template <class Fit>
void connect(const random_factor& agent, const random_factor& rater, Fit& out) {
  const std::size_t agents = agent.levels, nodes = agents + rater.levels;
  std::vector<std::uint32_t> parent(nodes);
  std::iota(parent.begin(), parent.end(), std::uint32_t{0});
  const auto top = [&](std::uint32_t node) {
    while (parent[node] != node)
      node = parent[node] = parent[parent[node]];
    return node;
  };
  for (std::size_t i = 0; i < agent.code.size(); ++i) {
    const std::uint32_t a = top(agent.code[i]);
    const std::uint32_t b = top(static_cast<std::uint32_t>(agents) + rater.code[i]);
    parent[std::max(a, b)] = std::min(a, b);
  }
  std::vector<std::uint32_t> group(nodes, missing_code);
  for (std::uint32_t node = 0; node < nodes; ++node) {
    std::uint32_t& of = group[top(node)];
    if (is_missing(of))
      of = static_cast<std::uint32_t>(out.groups++);
    (node < agents ? out.agent_group : out.rater_group).push_back(of);
  }
}

/// Numbers and means of what each rater gave and each agent got; `score(i)`: of row i.
template <class Fit, class Score>
void take_means(const random_factor& agent, const random_factor& rater, const Score& score, Fit& out) {
  out.agents.resize(agent.levels);
  out.raters.resize(rater.levels);
  const std::size_t n = agent.code.size();
  for (std::size_t i = 0; i < n; ++i) {
    ++out.agents[agent.code[i]].n;
    ++out.raters[rater.code[i]].n;
  }
  for (auto& one : out.agents)
    one.mean = 0.0;
  for (auto& one : out.raters)
    one.mean = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    auto& one = out.agents[agent.code[i]];
    auto& other = out.raters[rater.code[i]];
    one.mean += score(i) / static_cast<double>(one.n);
    other.mean += score(i) / static_cast<double>(other.n);
  }
}

/// Ranks of values, 1 the best.
inline std::vector<std::size_t> ranked(std::vector<double> value, bool highest_first) {
  if (!highest_first)
    for (double& v : value)
      v = -v;
  return ranks_of(value);
}

/// Ranks that agents' values allow, all together; without errors any.
inline std::vector<rank_interval> possible_ranks(std::vector<double> value,
                                                 std::span<const double> squared_error, bool highest_first,
                                                 confidence_level confidence) {
  if (!highest_first)
    for (double& v : value)
      v = -v;
  const double critical =
      studentized_range_quantile(confidence.value(), value.size(), std::numeric_limits<double>::infinity()) /
      std::numbers::sqrt2;
  return rank_intervals(value, squared_error, critical);
}

} // namespace qascore::kernel::detail_rater_panel
