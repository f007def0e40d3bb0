// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "close_to.hpp"

#include <qascore/sampling/allocation.hpp>
#include <qascore/sampling/draw_pps.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace qa = qascore;
namespace kernel = qascore::kernel;
using qascore::test::close_to;

namespace {

struct call {
  std::int64_t id;
  std::string queue;
  double minutes;
};

/// 24 calls of 1 to 12 minutes in each of two queues.
std::vector<call> some_calls() {
  std::vector<call> out;
  for (std::int64_t i = 0; i < 24; ++i)
    out.push_back({1000 + 7 * i, i % 2 == 0 ? "chat" : "phone", static_cast<double>(1 + i / 2)});
  return out;
}

qa::sampling_plan plan_of(const std::vector<call>& calls) {
  return qa::allocate(calls, &call::queue, {.size = 10});
}

/// Sum of (found - expected)^2 / (expected (1 - p)) over units: each frequency is binomial.
double z2_of(const std::vector<double>& found, const std::vector<double>& p, double repeats) {
  double out = 0.0;
  for (std::size_t k = 0; k < p.size(); ++k)
    if (p[k] < 1.0)
      out = std::max(out, std::pow(found[k] - repeats * p[k], 2) / (repeats * p[k] * (1.0 - p[k])));
  return out;
}

std::vector<double> chances_of(const std::vector<call>& calls) {
  std::vector<double> size, n{5.0, 5.0};
  std::vector<std::uint32_t> stratum;
  for (const call& c : calls) {
    size.push_back(c.minutes);
    stratum.push_back(c.queue == "chat" ? 0 : 1);
  }
  return kernel::pps_probabilities(size, stratum, n);
}

} // namespace

TEST_CASE("calls are drawn as often as their chances say, whatever the method" *
          doctest::test_suite("simulation")) {
  const auto calls = some_calls();
  const auto plan = plan_of(calls);
  const auto p = chances_of(calls);
  constexpr int repeats = 20'000;
  for (const auto method : {qa::pps_method::pareto, qa::pps_method::poisson, qa::pps_method::systematic}) {
    CAPTURE(static_cast<int>(method));
    std::vector<double> found(calls.size(), 0.0);
    for (std::uint64_t s = 0; s < repeats; ++s)
      for (const auto [row, probability] :
           qa::draw_pps(calls, &call::id, &call::queue, &call::minutes, plan, qa::seed{s},
               {.method = method})) {
        found[row] += 1.0;
        REQUIRE(probability == p[row]);
      }
    // The largest of 24 squared normal deviates exceeds 16 once in 700 such runs; these seeds are fixed.
    // Pareto's own error, below 0.3 % of p here, moves a deviate by less than 0.5.
    CHECK(z2_of(found, p, repeats) < 16.0);
  }
}

TEST_CASE("samples of a fixed size have it in every stratum, and certain calls are in them") {
  auto calls = some_calls();
  calls[3].minutes = 500.0;
  const auto plan = plan_of(calls);
  for (const auto method : {qa::pps_method::pareto, qa::pps_method::sequential_poisson,
      qa::pps_method::successive,
                            qa::pps_method::systematic})
    for (std::uint64_t s = 0; s < 50; ++s) {
      const auto drawn =
          qa::draw_pps(calls, &call::id, &call::queue, &call::minutes, plan, qa::seed{s}, {.method = method});
      REQUIRE(drawn.size() == 10);
      const auto chats = std::ranges::count_if(drawn,
          [&](const auto& d) { return calls[d.row].queue == "chat"; });
      CHECK(chats == 5);
      const auto big = std::ranges::find_if(drawn, [](const auto& d) { return d.row == 3; });
      REQUIRE(big != drawn.end());
      CHECK(big->inclusion_probability == 1.0);
    }
}

TEST_CASE("the sample does not depend on the order of rows") {
  auto calls = some_calls();
  const auto plan = plan_of(calls);
  const auto ids = [&](qa::pps_method method) {
    std::vector<std::int64_t> out;
    for (const auto& d :
         qa::draw_pps(calls, &call::id, &call::queue, &call::minutes, plan, qa::seed{9}, {.method = method}))
      out.push_back(calls[d.row].id);
    std::ranges::sort(out);
    return out;
  };
  for (const auto method : {qa::pps_method::pareto, qa::pps_method::poisson, qa::pps_method::systematic}) {
    const auto before = ids(method);
    std::ranges::reverse(calls);
    CHECK(ids(method) == before);
  }
}

