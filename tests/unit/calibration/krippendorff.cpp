// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/krippendorff.hpp>

#include "close_to.hpp"
#include "random.hpp"
#include "tables.hpp"

#include <array>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using qa::level;

namespace {
const std::array<level, 4> all_levels{level::nominal, level::ordinal, level::interval, level::ratio};

qa::kernel::linearised_agreement alpha(const qa::rating_table& table, level of,
                                       const std::vector<double>& w = {}) {
  return qa::kernel::linearised_alpha(table.view(), of, w);
}

/// Krippendorff's own formula, by the definition: 1 - (N - 1) sum o_ck d_ck / sum n_c n_k d_ck, each distance
/// from the margins as printed. Slow on purpose.
double by_definition(const qa::rating_table& table, level of) {
  const auto view = table.view();
  const std::size_t q = view.categories();
  std::vector<double> o(q * q, 0.0), n(q, 0.0);
  for (std::size_t u = 0; u < view.units; ++u) {
    const auto codes = view.of(view.profile_of(u));
    for (std::size_t j = 0; j < codes.size() && codes.size() > 1; ++j) {
      n[codes[j]] += 1.0;
      for (std::size_t k = 0; k < codes.size(); ++k)
        if (j != k)
          o[codes[j] * q + codes[k]] += 1.0 / static_cast<double>(codes.size() - 1);
    }
  }
  double total = 0.0, seen = 0.0, chance = 0.0;
  for (const double x : n)
    total += x;
  for (std::size_t c = 0; c < q; ++c)
    for (std::size_t k = 0; k < q; ++k) {
      double d = c == k ? 0.0 : 1.0;
      const double x = view.value[c], y = view.value[k];
      if (of == level::interval)
        d = (x - y) * (x - y);
      if (of == level::ratio)
        d = x + y == 0.0 ? 0.0 : (x - y) * (x - y) / ((x + y) * (x + y));
      if (of == level::ordinal) {
        double between = -0.5 * (n[c] + n[k]);
        for (std::size_t g = std::min(c, k); g <= std::max(c, k); ++g)
          between += n[g];
        d = c == k ? 0.0 : between * between;
      }
      seen += o[c * q + k] * d;
      chance += n[c] * n[k] * d;
    }
  return 1.0 - (total - 1.0) * seen / chance;
}
} // namespace

TEST_CASE("alpha of Krippendorff's example C at every level") {
  // Krippendorff (2011) prints .743, .815, .849, .797; digits by fast-krippendorff 0.8.3.
  const auto table = tables::of(tables::krippendorff_c, 4);
  CHECK(close_to(qa::krippendorff_alpha(table, {.level = level::nominal}).value, 0.743421052631579, 1e-14));
  CHECK(close_to(qa::krippendorff_alpha(table, {.level = level::ordinal}).value, 0.8153875037548814, 1e-14));
  CHECK(close_to(qa::krippendorff_alpha(table, {.level = level::interval}).value, 0.8491071428571428, 1e-14));
  CHECK(close_to(qa::krippendorff_alpha(table, {.level = level::ratio}).value, 0.7974027747116121, 1e-14));
}

TEST_CASE("without a level alpha is on the one that the ratings show") {
  const auto whole = tables::of(tables::krippendorff_c, 4);
  CHECK(qa::krippendorff_alpha(whole).value ==
        qa::krippendorff_alpha(whole, {.level = level::ordinal}).value);
  const auto scores = tables::of({0.62, 0.61, 0.80, 0.84, 0.91, 0.90, 0.75, 0.70}, 2);
  const double interval = qa::krippendorff_alpha(scores, {.level = level::interval}).value;
  CHECK(qa::krippendorff_alpha(scores).value == interval);
  CHECK(close_to(qa::krippendorff_alpha(scores, {.level = level::nominal}).value, 0.0,
                 1e-14)); // no two are equal
  CHECK(interval > 0.9);
}

TEST_CASE("alpha is the definition's on a full and a gappy table") {
  for (const auto& table : {tables::of(tables::krippendorff_c, 4), tables::of(tables::anxiety, 3),
                            tables::of({1, 1, 2, 2, 2, 9, 9, 9, 7, 0, 7, 8}, 3)})
    for (const level of : all_levels)
      CHECK(close_to(alpha(table, of).value, by_definition(table, of), 1e-13));
  // Complete data, three raters: right values of the anxiety table, where irr's kripp.alpha errs.
  CHECK(close_to(alpha(tables::of(tables::anxiety, 3), level::interval).value, 0.1701, 0, 5e-5));
  CHECK(close_to(alpha(tables::of(tables::anxiety, 3), level::nominal).value, -0.0237, 0, 5e-5));
}

