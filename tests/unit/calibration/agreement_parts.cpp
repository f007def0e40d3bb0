// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration.hpp>

#include "close_to.hpp"
#include "random.hpp"
#include "tables.hpp"

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using coefficient = qa::agreement_coefficient;
using weight = qa::category_weight;

namespace {

/// Fleiss (1971), table 1: how many of six psychiatrists gave each of 30 patients each of five diagnoses.
const std::vector<std::int64_t> diagnoses{
    0, 0, 0, 6, 0, 0, 3, 0, 0, 3, 0, 1, 4, 0, 1, 0, 0, 0, 0, 6, 0, 3, 0, 3, 0, 2, 0, 4, 0, 0,
    0, 0, 4, 0, 2, 2, 0, 3, 1, 0, 2, 0, 0, 4, 0, 0, 0, 0, 0, 6, 1, 0, 0, 5, 0, 1, 1, 0, 4, 0,
    0, 3, 3, 0, 0, 1, 0, 0, 5, 0, 0, 2, 0, 3, 1, 0, 0, 5, 0, 1, 3, 0, 0, 1, 2, 5, 1, 0, 0, 0,
    0, 2, 0, 4, 0, 1, 0, 2, 0, 3, 0, 0, 0, 0, 6, 0, 1, 0, 5, 0, 0, 2, 0, 1, 3, 2, 0, 0, 4, 0,
    1, 0, 0, 4, 1, 0, 5, 0, 1, 0, 4, 0, 0, 0, 2, 0, 2, 0, 4, 0, 1, 0, 5, 0, 0, 0, 0, 0, 0, 6};

/// Fleiss, Levin and Paik (2003), table 18.7: positive and negative ratings of 25 subjects by 2 to 5 raters.
const std::vector<std::int64_t> table_18_7{2, 0, 0, 2, 2, 1, 3, 1, 3, 0, 1, 3, 0, 3, 0, 5, 0,
                                           2, 4, 0, 5, 0, 3, 0, 4, 0, 3, 1, 0, 2, 2, 0, 1, 2,
                                           1, 1, 1, 3, 4, 1, 2, 1, 0, 4, 0, 3, 3, 0, 2, 0};

struct measure {
  qa::measure_options of;
  std::size_t raters;
};

/// What this file is about, with the table that each allows.
const std::array<measure, 6> measures{
    {{{.coefficient = coefficient::light_kappa}, 4},
     {{.coefficient = coefficient::light_kappa, .weights = weight::quadratic}, 4},
     {{.coefficient = coefficient::light_kappa, .gold = "2"}, 4},
     {{.coefficient = coefficient::fleiss_kappa_pooled}, 4},
     {{.coefficient = coefficient::fleiss_kappa_pooled, .weights = weight::linear}, 4},
     {{.coefficient = coefficient::bangdiwala_b}, 2}}};

std::vector<double> gappy(std::mt19937_64& engine, std::size_t units, std::size_t raters, double gap) {
  std::vector<double> out;
  for (std::size_t u = 0; u < units; ++u) {
    const double truth = 1.0 + std::floor(4.0 * qa::test::uniform(engine));
    for (std::size_t r = 0; r < raters; ++r) {
      const double said =
          qa::test::uniform(engine) < 0.4 ? 1.0 + std::floor(4.0 * qa::test::uniform(engine)) : truth;
      out.push_back(qa::test::uniform(engine) < gap ? 0.0 : said);
    }
  }
  return out;
}

} // namespace

TEST_CASE("Light's kappa is the mean of Cohen's over pairs, with gaps and weights; the mean against an "
          "expert likewise") {
  std::mt19937_64 engine(1);
  const auto table = tables::of(gappy(engine, 80, 4, 0.2), 4, {1, 2, 3, 4});
  for (const auto kind : {weight::identity, weight::linear}) {
    double all = 0.0, expert = 0.0;
    for (const auto& pair :
         qa::pairwise_agreement(table, {.coefficient = coefficient::cohen_kappa, .weights = kind})) {
      all += pair.agreement.value / 6.0;
      expert += pair.first == 1 || pair.second == 1 ? pair.agreement.value / 3.0 : 0.0;
    }
    CHECK(close_to(qa::light_kappa(table, {.weights = kind}).value, all, 1e-13));
    const auto gold =
        qa::agreement(table, {.coefficient = coefficient::light_kappa, .weights = kind, .gold = "2"});
    CHECK(close_to(gold.value, expert, 1e-13));
    CHECK(gold.method == "mean kappa with the gold standard");
  }
  // Of two raters it is Cohen's, with all that belongs to it.
  const auto two = table.only({"1", "3"});
  const auto cohen = qa::cohen_kappa(two), light = qa::light_kappa(two);
  CHECK(close_to(light.value, cohen.value, 1e-14));
  CHECK(close_to(light.std_error, cohen.std_error, 1e-12));
  CHECK(close_to(light.observed, cohen.observed, 1e-14));
  CHECK(close_to(light.expected, cohen.expected, 1e-14));
}

