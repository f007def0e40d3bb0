// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "forms.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;

namespace {
const rubric both_languages = parse_rubric(R"(
qascore: 1
id: service
version: "3"
title: {en: Service, zh-CN: 服务}
scoring: {method: weighted, weights: section}
bands: [{id: good, title: {en: Good, zh-CN: 良好}, from: 0.8}, {id: poor, title: {en: Poor, zh-CN: 较差}, from: 0}]
pass_from: 0.8
sections:
  - id: opening
    title: {en: Opening, zh-CN: 开场}
    weight: 32
    criteria:
      - id: greeting
        title: {en: Greets by the script, zh-CN: 规范问候}
        answer: {yes_no: {points: 5}}
      - id: identity
        title: {en: Checks identity, zh-CN: 核实身份}
        weight: 9
        not_applicable: true
        answer: {options: [{id: full, title: {en: fully, zh-CN: 完整}, points: 10}, {id: none, points: 0}]}
        fail: [{when: {chosen: none}, scope: form, effect: zero}]
  - id: handling
    weight: 68
    criteria:
      - {id: patience, title: {en: Patience, zh-CN: 耐心}, answer: {scale: {min: 1, max: 5}}}
)");
} // namespace

TEST_CASE("an explanation says what every criterion earned, and what it cost") {
  const auto result =
      score(both_languages, answers{{"greeting", "no"}, {"identity", "full"}, {"patience", "4"}});
  CHECK(explain(result) == "Service 3: 79.8 of 100, Poor, not passed\n"
                           "- greeting: 'no' on 'Greets by the script', 0 of 5 points, cost 3.2 of 100\n"
                           "- identity: 'fully' on 'Checks identity', 10 of 10 points\n"
                           "- patience: '4' on 'Patience', 3 of 4 points, cost 17 of 100");
}

TEST_CASE("an explanation names what did not apply, the rules that fired and the score without them") {
  const auto result =
      score(both_languages, answers{{"greeting", "yes"}, {"identity", "none"}, {"patience", "5"}});
  CHECK(explain(result) == "Service 3: 0 of 100, Poor, not passed\n"
                           "- greeting: 'yes' on 'Greets by the script', 5 of 5 points\n"
                           "- identity: 'none' on 'Checks identity', 0 of 10 points, cost 28.8 of 100\n"
                           "- patience: '5' on 'Patience', 4 of 4 points\n"
                           "- fail rule on identity: sets the whole form to 0\n"
                           "- without fail rules the score is 71.2 of 100");
  const auto without =
      score(both_languages, answers{{"greeting", "yes"}, {"identity", "not_applicable"}, {"patience", "5"}});
  CHECK(explain(without) == "Service 3: 100 of 100, Good, passed\n"
                            "- greeting: 'yes' on 'Greets by the script', 5 of 5 points\n"
                            "- identity: not applicable, takes no part\n"
                            "- patience: '5' on 'Patience', 4 of 4 points");
}

TEST_CASE("an explanation speaks the language that is asked for") {
  const auto result =
      score(both_languages, answers{{"greeting", "no"}, {"identity", "none"}, {"patience", "5"}});
  CHECK(explain(result, "zh-CN") == "服务 3：0 分（满分 100），较差，不合格\n"
                                    "- greeting：“规范问候”答“否”，得 0/5 分，失 3.2 分（满分 100）\n"
                                    "- identity：“核实身份”答“none”，得 0/10 分，失 28.8 分（满分 100）\n"
                                    "- patience：“耐心”答“5”，得 4/4 分\n"
                                    "- identity 触发否决规则：整份评分表记 0 分\n"
                                    "- 不计否决规则，得分为 68 分（满分 100）");
  CHECK(explain(result, "zh") == explain(result, "zh-CN"));
}

