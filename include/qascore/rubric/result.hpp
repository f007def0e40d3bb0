// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "rubric.hpp"

#include <optional>
#include <string_view>
#include <vector>

/// What is known about one scored evaluation. Ids and texts are views into the rubric, which the result
/// holds.
namespace qascore {

/// Why a criterion has its points, or none: states are never confused.
enum class criterion_state {
  scored,
  unanswered,     ///< no answer was given
  not_applicable, ///< the rater said so
  not_asked,      ///< its condition does not hold
  excluded        ///< never scored: free text, or weight 0
};

inline std::string_view to_string(criterion_state state) noexcept {
  constexpr std::string_view names[] = {"scored", "unanswered", "not_applicable", "not_asked", "excluded"};
  return names[static_cast<int>(state)];
}

/// Whether an evaluation passes: not if a verdict rule fired (see kernel::scoring_flag); else if its score reaches
/// the rubric's pass mark; empty where there is no mark or no score.
inline std::optional<bool> passes(const rubric& form, double score, std::uint8_t flags) noexcept {
  if ((flags & kernel::flag_verdict) != 0)
    return false;
  if (!form.definition().pass_from || is_missing(score))
    return std::nullopt;
  return kernel::reaches(score, *form.definition().pass_from);
}

struct criterion_result {
  std::string_view id;
  criterion_state state = criterion_state::unanswered;
  std::uint8_t code = kernel::unanswered_code; ///< the answer; see criterion::answer
  double earned = missing_value;               ///< points; NaN unless scored
  double possible = missing_value;             ///< points; NaN unless scored
  double applied_weight =
      0.0; ///< share of the form in this evaluation, a fraction; they sum to 1 (method base: 0)
  double contribution = 0.0; ///< to score_before_fail, a fraction; negative where method base deducts
};

struct section_result {
  std::string_view id;
  std::optional<double> score; ///< after fail rules of scope criterion and section; empty: not scorable
  std::optional<double> score_before_fail; ///< empty: not scorable
};

struct dimension_result {
  std::string_view id;
  std::optional<double> score; ///< before fail rules
};

struct fired_rule {
  std::string_view on;     ///< id of the criterion, or of the section, whose rule fired
  std::string_view target; ///< id of what it fell on: criterion, section, or the rubric
  fail_scope scope = fail_scope::form;
  fail_effect effect = fail_effect::zero;
  double cap = 0.0; ///< with effect cap
};

/// Contributions, taken in the order of the form (in any order, in fact), add up with + to exactly
/// score_before_fail - cap_adjustment: each is a multiple of the last binary digit of that sum. With method
/// base they are added to `base`, in the order of the form.
struct evaluation_result {
  explicit evaluation_result(rubric by) : form{std::move(by)} {}

  rubric form;                 ///< by which it was scored; names id, version and content hash
  std::optional<double> score; ///< fraction; above 1 only with a bonus and no cap; empty: not scorable
  std::optional<double> score_before_fail; ///< as if there were no fail rules
  std::optional<double> critical_score;    ///< of the critical criteria alone, before fail rules
  std::string_view band;                   ///< id; empty when there is none
  std::optional<bool> passed;              ///< empty when neither pass_from nor a verdict rule says anything
  double base = 0.0;                       ///< with method base: what the evaluation starts at, a fraction
  double cap_adjustment = 0.0;             ///< what the cap took away (< 0) or the floor added
  std::vector<criterion_result> criteria;
  std::vector<section_result> sections;
  std::vector<dimension_result> dimensions;
  std::vector<fired_rule> fail_rules;
  std::vector<std::string_view> missing; ///< criteria without an answer
};

} // namespace qascore
