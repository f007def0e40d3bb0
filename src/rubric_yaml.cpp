// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// The only file that includes yaml-cpp. Its events are used, not its nodes: those lose quotes, positions and
// repeated keys, read 010 as 8, and take a typo for a default.
#include "rubric_plain.hpp"
#include "rubric_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <fstream>
#include <sstream>
#include <system_error>
#include <unordered_map>

namespace qascore {

namespace reader {

namespace {

class tree_builder final : public YAML::EventHandler {
public:
  explicit tree_builder(const source& text) : text_{text} {}

  tree take() { return std::move(tree_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, anchor, node_kind::nothing);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto named = anchors_.find(anchor);
    if (named == anchors_.end() || is_open(named->second))
      text_.refuse(place(mark), "expected an alias of something complete but found one of what is around it");
    attach(named->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    for (const char c : value)
      if (const auto byte = static_cast<unsigned char>(c); source::is_control(byte))
        text_.refuse_control(place(mark), byte);
    node& made = tree_.nodes[add(mark, anchor, node_kind::text)];
    made.quoted = tag == "!";
    made.value = value;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open_.push_back({add(mark, anchor, node_kind::list), no_key});
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    open_.push_back({add(mark, anchor, node_kind::map), no_key});
  }
  void OnMapEnd() override { open_.pop_back(); }

private:
  static constexpr std::size_t no_key = static_cast<std::size_t>(-1);
  struct level {
    std::size_t node;
    std::size_t key; // of a map: the key that waits for its value
  };

  position place(const YAML::Mark& mark) const { return text_.at(mark.line, mark.column); }

  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!")
      text_.refuse(place(mark), "expected no YAML tag but found " + detail::quoted(tag));
  }

  bool is_open(std::size_t index) const {
    return std::ranges::any_of(open_, [&](const level& one) { return one.node == index; });
  }

  std::size_t add(const YAML::Mark& mark, YAML::anchor_t anchor, node_kind kind) {
    if (tree_.nodes.size() >= tree::most_nodes)
      text_.refuse(place(mark),
                   "expected at most " + std::to_string(tree::most_nodes) + " values but found more");
    const std::size_t index = tree_.nodes.size();
    node& made = tree_.nodes.emplace_back();
    made.kind = kind;
    made.where = place(mark);
    if (anchor != YAML::NullAnchor)
      anchors_[anchor] = index;
    attach(index);
    return index;
  }

  void attach(std::size_t index) {
    if (open_.empty()) {
      tree_.root = index;
      return;
    }
    level& around = open_.back();
    node& parent = tree_.nodes[around.node];
    if (parent.kind == node_kind::list) {
      parent.items.push_back(index);
    } else if (around.key == no_key) {
      around.key = index;
    } else {
      parent.entries.emplace_back(around.key, index);
      around.key = no_key;
    }
  }

  const source& text_;
  tree tree_;
  std::vector<level> open_;
  std::unordered_map<YAML::anchor_t, std::size_t> anchors_;
};

class nothing_more final : public YAML::EventHandler {
public:
  explicit nothing_more(const source& text) : text_{text} {}
  void OnDocumentStart(const YAML::Mark& mark) override {
    text_.refuse(text_.at(mark.line, mark.column), "expected one rubric but found a second document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

private:
  const source& text_;
};

/// What people most often mean where yaml-cpp stops.
std::string yaml_meant(const source& text, const YAML::Mark& mark, std::string_view message) {
  if (message.find("tab") != std::string_view::npos)
    return ": YAML is indented by spaces, never by tabs";
  const auto is_wide = [&](int line) { return text.line(line).find("：") != std::string_view::npos; };
  if (is_wide(mark.line) || is_wide(mark.line - 1))
    return ": in place of the wide colon ： YAML has : and a space";
  if (message == "end of sequence not found" || message == "end of map not found")
    return ": is this line indented as the ones around it? What belongs together has the same indentation";
  if (message == "illegal map value")
    return ": a text with a colon in it stands in quotes, each part of a list begins with -, and what "
           "belongs together has "
           "the same indentation";
  return {};
}

} // namespace

tree parse_tree(const source& text) {
  if (auto plain = plain_parser(text).run())
    return *std::move(plain);
  return parse_any_tree(text);
}

tree parse_any_tree(const source& text) {
  std::istringstream stream(text.text());
  tree_builder builder(text);
  try {
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) {
      nothing_more second(text);
      parser.HandleNextDocument(second);
    }
  } catch (const YAML::Exception& failure) {
    text.refuse(text.at(failure.mark.line, failure.mark.column),
                "expected YAML but found an error: " + failure.msg +
                    yaml_meant(text, failure.mark, failure.msg));
  }
  tree out = builder.take();
  if (out.nodes.empty())
    out.nodes.emplace_back().where = {1, 1};
  return out;
}

} // namespace reader

rubric parse_rubric(std::string_view text, std::string_view name) {
  const reader::source source(text, name);
  const reader::tree tree = reader::parse_tree(source);
  return rubric(detail::validated{}, reader::definition_reader(source, tree).run());
}

rubric load_rubric(const std::filesystem::path& path) {
  const std::string name = path.string();
  const auto refuse = [&](const std::string& message) {
    throw rubric_error(std::vector<problem>{{name, 0, 0, {}, message}});
  };
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status))
    refuse("expected a rubric file but found none");
  if (std::filesystem::is_directory(status))
    refuse("expected a rubric file but found a folder");
  std::ifstream file(path, std::ios::binary);
  std::string text(max_rubric_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad())
    refuse("expected a file that can be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse_rubric(text, name);
}

std::map<std::string, std::vector<std::string>> rubric_keys() {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& [part, keys] : reader::all_keys())
    out.emplace(part, keys.known);
  return out;
}

} // namespace qascore
