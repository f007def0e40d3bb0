// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../scoring_cell.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Two 64-bit lanes at a time with what every x86-64 has, or plain C++ elsewhere. Integer sums, and one IEEE
/// operation after the other: both give the same bits.
namespace qascore::kernel::detail_scoring {

#if defined(__SSE2__)

struct cell_sum {
  __m128i lanes = _mm_setzero_si128();
  void add(const scoring_cell& cell) noexcept {
    lanes = _mm_add_epi64(lanes, _mm_load_si128(reinterpret_cast<const __m128i*>(&cell)));
  }
  scoring_cell cell() const noexcept {
    scoring_cell out;
    _mm_store_si128(reinterpret_cast<__m128i*>(&out), lanes);
    return out;
  }
};

// Amounts of two sums as doubles. SSE2 has no such conversion: an integer below 2^52 put into the mantissa of
// 2^52 reads as 2^52 + n.
inline void split_two(const cell_sum& a, const cell_sum& b, double* earned, double* possible,
                      std::int64_t* zero_rules, std::int64_t* full_path) noexcept {
  const __m128i mask = _mm_set1_epi64x(cell_amount_mask);
  const __m128i exponent = _mm_set1_epi64x(0x4330'0000'0000'0000);
  const __m128d shift = _mm_castsi128_pd(exponent);
  const auto amounts = [&](__m128i v) {
    return _mm_sub_pd(_mm_castsi128_pd(_mm_or_si128(_mm_and_si128(v, mask), exponent)), shift);
  };
  const auto count = [](__m128i v, std::int64_t* to) {
    __m128i* const at = reinterpret_cast<__m128i*>(to);
    _mm_store_si128(at, _mm_add_epi64(_mm_load_si128(at), _mm_srli_epi64(v, cell_event_shift)));
  };
  const __m128i e = _mm_unpacklo_epi64(a.lanes, b.lanes);
  const __m128i p = _mm_unpackhi_epi64(a.lanes, b.lanes);
  _mm_store_pd(earned, amounts(e));
  _mm_store_pd(possible, amounts(p));
  count(e, zero_rules);
  count(p, full_path);
}

// add_child for two evaluations.
inline void add_child_two(double* parent_earned, double* parent_possible, const double* earned,
                          const double* possible, double weight) noexcept {
  const __m128d w = _mm_set1_pd(weight);
  const __m128d p = _mm_load_pd(possible);
  const __m128d scorable = _mm_cmpgt_pd(p, _mm_setzero_pd());
  const __m128d share = _mm_and_pd(scorable, _mm_div_pd(_mm_mul_pd(w, _mm_load_pd(earned)), p));
  _mm_store_pd(parent_earned, _mm_add_pd(_mm_load_pd(parent_earned), share));
  _mm_store_pd(parent_possible, _mm_add_pd(_mm_load_pd(parent_possible), _mm_and_pd(scorable, w)));
}

#else

struct cell_sum {
  scoring_cell sum;
  void add(const scoring_cell& cell) noexcept {
    sum.earned += cell.earned;
    sum.possible += cell.possible;
  }
  scoring_cell cell() const noexcept { return sum; }
};

inline void split_two(const cell_sum& a, const cell_sum& b, double* earned, double* possible,
                      std::int64_t* zero_rules, std::int64_t* full_path) noexcept {
  const cell_sum* const two[] = {&a, &b};
  for (int k = 0; k < 2; ++k) {
    earned[k] = static_cast<double>(two[k]->sum.earned & cell_amount_mask);
    possible[k] = static_cast<double>(two[k]->sum.possible & cell_amount_mask);
    zero_rules[k] += two[k]->sum.earned >> cell_event_shift;
    full_path[k] += two[k]->sum.possible >> cell_event_shift;
  }
}

inline void add_child_two(double* parent_earned, double* parent_possible, const double* earned,
                          const double* possible, double weight) noexcept {
  for (int k = 0; k < 2; ++k) {
    if (possible[k] > 0.0) {
      parent_earned[k] += weight * earned[k] / possible[k];
      parent_possible[k] += weight;
    }
  }
}

#endif

} // namespace qascore::kernel::detail_scoring
