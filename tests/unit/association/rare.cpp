// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/correlation.hpp>
#include <qascore/kernel/correlation_comparison.hpp>
#include <qascore/kernel/distance_correlation.hpp>
#include <qascore/kernel/partial_correlation.hpp>
#include <qascore/kernel/relative_importance.hpp>
#include <qascore/kernel/response_propensity.hpp>
#include <qascore/kernel/within_between.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// A rare outcome: what rests on influence values knows no more than the few rows that have it.
namespace qa = qascore;
using qa::correlation_method;
using qascore::test::close_to;
using qascore::test::normal;

namespace {

constexpr std::size_t rows = 240;
const std::string one_row = "all but one of the values of a column are the same: no interval";

struct figure {
  std::string name;
  qa::estimate found;
};

/// Scores, a second column like them, groups of six, and an outcome that the first `ones` rows in steps of seven have.
struct columns {
  std::vector<double> x, other, y = std::vector<double>(rows, 0.0);
  std::vector<std::uint32_t> group;

  columns(std::size_t ones, std::mt19937_64& engine) {
    for (std::size_t i = 0; i < rows; ++i) {
      x.push_back(normal(engine));
      other.push_back(0.6 * x.back() + 0.8 * normal(engine));
      group.push_back(static_cast<std::uint32_t>(i / 6));
    }
    for (std::size_t k = 0; k < ones; ++k)
      y[7 * k] = 1.0;
  }
};

/// All intervals that rest on influence values, of a correlation with the outcome.
std::vector<figure> all_of(const columns& c) {
  const qa::design_view design = qa::independent_units(rows);
  const auto method = correlation_method::kendall;
  const auto linearised = qa::correlation_interval::linearised;
  std::vector<figure> out;
  out.push_back({"coefficient", qa::kernel::correlate(design, c.x, c.y, method, {}, linearised)});
  out.push_back(
      {"difference",
       qa::kernel::compare_correlations(design, {c.x, c.y}, {c.other, c.y}, method, {}).difference});
  const std::span<const double> given[] = {c.other};
  out.push_back({"partial", qa::kernel::partial_correlation(design, c.x, c.y, given,
                                                            {.method = method, .interval = linearised})});
  const auto parts = qa::kernel::within_between(design, c.x, c.y, c.group, rows / 6, {}, linearised);
  out.push_back({"within", parts.within});
  out.push_back({"total", parts.total});
  std::vector<double> answered(rows, 1.0), asked = c.y;
  for (std::size_t i = 1; i < rows; i += 7) {
    answered[i] = 0.0;
    asked[i] = qa::missing_value;
  }
  const auto fit = qa::kernel::fit_response(design, answered, given, {});
  const auto adjusted = qa::kernel::adjusted_correlation(design, fit, c.x, asked, method, {});
  out.push_back({"before", adjusted.before});
  out.push_back({"after", adjusted.after});
  out.push_back({"distance", qa::kernel::distance_correlation(design, c.x, c.y, {})});
  const std::span<const double> drivers[] = {c.x, c.other};
  out.push_back({"share", qa::kernel::relative_importance(design, c.y, drivers, {}, {}).r_squared});
  return out;
}

} // namespace

TEST_CASE(
    "intervals that rest on influence values have the degrees of freedom of rare outcomes against the rest") {
  std::mt19937_64 engine(5);
  for (const figure& of : all_of(columns(6, engine))) {
    CAPTURE(of.name);
    // Welch's degrees of freedom of groups of equal spread, SciPy 1.17 (ttest_ind): 6 against 234; 35 of those were silent.
    const bool some_silent = of.name == "before" || of.name == "after";
    CHECK(close_to(of.found.df, some_silent ? 5.3059310731117177 : 5.259623361305651, 1e-12));
    CHECK(of.found.low < of.found.high);
  }
  for (const figure& of : all_of(columns(1, engine))) {
    CAPTURE(of.name);
    CHECK(std::isnan(of.found.low));
    CHECK(of.found.undefined == one_row);
  }
}

