// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <qascore/rubric/yaml.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The text of a rubric file before any YAML is parsed: UTF-8, of bounded size, with positions that people
/// count.
namespace qascore::reader {

struct position {
  int line = 0;   // from 1
  int column = 0; // from 1, in characters
  friend auto operator<=>(const position&, const position&) = default;
};

/// Checked text with one kind of line end and no byte order mark.
class source {
public:
  /// Throws rubric_error for what is not text.
  source(std::string_view bytes, std::string_view name) : name_{name} {
    if (bytes.size() > max_rubric_bytes)
      refuse({}, "expected a rubric of at most " + std::to_string(max_rubric_bytes) + " bytes but found " +
                     std::to_string(bytes.size()));
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
      refuse({1, 1}, "expected UTF-8 but found UTF-16: save the file as UTF-8");
    if (bytes.starts_with("\xef\xbb\xbf"))
      bytes.remove_prefix(3);
    text_.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == '\r') {
        text_ += '\n';
        i += i + 1 < bytes.size() && bytes[i + 1] == '\n' ? 1u : 0u;
      } else {
        text_ += bytes[i];
      }
    }
    lines_.push_back(0);
    for (std::size_t i = 0; i < text_.size(); ++i)
      if (text_[i] == '\n')
        lines_.push_back(i + 1);
    check_characters();
    check_nesting();
  }

  const std::string& text() const noexcept { return text_; }
  const std::string& name() const noexcept { return name_; }

  /// A line, from 0, without its end; empty where there is none.
  std::string_view line(int row) const {
    if (row < 0 || static_cast<std::size_t>(row) >= lines_.size())
      return {};
    const std::size_t begin = lines_[static_cast<std::size_t>(row)];
    return std::string_view(text_).substr(begin, std::min(text_.find('\n', begin), text_.size()) - begin);
  }

  /// Line and column from 0, the column in bytes, as the parser counts them.
  position at(int line, int byte_column) const {
    const auto row =
        static_cast<std::size_t>(std::clamp<long long>(line, 0, static_cast<long long>(lines_.size()) - 1));
    const std::size_t begin = lines_[row];
    const std::size_t end =
        std::min(text_.size(), begin + static_cast<std::size_t>(std::max(0, byte_column)));
    // Places are asked for nearly in order: counting goes on from the last, or long lines would cost a square.
    if (row != counted_row_)
      counted_row_ = row, counted_to_ = begin, characters_ = 0;
    const auto [from, to] = std::minmax(counted_to_, end);
    const std::ptrdiff_t between = std::count_if(
        text_.begin() + static_cast<std::ptrdiff_t>(from), text_.begin() + static_cast<std::ptrdiff_t>(to),
        [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; });
    characters_ += end < counted_to_ ? -between : between;
    counted_to_ = end;
    return {static_cast<int>(row) + 1, static_cast<int>(characters_) + 1};
  }

  [[noreturn]] void refuse(position where, std::string message) const {
    throw rubric_error(std::vector<problem>{{name_, where.line, where.column, {}, std::move(message)}});
  }

  /// Characters that no text may have, written or escaped: they would cut messages short and command terminals.
  static bool is_control(unsigned char byte) {
    return byte != '\n' && byte != '\r' && byte != '\t' && (byte < 0x20 || byte == 0x7f);
  }
  [[noreturn]] void refuse_control(position where, unsigned char byte) const {
    refuse(where, "expected text but found the control character " + code_of(byte));
  }

private:
  // Far more than any form needs, and few enough for the parser's stack.
  static constexpr std::size_t deepest_indent = 200;
  static constexpr int deepest_brackets = 100;

  position of_byte(std::size_t byte) const {
    const auto next = std::upper_bound(lines_.begin(), lines_.end(), byte);
    const auto row = next - lines_.begin() - 1;
    return at(static_cast<int>(row), static_cast<int>(byte - lines_[static_cast<std::size_t>(row)]));
  }

  // Length of the character at i, 0 when it is not UTF-8 (overlong forms, surrogates, beyond U+10FFFF
  // included).
  std::size_t character_at(std::size_t i) const {
    const auto byte = [&](std::size_t k) -> unsigned {
      return i + k < text_.size() ? static_cast<unsigned char>(text_[i + k]) : 0u;
    };
    const auto follows = [&](std::size_t k) { return (byte(k) & 0xc0u) == 0x80u; };
    const unsigned b = byte(0);
    if (b < 0x80)
      return 1;
    if (b >= 0xc2 && b <= 0xdf)
      return follows(1) ? 2 : 0;
    if (b >= 0xe0 && b <= 0xef) {
      const bool shortest = b != 0xe0 || byte(1) >= 0xa0, no_surrogate = b != 0xed || byte(1) < 0xa0;
      return follows(1) && follows(2) && shortest && no_surrogate ? 3 : 0;
    }
    if (b >= 0xf0 && b <= 0xf4) {
      const bool in_range = (b != 0xf0 || byte(1) >= 0x90) && (b != 0xf4 || byte(1) < 0x90);
      return follows(1) && follows(2) && follows(3) && in_range ? 4 : 0;
    }
    return 0;
  }

  void check_characters() const {
    for (std::size_t i = 0; i < text_.size();) {
      const std::size_t length = character_at(i);
      const auto byte = static_cast<unsigned char>(text_[i]);
      if (length == 0)
        refuse(of_byte(i), "expected UTF-8 text but found the byte " + code_of(byte));
      if (is_control(byte))
        refuse_control(of_byte(i), byte);
      i += length;
    }
  }

  static std::string code_of(unsigned char byte) {
    static constexpr char hex[] = "0123456789abcdef";
    return std::string("0x") + hex[byte >> 4] + hex[byte & 15u];
  }

  void check_nesting() const {
    int brackets = 0;
    for (std::size_t row = 0; row < lines_.size(); ++row) {
      std::size_t i = lines_[row], indent = 0, markers = 0;
      // "- - - x" nests without an indentation of its own; "? ? x" likewise.
      for (; i < text_.size() && (text_[i] == ' ' || text_[i] == '-' || text_[i] == '?' || text_[i] == '\t');
           ++i) {
        ++indent;
        markers += text_[i] == '-' || text_[i] == '?' ? 1u : 0u;
      }
      const bool blank = markers == 0 && (i == text_.size() || text_[i] == '\n' || text_[i] == '#');
      if (indent > deepest_indent && !blank)
        refuse({static_cast<int>(row) + 1, 1}, "expected at most " + std::to_string(deepest_indent) +
                                                   " columns of indentation but found " +
                                                   std::to_string(indent));
      for (; i < text_.size() && text_[i] != '\n'; ++i) {
        if (text_[i] == '[' || text_[i] == '{')
          ++brackets;
        else if (text_[i] == ']' || text_[i] == '}')
          brackets = std::max(0, brackets - 1);
        if (brackets > deepest_brackets)
          refuse(of_byte(i), "expected at most " + std::to_string(deepest_brackets) +
                                 " brackets open at a time but found more");
      }
    }
  }

  std::string name_;
  std::string text_;
  std::vector<std::size_t> lines_; // byte at which each line starts
  // What `at` counted last: the characters of a line up to a byte.
  mutable std::size_t counted_row_ = static_cast<std::size_t>(-1);
  mutable std::size_t counted_to_ = 0;
  mutable std::ptrdiff_t characters_ = 0;
};

} // namespace qascore::reader
