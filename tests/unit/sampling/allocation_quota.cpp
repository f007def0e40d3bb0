// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/allocation.hpp>

#include "close_to.hpp"

#include <array>
#include <functional>
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
using codes = std::vector<std::uint32_t>;

namespace {
double variance_of(const reals& x, const reals& share) {
  double out = 0.0;
  for (std::size_t h = 0; h < x.size(); ++h)
    out += share[h] * share[h] / x[h];
  return out;
}

/// Calls `use` with every vector of whole numbers between the bounds that adds up to `size`.
void enumerate(double size, const reals& lower, const reals& upper,
               const std::function<void(const reals&)>& use) {
  reals x(lower.size());
  const std::function<void(std::size_t, double)> place = [&](std::size_t h, double rest) {
    if (h + 1 == x.size()) {
      x[h] = rest;
      if (rest >= lower[h] && rest <= upper[h])
        use(x);
      return;
    }
    for (double n = lower[h]; n <= std::min(upper[h], rest); n += 1.0) {
      x[h] = n;
      place(h + 1, rest - n);
    }
  };
  place(0, size);
}

struct problem {
  reals share, lower, upper, minimum;
  codes group;
  double size = 0.0;

  bool meets(const reals& x) const {
    reals of_group(minimum.size(), 0.0);
    for (std::size_t h = 0; h < x.size(); ++h)
      of_group[group[h]] += x[h];
    for (std::size_t g = 0; g < minimum.size(); ++g)
      if (of_group[g] < minimum[g] - 1e-9)
        return false;
    return true;
  }
};

/// Five strata in two groups; the size admits the minima.
problem any(std::mt19937_64& engine) {
  problem p;
  p.group = {0, 1, 0, 1, 1};
  p.minimum = {0.0, 0.0};
  reals most(2, 0.0), least(2, 0.0);
  for (std::size_t h = 0; h < 5; ++h) {
    p.share.push_back(static_cast<double>(1 + engine() % 1000));
    p.lower.push_back(1.0);
    p.upper.push_back(static_cast<double>(2 + engine() % 6));
    most[p.group[h]] += p.upper[h];
    least[p.group[h]] += 1.0;
  }
  for (std::size_t g = 0; g < 2; ++g)
    p.minimum[g] = static_cast<double>(engine() % (static_cast<std::uint64_t>(most[g]) + 1));
  const double floor = std::max(p.minimum[0], least[0]) + std::max(p.minimum[1], least[1]);
  p.size =
      floor + static_cast<double>(engine() % (static_cast<std::uint64_t>(most[0] + most[1] - floor) + 1));
  return p;
}

qa::stratum_table by_queue_and_agent() {
  qa::stratum_table out;
  out.columns = {{"queue", qa::label_kind::text}, {"agent", qa::label_kind::text}};
  out.labels = {{"chat", "ann"}, {"chat", "bo"}, {"phone", "ann"}, {"phone", "bo"}, {"phone", "cy"}};
  out.population = {100, 50, 600, 20, 2};
  return out;
}
} // namespace

TEST_CASE("whole numbers under group minima are the best of all that meet them") {
  std::mt19937_64 engine{11};
  int binding = 0;
  for (int round = 0; round < 300; ++round) {
    const problem p = any(engine);
    double best = std::numeric_limits<double>::infinity();
    enumerate(p.size, p.lower, p.upper, [&](const reals& x) {
      if (p.meets(x))
        best = std::min(best, variance_of(x, p.share));
    });
    constexpr auto method = kernel::divisor::huntington_hill;
    const reals start = kernel::raise_to_minima(p.share, p.lower, p.upper, p.group, p.minimum, method);
    const sizes found =
        kernel::allocate_by_divisor(static_cast<std::uint64_t>(p.size), p.share, start, p.upper, method);
    const reals x(found.begin(), found.end());
    REQUIRE(p.meets(x));
    REQUIRE(close_to(variance_of(x, p.share), best, 1e-13));
    const sizes free =
        kernel::allocate_by_divisor(static_cast<std::uint64_t>(p.size), p.share, p.lower, p.upper, method);
    binding += found != free;
  }
  CHECK(binding > 50); // the minima changed the answer in many rounds
}

