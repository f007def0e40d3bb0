// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/assignment.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
namespace kernel = qascore::kernel;

namespace {

constexpr double any_number = std::numeric_limits<double>::infinity();

struct problem {
  std::vector<std::uint8_t> wanted;
  std::vector<std::uint32_t> kind;
  std::size_t kinds = 1;
  std::vector<kernel::kind_rater> barred, recent;
  std::vector<double> capacity, minimum, share;
  std::uint64_t seed = 1;

  kernel::assignment solve() const {
    std::vector<std::int64_t> ids(wanted.size()), raters(capacity.size());
    std::iota(ids.begin(), ids.end(), 0);
    std::iota(raters.begin(), raters.end(), 0);
    const auto rank = kernel::random_ranks(ids, qa::seed{seed}),
               rater_rank = kernel::random_ranks(raters, qa::seed{seed});
    return kernel::assign_raters(
        {wanted, kind, kinds, barred, recent, capacity, minimum, share, rank, rater_rank});
  }
  bool permits(std::uint32_t k, std::uint32_t r) const {
    return std::ranges::none_of(barred, [&](const auto& one) { return one.kind == k && one.rater == r; });
  }
  double proportional(std::size_t r) const {
    const double total = std::accumulate(wanted.begin(), wanted.end(), 0.0);
    return share.empty() ? total / static_cast<double>(capacity.size())
                         : total * share[r] / std::accumulate(share.begin(), share.end(), 0.0);
  }
};

/// What a whole assignment is worth.
struct worth {
  double squares = 0.0, deviation = 0.0;
  long components = 0, pairs = 0;
};

worth worth_of(const problem& p, const std::vector<double>& load,
               const std::vector<std::uint32_t>& together) {
  const std::size_t raters = load.size();
  worth out;
  std::vector<std::size_t> group(raters);
  std::iota(group.begin(), group.end(), std::size_t{0});
  for (std::size_t a = 0; a < raters; ++a) {
    const double far = load[a] - p.proportional(a);
    out.squares += far * far;
    out.deviation = std::max(out.deviation, std::abs(far));
    for (std::size_t b = 0; b < a; ++b)
      if (const long n = together[a * raters + b]; n > 0) {
        out.pairs += n * n;
        std::ranges::replace(group, std::size_t{group[a]}, std::size_t{group[b]});
      }
  }
  std::set<std::size_t> groups;
  for (std::size_t a = 0; a < raters; ++a)
    if (load[a] > 0)
      groups.insert(group[a]);
  out.components = static_cast<long>(groups.size());
  return out;
}

/// Calls `use` with every assignment there is.
void enumerate(const problem& p, const std::function<void(const worth&)>& use) {
  const auto raters = static_cast<std::uint32_t>(p.capacity.size());
  std::vector<double> load(raters, 0.0);
  std::vector<std::uint32_t> together(raters * raters, 0);
  const std::function<void(std::size_t)> place = [&](std::size_t i) {
    if (i == p.wanted.size()) {
      for (std::uint32_t r = 0; r < raters; ++r)
        if (!p.minimum.empty() && load[r] < p.minimum[r])
          return;
      use(worth_of(p, load, together));
      return;
    }
    for (std::uint32_t set = 0; set < (1u << raters); ++set) {
      std::vector<std::uint32_t> of;
      for (std::uint32_t r = 0; r < raters; ++r)
        if (set >> r & 1u)
          of.push_back(r);
      if (of.size() != p.wanted[i] || std::ranges::any_of(of, [&](std::uint32_t r) {
            return load[r] >= p.capacity[r] || !p.permits(p.kind[i], r);
          }))
        continue;
      const auto add = [&](int by) {
        for (const std::uint32_t r : of) {
          load[r] += by;
          for (const std::uint32_t other : of)
            if (other != r)
              together[r * raters + other] += static_cast<std::uint32_t>(by);
        }
      };
      add(1);
      place(i + 1);
      add(-1);
    }
  };
  place(0);
}

problem random_problem(std::mt19937_64& random) {
  problem p;
  p.seed = random();
  p.kinds = 3;
  const std::size_t conversations = 1 + random() % 6, raters = 1 + random() % (conversations > 5 ? 3 : 4);
  for (std::size_t i = 0; i < conversations; ++i) {
    p.wanted.push_back(random() % 2 ? 2 : random() % 8 == 0 ? 3 : 1);
    p.kind.push_back(static_cast<std::uint32_t>(random() % p.kinds));
  }
  for (std::uint32_t k = 0; k < p.kinds; ++k)
    for (std::uint32_t r = 0; r < raters; ++r)
      if (random() % 6 == 0)
        p.barred.push_back({k, r});
  for (std::size_t r = 0; r < raters; ++r) {
    p.capacity.push_back(random() % 2 ? static_cast<double>(1 + random() % 6) : any_number);
    p.minimum.push_back(random() % 5 == 0 ? 1.0 : 0.0);
    p.share.push_back(random() % 2 ? 1.0 : static_cast<double>(1 + random() % 3));
  }
  return p;
}

} // namespace

