// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/allocation.hpp>
#include <qascore/sampling/allocation_precision.hpp>

#include "close_to.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
namespace kernel = qascore::kernel;
using reals = std::vector<double>;
using sizes = std::vector<std::uint64_t>;

namespace {
// PracTools 1.7.5 (R 4.2.2), strAlloc, the hospital example of its manual.
const reals population{215, 65, 252, 50, 149, 144};
const reals sd{26787207, 10645109, 6909676, 11085034, 9817762, 44553355};
const reals unit_cost{1400, 200, 300, 600, 450, 1000};

reals product(const reals& a, const reals& b) {
  reals out;
  for (std::size_t h = 0; h < a.size(); ++h)
    out.push_back(a[h] * b[h]);
  return out;
}

double variance_of(const reals& x, const reals& a) {
  double out = 0.0;
  for (std::size_t h = 0; h < x.size(); ++h)
    out += a[h] * a[h] / x[h];
  return out;
}

double sum(const reals& x) {
  double out = 0.0;
  for (const double v : x)
    out += v;
  return out;
}

template <class Use>
void every(const reals& lower, const reals& upper, const Use& use) {
  for (double i = lower[0]; i <= upper[0]; ++i)
    for (double j = lower[1]; j <= upper[1]; ++j)
      for (double k = lower[2]; k <= upper[2]; ++k)
        use(reals{i, j, k});
}
} // namespace

TEST_CASE("the best sample for a budget and the cheapest for a precision are those of PracTools") {
  const reals a = product(population, sd), none(6, 0.0);
  reals share;
  for (std::size_t h = 0; h < 6; ++h)
    share.push_back(a[h] / std::sqrt(unit_cost[h]));
  const reals x = kernel::allocate_budget(100000, share, unit_cost, none, population); // alloc = "totcost"
  const reals expected{30.6054034136602, 9.72847358639308, 19.9891270991554,
                       4.49912066758511, 13.7116192127243, 40.3403013275735};
  for (std::size_t h = 0; h < 6; ++h)
    CHECK(close_to(x[h], expected[h], 1e-12));
  CHECK(close_to(kernel::stratified_mean_std_error(population, sd, x), 1636052.83078317, 1e-13));

  // alloc = "totvar" with a CV of 5 % of the mean 11664181.
  const double wanted = 0.05 * 11664181, all = sum(population);
  const double variance = wanted * wanted * all * all + variance_of(population, a);
  const reals y = kernel::allocate_precision(variance, a, unit_cost, none, population);
  const reals cheapest{104.549217115489, 33.2328341972497, 68.2836151771138,
                       15.3691665862569, 46.8394105021399, 137.803997058843};
  for (std::size_t h = 0; h < 6; ++h)
    CHECK(close_to(y[h], cheapest[h], 1e-12));
}

TEST_CASE("the cheapest real-valued sample fulfils the conditions of the optimum between bounds") {
  std::mt19937_64 engine{21};
  for (int round = 0; round < 1000; ++round) {
    reals a, cost, lower, upper;
    for (int h = 0; h < 6; ++h) {
      a.push_back(engine() % 6 == 0 ? 0.0 : static_cast<double>(1 + engine() % 1000));
      cost.push_back(static_cast<double>(1 + engine() % 50));
      lower.push_back(static_cast<double>(engine() % 4));
      upper.push_back(lower.back() + 1.0 + static_cast<double>(engine() % 30));
    }
    double least = 0.0;
    for (std::size_t h = 0; h < 6; ++h)
      if (a[h] > 0.0)
        least += a[h] * a[h] / upper[h];
    if (least == 0.0)
      continue;
    const double variance = least * (1.0 + static_cast<double>(engine() % 100) / 20.0);
    const reals x = kernel::allocate_precision(variance, a, cost, lower, upper);
    double reached = 0.0, lowest_cap = 0.0, highest_floor = std::numeric_limits<double>::infinity();
    bool at_lower = true;
    for (std::size_t h = 0; h < 6; ++h) {
      REQUIRE(x[h] >= lower[h]);
      REQUIRE(x[h] <= upper[h]);
      if (a[h] == 0.0) {
        REQUIRE(x[h] == lower[h]);
        continue;
      }
      at_lower = at_lower && x[h] == lower[h];
      reached += a[h] * a[h] / x[h];
      const double c = x[h] * std::sqrt(cost[h]) / a[h];
      if (x[h] > lower[h])
        lowest_cap = std::max(lowest_cap, c);
      if (x[h] < upper[h])
        highest_floor = std::min(highest_floor, c);
    }
    REQUIRE(lowest_cap <= highest_floor * (1.0 + 1e-9));
    REQUIRE((at_lower || close_to(reached, variance, 1e-9)));
    REQUIRE(reached <= variance * (1.0 + 1e-9));
  }
}

