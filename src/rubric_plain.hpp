// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "rubric_tree.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

/// The YAML that nearly all rubrics are written in, and JSON, read at once: maps and lists in blocks or brackets,
/// texts of one line, comments. yaml-cpp needs several times as long as all else that loading a form takes.
/// Whatever else YAML has (anchors, tags, null, text over several lines, escapes, any mistake) is left to it:
/// tests/fuzz/rubric_reader.cpp checks that both read the same tree where this one reads any.
namespace qascore::reader {

class plain_parser {
public:
  explicit plain_parser(const source& text) : source_{text}, text_{text.text()} {
    // A node takes three bytes at least, mostly ten; pages that stay empty cost nothing.
    tree_.nodes.reserve(std::min(text_.size() / 4, tree::most_nodes));
  }

  /// The tree, or nothing where this is not plain YAML.
  std::optional<tree> run() {
    // A byte order mark that is left is a second one.
    if (text_.find('\t') != std::string_view::npos || text_.starts_with("\xef\xbb\xbf") || has_marker() ||
        !skip() || at_end() || !block(-1) || !at_end())
      return std::nullopt;
    return std::move(tree_);
  }

private:
  static constexpr std::size_t longest_key = 500; // yaml-cpp gives up at 1024

  // --- where we are

  bool at_end() const { return at_ == text_.size(); }
  char look(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n'; }
  int column() const { return static_cast<int>(at_ - line_begin_); }

  /// Whether some line begins like the border of a document.
  bool has_marker() const {
    for (std::size_t i = 0; i != std::string_view::npos && i < text_.size();) {
      const std::string_view rest = text_.substr(i, 3);
      if (rest == "---" || rest == "..." || rest.starts_with('%'))
        return true;
      i = text_.find('\n', i);
      i = i == std::string_view::npos ? i : i + 1;
    }
    return false;
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ')
      ++at_;
  }
  void next_line() {
    ++at_;
    ++line_;
    line_begin_ = at_;
  }
  /// To the next token, over ends of lines and comments. False where a comment stands right behind something.
  bool skip() {
    while (!at_end()) {
      const bool apart = at_ == line_begin_ || text_[at_ - 1] == ' ';
      if (look() == ' ') {
        skip_spaces();
      } else if (look() == '\n') {
        next_line();
      } else if (look() == '#') {
        if (!apart)
          return false;
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        break;
      }
    }
    return true;
  }
  /// To the next token, which must not stand on this line.
  bool end_line() {
    const int line = line_;
    return skip() && (at_end() || line_ != line);
  }

  bool is_item() const { return look() == '-' && (look(1) == ' ' || look(1) == '\n'); }

  // --- nodes

  std::size_t add(node_kind kind) {
    const std::size_t index = tree_.nodes.size();
    node& made = tree_.nodes.emplace_back();
    made.kind = kind;
    made.where = source_.at(line_, column());
    return index;
  }

  /// Text at the cursor, up to where it ends. Not what yaml-cpp reads as null.
  std::optional<std::size_t> scalar(bool in_brackets) {
    if (tree_.nodes.size() >= tree::most_nodes)
      return std::nullopt;
    const char first = look();
    const std::size_t index = add(node_kind::text);
    if (first == '"' || first == '\'') {
      const std::size_t end = text_.find_first_of(first == '"' ? "\"\\\n" : "'\n", at_ + 1);
      if (end == std::string_view::npos || text_[end] != first ||
          (first == '\'' && text_.substr(end, 2) == "''"))
        return std::nullopt;
      tree_.nodes[index].quoted = true;
      tree_.nodes[index].value = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return index;
    }
    const auto is_plain = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
             c == '.' || c == '/' || c == '(' || c == '+' || c == '$' ||
             (static_cast<unsigned char>(c) & 0x80u) != 0;
    };
    if (!is_plain(first) && !(first == '-' && is_plain(look(1))))
      return std::nullopt;
    std::size_t end = at_, i = at_;
    for (; i < text_.size() && text_[i] != '\n'; ++i) {
      const char c = text_[i], next = i + 1 < text_.size() ? text_[i + 1] : '\n';
      if (c == ':' && (next == ' ' || next == '\n'))
        break;
      if (c == '#' && text_[i - 1] == ' ')
        break;
      if (in_brackets) {
        if (c == ',' || c == ']' || c == '}')
          break;
        if (c == '[' || c == '{' || c == '?' || c == ':')
          return std::nullopt;
      }
      if (c != ' ')
        end = i + 1;
    }
    const std::string_view value = text_.substr(at_, end - at_);
    if (value == "null" || value == "Null" || value == "NULL" || value.empty())
      return std::nullopt;
    tree_.nodes[index].value = value;
    at_ = end;
    return index;
  }

