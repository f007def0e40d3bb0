// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// What a form says that no evaluation could ever feel is refused.
#include "forms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace qascore;

namespace {

const std::string two = "{id: a, answer: yes_no}, {id: b, answer: {scale: {min: 1, max: 5}}}";

std::string said(const std::string& scoring, const std::string& criteria, const std::string& more = "") {
  const std::string text = test::refusal("qascore: 1\nid: f\nversion: \"1\"\n" + more + "scoring: {" +
                                         scoring + "}\nsections: [{id: s, criteria: [" + criteria + "]}]\n");
  // Without the place, but for one case below.
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    out += (out.empty() ? "" : "\n") + line.substr(line.find(": ") + 2);
    at = end + 1;
  }
  return out;
}

} // namespace

TEST_CASE("a cap that cuts nothing is refused, a cap of 1 says what a score is") {
  CHECK(said("method: points, cap: 50", two) == "scoring.cap: expected a cap below 1, the highest score of "
                                                "this form, or none, but found 50: it could cut "
                                                "nothing");
  CHECK(test::refusal(
            "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted, cap: 1.2}\nsections: [{id: s, "
            "criteria: [{id: a, answer: yes_no}]}]\n")
            .starts_with("form.yaml:4:34: scoring.cap: expected a cap below 1, "));
  CHECK(said("method: weighted, cap: [0, 1]", two).empty());
  CHECK(said("method: points, cap: 0.9", two).empty());
  const std::string bonus = two + ", {id: c, bonus: true, answer: {yes_no: {points: 2}}}";
  // 1 of 1 and the bonus of 2, when b is left out.
  CHECK(said("method: points, cap: 2.9", bonus).empty());
  CHECK(said("method: points, cap: 3", bonus)
            .starts_with("scoring.cap: expected a cap below 3, the highest score of "
                         "this form, or 1, but found 3"));
  const std::string of_ten = "{id: a, out_of: 10, answer: {scale: {min: 0, max: 8}}}";
  CHECK(said("method: points, cap: 0.9", of_ten).starts_with("scoring.cap: expected a cap below 0.8"));
  CHECK(said("method: points, cap: 0.7", of_ten).empty());
}

TEST_CASE("limits of a base are points") {
  const std::string hits = "{id: a, answer: {hits: {points: -5, limit: -20}}}";
  CHECK(said("method: base, base: 100, cap: [0, 1]", hits) ==
        "scoring.cap: expected a cap (points) of at least the base, at which every evaluation starts, 100, "
        "but found 1");
  CHECK(
      said("method: base, base: 110, scale: 100, cap: [0, 1]", hits) ==
      "scoring.cap: expected a cap (points) of at least the scale, which is a score of 1, 100, but found 1");
  // The first deductions are free.
  CHECK(said("method: base, base: 110, scale: 100, cap: 105", hits).empty());
  CHECK(said("method: base, base: 100, cap: [0, 100]", hits).empty());
  CHECK(said("method: base, base: 100, cap: 120", hits) ==
        "scoring.cap: expected a cap below 100 points, the highest score of this form, or none, but found "
        "120: it could "
        "cut nothing");
  // Above the scale it says that what is added counts.
  CHECK(
      said("method: base, base: 100, cap: 120", hits + ", {id: b, answer: {yes_no: {points: 10}}}").empty());
  CHECK(said("method: base, base: 100, floor: 80", hits) ==
        "scoring.floor: expected a floor above 80 points, the lowest score of this form, or none, but found "
        "80: it could "
        "lift nothing");
  CHECK(said("method: base, base: 100, floor: 81", hits).empty());
}

TEST_CASE("a floor that lifts nothing, or everything, is refused") {
  CHECK(said("method: points, floor: 0.25",
             "{id: a, answer: {options: [{id: x, points: 4}, {id: y, points: 1}]}}") ==
        "scoring.floor: expected a floor above 0.25, the lowest score of this form, or none, but found 0.25: "
        "it could "
        "lift nothing");
  CHECK(said("method: points, floor: 0.25", two).empty());
  CHECK(said("method: points, floor: 0.8", "{id: a, out_of: 10, answer: {scale: {min: 0, max: 8}}}") ==
        "scoring.floor: expected a floor below 0.8, the highest score of this form, but found 0.8: all "
        "scores would be "
        "the same");
}

TEST_CASE("bands and marks that no score reaches are refused") {
  const std::string bands = "bands: [{id: top, from: 0.95}, {id: rest, from: 0}]\npass_from: 0.92\n";
  CHECK(said("method: points, cap: 0.9", two, bands) ==
        "bands[0].from: expected a limit that a score can reach, at most 0.9, but found 0.95\n"
        "pass_from: expected a mark that a score can reach, at most 0.9, but found 0.92");
  CHECK(said("method: points, cap: 0.95", two, bands).empty());
  // What is rounded up reaches them.
  CHECK(said("method: points, cap: 0.9, round: {digits: 1}", two, bands).empty());
  CHECK(said("method: base, base: 90, scale: 100", "{id: a, answer: {hits: {points: -5, limit: -20}}}", bands)
            .starts_with("bands[0].from: expected a limit that a score can reach, at most 0.9,"));
}

