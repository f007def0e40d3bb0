// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::uniform;

namespace {

struct row {
  std::string queue;
  double weight, population, y;
};

double number(double y) {
  return y;
}
qa::estimate quantile_of(const std::vector<double>& y, double p, const qa::quantile_options& options = {}) {
  return qa::quantile(qa::sample_design::independent(y.size()), y, number, p, options);
}

} // namespace

TEST_CASE("the two definitions differ only where a share is reached exactly") {
  // NumPy 2: quantile(..., method="inverted_cdf") and "averaged_inverted_cdf".
  const std::vector<double> y{4, 1, 3, 2};
  const qa::quantile_options averaged{.definition = qa::quantile_definition::averaged};
  CHECK(quantile_of(y, 0.5).value == 2.0);
  CHECK(quantile_of(y, 0.5, averaged).value == 2.5);
  CHECK(quantile_of(y, 0.51).value == 3.0);
  CHECK(quantile_of(y, 0.51, averaged).value == 3.0);
  CHECK(quantile_of(y, 0.999).value == 4.0);
}

TEST_CASE("weights count as rows do, whatever their order") {
  // 1 twice, 5 three times, 9 five times: shares .2, .5, 1.
  std::vector<row> rows{{"", 5, 0, 9}, {"", 2, 0, 1}, {"", 3, 0, 5}};
  std::sort(rows.begin(), rows.end(), [](const row& a, const row& b) { return a.y < b.y; });
  do {
    const auto design = qa::design_builder(rows).weight(&row::weight).build();
    const auto at = [&](double p, qa::quantile_definition how) {
      return qa::quantile(design, rows, &row::y, p, {.definition = how}).value;
    };
    CHECK(at(0.2, qa::quantile_definition::inverse_cdf) == 1.0);
    CHECK(at(0.2, qa::quantile_definition::averaged) == 3.0);
    CHECK(at(0.21, qa::quantile_definition::inverse_cdf) == 5.0);
    CHECK(at(0.5, qa::quantile_definition::averaged) == 7.0);
  } while (
      std::next_permutation(rows.begin(), rows.end(), [](const row& a, const row& b) { return a.y < b.y; }));
}

TEST_CASE("weights whose sums are not exact reach their share all the same") {
  // .1 + .2 of 1: the share .3 is reached though the sum in doubles is .30000000000000004 or .3.
  const std::vector<row> rows{{"", 0.1, 0, 1}, {"", 0.2, 0, 2}, {"", 0.7, 0, 3}};
  const auto design = qa::design_builder(rows).weight(&row::weight).build();
  CHECK(qa::quantile(design, rows, &row::y, 0.3).value == 2.0);
  CHECK(qa::quantile(design, rows, &row::y, 0.1 + 0.2).value == 2.0);
}

TEST_CASE("Woodruff's limits are quantiles at the limits of the share") {
  // 1..40, p = .5: share .5, s^2 = 40/39 * .25, se = sqrt(s^2 / 40) = .0800641, t(39, .975) = 2.0226909:
  // .5 -+ .1619449 = .3380551, .6619449, of 40: the 14th and the 27th value.
  std::vector<double> y(40);
  for (std::size_t i = 0; i < y.size(); ++i)
    y[i] = static_cast<double>(i + 1);
  const auto e =
      quantile_of(y, 0.5, {.limits = qa::quantile_limits::woodruff, .interval = qa::proportion_interval::t});
  CHECK(e.value == 20.0);
  CHECK(e.low == 14.0);
  CHECK(e.high == 27.0);
  CHECK(close_to(e.std_error, 13.0 / (2.0 * 2.0226909200367604), 1e-9));
  CHECK(e.df == 39.0);
}

TEST_CASE("inverted, Clopper-Pearson limits are the exact ones by order statistics") {
  // P(the median lies between the r-th and the (n + 1 - r)-th of n) = 1 - 2 P(Bin(n, .5) < r): 1 - 2/64 for n
  // = 6, r = 1; 1 - 2 (1 + 10)/1024 for n = 10, r = 2, and 1 - 2 * 56/1024 < .95 for r = 3.
  const qa::quantile_options exact{.interval = qa::proportion_interval::beta};
  const auto six = quantile_of({3, 1, 2, 6, 5, 4}, 0.5, exact);
  CHECK(six.low == 1.0);
  CHECK(six.high == 6.0);
  const auto ten = quantile_of({3, 1, 2, 6, 5, 4, 7, 8, 9, 10}, 0.5, exact);
  CHECK(ten.low == 2.0);
  CHECK(ten.high == 9.0);
  CHECK(quantile_of({1, 2, 3, 4, 5}, 0.5, exact).undefined ==
        "the sample does not reach far enough for limits of this quantile");
  CHECK_THROWS_AS(quantile_of({1, 2}, 0.5, {.interval = qa::proportion_interval::t}), qa::argument_error);
}

TEST_CASE("a quantile that the sample does not bound has no interval, and says so") {
  const auto e = quantile_of({1, 2, 3, 4, 5, 6}, 0.9);
  CHECK(e.value == 6.0);
  CHECK(std::isnan(e.low));
  CHECK(std::isnan(e.high));
  CHECK(e.undefined == "the sample does not reach far enough for limits of this quantile");
  CHECK(quantile_of({7, 7, 7}, 0.5).undefined == "no variation in the sample: no interval");
  CHECK(quantile_of({7, 7, 7}, 0.5).value == 7.0);
  CHECK(quantile_of({7}, 0.5).undefined == "fewer than 2 units: no variance");
}

