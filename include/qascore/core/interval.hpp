// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

namespace qascore {

/// A closed interval. Undefined limits are NaN.
struct interval {
  double low;
  double high;
  friend constexpr bool operator==(const interval&, const interval&) noexcept = default;
};

} // namespace qascore
