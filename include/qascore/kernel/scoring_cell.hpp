// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstdint>

namespace qascore::kernel {

/// What a code adds: earned and possible, on the integer scale of its node. The low 52 bits are the amount;
/// the high bits count events, so that the fast path sees them for free: in `earned` rules that set the form
/// to 0, in `possible` what needs the full path: 1 for another rule or an unanswered criterion, 2 for a code
/// that is not allowed.
struct alignas(16) scoring_cell {
  std::int64_t earned = 0;
  std::int64_t possible = 0;
};
inline constexpr int cell_event_shift = 52;
inline constexpr std::int64_t cell_amount_mask = (std::int64_t{1} << cell_event_shift) - 1;
inline constexpr std::int64_t cell_event = std::int64_t{1} << cell_event_shift;

} // namespace qascore::kernel
