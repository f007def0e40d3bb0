// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Rater effects and generalisability from an embedder's own rows. Figures without another source are those of the Python
// package on the same rows.
#include <qascore/calibration.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {

struct review {
  std::optional<double> score;
  std::string agent, rater, call, queue;
  int minutes = 0;
};
const std::vector<std::string> names{"ann", "bob", "cay"};

std::vector<review> reviews() {
  std::vector<review> out;
  for (int i = 0; i < 60; ++i) {
    const int agent = i % 7, rater = i * i / 3 % 3, queue = i / 5 % 2, minutes = i * 37 % 11;
    const double score = (40 + 5 * agent % 9 + 6 * rater + 3 * queue + minutes + i * 53 % 17) / 8.0;
    out.push_back({i == 13 ? std::nullopt : std::optional(score), "a" + std::to_string(agent),
                   names[static_cast<std::size_t>(rater)], "c" + std::to_string(100 + i / 2),
                   queue == 0 ? "chat" : "phone", minutes});
  }
  return out;
}

/// Each agent with three calls, each call with three raters; two scores are missing.
std::vector<review> nested_reviews() {
  std::vector<review> out;
  for (int k = 0; k < 54; ++k) {
    const int a = k / 9, c = k / 3 % 3, r = k % 3;
    const double score = (30 + 4 * (a * 5 % 7) + 3 * ((a * 3 + c * c) % 5) - 5 * r + k * 29 % 13) / 4.0;
    out.push_back({k == 7 || k == 20 ? std::nullopt : std::optional(score), "a" + std::to_string(a),
                   names[static_cast<std::size_t>(r)], "c" + std::to_string(c), "", 0});
  }
  return out;
}

qa::rater_effects_table model(const std::vector<review>& rows,
                              qa::missing_rows missing = qa::missing_rows::drop) {
  return qa::rater_effects(rows, &review::score, &review::agent, &review::rater, &review::call,
                           qa::by(&review::minutes, &review::queue), {}, missing);
}

qa::g_study_table study(const std::vector<review>& rows) {
  return qa::g_study(rows, &review::score, {}, qa::missing_rows::drop, qa::facet("agent", &review::agent),
                     qa::facet("call", &review::call, "agent"), qa::facet("rater", &review::rater));
}

// Shrout and Fleiss (1979).
const std::vector<double> table{9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7};

} // namespace

TEST_CASE("rater effects of own rows are those of the Python package") {
  const auto found = model(reviews());
  REQUIRE(found.model.undefined.empty());
  CHECK(found.missing == 1);
  CHECK(found.connected());
  CHECK(found.groups.front().raters == names);
  REQUIRE(found.model.variance.size() == 4); // agent, rater, conversation, residual
  CHECK(close_to(found.model.variance[0].value, 0.07761027310189689, 1e-9));
  CHECK(close_to(found.model.variance[1].value, 1.255315397568755, 1e-9));
  CHECK(close_to(found.model.variance[2].value, 0.05162860412864568, 1e-9));
  CHECK(close_to(found.model.variance[3].value, 0.29550187289487645, 1e-9));
  CHECK(found.terms == std::vector<std::string>{"intercept", "0", "1 = phone"});
  CHECK(close_to(found.model.coefficient[1].value, 0.13473999143138427, 1e-9));
  CHECK(close_to(found.model.coefficient[2].value, 0.6064004642699456, 1e-9));
  CHECK(close_to(found.rater("bob").severity.value, 0.18511079475661585, 1e-9));
  CHECK(close_to(found.rater("bob").severity.low, -0.06645354918877366, 1e-9));
  CHECK(close_to(found.rater("cay").spread.value, 0.21942583719734055, 1e-9));
  const qa::agent_score& third = found.agent("a3");
  CHECK(close_to(third.adjusted.value, 8.198620812314921, 1e-9));
  CHECK(close_to(third.adjusted.high, 8.563230567118227, 1e-9));
  CHECK(third.rank == 3);
  CHECK(third.ranks.low == 1);
  CHECK(third.ranks.high == 7);
  CHECK(third.rank_before == 3);
}

