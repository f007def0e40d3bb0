// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// What is wrong with a form as a form, whoever wrote it: also definitions built in C++.
#include "forms.hpp"

#include <doctest/doctest.h>

using namespace qascore;

namespace {

rubric_definition good() {
  rubric_definition out;
  out.id = "form";
  out.version = "1";
  section_definition section;
  section.id = "s";
  for (const char* id : {"a", "b"}) {
    criterion_definition criterion;
    criterion.id = id;
    section.criteria.push_back(criterion);
  }
  out.sections.push_back(section);
  return out;
}

std::string problems(const rubric_definition& definition) {
  std::string out;
  for (const problem& one : validate(definition))
    out += (out.empty() ? "" : "\n") + one.text();
  return out;
}

std::string with_answer(answer_definition answer) {
  rubric_definition form = good();
  form.sections[0].criteria[0].answer = std::move(answer);
  return problems(form);
}

} // namespace

TEST_CASE("a good definition is a rubric") {
  CHECK(problems(good()).empty());
  CHECK(rubric(good()).criteria().size() == 2);
}

TEST_CASE("a bad definition is refused with all its problems") {
  rubric_definition form = good();
  form.id = "two words";
  form.version = "";
  form.sections[0].criteria[1].id = "a";
  form.sections[0].criteria[0].weight = -1.0;
  form.pass_from = 75.0;
  try {
    rubric refused(form);
    FAIL("accepted");
  } catch (const rubric_error& failure) {
    CHECK(failure.problems().size() == 5);
    CHECK(std::string(failure.what()) ==
          "id: expected an id (letters, digits, _ - . without spaces, at most 64 bytes) but found \"two "
          "words\"\n"
          "version: expected a version, like \"2026.1\", but found empty text\n"
          "pass_from: expected a fraction from 0 to 1 but found 75 (did you mean 0.75?)\n"
          "sections[0].criteria[0].weight: expected a number from 0 to 1000000 but found -1\n"
          "sections[0].criteria[1].id: expected an id of its own but found \"a\", which "
          "sections[0].criteria[0].id has");
  }
}

TEST_CASE("weights that are all 0 do not vanish silently") {
  rubric_definition form = good();
  form.sections[0].criteria[0].weight = form.sections[0].criteria[1].weight = 0.0;
  CHECK(problems(form) ==
        "sections: expected some criterion with a weight > 0 but found weights that are all 0");
  form.weights = weights_of::section;
  CHECK(problems(form) ==
        "sections[0]: expected some weight > 0 but found weights that are all 0: nothing here can be scored");
  form = good();
  form.weights = weights_of::section;
  form.sections[0].weight = 0.0;
  CHECK(problems(form) ==
        "sections: expected some weight > 0 but found weights that are all 0: nothing here can be scored");
}

TEST_CASE("weights where they cannot bite are refused") {
  rubric_definition form = good();
  form.sections[0].weight = 2.0;
  CHECK(problems(form) ==
        "sections[0].weight: expected no weight but found 2: in this method only criteria have weights");
  form = good();
  form.method = scoring_method::points;
  form.sections[0].criteria[0].weight = 2.0;
  CHECK(problems(form) == "sections[0].criteria[0].weight: expected no weight but found 2: with method "
                          "points the points are the weights");
  form = good();
  form.sections[0].criteria[0].answer = text_answer{};
  form.sections[0].criteria[0].weight = 2.0;
  CHECK(problems(form) ==
        "sections[0].criteria[0].weight: expected no weight but found 2: text and dates are never scored");
}

TEST_CASE("sections that can never score are refused") {
  rubric_definition form = good();
  form.sections.emplace_back().id = "empty";
  CHECK(problems(form) ==
        "sections[1]: expected criteria or sections but found neither: the section can never score");
  form.sections.clear();
  CHECK(problems(form) == "sections: expected at least one section but found none");
  form = good();
  for (auto& criterion : form.sections[0].criteria)
    criterion.answer = text_answer{};
  CHECK(problems(form) ==
        "sections: expected at least one criterion that is scored and not a bonus but found none");
}

