// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Method base: an evaluation starts at a base, and answers add and deduct points.
#include "close_to.hpp"
#include "forms.hpp"

#include <algorithm>
#include <bit>

using namespace qascore;
using qascore::test::answers;
using qascore::test::close_to;
using qascore::test::form;
using qascore::test::refusal;

namespace {

const std::string sections =
    "[{id: manner, criteria: [{id: harsh, dimension: manner, answer: {hits: {points: -5, limit: -20}}}, "
    "{id: silence, dimension: manner, answer: {hits: {points: -10, each: false}}}]}, "
    "{id: work, criteria: [{id: solution, not_applicable: true, critical: true, answer: {options: [{id: "
    "best, points: "
    "3}, {id: right, points: 0}, {id: wrong, points: -8}]}, fail: [{when: {chosen: wrong}, scope: form, "
    "effect: {cap: "
    "0.6}}]}, {id: greeted, answer: {yes_no: {points: -2.5}}}, {id: effort, answer: {scale: {min: 0, max: 4, "
    "points: "
    "2}}}]}]";

double sum_in_order(const evaluation_result& result) {
  double sum = result.base;
  for (const auto& one : result.criteria)
    sum += one.contribution;
  return sum + result.cap_adjustment;
}

std::string problem_of(const std::string& scoring, const std::string& criterion) {
  return refusal("qascore: 1\nid: f\nversion: \"1\"\nscoring: " + scoring +
                 "\nsections: [{id: s, criteria: [\n" + criterion + "]}]\n");
}
const std::string hundred = "{method: base, base: 100}";

} // namespace

TEST_CASE("a base of 100 from which answers deduct and to which they add") {
  const rubric r = form("{method: base, base: 100, cap: 110}", sections);
  // 100 - 2 * 5 - 10 + 3 - 2.5 + 2 * 3/4 = 82.
  const auto result = score(
      r, answers{{"harsh", "2"}, {"silence", "4"}, {"solution", "best"}, {"greeted", "no"}, {"effort", "3"}});
  CHECK(result.score == 0.82);
  CHECK(result.base == 1.0);
  CHECK(result.criteria[0].earned == -10.0);
  CHECK(result.criteria[0].possible == 0.0);
  // Differences of sums around 1: to the digits of that.
  CHECK(close_to(result.criteria[0].contribution, -0.1, 1e-14));
  CHECK(close_to(result.criteria[2].contribution, 0.03, 1e-14));
  CHECK(result.criteria[3].earned == -2.5);
  CHECK(sum_in_order(result) == 0.82);
  CHECK(result.cap_adjustment == 0.0);
  // Of what answers can move: manner (10 of 20, 0 of 10), work (11 of 11, 0 of 2.5, 1.5 of 2).
  CHECK(result.sections[0].score == 10.0 / 30.0);
  CHECK(result.sections[1].score == 12.5 / 15.5);
  CHECK(result.dimensions[0].score == 10.0 / 30.0);
  CHECK(result.critical_score == 1.0);
  CHECK(explain(result, "en") ==
        "form 1: 82 of 100\n- starts at 100 points\n- harsh: '2' on 'harsh', -10 points\n"
        "- silence: '1 or more' on 'silence', -10 points\n- solution: 'best' on 'solution', +3 points\n"
        "- greeted: 'no' on 'greeted', -2.5 points\n- effort: '3' on 'effort', +1.5 points");
  CHECK(explain(result, "zh").find("- 基础分 100 分\n- harsh：“harsh”答“2”，-10 分\n") != std::string::npos);
}

TEST_CASE("what takes no part adds nothing; floor and cap are said with the result") {
  const rubric r = form("{method: base, base: 20, scale: 25, floor: 5}", sections);
  answers given = {
      {"harsh", "0"}, {"silence", "0"}, {"solution", "not_applicable"}, {"greeted", "yes"}, {"effort", "0"}};
  CHECK(score(r, given).score == 0.8);
  CHECK(score(r, answers{}, {.when_unanswered = unanswered::leave_out}).score == 0.8);
  given["effort"] = "4";
  CHECK(score(r, given).score == 0.88);
  // 20 - 20 - 10 is below the floor of 5.
  const auto low = score(
      r,
      answers{{"harsh", "9"}, {"silence", "1"}, {"solution", "right"}, {"greeted", "yes"}, {"effort", "0"}});
  CHECK(low.score == 0.2);
  CHECK(close_to(low.cap_adjustment, 0.6, 1e-15));
  CHECK(explain(low, "en").find("- points up to 20 are added: 60") != std::string::npos);
  // 20 + 3 + 2 is the scale, and the cap when none is given.
  const rubric capped = form("{method: base, base: 22, scale: 25}", sections);
  const auto high = score(
      capped,
      answers{{"harsh", "0"}, {"silence", "0"}, {"solution", "best"}, {"greeted", "yes"}, {"effort", "4"}});
  CHECK(high.score == 1.0);
  CHECK(close_to(high.cap_adjustment, -0.08, 1e-15));
  CHECK(sum_in_order(high) == 1.0);
  const rubric open = form("{method: base, base: 22, scale: 25, cap: 50}", sections);
  CHECK(
      score(open,
            answers{
                {"harsh", "0"}, {"silence", "0"}, {"solution", "best"}, {"greeted", "yes"}, {"effort", "4"}})
          .score == 1.08);
}

