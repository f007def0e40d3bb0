// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "close_to.hpp"
#include "forms.hpp"

using namespace qascore;
using qascore::test::answers;
using qascore::test::close_to;
using qascore::test::form;

namespace {
// Section one: a (4 of 4 or 0), b (0 to 4); section two: c (0 to 8). Points: 16 in all.
rubric with_rule(const std::string& rule, const std::string& method = "points",
                 const std::string& section_rule = "") {
  return form("{method: " + method + "}",
              "[{id: one, " + section_rule + "criteria: [{id: a, answer: {yes_no: {points: 4}}, fail: [" +
                  rule +
                  "]}, {id: b, answer: {scale: {min: 0, max: 4}}}]}, {id: two, criteria: [{id: c, answer: "
                  "{scale: {min: "
                  "0, max: 8}}}]}]",
              "pass_from: 0.5\n");
}
const answers failing = {{"a", "no"}, {"b", "4"}, {"c", "8"}};
const answers fine = {{"a", "yes"}, {"b", "2"}, {"c", "6"}};
} // namespace

TEST_CASE("a rule that does not fire changes nothing") {
  const auto result = score(with_rule("{when: {chosen: \"no\"}, scope: form, effect: zero}"), fine);
  CHECK(result.score == 0.75);
  CHECK(result.score_before_fail == 0.75);
  CHECK(result.fail_rules.empty());
  CHECK(result.passed == true);
}

TEST_CASE("a cap of a criterion is of its own full marks, to the last digit, in every method") {
  // a is 1 of 1 and capped, b 1 of 1: (cap + 1) / 2.
  for (const std::string scoring : {"{method: weighted}", "{method: weighted, weights: section}",
                                    "{method: points}", "{method: scaled_points}"})
    for (const auto& [limit, expected] : std::vector<std::pair<std::string, double>>{
             {"0.5", 0.75}, {"0.3", 0.65}, {"0.75", 0.875}, {"0.333", 0.6665}}) {
      CAPTURE(scoring);
      const std::string cap = limit; // a lambda of doctest takes no structured binding
      CAPTURE(cap);
      const rubric capped =
          form(scoring, "[{id: s, criteria: [{id: a, answer: yes_no, fail: [{when: {chosen: \"yes\"}, scope: "
                        "criterion, effect: {cap: " +
                            cap + "}}]}, {id: b, answer: yes_no}]}]");
      CHECK(score(capped, answers{{"a", "yes"}, {"b", "yes"}}).score == expected);
      CHECK(score(capped, answers{{"a", "no"}, {"b", "yes"}}).score == 0.5);
    }
  // 99 of 100, above a third: .333 of its weight.
  const rubric fine_scale =
      form("{method: weighted, weights: section}",
           "[{id: s, criteria: [{id: a, answer: {scale: {min: 0, max: 100}}, fail: [{when: below_highest, "
           "scope: criterion, effect: {cap: 0.333}}]}, {id: b, answer: yes_no}]}]");
  CHECK(score(fine_scale, answers{{"a", "99"}, {"b", "yes"}}).score == 0.6665);
  CHECK(score(fine_scale, answers{{"a", "20"}, {"b", "yes"}}).score == 0.6);
}

TEST_CASE("a cap of a bonus is of what the bonus may add") {
  for (const std::string method : {"points", "scaled_points"}) {
    const rubric bonus = form(
        "{method: " + method + "}",
        "[{id: s, criteria: [{id: a, answer: {scale: {min: 0, max: 10}}}, {id: b, bonus: true, answer: "
        "{scale: {min: 0, max: 10}}, fail: [{when: {below: 1}, scope: criterion, effect: {cap: 0.5}}]}]}]");
    CHECK(score(bonus, answers{{"a", "5"}, {"b", "4"}}).score == 0.9);
    CHECK(score(bonus, answers{{"a", "5"}, {"b", "8"}}).score == 1.0);
    CHECK(score(bonus, answers{{"a", "5"}, {"b", "10"}}).score == 1.5);
  }
}

TEST_CASE("a cap of a section is of its own possible, to the last digit") {
  for (const std::string scoring : {"{method: points}", "{method: weighted}", "{method: scaled_points}"}) {
    CAPTURE(scoring);
    const rubric capped =
        form(scoring,
             "[{id: s, criteria: [{id: a, answer: yes_no, fail: [{when: {chosen: \"yes\"}, scope: section, "
             "effect: {cap: 0.3}}]}, {id: b, answer: yes_no}]}]");
    const auto result = score(capped, answers{{"a", "yes"}, {"b", "yes"}});
    CHECK(result.score == 0.3);
    CHECK(result.sections[0].score == 0.3);
  }
}

