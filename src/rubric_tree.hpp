// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "rubric_text.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

/// A YAML document as plain data: every scalar as it was written, every node with its place.
namespace qascore::reader {

enum class node_kind { nothing, text, list, map };

struct node {
  node_kind kind = node_kind::nothing;
  position where;
  bool quoted = false; // text in quotes, or as a block
  std::string value;   // of text
  std::vector<std::size_t> items;
  std::vector<std::pair<std::size_t, std::size_t>>
      entries; // key, value; in the order of the file, repeats kept
  friend bool operator==(const node&, const node&) = default;
};

/// Nodes by index; an alias is the index of what it names. Nothing points up, so there are no cycles.
struct tree {
  static constexpr std::size_t most_nodes = 100'000;
  std::vector<node> nodes;
  std::size_t root = 0;

  const node& operator[](std::size_t i) const { return nodes[i]; }
  friend bool operator==(const tree&, const tree&) = default;
};

/// Parses one document. Throws rubric_error where the text is not YAML, has more than one document, tags, or
/// nodes beyond `most_nodes`.
tree parse_tree(const source& text);

/// The same by yaml-cpp alone, which `parse_tree` asks only for what is not plain (rubric_plain.hpp).
tree parse_any_tree(const source& text);

} // namespace qascore::reader
