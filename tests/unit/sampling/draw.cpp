// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling.hpp>

#include "close_to.hpp"
#include "message.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace qa = qascore;
using qascore::test::message;

namespace {
enum class tier { gold = 1, basic };

struct call {
  std::string id, queue;
  tier level;
  std::optional<int> team;
  std::int32_t number;
};

std::vector<call> some_calls() {
  std::vector<call> out;
  for (int i = 0; i < 1000; ++i)
    out.push_back({"c-" + std::to_string(i),
                   i % 10 == 0 ? "chat"
                   : i == 5    ? "mail"
                               : "phone",
                   i % 3 == 0 ? tier::basic : tier::gold, i % 7 == 0 ? std::nullopt : std::optional(i % 2),
                   i});
  return out;
}
} // namespace

TEST_CASE("a plan is made from the caller's structs and drawn from them") {
  const auto calls = some_calls();
  const auto plan =
      qa::allocate(calls, &call::queue, {.size = 400, .min_per_stratum = 5, .strata = {"queue"}});
  REQUIRE(plan.strata().size() == 3);
  CHECK(plan.columns()[0].name == "queue");
  CHECK(plan.strata()[1].labels == std::vector<std::string>{"mail"});
  CHECK(plan.strata()[1].is_certainty());
  CHECK(plan.origin().notes ==
        std::vector<std::string>{"stratum \"mail\" holds 1, less than the minimum 5: it is taken whole"});

  std::map<std::string, std::uint64_t> drawn;
  std::size_t before = 0;
  double total = 0.0;
  for (auto [row, probability] : qa::draw(calls, &call::id, &call::queue, plan, qa::seed{20260101})) {
    CHECK((drawn.empty() || row > before));
    before = row;
    ++drawn[calls[row].queue];
    total += 1.0 / probability;
  }
  for (const auto& s : plan.strata())
    CHECK(drawn[s.labels[0]] == s.sample_size);
  CHECK(qa::test::close_to(total, 1000.0, 1e-12)); // design weights add up to the population
}

TEST_CASE(
    "strata may be several columns: by(...), a tuple or a pair; text, numbers, enumerations, optional ones") {
  const auto calls = some_calls();
  const qa::allocation_options options{.size = 100, .missing = qa::missing_stratum::own};
  const auto by = qa::allocate(calls, qa::by(&call::queue, &call::level, &call::team), options);
  const auto tuple = qa::allocate(
      calls, [](const call& c) { return std::tuple(c.queue, c.level, c.team); }, options);
  CHECK(by == tuple);
  CHECK(by.columns()[1] == qa::strata_column{"stratum_2", qa::label_kind::integer});
  CHECK(by.strata().front().labels == std::vector<std::string>{"chat", "1", "0"});
  CHECK(by.strata().back().labels == std::vector<std::string>{"phone", "2", "(missing)"});
  const auto pair = qa::allocate(
      calls, [](const call& c) { return std::pair(c.queue, c.level == tier::gold); }, options);
  CHECK(pair.columns()[1].kind == qa::label_kind::boolean);
  CHECK(pair.strata()[0].labels == std::vector<std::string>{"chat", "false"});
  CHECK(qa::draw(calls, &call::id, qa::by(&call::queue, &call::level, &call::team), by, qa::seed{1}).size() ==
        100);
}

TEST_CASE("integer strata are ordered as numbers") {
  const std::vector<int> rows{10, 9, 2, 10, 2};
  const auto plan = qa::allocate(rows, std::identity{}, {.size = 5});
  CHECK(plan.strata()[0].labels[0] == "2");
  CHECK(plan.strata()[2].labels[0] == "10");
}

TEST_CASE(
    "the draw does not depend on the order of rows, the container, threads or a round trip of the plan") {
  auto calls = some_calls();
  const auto strata = qa::by(&call::queue, &call::level);
  const auto plan = qa::allocate(calls, strata, {.rate = 0.2});
  std::set<std::string> first;
  for (const auto& unit : qa::draw(calls, &call::id, strata, plan, qa::seed{5}))
    first.insert(calls[unit.row].id);
  std::reverse(calls.begin(), calls.end());
  std::rotate(calls.begin(), calls.begin() + 333, calls.end());
  const std::deque<call> other(calls.begin(), calls.end());
  const auto read = qa::sampling_plan::from_json(qa::to_json(plan));
  std::set<std::string> second;
  for (const auto& unit : qa::draw(other, &call::id, strata, read, qa::seed{5}, {.threads = 3}))
    second.insert(other[unit.row].id);
  CHECK(first == second);
  std::set<std::string> another_seed;
  for (const auto& unit : qa::draw(calls, &call::id, strata, plan, qa::seed{6}))
    another_seed.insert(calls[unit.row].id);
  CHECK(first != another_seed);
}

TEST_CASE("ids of any integer type, text made on the fly, and row numbers can be drawn by") {
  const auto calls = some_calls();
  const auto plan = qa::allocate(calls, &call::queue, {.size = 50});
  const auto narrow = qa::draw(calls, &call::number, &call::queue, plan, qa::seed{2});
  const auto wide = qa::draw(
      calls, [](const call& c) { return static_cast<std::uint64_t>(c.number); }, &call::queue, plan,
      qa::seed{2});
  CHECK(narrow == wide);
  CHECK(narrow == qa::draw(calls, qa::row_number, &call::queue, plan, qa::seed{2}));
  const auto text = qa::draw(calls, &call::id, &call::queue, plan, qa::seed{2});
  const auto made = qa::draw(
      calls, [](const call& c) { return "c-" + std::to_string(c.number); }, &call::queue, plan, qa::seed{2});
  CHECK(text == made);
  CHECK(text != narrow);
  // The id 7 and the text "7" are different ids.
  CHECK(qa::draw(
            calls, [](const call& c) { return std::to_string(c.number); }, &call::queue, plan, qa::seed{2}) !=
        narrow);
}