TEST_CASE("nothing but not applicable is no score, whatever not applicable counts as") {
  for (const std::string method : {"weighted", "weighted, weights: section", "points", "scaled_points"})
    for (const std::string policy : {"redistribute", "full_marks", "zero"}) {
      CAPTURE(method);
      CAPTURE(policy);
      const rubric two =
          form("{method: " + method + ", not_applicable: " + policy + "}",
               "[{id: s, criteria: [{id: a, answer: yes_no, not_applicable: true}, {id: b, answer: yes_no, "
               "not_applicable: true}]}]");
      const auto none = score(two, answers{{"a", "not_applicable"}, {"b", "not_applicable"}});
      CHECK_FALSE(none.score.has_value());
      CHECK_FALSE(none.score_before_fail.has_value());
      CHECK_FALSE(none.passed.has_value());
      const double half = policy == "redistribute" ? 1.0 : policy == "full_marks" ? 1.0 : 0.5;
      CHECK(score(two, answers{{"a", "yes"}, {"b", "not_applicable"}}).score == half);
      std::vector<std::uint8_t> a(300, qascore::kernel::not_applicable_code), b = a;
      b[7] = 1;
      const std::vector<std::span<const std::uint8_t>> columns{a, b};
      std::vector<double> value(300), before(300);
      std::vector<std::uint8_t> flags(300);
      qascore::kernel::score_many(two.plan(), columns, {value, before, flags}, 1);
      for (std::size_t row = 0; row < value.size(); ++row)
        CHECK(std::isnan(value[row]) == (row != 7));
      CHECK((flags[0] & qascore::kernel::flag_not_scorable) != 0);
    }
}

TEST_CASE("a fail keeps the score underneath, and says which rule fell on what") {
  const auto result = score(with_rule("{when: {chosen: \"no\"}, scope: form, effect: zero}"), failing);
  CHECK(result.score == 0.0);
  CHECK(result.score_before_fail == 0.75);
  REQUIRE(result.fail_rules.size() == 1);
  CHECK(result.fail_rules[0].on == "a");
  CHECK(result.fail_rules[0].target == "form");
  CHECK(result.passed == false);
}

TEST_CASE("scope section takes the section's points, scope criterion its own") {
  const auto section = score(with_rule("{when: {chosen: \"no\"}, scope: section, effect: zero}"), failing);
  CHECK(section.score == 0.5);
  CHECK(section.sections[0].score == 0.0);
  CHECK(section.sections[0].score_before_fail == 0.5);
  CHECK(section.sections[1].score == 1.0);
  CHECK(section.fail_rules[0].target == "one");

  // With {below: 0.8}, 3 of 4 on b would fire: half of the points of b are left.
  const rubric own =
      form("{method: points}", "[{id: s, criteria: [{id: b, answer: {scale: {min: 0, max: 4}}, fail: "
                               "[{when: {below: 0.8}, scope: criterion, effect: {cap: 0.5}}]}]}]");
  CHECK(score(own, answers{{"b", "4"}}).score == 1.0);
  CHECK(score(own, answers{{"b", "3"}}).score == 0.5);
  CHECK(score(own, answers{{"b", "1"}}).score == 0.25);
}

TEST_CASE("a cap leaves what is below it") {
  const rubric r = with_rule("{when: below_highest, scope: form, effect: {cap: 0.6}}");
  CHECK(score(r, failing).score == 0.6);
  CHECK(score(r, answers{{"a", "no"}, {"b", "0"}, {"c", "4"}}).score == 0.25);
}

TEST_CASE("a section's cap falls on its share only") {
  const rubric points = with_rule("{when: below_highest, scope: section, effect: {cap: 0.25}}");
  CHECK(score(points, failing).score == (2.0 + 8.0) / 16.0);
  const rubric weighted =
      form("{method: weighted, weights: section}",
           "[{id: one, weight: 30, criteria: [{id: a, answer: yes_no, fail: [{when: below_highest, "
           "scope: section, effect: {cap: 0.25}}]}, {id: b, answer: yes_no}]}, "
           "{id: two, weight: 70, criteria: [{id: c, answer: yes_no}]}]");
  // (30 * 0.25 + 70 * 1) / 100
  CHECK(close_to(*score(weighted, answers{{"a", "no"}, {"b", "yes"}, {"c", "yes"}}).score, 0.775, 1e-15));
}

TEST_CASE("a verdict leaves the score and fails the evaluation") {
  const auto result = score(with_rule("{when: {chosen: \"no\"}, scope: form, effect: verdict}"), failing);
  CHECK(result.score == 0.75);
  CHECK(result.passed == false);
  CHECK(result.fail_rules[0].effect == fail_effect::verdict);
}

