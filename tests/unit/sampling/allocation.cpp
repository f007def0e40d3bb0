// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/allocation.hpp>

#include "close_to.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
namespace kernel = qascore::kernel;
using reals = std::vector<double>;
using sizes = std::vector<std::uint64_t>;

namespace {
qa::stratum_table table_of(const sizes& population) {
  qa::stratum_table out;
  out.columns = {{"queue", qa::label_kind::text}};
  for (std::size_t h = 0; h < population.size(); ++h) {
    out.labels.push_back({std::string(1, static_cast<char>('a' + h))});
    out.population.push_back(population[h]);
  }
  return out;
}

sizes sizes_of(const qa::sampling_plan& plan) {
  sizes out;
  for (const auto& s : plan.strata())
    out.push_back(s.sample_size);
  return out;
}

double variance_of(const sizes& n, const reals& share) {
  double out = 0.0;
  for (std::size_t h = 0; h < n.size(); ++h)
    if (share[h] > 0.0)
      out += share[h] * share[h] / static_cast<double>(n[h]);
  return out;
}
} // namespace

TEST_CASE("Neyman allocation between bounds has the published optimum") {
  // stratallo 3.0.1, README: opt(n = 1284, ...) and round_oric().
  const reals a{3000. * 48, 4000. * 79, 5000. * 76, 2000. * 16}, lower{100, 90, 500, 50},
      upper{300, 400, 800, 90};
  const reals x = kernel::allocate_between(1284, a, lower, upper);
  const reals published{228.9496, 400, 604.1727, 50.8777};
  for (std::size_t h = 0; h < 4; ++h)
    CHECK(close_to(x[h], published[h], 0.0, 5e-5));
  CHECK(kernel::round_by_largest_remainder(x, 1284) == sizes{229, 400, 604, 51});
  CHECK(kernel::allocate_by_divisor(1284, a, lower, upper, kernel::divisor::huntington_hill) ==
        sizes{229, 400, 604, 51});
}

TEST_CASE("Neyman allocation has the sizes and the standard error of PracTools") {
  // PracTools 1.7.5 (R 4.2.2), strAlloc(n.tot = 100, Nh, Sh, alloc = "neyman"), the hospital example of its
  // manual.
  const reals population{215, 65, 252, 50, 149, 144};
  const reals sd{26787207, 10645109, 6909676, 11085034, 9817762, 44553355};
  reals share;
  for (std::size_t h = 0; h < 6; ++h)
    share.push_back(population[h] * sd[h]);
  const reals x = kernel::allocate_between(100, share, reals(6, 0.0), population);
  const reals expected{34.6416828348418, 4.16194710977725, 10.4734873315489,
                       3.33380444542347, 8.79897037998571, 38.5901078984229};
  for (std::size_t h = 0; h < 6; ++h)
    CHECK(close_to(x[h], expected[h], 1e-12));
  CHECK(close_to(kernel::stratified_mean_std_error(population, sd, x), 1727172.85682714, 1e-13));
  // Exact integer optimum with at least 2 each, by Wright's priority values.
  CHECK(kernel::allocate_by_divisor(100, share, reals(6, 2.0), population,
                                    kernel::divisor::huntington_hill) == sizes{35, 4, 10, 3, 9, 39});
}

