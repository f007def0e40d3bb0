// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::normal;
using qascore::test::uniform;

namespace {

/// Yes or no by criterion, and satisfaction that goes with the second and third alone.
struct centre {
  std::vector<double> greeting, solution, tone, csat;

  std::vector<std::span<const double>> columns() const { return {greeting, solution, tone}; }
};

centre make(std::size_t n, double solution, double greeting, std::uint64_t start) {
  std::mt19937_64 engine(start);
  centre out;
  for (std::size_t i = 0; i < n; ++i) {
    out.greeting.push_back(uniform(engine) < 0.7 ? 1.0 : 0.0);
    out.solution.push_back(uniform(engine) < 0.6 ? 1.0 : 0.0);
    out.tone.push_back(uniform(engine) < 0.5 ? 1.0 : 0.5);
    out.csat.push_back(3.0 + greeting * out.greeting.back() + solution * out.solution.back() +
                       out.tone.back() + normal(engine));
  }
  return out;
}

const std::vector<double> today{50.0, 30.0, 20.0};
const qa::weight_proposal_options options{.folds = 5, .repeats = 4, .seed = qa::seed{3}};

} // namespace

TEST_CASE("weights are those of least squares with none below 0, scaled to today's total") {
  const centre c = make(400, 1.0, -0.1, 1);
  const auto found =
      qa::kernel::propose_weights(qa::independent_units(400), c.csat, c.columns(), today, options);
  REQUIRE(found.undefined.empty());
  CHECK(close_to(found.weight[0] + found.weight[1] + found.weight[2], 100.0, 1e-12));
  // Where greeting has no weight the others are the coefficients of the regression without it.
  REQUIRE(found.weight[0] == 0.0);
  const std::vector<std::span<const double>> two{c.solution, c.tone};
  const auto fit = qa::kernel::linear_regression(qa::independent_units(400), c.csat, two, {});
  CHECK(close_to(found.weight[1] / found.weight[2], fit.coefficients[1].value / fit.coefficients[2].value,
                 1e-10));
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(found.least[j] <= found.most[j]);
    CHECK(found.least[j] >= 0.0);
  }
}

TEST_CASE("what is not there is not proposed, with the reason") {
  using why = qa::proposal_refusal;
  const auto rows = qa::independent_units(400);
  const centre strong = make(400, 1.5, 0.0, 2);
  const auto found = qa::kernel::propose_weights(rows, strong.csat, strong.columns(), today, options);
  CHECK(found.supported());
  CHECK(found.r_squared.gain.low > 0.0);
  CHECK(found.correlation.gain.low > 0.0);

  // Weights that are right already: no others are better.
  const centre same = make(400, 1.0, 1.0, 4);
  const auto already = qa::kernel::propose_weights(rows, same.csat, same.columns(),
                                                   std::vector<double>{1.0, 1.0, 1.0}, options);
  CHECK(already.refusals == std::vector<why>{why::no_gain});

  const centre against = make(400, 1.5, -0.8, 5);
  const auto negative = qa::kernel::propose_weights(rows, against.csat, against.columns(), today, options);
  CHECK(negative.negative == std::vector<std::size_t>{0});
  CHECK(std::ranges::count(negative.refusals, why::negative_driver) == 1);

  const centre few = make(29, 3.0, 0.0, 6);
  const auto small =
      qa::kernel::propose_weights(qa::independent_units(29), few.csat, few.columns(), today, options);
  CHECK(std::ranges::count(small.refusals, why::few_rows) == 1);

  std::vector<double> upside_down;
  for (std::size_t i = 0; i < 400; ++i)
    upside_down.push_back(-strong.solution[i] - strong.greeting[i] - strong.tone[i]);
  const auto none = qa::kernel::propose_weights(rows, upside_down, strong.columns(), today, options);
  CHECK(std::ranges::count(none.refusals, why::no_driver) == 1);
  CHECK(std::isnan(none.weight[0]));
  CHECK(none.correlation.proposed.undefined == "without some folds no criterion goes up with the outcome");
  CHECK(none.r_squared.proposed.value < 0.01);
}

TEST_CASE("folds keep clusters whole and give each stratum to each fold") {
  std::vector<std::uint32_t> stratum, cluster, rows;
  for (std::uint32_t i = 0; i < 120; ++i) {
    cluster.push_back(i / 4);
    stratum.push_back(i / 60);
    if (i % 7 != 0)
      rows.push_back(i);
  }
  qa::design_view design = qa::independent_units(120);
  design.cluster = cluster;
  design.clusters = 30;
  design.stratum = stratum;
  design.strata = 2;
  const auto fold = qa::kernel::deal_folds(design, rows, 5, qa::seed{1}, 0);
  std::vector<std::vector<int>> held(2, std::vector<int>(5, 0));
  std::vector<int> of(30, -1);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    int& known = of[cluster[rows[k]]];
    CHECK((known == -1 || known == static_cast<int>(fold[k])));
    if (known == -1)
      ++held[stratum[rows[k]]][fold[k]];
    known = static_cast<int>(fold[k]);
  }
  for (const auto& by_fold : held)
    for (const int clusters : by_fold)
      CHECK(clusters == 3);
  CHECK(fold != qa::kernel::deal_folds(design, rows, 5, qa::seed{1}, 1));
  CHECK_THROWS_WITH_AS(qa::kernel::deal_folds(design, rows, 31, qa::seed{1}, 0),
                       "folds: expected no more than there are clusters (rows), 30, but found 31",
                       qa::argument_error);
}

