// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {

// The finite-population example of the Stata survey manual (svyset, fpc.dta): two strata of 15 and 12
// clusters, 5 and 3 drawn; x as stored in single precision.
struct fpc_row {
  int stratum, psu;
  double weight, population;
  float x;
};
const std::vector<fpc_row> fpc{{1, 1, 3, 15, 2.8f}, {1, 2, 3, 15, 4.1f}, {1, 3, 3, 15, 6.8f},
                               {1, 4, 3, 15, 6.8f}, {1, 5, 3, 15, 9.2f}, {2, 1, 4, 12, 3.7f},
                               {2, 2, 4, 12, 6.6f}, {2, 3, 4, 12, 4.2f}};

struct scored {
  std::string queue, team;
  double weight;
  std::optional<double> score;
};

std::vector<scored> many(std::size_t n, std::uint64_t start) {
  std::mt19937_64 engine(start);
  std::vector<scored> out;
  for (std::size_t i = 0; i < n; ++i) {
    const auto h = engine() % 3;
    out.push_back({std::string(1, static_cast<char>('a' + h)), engine() % 2 == 0 ? "x" : "y",
                   1.5 + static_cast<double>(h) * 2.25,
                   0.3 * static_cast<double>(h) + 0.001 * static_cast<double>(engine() % 700)});
  }
  return out;
}

auto design_of(const std::vector<scored>& rows) {
  return qa::design_builder(rows).stratum(&scored::queue).weight(&scored::weight).build();
}

} // namespace

TEST_CASE(
    "the mean of the Stata manual's example has its standard errors, with and without finite population") {
  // R survey 4.1.1 and the Stata manual: mean 5.448148, SE .7412683 without and .6160407 with the finite
  // population.
  const auto free = qa::design_builder(fpc)
                        .stratum(&fpc_row::stratum)
                        .cluster(&fpc_row::psu, true)
                        .weight(&fpc_row::weight)
                        .build();
  CHECK(close_to(qa::mean(free, fpc, &fpc_row::x).value, 5.44814811812507, 1e-14));
  CHECK(close_to(qa::mean(free, fpc, &fpc_row::x).std_error, 0.741268326768812, 1e-13));
  const auto finite = qa::design_builder(fpc)
                          .stratum(&fpc_row::stratum)
                          .cluster(&fpc_row::psu, true)
                          .weight(&fpc_row::weight)
                          .population(&fpc_row::population)
                          .build();
  const qa::estimate mean = qa::mean(finite, fpc, &fpc_row::x);
  CHECK(close_to(mean.std_error, 0.616040719809653, 1e-13));
  CHECK(mean.df == 6);
  CHECK(mean.n == 8);
  // t(6) at .975 is 2.4469118511449786 (SciPy 1.17.1).
  CHECK(close_to(mean.high, mean.value + 2.4469118511449786 * mean.std_error, 1e-13));
  CHECK(mean.method == "mean, sample design");
}

TEST_CASE(
    "the mean of independent rows has Student's interval, and says that rows were taken as independent") {
  const std::vector<double> scores{.71, .64, .8, .77, .69};
  const auto mean = qa::mean(qa::sample_design::independent(5), scores, [](double v) { return v; },
                             {.confidence = qa::confidence_level{0.90}});
  // SciPy 1.17.1: ttest_1samp(scores, 0).confidence_interval(0.9), sem.
  CHECK(close_to(mean.value, 0.722, 1e-15));
  CHECK(close_to(mean.std_error, 0.02853068523537422, 1e-13));
  CHECK(close_to(mean.low, 0.6611769503692704, 1e-13));
  CHECK(close_to(mean.high, 0.7828230496307298, 1e-13));
  CHECK(mean.df == 4);
  CHECK(mean.method == "mean, independent rows");
}

TEST_CASE("the mean of equal values is that value, without error, at any weights") {
  std::vector<scored> rows = many(50, 3);
  for (auto& r : rows)
    r.score = 0.1;
  const auto mean = qa::mean(design_of(rows), rows, &scored::score);
  CHECK(mean.value == 0.1);
  CHECK(mean.std_error == 0.0);
}

