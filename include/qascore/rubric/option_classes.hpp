// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/exact.hpp"
#include "definition.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Several options at once: sets of options that earn the same, and that no rule or condition tells apart, are
/// one answer with one code.
namespace qascore::detail {

/// What a rule or a condition asks about a set of options; bit i stands for option i.
struct option_test {
  enum class kind : std::uint8_t { any_of, contains_all, is_exactly };
  kind what = kind::any_of;
  std::uint64_t options = 0;
  friend bool operator==(const option_test&, const option_test&) = default;
};

class option_classes {
public:
  static constexpr std::size_t most_options = 62;
  static constexpr std::size_t most_tests = 64;

  /// Needs 1 to `most_options` options of valid points.
  option_classes(const options_answer& answer, std::vector<option_test> tests)
      : most_{answer.most}, tests_{std::move(tests)} {
    for (const auto& option : answer.options)
      options_.emplace_back(option.points);
    too_many_ = tests_.size() > most_tests;
    if (!too_many_)
      enumerate();
  }

  /// Whether there are more answers than codes.
  bool too_many() const noexcept { return too_many_; }
  std::size_t size() const noexcept { return points_.size(); }
  const std::vector<exact_number>& points() const noexcept { return points_; }
  /// A set of the class.
  std::uint64_t example(std::size_t code) const noexcept { return examples_[code]; }

  /// The code of a set of options.
  std::uint8_t code_of(std::uint64_t chosen) const {
    state sum = start();
    for (std::size_t i = 0; i < options_.size(); ++i)
      sum = next(sum, i, (chosen >> i & 1u) != 0);
    return codes_.at(key_of(capped(sum)));
  }

  /// Whether a test, one of those given, holds for the sets of a code.
  bool holds(std::size_t code, const option_test& test) const {
    const auto at = std::ranges::find(tests_, test) - tests_.begin();
    return (truths_[code] >> at & 1u) != 0;
  }

private:
  struct state {
    exact_number points;
    std::uint64_t truths = 0; // of the tests, as far as the options so far go
    std::uint64_t example = 0;
  };
  using key = std::pair<double, std::uint64_t>;
  // Sets that are kept apart on the way: far more than any form needs.
  static constexpr std::size_t most_states = 10'000;

  static key key_of(const state& one) { return {one.points.value() + 0.0, one.truths}; }

  state start() const {
    state out;
    for (std::size_t t = 0; t < tests_.size(); ++t)
      out.truths |= std::uint64_t{tests_[t].what != option_test::kind::any_of} << t;
    return out;
  }

  state next(state from, std::size_t option, bool chosen) const {
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

  state capped(state one) const {
    if (most_ && (*most_ > 0.0 ? one.points.value() > *most_ : one.points.value() < *most_))
      one.points = exact_number(*most_);
    return one;
  }

  void enumerate() {
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

  std::vector<exact_number> options_;
  std::optional<double> most_;
  std::vector<option_test> tests_;
  bool too_many_ = false;
  std::map<key, std::uint8_t> codes_;
  std::vector<exact_number> points_; // by code
  std::vector<std::uint64_t> truths_, examples_;
};

/// The options of an answer that are named, as bits.
inline std::uint64_t bits_of(const options_answer& answer, const std::vector<std::string>& names) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < answer.options.size() && i < option_classes::most_options; ++i)
    if (std::ranges::find(names, answer.options[i].id) != names.end())
      out |= std::uint64_t{1} << i;
  return out;
}

/// The answer where several options may be chosen, else none.
inline const options_answer* several_of(const answer_definition& answer) {
  const auto* options = std::get_if<options_answer>(&answer);
  return options && options->several ? options : nullptr;
}

inline option_test test_of(const options_answer& answer, const condition_definition& condition) {
  return {condition.match == condition_match::is_exactly ? option_test::kind::is_exactly
                                                         : option_test::kind::contains_all,
          bits_of(answer, condition.values)};
}
inline option_test test_of(const options_answer& answer, const when_chosen& chosen) {
  return {option_test::kind::any_of, bits_of(answer, chosen.answers)};
}

} // namespace qascore::detail
