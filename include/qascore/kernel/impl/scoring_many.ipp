// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../scoring_many.hpp"
#include "scoring_arithmetic.hpp"
#include "scoring_conditions.hpp"
#include "scoring_lanes.hpp"
#include "scoring_lookup.hpp"
#include "scoring_steps.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace qascore::kernel {

namespace detail_scoring {

// Evaluations per round through the form: their partial sums stay in the first-level cache.
inline constexpr std::size_t block_rows = 512;
// Evaluations summed together: their accumulators stay in registers.
inline constexpr std::size_t lane_count = 8;
// The form and three levels of sections.
inline constexpr std::size_t max_depth = 4;

// Entries of some lookups, for eight evaluations, onto their sums. `steps` has block_rows per lookup.
inline void add_entries(std::span<const lookup> lookups, const std::uint8_t* steps, node_score* to) {
  score_sum s0{to[0]}, s1{to[1]}, s2{to[2]}, s3{to[3]}, s4{to[4]}, s5{to[5]}, s6{to[6]}, s7{to[7]};
  for (const lookup& one : lookups) {
    const node_score* const table = one.table.data();
    s0.add(table[steps[0]]), s1.add(table[steps[1]]), s2.add(table[steps[2]]), s3.add(table[steps[3]]);
    s4.add(table[steps[4]]), s5.add(table[steps[5]]), s6.add(table[steps[6]]), s7.add(table[steps[7]]);
    steps += block_rows;
  }
  s0.store(to[0]), s1.store(to[1]), s2.store(to[2]), s3.store(to[3]);
  s4.store(to[4]), s5.store(to[5]), s6.store(to[6]), s7.store(to[7]);
}

inline void check_columns(std::span<const std::span<const std::uint8_t>> answers, std::size_t rows) {
  for (std::size_t c = 0; c < answers.size(); ++c)
    if (answers[c].size() != rows)
      throw argument_error("answers: expected columns of " + std::to_string(rows) + " rows but column " +
                           std::to_string(c) + " has " + std::to_string(answers[c].size()));
}

inline void check_columns(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers,
                          std::size_t rows) {
  if (answers.size() != plan.inputs)
    throw argument_error(std::string("answers: expected one column per criterion") +
                         (plan.inputs > plan.criteria ? " and field (" : " (") + std::to_string(plan.inputs) +
                         ") but found " + std::to_string(answers.size()));
  check_columns(answers, rows);
}

// The full path for one row of columns.
class row_scorer {
public:
  row_scorer(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers)
      : plan_{plan}, answers_{answers}, codes_(plan.inputs) {}

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

class block_scorer {
public:
  block_scorer(const scoring_plan& plan, std::span<const scoring_round> rounds,
               std::span<const std::span<const std::uint8_t>> answers)
      : plan_{plan}, rounds_{rounds}, answers_{answers}, full_{plan, answers}, conditions_{plan},
        columns_(plan.inputs), later_(plan.inputs) {
    std::size_t lookups = 0;
    for (const scoring_round& round : rounds)
      lookups += round.lookups.size();
    steps_.resize(lookups * block_rows);
    sums_.resize(max_depth * block_rows);
  }

  void operator()(const scoring_columns& out, std::size_t start, std::size_t rows) {
    if (plan_.watches_nodes) { // rules look at scores of sections: no shortcut
      for (std::size_t row = 0; row < rows; ++row)
        store(out, start + row);
      return;
    }
    add_columns(start, rows);
    std::fill_n(sums_.begin(), block_rows, node_score{}); // below the form, nodes are cleared when they join
    const std::uint8_t* steps = steps_.data();
    for (const scoring_round& round : rounds_) {
      node_score* const sums = sums_.data() + round.depth * block_rows;
      // Rows past the last are summed too, up to a whole number of lanes: of zero steps, and not used.
      for (std::size_t row = 0; row < rows; row += lane_count)
        add_entries(round.lookups, steps + row, sums + row);
      steps += round.lookups.size() * block_rows;
      if (round.weight)
        join_parent(sums, sums - block_rows, rows, *round.weight);
    }
    finish(out, start, rows);
    std::uint8_t any_odd = 0;
    for (std::size_t row = 0; row < rows; ++row)
      any_odd |= odd_[row];
    for (std::size_t row = 0; any_odd != 0 && row < rows; ++row)
      if (odd_[row] != 0)
        store(out, start + row);
  }

private:
  void store(const scoring_columns& out, std::size_t row) {
    const scoring_outcome one = full_(row);
    out.score[row] = one.score;
    out.score_before_fail[row] = one.score_before_fail;
    out.flags[row] = one.flags;
  }

  void add_columns(std::size_t start, std::size_t rows) {
    std::ranges::fill(steps_, std::uint8_t{0});
    odd_.fill(0);
    zero_.fill(0);
    const std::size_t later = start + 2 * block_rows; // the next block is too near: measured
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      columns_[c] = answers_[c].data() + start;
      later_[c] = answers_[c].data() + (later + block_rows <= answers_[c].size() ? later : start);
    }
    conditions_(columns_, rows, odd_.data());
    std::uint8_t* steps = steps_.data();
    for (const scoring_round& round : rounds_)
      for (const lookup& one : round.lookups) {
        loops_.sum(one, {columns_, later_}, rows, steps, odd_.data());
        for (const criterion_steps& criterion : one.criteria)
          for (const answer_step& answer : criterion.answers)
            if (answer.sets_zero)
              mark(columns_[criterion.criterion], rows, answer.code);
        steps += block_rows;
      }
  }

