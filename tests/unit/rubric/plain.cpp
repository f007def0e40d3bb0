// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Plain YAML is read at once, everything else by yaml-cpp: both see the same tree.
#include "forms.hpp"
#include "rubric_plain.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace qascore;

namespace {

enum class read { plain, by_yaml_cpp };

/// Who reads the text; where it is plain, both trees must be the same.
read reader_of(const std::string& text) {
  const reader::source source(text, "form.yaml");
  const auto plain = reader::plain_parser(source).run();
  if (!plain)
    return read::by_yaml_cpp;
  CHECK(*plain == reader::parse_any_tree(source));
  return read::plain;
}

std::string content(const std::filesystem::path& path) {
  std::stringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

} // namespace

TEST_CASE("every shipped rubric is plain, and reads to the tree of yaml-cpp") {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(QASCORE_RUBRICS)) {
    if (entry.path().extension() != ".yaml" && entry.path().extension() != ".json")
      continue;
    INFO(entry.path().string());
    ++files;
    // The schema has escapes.
    CHECK((reader_of(content(entry.path())) == read::plain) == (entry.path().extension() == ".yaml"));
  }
  CHECK(files == 9);
}

TEST_CASE("blocks, brackets, quotes and comments in any mixture are plain") {
  for (const std::string text : {
           "a: 1",
           "a: 1\n",
           "\n# first\na: x # last\nb: y#z\n\n",
           "a:\n  b:\n    - 1\n    - c: 2\n      d: [1, {e: f}, 'g, h', \"i: j\"]\n",
           "a:\n- 1\n- 2\nb: 3\n",
           "- a\n-   b: c\n    d: e\n-\n  f: g\n",
           "a: {b: 1,\n  c: [2,\n\n # here\n 3], \"d\":4}\n",
           "{\"a\": [\"b\", 1, true], \"c\": {}}\n",
           "a: b: c",
           "a: -5\nb: 1.5e3\nc: a b  c   \nd: it's\n",
           "题: 质检\n单: {一: 二}\n",
           "'a b': c\n\"d\": e\n'f':g\n",
           "a: []\n",
           "x",
           "'x'\n",
       }) {
    INFO(text);
    const bool refused = text == "a: b: c" || text.ends_with("'f':g\n");
    CHECK((reader_of(text) == read::plain) == !refused);
  }
}

TEST_CASE("what is not plain is left to yaml-cpp") {
  for (const std::string text : {
           "a: &x 1\nb: *x\n", "a: !!str 1\n",
           "a: |\n  b\n",      "a: >-\n  b\n",
           "a: b\n  c\n",      "a:\n",
           "a: null\n",        "a: ~\n",
           "? a\n: b\n",       "a: \"b\\n\"\n",
           "a: 'b''c'\n",      "a: \"b\n  c\"\n",
           "---\na: 1\n",      "a: 1\n...\n",
           "\ta: 1\n",         "a: [1, 2,]\n",
           "a: [b: c]\n",      "a: {b}\n",
           "a: {b: c?d}\n",    "[a]: b\n",
           "- - a\n",          "a: - b\n",
           "a: 1\n  b: 2\n",   "a: 1\n b\n",
           "a: [1\n",          "a: 'b\n",
           "a: b\n- c\n",      "- a\nb: c\n",
           "a: [1]#c\n",       "",
           "# nothing\n",      "<<: {a: 1}, b\n",
           "@a: b\n",          "a: `b`\n",
           "a: {\"b\" :c}\n",  "- a: 1\n - b\n",
           "-\n  - a\n - b\n", "a:\n  - b: 1\n   - c\n",
       }) {
    INFO(text);
    CHECK(reader_of(text) == read::by_yaml_cpp);
  }
}

TEST_CASE("a line that is moved by a column reads as yaml-cpp reads it, or not at all") {
  std::size_t plain = 0, left = 0;
  for (const char* name : {"voice-service.yaml", "complaint-zh.yaml"}) {
    const std::string text = content(std::filesystem::path(QASCORE_RUBRICS) / name);
    for (std::size_t line = 0; line < text.size(); line = text.find('\n', line) + 1)
      for (const bool right : {true, false}) {
        if (!right && text[line] != ' ')
          continue;
        std::string moved = text;
        right ? moved.insert(line, " ") : moved.erase(line, 1);
        INFO(name << ": " << text.substr(line, text.find('\n', line) - line));
        ++(reader_of(moved) == read::plain ? plain : left);
      }
  }
  CHECK(plain > 0); // comments, single keys, first lines of lists
  CHECK(left > 100);
}

TEST_CASE("places may be asked for in any order") {
  const reader::source source("问候: {一: 二}\nb: c\n", "form.yaml");
  CHECK(source.at(0, 14) == reader::position{1, 9});
  CHECK(source.at(0, 8) == reader::position{1, 5});
  CHECK(source.at(0, 0) == reader::position{1, 1});
  CHECK(source.at(1, 3) == reader::position{2, 4});
  CHECK(source.at(0, 12) == reader::position{1, 7});
  CHECK(source.at(0, 17) == reader::position{1, 10});
}

TEST_CASE("places are those of yaml-cpp, counted in characters") {
  const reader::source source("问: [候, {x: 'y'}]\nb:\n  - 好: c\n", "form.yaml");
  const auto tree = reader::plain_parser(source).run();
  REQUIRE(tree);
  CHECK(*tree == reader::parse_any_tree(source));
  CHECK((*tree)[tree->root].kind == reader::node_kind::map);
  CHECK((*tree)[2].where == reader::position{1, 4});  // [
  CHECK((*tree)[4].where == reader::position{1, 8});  // {
  CHECK((*tree)[6].where == reader::position{1, 12}); // 'y'
}