TEST_CASE("alpha with category weights and Gwet's standard error is irrCAC's for raw ratings") {
  const auto table = tables::of(tables::krippendorff_c, 4, {1, 2, 3, 4, 5});
  struct reference {
    qa::category_weight weights;
    double value, std_error, low;
  };
  // irrCAC 1.4 on R 4.2.2, krippen.alpha.raw.
  for (const auto& expected :
       {reference{qa::category_weight::identity, 0.743421052631579, 0.145478717222199, 0.423224554916351},
        reference{qa::category_weight::linear, 0.800383877159309, 0.13538360890867, 0.502406563031677},
        reference{qa::category_weight::ordinal, 0.833638025594149, 0.130987596253533, 0.545336270084049},
        reference{qa::category_weight::quadratic, 0.849107142857144, 0.129051199944227, 0.565067366887881},
        reference{qa::category_weight::radical, 0.771981312138564, 0.139514727819243, 0.464911466594185},
        reference{qa::category_weight::ratio, 0.797402774711612, 0.140360385074878, 0.488471650097058},
        reference{qa::category_weight::circular, 0.789980267899151, 0.140936404214065, 0.479781333707317},
        reference{qa::category_weight::bipolar, 0.834990520023737, 0.128040281983412, 0.553175759484297}}) {
    const auto found = qa::krippendorff_alpha(
        table, {.weights = expected.weights, .std_error = qa::agreement_std_error::gwet});
    CHECK(close_to(found.value, expected.value, 1e-12));
    CHECK(close_to(found.std_error, expected.std_error, 1e-12));
    CHECK(close_to(found.low, expected.low, 1e-12));
    CHECK(found.df == 11);
    // The exact one: 1 - 1/40 times that, and paired units only.
    const auto exact = qa::krippendorff_alpha(table, {.weights = expected.weights});
    CHECK(close_to(exact.std_error, expected.std_error * (1.0 - 1.0 / 40.0), 1e-12));
    CHECK(exact.df == 10);
    CHECK(exact.n == 11);
  }
}

TEST_CASE("levels are category weights where the distances are the same") {
  const auto table = tables::of(tables::krippendorff_c, 4);
  const auto same = [&](level of, qa::category_weight weights) {
    const auto a = qa::krippendorff_alpha(table, {.level = of});
    const auto b = qa::krippendorff_alpha(table, {.weights = weights});
    CHECK(close_to(a.value, b.value, 1e-13));
    CHECK(close_to(a.std_error, b.std_error, 1e-13));
  };
  same(level::nominal, qa::category_weight::identity);
  same(level::interval, qa::category_weight::quadratic);
  same(level::ratio, qa::category_weight::ratio);
}

TEST_CASE("influence values of alpha are the derivatives in the unit weights at every level") {
  const auto table = tables::of(tables::krippendorff_c, 4);
  const std::vector<double> weights{1, 2.5, 0.7, 1, 3, 1.2, 0.4, 1, 2, 1, 1.9, 0.6};
  for (const level of : all_levels) {
    CAPTURE(static_cast<int>(of));
    const auto at = alpha(table, of, weights);
    double sum = 0.0;
    for (std::size_t u = 0; u < weights.size(); ++u) {
      constexpr double h = 1e-5;
      auto up = weights, down = weights;
      up[u] += h;
      down[u] -= h;
      const double slope = (alpha(table, of, up).value - alpha(table, of, down).value) / (2.0 * h);
      CHECK(close_to(at.influence[u], slope, 1e-6, 1e-9));
      sum += weights[u] * at.influence[u];
    }
    CHECK(std::abs(sum) < 1e-14);
    CHECK(at.influence[11] == 0.0); // one rating: no part
  }
}

TEST_CASE("the standard error of alpha is the jackknife's to first order at every level") {
  std::vector<double> matrix;
  unsigned state = 11;
  const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
  for (int u = 0; u < 300; ++u) {
    const double truth = 1.0 + next() % 5;
    for (int r = 0; r < 4; ++r)
      matrix.push_back(next() % 5 == 0 ? 0.0 : (next() % 3 == 0 ? 1.0 + next() % 5 : truth));
  }
  for (const level of : all_levels) {
    const auto value = [&](const std::vector<double>& rows) { return alpha(tables::of(rows, 4), of).value; };
    const auto found = qa::krippendorff_alpha(tables::of(matrix, 4), {.level = of});
    CHECK(close_to(found.std_error, tables::jackknife(matrix, 4, value), 0.01));
  }
}

TEST_CASE(
    "interval alpha does not lose digits at an offset of 1e9, and does not change with shift or scale") {
  std::vector<double> shifted, scaled;
  for (const double x : tables::krippendorff_c) {
    shifted.push_back(x == 0.0 ? 0.0 : 1e9 + x);
    scaled.push_back(-0.125 * x);
  }
  const auto plain =
      qa::krippendorff_alpha(tables::of(tables::krippendorff_c, 4), {.level = level::interval});
  const auto far = qa::krippendorff_alpha(tables::of(shifted, 4), {.level = level::interval});
  const auto turned = qa::krippendorff_alpha(tables::of(scaled, 4), {.level = level::interval});
  CHECK(close_to(far.value, plain.value, 1e-13));
  CHECK(close_to(far.std_error, plain.std_error, 1e-13));
  CHECK(close_to(turned.value, plain.value, 1e-13));
}

