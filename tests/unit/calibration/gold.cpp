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

namespace {

/// The inverse of a symmetric matrix above 0, by Gauss and Jordan.
std::vector<std::vector<double>> inverse_of(std::vector<std::vector<double>> a) {
  const std::size_t n = a.size();
  std::vector<std::vector<double>> out(n, std::vector<double>(n, 0.0));
  for (std::size_t i = 0; i < n; ++i)
    out[i][i] = 1.0;
  for (std::size_t i = 0; i < n; ++i) {
    const double pivot = a[i][i];
    for (std::size_t c = 0; c < n; ++c) {
      a[i][c] /= pivot;
      out[i][c] /= pivot;
    }
    for (std::size_t r = 0; r < n; ++r)
      if (const double times = a[r][i]; r != i)
        for (std::size_t c = 0; c < n; ++c) {
          a[r][c] -= times * a[i][c];
          out[r][c] -= times * out[i][c];
        }
  }
  return out;
}

/// Log-likelihood of Dawid and Skene's model; p: all probabilities, q shares first, then raters x true x said.
double likelihood_of(const qa::rating_view& ratings, const std::vector<double>& p, std::size_t q) {
  double out = 0.0;
  for (std::size_t u = 0; u < ratings.profiles(); ++u) {
    double sum = 0.0;
    for (std::size_t k = 0; k < q; ++k) {
      double product = p[k];
      for (std::size_t i = ratings.begin[u]; i < ratings.begin[u + 1]; ++i)
        product *= p[q + (ratings.rater[i] * q + k) * q + ratings.code[i]];
      sum += product;
    }
    out += ratings.multiplicity[u] * std::log(sum);
  }
  return out;
}

/// Standard errors of all probabilities from second differences of the log-likelihood.
std::vector<double> errors_by_differences(const qa::rating_view& ratings, const std::vector<double>& p,
                                          std::size_t q) {
  const std::size_t rows = p.size() / q, free = rows * (q - 1);
  constexpr double h = 1e-4;
  const auto moved = [&](std::size_t i, double by,
                         std::vector<double> at) { // the last of a row makes up for it
    const std::size_t row = i / (q - 1);
    at[row * q + i % (q - 1)] += by;
    at[row * q + q - 1] -= by;
    return at;
  };
  std::vector<std::vector<double>> information(free, std::vector<double>(free));
  for (std::size_t i = 0; i < free; ++i)
    for (std::size_t j = 0; j <= i; ++j) {
      const auto at = [&](double a, double b) {
        return likelihood_of(ratings, moved(i, a, moved(j, b, p)), q);
      };
      information[i][j] = information[j][i] =
          -(at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4.0 * h * h);
    }
  const auto covariance = inverse_of(information);
  std::vector<double> out;
  for (std::size_t row = 0; row < rows; ++row) {
    double last = 0.0;
    for (std::size_t l = 0; l + 1 < q; ++l) {
      const std::size_t i = row * (q - 1) + l;
      out.push_back(std::sqrt(covariance[i][i]));
      for (std::size_t m = 0; m + 1 < q; ++m)
        last += covariance[i][row * (q - 1) + m];
    }
    out.push_back(std::sqrt(last));
  }
  return out;
}

/// Units of two categories, the second of a share, rated by raters who are right with the given probabilities.
std::vector<double> two_kinds(std::mt19937_64& engine, std::size_t units, double share,
                              const std::vector<double>& right) {
  std::vector<double> out;
  for (std::size_t u = 0; u < units; ++u) {
    const bool second = qa::test::uniform(engine) < share;
    for (const double p : right)
      out.push_back((qa::test::uniform(engine) < p) == second ? 2.0 : 1.0);
  }
  return out;
}

} // namespace

