// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::uniform;

namespace {

/// The net promoter score of so many promoters, detractors, and answers in all.
qa::estimate of(int promoters, int detractors, int all,
                qa::net_promoter_interval interval = qa::net_promoter_interval::score) {
  std::vector<double> points;
  for (int i = 0; i < all; ++i)
    points.push_back(i < promoters ? 1.0 : i < promoters + detractors ? -1.0 : 0.0);
  return qa::kernel::net_promoter_scores(qa::independent_units(points.size()), {}, points, {}, interval)
      .front();
}

struct answered {
  std::optional<int> recommend;
  std::string queue;
};

} // namespace

TEST_CASE("limits of the net promoter score are Tango's") {
  // R contingencytables 3.0.0, Tango_asymptotic_score_CI_paired_2x2(cavo_2012): -0.1240 to -0.0054.
  const qa::estimate cavo = of(6, 16, 161);
  CHECK(close_to(cavo.value, -100.0 * 10.0 / 161.0, 1e-12));
  CHECK(close_to(cavo.low, -12.40, 0.0, 5e-3));
  CHECK(close_to(cavo.high, -0.54, 0.0, 5e-3));
  CHECK(std::isinf(cavo.df));
  // The likelihood maximised over the share of detractors by SciPy 1.17 (minimize_scalar), its roots by brentq.
  CHECK(close_to(cavo.low, -12.402343245395029, 1e-7));
  CHECK(close_to(of(1, 7, 21).low, -51.72322722707952, 1e-7));
  CHECK(close_to(of(1, 7, 21).high, -2.6003031522431008, 1e-6));
  CHECK(close_to(of(40, 20, 160).low, 3.0864532500365256, 1e-7));
  CHECK(close_to(of(40, 20, 160).high, 21.806424379781652, 1e-7));
  CHECK(of(7, 1, 21).low == -of(1, 7, 21).high);
}

TEST_CASE("limits stay on the scale, and all promoters have some") {
  const qa::estimate all = of(20, 0, 20);
  CHECK(all.value == 100.0);
  CHECK(all.std_error == 0.0);
  CHECK(close_to(all.low,
                 100.0 * (20.0 - 1.959963984540054 * 1.959963984540054) /
                     (20.0 + 1.959963984540054 * 1.959963984540054),
                 1e-9)); // Wilson's, twice less one
  CHECK(all.high == 100.0);
  CHECK(all.undefined.empty());
  CHECK(of(0, 20, 20).high == -all.low);
  const qa::estimate none = of(0, 0, 20);
  CHECK(none.low == -none.high);
  CHECK(none.high > 0.0);
  const qa::estimate one = of(1, 0, 1);
  CHECK(std::isnan(one.std_error));
  CHECK(one.low > -100.0);
  CHECK(one.high == 100.0);
  for (int promoters = 0; promoters <= 9; ++promoters)
    for (int detractors = 0; promoters + detractors <= 9; ++detractors) {
      const qa::estimate e = of(promoters, detractors, 9);
      CHECK(e.low >= -100.0);
      CHECK(e.low <= e.value);
      CHECK(e.value <= e.high);
      CHECK(e.high <= 100.0);
    }
  const qa::estimate by_t = of(9, 0, 10, qa::net_promoter_interval::t);
  CHECK(by_t.interval_method == "t");
  CHECK(by_t.high > 100.0);
}

TEST_CASE("copies of rows under a design are as many answers as there are clusters") {
  std::vector<double> points;
  std::vector<std::uint32_t> cluster;
  for (std::uint32_t c = 0; c < 40; ++c)
    for (int copy = 0; copy < 5; ++copy) {
      points.push_back(c < 22 ? 1.0 : c < 30 ? -1.0 : 0.0);
      cluster.push_back(c);
    }
  qa::design_view design = qa::independent_units(points.size());
  design.cluster = cluster;
  design.clusters = 40;
  const auto copies = qa::kernel::net_promoter_scores(design, {}, points, {}).front();
  const qa::estimate apart = of(22, 8, 40);
  CHECK(copies.interval_method == "Tango score, effective size, t");
  CHECK(close_to(copies.value, apart.value, 1e-12));
  CHECK(close_to(copies.std_error, apart.std_error, 1e-12));
  CHECK(copies.df == 39.0);
  // t in place of the normal quantile, n - 1 in place of n.
  CHECK(copies.low < apart.low);
  CHECK(close_to(copies.low, apart.low, 0.0, 1.5));
  std::vector<double> whole(1, 40.0);
  design.population = whole;
  std::vector<std::uint32_t> stratum(points.size(), 0);
  design.stratum = stratum;
  design.strata = 1;
  const auto census = qa::kernel::net_promoter_scores(design, {}, points, {}).front();
  CHECK(census.low == census.value);
  CHECK(census.high == census.value);
}

TEST_CASE("an engineer's own answers, by queue, with gaps and faults") {
  std::vector<answered> rows{{10, "loans"}, {9, "loans"},  {8, "loans"},
                             {3, "cards"},  {10, "cards"}, {std::nullopt, "cards"}};
  const auto design = qa::sample_design::independent(rows.size());
  const auto by = qa::net_promoter_score_by(design, rows, &answered::recommend, &answered::queue,
                                            {.missing = qa::missing_rows::drop});
  REQUIRE(by.size() == 2);
  CHECK(close_to(
      qa::net_promoter_score(design, rows, &answered::recommend, {.missing = qa::missing_rows::drop}).value,
      40.0, 1e-12));
  for (const auto& d : by) {
    const bool loans = d.by.front() == "loans";
    CHECK(close_to(d.value, loans ? 200.0 / 3.0 : 0.0, 1e-12));
    CHECK(d.missing == (loans ? 0u : 1u));
  }
  CHECK_THROWS_WITH_AS(qa::net_promoter_score(design, rows, &answered::recommend),
                       "answer: no value at row 5; choose missing_rows::drop to leave such rows out",
                       qa::data_error);
  rows[1].recommend = 11;
  CHECK_THROWS_WITH_AS(qa::net_promoter_score(design, rows, &answered::recommend),
                       "answer: expected a whole number from 0 to 10 but found 11 at row 1", qa::data_error);
}

TEST_CASE("limits hold as often as they say, few answers and nearly all promoters too" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(8);
  struct centre {
    double detractors, passives;
  };
  for (const centre c : {centre{0.1, 0.2}, {0.05, 0.05}, {0.3, 0.3}, {0.02, 0.08}, {0.45, 0.1}, {0.01, 0.3}})
    for (const int n : {10, 20, 50}) {
      CAPTURE(c.detractors);
      CAPTURE(c.passives);
      CAPTURE(n);
      int held = 0;
      constexpr int repeats = 2000;
      const double truth = 100.0 * (1.0 - c.passives - 2.0 * c.detractors);
      for (int r = 0; r < repeats; ++r) {
        int low = 0, high = 0;
        for (int i = 0; i < n; ++i) {
          const double u = uniform(engine);
          low += u < c.detractors ? 1 : 0;
          high += u >= c.detractors + c.passives ? 1 : 0;
        }
        const qa::estimate e = of(high, low, n);
        held += e.low <= truth && truth <= e.high ? 1 : 0;
      }
      CHECK(held > 0.93 * repeats); // by t 65 to 97 %
    }
}