TEST_CASE(
    "rater effects do not depend on the order of rows, and leave out levels that only dropped rows had") {
  auto rows = reviews();
  rows.push_back({std::nullopt, "nobody", "dan", "c999", "phone", 3});
  const auto found = model(rows);
  CHECK(found.missing == 2);
  CHECK(found.raters.size() == 3);
  CHECK(found.agents.size() == 7);
  CHECK(found.model.variance[1].value == model(reviews()).model.variance[1].value);
  std::ranges::reverse(rows);
  CHECK(close_to(model(rows).rater("ann").severity.value, found.rater("ann").severity.value, 1e-9));
}

TEST_CASE("conversations of one score each are no factor") {
  std::vector<review> rows = reviews();
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].call = std::to_string(i);
  const auto each = qa::rater_effects(rows, &review::score, &review::agent, &review::rater, &review::call,
                                      qa::by(), {}, qa::missing_rows::drop);
  const auto none =
      qa::rater_effects(rows, &review::score, &review::agent, &review::rater, {}, qa::missing_rows::drop);
  CHECK(each.model.variance.size() == 3);
  CHECK(each.rater("ann").severity.value == none.rater("ann").severity.value);
}

TEST_CASE("a table of ratings has the effects of its rows") {
  const auto found = qa::rater_effects(qa::rating_table::from_matrix(table, 4));
  CHECK(close_to(found.rater("2").severity.value, 2.704061564771268, 1e-9));
  CHECK(close_to(found.rater("2").spread.value, 0.5231506910905704, 1e-9));
  std::vector<std::size_t> ranks;
  for (const qa::agent_score& one : found.agents)
    ranks.push_back(one.rank);
  CHECK(ranks == std::vector<std::size_t>{3, 6, 2, 5, 1, 4});
}

