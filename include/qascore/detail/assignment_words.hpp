// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "format.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Why conversations cannot be assigned, in words.
namespace qascore::detail {

/// The first few names in quotes, and how many more there are.
inline std::string some_names(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 5;
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < shown; ++i)
    out += (i == 0 ? "" : ", ") + quoted(names[i]);
  return names.size() > shown ? out + " and " + std::to_string(names.size() - shown) + " more" : out;
}

inline std::string counted(std::uint64_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

/// Of a cut that is too narrow: the conversations, the raters who may judge them, and by how many ratings they fall short.
inline std::string shortage_text(const std::vector<std::string>& conversations,
                                 const std::vector<std::string>& raters, std::uint64_t needed,
                                 std::uint64_t capacity, std::uint64_t elsewhere, std::uint64_t short_of) {
  const bool one = conversations.size() == 1;
  std::string out = "raters: " + counted(conversations.size(), "conversation") + " (" +
                    some_names(conversations) + ") need" + (one ? "s " : " ") + counted(needed, "rating") +
                    (needed > 1 && one ? " by different raters" : "");
  if (raters.empty())
    return out + ", but " + (elsewhere == 0 ? "no rater" : "only " + counted(elsewhere, "rater")) +
           " may judge " + (one ? "it" : "them");
  const bool single = raters.size() == 1;
  out += ", but only " + std::string(single ? "rater " : "raters ") + some_names(raters) + " may judge " +
         (one ? "it" : "them") + ", who ha" + (single ? "s" : "ve") + " a capacity of " +
         std::to_string(capacity) + (single ? "" : " together");
  if (elsewhere > 0)
    out += "; " + counted(elsewhere, "rating") +
           " more can come from others, who give each conversation one at most";
  return out + "; " + counted(short_of, "rating") +
         " cannot be given: raise capacities, allow more raters or double-score less";
}

/// Of raters who cannot reach their minimum.
inline std::string minimum_text(const std::vector<std::string>& raters, std::uint64_t needed,
                                std::uint64_t possible) {
  const bool single = raters.size() == 1;
  return std::string("minimum: ") + (single ? "rater " : "raters ") + some_names(raters) +
         (single ? " is" : " are") + " to give " + counted(needed, "rating") + " at least" +
         (single ? "" : " together") + ", but can give only " + std::to_string(possible) +
         " of what is wanted";
}

} // namespace qascore::detail