  void mark(const std::uint8_t* codes, std::size_t rows, std::uint8_t code) {
    for (std::size_t row = 0; row < rows; ++row)
      zero_[row] = static_cast<std::uint8_t>(zero_[row] | (codes[row] == code ? 1 : 0));
  }

  static void join_parent(node_score* child, node_score* parent, std::size_t rows, double weight) {
    for (std::size_t row = 0; row < rows; ++row) {
      const node_score share = share_of(child[row], weight);
      parent[row].earned += share.earned;
      parent[row].possible += share.possible;
      child[row] = node_score{};
    }
  }

  void finish(const scoring_columns& out, std::size_t start, std::size_t rows) const {
    double* const before = out.score_before_fail.data() + start;
    double* const score = out.score.data() + start;
    if (plan_.how == combine::base)
      for (std::size_t row = 0; row < rows; ++row)
        before[row] = form_value(plan_, sums_[row]);
    else
      loops_.divide(sums_.data(), rows, {plan_.floor, plan_.cap}, before);
    loops_.zeros(before, zero_.data(), rows, score, out.flags.data() + start);
    for (std::size_t row = 0; row < rows && plan_.digits >= 0; ++row)
      score[row] = reported(plan_, score[row]);
  }

  const scoring_plan& plan_;
  std::span<const scoring_round> rounds_;
  std::span<const std::span<const std::uint8_t>> answers_;
  row_scorer full_;
  block_conditions<block_rows> conditions_;
  std::vector<const std::uint8_t*> columns_; // of the block, settled
  std::vector<const std::uint8_t*> later_;   // of a block that comes
  std::vector<std::uint8_t> steps_;          // sums of steps: block_rows per lookup
  std::vector<node_score> sums_;             // block_rows per depth
  std::array<std::uint8_t, block_rows> odd_{}, zero_{};
  batch_loops loops_ = best_loops();
};

} // namespace detail_scoring

QASCORE_INLINE void score_many(const scoring_plan& plan,
                               std::span<const std::span<const std::uint8_t>> answers,
                               const scoring_columns& out, unsigned threads) {
  const std::size_t rows = out.score.size();
  detail_scoring::check_columns(plan, answers, rows);
  if (out.score_before_fail.size() != rows || out.flags.size() != rows)
    throw argument_error("out: expected columns of " + std::to_string(rows) + " rows");

  // Threads get whole blocks, so that a small table stays on one.
  const std::size_t blocks = (rows + detail_scoring::block_rows - 1) / detail_scoring::block_rows;
  const std::size_t parts = std::clamp<std::size_t>(threads, 1, std::max<std::size_t>(1, blocks / 64));
  const std::vector<detail_scoring::scoring_round> rounds = detail_scoring::rounds_of(plan);
  std::vector<detail_scoring::block_scorer> scorers(parts, {plan, rounds, answers});
  const auto run = [&](std::size_t part) {
    for (std::size_t block = blocks * part / parts; block < blocks * (part + 1) / parts; ++block) {
      const std::size_t start = block * detail_scoring::block_rows;
      scorers[part](out, start, std::min(detail_scoring::block_rows, rows - start));
    }
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
  detail_scoring::check_columns(answers, out.size());
  if (subset.empty()) {
    std::ranges::fill(out, missing_value);
    return;
  }
  for (std::size_t row = 0; row < out.size(); ++row) {
    scoring_cell sum;
    for (const std::uint32_t c : subset) {
      const scoring_cell amount = detail_scoring::amount_of(cells[c * table_stride + answers[c][row]]);
      sum.earned += amount.earned;
      sum.possible += amount.possible;
    }
    out[row] = detail_scoring::to_score(sum).value();
  }
}

QASCORE_INLINE void settle_many(const scoring_plan& plan,
                                std::span<const std::span<const std::uint8_t>> answers,
                                std::span<const std::span<std::uint8_t>> out) {
  const std::size_t rows = answers.empty() ? 0 : answers.front().size();
  detail_scoring::check_columns(plan, answers, rows);
  if (out.size() != plan.inputs ||
      std::ranges::any_of(out, [&](const auto& column) { return column.size() != rows; }))
    throw argument_error("out: expected " + std::to_string(plan.inputs) + " columns of " +
                         std::to_string(rows) + " rows");
  detail_scoring::block_conditions<detail_scoring::block_rows> conditions(plan);
  std::vector<const std::uint8_t*> columns(plan.inputs);
  std::array<std::uint8_t, detail_scoring::block_rows> surplus{};
  for (std::size_t start = 0; start < rows; start += detail_scoring::block_rows) {
    const std::size_t size = std::min(detail_scoring::block_rows, rows - start);
    for (std::size_t c = 0; c < columns.size(); ++c)
      columns[c] = answers[c].data() + start;
    conditions(columns, size, surplus.data());
    for (std::size_t c = 0; c < columns.size(); ++c)
      std::copy_n(columns[c], size, out[c].data() + start);
  }
}

QASCORE_INLINE void score_nodes(const scoring_plan& plan,
                                std::span<const std::span<const std::uint8_t>> answers,
                                std::span<const std::span<double>> out) {
  const std::size_t rows = out.empty() ? 0 : out.front().size();
  detail_scoring::check_columns(plan, answers, rows);
  detail_scoring::row_scorer full(plan, answers);
  for (std::size_t row = 0; row < rows; ++row) {
    full(row);
    for (std::size_t node = 0; node < out.size(); ++node)
      out[node][row] = full.work().after[node].value();
  }
}

} // namespace qascore::kernel
