// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/exact.hpp"
#include "definition.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
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
  option_classes(const options_answer& answer, std::vector<option_test> tests);

  /// Whether there are more answers than codes.
  bool too_many() const noexcept { return too_many_; }
  std::size_t size() const noexcept { return points_.size(); }
  const std::vector<exact_number>& points() const noexcept { return points_; }
  /// A set of the class.
  std::uint64_t example(std::size_t code) const noexcept { return examples_[code]; }

  /// The code of a set of options.
  std::uint8_t code_of(std::uint64_t chosen) const;

  /// Whether a test, one of those given, holds for the sets of a code.
  bool holds(std::size_t code, const option_test& test) const;

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

  state start() const;
  state next(state from, std::size_t option, bool chosen) const;
  state capped(state one) const;
  void enumerate();

  std::vector<exact_number> options_;
  std::optional<double> most_;
  std::vector<option_test> tests_;
  bool too_many_ = false;
  std::map<key, std::uint8_t> codes_;
  std::vector<exact_number> points_; // by code
  std::vector<std::uint64_t> truths_, examples_;
};

/// The options of an answer that are named, as bits.
std::uint64_t bits_of(const options_answer& answer, const std::vector<std::string>& names);

/// The answer where several options may be chosen, else none.
inline const options_answer* several_of(const answer_definition& answer) {
  const auto* options = std::get_if<options_answer>(&answer);
  return options && options->several ? options : nullptr;
}

option_test test_of(const options_answer& answer, const condition_definition& condition);
option_test test_of(const options_answer& answer, const when_chosen& chosen);

} // namespace qascore::detail

#if !defined(QASCORE_COMPILED)
#include "impl/option_classes.ipp"
#endif
