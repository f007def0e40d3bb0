// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration.hpp>

#include "close_to.hpp"
#include "random.hpp"
#include "tables.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using coefficient = qa::agreement_coefficient;

namespace {

struct rating {
  std::string unit, rater;
  double value;
};

/// Units first .. last - 1 by raters 1 .. raters on four categories; a rater errs with this chance. Each unit's truth comes
/// from its number, so that tables that share units share their truth.
std::vector<rating> ratings(std::mt19937_64& engine, int first, int last, int raters, double errs,
                            const std::vector<double>& truth = {}) {
  std::vector<rating> out;
  for (int u = first; u < last; ++u) {
    const double level = truth.empty() ? 1.0 + std::floor(4.0 * qa::test::uniform(engine))
                                       : truth[static_cast<std::size_t>(u)];
    for (int r = 0; r < raters; ++r) {
      const bool wrong = qa::test::uniform(engine) < errs;
      out.push_back({"u" + std::to_string(1000 + u), std::string(1, static_cast<char>('a' + r)),
                     wrong ? 1.0 + std::floor(4.0 * qa::test::uniform(engine)) : level});
    }
  }
  return out;
}

qa::rating_table table_of(const std::vector<rating>& rows) {
  return qa::rating_table::from(rows, &rating::unit, &rating::rater, &rating::value,
                                {.categories = {1, 2, 3, 4}});
}

const qa::comparison_options fleiss{.of = {.coefficient = coefficient::fleiss_kappa}};

} // namespace

TEST_CASE(
    "coefficients on other units differ with the sum of their variances and Welch's degrees of freedom") {
  std::mt19937_64 engine(3);
  const auto a = table_of(ratings(engine, 0, 40, 3, 0.2)), b = table_of(ratings(engine, 40, 130, 3, 0.5));
  for (const auto which : {coefficient::fleiss_kappa, coefficient::conger_kappa, coefficient::light_kappa,
                           coefficient::gwet_ac, coefficient::percent_agreement}) {
    const auto first = qa::agreement(a, which), second = qa::agreement(b, which);
    const auto found = qa::agreement_difference(a, b, {.of = {.coefficient = which}});
    const double v1 = first.std_error * first.std_error, v2 = second.std_error * second.std_error;
    CHECK(close_to(found.value, first.value - second.value, 1e-14));
    CHECK(close_to(found.std_error, std::sqrt(v1 + v2), 1e-12));
    CHECK(close_to(found.df, (v1 + v2) * (v1 + v2) / (v1 * v1 / 39.0 + v2 * v2 / 89.0), 1e-10));
    CHECK(found.n == 130);
    CHECK(close_to(found.test.statistic, found.value / found.std_error, 1e-14));
  }
}

TEST_CASE("two groups of raters on the same units: the paired test, by hand") {
  // Percent agreement of two pairs on five units: 1 1 0 1 1 and 1 0 0 0 1; differences 0 1 0 1 0, s^2 = .3.
  const std::vector<double> matrix{1, 1, 1, 1, 2, 2, 2, 1, 1, 2, 2, 1, 2, 2, 1, 2, 1, 1, 1, 1};
  const auto table = tables::of(matrix, 4, {1, 2});
  const auto found = qa::agreement_difference(table.only({"1", "2"}), table.only({"3", "4"}),
                                              {.of = {.coefficient = coefficient::percent_agreement}});
  CHECK(close_to(found.value, 0.4, 1e-15));
  CHECK(close_to(found.std_error, std::sqrt(0.3 / 5.0), 1e-14));
  CHECK(found.df == 4);
  CHECK(close_to(found.test.p_value, 0.17780780, 1e-7)); // t = 1.632993, scipy.stats.ttest_rel
}

TEST_CASE("what a rater costs is the difference of two tables that share everything but the rater") {
  const auto table = tables::of(tables::anxiety, 3, {1, 2, 3, 4, 5, 6});
  const auto gain = qa::leave_one_rater_out(table, qa::level::interval)[1].gain;
  const auto found =
      qa::agreement_difference(table.without({"2"}), table, {.of = {.level = qa::level::interval}});
  CHECK(close_to(found.value, gain.value, 1e-13));
  CHECK(close_to(found.std_error, gain.std_error, 1e-12));
  CHECK(close_to(found.low, gain.low, 1e-12));
}