TEST_CASE("weights and points that are lost beside the others are refused") {
  const std::string lost =
      "expected 0, or a weight that can move the score, but found 1e-09: less than 1e-12 of the form";
  const std::string much = "{id: a, weight: 1000000, answer: yes_no}, ",
                    points = "{id: a, answer: {yes_no: {points: 1000000}}}, ";
  CHECK(said("method: weighted", much + "{id: b, weight: 1e-9, answer: yes_no}") ==
        "sections[0].criteria[1].weight: " + lost);
  CHECK(said("method: scaled_points", much + "{id: b, weight: 1e-9, answer: yes_no}") ==
        "sections[0].criteria[1].weight: " + lost);
  const std::string few =
      "sections[0].criteria[1].answer: expected points that can move the score but found fewer: less "
      "than 1e-12 of the form";
  CHECK(said("method: points", points + "{id: b, answer: {yes_no: {points: 1e-9}}}") == few);
  CHECK(said("method: points", points + "{id: b, bonus: true, answer: {yes_no: {points: 1e-9}}}") == few);
  CHECK(said("method: base, base: 1000000",
             "{id: a, answer: {yes_no: {points: -1}}}, {id: b, answer: {yes_no: {points: "
             "-1e-9}}}") == few);
  CHECK(said("method: weighted", much + "{id: b, weight: 0.00001, answer: yes_no}").empty());
  // Only proportions count.
  CHECK(
      said("method: weighted", "{id: a, weight: 1e-9, answer: yes_no}, {id: b, weight: 3e-9, answer: yes_no}")
          .empty());
  // A section's weight takes all that it holds with it.
  const std::string sections = test::refusal("qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted, "
                                             "weights: section}\nsections: [{id: s, weight: "
                                             "1e-9, criteria: [{id: a, answer: yes_no}]}, {id: t, weight: "
                                             "1000000, criteria: [{id: b, answer: yes_no}]}]\n");
  CHECK(sections.find("sections[0].criteria[0]") != std::string::npos);
  CHECK(sections.find("less than 1e-12 of the form") != std::string::npos);
}

TEST_CASE("numbers that only a computer could have written are refused") {
  const std::string small = "expected 0, or a number from 0.000000001, but found 1e-300";
  CHECK(said("method: weighted", "{id: a, weight: 1e-300, answer: yes_no}, {id: b, answer: yes_no}") ==
        "sections[0].criteria[0].weight: " + small);
  CHECK(said("method: points",
             "{id: a, out_of: 1e-300, answer: yes_no}, {id: b, answer: {yes_no: {points: 1e-300}}}") ==
        "sections[0].criteria[0].out_of: " + small +
            "\nsections[0].criteria[1].answer.yes_no.points: " + small);
  CHECK(said("method: base, base: 1e-300", "{id: a, answer: {yes_no: {points: -1}}}") ==
        "scoring.base: " + small);
  CHECK(said("method: base, base: 1, scale: 1e-300", "{id: a, answer: {yes_no: {points: -1}}}") ==
        "scoring.scale: " + small);
}

TEST_CASE("weights of any size keep their proportions") {
  for (const double factor : {1e-9, 1e-3, 1.0, 3e5}) {
    rubric_definition form =
        test::form("{method: weighted}", "[{id: s, criteria: [" + two + "]}]").definition();
    form.sections[0].criteria[0].weight = factor;
    form.sections[0].criteria[1].weight = 3.0 * factor;
    const auto result = score(rubric(form), test::answers{{"a", "yes"}, {"b", "1"}});
    CHECK(std::abs(*result.score - 0.25) < 1e-15); // three times a factor may be a double next to it
  }
}

TEST_CASE("a fail rule that is there already is refused") {
  const std::string zero = "{when: {chosen: \"no\"}, scope: form, effect: zero}";
  CHECK(said("method: points",
             "{id: a, answer: yes_no, fail: [" + zero + ", " + zero + "]}, {id: b, answer: yes_no}") ==
        "sections[0].criteria[0].fail[1]: expected each rule once but found that of fail[0] again");
  CHECK(said("method: points",
             "{id: a, answer: yes_no, fail: [" + zero + "]}, {id: b, answer: yes_no, fail: [" + zero + "]}")
            .empty());
  // The nearest section is the nearest section, and the order of answers says nothing.
  const std::string scale =
      "{id: a, answer: {scale: {min: 0, max: 3}}, fail: [{when: {chosen: [\"0\", \"1\"]}, scope: "
      "section, effect: zero}, {when: {chosen: [\"1\", \"0\"]}, scope: {section: s}, effect: "
      "zero}]}";
  CHECK(said("method: points", scale).find("that of fail[0] again") != std::string::npos);
  CHECK(said("method: points", "{id: a, answer: yes_no, fail: [" + zero +
                                   ", {when: below_highest, scope: form, effect: verdict}]}")
            .empty());
}

