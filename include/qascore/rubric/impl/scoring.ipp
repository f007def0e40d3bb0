// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"
#include "../answer_scale.hpp"
#include "../scoring.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Scores evaluations one by one.
namespace qascore {

QASCORE_INLINE scorer::scorer(rubric form, score_options options)
    : result_{std::move(form)}, options_{options} {
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

QASCORE_INLINE const evaluation_result& scorer::operator()(std::span<const std::uint8_t> codes) {
  const std::size_t inputs = result_.form.plan().inputs;
  if (codes.size() != inputs)
    throw argument_error(std::string("codes: expected one per criterion") +
                         (inputs > result_.criteria.size() ? " and field (" : " (") + std::to_string(inputs) +
                         ") but found " + std::to_string(codes.size()));
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

QASCORE_INLINE std::optional<double> scorer::present(double value) {
  return is_missing(value) ? std::nullopt : std::optional(value);
}

QASCORE_INLINE std::vector<problem> scorer::codes_not_allowed() const {
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

QASCORE_INLINE std::vector<problem> scorer::answers_not_asked(std::span<const std::uint8_t> given) const {
  std::vector<problem> out;
  for (std::size_t i = 0; i < result_.criteria.size(); ++i)
    if (work_.codes[i] == kernel::not_asked_code && given[i] != kernel::unanswered_code &&
        given[i] != kernel::not_asked_code && result_.form.criteria()[i].metric().empty())
      out.push_back({{}, 0, 0, std::string(result_.criteria[i].id), std::string(not_asked_problem)});
  return out;
}

QASCORE_INLINE std::vector<problem> scorer::missing_answers() const {
  std::vector<problem> out;
  for (const auto& id : result_.missing)
    out.push_back({{}, 0, 0, std::string(id), "expected an answer but found none"});
  return out;
}

QASCORE_INLINE void scorer::read_criteria() {
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

QASCORE_INLINE double scorer::subset_score(std::span<const std::uint32_t> subset) const {
  kernel::scoring_cell sum;
  for (const std::uint32_t c : subset)
    add_cell(c, sum);
  return ratio_of(sum);
}

QASCORE_INLINE void scorer::add_cell(std::uint32_t criterion, kernel::scoring_cell& sum) const {
  const auto& cell = result_.form.form_cells()[criterion * kernel::table_stride + work_.codes[criterion]];
  sum.earned += cell.earned;
  sum.possible += cell.possible;
}

QASCORE_INLINE double scorer::ratio_of(const kernel::scoring_cell& sum) {
  return kernel::node_score{static_cast<double>(sum.earned), static_cast<double>(sum.possible)}.value();
}

QASCORE_INLINE void scorer::read_parts() {
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

QASCORE_INLINE void scorer::read_rules() {
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
                                    : rule.scope == fail_scope::section ? section
                                                                        : std::string_view(result_.form.id());
    result_.fail_rules.push_back({on, target, rule.scope, rule.effect, rule.cap});
  }
}

QASCORE_INLINE void scorer::read_verdict(const kernel::scoring_outcome& outcome) {
  const band_definition* band = result_.score ? result_.form.band_of(*result_.score) : nullptr;
  result_.band = band ? std::string_view(band->id) : std::string_view{};
  result_.passed = passes(result_.form, result_.score.value_or(missing_value), outcome.flags);
}

QASCORE_INLINE void scorer::add_up() {
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

QASCORE_INLINE void scorer::share_out() {
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

} // namespace qascore
