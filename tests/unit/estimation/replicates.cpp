// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::uniform;

namespace {

struct call {
  std::string queue, agent;
  double weight, population, base;
  std::optional<double> score;
  bool resolved;
};

/// Strata of different size with a weight each; agents of 3 calls.
std::vector<call> sample(std::uint64_t start) {
  std::mt19937_64 engine(start);
  std::vector<call> out;
  const int size[] = {30, 21, 12};
  for (int h = 0; h < 3; ++h)
    for (int i = 0; i < size[h]; ++i)
      out.push_back({std::string(1, static_cast<char>('a' + h)),
                     std::to_string(h) + "/" + std::to_string(i / 3), 2.0 + 3.0 * h,
                     (2.0 + 3.0 * h) * size[h], 1.0 + uniform(engine), 0.2 * h + uniform(engine),
                     uniform(engine) < 0.6});
  return out;
}

auto builder(const std::vector<call>& rows) {
  return qa::design_builder(rows).stratum(&call::queue).weight(&call::weight);
}

const qa::replicate_options jackknife{.method = qa::variance_method::jackknife};
qa::replicate_options bootstrap(std::uint64_t start, std::size_t replicates = 4000) {
  return {.method = qa::variance_method::bootstrap, .replicates = replicates, .seed = qa::seed{start}};
}

} // namespace

TEST_CASE("the jackknife of what is linear in the weights is the closed form") {
  // Strata of equal weights: the mean's weights sum to the same in each replicate.
  const auto rows = sample(1);
  for (const bool finite : {false, true}) {
    const auto design = finite ? builder(rows).population(&call::population).build() : builder(rows).build();
    const qa::estimate taylor = qa::mean(design, rows, &call::score);
    const qa::estimate again = qa::mean(design, rows, &call::score, {.variance = jackknife});
    CHECK(again.value == taylor.value);
    CHECK(close_to(again.std_error, taylor.std_error, 1e-12));
    CHECK(again.df == taylor.df);
    CHECK(close_to(again.low, taylor.low, 1e-12));
    CHECK(again.method == "mean, sample design, jackknife");
    CHECK(close_to(qa::total(design, rows, &call::score, {.variance = jackknife}).std_error,
                   qa::total(design, rows, &call::score).std_error, 1e-12));
  }
}

TEST_CASE("with unequal weights and whole clusters the jackknife of a total is the closed form") {
  auto rows = sample(2);
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].weight *= 1.0 + 0.1 * static_cast<double>(i % 5);
  const auto design = builder(rows).cluster(&call::agent).build();
  CHECK(close_to(qa::total(design, rows, &call::score, {.variance = jackknife}).std_error,
                 qa::total(design, rows, &call::score).std_error, 1e-12));
  // Means, ratios and domains are ratios of totals: equal up to terms of order 1/n.
  CHECK(close_to(qa::mean(design, rows, &call::score, {.variance = jackknife}).std_error,
                 qa::mean(design, rows, &call::score).std_error, 0.05));
  CHECK(close_to(qa::ratio(design, rows, &call::score, &call::base, {.variance = jackknife}).std_error,
                 qa::ratio(design, rows, &call::score, &call::base).std_error, 0.05));
  CHECK(close_to(qa::mean_by(design, rows, &call::score, &call::resolved, {.variance = jackknife})[1].std_error,
                 qa::mean_by(design, rows, &call::score, &call::resolved)[1].std_error, 0.08));
}

TEST_CASE("the jackknife of independent rows is s^2 / n of each domain") {
  const auto rows = sample(3);
  const auto design = qa::sample_design::independent(rows.size());
  const auto taylor = qa::mean_by(design, rows, &call::score, &call::queue);
  const auto again = qa::mean_by(design, rows, &call::score, &call::queue, {.variance = jackknife});
  for (std::size_t d = 0; d < 3; ++d)
    CHECK(close_to(again[d].std_error, taylor[d].std_error, 1e-12));
}

TEST_CASE("the bootstrap comes to the closed form within the error of simulation") {
  // The variance of a variance from R replicates of a near-normal value is 2 V^2 / (R - 1): for R = 4,000 the standard
  // error of a standard error is 1.1 %; four of them are asked for.
  const auto rows = sample(4);
  for (const bool finite : {false, true})
    for (const bool clusters : {false, true}) {
      auto made = builder(rows);
      if (clusters)
        made.cluster(&call::agent);
      else if (finite)
        made.population(&call::population);
      const auto design = made.build();
      CHECK(close_to(qa::mean(design, rows, &call::score, {.variance = bootstrap(11)}).std_error,
                     qa::mean(design, rows, &call::score).std_error, 0.045));
      CHECK(close_to(qa::total(design, rows, &call::base, {.variance = bootstrap(12)}).std_error,
                     qa::total(design, rows, &call::base).std_error, 0.045));
    }
}

