// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"
#include "scoring_cell.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Answers as codes in, scores out. A rubric is compiled once (rubric/compile.hpp) into a `scoring_plan`:
/// tables of integers, so that sums are exact and do not depend on the order of criteria.
namespace qascore::kernel {

/// Answer codes: 0, 1, ... are the answers of a criterion in the order of the rubric; two are reserved.
inline constexpr std::uint8_t not_applicable_code = 254;
inline constexpr std::uint8_t unanswered_code = 255;
/// Codes an answer may have: 0 .. max_answers - 1.
inline constexpr std::size_t max_answers = 250;

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
  double cap = 0.0;

  bool has(std::uint8_t code) const noexcept { return (codes[code >> 6] >> (code & 63) & 1u) != 0; }
};

/// How nodes combine.
enum class combine : std::uint8_t {
  amounts, ///< the form is sum earned / sum possible over all criteria
  means    ///< a node is the weighted mean of its children; leaves are sum earned / sum possible
};

/// A compiled rubric.
struct scoring_plan {
  std::size_t criteria = 0;
  combine how = combine::amounts;
  bool capped = false;             ///< a score above 1 (bonus) is cut to 1
  std::vector<scoring_cell> cells; ///< criteria * table_stride
  std::vector<scoring_node> nodes; ///< the form is the last
  std::vector<scoring_rule> rules;
  bool watches_nodes = false; ///< some rule looks at a node's score

  const scoring_cell* table(std::size_t criterion) const noexcept {
    return cells.data() + criterion * table_stride;
  }
};

/// What is said of an evaluation beside its numbers; a set of bits.
enum scoring_flag : std::uint8_t {
  flag_not_scorable = 1, ///< nothing left to score: both numbers are NaN
  flag_unanswered = 2,   ///< some criterion has no answer
  flag_fail = 4,         ///< a fail rule fired
  flag_verdict = 8,      ///< one of them says "failed" whatever the score
  flag_not_allowed = 16  ///< some code is not an answer of its criterion: both numbers are NaN
};

/// Scores below a limit by no more than this count as reaching it: a mean of sections that is 0.75 on paper
/// may be 0.7499999999999999 in binary.
inline constexpr double limit_slack = 1e-12;
inline bool reaches(double score, double limit) noexcept {
  return score >= limit - limit_slack;
}

/// A node's score as a fraction: value = earned / possible where possible > 0.
struct node_score {
  double earned = 0.0;
  double possible = 0.0;
  double value() const noexcept { return possible > 0.0 ? earned / possible : missing_value; }
};

struct scoring_outcome {
  double score = missing_value;             ///< fraction; NaN: not scorable
  double score_before_fail = missing_value; ///< before any fail rule
  std::uint8_t flags = 0;
};

/// Buffers of `score_one`, and the details of the last evaluation. Allocates at first use only.
struct scoring_work {
  std::vector<node_score> before; ///< per node, before any fail rule
  std::vector<node_score> after;  ///< per node, after rules of scope criterion and section
  std::vector<std::uint32_t> fired;
  std::vector<scoring_cell> amounts;
  std::vector<scoring_cell> changed;
};

/// Scores one evaluation, codes[i] being the answer to criterion i. An unanswered criterion takes no part.
///
///   amounts: score = sum earned / sum possible;   means: score(node) = sum_k W_k score(k) / sum_k W_k over
///   children k that can be scored.
///
/// Fail rules: those of scope criterion and section change amounts, the form is computed again, then those of
/// scope form apply. Undefined where nothing possible is left: NaN with flag_not_scorable, never 0 and
/// never 1. Throws nothing once `work` has its size.
scoring_outcome score_one(const scoring_plan& plan, std::span<const std::uint8_t> codes, scoring_work& work);

/// Where `score_many` writes; all of the same length.
struct scoring_columns {
  std::span<double> score;
  std::span<double> score_before_fail;
  std::span<std::uint8_t> flags;
};

/// Scores many evaluations: one contiguous column of codes per criterion. The same bits as `score_one` row by
/// row, whatever the number of threads. Needs no memory that grows with the number of rows. Throws
/// argument_error if the columns differ in length or number.
void score_many(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers,
                const scoring_columns& out, unsigned threads = 1);

/// Sum earned / sum possible over some criteria for many evaluations: the score of a dimension, or of the
/// critical criteria, before fail rules. `cells` are tables on one integer scale, `subset` indexes criteria.
void score_subset(std::span<const scoring_cell> cells, std::span<const std::uint32_t> subset,
                  std::span<const std::span<const std::uint8_t>> answers, std::span<double> out);

/// Score of every node after rules of scope criterion and section, for many evaluations: out[node][row].
void score_nodes(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers,
                 std::span<const std::span<double>> out);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/scoring.ipp"
#endif
