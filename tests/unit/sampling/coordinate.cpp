// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/allocation.hpp>
#include <qascore/sampling/coordinate.hpp>
#include <qascore/sampling/targeted.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace qa = qascore;

namespace {

using rows = std::vector<std::uint64_t>;

constexpr std::size_t population = 40;

/// Forty conversations: the first 12 in stratum "a", of which 4 are drawn; the others in "b", of which 7 are.
struct centre {
  std::vector<std::int64_t> ids = std::vector<std::int64_t>(population);
  std::vector<std::uint32_t> stratum = std::vector<std::uint32_t>(population, 1);
  qa::sampling_plan plan{{{"queue"}}, {{{"a"}, 12, 4}, {{"b"}, 28, 7}}, {}};
  centre() {
    std::iota(ids.begin(), ids.end(), std::int64_t{100});
    std::fill_n(stratum.begin(), 12, 0u);
  }
  std::span<const std::int64_t> column() const { return ids; }
  rows draw(std::uint64_t seed) const {
    return qa::draw_rows(column(), stratum, qa::sample_sizes(plan), qa::seed{seed});
  }
  std::vector<double> chances(const rows& drawn) const {
    std::vector<double> out;
    for (const auto row : drawn)
      out.push_back(plan.strata()[stratum[row]].inclusion_probability());
    return out;
  }
  rows next(const rows& earlier, qa::coordination how, std::uint64_t seed) const {
    const auto split = qa::coordinate(stratum, plan, earlier, chances(earlier), how);
    return qa::draw_rows(column(), split.stratum, split.sample, qa::seed{seed});
  }
};

rows common(const rows& a, const rows& b) {
  rows out;
  std::ranges::set_intersection(a, b, std::back_inserter(out));
  return out;
}

} // namespace