TEST_CASE("sizes between bounds fulfil the conditions of the optimum, whatever the numbers") {
  std::mt19937_64 engine{7};
  const auto uniform = [&] { return static_cast<double>(engine() >> 11) * 0x1p-53; };
  for (int round = 0; round < 2000; ++round) {
    const std::size_t strata = 1 + engine() % 12;
    reals share, lower, upper;
    for (std::size_t h = 0; h < strata; ++h) {
      share.push_back(engine() % 5 == 0 ? 0.0 : std::exp(12.0 * uniform() - 6.0));
      lower.push_back(static_cast<double>(engine() % 20));
      upper.push_back(lower.back() + static_cast<double>(engine() % 30));
    }
    const double least = std::accumulate(lower.begin(), lower.end(), 0.0);
    const double most = std::accumulate(upper.begin(), upper.end(), 0.0);
    const double size = round % 10 == 0   ? least
                        : round % 10 == 1 ? most
                                          : std::floor(least + (most - least) * uniform());
    const reals x = kernel::allocate_between(size, share, lower, upper);
    REQUIRE(close_to(std::accumulate(x.begin(), x.end(), 0.0), size, 1e-12, 1e-9));
    // Kuhn-Tucker: x/share is one constant for strata between their bounds, not below it at the lower
    // bound, not above it at the upper.
    double highest_floor = std::numeric_limits<double>::infinity(), lowest_cap = 0.0;
    for (std::size_t h = 0; h < strata; ++h) {
      REQUIRE(x[h] >= lower[h]);
      REQUIRE(x[h] <= upper[h]);
      if (share[h] == 0.0)
        continue;
      if (x[h] > lower[h])
        lowest_cap = std::max(lowest_cap, x[h] / share[h]); // could be taken from
      if (x[h] < upper[h])
        highest_floor = std::min(highest_floor, x[h] / share[h]); // could be given to
    }
    REQUIRE(lowest_cap <= highest_floor * (1.0 + 1e-9));
  }
}

TEST_CASE("whole numbers keep the total, stay between the bounds and next to the real-valued size") {
  std::mt19937_64 engine{8};
  for (int round = 0; round < 2000; ++round) {
    const std::size_t strata = 1 + engine() % 20;
    sizes population;
    for (std::size_t h = 0; h < strata; ++h)
      population.push_back(1 + engine() % (round % 2 == 0 ? 12 : 5000));
    const std::uint64_t all = std::accumulate(population.begin(), population.end(), std::uint64_t{0});
    const std::uint64_t minimum = engine() % 6;
    std::uint64_t least = 0;
    for (const auto n : population)
      least += std::min(n, minimum);
    if (least == 0 && all == 0)
      continue;
    const std::uint64_t size = std::max<std::uint64_t>(1, least + engine() % (all - least + 1));
    qa::allocation_options options{.size = size, .min_per_stratum = minimum};
    if (round % 3 == 1)
      options.method = qa::allocation_method::equal;
    const auto plan = qa::allocate(table_of(population), options);
    REQUIRE(plan.sample_size() == size);
    for (const auto& s : plan.strata()) {
      REQUIRE(s.sample_size <= s.population);
      REQUIRE(s.sample_size >= std::min(minimum, s.population));
      REQUIRE(std::abs(static_cast<double>(s.sample_size) - s.target) < 1.0);
    }
  }
}

TEST_CASE("the optimal rounding is the best of all whole-number sizes") {
  // By enumeration of every allocation of n to three strata.
  std::mt19937_64 engine{9};
  for (int round = 0; round < 200; ++round) {
    reals share, upper;
    for (int h = 0; h < 3; ++h) {
      share.push_back(static_cast<double>(1 + engine() % 1000));
      upper.push_back(static_cast<double>(3 + engine() % 10));
    }
    const std::uint64_t n = 4 + engine() % 5;
    double best = std::numeric_limits<double>::infinity();
    for (std::uint64_t i = 1; i + 2 <= n; ++i)
      for (std::uint64_t j = 1; i + j + 1 <= n; ++j) {
        const sizes one{i, j, n - i - j};
        if (static_cast<double>(i) <= upper[0] && static_cast<double>(j) <= upper[1] &&
            static_cast<double>(n - i - j) <= upper[2])
          best = std::min(best, variance_of(one, share));
      }
    const sizes found =
        kernel::allocate_by_divisor(n, share, reals(3, 1.0), upper, kernel::divisor::huntington_hill);
    REQUIRE(close_to(variance_of(found, share), best, 1e-14));
  }
}

