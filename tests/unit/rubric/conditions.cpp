// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Criteria and sections that are asked only when a condition holds.
#include "close_to.hpp"
#include "forms.hpp"

#include <qascore/kernel/scoring_many.hpp>

#include <bit>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;
using qascore::test::refusal;
using qascore::test::sum_of_contributions;

namespace {

const std::string head = "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: points}\nsections:\n";

std::string asking(const std::string& condition) {
  return refusal(head +
                 "  - {id: s, criteria: [{id: a, answer: yes_no, not_applicable: true}, "
                 "{id: n, answer: {number: {ranges: [{points: 1}]}}}, {id: b, answer: yes_no,\n"
                 "     ask_when: " +
                 condition + "}]}\n");
}

/// The truth of a condition by its definition, independent of the steps of the kernel.
bool holds(const condition_definition& condition, const answers& given) {
  const auto held = [&](const condition_definition& part) { return holds(part, given); };
  switch (condition.what) {
  case condition_kind::all:
    return std::ranges::all_of(condition.parts, held);
  case condition_kind::any:
    return std::ranges::any_of(condition.parts, held);
  case condition_kind::negation:
    return !held(condition.parts[0]);
  default:
    const auto at = given.find(condition.of);
    return at != given.end() && std::ranges::find(condition.values, at->second) != condition.values.end();
  }
}

condition_definition random_condition(std::mt19937& bits, int below_id, int depth) {
  condition_definition out;
  const unsigned kind = static_cast<unsigned>(bits() % (depth > 2 ? 2 : 5));
  if (kind <= 1) {
    out.what = kind == 0 && below_id > 0 ? condition_kind::answer : condition_kind::field;
    out.of = out.what == condition_kind::answer
                 ? "c" + std::to_string(bits() % static_cast<unsigned>(below_id))
                 : "kind";
    out.values = out.what == condition_kind::answer ? std::vector<std::string>{bits() % 2 ? "yes" : "no"}
                                                    : std::vector<std::string>{bits() % 2 ? "new" : "old"};
    return out;
  }
  out.what = kind == 2 ? condition_kind::all : kind == 3 ? condition_kind::any : condition_kind::negation;
  for (unsigned i = 0; i < (kind == 4 ? 1 : 1 + bits() % 3); ++i)
    out.parts.push_back(random_condition(bits, below_id, depth + 1));
  return out;
}

} // namespace

TEST_CASE(
    "a criterion that is not asked leaves its weight to the others, whatever the rule for not applicable") {
  for (const char* policy : {"redistribute", "full_marks", "zero"}) {
    const rubric r = form(std::string("{method: weighted, not_applicable: ") + policy + "}",
                          "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, weight: 3, answer: yes_no, "
                          "ask_when: {criterion: a, is: [\"no\"]}}, {id: c, answer: yes_no}]}]");
    // Asked: (0 + 3 * 1 + 1) / 5. Not asked: (1 + 0) / 2.
    CHECK(score(r, answers{{"a", "no"}, {"b", "yes"}, {"c", "yes"}}).score == 0.8);
    const auto without = score(r, answers{{"a", "yes"}, {"c", "no"}});
    CHECK(without.score == 0.5);
    CHECK(without.criteria[1].state == criterion_state::not_asked);
    CHECK(without.criteria[1].applied_weight == 0.0);
    CHECK(without.criteria[2].applied_weight == 0.5);
    CHECK(without.missing.empty());
    CHECK(sum_of_contributions(without) == 0.5);
    CHECK(explain(without, "en").find("- b: not asked, as its condition does not hold") != std::string::npos);
    CHECK(explain(without, "zh-CN").find("- b：条件不成立，未考核") != std::string::npos);
  }
}

TEST_CASE("the four states without a value stand apart") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no, not_applicable: true}, "
           "{id: c, answer: yes_no, ask_when: {criterion: a, is: [\"no\"]}}, {id: d, answer: yes_no}, "
           "{id: e, answer: text}]}]");
  const auto result = score(r, answers{{"a", "yes"}, {"b", "not_applicable"}, {"e", "words"}},
                            {.when_unanswered = unanswered::leave_out});
  CHECK(to_string(result.criteria[1].state) == "not_applicable");
  CHECK(to_string(result.criteria[2].state) == "not_asked");
  CHECK(to_string(result.criteria[3].state) == "unanswered");
  CHECK(to_string(result.criteria[4].state) == "excluded");
  CHECK(result.missing == std::vector<std::string_view>{"d"});
}