TEST_CASE("influence values are the derivatives in the unit weights, and the jackknife agrees") {
  std::mt19937_64 engine(21);
  for (const measure& m : measures) {
    CAPTURE(static_cast<int>(*m.of.coefficient));
    const auto matrix = gappy(engine, 40, m.raters, 0.15);
    const auto table = tables::of(matrix, m.raters, {1, 2, 3, 4});
    const qa::detail::table_measure of(table, m.of);
    std::vector<double> weights(40);
    for (double& w : weights)
      w = 0.3 + 2.0 * qa::test::uniform(engine);
    const auto at = [&](const std::vector<double>& w) {
      return qa::kernel::measure_by_profile(table.view(), of.view(), qa::kernel::weights_of(table.view(), w));
    };
    const auto found = at(weights);
    double sum = 0.0;
    for (std::size_t u = 0; u < 40; ++u) {
      constexpr double h = 1e-5;
      auto up = weights, down = weights;
      up[u] += h;
      down[u] -= h;
      const double slope = (at(up).value - at(down).value) / (2.0 * h);
      const double influence = found.influence[table.view().profile_of(u)];
      CHECK(close_to(influence, slope, 1e-6, 1e-9));
      sum += weights[u] * influence;
    }
    CHECK(std::abs(sum) < 1e-13);
    const auto large = gappy(engine, 300, m.raters, 0.15);
    const double jackknife = tables::jackknife(large, m.raters, [&](const std::vector<double>& rows) {
      return qa::agreement(tables::of(rows, m.raters, {1, 2, 3, 4}), m.of).value;
    });
    CHECK(
        close_to(qa::agreement(tables::of(large, m.raters, {1, 2, 3, 4}), m.of).std_error, jackknife, 0.02));
  }
}

TEST_CASE("Fleiss for unequal numbers of ratings is that of Fleiss, Levin and Paik, and of Fleiss where they "
          "are equal") {
  const auto unequal = qa::rating_table::from_counts(table_18_7, {0, 1});
  const auto found = qa::fleiss_kappa_pooled(unequal);
  CHECK(close_to(found.value, 0.54, 0.0, 0.005)); // printed
  // 1 - sum x (m - x) / m / (sum (m - 1) p q), as the book has it.
  double within = 0.0, ratings = 0.0, positive = 0.0;
  for (std::size_t u = 0; u < 25; ++u) {
    const auto x = static_cast<double>(table_18_7[2 * u]), m = x + static_cast<double>(table_18_7[2 * u + 1]);
    within += x * (m - x) / m;
    ratings += m;
    positive += x;
  }
  const double p = positive / ratings;
  CHECK(close_to(found.value, 1.0 - within / ((ratings - 25.0) * p * (1.0 - p)), 1e-14));
  CHECK(std::abs(found.value - qa::fleiss_kappa(unequal).value) > 0.005); // Gwet's units count alike
  const auto test = qa::chance_test(unequal, coefficient::fleiss_kappa_pooled);
  CHECK(close_to(test.std_error, 0.103, 0.0, 0.0005)); // printed
  const auto equal = qa::rating_table::from_counts(diagnoses, {1, 2, 3, 4, 5});
  CHECK(close_to(qa::fleiss_kappa_pooled(equal).value, qa::fleiss_kappa(equal).value, 1e-14));
  CHECK(close_to(qa::fleiss_kappa_pooled(equal).std_error, qa::fleiss_kappa(equal).std_error, 1e-12));
}

TEST_CASE("Bangdiwala's B is the share of the agreement chart") {
  // Margins 13, 24, 63 and 13, 27, 60; agreed 13, 20, 56 of 100 (irrCAC 1.4, bangdiwala.table; t limits with n - 1).
  const auto table = tables::from_cross_table({13, 0, 0, 0, 20, 7, 0, 4, 56}, 3);
  const auto found = qa::bangdiwala_b(table, {.std_error = qa::agreement_std_error::large_sample});
  CHECK(close_to(found.value, (169.0 + 400.0 + 3136.0) / (13.0 * 13 + 27 * 24 + 60 * 63), 1e-14));
  CHECK(close_to(found.std_error, 0.0544946513884188, 1e-12));
  CHECK(close_to(found.low, 0.697831197906674, 1e-12));
  CHECK(std::isnan(found.test.p_value));
  CHECK_THROWS_WITH_AS(qa::bangdiwala_b(table, {.weights = weight::linear}),
                       "weights: bangdiwala_b knows full agreement only; expected identity",
                       qa::argument_error);
  CHECK(qa::bangdiwala_b(tables::of({1, 2, 1, 2}, 2)).undefined == "no category is used by both raters");
  CHECK_THROWS_AS(qa::bangdiwala_b(tables::of(tables::anxiety, 3)), qa::argument_error);
}

