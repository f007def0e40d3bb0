// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "forms.hpp"

#include <qascore/kernel/scoring_many.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <utility>
#include <vector>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;

namespace {
const rubric every_kind = form(
    "{method: points}",
    "[{id: s, criteria: [{id: greeting, answer: yes_no}, {id: tone, not_applicable: true, answer: {options: "
    "[{id: warm, points: 2}, {id: cold, points: 0}]}}, {id: pace, answer: {scale: {min: -1, max: 3}}}, {id: "
    "wait, "
    "answer: {number: {ranges: [{to: 0.5, points: 2}, {to: 30, points: 1}, {points: 0}]}}}, {id: errors, "
    "answer: "
    "{hits: {points: -2, limit: -5}}}, {id: remarks, answer: text}]}]");

std::uint8_t code(const char* criterion, std::string_view answer) {
  const coded_answer coded = code_of(every_kind.criteria()[every_kind.index_of(criterion)], answer);
  CHECK_MESSAGE(coded.problem.empty(), coded.problem);
  return coded.code;
}
std::string problem_of(const char* criterion, std::string_view answer) {
  return code_of(every_kind.criteria()[every_kind.index_of(criterion)], answer).problem;
}
std::string refused(const answers& given, score_options options = {}) {
  try {
    score(every_kind, given, options);
  } catch (const rubric_error& failure) {
    return failure.what();
  }
  return {};
}
const answers complete = {
    {"greeting", "yes"}, {"tone", "warm"}, {"pace", "3"}, {"wait", "12"}, {"errors", "0"}};
} // namespace

TEST_CASE("an answer has the code of its place in the rubric") {
  CHECK(code("greeting", "yes") == 0);
  CHECK(code("greeting", "no") == 1);
  CHECK(code("tone", "cold") == 1);
  CHECK(code("pace", "-1") == 0);
  CHECK(code("pace", "3") == 4);
  CHECK(code("pace", "3.0") == 4);
  CHECK(code("remarks", "anything at all") == 0);
}

TEST_CASE("a number falls into the first range that reaches up to it, limits included") {
  CHECK(code("wait", "-4") == 0);
  CHECK(code("wait", "0.5") == 0);
  CHECK(code("wait", "0.50001") == 1);
  CHECK(code("wait", "30") == 1);
  CHECK(code("wait", "1e9") == 2);
}

TEST_CASE("hits beyond the limit change nothing") {
  // Five points to lose, two per hit: the third hit loses what is left.
  CHECK(code("errors", "0") == 0);
  CHECK(code("errors", "2") == 2);
  CHECK(code("errors", "3") == 3);
  CHECK(code("errors", "1000000") == 3);
  const auto points = every_kind.criteria()[4].points();
  CHECK(std::vector<double>(points.begin(), points.end()) == std::vector<double>{5, 3, 1, 0});
}

TEST_CASE("the reserved answer needs leave; blank is unanswered") {
  CHECK(code("tone", "not_applicable") == kernel::not_applicable_code);
  CHECK(code("greeting", "") == kernel::unanswered_code);
  CHECK(problem_of("greeting", "not_applicable") ==
        "expected an answer but found \"not_applicable\", which this criterion does not allow");
}

