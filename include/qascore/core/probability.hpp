// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/format.hpp"
#include "error.hpp"

namespace qascore {

/// A probability, a fraction in [0, 1].
class probability {
public:
  /// Throws argument_error outside [0, 1].
  constexpr explicit probability(double value) : value_{value} {
    if (!(value >= 0.0 && value <= 1.0))
      throw argument_error("probability: expected a fraction from 0 to 1 but found " +
                           detail::format_number(value));
  }
  constexpr double value() const noexcept { return value_; }
  friend constexpr auto operator<=>(probability, probability) noexcept = default;

private:
  double value_;
};

} // namespace qascore
