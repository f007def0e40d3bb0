// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// The reader: strict, all problems at once, each with its place.
#include "forms.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace qascore;
using qascore::test::refusal;
using namespace std::string_literals;

namespace {
const std::string head = "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: weighted}\n";
/// The form with one criterion, which is `criterion`, from line 5 on.
std::string with(const std::string& criterion) {
  return head + "sections:\n  - id: s\n    criteria:\n      - " + criterion + "\n";
}
} // namespace

TEST_CASE("control characters are refused where they are escaped, too") {
  for (const std::string escape : {"\\0", "\\e[31m", "\\x7f", "\\u0007"}) {
    INFO(escape);
    const std::string message = refusal(with("{id: c, title: \"a" + escape + "b\", answer: yes_no}"));
    CHECK(message.find("8:24: expected text but found the control character 0x") != std::string::npos);
  }
  CHECK(parse_rubric(with("{id: c, title: \"a\\tb\\r\\n\", answer: yes_no}")).criteria()[0].title("en") ==
        "a\tb\r\n");
}

TEST_CASE("a file with five faults gets all five, with line and column") {
  CHECK(
      refusal("qascore: 1\n"
              "id: voice\n"
              "version: 2026.1\n"
              "scoring: {method: wieghted}\n"
              "sections:\n"
              "  - id: opening\n"
              "    criteria:\n"
              "      - id: greeting\n"
              "        weight: abc\n"
              "        answer: yes_no\n"
              "      - id: greeting\n"
              "        anwser: yes_no\n") ==
      "form.yaml:3:10: version: expected text but found \"2026.1\", which YAML reads as something else "
      "(write it in "
      "quotes)\n"
      "form.yaml:4:19: scoring.method: expected one of weighted, points, scaled_points, base but found "
      "\"wieghted\" (did you "
      "mean \"weighted\"?)\n"
      "form.yaml:9:17: sections[0].criteria[0].weight: expected a decimal number, like 10 or 0.5, but found "
      "\"abc\"\n"
      "form.yaml:11:9: sections[0].criteria[1].answer: expected the key \"answer\" but found none\n"
      "form.yaml:11:13: sections[0].criteria[1].id: expected an id of its own but found \"greeting\", which "
      "sections[0].criteria[0].id has\n"
      "form.yaml:12:9: sections[0].criteria[1].anwser: expected a key of a criterion but found \"anwser\" "
      "(did you mean "
      "\"answer\"?)");
}

TEST_CASE("problems come as data too") {
  try {
    parse_rubric(with("{id: a, weight: -2, answer: yes_no}"), "voice.yaml");
    FAIL("accepted");
  } catch (const rubric_error& failure) {
    REQUIRE(failure.problems().size() == 1);
    const problem& one = failure.problems()[0];
    CHECK(one.file == "voice.yaml");
    CHECK(one.line == 8);
    CHECK(one.column == 25);
    CHECK(one.path == "sections[0].criteria[0].weight");
    CHECK(one.message == "expected a number from 0 to 1000000 but found -2");
  }
}

TEST_CASE("numbers are decimal numbers, and nothing else is") {
  const auto weight = [](const std::string& text) {
    return refusal(with("{id: a, answer: yes_no, weight: " + text + "}"));
  };
  for (const char* good : {"1", "0.5", "10", "1e2", "12.50"})
    CHECK_MESSAGE(weight(good).empty(), good);
  for (const char* bad :
       {"010", "0x10", "1_000", ".5", "5.", "+3", ".nan", ".inf", "1e999", "1 2", "one", "0b1"})
    CHECK_MESSAGE(
        weight(bad).find("criteria[0].weight: expected a decimal number, like 10 or 0.5, but found") !=
            std::string::npos,
        std::string(bad));
  CHECK(weight("\"3\"").find("expected a number but found \"3\", which is text (write it without quotes)") !=
        std::string::npos);
  CHECK(weight("null").find("expected a number but found nothing") != std::string::npos);
  CHECK(weight("").find("expected a number but found nothing") != std::string::npos);
  CHECK(weight("[1]").find("expected a number but found a list") != std::string::npos);
  CHECK(weight("{a: 1}").find("expected a number but found a map") != std::string::npos);
  CHECK(weight("true").find("expected a decimal number") != std::string::npos);
}

