// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {

struct call {
  double score, csat;
};

const std::vector<call> five{{1, 1}, {2, 2}, {3, 9}, {4, 4}, {5, 4}};
const std::vector<call> eight{{51, 43}, {64, 63}, {70, 71}, {63, 61}, {78, 81}, {55, 43}, {67, 58}, {75, 71}};

struct columns {
  std::vector<double> x, y, w;
  qa::design_view view() const {
    qa::design_view out = qa::independent_units(x.size());
    out.weight = w;
    return out;
  }
};

columns bent(std::size_t n, std::uint64_t start) {
  std::mt19937_64 engine(start);
  std::normal_distribution<double> normal;
  columns out;
  for (std::size_t i = 0; i < n; ++i) {
    out.x.push_back(std::floor(4 * normal(engine)));
    out.y.push_back(out.x[i] * out.x[i] / 8 + normal(engine));
    out.w.push_back(0.5 + static_cast<double>(engine() % 30) / 10);
  }
  return out;
}

/// From all pairs of units.
double by_all_pairs(const columns& c) {
  const std::size_t n = c.x.size();
  const double total = std::accumulate(c.w.begin(), c.w.end(), 0.0);
  const auto covariance = [&](const std::vector<double>& u, const std::vector<double>& v) {
    double first = 0, a = 0, b = 0, cross = 0;
    for (std::size_t i = 0; i < n; ++i) {
      double row_a = 0, row_b = 0;
      for (std::size_t j = 0; j < n; ++j) {
        const double du = std::abs(u[i] - u[j]), dv = std::abs(v[i] - v[j]);
        first += c.w[i] * c.w[j] * du * dv;
        row_a += c.w[j] * du;
        row_b += c.w[j] * dv;
      }
      a += c.w[i] * row_a;
      b += c.w[i] * row_b;
      cross += c.w[i] * row_a * row_b;
    }
    return first / std::pow(total, 2) + a * b / std::pow(total, 4) - 2 * cross / std::pow(total, 3);
  };
  return std::sqrt(covariance(c.x, c.y) / std::sqrt(covariance(c.x, c.x) * covariance(c.y, c.y)));
}

auto independent(const std::vector<call>& rows) {
  return qa::sample_design::independent(rows.size());
}

} // namespace

TEST_CASE("the distance correlation is that of energy") {
  // R energy 1.7.11: dcor, dcov, bcdcor.
  const auto found = qa::distance_correlation(independent(five), five, &call::score, &call::csat);
  CHECK(close_to(found.value, 0.762676242416867, 1e-13));
  CHECK(close_to(found.covariance, 1.15931013969516, 1e-13));
  CHECK(close_to(found.bias_corrected, 0.816496580927726, 1e-12));
  CHECK(close_to(found.test.statistic, 5 * 0.816496580927726 + 1, 1e-12));
}

TEST_CASE("distance correlation by a tree is what all pairs give, at any offset, and its influence the "
          "derivative") {
  columns c = bent(120, 3);
  const auto found = qa::kernel::distance_correlation(c.view(), c.x, c.y);
  CHECK(close_to(found.value, by_all_pairs(c), 1e-12));
  columns moved = c;
  for (double& x : moved.x)
    x += 1e9;
  CHECK(close_to(qa::kernel::distance_correlation(moved.view(), moved.x, moved.y).value, found.value, 1e-10));
  CHECK(close_to(qa::kernel::distance_correlation(c.view(), c.y, c.x).value, found.value, 1e-13));
  double sum = 0;
  for (std::size_t i = 0; i < c.x.size(); ++i)
    sum += c.w[i] * found.influence[i];
  CHECK(close_to(sum, 0.0, 0.0, 1e-12));
  for (const std::size_t i : {0u, 5u, 119u}) {
    const double whole = c.w[i];
    c.w[i] = whole + 1e-4;
    const double above = by_all_pairs(c);
    c.w[i] = whole - 1e-4;
    const double below = by_all_pairs(c);
    c.w[i] = whole;
    CHECK(close_to(found.influence[i], (above - below) / 2e-4, 1e-6, 1e-10));
  }
}

TEST_CASE("distance correlation sees a bent line, is 1 for a straight one, and has no test under a design") {
  const columns c = bent(200, 7);
  const auto plain = qa::kernel::distance_correlation(qa::independent_units(200), c.x, c.y, {});
  CHECK(std::abs(qa::kernel::pearson(qa::independent_units(200), c.x, c.y).value) < 0.25);
  CHECK(plain.value > 0.4);
  CHECK(plain.test.p_value < 1e-6);
  CHECK(plain.low < plain.value);
  CHECK(std::isnan(qa::kernel::distance_correlation(c.view(), c.x, c.y, {}).test.p_value));
  CHECK(close_to(qa::kernel::distance_correlation(c.view(), c.x, c.x).value, 1.0, 1e-13));
  const std::vector<double> same(200, 2.0);
  CHECK(qa::kernel::distance_correlation(c.view(), c.x, same, {}).undefined ==
        "the second column is constant");
}

