// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../scoring_plan.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Which criteria are asked: a step before the tables, for one evaluation and for blocks of them. Codes of
/// criteria that are not asked turn into `not_asked_code`, and everything after it sees only these.
namespace qascore::kernel::detail_scoring {

/// A code of a criterion as scored. What nobody may write as an answer stays an answer that is not allowed.
inline std::uint8_t code_if_asked(std::uint8_t code, bool asked) noexcept {
  constexpr std::uint8_t never_allowed = not_asked_code - 1;
  return !asked ? not_asked_code : code == not_asked_code ? never_allowed : code;
}

/// Whether a code says something about a criterion that is not asked.
inline bool is_answer(std::uint8_t code) noexcept {
  return code != unanswered_code && code != not_asked_code;
}

inline bool holds(const scoring_condition& condition, std::span<const std::uint8_t> codes) noexcept {
  std::array<bool, max_condition_stack> stack{};
  std::size_t size = 0;
  for (const condition_step& step : condition.steps) {
    using enum condition_step::kind;
    if (step.what == test) {
      stack[size++] = std::ranges::find(step.codes, codes[step.input]) != step.codes.end();
    } else if (step.what == negation) {
      stack[size - 1] = !stack[size - 1];
    } else {
      --size;
      stack[size - 1] = step.what == both ? stack[size - 1] && stack[size] : stack[size - 1] || stack[size];
    }
  }
  return stack[0];
}

/// Settles the codes of one evaluation in place. True if something was answered that is not asked.
inline bool settle(const scoring_plan& plan, std::span<std::uint8_t> codes) noexcept {
  bool surplus = false;
  for (const scoring_condition& condition : plan.conditions) {
    const bool asked = holds(condition, codes);
    for (const std::uint32_t c : condition.criteria) {
      surplus |= !asked && is_answer(codes[c]);
      codes[c] = code_if_asked(codes[c], asked);
    }
    for (const std::uint32_t c : condition.filled)
      codes[c] = code_if_asked(codes[c], asked);
  }
  return surplus;
}

/// The same for a block of at most `Rows` evaluations: `columns` are turned to settled copies.
template <std::size_t Rows>
class block_conditions {
public:
  explicit block_conditions(const scoring_plan& plan) : plan_{plan} {
    std::size_t settled = 0;
    for (const scoring_condition& condition : plan.conditions)
      settled += condition.criteria.size() + condition.filled.size();
    settled_.resize(settled * Rows);
    stack_.resize(plan.conditions.empty() ? 0 : max_condition_stack * Rows);
  }

  /// Marks in `surplus` the rows that answer what is not asked.
  void operator()(std::span<const std::uint8_t*> columns, std::size_t rows, std::uint8_t* surplus) {
    std::uint8_t* to = settled_.data();
    for (const scoring_condition& condition : plan_.conditions) {
      const std::uint8_t* const asked = run(condition, columns, rows);
      for (const std::uint32_t c : condition.criteria) {
        const std::uint8_t* const from = columns[c];
        for (std::size_t row = 0; row < rows; ++row) {
          surplus[row] =
              static_cast<std::uint8_t>(surplus[row] | (asked[row] == 0 && is_answer(from[row]) ? 1 : 0));
          to[row] = code_if_asked(from[row], asked[row] != 0);
        }
        columns[c] = to;
        to += Rows;
      }
      for (const std::uint32_t c : condition.filled) {
        for (std::size_t row = 0; row < rows; ++row)
          to[row] = code_if_asked(columns[c][row], asked[row] != 0);
        columns[c] = to;
        to += Rows;
      }
    }
  }

private:
  const std::uint8_t* run(const scoring_condition& condition, std::span<const std::uint8_t*> columns,
                          std::size_t rows) {
    std::uint8_t* top = stack_.data(); // one past the last
    for (const condition_step& step : condition.steps) {
      using enum condition_step::kind;
      if (step.what == test) {
        std::fill_n(top, rows, std::uint8_t{0});
        const std::uint8_t* const codes = columns[step.input];
        for (const std::uint8_t code : step.codes)
          for (std::size_t row = 0; row < rows; ++row)
            top[row] = static_cast<std::uint8_t>(top[row] | (codes[row] == code ? 1 : 0));
        top += Rows;
      } else if (step.what == negation) {
        for (std::size_t row = 0; row < rows; ++row)
          (top - Rows)[row] ^= 1u;
      } else {
        top -= Rows;
        std::uint8_t* const under = top - Rows;
        for (std::size_t row = 0; row < rows; ++row)
          under[row] =
              static_cast<std::uint8_t>(step.what == both ? under[row] & top[row] : under[row] | top[row]);
      }
    }
    return stack_.data();
  }

  const scoring_plan& plan_;
  std::vector<std::uint8_t> settled_; // Rows per criterion that has a condition
  std::vector<std::uint8_t> stack_;   // Rows per truth value
};

} // namespace qascore::kernel::detail_scoring
