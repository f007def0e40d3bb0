// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "conditions.hpp"

#include <bitset>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Whether a condition can ever be true: a criterion that is never asked is a mistake of the form.
namespace qascore::detail {

/// Tries answers one by one, and only as far as the truth is still open. Answers that every test treats alike
/// are one, so that real forms take a few dozen steps; past a million it takes a condition for possible.
class reachability {
public:
  /// Needs a form whose criteria, answers and conditions are known, without cycles.
  explicit reachability(const condition_graph& graph)
      : graph_{graph}, assigned_(graph.inputs(), none), asked_(graph.criteria().size()) {
    std::vector<std::vector<std::bitset<256>>> tests(graph.inputs());
    for (const auto& criterion : graph.criteria())
      for (const auto* condition : criterion.conditions)
        condition_graph::each_test(*condition, [&](const condition_definition& test) {
          if (codes_.contains(&test))
            return;
          std::bitset<256> codes;
          for (const std::uint8_t code : graph.codes_of(test))
            codes.set(code);
          const std::size_t input = graph.input_of(test);
          codes_.emplace(&test, std::pair(input, codes));
          tests[input].push_back(codes);
        });
    choices_.resize(graph.inputs());
    for (std::size_t input = 0; input < graph.inputs(); ++input) {
      if (tests[input].empty())
        continue;
      // Codes that no test looks at are alike: the first of them stands for all.
      std::bitset<256> named;
      for (const auto& codes : tests[input])
        named |= codes;
      std::map<std::vector<bool>, int> alike;
      bool other = false;
      for (int code = 0; code < 256; ++code) {
        const bool is_named = named.test(static_cast<std::size_t>(code));
        if (!is_named && other)
          continue;
        other = other || !is_named;
        std::vector<bool> holds;
        for (const auto& codes : tests[input])
          holds.push_back(codes.test(static_cast<std::size_t>(code)));
        alike.emplace(std::move(holds), code);
      }
      for (const auto& [holds, code] : alike)
        choices_[input].push_back(code);
    }
  }

  /// Whether some answers make all of the conditions true.
  bool can_hold(std::span<const condition_definition* const> conditions) {
    if (steps_ > most_steps)
      return true;
    std::ranges::fill(asked_, truth::unknown);
    const truth now = all(conditions);
    if (now != truth::open)
      return now == truth::yes;
    const std::size_t input = open_;
    bool found = false;
    for (std::size_t i = 0; i < choices_[input].size() && !found; ++i) {
      assigned_[input] = choices_[input][i];
      found = can_hold(conditions);
    }
    assigned_[input] = none;
    return found;
  }

private:
  enum class truth : char { no, open, yes, unknown };
  static constexpr int none = -1;
  static constexpr std::size_t most_steps = 1'000'000;

  truth all(std::span<const condition_definition* const> conditions) {
    truth out = truth::yes;
    for (const auto* condition : conditions)
      out = std::min(out, value_of(*condition));
    return out;
  }

  truth value_of(const condition_definition& condition) {
    ++steps_;
    truth out = condition.what == condition_kind::any ? truth::no : truth::yes;
    switch (condition.what) {
    case condition_kind::all:
      for (const auto& part : condition.parts)
        out = std::min(out, value_of(part));
      return out;
    case condition_kind::any:
      for (const auto& part : condition.parts)
        out = std::max(out, value_of(part));
      return out;
    case condition_kind::negation:
      out = value_of(condition.parts.front());
      return out == truth::open ? out : out == truth::yes ? truth::no : truth::yes;
    case condition_kind::answer:
    case condition_kind::field:
      break;
    }
    const auto& [input, codes] = codes_.at(&condition);
    if (assigned_[input] == none) {
      open_ = input;
      return codes.none() ? truth::no : truth::open;
    }
    if (!codes.test(static_cast<std::size_t>(assigned_[input])))
      return truth::no;
    return input < asked_.size() ? is_asked(input) : truth::yes;
  }

  truth is_asked(std::size_t criterion) {
    if (asked_[criterion] == truth::unknown)
      asked_[criterion] = all(graph_.criteria()[criterion].conditions);
    return asked_[criterion];
  }

  const condition_graph& graph_;
  std::map<const condition_definition*, std::pair<std::size_t, std::bitset<256>>> codes_;
  std::vector<std::vector<int>> choices_; // per input
  std::vector<int> assigned_;             // per input: the code tried
  std::vector<truth> asked_;              // per criterion, under what is assigned
  std::size_t open_ = 0;                  // an input that the truth hangs on
  std::size_t steps_ = 0;
};

} // namespace qascore::detail