TEST_CASE("an answer that is not allowed names what is, and what was probably meant") {
  CHECK(problem_of("greeting", "yess") ==
        "expected \"yes\" or \"no\" but found \"yess\" (did you mean \"yes\"?)");
  CHECK(problem_of("tone", "wram") ==
        "expected \"warm\" or \"cold\" but found \"wram\" (did you mean \"warm\"?)");
  CHECK(problem_of("tone", "not_aplicable") ==
        "expected \"warm\" or \"cold\" but found \"not_aplicable\" (did you mean \"not_applicable\"?)");
  for (const auto* other : {"n/a", "N/A", "NA", "n.a.", "不适用"})
    CHECK(problem_of("tone", other) == "expected \"warm\" or \"cold\" but found \"" + std::string(other) +
                                           "\" (not applicable is written \"not_applicable\")");
  CHECK(problem_of("greeting", "na") ==
        "expected \"yes\" or \"no\" but found \"na\" (if it means not applicable: the form allows that with "
        "\"not_applicable: true\" at this criterion)");
  CHECK(problem_of("pace", "4") == "expected a whole number from -1 to 3 but found \"4\"");
  CHECK(problem_of("pace", "2.5") == "expected a whole number from -1 to 3 but found \"2.5\"");
  CHECK(problem_of("wait", "soon") == "expected a number but found \"soon\"");
  CHECK(problem_of("wait", "nan") == "expected a number but found \"nan\"");
  CHECK(problem_of("wait", "inf") == "expected a number but found \"inf\"");
  CHECK(problem_of("errors", "-1") == "expected a number of hits (0, 1, 2, ...) but found \"-1\"");
}

TEST_CASE("all that is wrong with the answers of an evaluation is said at once") {
  CHECK(
      refused({{"greting", "yes"}, {"tone", "hot"}, {"pace", "9"}}) ==
      "greting: expected a criterion of rubric \"form\" but found \"greting\" (did you mean \"greeting\"?)\n"
      "pace: expected a whole number from -1 to 3 but found \"9\"\n"
      "tone: expected \"warm\" or \"cold\" but found \"hot\"");
}

TEST_CASE("answers may be numbers, truth values and std::optional of them") {
  const std::map<std::string, std::optional<int>> numbers = {{"pace", 2}, {"wait", std::nullopt}};
  const auto codes = encode(every_kind, numbers);
  CHECK(codes[2] == 3);
  CHECK(codes[3] == kernel::unanswered_code);
  CHECK(encode(every_kind, std::map<std::string, bool>{{"greeting", true}})[0] == 0);
  CHECK(encode(every_kind, std::map<std::string, double>{{"wait", 0.75}})[3] == 1);
  CHECK(encode(every_kind, std::vector<std::pair<const char*, std::string_view>>{{"tone", "cold"}})[1] == 1);
}

TEST_CASE("a criterion answered twice is an error") {
  const std::vector<std::pair<std::string, std::string>> twice = {{"greeting", "yes"}, {"greeting", "yes"}};
  CHECK_THROWS_WITH_AS(encode(every_kind, twice), "greeting: expected one answer but found a second one",
                       rubric_error);
}

TEST_CASE("a missing answer is an error, or listed, or left out") {
  answers without = complete;
  without.erase("greeting");
  without["pace"] = "";
  CHECK(refused(without) ==
        "greeting: expected an answer but found none\npace: expected an answer but found none");

  const auto listed = score(every_kind, without, {.when_unanswered = unanswered::not_scorable});
  CHECK_FALSE(listed.score.has_value());
  CHECK(listed.missing == std::vector<std::string_view>{"greeting", "pace"});
  CHECK(listed.criteria[0].state == criterion_state::unanswered);

  // 2 of 2, 1 of 2 and 5 of 5 are left.
  const auto left_out = score(every_kind, without, {.when_unanswered = unanswered::leave_out});
  CHECK(left_out.score == 8.0 / 9.0);
  CHECK(left_out.missing.size() == 2);
}

TEST_CASE("free text may be left out and is never scored") {
  const auto result = score(every_kind, complete);
  CHECK(result.missing.empty());
  CHECK(result.criteria[5].state == criterion_state::excluded);
  CHECK(result.score == 13.0 / 14.0);
}