TEST_CASE(
    "loads are exactly as even as they can be, and what cannot be assigned is refused: against enumeration") {
  std::mt19937_64 random(1);
  int feasible = 0, infeasible = 0, balanced = 0, connected = 0;
  for (int round = 0; round < 1500; ++round) {
    const problem p = random_problem(random);
    const kernel::assignment found = p.solve();
    bool possible = false;
    worth best;
    enumerate(p, [&](const worth& one) {
      const double change = possible ? one.squares - best.squares : -1.0;
      if (change < -1e-9 ||
          (change < 1e-9 && std::tie(one.components, one.pairs) < std::tie(best.components, best.pairs))) {
        const double deviation = possible ? std::min(best.deviation, one.deviation) : one.deviation;
        best = one;
        best.deviation = deviation;
      }
      best.deviation = std::min(best.deviation, one.deviation);
      possible = true;
    });
    const bool refused = found.failure.short_of > 0 || !found.failure.raters.empty();
    REQUIRE(refused != possible);
    if (!possible) {
      ++infeasible;
      // The cut adds up: what is needed is more than what there is.
      if (found.failure.short_of > 0)
        CHECK(found.failure.needed ==
              found.failure.capacity + found.failure.elsewhere + found.failure.short_of);
      else
        CHECK(found.failure.needed > found.failure.capacity);
      continue;
    }
    ++feasible;
    std::vector<double> load;
    for (const kernel::rater_load& one : found.loads)
      load.push_back(static_cast<double>(one.ratings));
    const worth ours = worth_of(p, load, found.together);
    CHECK(close_to(ours.squares, best.squares, 1e-9, 1e-6));
    CHECK(close_to(found.largest_deviation, best.deviation, 1e-9, 1e-6));
    CHECK(static_cast<long>(found.components) == ours.components);
    connected += ours.components == best.components;
    balanced += ours.components == best.components && ours.pairs == best.pairs;
  }
  CHECK(feasible > 500);
  CHECK(infeasible > 500);
  // Pairs are a local optimum: of cases as tangled as these it is the best there is nearly always.
  CHECK(connected >= 0.98 * feasible);
  CHECK(balanced >= 0.97 * feasible);
}

TEST_CASE("every rating is one that is wanted, permitted and another's") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 40; ++round) {
    problem p;
    p.seed = random();
    p.kinds = 10;
    const std::uint32_t raters = 6;
    for (int i = 0; i < 300; ++i) {
      p.wanted.push_back(static_cast<std::uint8_t>(random() % 4));
      p.kind.push_back(static_cast<std::uint32_t>(random() % p.kinds));
    }
    for (std::uint32_t k = 0; k < p.kinds; ++k) {
      p.barred.push_back({k, static_cast<std::uint32_t>(random() % raters)});
      p.recent.push_back({k, static_cast<std::uint32_t>(random() % raters), 1});
    }
    p.capacity.assign(raters, 110.0);
    const kernel::assignment found = p.solve();
    REQUIRE(found.failure.short_of == 0);
    std::vector<std::uint64_t> load(raters, 0);
    std::vector<std::uint32_t> together(raters * raters, 0);
    std::size_t at = 0;
    for (std::size_t i = 0; i < p.wanted.size(); ++i) {
      const std::vector<std::uint32_t> of(found.rater.begin() + static_cast<std::ptrdiff_t>(at),
                                          found.rater.begin() +
                                              static_cast<std::ptrdiff_t>(at + p.wanted[i]));
      at += p.wanted[i];
      CHECK(std::set(of.begin(), of.end()).size() == of.size());
      for (const std::uint32_t r : of) {
        CHECK(p.permits(p.kind[i], r));
        ++load[r];
        for (const std::uint32_t other : of)
          together[r * raters + other] += r != other;
      }
    }
    CHECK(at == found.rater.size());
    CHECK(together == found.together);
    for (std::uint32_t r = 0; r < raters; ++r)
      CHECK(load[r] == found.loads[r].ratings);
    const auto [least, most] = std::ranges::minmax(load);
    CHECK(most - least <= 1); // every rater may judge nine kinds of ten
    CHECK(found.components == 1);
  }
}

