// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <cmath>
#include <random>
#include <span>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::normal;

namespace {
struct pair {
  double june, may, weight = 1;
};
const std::vector<pair> pairs{{0.71, 0.66}, {0.64, 0.61}, {0.80, 0.70}, {0.77, 0.74}, {0.52, 0.60}};
const double gap = qa::missing_value;
} // namespace

TEST_CASE("for independent pairs it is the paired t test") {
  // Differences .05 .03 .10 .03 -.08, mean .026, with the divisor 4.
  const auto e = qa::paired_difference(qa::sample_design::independent(5), pairs, &pair::june, &pair::may);
  double squares = 0;
  for (const pair& p : pairs)
    squares += (p.june - p.may - 0.026) * (p.june - p.may - 0.026);
  CHECK(close_to(e.value, 0.026, 1e-13));
  CHECK(close_to(e.std_error, std::sqrt(squares / 4 / 5), 1e-13));
  CHECK(e.df == 4.0);
  CHECK(close_to(e.test.statistic, e.value / e.std_error, 1e-15));
}

TEST_CASE("with all units the shared ones bring the covariance") {
  auto rows = pairs;
  rows[0].may = gap;
  rows[1].june = gap;
  rows[4].weight = 3;
  const auto design = qa::design_builder(rows).weight(&pair::weight).build();
  const auto e = qa::paired_difference(design, rows, &pair::june, &pair::may,
                                       {.units = qa::paired_units::all, .missing = qa::missing_rows::drop});
  std::vector<double> june, may;
  for (const pair& p : rows) {
    june.push_back(p.june);
    may.push_back(p.may);
  }
  const auto a = qa::kernel::mean(design.view(), june), b = qa::kernel::mean(design.view(), may);
  const std::vector<std::span<const double>> both{a.influence, b.influence};
  const auto c = qa::kernel::covariance_of(design.view(), both);
  CHECK(close_to(e.value, a.value - b.value, 1e-14));
  CHECK(close_to(e.std_error, std::sqrt(c[0] + c[3] - 2 * c[1]), 1e-13));
  CHECK(e.n == 5);
  CHECK(e.df == 3.0);
  const auto only =
      qa::paired_difference(design, rows, &pair::june, &pair::may, {.missing = qa::missing_rows::drop});
  CHECK(only.n == 3);
  CHECK(only.missing == 2);
}

TEST_CASE("a column without a value, and differences that agree, have no test") {
  std::vector<pair> rows{{1, gap}, {2, gap}};
  const auto e = qa::paired_difference(qa::sample_design::independent(2), rows, &pair::june, &pair::may,
                                       {.units = qa::paired_units::all, .missing = qa::missing_rows::drop});
  CHECK(e.undefined == "no unit has a value");
  rows = {{1, 0.5}, {2, 1.5}, {3, 2.5}};
  const auto same = qa::paired_difference(qa::sample_design::independent(3), rows, &pair::june, &pair::may);
  CHECK(same.value == 0.5);
  CHECK(std::isnan(same.low));
  CHECK(std::isnan(same.test.p_value));
}

TEST_CASE("the interval of two periods that share half their units holds the difference") {
  std::mt19937_64 engine(3);
  int held = 0;
  constexpr int runs = 2000;
  for (int run = 0; run < runs; ++run) {
    std::vector<pair> rows(60);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double habit = normal(engine);
      rows[i] = {i < 40 ? 0.3 + habit + 0.5 * normal(engine) : gap,
                 i >= 20 ? habit + 0.5 * normal(engine) : gap};
    }
    const auto e = qa::paired_difference(qa::sample_design::independent(60), rows, &pair::june, &pair::may,
                                         {.units = qa::paired_units::all, .missing = qa::missing_rows::drop});
    held += e.low <= 0.3 && 0.3 <= e.high;
  }
  const double coverage = static_cast<double>(held) / runs;
  CAPTURE(coverage);
  CHECK(coverage > 0.935);
  CHECK(coverage < 0.965);
}

TEST_CASE("Cronbach's alpha: by hand, by derivatives in the weights, and where it is undefined") {
  struct scores {
    double tone, care, facts, weight;
  };
  // var (n - 1): 2.5, 1.7, 1.5; sums 4 7 9 13 13, var 15.2: alpha = 1.5 (1 - 5.7/15.2) = .9375.
  std::vector<scores> rows{{1, 2, 1, 1}, {2, 2, 3, 1}, {3, 3, 3, 1}, {4, 5, 4, 1}, {5, 4, 4, 1}};
  const auto alpha = [&](const qa::sample_design& design) {
    return qa::cronbach_alpha(design, rows, {}, &scores::tone, &scores::care, &scores::facts);
  };
  CHECK(close_to(alpha(qa::sample_design::independent(5)).value, 0.9375, 1e-14));

  rows[1].weight = 2.5;
  const auto value_at = [&](std::size_t unit, double change) {
    auto moved = rows;
    moved[unit].weight += change;
    return alpha(qa::design_builder(moved).weight(&scores::weight).build()).value;
  };
  std::vector<std::vector<double>> columns(3);
  std::vector<double> weights;
  for (const scores& s : rows) {
    columns[0].push_back(s.tone);
    columns[1].push_back(s.care);
    columns[2].push_back(s.facts);
    weights.push_back(s.weight);
  }
  qa::design_view view = qa::independent_units(5);
  view.weight = weights;
  const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
  const auto linear = qa::kernel::cronbach_alpha(view, spans);
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(close_to(linear.influence[i], (value_at(i, 1e-5) - value_at(i, -1e-5)) / 2e-5, 1e-7));

  for (scores& s : rows)
    s = {s.tone, 6 - s.tone, 1, 1};
  CHECK(alpha(qa::sample_design::independent(5)).undefined == "the sum does not vary");
}
