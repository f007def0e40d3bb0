// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/gold.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {

qa::rating_table table(std::vector<double> matrix, std::size_t raters, std::vector<double> categories = {}) {
  for (double& x : matrix)
    x = x == 0.0 ? qa::missing_value : x;
  return qa::rating_table::from_matrix(matrix, raters, {.categories = std::move(categories)});
}

/// Units x raters: the first is right, the others err with their probability; 3 categories, `gap` of the ratings missing.
std::vector<double> simulated(std::mt19937_64& engine, std::size_t units, const std::vector<double>& errs,
                              double gap) {
  std::vector<double> out;
  for (std::size_t u = 0; u < units; ++u) {
    const double truth = 1.0 + std::floor(3.0 * std::pow(qa::test::uniform(engine), 1.5));
    for (const double err : errs) {
      const double said =
          qa::test::uniform(engine) < err ? 1.0 + std::floor(3.0 * qa::test::uniform(engine)) : truth;
      out.push_back(qa::test::uniform(engine) < gap ? 0.0 : said);
    }
  }
  return out;
}

/// A design of unequal weights whose view stays valid with it.
struct weighted {
  std::vector<double> weight;
  qa::design_view view;
  explicit weighted(std::vector<double> w)
      : weight{std::move(w)}, view{qa::independent_units(weight.size())} {
    view.weight = weight;
  }
  weighted(const weighted&) = delete;
};

/// The standard error that influence values give, from finite differences of the value in each weight.
template <class Value>
double by_differences(std::size_t units, const std::vector<double>& weights, Value value, double carrying) {
  double sum = 0.0, mean = 0.0;
  std::vector<double> each;
  for (std::size_t u = 0; u < units; ++u) {
    std::vector<double> up = weights, down = weights;
    up[u] *= 1.0 + 1e-5;
    down[u] *= 1.0 - 1e-5;
    each.push_back((value(up) - value(down)) / 2e-5); // w u
    mean += each.back() / static_cast<double>(units);
  }
  for (const double x : each)
    sum += (x - mean) * (x - mean);
  return std::sqrt(sum * carrying / (carrying - 1.0));
}

} // namespace

TEST_CASE("a rater against gold has the figures of scikit-learn") {
  // confusion [[2, 3, 2], [1, 4, 2], [3, 0, 4]]
  std::vector<double> matrix;
  const int counts[3][3] = {{2, 3, 2}, {1, 4, 2}, {3, 0, 4}};
  for (int k = 0; k < 3; ++k)
    for (int l = 0; l < 3; ++l)
      for (int i = 0; i < counts[k][l]; ++i) {
        matrix.push_back(k + 1);
        matrix.push_back(l + 1);
      }
  const auto found =
      qa::rater_against_gold(table(matrix, 2), "1", "2", {.weights = qa::category_weight::quadratic});
  CHECK(found.confusion == std::vector<double>{2, 3, 2, 1, 4, 2, 3, 0, 4});
  CHECK(close_to(found.accuracy.value, 10.0 / 21.0, 1e-15));
  CHECK(close_to(found.matthews.value, 0.21501831715537345, 1e-14));
  CHECK(close_to(found.macro_f1.value, 0.47081807081807076, 1e-14));
  CHECK(close_to(found.balanced_accuracy.value, 0.4761904761904761, 1e-14));
  CHECK(close_to(found.kappa.value, 0.0714285714285714, 1e-13));
  CHECK(close_to(found.specificity[0].value, 10.0 / 14.0, 1e-15)); // of the 14 that gold has not in it
  CHECK(found.sensitivity[0].n == 7);
  // The other way round gold and rater change places.
  const auto turned = qa::rater_against_gold(table(matrix, 2), "2", "1");
  CHECK(turned.confusion == std::vector<double>{2, 1, 3, 3, 4, 0, 2, 2, 4});
  CHECK(close_to(turned.sensitivity[1].value, found.precision[1].value, 1e-15));
}

