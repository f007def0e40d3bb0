// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"
#include "scoring_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The answers of one evaluation as codes in, its score out. A rubric is compiled once (rubric/compile.hpp)
/// into a `scoring_plan`: tables of integers, so that sums are exact and do not depend on the order of
/// criteria. Columns of evaluations: kernel/scoring_many.hpp.
namespace qascore::kernel {

/// What is said of an evaluation beside its numbers; a set of bits.
enum scoring_flag : std::uint8_t {
  flag_not_scorable = 1, ///< nothing left to score: both numbers are NaN
  flag_unanswered = 2,   ///< some criterion has no answer
  flag_fail = 4,         ///< a fail rule fired
  flag_verdict = 8,      ///< one of them says "failed" whatever the score
  flag_not_allowed = 16, ///< some code is not an answer of its criterion: both numbers are NaN
  flag_not_asked = 32    ///< some criterion has an answer and is not asked: the answer counts for nothing
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
  std::vector<std::uint8_t> codes; ///< per input, `not_asked_code` where a condition does not hold
  std::vector<scoring_cell> amounts;
  std::vector<scoring_cell> changed;
};

/// Scores one evaluation, codes[i] being the answer to criterion i, then the codes of fields (plan.inputs in
/// all). An unanswered criterion takes no part, nor does one that is not asked: conditions are settled first.
///
///   amounts: score = sum earned / sum possible;   means: score(node) = sum_k W_k score(k) / sum_k W_k over
///   children k that can be scored.
///
/// Fail rules: those of scope criterion and section change amounts, the form is computed again, then those of
/// scope form apply. Undefined where nothing possible is left: NaN with flag_not_scorable, never 0 and
/// never 1. Throws nothing once `work` has its size.
scoring_outcome score_one(const scoring_plan& plan, std::span<const std::uint8_t> codes, scoring_work& work);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/scoring.ipp"
#endif