TEST_CASE(
    "real-valued sizes under group minima are not worse than any point nearby, and round within the minima") {
  std::mt19937_64 engine{12};
  for (int round = 0; round < 300; ++round) {
    const problem p = any(engine);
    const reals raised = kernel::raise_to_minima(p.share, p.lower, p.upper, p.group, p.minimum);
    const reals x = kernel::allocate_between(p.size, p.share, raised, p.upper);
    REQUIRE(p.meets(x));
    REQUIRE(close_to(std::accumulate(x.begin(), x.end(), 0.0), p.size, 1e-12));
    // The objective is convex: no exchange between two strata that keeps all constraints may gain.
    const double here = variance_of(x, p.share);
    for (std::size_t from = 0; from < 5; ++from)
      for (std::size_t to = 0; to < 5; ++to) {
        reals moved = x;
        moved[from] -= 1e-4;
        moved[to] += 1e-4;
        bool inside = p.meets(moved);
        for (std::size_t h = 0; h < 5; ++h)
          inside = inside && moved[h] >= p.lower[h] && moved[h] <= p.upper[h];
        if (inside)
          REQUIRE(variance_of(moved, p.share) >= here * (1.0 - 1e-12));
      }
    const sizes whole = kernel::round_in_groups(x, static_cast<std::uint64_t>(p.size), p.group, 2);
    REQUIRE(std::accumulate(whole.begin(), whole.end(), std::uint64_t{0}) ==
            static_cast<std::uint64_t>(p.size));
    REQUIRE(p.meets(reals(whole.begin(), whole.end())));
    for (std::size_t h = 0; h < 5; ++h) {
      REQUIRE(std::abs(static_cast<double>(whole[h]) - x[h]) < 1.0);
      REQUIRE(static_cast<double>(whole[h]) >= p.lower[h]);
      REQUIRE(static_cast<double>(whole[h]) <= p.upper[h]);
    }
  }
}

TEST_CASE("a quota is met together with the total, and recorded") {
  // Proportional alone: 40 * N / 772 = 5.18 2.59 31.09 1.04 0.10, so ann 36, bo 4 at most. By hand with
  // bo >= 10: bo gives 10 in proportion to 50 and 20 (7.14, 2.86), cy his 1, ann the other 29 in
  // proportion to 100 and 600 (4.14, 24.86).
  const auto plan = qa::allocate(by_queue_and_agent(), {.size = 40, .min_per = {{"agent", {{"bo", 10}}}}});
  const reals target{29.0 / 7, 50.0 / 7, 24 + 6.0 / 7, 20.0 / 7, 1};
  const sizes expected{4, 7, 25, 3, 1};
  for (std::size_t h = 0; h < 5; ++h) {
    CHECK(close_to(plan.strata()[h].target, target[h], 1e-12));
    CHECK(plan.strata()[h].sample_size == expected[h]);
  }
  REQUIRE(plan.origin().quotas.size() == 1);
  CHECK(plan.origin().quotas[0] == qa::plan_quota{"agent", "bo", 10});
  CHECK(qa::sampling_plan::from_json(qa::to_json(plan)) == plan);

  const auto every =
      qa::allocate(by_queue_and_agent(),
                   {.size = 40, .rounding = qa::allocation_rounding::optimal, .min_per = {{"agent", 8}}});
  CHECK(every.sample_size() == 40);
  CHECK(every.strata()[1].sample_size + every.strata()[3].sample_size >= 8);
  CHECK(every.strata()[4].sample_size == 2); // cy holds 2
  CHECK(every.origin().notes[0] == "agent \"cy\" holds 2, less than the minimum 8: all of it is taken");
}