TEST_CASE("means do not lose digits at an offset of 1e9, nor change by a bit with the order of rows") {
  std::vector<scored> rows = many(300, 4);
  const auto plain = qa::mean(design_of(rows), rows, &scored::score);
  auto shifted = rows;
  for (auto& r : shifted)
    *r.score += 1e9;
  const auto far = qa::mean(design_of(rows), shifted, &scored::score);
  CHECK(close_to(far.value - 1e9, plain.value, 0.0, 2e-7)); // the scores themselves are rounded by up to 6e-8
  CHECK(close_to(far.std_error, plain.std_error, 1e-6));
  std::mt19937_64 engine(5);
  for (int k = 0; k < 10; ++k) {
    std::shuffle(rows.begin(), rows.end(), engine);
    const auto again = qa::mean(design_of(rows), rows, &scored::score);
    CHECK(again.value == plain.value);
    CHECK(again.std_error == plain.std_error);
  }
}

TEST_CASE("influence values are the derivatives of mean, ratio and variance in the weights") {
  const std::vector<scored> rows = many(40, 6);
  std::vector<double> weight, y, x;
  for (const auto& r : rows) {
    weight.push_back(r.weight);
    y.push_back(*r.score);
    x.push_back(1.0 + *r.score * *r.score);
  }
  y[7] = qa::missing_value;
  const auto view = [&](std::span<const double> w) {
    qa::design_view out = qa::independent_units(y.size());
    out.weight = w;
    return out;
  };
  const qa::linearised mean = qa::kernel::mean(view(weight), y);
  CHECK(mean.influence[7] == 0.0);
  double zero = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    zero += weight[i] * mean.influence[i];
    std::vector<double> up = weight, down = weight;
    up[i] += 1e-4;
    down[i] -= 1e-4;
    const double slope = (qa::kernel::mean(view(up), y).value - qa::kernel::mean(view(down), y).value) / 2e-4;
    CHECK(close_to(mean.influence[i], slope, 1e-6, 1e-11));
  }
  CHECK(close_to(zero, 0.0, 0.0, 1e-15));
}

TEST_CASE("the linearised standard errors of ratio and variance agree with the delete-one jackknife") {
  // Independent rows with unequal weights as clusters of one; they differ in second order only, here below 3
  // %.
  const std::vector<scored> rows = many(120, 8);
  const auto design = qa::design_builder(rows).weight(&scored::weight).build();
  const auto base = [](const scored& r) { return 2.0 + *r.score; };
  const auto ratio = qa::ratio(design, rows, &scored::score, base);
  const auto variance = qa::variance(design, rows, &scored::score);
  std::vector<double> ratios, variances;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto rest = rows;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    const auto without = qa::design_builder(rest).weight(&scored::weight).build();
    ratios.push_back(qa::ratio(without, rest, &scored::score, base).value);
    variances.push_back(qa::variance(without, rest, &scored::score).value);
  }
  const auto jackknife = [](const std::vector<double>& values) {
    double mean = 0, squares = 0;
    for (const double v : values)
      mean += v / static_cast<double>(values.size());
    for (const double v : values)
      squares += (v - mean) * (v - mean);
    return std::sqrt(squares * static_cast<double>(values.size() - 1) / static_cast<double>(values.size()));
  };
  CHECK(close_to(ratio.std_error, jackknife(ratios), 0.03));
  CHECK(close_to(variance.std_error, jackknife(variances), 0.03));
}

TEST_CASE("a ratio of fields is checked by hand, and undefined where the denominator is 0") {
  struct row {
    double y, x;
  };
  const std::vector<row> rows{{1, 2}, {3, 4}, {5, 4}};
  const auto ratio = qa::ratio(qa::sample_design::independent(3), rows, &row::y, &row::x);
  CHECK(close_to(ratio.value, 0.9, 1e-15));
  // residuals y - .9 x: -.8, -.6, 1.4 (sum 0); SE = sqrt(3/2 * (.64 + .36 + 1.96)) / 10
  CHECK(close_to(ratio.std_error, std::sqrt(1.5 * 2.96) / 10, 1e-14));
  const std::vector<row> zero{{1, 0}, {3, 0}};
  CHECK(qa::ratio(qa::sample_design::independent(2), zero, &row::y, &row::x).undefined ==
        "the denominator is 0");
}

