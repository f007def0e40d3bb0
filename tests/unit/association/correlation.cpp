// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {

struct pair_row {
  double score;
  std::optional<double> csat;
  double weight = 1;
  int stratum = 0, agent = 0;
};

// QA scores and CSAT with ties on both sides.
const std::vector<pair_row> twelve{{62, 3}, {71, 3}, {75, 4}, {58, 2}, {88, 5}, {90, 4},
                                   {67, 3}, {79, 4}, {83, 4}, {95, 5}, {70, 2}, {64, 3}};

std::vector<pair_row> many(std::size_t n, std::uint64_t start) {
  std::mt19937_64 engine(start);
  std::vector<pair_row> out;
  for (std::size_t i = 0; i < n; ++i) {
    const double score = static_cast<double>(engine() % 40);
    const double csat =
        std::clamp(std::floor(score / 12 + static_cast<double>(engine() % 300) / 100.0), 1.0, 5.0);
    out.push_back({score, csat, 1.0 + static_cast<double>(engine() % 70) / 10.0, static_cast<int>(i % 3),
                   static_cast<int>(i % 12)});
  }
  return out;
}

struct columns {
  std::vector<double> x, y, w;
  explicit columns(const std::vector<pair_row>& rows) {
    for (const auto& r : rows) {
      x.push_back(r.score);
      y.push_back(r.csat.value_or(qa::missing_value));
      w.push_back(r.weight);
    }
  }
  qa::design_view view(std::span<const double> weight) const {
    qa::design_view out = qa::independent_units(x.size());
    out.weight = weight;
    return out;
  }
};

auto independent(const std::vector<pair_row>& rows) {
  return qa::sample_design::independent(rows.size());
}

} // namespace

TEST_CASE("Pearson's r, its interval and test are those of SciPy") {
  // SciPy 1.17.1: pearsonr(x, y), .confidence_interval(0.95).
  const auto r = qa::pearson(independent(twelve), twelve, &pair_row::score, &pair_row::csat);
  CHECK(close_to(r.value, 0.8709059258524542, 1e-14));
  CHECK(close_to(r.low, 0.593788107475511, 1e-13));
  CHECK(close_to(r.high, 0.9633242758475035, 1e-13));
  CHECK(close_to(r.test.p_value, 0.000226451952486583, 1e-11));
  CHECK(r.test.df1 == 10);
  CHECK(r.n == 12);
  CHECK(r.interval_method == "Fisher z");
  CHECK(r.method == "Pearson correlation, independent rows");
}

TEST_CASE("Spearman's rho and its test are those of SciPy, the interval Bonett and Wright's") {
  // SciPy 1.17.1: spearmanr(x, y).
  const auto r = qa::spearman(independent(twelve), twelve, &pair_row::score, &pair_row::csat);
  CHECK(close_to(r.value, 0.8734262934822937, 1e-14));
  CHECK(close_to(r.test.p_value, 0.00020610049833964084, 1e-11));
  const double half = 1.959963984540054 * std::sqrt((1 + r.value * r.value / 2) / 9);
  CHECK(close_to(r.low, std::tanh(std::atanh(r.value) - half), 1e-14));
  CHECK(close_to(r.high, std::tanh(std::atanh(r.value) + half), 1e-14));
  CHECK(r.interval_method == "Fisher z, Bonett-Wright");
}

TEST_CASE("Kendall's tau-b and its test with ties are those of SciPy") {
  // SciPy 1.17.1: kendalltau(x, y, method="asymptotic").
  const auto r = qa::kendall(independent(twelve), twelve, &pair_row::score, &pair_row::csat);
  CHECK(close_to(r.value, 0.7510676161988108, 1e-14));
  CHECK(close_to(r.test.p_value, 0.0015537219731049162, 1e-11));
  CHECK(std::isinf(r.test.df1));
  CHECK(r.interval_method == "Fisher z, t");
  const auto fieller = qa::kendall(independent(twelve), twelve, &pair_row::score, &pair_row::csat,
                                   {.interval = qa::correlation_interval::closed_form});
  const double half = 1.959963984540054 * std::sqrt(0.437 / 8);
  CHECK(close_to(fieller.low, std::tanh(std::atanh(r.value) - half), 1e-14));
}