TEST_CASE("free text left empty takes nothing from an evaluation in a batch") {
  constexpr std::size_t rows = 40; // more than one lane's width
  std::vector<std::vector<std::uint8_t>> columns(every_kind.criteria().size(),
                                                 std::vector<std::uint8_t>(rows, 0));
  columns[5].assign(rows, kernel::unanswered_code);
  const std::vector<std::span<const std::uint8_t>> spans(columns.begin(), columns.end());
  std::vector<double> score(rows), before(rows);
  std::vector<std::uint8_t> flags(rows);
  kernel::score_many(every_kind.plan(), spans, {score, before, flags}, 1);
  columns[5].assign(rows, 0);
  kernel::scoring_work work;
  const auto written =
      kernel::score_one(every_kind.plan(), std::vector<std::uint8_t>(columns.size(), 0), work);
  for (std::size_t row = 0; row < rows; ++row) {
    CHECK(score[row] == written.score);
    CHECK(int{flags[row]} == int{written.flags});
  }
}

TEST_CASE("answers that are given as codes are checked and stay what they are") {
  const auto coded = [](const char* criterion, std::string_view text) {
    return code_of_code(every_kind.criteria()[every_kind.index_of(criterion)], text);
  };
  for (const auto& c : every_kind.criteria())
    for (std::size_t code = 0; code < c.points().size(); ++code) {
      const coded_answer found = code_of_code(c, std::to_string(code));
      CHECK(found.problem.empty());
      CHECK(found.code == code);
    }
  CHECK(coded("pace", "4.0").code == 4); // as a frame writes whole numbers beside missing ones
  CHECK(coded("greeting", "").code == kernel::unanswered_code);
  CHECK(coded("greeting", "255").code == kernel::unanswered_code);
  CHECK(coded("tone", "254").code == kernel::not_applicable_code);
  CHECK(coded("remarks", "long hold").code == 0);
  for (const char* bad : {"2", "-1", "0.5", "yes", "253", "254", "256", "1e300", "not_applicable"})
    CHECK(coded("greeting", bad).problem ==
          std::string("expected a code (0 or 1, 255 for unanswered) but found \"") + bad + "\"");
  CHECK(coded("tone", "7").problem ==
        "expected a code (0 or 1, 254 for not applicable, 255 for unanswered) but found \"7\"");
  CHECK(coded("pace", "5").problem == "expected a code (0 to 4, 255 for unanswered) but found \"5\"");
  CHECK(coded("errors", "4").problem == "expected a code (0 to 3, 255 for unanswered) but found \"4\"");
}

TEST_CASE("several options are given as the codes of the chosen") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: a, not_applicable: true, answer: {several: true, options: [{id: x, "
           "points: 1}, {id: y, points: 2}, {id: z, points: 4}]}}]}]");
  const criterion& a = r.criteria()[0];
  const auto same = [&](const char* codes, const char* ids) {
    const coded_answer by_code = code_of_code(a, codes), by_id = code_of(a, ids);
    CHECK(by_code.problem.empty());
    CHECK(by_id.problem.empty());
    CHECK(by_code.code == by_id.code);
  };
  same("0", "x");
  same("2;0", "x;z");
  same("0;1;2", "x;y;z");
  same("[]", "[]");
  same("254", "not_applicable");
  same("255", "");
  const std::string expected =
      "expected codes of options (0 to 2, 254 for not applicable, 255 for unanswered) but found ";
  CHECK(code_of_code(a, "3").problem == expected + "\"3\"");
  CHECK(code_of_code(a, "0;x").problem == expected + "\"x\"");
  CHECK(code_of_code(a, "0;254").problem == expected + "\"254\"");
  CHECK(code_of_code(a, "1;1").problem == "expected each option once but found \"y\" again");
}

TEST_CASE("codes that are no answers are refused, with the criterion") {
  scorer one(every_kind);
  CHECK_THROWS_WITH_AS(
      one(std::vector<std::uint8_t>{0, 2, 0, 0, 0, 0}),
      "tone: expected a code (0 or 1, 254 for not applicable, 255 for unanswered) but found 2", rubric_error);
  CHECK_THROWS_WITH_AS(one(std::vector<std::uint8_t>{254, 0, 0, 0, 0, 0}),
                       "greeting: expected a code (0 or 1, 255 for unanswered) but found 254", rubric_error);
  CHECK_THROWS_AS(one(std::vector<std::uint8_t>{0, 0}), argument_error);
}
