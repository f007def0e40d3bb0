// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/rater_effects.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {

struct panel {
  std::vector<double> score, severity, spread, quality;
  std::vector<std::uint32_t> agent, rater, conversation;
  std::size_t conversations = 0;

  qa::rater_scores scores(bool by_conversation = false) const {
    qa::rater_scores out{score, {agent, quality.size()}, {rater, severity.size()}, {}, {}};
    if (by_conversation)
      out.conversation = {conversation, conversations};
    return out;
  }
};

/// Each agent has conversations, each scored by some raters; rater r errs by spread[r].
panel draw(std::mt19937_64& engine, std::size_t agents, std::size_t raters, std::size_t per_agent,
           std::size_t by, double between_raters, double between_conversations = 0.0, double erratic = 2.0) {
  panel out;
  for (std::size_t r = 0; r < raters; ++r) {
    out.severity.push_back(between_raters * qa::test::normal(engine));
    out.spread.push_back(r == 0 ? erratic : 0.7);
  }
  for (std::size_t a = 0; a < agents; ++a)
    out.quality.push_back(0.5 * qa::test::normal(engine));
  for (std::size_t a = 0; a < agents; ++a)
    for (std::size_t c = 0; c < per_agent; ++c) {
      const double of_conversation = between_conversations * qa::test::normal(engine);
      const std::size_t first = engine() % raters;
      for (std::size_t k = 0; k < by; ++k) {
        const std::size_t r = (first + k) % raters;
        out.agent.push_back(static_cast<std::uint32_t>(a));
        out.rater.push_back(static_cast<std::uint32_t>(r));
        out.conversation.push_back(static_cast<std::uint32_t>(out.conversations));
        out.score.push_back(3.0 + out.quality[a] - out.severity[r] + of_conversation +
                            out.spread[r] * qa::test::normal(engine));
      }
      ++out.conversations;
    }
  return out;
}

} // namespace

TEST_CASE("severities, spreads and agents' ranks are those that the scores were made with") {
  std::mt19937_64 engine(2);
  const panel made = draw(engine, 60, 8, 40, 1, 0.6);
  const auto found =
      qa::kernel::rater_effects(made.scores(), {.confidence = qa::confidence_level{0.995}}); // 16 at once
  REQUIRE(found.model.undefined.empty());
  CHECK(found.groups == 1);
  CHECK(found.model.variance[1].test.p_value < 1e-6);
  const double mean = std::accumulate(made.severity.begin(), made.severity.end(), 0.0) / 8.0;
  for (std::size_t r = 0; r < 8; ++r) {
    const auto& one = found.raters[r];
    CHECK(std::abs(one.severity.value - (made.severity[r] - mean)) < 0.25);
    CHECK(one.severity.low < made.severity[r] - mean);
    CHECK(made.severity[r] - mean < one.severity.high);
    CHECK(one.spread.low < made.spread[r]);
    CHECK(made.spread[r] < one.spread.high);
    CHECK(one.spread.low < one.spread.value);
    CHECK(one.spread.value < one.spread.high);
  }
  std::size_t right = 0;
  for (std::size_t a = 0; a < 60; ++a) {
    std::size_t rank = 1;
    for (const double other : made.quality)
      rank += other > made.quality[a] ? 1 : 0;
    right += found.agents[a].ranks.low <= rank && rank <= found.agents[a].ranks.high ? 1 : 0;
    CHECK(found.agents[a].ranks.low <= found.agents[a].rank);
    CHECK(found.agents[a].rank <= found.agents[a].ranks.high);
  }
  CHECK(right == 60); // all together, with 95 % confidence
}

TEST_CASE("an agent who met strict raters only is ranked by what is left of that") {
  // Two raters a point apart; agent 0 has the strict one mostly, agent 1 the lenient one, both with the same scores.
  panel made;
  made.severity = {0, 0};
  made.quality = {0, 0, 0, 0};
  const auto add = [&](std::uint32_t agent, std::uint32_t rater, double score) {
    made.agent.push_back(agent);
    made.rater.push_back(rater);
    made.score.push_back(score);
  };
  std::mt19937_64 engine(4);
  for (int i = 0; i < 30; ++i)
    for (std::uint32_t agent = 2; agent < 4; ++agent)
      for (std::uint32_t rater = 0; rater < 2; ++rater)
        add(agent, rater,
            3.0 + (rater == 0 ? -0.5 : 0.5) + (agent == 2 ? 0.3 : -0.3) + 0.3 * qa::test::normal(engine));
  for (int i = 0; i < 20; ++i) {
    const double noise = 0.3 * qa::test::normal(engine);
    add(0, i < 18 ? 0 : 1, 2.9 + noise);
    add(1, i < 18 ? 1 : 0, 3.0 + noise);
  }
  const auto found = qa::kernel::rater_effects(made.scores(), {});
  CHECK(found.agents[0].mean < found.agents[1].mean);
  CHECK(found.agents[0].rank_before > found.agents[1].rank_before);
  CHECK(found.agents[0].adjusted.value > found.agents[1].adjusted.value + 0.5);
  CHECK(found.agents[0].rank < found.agents[1].rank);
  const auto lowest = qa::kernel::rater_effects(made.scores(), {.highest_first = false});
  CHECK(lowest.agents[0].rank > lowest.agents[1].rank);
  CHECK(lowest.agents[0].rank + found.agents[0].rank == 5);
}