TEST_CASE("by category: Fleiss' own kappas, of which the whole is the weighted mean") {
  const auto table = qa::rating_table::from_counts(diagnoses, {1, 2, 3, 4, 5});
  const std::array<double, 5> expected{0.244755244755245, 0.244755244755245, 0.52, 0.471127272727273,
                                       0.566117806823969};
  const auto found = qa::agreement_by_category(table);
  double sum = 0.0, total = 0.0;
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(close_to(found[k].value, expected[k], 1e-12)); // irr 0.84.1, kappam.fleiss(detail = TRUE)
    const double share = found[k].expected;              // 1 - 2 p (1 - p)
    sum += (1.0 - share) * found[k].value;
    total += 1.0 - share;
  }
  CHECK(close_to(qa::fleiss_kappa(table).value, sum / total, 1e-13));
  const auto unused = qa::agreement_by_category(tables::of({1, 2, 1, 1}, 2, {1, 2, 3}));
  CHECK(unused[2].undefined == "all ratings are in one category: no disagreement to expect by chance");
}

TEST_CASE("tests against chance have the textbooks' standard errors") {
  const auto fleiss =
      qa::chance_test(qa::rating_table::from_counts(diagnoses, {1, 2, 3, 4, 5}), coefficient::fleiss_kappa);
  CHECK(close_to(fleiss.statistic, 17.6518305829914, 1e-12)); // irr 0.84.1, kappam.fleiss
  CHECK(close_to(fleiss.std_error, 0.0243739320994112, 1e-12));
  const auto sas =
      tables::from_cross_table({0, 4, 1, 0, 8, 0, 0, 1, 5}, 3); // SAS FREQ, as statsmodels prints it
  const auto simple = qa::chance_test(sas),
             linear = qa::chance_test(sas, coefficient::cohen_kappa, weight::linear);
  CHECK(close_to(simple.std_error, 0.1484, 0.0, 5e-5));
  CHECK(close_to(simple.statistic, 3.2626, 0.0, 5e-5));
  CHECK(close_to(simple.p_greater, 0.0006, 0.0, 5e-5));
  CHECK(close_to(linear.std_error, 0.1426, 0.0, 5e-5));
  CHECK(close_to(linear.statistic, 3.2971, 0.0, 5e-5));
  // Identity weights written out are identity weights.
  const auto written =
      qa::chance_test(sas, coefficient::cohen_kappa, qa::category_weights({1, 0, 0, 0, 1, 0, 0, 0, 1}));
  CHECK(close_to(written.std_error, simple.std_error, 1e-13));
  CHECK_THROWS_AS(qa::chance_test(sas, coefficient::gwet_ac), qa::argument_error);
  CHECK_THROWS_AS(qa::chance_test(sas, coefficient::scott_pi, weight::linear), qa::argument_error);
  CHECK(qa::chance_test(tables::of({1, 1, 2, 0, 2, 2}, 2)).undefined ==
        "units with one rating: the test is that of tables without them");
  CHECK(qa::chance_test(tables::of({1, 1, 1, 2, 2, 0}, 3), coefficient::fleiss_kappa).undefined ==
        "units have unequal numbers of ratings: fleiss_kappa_pooled has a test for two categories");
  CHECK(qa::chance_test(tables::of({1, 1, 1, 1}, 2)).undefined ==
        "all ratings are in one category: no disagreement to expect by chance");
}

TEST_CASE("under chance alone 5 of 100 tests reject") {
  std::mt19937_64 engine(31);
  int cohen = 0, scott = 0;
  constexpr int runs = 4000;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> matrix;
    for (int i = 0; i < 240; ++i)
      matrix.push_back(1.0 + std::floor(3.0 * std::pow(qa::test::uniform(engine), 1.5)));
    const auto table = tables::of(matrix, 2, {1, 2, 3});
    cohen += qa::chance_test(table).p_value < 0.05 ? 1 : 0;
    scott += qa::chance_test(table, coefficient::scott_pi).p_value < 0.05 ? 1 : 0;
  }
  for (const int rejected : {cohen, scott}) {
    CHECK(rejected >= 0.039 * runs); // 3 standard errors
    CHECK(rejected <= 0.061 * runs);
  }
}