TEST_CASE("of ties the interval may be the value itself") {
  std::vector<double> y(100, 4.0);
  for (std::size_t i = 0; i < 20; ++i)
    y[i] = i < 10 ? 3.0 : 5.0;
  const auto e = quantile_of(y, 0.5);
  CHECK(e.low == 4.0);
  CHECK(e.high == 4.0);
  CHECK(e.undefined == "");
}

TEST_CASE("where everything was taken the interval is a point") {
  const std::vector<row> rows{{"", 1, 3, 2}, {"", 1, 3, 8}, {"", 1, 3, 5}};
  const auto design = qa::design_builder(rows).weight(&row::weight).population(&row::population).build();
  const auto e = qa::quantile(design, rows, &row::y, 0.5);
  CHECK(e.value == 5.0);
  CHECK(e.low == 5.0);
  CHECK(e.high == 5.0);
  CHECK(e.std_error == 0.0);
}

TEST_CASE("domains, gaps and shares outside 0 and 1") {
  const std::vector<row> rows{{"a", 1, 9, 2}, {"b", 1, 9, qa::missing_value}, {"a", 1, 9, 5}, {"b", 1, 9, 3}};
  const auto design = qa::sample_design::independent(rows.size());
  const auto by = qa::quantile_by(design, rows, &row::y, &row::queue, 0.5, {}, qa::missing_rows::drop);
  CHECK(by[0].value == 2.0);
  CHECK(by[1].value == 3.0);
  CHECK(by[1].missing == 1);
  CHECK_THROWS_WITH_AS(quantile_of({1, 2}, 1.0), "p: expected a fraction above 0 and below 1 but found 1",
                       qa::argument_error);
  CHECK_THROWS_AS(quantile_of({1, 2}, qa::missing_value), qa::argument_error);
}

TEST_CASE("the likelihood interval is where the deviance is the square of the normal quantile") {
  // 7 of 10: both limits solve 2 * 10 (.7 log(.7/x) + .3 log(.3/(1-x))) = 3.841459 = 1.959964^2.
  std::vector<double> y(10, 1.0);
  y[0] = y[1] = y[2] = 0.0;
  const auto e = qa::proportion(qa::sample_design::independent(10), y, number,
                                {.interval = qa::proportion_interval::likelihood});
  for (const double limit : {e.low, e.high})
    CHECK(close_to(20 * (0.7 * std::log(0.7 / limit) + 0.3 * std::log(0.3 / (1 - limit))), 3.8414588206941254,
                   1e-12));
  CHECK(e.low < 0.7);
  CHECK(e.high > 0.7);
  // None of 10: -20 log(1 - x) = 3.841459.
  const std::vector<double> none(10, 0.0);
  const auto zero = qa::proportion(qa::sample_design::independent(10), none, number,
                                   {.interval = qa::proportion_interval::likelihood});
  CHECK(zero.low == 0.0);
  CHECK(close_to(zero.high, 1.0 - std::exp(-3.8414588206941254 / 20), 1e-13));
}

TEST_CASE("limits of few independent rows hold as often as the binomial says, exact ones never less than "
          "they claim") {
  // With values 1, ..., n the limits are ranks l and u: they hold where l to u - 1 of the rows lie below the quantile.
  for (const std::size_t n : {6u, 8u, 10u, 15u, 20u, 30u, 50u})
    for (const double p : {0.25, 0.5, 0.75}) {
      std::vector<double> ranks;
      for (std::size_t i = 1; i <= n; ++i)
        ranks.push_back(static_cast<double>(i));
      const auto held = [&](qa::proportion_interval interval) {
        const auto e =
            qa::quantile(qa::sample_design::independent(n), ranks, number, p, {.interval = interval});
        if (std::isnan(e.low))
          return qa::missing_value;
        const auto of = static_cast<double>(n);
        double sum = 0.0;
        for (double k = e.low; k < e.high; ++k)
          sum += std::exp(std::lgamma(of + 1.0) - std::lgamma(k + 1.0) - std::lgamma(of - k + 1.0) +
                          k * std::log(p) + (of - k) * std::log(1.0 - p));
        return sum;
      };
      CAPTURE(n);
      CAPTURE(p);
      if (const double exact = held(qa::proportion_interval::beta); !std::isnan(exact))
        CHECK(exact >= 0.95);
      if (const double wilson = held(qa::proportion_interval::wilson); !std::isnan(wilson))
        CHECK(wilson >= 0.929);
      else
        CHECK(p != 0.5);
    }
}

TEST_CASE("the interval of a median holds the population's median") {
  std::mt19937_64 engine(11);
  const bool longer = std::getenv("QASCORE_LONG") != nullptr;
  const int runs = longer ? 4000 : 500;
  // Exponential values: quantile p at -log(1 - p).
  for (const double p : {0.25, 0.5, 0.75}) {
    int held = 0;
    for (int run = 0; run < runs; ++run) {
      std::vector<double> y(80);
      for (double& v : y)
        v = -std::log(1.0 - uniform(engine));
      const auto e = quantile_of(y, p);
      held += e.low <= -std::log(1.0 - p) && -std::log(1.0 - p) <= e.high;
    }
    const double coverage = static_cast<double>(held) / runs;
    CAPTURE(p);
    MESSAGE("coverage " << coverage);
    CHECK(coverage >= (longer ? 0.935 : 0.921));
    CHECK(coverage <= (longer ? 0.965 : 0.979));
  }
}