TEST_CASE("pairs share equally many conversations where nothing stands against it") {
  for (const std::uint32_t raters : {2u, 3u, 5u, 8u, 20u}) {
    problem p;
    p.wanted.assign(2'000, 1);
    for (std::size_t i = 0; i < 2'000; i += 3)
      p.wanted[i] = 2;
    p.kind.assign(2'000, 0);
    p.capacity.assign(raters, any_number);
    const kernel::assignment found = p.solve();
    std::uint32_t least = qa::missing_code, most = 0;
    for (std::uint32_t a = 0; a < raters; ++a)
      for (std::uint32_t b = 0; b < a; ++b) {
        least = std::min(least, found.together[a * raters + b]);
        most = std::max(most, found.together[a * raters + b]);
      }
    CHECK(most - least <= 1);
    CHECK(found.components == 1);
  }
}

TEST_CASE("as many shared conversations as raters less one connect them") {
  problem p;
  p.wanted.assign(400, 1);
  for (std::size_t i = 0; i < 39; ++i)
    p.wanted[i] = 2;
  p.kind.assign(400, 0);
  p.capacity.assign(40, any_number);
  CHECK(p.solve().components == 1);
  p.wanted[0] = 1;
  CHECK(p.solve().components == 2);
}

TEST_CASE("raters who may share nothing are named as groups, and nobody without work is one") {
  problem p;
  p.kinds = 2;
  for (std::uint32_t i = 0; i < 60; ++i) {
    p.wanted.push_back(i % 3 ? 1 : 2);
    p.kind.push_back(i % 2);
  }
  for (std::uint32_t r = 0; r < 4; ++r)
    p.barred.push_back({r % 2, r});
  p.capacity = {any_number, any_number, any_number, any_number, 0.0};
  const kernel::assignment found = p.solve();
  CHECK(found.components == 2);
  CHECK(found.loads[0].component == found.loads[2].component);
  CHECK(found.loads[0].component != found.loads[1].component);
  CHECK(found.loads[4].component == qa::missing_code);
  CHECK(found.loads[4].ratings == 0);
}

TEST_CASE("nothing to rate and nobody to rate it") {
  problem p;
  const kernel::assignment nothing = p.solve();
  CHECK(nothing.rater.empty());
  CHECK(nothing.failure.short_of == 0);
  p.wanted = {1};
  p.kind = {0};
  const kernel::assignment nobody = p.solve();
  CHECK(nobody.failure.short_of == 1);
  CHECK(nobody.failure.raters.empty());
  p.capacity = {any_number};
  CHECK(p.solve().rater == std::vector<std::uint32_t>{0});
  p.wanted = {2};
  CHECK(p.solve().failure.short_of == 1);
  p.wanted = {0};
  CHECK(p.solve().rater.empty());
}

TEST_CASE("agents go to others than those who had them lately, where loads and pairs allow") {
  problem p;
  p.kinds = 4;
  for (std::uint32_t i = 0; i < 400; ++i) {
    p.wanted.push_back(i % 5 ? 1 : 2);
    p.kind.push_back(i % 4);
  }
  for (std::uint32_t k = 0; k < 4; ++k)
    p.recent.push_back({k, k, 1});
  p.capacity.assign(6, any_number);
  std::uint64_t repeated = 0;
  for (const kernel::rater_load& one : p.solve().loads)
    repeated += one.repeated;
  CHECK(repeated == 0);
}

TEST_CASE("shares and fractions that cannot be are refused") {
  const std::vector<std::uint32_t> rank{0, 1, 2, 3};
  CHECK(kernel::wanted_raters(rank, 0.25, 0.25) == std::vector<std::uint8_t>{3, 2, 1, 1});
  CHECK_THROWS_WITH_AS(kernel::wanted_raters(rank, 20.0, 0.0),
                       "double_scored: expected a fraction, 0 to 1, but found 20", qa::argument_error);
  CHECK_THROWS_AS(kernel::wanted_raters(rank, 0.7, 0.7), qa::argument_error);
  problem p;
  p.wanted = {1};
  p.kind = {0};
  p.capacity = {1.5};
  CHECK_THROWS_WITH_AS(p.solve(), "capacity: expected whole numbers, 0 or more, but found 1.5",
                       qa::argument_error);
  p.capacity = {1.0};
  p.minimum = {2.0};
  CHECK_THROWS_AS(p.solve(), qa::argument_error);
  p.minimum.clear();
  p.kind = {1};
  CHECK_THROWS_AS(p.solve(), qa::argument_error);
}

namespace {
struct call {
  std::string id, team, agent;
};
struct person {
  std::string name, team;
  std::optional<double> hours;
};
} // namespace

TEST_CASE("one's own structs: nobody judges the own team or the own work, whatever the order of rows") {
  std::vector<call> calls;
  for (int i = 0; i < 200; ++i)
    calls.push_back({"c" + std::to_string(i), i % 2 ? "red" : "blue", "agent" + std::to_string(i % 7)});
  std::vector<person> people{
      {"ann", "red", 90.0}, {"bob", "blue", 90.0}, {"cay", "", {}}, {"agent3", "", {}}};
  const auto solve = [&] {
    auto conversations = qa::assignable_conversations::from(calls, &call::id);
    conversations.with_team(calls, &call::team).with_agent(calls, &call::agent);
    auto raters = qa::assignable_raters::from(people, &person::name);
    raters.with_team(people, &person::team).with_capacity(people, &person::hours);
    return qa::assign(conversations, raters, {.double_scored = 0.25, .forbidden = {{"c0", "cay"}}},
                      qa::seed{7});
  };
  const auto told = [&](const qa::rating_assignment& plan) {
    std::set<std::tuple<std::string, std::string, std::uint32_t>> out;
    for (const qa::rating_task& task : plan.tasks) {
      const call& what = calls[task.conversation];
      const person& who = people[task.rater];
      CHECK(what.team != who.team);
      CHECK(what.agent != who.name);
      CHECK((what.id != "c0" || who.name != "cay"));
      out.emplace(what.id, who.name, task.turn);
    }
    return out;
  };
  const qa::rating_assignment plan = solve();
  CHECK(plan.tasks.size() == 250);
  CHECK(plan.components == 1);
  const auto first = told(plan);
  std::ranges::reverse(calls);
  std::swap(people[0], people[3]);
  CHECK(told(solve()) == first);

  people[0].hours = people[1].hours = people[2].hours = people[3].hours = 20.0;
  CHECK_THROWS_AS(solve(), qa::design_error);
  calls.push_back(calls.front());
  CHECK_THROWS_AS(solve(), qa::data_error);
}

TEST_CASE("what cannot be is said with names and numbers") {
  std::vector<call> calls;
  for (int i = 0; i < 40; ++i)
    calls.push_back({"c" + std::to_string(i), i < 30 ? "red" : "blue", ""});
  std::vector<person> people{{"ann", "red", 100.0}, {"bob", "blue", 25.0}};
  const auto solve = [&](qa::assign_options options) {
    auto raters = qa::assignable_raters::from(people, &person::name);
    raters.with_team(people, &person::team).with_capacity(people, &person::hours);
    auto conversations = qa::assignable_conversations::from(calls, &call::id);
    return qa::assign(conversations.with_team(calls, &call::team), raters, options, qa::seed{1});
  };
  CHECK_THROWS_WITH_AS(
      solve({.double_scored = 0.0}),
      "raters: 30 conversations (\"c0\", \"c1\", \"c2\", \"c3\", \"c4\" and 25 more) need 30 ratings, but "
      "only "
      "rater \"bob\" may judge them, who has a capacity of 25; 5 ratings cannot be given: raise capacities, "
      "allow more raters or double-score less",
      qa::design_error);
  people[1].hours = {};
  CHECK(solve({.double_scored = 0.0}).components == 2);
  CHECK_THROWS_AS(solve({.double_scored = 0.025}), qa::design_error);
}