TEST_CASE("tau-b by running totals is what comparing every pair gives, either way round") {
  for (const std::size_t n : {5u, 40u, 1500u})
    for (const bool weighted : {true, false})
      for (const std::size_t y_levels : {3u, 8u, 9u}) { // counts at up to 8 levels take another way than more
        auto rows = many(n, n);
        std::mt19937_64 engine(n);
        for (auto& r : rows) {
          if (n > 1000) // more levels than the small table holds, on one side
            r.score = static_cast<double>(engine() % 100000) / 7.0;
          r.csat = static_cast<double>(engine() % y_levels);
        }
        columns c(rows);
        if (!weighted)
          std::ranges::fill(c.w, 1.0);
        double score = 0, x = 0, y = 0;
        for (std::size_t i = 0; i < n; ++i)
          for (std::size_t j = 0; j < n; ++j) {
            const double w = c.w[i] * c.w[j];
            const int sx = (c.x[i] > c.x[j]) - (c.x[i] < c.x[j]), sy = (c.y[i] > c.y[j]) - (c.y[i] < c.y[j]);
            score += w * sx * sy;
            x += w * sx * sx;
            y += w * sy * sy;
          }
        const std::span<const double> weights =
            weighted ? std::span<const double>{c.w} : std::span<const double>{};
        const auto tau = qa::kernel::kendall(c.view(weights), c.x, c.y),
                   turned = qa::kernel::kendall(c.view(weights), c.y, c.x);
        CHECK(close_to(tau.value, score / std::sqrt(x * y), 1e-12));
        CHECK(tau.value == turned.value);
        CHECK(tau.influence == turned.influence);
      }
}

TEST_CASE("a unit of weight 3 counts as three units, in the value and in the influence") {
  const std::vector<pair_row> rows = many(30, 1);
  std::vector<pair_row> repeated;
  std::vector<double> weight;
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    weight.push_back(static_cast<double>(1 + i % 4));
    first.push_back(repeated.size());
    repeated.insert(repeated.end(), 1 + i % 4, rows[i]);
  }
  const columns few(rows), full(repeated);
  for (const auto of : {qa::kernel::pearson, qa::kernel::spearman, qa::kernel::kendall}) {
    const auto a = of(few.view(weight), few.x, few.y),
               b = of(qa::independent_units(full.x.size()), full.x, full.y);
    CHECK(close_to(a.value, b.value, 1e-13));
    for (std::size_t i = 0; i < rows.size(); ++i)
      CHECK(close_to(a.influence[i], b.influence[first[i]], 1e-11, 1e-15));
  }
}

TEST_CASE("influence values are the derivatives in the weights, also through the ranks of others") {
  auto rows = many(45, 2);
  rows[5].csat.reset();
  const columns c(rows);
  for (const auto of : {qa::kernel::pearson, qa::kernel::spearman, qa::kernel::kendall}) {
    const qa::linearised r = of(c.view(c.w), c.x, c.y);
    double zero = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<double> up = c.w, down = c.w;
      up[i] += 1e-4;
      down[i] -= 1e-4;
      const double slope = (of(c.view(up), c.x, c.y).value - of(c.view(down), c.x, c.y).value) / 2e-4;
      CHECK(close_to(r.influence[i], slope, 1e-6, 1e-10));
      zero += c.w[i] * r.influence[i];
    }
    CHECK(r.influence[5] == 0.0);
    CHECK(close_to(zero, 0.0, 0.0, 1e-14));
  }
}

TEST_CASE("the linearised standard error agrees with the delete-one jackknife") {
  const auto rows = many(200, 3);
  for (const auto method :
       {qa::correlation_method::pearson, qa::correlation_method::spearman, qa::correlation_method::kendall}) {
    const auto r = qa::correlate(independent(rows), rows, &pair_row::score, &pair_row::csat, method);
    std::vector<double> without;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto rest = rows;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      without.push_back(
          qa::correlate(independent(rest), rest, &pair_row::score, &pair_row::csat, method).value);
    }
    double mean = 0, squares = 0;
    for (const double v : without)
      mean += v / 200;
    for (const double v : without)
      squares += (v - mean) * (v - mean);
    CHECK(close_to(r.std_error, std::sqrt(squares * 199 / 200), 0.02)); // they differ in second order
  }
}

