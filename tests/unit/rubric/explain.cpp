// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "forms.hpp"

#include <doctest/doctest.h>

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
                            "- identity: not applicable\n"
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
        "form 1: not scorable\n- a: not applicable\n- b: no answer");
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