TEST_CASE("an answer to what is not asked is an error that names it, or ignored on request") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no, "
                               "ask_when: {criterion: a, is: \"no\"}}]}]");
  const answers surplus = {{"a", "yes"}, {"b", "no"}};
  CHECK_THROWS_WITH_AS(score(r, surplus),
                       "b: expected no answer, since its condition does not hold, but found one",
                       rubric_error);
  const auto result = score(r, surplus, {.when_unasked = unasked::ignore});
  CHECK(result.score == 1.0);
  CHECK(result.criteria[1].state == criterion_state::not_asked);
}

TEST_CASE(
    "a condition on a criterion that is not asked is false, through chains and towards earlier criteria") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: d, answer: yes_no, ask_when: {criterion: c, is: \"no\"}}, "
           "{id: a, answer: yes_no}, {id: b, answer: yes_no, ask_when: {criterion: a, is: \"no\"}}, "
           "{id: c, answer: yes_no, ask_when: {criterion: b, is: \"no\"}}, "
           "{id: e, answer: yes_no, ask_when: {not: {criterion: b, is: \"no\"}}}]}]");
  const auto all = score(r, answers{{"a", "no"}, {"b", "no"}, {"c", "no"}, {"d", "yes"}});
  CHECK(all.score == 0.25);
  // b is not asked: its test is false, so c and d are not asked either, and e is.
  const auto none = score(r, answers{{"a", "yes"}, {"b", "no"}, {"c", "no"}, {"d", "no"}, {"e", "yes"}},
                          {.when_unasked = unasked::ignore});
  CHECK(none.score == 1.0);
  CHECK(none.criteria[0].state == criterion_state::not_asked);
  CHECK(none.criteria[3].state == criterion_state::not_asked);
}

TEST_CASE("a section is asked as a whole, and its weight goes to the other sections") {
  const rubric r =
      form("{method: weighted, weights: section}",
           "[{id: always, weight: 1, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no}]}, "
           "{id: complaint, weight: 3, ask_when: {field: service_type, is: [complaint, claim]}, "
           "criteria: [{id: c, answer: yes_no}, {id: d, answer: yes_no, ask_when: {criterion: c, is: "
           "\"yes\"}}, {id: note, answer: text}]}]");
  using fields = std::map<std::string, std::string>;
  const answers given = {{"a", "yes"}, {"b", "no"}, {"c", "yes"}, {"d", "no"}};
  CHECK(score(r, given, fields{{"service_type", "claim"}, {"queue", "3"}}).score == 0.5);
  const auto sale = score(r, answers{{"a", "yes"}, {"b", "no"}}, fields{{"service_type", "sale"}});
  CHECK(sale.score == 0.5);
  CHECK(!sale.sections[1].score);
  CHECK(sale.criteria[4].state == criterion_state::not_asked);
  // A field without a value holds for nothing.
  CHECK(score(r, answers{{"a", "yes"}, {"b", "yes"}}, fields{{"service_type", ""}}).score == 1.0);
  CHECK_THROWS_WITH_AS(score(r, given),
                       "service_type: expected this field of the conversation but found none", rubric_error);
}

TEST_CASE("fail rules and the critical score see only what is asked") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no, critical: true, "
           "ask_when: {criterion: a, is: \"no\"}, fail: [{when: {chosen: \"no\"}, scope: form, effect: "
           "zero}]}]}]");
  const auto ignored = score(r, answers{{"a", "yes"}, {"b", "no"}}, {.when_unasked = unasked::ignore});
  CHECK(ignored.score == 1.0);
  CHECK(ignored.fail_rules.empty());
  CHECK(!ignored.critical_score);
  CHECK(score(r, answers{{"a", "no"}, {"b", "no"}}).fail_rules.size() == 1);
}