TEST_CASE("the chi-squared test of the distance correlation rejects seldom without dependence") {
  std::mt19937_64 engine(4);
  std::normal_distribution<double> normal;
  int rejected = 0;
  for (int run = 0; run < 1000; ++run) {
    std::vector<double> x, y;
    for (int i = 0; i < 30; ++i) {
      x.push_back(normal(engine));
      y.push_back(std::floor(normal(engine)));
    }
    rejected +=
        qa::kernel::distance_correlation(qa::independent_units(30), x, y, {}).test.p_value < 0.05 ? 1 : 0;
  }
  CHECK(rejected < 64); // 5 % and two standard errors of 1,000 runs
  CHECK(rejected > 5);
}

TEST_CASE("all orders of eight rows are those that R enumerates") {
  const auto found =
      qa::permutation_test(eight, &call::score, &call::csat, {.statistic = qa::permuted_statistic::pearson});
  CHECK(found.permutations == 40320);
  CHECK(found.exact);
  CHECK(close_to(found.p_two_sided, 0.000496031746031746, 1e-12));
  CHECK(close_to(found.p_greater, 0.000496031746031746, 1e-12));
  CHECK(found.p_less > 0.999);
}

TEST_CASE("exact p-values of ranks are those of SciPy") {
  // SciPy 1.17.1: kendalltau([1..7], y, method="exact"), y = 2 1 4 3 7 5 6.
  const std::vector<call> seven{{1, 2}, {2, 1}, {3, 4}, {4, 3}, {5, 7}, {6, 5}, {7, 6}};
  const auto ordered =
      qa::permutation_test(seven, &call::score, &call::csat, {.statistic = qa::permuted_statistic::ordered});
  CHECK(close_to(ordered.p_two_sided, 0.06904761904761905, 1e-12));
}

TEST_CASE("random orders come near all of them, and need a seed") {
  std::vector<call> rows = eight;
  rows.insert(rows.end(), {{60, 70}, {66, 50}, {72, 60}, {58, 66}});
  for (const auto statistic : {qa::permuted_statistic::pearson, qa::permuted_statistic::spearman,
                               qa::permuted_statistic::ordered, qa::permuted_statistic::distance}) {
    const auto a = qa::permutation_test(rows, &call::score, &call::csat,
                                        {.statistic = statistic, .replicates = 4999, .seed = qa::seed{1}}),
               b = qa::permutation_test(
                   rows, &call::score, &call::csat,
                   {.statistic = statistic, .replicates = 4999, .seed = qa::seed{2}, .threads = 2}),
               again = qa::permutation_test(
                   rows, &call::score, &call::csat,
                   {.statistic = statistic, .replicates = 4999, .seed = qa::seed{2}, .threads = 1});
    CHECK(!a.exact);
    CHECK(close_to(a.p_two_sided, b.p_two_sided, 0.0, 0.02));
    CHECK(again.p_two_sided == b.p_two_sided);
    CHECK(a.p_two_sided >= 1.0 / 5000);
  }
  CHECK_THROWS_WITH_AS(qa::permutation_test(rows, &call::score, &call::csat, {}),
                       "seed: random orders need one", qa::argument_error);
}

TEST_CASE("a permutation test holds its level with ties and few rows") {
  std::mt19937_64 engine(9);
  int rejected = 0;
  for (int run = 0; run < 2000; ++run) {
    std::vector<call> rows;
    for (int i = 0; i < 6; ++i)
      rows.push_back({static_cast<double>(engine() % 3), static_cast<double>(engine() % 4)});
    const auto found = qa::permutation_test(rows, &call::score, &call::csat, {});
    rejected += found.undefined.empty() && found.p_two_sided <= 0.05 ? 1 : 0;
  }
  CHECK(rejected <= 2000 * 0.065);
}

TEST_CASE("constant columns have no permutation test") {
  const std::vector<call> rows{{1, 2}, {2, 2}, {3, 2}};
  const auto found = qa::permutation_test(rows, &call::score, &call::csat, {});
  CHECK(found.undefined == "the second column is constant");
  CHECK(std::isnan(found.p_two_sided));
}