TEST_CASE("an explanation without a score says so") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: a, not_applicable: true, answer: yes_no}, {id: b, "
                               "not_applicable: true, answer: yes_no}]}]");
  CHECK(explain(score(r, answers{{"a", "not_applicable"}, {"b", ""}},
                      {.when_unanswered = unanswered::not_scorable})) ==
        "form 1: not scorable, as nothing that counts is left\n- a: not applicable\n- b: no answer");
}

TEST_CASE("an explanation shows bonus and cap") {
  const rubric r =
      form("{method: points, cap: [0, 1]}",
           "[{id: s, criteria: [{id: a, answer: {yes_no: {points: 10}}}, {id: extra, title: Extra mile, "
           "bonus: true, answer: {yes_no: {points: 2}}}]}]");
  CHECK(explain(score(r, answers{{"a", "yes"}, {"extra", "yes"}})) ==
        "form 1: 100 of 100\n- a: 'yes' on 'a', 10 of 10 points\n"
        "- extra: 'yes' on 'Extra mile', bonus of 2 points, gave 20 of 100\n- points above 100 are cut: 20");
}

TEST_CASE("an explanation says what it costs that something is not applicable") {
  const std::string sections =
      "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, weight: 3, not_applicable: true, "
      "answer: yes_no}]}]";
  const auto said = [&](const char* policy) {
    const rubric r = form(std::string("{method: weighted, not_applicable: ") + policy + "}", sections);
    return explain(score(r, answers{{"a", "yes"}, {"b", "not_applicable"}}));
  };
  const std::string a = "\n- a: 'yes' on 'a', 1 of 1 points\n- b: not applicable, ";
  CHECK(said("redistribute") == "form 1: 100 of 100" + a + "takes no part");
  CHECK(said("full_marks") == "form 1: 100 of 100" + a + "counts as full marks");
  CHECK(said("zero") == "form 1: 25 of 100" + a + "counts as 0, cost 75 of 100");
  const rubric base =
      form("{method: base, base: 10}",
           "[{id: s, criteria: [{id: a, answer: {yes_no: {points: -2}}}, {id: b, not_applicable: true, "
           "answer: {yes_no: {points: -5}}}]}]");
  CHECK(explain(score(base, answers{{"a", "no"}, {"b", "not_applicable"}})) ==
        "form 1: 80 of 100\n- starts at 10 points\n- a: 'no' on 'a', -2 points\n- b: not applicable, takes "
        "no part");
  CHECK(explain(score(base, answers{{"a", "yes"}, {"b", "not_applicable"}}), "zh")
            .ends_with("\n- b：不适用，不参与计分"));
}

TEST_CASE("what is lost adds up to what is missing from full marks, whatever is not applicable") {
  for (const char* policy : {"redistribute", "redistribute_over_form", "full_marks", "zero"}) {
    const rubric r =
        form(std::string("{method: weighted, weights: section, not_applicable: ") + policy + "}",
             "[{id: s, weight: 2, criteria: [{id: a, answer: yes_no}, {id: b, weight: 3, not_applicable: "
             "true, answer: yes_no}]}, {id: t, weight: 3, criteria: [{id: c, answer: {scale: {min: 1, "
             "max: 5}}}]}]");
    for (const char* b : {"yes", "no", "not_applicable"}) {
      const auto result = score(r, answers{{"a", "no"}, {"b", b}, {"c", "4"}});
      double lost = 0.0;
      for (const auto& one : result.criteria)
        lost += one.applied_weight - one.contribution;
      CHECK(std::abs(lost - (1.0 - *result.score)) < 1e-12);
    }
  }
}