  /// The colon behind a key.
  bool colon(std::size_t key, int line, bool in_brackets) {
    if (tree_.nodes[key].value.size() > longest_key || line != line_)
      return false;
    const bool quoted = tree_.nodes[key].quoted;
    if (!quoted || !in_brackets)
      skip_spaces();
    if (look() != ':' || !((quoted && in_brackets) || look(1) == ' ' || look(1) == '\n'))
      return false;
    ++at_;
    return true;
  }

  std::optional<std::size_t> brackets() {
    const bool map = look() == '{';
    const std::size_t index = add(map ? node_kind::map : node_kind::list);
    ++at_;
    if (!skip())
      return std::nullopt;
    const char close = map ? '}' : ']';
    while (look() != close) {
      if (at_end())
        return std::nullopt;
      std::size_t key = 0;
      if (map) {
        const int line = line_;
        const auto named = look() == '[' || look() == '{' ? std::nullopt : scalar(true);
        if (!named || !colon(*named, line, true) || !skip())
          return std::nullopt;
        key = *named;
      }
      const auto value = look() == '[' || look() == '{' ? brackets() : scalar(true);
      if (!value || !skip())
        return std::nullopt;
      if (map)
        tree_.nodes[index].entries.emplace_back(key, *value);
      else
        tree_.nodes[index].items.push_back(*value);
      if (look() == ',') {
        ++at_;
        if (!skip() || look() == close)
          return std::nullopt;
      } else if (look() != close) {
        return std::nullopt;
      }
    }
    ++at_;
    return index;
  }

  /// A node in a block, whose parent stands in a column to the left. The cursor ends before the next token.
  std::optional<std::size_t> block(int parent) {
    if (tree_.nodes.size() >= tree::most_nodes)
      return std::nullopt;
    const int here = column(), line = line_;
    if (is_item())
      return list(here, false);
    if (look() == '[' || look() == '{') {
      const auto value = brackets();
      return value && end_line() && (at_end() || column() <= parent) ? value : std::nullopt;
    }
    const std::size_t map = add(node_kind::map);
    auto first = scalar(false);
    if (!first)
      return std::nullopt;
    if (colon(*first, line, false))
      return entries(map, *first, here) ? std::optional(map) : std::nullopt;
    // No map: the text stands in its place.
    node text = std::move(tree_.nodes[*first]);
    tree_.nodes.pop_back();
    tree_.nodes[map] = std::move(text);
    return end_line() && (at_end() || column() <= parent) ? std::optional(map) : std::nullopt;
  }

  bool entries(std::size_t map, std::size_t key, int here) {
    while (true) {
      const int line = line_;
      if (!skip() || at_end())
        return false;
      std::optional<std::size_t> value;
      if (line_ != line)
        value = column() > here                 ? block(here)
                : column() == here && is_item() ? list(here, true)
                                                : std::nullopt;
      else
        value = in_line(here);
      if (!value)
        return false;
      tree_.nodes[map].entries.emplace_back(key, *value);
      if (at_end() || column() < here)
        return true;
      const int next = line_;
      const auto named = column() != here || is_item() ? std::nullopt : scalar(false);
      if (!named || !colon(*named, next, false))
        return false;
      key = *named;
    }
  }

  /// A value on the line of its key.
  std::optional<std::size_t> in_line(int here) {
    if (is_item())
      return std::nullopt;
    const auto value = look() == '[' || look() == '{' ? brackets() : scalar(false);
    return value && end_line() && (at_end() || column() <= here) ? value : std::nullopt;
  }

  /// A list in a block; `of_map`: in the column of the key that it belongs to.
  std::optional<std::size_t> list(int here, bool of_map) {
    const std::size_t index = add(node_kind::list);
    while (true) {
      ++at_;
      const int line = line_;
      if (!skip() || at_end() || column() <= here || (line_ == line && is_item()))
        return std::nullopt;
      const auto value = block(here);
      if (!value)
        return std::nullopt;
      tree_.nodes[index].items.push_back(*value);
      if (at_end() || column() < here || (of_map && column() == here && !is_item()))
        return index;
      if (column() != here || !is_item())
        return std::nullopt;
    }
  }

  const source& source_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  int line_ = 0;
  tree tree_;
};

} // namespace qascore::reader
