// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

/// What conditions look at in the conversation itself.
namespace qascore::detail {

/// A field of the conversation, and the values that conditions name: their index is their code.
struct field_values {
  std::string name;
  std::vector<std::string> values;
};

/// "true" or "false" when that is what a text says, however it is written (True, TRUE); else nothing.
inline std::string_view truth_word(std::string_view text) {
  for (const std::string_view word : {"true", "false"})
    if (std::ranges::equal(text, word, [](char a, char b) { return a == b || (a == b - 'a' + 'A'); }))
      return word;
  return {};
}

/// Whether a value of the conversation is one that a condition names: the same text, or the same truth value.
inline bool same_value(std::string_view a, std::string_view b) {
  return a == b || (!truth_word(a).empty() && truth_word(a) == truth_word(b));
}

/// Where a value stands among those that conditions name; end() where it does not.
inline auto find_value(const std::vector<std::string>& named, std::string_view value) {
  return std::ranges::find_if(named, [&](const std::string& one) { return same_value(one, value); });
}

} // namespace qascore::detail
