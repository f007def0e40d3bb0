// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/adjusted_p.hpp>
#include <qascore/kernel/change_point.hpp>
#include <qascore/kernel/control_chart.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using namespace qascore::kernel;

namespace {
constexpr double gap = std::numeric_limits<double>::quiet_NaN();

double points_to_signal(std::mt19937_64& engine, const qa::run_rules& rules) {
  std::vector<double> values(1000);
  std::vector<std::size_t> start(values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = qa::test::normal(engine);
    start[i + 1] = i + 1;
  }
  const auto chart = xbar_chart(values, start, 0.0, 1.0, 3.0, qa::chart_sd::range, rules);
  return chart.signals.empty() ? 1000.0 : chart.signals.front() + 1.0;
}
} // namespace

TEST_CASE("run lengths without a change are the printed ones") {
  // Champ and Woodall (1987), table 1; Lucas and Saccucci (1990); Montgomery's tables of the CUSUM.
  CHECK(close_to(run_length({}, 3.0), 370.398, 1e-6));
  CHECK(close_to(run_length({.two_of_three = true}, 3.0), 225.44, 5e-5));
  CHECK(close_to(run_length({.four_of_five = true}, 3.0), 166.05, 5e-5));
  CHECK(close_to(run_length({.eight_in_row = true}, 3.0), 152.73, 5e-5));
  CHECK(close_to(run_length({true, true, true, true}, 3.0), 91.75, 1e-4));
  CHECK(std::isinf(run_length({false, false, false, false}, 3.0)));
  CHECK(close_to(ewma_run_length(0.1, 2.814), 500.0, 0.005));
  CHECK(close_to(ewma_run_length(0.05, 2.615), 500.0, 0.005));
  CHECK(close_to(ewma_run_length(0.4, 3.054), 500.0, 0.005));
  CHECK(close_to(ewma_run_length(1.0, 3.0), 370.398, 1e-6));
  CHECK(close_to(cusum_run_length(0.5, 4.0), 168.0, 0.005));
  CHECK(close_to(cusum_run_length(0.5, 5.0), 465.0, 0.005));
  CHECK(close_to(ewma_run_length(0.2, ewma_width(0.2, 250.0)), 250.0, 1e-9));
  CHECK(close_to(cusum_run_length(0.25, cusum_limit(0.25, 250.0)), 250.0, 1e-9));
  CHECK_THROWS_AS(cusum_limit(0.5, 1.0), qa::argument_error);
}

TEST_CASE("charts alarm as often as they say where nothing changes" * doctest::test_suite("simulation")) {
  std::mt19937_64 engine(1);
  const qa::run_rules all{true, true, true, true};
  double sum = 0.0;
  for (int run = 0; run < 500; ++run)
    sum += points_to_signal(engine, all);
  CHECK(close_to(sum / 500.0, run_length(all, 3.0), 0.14)); // 3 standard errors are 13 %
  double shares = 0.0, rate = 0.0;
  const std::vector<double> size(500, 40.0);
  for (int run = 0; run < 60; ++run) {
    std::vector<double> count(size.size(), 0.0);
    for (double& c : count)
      for (int i = 0; i < 40; ++i)
        c += qa::test::uniform(engine) < 0.1 ? 1.0 : 0.0;
    const auto chart = p_chart(count, size, 0.1, 3.0, {});
    shares += static_cast<double>(chart.signals.size()) / (60.0 * 500.0);
    rate = chart.false_alarm_rate;
  }
  CHECK(close_to(shares, rate, 0.25)); // binomial: nearly twice that of the normal
  CHECK(rate > 1.5 / 370.4);
}

TEST_CASE("constants of charts are those of the tables, and spreads have their definition") {
  CHECK(close_to(chart_d2(2), 2.0 / std::sqrt(3.14159265358979323846), 1e-12));
  CHECK(close_to(chart_d2(5), 2.325929, 1e-6));
  CHECK(close_to(chart_d2(25), 3.930629, 1e-6));
  CHECK(close_to(chart_c4(5), 0.9399856, 1e-7));
  const std::vector<double> values{1, 3, gap, 2, 2};
  CHECK(close_to(moving_range_sd(values), 1.0 / chart_d2(2), 1e-12));
  CHECK(std::isnan(moving_range_sd(std::vector<double>{1})));
}

TEST_CASE("a missing point leaves a chart as it is, and a series without spread has none") {
  const std::vector<double> with{0.5, gap, 2.0}, without{0.5, 2.0};
  CHECK(ewma_chart(with, 0.0, 1.0, 0.2, 3.0).statistic[2] ==
        ewma_chart(without, 0.0, 1.0, 0.2, 3.0).statistic[1]);
  CHECK(cusum_chart(with, 0.0, 1.0, 0.5, 5.0).statistic[2] ==
        cusum_chart(without, 0.0, 1.0, 0.5, 5.0).statistic[1]);
  CHECK(std::isnan(cusum_chart(with, 0.0, 1.0, 0.5, 5.0).statistic[1]));
  CHECK(ewma_chart(without, 0.0, 0.0, 0.2, 3.0).undefined == "the values do not vary");
  CHECK(ewma_chart(without, 0.0, gap, 0.2, 3.0).undefined == "fewer than 2 values: no standard deviation");
  const std::vector<double> none{0, 0}, ten{10, 10};
  CHECK(p_chart(none, ten, gap, 3.0, {}).undefined == "all groups have the share 0 or 1");
  CHECK_THROWS_AS(p_chart(ten, none, gap, 3.0, {}), qa::argument_error);
  CHECK_THROWS_AS(ewma_chart(without, 0.0, 1.0, 0.0, 3.0), qa::argument_error);
}

