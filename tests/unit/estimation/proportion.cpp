// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {
qa::estimate of_counts(int events, int n, qa::proportion_interval interval) {
  std::vector<int> rows(static_cast<std::size_t>(n), 0);
  for (int i = 0; i < events; ++i)
    rows[static_cast<std::size_t>(i)] = 1;
  return qa::proportion(qa::sample_design::independent(rows.size()), rows, [](int v) { return v == 1; },
                        {.interval = interval});
}

struct row {
  std::string stratum;
  double weight;
  int passed;
  double population;
  int agent = 0;
};
} // namespace

TEST_CASE("for independent rows Wilson and Clopper-Pearson limits are the textbook's") {
  // SciPy 1.17.1: binomtest(k, n).proportion_ci(0.95, "wilson" and "exact").
  struct reference {
    int k, n;
    double wilson_low, wilson_high, exact_low, exact_high;
  };
  for (const reference& r :
       {reference{0, 20, 0.0, 0.16112515805281935, 0.0, 0.16843347098308548},
        reference{3, 40, 0.025836025774588198, 0.19864233524310543, 0.015742179851041527,
                  0.20386474873289898},
        reference{40, 40, 0.9123783988027133, 1.0, 0.9119026971211966, 1.0},
        reference{27, 50, 0.4039887139915748, 0.6703034780777566, 0.3932419761169219, 0.6818508214313913}}) {
    CAPTURE(r.k);
    const auto wilson = of_counts(r.k, r.n, qa::proportion_interval::wilson);
    CHECK(close_to(wilson.low, r.wilson_low, 1e-13, 1e-16));
    CHECK(close_to(wilson.high, r.wilson_high, 1e-13));
    const auto exact = of_counts(r.k, r.n, qa::proportion_interval::beta);
    CHECK(close_to(exact.low, r.exact_low, 1e-12, 1e-16));
    CHECK(close_to(exact.high, r.exact_high, 1e-12));
  }
  CHECK(of_counts(3, 40, qa::proportion_interval::wilson).interval_method == "Wilson");
  CHECK(of_counts(3, 40, qa::proportion_interval::beta).interval_method == "Clopper-Pearson");
}

TEST_CASE("at 0 and 1 an interval is never a point; where a method has none it says so") {
  for (const int events : {0, 25}) {
    for (const auto kind :
         {qa::proportion_interval::wilson, qa::proportion_interval::beta, qa::proportion_interval::arcsine}) {
      const auto p = of_counts(events, 25, kind);
      CHECK(p.high - p.low > 0.03);
      CHECK(p.low >= 0.0);
      CHECK(p.high <= 1.0);
    }
    for (const auto kind : {qa::proportion_interval::logit, qa::proportion_interval::t}) {
      const auto p = of_counts(events, 25, kind);
      CHECK(std::isnan(p.low));
      CHECK(p.undefined == "no such interval at 0 or 1: choose wilson or beta");
    }
  }
  // One row: no variance, yet Wilson's interval exists: 0 to z^2 / (1 + z^2) = .79345 for a failure.
  const auto one = of_counts(0, 1, qa::proportion_interval::wilson);
  CHECK(one.low == 0.0);
  CHECK(close_to(one.high, 0.7934506856227626, 1e-13));
}

TEST_CASE("under a design the effective size takes the place of n") {
  // Two strata by hand: p_a = 1/4 of weight 4 * 10, p_b = 2/3 of weight 3 * 20; W = 100, p = (10 + 40) / 100
  // = .5. V = sum (1 - n/N) n/(n-1) sum_c (w (y - p)/W - mean)^2
  //   = (1 - 4/40) 4/3 * .01 * .75 + (1 - 3/60) 3/2 * .04 * (2/3) = .009 + .038 = .047;  n* = .25 / .047
  std::vector<row> rows{{"a", 10, 1, 40}, {"a", 10, 0, 40}, {"a", 10, 0, 40}, {"a", 10, 0, 40},
                        {"b", 20, 1, 60}, {"b", 20, 1, 60}, {"b", 20, 0, 60}};
  const auto design = qa::design_builder(rows)
                          .stratum(&row::stratum)
                          .weight(&row::weight)
                          .population(&row::population)
                          .build();
  const auto p = qa::proportion(design, rows, &row::passed);
  CHECK(close_to(p.value, 0.5, 1e-15));
  CHECK(close_to(p.std_error, std::sqrt(0.047), 1e-14));
  CHECK(p.df == 5);
  const double n = 0.25 / 0.047, q = 2.5705818356363146; // t(5) at .975, SciPy 1.17.1
  const double half = std::sqrt(0.25 / n + q * q / (4 * n * n)) * q / (1 + q * q / n);
  CHECK(close_to(p.low, 0.5 - half, 1e-13));
  CHECK(close_to(p.high, 0.5 + half, 1e-13));

  // Nothing passed: clusters and weights say how much that tells. W^2 / sum (1 - n/N) w^2 = 10000 / (360 +
  // 1140).
  for (auto& r : rows)
    r.passed = 0;
  const auto none = qa::proportion(design, rows, &row::passed);
  CHECK(none.low == 0.0);
  CHECK(close_to(none.high, q * q / (10000.0 / 1500.0) / (1 + q * q / (10000.0 / 1500.0)), 1e-13));
}

