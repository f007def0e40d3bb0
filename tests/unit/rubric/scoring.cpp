// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "close_to.hpp"
#include "forms.hpp"

#include <bit>

using namespace qascore;
using qascore::test::answers;
using qascore::test::close_to;
using qascore::test::form;
using qascore::test::sum_of_contributions;

namespace {
rubric two_sections(const std::string& scoring) {
  return form(
      scoring,
      "[{id: one, weight: 1, criteria: [{id: a, weight: 1, not_applicable: true, answer: yes_no}, {id: "
      "b, weight: 3, not_applicable: true, answer: yes_no}]}, {id: two, weight: 3, criteria: [{id: c, "
      "weight: 2, not_applicable: true, answer: yes_no}]}]");
}
const std::string by_section = "{method: weighted, weights: section";
} // namespace

TEST_CASE("the weight of what is not applicable goes where the rubric says") {
  // Sections 1 : 3; a and b 1 : 3 in the first. b is not applicable, a is right, c is wrong.
  const answers given = {{"a", "yes"}, {"b", "not_applicable"}, {"c", "no"}};
  CHECK(score(two_sections(by_section + "}"), given).score == 0.25);
  // Shares of the form: a 1/16, b 3/16, c 12/16; without b 1/13.
  CHECK(score(two_sections(by_section + ", not_applicable: redistribute_over_form}"), given).score ==
        1.0 / 13.0);
  CHECK(score(two_sections(by_section + ", not_applicable: full_marks}"), given).score == 0.25);
  CHECK(score(two_sections(by_section + ", not_applicable: zero}"), given).score == 1.0 / 16.0);
}

TEST_CASE("a section without anything applicable gives its weight to the other sections") {
  const auto result = score(two_sections(by_section + "}"),
                            answers{{"a", "not_applicable"}, {"b", "not_applicable"}, {"c", "yes"}});
  CHECK(result.score == 1.0);
  CHECK_FALSE(result.sections[0].score.has_value());
  CHECK(result.criteria[2].applied_weight == 1.0);
}

TEST_CASE("not applicable never lowers a perfect score") {
  const rubric r = two_sections(by_section + "}");
  for (const char* off : {"a", "b", "c"}) {
    answers given = {{"a", "yes"}, {"b", "yes"}, {"c", "yes"}};
    given[off] = "not_applicable";
    CHECK(score(r, given).score == 1.0);
  }
}

TEST_CASE("with everything not applicable there is no score: neither 0 nor 1") {
  for (const char* scoring :
       {"{method: weighted, weights: section}",
        "{method: weighted, weights: section, not_applicable: redistribute_over_form}"}) {
    const auto result =
        score(two_sections(scoring),
              answers{{"a", "not_applicable"}, {"b", "not_applicable"}, {"c", "not_applicable"}});
    CHECK_FALSE(result.score.has_value());
    CHECK_FALSE(result.score_before_fail.has_value());
    CHECK(result.band.empty());
    CHECK_FALSE(result.passed.has_value());
    CHECK(sum_of_contributions(result) == 0.0);
  }
}

TEST_CASE("a criterion of weight 0 is asked but not scored") {
  const rubric r = form("{method: weighted}", "[{id: s, criteria: [{id: a, answer: yes_no}, "
                                              "{id: b, weight: 0, answer: yes_no, dimension: side}]}]");
  const auto result = score(r, answers{{"a", "yes"}, {"b", "no"}});
  CHECK(result.score == 1.0);
  CHECK(result.criteria[1].state == criterion_state::excluded);
  CHECK_FALSE(result.dimensions[0].score.has_value());
  CHECK_THROWS_AS(score(r, answers{{"a", "yes"}}), rubric_error);
}

