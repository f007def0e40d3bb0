// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/format.hpp"
#include "error.hpp"

namespace qascore {

/// Confidence level of an interval, a fraction strictly between 0 and 1 (0.95, never 95).
class confidence_level {
public:
  constexpr confidence_level() noexcept = default;

  /// Throws argument_error unless 0 < level < 1.
  constexpr explicit confidence_level(double level) : level_{level} {
    if (!(level > 0.0 && level < 1.0))
      throw argument_error("confidence: expected a fraction between 0 and 1 but found " +
                           detail::format_number(level) +
                           (level > 1.0 && level < 100.0
                                ? " (did you mean " + detail::format_number(level / 100.0) + "?)"
                                : ""));
  }

  constexpr double value() const noexcept { return level_; }
  /// Probability below the upper limit of the two-sided interval: (1 + level) / 2.
  constexpr double upper_tail() const noexcept { return 0.5 + 0.5 * level_; }

  friend constexpr bool operator==(confidence_level, confidence_level) noexcept = default;

private:
  double level_ = 0.95;
};

} // namespace qascore
