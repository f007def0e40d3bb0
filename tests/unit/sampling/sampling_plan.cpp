// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/sampling_plan.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace qa = qascore;

namespace {
qa::sampling_plan example() {
  qa::plan_origin origin;
  origin.method = qa::allocation_method::neyman;
  origin.rate = 0.1;
  origin.std_error = 0.30000000000000004;
  origin.quotas = {{"tier", "-3", 7}};
  origin.notes = {"a \"note\"\twith\nall sorts \\ of \x01 characters"};
  return {{{"queue", qa::label_kind::text}, {"tier", qa::label_kind::integer}},
          {{.labels = {"\u6295\u8bc9", "-3"},
            .population = 7,
            .sample_size = 7,
            .target = 6.9999999999999991,
            .minimum = 1,
            .maximum = 7},
           {.labels = {"phone", "12"},
            .population = std::numeric_limits<std::uint32_t>::max(),
            .sample_size = 3,
            .target = 1.0 / 3.0,
            .minimum = 0,
            .maximum = 9}},
          std::move(origin)};
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string problem(const std::string& text) {
  try {
    qa::sampling_plan::from_json(text, "plan.json");
  } catch (const qa::error& e) {
    return e.what();
  }
  return "no error";
}
} // namespace

TEST_CASE("a plan goes to JSON and back without loss") {
  const auto plan = example();
  CHECK(qa::sampling_plan::from_json(qa::to_json(plan)) == plan);
  const auto drawn = plan.with_draw(qa::seed{std::numeric_limits<std::uint64_t>::max()}, qa::id_kind::row);
  const auto again = qa::sampling_plan::from_json(qa::to_json(drawn));
  CHECK(again == drawn);
  CHECK(again.recorded_draw()->start.value() == std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(again == plan);
  CHECK(qa::to_json(again) == qa::to_json(drawn));
  qa::plan_draw how{.start = qa::seed{3}, .id = qa::id_kind::text};
  how.method = qa::draw_method::poisson;
  how.size_measure = "handle \"time\"";
  how.order_by = "start";
  how.targets = {{"escalated", 0.30000000000000004, {}}, {"risk", {}, 12}};
  how.without_chance = 5;
  const auto mixed = qa::sampling_plan::from_json(qa::to_json(plan.with_draw(how)));
  CHECK(mixed == plan.with_draw(how));
  CHECK(*mixed.recorded_draw() == how);
  CHECK_FALSE(mixed.recorded_draw()->is_poisson()); // one part is of a fixed size
  how.from = 0.1;
  how.down = true;
  how.earlier = qa::plan_earlier{qa::coordination::avoid, qa::to_json(again)};
  const auto turned = qa::sampling_plan::from_json(qa::to_json(plan.with_draw(how)));
  CHECK(*turned.recorded_draw() == how);
  CHECK(qa::sampling_plan::from_json(turned.recorded_draw()->earlier->plan) == again);
  auto numbered = how;
  numbered.start = qa::seed{0};
  numbered.random_numbers = "u";
  CHECK(qa::to_json(plan.with_draw(numbered)).find("\"seed\": null") != std::string::npos);
  CHECK(*qa::sampling_plan::from_json(qa::to_json(plan.with_draw(numbered))).recorded_draw() == numbered);
  const std::string text = qa::to_json(plan.with_draw(how));
  CHECK(problem(changed(text, "\"start\": 0.1", "\"start\": 1")) ==
        "plan.json.draw.start: expected a number from 0 to below 1 but found the number 1");
  CHECK(problem(changed(text, "\"direction\": \"down\"", "\"direction\": \"left\"")) ==
        "plan.json.draw.direction: expected one of up, down but found \"left\"");
  CHECK(problem(changed(text, "\"random_numbers\": null", "\"random_numbers\": \"u\"")) ==
        "plan.json.draw.seed: expected null, as random_numbers are named but found \"3\"");
  // What version 3 wrote began at 0, went up, and avoided or kept nothing.
  const std::string third = changed(
      changed(changed(qa::to_json(mixed), "\"format_version\": 4", "\"format_version\": 3"),
              "\"start\": 0, \"direction\": \"up\", \"random_numbers\": null, ", ""),
      ", \"earlier\": null", "");
  CHECK(*qa::sampling_plan::from_json(third).recorded_draw() == *mixed.recorded_draw());
  how.targets.pop_back();
  CHECK(how.is_poisson());
  CHECK_FALSE(how.is_simple());
  CHECK(again.recorded_draw()->is_simple());
  const auto made_for = plan.with_content({qa::id_kind::text, std::numeric_limits<std::uint64_t>::max()});
  CHECK(qa::sampling_plan::from_json(qa::to_json(made_for)) == made_for);
  CHECK_FALSE(made_for == plan);
  qa::plan_origin origin;
  origin.method = qa::allocation_method::power;
  origin.power = 1.0 / 3.0;
  origin.budget = 1e300;
  const qa::sampling_plan other({}, {{.labels = {}, .population = 3, .sample_size = 1}}, origin);
  CHECK(qa::sampling_plan::from_json(qa::to_json(other)) == other);
}

TEST_CASE("a plan that the first version of the format wrote is still read") {
  const auto plan = qa::sampling_plan::from_json(R"({
  "format": "qascore sampling plan",
  "format_version": 1,
  "library_version": "0.1.0",
  "method": "counts",
  "rounding": "largest_remainder",
  "rate": null,
  "random_numbers": "mix13-1",
  "draw": {"seed": "20260101", "id": "integer"},
  "notes": [],
  "strata_columns": [{"name": "queue", "kind": "text"}],
  "strata": [
    {"labels": ["chat"], "population": 300, "sample_size": 30, "target": 30, "minimum": 30, "maximum": 30}
  ]
})");
  CHECK(plan.origin().method == qa::allocation_method::counts);
  CHECK(plan.strata()[0].sample_size == 30);
  CHECK(plan.recorded_draw()->start.value() == 20260101);
  CHECK_FALSE(plan.recorded_content());
  CHECK(plan.origin().quotas.empty());
}

TEST_CASE("a plan knows its probabilities, totals and certainty strata") {
  const auto plan = example();
  CHECK(plan.population_size() == 7 + std::uint64_t{std::numeric_limits<std::uint32_t>::max()});
  CHECK(plan.sample_size() == 10);
  CHECK(plan.strata()[0].is_certainty());
  CHECK(plan.strata()[0].inclusion_probability() == 1.0);
  CHECK(plan.strata()[1].inclusion_probability() == 3.0 / 4294967295.0);
  CHECK(plan.strata()[1].design_weight() == 4294967295.0 / 3.0);
  CHECK(plan.find(std::vector<std::string>{"phone", "12"}) == 1);
  CHECK_FALSE(plan.find(std::vector<std::string>{"phone", "13"}));
}

TEST_CASE("a plan prints as a table") {
  CHECK(qa::to_text(
            qa::sampling_plan({{"queue", qa::label_kind::text}},
                              {{.labels = {"chat"}, .population = 300, .sample_size = 30, .target = 30},
                               {.labels = {"\u6295\u8bc9"}, .population = 4, .sample_size = 4, .target = 4}},
                              {.notes = {"a note"}})) ==
        "queue  population  sample_size  inclusion_probability\n"
        "chat          300           30                    0.1\n"
        "\u6295\u8bc9            4            4                      1  certainty\n"
        "34 of 304 conversations, proportional allocation\n"
        "note: a note\n");
}

TEST_CASE("a plan that contradicts itself cannot be made") {
  using strata = std::vector<qa::planned_stratum>;
  const auto make = [](strata s) {
    return qa::sampling_plan({{"queue", qa::label_kind::text}}, std::move(s), {});
  };
  CHECK_THROWS_AS(make({}), qa::design_error);
  CHECK_THROWS_WITH_AS(
      make({{.labels = {"a"}, .population = 3, .sample_size = 4}}),
      "sampling plan: stratum \"a\": expected a sample_size of at most 3, its population, but found 4",
      qa::design_error);
  CHECK_THROWS_WITH_AS(
      make({{.labels = {"a"}, .population = 3, .sample_size = 1}, {.labels = {"a"}, .population = 3}}),
      "sampling plan: stratum \"a\" stands twice", qa::design_error);
  CHECK_THROWS_AS(make({{.labels = {"a", "b"}, .population = 3, .sample_size = 1}}), qa::design_error);
  CHECK_THROWS_WITH_AS(make({{.labels = {"a"}, .population = 3}}), "sampling plan: nothing is to be drawn",
                       qa::design_error);
}

TEST_CASE("text that is not a plan is refused with the place and what was expected there") {
  const std::string good = qa::to_json(example());
  CHECK(problem("") == "plan.json:1:1: expected a value but found the end of the text");
  CHECK(problem(good + "x") == "plan.json:22:1: expected the end of the text but found \"x\"");
  CHECK(problem(good.substr(0, good.size() / 2)).find("but found the end of the text") != std::string::npos);
  CHECK(problem("[1]") == "plan.json: expected an object but found a list");
  CHECK(problem(changed(good, "\"rate\"", "\"raet\"")) ==
        "plan.json: unknown key \"raet\" (did you mean \"rate\"?)");
  CHECK(problem(changed(good, "\"rate\": 0.1,", "")) == "plan.json: key \"rate\" is missing");
  CHECK(problem(changed(good, "\"rate\": 0.1", "\"rate\": 0.1, \"rate\": 0.2"))
            .find("expected each key once") != std::string::npos);
  CHECK(problem(changed(good, "\"neyman\"", "\"naiman\"")) ==
        "plan.json.method: expected one of proportional, equal, neyman, measure, rates, counts, power but "
        "found "
        "\"naiman\"");
  CHECK(problem(changed(good, "\"sample_size\": 3", "\"sample_size\": 3.5")) ==
        "plan.json.strata[1].sample_size: expected a whole number >= 0 but found the number 3.5");
  CHECK(problem(changed(good, "\"sample_size\": 3", "\"sample_size\": -3")) ==
        "plan.json.strata[1].sample_size: expected a whole number >= 0 but found the number -3");
  CHECK(problem(changed(good, "\"sample_size\": 7", "\"sample_size\": 8"))
            .find("expected a sample_size of at most 7") != std::string::npos);
  CHECK(problem(changed(good, "\"format_version\": 4", "\"format_version\": 5")) ==
        "plan.json.format_version: expected 1, 2, 3 or 4; a later version of the library wrote this plan but "
        "found "
        "the "
        "number 5");
  CHECK(problem(changed(good, "\"format_version\": 4", "\"format_version\": 1"))
            .find("unknown key \"budget\"") != std::string::npos);
  CHECK(problem(changed(good, "\"rate\": 0.1", "\"rate\": 01")) ==
        "plan.json:7:11: expected a value but found \"01,\n  \"budge\"");
}

TEST_CASE("hostile JSON is bounded") {
  CHECK(problem(std::string(100'000, '[')).find("expected at most 32 levels") != std::string::npos);
  CHECK(problem("\"\\ud800\"").find("expected the second half of a surrogate pair") != std::string::npos);
  CHECK(problem("\"\\q\"").find("expected an escape") != std::string::npos);
  CHECK(problem("\"\n\"").find("expected the end of the string") != std::string::npos);
  CHECK(problem("1e").find("expected a digit") != std::string::npos);
  // Every prefix and every single changed byte of a good plan is either a plan or an error of a documented
  // kind.
  const std::string good = qa::to_json(example());
  for (std::size_t i = 0; i < good.size(); ++i) {
    problem(good.substr(0, i));
    for (const char c : {'\0', '"', '9', '{', '\xff'}) {
      std::string bad = good;
      bad[i] = c;
      problem(bad);
    }
  }
}