TEST_CASE("the bootstrap gives the same numbers for any number of threads, and others for another seed") {
  const auto rows = sample(5);
  const auto design = builder(rows).build();
  auto how = bootstrap(1, 200);
  const double one = qa::mean(design, rows, &call::score, {.variance = how}).std_error;
  how.threads = 3;
  CHECK(qa::mean(design, rows, &call::score, {.variance = how}).std_error == one);
  CHECK(qa::mean(design, rows, &call::score, {.variance = bootstrap(2, 200)}).std_error != one);
  how.seed.reset();
  CHECK_THROWS_AS(qa::mean(design, rows, &call::score, {.variance = how}), qa::argument_error);
}

TEST_CASE("under post-strata and margins every replicate is adjusted again") {
  const auto rows = sample(6);
  const std::vector<qa::label_total> known{{"true", 150.0}, {"false", 160.0}};
  const auto label = [](const call& c) { return std::string(c.resolved ? "true" : "false"); };
  const auto design = qa::poststratify(builder(rows).build(), rows, label, known);
  const auto indicator = [](const call& c) { return c.resolved ? 1.0 : 0.0; };
  CHECK(close_to(qa::total(design, rows, indicator, {.variance = jackknife}).std_error, 0.0, 0.0, 1e-10));
  const auto raked = qa::known_totals(builder(rows).build(), rows)
                         .margin("resolved", label, known)
                         .margin("queue", &call::queue, {{"a", 90.0}, {"b", 120.0}, {"c", 100.0}})
                         .rake();
  for (const auto& one : {design, raked}) {
    CHECK(close_to(qa::mean(one, rows, &call::score, {.variance = jackknife}).std_error,
                   qa::mean(one, rows, &call::score).std_error, 0.08));
    CHECK(close_to(qa::mean(one, rows, &call::score, {.variance = bootstrap(3, 2000)}).std_error,
                   qa::mean(one, rows, &call::score).std_error, 0.12));
  }
}

TEST_CASE("a stratum of one unit adds nothing, or what the others add, or leaves no replicates") {
  auto rows = sample(7);
  rows.push_back({"d", "9/9", 5.0, 5.0, 1.0, 0.4, true});
  const auto design = [&](qa::single_unit how) { return builder(rows).build({.single_unit = how}); };
  for (const auto how : {qa::single_unit::certainty, qa::single_unit::average})
    CHECK(close_to(qa::total(design(how), rows, &call::score, {.variance = jackknife}).std_error,
                   qa::total(design(how), rows, &call::score).std_error, 1e-12));
  const qa::estimate none = qa::total(design(qa::single_unit::adjust), rows, &call::score, {.variance = jackknife});
  CHECK(std::isnan(none.std_error));
  CHECK(none.undefined.find("no variance from replicates") == 0);
}

TEST_CASE("units without a value are no cluster of a replicate") {
  auto rows = sample(8);
  for (std::size_t i = 0; i < rows.size(); i += 4)
    rows[i].score.reset();
  const auto design = builder(rows).population(&call::population).build();
  CHECK(close_to(qa::mean(design, rows, &call::score, {.missing = qa::missing_rows::drop, .variance = jackknife}).std_error,
                 qa::mean(design, rows, &call::score, {.missing = qa::missing_rows::drop}).std_error, 1e-12));
}

TEST_CASE("any function of the weights has a variance from replicates") {
  // The log of a total: by the delta method se(total) / total.
  const auto rows = sample(9);
  const auto design = builder(rows).build();
  const auto variance = qa::kernel::replicate_variances(
      design.view(), jackknife, {}, 1, [&](const qa::design_view& view, std::span<double> out) {
        double sum = 0;
        for (std::size_t i = 0; i < rows.size(); ++i)
          sum += view.weight[i] * rows[i].base;
        out[0] = std::log(sum);
      });
  const qa::estimate total = qa::total(design, rows, &call::base);
  CHECK(close_to(std::sqrt(variance[0]), total.std_error / total.value, 0.002));
}

TEST_CASE("a proportion's interval takes the variance that was asked for") {
  const auto rows = sample(10);
  const auto design = builder(rows).build();
  const auto taylor = qa::proportion(design, rows, &call::resolved);
  const auto again = qa::proportion(design, rows, &call::resolved, {.variance = jackknife});
  CHECK(close_to(again.low, taylor.low, 1e-12));
  CHECK(again.method == "proportion, sample design, jackknife");
}
