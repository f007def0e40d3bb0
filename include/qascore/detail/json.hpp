// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "format.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Just enough JSON (RFC 8259) for the library's own records: strict, bounded, errors with line and column.
namespace qascore::detail {

/// `text` as a JSON string, with its quotes. Text is UTF-8 and stays so.
inline std::string json_string(std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (byte < 0x20 || byte == 0x7f)
      ((out += "\\u00") += hex[byte >> 4]) += hex[byte & 15];
    else
      out += c;
  }
  return out += '"';
}

struct json_value {
  enum class type { null, boolean, number, string, array, object };
  type kind = type::null;
  bool truth = false;
  std::string text;              ///< of a string; of a number as written
  std::vector<json_value> items; ///< of an array; values of an object
  std::vector<std::string> keys; ///< of an object, in the order written; distinct
};

/// Reads one JSON value and nothing after it. Throws data_error `name:line:column: expected ... but found
/// ...`.
class json_parser {
public:
  json_parser(std::string_view text, std::string_view name)
      : text_{text},
        name_{name} {}

  json_value parse() {
    json_value out = value(0);
    skip_space();
    if (at_ < text_.size())
      fail("the end of the text");
    return out;
  }

private:
  static constexpr int deepest = 32;

  [[noreturn]] void fail(std::string_view expected) const {
    const std::string_view before = text_.substr(0, at_);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t column = at_ - (before.rfind('\n') + 1) + 1; // npos + 1 is 0
    throw data_error(
        std::string(name_) + ':' + std::to_string(line) + ':' + std::to_string(column) + ": expected " +
        std::string(expected) + " but found " +
        (at_ < text_.size() ? quoted(text_.substr(at_, 12)) : std::string("the end of the text")));
  }

  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c)
      return false;
    ++at_;
    return true;
  }

  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word)
      return false;
    at_ += word.size();
    return true;
  }

  json_value value(int depth) {
    if (depth > deepest)
      fail("at most 32 levels");
    skip_space();
    json_value out;
    if (take('{')) {
      out.kind = json_value::type::object;
      members(out, depth);
    } else if (take('[')) {
      out.kind = json_value::type::array;
      elements(out, depth);
    } else if (at_ < text_.size() && text_[at_] == '"') {
      out.kind = json_value::type::string;
      out.text = string();
    } else if (take("true")) {
      out.kind = json_value::type::boolean;
      out.truth = true;
    } else if (take("false")) {
      out.kind = json_value::type::boolean;
    } else if (!take("null")) {
      out.kind = json_value::type::number;
      out.text = number();
    }
    return out;
  }

  void members(json_value& out, int depth) {
    skip_space();
    if (take('}'))
      return;
    do {
      skip_space();
      const std::size_t start = at_;
      std::string key = string();
      if (std::find(out.keys.begin(), out.keys.end(), key) != out.keys.end()) {
        at_ = start;
        fail("each key once");
      }
      out.keys.push_back(std::move(key));
      skip_space();
      if (!take(':'))
        fail("':'");
      out.items.push_back(value(depth + 1));
      skip_space();
    } while (take(','));
    if (!take('}'))
      fail("',' or '}'");
  }

  void elements(json_value& out, int depth) {
    skip_space();
    if (take(']'))
      return;
    do {
      out.items.push_back(value(depth + 1));
      skip_space();
    } while (take(','));
    if (!take(']'))
      fail("',' or ']'");
  }

  std::size_t digits() {
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
      ++at_;
    return at_ - start;
  }

  std::string number() {
    const std::size_t start = at_;
    take('-');
    const std::size_t first = at_;
    if (const std::size_t whole = digits(); whole == 0 || (whole > 1 && text_[first] == '0')) {
      at_ = start;
      fail("a value");
    }
    if (take('.') && digits() == 0)
      fail("a digit");
    if (take('e') || take('E')) {
      if (!take('-'))
        take('+');
      if (digits() == 0)
        fail("a digit");
    }
    return std::string(text_.substr(start, at_ - start));
  }

  unsigned four_hex() {
    unsigned code = 0;
    const std::string_view part = text_.substr(at_, 4);
    const auto end = std::from_chars(part.data(), part.data() + part.size(), code, 16).ptr;
    if (part.size() != 4 || end != part.data() + 4)
      fail("four hexadecimal digits");
    at_ += 4;
    return code;
  }

  static void append_utf8(std::string& out, unsigned code) {
    const auto byte = [&](unsigned b) { out += static_cast<char>(b); };
    if (code < 0x80) {
      byte(code);
    } else if (code < 0x800) {
      byte(0xc0 | (code >> 6));
      byte(0x80 | (code & 63));
    } else if (code < 0x10000) {
      byte(0xe0 | (code >> 12));
      byte(0x80 | ((code >> 6) & 63));
      byte(0x80 | (code & 63));
    } else {
      byte(0xf0 | (code >> 18));
      byte(0x80 | ((code >> 12) & 63));
      byte(0x80 | ((code >> 6) & 63));
      byte(0x80 | (code & 63));
    }
  }

  void escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (take('u')) {
      unsigned code = four_hex();
      if (code >= 0xd800 && code < 0xdc00) {
        const unsigned low = take("\\u") ? four_hex() : 0;
        if (low < 0xdc00 || low > 0xdfff)
          fail("the second half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      } else if (code >= 0xdc00 && code < 0xe000) {
        fail("the first half of a surrogate pair before this");
      }
      append_utf8(out, code);
      return;
    }
    const std::size_t letter = at_ < text_.size() ? letters.find(text_[at_]) : std::string_view::npos;
    if (letter == std::string_view::npos)
      fail("an escape");
    ++at_;
    out += meanings[letter];
  }

  std::string string() {
    if (!take('"'))
      fail("a string");
    std::string out;
    while (!take('"')) {
      if (at_ >= text_.size() || static_cast<unsigned char>(text_[at_]) < 0x20)
        fail("the end of the string");
      if (take('\\'))
        escape(out);
      else
        out += text_[at_++];
    }
    return out;
  }

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
};

} // namespace qascore::detail