TEST_CASE("standard errors against gold are those of the derivatives in the weights, with gaps and weights") {
  std::mt19937_64 engine(3);
  const std::size_t units = 60;
  const auto ratings = table(simulated(engine, units, {0.0, 0.4, 0.3}, 0.1), 3, {1, 2, 3});
  std::vector<double> weights;
  for (std::size_t u = 0; u < units; ++u)
    weights.push_back(0.5 + qa::test::uniform(engine));
  const weighted design(weights);
  const auto found = qa::rater_against_gold(ratings, "1", "2", {}, &design.view);
  const auto of = [&](auto member) {
    return [&ratings, member](const std::vector<double>& w) {
      const weighted other(w);
      return member(qa::rater_against_gold(ratings, "1", "2", {}, &other.view));
    };
  };
  CHECK(found.accuracy.n < units); // a domain of the design, whose units give n / (n - 1)
  const auto check = [&](const qa::estimate& estimate, auto member) {
    CHECK(close_to(estimate.std_error, by_differences(units, weights, of(member), 60.0), 1e-6));
  };
  check(found.macro_f1, [](const qa::gold_comparison& c) { return c.macro_f1.value; });
  check(found.balanced_accuracy, [](const qa::gold_comparison& c) { return c.balanced_accuracy.value; });
  check(found.matthews, [](const qa::gold_comparison& c) { return c.matthews.value; });
  check(found.f1[1], [](const qa::gold_comparison& c) { return c.f1[1].value; });
}

TEST_CASE("what gold cannot say is undefined with the reason") {
  const auto one = qa::rater_against_gold(table({1, 1, 1, 1, 1, 2, 1, 1}, 2, {1, 2, 3}), "1", "2");
  CHECK(one.matthews.undefined == "one of the two uses one category only");
  CHECK(one.sensitivity[1].undefined == "the gold standard never has this category");
  CHECK(one.precision[2].undefined == "the rater never has this category");
  CHECK(one.f1[2].undefined == "neither of the two ever has this category");
  CHECK(one.specificity[0].undefined == "the gold standard always has this category");
  const auto apart = qa::rater_against_gold(table({1, 0, 0, 2}, 2, {1, 2}), "1", "2");
  CHECK(apart.accuracy.undefined == "no unit was rated by both");
  CHECK(apart.macro_f1.undefined == "no unit was rated by both");
  const auto all = table({1, 1, 2, 2}, 2);
  CHECK_THROWS_WITH_AS(qa::rater_against_gold(all, "1", "1"),
                       "rater: the gold standard is compared with itself", qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::rater_against_gold(all, "gold", "1"), "gold: \"gold\" is no rater of this table",
                       qa::argument_error);
}