TEST_CASE("faults of conditions are found when the form is loaded") {
  CHECK(asking("{criterion: a, is: [\"yes\", not_applicable]}").empty());
  CHECK(asking("{criterion: x, is: \"yes\"}") ==
        "form.yaml:7:28: sections[0].criteria[2].ask_when.criterion: expected a criterion of this form but "
        "found "
        "\"x\"");
  CHECK(
      asking("{criterion: a, is: [ja]}").find("ask_when.is: expected an answer of \"a\" but found \"ja\"") !=
      std::string::npos);
  CHECK(asking("{criterion: n, is: 1}").find("expected a criterion with answers to choose from") !=
        std::string::npos);
  CHECK(asking("{criterion: a}").find("ask_when.is: expected the key \"is\" but found none") !=
        std::string::npos);
  CHECK(asking("{field: a, is: [x]}").find("found \"a\", which is a criterion (write \"criterion\")") !=
        std::string::npos);
  CHECK(asking("{any: []}") ==
        "form.yaml:7:22: sections[0].criteria[2].ask_when.any: expected at least one condition but found 0");
  CHECK(asking("{any: [], all: []}").find("expected one of all, any, not, criterion or field but found 2") !=
        std::string::npos);
  CHECK(asking("{not: {field: f, is: x}, is: y}")
            .find("expected \"is\" beside \"criterion\" or \"field\" only") != std::string::npos);
  CHECK(asking("{criterion: b, is: \"yes\"}")
            .find("ask_when: expected conditions without a circle but found that "
                  "\"b\" hangs on \"b\"") != std::string::npos);
  std::string deep = "{field: f, is: x}";
  for (int i = 0; i < 8; ++i)
    deep = "{not: " + deep + "}";
  CHECK(asking(deep).find("expected conditions at most 8 deep") != std::string::npos);
}

TEST_CASE("a circle through a section is found") {
  CHECK(refusal(head +
                "  - {id: s, ask_when: {criterion: b, is: \"yes\"}, criteria: [{id: a, answer: yes_no}]}\n"
                "  - {id: t, criteria: [{id: b, answer: yes_no, ask_when: {criterion: a, is: \"no\"}}]}\n") ==
        "form.yaml:6:23: sections[0].ask_when: expected conditions without a circle but found that \"a\" "
        "hangs on "
        "\"b\" hangs on \"a\"");
}

TEST_CASE("a condition that can never be true is found, also through other conditions") {
  CHECK(asking("{all: [{criterion: a, is: \"yes\"}, {criterion: a, is: \"no\"}]}") ==
        "form.yaml:7:16: sections[0].criteria[2].ask_when: expected a condition that can be true but found "
        "one that "
        "never is: the criterion is never asked");
  CHECK(
      asking("{all: [{field: f, is: x}, {not: {any: [{field: f, is: [x, y]}, {criterion: a, is: \"no\"}]}}]}")
          .find("never is") != std::string::npos);
  CHECK(asking("{all: [{field: f, is: [x, z]}, {not: {field: f, is: [x, y]}}]}").empty());
  const std::string chain = refusal(
      head +
      "  - {id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no, ask_when: {criterion: a, is: "
      "\"yes\"}}, {id: c, answer: yes_no, ask_when: {all: [{criterion: b, is: \"no\"}, {criterion: a, is: "
      "\"no\"}]}}]}\n");
  CHECK(chain.find("criteria[2].ask_when: expected a condition that can be true") != std::string::npos);
  // Within a section that is never asked there is one problem, not one per criterion.
  const std::string section = refusal(
      head +
      "  - {id: s, criteria: [{id: a, answer: yes_no}]}\n  - {id: t, ask_when: {not: {not: {all: [{field: f, "
      "is: x}, {not: {field: f, is: x}}]}}}, criteria: [{id: b, answer: yes_no, ask_when: {criterion: a, is: "
      "\"no\"}}]}\n");
  CHECK(section.find("the section is never asked") != std::string::npos);
  CHECK(section.find('\n') == std::string::npos);
}

