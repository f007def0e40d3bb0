// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <string>

/// doctest's Approx lets 0.80001 == Approx(0.8) pass. This does not: |value - reference| <= absolute + relative *
/// |reference|, NaN refused, and 17 digits in the message.
///   CHECK(close_to(value, reference, 1e-12));
namespace qascore::test {

struct closeness {
  bool ok;
  std::string text;
  explicit operator bool() const { return ok; }
  friend doctest::String toString(const closeness& c) { return c.text.c_str(); }
};

inline closeness close_to(double value, double reference, double relative, double absolute = 0.0) {
  char buffer[128];
  std::snprintf(buffer, sizeof buffer, "%.17g against %.17g (difference %.3g)", value, reference, value - reference);
  const bool ok = !std::isnan(value) && !std::isnan(reference) &&
                  (value == reference || std::abs(value - reference) <= absolute + relative * std::abs(reference));
  return {ok, buffer};
}

} // namespace qascore::test