TEST_CASE("text is text: what YAML might read as a number or a truth value needs quotes") {
  const auto id = [](const std::string& text) { return refusal(with("{id: " + text + ", answer: yes_no}")); };
  for (const char* good : {"a", "\"12\"", "'true'", "质检", "yes", "no", "a.b-c_1", "null_check"})
    CHECK_MESSAGE(id(good).empty(), good);
  for (const char* bad : {"12", "1.5", "true", "0x1f", "-3", ".nan", "1e3"})
    CHECK_MESSAGE(id(bad).find("(write it in quotes)") != std::string::npos, bad);
  CHECK(id("null").find("expected text but found nothing") != std::string::npos);
  CHECK(id("~").find("expected text but found nothing") != std::string::npos);
  CHECK(id("two words").find("expected an id") != std::string::npos);
}

TEST_CASE("truth values are true and false") {
  CHECK(refusal(with("{id: a, answer: yes_no, not_applicable: true}")).empty());
  for (const char* bad : {"yes", "True", "1", "\"true\"", "on"})
    CHECK_MESSAGE(refusal(with(std::string("{id: a, answer: yes_no, not_applicable: ") + bad + "}"))
                          .find("expected true or false but found") != std::string::npos,
                  bad);
}

TEST_CASE("a key twice is an error at the second one") {
  CHECK(refusal(head + "id: g\nsections: [{id: s, criteria: [{id: a, answer: yes_no}]}]\n") ==
        "form.yaml:5:1: id: expected each key once but found \"id\" again");
}

TEST_CASE("an option without points, a rule without scope, a map with a text too many") {
  CHECK(refusal(with("{id: a, answer: {options: [{id: x, points: 1}, {id: y}]}}")) ==
        "form.yaml:8:56: sections[0].criteria[0].answer.options[1].points: expected the key \"points\" but "
        "found none");
  CHECK(refusal(with("{id: a, answer: yes_no, fail: [{when: below_highest, effect: zero}]}")) ==
        "form.yaml:8:40: sections[0].criteria[0].fail[0].scope: expected the key \"scope\" but found none");
  CHECK(refusal(with("{id: a, answer: {scale: {min: 1, max: 5}, yes_no: {}}}"))
            .find("expected one kind of answer") != std::string::npos);
}

TEST_CASE("keys that people expect though the format has none say what to write instead") {
  const std::string around = "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: points}\n";
  const std::string criteria = "criteria: [{id: a, answer: yes_no}]}]\n";
  CHECK(refusal(around + "sections: [{id: s, not_applicable: true, " + criteria) ==
        "form.yaml:5:20: sections[0].not_applicable: expected a key of a section but found "
        "\"not_applicable\": a "
        "section is not applicable when all that it holds is: write it on each of its criteria");
  CHECK(refusal(around + "sections: [{id: s, bonus: true, " + criteria) ==
        "form.yaml:5:20: sections[0].bonus: expected a key of a section but found \"bonus\": a section is a "
        "bonus "
        "when all that it holds is: write it on each of its criteria");
  CHECK(refusal(around + "bands: [{id: a, from: 0.5, to: 1}, {id: b, from: 0}]\nsections: [{id: s, " +
                criteria) == "form.yaml:5:28: bands[0].to: expected a key of a band but found \"to\": a band "
                             "reaches up to where the "
                             "one above it begins, so that none can leave a gap");
  CHECK(
      refusal("qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: points, out_of: 100}\nsections: [{id: s, "
              "criteria: "
              "[{id: a, answer: yes_no}]}]\n") ==
      "form.yaml:4:27: scoring.out_of: expected a key of scoring but found \"out_of\": full marks are said "
      "of "
      "each criterion (\"out_of\"), and a score is a fraction of 1");
  CHECK(refusal("qascore: 2\nid: f\nversion: \"1\"\nscoring: {method: points}\nsections: [{id: s, criteria: "
                "[{id: a, answer: yes_no}]}]\n") ==
        "form.yaml:1:10: qascore: expected 1, the version of the format, but found \"2\"");
}

TEST_CASE("merge keys, tags, aliases of themselves and second documents are refused") {
  CHECK(refusal(with("{id: a, answer: yes_no, <<: {weight: 2}}"))
            .find("found a merge key, which is not supported") != std::string::npos);
  CHECK(refusal(with("{id: !!str a, answer: yes_no}")).find("expected no YAML tag but found") !=
        std::string::npos);
  CHECK(refusal("qascore: &a [*a]\n") ==
        "form.yaml:1:14: expected an alias of something complete but found one of what is around it");
  CHECK(refusal(with("{id: a, answer: yes_no}") + "---\nid: g\n") ==
        "form.yaml:9:1: expected one rubric but found a second document");
  CHECK(refusal(with("{id: a, answer: yes_no}") + "...\n").empty());
}

