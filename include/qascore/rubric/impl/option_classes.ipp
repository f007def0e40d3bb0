// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"
#include "../option_classes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// Several options at once, as classes.
namespace qascore::detail {

QASCORE_INLINE option_classes::option_classes(const options_answer& answer, std::vector<option_test> tests)
    : most_{answer.most}, tests_{std::move(tests)} {
  for (const auto& option : answer.options)
    options_.emplace_back(option.points);
  too_many_ = tests_.size() > most_tests;
  if (!too_many_)
    enumerate();
}

QASCORE_INLINE std::uint8_t option_classes::code_of(std::uint64_t chosen) const {
  state sum = start();
  for (std::size_t i = 0; i < options_.size(); ++i)
    sum = next(sum, i, (chosen >> i & 1u) != 0);
  return codes_.at(key_of(capped(sum)));
}

QASCORE_INLINE bool option_classes::holds(std::size_t code, const option_test& test) const {
  const auto at = std::ranges::find(tests_, test) - tests_.begin();
  return (truths_[code] >> at & 1u) != 0;
}

QASCORE_INLINE option_classes::state option_classes::start() const {
  state out;
  for (std::size_t t = 0; t < tests_.size(); ++t)
    out.truths |= std::uint64_t{tests_[t].what != option_test::kind::any_of} << t;
  return out;
}

QASCORE_INLINE option_classes::state option_classes::next(state from, std::size_t option, bool chosen) const {
  if (chosen) {
    from.points = from.points + options_[option];
    from.example |= std::uint64_t{1} << option;
  }
  for (std::size_t t = 0; t < tests_.size(); ++t) {
    const bool named = (tests_[t].options >> option & 1u) != 0;
    const std::uint64_t bit = std::uint64_t{1} << t;
    switch (tests_[t].what) {
    case option_test::kind::any_of:
      from.truths |= named && chosen ? bit : 0;
      break;
    case option_test::kind::contains_all:
      from.truths &= named && !chosen ? ~bit : ~std::uint64_t{0};
      break;
    case option_test::kind::is_exactly:
      from.truths &= named != chosen ? ~bit : ~std::uint64_t{0};
      break;
    }
  }
  return from;
}

QASCORE_INLINE option_classes::state option_classes::capped(state one) const {
  if (most_ && (*most_ > 0.0 ? one.points.value() > *most_ : one.points.value() < *most_))
    one.points = exact_number(*most_);
  return one;
}

QASCORE_INLINE void option_classes::enumerate() {
  std::map<key, state> now = {{key_of(start()), start()}};
  for (std::size_t i = 0; i < options_.size(); ++i) {
    std::map<key, state> after;
    for (const auto& [at, one] : now)
      for (const bool chosen : {false, true}) {
        const state more = next(one, i, chosen);
        after.emplace(key_of(more), more);
      }
    now = std::move(after);
    if (now.size() > most_states) {
      too_many_ = true;
      return;
    }
  }
  std::map<key, state> classes;
  for (const auto& [at, one] : now)
    classes.emplace(key_of(capped(one)), capped(one));
  too_many_ = classes.size() > kernel::max_answers;
  if (too_many_)
    return;
  for (const auto& [at, one] : classes) {
    codes_.emplace(at, static_cast<std::uint8_t>(points_.size()));
    points_.push_back(one.points);
    truths_.push_back(one.truths);
    examples_.push_back(one.example);
  }
}

QASCORE_INLINE std::uint64_t bits_of(const options_answer& answer, const std::vector<std::string>& names) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < answer.options.size() && i < option_classes::most_options; ++i)
    if (std::ranges::find(names, answer.options[i].id) != names.end())
      out |= std::uint64_t{1} << i;
  return out;
}

QASCORE_INLINE option_test test_of(const options_answer& answer, const condition_definition& condition) {
  return {condition.match == condition_match::is_exactly ? option_test::kind::is_exactly
                                                         : option_test::kind::contains_all,
          bits_of(answer, condition.values)};
}

QASCORE_INLINE option_test test_of(const options_answer& answer, const when_chosen& chosen) {
  return {option_test::kind::any_of, bits_of(answer, chosen.answers)};
}

} // namespace qascore::detail