TEST_CASE("a monitor gives the points of the chart, one by one") {
  std::mt19937_64 engine(4);
  std::vector<double> values{gap};
  for (int i = 0; i < 200; ++i)
    values.push_back(i % 17 == 3 ? gap : 0.7 + 0.1 * qa::test::normal(engine) - (i > 150 ? 0.1 : 0.0));
  const double width = ewma_width(0.15, 370.0);
  const auto chart = ewma_chart(values, 0.7, 0.1, 0.15, width);
  ewma_monitor monitor(0.7, 0.1, 0.15, width);
  std::vector<std::uint32_t> signals;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const qa::chart_point point = monitor.push(values[i]);
    CHECK((point.statistic == chart.statistic[i] || (std::isnan(values[i]) && std::isnan(point.statistic))));
    CHECK((point.high == chart.high[i] || std::isnan(values[i])));
    if (point.signal)
      signals.push_back(i);
  }
  CHECK(signals == chart.signals);
  CHECK(signals.size() > 10);
  // By hand: 0.2 * 1 = 0.2, within 3 sqrt(0.2 / 1.8 * (1 - 0.64)) = 0.6; then 0.2 * 5 + 0.8 * 0.2 = 1.16.
  ewma_monitor hand(0.0, 1.0, 0.2, 3.0);
  const qa::chart_point first = hand.push(1.0);
  CHECK(close_to(first.statistic, 0.2, 1e-15));
  CHECK(close_to(first.high, 0.6, 1e-15));
  CHECK(close_to(first.low, -0.6, 1e-15));
  CHECK_FALSE(first.signal);
  CHECK(close_to(hand.push(5.0).statistic, 1.16, 1e-15));
  CHECK(hand.push(5.0).signal);
  CHECK_THROWS_AS(ewma_monitor(gap, 1.0, 0.2, 3.0), qa::argument_error);
  CHECK_THROWS_AS(ewma_monitor(0.0, 0.0, 0.2, 3.0), qa::argument_error);
  CHECK_THROWS_AS(ewma_monitor(0.0, 1.0, 0.2, -1.0), qa::argument_error);
  CHECK_THROWS_AS(ewma_monitor(0.0, 1.0, 1.5, 3.0), qa::argument_error);
  CHECK(ewma_chart(std::vector<double>{gap, gap}, gap, 1.0, 0.2, 3.0).undefined == "no values: no center");
}

TEST_CASE("a change point is where the sum of squares is least, with an interval and a p that hold") {
  std::mt19937_64 engine(2);
  int held = 0, false_alarms = 0;
  constexpr int runs = 400;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> moved, still;
    for (int i = 0; i < 80; ++i) {
      const double e = qa::test::normal(engine);
      still.push_back(e);
      moved.push_back(e + (i < 45 ? 0.0 : 1.0));
    }
    const auto found = change_point(moved, qa::confidence_level{0.95}, qa::seed{1}, 0);
    held += found.low <= 45 && 45 <= found.high ? 1 : 0;
    false_alarms +=
        change_point(still, {}, qa::seed{static_cast<std::uint64_t>(run)}, 199).p_value <= 0.05 ? 1 : 0;
  }
  CHECK(held >= 0.92 * runs);
  CHECK(held <= 0.99 * runs); // shifts of a standard deviation: a little too often
  CHECK(false_alarms >= 0.017 * runs);
  CHECK(false_alarms <= 0.083 * runs);
  const std::vector<double> jump{1, gap, 1.1, 0.9, 1, 5, 5.1, 4.9};
  const auto found = change_point(jump, {}, qa::seed{1}, 999);
  CHECK(found.at == 5);
  CHECK(found.low == 5);
  CHECK(found.n == 7);
  CHECK(close_to(found.shift.value, 4.0, 1e-12));
  CHECK(close_to(found.statistic, found.shift.value / found.shift.std_error, 1e-12));
  CHECK(change_point(std::vector<double>{1, 2, 3}, {}, qa::seed{1}, 9).undefined == "fewer than 4 values");
  CHECK(change_point(std::vector<double>{1e9, 1e9, 1e9, 1e9}, {}, qa::seed{1}, 9).undefined ==
        "the values do not vary");
}

TEST_CASE("p-values are adjusted as R does") {
  const std::vector<double> p{0.01, 0.04, gap, 0.03, 0.005};
  const auto is = [&](qa::p_adjustment how, std::vector<double> expected) {
    const auto found = adjusted_p(p, how);
    for (std::size_t i = 0; i < p.size(); ++i)
      CHECK((std::isnan(expected[i]) ? std::isnan(found[i]) : bool(close_to(found[i], expected[i], 1e-12))));
  };
  is(qa::p_adjustment::holm, {0.03, 0.06, gap, 0.06, 0.02});
  is(qa::p_adjustment::benjamini_hochberg, {0.02, 0.04, gap, 0.04, 0.02});
  const double h = 1.0 + 1.0 / 2.0 + 1.0 / 3.0 + 1.0 / 4.0;
  is(qa::p_adjustment::benjamini_yekutieli, {0.02 * h, 0.04 * h, gap, 0.04 * h, 0.02 * h});
}
