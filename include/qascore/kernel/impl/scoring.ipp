// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../scoring.hpp"
#include "scoring_arithmetic.hpp"
#include "scoring_conditions.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace qascore::kernel {

namespace detail_scoring {

// All nodes from the criteria's cells. With `rules`, effects of scope section fall on their nodes.
inline void combine_nodes(const scoring_plan& plan, std::span<const scoring_cell> criteria,
                          std::span<scoring_cell> amounts, std::span<node_score> scores,
                          std::span<const std::uint32_t> fired) {
  std::ranges::fill(amounts, scoring_cell{});
  std::ranges::fill(scores, node_score{});
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const scoring_node& node = plan.nodes[i];
    if (node.leaf) {
      for (std::size_t c = node.first; c < node.last; ++c) {
        amounts[i].earned += criteria[c].earned;
        amounts[i].possible += criteria[c].possible;
      }
    }
    if (node.leaf || plan.how != combine::means)
      scores[i] = to_score(amounts[i]);
    for (const std::uint32_t r : fired) {
      const scoring_rule& rule = plan.rules[r];
      if (rule.scope != fail_scope::section || rule.node != i || rule.effect == fail_effect::verdict)
        continue;
      const double cap = rule.effect == fail_effect::zero ? 0.0 : rule.cap;
      amounts[i].earned = std::min<std::int64_t>(
          amounts[i].earned, std::llround(cap * static_cast<double>(amounts[i].possible)));
      scores[i].earned = std::min(scores[i].earned, cap * scores[i].possible);
    }
    if (i + 1 == plan.nodes.size())
      continue;
    amounts[node.parent].earned += amounts[i].earned;
    amounts[node.parent].possible += amounts[i].possible;
    if (plan.how == combine::means) {
      const node_score share = share_of(scores[i], node.weight);
      scores[node.parent].earned += share.earned;
      scores[node.parent].possible += share.possible;
    }
  }
}

} // namespace detail_scoring

QASCORE_INLINE scoring_outcome score_one(const scoring_plan& plan, std::span<const std::uint8_t> given,
                                         scoring_work& work) {
  const std::size_t nodes = plan.nodes.size();
  work.before.resize(nodes);
  work.after.resize(nodes);
  work.amounts.resize(nodes);
  work.changed.resize(plan.criteria);
  work.fired.reserve(plan.rules.size());
  work.fired.clear();

  scoring_outcome out;
  work.codes.assign(given.begin(), given.end());
  const std::span<const std::uint8_t> codes = work.codes;
  if (!plan.conditions.empty() && detail_scoring::settle(plan, work.codes))
    out.flags |= flag_not_asked;
  bool special = plan.watches_nodes, applicable = plan.how == combine::base;
  for (std::size_t c = 0; c < plan.criteria; ++c) {
    const std::uint8_t code = codes[c];
    const scoring_cell& cell = plan.table(c)[code];
    special |= ((cell.earned | cell.possible) >> cell_event_shift) != 0;
    // What is never scored (free text) carries no event: leaving it unanswered is nothing to tell.
    if (code != unanswered_code && cell.possible >> cell_event_shift >= 2)
      out.flags |= flag_not_allowed;
    else if (code == unanswered_code && cell.possible >> cell_event_shift != 0)
      out.flags |= flag_unanswered;
    work.changed[c] = detail_scoring::amount_of(cell);
    applicable |= code != not_applicable_code && work.changed[c].possible > 0;
  }
  detail_scoring::combine_nodes(plan, work.changed, work.amounts, work.before, {});
  if (out.flags & flag_not_allowed)
    return out;
  if (!applicable) // "not applicable" alone is no score, whatever it counts as beside answers
    work.before.back() = {};
  out.score = out.score_before_fail = detail_scoring::form_value(plan, work.before.back());
  if (is_missing(out.score))
    out.flags |= flag_not_scorable;
  work.after = work.before;
  if (!special) {
    out.score = reported(plan, out.score);
    return out;
  }

  bool again = false;
  for (std::uint32_t r = 0; r < plan.rules.size(); ++r) {
    const scoring_rule& rule = plan.rules[r];
    const bool fires =
        rule.criterion != scoring_rule::none
            ? rule.has(codes[rule.criterion])
            : work.before[rule.node].possible > 0.0 && !reaches(work.before[rule.node].value(), rule.below);
    if (!fires)
      continue;
    work.fired.push_back(r);
    out.flags |= flag_fail;
    if (rule.effect == fail_effect::verdict)
      out.flags |= flag_verdict;
    else
      again |= rule.scope != fail_scope::form;
  }
  if (again) {
    for (const std::uint32_t r : work.fired) {
      const scoring_rule& rule = plan.rules[r];
      if (rule.scope != fail_scope::criterion || rule.effect == fail_effect::verdict)
        continue;
      scoring_cell& cell = work.changed[rule.criterion];
      cell.earned = std::min(cell.earned, rule.effect == fail_effect::zero ? 0 : rule.most);
    }
    detail_scoring::combine_nodes(plan, work.changed, work.amounts, work.after, work.fired);
    if (!applicable)
      work.after.back() = {};
    out.score = detail_scoring::form_value(plan, work.after.back());
  }
  for (const std::uint32_t r : work.fired) {
    const scoring_rule& rule = plan.rules[r];
    if (rule.scope == fail_scope::form && rule.effect != fail_effect::verdict && !is_missing(out.score))
      out.score = std::min(out.score, rule.effect == fail_effect::zero ? 0.0 : rule.cap);
  }
  out.score = reported(plan, out.score);
  return out;
}

} // namespace qascore::kernel