TEST_CASE("rank correlation does not change when a column is stretched, nor either with the order of rows") {
  auto rows = many(150, 4);
  const auto design = qa::design_builder(rows).weight(&pair_row::weight).build();
  const auto plain = qa::spearman(design, rows, &pair_row::score, &pair_row::csat);
  const auto stretched = qa::spearman(
      design, rows, [](const pair_row& r) { return std::exp(r.score / 5); }, &pair_row::csat);
  CHECK(plain.value == stretched.value);
  CHECK(plain.std_error == stretched.std_error);
  const auto line = qa::pearson(design, rows, &pair_row::score, &pair_row::csat);
  std::mt19937_64 engine(5);
  for (int k = 0; k < 5; ++k) {
    std::shuffle(rows.begin(), rows.end(), engine);
    const auto again = qa::design_builder(rows).weight(&pair_row::weight).build();
    CHECK(qa::spearman(again, rows, &pair_row::score, &pair_row::csat).value == plain.value);
    CHECK(qa::pearson(again, rows, &pair_row::score, &pair_row::csat).value == line.value);
    CHECK(qa::pearson(again, rows, &pair_row::score, &pair_row::csat).std_error == line.std_error);
  }
}

TEST_CASE("under a design interval and test agree, and clusters widen both") {
  const auto rows = many(120, 6);
  const auto flat = qa::design_builder(rows).stratum(&pair_row::stratum).weight(&pair_row::weight).build();
  const auto r = qa::pearson(flat, rows, &pair_row::score, &pair_row::csat);
  CHECK(r.df == 117);
  CHECK(r.interval_method == "Fisher z, t");
  // The p-value is 5 % exactly where a limit is 0: shift atanh(r) by t * se there.
  const double se_z = r.std_error / (1 - r.value * r.value);
  CHECK(close_to(r.test.statistic, std::atanh(r.value) / se_z, 1e-13));
  CHECK(close_to(std::atanh(r.low), std::atanh(r.value) - 1.9804475986834025 * se_z,
                 1e-12)); // t(117), SciPy 1.17.1
  const auto nested = qa::design_builder(rows)
                          .stratum(&pair_row::stratum)
                          .weight(&pair_row::weight)
                          .cluster(&pair_row::agent)
                          .build();
  CHECK(qa::pearson(nested, rows, &pair_row::score, &pair_row::csat).df == 9);
  CHECK_THROWS_WITH_AS(
      qa::pearson(flat, rows, &pair_row::score, &pair_row::csat,
                  {.interval = qa::correlation_interval::closed_form}),
      "interval: closed_form holds for independent rows only; under a design choose linearised",
      qa::argument_error);
}

TEST_CASE("pairs with a gap are refused, or left out and counted") {
  auto rows = many(20, 7);
  rows[3].csat.reset();
  rows[9].csat.reset();
  CHECK_THROWS_AS(qa::pearson(independent(rows), rows, &pair_row::score, &pair_row::csat), qa::data_error);
  const auto r = qa::spearman(independent(rows), rows, &pair_row::score, &pair_row::csat,
                              {.missing = qa::missing_rows::drop});
  CHECK(r.n == 18);
  CHECK(r.missing == 2);
  auto rest = rows;
  std::erase_if(rest, [](const pair_row& p) { return !p.csat; });
  const auto same = qa::spearman(independent(rest), rest, &pair_row::score, &pair_row::csat);
  CHECK(same.value == r.value);
  CHECK(same.std_error == r.std_error);
}