TEST_CASE("scores that no rater links fall into named parts") {
  panel made;
  made.severity = {0, 0, 0};
  made.quality = {0, 0, 0, 0};
  const double score[] = {1, 2, 3, 2, 4, 5, 3, 6, 4, 5};
  const std::uint32_t agent[] = {0, 0, 2, 2, 1, 1, 3, 3, 0, 1}, rater[] = {0, 2, 0, 2, 1, 1, 1, 1, 0, 1};
  made.score.assign(std::begin(score), std::end(score));
  made.agent.assign(std::begin(agent), std::end(agent));
  made.rater.assign(std::begin(rater), std::end(rater));
  const auto found = qa::kernel::rater_effects(made.scores(), {});
  CHECK(found.groups == 2);
  CHECK(found.agent_group == std::vector<std::uint32_t>{0, 1, 0, 1});
  CHECK(found.rater_group == std::vector<std::uint32_t>{0, 1, 0});
}

TEST_CASE("the errors' spread of every rater is that of REML with a variance per rater") {
  // Where the score of an agent is known exactly from many others, a rater's spread is the root mean square of errors; with
  // one rater it is the residual variance.
  std::mt19937_64 engine(6);
  panel made = draw(engine, 20, 4, 30, 2, 0.5);
  const auto before = qa::kernel::rater_effects(made.scores(), {});
  for (double& value : made.score)
    value = 10.0 + 3.0 * value;
  const auto after = qa::kernel::rater_effects(made.scores(), {});
  double all = 0.0, df = 0.0;
  for (std::size_t r = 0; r < 4; ++r) {
    CHECK(close_to(after.raters[r].spread.value, 3.0 * before.raters[r].spread.value, 1e-4));
    CHECK(close_to(after.raters[r].severity.low, 3.0 * before.raters[r].severity.low, 1e-4, 1e-5));
    CHECK(before.raters[r].spread.df < static_cast<double>(before.raters[r].n));
    all += before.raters[r].spread.df * before.raters[r].spread.value * before.raters[r].spread.value;
    df += before.raters[r].spread.df;
  }
  CHECK(close_to(all / df, before.model.variance[2].value, 0.02)); // pooled they are the common variance
}

TEST_CASE("the bootstrap of the test asks for a seed, repeats itself for any threads, and agrees with the "
          "mixture") {
  std::mt19937_64 engine(9);
  const panel made = draw(engine, 15, 6, 12, 1, 0.0);
  CHECK_THROWS_AS(qa::kernel::rater_effects(made.scores(), {.test = qa::rater_test::bootstrap}),
                  qa::argument_error);
  const auto run = [&](unsigned threads) {
    return qa::kernel::rater_effects(
        made.scores(),
        {.test = qa::rater_test::bootstrap, .replicates = 199, .seed = qa::seed{3}, .threads = threads});
  };
  const double p = run(1).model.variance[1].test.p_value;
  CHECK(p == run(3).model.variance[1].test.p_value);
  CHECK(p > 0.03);
  CHECK(p <= 1.0);
  const auto mixture = qa::kernel::rater_effects(made.scores(), {});
  CHECK(p < mixture.model.variance[1].test.p_value + 0.1); // the mixture is cautious
}

TEST_CASE("intervals of severities, spreads and adjusted scores hold in repeated samples") {
  std::mt19937_64 engine(21);
  std::size_t severities = 0, covered = 0, spreads = 0, agents = 0, held = 0;
  constexpr int samples = 200;
  for (int s = 0; s < samples; ++s) {
    const panel made = draw(engine, 25, 10, 12, 1, 0.5, 0.4, 0.7);
    const double mean = std::accumulate(made.severity.begin(), made.severity.end(), 0.0) / 10.0;
    const auto found = qa::kernel::rater_effects(made.scores(), {});
    if (found.model.variance[1].value == 0.0)
      continue;
    const auto within = [](const qa::estimate& one, double truth) {
      return one.low <= truth && truth <= one.high ? std::size_t{1} : std::size_t{0};
    };
    for (std::size_t r = 0; r < 10; ++r) {
      ++severities;
      covered += within(found.raters[r].severity, made.severity[r] - mean);
      // With the conversation's own, since each is scored once.
      spreads += within(found.raters[r].spread, std::hypot(made.spread[r], 0.4));
    }
    for (std::size_t a = 0; a < 25; ++a) {
      ++agents;
      held += within(found.agents[a].adjusted, 3.0 + made.quality[a] - mean);
    }
  }
  const auto share = [](std::size_t part, std::size_t of) {
    return static_cast<double>(part) / static_cast<double>(of);
  };
  for (const double covers : {share(covered, severities), share(spreads, severities), share(held, agents)}) {
    CHECK(covers > 0.93);
    CHECK(covers < 0.97);
  }
}

TEST_CASE(
    "a rater whose own errors are estimated as none has spread 0 with the reason, in whatever small table") {
  std::mt19937_64 engine(8);
  std::size_t without_error = 0;
  for (int table = 0; table < 40; ++table) {
    panel made;
    made.quality.assign(60, 0.0);
    made.severity.assign(6, 0.0);
    for (std::uint32_t unit = 0; unit < 60; ++unit) // each scored by two of the raters, yes or no
      for (const std::uint32_t r :
           {unit % 6, static_cast<std::uint32_t>((unit % 6 + 1 + engine() % 5) % 6)}) {
        made.agent.push_back(unit);
        made.rater.push_back(r);
        made.score.push_back(static_cast<double>(engine() % 8 != 0));
      }
    const qa::rater_effects_fit found = qa::kernel::rater_effects(made.scores(), {});
    for (const qa::rater_effect& rater : found.raters) {
      if (rater.spread.value == 0.0 && found.model.undefined.empty()) {
        ++without_error;
        CHECK(!rater.spread.undefined.empty());
        CHECK(std::isnan(rater.spread.low));
      } else if (rater.spread.undefined.empty()) {
        CHECK(rater.spread.value > 0.0);
        CHECK(rater.spread.low <= rater.spread.value);
      }
    }
  }
  CHECK(without_error > 0);
}
