// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Several options at once: the sum of what is chosen, with sets told apart only where a rule or condition does.
#include "forms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;
using qascore::test::refusal;

namespace {
const std::string told = "{id: told, answer: {options: [{id: price, points: 4}, {id: term, points: 3}, {id: "
                         "risk, points: 2}, {id: right, "
                         "points: 1}], several: true";

std::string problem_of(const std::string& criterion, const std::string& scoring = "{method: points}") {
  return refusal("qascore: 1\nid: f\nversion: \"1\"\nscoring: " + scoring +
                 "\nsections: [{id: s, criteria: [{id: a, answer: "
                 "yes_no},\n" +
                 criterion + "]}]\n");
}
} // namespace

TEST_CASE("the chosen options add up, none is an answer too, and no answer is none") {
  const rubric r = form("{method: points}", "[{id: s, criteria: [" + told + "}, not_applicable: true}]}]");
  CHECK(score(r, answers{{"told", "price;risk"}}).score == 0.6);
  CHECK(score(r, answers{{"told", " right ; term "}}).score == 0.4);
  CHECK(score(r, answers{{"told", "price;term;risk;right"}}).score == 1.0);
  const auto none = score(r, answers{{"told", "[]"}});
  CHECK(none.score == 0.0);
  CHECK(none.criteria[0].state == criterion_state::scored);
  CHECK(score(r, answers{{"told", "not_applicable"}}).criteria[0].state == criterion_state::not_applicable);
  CHECK_THROWS_WITH_AS(score(r, answers{{"told", ""}}), "told: expected an answer but found none",
                       rubric_error);
  CHECK_THROWS_WITH_AS(score(r, answers{{"told", "price;prise"}}),
                       "told: expected \"price\", \"term\", \"risk\" or \"right\" but found \"prise\" (did "
                       "you mean \"price\"?)",
                       rubric_error);
  CHECK_THROWS_WITH_AS(score(r, answers{{"told", "risk;price;risk"}}),
                       "told: expected each option once but found \"risk\" again", rubric_error);
  // 16 sets make the sums 0 .. 10.
  CHECK(r.criteria()[0].points().size() == 11);
  CHECK(explain(score(r, answers{{"told", "price"}}), "en") ==
        "form 1: 40 of 100\n- told: 'options worth 4' on 'told', 4 of 10 points, cost 60 of 100");
  CHECK(explain(score(r, answers{{"told", "price"}}), "zh").find("答“所选项合计 4 分”") != std::string::npos);
}

TEST_CASE("the sum counts up to a limit, as in Amazon Connect's multi-select: min(10, sum)") {
  const rubric r = form("{method: points}", "[{id: s, criteria: [" + told + ", most: 5}}]}]");
  CHECK(score(r, answers{{"told", "price;term"}}).score == 1.0);
  CHECK(score(r, answers{{"told", "term"}}).score == 0.6);
  CHECK(r.criteria()[0].possible() == 5.0);
  CHECK(r.criteria()[0].points().size() == 6);
}

TEST_CASE("with a base the chosen options deduct, down to a limit") {
  const rubric r =
      form("{method: base, base: 100}",
           "[{id: s, criteria: [{id: faults, answer: {options: [{id: late, points: -5}, {id: rude, points: "
           "-10}, {id: wrong, points: -10}, {id: kind, points: 2}], several: true, most: -20}}]}]");
  CHECK(score(r, answers{{"faults", "[]"}}).score == 1.0);
  CHECK(score(r, answers{{"faults", "late;rude"}}).score == 0.85);
  CHECK(score(r, answers{{"faults", "late;rude;wrong"}}).score == 0.8);
  CHECK(score(r, answers{{"faults", "late;rude;wrong;kind"}}).score == 0.8);
  CHECK(score(r, answers{{"faults", "late;kind"}}).score == 0.97);
}

