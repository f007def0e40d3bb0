// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"
#include "../inference.hpp"
#include "../small_area.hpp"
#include "../studentized_range.hpp"
#include "../within_variance.hpp"

#include <algorithm>
#include <cmath>

namespace qascore::kernel {
namespace detail_small_area {

inline std::string_view name_of(between_variance how) {
  switch (how) {
  case between_variance::averaged:
    break;
  case between_variance::reml:
    return "Fay-Herriot, REML";
  case between_variance::moment:
    return "Fay-Herriot, Prasad-Rao moment";
  }
  return "Fay-Herriot, averaged over the variance between agents";
}

inline constexpr std::string_view no_variation = "no variation within agents: no interval";

/// Direct means of the agents that have one.
inline void direct_estimates(const pooled_means& means, confidence_level confidence, agents_result& out) {
  for (std::size_t d = 0; d < out.agents.size(); ++d) {
    estimate& e = out.agents[d].direct;
    design_variance spread{means.sampling[d], means.df, means.undefined, false};
    if (means.n[d] == 0)
      spread.undefined = "no conversation has a value";
    spread.census = means.sampling[d] == 0.0 && means.variance > 0.0;
    inference_options options;
    options.confidence = confidence;
    options.method = "mean, variance pooled over agents";
    options.n = means.n[d];
    e = infer(means.mean[d], spread, options);
    e.missing = means.missing[d];
    if (means.variance == 0.0 && means.n[d] > 0)
      e.undefined = no_variation;
  }
}

inline void shrunken_estimates(const area_fit& area, const agents_options& options,
                               std::span<const std::size_t> used, double df, agents_result& out) {
  for (std::size_t i = 0; i < used.size(); ++i) {
    agent_record& agent = out.agents[used[i]];
    agent.mse = area.mse[i];
    agent.own_weight = area.own_weight[i];
    design_variance spread{area.mse[i], df, {}, agent.direct.low == agent.direct.high};
    if (options.between != between_variance::averaged && area.between == 0.0)
      spread.undefined = "the variance between agents is estimated as 0: no interval by this method";
    inference_options how;
    how.confidence = options.confidence;
    how.method = name_of(options.between);
    how.n = agent.direct.n;
    agent.shrunken = infer(area.value[i], spread, how);
    agent.shrunken.missing = agent.direct.missing;
    if (!spread.undefined.empty())
      agent.shrunken.std_error = std::sqrt(area.mse[i]);
  }
}

/// Ranks by what is best known, and the intervals that pairwise differences of direct means leave.
inline void rank(std::span<const std::size_t> used, const pooled_means& means, const agents_options& options,
                 agents_result& out) {
  const double sign = options.highest_first ? 1.0 : -1.0;
  std::vector<double> best, direct, sampling;
  for (const std::size_t d : used) {
    const agent_record& agent = out.agents[d];
    best.push_back(sign * (agent.shrunken.is_defined() ? agent.shrunken.value : agent.direct.value));
    direct.push_back(sign * agent.direct.value);
    sampling.push_back(means.sampling[d]);
  }
  const std::size_t m = used.size();
  const auto position = ranks_of(best);
  const bool comparable = m > 1 && means.variance > 0.0;
  std::vector<rank_interval> ranks(m, {1, m});
  agents_fit& fit = out.fit;
  fit.pairs = m * (m - (m > 0 ? 1 : 0)) / 2;
  if (comparable) {
    fit.critical = studentized_range_quantile(options.confidence.value(), m, means.df) / std::sqrt(2.0);
    ranks = rank_intervals(direct, sampling, fit.critical);
  }
  for (std::size_t i = 0; i < m; ++i) {
    agent_record& agent = out.agents[used[i]];
    agent.rank = position[i];
    agent.ranks = ranks[i];
    agent.told_apart = (ranks[i].low - 1) + (m - ranks[i].high);
    fit.pairs_told_apart += ranks[i].low - 1;
    agent.ranks.low = std::min(agent.ranks.low, agent.rank);
    agent.ranks.high = std::max(agent.ranks.high, agent.rank);
  }
}

} // namespace detail_small_area

QASCORE_INLINE agent_values values_by_domain(const domain_view& domain, std::span<const double> values) {
  agent_values out;
  out.value.assign(domain.count, missing_value);
  out.conflict = values.size();
  std::vector<char> seen(domain.count, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t d = domain.code.empty() ? 0u : domain.code[i];
    if (is_missing(d))
      continue;
    if (seen[d] == 0)
      out.value[d] = values[i];
    else if (out.conflict == values.size() && out.value[d] != values[i] &&
             !(is_missing(out.value[d]) && is_missing(values[i])))
      out.conflict = i;
    seen[d] = 1;
  }
  return out;
}

QASCORE_INLINE agents_result agent_estimates(const design_view& design, const domain_view& domain,
                                             std::span<const double> y,
                                             std::span<const std::span<const double>> covariates,
                                             const agents_options& options) {
  using namespace detail_small_area;
  const pooled_means means = means_with_pooled_variance(design, domain, y);
  agents_result out;
  out.agents.resize(domain.count);
  out.fit.within = means.variance;
  out.fit.within_df = means.df;
  direct_estimates(means, options.confidence, out);

  std::vector<std::size_t> used;
  std::vector<double> value, sampling;
  for (std::size_t d = 0; d < domain.count; ++d)
    if (means.n[d] > 0) {
      used.push_back(d);
      value.push_back(means.mean[d]);
      sampling.push_back(means.sampling[d]);
    }
  out.fit.agents = used.size();
  std::vector<std::vector<double>> columns(covariates.size());
  std::vector<std::span<const double>> spans;
  for (std::size_t k = 0; k < covariates.size(); ++k) {
    for (const std::size_t d : used)
      columns[k].push_back(covariates[k][d]);
    spans.emplace_back(columns[k]);
  }

  out.fit.undefined = means.undefined;
  if (means.variance == 0.0)
    out.fit.undefined = "no variation within agents: nothing says how far off a mean may be";
  if (out.fit.undefined.empty()) {
    area_fit area = fay_herriot(value, sampling, spans, options.between);
    out.fit.dependent = area.dependent;
    out.fit.undefined = area.undefined;
    if (area.undefined.empty() && !area.value.empty()) {
      out.fit.between = area.between;
      out.fit.coefficient = std::move(area.coefficient);
      out.fit.coefficient_error = std::move(area.coefficient_error);
      shrunken_estimates(area, options, used, means.df, out);
    }
  }
  for (agent_record& agent : out.agents)
    if (!agent.shrunken.is_defined()) {
      agent.shrunken.confidence = options.confidence;
      agent.shrunken.n = agent.direct.n;
      agent.shrunken.missing = agent.direct.missing;
      agent.shrunken.method = name_of(options.between);
      agent.shrunken.interval_method = "t";
      agent.shrunken.undefined = agent.direct.n == 0 ? agent.direct.undefined : out.fit.undefined;
    }
  rank(used, means, options, out);
  return out;
}

QASCORE_INLINE agents_difference compare_agents(const agents_fit& fit, const agent_record& a, const agent_record& b) {
  agents_difference out;
  out.confidence = a.direct.confidence;
  out.method = "difference of means, variance pooled over agents";
  out.interval_method = "Tukey-Kramer, all pairs together";
  out.n = a.direct.n + b.direct.n;
  out.missing = a.direct.missing + b.direct.missing;
  out.value = a.direct.value - b.direct.value;
  if (!out.is_defined() || is_missing(fit.critical)) {
    const estimate& lacking = a.direct.undefined.empty() ? b.direct : a.direct;
    out.undefined = lacking.undefined.empty() ? "one agent: nobody to compare with" : lacking.undefined;
    return out;
  }
  out.std_error = std::hypot(a.direct.std_error, b.direct.std_error);
  out.df = fit.within_df;
  out.low = out.value - fit.critical * out.std_error;
  out.high = out.value + fit.critical * out.std_error;
  // The very inequality of rank_intervals.
  const double spread =
      a.direct.std_error * a.direct.std_error + b.direct.std_error * b.direct.std_error;
  out.told_apart = std::abs(out.value) > fit.critical * std::sqrt(spread);
  if (out.std_error > 0.0) {
    out.test.statistic = std::abs(out.value) / out.std_error * std::sqrt(2.0);
    out.test.df1 = static_cast<double>(fit.agents);
    out.test.df2 = fit.within_df;
    out.test.p_value = studentized_range_upper(out.test.statistic, fit.agents, fit.within_df);
  }
  return out;
}

} // namespace qascore::kernel
