// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "scoring_lookup.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// A column of codes becomes steps of lookups (scoring_lookup.hpp): integers, the same on every processor.
namespace qascore::kernel::detail_scoring {

// Adds the steps of a column to the sums, and marks the rows whose code has none. A few answers are compared
// one by one, which compilers do for many rows at a time.
template <std::size_t Most>
inline void add_few_steps(const std::uint8_t* codes, std::size_t rows, std::span<const answer_step> answers,
                          std::uint8_t* sums, std::uint8_t* odd) {
  std::uint8_t code[Most], step[Most];
  for (std::size_t i = 0; i < Most; ++i) {
    code[i] = answers[std::min(i, answers.size() - 1)].code;
    step[i] = i < answers.size() ? answers[i].step : std::uint8_t{0};
  }
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint8_t sum = sums[row], known = 0;
    for (std::size_t i = 0; i < Most; ++i) {
      const std::uint8_t same = codes[row] == code[i] ? 0xff : 0;
      sum = static_cast<std::uint8_t>(sum + (same & step[i]));
      known = static_cast<std::uint8_t>(known | same);
    }
    sums[row] = sum;
    odd[row] = static_cast<std::uint8_t>(odd[row] | ~known);
  }
}

inline void add_many_steps(const std::uint8_t* codes, std::size_t rows, std::span<const answer_step> answers,
                           std::uint8_t* sums, std::uint8_t* odd) {
  std::array<std::uint8_t, 256> step{}, unknown;
  unknown.fill(1);
  for (const answer_step& answer : answers) {
    step[answer.code] = answer.step;
    unknown[answer.code] = 0;
  }
  for (std::size_t row = 0; row < rows; ++row) {
    sums[row] = static_cast<std::uint8_t>(sums[row] + step[codes[row]]);
    odd[row] = static_cast<std::uint8_t>(odd[row] | unknown[codes[row]]);
  }
}

inline void add_steps(const std::uint8_t* codes, std::size_t rows, std::span<const answer_step> answers,
                      std::uint8_t* sums, std::uint8_t* odd) {
  if (answers.empty() || answers.size() > 12)
    add_many_steps(codes, rows, answers, sums, odd);
  else if (answers.size() <= 3)
    add_few_steps<3>(codes, rows, answers, sums, odd);
  else if (answers.size() <= 6)
    add_few_steps<6>(codes, rows, answers, sums, odd);
  else
    add_few_steps<12>(codes, rows, answers, sums, odd);
}

#if defined(__x86_64__) && defined(__GNUC__)
// The same, compiled for processors that compare 32 bytes at once.
[[gnu::target("avx2"), gnu::flatten]] inline void add_steps_avx2(const std::uint8_t* codes, std::size_t rows,
                                                                 std::span<const answer_step> answers,
                                                                 std::uint8_t* sums, std::uint8_t* odd) {
  add_steps(codes, rows, answers, sums, odd);
}
inline auto best_add_steps() noexcept { return __builtin_cpu_supports("avx2") ? add_steps_avx2 : add_steps; }
#else
inline auto best_add_steps() noexcept { return add_steps; }
#endif

} // namespace qascore::kernel::detail_scoring