TEST_CASE("a value that few clusters have has the degrees of freedom of those clusters") {
  std::mt19937_64 engine(8);
  std::vector<double> x, flag, y;
  std::vector<std::uint32_t> agent;
  for (std::uint32_t i = 0; i < 240; ++i) { // 20 agents, of whom 3 have it
    agent.push_back(i / 12);
    flag.push_back(agent.back() < 3 ? 1.0 : 0.0);
    y.push_back(normal(engine));
  }
  qa::design_view design = qa::independent_units(240);
  design.cluster = agent;
  design.clusters = 20;
  const auto of = [&](std::span<const double> of_flag) {
    return qa::kernel::correlate(design, of_flag, y, correlation_method::somers_y, {});
  };
  // Welch's degrees of freedom of groups of equal spread, 3 against 17 (SciPy 1.17, ttest_ind).
  CHECK(close_to(of(flag).df, 2.757432141318397, 1e-12));
  std::vector<double> one(240, 0.0);
  std::fill_n(one.begin(), 12, 1.0);
  CHECK(of(one).undefined == "a column varies in one cluster only: no interval");
  CHECK(std::isnan(of(one).low));
  // Each row twice with half its weight says what it said once.
  std::vector<double> twice_x, twice_y, half(480, 0.5), whole(240, 1.0), rare(240, 0.0);
  std::vector<std::uint32_t> row;
  for (std::uint32_t i = 0; i < 240; ++i)
    rare[i] = i % 40 == 0 ? 1.0 : 0.0;
  for (std::uint32_t i = 0; i < 480; ++i) {
    twice_x.push_back(rare[i / 2]);
    twice_y.push_back(y[i / 2]);
    row.push_back(i / 2);
  }
  qa::design_view single = qa::independent_units(240), doubled = qa::independent_units(480);
  single.weight = whole;
  doubled.weight = half;
  doubled.cluster = row;
  doubled.clusters = 240;
  const auto once = qa::kernel::correlate(single, rare, y, correlation_method::pearson, {}),
             again = qa::kernel::correlate(doubled, twice_x, twice_y, correlation_method::pearson, {});
  CHECK(close_to(again.df, once.df, 1e-12));
  CHECK(close_to(again.low, once.low, 1e-10));
}

TEST_CASE("two rare values that never meet may yet do so") {
  // 12 and 12 of 200, none shared: Fisher's exact p is 1.
  std::vector<double> x(200, 0.0), y(200, 0.0);
  for (std::size_t i = 0; i < 12; ++i)
    x[i] = y[i + 12] = 1.0;
  const qa::design_view design = qa::independent_units(200);
  const auto found = qa::kernel::correlate(design, x, y, correlation_method::kendall, {},
                                           qa::correlation_interval::linearised);
  CHECK(close_to(found.value, -12.0 / 188.0, 1e-12));
  CHECK(std::isnan(found.low));
  CHECK(found.undefined ==
        "fewer than 2 rows or clusters differ from the majority in both columns: no interval");
}

TEST_CASE("intervals of two rare values hold" * doctest::test_suite("simulation")) {
  std::mt19937_64 engine(9);
  const std::size_t n = 500;
  const qa::design_view design = qa::independent_units(n);
  std::bernoulli_distribution rare(0.1);
  int held = 0, found = 0;
  for (int r = 0; r < 1000; ++r) {
    std::vector<double> x, y;
    for (std::size_t i = 0; i < n; ++i) {
      x.push_back(rare(engine) ? 1.0 : 0.0);
      y.push_back(rare(engine) ? 1.0 : 0.0);
    }
    const auto e = qa::kernel::correlate(design, x, y, correlation_method::kendall, {},
                                         qa::correlation_interval::linearised);
    found += std::isnan(e.low) ? 0 : 1;
    held += e.low <= 0.0 && 0.0 <= e.high ? 1 : 0;
  }
  MESSAGE("two 10 % of 500: held " << held << " of " << found);
  CHECK(found > 950);
  CHECK(held > 0.94 * found); // 92.5 % with the degrees of freedom of each column alone
}

TEST_CASE("with few of a rare outcome comparisons of correlations hold as well" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(6);
  const qa::design_view design = qa::independent_units(rows);
  std::vector<std::uint32_t> half;
  for (std::uint32_t i = 0; i < rows; ++i)
    half.push_back(i % 2);
  for (const std::size_t ones : {4u, 6u, 10u}) { // half of them in each part
    int partial = 0, within = 0, part = 0, parts = 0;
    constexpr int repeats = 1000;
    const auto holds = [](const qa::estimate& e) { return !(e.low > 0.0 || e.high < 0.0) ? 1 : 0; };
    for (int r = 0; r < repeats; ++r) {
      const columns c(ones, engine);
      const std::span<const double> given[] = {c.other};
      partial += holds(qa::kernel::partial_correlation(design, c.x, c.y, given,
                                                       {.interval = qa::correlation_interval::linearised}));
      within += holds(qa::kernel::within_between(design, c.x, c.y, c.group, rows / 6, {},
                                                 qa::correlation_interval::linearised)
                          .within);
      const auto by = qa::kernel::compare_parts(design, c.x, c.y, half, 2, correlation_method::pearson, {});
      part += holds(by.part[0]);
      parts += holds(by.difference[0]);
    }
    CAPTURE(ones);
    for (const int held : {partial, within, part, parts}) {
      const double share = static_cast<double>(held) / repeats;
      MESSAGE(share);
      CHECK(share > 0.93); // 74 to 93 % with the degrees of freedom of all rows
    }
  }
}
