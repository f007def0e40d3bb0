// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/g_study.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {

struct study {
  std::vector<double> score;
  std::vector<std::vector<std::uint32_t>> code;
  std::vector<std::size_t> levels, within;

  std::vector<qa::g_facet> facets() const {
    std::vector<qa::g_facet> out;
    for (std::size_t f = 0; f < code.size(); ++f)
      out.push_back({{code[f], levels[f]}, within.empty() ? qa::g_facet::crossed : within[f]});
    return out;
  }
  qa::g_study_fit fit(qa::g_options options = {}) const {
    return qa::kernel::g_study(score, facets(), options);
  }
};

/// Every combination of levels, `repeats` times, with components of some size.
study balanced(std::mt19937_64& engine, std::vector<std::size_t> levels, std::size_t repeats = 1) {
  study out;
  out.levels = levels;
  out.code.resize(levels.size());
  std::size_t cells = repeats;
  for (const std::size_t count : levels)
    cells *= count;
  std::vector<std::vector<double>> effect(1u << levels.size(), std::vector<double>(cells));
  for (auto& of : effect)
    for (double& value : of)
      value = qa::test::normal(engine);
  for (std::size_t i = 0; i < cells; ++i) {
    std::size_t left = i / repeats;
    for (std::size_t f = 0; f < levels.size(); ++f) {
      out.code[f].push_back(static_cast<std::uint32_t>(left % levels[f]));
      left /= levels[f];
    }
    double y = qa::test::normal(engine);
    for (std::size_t set = 1; set + 1 < effect.size(); ++set) {
      std::size_t at = 0;
      for (std::size_t f = 0; f < levels.size(); ++f)
        if ((set >> f & 1u) != 0)
          at = at * levels[f] + out.code[f].back();
      y += 1.5 * effect[set][at];
    }
    out.score.push_back(y);
  }
  return out;
}

} // namespace

TEST_CASE("persons by raters: the components are those of the two-way table, the coefficients its ICCs") {
  // Shrout and Fleiss (1979): MSR 11.24, MSC 32.49, MSE 1.02.
  const double table[] = {9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7};
  study given;
  given.levels = {6, 4};
  given.code.resize(2);
  for (std::uint32_t i = 0; i < 24; ++i) {
    given.score.push_back(table[i]);
    given.code[0].push_back(i / 4);
    given.code[1].push_back(i % 4);
  }
  const auto found = given.fit();
  REQUIRE(found.components.size() == 3);
  CHECK(found.method == qa::g_method::anova);
  CHECK(close_to(found.components[0].variance.value, 2.5555555555555554, 1e-12));
  CHECK(close_to(found.components[1].variance.value, 5.244444444444444, 1e-12));
  CHECK(close_to(found.components[2].variance.value, 1.0194444444444444, 1e-12));
  const std::vector<double> one{1, 1}, four{1, 4};
  CHECK(close_to(qa::kernel::d_study(found, one, 0, {}).generalizability.value, 0.714840714840715, 1e-12));
  CHECK(close_to(qa::kernel::d_study(found, one, 0, {}).dependability.value, 0.289763779527559, 1e-12));
  CHECK(close_to(qa::kernel::d_study(found, four, 0, {}).generalizability.value, 0.909315542377069, 1e-12));
  CHECK(close_to(qa::kernel::d_study(found, four, 0, {}).dependability.value, 0.620050547598989, 1e-12));
  const auto planned = qa::kernel::d_study(found, four, 0, {});
  CHECK(planned.generalizability.low < planned.generalizability.value);
  CHECK(planned.generalizability.high < 1.0);
  CHECK(close_to(planned.relative_sem, std::sqrt(planned.relative_error), 1e-15));
}

TEST_CASE("REML gives on a balanced design what the mean squares give, where these are positive") {
  std::mt19937_64 engine(12);
  for (const std::size_t repeats : {std::size_t{1}, std::size_t{2}}) {
    const study given = balanced(engine, {9, 5, 4}, repeats);
    const auto squares = given.fit();
    const auto likelihood =
        given.fit({.method = qa::g_method::reml, .interval = qa::component_interval::information});
    REQUIRE(squares.components.size() == (repeats == 1 ? 7 : 8));
    REQUIRE(likelihood.components.size() == squares.components.size());
    CHECK(likelihood.method == qa::g_method::reml);
    for (std::size_t k = 0; k < squares.components.size(); ++k) {
      CHECK(likelihood.components[k].facets == squares.components[k].facets);
      REQUIRE(squares.components[k].variance.value > 0.0);
      CHECK(close_to(likelihood.components[k].variance.value, squares.components[k].variance.value, 1e-5));
    }
  }
}

