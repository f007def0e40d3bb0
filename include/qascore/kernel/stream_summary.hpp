// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <memory>

/// Running summary of numbers that come one at a time and are not kept.
namespace qascore::kernel {

/// Count, mean, sum of squared distances from the mean, and range. Of nothing: count 0, the rest NaN.
struct stream_moments {
  std::size_t count = 0;
  double mean = missing_value;
  double squares = missing_value; ///< sum of (x - mean)^2
  double min = missing_value;
  double max = missing_value;
};

/// The moments of two streams put together.
///   n = n_a + n_b, d = mean_b - mean_a, mean = mean_a + d n_b / n,
///   squares = squares_a + squares_b + d^2 n_a n_b / n
/// Source: Chan, Golub, LeVeque (1983), The American Statistician 37, 242-247,
/// doi:10.1080/00031305.1983.10483115.
stream_moments merged(const stream_moments& a, const stream_moments& b) noexcept;

/// Takes numbers one at a time, in constant memory; stable at any offset. Not safe to push from two threads:
/// one accumulator each, then merged().
class stream_accumulator {
public:
  stream_accumulator();
  stream_accumulator(const stream_accumulator& other);
  stream_accumulator& operator=(const stream_accumulator& other);
  stream_accumulator(stream_accumulator&&) noexcept;
  stream_accumulator& operator=(stream_accumulator&&) noexcept;
  ~stream_accumulator();

  void push(double value);
  stream_moments moments() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The mean of independent numbers with its standard error sqrt(squares / (n - 1) / n) and t(n - 1) limits.
/// Undefined with its reason: the value for n = 0, the standard error for n = 1.
estimate mean_of(const stream_moments& moments, confidence_level confidence);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/stream_summary.ipp"
#endif