TEST_CASE("a bonus counts in the numerator only, up to the cap") {
  const std::string sections =
      "[{id: s, criteria: [{id: a, answer: {yes_no: {points: 8}}}, {id: b, answer: {yes_no: "
      "{points: 2}}}, {id: extra, bonus: true, answer: {yes_no: {points: 3}}}]}]";
  const rubric open = form("{method: points}", sections),
               capped = form("{method: points, cap: [0, 1]}", sections);
  const answers some = {{"a", "yes"}, {"b", "no"}, {"extra", "yes"}},
                all = {{"a", "yes"}, {"b", "yes"}, {"extra", "yes"}};
  CHECK(score(open, some).score == 1.1);
  CHECK(score(open, all).score == 1.3);
  const auto cut = score(capped, all);
  CHECK(cut.score == 1.0);
  CHECK(cut.score_before_fail == 1.0);
  CHECK(sum_of_contributions(cut) + cut.cap_adjustment == 1.0);
  CHECK(close_to(cut.cap_adjustment, -0.3, 1e-15));
  CHECK(score(capped, answers{{"a", "no"}, {"b", "yes"}, {"extra", "no"}}).score == 0.2);
}

TEST_CASE("dimensions are scored over all sections, by each criterion's share of the form") {
  const rubric r = form(
      "{method: weighted, weights: section}",
      "[{id: one, weight: 1, criteria: [{id: a, weight: 1, dimension: [x], answer: yes_no}, {id: b, "
      "weight: 3, dimension: [y], answer: yes_no}]}, "
      "{id: two, weight: 3, criteria: [{id: c, dimension: [x, y], answer: {scale: {min: 0, max: 2}}}]}]");
  // Shares: a 1/16, b 3/16, c 12/16.
  const auto result = score(r, answers{{"a", "yes"}, {"b", "no"}, {"c", "1"}});
  REQUIRE(result.dimensions.size() == 2);
  CHECK(result.dimensions[0].id == "x");
  CHECK(result.dimensions[0].score == 7.0 / 13.0);
  CHECK(result.dimensions[1].score == 6.0 / 15.0);
}

TEST_CASE("sections nest, each the mean of what it holds") {
  const rubric r = form("{method: weighted, weights: section}",
                        "[{id: one, weight: 3, sections: [{id: in1, weight: 1, sections: [{id: deep, "
                        "criteria: [{id: a, answer: "
                        "yes_no}]}]}, {id: in2, weight: 4, criteria: [{id: b, not_applicable: true, answer: "
                        "yes_no}, {id: c, answer: "
                        "yes_no}]}]}, {id: two, weight: 2, criteria: [{id: d, answer: yes_no}]}]");
  // in1 = 0, in2 = 1/2: one = 2/5; two = 1; form = (3 * 2/5 + 2) / 5 = 0.64.
  const auto result = score(r, answers{{"a", "no"}, {"b", "no"}, {"c", "yes"}, {"d", "yes"}});
  CHECK(result.score == 0.64);
  REQUIRE(result.sections.size() == 5);
  CHECK(result.sections[0].id == "one");
  CHECK(result.sections[0].score == 0.4);
  CHECK(result.sections[2].id == "deep");
  CHECK(result.sections[2].score == 0.0);
  CHECK(result.sections[3].score == 0.5);
  CHECK(close_to(result.criteria[2].applied_weight, 0.6 * 0.8 * 0.5, 1e-15));
}

TEST_CASE("bands and the pass mark hold what reaches them on paper") {
  // 0.1 + 0.7 in binary is below 0.8.
  const rubric r =
      form("{method: weighted, weights: section}",
           "[{id: s1, weight: 0.1, criteria: [{id: a, answer: yes_no}]}, {id: s2, weight: 0.7, criteria: "
           "[{id: b, answer: yes_no}]}, {id: s3, weight: 0.2, criteria: [{id: c, answer: yes_no}]}]",
           "bands: [{id: good, from: 0.8}, {id: fair, from: 0.2}, {id: poor, from: 0}]\npass_from: 0.8\n");
  const auto good = score(r, answers{{"a", "yes"}, {"b", "yes"}, {"c", "no"}});
  CHECK(good.band == "good");
  CHECK(good.passed == true);
  CHECK(score(r, answers{{"a", "no"}, {"b", "no"}, {"c", "yes"}}).band == "fair");
  const auto poor = score(r, answers{{"a", "yes"}, {"b", "no"}, {"c", "no"}});
  CHECK(poor.band == "poor");
  CHECK(poor.passed == false);
}

