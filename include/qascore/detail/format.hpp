// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "config.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

/// Text for messages: numbers the shortest way that reads back the same, names in quotes.
namespace qascore::detail {

inline std::string format_number(double value) {
  if (std::isnan(value))
    return "NaN";
  if (std::isinf(value))
    return value > 0 ? "infinity" : "-infinity";
  // 100000, not 1e+05: an exponent only where a person would write one.
  const double size = std::abs(value);
  const auto form = value == 0.0 || (size >= 1e-4 && size < 1e15) ? std::chars_format::fixed
                                                                   : std::chars_format::scientific;
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, form).ptr;
  return {buffer, end};
}

inline std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  // A message shows the start of what was found; a hostile megabyte does not become the message.
  constexpr std::size_t longest = 80;
  std::size_t end = std::min(text.size(), longest);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u)
    --end; // not within a character of UTF-8
  out += text.substr(0, end);
  if (end < text.size())
    out += "...";
  out += '"';
  return out;
}

// Where <iomanip> is included, std::quoted is found for these types as well: exact matches of ours win.
inline std::string quoted(const char* text) { return quoted(std::string_view(text)); }
inline std::string quoted(const std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(std::string& text) { return quoted(std::string_view(text)); }

} // namespace qascore::detail
