// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/core/error.hpp>
#include <qascore/kernel/inference.hpp>
#include <qascore/kernel/variance.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {
std::vector<double> mean_influence(const std::vector<double>& y) {
  double mean = 0;
  for (const double v : y)
    mean += v;
  mean /= static_cast<double>(y.size());
  std::vector<double> u;
  for (const double v : y)
    u.push_back((v - mean) / static_cast<double>(y.size()));
  return u;
}
} // namespace

TEST_CASE("for a mean of independent units the variance is s squared over n") {
  const std::vector<double> y{2, 4, 4, 4, 5, 5, 7, 9}; // s^2 = 32/7
  const auto v = qa::kernel::variance_of(qa::independent_units(8), mean_influence(y));
  CHECK(close_to(v.variance, 32.0 / 7.0 / 8.0, 1e-15));
  CHECK(v.df == 7);
}

TEST_CASE("the variance does not lose digits at an offset of 1e9") {
  const std::vector<double> y{1e9 + 2, 1e9 + 4, 1e9 + 4, 1e9 + 4, 1e9 + 5, 1e9 + 5, 1e9 + 7, 1e9 + 9};
  const auto v = qa::kernel::variance_of(qa::independent_units(8), mean_influence(y));
  CHECK(close_to(v.variance, 32.0 / 7.0 / 8.0, 1e-9));
}

TEST_CASE("a stratum with one unit is refused unless the caller says what it means") {
  const std::vector<double> u{0.1, -0.2, 0.3, 0.5};
  const std::vector<std::uint32_t> stratum{0, 0, 0, 1};
  qa::design_view design{
      .units = 4, .weight = {}, .stratum = stratum, .cluster = {}, .strata = 2, .population = {}};
  CHECK_THROWS_AS(qa::kernel::variance_of(design, u), qa::design_error);
  design.single = qa::single_unit::certainty;
  const double alone = qa::kernel::variance_of(design, u).variance;
  design.single = qa::single_unit::average;
  CHECK(close_to(qa::kernel::variance_of(design, u).variance, 2 * alone, 1e-15));
  design.single = qa::single_unit::adjust;
  CHECK(close_to(qa::kernel::variance_of(design, u).variance, alone + (0.5 - 0.175) * (0.5 - 0.175), 1e-14));
}

TEST_CASE("under average only the single-unit strata that an estimate touches inflate it") {
  const std::vector<double> u{0.1, -0.2, 0.3, 0.5};
  const std::vector<std::uint32_t> stratum{0, 0, 0, 1}, first{0, 1, 2};
  qa::design_view design{
      .units = 4, .weight = {}, .stratum = stratum, .cluster = {}, .strata = 2, .population = {}};
  design.single = qa::single_unit::certainty;
  const double alone = qa::kernel::variance_of(design, u).variance;
  design.single = qa::single_unit::average;
  CHECK(qa::kernel::variance_engine(design).of_rows(first, std::span(u).first(3)).variance == alone);
  const std::vector<std::uint32_t> each{0, 1, 2, 3};
  design.stratum = each;
  design.strata = 4;
  CHECK(qa::kernel::variance_of(design, u).undefined == "no stratum has 2 units: no variance");
}

TEST_CASE("values that agree have a standard error of 0 and no interval, unless all of them are known") {
  qa::kernel::design_variance none{.variance = 0.0, .df = 2, .undefined = {}, .census = false};
  const auto sampled = qa::kernel::infer(1.0, none, {});
  CHECK(sampled.std_error == 0.0);
  CHECK(std::isnan(sampled.low));
  CHECK(std::isnan(sampled.high));
  CHECK(sampled.undefined == "no variation in the sample: no interval");
  // A spread of 1e-17 around 1 is rounding; around 0 it is a spread.
  none.variance = 1e-34;
  CHECK(std::isnan(qa::kernel::infer(1.0, none, {}).low));
  CHECK(qa::kernel::infer(0.0, none, {}).low < 0.0);
}