TEST_CASE("a score names rubric, version and content") {
  const rubric r = two_sections(by_section + "}");
  const auto result = score(r, answers{{"a", "yes"}, {"b", "yes"}, {"c", "yes"}});
  CHECK(result.form.id() == "form");
  CHECK(result.form.version() == "1");
  CHECK(result.form.content_hash() == r.content_hash());
  CHECK(r.content_hash().size() == 64);
}

TEST_CASE("the content hash follows the content, not the file") {
  const std::string head = "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted}\n";
  const rubric plain =
      parse_rubric(head + "sections: [{id: s, criteria: [{id: a, weight: 2, answer: yes_no}]}]\n");
  const rubric blocks =
      parse_rubric("# a comment\n" + head +
                   "sections:\n- criteria:\n  - answer: yes_no\n    weight: 2.0\n    id: 'a'\n  id: s\n");
  CHECK(plain.content_hash() == blocks.content_hash());
  const rubric heavier =
      parse_rubric(head + "sections: [{id: s, criteria: [{id: a, weight: 3, answer: yes_no}]}]\n");
  CHECK(plain.content_hash() != heavier.content_hash());
}

TEST_CASE("a scorer gives the same again and again, and keeps no answer of before") {
  const rubric r = two_sections(by_section + "}");
  scorer again(r, {.when_unanswered = unanswered::leave_out});
  const std::vector<std::uint8_t> first = {0, 1, 0}, second = {1, 255, 254};
  const evaluation_result once = again(first);
  again(second);
  const evaluation_result twice = again(first);
  CHECK(once.score == twice.score);
  CHECK(twice.missing.empty());
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(once.criteria[i].contribution == twice.criteria[i].contribution);
    CHECK(once.criteria[i].state == twice.criteria[i].state);
  }
}

TEST_CASE("the result outlives the rubric it was scored by") {
  std::optional<evaluation_result> kept;
  {
    const rubric r = two_sections(by_section + "}");
    kept = score(r, answers{{"a", "yes"}, {"b", "yes"}, {"c", "yes"}});
  }
  CHECK(kept->criteria[0].id == "a");
  CHECK(kept->form.id() == "form");
}

TEST_CASE("out_of says what full marks are where no answer earns them, or one earns more") {
  const std::string options =
      "answer: {options: [{id: good, points: 8}, {id: fair, points: 4}, {id: poor, points: 0}]}";
  const rubric of_ten =
      form("{method: weighted}", "[{id: s, criteria: [{id: a, out_of: 10, fail: [{when: below_highest, "
                                 "scope: form, effect: verdict}], " +
                                     options + "}]}]");
  const auto best = score(of_ten, answers{{"a", "good"}});
  CHECK(best.score == 0.8);
  CHECK(best.criteria[0].possible == 10.0);
  CHECK(best.fail_rules.empty()); // the best answer is the highest, whatever full marks are
  CHECK(score(of_ten, answers{{"a", "fair"}}).fail_rules.size() == 1);

  const std::string two =
      "[{id: s, criteria: [{id: a, out_of: 4, " + options + "}, {id: b, answer: {yes_no: {points: 4}}}]}]";
  CHECK(score(form("{method: points}", two), answers{{"a", "good"}, {"b", "yes"}}).score == 1.5);
  CHECK(score(form("{method: points, cap: [0, 1]}", two), answers{{"a", "good"}, {"b", "yes"}}).score == 1.0);
  CHECK(score(form("{method: points}", two), answers{{"a", "fair"}, {"b", "no"}}).score == 0.5);

  const std::string head = "{qascore: 1, id: f, version: \"1\", scoring: {method: weighted}, sections: [{id: "
                           "s, criteria: [{id: a, ";
  CHECK(qascore::test::refusal(head + "out_of: 7, " + options + "}]}]}") ==
        "form.yaml:1:110: sections[0].criteria[0].out_of: expected at least what the best answer earns (8) "
        "but found 7: a "
        "weighted mean has no place for a bonus");
  CHECK(qascore::test::refusal(head + "out_of: 0, " + options + "}]}]}").find("expected a number above 0") !=
        std::string::npos);
  CHECK(qascore::test::refusal(head + "out_of: 3, answer: text}, {id: b, answer: yes_no}]}]}")
            .find("text and dates are never scored") != std::string::npos);
}