TEST_CASE("benchmark probabilities are Gwet's, and a word is earned at 95 of 100") {
  qa::estimate of;
  of.value = 0.675;
  of.std_error = 0.142;
  const auto altman = qa::benchmark(of, qa::altman_scale), landis = qa::benchmark(of),
             fleiss = qa::benchmark(of, qa::fleiss_scale);
  const std::array<double, 5> expected{0.1803, 0.69797, 0.97331, 0.99958, 1.0}; // irrCAC 1.4, altman.bf
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(close_to(altman.cumulative[k], expected[k], 0.0, 6e-6));
    CHECK(close_to(landis.cumulative[k], expected[k], 0.0, 6e-6));
  }
  CHECK(close_to(fleiss.cumulative[0], 0.29086, 0.0, 6e-6));
  CHECK(qa::altman_scale.labels[altman.reached] == "moderate");
  CHECK(qa::fleiss_scale.labels[fleiss.reached] == "intermediate to good");
  double sum = 0.0;
  for (const double p : landis.probability)
    sum += p;
  CHECK(close_to(sum, 1.0, 1e-14));
  of.std_error = 0.0; // nothing left to chance: the class that the value is in
  CHECK(qa::landis_koch_scale.labels[qa::benchmark(of).reached] == "substantial");
  of.value = -0.2;
  CHECK(qa::landis_koch_scale.labels[qa::benchmark(of).reached] == "poor");
  of.value = qa::missing_value;
  CHECK(qa::benchmark(of).undefined == "the coefficient is undefined");
  const std::array<double, 2> ascending{0.2, 0.4}, outside{1.5, 0.2};
  CHECK_THROWS_AS(qa::kernel::benchmark(0.5, 0.1, ascending, 0.95), qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::benchmark(0.5, 0.1, outside, 0.95), qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::benchmark(0.5, 0.1, outside, 95.0), qa::argument_error);
}

TEST_CASE("raters who never meet, and experts who are not there") {
  // Raters 1 and 2 share units, 3 and 4 share others.
  const auto apart = tables::of({1, 1, 0, 0, 2, 2, 0, 0, 0, 0, 1, 2, 0, 0, 2, 2}, 4);
  CHECK(qa::light_kappa(apart).undefined ==
        "4 of 6 pairs of raters have no kappa: they share no unit, or use one category only");
  const auto pairs = qa::pairwise_agreement(apart, {.coefficient = coefficient::cohen_kappa});
  CHECK(pairs[0].agreement.value == 1.0);
  CHECK(pairs[1].agreement.undefined == "no unit has two ratings");
  const auto counts = qa::rating_table::from_counts(diagnoses, {1, 2, 3, 4, 5});
  CHECK_THROWS_AS(qa::pairwise_agreement(counts), qa::argument_error);
  CHECK_THROWS_AS(qa::light_kappa(counts), qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::agreement(apart, {.coefficient = coefficient::light_kappa, .gold = "9"}),
                       "gold: \"9\" is no rater of this table", qa::argument_error);
  CHECK_THROWS_AS(qa::agreement(apart, {.coefficient = coefficient::fleiss_kappa, .gold = "1"}),
                  qa::argument_error);
  CHECK_THROWS_AS(
      qa::agreement(apart, {.coefficient = coefficient::fleiss_kappa, .level = qa::level::nominal}),
      qa::argument_error);
}

TEST_CASE("own distances are weights once they are divided by the largest") {
  const std::vector<double> squares{0, 1, 4, 1, 0, 1, 4, 1, 0};
  const auto table = tables::of({1, 1, 2, 3, 3, 3, 1, 2, 2, 2}, 2, {1, 2, 3});
  const auto own = qa::krippendorff_alpha(
      table, {.weights = qa::category_weights(qa::kernel::weights_of_distances(squares, 3))});
  CHECK(close_to(own.value, qa::krippendorff_alpha(table, {.level = qa::level::interval}).value, 1e-14));
  const std::vector<double> lopsided{0, 1, 4, 2, 0, 1, 4, 1, 0}, negative{0, -1, -1, 0}, away{1, 1, 1, 0};
  CHECK_THROWS_WITH_AS(
      qa::kernel::weights_of_distances(lopsided, 3),
      "distances: row 0, column 1: expected a symmetric matrix, 2 as across the diagonal, but found 1",
      qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::weights_of_distances(negative, 2), qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::weights_of_distances(away, 2), qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::weights_of_distances(away, 3), qa::argument_error);
}
