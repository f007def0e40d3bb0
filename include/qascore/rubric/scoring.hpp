// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "answers.hpp"
#include "result.hpp"

#include <cmath>
#include <span>
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
  explicit scorer(rubric form, score_options options = {}) : result_{std::move(form)}, options_{options} {
    const rubric& r = result_.form;
    result_.criteria.resize(r.criteria().size());
    result_.sections.resize(r.sections().size());
    result_.dimensions.resize(r.dimensions().size());
    result_.missing.reserve(r.criteria().size());
    result_.fail_rules.reserve(r.plan().rules.size());
    for (std::size_t i = 0; i < result_.criteria.size(); ++i)
      result_.criteria[i].id = r.criteria()[i].id();
    for (std::size_t i = 0; i < result_.sections.size(); ++i)
      result_.sections[i].id = r.sections()[i].definition->id;
    for (std::size_t i = 0; i < result_.dimensions.size(); ++i)
      result_.dimensions[i].id = r.dimensions()[i];
  }

  /// codes[i] is the answer to criterion i, then come the codes of fields (see `encode`). The result lives
  /// until the next call.
  const evaluation_result& operator()(std::span<const std::uint8_t> codes) {
    const std::size_t inputs = result_.form.plan().inputs;
    if (codes.size() != inputs)
      throw argument_error(std::string("codes: expected one per criterion") +
                           (inputs > result_.criteria.size() ? " and field (" : " (") +
                           std::to_string(inputs) + ") but found " + std::to_string(codes.size()));
    const kernel::scoring_outcome outcome = kernel::score_one(result_.form.plan(), codes, work_);
    if (outcome.flags & kernel::flag_not_allowed)
      throw rubric_error(codes_not_allowed());
    if (outcome.flags & kernel::flag_not_asked && options_.when_unasked == unasked::error)
      throw rubric_error(answers_not_asked(codes));
    read_criteria();
    if (!result_.missing.empty() && options_.when_unanswered == unanswered::error)
      throw rubric_error(missing_answers());
    const bool scorable = !is_missing(outcome.score) &&
                          (result_.missing.empty() || options_.when_unanswered == unanswered::leave_out);
    result_.score = scorable ? std::optional(outcome.score) : std::nullopt;
    result_.score_before_fail = scorable ? std::optional(outcome.score_before_fail) : std::nullopt;
    read_parts();
    read_rules();
    read_verdict(outcome);
    result_.base = result_.cap_adjustment = 0.0;
    if (scorable && result_.form.plan().how == kernel::combine::base)
      add_up();
    else if (scorable)
      share_out();
    return result_;
  }