TEST_CASE("units without a value are a smaller sample, not a domain") {
  // 5 drawn of 10; 3 have a value: s^2 = 1, V of their mean = (1 - 3/10) / 3.
  const std::vector<double> y{1, qa::missing_value, 2, 3, qa::missing_value}, population{10};
  const std::vector<std::uint32_t> rows{0, 2, 3};
  const std::vector<double> u{-1.0 / 3, 0.0, 1.0 / 3};
  qa::design_view design = qa::independent_units(5);
  design.population = population;
  const auto v = qa::kernel::variance_engine(design, y).of_rows(rows, u);
  CHECK(close_to(v.variance, 0.7 / 3, 1e-15));
  CHECK(v.df == 2);
}

TEST_CASE("a stratum taken whole contributes nothing") {
  const std::vector<double> u{0.1, -0.2, 0.3};
  const std::vector<double> population{3};
  qa::design_view design = qa::independent_units(3);
  design.population = population;
  CHECK(qa::kernel::variance_of(design, u).variance == 0.0);
}

TEST_CASE("the covariance matrix holds the variances and gives that of a difference") {
  const std::vector<double> a{0.1, -0.2, 0.3, -0.1, -0.1}, b{0.2, 0.1, -0.4, 0.0, 0.1};
  std::vector<double> d;
  for (std::size_t i = 0; i < a.size(); ++i)
    d.push_back(a[i] - b[i]);
  const auto design = qa::independent_units(5);
  const std::vector<std::span<const double>> both{a, b};
  const auto c = qa::kernel::covariance_of(design, both);
  CHECK(close_to(c[0], qa::kernel::variance_of(design, a).variance, 1e-14));
  CHECK(close_to(c[0] + c[3] - 2 * c[1], qa::kernel::variance_of(design, d).variance, 1e-14));
}

TEST_CASE("the covariance keeps its digits where two estimates differ in scale") {
  // Independent rows: cov = 5/4 * sum of products of deviations; b is a by 1e-9 plus noise, worked out by
  // hand.
  const std::vector<double> a{1e6, -2e6, 3e6, -1e6, -1e6}, b{2e-6, 1e-6, -4e-6, 0, 1e-6};
  const std::vector<std::span<const double>> both{a, b};
  const auto c = qa::kernel::covariance_of(qa::independent_units(5), both);
  CHECK(close_to(c[1], 1.25 * (2.0 - 2.0 - 12.0 + 0.0 - 1.0), 1e-14));
}

TEST_CASE("few rows of a design give what all rows give with 0 elsewhere") {
  std::mt19937_64 engine(7);
  const std::size_t n = 60;
  std::vector<double> weight, u(n, 0.0), some;
  std::vector<std::uint32_t> stratum, cluster, rows;
  for (std::uint32_t i = 0; i < n; ++i) {
    stratum.push_back(i / 20);
    cluster.push_back(i / 4); // 15 clusters, 5 in each stratum
    weight.push_back(1.0 + static_cast<double>(engine() % 5));
    if (i % 3 == 0 && i < 40) {
      rows.push_back(i);
      some.push_back(0.01 * static_cast<double>(engine() % 100));
      u[i] = some.back();
    }
  }
  const std::vector<double> population{5, 9, 100}; // the first stratum was taken whole
  for (const bool clustered : {false, true}) {
    CAPTURE(clustered);
    const std::vector<double> counts = clustered ? population : std::vector<double>{20, 50, 400};
    qa::design_view design{
        .units = n, .weight = weight, .stratum = stratum, .cluster = {}, .strata = 3, .population = counts};
    if (clustered) {
      design.cluster = cluster;
      design.clusters = 15;
    }
    qa::kernel::variance_engine engine_of(design);
    const auto part = engine_of.of_rows(rows, some);
    CHECK(close_to(part.variance, engine_of.of_all(u).variance, 1e-14));
    CHECK(part.variance > 0.0);
    CHECK(part.df ==
          (clustered ? 10.0 - 2.0 : 14.0 - 2.0)); // rows 0, 3, .. 39 touch all ten clusters of two strata
    CHECK(engine_of.of_rows(rows, some).variance == part.variance);
    CHECK_FALSE(part.census);
  }
}