TEST_CASE("a fail rule that changes nothing is refused") {
  const auto with = [](const std::string& when, const std::string& scope, const std::string& effect) {
    return said("method: weighted", "{id: a, answer: {options: [{id: x, points: 10}, {id: y, points: 4}, "
                                    "{id: z, points: 0}]}, fail: [{when: " +
                                        when + ", scope: " + scope + ", effect: " + effect +
                                        "}]}, {id: b, answer: yes_no}");
  };
  const std::string rule = "sections[0].criteria[0].fail[0].";
  CHECK(with("{chosen: z}", "criterion", "zero") == rule +
                                                        "effect: expected an effect that changes something "
                                                        "but found \"zero\" on answers that earn 0 points "
                                                        "anyhow (scope section or form sets these to 0)");
  CHECK(with("{chosen: z}", "criterion", "{cap: 0.5}") ==
        rule + "effect.cap: expected no cap on answers that earn 0 points anyhow but found 0.5");
  CHECK(with("{below: 0.5}", "criterion", "{cap: 0.4}") ==
        rule + "effect.cap: expected a cap below 0.4, the most that the answers in question earn, but found "
               "0.4: it "
               "could cut nothing");
  CHECK(with("{below: 0.5}", "criterion", "{cap: 0.3}").empty());
  CHECK(with("{below: 0.5}", "form", "{cap: 0.6}").empty());
  CHECK(with("{chosen: z}", "section", "zero").empty());
  CHECK(with("{chosen: z}", "criterion", "verdict").empty());
  CHECK(said("method: points",
             "{id: a, answer: {options: [{id: x, points: 10}, {id: y, points: 4}]}, fail: [{when: "
             "{below: 0.4}, scope: form, effect: zero}]}") ==
        rule + "when: expected a trigger that can fire but found one that no answer sets off");
  CHECK(said("method: points",
             "{id: a, answer: {options: [{id: x, points: 4}, {id: y, points: 4}]}, fail: [{when: "
             "below_highest, scope: form, effect: zero}]}") ==
        rule + "when: expected a trigger that can fire but found one that no answer sets off");
  CHECK(
      said("method: points, cap: 0.8",
           "{id: a, answer: yes_no, fail: [{when: {chosen: \"no\"}, scope: form, effect: "
           "{cap: 0.8}}]}, {id: b, answer: yes_no}") ==
      rule +
          "effect.cap: expected a cap below 0.8, the highest score of this form, but found 0.8: it could cut "
          "nothing");
  const std::string several =
      "{id: a, answer: {several: true, options: [{id: x, points: 1}, {id: y, points: 2}]}, fail: "
      "[{when: {below: 0.5}, scope: criterion, effect: {cap: 0.5}}]}";
  CHECK(said("method: points", several) == rule + "effect.cap: expected a cap below 0.5, since the rule "
                                                  "fires below that, but found 0.5: it could cut "
                                                  "nothing");
  const std::string section = test::refusal(
      "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: points}\nsections: [{id: s, criteria: [" + two +
      "], fail: [{when: {below: 0.5}, scope: section, effect: {cap: 0.6}}]}]\n");
  CHECK(section.find(
            "sections[0].fail[0].effect.cap: expected a cap below 0.5, since the rule fires below that") !=
        std::string::npos);
}

TEST_CASE("a rule on a criterion is refused exactly where it changes no score") {
  const rubric plain =
      test::form("{method: weighted}",
                 "[{id: s, criteria: [{id: a, answer: {options: [{id: x, points: 10}, {id: y, points: 4}, "
                 "{id: z, points: 0}]}}, {id: b, answer: yes_no}]}]");
  using when = decltype(fail_rule_definition::when);
  const std::vector<when> triggers = {when_below_highest{}, when_chosen{{"x"}},      when_chosen{{"y"}},
                                      when_chosen{{"z"}},   when_chosen{{"x", "z"}}, when_below{0.1},
                                      when_below{0.4},      when_below{0.5},         when_below{1.0}};
  int refused = 0;
  for (std::size_t i = 0; i < triggers.size(); ++i)
    for (const double cap : {0.0, 0.2, 0.4, 0.9}) {
      CAPTURE(i);
      CAPTURE(cap);
      rubric_definition definition = plain.definition();
      definition.sections[0].criteria[0].fail = {
          {triggers[i], fail_scope::criterion, cap > 0.0 ? fail_effect::cap : fail_effect::zero, cap}};
      const bool taken = validate(definition).empty();
      refused += taken ? 0 : 1;
      const rubric ruled(detail::validated{}, definition);
      bool moved = false;
      for (const char* a : {"x", "y", "z"})
        moved = moved || score(ruled, test::answers{{"a", a}, {"b", "no"}}).score !=
                             score(plain, test::answers{{"a", a}, {"b", "no"}}).score;
      CHECK(taken == moved);
    }
  CHECK(refused > 5);
}