TEST_CASE("fail rules of the form apply after floor and cap") {
  const rubric r = form(hundred, sections);
  const auto wrong = score(
      r,
      answers{{"harsh", "0"}, {"silence", "0"}, {"solution", "wrong"}, {"greeted", "yes"}, {"effort", "0"}});
  CHECK(wrong.score_before_fail == 0.92);
  CHECK(wrong.score == 0.6);
  CHECK(wrong.fail_rules.size() == 1);
}

TEST_CASE("a criterion that is not asked adds nothing to a base") {
  const rubric r =
      form(hundred, "[{id: s, criteria: [{id: a, answer: {hits: {points: -5, limit: -50}}}, {id: b, "
                    "answer: {hits: {points: -10, limit: -50}}, ask_when: {field: kind, is: x}}]}]");
  using fields = std::map<std::string, std::string>;
  CHECK(score(r, answers{{"a", "1"}}, fields{{"kind", "y"}}).score == 0.95);
  CHECK(score(r, answers{{"a", "1"}, {"b", "2"}}, fields{{"kind", "x"}}).score == 0.75);
}

TEST_CASE("floor and cap of the other methods are fractions") {
  const std::string two =
      "[{id: s, criteria: [{id: a, answer: {yes_no: {points: 4}}}, {id: b, answer: {yes_no: {points: "
      "6}}}, {id: extra, bonus: true, answer: {yes_no: {points: 3}}}]}]";
  const rubric r = form("{method: points, floor: 0.25, cap: 1.2}", two);
  CHECK(score(r, answers{{"a", "yes"}, {"b", "yes"}, {"extra", "yes"}}).score == 1.2);
  const auto low = score(r, answers{{"a", "no"}, {"b", "no"}, {"extra", "no"}});
  CHECK(low.score == 0.25);
  CHECK(low.cap_adjustment == 0.25);
  CHECK(score(r, answers{{"a", "yes"}, {"b", "no"}, {"extra", "no"}}).score == 0.4);
  CHECK(form("{method: points, cap: [0, 1]}", two).content_hash() ==
        form("{method: points, floor: 0, cap: 1}", two).content_hash());
  CHECK(form("{method: points, cap: 1.2}", two).content_hash() !=
        form("{method: points}", two).content_hash());
}

TEST_CASE("faults of a base are found when the form is loaded") {
  const std::string hits = "{id: a, answer: {hits: {points: -5, limit: -5}}}";
  CHECK(problem_of(hundred, hits).empty());
  CHECK(problem_of("{method: base}", hits) ==
        "form.yaml:4:10: scoring.base: expected the key \"base\" but found none");
  CHECK(problem_of("{method: points, base: 3}", "{id: a, answer: yes_no}") ==
        "form.yaml:4:33: scoring.base: expected no \"base\": only method base has one");
  CHECK(problem_of("{method: points, scale: 3}", "{id: a, answer: yes_no}")
            .find("scoring.scale: expected no scale") != std::string::npos);
  CHECK(problem_of("{method: base, base: 0}", hits)
            .find("expected a scale (the points that are a score of 1) above 0") != std::string::npos);
  CHECK(problem_of("{method: base, base: 10, floor: 10}", hits)
            .find("scoring.floor: expected a floor (points) from 0, below 10, but found 10") !=
        std::string::npos);
  CHECK(problem_of("{method: base, base: 10, floor: 5, cap: 5}", hits)
            .find("scoring.cap: expected a cap (points) above 5, at most 1000000, but found 5") !=
        std::string::npos);
  CHECK(problem_of("{method: points, cap: [0]}", "{id: a, answer: yes_no}")
            .find("expected a number, or the floor and the cap like [0, 1], but found a list of 1") !=
        std::string::npos);
  CHECK(problem_of("{method: points, floor: 0.1, cap: [0, 1]}", "{id: a, answer: yes_no}")
            .find("expected the cap alone") != std::string::npos);
  CHECK(problem_of("{method: base, base: 10, not_applicable: zero}", hits).find("adds and deducts nothing") !=
        std::string::npos);
  CHECK(problem_of(hundred, "{id: a, weight: 2, answer: yes_no}")
            .find("with method base the points are the weights") != std::string::npos);
  CHECK(problem_of(hundred, "{id: a, bonus: true, answer: yes_no}").find("any answer may add points") !=
        std::string::npos);
  CHECK(problem_of(hundred, "{id: a, answer: {options: [{id: x, points: -1}, {id: y, points: -1}]}}")
            .find("expected answers of different points") != std::string::npos);
  CHECK(problem_of(hundred,
                   "{id: a, answer: yes_no, fail: [{when: below_highest, scope: section, effect: zero}]}")
            .find("expected \"form\": with method base only the form has a score") != std::string::npos);
  // Negative points are for base alone.
  CHECK(
      problem_of("{method: points}", "{id: a, answer: {options: [{id: x, points: -1}, {id: y, points: 1}]}}")
          .find("options[0].points: expected a number from 0 to 1000000 but found -1") != std::string::npos);
  CHECK(problem_of("{method: points}", "{id: a, answer: {yes_no: {points: -1}}}")
            .find("expected a number from 0") != std::string::npos);
}