TEST_CASE("an alias stands for what it names") {
  const rubric r = parse_rubric(head + "sections:\n  - id: s\n    criteria:\n"
                                       "      - {id: a, answer: &four {scale: {min: 1, max: 4}}}\n"
                                       "      - {id: b, answer: *four}\n");
  CHECK(r.criteria()[1].points().size() == 4);
}

TEST_CASE("aliases of aliases stay bounded") {
  std::string bomb = "qascore: 1\nid: f\nversion: \"1\"\nscoring: {method: points}\n";
  std::string options = "{id: x, points: 1}";
  bomb += "bands: &b0 [";
  for (int i = 0; i < 400; ++i)
    bomb += std::string(i ? ", " : "") + "{id: x, from: 0}";
  bomb += "]\nsections:\n";
  for (int i = 0; i < 4; ++i) {
    bomb += "  - id: s" + std::to_string(i) + "\n    criteria: ";
    if (i == 0) {
      bomb += "&c [";
      for (int k = 0; k < 1000; ++k)
        bomb += std::string(k ? ", " : "") + (k == 0 ? "&q {id: q, answer: {options: &o [" : "*q");
      // The options of the one criterion that all others repeat.
      const std::size_t at = bomb.find("&o [") + 4;
      std::string many;
      for (int k = 0; k < 240; ++k)
        many += std::string(k ? ", " : "") + "{id: o" + std::to_string(k) + ", points: 1}";
      bomb.insert(at, many + "]}}");
      bomb += "]\n";
    } else {
      bomb += "*c\n";
    }
  }
  CHECK(refusal(bomb).find("expected at most 200000 parts but found more: aliases that repeat aliases") !=
        std::string::npos);
}