TEST_CASE("95 % limits against gold hold in 95 of 100 samples" * doctest::test_suite("simulation")) {
  std::mt19937_64 engine(5);
  const auto whole = qa::rater_against_gold(table(simulated(engine, 400'000, {0.0, 0.35}, 0.0), 2), "1", "2");
  constexpr int runs = 1500;
  int accuracy = 0, f1 = 0, balanced = 0, matthews = 0, recall = 0;
  for (int run = 0; run < runs; ++run) {
    const auto found = qa::rater_against_gold(table(simulated(engine, 150, {0.0, 0.35}, 0.0), 2), "1", "2");
    const auto held = [](const qa::estimate& e, const qa::estimate& truth) {
      return e.low <= truth.value && truth.value <= e.high ? 1 : 0;
    };
    accuracy += held(found.accuracy, whole.accuracy);
    recall += held(found.sensitivity[2], whole.sensitivity[2]);
    f1 += held(found.macro_f1, whole.macro_f1);
    balanced += held(found.balanced_accuracy, whole.balanced_accuracy);
    matthews += held(found.matthews, whole.matthews);
  }
  for (const int held : {accuracy, recall, f1, balanced, matthews}) {
    CHECK(held >= 0.932 * runs);
    CHECK(held <= 0.970 * runs);
  }
}

TEST_CASE("the proportional reduction of the error has its printed example, and knows what it cannot say") {
  const auto single = table({1, 2, 2, 3, 5, 5}, 2);
  const auto found = qa::prmse(single, "1", {.variance_of_errors = 0.5});
  CHECK(close_to(found.value, 0.9090909090909091, 1e-14));
  CHECK(qa::prmse(single, "1").undefined ==
        "no unit has two of the others' ratings: the variance of their errors is unknown");
  CHECK(qa::prmse(table({1, 2, 3, 2, 3, 2}, 3), "1").undefined ==
        "the others' ratings differ no more between units than within");
  CHECK_THROWS_WITH_AS(qa::prmse(single, "1", {.variance_of_errors = -1.0}),
                       "variance_of_errors: expected a number >= 0 but found -1", qa::argument_error);
  // Stable at an offset.
  const std::vector<double> small{1, 1, 2, 3, 3, 3, 4, 4, 5, 2, 2, 2, 5, 4, 3};
  std::vector<double> far = small;
  for (double& x : far)
    x += 1e9;
  CHECK(close_to(qa::prmse(table(far, 3), "1").value, qa::prmse(table(small, 3), "1").value, 1e-9));
}

TEST_CASE("the error's reduction has the derivatives in the weights, and limits that hold") {
  std::mt19937_64 engine(7);
  const auto simulate = [&](std::size_t units) {
    std::vector<double> out;
    for (std::size_t u = 0; u < units; ++u) {
      const double truth = qa::test::normal(engine);
      out.push_back(10.0 + truth + 0.5 * qa::test::normal(engine));
      for (int r = 0; r < 3; ++r)
        out.push_back(qa::test::uniform(engine) < 0.2 ? 0.0 : 10.0 + truth + 0.7 * qa::test::normal(engine));
    }
    return out;
  };
  const auto ratings = table(simulate(50), 4);
  std::vector<double> weights;
  for (int u = 0; u < 50; ++u)
    weights.push_back(0.5 + qa::test::uniform(engine));
  const weighted design(weights);
  const auto found = qa::prmse(ratings, "1", {}, &design.view);
  const auto value = [&](const std::vector<double>& w) {
    const weighted other(w);
    return qa::prmse(ratings, "1", {}, &other.view).value;
  };
  CHECK(close_to(found.std_error, by_differences(50, weights, value, 50.0), 1e-6));
  constexpr int runs = 1500;
  int held = 0;
  for (int run = 0; run < runs; ++run) {
    const auto one = qa::prmse(table(simulate(200), 4), "1");
    held += one.low <= 0.75 && 0.75 <= one.high ? 1 : 0; // 1 - 0.5^2 / 1
  }
  CHECK(held >= 0.93 * runs);
  CHECK(held <= 0.97 * runs);
}

TEST_CASE("Dawid and Skene's model finds the raters behind simulated ratings") {
  std::mt19937_64 engine(9);
  const std::vector<double> errs{0.1, 0.3, 0.5, 0.2};
  const auto ratings = table(simulated(engine, 6000, errs, 0.2), 4, {1, 2, 3});
  const auto found = qa::dawid_skene(ratings, {.seed = qa::seed{1}});
  CHECK(found.runs[found.best].converged);
  CHECK(found.agreeing == 10);
  for (std::size_t r = 0; r < 4; ++r)
    CHECK(close_to(found.accuracy[r], 1.0 - errs[r] * 2.0 / 3.0, 0.03));
  const double first = std::pow(1.0 / 3.0, 1.0 / 1.5);
  CHECK(close_to(found.prior[0], first, 0.04));
  // EM's fixed point: another start and another order of units give the same.
  const auto again = qa::dawid_skene(ratings, {.seed = qa::seed{2}, .starts = 3});
  for (std::size_t i = 0; i < found.confusion.size(); ++i)
    CHECK(close_to(again.confusion[i], found.confusion[i], 1e-6));
}

TEST_CASE("the consensus model says what it cannot know") {
  const auto none = qa::rating_table::from_matrix(std::vector<double>(4, qa::missing_value), 2);
  CHECK(qa::dawid_skene(none, {.seed = qa::seed{1}}).undefined == "there is no rating");
  const auto alike = qa::dawid_skene(table({2, 2, 2, 2}, 2), {.seed = qa::seed{1}});
  CHECK(alike.prior == std::vector<double>{1.0});
  const auto gaps = table({1, 1, 0, 0, 2, 2, 1, 1, 2, 2}, 2);
  const auto gap = qa::dawid_skene(gaps, {.seed = qa::seed{1}});
  CHECK(std::isnan(gap.posterior[gap.categories * gaps.view().profile_of(1)]));
  CHECK(gap.prior == std::vector<double>{0.5, 0.5});
  const auto cut = qa::dawid_skene(table({1, 2, 2, 2, 1, 1, 2, 1}, 2),
                                   {.seed = qa::seed{1}, .starts = 1, .iterations = 2});
  CHECK(!cut.runs[0].converged);
  CHECK(cut.runs[0].iterations == 2);
  CHECK_THROWS_WITH_AS(qa::dawid_skene(table({1, 2}, 2), {.seed = qa::seed{1}, .starts = 0}),
                       "starts: expected 1 or more but found 0", qa::argument_error);
}
