// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "scoring_cell.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

/// A rubric as the scoring kernel reads it.
namespace qascore::kernel {

/// Answer codes: 0, 1, ... are the answers of a criterion in the order of the rubric; three are reserved.
/// `not_asked_code` is what the kernel puts where a condition does not hold, not what a rater answers.
inline constexpr std::uint8_t not_asked_code = 253;
inline constexpr std::uint8_t not_applicable_code = 254;
inline constexpr std::uint8_t unanswered_code = 255;
/// Codes an answer may have: 0 .. max_answers - 1.
inline constexpr std::size_t max_answers = 250;

/// Scores below a limit by no more than this count as reaching it: a mean of sections that is 0.75 on paper
/// may be 0.7499999999999999 in binary.
inline constexpr double limit_slack = 1e-12;
inline bool reaches(double score, double limit) noexcept {
  return score >= limit - limit_slack;
}

/// Cells from one criterion's table to the next: 256 codes, and a cache line so that tables do not share
/// cache sets.
inline constexpr std::size_t table_stride = 260;

/// A section, or the form itself. Nodes stand in post-order: children before their parent, the form last.
struct scoring_node {
  std::uint32_t parent = 0;
  std::uint32_t depth = 0; ///< of the form: 0
  std::uint32_t first = 0; ///< criteria first .. last - 1 lie within
  std::uint32_t last = 0;
  double weight = 0.0; ///< among its siblings
  bool leaf = false;   ///< holds criteria itself
};

enum class fail_scope : std::uint8_t { criterion, section, form };
enum class fail_effect : std::uint8_t { zero, cap, verdict };

/// A fail rule: fires when the criterion's code is in `codes`, or (section rules) when the node's score is
/// below `below`.
struct scoring_rule {
  static constexpr std::uint32_t none = 0xffff'ffffu;
  std::uint32_t criterion = none; ///< none: a rule on a node's score
  std::uint32_t node = 0; ///< what the effect falls on for scope section; what is watched without criterion
  std::array<std::uint64_t, 4> codes{};
  double below = 0.0;
  fail_scope scope = fail_scope::form;
  fail_effect effect = fail_effect::zero;
  double cap = 0.0;      ///< of what is possible
  std::int64_t most = 0; ///< with scope criterion: what a capped criterion may still earn

  bool has(std::uint8_t code) const noexcept { return (codes[code >> 6] >> (code & 63) & 1u) != 0; }
};

/// One step of a condition, on a stack of truth values: push whether an input has one of some codes, or
/// replace the two on top (or the one) by what holds of them.
struct condition_step {
  enum class kind : std::uint8_t { test, both, either, negation };
  kind what = kind::test;
  std::uint32_t input = 0;         ///< of a test: the column it looks at
  std::vector<std::uint8_t> codes; ///< of a test
};

/// Criteria that are asked where a condition holds.
struct scoring_condition {
  std::vector<condition_step> steps;
  std::vector<std::uint32_t> criteria;
  std::vector<std::uint32_t>
      filled; ///< filled from metrics: a value of what is not asked is no surplus answer
};

/// Truth values that the steps of a condition hold at most.
inline constexpr std::size_t max_condition_stack = 12;

/// How nodes combine.
enum class combine : std::uint8_t {
  amounts, ///< the form is sum earned / sum possible over all criteria
  base,    ///< the form is (base + sum earned - sum possible) / unit, `possible` being what may be deducted
  means    ///< a node is the weighted mean of its children; leaves are sum earned / sum possible
};

/// A compiled rubric.
struct scoring_plan {
  std::size_t criteria = 0;
  std::size_t inputs = 0; ///< columns of codes: one per criterion, then one per field that conditions look at
  combine how = combine::amounts;
  double floor = 0.0;                                   ///< a score below is lifted to this
  double cap = std::numeric_limits<double>::infinity(); ///< a score above is cut to this
  int digits = -1;                                      ///< decimal places of the score; -1: not rounded
  bool half_even = false;                               ///< a half goes to the even digit, else up
  double base = 0.0;                                    ///< of combine::base: what all start at, an integer
  double unit = 1.0;               ///< of combine::base: what a score of 1 is, an integer
  std::vector<scoring_cell> cells; ///< criteria * table_stride
  std::vector<scoring_node> nodes; ///< the form is the last
  std::vector<scoring_rule> rules;
  bool watches_nodes = false; ///< some rule looks at a node's score
  std::vector<scoring_condition>
      conditions; ///< each looks only at criteria that those before it have settled

  const scoring_cell* table(std::size_t criterion) const noexcept {
    return cells.data() + criterion * table_stride;
  }
};

/// A node's score as a fraction: value = earned / possible where possible > 0.
struct alignas(16) node_score {
  double earned = 0.0;
  double possible = 0.0;
  double value() const noexcept { return possible > 0.0 ? earned / possible : missing_value; }
};

/// The score as it is reported. What is within `limit_slack` of a half counts as one: 0.845 in binary is a
/// little less.
inline double reported(const scoring_plan& plan, double score) noexcept {
  if (plan.digits < 0 || is_missing(score))
    return score;
  double factor = 1.0;
  for (int digit = 0; digit < plan.digits; ++digit)
    factor *= 10.0;
  const double scaled = score * factor, lower = std::floor(scaled), rest = scaled - lower;
  const double slack = limit_slack * factor;
  const bool odd = std::fmod(lower, 2.0) != 0.0;
  const bool up = rest > 0.5 + slack || (rest >= 0.5 - slack && (odd || !plan.half_even));
  return (up ? lower + 1.0 : lower) / factor;
}

} // namespace qascore::kernel