TEST_CASE("the weighted variance is that of the survey packages") {
  struct row {
    double x, w;
  };
  const std::vector<row> rows{{1, 4}, {2, 6}, {3, 8}};
  const auto design = qa::design_builder(rows).weight(&row::w).build();
  // PracTools 1.7.5, wtdvar(1:3, c(4,6,8)) = .9259...: 25/27 by hand.
  CHECK(close_to(qa::variance(design, rows, &row::x).value, 25.0 / 27.0, 1e-15));
}

TEST_CASE("domains of a design are masks over the whole of it; domains of independent rows are samples of "
          "their own") {
  // Two strata, weights 1; domain "x" in both. By hand: mean of {1, 3, 8} = 4, u = (y - 4)/3 inside, 0
  // outside. Stratum a: t = {-1, -1/3, 0}, mean -4/9; stratum b: t = {4/3, 0}, mean 2/3. V = 3/2 (25/81 +
  // 1/81 + 16/81) + 2 (4/9 + 4/9) = 7/9 + 16/9 = 23/9.
  const std::vector<scored> rows{
      {"a", "x", 1, 1}, {"a", "x", 1, 3}, {"a", "y", 1, 5}, {"b", "x", 1, 8}, {"b", "y", 1, 2}};
  const auto by_team = qa::mean_by(design_of(rows), rows, &scored::score, &scored::team);
  REQUIRE(by_team.size() == 2);
  CHECK(by_team[0].by == std::vector<std::string>{"x"});
  CHECK(close_to(by_team[0].value, 4.0, 1e-15));
  CHECK(close_to(by_team[0].std_error, std::sqrt(23.0 / 9.0), 1e-14));
  CHECK(by_team[0].df == 1); // three units in two strata
  CHECK(by_team[0].n == 3);
  // Team y: one unit in each stratum: a standard error, but nothing to build an interval on.
  CHECK(by_team[1].std_error > 0.0);
  CHECK(by_team[1].undefined == "no degrees of freedom: as many strata as units");

  const auto alone = qa::mean_by(qa::sample_design::independent(5), rows, &scored::score, &scored::team);
  CHECK(close_to(alone[0].std_error, std::sqrt(13.0 / 3.0), 1e-14)); // s^2 of {1, 3, 8} is 13
  CHECK(alone[0].df == 2);
  const auto both = qa::mean_by(qa::sample_design::independent(5), rows, &scored::score,
                                qa::by(&scored::team, &scored::queue));
  CHECK(both[0].by == std::vector<std::string>{"x", "a"});
  CHECK(both[1].undefined == "fewer than 2 units: no variance");
  CHECK(both[1].value == 8.0);
}

TEST_CASE("values that are left out are counted, and a domain with nothing else is undefined") {
  std::vector<scored> rows{
      {"a", "x", 1, 1}, {"a", "x", 1, 3}, {"a", "y", 1, std::nullopt}, {"a", "x", 1, std::nullopt}};
  const auto by =
      qa::mean_by(design_of(rows), rows, &scored::score, &scored::team, {.missing = qa::missing_rows::drop});
  CHECK(by[0].value == 2.0);
  CHECK(by[0].n == 2);
  CHECK(by[0].missing == 1);
  CHECK(by[1].missing == 1);
  CHECK(by[1].undefined == "no unit has a value");
  CHECK(std::isnan(by[1].value));
}