TEST_CASE("the hash of a form knows base, scale, floor and cap") {
  std::vector<std::string> hashes;
  for (const char* scoring :
       {"{method: base, base: 100}", "{method: base, base: 90}", "{method: base, base: 90, scale: 100}",
        "{method: base, base: 90, scale: 100, floor: 60}", "{method: base, base: 90, scale: 100, cap: 94}",
        "{method: base, base: 90, scale: 100, floor: 60, cap: 94}"})
    hashes.push_back(form(scoring, sections).content_hash());
  std::ranges::sort(hashes);
  CHECK(std::ranges::adjacent_find(hashes) == hashes.end());
}

TEST_CASE("random forms with a base: the sum of integers, one by one and in batches, adding up in order") {
  int clamped = 0, failed = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 bits(seed);
    const auto below = [&](unsigned n) { return static_cast<int>(bits() % n); };
    rubric_definition definition;
    definition.id = "random";
    definition.version = "1";
    definition.method = scoring_method::base;
    definition.base = 60 + below(50);
    definition.scale = 100.0;
    definition.cap = 100 + below(20);
    for (int s = 0; s < 3; ++s) {
      section_definition section;
      section.id = "s" + std::to_string(s);
      for (int c = 0; c < 5; ++c) {
        criterion_definition one;
        one.id = section.id + "c" + std::to_string(c);
        one.not_applicable = below(2) == 0;
        const int kind = below(4);
        if (kind == 0)
          one.answer = hits_answer{-0.5 * (1 + below(10)), true, -10.0};
        else if (kind == 1)
          one.answer = options_answer{{{"more", {}, 3.0}, {"same", {}, 0.0}, {"less", {}, -7.5}}};
        else if (kind == 2)
          one.answer = yes_no_answer{.points = -1.25 * (1 + below(4)), .good = below(2) ? "yes" : "no"};
        else
          one.answer = number_answer{{{0.5, 2.0}, {4.0, -3.5}, {std::nullopt, -12.0}}};
        if (below(6) == 0)
          one.fail.push_back(
              {when_below_highest{}, fail_scope::form, static_cast<fail_effect>(below(3)), 0.4});
        section.criteria.push_back(std::move(one));
      }
      definition.sections.push_back(std::move(section));
    }
    if (!validate(definition).empty()) // no evaluation gets so far
      definition.cap.reset();
    const rubric r(definition);
    CHECK(r.is_exact());
    const qascore::test::random_batch batch(r, 600, bits);
    scorer one(r, {.when_unanswered = unanswered::leave_out});
    for (std::size_t row = 0; row < batch.score.size(); ++row) {
      const auto& codes = batch.evaluations[row];
      double hundredths = 100.0 * definition.base; // all points are multiples of 1/100
      for (std::size_t c = 0; c < codes.size(); ++c)
        if (codes[c] < kernel::max_answers)
          hundredths += 100.0 * r.criteria()[c].points()[codes[c]];
      const auto& result = one(codes);
      REQUIRE(*result.score_before_fail ==
              std::clamp(hundredths / 10000.0, 0.0, definition.cap.value_or(100.0) / 100.0));
      REQUIRE(std::bit_cast<std::uint64_t>(*result.score) == std::bit_cast<std::uint64_t>(batch.score[row]));
      REQUIRE(*result.score_before_fail == batch.before[row]);
      REQUIRE(result.fail_rules.empty() == ((batch.flags[row] & kernel::flag_fail) == 0));
      REQUIRE(sum_in_order(result) == *result.score_before_fail);
      clamped += std::abs(result.cap_adjustment) > 1e-9;
      failed += (batch.flags[row] & kernel::flag_fail) != 0;
    }
  }
  CHECK(clamped > 100);
  CHECK(failed > 1000);
}