TEST_CASE("mean squares have the expectations that they are solved by") {
  // Over many draws the estimates centre on the variances they were drawn with (2.25, the error 1).
  std::mt19937_64 engine(31);
  std::vector<double> sum(7, 0.0), squares(7, 0.0), errors(7, 0.0);
  constexpr int draws = 400;
  for (int d = 0; d < draws; ++d) {
    const auto found = balanced(engine, {8, 4, 3}).fit();
    for (std::size_t k = 0; k < 7; ++k) {
      sum[k] += found.components[k].variance.value / draws;
      squares[k] += found.components[k].variance.value * found.components[k].variance.value / draws;
      errors[k] += found.components[k].variance.std_error * found.components[k].variance.std_error / draws;
    }
  }
  for (std::size_t k = 0; k < 7; ++k) {
    const double truth = k == 6 ? 1.0 : 2.25, variance = squares[k] - sum[k] * sum[k];
    CHECK(std::abs(sum[k] - truth) < 4.0 * std::sqrt(variance / draws));
    CHECK(close_to(errors[k], variance, 0.3)); // squared standard errors are unbiased
  }
}

TEST_CASE("a nested facet has no component of its own, and its labels count within the other only") {
  std::mt19937_64 engine(7);
  study given = balanced(engine, {6, 3, 4}); // persons x tasks x raters, raters 0 to 3 in each task
  given.within = {qa::g_facet::crossed, qa::g_facet::crossed, 1};
  const auto found = given.fit();
  REQUIRE(found.components.size() == 5); // p, t, pt, r:t, pr:t
  CHECK(found.components[0].facets == 1u);
  CHECK(found.components[1].facets == 2u);
  CHECK(found.components[2].facets == 3u);
  CHECK(found.components[3].facets == 6u);
  CHECK(found.components[4].facets == 7u);
  study renamed = given; // raters 0 to 11
  renamed.levels[2] = 12;
  for (std::size_t i = 0; i < renamed.score.size(); ++i)
    renamed.code[2][i] += 4 * renamed.code[1][i];
  const auto same = renamed.fit();
  for (std::size_t k = 0; k < 5; ++k)
    CHECK(close_to(same.components[k].variance.value, found.components[k].variance.value, 1e-12));
}

TEST_CASE("a fixed facet moves its interaction with the object from error to what is measured") {
  std::mt19937_64 engine(7);
  const auto found = balanced(engine, {20, 4, 5}).fit();
  const std::vector<double> levels{1, 2, 5};
  const auto drawn = qa::kernel::d_study(found, levels, 0, {}),
             fixed = qa::kernel::d_study(found, levels, 4u, {});
  const auto variance = [&](std::size_t k) { return found.components[k].variance.value; };
  // p, r, c, pr, pc, rc, error
  CHECK(close_to(fixed.universe, variance(0) + variance(4) / 5, 1e-12));
  CHECK(close_to(drawn.relative_error - fixed.relative_error, variance(4) / 5, 1e-12));
  CHECK(close_to(drawn.absolute_error - fixed.absolute_error, variance(4) / 5 + variance(2) / 5, 1e-12));
  CHECK(fixed.generalizability.value > drawn.generalizability.value);
}

TEST_CASE("what cannot be estimated says why") {
  std::mt19937_64 engine(7);
  study given = balanced(engine, {4, 3});
  study single = balanced(engine, {4, 1});
  CHECK(single.fit().undefined == "a facet has fewer than 2 levels: nothing differs");
  study constant = given;
  for (double& y : constant.score)
    y = 2.0;
  CHECK(constant.fit().undefined == "no variance: all scores are the same");
  study uneven = given;
  uneven.score.pop_back();
  for (auto& code : uneven.code)
    code.pop_back();
  CHECK(uneven.fit().method == qa::g_method::reml);
  CHECK_THROWS_AS(uneven.fit({.method = qa::g_method::anova}), qa::argument_error);
  study lonely;
  CHECK_THROWS_AS(lonely.fit(), qa::argument_error);
}