TEST_CASE("nominal alpha does not change when categories are renamed, ordinal when they are stretched") {
  std::vector<double> renamed, stretched;
  const double names[] = {0, 4, 1, 5, 2, 3};
  for (const double x : tables::krippendorff_c) {
    renamed.push_back(names[static_cast<std::size_t>(x)]);
    stretched.push_back(x * x * x);
  }
  const auto table = tables::of(tables::krippendorff_c, 4);
  CHECK(close_to(alpha(tables::of(renamed, 4), level::nominal).value, alpha(table, level::nominal).value,
                 1e-14));
  CHECK(close_to(alpha(tables::of(stretched, 4), level::ordinal).value, alpha(table, level::ordinal).value,
                 1e-14));
}

TEST_CASE("alpha does not change when all weights are multiplied, and counts the ratings that were made") {
  const auto table = tables::of(tables::krippendorff_c, 4);
  for (const level of : all_levels)
    CHECK(close_to(alpha(table, of, std::vector<double>(12, 250.0)).value, alpha(table, of).value, 1e-14));
}

TEST_CASE("a near-constant table has alpha 0, a constant one none") {
  // Data of a user's question to fast-krippendorff (issue 11): 5 raters x 5 units, one disagreement.
  const auto table =
      tables::of({3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 3, 3, 0, 3, 3, 3, 3, 0, 3, 3, 3, 3, 3, 1, 3}, 5);
  CHECK(std::abs(alpha(table, level::nominal).value) < 1e-12);
  for (const level of : all_levels)
    CHECK(alpha(tables::of({3, 3, 3, 3}, 2), of).undefined ==
          "all ratings are in one category: no disagreement to expect by chance");
  CHECK(alpha(tables::of({1, 0, 0, 2}, 2), level::interval).undefined == "no unit has two ratings");
}

TEST_CASE("text categories need a declared order above nominal, and have no intervals") {
  struct row {
    const char *unit, *rater, *rating;
  };
  const std::vector<row> rows{{"a", "x", "good"}, {"a", "y", "good"}, {"b", "x", "bad"}, {"b", "y", "fair"}};
  const auto found = qa::rating_table::from(rows, &row::unit, &row::rater, &row::rating);
  CHECK(qa::krippendorff_alpha(found).value ==
        qa::krippendorff_alpha(found, {.level = level::nominal}).value);
  CHECK_THROWS_AS(qa::krippendorff_alpha(found, {.level = level::ordinal}), qa::argument_error);
  CHECK_THROWS_AS(qa::krippendorff_alpha(found, {.weights = qa::category_weight::linear}),
                  qa::argument_error);
  const auto declared = qa::rating_table::from(rows, &row::unit, &row::rater, &row::rating,
                                               {.labels = {"bad", "fair", "good"}});
  CHECK(qa::krippendorff_alpha(declared).value ==
        qa::krippendorff_alpha(declared, {.level = level::ordinal}).value);
  CHECK_THROWS_AS(qa::krippendorff_alpha(declared, {.level = level::interval}), qa::argument_error);
  CHECK_THROWS_AS(qa::krippendorff_alpha(tables::of({-1, 2, 1, 1}, 2, {}, 0.0), {.level = level::ratio}),
                  qa::argument_error);
}

TEST_CASE("ratio alpha of many distinct values is the sum over all pairs, near to each other or far apart, "
          "with zeros") {
  std::mt19937_64 engine(51);
  struct spread {
    double base, factor; ///< values base * exp(factor * u), u from 0 to 1
  };
  for (const spread& s : {spread{100.0, 1e-9}, spread{100.0, 0.01}, spread{1.0, 3.0}, spread{1e-3, 30.0},
                          spread{1e-300, 1300.0}})
    for (const double zeros : {0.0, 0.1}) {
      CAPTURE(s.factor);
      std::vector<double> matrix;
      for (int u = 0; u < 300; ++u) {
        const double truth = qa::test::uniform(engine);
        for (int r = 0; r < 2; ++r)
          matrix.push_back(
              qa::test::uniform(engine) < zeros
                  ? 0.0
                  : std::exp(std::log(s.base) + s.factor * (0.9 * truth + 0.1 * qa::test::uniform(engine))));
      }
      const auto far = [](double x, double y) {
        return x == y ? 0.0 : (x - y) / (x + y) * ((x - y) / (x + y));
      };
      double seen = 0.0, chance = 0.0;
      for (std::size_t u = 0; u < 300; ++u)
        seen += 2.0 * far(matrix[2 * u], matrix[2 * u + 1]);
      for (const double x : matrix)
        for (const double y : matrix)
          chance += far(x, y);
      const double alpha = 1.0 - 599.0 * seen / chance;
      const auto found = qa::krippendorff_alpha(tables::of(matrix, 2, {}, -1.0), {.level = qa::level::ratio});
      CHECK(close_to(1.0 - found.value, 1.0 - alpha, 2e-12));
      CHECK(found.categories >= 256);
    }
}