TEST_CASE("a plan used on other data is refused with the stratum and both counts") {
  const auto calls = some_calls();
  const auto plan = qa::allocate(calls, &call::queue, {.size = 50});
  const auto draw = [&](const std::vector<call>& data) {
    return message([&] { qa::draw(data, &call::id, &call::queue, plan, qa::seed{1}); });
  };
  auto changed = calls;
  changed.pop_back();
  CHECK(draw(changed) ==
        "plan: stratum \"phone\" held 899 conversations when the plan was made but holds 898 in the "
        "data; allocate anew");
  changed = calls;
  changed[3].queue = "phome";
  CHECK(draw(changed) ==
        "plan: stratum \"phome\", 1 conversations, is in the data but not in the plan (did you mean "
        "\"phone\"?)");
  CHECK(draw({}) ==
        "plan: stratum \"chat\" held 100 conversations when the plan was made but holds 0 in the data; "
        "allocate anew");
  CHECK(message([&] { qa::draw(calls, &call::id, qa::by(&call::queue, &call::level), plan, qa::seed{1}); }) ==
        "plan: expected 1 strata columns but found 2");
}

TEST_CASE("repeated ids are refused, named with their rows, also where none of them would be drawn") {
  auto calls = some_calls();
  const auto plan = qa::allocate(calls, &call::queue, {.size = 3});
  calls[3].id = "c-77";
  calls[9].id = "c-1";
  CHECK(message([&] { qa::draw(calls, &call::id, &call::queue, plan, qa::seed{1}); }) ==
        "id: expected every id once but 2 rows repeat one: \"c-1\" in rows 1 and 9; \"c-77\" in rows 3 and "
        "77; rows "
        "count from 0");
  for (auto& c : calls)
    c.number = 8;
  CHECK(message([&] { qa::draw(calls, &call::number, &call::queue, plan, qa::seed{1}); }) ==
        "id: expected every id once but 999 rows repeat one: 8 in rows 0 and 1; 8 in rows 0 and 2; 8 in rows "
        "0 and 3; 8 "
        "in rows 0 and 4; 8 in rows 0 and 5; ...; rows count from 0");
}

TEST_CASE("missing strata are refused with their number, or become a stratum of their own") {
  const auto calls = some_calls();
  CHECK(message([&] { qa::allocate(calls, &call::team, {.size = 9, .strata = {"team"}}); }) ==
        "strata column \"team\": 143 of 1000 rows have no label; drop them, or make them a stratum of their "
        "own "
        "(missing_stratum: own)");
  const auto plan = qa::allocate(calls, &call::team, {.size = 9, .missing = qa::missing_stratum::own});
  CHECK(plan.strata().back().labels == std::vector<std::string>{"(missing)"});
  CHECK(qa::draw(calls, &call::id, &call::team, plan, qa::seed{1}).size() == 9);
  const std::vector<std::optional<std::string>> clash{"(missing)", std::nullopt};
  CHECK_THROWS_AS(qa::allocate(clash, std::identity{}, {.size = 1, .missing = qa::missing_stratum::own}),
                  qa::data_error);
}

TEST_CASE("a simple random sample needs no strata") {
  const auto calls = some_calls();
  const auto plan = qa::allocate(calls, {.size = 25});
  CHECK(plan.columns().empty());
  CHECK(qa::sampling_plan::from_json(qa::to_json(plan)) == plan);
  const auto drawn = qa::draw(calls, &call::id, plan, qa::seed{1});
  CHECK(drawn.size() == 25);
  CHECK(drawn.front().inclusion_probability == 0.025);
  CHECK(drawn == qa::draw(
                     calls, &call::id, [](const call&) { return 0; },
                     qa::allocate(calls, [](const call&) { return 0; }, {.size = 25}), qa::seed{1}));
  CHECK(message([&] { qa::draw(calls, &call::id, &call::queue, plan, qa::seed{1}); }) ==
        "plan: expected 0 strata columns but found 1");
}

TEST_CASE(
    "strata of the data are found in a plan that lists them in another order, or empty ones beside them") {
  const auto calls = some_calls();
  const auto plan = qa::allocate(calls, &call::queue, {.size = 60});
  std::vector<qa::planned_stratum> strata(plan.strata().rbegin(), plan.strata().rend());
  strata.insert(strata.begin(), {.labels = {"fax"}});
  const qa::sampling_plan other(plan.columns(), strata, plan.origin());
  CHECK(qa::draw(calls, &call::id, &call::queue, other, qa::seed{3}) ==
        qa::draw(calls, &call::id, &call::queue, plan, qa::seed{3}));
}

TEST_CASE("a plan of another random number format is refused") {
  const auto calls = some_calls();
  std::string text = qa::to_json(qa::allocate(calls, &call::queue, {.size = 50}));
  text.replace(text.find("mix13-1"), 7, "mix99-1");
  const auto plan = qa::sampling_plan::from_json(text);
  CHECK(message([&] { qa::draw(calls, &call::id, &call::queue, plan, qa::seed{1}); }) ==
        "plan: its random numbers are \"mix99-1\" but this version has only \"mix13-1\"");
}
