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

// A block of the columns, by criterion, and what is read of them some blocks later: the memory is told of it, since
// more columns are read in turn than it follows by itself.
struct block_columns {
  std::span<const std::uint8_t*const> now, later;
};

// Steps of all criteria of a lookup, onto `sums`.
inline void sum_steps(const lookup& one, block_columns columns, std::size_t rows, std::uint8_t* sums,
                      std::uint8_t* odd) {
  for (const criterion_steps& criterion : one.criteria)
    add_steps(columns.now[criterion.criterion], rows, criterion.answers, sums, odd);
}

struct score_limits {
  double least, most;
};

// Without branches. Where nothing is possible the score is NaN, as a number / NaN is.
inline void divide_sums(const node_score* sums, std::size_t rows, score_limits limits, double* scores) {
  for (std::size_t row = 0; row < rows; ++row) {
    const double possible = sums[row].possible;
    const double value = sums[row].earned / (possible > 0.0 ? possible : missing_value);
    const double low = value < limits.least ? limits.least : value;
    scores[row] = low > limits.most ? limits.most : low;
  }
}

// `zero` is 1 where a rule sets the form to 0.
inline void apply_zeros(const double* before, const std::uint8_t* zero, std::size_t rows, double* scores,
                        std::uint8_t* flags) {
  for (std::size_t row = 0; row < rows; ++row)
    scores[row] = before[row] * static_cast<double>(1 - zero[row]);
  for (std::size_t row = 0; row < rows; ++row)
    flags[row] =
        static_cast<std::uint8_t>((is_missing(before[row]) ? flag_not_scorable : 0) | flag_fail * zero[row]);
}

#if defined(__x86_64__) && defined(__GNUC__)
// The same, for processors that look 32 bytes up at once: sums of 64 rows stay in registers from column to column.
[[gnu::target("avx2"), gnu::flatten]] inline void sum_steps_avx2(const lookup& one, block_columns columns,
                                                                 std::size_t rows, std::uint8_t* sums,
                                                                 std::uint8_t* odd) {
  // Lambdas are not built for the wider processor: they only say where.
  const auto from = [](const std::uint8_t* bytes) { return reinterpret_cast<const __m256i*>(bytes); };
  const auto table = [](const std::array<std::uint8_t, 16>& bytes) {
    return reinterpret_cast<const __m128i*>(bytes.data());
  };
  const auto to = [](std::uint8_t* bytes) { return reinterpret_cast<__m256i*>(bytes); };
  const __m256i low = _mm256_set1_epi8(0x0f), all = _mm256_set1_epi8(-1);
  std::size_t done = 0;
  for (; done + 64 <= rows; done += 64) {
    std::uint8_t *const sum = sums + done, *const marks = odd + done;
    __m256i sum0 = _mm256_loadu_si256(from(sum)), sum1 = _mm256_loadu_si256(from(sum + 32));
    __m256i known0 = all, known1 = all;
    for (const criterion_steps& criterion : one.criteria) {
      if (!criterion.by_digit)
        continue;
      const std::uint8_t* const codes = columns.now[criterion.criterion] + done;
      __builtin_prefetch(columns.later[criterion.criterion] + done);
      const __m256i code_of = _mm256_broadcastsi128_si256(_mm_load_si128(table(criterion.by_digit->code)));
      const __m256i step_of = _mm256_broadcastsi128_si256(_mm_load_si128(table(criterion.by_digit->step)));
      const __m256i code0 = _mm256_loadu_si256(from(codes)), code1 = _mm256_loadu_si256(from(codes + 32));
      const __m256i digit0 = _mm256_and_si256(code0, low), digit1 = _mm256_and_si256(code1, low);
      known0 = _mm256_and_si256(known0, _mm256_cmpeq_epi8(_mm256_shuffle_epi8(code_of, digit0), code0));
      known1 = _mm256_and_si256(known1, _mm256_cmpeq_epi8(_mm256_shuffle_epi8(code_of, digit1), code1));
      sum0 = _mm256_add_epi8(sum0, _mm256_shuffle_epi8(step_of, digit0));
      sum1 = _mm256_add_epi8(sum1, _mm256_shuffle_epi8(step_of, digit1));
    }
    // Rows that are odd are scored again: their sums need not be right.
    _mm256_storeu_si256(to(sum), sum0), _mm256_storeu_si256(to(sum + 32), sum1);
    const __m256i odd0 = _mm256_xor_si256(known0, all), odd1 = _mm256_xor_si256(known1, all);
    _mm256_storeu_si256(to(marks), _mm256_or_si256(_mm256_loadu_si256(from(marks)), odd0));
    _mm256_storeu_si256(to(marks + 32), _mm256_or_si256(_mm256_loadu_si256(from(marks + 32)), odd1));
  }
  for (const criterion_steps& criterion : one.criteria) {
    const std::size_t first = criterion.by_digit ? done : 0;
    add_steps(columns.now[criterion.criterion] + first, rows - first, criterion.answers, sums + first,
              odd + first);
  }
}
[[gnu::target("avx2"), gnu::flatten]] inline void divide_sums_avx2(const node_score* sums, std::size_t rows,
                                                                   score_limits limits, double* scores) {
  divide_sums(sums, rows, limits, scores);
}
[[gnu::target("avx2"), gnu::flatten]] inline void apply_zeros_avx2(const double* before,
                                                                   const std::uint8_t* zero, std::size_t rows,
                                                                   double* scores, std::uint8_t* flags) {
  apply_zeros(before, zero, rows, scores, flags);
}
#endif

/// The loops for the processor that runs.
struct batch_loops {
  decltype(&sum_steps) sum = sum_steps;
  decltype(&divide_sums) divide = divide_sums;
  decltype(&apply_zeros) zeros = apply_zeros;
};

inline batch_loops best_loops() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx2"))
    return {sum_steps_avx2, divide_sums_avx2, apply_zeros_avx2};
#endif
  return {};
}

} // namespace qascore::kernel::detail_scoring