TEST_CASE("whole numbers at equal costs are the best for a budget, and the fewest for a precision") {
  std::mt19937_64 engine{22};
  for (int round = 0; round < 200; ++round) {
    reals a, upper;
    for (int h = 0; h < 3; ++h) {
      a.push_back(static_cast<double>(1 + engine() % 1000));
      upper.push_back(static_cast<double>(2 + engine() % 9));
    }
    const reals one(3, 1.0), cost(3, 2.5);
    const double size = 3.0 + static_cast<double>(engine() % 8), budget = 2.5 * size + 1.0;
    double best = std::numeric_limits<double>::infinity();
    every(one, upper, [&](const reals& x) {
      if (2.5 * sum(x) <= budget)
        best = std::min(best, variance_of(x, a));
    });
    const sizes spent = kernel::spend_budget(budget, a, cost, one, upper);
    REQUIRE(close_to(variance_of(reals(spent.begin(), spent.end()), a), best, 1e-13));

    const double wanted = best * (1.0 + static_cast<double>(engine() % 3));
    double fewest = std::numeric_limits<double>::infinity();
    every(one, upper, [&](const reals& x) {
      if (variance_of(x, a) <= wanted)
        fewest = std::min(fewest, sum(x));
    });
    const sizes reached = kernel::reach_precision(wanted, a, cost, one, upper);
    REQUIRE(variance_of(reals(reached.begin(), reached.end()), a) <= wanted);
    REQUIRE(sum(reals(reached.begin(), reached.end())) == fewest);
  }
}

TEST_CASE("a budget is never overspent, and what it leaves buys no unit that would help") {
  std::mt19937_64 engine{23};
  for (int round = 0; round < 500; ++round) {
    reals a, cost, upper;
    for (int h = 0; h < 4; ++h) {
      a.push_back(static_cast<double>(1 + engine() % 100));
      cost.push_back(static_cast<double>(1 + engine() % 9));
      upper.push_back(static_cast<double>(2 + engine() % 9));
    }
    const double budget = sum(cost) + static_cast<double>(engine() % 60);
    reals share;
    for (std::size_t h = 0; h < 4; ++h)
      share.push_back(a[h] / std::sqrt(cost[h]));
    const sizes n = kernel::spend_budget(budget, share, cost, reals(4, 1.0), upper);
    double spent = 0.0;
    for (std::size_t h = 0; h < 4; ++h)
      spent += cost[h] * static_cast<double>(n[h]);
    REQUIRE(spent <= budget);
    for (std::size_t h = 0; h < 4; ++h)
      if (static_cast<double>(n[h]) < upper[h])
        REQUIRE(spent + cost[h] > budget);
  }
}

TEST_CASE("a plan for a budget or a precision keeps to it and says so") {
  qa::stratum_table table{{{"queue", qa::label_kind::text}}, {{"a"}, {"b"}}, {400, 100}};
  const qa::by_stratum<double> spread{{"a", 1.0}, {"b", 4.0}}, cost{{"a", 2.0}, {"b", 8.0}};
  const auto method = qa::allocation_method::neyman;
  // share = N S / sqrt(c): 400/sqrt 2 and 400/sqrt 8, 2 to 1; 300 = 2 * 2t + 8 t, t = 25.
  const auto bought = qa::allocate(table, {.budget = 300, .method = method, .sd = spread, .cost = cost});
  CHECK(close_to(bought.strata()[0].target, 50.0, 1e-12));
  CHECK(close_to(bought.strata()[1].target, 25.0, 1e-12));
  CHECK(bought.strata()[0].sample_size == 50);
  CHECK(bought.strata()[1].sample_size == 25);
  CHECK(bought.origin().budget == 300.0);
  CHECK(bought.origin().rounding == qa::allocation_rounding::optimal);
  const double reached = qa::expected_std_error(bought, spread);
  // (0.8^2 (1 - 50/400) / 50 + 0.2^2 16 (1 - 25/100) / 25)^(1/2)
  CHECK(close_to(reached, std::sqrt(0.64 * 0.875 / 50 + 0.64 * 0.75 / 25), 1e-14));
  const auto wanted =
      qa::allocate(table, {.std_error = reached * (1 + 1e-12), .method = method, .sd = spread, .cost = cost});
  CHECK(wanted.strata()[0].sample_size == 50);
  CHECK(wanted.strata()[1].sample_size == 25);
  // Without sd a budget can be spent by any method: 1 to 1, 10 t = 95.
  const auto equal =
      qa::allocate(table, {.budget = 95, .method = qa::allocation_method::equal, .cost = cost});
  CHECK(close_to(equal.strata()[0].target, 9.5, 1e-13));
  CHECK(close_to(equal.strata()[1].target, 9.5, 1e-13));
  CHECK(qa::allocate(table, {.budget = 1e6, .cost = cost}).origin().notes[0] ==
        "the budget is 1000000 but all that the bounds allow costs 1600");

  const auto message = [&](qa::allocation_options options) -> std::string {
    try {
      qa::allocate(table, options);
    } catch (const qa::error& e) {
      return e.what();
    }
    return "no error";
  };
  CHECK(message({.budget = 5, .cost = cost}) ==
        "budget: the minima of 2 strata cost 10 but the budget is 5; the nearest possible budget is 10");
  CHECK(message({.budget = 100}) ==
        "cost: expected the cost of one conversation of every stratum, as there is a budget");
  CHECK(message({.budget = 100, .cost = {{"a", 2.0}, {"b", -8.0}}}) ==
        "cost: stratum \"b\": expected a number > 0 but found -8");
  CHECK(message({.std_error = 0.1}) == "std_error: goes only with the method neyman");
  CHECK(message({.std_error = -0.1, .method = method, .sd = spread}) ==
        "std_error: expected a number > 0 but found -0.1");
  CHECK(message({.std_error = 0.1, .method = method, .max_per_stratum = 100, .sd = {{"a", 2.0}, {"b", 1.0}}})
            .find("std_error: expected at least 0.138564") == 0); // 0.8 * 2 * (0.75 / 100)^(1/2)
}
