// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Numbers that a metric of the conversation fills in, and dates.
#include "forms.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace qascore;
using qascore::test::answers;
using qascore::test::form;
using qascore::test::refusal;
using metrics = std::map<std::string, double>;

namespace {
const std::string sections = "[{id: s, criteria: [{id: polite, answer: yes_no}, {id: handle, answer: "
                             "{number: {from: metric.handle_s, ranges: "
                             "[{to: 180, points: 2}, {to: 300, points: 1}, {points: 0}]}}}, {id: "
                             "interruptions, ask_when: {criterion: polite, "
                             "is: \"yes\"}, answer: {number: {from: metric.interruptions, ranges: [{to: 0, "
                             "points: 1}, {points: 0}]}}}]}]";

std::string number(const std::string& keys) {
  return refusal(
      "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: points}\nsections: [{id: s, criteria: [{id: b, "
      "answer: yes_no}, {id: a, answer: {number:\n" +
      keys + "}}]}]\n");
}
} // namespace

TEST_CASE("a metric fills a number in: 200 s earn 1 of 2 points") {
  const rubric r = form("{method: points}", sections);
  const auto result = score(r, answers{{"polite", "yes"}},
                            metrics{{"handle_s", 200.0}, {"interruptions", 0.0}, {"other", 7.0}});
  CHECK(result.score == 3.0 / 4.0);
  CHECK(result.criteria[1].earned == 1.0);
  CHECK(r.criteria()[1].metric() == "handle_s");
  CHECK(r.criteria()[0].metric().empty());
}

TEST_CASE("a metric that is missing is an answer that is missing") {
  const rubric r = form("{method: points}", sections);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH_AS(score(r, answers{{"polite", "yes"}}, metrics{{"interruptions", 0.0}}),
                       "handle: expected an answer but found none", rubric_error);
  const auto listed = score(r, answers{{"polite", "yes"}}, metrics{{"handle_s", nan}, {"interruptions", 0.0}},
                            {.when_unanswered = unanswered::not_scorable});
  CHECK(!listed.score);
  CHECK(listed.missing == std::vector<std::string_view>{"handle"});
  CHECK(score(r, answers{{"polite", "yes"}}, metrics{{"interruptions", 3.0}},
              {.when_unanswered = unanswered::leave_out})
            .score == 0.5);
}

TEST_CASE("a rater's answer to what a metric fills in is refused; a metric that is not asked is none") {
  const rubric r = form("{method: points}", sections);
  CHECK_THROWS_WITH_AS(score(r, answers{{"polite", "yes"}, {"handle", "200"}},
                             metrics{{"handle_s", 200.0}, {"interruptions", 1.0}}),
                       "handle: expected no answer, since the metric \"handle_s\" of the conversation fills "
                       "it in, but found one",
                       rubric_error);
  const auto result = score(r, answers{{"polite", "no"}, {"handle", ""}},
                            metrics{{"handle_s", 100.0}, {"interruptions", 5.0}});
  CHECK(result.score == 2.0 / 3.0);
  CHECK(result.criteria[2].state == criterion_state::not_asked);
  CHECK_THROWS_WITH_AS(
      score(r, answers{{"polite", "yes"}}, answers{{"handle_s", "fast"}, {"interruptions", "1"}}),
      "handle: expected a number but found \"fast\"", rubric_error);
}

TEST_CASE("faults of metrics are found when the form is loaded") {
  CHECK(number("{from: metric.a, ranges: [{points: 1}]}").empty());
  CHECK(number("{from: handle_s, ranges: [{points: 1}]}") ==
        "form.yaml:6:8: sections[0].criteria[1].answer.number.from: expected a metric of the conversation, "
        "like "
        "metric.handle_s, but found \"handle_s\"");
  CHECK(number("{from: metric., ranges: [{points: 1}]}").find("expected a metric of the conversation") !=
        std::string::npos);
  CHECK(number("{from: metric.b, ranges: [{points: 1}]}")
            .find("found \"b\", which is the id of something else in this form") != std::string::npos);
  CHECK(form("{method: points}", sections).content_hash() !=
        form("{method: points}", std::string(sections).replace(sections.find("handle_s"), 8, "handle_t"))
            .content_hash());
}

TEST_CASE("a date is noted and never scored") {
  const rubric r = form("{method: points}",
                        "[{id: s, criteria: [{id: a, answer: yes_no}, {id: call_back, answer: date}]}]");
  for (const char* good :
       {"2026-01-31", "2024-02-29", "2026-01-31T09:30:00Z", "2026-01-31 09:30",
        "2026-01-31T23:59:60.123456789+08:00", "2026-01-31 00:00:00-0130", "2026-01-31T09:30+01"}) {
    const auto result = score(r, answers{{"a", "yes"}, {"call_back", good}});
    CHECK(result.score == 1.0);
    CHECK(result.criteria[1].state == criterion_state::excluded);
  }
  CHECK(score(r, answers{{"a", "yes"}}).score == 1.0);
  for (const char* bad : {"2026-02-29",
                          "2026-13-01",
                          "31.01.2026",
                          "2026-1-31",
                          "2026-01-31x",
                          "today",
                          "2026-01-31T99:99",
                          "2026-01-31T24:00",
                          "2026-01-31T",
                          "2026-01-31T9:30",
                          "2026-01-31T09:60",
                          "2026-01-31T09:30:",
                          "2026-01-31T09:30:61",
                          "2026-01-31T09:30:00.",
                          "2026-01-31T09:30z",
                          "2026-01-31T09:30+",
                          "2026-01-31T09:30+1",
                          "2026-01-31T09:30+0:00",
                          "2026-01-31T09:30+24:00",
                          "2026-01-31T09:30+01:00 "})
    CHECK_THROWS_WITH_AS(
        score(r, answers{{"a", "yes"}, {"call_back", bad}}),
        (std::string("call_back: expected a date like 2026-01-31 or 2026-01-31T09:30 but found \"") + bad +
         "\"")
            .c_str(),
        rubric_error);
  CHECK(refusal("qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted}\nsections: [{id: s, "
                "criteria: [{id: a, answer: "
                "yes_no}, {id: d, weight: 2, answer: date}]}]\n")
            .find("expected no weight but found 2: text and dates are never scored") != std::string::npos);
}