TEST_CASE("sections are at most three deep") {
  rubric_definition form = good();
  for (int depth = 0; depth < 3; ++depth) {
    section_definition around;
    around.id = "around" + std::to_string(depth);
    around.sections = std::move(form.sections);
    form.sections = {around};
  }
  CHECK(problems(form).find("expected sections at most 3 deep but found one at depth 4") !=
        std::string::npos);
}

TEST_CASE("bands leave no gap and do not overlap") {
  rubric_definition form = good();
  form.bands = {{"high", {}, 0.8}, {"low", {}, 0.2}};
  CHECK(problems(form) ==
        "bands[1].from: expected the lowest band to start at 0 but found 0.2: scores below fall into a gap");
  form.bands = {{"high", {}, 0.8}, {"again", {}, 0.8}, {"low", {}, 0.0}};
  CHECK(problems(form) == "bands[1].from: expected a limit below that of the band above but found 0.8 again: "
                          "the two bands overlap");
  form.bands = {{"low", {}, 0.0}, {"high", {}, 0.8}};
  CHECK(problems(form).starts_with(
      "bands[1].from: expected bands from the highest to the lowest but found 0.8 after 0"));
}

TEST_CASE("answers that cannot be scored are refused") {
  CHECK(with_answer(yes_no_answer{0.0, "yes"}) ==
        "sections[0].criteria[0].answer: expected an answer that earns more than 0 points but found none");
  CHECK(with_answer(yes_no_answer{-1.0, "maybe"}) ==
        "sections[0].criteria[0].answer.yes_no.points: expected a number from 0 to 1000000 but found -1: "
        "only method base and hits deduct\n"
        "sections[0].criteria[0].answer.yes_no.good: expected \"yes\" or \"no\" but found \"maybe\"");
  CHECK(with_answer(options_answer{{{"only", {}, 1.0}}}) ==
        "sections[0].criteria[0].answer.options: expected 2 to 250 options but found 1");
  CHECK(with_answer(options_answer{{{"a", {}, 1.0}, {"not_applicable", {}, 0.0}}}).find("is reserved") !=
        std::string::npos);
  CHECK(with_answer(scale_answer{5, 1, {}}) ==
        "sections[0].criteria[0].answer.scale.max: expected a whole number above min (5) but found 1");
  CHECK(with_answer(scale_answer{0, 250, {}}) ==
        "sections[0].criteria[0].answer.scale.max: expected at most 250 steps but found 251");
  CHECK(with_answer(scale_answer{0, 249, {}}).empty());
}

TEST_CASE("ranges rise and the last holds all that is above") {
  CHECK(with_answer(number_answer{{{1.0, 5.0}, {1.0, 3.0}, {{}, 0.0}}}) ==
        "sections[0].criteria[0].answer.number.ranges[1].to: expected a limit above 1 but found 1");
  CHECK(with_answer(number_answer{{{{}, 5.0}, {{}, 0.0}}}) ==
        "sections[0].criteria[0].answer.number.ranges[0]: expected \"to\": only the last range has no limit");
  CHECK(with_answer(number_answer{{{1.0, 5.0}, {2.0, 0.0}}}) ==
        "sections[0].criteria[0].answer.number.ranges[1].to: expected no limit for the last range, which "
        "holds all that "
        "is above, but found 2");
}

TEST_CASE("hits have a limit that they can reach") {
  CHECK(with_answer(hits_answer{-5.0, true, {}}) ==
        "sections[0].criteria[0].answer.hits: expected \"limit\": the most points that hits can move");
  CHECK(with_answer(hits_answer{-5.0, true, 10.0}) ==
        "sections[0].criteria[0].answer.hits.limit: expected a limit of the same sign as the points (-5) and "
        "not nearer to "
        "0 but found 10");
  CHECK(with_answer(hits_answer{-0.001, true, -10.0}) ==
        "sections[0].criteria[0].answer.hits.limit: expected a limit within 249 hits but found -10");
  CHECK(with_answer(hits_answer{-5.0, false, -5.0}) ==
        "sections[0].criteria[0].answer.hits.limit: expected no limit: with \"each: false\" one hit counts "
        "as many");
  CHECK(with_answer(hits_answer{-5.0, false, {}}).empty());
  CHECK(with_answer(hits_answer{2.0, true, 3.0}).empty());
}