TEST_CASE("a rule may count hits") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: slips, answer: {hits: {points: -1, limit: -5}}, "
                               "fail: [{when: {hits: 3}, scope: form, effect: zero}]}]}]");
  CHECK(score(r, std::map<std::string, int>{{"slips", 2}}).score == 0.6);
  CHECK(score(r, std::map<std::string, int>{{"slips", 3}}).score == 0.0);
}

TEST_CASE("a section's own score may fail the form") {
  const std::string section_rule = "fail: [{when: {below: 0.5}, scope: form, effect: zero}], ";
  const std::string unused = "{when: {chosen: \"no\"}, scope: criterion, effect: verdict}";
  const rubric r = with_rule(unused, "points", section_rule);
  CHECK(score(r, answers{{"a", "no"}, {"b", "4"}, {"c", "8"}}).score ==
        0.75); // exactly one half does not fail
  const auto failed = score(r, answers{{"a", "no"}, {"b", "3"}, {"c", "8"}});
  CHECK(failed.score == 0.0);
  CHECK(failed.score_before_fail == 11.0 / 16.0);
  CHECK(failed.fail_rules[0].on == "one");
}

TEST_CASE("several rules all apply, and all are named") {
  const rubric r = with_rule("{when: {chosen: \"no\"}, scope: section, effect: zero}, "
                             "{when: {chosen: \"no\"}, scope: form, effect: {cap: 0.3}}, "
                             "{when: {chosen: \"no\"}, scope: form, effect: verdict}");
  const auto result = score(r, failing);
  CHECK(result.score == 0.3); // 8 of 16 after the section, then the cap
  CHECK(result.fail_rules.size() == 3);
  CHECK(result.passed == false);
}

TEST_CASE("not applicable fires no rule") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: a, not_applicable: true, answer: yes_no, fail: [{when: below_highest, "
           "scope: form, effect: zero}]}, {id: b, answer: yes_no}]}]");
  CHECK(score(r, answers{{"a", "not_applicable"}, {"b", "yes"}}).score == 1.0);
}

TEST_CASE("critical criteria have a score of their own, whatever fail rules do") {
  const rubric r =
      form("{method: weighted}",
           "[{id: s, criteria: [{id: a, weight: 3, critical: true, answer: yes_no, fail: [{when: "
           "below_highest, scope: form, effect: zero}]}, {id: b, weight: 5, answer: yes_no}, {id: c, weight: "
           "1, critical: true, answer: yes_no}]}]");
  const auto result = score(r, answers{{"a", "no"}, {"b", "yes"}, {"c", "yes"}});
  CHECK(result.critical_score == 0.25);
  CHECK(result.score == 0.0);
  CHECK_FALSE(score(with_rule("{when: {chosen: \"no\"}, scope: form, effect: zero}"), fine)
                  .critical_score.has_value());
}

TEST_CASE("a rule falls on a section further around, where it names one") {
  const auto nested = [](const std::string& scope) {
    return "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted, weights: section}\nsections: "
           "[{id: outer, sections: "
           "[{id: inner, criteria: [{id: a, answer: yes_no, fail: [{when: {chosen: \"no\"}, scope: " +
           scope +
           ", effect: zero}]}, {id: b, answer: yes_no}]}, {id: beside, criteria: [{id: c, answer: "
           "yes_no}]}]}, {id: other, "
           "criteria: [{id: d, answer: yes_no}]}]\n";
  };
  const answers failed = {{"a", "no"}, {"b", "yes"}, {"c", "yes"}, {"d", "yes"}};
  const auto inner = score(parse_rubric(nested("section")), failed);
  CHECK(inner.score == 0.75);
  CHECK(inner.fail_rules[0].target == "inner");
  const rubric form = parse_rubric(nested("{section: outer}"));
  const auto outer = score(form, failed);
  CHECK(outer.score == 0.5);
  CHECK(outer.score_before_fail == 0.875);
  CHECK(outer.sections[0].score == 0.0);
  CHECK(outer.sections[1].score == 0.5); // inner: one of two
  CHECK(outer.fail_rules[0].target == "outer");
  CHECK(form.content_hash() != parse_rubric(nested("section")).content_hash());
  CHECK(score(parse_rubric(nested("{section: inner}")), failed).score == 0.75);
  CHECK(
      qascore::test::refusal(nested("{section: outr}"))
          .find("scope.section: expected a section around it but found \"outr\" (did you mean \"outer\"?)") !=
      std::string::npos);
  CHECK(qascore::test::refusal(nested("{section: other}")).find("expected a section around it") !=
        std::string::npos);
}
