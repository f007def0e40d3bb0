// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../scoring.hpp"
#include "scoring_lanes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>

namespace qascore::kernel {

namespace detail_scoring {

// Evaluations scored together: their accumulators stay in registers.
inline constexpr std::size_t lane_count = 8;
// Evaluations per round through the form: their partial sums stay in the first-level cache.
inline constexpr std::size_t block_rows = 256;
// The form and three levels of sections.
inline constexpr std::size_t max_depth = 4;

// Sums the cells of eight evaluations, starting at row `at`, over some criteria.
template <class CriterionAt>
inline void sum_eight(const scoring_cell* cells, std::span<const std::span<const std::uint8_t>> answers,
                      std::size_t count, CriterionAt criterion_at, std::size_t at, cell_sum* sums) {
  cell_sum s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t c = criterion_at(i);
    const scoring_cell* const table = cells + c * table_stride;
    std::uint64_t codes;
    std::memcpy(&codes, answers[c].data() + at, sizeof codes);
    // Which of the eight bytes comes first differs between machines; the order of lanes is undone below.
    s0.add(table[codes & 255u]);
    s1.add(table[codes >> 8 & 255u]);
    s2.add(table[codes >> 16 & 255u]);
    s3.add(table[codes >> 24 & 255u]);
    s4.add(table[codes >> 32 & 255u]);
    s5.add(table[codes >> 40 & 255u]);
    s6.add(table[codes >> 48 & 255u]);
    s7.add(table[codes >> 56 & 255u]);
  }
  if constexpr (std::endian::native == std::endian::little) {
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3, sums[4] = s4, sums[5] = s5, sums[6] = s6,
    sums[7] = s7;
  } else {
    sums[0] = s7, sums[1] = s6, sums[2] = s5, sums[3] = s4, sums[4] = s3, sums[5] = s2, sums[6] = s1,
    sums[7] = s0;
  }
}

inline scoring_cell amount_of(const scoring_cell& cell) noexcept {
  return {cell.earned & cell_amount_mask, cell.possible & cell_amount_mask};
}

inline node_score to_score(const scoring_cell& sum) noexcept {
  return {static_cast<double>(sum.earned), static_cast<double>(sum.possible)};
}

// A child's share of its parent's mean. The product first: weights and amounts are mostly small integers, so
// that it is exact and the quotient is correctly rounded.
inline void add_child(node_score& parent, const node_score& child, double weight) noexcept {
  if (child.possible > 0.0) {
    parent.earned += weight * child.earned / child.possible;
    parent.possible += weight;
  }
}

inline double form_value(const scoring_plan& plan, const node_score& form) noexcept {
  const double value = form.value();
  return plan.capped && value > 1.0 ? 1.0 : value;
}

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
    if (node.leaf || plan.how == combine::amounts)
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
    if (plan.how == combine::means)
      add_child(scores[node.parent], scores[i], node.weight);
  }
}

} // namespace detail_scoring

QASCORE_INLINE scoring_outcome score_one(const scoring_plan& plan, std::span<const std::uint8_t> codes,
                                         scoring_work& work) {
  const std::size_t nodes = plan.nodes.size();
  work.before.resize(nodes);
  work.after.resize(nodes);
  work.amounts.resize(nodes);
  work.changed.resize(plan.criteria);
  work.fired.reserve(plan.rules.size());
  work.fired.clear();

  scoring_outcome out;
  bool special = plan.watches_nodes;
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
  }
  detail_scoring::combine_nodes(plan, work.changed, work.amounts, work.before, {});
  if (out.flags & flag_not_allowed)
    return out;
  out.score = out.score_before_fail = detail_scoring::form_value(plan, work.before.back());
  if (is_missing(out.score))
    out.flags |= flag_not_scorable;
  work.after = work.before;
  if (!special)
    return out;

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
      const double cap = rule.effect == fail_effect::zero ? 0.0 : rule.cap;
      cell.earned =
          std::min<std::int64_t>(cell.earned, std::llround(cap * static_cast<double>(cell.possible)));
    }
    detail_scoring::combine_nodes(plan, work.changed, work.amounts, work.after, work.fired);
    out.score = detail_scoring::form_value(plan, work.after.back());
  }
  for (const std::uint32_t r : work.fired) {
    const scoring_rule& rule = plan.rules[r];
    if (rule.scope == fail_scope::form && rule.effect != fail_effect::verdict && !is_missing(out.score))
      out.score = std::min(out.score, rule.effect == fail_effect::zero ? 0.0 : rule.cap);
  }
  return out;
}