TEST_CASE("a form without conditions keeps its hash; a condition changes it") {
  const auto hash = [](const std::string& condition) {
    return form("{method: points}",
                "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no" + condition + "}]}]")
        .content_hash();
  };
  // SHA-256 of the canonical text without any word of conditions.
  CHECK(hash("") == "173bfec009d8044d7e6fd6ff29bacd47b0d9c0d392662e33a238d0c4b4c1e5ad");
  CHECK(hash(", ask_when: {criterion: a, is: \"no\"}") != hash(""));
  CHECK(hash(", ask_when: {criterion: a, is: \"no\"}") != hash(", ask_when: {criterion: a, is: \"yes\"}"));
  CHECK(hash(", ask_when: {any: [{criterion: a, is: \"no\"}]}") !=
        hash(", ask_when: {all: [{criterion: a, is: \"no\"}]}"));
}

TEST_CASE("random conditions: asked as their definition says, and a batch has the bits of one by one") {
  int not_asked = 0, surplus = 0, forms = 0;
  for (unsigned seed = 0; forms < 60; ++seed) {
    std::mt19937 bits(seed);
    rubric_definition definition;
    definition.id = "random";
    definition.version = "1";
    definition.method = seed % 2 ? scoring_method::weighted : scoring_method::points;
    definition.weights = seed % 4 == 1 ? weights_of::section : weights_of::criterion;
    for (int s = 0; s < 3; ++s) {
      section_definition section;
      section.id = "s" + std::to_string(s);
      if (s > 0 && bits() % 2)
        section.ask_when = random_condition(bits, 4 * s, 1);
      for (int c = 4 * s; c < 4 * s + 4; ++c) {
        criterion_definition one;
        one.id = "c" + std::to_string(c);
        if (definition.method == scoring_method::weighted)
          one.weight = static_cast<double>(1 + bits() % 5);
        one.not_applicable = bits() % 2;
        one.answer = yes_no_answer{};
        if (bits() % 2)
          one.ask_when = random_condition(bits, c, 1);
        if (bits() % 5 == 0)
          one.fail.push_back(
              {when_below_highest{}, static_cast<fail_scope>(bits() % 3), fail_effect::cap, 0.5});
        section.criteria.push_back(std::move(one));
      }
      definition.sections.push_back(std::move(section));
    }
    if (!validate(definition).empty()) // some condition can never be true
      continue;
    ++forms;
    const rubric r(definition);
    const std::size_t rows = 700, inputs = r.plan().inputs;
    std::vector<std::vector<std::uint8_t>> columns(inputs, std::vector<std::uint8_t>(rows));
    auto settled = columns;
    std::vector<double> score(rows), before(rows);
    std::vector<std::uint8_t> flags(rows);
    for (std::size_t row = 0; row < rows; ++row) {
      // Settled by hand: conditions look only at criteria before them.
      const std::string kind = std::vector<std::string>{"new", "old", "other"}[bits() % 3];
      answers so_far = {{"kind", kind}};
      for (std::size_t c = 0; c < 12; ++c) {
        const auto& section = r.definition().sections[c / 4];
        const auto& one = section.criteria[c % 4];
        const bool asked = (!section.ask_when || holds(*section.ask_when, so_far)) &&
                           (!one.ask_when || holds(*one.ask_when, so_far));
        const unsigned draw = static_cast<unsigned>(bits() % 8);
        std::uint8_t code = draw == 0 && one.not_applicable ? kernel::not_applicable_code
                                                            : static_cast<std::uint8_t>(draw % 2);
        settled[c][row] = asked ? code : kernel::not_asked_code;
        if (asked && code < 2)
          so_far[one.id] = code == 0 ? "yes" : "no";
        if (!asked && bits() % 20 != 0)
          code = kernel::unanswered_code;
        columns[c][row] = code;
      }
      if (inputs > 12)
        columns[12][row] = settled[12][row] = code_of(r.fields()[0], kind);
    }
    const std::vector<std::span<const std::uint8_t>> given(columns.begin(), columns.end());
    kernel::score_many(r.plan(), given, {score, before, flags}, 2);
    auto found = columns;
    const std::vector<std::span<std::uint8_t>> to(found.begin(), found.end());
    kernel::settle_many(r.plan(), given, to);
    CHECK(found == settled);
    kernel::scoring_work work;
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<std::uint8_t> codes;
      for (const auto& column : columns)
        codes.push_back(column[row]);
      const auto one = kernel::score_one(r.plan(), codes, work);
      REQUIRE(std::bit_cast<std::uint64_t>(one.score) == std::bit_cast<std::uint64_t>(score[row]));
      REQUIRE(std::bit_cast<std::uint64_t>(one.score_before_fail) ==
              std::bit_cast<std::uint64_t>(before[row]));
      REQUIRE(int{one.flags} == int{flags[row]});
      for (std::size_t c = 0; c < 12; ++c) {
        REQUIRE(int{work.codes[c]} == int{settled[c][row]});
        not_asked += settled[c][row] == kernel::not_asked_code;
      }
      surplus += (one.flags & kernel::flag_not_asked) != 0;
    }
  }
  CHECK(not_asked > 50'000);
  CHECK(surplus > 1000);
}

