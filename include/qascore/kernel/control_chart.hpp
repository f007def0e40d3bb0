// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Control charts of a series in its order: whether a process (a rater's deviations, say) has left where it was.
namespace qascore {

/// When an Xbar or p chart signals (Western Electric 1956): the point itself, or with those before it on the same side.
struct run_rules {
  bool beyond_three = true;  ///< 1 point beyond 3 sigma
  bool two_of_three = false; ///< 2 of the last 3 beyond 2 sigma
  bool four_of_five = false; ///< 4 of the last 5 beyond 1 sigma
  bool eight_in_row = false; ///< the last 8 on one side
};

/// A chart point by point. Points that are missing (NaN) have no statistic and leave the chart as it is.
struct control_chart {
  double center = missing_value;
  double sd = missing_value;                 ///< of one point in control
  std::vector<double> statistic;             ///< what is drawn; of a CUSUM the upper sum
  std::vector<double> second;                ///< of a CUSUM the lower sum; else empty
  std::vector<double> low, high;             ///< control limits per point
  std::vector<std::uint32_t> signals;        ///< points that signal, from 0
  double average_run_length = missing_value; ///< points to a false alarm, on average, where nothing changes
  double false_alarm_rate = missing_value;   ///< per point: 1 / average_run_length
  std::string undefined;
};

/// One point of a chart as it comes.
struct chart_point {
  double statistic = missing_value;
  double low = missing_value, high = missing_value; ///< control limits of this point
  bool signal = false;
};

enum class chart_sd {
  range,     ///< mean of range / d2 of groups; of single points the mean moving range / 1.128
  deviation, ///< mean of standard deviation / c4 of groups
  pooled     ///< root of the pooled variance of groups, / c4 of its degrees of freedom
};

} // namespace qascore

namespace qascore::kernel {

/// The standard deviation of single points from ranges of neighbours: mean |x_i - x_{i-1}| / d2(2). A shift of level moves it by one
/// range only, where the plain standard deviation grows with it. NaN for fewer than 2 points.
double moving_range_sd(std::span<const double> values);

/// Expected range, and expected standard deviation, of n standard normal values: d2 by quadrature, c4 by the gamma function.
double chart_d2(std::size_t n);
double chart_c4(std::size_t n);

/// Exponentially weighted moving average z_i = lambda x_i + (1 - lambda) z_{i-1}, z_0 = center, with the exact limits
/// center -+ L sd sqrt(lambda / (2 - lambda) (1 - (1 - lambda)^{2 i})).
/// The average run length is that of its final limits, by Crowder's integral equation (24 Gauss-Legendre nodes).
/// Throws argument_error for lambda outside (0, 1], an L or sd not above 0.
/// Sources: Roberts (1959), Technometrics 1, 239-250; Crowder (1987), Technometrics 29, 401-407, doi:10.2307/1269450. Checked
/// against: R qcc 2.7 (ewma), the run lengths printed by Lucas and Saccucci (1990).
control_chart ewma_chart(std::span<const double> values, double center, double sd, double lambda,
                         double width);

/// ewma_chart point by point, as scores come, in constant memory: the same bits. A missing value (NaN) gives a point without
/// statistic and leaves the average as it is. Throws argument_error for lambda outside (0, 1], a width or sd not above 0.
class ewma_monitor {
public:
  ewma_monitor(double center, double sd, double lambda, double width);

  chart_point push(double value) noexcept;

private:
  double center_, sd_, lambda_, width_;
  double average_;
  double left_ = 1.0; ///< (1 - lambda)^{2 i}: how much of the variance has yet to come
};

/// Tabular CUSUM: u_i = max(0, u_{i-1} + (x_i - center) / sd - k), l_i = min(0, l_{i-1} + (x_i - center) / sd + k); signals where
/// u > h or l < -h. k is half the shift that is to be found, in sd; h sets the false alarms. The run length of the two sides
/// together is 1 / (2 / L), L that of one side by Page's integral equation. Throws argument_error for k < 0, h or sd not above 0.
/// Source: Page (1954), Biometrika 41, 100-115, doi:10.1093/biomet/41.1-2.100. Checked against: R qcc 2.7 (cusum), the run
/// lengths printed by Montgomery (168 for h = 4, 465 for h = 5, k = 1/2).
control_chart cusum_chart(std::span<const double> values, double center, double sd, double k, double h);

/// Means of groups with limits center -+ width * sd / sqrt(n_g). `start`: where each group begins in `values`, groups + 1. A missing
/// center is the mean of all values, a missing sd comes from within the groups by `how`. With one value per group (an individuals
/// chart) the sd is that of moving ranges. Throws argument_error for a width or sd not above 0.
/// Source: Shewhart (1931); Western Electric (1956) for the run rules. Checked against: R qcc 2.7 (xbar).
control_chart xbar_chart(std::span<const double> values, std::span<const std::size_t> start, double center,
                         double sd, double width, chart_sd how, const run_rules& rules);

/// Shares of groups, `count` of `size`, with limits p -+ width sqrt(p (1 - p) / n_g), cut at 0 and 1. A missing center is the share of
/// all. The false-alarm rate is exact for the binomial of these sizes where only the limits signal, else that of the normal.
/// Throws argument_error for a count outside 0..size. Checked against: R qcc 2.7 (p), binomial tails.
control_chart p_chart(std::span<const double> count, std::span<const double> size, double center,
                      double width, const run_rules& rules);

/// Average run length of run rules on independent standard normal points, with `width` in place of 3 for single points: exact, by the
/// Markov chain of what the rules remember. Infinite without a rule. Source: Champ and Woodall (1987), Technometrics 29,
/// 393-399, doi:10.1080/00401706.1987.10488266. Checked against: its table (370.4; 225.44, 166.05, 152.73 with one more rule;
/// 91.75 with all).
double run_length(const run_rules& rules, double width);

/// Average run lengths without a change: of an EWMA's final limits, and of both sides of a CUSUM.
double ewma_run_length(double lambda, double width);
double cusum_run_length(double k, double h);

/// The width L of an EWMA, or the h of a CUSUM, whose false alarms come every `run_length` points. Throws argument_error for a
/// run length of at most 2.
double ewma_width(double lambda, double run_length);
double cusum_limit(double k, double run_length);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/control_chart.ipp"
#endif