TEST_CASE("a sample that avoids an earlier one shares nothing with it, and chances are those of the plan") {
  const centre c;
  constexpr int repeats = 20'000;
  std::vector<double> found(population, 0.0);
  for (std::uint64_t s = 0; s < repeats; ++s) {
    const rows first = c.draw(s), second = c.next(first, qa::coordination::avoid,
        s % 2 == 0 ? s : s + 777'777);
    REQUIRE(second.size() == 11);
    REQUIRE(common(first, second).empty());
    for (const auto row : second)
      found[row] += 1.0;
  }
  for (std::size_t k = 0; k < population; ++k) {
    const double p = k < 12 ? 4.0 / 12.0 : 7.0 / 28.0;
    CHECK(std::abs(found[k] - repeats * p) < 4.0 * std::sqrt(repeats * p * (1.0 - p)));
  }
}

TEST_CASE("a sample that keeps an earlier one of the same sizes is it, whatever its seed") {
  const centre c;
  const rows first = c.draw(1);
  CHECK(c.next(first, qa::coordination::keep, 2) == first);
}

TEST_CASE("a larger sample keeps all of an earlier one, a smaller one is part of it") {
  centre c;
  const rows first = c.draw(1);
  const std::vector<double> chances = c.chances(first);
  const auto resized = [&](std::uint64_t a, std::uint64_t b, std::uint64_t seed) {
    const qa::sampling_plan plan{{{"queue"}}, {{{"a"}, 12, a}, {{"b"}, 28, b}}, {}};
    const auto split = qa::coordinate(c.stratum, plan, first, chances, qa::coordination::keep);
    return qa::draw_rows(c.column(), split.stratum, split.sample, qa::seed{seed});
  };
  const rows larger = resized(6, 20, 3), smaller = resized(2, 3, 3);
  CHECK(larger.size() == 26);
  CHECK(common(first, larger) == first);
  CHECK(smaller.size() == 5);
  CHECK(common(first, smaller) == smaller);
}

TEST_CASE("growing a sample of one seed keeps the smaller one") {
  centre c;
  for (std::uint64_t s = 0; s < 200; ++s) {
    rows before;
    for (std::uint64_t n = 1; n <= 12; ++n) {
      const rows now = qa::draw_rows(c.column(), c.stratum, std::vector<std::uint64_t>{n, 2 * n},
          qa::seed{s});
      REQUIRE(common(before, now) == before);
      before = now;
    }
  }
}

TEST_CASE("earlier ids are found among the rows, those that left are passed over") {
  const centre c;
  const std::vector<std::int64_t> some{139, 7, 100}, twice{101, 101};
  CHECK(qa::rows_of(c.column(), std::span<const std::int64_t>(some)) == rows{39, qa::no_row, 0});
  CHECK_THROWS_AS(qa::rows_of(c.column(), std::span<const std::int64_t>(twice)), qa::data_error);
  const auto split = qa::coordinate(c.stratum, c.plan, rows{qa::no_row}, std::vector<double>{0.5},
                                    qa::coordination::avoid);
  CHECK(split.stratum == c.stratum);
}

TEST_CASE("earlier samples that cannot be avoided are refused") {
  const centre c;
  rows nine(9);
  std::iota(nine.begin(), nine.end(), std::uint64_t{0});
  const auto avoid = [&](const rows& earlier, const std::vector<double>& chances) {
    return qa::coordinate(c.stratum, c.plan, earlier, chances, qa::coordination::avoid);
  };
  CHECK_THROWS_WITH_AS(avoid(nine, std::vector<double>(9, 0.75)),
                       "avoid: stratum \"a\" holds 12 conversations, of which the earlier sample drew 9; 4 "
                       "others cannot be drawn",
                       qa::design_error);
  CHECK_THROWS_WITH_AS(avoid({1, 2}, {0.25, 0.5}),
                       "avoid: expected an earlier sample in which all conversations of stratum \"a\" had "
                       "the same chance but found 0.25 and 0.5",
                       qa::design_error);
  CHECK_THROWS_WITH_AS(avoid({1}, {0.0}),
      "avoid: expected inclusion probabilities above 0 up to 1 but found 0",
                       qa::data_error);
}

TEST_CASE("an earlier sample of another population, or a part of one, is refused with both numbers") {
  const centre c;
  const rows first = c.draw(5);
  const auto split = [&](const rows& earlier, double p, qa::earlier_size size) {
    return qa::coordinate(c.stratum, c.plan, earlier, std::vector<double>(earlier.size(), p), qa::coordination::keep,
                          size);
  };
  const auto keep = [&](const rows& earlier, const std::vector<double>& chances) {
    return qa::coordinate(c.stratum, c.plan, earlier, chances, qa::coordination::keep);
  };
  const std::vector<double> chances = c.chances(first);
  CHECK_NOTHROW(keep(first, chances));
  CHECK_THROWS_WITH_AS(
      keep({first.begin() + 1, first.end()}, {chances.begin() + 1, chances.end()}),
      "keep: an earlier sample in which every conversation had the chance 0.3333333333333333 would hold about 4 of the 12 "
      "conversations of stratum \"a\" but it holds 3; it was drawn from another population (conversations came or went "
      "since), or rows were removed or added. Give the sample as it was drawn, from these very conversations, or leave its "
      "conversations out and allocate anew",
      qa::design_error);
  // A whole stratum of it may be missing: that one is drawn anew.
  CHECK_NOTHROW(keep({first.begin(), first.begin() + 4}, {chances.begin(), chances.begin() + 4}));
  // Ten of all forty, without strata: 2 and 8 of today's, where 3 and 7 were expected, are ten all the same.
  CHECK_NOTHROW(split({0, 1, 12, 13, 14, 15, 16, 17, 18, 19}, 0.25, qa::earlier_size::fixed));
  CHECK_NOTHROW(split({12, 13, 14, 15, 16, 17, 18, 19, 20, 21}, 0.25, qa::earlier_size::fixed));
  CHECK_THROWS_AS(split({0, 1, 12, 13, 14, 15, 16, 17, 18}, 0.25, qa::earlier_size::fixed), qa::design_error);
  CHECK_NOTHROW(split({0, 1, 12, 13, 14, 15, 16, 17, 18}, 0.25, qa::earlier_size::by_chance));
  // All ten in a stratum that would hold three.
  const rows lopsided{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 39};
  CHECK_THROWS_AS(split(lopsided, 0.3, qa::earlier_size::fixed), qa::design_error);
  CHECK_THROWS_AS(split(lopsided, 0.3, qa::earlier_size::by_chance), qa::design_error);
  CHECK_THROWS_AS(split({0, 1, 2}, 1.0, qa::earlier_size::by_chance), qa::design_error);
}

TEST_CASE("random and targeted parts: each conversation is drawn as often as its chance says" *
          doctest::test_suite("simulation")) {
  const centre c;
  const auto chances = qa::inclusion_probabilities(c.stratum, c.plan);
  std::vector<bool> flagged(population), escalated(population);
  for (std::size_t k = 0; k < population; ++k) {
    flagged[k] = k % 3 == 0;   // 14 of them
    escalated[k] = k % 5 == 0; // 8 of them
  }
  const std::vector<qa::target> targets{{"risk_flag", flagged, 0.4, std::nullopt},
                                        {"escalated", escalated, std::nullopt, 6}};
  constexpr int repeats = 20'000;
  std::vector<double> found(population, 0.0), stated(population, 0.0);
  double total = 0.0, total2 = 0.0, plain = 0.0;
  for (std::uint64_t s = 0; s < repeats; ++s) {
    const auto mixed = qa::add_targets(c.column(), c.draw(s), chances, targets, qa::seed{s});
    double weighted = 0.0, sum = 0.0;
    for (std::size_t i = 0; i < mixed.sample.rows.size(); ++i) {
      const auto row = mixed.sample.rows[i];
      found[row] += 1.0;
      stated[row] = mixed.sample.inclusion_probability[i];
      // Flagged conversations score 0, others 1: the population mean is 26 / 40.
      weighted += (flagged[row] ? 0.0 : 1.0) / mixed.sample.inclusion_probability[i];
      sum += flagged[row] ? 0.0 : 1.0;
    }
    total += weighted;
    total2 += weighted * weighted;
    plain += sum / static_cast<double>(mixed.sample.rows.size());
  }
  for (std::size_t k = 0; k < population; ++k) {
    const double random = k < 12 ? 4.0 / 12.0 : 7.0 / 28.0;
    const double p = 1.0 - (1.0 - random) * (flagged[k] ? 0.6 : 1.0) * (escalated[k] ? 0.25 : 1.0);
    CHECK(std::abs(stated[k] - p) < 1e-15);
    CHECK(std::abs(found[k] - repeats * p) < 4.0 * std::sqrt(repeats * p * (1.0 - p)));
  }
  const double mean = total / repeats, error = std::sqrt((total2 / repeats - mean * mean) / repeats);
  CHECK(std::abs(mean - 26.0) < 3.0 * error); // weighted: unbiased
  CHECK(plain / repeats < 26.0 / 40.0 - 0.1); // plain: far too low
}

TEST_CASE("targets that cannot be are refused, and say which part drew what") {
  const centre c;
  const auto chances = qa::inclusion_probabilities(c.stratum, c.plan);
  std::vector<bool> flags(population, false);
  flags[0] = flags[39] = true;
  const auto add = [&](std::vector<qa::target> targets) {
    return qa::add_targets(c.column(), c.draw(1), chances, targets, qa::seed{1});
  };
  const auto all = add({{"x", flags, 1.0, std::nullopt}});
  CHECK(all.sample.rows.front() == 0);
  CHECK(all.sample.rows.back() == 39);
  CHECK((all.parts.back() & 2) == 2);
  CHECK(all.sample.inclusion_probability.back() == 1.0);
  CHECK_THROWS_WITH_AS(add({{"x", flags, 1.5, std::nullopt}}),
                       "target \"x\": expected a rate above 0 up to 1 but found 1.5 (did you mean 0.015?)",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(add({{"x", flags, 0.0, std::nullopt}}),
                       "target \"x\": expected a rate above 0 up to 1 but found 0", qa::argument_error);
  CHECK_THROWS_WITH_AS(add({{"x", flags, std::nullopt, 3}}),
                       "target \"x\": expected a count from 1 to 2, the flagged conversations, but found 3",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(add({{"x", std::vector<bool>(population, false), std::nullopt, 3}}),
                       "target \"x\": expected 3 of the flagged conversations but no conversation is flagged",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(add({{"x", flags, std::nullopt, std::nullopt}}),
      "target \"x\": expected a rate or a count",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(add({{"x", flags, 0.5, std::nullopt}, {"x", flags, 0.5, std::nullopt}}),
                       "targets: \"x\" stands twice", qa::argument_error);
}