TEST_CASE("fail rules need something that can fire") {
  rubric_definition form = good();
  auto& rules = form.sections[0].criteria[0].fail;
  rules = {{when_chosen{{"nope"}}}};
  CHECK(problems(form) ==
        "sections[0].criteria[0].fail[0].when.chosen: expected an answer of \"a\" but found \"nope\"");
  rules = {{when_chosen{{"yess"}}}};
  CHECK(problems(form).ends_with("(did you mean \"yes\"?)"));
  rules = {{when_hits{2}}};
  CHECK(problems(form) ==
        "sections[0].criteria[0].fail[0].when: expected \"chosen\", \"below_highest\" or \"below\": this "
        "criterion does not count hits");
  rules = {{when_below{0.0}}};
  CHECK(problems(form) ==
        "sections[0].criteria[0].fail[0].when.below: expected a fraction above 0, at most 1, but found 0");
  rules = {{when_below{0.5}, fail_scope::form, fail_effect::cap, 1.0}};
  CHECK(problems(form) ==
        "sections[0].criteria[0].fail[0].effect.cap: expected a fraction between 0 and 1 but found 1");
  rules.clear();
  form.sections[0].fail = {{when_chosen{{"yes"}}, fail_scope::criterion}};
  CHECK(problems(form) ==
        "sections[0].fail[0].when: expected \"below\", the one trigger that a section has\n"
        "sections[0].fail[0].scope: expected \"section\" or \"form\" but found \"criterion\"");
}

TEST_CASE("a bonus needs a sum to be added to") {
  rubric_definition form = good();
  form.sections[0].criteria[0].bonus = true;
  CHECK(problems(form) ==
        "sections[0].criteria[0].bonus: expected method points or scaled_points: a weighted mean has no "
        "place for a bonus");
}

TEST_CASE("numbers that are not numbers are refused") {
  rubric_definition form = good();
  form.sections[0].criteria[0].weight = std::numeric_limits<double>::quiet_NaN();
  form.sections[0].criteria[1].weight = std::numeric_limits<double>::infinity();
  CHECK(problems(form) ==
        "sections[0].criteria[0].weight: expected a number from 0 to 1000000 but found NaN\n"
        "sections[0].criteria[1].weight: expected a number from 0 to 1000000 but found infinity");
}

TEST_CASE("ids hold no characters that nobody sees") {
  const auto with_id = [](std::string id) {
    rubric_definition form = good();
    form.sections[0].criteria[0].id = std::move(id);
    return problems(form);
  };
  CHECK(with_id("gre\u200Beting") ==
        "sections[0].criteria[0].id: expected an id whose characters can all be seen but found U+200B in "
        "\"gre\u200Beting\"");
  for (const char* unseen : {"a\xC2\x85", "\u00A0a", "a\u00AD", "a\u034F", "\u1160", "a\u2003b", "a\u202E",
                             "a\u3000", "\u3164", "a\uFE0F", "\uFEFFa", "a\U000E0041", "a\U0001D173"})
    CHECK_MESSAGE(with_id(unseen).find("can all be seen but found U+") != std::string::npos, unseen);
  for (const char* seen :
       {"\u00A1", "Grüße", "问候-语", "приветствие", "\U0001F600", "\u0639\u0631", "한국어", "\u2010x"})
    CHECK_MESSAGE(with_id(seen).empty(), seen);
}

TEST_CASE("another step of a scale is not what was probably meant") {
  rubric_definition form = good();
  form.sections[0].criteria[0].answer = scale_answer{1, 15, std::nullopt};
  form.sections[0].criteria[0].fail = {{when_chosen{{"16"}}}};
  CHECK(problems(form) ==
        "sections[0].criteria[0].fail[0].when.chosen: expected an answer of \"a\" but found \"16\"");
  form.sections[0].criteria[0].fail.clear();
  form.sections[0].criteria[1].ask_when =
      condition_definition{condition_kind::answer, {}, "a", condition_match::is, {"16"}};
  CHECK(problems(form) ==
        "sections[0].criteria[1].ask_when.is: expected an answer of \"a\" but found \"16\"");
}