TEST_CASE("an explanation tells what is left out, not asked and not scored") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no}, {id: c, title: Wraps up, "
           "excluded: true, answer: yes_no}, {id: d, ask_when: {criterion: a, is: \"no\"}, answer: yes_no}, "
           "{id: note, answer: text}]}]");
  const answers given = {{"a", "yes"}, {"c", "no"}, {"note", "short"}};
  CHECK(explain(score(r, given, {.when_unanswered = unanswered::leave_out})) ==
        "form 1: 100 of 100\n- a: 'yes' on 'a', 1 of 1 points\n- b: no answer, takes no part\n"
        "- c: 'no' on 'Wraps up', not scored\n- d: not asked, as its condition does not hold, takes no part");
  CHECK(explain(score(r, given, {.when_unanswered = unanswered::not_scorable})) ==
        "form 1: not scorable, as answers are missing\n- a: 'yes' on 'a', 1 of 1 points\n- b: no answer\n"
        "- c: 'no' on 'Wraps up', not scored\n- d: not asked, as its condition does not hold");
}

TEST_CASE("rounding is no fail rule") {
  const std::string sections =
      "[{id: s, criteria: [{id: a, answer: {scale: {min: 0, max: 7}}, fail: [{when: {chosen: "
      "[\"6\", \"5\"]}, scope: form, effect: {cap: 0.8}}]}]}]";
  const rubric r = form("{method: points, round: {digits: 2}}", sections);
  CHECK(explain(score(r, answers{{"a", "4"}})) ==
        "form 1: 57 of 100\n- a: '4' on 'a', 4 of 7 points, cost 42.9 of 100\n- rounded from 57.1 of 100");
  // The rule fires and takes nothing.
  CHECK(explain(score(r, answers{{"a", "5"}})) ==
        "form 1: 71 of 100\n- a: '5' on 'a', 5 of 7 points, cost 28.6 of 100\n"
        "- fail rule on a: caps the whole form at 80 of 100\n- rounded from 71.4 of 100");
  CHECK(explain(score(r, answers{{"a", "6"}})) ==
        "form 1: 80 of 100\n- a: '6' on 'a', 6 of 7 points, cost 14.3 of 100\n"
        "- fail rule on a: caps the whole form at 80 of 100\n- without fail rules the score is 85.7 of 100");
  CHECK(explain(score(r, answers{{"a", "4"}}), "zh").ends_with("\n- 由 57.1 分（满分 100）修约而来"));
  // Differences that nobody sees are not told.
  CHECK(explain(score(form("{method: points, round: {digits: 4}}", sections), answers{{"a", "4"}})) ==
        "form 1: 57.1 of 100\n- a: '4' on 'a', 4 of 7 points, cost 42.9 of 100");
}

TEST_CASE("a title of two lines takes one line of an explanation") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: a, title: \"Greets\\n- b: no answer\", answer: {options: [{id: x, "
           "title: \"by the\\r\\n  script\", points: 1}, {id: y, points: 0}]}}]}]",
           "title: \"The\\tform\\n\"\n");
  CHECK(explain(score(r, answers{{"a", "x"}})) ==
        "The form 1: 100 of 100\n- a: 'by the script' on 'Greets - b: no answer', 1 of 1 points");
}

TEST_CASE("a fatal answer where nothing is scored leaves no score, says so, and fails by a verdict alone") {
  const auto result = [](const char* effect) {
    const rubric r =
        form("{method: points}",
             std::string("[{id: s, criteria: [{id: a, not_applicable: true, answer: yes_no}, {id: consent, "
                         "excluded: true, answer: yes_no, fail: [{when: {chosen: \"no\"}, scope: form, "
                         "effect: ") +
                 effect + "}]}]}]",
             "pass_from: 0.5\n");
    return score(r, answers{{"a", "not_applicable"}, {"consent", "no"}});
  };
  const auto zero = result("zero");
  CHECK(!zero.score);
  CHECK(!zero.passed);
  REQUIRE(zero.fail_rules.size() == 1);
  CHECK(explain(zero) ==
        "form 1: not scorable, as nothing that counts is left\n- a: not applicable\n"
        "- consent: 'no' on 'consent', not scored\n- fail rule on consent: sets the whole form to 0");
  const auto verdict = result("verdict");
  CHECK(!verdict.score);
  CHECK(verdict.passed == false);
  CHECK(explain(verdict).starts_with("form 1: not scorable, as nothing that counts is left, not passed\n"));
}