TEST_CASE("the errors of the consensus model are those of the likelihood's second differences") {
  // Pleural thickening by three readers (Dayton 1998, table 3.2), a two-class model with its published probabilities.
  const std::vector<int> counts{1513, 23, 59, 12, 21, 19, 11, 34};
  std::vector<double> readings;
  for (std::size_t cell = 0; cell < 8; ++cell)
    for (int i = 0; i < counts[cell]; ++i)
      for (const std::size_t shift : {2u, 1u, 0u})
        readings.push_back((cell >> shift & 1u) != 0 ? 2.0 : 1.0);
  const auto pleural = table(readings, 3);
  const auto published = qa::dawid_skene(pleural, {.seed = qa::seed{1}, .tolerance = 1e-13});
  CHECK(close_to(published.runs[published.best].log_likelihood, -891.14280, 1e-7));
  const std::vector<double> printed{0.9455, 0.0545, 0.9900, 0.0100, 0.2510, 0.7490, 0.9646,
                                    0.0354, 0.3566, 0.6434, 0.9891, 0.0109, 0.2350, 0.7650};
  std::vector<double> all = published.prior;
  all.insert(all.end(), published.confusion.begin(), published.confusion.end());
  for (std::size_t i = 0; i < printed.size(); ++i)
    CHECK(std::abs(all[i] - printed[i]) < 1.6e-4); // printed to four digits where EM had stopped at 1e-6
  double exact = 0.0;
  for (const int n : counts)
    exact += n * std::log(n / 1692.0);
  CHECK(close_to(published.runs[published.best].log_likelihood, exact, 1e-12));
  // With as many probabilities as shares of answers the model fits exactly: the delta method from the counts.
  const auto agrees = [](const qa::dawid_skene_result& found, const qa::rating_view& view) {
    std::vector<double> p = found.prior;
    p.insert(p.end(), found.confusion.begin(), found.confusion.end());
    const std::vector<double> errors = errors_by_differences(view, p, found.categories);
    for (std::size_t k = 0; k < found.categories; ++k)
      CHECK(close_to(found.shares[k].std_error, errors[k], 1e-4));
    for (std::size_t i = 0; i < found.confusions.size(); ++i)
      CHECK(close_to(found.confusions[i].std_error, errors[found.categories + i], 1e-4));
  };
  agrees(published, pleural.view());
  CHECK(published.accuracies[0].n == 1692);

  std::mt19937_64 engine(10);
  const auto gaps = table(simulated(engine, 900, {0.3, 0.45, 0.5, 0.4}, 0.2), 4, {1, 2, 3});
  const auto three = qa::dawid_skene(gaps, {.seed = qa::seed{1}, .starts = 1, .tolerance = 1e-12});
  agrees(three, gaps.view());
  // Accuracy by the chain rule, against the same likelihood's differences along it.
  CHECK(three.accuracies[1].std_error > 0.0);
  CHECK(three.accuracies[1].value == three.accuracy[1]);
}

TEST_CASE("limits of the consensus model hold in 95 of 100 samples" * doctest::test_suite("simulation")) {
  std::mt19937_64 engine(11);
  const std::vector<double> right{0.9, 0.8, 0.85, 0.75, 0.7};
  constexpr int runs = 1000;
  std::vector<int> held(4, 0);
  for (int run = 0; run < runs; ++run) {
    const auto found = qa::dawid_skene(table(two_kinds(engine, 400, 0.4, right), 5, {1, 2}),
                                       {.seed = qa::seed{1}, .starts = 1, .tolerance = 1e-9});
    const auto in = [](const qa::estimate& e, double truth) {
      return e.low <= truth && truth <= e.high ? 1 : 0;
    };
    held[0] += in(found.shares[1], 0.4);
    held[1] += in(found.accuracies[0], 0.9);
    held[2] += in(found.accuracies[4], 0.7);
    held[3] += in(found.confusions[(1 * 2 + 1) * 2 + 1], 0.8);
  }
  for (const int count : held) {
    CHECK(count >= 0.93 * runs);
    CHECK(count <= 0.97 * runs);
  }
}

TEST_CASE("the consensus model says where it has no limits") {
  std::mt19937_64 engine(12);
  const auto two = table(two_kinds(engine, 200, 0.5, {0.8, 0.7}), 2, {1, 2});
  const auto unknown = qa::dawid_skene(two, {.seed = qa::seed{1}, .starts = 1});
  CHECK(unknown.accuracies[0].undefined ==
        "the ratings do not tell the probabilities apart: other values fit as well");
  CHECK(std::isnan(unknown.shares[0].std_error));
  CHECK(unknown.accuracies[0].value == unknown.accuracy[0]);
  // Raters who never differ are on the border, and their consensus is the share of what they say.
  const auto sure = qa::dawid_skene(table({1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}, 4), {.seed = qa::seed{1}});
  CHECK(sure.accuracies[0].undefined == "the value lies on the border of its range: no interval");
  CHECK(close_to(sure.shares[0].std_error, std::sqrt(1.0 / 3.0 * 2.0 / 3.0 / 3.0), 1e-9));
  // Smoothing keeps them off it.
  const auto smooth = qa::dawid_skene(table({1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}, 4),
                                      {.seed = qa::seed{1}, .smoothing = 0.5});
  CHECK(smooth.accuracies[0].low < smooth.accuracy[0]);
  CHECK(smooth.accuracies[0].high < 1.0);
  const auto cut = qa::dawid_skene(two, {.seed = qa::seed{1}, .starts = 1, .iterations = 2});
  CHECK(cut.shares[0].undefined == "EM has not converged");
}