TEST_CASE("divisor methods agree with the apportionments of the literature and of sps") {
  // sps 0.6.2, tests of prop_allocation (Jefferson/D'Hondt, capped by what is available).
  const auto jefferson = [](std::uint64_t n, const reals& share, double initial, const reals& cap) {
    return kernel::allocate_by_divisor(n, share, reals(share.size(), initial), cap,
                                       kernel::divisor::jefferson);
  };
  CHECK(jefferson(4, {5, 50}, 0, {5, 5}) == sizes{0, 4});
  CHECK(jefferson(4, {5, 50}, 1, {5, 5}) == sizes{1, 3});
  CHECK(jefferson(4, {5, 50}, 2, {5, 5}) == sizes{2, 2});
  CHECK(jefferson(10, {10, 20, 30, 40}, 0, {10, 20, 30, 40}) == sizes{1, 2, 3, 4});
  CHECK(jefferson(3, {100, 3}, 0, {1, 3}) == sizes{1, 2});
  CHECK(jefferson(5, {7, 30}, 0, {7, 3}) == sizes{2, 3});
  // By hand, 10 seats to 53, 24, 23: quotients 53/d, 24/d, 23/d. Webster, d = .5, 1.5, ...: 53 gets 106,
  // 35.3, 21.2, 15.1, 11.8; 24 gets 48, 16, 9.6; 23 gets 46, 15.3, 9.2. The ten largest: 106 48 46 35.3
  // 21.2 16 15.3 15.1 11.8 and then max(53/5.5 = 9.636, 9.6, 9.2). Adams, d = 0, 1, 2, ...: all one
  // first; then 53 26.5 24 23 17.7 13.3 12.
  const reals seats{53, 24, 23}, zero(3, 0.0), room(3, 10.0);
  CHECK(kernel::allocate_by_divisor(10, seats, zero, room, kernel::divisor::webster) == sizes{6, 2, 2});
  CHECK(kernel::allocate_by_divisor(10, seats, zero, room, kernel::divisor::adams) == sizes{5, 3, 2});
}

TEST_CASE("the largest remainders get what rounding down leaves, equal ones by stratum order") {
  // svy and PracTools agree with 143, 24, 33 on the strata of the api data (R survey).
  CHECK(sizes_of(qa::allocate(table_of({4421, 755, 1018}), {.size = 200})) == sizes{143, 24, 33});
  CHECK(sizes_of(qa::allocate(table_of({100, 100, 100}), {.size = 100})) == sizes{34, 33, 33});
  // 2.5 and 7.5: both remainders one half, computed from different numbers.
  CHECK(sizes_of(qa::allocate(table_of({50, 150}), {.size = 10})) == sizes{3, 7});
}

TEST_CASE("minimum and caps are honoured together with the asked size") {
  // The example on which another package drops its minimum: N = 1000, 10, 10.
  CHECK(sizes_of(qa::allocate(table_of({1000, 10, 10}), {.size = 30, .min_per_stratum = 5})) ==
        sizes{20, 5, 5});
  CHECK(sizes_of(qa::allocate(table_of({5, 1000}), {.size = 100,
                                                    .method = qa::allocation_method::neyman,
                                                    .sd = {{"a", 100}, {"b", 1}}})) == sizes{5, 95});
  CHECK(sizes_of(qa::allocate(table_of({50, 50, 2}), {.size = 40, .method = qa::allocation_method::equal})) ==
        sizes{19, 19, 2});
  CHECK(
      sizes_of(qa::allocate(table_of({600, 300, 100}),
                            {.size = 100, .min_per_stratum = {{"c", 30}}, .max_per_stratum = {{"a", 40}}})) ==
      sizes{40, 30, 30});
}

