// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// What is excluded from scoring: asked, answered, shown, and of no weight, in every method.
#include "forms.hpp"

#include <doctest/doctest.h>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;
using qascore::test::refusal;

namespace {

const std::string head = "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted}\n";

/// Two criteria that are scored, and between them `more`.
std::string with(const std::string& more) {
  return "[{id: s, criteria: [{id: a, answer: {yes_no: {points: 4}}}, " + more +
         ", {id: b, answer: {yes_no: {points: 2}}}]}]";
}

} // namespace

TEST_CASE("what is excluded has no weight, whatever the method") {
  const std::string topic =
      "{id: topic, excluded: true, answer: {options: [{id: bill, points: 9}, {id: other, "
      "points: 0}]}}";
  const std::string without = "{id: note, answer: text}";
  for (const std::string scoring :
       {"{method: weighted}", "{method: weighted, weights: section}", "{method: points}",
        "{method: scaled_points}", "{method: base, base: 10}"}) {
    INFO(scoring);
    const rubric excluded = form(scoring, with(topic)), plain = form(scoring, with(without));
    for (const std::string a : {"yes", "no"})
      for (const std::string b : {"yes", "no"})
        for (const std::string chosen : {"bill", "other"}) {
          const auto result = score(excluded, answers{{"a", a}, {"topic", chosen}, {"b", b}});
          CHECK(result.score == score(plain, answers{{"a", a}, {"b", b}}).score);
          CHECK(result.criteria[1].state == criterion_state::excluded);
          CHECK(result.criteria[1].contribution == 0.0);
        }
    CHECK_FALSE(excluded.criteria()[1].scored());
  }
}

TEST_CASE("answers of what is excluded may all earn 0") {
  const rubric r =
      form("{method: points}",
           with("{id: topic, excluded: true, answer: {options: [{id: x, points: 0}, {id: y, points: 0}]}}"));
  CHECK(score(r, answers{{"a", "yes"}, {"topic", "y"}, {"b", "no"}}).score == 4.0 / 6.0);
}

TEST_CASE("a section excludes all that it holds, and leaves its weight to nobody") {
  const rubric r =
      form("{method: weighted, weights: section}",
           "[{id: s, weight: 3, criteria: [{id: a, answer: yes_no}]}, {id: t, excluded: true, sections: "
           "[{id: u, criteria: [{id: b, answer: yes_no}]}]}]");
  const auto result = score(r, answers{{"a", "yes"}, {"b", "no"}});
  CHECK(result.score == 1.0);
  CHECK(result.sections[1].score == std::nullopt);
  CHECK(result.sections[2].score == std::nullopt);
  CHECK(result.criteria[1].state == criterion_state::excluded);
}

TEST_CASE("what is excluded is asked, decides what else is, and may fail the form") {
  const rubric r =
      form("{method: weighted}",
           "[{id: s, criteria: [{id: topic, excluded: true, answer: yes_no, fail: [{when: {chosen: \"no\"}, "
           "scope: form, effect: zero}]}, {id: a, answer: yes_no, ask_when: {criterion: topic, is: "
           "\"yes\"}}, {id: b, answer: yes_no}]}]");
  CHECK(score(r, answers{{"topic", "yes"}, {"a", "no"}, {"b", "yes"}}).score == 0.5);
  const auto failed = score(r, answers{{"topic", "no"}, {"b", "yes"}});
  CHECK(failed.score == 0.0);
  CHECK(failed.score_before_fail == 1.0);
  CHECK(failed.criteria[1].state == criterion_state::not_asked);
  CHECK_THROWS_WITH_AS(score(r, answers{{"b", "yes"}}), doctest::Contains("topic: expected an answer"),
                       rubric_error);
}

TEST_CASE("what cannot bite on what is excluded is refused") {
  const auto said = [](const std::string& more) { return refusal(head + "sections: " + with(more) + "\n"); };
  CHECK(said("{id: x, excluded: true, weight: 2, answer: yes_no}").find("what is excluded is never scored") !=
        std::string::npos);
  CHECK(said("{id: x, excluded: true, critical: true, answer: yes_no}").find("x.critical") ==
        std::string::npos);
  CHECK(said("{id: x, excluded: true, critical: true, answer: yes_no}")
            .find("critical: expected an answer that is scored") != std::string::npos);
  CHECK(said("{id: x, excluded: true, out_of: 2, answer: yes_no}").find("expected no out_of") !=
        std::string::npos);
  CHECK(said("{id: x, excluded: true, answer: text}").find("text and dates never are") != std::string::npos);
  CHECK(
      said(
          "{id: x, excluded: true, answer: yes_no, fail: [{when: below_highest, scope: form, effect: zero}]}")
          .find("expected \"chosen\" or \"hits\"") != std::string::npos);
  CHECK(said("{id: x, excluded: true, answer: yes_no, fail: [{when: {chosen: \"no\"}, scope: criterion, "
             "effect: zero}]}")
            .find("has no points to take") != std::string::npos);
  CHECK(refusal(head + "sections: [{id: s, excluded: true, criteria: [{id: a, answer: yes_no}]}]\n")
            .find("expected at least one criterion that is scored") != std::string::npos);
  CHECK(
      refusal("qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted, weights: section}\nsections: "
              "[{id: s, "
              "criteria: [{id: a, answer: yes_no}]}, {id: t, weight: 2, excluded: true, fail: [{when: "
              "{below: 0.5}, "
              "scope: form, effect: zero}], criteria: [{id: b, answer: yes_no}]}]\n") ==
      "form.yaml:5:74: sections[1].weight: expected no weight but found 2: what is excluded is never scored\n"
      "form.yaml:5:100: sections[1].fail[0]: expected no fail rule of a section that is never scored: it "
      "could not "
      "fire");
}

TEST_CASE("the hash of a form knows what is excluded, and forms without keep theirs") {
  const rubric scored = form("{method: points}", with("{id: x, answer: yes_no}"));
  const rubric said = form("{method: points}", with("{id: x, excluded: false, answer: yes_no}"));
  const rubric excluded = form("{method: points}", with("{id: x, excluded: true, answer: yes_no}"));
  CHECK(said.content_hash() == scored.content_hash());
  CHECK(excluded.content_hash() != scored.content_hash());
}

TEST_CASE("a batch with something excluded has the bits of one by one") {
  std::mt19937 bits(11);
  for (unsigned seed = 0; seed < 40; ++seed) {
    for (const auto weights : {weights_of::criterion, weights_of::section}) {
      rubric_definition definition = test::random_form(seed, scoring_method::weighted, weights);
      for (auto& section : definition.sections)
        for (auto& criterion : section.criteria)
          if (bits() % 3 == 0 && section.criteria.size() > 2) {
            criterion.excluded = true;
            criterion.weight.reset();
            criterion.critical = false;
            criterion.fail.clear();
          }
      if (!validate(definition).empty())
        continue;
      const rubric r(definition);
      const test::random_batch batch(r, 200, bits);
      scorer one(r, {.when_unanswered = unanswered::leave_out});
      for (std::size_t row = 0; row < batch.evaluations.size(); ++row) {
        const auto& result = one(batch.evaluations[row]);
        if (result.score)
          CHECK(*result.score == batch.score[row]);
        else
          CHECK(is_missing(batch.score[row]));
      }
    }
  }
}