TEST_CASE("what rater effects cannot read is refused in the words of the rows") {
  auto rows = reviews();
  CHECK_THROWS_WITH_AS(model(rows, qa::missing_rows::error),
                       "score: no value at row 13; choose missing_rows::drop to leave such rows out",
                       qa::data_error);
  CHECK_THROWS_AS(model(rows, qa::missing_rows::domain), qa::argument_error);
  CHECK_THROWS_WITH_AS(model(rows).rater("bop"), "nobody is labelled \"bop\" (did you mean \"bob\"?)",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(
      qa::rater_effects(rows, &review::score, &review::agent, &review::rater, qa::one_score_each,
                        qa::by(&review::minutes, &review::minutes), {}, qa::missing_rows::drop),
      "case_mix: number 1 is the same in all rows, or a combination of those before it", qa::argument_error);
  rows[4].score = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(model(rows), "score: expected finite numbers but found infinity at row 4",
                       qa::data_error);
  CHECK_THROWS_AS(model({}), qa::data_error);
  const std::vector<review> two{rows[0], rows[2]};
  const auto words = qa::rating_table::from(two, &review::call, &review::rater, &review::queue);
  CHECK_THROWS_AS(qa::rater_effects(words), qa::argument_error);
  CHECK_THROWS_AS(qa::rater_effects(qa::rating_table::from_counts(std::vector<std::int64_t>{1, 2}, {0, 1})),
                  qa::argument_error);
}

TEST_CASE("a generalisability study of own rows is that of the Python package") {
  const auto found = study(nested_reviews());
  REQUIRE(found.fit.undefined.empty());
  CHECK(found.fit.method == qa::g_method::reml);
  CHECK(found.missing == 2);
  CHECK(found.facets == std::vector<std::string>{"agent", "call", "rater"});
  CHECK(found.levels == std::vector<std::size_t>{6, 3, 3});
  CHECK(found.components ==
        std::vector<std::string>{"agent", "rater", "call:agent", "agent:rater", "residual"});
  CHECK(close_to(found["agent"].variance.value, 5.698909618844324, 1e-9));
  CHECK(close_to(found["rater"].variance.value, 1.4947657902410938, 1e-9));
  CHECK(close_to(found["call:agent"].variance.value, 1.1175533938289066, 1e-9));
  CHECK(found["agent:rater"].variance.value == 0.0);
  CHECK(close_to(found["residual"].variance.value, 1.152833275312243, 1e-9));
  const auto planned = qa::d_study(found, {{"call", 10}, {"rater", 2}});
  CHECK(close_to(planned.generalizability.value, 0.9711335800836226, 1e-9));
  CHECK(close_to(planned.generalizability.low, 0.8747449318821728, 1e-9));
  CHECK(close_to(planned.dependability.value, 0.8614233790903373, 1e-9));
  CHECK(close_to(planned.absolute_sem, 0.9574862392061045, 1e-9));
}

TEST_CASE("a table of ratings is a study of units by raters") {
  const auto found = qa::g_study(qa::rating_table::from_matrix(table, 4));
  CHECK(found.fit.method == qa::g_method::anova);
  CHECK(found.components == std::vector<std::string>{"unit", "rater", "residual"});
  CHECK(close_to(found["unit"].variance.value, 2.5555555555555554, 1e-12));
  CHECK(close_to(found["rater"].variance.value, 5.244444444444444, 1e-12));
  const auto four = qa::d_study(found, {{"rater", 4}});
  CHECK(close_to(four.generalizability.value, 0.909315542377069, 1e-12));
  CHECK(close_to(four.generalizability.low, 0.7183674819081584, 1e-9));
  const auto fixed = qa::d_study(found, {{"rater", 4}}, {.fixed = {"rater"}});
  CHECK(close_to(fixed.dependability.value, four.generalizability.value, 1e-12));
}

TEST_CASE("facets and plans that do not fit are refused by name") {
  const auto rows = nested_reviews();
  const auto of = [&](auto second, auto third) {
    return qa::g_study(rows, &review::score, {}, qa::missing_rows::drop,
                       qa::facet("agent", &review::agent, ""), second, third);
  };
  const auto call = qa::facet("call", &review::call, "agent"), rater = qa::facet("rater", &review::rater);
  CHECK_THROWS_WITH_AS(of(call, qa::facet("call", &review::rater)), "facets: \"call\" stands twice",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(of(qa::facet("call", &review::call, "agnet"), rater),
                       "within: \"agnet\" is neither the object nor a facet (did you mean \"agent\"?)",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(
      of(qa::facet("call", &review::call, "rater"), qa::facet("rater", &review::rater, "call")),
      "within: \"rater\" in \"call\" goes in a circle", qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::g_study(rows, &review::score, {}, qa::missing_rows::drop,
                                   qa::facet("agent", &review::agent, "rater"), rater),
                       "within: \"agent\" is what is measured; it cannot stand within a facet",
                       qa::argument_error);
  CHECK_THROWS_AS(qa::g_study(rows, &review::score, {}, qa::facet("agent", &review::agent), rater),
                  qa::data_error);
  const auto found = study(rows);
  CHECK_THROWS_WITH_AS(found["calls"], "component: there is no \"calls\"", qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::d_study(found, {{"call", 2}}),
                       "levels: expected a number of \"rater\" but found none", qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::d_study(found, {{"call", 2}, {"ratter", 2}}),
                       "levels: \"ratter\" is no facet of the study (did you mean \"rater\"?)",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::d_study(found, {{"call", 0}, {"rater", 2}}),
                       "levels: \"call\": expected a whole number from 1 but found 0", qa::argument_error);
  CHECK_THROWS_AS(qa::d_study(found, {{"call", 2}, {"rater", 2}, {"agent", 2}}), qa::argument_error);
  CHECK_THROWS_AS(qa::d_study(found, {{"call", 2}, {"rater", 2}}, {.fixed = {"agent"}}), qa::argument_error);
}

TEST_CASE("a mixed model of own rows is that of rater_effects, with names") {
  const auto rows = reviews();
  const auto found = qa::mixed_model(rows, &review::score, qa::by(&review::minutes, &review::queue), {},
                                     qa::missing_rows::drop, qa::random("agent", &review::agent),
                                     qa::random("rater", &review::rater), qa::random("call", &review::call));
  const auto raters = model(rows);
  CHECK(found.missing == 1);
  CHECK(found.terms == raters.terms);
  CHECK(found.variance("rater").value == raters.model.variance[1].value);
  CHECK(found.variance("residual").value == raters.model.variance[3].value);
  const qa::estimate bob = found.effect("rater", "bob");
  CHECK(bob.n == raters.rater("bob").n);
  double mean = 0.0;
  for (const std::string& name : names)
    mean += found.effect("rater", name).value / 3.0;
  CHECK(close_to(mean - bob.value, raters.rater("bob").severity.value, 1e-9));
  CHECK_THROWS_WITH_AS(found.variance("agnet"), "factor: there is no \"agnet\" (did you mean \"agent\"?)",
                       qa::argument_error);
  CHECK_THROWS_AS(found.effect("rater", "bib"), qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::mixed_model(rows, &review::score, qa::by(), {}, qa::missing_rows::drop,
                                       qa::random("agent", &review::agent),
                                       qa::random("agent", &review::rater)),
                       "factors: \"agent\" stands twice", qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::mixed_model(rows, &review::score, qa::by(&review::minutes, &review::minutes), {},
                                       qa::missing_rows::drop, qa::random("agent", &review::agent)),
                       "fixed: number 1 is the same in all rows, or a combination of those before it",
                       qa::argument_error);
}

TEST_CASE("a study of tables by criterion has the criterion as a facet, and plans are combined") {
  const auto first = qa::rating_table::from_matrix(table, 4);
  std::vector<double> other = table;
  for (std::size_t i = 0; i < other.size(); ++i)
    other[i] = 0.5 * table[i] + static_cast<double>(i * 7 % 5);
  const auto second = qa::rating_table::from_matrix(other, 4);
  const std::map<std::string, qa::rating_table> both{{"clarity", first}, {"tone", second}};
  const auto found = qa::g_study(both);
  CHECK(found.facets == std::vector<std::string>{"unit", "rater", "criterion"});
  CHECK(found.fit.method == qa::g_method::anova);
  CHECK(found.fit.n == 48);
  REQUIRE(found.components.size() == 7);
  // The mean square of criteria: N / 2 times the squared deviations of both means.
  const auto mean = [](const std::vector<double>& of) {
    double sum = 0.0;
    for (const double value : of)
      sum += value / static_cast<double>(of.size());
    return sum;
  };
  const double half = 0.5 * (mean(table) - mean(other));
  CHECK(close_to(found["criterion"].mean_square, 48 * half * half, 1e-10));
  CHECK_THROWS_AS(qa::g_study(std::map<std::string, qa::rating_table>{}), qa::argument_error);

  const auto plans =
      qa::d_studies(found, {{"rater", {1, 4}}, {"criterion", {1, 2, 5}}}, {.fixed = {"criterion"}});
  REQUIRE(plans.size() == 6);
  CHECK(plans[3].levels == std::map<std::string, std::size_t>{{"criterion", 2}, {"rater", 4}});
  CHECK(plans[3].scores() == 8);
  const auto alone = qa::d_study(found, plans[3].levels, {.fixed = {"criterion"}});
  CHECK(plans[3].fit.generalizability.value == alone.generalizability.value);
  CHECK(plans[5].fit.dependability.value > plans[0].fit.dependability.value);
  CHECK_THROWS_AS(qa::d_studies(found, {{"rater", {}}, {"criterion", {1}}}), qa::argument_error);
  CHECK_THROWS_AS(qa::d_studies(found, {{"rater", {1, 0}}, {"criterion", {1}}}), qa::argument_error);
}

TEST_CASE("ordinal rater effects of own rows and of a table are those of the kernel") {
  const auto rows = reviews();
  const auto stars = [](const review& of) -> std::optional<double> {
    return of.score ? std::optional(std::min(5.0, std::floor(*of.score / 2.0))) : std::nullopt;
  };
  const auto found =
      qa::ordinal_rater_effects(rows, stars, &review::agent, &review::rater, qa::one_score_each,
                                qa::by(&review::minutes), {}, qa::missing_rows::drop);
  REQUIRE(found.model.undefined.empty());
  CHECK(found.missing == 1);
  CHECK(found.connected());
  CHECK(found.terms == std::vector<std::string>{"0"});
  CHECK(found.model.threshold.size() + 1 == found.categories.size());
  double sum = 0.0;
  for (const auto& rater : found.raters) {
    sum += rater.severity.value;
    CHECK(rater.expected.low < rater.expected.value);
    CHECK(rater.expected.high <= found.categories.back());
  }
  CHECK(std::abs(sum) < 1e-6);
  CHECK(&found.rater("bob") == &found.raters[1]);
  const auto of_table = qa::ordinal_rater_effects(qa::rating_table::from_matrix(table, 4));
  CHECK(of_table.agents.size() == 6);
  CHECK(of_table.raters.size() == 4);
  CHECK_THROWS_AS(qa::ordinal_rater_effects(rows, stars, &review::agent, &review::rater), qa::data_error);
}