TEST_CASE("the difference's standard error is the jackknife's to first order, whatever the tables share") {
  std::mt19937_64 engine(5);
  std::vector<double> truth(300);
  for (double& t : truth)
    t = 1.0 + std::floor(4.0 * qa::test::uniform(engine));
  for (const auto& [from, to] : {std::pair{0, 200}, std::pair{100, 300}, std::pair{200, 300}}) {
    const auto a = ratings(engine, 0, 200, 3, 0.3, truth), b = ratings(engine, from, to, 2, 0.4, truth);
    for (const auto which : {coefficient::fleiss_kappa, coefficient::gwet_ac, coefficient::conger_kappa}) {
      if (from != 100 && which != coefficient::fleiss_kappa)
        continue; // where some units are shared all coefficients take all of the ways
      const qa::comparison_options how{.of = {.coefficient = which}};
      std::vector<double> values;
      for (int u = 0; u < 300; ++u) {
        const std::string name = "u" + std::to_string(1000 + u);
        auto keep = [&](std::vector<rating> rows) {
          std::erase_if(rows, [&](const rating& r) { return r.unit == name; });
          return table_of(rows);
        };
        values.push_back(qa::agreement_difference(keep(a), keep(b), how).value);
      }
      double mean = 0.0, squares = 0.0;
      for (const double x : values)
        mean += x / 300.0;
      for (const double x : values)
        squares += (x - mean) * (x - mean);
      const auto found = qa::agreement_difference(table_of(a), table_of(b), how);
      CHECK(close_to(found.std_error, std::sqrt(squares * 299.0 / 300.0), 0.02));
    }
  }
}

TEST_CASE("intervals of a difference hold in 95 of 100 samples: the same units, half of them, and none" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(8);
  for (const int shared : {120, 60, 0}) {
    CAPTURE(shared);
    int held = 0;
    constexpr int runs = 1500;
    for (int run = 0; run < runs; ++run) {
      std::vector<double> truth(240);
      for (double& t : truth)
        t = 1.0 + std::floor(4.0 * qa::test::uniform(engine));
      // Both tables have the same true kappa: raters err alike.
      const auto a = table_of(ratings(engine, 0, 120, 3, 0.3, truth));
      const auto b = table_of(ratings(engine, 120 - shared, 240 - shared, 3, 0.3, truth));
      const auto found = qa::agreement_difference(a, b, fleiss);
      held += found.low <= 0.0 && found.high >= 0.0 ? 1 : 0;
    }
    CHECK(held >= 0.935 * runs); // 3 standard errors of 95 % are 1.7 points
    CHECK(held <= 0.967 * runs);
  }
}

TEST_CASE("of two coefficients T squared is t squared, and its p that of t") {
  std::mt19937_64 engine(11);
  const auto table = table_of(ratings(engine, 0, 60, 4, 0.4));
  const auto first = table.only({"a", "b"}), second = table.only({"c", "d"});
  const auto found = qa::compare_agreement({&first, &second}, fleiss);
  const auto& difference = found.differences.front();
  CHECK(close_to(found.equality.statistic, difference.test.statistic * difference.test.statistic, 1e-11));
  CHECK(close_to(found.equality.p_value, difference.test.p_value, 1e-10));
  CHECK(found.equality.df1 == 1);
  CHECK(found.equality.df2 == 59);
  CHECK(close_to(found.correlation[1],
                 found.covariance[1] / std::sqrt(found.covariance[0] * found.covariance[3]), 1e-14));
  CHECK(found.correlation[0] == 1.0);
}