namespace detail_scoring {

inline void check_columns(std::size_t criteria, std::span<const std::span<const std::uint8_t>> answers,
                          std::size_t rows) {
  if (answers.size() != criteria)
    throw argument_error("answers: expected one column per criterion (" + std::to_string(criteria) +
                         ") but found " + std::to_string(answers.size()));
  for (std::size_t c = 0; c < criteria; ++c)
    if (answers[c].size() != rows)
      throw argument_error("answers: expected columns of " + std::to_string(rows) + " rows but column " +
                           std::to_string(c) + " has " + std::to_string(answers[c].size()));
}

// The full path for one row of columns.
class row_scorer {
public:
  row_scorer(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers)
      : plan_{plan}, answers_{answers}, codes_(plan.criteria) {}

  scoring_outcome operator()(std::size_t row) {
    for (std::size_t c = 0; c < codes_.size(); ++c)
      codes_[c] = answers_[c][row];
    return score_one(plan_, codes_, work_);
  }
  const scoring_work& work() const noexcept { return work_; }

private:
  const scoring_plan& plan_;
  std::span<const std::span<const std::uint8_t>> answers_;
  std::vector<std::uint8_t> codes_;
  scoring_work work_;
};

// Per block: the events seen and, per depth, the running earned and possible of the node being built.
struct block_sums {
  alignas(16) std::int64_t zero_rules[block_rows];
  alignas(16) std::int64_t full_path[block_rows];
  alignas(16) double earned[max_depth][block_rows];
  alignas(16) double possible[max_depth][block_rows];
};

inline void score_range(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers,
                        const scoring_columns& out, std::size_t begin, std::size_t end, row_scorer& full,
                        block_sums& sums) {
  const auto store = [&](std::size_t row, const scoring_outcome& one) {
    out.score[row] = one.score;
    out.score_before_fail[row] = one.score_before_fail;
    out.flags[row] = one.flags;
  };
  const auto identity = [](std::size_t base) { return [base](std::size_t i) { return base + i; }; };

  for (std::size_t start = begin; start < end; start += block_rows) {
    const std::size_t rows = std::min(block_rows, end - start);
    const std::size_t whole = plan.watches_nodes ? 0 : rows / lane_count * lane_count;

    std::fill_n(sums.zero_rules, whole, 0);
    std::fill_n(sums.full_path, whole, 0);
    // The sums of one stretch of criteria, as doubles, at one depth.
    const auto leaf = [&](std::size_t first, std::size_t last, std::size_t depth) {
      cell_sum eight[lane_count];
      for (std::size_t r = 0; r < whole; r += lane_count) {
        sum_eight(plan.cells.data(), answers, last - first, identity(first), start + r, eight);
        for (std::size_t k = 0; k < lane_count; k += 2)
          split_two(eight[k], eight[k + 1], sums.earned[depth] + r + k, sums.possible[depth] + r + k,
                    sums.zero_rules + r + k, sums.full_path + r + k);
      }
    };
    if (plan.how == combine::amounts) {
      leaf(0, plan.criteria, 0);
    } else {
      for (std::size_t d = 0; d < max_depth; ++d) {
        std::fill_n(sums.earned[d], whole, 0.0);
        std::fill_n(sums.possible[d], whole, 0.0);
      }
      for (std::size_t i = 0; i + 1 < plan.nodes.size(); ++i) {
        const scoring_node& node = plan.nodes[i];
        const std::size_t d = node.depth;
        if (node.leaf)
          leaf(node.first, node.last, d);
        for (std::size_t r = 0; r < whole; r += 2)
          add_child_two(sums.earned[d - 1] + r, sums.possible[d - 1] + r, sums.earned[d] + r,
                        sums.possible[d] + r, node.weight);
        std::fill_n(sums.earned[d], whole, 0.0);
        std::fill_n(sums.possible[d], whole, 0.0);
      }
    }
    for (std::size_t r = 0; r < whole; ++r) {
      const double value = form_value(plan, {sums.earned[0][r], sums.possible[0][r]});
      const bool scorable = sums.possible[0][r] > 0.0;
      const bool zero = sums.zero_rules[r] != 0;
      out.score_before_fail[start + r] = value;
      out.score[start + r] = zero && scorable ? 0.0 : value;
      out.flags[start + r] =
          static_cast<std::uint8_t>((scorable ? 0 : flag_not_scorable) | (zero ? flag_fail : 0));
    }
    for (std::size_t r = 0; r < whole; ++r)
      if (sums.full_path[r] != 0)
        store(start + r, full(start + r));
    for (std::size_t r = whole; r < rows; ++r)
      store(start + r, full(start + r));
  }
}

} // namespace detail_scoring

