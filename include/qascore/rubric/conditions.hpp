// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "answer_scale.hpp"
#include "field_values.hpp"
#include "option_classes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What is asked when: which criteria and fields the conditions of a form look at.
namespace qascore::detail {

/// Answers that a condition or a rule can name; empty where there are none to choose from.
inline std::vector<std::string> answers_to_name(const answer_definition& answer) {
  std::vector<std::string> out;
  if (const auto* options = std::get_if<options_answer>(&answer))
    for (const auto& option : options->options)
      out.push_back(option.id);
  else if (std::holds_alternative<yes_no_answer>(answer))
    out = {"yes", "no"};
  else if (const auto* scale = std::get_if<scale_answer>(&answer))
    for (int value = scale->min; value <= scale->max && out.size() < kernel::max_answers; ++value)
      out.push_back(std::to_string(value));
  return out;
}

/// The criteria of a form in its order, each with the conditions that must all hold: those of the sections
/// around it, then its own.
class condition_graph {
public:
  struct criterion {
    const criterion_definition* definition = nullptr;
    std::vector<const condition_definition*> conditions;
    std::shared_ptr<const option_classes> classes; ///< where several options may be chosen; see make_classes
  };

  explicit condition_graph(const rubric_definition& rubric) { add(rubric.sections, {}); }

  /// The answers of criteria where several options may be chosen. Needs valid answers, rules and conditions.
  void make_classes() {
    std::vector<std::vector<option_test>> tests(criteria_.size());
    const auto add_test = [&](std::size_t c, const option_test& test) {
      if (std::ranges::find(tests[c], test) == tests[c].end())
        tests[c].push_back(test);
    };
    for (const auto& one : criteria_)
      for (const auto* condition : one.conditions)
        each_test(*condition, [&](const condition_definition& test) {
          const std::size_t at = test.what == condition_kind::answer ? index_of(test.of) : criteria_.size();
          if (const auto* answer =
                  at < criteria_.size() ? several_of(criteria_[at].definition->answer) : nullptr)
            add_test(at, test_of(*answer, test));
        });
    for (std::size_t c = 0; c < criteria_.size(); ++c) {
      const auto* answer = several_of(criteria_[c].definition->answer);
      if (answer == nullptr)
        continue;
      for (const auto& rule : criteria_[c].definition->fail)
        if (const auto* chosen = std::get_if<when_chosen>(&rule.when))
          add_test(c, test_of(*answer, *chosen));
      criteria_[c].classes = std::make_shared<const option_classes>(*answer, tests[c]);
    }
  }

  const std::vector<criterion>& criteria() const noexcept { return criteria_; }
  const std::vector<field_values>& fields() const noexcept { return fields_; }
  std::size_t inputs() const noexcept { return criteria_.size() + fields_.size(); }

  /// Index of a criterion; criteria().size() where there is none.
  std::size_t index_of(std::string_view id) const {
    const auto at = index_.find(id);
    return at == index_.end() ? criteria_.size() : at->second;
  }
  /// The column of codes that a test looks at.
  std::size_t input_of(const condition_definition& test) const {
    if (test.what == condition_kind::answer)
      return index_of(test.of);
    return criteria_.size() + static_cast<std::size_t>(field_at(test.of) - fields_.begin());
  }
  /// Codes for which a test holds.
  std::vector<std::uint8_t> codes_of(const condition_definition& test) const {
    std::vector<std::uint8_t> out;
    if (test.what == condition_kind::field) {
      const auto& values = field_at(test.of)->values;
      for (std::size_t code = 0; code < values.size(); ++code)
        if (find_value(test.values, values[code]) != test.values.end())
          out.push_back(static_cast<std::uint8_t>(code));
      return out;
    }
    const criterion_definition& asked = *criteria_[index_of(test.of)].definition;
    if (const auto& classes = criteria_[index_of(test.of)].classes) {
      const option_test set = test_of(*several_of(asked.answer), test);
      for (std::size_t code = 0; code < classes->size(); ++code)
        if (classes->holds(code, set))
          out.push_back(static_cast<std::uint8_t>(code));
      return out;
    }
    const std::vector<std::string> answers = answers_to_name(asked.answer);
    for (std::size_t code = 0; code < answers.size(); ++code)
      if (std::ranges::find(test.values, answers[code]) != test.values.end())
        out.push_back(static_cast<std::uint8_t>(code));
    if (std::ranges::find(test.values, not_applicable_answer) != test.values.end())
      out.push_back(kernel::not_applicable_code);
    return out;
  }

  /// Criteria, each after those that its conditions look at. `cycle` gets the indices of a circle instead,
  /// where there is one.
  std::vector<std::size_t> order(std::vector<std::size_t>& cycle) const {
    std::vector<std::size_t> out, path;
    std::vector<char> state(criteria_.size(), 0); // 1: on the path, 2: in order
    for (std::size_t i = 0; i < criteria_.size() && cycle.empty(); ++i)
      visit(i, state, path, out, cycle);
    return out;
  }

  template <class Visit>
  static void each_test(const condition_definition& condition, Visit visit) {
    if (condition.what == condition_kind::answer || condition.what == condition_kind::field)
      visit(condition);
    for (const auto& part : condition.parts)
      each_test(part, visit);
  }

private:
  void add(const std::vector<section_definition>& sections,
           const std::vector<const condition_definition*>& around) {
    for (const auto& section : sections) {
      std::vector<const condition_definition*> inside = around;
      if (section.ask_when)
        inside.push_back(add_fields(*section.ask_when));
      add(section.sections, inside);
      for (const auto& one : section.criteria) {
        index_.emplace(one.id, criteria_.size());
        criteria_.push_back({&one, inside, nullptr});
        if (one.ask_when)
          criteria_.back().conditions.push_back(add_fields(*one.ask_when));
      }
    }
  }

  const condition_definition* add_fields(const condition_definition& condition) {
    each_test(condition, [&](const condition_definition& test) {
      if (test.what != condition_kind::field)
        return;
      auto at = fields_.begin() + (field_at(test.of) - fields_.begin());
      if (at == fields_.end())
        at = fields_.insert(at, field_values{test.of, {}});
      for (const auto& value : test.values)
        if (find_value(at->values, value) == at->values.end())
          at->values.push_back(value);
    });
    return &condition;
  }

  std::vector<field_values>::const_iterator field_at(const std::string& name) const {
    return std::ranges::find(fields_, name, &field_values::name);
  }

  void visit(std::size_t i, std::vector<char>& state, std::vector<std::size_t>& path,
             std::vector<std::size_t>& out, std::vector<std::size_t>& cycle) const {
    if (state[i] == 1)
      cycle.assign(std::ranges::find(path, i), path.end());
    if (state[i] != 0)
      return;
    state[i] = 1;
    path.push_back(i);
    for (const condition_definition* condition : criteria_[i].conditions)
      each_test(*condition, [&](const condition_definition& test) {
        const std::size_t at = test.what == condition_kind::answer ? index_of(test.of) : criteria_.size();
        if (at < criteria_.size() && cycle.empty())
          visit(at, state, path, out, cycle);
      });
    path.pop_back();
    state[i] = 2;
    out.push_back(i);
  }

  std::vector<criterion> criteria_;
  std::map<std::string_view, std::size_t> index_;
  std::vector<field_values> fields_;
};

} // namespace qascore::detail