TEST_CASE("under a finite population the pairs that answered are the sample, or a part of the population") {
  struct drawn_row {
    double score;
    std::optional<double> csat;
    double probability, population;
  };
  std::vector<drawn_row> rows;
  for (const pair_row& r : many(50, 12)) // the whole population of 50 was drawn
    rows.push_back({r.score, r.csat, 1.0, 50.0});
  for (std::size_t i = 10; i < 50; ++i)
    rows[i].csat.reset();
  const auto design = qa::design_builder(rows)
                          .probability(&drawn_row::probability)
                          .population(&drawn_row::population)
                          .build();
  const auto with = [&](qa::missing_rows missing) {
    return qa::pearson(design, rows, &drawn_row::score, &drawn_row::csat, {.missing = missing});
  };
  // 10 answers of 50: 1 - n / N is 0.8, where the ten alone have 1.
  const std::vector<drawn_row> ten(rows.begin(), rows.begin() + 10);
  const auto endless = qa::pearson(qa::design_builder(ten).probability(&drawn_row::probability).build(), ten,
                                   &drawn_row::score, &drawn_row::csat);
  const auto dropped = with(qa::missing_rows::drop);
  CHECK(close_to(dropped.value, endless.value, 1e-14));
  CHECK(close_to(dropped.std_error, std::sqrt(0.8) * endless.std_error, 1e-13));
  CHECK(dropped.df == 9);
  CHECK(dropped.n == 10);
  CHECK(dropped.missing == 40);
  // The ten conversations that have an answer at all are known one and all.
  const auto part = with(qa::missing_rows::domain);
  CHECK(part.std_error == 0.0);
  CHECK(part.low == part.value);
}

TEST_CASE("a correlation that cannot be is undefined with its reason") {
  const auto pearson = [](const std::vector<pair_row>& rows) {
    return qa::pearson(independent(rows), rows, &pair_row::score, &pair_row::csat);
  };
  CHECK(pearson({{1, 2}, {3, 5}}).undefined == "fewer than 3 pairs");
  CHECK(pearson({{0.1, 2}, {0.1, 5}, {0.1, 3}, {0.1, 4}}).undefined == "the first column is constant");
  CHECK(pearson({{1, 2}, {3, 2}, {5, 2}}).undefined == "the second column is constant");
  const auto three = pearson({{1, 2}, {3, 5}, {4, 4}});
  CHECK(three.undefined == "fewer than 4 pairs: no interval");
  CHECK(three.is_defined());
  CHECK(std::isnan(three.low));
  const auto line = pearson({{1, 0.3}, {2, 0.6}, {3, 0.9}, {7, 2.1}, {8, 2.4}});
  CHECK(line.value == 1.0);
  CHECK(line.undefined == "a perfect correlation: no interval");
}

TEST_CASE("a perfect correlation has the p-value of the permutations") {
  const auto p = [](const std::vector<pair_row>& rows, qa::correlation_method method) {
    return qa::correlate(independent(rows), rows, &pair_row::score, &pair_row::csat, method).test.p_value;
  };
  const std::vector<pair_row> five{{1, 2}, {2, 4}, {3, 6}, {4, 8}, {5, 10}};
  // Two of the 120 orders of five distinct values fit perfectly.
  CHECK(close_to(p(five, qa::correlation_method::pearson), 2.0 / 120.0, 1e-13));
  CHECK(close_to(p(five, qa::correlation_method::spearman), 2.0 / 120.0, 1e-13));
  CHECK(close_to(p(five, qa::correlation_method::kendall), 2.0 / 120.0, 1e-13));
  // Groups of 2 and 3 equal values: 12 of the 120 orders look the same; the other direction is allowed for.
  CHECK(close_to(p({{1, 2}, {1, 2}, {3, 6}, {3, 6}, {3, 6}}, qa::correlation_method::spearman), 24.0 / 120.0,
                 1e-13));
}

TEST_CASE("where the linearised interval is asked for, the test agrees with it") {
  const auto rows = many(40, 11);
  const auto r = qa::spearman(independent(rows), rows, &pair_row::score, &pair_row::csat,
                              {.interval = qa::correlation_interval::linearised});
  CHECK(close_to(r.test.statistic, std::atanh(r.value) * (1 - r.value * r.value) / r.std_error, 1e-13));
  CHECK(r.test.df1 == r.df);
}

TEST_CASE("correlation keeps its digits at an offset of 1e9") {
  auto rows = many(60, 8);
  const auto plain = qa::pearson(independent(rows), rows, &pair_row::score, &pair_row::csat);
  for (auto& r : rows)
    r.score += 1e9;
  const auto far = qa::pearson(independent(rows), rows, &pair_row::score, &pair_row::csat);
  CHECK(close_to(far.value, plain.value, 1e-14));
  CHECK(close_to(far.std_error, plain.std_error, 1e-13));
}