TEST_CASE("quotas of two columns are met at the exact integer optimum, or not at all") {
  std::mt19937_64 engine{29};
  const auto any_of = [&](double least, double most) {
    return std::uniform_int_distribution<int>(static_cast<int>(least), static_cast<int>(most))(engine);
  };
  int met = 0, refused = 0, moved = 0;
  for (int round = 0; round < 1000; ++round) {
    // Six strata, three by two groups; some cells stand twice, some not at all.
    problem rows, columns;
    reals share, lower, upper;
    for (std::size_t h = 0; h < 6; ++h) {
      share.push_back(any_of(0, 9) == 0 ? 0.0 : any_of(1, 30));
      lower.push_back(any_of(0, 2));
      upper.push_back(lower.back() + any_of(0, 5));
      rows.group.push_back(static_cast<std::uint32_t>(any_of(0, 2)));
      columns.group.push_back(static_cast<std::uint32_t>(any_of(0, 1)));
    }
    for (int g = 0; g < 3; ++g)
      rows.minimum.push_back(any_of(0, 6));
    for (int g = 0; g < 2; ++g)
      columns.minimum.push_back(any_of(0, 9));
    const double least = std::accumulate(lower.begin(), lower.end(), 0.0);
    const double most = std::accumulate(upper.begin(), upper.end(), 0.0);
    const double size = any_of(least, most);
    const auto meets = [&](const reals& x) { return rows.meets(x) && columns.meets(x); };
    // Strata without a size make the sum infinite: fewer of them first, then the rest.
    const auto value_of = [&](const reals& x) {
      std::pair<int, double> out{0, 0.0};
      for (std::size_t h = 0; h < 6; ++h)
        if (share[h] > 0.0 && x[h] == 0.0)
          ++out.first;
        else if (share[h] > 0.0)
          out.second += share[h] * share[h] / x[h];
      return out;
    };
    std::pair<int, double> best{99, 0.0};
    enumerate(size, lower, upper, [&](const reals& x) {
      if (meets(x))
        best = std::min(best, value_of(x));
    });
    const sizes start = kernel::allocate_by_divisor(static_cast<std::uint64_t>(size), share, lower, upper,
                                                    kernel::divisor::huntington_hill);
    const sizes of_rows(rows.minimum.begin(), rows.minimum.end()),
        of_columns(columns.minimum.begin(), columns.minimum.end());
    const auto found = kernel::allocate_two_ways(start, share, lower, upper, {rows.group, of_rows},
                                                 {columns.group, of_columns});
    if (best.first == 99) {
      ++refused;
      REQUIRE(found.sizes.empty());
      double next = size + 1; // the first that admits all minima
      bool possible = false;
      for (; next <= most && !possible; next += possible ? 0 : 1)
        enumerate(next, lower, upper, [&](const reals& x) { possible = possible || meets(x); });
      REQUIRE(found.possible_size == (possible ? static_cast<std::uint64_t>(next) : 0u));
      continue;
    }
    ++met;
    const reals x(found.sizes.begin(), found.sizes.end());
    REQUIRE(x.size() == 6);
    moved += found.sizes != start;
    REQUIRE(meets(x));
    REQUIRE(std::accumulate(x.begin(), x.end(), 0.0) == size);
    for (std::size_t h = 0; h < 6; ++h) {
      REQUIRE(x[h] >= lower[h]);
      REQUIRE(x[h] <= upper[h]);
    }
    const auto value = value_of(x);
    REQUIRE(value.first == best.first);
    REQUIRE(close_to(value.second, best.second, 1e-12));
  }
  CHECK(met > 100);
  CHECK(refused > 50);
  CHECK(moved > 50);

  const auto plan = qa::allocate(
      by_queue_and_agent(), {.size = 40, .min_per = {{"agent", {{"bo", 10}}}, {"queue", {{"chat", 16}}}}});
  CHECK(plan.sample_size() == 40);
  CHECK(plan.origin().rounding == qa::allocation_rounding::optimal);
  CHECK(plan.origin().quotas.size() == 2);
  std::uint64_t bo = 0, chat = 0;
  for (const qa::planned_stratum& s : plan.strata()) {
    chat += s.labels[0] == "chat" ? s.sample_size : 0;
    bo += s.labels[1] == "bo" ? s.sample_size : 0;
  }
  CHECK(bo >= 10);
  CHECK(chat == 16);
  CHECK(qa::sampling_plan::from_json(qa::to_json(plan)) == plan);
}

TEST_CASE("a quota that cannot be met says what can") {
  const auto message = [](qa::allocation_options options) -> std::string {
    try {
      qa::allocate(by_queue_and_agent(), options);
    } catch (const qa::error& e) {
      return e.what();
    }
    return "no error";
  };
  CHECK(message({.size = 40, .min_per = {{"agnet", 4}}}) ==
        "min_per: \"agnet\" is not one of the strata columns (did you mean \"agent\"?); a quota needs strata "
        "that "
        "tell its labels apart");
  CHECK(message({.size = 40, .min_per = {{"agent", {{"bob", 4}}}}}) ==
        "min_per: no label \"bob\" in column \"agent\" (did you mean \"bo\"?)");
  CHECK(message({.size = 20, .min_per = {{"agent", 10}}}) ==
        "min_per: the minima of 3 labels of \"agent\" and those of the strata add up to 22 but size is 20; "
        "the nearest "
        "possible size is 22");
  CHECK(message({.size = 15, .max_per_stratum = 4, .min_per = {{"agent", 10}}}) ==
        "min_per: agent \"ann\": expected at most 8, what max_per_stratum allows its strata, but found 10");
  CHECK(message({.size = 40, .min_per = {{"agent", 4}, {"queue", 4}, {"tier", 4}}})
            .find("expected one or two columns but found 3") != std::string::npos);
  // 20 of chat and 8 of phone are 28, whoever has them.
  CHECK(message({.size = 22, .min_per = {{"agent", 10}, {"queue", {{"chat", 20}, {"phone", 8}}}}}) ==
        "min_per: the minima of \"agent\" and \"queue\" and those of the strata cannot all be met with size "
        "22 (queue "
        "\"chat\" would lack some); the nearest possible size is 28");
  CHECK(
      message({.size = 30, .max_per_stratum = 8, .min_per = {{"agent", 8}, {"queue", {{"phone", 19}}}}}) ==
      "min_per: queue \"phone\": expected at most 18, what max_per_stratum allows its strata, but found 19");
  CHECK(message({.rates = {}, .counts = {{{"chat", "ann"}, 1}}, .min_per = {{"agent", 4}}}) ==
        "min_per: goes only with size or rate");
}
