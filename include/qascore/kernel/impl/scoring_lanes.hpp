// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../scoring_plan.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Earned and possible added in one operation where the processor has it (every x86-64), or one after the
/// other elsewhere: the same bits.
namespace qascore::kernel::detail_scoring {

#if defined(__SSE2__)
class score_sum {
public:
  explicit score_sum(const node_score& start) noexcept : sum_{_mm_load_pd(&start.earned)} {}
  void add(const node_score& more) noexcept { sum_ = _mm_add_pd(sum_, _mm_load_pd(&more.earned)); }
  void store(node_score& to) const noexcept { _mm_store_pd(&to.earned, sum_); }

private:
  __m128d sum_;
};
#else
class score_sum {
public:
  explicit score_sum(const node_score& start) noexcept : sum_{start} {}
  void add(const node_score& more) noexcept {
    sum_.earned += more.earned;
    sum_.possible += more.possible;
  }
  void store(node_score& to) const noexcept { to = sum_; }

private:
  node_score sum_;
};
#endif

} // namespace qascore::kernel::detail_scoring