QASCORE_INLINE void score_many(const scoring_plan& plan,
                               std::span<const std::span<const std::uint8_t>> answers,
                               const scoring_columns& out, unsigned threads) {
  const std::size_t rows = out.score.size();
  detail_scoring::check_columns(plan.criteria, answers, rows);
  if (out.score_before_fail.size() != rows || out.flags.size() != rows)
    throw argument_error("out: expected columns of " + std::to_string(rows) + " rows");

  // Threads get whole blocks, so that a small table stays on one.
  const std::size_t blocks = (rows + detail_scoring::block_rows - 1) / detail_scoring::block_rows;
  const std::size_t parts = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(1, blocks / 64));
  std::vector<detail_scoring::row_scorer> full(parts, detail_scoring::row_scorer(plan, answers));
  std::vector<detail_scoring::block_sums> sums(parts);
  const auto run = [&](std::size_t part) {
    const auto row_at = [&](std::size_t p) {
      return std::min(rows, blocks * p / parts * detail_scoring::block_rows);
    };
    detail_scoring::score_range(plan, answers, out, row_at(part), row_at(part + 1), full[part], sums[part]);
  };
  std::vector<std::jthread> workers;
  std::size_t started = 1;
  try {
    for (; started < parts; ++started)
      workers.emplace_back(run, started);
  } catch (const std::system_error&) {
    // The machine gives no more threads: this one does the rest.
  }
  run(0);
  for (; started < parts; ++started)
    run(started);
}

QASCORE_INLINE void score_subset(std::span<const scoring_cell> cells, std::span<const std::uint32_t> subset,
                                 std::span<const std::span<const std::uint8_t>> answers,
                                 std::span<double> out) {
  detail_scoring::check_columns(answers.size(), answers, out.size());
  const auto at = [&](std::size_t i) { return std::size_t{subset[i]}; };
  const std::size_t whole = out.size() / detail_scoring::lane_count * detail_scoring::lane_count;
  detail_scoring::cell_sum eight[detail_scoring::lane_count];
  for (std::size_t row = 0; row < whole; row += detail_scoring::lane_count) {
    detail_scoring::sum_eight(cells.data(), answers, subset.size(), at, row, eight);
    for (std::size_t k = 0; k < detail_scoring::lane_count; ++k)
      out[row + k] = detail_scoring::to_score(detail_scoring::amount_of(eight[k].cell())).value();
  }
  for (std::size_t row = whole; row < out.size(); ++row) {
    scoring_cell sum;
    for (const std::uint32_t c : subset) {
      const scoring_cell amount = detail_scoring::amount_of(cells[c * table_stride + answers[c][row]]);
      sum.earned += amount.earned;
      sum.possible += amount.possible;
    }
    out[row] = detail_scoring::to_score(sum).value();
  }
}

QASCORE_INLINE void score_nodes(const scoring_plan& plan,
                                std::span<const std::span<const std::uint8_t>> answers,
                                std::span<const std::span<double>> out) {
  const std::size_t rows = out.empty() ? 0 : out.front().size();
  detail_scoring::check_columns(plan.criteria, answers, rows);
  detail_scoring::row_scorer full(plan, answers);
  for (std::size_t row = 0; row < rows; ++row) {
    full(row);
    for (std::size_t node = 0; node < out.size(); ++node)
      out[node][row] = full.work().after[node].value();
  }
}

} // namespace qascore::kernel