TEST_CASE("nesting is bounded before the parser sees it") {
  CHECK(refusal(std::string(100'000, '[')) ==
        "form.yaml:1:101: expected at most 100 brackets open at a time but found more");
  CHECK(refusal(std::string(100'000, '{')).find("brackets open") != std::string::npos);
  std::string dashes;
  for (int i = 0; i < 50'000; ++i)
    dashes += "- ";
  CHECK(refusal(dashes) == "form.yaml:1:1: expected at most 200 columns of indentation but found 100000");
  std::string steps;
  for (int i = 0; i < 300; ++i)
    steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  CHECK(refusal(steps) == "form.yaml:202:1: expected at most 200 columns of indentation but found 201");
}

TEST_CASE("files are of bounded size and in UTF-8") {
  CHECK(refusal(std::string(max_rubric_bytes + 1, '#')) ==
        "form.yaml: expected a rubric of at most 1048576 bytes but found 1048577");
  CHECK(refusal(head + "title: \"\xff\"\n") == "form.yaml:5:9: expected UTF-8 text but found the byte 0xff");
  CHECK(refusal("title: \xc0\xaf\n") == "form.yaml:1:8: expected UTF-8 text but found the byte 0xc0");
  CHECK(refusal("title: \xed\xa0\x80\n") == "form.yaml:1:8: expected UTF-8 text but found the byte 0xed");
  CHECK(refusal("\xff\xfeq\0"s.substr(0, 4)).find("found UTF-16") != std::string::npos);
  CHECK(refusal("id: a\x01") == "form.yaml:1:6: expected text but found the control character 0x01");
  CHECK(refusal(std::string("id: a\0b", 7)) ==
        "form.yaml:1:6: expected text but found the control character 0x00");
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(refusal(with("{id: 质检项, answer: yes_no, weight: x}")).starts_with("form.yaml:8:43: "));
  CHECK(refusal(with("{id: abc, answer: yes_no, weight: x}")).starts_with("form.yaml:8:43: "));
}

TEST_CASE("a byte order mark and Windows line ends change nothing") {
  const std::string plain = with("{id: a, answer: yes_no}");
  std::string windows = "\xef\xbb\xbf";
  for (const char c : plain)
    windows += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(parse_rubric(windows).content_hash() == parse_rubric(plain).content_hash());
  CHECK(refusal("\xef\xbb\xbfqascore: x\r\nidd: y\r\n").starts_with("form.yaml:1:1: "));
}

TEST_CASE("empty files, other things, and files that are not there") {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "null\n"})
    CHECK(refusal(text).find("expected a rubric but found nothing: the file is empty") != std::string::npos);
  CHECK(refusal("just text\n").find("expected a map with the keys of a rubric") != std::string::npos);
  CHECK(refusal("[1, 2]\n").find("but found a list") != std::string::npos);
  CHECK(refusal("a: [1\n").find("expected YAML but found an error:") != std::string::npos);
  CHECK(refusal("a:\n  - b: 1\n c: 2\n").find("is this line indented as the ones around it?") !=
        std::string::npos);
  CHECK(refusal("qascore: 1\n\tid: f\n").find("YAML is indented by spaces, never by tabs") !=
        std::string::npos);
  CHECK(refusal("qascore: 1\nid：f\nversion: \"1\"\n")
            .find("in place of the wide colon ： YAML has : and a space") != std::string::npos);
  CHECK(refusal("qascore: 1\ntitle: Form: the first\n").find("a text with a colon in it stands in quotes") !=
        std::string::npos);
  CHECK_THROWS_WITH_AS(load_rubric("there/is/no.yaml"),
                       "there/is/no.yaml: expected a rubric file but found none", rubric_error);
  CHECK_THROWS_WITH_AS(load_rubric("."), ".: expected a rubric file but found a folder", rubric_error);
}

TEST_CASE("JSON is read too") {
  const rubric r = parse_rubric(R"({"qascore": 1, "id": "f", "version": "1", "scoring": {"method": "points"},
    "sections": [{"id": "s", "criteria": [{"id": "a", "answer": "yes_no"}]}]})");
  CHECK(r.criteria()[0].id() == "a");
}

TEST_CASE("a title without a language is in the language of the rubric") {
  const rubric r = parse_rubric(
      "qascore: 1\nid: f\nversion: \"1\"\ntitle: 表\nscoring: {method: points}\nlanguage: zh-CN\n"
      "sections: [{id: s, criteria: [{id: a, title: {en: One, zh: 一}, answer: yes_no}]}]\n");
  CHECK(r.language() == "zh-CN");
  CHECK(r.definition().title.at("zh-CN") == "表");
  CHECK(r.criteria()[0].title("zh-CN") == "一");
  CHECK(r.criteria()[0].title("en-GB") == "One");
  CHECK(r.title("fr") == "表");
}

TEST_CASE("what people type first is met with what to write") {
  const auto said = [](const std::string& from, const std::string& to) {
    std::string text = R"(qascore: 1
id: f
version: "1"
scoring: {method: weighted, weights: section}
pass_from: 0.8
sections:
  - id: s
    weight: 40
    criteria:
      - {id: a, answer: yes_no, not_applicable: true, fail: [{when: below_highest, scope: form, effect: zero}]}
      - {id: b, answer: {options: [{id: x, points: 2}, {id: y, points: 0}]}, ask_when: {criterion: a, is: "yes"}}
)";
    return refusal(text.replace(text.find(from), from.size(), to));
  };
  const auto ends = [&](const std::string& from, const std::string& to, const std::string& with) {
    const std::string found = said(from, to);
    CHECK_MESSAGE(found.ends_with(with), found);
  };
  ends("weight: 40", "weight: 40%", "but found \"40%\" (write 40, or 0.4 where a fraction is expected)");
  ends("weight: 40", "weight: 2,5", "but found \"2,5\" (did you mean 2.5?)");
  ends("pass_from: 0.8", "pass_from: 80", "expected a fraction from 0 to 1 but found 80 (did you mean 0.8?)");
  ends("pass_from: 0.8", "pass_from: 8", "expected a fraction from 0 to 1 but found 8");
  ends("qascore: 1\n", "", "(write qascore: 1, the version of the format)");
  ends("not_applicable: true", "not_applicable: yes", "but found \"yes\" (did you mean true?)");
  ends("not_applicable: true", "critical: Off", "but found \"Off\" (did you mean false?)");
  ends("not_applicable: true", "na: true", "but found \"na\": write \"not_applicable\"");
  ends("points: 2}", "score: 2}", "but found \"score\": write \"points\"");
  ends("answer: yes_no", "scale: {min: 1, max: 5}", "answer: {scale: {min: 1, max: 5}}");
  ends("answer: yes_no", "answer: 1-5",
       "expected one of yes_no, text, date, or a map like {scale: {min: 1, max: 5}}, but found \"1-5\"");
  ends("when: below_highest", "when: lowest",
       "expected below_highest, or a map like {chosen: ANSWER}, {below: 0.5} or {hits: 2}, but found "
       "\"lowest\"");
  ends("[{when: below_highest, scope: form, effect: zero}]",
       "{when: below_highest, scope: form, effect: zero}",
       "expected a list but found a map (write - before each of its parts)");
  // One mistake, one message.
  ends("{criterion: a, is: \"yes\"}", "{a: \"yes\"}",
       "ask_when.a: expected a key of a condition but found \"a\"; a test is {criterion: ID, is: ANSWER} or "
       "{field: NAME, "
       "is: VALUE}, in all, any or not");
  CHECK(std::ranges::count(said("{criterion: a, is: \"yes\"}", "{a: \"yes\"}"), '\n') == 0);
}