private:
  static std::optional<double> present(double value) {
    return is_missing(value) ? std::nullopt : std::optional(value);
  }

  std::vector<problem> codes_not_allowed() const {
    const auto& codes = work_.codes;
    std::vector<problem> out;
    for (std::size_t i = 0; i < result_.criteria.size(); ++i)
      if (result_.form.plan().table(i)[codes[i]].possible >> kernel::cell_event_shift >= 2)
        out.push_back({{},
                       0,
                       0,
                       std::string(result_.criteria[i].id),
                       "expected " +
                           detail::expected_code(result_.form.criteria()[i], "a code",
                                                 result_.form.criteria()[i].points().size()) +
                           " but found " + std::to_string(codes[i])});
    return out;
  }

  std::vector<problem> answers_not_asked(std::span<const std::uint8_t> given) const {
    std::vector<problem> out;
    for (std::size_t i = 0; i < result_.criteria.size(); ++i)
      if (work_.codes[i] == kernel::not_asked_code && given[i] != kernel::unanswered_code &&
          given[i] != kernel::not_asked_code && result_.form.criteria()[i].metric().empty())
        out.push_back({{}, 0, 0, std::string(result_.criteria[i].id), std::string(not_asked_problem)});
    return out;
  }

  std::vector<problem> missing_answers() const {
    std::vector<problem> out;
    for (const auto& id : result_.missing)
      out.push_back({{}, 0, 0, std::string(id), "expected an answer but found none"});
    return out;
  }

  void read_criteria() {
    const auto& codes = work_.codes;
    result_.missing.clear();
    for (std::size_t i = 0; i < result_.criteria.size(); ++i) {
      const criterion& asked = result_.form.criteria()[i];
      criterion_result& one = result_.criteria[i];
      one.code = codes[i];
      one.earned = one.possible = missing_value;
      one.applied_weight = one.contribution = 0.0;
      if (codes[i] == kernel::unanswered_code) {
        const bool optional = !detail::is_scored(asked.definition().answer);
        one.state = optional ? criterion_state::excluded : criterion_state::unanswered;
        if (!optional)
          result_.missing.push_back(one.id);
      } else if (codes[i] == kernel::not_applicable_code) {
        one.state = criterion_state::not_applicable;
      } else if (codes[i] == kernel::not_asked_code) {
        one.state = criterion_state::not_asked;
      } else if (!asked.scored()) {
        one.state = criterion_state::excluded;
      } else {
        one.state = criterion_state::scored;
        one.earned = asked.points()[codes[i]];
        one.possible = asked.possible();
      }
    }
  }

  double subset_score(std::span<const std::uint32_t> subset) const {
    kernel::scoring_cell sum;
    for (const std::uint32_t c : subset)
      add_cell(c, sum);
    return ratio_of(sum);
  }

  void add_cell(std::uint32_t criterion, kernel::scoring_cell& sum) const {
    const auto& cell = result_.form.form_cells()[criterion * kernel::table_stride + work_.codes[criterion]];
    sum.earned += cell.earned;
    sum.possible += cell.possible;
  }
  static double ratio_of(const kernel::scoring_cell& sum) {
    return kernel::node_score{static_cast<double>(sum.earned), static_cast<double>(sum.possible)}.value();
  }

  void read_parts() {
    const bool from_base = result_.form.plan().how == kernel::combine::base;
    for (std::size_t i = 0; i < result_.sections.size(); ++i) {
      const std::size_t node = result_.form.sections()[i].node;
      if (from_base) { // a section has no base of its own: what it earned of what its answers can move
        const auto& whole = result_.form.plan().nodes[node];
        kernel::scoring_cell sum;
        for (std::uint32_t c = whole.first; c < whole.last; ++c)
          add_cell(c, sum);
        result_.sections[i].score = result_.sections[i].score_before_fail = present(ratio_of(sum));
        continue;
      }
      result_.sections[i].score = present(work_.after[node].value());
      result_.sections[i].score_before_fail = present(work_.before[node].value());
    }
    for (std::size_t i = 0; i < result_.dimensions.size(); ++i)
      result_.dimensions[i].score = present(subset_score(result_.form.criteria_of_dimension(i)));
    result_.critical_score = present(subset_score(result_.form.critical_criteria()));
  }

  void read_rules() {
    const auto& plan = result_.form.plan();
    const auto section_at = [&](std::uint32_t node) -> std::string_view {
      for (const auto& section : result_.form.sections())
        if (section.node == node)
          return section.definition->id;
      return result_.form.id();
    };
    result_.fail_rules.clear();
    for (const std::uint32_t r : work_.fired) {
      const kernel::scoring_rule& rule = plan.rules[r];
      const std::string_view section = section_at(rule.node);
      const bool on_criterion = rule.criterion != kernel::scoring_rule::none;
      const std::string_view on = on_criterion ? result_.criteria[rule.criterion].id : section;
      const std::string_view target = rule.scope == fail_scope::criterion ? on
                                      : rule.scope == fail_scope::section
                                          ? section
                                          : std::string_view(result_.form.id());
      result_.fail_rules.push_back({on, target, rule.scope, rule.effect, rule.cap});
    }
  }

  void read_verdict(const kernel::scoring_outcome& outcome) {
    const band_definition* band = result_.score ? result_.form.band_of(*result_.score) : nullptr;
    result_.band = band ? std::string_view(band->id) : std::string_view{};
    result_.passed = passes(result_.form, result_.score.value_or(missing_value), outcome.flags);
  }

  // Method base: each contribution takes the sum so far to the next, so that adding them in order gives it back.
  void add_up() {
    const auto& plan = result_.form.plan();
    double points = plan.base;
    result_.base = points / plan.unit;
    double sum = result_.base;
    for (std::size_t c = 0; c < plan.criteria; ++c) {
      const auto& cell = plan.table(c)[result_.criteria[c].code];
      const auto amount = [](std::int64_t v) { return static_cast<double>(v & kernel::cell_amount_mask); };
      const double moved = amount(cell.earned) - amount(cell.possible);
      if (moved == 0.0)
        continue;
      points += moved;
      result_.criteria[c].contribution = points / plan.unit - sum;
      sum += result_.criteria[c].contribution;
    }
    result_.cap_adjustment = *result_.score_before_fail - sum;
  }

  // Applied weights and contributions before fail rules.
  void share_out() {
    const auto& plan = result_.form.plan();
    const auto& nodes = plan.nodes;
    share_.assign(nodes.size(), 0.0);
    share_.back() = 1.0;
    if (plan.how == kernel::combine::means)
      for (std::size_t i = nodes.size() - 1; i-- > 0;)
        if (work_.before[i].possible > 0.0)
          share_[i] = share_[nodes[i].parent] * nodes[i].weight / work_.before[nodes[i].parent].possible;

    double sum = work_.before.back().value();
    result_.cap_adjustment = *result_.score_before_fail - sum;
    // Steps of the last binary digit of the sum: adding multiples of it below the sum is exact.
    const double step = std::nextafter(sum, 2.0 * sum + 1.0) - sum;
    const std::size_t form = nodes.size() - 1;
    double running = 0.0, given = 0.0;
    criterion_result* last = nullptr;
    for (std::size_t c = 0; c < plan.criteria; ++c) {
      const std::size_t node =
          plan.how == kernel::combine::means ? result_.form.sections()[section_of(c)].node : form;
      const double possible = work_.before[node].possible;
      const auto& cell = plan.table(c)[result_.criteria[c].code];
      const auto amount = [](std::int64_t v) { return static_cast<double>(v & kernel::cell_amount_mask); };
      criterion_result& one = result_.criteria[c];
      if (!(possible > 0.0))
        continue;
      one.applied_weight = share_[node] * amount(cell.possible) / possible;
      const double raw = share_[node] * amount(cell.earned) / possible;
      if (!(raw > 0.0))
        continue;
      running += raw;
      const double upto = std::min(sum, std::nearbyint(running / step) * step);
      one.contribution = upto - given;
      given = upto;
      last = &one;
    }
    if (last)
      last->contribution += sum - given;
  }

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
