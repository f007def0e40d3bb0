// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/format.hpp"
#include "../kernel/stream_summary.hpp"

#include <cmath>
#include <cstddef>

namespace qascore {

/// Summary of a stream of numbers (handle times as calls end) in constant memory, for independent rows.
///
///   qa::stream_summary handle_s;
///   for (...) handle_s.push(seconds);
///   std::cout << handle_s.mean_estimate().value;
///
/// mean: sum(x) / n. variance: sum((x - mean)^2) / (n - 1). min, max. All in the unit of the numbers. Of
/// nothing, mean, min and max are NaN; variance is NaN below 2 numbers; mean_estimate() says why. Two streams
/// (two threads, two days) are put together with merge(); the result agrees with one pass up to rounding.
/// Checked against: two-pass sums, at offset 1e9, in tests/unit/simulation.
class stream_summary {
public:
  /// Throws data_error for NaN and infinity: what is missing must be left out by the caller, knowingly.
  void push(double value) {
    if (!std::isfinite(value))
      throw data_error("value: expected a finite number but found " + detail::format_number(value));
    stream_.push(value);
  }

  void merge(const stream_summary& other) { merged_ = kernel::merged(merged_, other.moments()); }

  std::size_t count() const { return moments().count; }
  double mean() const { return moments().mean; }
  double variance() const {
    const kernel::stream_moments m = moments();
    return m.count < 2 ? missing_value : m.squares / static_cast<double>(m.count - 1);
  }
  double min() const { return moments().min; }
  double max() const { return moments().max; }
  /// The mean with its standard error and t interval.
  estimate mean_estimate(confidence_level confidence = {}) const {
    return kernel::mean_of(moments(), confidence);
  }

private:
  kernel::stream_moments moments() const { return kernel::merged(merged_, stream_.moments()); }

  kernel::stream_accumulator stream_;
  kernel::stream_moments merged_; ///< what came from other streams
};

} // namespace qascore
