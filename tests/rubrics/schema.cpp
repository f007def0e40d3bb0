// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// rubrics/rubric.schema.json helps editors; it must know exactly the keys that the reader accepts.
#include <qascore/rubric/yaml.hpp>

#define BOOST_BIND_GLOBAL_PLACEHOLDERS // what Boost 1.74 asks of its own JSON reader
#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace {
using boost::property_tree::ptree;

ptree schema() {
  ptree out;
  boost::property_tree::read_json(QASCORE_RUBRICS "/rubric.schema.json", out);
  return out;
}

std::vector<std::string> keys_of(const ptree& object) {
  std::vector<std::string> out;
  for (const auto& [key, value] : object)
    out.push_back(key);
  std::ranges::sort(out);
  return out;
}

// "answer" says what it may be in two ways; its keys stand in the second.
const ptree& properties_of(const ptree& part) {
  if (const auto direct = part.get_child_optional("properties"))
    return *direct;
  const ptree& ways = part.get_child("oneOf");
  return std::next(ways.begin())->second.get_child("properties");
}

std::vector<std::string> texts(const ptree& list) {
  std::vector<std::string> out;
  for (const auto& [none, value] : list)
    out.push_back(value.data());
  return out;
}
} // namespace

TEST_CASE("the schema has the keys of the reader, part by part") {
  const ptree definitions = schema().get_child("$defs");
  for (const auto& entry : qascore::rubric_keys()) { // Clang 14 cannot capture a structured binding
    const auto& part = entry.first;
    auto keys = entry.second;
    INFO(part);
    std::ranges::sort(keys);
    CHECK(keys_of(properties_of(definitions.get_child(part))) == keys);
  }
}

TEST_CASE("the schema allows no key that it does not name") {
  const ptree definitions = schema().get_child("$defs");
  for (const auto& entry : qascore::rubric_keys()) {
    const auto& part = entry.first;
    INFO(part);
    const ptree& definition = definitions.get_child(part);
    const ptree& object = definition.get_child_optional("properties")
                              ? definition
                              : std::next(definition.get_child("oneOf").begin())->second;
    CHECK(object.get<std::string>("additionalProperties") == "false");
  }
}

TEST_CASE("what the schema calls required, the reader misses") {
  const ptree definitions = schema().get_child("$defs");
  CHECK(texts(definitions.get_child("rubric.required")) ==
        std::vector<std::string>{"qascore", "id", "version", "scoring", "sections"});
  try {
    qascore::parse_rubric("{pass_from: 0.5}");
    FAIL("accepted");
  } catch (const qascore::rubric_error& failure) {
    std::vector<std::string> missing;
    for (const auto& one : failure.problems())
      missing.push_back(one.path);
    CHECK(missing == texts(definitions.get_child("rubric.required")));
  }
}

TEST_CASE("the reader takes every choice that the schema offers") {
  const auto accepts = [](const std::string& scoring, const std::string& criterion) {
    try {
      qascore::parse_rubric("{qascore: 1, id: f, version: \"1\", scoring: {" + scoring +
                            "}, sections: [{id: s, criteria: [{id: a, answer: yes_no" + criterion + "}]}]}");
    } catch (const qascore::rubric_error& failure) {
      return std::string(failure.what());
    }
    return std::string{};
  };
  const ptree definitions = schema().get_child("$defs");
  const ptree& scoring = definitions.get_child("scoring.properties");
  for (const auto& method : texts(scoring.get_child("method.enum")))
    CHECK(accepts("method: " + method + (method == "base" ? ", base: 10" : ""), "").empty());
  for (const auto& weights : texts(scoring.get_child("weights.enum")))
    CHECK(accepts("method: weighted, weights: " + weights, "").empty());
  for (const auto& rule : texts(definitions.get_child("round.properties.rule.enum")))
    CHECK(accepts("method: points, round: {digits: 2, rule: " + rule + "}", "").empty());
  for (const auto& policy : texts(scoring.get_child("not_applicable.enum")))
    CHECK(accepts("method: weighted, not_applicable: " + policy, "").empty());
  // One of these words, or an object that names a section.
  const ptree& scopes = std::begin(definitions.get_child("fail.properties.scope.oneOf"))->second;
  CHECK(texts(scopes.get_child("enum")).size() == 3);
  for (const auto& scope : texts(scopes.get_child("enum")))
    CHECK(accepts("method: points", ", fail: [{when: below_highest, effect: verdict, scope: " + scope + "}]")
              .empty());
  CHECK(accepts("method: points", ", fail: [{when: below_highest, effect: zero, scope: {section: s}}]")
            .empty());
}
