// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../scoring_plan.hpp"
#include "scoring_arithmetic.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

/// Several criteria share one lookup in a batch: each answer is a step, and the sum of the steps of an
/// evaluation, a byte, is the entry of a table of what the criteria earn together. Amounts are integers
/// below 2^52: as doubles their sums are exact.
namespace qascore::kernel::detail_scoring {

inline constexpr std::size_t lookup_entries = 256;

/// A code that the batch sums up itself. All others send their evaluation to the full path.
struct answer_step {
  std::uint8_t code = 0;
  std::uint8_t step = 0;
  bool sets_zero = false; ///< a rule that sets the form to 0 fires
  node_score amount;
};

/// Codes and steps by the lower hexadecimal digit of the code, which most often tells a question's answers apart: its
/// options count from 0, its states from 255 down. Processors look 16 such bytes up at once.
struct digit_tables {
  alignas(16) std::array<std::uint8_t, 16> code, step;
};

/// None where two answers share a digit.
inline std::optional<digit_tables> tables_by_digit(std::span<const answer_step> answers) noexcept {
  digit_tables out;
  for (std::size_t digit = 0; digit < 16; ++digit) {
    out.code[digit] = static_cast<std::uint8_t>(15 - digit); // of another digit: no answer
    out.step[digit] = 0;
  }
  for (const answer_step& answer : answers) {
    const std::size_t digit = answer.code % 16u;
    if (out.code[digit] % 16u == digit)
      return std::nullopt;
    out.code[digit] = answer.code;
    out.step[digit] = answer.step;
  }
  return out;
}

struct criterion_steps {
  std::size_t criterion = 0;
  std::vector<answer_step> answers;
  std::optional<digit_tables> by_digit{}; ///< once the steps are known
};

struct lookup {
  std::vector<criterion_steps> criteria;
  std::array<node_score, lookup_entries> table{}; ///< by sum of steps
};

inline criterion_steps steps_of(const scoring_plan& plan, std::size_t criterion) {
  criterion_steps out{criterion, {}};
  for (std::size_t code = 0; code < 256; ++code) {
    const scoring_cell& cell = plan.table(criterion)[code];
    if (cell.possible >> cell_event_shift == 0)
      out.answers.push_back({static_cast<std::uint8_t>(code),
                             0,
                             cell.earned >> cell_event_shift != 0,
                             {static_cast<double>(cell.earned & cell_amount_mask),
                              static_cast<double>(cell.possible & cell_amount_mask)}});
  }
  return out;
}

inline auto amount_key(const answer_step& answer) noexcept {
  return std::pair(answer.amount.earned, answer.amount.possible);
}

/// Steps for all of `criteria` by the amounts themselves, so that evaluations of equal sums share an entry:
/// earned + (most earned + 1) possible. False if that takes more entries than there are.
inline bool step_by_amounts(std::span<criterion_steps> criteria) {
  double earned = 0.0, possible = 0.0;
  for (const criterion_steps& one : criteria) {
    node_score most;
    for (const answer_step& answer : one.answers) {
      most.earned = std::max(most.earned, answer.amount.earned);
      most.possible = std::max(most.possible, answer.amount.possible);
    }
    earned += most.earned;
    possible += most.possible;
  }
  if ((earned + 1.0) * (possible + 1.0) > static_cast<double>(lookup_entries))
    return false;
  for (criterion_steps& one : criteria)
    for (answer_step& answer : one.answers)
      answer.step = static_cast<std::uint8_t>(answer.amount.earned + (earned + 1.0) * answer.amount.possible);
  return true;
}

/// Steps of one criterion as a digit of the sum, `radix` being one step. Returns the number of digits:
/// answers of the same amount share one.
inline std::size_t step_by_digit(criterion_steps& criterion, std::size_t radix) {
  std::vector<std::pair<double, double>> amounts;
  for (const answer_step& answer : criterion.answers)
    amounts.push_back(amount_key(answer));
  std::ranges::sort(amounts);
  amounts.erase(std::unique(amounts.begin(), amounts.end()), amounts.end());
  for (answer_step& answer : criterion.answers) {
    const auto digit = std::ranges::lower_bound(amounts, amount_key(answer)) - amounts.begin();
    answer.step = static_cast<std::uint8_t>(static_cast<std::size_t>(digit) * radix);
  }
  return std::max<std::size_t>(1, amounts.size());
}

/// The table from the steps: criterion by criterion, every sum so far with every answer.
inline lookup make_lookup(std::span<criterion_steps> criteria) {
  lookup out{{criteria.begin(), criteria.end()}, {}};
  for (criterion_steps& one : out.criteria)
    one.by_digit = tables_by_digit(one.answers);
  std::array<std::optional<node_score>, lookup_entries> sums;
  sums[0] = node_score{};
  for (const criterion_steps& one : criteria) {
    std::array<std::optional<node_score>, lookup_entries> next;
    for (std::size_t sum = 0; sum < lookup_entries; ++sum)
      for (const answer_step& answer : one.answers)
        if (sums[sum])
          next[sum + answer.step] = node_score{sums[sum]->earned + answer.amount.earned,
                                               sums[sum]->possible + answer.amount.possible};
    sums = next;
  }
  for (std::size_t sum = 0; sum < lookup_entries; ++sum)
    out.table[sum] = sums[sum].value_or(node_score{});
  return out;
}

/// Lookups for criteria first .. last - 1, whose amounts are on one scale.
inline std::vector<lookup> lookups_of(const scoring_plan& plan, std::size_t first, std::size_t last) {
  std::vector<criterion_steps> all;
  for (std::size_t c = first; c < last; ++c)
    all.push_back(steps_of(plan, c));
  if (step_by_amounts(all))
    return {make_lookup(all)};
  std::vector<lookup> out;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    std::size_t entries = step_by_digit(all[begin], 1);
    for (end = begin + 1; end < all.size(); ++end) {
      const std::size_t more = entries * step_by_digit(all[end], entries);
      if (more > lookup_entries)
        break;
      entries = more;
    }
    out.push_back(make_lookup(std::span(all).subspan(begin, end - begin)));
  }
  return out;
}

/// What the batch does with the columns, in this order: entries of lookups go to a node at `depth`; then,
/// where it has a weight, the node is complete and joins its parent's mean.
struct scoring_round {
  std::size_t depth = 0;
  std::vector<lookup> lookups;
  std::optional<double> weight;
};

inline std::vector<scoring_round> rounds_of(const scoring_plan& plan) {
  std::vector<scoring_round> out;
  if (plan.how != combine::means) {
    out.push_back({0, lookups_of(plan, 0, plan.criteria), {}});
    return out;
  }
  for (std::size_t i = 0; i + 1 < plan.nodes.size(); ++i) {
    const scoring_node& node = plan.nodes[i];
    scoring_round round{node.depth, {}, node.weight};
    if (node.leaf)
      round.lookups = lookups_of(plan, node.first, node.last);
    if (round.lookups.size() != 1) {
      out.push_back(std::move(round));
      continue;
    }
    // One lookup has the whole node: its table may as well hold the node's share of its parent.
    for (node_score& entry : round.lookups.front().table)
      entry = share_of(entry, node.weight);
    if (out.empty() || out.back().weight || out.back().depth != node.depth - 1)
      out.push_back({node.depth - 1, {}, {}});
    out.back().lookups.push_back(std::move(round.lookups.front()));
  }
  return out;
}

} // namespace qascore::kernel::detail_scoring
