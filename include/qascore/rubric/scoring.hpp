// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "answers.hpp"
#include "result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace qascore {

/// What a criterion without an answer means.
enum class unanswered {
  error,        ///< a form must be complete (default): rubric_error names every criterion
  not_scorable, ///< the evaluation has no score; `missing` lists the criteria
  leave_out     ///< the criterion takes no part, like one that is not applicable; `missing` lists it
};

/// What an answer to a criterion means that is not asked (its condition does not hold).
enum class unasked {
  error, ///< a mistake (default): rubric_error names every criterion
  ignore ///< nothing: it is scored as if it were not there
};

struct score_options {
  unanswered when_unanswered = unanswered::error;
  unasked when_unasked = unasked::error;
};

/// What is wrong with an answer to a criterion that is not asked.
inline constexpr std::string_view not_asked_problem =
    "expected no answer, since its condition does not hold, but found one";

/// Scores evaluations one by one, and keeps its buffers: nothing is allocated after the first, but for fail
/// rules.
class scorer {
public:
  explicit scorer(rubric form, score_options options = {});

  /// codes[i] is the answer to criterion i, then come the codes of fields (see `encode`). The result lives
  /// until the next call.
  const evaluation_result& operator()(std::span<const std::uint8_t> codes);

private:
  static std::optional<double> present(double value);
  std::vector<problem> codes_not_allowed() const;
  std::vector<problem> answers_not_asked(std::span<const std::uint8_t> given) const;
  std::vector<problem> missing_answers() const;
  void read_criteria();
  double subset_score(std::span<const std::uint32_t> subset) const;
  void add_cell(std::uint32_t criterion, kernel::scoring_cell& sum) const;
  static double ratio_of(const kernel::scoring_cell& sum);
  void read_parts();
  void read_rules();
  void read_verdict(const kernel::scoring_outcome& outcome);

  // Method base: each contribution takes the sum so far to the next, so that adding them in order gives it back.
  void add_up();

  // Applied weights and contributions before fail rules.
  void share_out();

  std::size_t section_of(std::size_t criterion) const { return result_.form.section_index(criterion); }

  evaluation_result result_;
  score_options options_;
  kernel::scoring_work work_;
  std::vector<double> share_;
};

/// Scores one evaluation from the user's own answers (std::map<std::string, std::string> will do).
/// Empty score: nothing applicable was left. Throws rubric_error with every answer that is unknown, not
/// allowed, or, unless told otherwise, missing.
template <answer_range Range>
evaluation_result score(const rubric& form, const Range& answers, const score_options& options = {}) {
  scorer one(form, options);
  return one(encode(form, answers));
}

/// The same for a form that looks at the conversation; `conversation` has its fields by name.
template <answer_range Range, answer_range Fields>
evaluation_result score(const rubric& form, const Range& answers, const Fields& conversation,
                        const score_options& options = {}) {
  scorer one(form, options);
  return one(encode(form, answers, conversation));
}

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/scoring.ipp"
#endif