TEST_CASE("units without a value are answers that are missing, or another part of the population") {
  struct drawn_row {
    std::string queue;
    double probability, population;
    std::optional<double> wait;
  };
  // 4 of 8 drawn in a, 2 of 10 in b; two of a and none of b have no value.
  const std::vector<drawn_row> rows{{"a", 0.5, 8, 2.0},          {"a", 0.5, 8, 6.0},
                                    {"a", 0.5, 8, std::nullopt}, {"a", 0.5, 8, std::nullopt},
                                    {"b", 0.2, 10, 10.0},        {"b", 0.2, 10, 12.0}};
  const auto design = qa::design_builder(rows)
                          .stratum(&drawn_row::queue)
                          .probability(&drawn_row::probability)
                          .population(&drawn_row::population)
                          .build();
  const auto with = [&](qa::missing_rows missing) {
    return qa::mean(design, rows, &drawn_row::wait, {.missing = missing});
  };
  // The two of a stand for its 8: (8 * 4 + 10 * 11) / 18, variance (64 (1 - 2/8) 8/2 + 100 (1 - 2/10) 2/2) / 18^2.
  const auto dropped = with(qa::missing_rows::drop);
  CHECK(close_to(dropped.value, 142.0 / 18.0, 1e-14));
  CHECK(close_to(dropped.std_error, std::sqrt(64 * 0.75 * 4 + 100 * 0.8 * 1) / 18, 1e-14));
  CHECK(dropped.missing == 2);
  // Half of a has no wait at all: 2 * 2 + 2 * 6 + 5 * 10 + 5 * 12 over 2 + 2 + 5 + 5.
  const auto part = with(qa::missing_rows::domain);
  CHECK(close_to(part.value, 126.0 / 14.0, 1e-14));
  CHECK(part.n == 4);
  const auto by =
      qa::mean_by(design, rows, &drawn_row::wait, &drawn_row::queue, {.missing = qa::missing_rows::domain});
  CHECK(by[0].value == 4.0);
  CHECK(close_to(by[0].std_error, std::sqrt(0.5 * 4.0 / 3.0 * (4.0 * 4.0 + 4.0 * 4.0)) / 4.0, 1e-14));
  CHECK(by[1].value == 11.0);
}

TEST_CASE("the limits of a variance are symmetric on the log scale") {
  const std::vector<scored> rows{{"a", "x", 1, 1}, {"a", "x", 1, 2}, {"a", "x", 1, 3}, {"a", "x", 1, 9}};
  const auto v = qa::variance(qa::sample_design::independent(4), rows, &scored::score);
  CHECK(close_to(v.value, 38.75 / 3.0, 1e-14));
  const double reach = 3.182446305284263 * v.std_error / v.value; // t(3), SciPy 1.17.1
  CHECK(close_to(v.low, v.value * std::exp(-reach), 1e-12));
  CHECK(close_to(v.high, v.value * std::exp(reach), 1e-12));
}

TEST_CASE("a total adds the weights up, by domain too, and needs weights") {
  const std::vector<scored> rows = many(90, 9);
  const auto design = design_of(rows);
  const auto total = qa::total(design, rows, &scored::score);
  const auto parts = qa::total_by(design, rows, &scored::score, &scored::team);
  CHECK(close_to(parts[0].value + parts[1].value, total.value, 1e-14));
  // A stratified total by the textbook: sum_h N_h mean_h with SE^2 = sum_h N_h^2 s_h^2 / n_h, N_h = n_h w_h.
  double value = 0, variance = 0;
  for (const std::string queue : {"a", "b", "c"}) {
    std::vector<double> y;
    double w = 0;
    for (const auto& r : rows)
      if (r.queue == queue) {
        y.push_back(*r.score);
        w = r.weight;
      }
    const auto n = static_cast<double>(y.size());
    double mean = 0, squares = 0;
    for (const double v : y)
      mean += v / n;
    for (const double v : y)
      squares += (v - mean) * (v - mean);
    value += n * w * mean;
    variance += n * w * n * w * squares / (n - 1) / n;
  }
  CHECK(close_to(total.value, value, 1e-13));
  CHECK(close_to(total.std_error, std::sqrt(variance), 1e-12));
  CHECK(qa::total(qa::sample_design::independent(90), rows, &scored::score).undefined ==
        "a total needs weights: independent rows stand for no population");
}

TEST_CASE("a sample of one, and of nothing, is undefined with a reason") {
  const std::vector<double> one{0.5}, none;
  const auto self = [](double v) { return v; };
  CHECK(qa::mean(qa::sample_design::independent(1), one, self).value == 0.5);
  CHECK(qa::mean(qa::sample_design::independent(1), one, self).undefined ==
        "fewer than 2 units: no variance");
  CHECK(qa::mean(qa::sample_design::independent(0), none, self).undefined == "no unit has a value");
}
