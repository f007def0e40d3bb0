// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration.hpp>

#include <doctest/doctest.h>

#include "random.hpp"
#include "tables.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

namespace qa = qascore;
using coefficient = qa::agreement_coefficient;

namespace {

/// Two strata of agents with six calls each, rated by two: agents differ in how hard they are to rate, and the small stratum
/// is the harder one. It is drawn five times as often.
struct population {
  static constexpr std::size_t calls = 6;
  std::vector<std::vector<double>> agents[2]; ///< by stratum: pairs of ratings of the agent's calls

  explicit population(std::mt19937_64& engine) {
    for (const auto& [stratum, count, errs] : {std::tuple{0, 2000, 0.2}, std::tuple{1, 400, 0.5}})
      for (int a = 0; a < count; ++a) {
        const double chance = std::min(0.95, errs * 2.0 * qa::test::uniform(engine));
        std::vector<double> pairs;
        for (std::size_t c = 0; c < calls; ++c) {
          const double truth = 1.0 + std::floor(3.0 * qa::test::uniform(engine));
          for (int r = 0; r < 2; ++r)
            pairs.push_back(qa::test::uniform(engine) < chance
                                ? 1.0 + std::floor(3.0 * qa::test::uniform(engine))
                                : truth);
        }
        agents[stratum].push_back(pairs);
      }
  }

  qa::rating_table whole() const {
    std::vector<double> matrix;
    for (const auto& stratum : agents)
      for (const auto& agent : stratum)
        matrix.insert(matrix.end(), agent.begin(), agent.end());
    return tables::of(matrix, 2, {1, 2, 3});
  }
};

} // namespace

TEST_CASE(
    "agreement of a sample of agents by strata holds for all calls of the centre in 95 of 100 samples") {
  std::mt19937_64 engine(41);
  const population centre(engine);
  const auto all = centre.whole();
  constexpr int runs = 1500;
  constexpr std::size_t drawn[2] = {60, 60};
  const qa::measure_options measures[] = {
      {.coefficient = coefficient::cohen_kappa},
      {.coefficient = coefficient::gwet_ac, .weights = qa::category_weight::linear},
      {.level = qa::level::interval}};
  double truth[3] = {};
  for (std::size_t m = 0; m < 3; ++m)
    truth[m] = qa::agreement(all, measures[m]).value;
  int held[3] = {}, held_without[3] = {};
  for (int run = 0; run < runs; ++run) {
    std::vector<double> matrix, weight;
    std::vector<std::uint32_t> stratum, cluster;
    const std::vector<double> agents_in{2000, 400};
    for (std::uint32_t h = 0, next = 0; h < 2; ++h) {
      std::vector<std::size_t> order(centre.agents[h].size());
      for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
      for (std::size_t i = 0; i < drawn[h]; ++i, ++next) {
        std::swap(order[i], order[i + static_cast<std::size_t>(qa::test::uniform(engine) *
                                                               static_cast<double>(order.size() - i))]);
        const auto& agent = centre.agents[h][order[i]];
        matrix.insert(matrix.end(), agent.begin(), agent.end());
        for (std::size_t c = 0; c < population::calls; ++c) {
          weight.push_back(agents_in[h] / static_cast<double>(drawn[h]));
          stratum.push_back(h);
          cluster.push_back(next);
        }
      }
    }
    const auto table = tables::of(matrix, 2, {1, 2, 3});
    qa::design_view design = qa::independent_units(weight.size());
    design.weight = weight;
    design.stratum = stratum;
    design.strata = 2;
    design.cluster = cluster;
    design.clusters = drawn[0] + drawn[1];
    design.population = agents_in;
    for (std::size_t m = 0; m < 3; ++m) {
      const auto found = qa::agreement(table, measures[m], {}, &design),
                 plain = qa::agreement(table, measures[m]);
      CHECK(found.df == 118);
      held[m] += found.low <= truth[m] && truth[m] <= found.high ? 1 : 0;
      held_without[m] += plain.low <= truth[m] && truth[m] <= plain.high ? 1 : 0;
    }
  }
  for (std::size_t m = 0; m < 3; ++m) {
    CHECK(held[m] >= 0.932 * runs); // 3 standard errors are 1.7 points
    CHECK(held[m] <= 0.968 * runs);
    CHECK(held_without[m] < 0.7 * runs); // independent calls of equal weight are another population
  }
}
