// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/model_rater.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {
/// Units x (model, three people): each wrong with its probability on a yes or no.
qa::rating_table answers(std::mt19937_64& engine, std::size_t units, double model, double people) {
  std::vector<double> out;
  for (std::size_t u = 0; u < units; ++u) {
    const double truth = qa::test::uniform(engine) < 0.5 ? 1.0 : 2.0;
    for (int r = 0; r < 4; ++r)
      out.push_back(qa::test::uniform(engine) < (r == 0 ? model : people) ? 3.0 - truth : truth);
  }
  return qa::rating_table::from_matrix(out, 4);
}
} // namespace

TEST_CASE("the alternative annotator test is a t test of wins, by hand") {
  std::mt19937_64 engine(1);
  const auto table = answers(engine, 80, 0.2, 0.25);
  const auto found = qa::alternative_annotator_test(table, "1", {.epsilon = 0.1});
  CHECK(found.rows.size() == 3);
  const auto view = table.view();
  double mean = 0.0, squares = 0.0, wins = 0.0;
  std::vector<double> d;
  for (std::size_t u = 0; u < 80; ++u) {
    const auto c = view.of(view.profile_of(u));
    const auto score = [&](std::uint32_t said) { return (said == c[2] ? 1 : 0) + (said == c[3] ? 1 : 0); };
    const int f = score(c[0]), h = score(c[1]);
    d.push_back((f >= h ? 1.0 : 0.0) - (h >= f ? 1.0 : 0.0));
    wins += (f >= h ? 1.0 : 0.0) / 80.0;
    mean += d.back() / 80.0;
  }
  for (const double x : d)
    squares += (x - mean) * (x - mean);
  const double se = std::sqrt(squares / 79.0 / 80.0);
  CHECK(close_to(found.rows[0].advantage.value, mean, 1e-13, 1e-15));
  CHECK(close_to(found.rows[0].model_wins, wins, 1e-13));
  CHECK(close_to(found.rows[0].advantage.test.statistic, (mean + 0.1) / se, 1e-12));
  CHECK(found.rows[0].advantage.test.df1 == 79);
}

TEST_CASE("a good model passes, a poor one does not, and one at the border seldom beats a person") {
  std::mt19937_64 engine(2);
  int good = 0, poor = 0, border = 0, tests = 0;
  for (int run = 0; run < 300; ++run) {
    good += qa::alternative_annotator_test(answers(engine, 100, 0.1, 0.25), "1").passed ? 1 : 0;
    poor += qa::alternative_annotator_test(answers(engine, 100, 0.5, 0.2), "1").passed ? 1 : 0;
    for (const auto& row :
         qa::alternative_annotator_test(answers(engine, 100, 0.25, 0.25), "1", {.epsilon = 0.0}).rows) {
      border += row.advantage.test.p_value <= 0.05 ? 1 : 0;
      ++tests;
    }
  }
  CHECK(good >= 290);
  CHECK(poor <= 15);              // answers at random: the level of 5 % bounds what passes
  CHECK(border <= 0.075 * tests); // as good as a person: 5 % of the tests, which depend on each other
  CHECK(border >= 0.025 * tests);
}

TEST_CASE("means of groups are compared by F, which is the square of t for two") {
  const std::vector<double> y{1, 2, 3, 4, 7, 8, 6, 9};
  const std::vector<std::uint32_t> group{0, 0, 0, 0, 1, 1, 1, 1};
  const auto found = qa::equal_means(qa::independent_units(8), group, 2, y);
  // Variances of means with n / (n - 1) of all 8 units, each about its own mean.
  const double variance = 8.0 / 7.0 * (5.0 / 16.0 + 5.0 / 16.0);
  CHECK(close_to(found.statistic, 25.0 / variance, 1e-12));
  CHECK(found.df1 == 1);
  CHECK(found.df2 == 7);
  CHECK(std::isnan(
      qa::equal_means(qa::independent_units(8), group, 1, std::vector<double>(8, qa::missing_value))
          .statistic));
  std::mt19937_64 engine(3);
  int rejected = 0;
  constexpr int runs = 2000;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> values;
    std::vector<std::uint32_t> of;
    for (std::uint32_t i = 0; i < 90; ++i) {
      of.push_back(i % 3);
      values.push_back((1.0 + static_cast<double>(i % 3)) * qa::test::normal(engine));
    }
    rejected += qa::equal_means(qa::independent_units(90), of, 3, values).p_value <= 0.05 ? 1 : 0;
  }
  CHECK(rejected >= 0.035 * runs);
  CHECK(rejected <= 0.07 * runs);
}

TEST_CASE("what the alternative annotator test cannot say it says") {
  std::mt19937_64 engine(4);
  const auto few = answers(engine, 20, 0.1, 0.1);
  CHECK(qa::alternative_annotator_test(few, "1").undefined ==
        "no person has 30 units that the model and another person rated too");
  CHECK(qa::alternative_annotator_test(few, "1", {.least = 10}).undefined.empty());
  CHECK_THROWS_AS(qa::alternative_annotator_test(few, "model"), qa::argument_error);
  CHECK_THROWS_AS(qa::alternative_annotator_test(few, "1", {.epsilon = 1.0}), qa::argument_error);
}