TEST_CASE("by default every stratum is represented, and the plain rule is there for the asking") {
  CHECK(sizes_of(qa::allocate(table_of({10'000, 3}), {.size = 100})) == sizes{99, 1});
  const auto plain = qa::allocate(table_of({10'000, 3}), {.size = 100, .min_per_stratum = 0});
  CHECK(sizes_of(plain) == sizes{100, 0});
  REQUIRE(plain.origin().notes.size() == 1);
  CHECK(plain.origin().notes[0] ==
        "nothing is drawn from stratum \"b\", which holds 3: estimates do not speak for it");
}

TEST_CASE("rates give each stratum its fraction and the total nearest to their sum") {
  const auto plan = qa::allocate(table_of({1000, 333, 7}), {.rates = {{"a", 1.0}, {"b", 0.3}, {"c", 0.0}}});
  CHECK(sizes_of(plan) == sizes{1000, 100, 0}); // 99.9 rounds up, the total is 1099.9
  CHECK(plan.strata()[0].is_certainty());
  CHECK(close_to(plan.strata()[1].target, 99.9, 1e-14));
  const auto one = qa::allocate(table_of({1000, 333, 7}), {.rate = 0.12});
  CHECK(one.sample_size() == 161); // 0.12 * 1340 = 160.8
  const auto least =
      qa::allocate(table_of({1000, 50}), {.rates = {{"a", 0.1}, {"b", 0.1}}, .min_per_stratum = 20});
  CHECK(sizes_of(least) == sizes{100, 20});
}

TEST_CASE("given counts are taken as they are") {
  const auto plan = qa::allocate(table_of({10, 20}), {.counts = {{"a", 10}, {"b", 3}}});
  CHECK(sizes_of(plan) == sizes{10, 3});
  CHECK_THROWS_WITH_AS(qa::allocate(table_of({10, 20}), {.counts = {{"a", 11}, {"b", 3}}}),
                       "counts: stratum \"a\": expected at most 10, all of it, but found 11",
                       qa::design_error);
}

TEST_CASE("cost and a given measure shape the sizes") {
  // share = N S / sqrt(c): 100*2/1, 100*2/2 -> 2 to 1.
  const auto plan = qa::allocate(table_of({100, 100}), {.size = 30,
                                                        .method = qa::allocation_method::neyman,
                                                        .sd = {{"a", 2}, {"b", 2}},
                                                        .cost = {{"a", 1}, {"b", 4}}});
  CHECK(sizes_of(plan) == sizes{20, 10});
  // Bankier's power allocation, X^q CV with q = 1/2, on the api strata (R 4.2.2): 86.204, 55.058, 58.738.
  const reals x{1877350, 1013824, 920298}, cv{0.19543757934626, 0.169859819361506, 0.190197779428887};
  const auto power = qa::allocate(table_of({4421, 755, 1018}), {.size = 200,
                                                                .method = qa::allocation_method::measure,
                                                                .measure = {{"a", std::sqrt(x[0]) * cv[0]},
                                                                            {"b", std::sqrt(x[1]) * cv[1]},
                                                                            {"c", std::sqrt(x[2]) * cv[2]}}});
  const reals expected{86.2042572360386, 55.0579399332592, 58.7378028307022};
  for (std::size_t h = 0; h < 3; ++h)
    CHECK(close_to(power.strata()[h].target, expected[h], 1e-12));
}

TEST_CASE("strata without spread get their minimum, and the rest only when the others are full") {
  const auto with_sd = [](std::uint64_t size, double a, double b, double c) {
    return sizes_of(qa::allocate(table_of({10, 60, 30}), {.size = size,
                                                          .method = qa::allocation_method::neyman,
                                                          .min_per_stratum = 2,
                                                          .sd = {{"a", a}, {"b", b}, {"c", c}}}));
  };
  CHECK(with_sd(12, 1, 0, 0) == sizes{8, 2, 2});
  CHECK(with_sd(40, 1, 0, 0) == sizes{10, 20, 10});
  CHECK(with_sd(20, 0, 0, 0) == sizes{2, 12, 6});
}

TEST_CASE("what cannot be met is refused with the nearest size that can") {
  const auto table = table_of({100, 50, 3});
  CHECK_THROWS_WITH_AS(
      qa::allocate(table, {.size = 10, .min_per_stratum = 20}),
      "min_per_stratum: the minima of 3 strata add up to 43 but size is 10; the nearest possible size "
      "is 43",
      qa::design_error);
  CHECK_THROWS_WITH_AS(
      qa::allocate(table, {.size = 2}),
      "min_per_stratum: the minima of 3 strata add up to 3 but size is 2; the nearest possible size is 3 "
      "(min_per_stratum = 0 asks for no minimum)",
      qa::design_error);
  CHECK_THROWS_WITH_AS(
      qa::allocate(table, {.size = 100, .max_per_stratum = 20}),
      "max_per_stratum: the maxima of 3 strata add up to 43 but size is 100; the nearest possible size "
      "is 43",
      qa::design_error);
  CHECK_THROWS_WITH_AS(qa::allocate(table, {.size = 154}),
                       "size: expected at most 153, the number of conversations, but found 154",
                       qa::design_error);
  CHECK_THROWS_AS(qa::allocate(table, {.rate = 0.001, .min_per_stratum = 0}), qa::design_error);
  CHECK_THROWS_WITH_AS(qa::allocate(table_of({}), {.size = 1}),
                       "allocate: expected at least one conversation but found none", qa::data_error);
}

TEST_CASE("options out of range, unknown strata and options that do not go together are refused") {
  const auto table = table_of({100, 50});
  const auto message = [&](const qa::allocation_options& options) -> std::string {
    try {
      qa::allocate(table, options);
    } catch (const qa::argument_error& e) {
      return e.what();
    }
    return "no error";
  };
  CHECK(message({}) ==
        "allocate: expected exactly one of size, rate, budget, std_error, rates and counts but found none");
  CHECK(message({.size = 5, .rate = 0.1}) ==
        "allocate: expected exactly one of size, rate, budget, std_error, rates and counts but found 2");
  CHECK(message({.size = 0}) == "size: expected a whole number >= 1 but found 0");
  CHECK(message({.rate = 12}) ==
        "rate: expected a fraction above 0 up to 1 but found 12 (did you mean 0.12?)");
  CHECK(message({.rate = -0.5}) == "rate: expected a fraction above 0 up to 1 but found -0.5");
  CHECK(message({.rate = std::nan("")}) == "rate: expected a fraction above 0 up to 1 but found NaN");
  CHECK(message({.rates = {{"a", 0.5}}}) ==
        "rates: stratum \"b\" is missing; expected a fraction from 0 to 1 for every stratum");
  CHECK(message({.rates = {{"a", 0.5}, {"b", 1.5}}}) ==
        "rates: stratum \"b\": expected a fraction from 0 to 1 but found 1.5 (did you mean 0.015?)");
  CHECK(message({.rates = {{"a", 0.5}, {"c", 0.5}}}) ==
        "rates: no stratum \"c\" in the data (did you mean \"a\"?)");
  CHECK(message({.size = 5, .min_per_stratum = {{{"a", "x"}, 2}}}) ==
        "min_per_stratum: stratum (\"a\", \"x\"): expected 1 labels, one per strata column, but found 2");
  CHECK(message({.size = 5, .min_per_stratum = 3, .max_per_stratum = 2}) ==
        "max_per_stratum: stratum \"a\": expected at least the minimum 3 but found 2");
  CHECK(message({.size = 5, .sd = {{"a", 1}, {"b", 1}}}) == "sd: goes only with the method neyman");
  CHECK(message({.size = 5, .method = qa::allocation_method::neyman}) ==
        "sd: stratum \"a\" is missing; expected a standard deviation >= 0 for every stratum");
  CHECK(message({.counts = {{"a", 1}, {"b", 1}}, .min_per_stratum = 1}) ==
        "min_per_stratum: goes only with size, rate, budget, std_error or rates");
  CHECK_THROWS_WITH_AS(qa::stratum_counts(-1), "stratum count: expected a whole number >= 0 but found -1",
                       qa::argument_error);
}