TEST_CASE("a rule fires when one of its options is among the chosen") {
  const rubric r = form("{method: points}",
                        "[{id: s, criteria: [" + told +
                            "}, fail: [{when: {chosen: [risk]}, scope: form, effect: {cap: 0.5}}, {when: "
                            "{below: 0.3}, scope: form, effect: verdict}]}]}]");
  CHECK(score(r, answers{{"told", "price;term"}}).score == 0.7);
  const auto risk = score(r, answers{{"told", "price;risk;right"}});
  CHECK(risk.score_before_fail == 0.7);
  CHECK(risk.score == 0.5);
  // price + risk and the others of that sum are two answers now.
  CHECK(score(r, answers{{"told", "price;right"}}).score == 0.5);
  CHECK(score(r, answers{{"told", "price;right"}}).fail_rules.empty());
  CHECK(score(r, answers{{"told", "[]"}}).passed == false);
}

TEST_CASE("conditions look at whole sets") {
  const rubric r = form("{method: points}",
                        "[{id: s, criteria: [" + told +
                            "}}, {id: b, answer: yes_no, ask_when: {criterion: told, contains_all: [price, "
                            "risk]}}, {id: c, answer: yes_no, ask_when: {criterion: told, is_exactly: "
                            "[term, right]}}, {id: d, answer: yes_no, ask_when: {criterion: told, "
                            "is_exactly: []}}]}]");
  const auto asked = [&](const std::string& chosen) {
    const auto result = score(r, answers{{"told", chosen}}, {.when_unanswered = unanswered::leave_out});
    std::string out;
    for (const auto& id : result.missing)
      out += id;
    return out;
  };
  CHECK(asked("price;risk") == "b");
  CHECK(asked("risk;right;price") == "b");
  CHECK(asked("price;term") == "");
  CHECK(asked("term;right") == "c");
  CHECK(asked("term;right;risk") == "");
  CHECK(asked("price") == ""); // worth as much as term and right
  CHECK(asked("[]") == "d");
}

TEST_CASE("every set has the sum and the truths of its definition") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 bits(seed);
    options_answer answer;
    answer.several = true;
    const unsigned size = 1 + static_cast<unsigned>(bits() % 9);
    for (unsigned i = 0; i < size; ++i)
      answer.options.push_back(
          {"o" + std::to_string(i), {}, 0.5 * static_cast<double>(bits() % 7) - (seed % 2 ? 1.5 : 0.0)});
    if (seed % 3 == 0)
      answer.most = seed % 2 ? -2.0 : 4.5;
    std::vector<detail::option_test> tests;
    for (int t = 0; t < 3; ++t) {
      const detail::option_test test{static_cast<detail::option_test::kind>(t), bits() % (1u << size)};
      tests.push_back(test);
    }
    const detail::option_classes classes(answer, tests);
    if (classes.too_many())
      continue;
    for (std::uint64_t chosen = 0; chosen < (1u << size); ++chosen) {
      const std::uint8_t code = classes.code_of(chosen);
      double sum = 0.0; // halves: exact
      for (unsigned i = 0; i < size; ++i)
        sum += (chosen >> i & 1u) != 0 ? answer.options[i].points : 0.0;
      if (answer.most)
        sum = *answer.most > 0.0 ? std::min(sum, *answer.most) : std::max(sum, *answer.most);
      REQUIRE(classes.points()[code].value() == sum);
      REQUIRE(classes.holds(code, tests[0]) == ((chosen & tests[0].options) != 0));
      REQUIRE(classes.holds(code, tests[1]) == ((chosen & tests[1].options) == tests[1].options));
      REQUIRE(classes.holds(code, tests[2]) == (chosen == tests[2].options));
      REQUIRE(classes.code_of(classes.example(code)) == code);
    }
  }
}

