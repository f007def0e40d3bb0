// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "random.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <vector>

/// How often intervals of agents hold the truth over made-up centres with 2 to 40 conversations an agent. The quick run
/// draws 150 centres, the long one (QASCORE_LONG) 2,000. Shares of agents are counted over all agents of all centres,
/// those of ranks over centres (all agents right at once).
namespace qa = qascore;
using qascore::test::normal;
using qascore::test::uniform;

namespace {

bool longer() {
  return std::getenv("QASCORE_LONG") != nullptr;
}

struct review {
  int agent;
  double score;
};

struct held {
  double direct, shrunken, ranks; ///< shares that hold the truth
  double width;                   ///< of shrunken intervals, direct = 1
  double error;                   ///< mean squared error of shrunken means, direct = 1
  double own_words;               ///< mean of mse over mean squared error
  double told_apart;              ///< of pairs
};

struct centre {
  int agents;
  double between;              ///< standard deviation of agents' means; 0.1 within
  bool fixed_gap = false;      ///< a third of the agents 0.1 better than the rest, all alike but for that
  bool skewed = false;         ///< values of a shifted exponential distribution in place of the normal
  bool uneven = false;         ///< agents' own standard deviations differ: 0.1 exp(0.4 z - 0.08)
};

held run(const centre& of, qa::between_variance how) {
  const int centres = longer() ? 2000 : 150;
  std::mt19937_64 engine(20260101);
  held out{};
  double agents = 0, squared = 0, squared_direct = 0, said = 0;
  for (int c = 0; c < centres; ++c) {
    std::vector<double> truth;
    std::vector<review> rows;
    for (int a = 0; a < of.agents; ++a) {
      truth.push_back(0.8 + (of.fixed_gap ? 0.1 * (a % 3 == 0) : of.between * normal(engine)));
      const int n = 2 + (a * 17) % 39;
      const double spread = of.uneven ? 0.1 * std::exp(0.4 * normal(engine) - 0.08) : 0.1;
      for (int k = 0; k < n; ++k)
        rows.push_back(
            {a, truth.back() + spread * (of.skewed ? 1.0 + std::log(uniform(engine)) : normal(engine))});
    }
    qa::agents_options options;
    options.between = how;
    const auto table = qa::agent_estimates(qa::sample_design::independent(rows.size()), rows, &review::score,
                                           &review::agent, options);
    bool all = true;
    for (std::size_t a = 0; a < truth.size(); ++a) {
      const auto& found = table.agents[a];
      const double t = truth[a];
      out.direct += found.direct.low <= t && t <= found.direct.high;
      out.shrunken += found.shrunken.low <= t && t <= found.shrunken.high;
      out.width += (found.shrunken.high - found.shrunken.low) / (found.direct.high - found.direct.low);
      squared += (found.shrunken.value - t) * (found.shrunken.value - t);
      squared_direct += (found.direct.value - t) * (found.direct.value - t);
      said += found.mse;
      agents += 1;
      std::size_t low = 1, high = truth.size();
      for (const double other : truth) {
        low += other > t;
        high -= other < t;
      }
      all = all && found.ranks.low <= low && high <= found.ranks.high;
    }
    out.ranks += all;
    out.told_apart += static_cast<double>(table.fit.pairs_told_apart) / static_cast<double>(table.fit.pairs);
  }
  out.direct /= agents;
  out.shrunken /= agents;
  out.width /= agents;
  out.ranks /= centres;
  out.told_apart /= centres;
  out.error = squared / squared_direct;
  out.own_words = said / squared;
  if (longer())
    MESSAGE(of.agents << " agents, between " << of.between << ": direct " << out.direct << ", shrunken " << out.shrunken
                    << ", ranks " << out.ranks << ", width " << out.width << ", error " << out.error
                    << ", mse said over true " << out.own_words << ", pairs told apart " << out.told_apart);
  return out;
}

} // namespace

TEST_CASE("intervals of agents hold the truth whether agents differ much, little or not at all") {
  // Where agents hardly differ the average over the variance between them is cautious, never too bold.
  for (const centre& of : {centre{40, 0.1}, centre{40, 0.03}, centre{10, 0.1}, centre{10, 0.03}, centre{15, 0.01},
                           centre{15, 0.0}}) {
    CAPTURE(of.agents);
    CAPTURE(of.between);
    const held found = run(of, qa::between_variance::averaged);
    CHECK(found.direct >= (longer() ? 0.942 : 0.93));
    CHECK(found.direct <= (longer() ? 0.958 : 0.97));
    CHECK(found.shrunken >= (longer() ? 0.94 : 0.93));
    CHECK(found.ranks >= (longer() ? 0.935 : 0.9));
    CHECK(found.width < 1.0);
    CHECK(found.error < 1.0);
    CHECK(found.own_words >= (longer() ? 0.95 : 0.88));
  }
}

TEST_CASE("with many agents that differ REML's plug-in intervals hold as well") {
  const held found = run({40, 0.1}, qa::between_variance::reml);
  CHECK(found.shrunken >= (longer() ? 0.94 : 0.93));
  CHECK(found.shrunken <= (longer() ? 0.96 : 0.97));
  CHECK(found.own_words >= (longer() ? 0.95 : 0.88));
  CHECK(found.own_words <= (longer() ? 1.05 : 1.12));
}

TEST_CASE("ranks hold together where agents tie in two groups, and the groups are told apart") {
  const held found = run({12, 0.0, true}, qa::between_variance::averaged);
  CHECK(found.ranks >= (longer() ? 0.935 : 0.9));
  CHECK(found.told_apart > 0.05);
}

TEST_CASE("skewed scores cost the direct intervals a little and the ranks nothing") {
  const held found = run({20, 0.05, false, true}, qa::between_variance::averaged);
  CHECK(found.direct >= 0.93);
  CHECK(found.shrunken >= 0.93);
  CHECK(found.ranks >= (longer() ? 0.935 : 0.9));
}

TEST_CASE("agents whose spread differs are held on average, not each") {
  const held found = run({30, 0.05, false, false, true}, qa::between_variance::averaged);
  CHECK(found.direct >= 0.92);
  CHECK(found.direct <= 0.95);
  CHECK(found.shrunken >= 0.92);
  CHECK(found.ranks >= (longer() ? 0.935 : 0.9));
}
