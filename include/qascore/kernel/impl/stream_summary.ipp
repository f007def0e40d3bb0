// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"
#include "../stream_summary.hpp"

#include <boost/accumulators/accumulators.hpp>
#include <boost/accumulators/statistics/count.hpp>
#include <boost/accumulators/statistics/max.hpp>
#include <boost/accumulators/statistics/mean.hpp>
#include <boost/accumulators/statistics/min.hpp>
#include <boost/accumulators/statistics/stats.hpp>
#include <boost/accumulators/statistics/variance.hpp>

#include <algorithm>
#include <cmath>

namespace qascore::kernel {

QASCORE_INLINE stream_moments merged(const stream_moments& a, const stream_moments& b) noexcept {
  if (a.count == 0 || b.count == 0)
    return a.count == 0 ? b : a;
  stream_moments out;
  out.count = a.count + b.count;
  const auto n = static_cast<double>(out.count);
  const double d = b.mean - a.mean;
  const double share = static_cast<double>(b.count) / n;
  out.mean = a.mean + d * share;
  out.squares = a.squares + b.squares + d * d * static_cast<double>(a.count) * share;
  out.min = std::min(a.min, b.min);
  out.max = std::max(a.max, b.max);
  return out;
}

// Immediate features only: the lazy variance is the mean of squares less the square of the mean, which is 0
// or worse at an offset of 1e9.
struct stream_accumulator::state {
  boost::accumulators::accumulator_set<
      double,
      boost::accumulators::stats<boost::accumulators::tag::count, boost::accumulators::tag::immediate_mean,
                                 boost::accumulators::tag::variance(boost::accumulators::immediate),
                                 boost::accumulators::tag::min, boost::accumulators::tag::max>>
      set;
};

QASCORE_INLINE stream_accumulator::stream_accumulator() : state_{std::make_unique<state>()} {}
QASCORE_INLINE stream_accumulator::stream_accumulator(const stream_accumulator& other)
    : state_{std::make_unique<state>(*other.state_)} {}
QASCORE_INLINE stream_accumulator& stream_accumulator::operator=(const stream_accumulator& other) {
  state_ = std::make_unique<state>(*other.state_);
  return *this;
}
QASCORE_INLINE stream_accumulator::stream_accumulator(stream_accumulator&&) noexcept = default;
QASCORE_INLINE stream_accumulator& stream_accumulator::operator=(stream_accumulator&&) noexcept = default;
QASCORE_INLINE stream_accumulator::~stream_accumulator() = default;

QASCORE_INLINE void stream_accumulator::push(double value) {
  state_->set(value);
}

QASCORE_INLINE stream_moments stream_accumulator::moments() const {
  namespace ba = boost::accumulators;
  stream_moments out;
  out.count = ba::count(state_->set);
  if (out.count == 0)
    return out;
  out.mean = ba::mean(state_->set);
  out.squares = ba::variance(state_->set) * static_cast<double>(out.count); // Boost's variance divides by n
  out.min = (ba::min)(state_->set);
  out.max = (ba::max)(state_->set);
  return out;
}

QASCORE_INLINE estimate mean_of(const stream_moments& moments, confidence_level confidence) {
  estimate out;
  out.method = "mean";
  out.interval_method = "t";
  out.confidence = confidence;
  out.n = moments.count;
  out.value = moments.mean;
  if (moments.count < 2) {
    out.undefined = moments.count == 0 ? "no values" : "fewer than 2 units: no variance";
    return out;
  }
  const auto n = static_cast<double>(moments.count);
  out.df = n - 1.0;
  out.std_error = std::sqrt(moments.squares / out.df / n);
  const double half = student_t_quantile(confidence.upper_tail(), out.df) * out.std_error;
  out.low = out.value - half;
  out.high = out.value + half;
  return out;
}

} // namespace qascore::kernel
