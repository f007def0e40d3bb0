// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Watches scores as they come: a rolling mean for the eye, an EWMA alarm with a known rate of false alarms. Memory does not grow
// with the stream.
#include <qascore/calibration/drift.hpp>
#include <qascore/estimation/stream_summary.hpp>

#include <boost/accumulators/accumulators.hpp>
#include <boost/accumulators/statistics/rolling_mean.hpp>
#include <boost/accumulators/statistics/stats.hpp>

#include <cmath>
#include <cstdio>
#include <optional>
#include <random>

namespace qa = qascore;
namespace ba = boost::accumulators;

namespace {

struct scored_call {
  int number;
  double score; // 0 to 1
};

// A quality desk in control for 600 calls, then a new script that costs 10 points. The engine gives the same numbers everywhere,
// which the distributions of the standard library do not.
class desk {
public:
  scored_call next() {
    double sum = 0;
    for (int k = 0; k < 12; ++k)
      sum += static_cast<double>(engine_() >> 11) * 0x1p-53;
    const double noise = sum - 6.0; // about standard normal
    const int number = number_++;
    return {number, (number < 600 ? 0.78 : 0.68) + 0.08 * noise};
  }

private:
  std::mt19937_64 engine_{7};
  int number_ = 0;
};

class desk_monitor {
public:
  // A false alarm every `run_length` calls on average while nothing changes.
  desk_monitor(std::size_t baseline, double lambda, double run_length)
      : baseline_{baseline}, lambda_{lambda}, width_{qa::ewma_width(lambda, run_length)} {}

  // True where an alarm begins.
  bool push(double score) {
    recent_(score);
    if (!alarm_) {
      known_.push(score);
      if (known_.count() == baseline_)
        alarm_.emplace(known_.mean(), std::sqrt(known_.variance()), lambda_, width_);
      return false;
    }
    point_ = alarm_->push(score);
    const bool begins = point_.signal && !alarmed_;
    alarmed_ = point_.signal;
    return begins;
  }

  double rolling_mean() const { return ba::rolling_mean(recent_); }
  const qa::chart_point& point() const { return point_; }
  const qa::stream_summary& baseline() const { return known_; }

private:
  std::size_t baseline_;
  double lambda_, width_;
  qa::stream_summary known_;
  ba::accumulator_set<double, ba::stats<ba::tag::rolling_mean>> recent_{ba::tag::rolling_window::window_size =
                                                                            50};
  std::optional<qa::ewma_monitor> alarm_;
  qa::chart_point point_;
  bool alarmed_ = false;
};

} // namespace

int main() {
  desk calls;
  desk_monitor monitor(300, 0.1, 1000.0);
  for (int number = 0; number < 800; ++number) {
    const scored_call call = calls.next();
    if (monitor.push(call.score))
      std::printf("call %d: ALARM, EWMA %.3f outside [%.3f, %.3f]\n", call.number, monitor.point().statistic,
                  monitor.point().low, monitor.point().high);
    if ((number + 1) % 100 == 0)
      std::printf("after %d calls: mean of the last 50 is %.3f\n", number + 1, monitor.rolling_mean());
  }
  std::printf("in control: mean %.3f of %zu calls\n", monitor.baseline().mean(), monitor.baseline().count());
}
