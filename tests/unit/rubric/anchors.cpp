// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Results that other systems publish for their forms: each method here must give them.
#include "forms.hpp"

#include <doctest/doctest.h>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;

namespace {
const std::string ten = "{options: [{id: a, points: 10}, {id: b, points: 5}, {id: c, points: 0}]}";
}

TEST_CASE("question weights as in Amazon Connect: 40, 20, 20, 20 with 10, 5, 5, 0 of 10 is 60 %") {
  const rubric r =
      form("{method: weighted, weights: criterion}",
           "[{id: s, criteria: [{id: q1, weight: 40, answer: " + ten +
               "}, {id: q2, weight: 20, answer: " + ten + "}, {id: q3, weight: 20, answer: " + ten +
               "}, {id: q4, weight: 20, not_applicable: true, answer: " + ten + "}]}]");
  const answers given = {{"q1", "a"}, {"q2", "b"}, {"q3", "b"}, {"q4", "c"}};
  CHECK(score(r, given).score == 0.6);

  SUBCASE("and 75 % with weights 50, 25, 25 when question 4 is not applicable") {
    answers without = given;
    without["q4"] = "not_applicable";
    const evaluation_result result = score(r, without);
    CHECK(result.score == 0.75);
    CHECK(result.criteria[0].applied_weight == 0.5);
    CHECK(result.criteria[1].applied_weight == 0.25);
    CHECK(result.criteria[2].applied_weight == 0.25);
    CHECK(result.criteria[3].applied_weight == 0.0);
  }
}

TEST_CASE("a number through ranges as in Amazon Connect: 3 interruptions earn 5") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: interruptions, answer: {number: {ranges: "
                               "[{to: 0, points: 10}, {to: 4, points: 5}, {points: 1}]}}}]}]");
  CHECK(score(r, answers{{"interruptions", "3"}}).criteria[0].earned == 5.0);
  CHECK(score(r, answers{{"interruptions", "0"}}).criteria[0].earned == 10.0);
  CHECK(score(r, answers{{"interruptions", "7"}}).criteria[0].earned == 1.0);
}

TEST_CASE("weights on raw points as in Genesys Cloud: (40 + 20) / (80 + 20) is 60 %") {
  const rubric r =
      form("{method: scaled_points}",
           "[{id: g1, weight: 40, criteria: [{id: q1, answer: yes_no}, {id: q2, answer: yes_no}]}, "
           "{id: g2, weight: 20, criteria: [{id: q3, answer: yes_no}]}]");
  CHECK(score(r, answers{{"q1", "yes"}, {"q2", "no"}, {"q3", "yes"}}).score == 0.6);
}

TEST_CASE(
    "total points as in MaestroQA: 3/5, 5/10, 8/15, 5/5 is 60 %, and 53.33 % without the last section") {
  const auto part = [](const std::string& id, int of) {
    return "{id: s_" + id + ", criteria: [{id: " + id +
           ", not_applicable: true, answer: {scale: {min: 0, max: " + std::to_string(of) + "}}}]}";
  };
  const rubric r = form("{method: points}", "[" + part("a", 5) + ", " + part("b", 10) + ", " + part("c", 15) +
                                                ", " + part("d", 5) + "]");
  CHECK(score(r, answers{{"a", "3"}, {"b", "5"}, {"c", "8"}, {"d", "5"}}).score == 0.6);
  const auto without = score(r, answers{{"a", "3"}, {"b", "5"}, {"c", "8"}, {"d", "not_applicable"}});
  CHECK(without.score == 16.0 / 30.0);
}

TEST_CASE("section shares as in MaestroQA: 3/3 x10, 5/10 x30, 4/5 x50, 1/2 x10 is 70 %, total points 65 %") {
  const auto sections = [](bool weights) {
    std::string out;
    const int of[] = {3, 10, 5, 2}, share[] = {10, 30, 50, 10};
    for (int i = 0; i < 4; ++i) {
      const std::string n = std::to_string(i);
      out += (i ? ", {id: s" : "{id: s") + n + (weights ? ", weight: " + std::to_string(share[i]) : "") +
             ", criteria: [{id: q" + n + ", answer: {scale: {min: 0, max: " + std::to_string(of[i]) + "}}}]}";
    }
    return "[" + out + "]";
  };
  const answers given = {{"q0", "3"}, {"q1", "5"}, {"q2", "4"}, {"q3", "1"}};
  CHECK(score(form("{method: weighted, weights: section}", sections(true)), given).score == 0.7);
  CHECK(score(form("{method: points}", sections(false)), given).score == 0.65);
}