TEST_CASE("threads, scales of weights, offsets and whole copies of rows do not matter") {
  const centre c = make(150, 1.0, 0.2, 7);
  const auto with = [&](std::span<const double> y, std::span<const double> weights, unsigned threads) {
    qa::weight_proposal_options how = options;
    how.threads = threads;
    return qa::kernel::propose_weights(qa::independent_units(150), y, c.columns(), weights, how);
  };
  const auto one = with(c.csat, today, 1), three = with(c.csat, today, 3);
  CHECK(one.r_squared.gain.value == three.r_squared.gain.value);
  CHECK(one.r_squared.gain.low == three.r_squared.gain.low);
  CHECK(one.correlation.gain.low == three.correlation.gain.low);
  std::vector<double> far, twice;
  for (const double y : c.csat)
    far.push_back(y + 1e6);
  for (const double w : today)
    twice.push_back(2.0 * w);
  const auto moved = with(far, twice, 1);
  CHECK(close_to(moved.r_squared.gain.value, one.r_squared.gain.value, 1e-7));
  for (std::size_t j = 0; j < 3; ++j)
    CHECK(close_to(moved.weight[j], 2.0 * one.weight[j], 1e-6));
  // Weights of a design say how many rows a row stands for.
  std::vector<double> weight(150, 3.0);
  qa::design_view design = qa::independent_units(150);
  design.weight = weight;
  const auto weighted = qa::kernel::propose_weights(design, c.csat, c.columns(), today, options);
  CHECK(close_to(weighted.r_squared.gain.value, one.r_squared.gain.value, 1e-12));
  CHECK(close_to(weighted.r_squared.gain.std_error, one.r_squared.gain.std_error, 1e-12));
}

TEST_CASE("gaps are left out, and what cannot be weighed is said") {
  centre c = make(100, 1.0, 0.0, 8);
  const centre whole = c;
  c.csat.push_back(qa::missing_value);
  c.greeting.push_back(1.0);
  c.solution.push_back(0.0);
  c.tone.push_back(1.0);
  const auto with =
      qa::kernel::propose_weights(qa::independent_units(101), c.csat, c.columns(), today, options);
  const auto without =
      qa::kernel::propose_weights(qa::independent_units(100), whole.csat, whole.columns(), today, options);
  CHECK(with.missing == 1);
  CHECK(with.weight == without.weight);
  CHECK(with.r_squared.gain.value == without.r_squared.gain.value);

  const auto rows = qa::independent_units(100);
  const std::vector<double> same(100, 1.0);
  const std::vector<std::span<const double>> constant{whole.greeting, same},
      again{whole.greeting, whole.greeting};
  const std::vector<double> two{1.0, 1.0};
  const auto flat = qa::kernel::propose_weights(rows, whole.csat, constant, two, options);
  CHECK(flat.undefined == "a criterion is constant");
  CHECK(flat.fault == 1);
  CHECK(flat.r_squared.gain.undefined == flat.undefined);
  CHECK_FALSE(flat.supported());
  CHECK(qa::kernel::propose_weights(rows, whole.csat, again, two, options).undefined ==
        "a criterion is a combination of those before it");
  CHECK(qa::kernel::propose_weights(rows, same, whole.columns(), today, options).undefined ==
        "the outcome is constant");
  std::vector<std::uint32_t> cluster;
  for (std::uint32_t i = 0; i < 100; ++i)
    cluster.push_back(i % 4);
  qa::design_view clusters = rows;
  clusters.cluster = cluster;
  clusters.clusters = 4;
  CHECK(qa::kernel::propose_weights(clusters, whole.csat, whole.columns(), today, options).undefined ==
        "fewer clusters than folds");
  CHECK_THROWS_AS(qa::kernel::propose_weights(rows, whole.csat, whole.columns(), two, options),
                  qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::propose_weights(rows, whole.csat, whole.columns(), today, {}),
                  qa::argument_error);
  CHECK_THROWS_AS(
      qa::kernel::propose_weights(rows, whole.csat, whole.columns(), std::vector<double>{0, 0, 0}, options),
      qa::argument_error);
}

TEST_CASE("an engineer's own rows give the kernel's proposal") {
  struct call {
    double greeting, solution, csat;
  };
  std::vector<call> calls;
  std::mt19937_64 engine(9);
  for (int i = 0; i < 200; ++i) {
    const double a = uniform(engine), b = uniform(engine);
    calls.push_back({a, b, a + 3.0 * b + normal(engine)});
  }
  const auto design = qa::sample_design::independent(calls.size());
  const std::vector<double> weights{70.0, 30.0};
  const auto found = qa::propose_weights(design, calls, &call::csat, weights, options,
                                         qa::missing_rows::error, &call::greeting, &call::solution);
  CHECK(found.weight[1] > 60.0);
  CHECK(found.n == 200);
}