TEST_CASE("the consensus model does not believe what the ratings do not tell") {
  std::mt19937_64 engine(13);
  const qa::dawid_skene_options options{.seed = qa::seed{1}};
  // A category that nobody says is nobody's true one: it is no second name of another.
  const auto cells = two_kinds(engine, 120, 0.5, {0.8, 0.75, 0.7, 0.8});
  const auto declared = qa::dawid_skene(table(cells, 4, {1, 2, 3}), options);
  const auto found = qa::dawid_skene(table(cells, 4, {1, 2}), options);
  CHECK(declared.prior[2] == 0.0);
  CHECK(declared.runs[declared.best].log_likelihood == found.runs[found.best].log_likelihood);
  CHECK(declared.shares[0].low == found.shares[0].low);
  CHECK(declared.shares[2].undefined == "the value lies on the border of its range: no interval");
  CHECK(declared.accuracies[1].high == found.accuracies[1].high);
  CHECK(found.accuracies[1].low > 0.0);
  // Who is right and who is wrong is a name: of as many who are mostly wrong nobody can tell.
  const char* const names = "the ratings hardly say which category is which: with two names exchanged raters "
                            "would be right as often";
  const auto split = qa::dawid_skene(table(two_kinds(engine, 200, 0.5, {0.2, 0.25, 0.8, 0.75}), 4), options);
  CHECK(split.shares[0].undefined == names);
  CHECK(split.accuracies[2].undefined == names);
  CHECK(split.confusions[5].undefined == names);
  // A rater who rated units of one category only: how well another is seen by her is unknown.
  std::vector<double> easy;
  for (std::size_t u = 0; u < 90; ++u) {
    const double truth = u < 45 ? 1.0 : 2.0;
    for (std::size_t r = 0; r < 4; ++r)
      easy.push_back(u % 9 == 2 * r ? 3.0 - truth : truth);
    easy.push_back(u < 40 ? 1.0 : 0.0);
  }
  const auto one = qa::dawid_skene(table(easy, 5), options);
  CHECK(one.accuracies[0].low > 0.5);
  CHECK(one.accuracies[4].undefined ==
        "the rater is always right, or never, on a category: the error of that is unknown");
  // Sure raters of each category, of whom one saw the second one never.
  const auto apart = qa::dawid_skene(table({1, 1, 1, 1, 1, 1, 2, 2, 0, 2, 2, 0}, 3), options);
  CHECK(std::isnan(apart.confusion[(2 * 2 + 1) * 2]));
  CHECK(apart.confusions[(2 * 2 + 1) * 2].undefined == "the rater rated no unit that may be of the category");
  CHECK(std::isnan(apart.accuracy[2]));
  CHECK(apart.accuracies[2].undefined == "the rater rated no unit that may be of one of the categories");
  CHECK(apart.accuracy[1] == 1.0);
}

TEST_CASE("no exchange of names makes raters right more often, whatever start was best") {
  std::mt19937_64 engine(14);
  for (int run = 0; run < 30; ++run) {
    const auto ratings = table(simulated(engine, 60, {0.6, 0.7, 0.65}, 0.1), 3, {1, 2, 3});
    const auto found =
        qa::dawid_skene(ratings, {.seed = qa::seed{static_cast<std::uint64_t>(run)}, .tolerance = 1e-6});
    const auto& view = ratings.view();
    std::vector<double> count(9, 0.0); // true x said
    for (std::size_t p = 0; p < view.profiles(); ++p)
      for (std::size_t i = view.begin[p]; i < view.begin[p + 1]; ++i)
        for (std::size_t k = 0; k < 3; ++k)
          count[k * 3 + view.code[i]] += view.multiplicity[p] * found.posterior[p * 3 + k];
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t l = 0; l < k; ++l)
        CHECK(count[k * 3 + k] + count[l * 3 + l] >= (1.0 - 1e-8) * (count[k * 3 + l] + count[l * 3 + k]));
  }
}

TEST_CASE("limits that leave out a maximum which fits nearly as well are none") {
  std::mt19937_64 engine(15);
  int left_out = 0;
  for (int run = 0; run < 20; ++run) {
    const auto ratings = table(simulated(engine, 40, {0.3, 0.4, 0.5, 0.4}, 0.1), 4, {1, 2, 3});
    const auto several = qa::dawid_skene(ratings, {.seed = qa::seed{1}});
    for (std::size_t start = 1; start < several.runs.size(); ++start)
      CHECK(several.runs[start].log_likelihood <= several.runs[several.best].log_likelihood + 1e-6);
    for (const qa::estimate& e : several.confusions)
      left_out +=
          e.undefined == "another maximum of the likelihood, outside of the limits, fits nearly as well" ? 1
                                                                                                         : 0;
  }
  CHECK(left_out > 0);
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
  std::vector<double> distinct;
  for (int i = 0; i < 10'000; ++i)
    distinct.push_back(i + 1);
  CHECK_THROWS_WITH_AS(
      qa::dawid_skene(table(distinct, 2), {.seed = qa::seed{1}}),
      "ratings: the model has a number for each rater and two categories, and for each unit and category: "
      "expected at most 100 million but found 250000000 with 10000 categories; measurements are compared "
      "by concordance",
      qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::dawid_skene(table({1, 2}, 2), {.seed = qa::seed{1}, .starts = 0}),
                       "starts: expected 1 or more but found 0", qa::argument_error);
}
