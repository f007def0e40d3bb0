// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <random>

/// Random numbers of simulations, the same with every standard library (its distributions are not).
namespace qascore::test {

/// A fraction in [0, 1).
inline double uniform(std::mt19937_64& engine) {
  return static_cast<double>(engine() >> 11u) * 0x1p-53;
}

/// Near enough standard normal: the sum of 12 fractions.
inline double normal(std::mt19937_64& engine) {
  double sum = 0;
  for (int i = 0; i < 12; ++i)
    sum += uniform(engine);
  return sum - 6.0;
}

} // namespace qascore::test