TEST_CASE("the test that three kappas are equal rejects 5 of 100 equal ones" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(13);
  int rejected = 0;
  constexpr int runs = 2000;
  for (int run = 0; run < runs; ++run) {
    const auto table = table_of(ratings(engine, 0, 80, 4, 0.3));
    const auto a = table.only({"a", "b"}), b = table.only({"a", "c"}), c = table.only({"a", "d"});
    const auto found = qa::compare_agreement({&a, &b, &c}, {.of = {.coefficient = coefficient::cohen_kappa}});
    REQUIRE(found.undefined.empty());
    rejected += found.equality.p_value < 0.05 ? 1 : 0;
  }
  CHECK(rejected >= 0.035 * runs);
  CHECK(rejected <= 0.065 * runs);
}

TEST_CASE("a design of independent units of equal weight is no design, clusters are the sandwich of the "
          "difference") {
  std::mt19937_64 engine(17);
  const auto table = table_of(ratings(engine, 0, 60, 4, 0.4));
  const auto first = table.only({"a", "b"}), second = table.only({"c", "d"});
  const auto plain = qa::agreement_difference(first, second, fleiss);
  qa::design_view design = qa::independent_units(60);
  const auto independent = qa::agreement_difference(first, second, fleiss, &design);
  CHECK(close_to(independent.std_error, plain.std_error, 1e-12));
  CHECK(independent.df == plain.df);
  std::vector<std::uint32_t> cluster(60);
  for (std::uint32_t u = 0; u < 60; ++u)
    cluster[u] = u / 5;
  design.cluster = cluster;
  design.clusters = 12;
  const auto one = qa::kernel::linearised_agreement_of(first.view(), {}, coefficient::fleiss_kappa, {});
  const auto two = qa::kernel::linearised_agreement_of(second.view(), {}, coefficient::fleiss_kappa, {});
  std::vector<double> total(12, 0.0);
  for (std::size_t u = 0; u < 60; ++u)
    total[cluster[u]] += one.influence[u] - two.influence[u];
  double variance = 0.0;
  for (const double t : total)
    variance += t * t * 12.0 / 11.0;
  const auto clustered = qa::agreement_difference(first, second, fleiss, &design);
  CHECK(close_to(clustered.std_error, std::sqrt(variance), 1e-12));
  CHECK(clustered.df == 11);
}

TEST_CASE("what cannot be compared says so") {
  const auto three = tables::of({1, 1, 2, 2, 3, 2, 1, 1}, 2), two = tables::of({1, 1, 2, 2, 1, 2, 1, 1}, 2);
  const qa::comparison_options gwet{.of = {.coefficient = coefficient::gwet_ac}};
  CHECK_THROWS_WITH_AS(
      qa::agreement_difference(three, two, gwet),
      "tables: the categories differ, 1, 2, 3 and 1, 2, and gwet_ac counts them; declare the same "
      "categories in both",
      qa::argument_error);
  CHECK_THROWS_AS(qa::agreement_difference(three, two,
                                           {.of = {.coefficient = coefficient::fleiss_kappa,
                                                   .weights = qa::category_weight::linear}}),
                  qa::argument_error);
  CHECK(qa::agreement_difference(three, two, fleiss).is_defined());
  CHECK_THROWS_WITH_AS(qa::compare_agreement({&three}, fleiss),
                       "tables: expected 2 or more to compare but found 1", qa::argument_error);
  const auto constant = tables::of({1, 1, 1, 1, 1, 1, 1, 1}, 2, {1, 2});
  const auto undefined = qa::agreement_difference(two, constant, fleiss);
  CHECK(std::isnan(undefined.value));
  CHECK(undefined.undefined == "all ratings are in one category: no disagreement to expect by chance");
  const auto same = qa::compare_agreement({&two, &two}, fleiss);
  CHECK(same.differences.front().value == 0.0);
  CHECK(same.differences.front().undefined == "no variation in the sample: no interval");
  CHECK(same.undefined == "the differences do not vary by themselves: no test of equality");
  const qa::design_view design = qa::independent_units(3);
  const auto other = tables::of({1, 1, 2, 2, 1, 2}, 2);
  CHECK_THROWS_AS(qa::agreement_difference(two, other, fleiss, &design), qa::argument_error);
  CHECK_THROWS_AS(
      qa::agreement_difference(two, two, {.of = {.coefficient = coefficient::fleiss_kappa, .gold = "1"}}),
      qa::argument_error);
}
