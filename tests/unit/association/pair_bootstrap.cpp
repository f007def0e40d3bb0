// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/bootstrap_limits.hpp>
#include <qascore/kernel/domain.hpp>
#include <qascore/kernel/pair_bootstrap.hpp>

#include "close_to.hpp"

#include <cmath>
#include <random>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {

struct columns {
  std::vector<double> x, y;
};

columns correlated(std::size_t n, std::mt19937_64& engine) {
  std::normal_distribution<double> normal;
  columns out;
  for (std::size_t i = 0; i < n; ++i) {
    const double common = normal(engine);
    out.x.push_back(common + normal(engine));
    out.y.push_back(std::floor(1.5 * (common + normal(engine))));
  }
  return out;
}

} // namespace

TEST_CASE("the ingredients of BCa for a ratio are those of boot") {
  // R boot 1.3.28.1: city data (Davison and Hinkley), empinf with exact influence values.
  const std::vector<double> u{138, 93, 61, 179, 48, 37, 29, 23, 30, 2},
      x{143, 104, 69, 260, 75, 63, 50, 48, 111, 50};
  const auto found = qa::kernel::bootstrap_pairs(
      qa::independent_units(10), x, u, {.method = std::nullopt, .replicates = 999, .seed = qa::seed{1}});
  CHECK(close_to(found.value, 1.5203125, 1e-15));
  CHECK(close_to(found.influence_error, 0.180243539994675, 1e-12));
  CHECK(close_to(found.acceleration, 0.0022087676648724, 1e-12));
  CHECK(found.replicates == 999);
}

TEST_CASE("the quick Spearman of a replicate is the slow one, and threads do not matter") {
  std::mt19937_64 engine(2);
  const columns c = correlated(60, engine);
  const auto rows = qa::independent_units(60);
  const auto with = [&](unsigned threads) {
    return qa::kernel::bootstrap_pairs(rows, c.x, c.y,
                                       {.replicates = 300, .seed = qa::seed{4}, .threads = threads});
  };
  CHECK(with(1).low == with(3).low);
  // The same rows through the design's own replicates: other draws, the same spread.
  std::vector<double> weight(60, 2.0);
  qa::design_view design = rows;
  design.weight = weight;
  const auto rao_wu =
                 qa::kernel::bootstrap_pairs(design, c.x, c.y, {.replicates = 3000, .seed = qa::seed{4}}),
             plain = qa::kernel::bootstrap_pairs(rows, c.x, c.y, {.replicates = 3000, .seed = qa::seed{4}});
  CHECK(close_to(rao_wu.value, plain.value, 1e-13));
  CHECK(close_to(rao_wu.std_error, plain.std_error, 0.08));
  CHECK(close_to(plain.std_error, plain.influence_error, 0.15));
}

TEST_CASE("BCa intervals of Spearman hold the true correlation") {
  std::mt19937_64 engine(6);
  const columns population = correlated(200'000, engine);
  const double truth =
      qa::kernel::spearman(qa::independent_units(population.x.size()), population.x, population.y).value;
  int covered = 0;
  const int runs = 300;
  for (int run = 0; run < runs; ++run) {
    const columns c = correlated(60, engine);
    const auto found =
        qa::kernel::bootstrap_pairs(qa::independent_units(60), c.x, c.y,
                                    {.replicates = 499, .seed = qa::seed{static_cast<std::uint64_t>(run)}});
    covered += found.low <= truth && truth <= found.high ? 1 : 0;
  }
  CHECK(covered > 0.90 * runs); // 95 % nominal; four standard errors of 300 runs below
}

TEST_CASE("a stratum that did not answer leaves nothing to draw again") {
  std::mt19937_64 engine(9);
  columns c = correlated(60, engine);
  std::vector<std::uint32_t> stratum(60);
  for (std::size_t i = 0; i < 60; ++i) {
    stratum[i] = static_cast<std::uint32_t>(i / 20);
    if (stratum[i] == 2)
      c.y[i] = std::nan("");
  }
  qa::design_view design = qa::independent_units(60);
  design.stratum = stratum;
  design.strata = 3;
  const auto found = qa::kernel::bootstrap_pairs(design, c.x, c.y, {.replicates = 100, .seed = qa::seed{4}});
  CHECK(found.undefined == qa::kernel::silent_stratum);
  CHECK(std::isnan(found.value));
}

TEST_CASE("what cannot be drawn again says why") {
  const std::vector<double> x{1, 2, 3, 4}, same{2, 2, 2, 2};
  const auto rows = qa::independent_units(4);
  CHECK(qa::kernel::bootstrap_pairs(rows, x, same, {.seed = qa::seed{1}}).undefined ==
        "the second column is constant");
  CHECK_THROWS_WITH_AS(qa::kernel::bootstrap_pairs(rows, x, x, {}), "seed: the bootstrap needs one",
                       qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::bootstrap_pairs(rows, x, x, {.replicates = 1, .seed = qa::seed{1}}),
                  qa::argument_error);
  CHECK(qa::kernel::bootstrap_pairs(rows, x, x, {.replicates = 50, .seed = qa::seed{1}}).undefined ==
        "no variation in the sample: no interval");
  const auto few =
      qa::kernel::summarise_replicates(0.5, {0.4, qa::missing_value, qa::missing_value}, {}, true, 0.0);
  CHECK(few.undefined == "half of the replicates or more have no value: no interval");
  CHECK(few.undefined_replicates == 2);
}