TEST_CASE(
    "categories as in Zendesk QA: (selected - min) / (max - min); a critical one below 50 % sets all to 0") {
  const rubric r =
      form("{method: weighted}",
           "[{id: s, criteria: [{id: tone, answer: {scale: {min: 1, max: 4}}}, {id: process, answer: "
           "{scale: {min: 1, max: 4}}, fail: [{when: {below: 0.5}, scope: form, effect: zero}]}]}]");
  const auto points = r.criteria()[0].points();
  CHECK(points[0] / r.criteria()[0].possible() == 0.0);
  CHECK(points[1] / r.criteria()[0].possible() == 1.0 / 3.0);
  CHECK(points[2] / r.criteria()[0].possible() == 2.0 / 3.0);
  CHECK(points[3] / r.criteria()[0].possible() == 1.0);
  CHECK(score(r, answers{{"tone", "4"}, {"process", "3"}}).score == 5.0 / 6.0);
  const auto failed = score(r, answers{{"tone", "4"}, {"process", "2"}});
  CHECK(failed.score == 0.0);
  CHECK(failed.score_before_fail == 2.0 / 3.0);
}

TEST_CASE("ten questions of 5 points as in MiaRec: one \"no\" is 90 %") {
  std::string criteria;
  answers given;
  for (int i = 0; i < 10; ++i) {
    criteria += (i ? ", {id: q" : "{id: q") + std::to_string(i) + ", answer: {yes_no: {points: 5}}}";
    given["q" + std::to_string(i)] = i == 4 ? "no" : "yes";
  }
  CHECK(score(form("{method: points}", "[{id: s, criteria: [" + criteria + "]}]"), given).score == 0.9);
}

TEST_CASE(
    "equal criteria as in usescore.ai: 5/10, 10/10, 10/10 is 83.33 %; a failed fatal criterion makes it 0") {
  const std::string answer = "{scale: {min: 0, max: 10}}";
  const rubric r =
      form("{method: weighted}", "[{id: s, criteria: [{id: a, answer: " + answer +
                                     "}, {id: b, answer: " + answer + "}, {id: c, answer: " + answer +
                                     "}, {id: fatal, weight: 0, answer: yes_no, fail: [{when: "
                                     "below_highest, scope: form, effect: zero}]}]}]");
  CHECK(score(r, answers{{"a", "5"}, {"b", "10"}, {"c", "10"}, {"fatal", "yes"}}).score == 25.0 / 30.0);
  CHECK(score(r, answers{{"a", "5"}, {"b", "10"}, {"c", "10"}, {"fatal", "no"}}).score == 0.0);
}

TEST_CASE("one form, three semantics: 75 %, 90 % and 81.25 %; without section B 66.7 % in all three") {
  const auto sections = [](bool weights) {
    const std::string q = "answer: {yes_no: {points: 5}}, not_applicable: true}";
    return std::string("[{id: A") + (weights ? ", weight: 30" : "") + ", criteria: [{id: a1, " + q +
           ", {id: a2, " + q + ", {id: a3, " + q + "]}, {id: B" + (weights ? ", weight: 70" : "") +
           ", criteria: [{id: b1, " + q + "]}]";
  };
  const rubric points = form("{method: points}", sections(false));
  const rubric normalised = form("{method: weighted, weights: section}", sections(true));
  const rubric scaled = form("{method: scaled_points}", sections(true));
  answers given = {{"a1", "yes"}, {"a2", "yes"}, {"a3", "no"}, {"b1", "yes"}};
  CHECK(score(points, given).score == 0.75);
  CHECK(score(normalised, given).score == 0.9);
  CHECK(score(scaled, given).score == 0.8125);
  given["b1"] = "not_applicable";
  for (const rubric* r : {&points, &normalised, &scaled})
    CHECK(score(*r, given).score == 2.0 / 3.0);
}
