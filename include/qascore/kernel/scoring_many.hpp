// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"
#include "scoring.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

/// Columns of codes in, columns of scores out: the numbers of kernel/scoring.hpp for many evaluations.
namespace qascore::kernel {

/// Where `score_many` writes; all of the same length.
struct scoring_columns {
  std::span<double> score;
  std::span<double> score_before_fail;
  std::span<std::uint8_t> flags;
};

/// Scores many evaluations: one contiguous column of codes per criterion, then per field (plan.inputs). The same bits as `score_one` row by
/// row, whatever the number of threads. Needs no memory that grows with the number of rows. Throws
/// argument_error if the columns differ in length or number.
void score_many(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers,
                const scoring_columns& out, unsigned threads = 1);

/// Sum earned / sum possible over some criteria for many evaluations: the score of a dimension, or of the
/// critical criteria, before fail rules. Answers are settled (`settle_many`). `cells` are tables on one integer scale, `subset` indexes criteria.
void score_subset(std::span<const scoring_cell> cells, std::span<const std::uint32_t> subset,
                  std::span<const std::span<const std::uint8_t>> answers, std::span<double> out);

/// The codes that are scored, one column per input: the answers, with `not_asked_code` where a condition does
/// not hold. Settled codes score as the answers do. Columns of out may be those of answers.
void settle_many(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers,
                 std::span<const std::span<std::uint8_t>> out);

/// Score of every node after rules of scope criterion and section, for many evaluations: out[node][row].
void score_nodes(const scoring_plan& plan, std::span<const std::span<const std::uint8_t>> answers,
                 std::span<const std::span<double>> out);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/scoring_many.ipp"
#endif