TEST_CASE("a batch of several options has the bits of one by one") {
  const rubric r = form(
      "{method: weighted, weights: section}",
      "[{id: s, weight: 2, criteria: [" + told +
          "}, not_applicable: true}, {id: b, weight: 2, answer: yes_no, ask_when: {criterion: told, "
          "contains_all: price}}]}, {id: t, criteria: [{id: c, answer: {options: [{id: x, points: 0.3}, {id: "
          "y, points: 0.3}, {id: z, points: 0.4}], several: true, most: 0.8}}]}]");
  CHECK(r.is_exact());
  std::mt19937 bits(2);
  const qascore::test::random_batch batch(r, 1500, bits);
  kernel::scoring_work work;
  for (std::size_t row = 0; row < batch.score.size(); ++row) {
    const auto one = kernel::score_one(r.plan(), batch.evaluations[row], work);
    REQUIRE(std::bit_cast<std::uint64_t>(one.score) == std::bit_cast<std::uint64_t>(batch.score[row]));
    REQUIRE(int{one.flags} == int{batch.flags[row]});
  }
}

TEST_CASE("faults of several options are found when the form is loaded") {
  CHECK(problem_of(told + "}}").empty());
  CHECK(problem_of("{id: b, answer: {options: [{id: x, points: 1}], several: true}}").empty());
  CHECK(problem_of("{id: b, answer: {yes_no: {}, several: true}}")
            .find("answer.several: expected \"several\" beside \"options\" only") != std::string::npos);
  CHECK(problem_of("{id: b, answer: {options: [{id: x, points: 1}, {id: y, points: 0}], most: 1}}")
            .find("answer.most: expected \"several: true\" beside it") != std::string::npos);
  CHECK(problem_of(told + ", most: -3}}")
            .find("answer.most: expected a number from 0 to 1000000 but found -3") != std::string::npos);
  CHECK(problem_of(told + "}}, {id: c, answer: yes_no, ask_when: {criterion: told, is: price}}")
            .find("ask_when.is: expected \"contains_all\" or \"is_exactly\", since \"told\" takes several "
                  "options") != std::string::npos);
  CHECK(problem_of("{id: c, answer: yes_no, ask_when: {criterion: a, contains_all: [\"yes\"]}}")
            .find("ask_when.contains_all: expected \"is\", since \"a\" takes one answer") !=
        std::string::npos);
  CHECK(problem_of(told + "}}, {id: c, answer: yes_no, ask_when: {criterion: told, contains_all: []}}")
            .find("contains_all: expected at least one value but found none") != std::string::npos);
  CHECK(problem_of(told + "}}, {id: c, answer: yes_no, ask_when: {criterion: told, contains_all: [prise]}}")
            .find("expected an answer of \"told\" but found \"prise\" (did you mean \"price\"?)") !=
        std::string::npos);
  CHECK(problem_of(told + "}}, {id: c, answer: yes_no, ask_when: {criterion: told, is_exactly: [price], "
                          "contains_all: [risk]}}")
            .find("expected one of is, contains_all or is_exactly but found more") != std::string::npos);
  CHECK(
      problem_of(
          told +
          "}}, {id: c, answer: yes_no, ask_when: {all: [{criterion: told, is_exactly: [price]}, {criterion: "
          "told, contains_all: [risk]}]}}")
          .find("expected a condition that can be true but found one that never is") != std::string::npos);
  std::string powers = "{id: b, answer: {several: true, options: [";
  for (int i = 0; i < 8; ++i)
    powers += (i ? ", {id: o" : "{id: o") + std::to_string(i) + ", points: " + std::to_string(1 << i) + "}";
  CHECK(problem_of(powers + "]}}")
            .find("make at most 250 different answers but found more: limit the sum with \"most\"") !=
        std::string::npos);
  CHECK(problem_of(powers + "], most: 200}}").empty());
}

TEST_CASE("the hash of a form knows several options and their limit") {
  const auto hash = [](const std::string& answer) {
    return form("{method: points}", "[{id: s, criteria: [" + answer + "]}]").content_hash();
  };
  CHECK(hash(told + "}}") != hash(told + ", most: 5}}"));
  CHECK(hash(told + "}}") != hash(std::string(told).replace(told.find("true"), 4, "false") + "}}"));
}
