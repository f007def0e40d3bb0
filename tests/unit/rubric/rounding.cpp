// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Rounding on request: of the reported score alone.
#include "forms.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;
using qascore::test::refusal;
using qascore::test::sum_of_contributions;

namespace {
rubric of_200(const std::string& round, const std::string& more = "") {
  return form("{method: points" + round + "}",
              "[{id: s, criteria: [{id: a, answer: {scale: {min: 0, max: 200}}}]}]", more);
}
} // namespace

TEST_CASE("a half goes to the even digit, or up") {
  const rubric even = of_200(", round: {digits: 2}"), up = of_200(", round: {digits: 2, rule: half_up}");
  // 169 / 200 = 0.845, which in binary is a little less than it; 171 / 200 = 0.855.
  CHECK(score(even, answers{{"a", "169"}}).score == 0.84);
  CHECK(score(up, answers{{"a", "169"}}).score == 0.85);
  CHECK(score(even, answers{{"a", "171"}}).score == 0.86);
  CHECK(score(up, answers{{"a", "171"}}).score == 0.86);
  CHECK(score(even, answers{{"a", "1"}}).score == 0.0);
  CHECK(score(up, answers{{"a", "1"}}).score == 0.01);
  CHECK(score(even, answers{{"a", "168"}}).score == 0.84);
  CHECK(score(of_200(", round: {digits: 0, rule: half_up}"), answers{{"a", "100"}}).score == 1.0);
}

TEST_CASE(
    "contributions add up to the score before it is rounded; bands and verdicts follow the reported one") {
  const std::string marks = "bands: [{id: good, from: 0.85}, {id: poor, from: 0}]\npass_from: 0.85\n";
  const auto result = score(of_200(", round: {digits: 2, rule: half_up}", marks), answers{{"a", "169"}});
  CHECK(result.score == 0.85);
  CHECK(result.score_before_fail == 0.845);
  CHECK(sum_of_contributions(result) == 0.845);
  CHECK(result.band == "good");
  CHECK(result.passed == true);
  const auto plain = score(of_200("", marks), answers{{"a", "169"}});
  CHECK(plain.score == 0.845);
  CHECK(plain.passed == false);
}

TEST_CASE("what a fail rule leaves is rounded too, one by one and in batches to the same bits") {
  const rubric r = form(
      "{method: weighted, weights: section, round: {digits: 3, rule: half_even}}",
      "[{id: s, weight: 3, criteria: [{id: a, answer: {scale: {min: 0, max: 7}}}, {id: b, answer: yes_no, "
      "fail: [{when: {chosen: \"no\"}, scope: form, effect: {cap: 0.33333}}]}]}, {id: t, weight: 4, "
      "criteria: [{id: c, answer: {scale: {min: 0, max: 9}}, not_applicable: true}]}]");
  CHECK(score(r, answers{{"a", "7"}, {"b", "no"}, {"c", "9"}}).score == 0.333);
  std::mt19937 bits(3);
  const qascore::test::random_batch batch(r, 2000, bits);
  kernel::scoring_work work;
  for (std::size_t row = 0; row < batch.score.size(); ++row) {
    const auto one = kernel::score_one(r.plan(), batch.evaluations[row], work);
    REQUIRE(std::bit_cast<std::uint64_t>(one.score) == std::bit_cast<std::uint64_t>(batch.score[row]));
    REQUIRE((std::isnan(one.score) || std::abs(one.score * 1000.0 - std::round(one.score * 1000.0)) < 1e-9));
    REQUIRE((std::isnan(one.score) || (one.flags & kernel::flag_fail) != 0 ||
             std::abs(one.score - batch.before[row]) <= 0.0005 + 1e-12));
  }
}

TEST_CASE("faults of rounding are found when the form is loaded") {
  const auto rounding = [](const std::string& keys) {
    return refusal("qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: points, round: {" + keys +
                   "}}\nsections: [{id: s, criteria: [{id: a, answer: yes_no}]}]\n");
  };
  CHECK(rounding("digits: 4").empty());
  CHECK(rounding("digits: 7") ==
        "form.yaml:4:43: scoring.round.digits: expected 0 to 6 decimal places of a fraction but found 7");
  CHECK(rounding("rule: half_up").find("scoring.round.digits: expected the key \"digits\" but found none") !=
        std::string::npos);
  CHECK(rounding("digits: 2, rule: up").find("expected one of half_even, half_up but found \"up\"") !=
        std::string::npos);
  CHECK(of_200(", round: {digits: 2}").content_hash() != of_200("").content_hash());
  CHECK(of_200(", round: {digits: 2}").content_hash() !=
        of_200(", round: {digits: 2, rule: half_up}").content_hash());
}