TEST_CASE("a systematic sample takes every k-th of the list") {
  // Ten units, 5 drawn: units 0, 2, 4, ... for a start below 1/2 (in units of the distance), else 1, 3, ...
  const std::vector<std::uint64_t> list{9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
  const std::vector<std::uint32_t> stratum(10, 0);
  const std::vector<std::uint64_t> sample{5};
  const auto from = [&](double start) {
    return kernel::systematic_sample(list, {}, stratum, sample, std::vector<double>{start});
  };
  CHECK(from(0.0) == std::vector<std::uint64_t>{1, 3, 5, 7, 9});
  CHECK(from(0.49) == std::vector<std::uint64_t>{1, 3, 5, 7, 9});
  CHECK(from(0.5) == std::vector<std::uint64_t>{0, 2, 4, 6, 8});
  CHECK(from(0.99) == std::vector<std::uint64_t>{0, 2, 4, 6, 8});
}

TEST_CASE("over all starts of a systematic sample each unit is drawn with exactly its probability") {
  // Lengths in sixteenths: a start falls into each of the 16 sixteenths once.
  const std::vector<double> p{3 / 16.0, 1.0, 9 / 16.0, 0.0, 7 / 16.0, 13 / 16.0};
  const std::vector<std::uint64_t> list{4, 1, 0, 3, 5, 2};
  const std::vector<std::uint32_t> stratum(6, 0);
  const std::vector<std::uint64_t> sample{3};
  std::vector<double> found(6, 0.0);
  for (int i = 0; i < 16; ++i)
    for (const auto row :
         kernel::systematic_sample(list, p, stratum, sample, std::vector<double>{(i + 0.5) / 16.0}))
      found[row] += 1.0 / 16.0;
  CHECK(found == p);
}

TEST_CASE("ranks of order sampling, by hand") {
  // u / p: 0.2, 0.6, 0.25; [u/(1-u)]/[p/(1-p)]: 0.111, 0.429, 0.118; log(1-u)/log(1-p): 0.152, 0.515, 0.177:
  // always the first and third.
  const std::vector<double> u{0.1, 0.3, 0.15}, p{0.5, 0.5, 0.6};
  const std::vector<std::uint32_t> stratum(3, 0);
  const std::vector<std::uint64_t> two{2}, four{4};
  for (const auto method :
       {kernel::order_method::pareto, kernel::order_method::sequential_poisson,
           kernel::order_method::successive})
    CHECK(kernel::order_sample(u, p, stratum, two, method) == std::vector<std::uint64_t>{0, 2});
  CHECK(kernel::order_sample(u, {}, stratum, two, kernel::order_method::simple) ==
        std::vector<std::uint64_t>{0, 2});
  // Equal numbers go by the place of the id, else by row.
  const std::vector<double> equal(3, 0.4);
  const std::vector<std::uint64_t> places{2, 0, 1};
  CHECK(kernel::order_sample(equal, {}, stratum, two, kernel::order_method::simple) ==
        std::vector<std::uint64_t>{0, 1});
  CHECK(kernel::order_sample(equal, {}, stratum, two, kernel::order_method::simple, places) ==
        std::vector<std::uint64_t>{1, 2});
  CHECK(kernel::poisson_sample(u, p) == std::vector<std::uint64_t>{0, 1, 2});
  CHECK(kernel::poisson_sample(u, std::vector<double>{0.1, 0.31, 0.0}) == std::vector<std::uint64_t>{1});
  CHECK_THROWS_WITH_AS(
      kernel::order_sample(u, p, stratum, four, kernel::order_method::pareto),
      "sample: stratum 0: expected at most 3, its units with a chance, but found 4", qa::argument_error);
  CHECK_THROWS_WITH_AS(kernel::poisson_sample(u, std::vector<double>{0.1, 1.5, 0.0}),
                       "probability: expected a number from 0 to 1 but found 1.5 at position 1",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(kernel::poisson_sample(u, std::vector<double>{0.1, NAN, 0.0}),
                       "probability: expected a number from 0 to 1 but found NaN at position 1",
                       qa::argument_error);
}

TEST_CASE("sizes that cannot be are refused") {
  auto calls = some_calls();
  const auto plan = plan_of(calls);
  const auto draw = [&] {
    return qa::draw_pps(calls, &call::id, &call::queue, &call::minutes, plan, qa::seed{1});
  };
  calls[4].minutes = -1.0;
  CHECK_THROWS_WITH_AS(draw(), "size_measure: expected a number >= 0 but found -1 at position 4",
                       qa::argument_error);
  calls[4].minutes = NAN;
  CHECK_THROWS_WITH_AS(draw(), "size_measure: expected a number >= 0 but found NaN at position 4",
                       qa::argument_error);
  for (std::size_t i = 0; i < 16; ++i)
    calls[i].minutes = 0.0;
  CHECK_THROWS_WITH_AS(
      draw(), "size_measure: stratum \"chat\" has 4 conversations with a size above 0 but the plan draws 5",
      qa::data_error);
  calls[1].id = calls[0].id;
  CHECK_THROWS_AS(draw(), qa::data_error);
}

TEST_CASE("samples that begin elsewhere on the circle overlap by what the distance leaves") {
  const kernel::permanent_numbers plain{qa::seed{5}}, up{qa::seed{5}, qa::kernel::rotation{0.25}},
      down{qa::seed{5}, qa::kernel::rotation{0.25, true}};
  for (std::int64_t id = 0; id < 1000; ++id) {
    const double u = kernel::uniform_of(plain(id));
    const double turned = u < 0.25 ? u + 0.75 : u - 0.25;
    CHECK(close_to(kernel::uniform_of(up(id)), turned, 0.0, 4e-16));
    CHECK(close_to(kernel::uniform_of(down(id)), 1.0 - turned, 0.0, 4e-16));
    CHECK(close_to(qa::kernel::rotation{0.25}(u), turned, 0.0));
    CHECK(close_to(qa::kernel::rotation(0.25, true)(u), 1.0 - turned, 0.0));
  }
  CHECK_THROWS_WITH_AS(qa::kernel::rotation{1.0}, "start: expected a number from 0 to below 1 but found 1",
                       qa::argument_error);
}
