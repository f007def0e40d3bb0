// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../scoring.hpp"
#include "scoring_lookup.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#endif

/// What a batch does to many rows at a time. A column of codes becomes steps of lookups (scoring_lookup.hpp): integers.
/// Sums become scores: one division each. The same bits on every processor.
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
  unknown.fill(0xff);
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

struct score_limits {
  double least, most;
};

// Without branches. Where nothing is possible the score is NaN, as a number / NaN is.
inline void divide_sums(const node_score* sums, std::size_t rows, score_limits limits, double* scores,
                        std::uint8_t* flags) {
  for (std::size_t row = 0; row < rows; ++row) {
    const double possible = sums[row].possible;
    const double value = sums[row].earned / (possible > 0.0 ? possible : missing_value);
    const double low = value < limits.least ? limits.least : value;
    scores[row] = low > limits.most ? limits.most : low;
  }
  for (std::size_t row = 0; row < rows; ++row)
    flags[row] = static_cast<std::uint8_t>(is_missing(scores[row]) ? flag_not_scorable : 0);
}

#if defined(__x86_64__) && defined(__GNUC__)
// Codes and steps by the lower hexadecimal digit of the code, which most often tells a question's answers apart: its
// options count from 0, its states from 255 down.
struct digit_tables {
  alignas(32) std::array<std::uint8_t, 32> code, step; // twice 16: processors look up in halves

  // False where two answers share a digit.
  bool fill(std::span<const answer_step> answers) noexcept {
    for (std::size_t digit = 0; digit < 16; ++digit)
      set(digit, {static_cast<std::uint8_t>(15 - digit), 0, false, {}}); // of another digit: no answer
    for (const answer_step& answer : answers) {
      const std::size_t digit = answer.code % 16u;
      if (code[digit] % 16u == digit)
        return false;
      set(digit, answer);
    }
    return true;
  }

private:
  void set(std::size_t digit, const answer_step& answer) noexcept {
    code[digit] = code[digit + 16] = answer.code;
    step[digit] = step[digit + 16] = answer.step;
  }
};

// The same, for processors that look 32 bytes up at once.
[[gnu::target("avx2"), gnu::flatten]] inline void add_steps_avx2(const std::uint8_t* codes, std::size_t rows,
                                                                 std::span<const answer_step> answers,
                                                                 std::uint8_t* sums, std::uint8_t* odd) {
  digit_tables tables;
  std::size_t done = 0;
  if (tables.fill(answers)) {
    const __m256i code_of = _mm256_load_si256(reinterpret_cast<const __m256i*>(tables.code.data()));
    const __m256i step_of = _mm256_load_si256(reinterpret_cast<const __m256i*>(tables.step.data()));
    const __m256i low = _mm256_set1_epi8(0x0f), all = _mm256_set1_epi8(-1);
    for (; done + 32 <= rows; done += 32) {
      const auto at = [done](const auto* bytes) { return reinterpret_cast<const __m256i*>(bytes + done); };
      const auto to = [done](std::uint8_t* bytes) { return reinterpret_cast<__m256i*>(bytes + done); };
      const __m256i code = _mm256_loadu_si256(at(codes)), digit = _mm256_and_si256(code, low);
      const __m256i known = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(code_of, digit), code);
      const __m256i step = _mm256_and_si256(_mm256_shuffle_epi8(step_of, digit), known);
      _mm256_storeu_si256(to(sums), _mm256_add_epi8(_mm256_loadu_si256(at(sums)), step));
      _mm256_storeu_si256(to(odd),
                          _mm256_or_si256(_mm256_loadu_si256(at(odd)), _mm256_xor_si256(known, all)));
    }
  }
  add_steps(codes + done, rows - done, answers, sums + done, odd + done);
}
[[gnu::target("avx2"), gnu::flatten]] inline void divide_sums_avx2(const node_score* sums, std::size_t rows,
                                                                   score_limits limits, double* scores,
                                                                   std::uint8_t* flags) {
  divide_sums(sums, rows, limits, scores, flags);
}
inline auto best_add_steps() noexcept {
  return __builtin_cpu_supports("avx2") ? add_steps_avx2 : add_steps;
}
inline auto best_divide_sums() noexcept {
  return __builtin_cpu_supports("avx2") ? divide_sums_avx2 : divide_sums;
}
#else
inline auto best_add_steps() noexcept {
  return add_steps;
}
inline auto best_divide_sums() noexcept {
  return divide_sums;
}
#endif

} // namespace qascore::kernel::detail_scoring