TEST_CASE("nobody answers \"not asked\": its code is not allowed where the criterion is asked") {
  const rubric r =
      form("{method: points}", "[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, answer: yes_no, "
                               "ask_when: {criterion: a, is: \"no\"}}]}]");
  kernel::scoring_work work;
  CHECK(int{kernel::score_one(r.plan(), std::vector<std::uint8_t>{1, 253}, work).flags} ==
        int{kernel::flag_not_allowed});
  CHECK(kernel::score_one(r.plan(), std::vector<std::uint8_t>{0, 253}, work).score == 1.0);
  CHECK(int{kernel::score_one(r.plan(), std::vector<std::uint8_t>{253, 255}, work).flags} ==
        int{kernel::flag_not_allowed});
}

TEST_CASE("a truth value of the conversation is what a form writes as true, however either is written") {
  for (const char* written : {"true", "True", "\"TRUE\"", "[true, 3]", "[\"true\", \"True\"]"}) {
    const rubric r =
        form("{method: points}", std::string("[{id: s, criteria: [{id: a, answer: yes_no}, {id: b, "
                                             "answer: yes_no, ask_when: {field: vip, is: ") +
                                     written + "}}]}]");
    const answers given = {{"a", "yes"}, {"b", "no"}};
    const score_options ignoring{.when_unasked = unasked::ignore};
    INFO(written);
    for (const char* text : {"true", "True", "TRUE", "tRUE"})
      CHECK(score(r, given, answers{{"vip", text}}, ignoring).score == 0.5);
    for (const char* text : {"false", "", "yes", "1", "truer", "tru"})
      CHECK(score(r, given, answers{{"vip", text}}, ignoring).score == 1.0);
    CHECK(score(r, given, std::map<std::string, bool>{{"vip", true}}, ignoring).score == 0.5);
    CHECK(score(r, given, std::map<std::string, bool>{{"vip", false}}, ignoring).score == 1.0);
    using maybe = std::map<std::string, std::optional<bool>>;
    CHECK(score(r, given, maybe{{"vip", true}}, ignoring).score == 0.5);
    CHECK(score(r, given, maybe{{"vip", std::nullopt}}, ignoring).score == 1.0);
  }
}

TEST_CASE("one truth value written in two ways is one value") {
  const rubric r =
      form("{method: points}",
           "[{id: s, criteria: [{id: a, answer: yes_no, ask_when: {all: [{field: vip, is: true}, "
           "{field: vip, is: \"True\"}]}}, {id: b, answer: yes_no}]}]");
  REQUIRE(r.fields().size() == 1);
  CHECK(r.fields()[0].values == std::vector<std::string>{"true"});
  CHECK(score(r, answers{{"a", "no"}, {"b", "yes"}}, answers{{"vip", "TRUE"}}).score == 0.5);
}

TEST_CASE("a field is not tested for empty text, which is a missing value") {
  CHECK(asking("{not: {field: kind, is: \"\"}}")
            .find("ask_when.not.is: expected a value of the field \"kind\" but found "
                  "empty text, which is a missing value: no condition holds "
                  "for it") != std::string::npos);
}

TEST_CASE("a number that a condition names is written as it is compared") {
  CHECK(asking("{field: kind, is: [2.50, 3]}")
            .find("is[0]: expected 2.5 but found \"2.50\" (the number; write it in "
                  "quotes to mean the text)") != std::string::npos);
  for (const char* fine : {"2.5", "\"2.50\"", "12345678901234567890", "010", "1e", "v1.0"})
    CHECK(asking(std::string("{field: kind, is: ") + fine + "}").empty());
}