TEST_CASE("the variance does not change by a bit with the order of units") {
  std::mt19937_64 engine(11);
  const std::size_t n = 400;
  std::vector<double> weight, u;
  std::vector<std::uint32_t> stratum, cluster, order(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    weight.push_back(1.0 / (0.1 + 0.001 * static_cast<double>(engine() % 900)));
    u.push_back(std::exp(static_cast<double>(engine() % 1000) / 50.0) - 3.0);
    stratum.push_back(i % 4);
    cluster.push_back(i % 40);
  }
  const auto variance = [&](const std::vector<std::uint32_t>& rows) {
    std::vector<double> w, v;
    std::vector<std::uint32_t> h, c;
    for (const auto i : rows) {
      w.push_back(weight[i]);
      v.push_back(u[i]);
      h.push_back(stratum[i]);
      c.push_back(cluster[i]);
    }
    const qa::design_view design{
        .units = n, .weight = w, .stratum = h, .cluster = c, .strata = 4, .clusters = 40, .population = {}};
    return qa::kernel::variance_of(design, v).variance;
  };
  std::iota(order.begin(), order.end(), 0u);
  const double first = variance(order);
  for (int k = 0; k < 20; ++k) {
    std::shuffle(order.begin(), order.end(), engine);
    CHECK(variance(order) == first);
  }
}

TEST_CASE("a sample that is the whole population has an interval of its value alone") {
  const std::vector<double> weight{1, 1, 1}, population{3};
  const qa::design_view design{
      .units = 3, .weight = weight, .stratum = {}, .cluster = {}, .population = population};
  const qa::linearised mean{.value = 2.0, .influence = {-1.0 / 3, 0.0, 1.0 / 3}, .undefined = {}};
  const auto e = qa::kernel::infer(mean, design, {});
  CHECK(e.std_error == 0.0);
  CHECK(e.low == 2.0);
  CHECK(e.high == 2.0);
}

TEST_CASE("strata that all hold one unit show no variance under certainty, and the estimate says so") {
  const std::vector<std::uint32_t> stratum{0, 1};
  const std::vector<double> weight{2, 2};
  const qa::design_view design{.units = 2,
                               .weight = weight,
                               .stratum = stratum,
                               .cluster = {},
                               .strata = 2,
                               .population = {},
                               .single = qa::single_unit::certainty};
  const auto e = qa::kernel::infer({.value = 3.0, .influence = {0.5, -0.5}, .undefined = {}}, design, {});
  CHECK(std::isnan(e.low));
  CHECK(std::isnan(e.std_error));
  CHECK(e.undefined == "no stratum has 2 units: no variance");
}

TEST_CASE("the effective size is Kish's, by clusters, with the finite population") {
  const std::vector<double> weight{4, 6, 8, 2};
  const std::vector<std::uint32_t> cluster{0, 0, 1, 1}, rows{0, 1, 2, 3};
  qa::design_view design{.units = 4, .weight = weight, .stratum = {}, .cluster = {}, .population = {}};
  CHECK(close_to(qa::kernel::variance_engine(design).effective_size(rows), 400.0 / 120.0, 1e-15));
  design.cluster = cluster;
  design.clusters = 2;
  CHECK(close_to(qa::kernel::variance_engine(design).effective_size(rows), 2.0, 1e-15)); // 10 and 10
  CHECK(close_to(qa::kernel::variance_engine(design).effective_units(rows), 400.0 / 120.0, 1e-15));
  const std::vector<double> population{8};
  design.population = population; // 1 - 2/8
  CHECK(close_to(qa::kernel::variance_engine(design).effective_size(rows), 2.0 / 0.75, 1e-15));
}

TEST_CASE("one unit has no variance, and the estimate says so") {
  const qa::linearised one{.value = 3.0, .influence = {0.0}, .undefined = {}};
  const auto e = qa::kernel::infer(one, qa::independent_units(1), {});
  CHECK(e.value == 3.0);
  CHECK(std::isnan(e.std_error));
  CHECK(e.undefined == "fewer than 2 units: no variance");
}