TEST_CASE("a population taken whole leaves no doubt about a proportion") {
  const std::vector<row> rows{{"a", 1, 1, 3}, {"a", 1, 1, 3}, {"a", 1, 1, 3}};
  const auto design = qa::design_builder(rows).weight(&row::weight).population(&row::population).build();
  const auto p = qa::proportion(design, rows, &row::passed);
  CHECK(p.low == 1.0);
  CHECK(p.high == 1.0);
}

TEST_CASE(
    "the five intervals lie in the unit interval, hold the value, and are mirror images for pass and fail") {
  const std::vector<row> rows{{"a", 10, 1, 40}, {"a", 10, 0, 40}, {"a", 12, 1, 40},
                              {"a", 10, 1, 40}, {"b", 20, 1, 60}, {"b", 20, 1, 60},
                              {"b", 21, 0, 60}, {"b", 20, 1, 60}, {"b", 20, 1, 60}};
  const auto design = qa::design_builder(rows).stratum(&row::stratum).weight(&row::weight).build();
  for (const auto kind :
       {qa::proportion_interval::wilson, qa::proportion_interval::logit, qa::proportion_interval::beta,
        qa::proportion_interval::arcsine, qa::proportion_interval::t}) {
    CAPTURE(static_cast<int>(kind));
    const auto pass = qa::proportion(design, rows, &row::passed, {.interval = kind});
    const auto fail =
        qa::proportion(design, rows, [](const row& r) { return r.passed == 0; }, {.interval = kind});
    CHECK(pass.low < pass.value);
    CHECK(pass.high > pass.value);
    CHECK(pass.low >= 0.0);
    CHECK(pass.high <= 1.0);
    CHECK(close_to(fail.low, 1.0 - pass.high, 1e-11, 1e-13));
    CHECK(close_to(fail.high, 1.0 - pass.low, 1e-11));
  }
}

TEST_CASE("an event is 0, 1 or missing, and nothing else") {
  const std::vector<double> rows{0, 1, 0.5};
  CHECK_THROWS_WITH_AS(qa::proportion(qa::sample_design::independent(3), rows, [](double v) { return v; }),
                       "event: expected 0 or 1 but found 0.5 at row 2", qa::data_error);
  const std::vector<std::optional<bool>> some{true, std::nullopt, false};
  const auto p = qa::proportion(qa::sample_design::independent(3), some, [](const auto& v) { return v; },
                                {.missing = qa::missing_rows::drop});
  CHECK(p.n == 2);
  CHECK(p.missing == 1);
}

TEST_CASE("proportions by domain keep the design behind them") {
  const std::vector<row> rows{{"a", 2, 1, 9, 1}, {"a", 2, 0, 9, 1}, {"a", 2, 1, 9, 2},
                              {"b", 3, 1, 9, 2}, {"b", 3, 0, 9, 3}, {"b", 3, 0, 9, 3}};
  const auto design = qa::design_builder(rows).stratum(&row::stratum).weight(&row::weight).build();
  const auto by = qa::proportion_by(design, rows, &row::passed, &row::agent);
  REQUIRE(by.size() == 3);
  CHECK(by[0].by.front() == "1");
  CHECK(by[0].value == 0.5);
  CHECK(by[2].value == 0.0);
  CHECK(by[2].high > 0.2);
}
