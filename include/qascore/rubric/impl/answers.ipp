// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/nearest.hpp"
#include "../answer_scale.hpp"
#include "../answers.hpp"
#include "../option_classes.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

/// Answers as people and files write them, into codes.
namespace qascore {
namespace detail {

inline std::optional<double> read_number(std::string_view text) {
  double value = 0.0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

inline coded_answer not_allowed(const std::string& expected, std::string_view found, std::string hint = {}) {
  return {0, "expected " + expected + " but found " + quoted(found) + std::move(hint)};
}

inline coded_answer not_listed(const std::vector<std::string>& allowed, std::string_view found) {
  std::string list;
  constexpr std::size_t shown = 8;
  for (std::size_t i = 0; i < allowed.size() && i < shown; ++i)
    list += (i == 0 ? "" : i + 1 == allowed.size() ? " or " : ", ") + quoted(allowed[i]);
  if (allowed.size() > shown)
    list += ", ...";
  return not_allowed(list, found, did_you_mean(found, allowed));
}

inline coded_answer code_of(const yes_no_answer&, std::string_view text) {
  if (text == "yes" || text == "no")
    return {static_cast<std::uint8_t>(text == "yes" ? 0 : 1), {}};
  return not_listed({"yes", "no"}, text);
}

inline coded_answer code_of(const options_answer& answer, std::string_view text) {
  std::vector<std::string> allowed;
  for (std::size_t i = 0; i < answer.options.size(); ++i)
    if (answer.options[i].id == text)
      return {static_cast<std::uint8_t>(i), {}};
  for (const auto& option : answer.options)
    allowed.push_back(option.id);
  return not_listed(allowed, text);
}

inline coded_answer code_of(const scale_answer& answer, std::string_view text) {
  const auto value = read_number(text);
  if (value && *value >= answer.min && *value <= answer.max && *value == std::floor(*value))
    return {static_cast<std::uint8_t>(static_cast<int>(*value) - answer.min), {}};
  return not_allowed(
      "a whole number from " + std::to_string(answer.min) + " to " + std::to_string(answer.max), text);
}

inline coded_answer code_of(const number_answer& answer, std::string_view text) {
  const auto value = read_number(text);
  if (!value)
    return not_allowed("a number", text);
  std::uint8_t code = 0;
  while (answer.ranges[code].to && *value > *answer.ranges[code].to)
    ++code;
  return {code, {}};
}

inline coded_answer code_of(const hits_answer& answer, std::string_view text) {
  const auto value = read_number(text);
  if (!value || *value < 0.0 || *value != std::floor(*value))
    return not_allowed("a number of hits (0, 1, 2, ...)", text);
  return {static_cast<std::uint8_t>(std::min(*value, most_hits(answer))), {}};
}

inline coded_answer code_of(const text_answer&, std::string_view) {
  return {0, {}};
}

/// Two digits at a place of a text, at most `most`.
inline bool is_clock_part(std::string_view text, std::size_t at, int most) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  return digit(at) && digit(at + 1) && 10 * (text[at] - '0') + (text[at + 1] - '0') <= most;
}

/// A time of ISO 8601 as hh:mm, hh:mm:ss or with decimals of a second, alone or before Z or an offset (+01:00, +0100, +01).
inline bool is_time(std::string_view text) {
  if (!is_clock_part(text, 0, 23) || text.size() < 5 || text[2] != ':' || !is_clock_part(text, 3, 59))
    return false;
  text.remove_prefix(5);
  if (text.starts_with(':')) {
    if (!is_clock_part(text, 1, 60)) // 60: a leap second
      return false;
    text.remove_prefix(3);
    if (text.starts_with('.')) {
      const std::size_t digits = std::min(text.find_first_not_of("0123456789", 1), text.size());
      if (digits == 1)
        return false;
      text.remove_prefix(digits);
    }
  }
  if (text.empty() || text == "Z")
    return true;
  if (text[0] != '+' && text[0] != '-')
    return false;
  const std::size_t minutes = text.size() == 6 && text[3] == ':' ? 4 : 3;
  return is_clock_part(text, 1, 23) &&
         (text.size() == 3 || (text.size() == minutes + 2 && is_clock_part(text, minutes, 59)));
}

/// A day of the Gregorian calendar as ISO 8601 writes it, alone or before a time.
inline bool is_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-' || !is_clock_part(text, 0, 99) ||
      !is_clock_part(text, 2, 99) || !is_clock_part(text, 5, 12) || !is_clock_part(text, 8, 31))
    return false;
  if (text.size() > 10 && ((text[10] != 'T' && text[10] != ' ') || !is_time(text.substr(11))))
    return false;
  const auto number = [&](std::size_t at) { return 10 * (text[at] - '0') + (text[at + 1] - '0'); };
  return std::chrono::year_month_day(std::chrono::year(100 * number(0) + number(2)),
                                     std::chrono::month(static_cast<unsigned>(number(5))),
                                     std::chrono::day(static_cast<unsigned>(number(8))))
      .ok();
}

inline coded_answer code_of(const date_answer&, std::string_view text) {
  return is_date(text) ? coded_answer{0, {}}
                       : not_allowed("a date like 2026-01-31 or 2026-01-31T09:30", text);
}

inline coded_answer code_of(const options_answer& answer, const option_classes& classes,
                            std::string_view text) {
  std::uint64_t chosen = 0;
  std::vector<std::string> allowed;
  for (const auto& option : answer.options)
    allowed.push_back(option.id);
  while (text != no_options) {
    const std::size_t cut = text.find(';');
    std::string_view id = text.substr(0, cut);
    while (id.starts_with(' '))
      id.remove_prefix(1);
    while (id.ends_with(' '))
      id.remove_suffix(1);
    const auto at = std::ranges::find(allowed, id) - allowed.begin();
    if (at == static_cast<std::ptrdiff_t>(allowed.size()))
      return not_listed(allowed, id);
    const std::uint64_t bit = std::uint64_t{1} << at;
    if ((chosen & bit) != 0)
      return {0, "expected each option once but found " + quoted(id) + " again"};
    chosen |= bit;
    if (cut == std::string_view::npos)
      break;
    text.remove_prefix(cut + 1);
  }
  return {classes.code_of(chosen), {}};
}

/// Whether people may mean "not applicable" by it, as other systems write it.
inline bool means_not_applicable(std::string_view text) {
  constexpr std::string_view written[] = {"n/a", "na", "n.a.", "not applicable", "-", "不适用", "不適用"};
  std::string plain(text);
  std::ranges::transform(plain, plain.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::ranges::find(written, plain) != std::end(written);
}

/// What to write in its place; not allowed: how the form allows it.
inline std::string not_applicable_hint(bool allowed) {
  return allowed ? " (not applicable is written \"not_applicable\")"
                 : " (if it means not applicable: the form allows that with \"not_applicable: true\" at this "
                   "criterion)";
}

QASCORE_INLINE std::string filled_problem(std::string_view metric) {
  return "expected no answer, since the metric " + quoted(metric) +
         " of the conversation fills it in, but found one";
}

} // namespace detail

QASCORE_INLINE coded_answer code_of(const criterion& criterion, std::string_view text) {
  if (text.empty())
    return {};
  if (text == not_applicable_answer) {
    if (criterion.definition().not_applicable)
      return {kernel::not_applicable_code, {}};
    return {0, "expected an answer but found \"not_applicable\", which this criterion does not allow"};
  }
  const auto* several = detail::several_of(criterion.definition().answer);
  coded_answer out = several ? detail::code_of(*several, *criterion.classes(), text)
                             : std::visit([&](const auto& answer) { return detail::code_of(answer, text); },
                                          criterion.definition().answer);
  if (!out.problem.empty() && detail::means_not_applicable(text))
    out.problem = out.problem.substr(0, out.problem.find(" (did you mean")) +
                  detail::not_applicable_hint(criterion.definition().not_applicable);
  else if (!out.problem.empty() && criterion.definition().not_applicable &&
           !detail::nearest(text, std::vector<std::string_view>{not_applicable_answer}).empty())
    out.problem += " (did you mean \"not_applicable\"?)";
  return out;
}

namespace detail {

QASCORE_INLINE std::string expected_code(const criterion& criterion, std::string_view what,
                                         std::size_t codes) {
  std::string out(what);
  out += codes > 1 ? (codes == 2 ? " (0 or " : " (0 to ") + std::to_string(codes - 1) : " (0";
  if (criterion.definition().not_applicable)
    out += ", " + std::to_string(kernel::not_applicable_code) + " for not applicable";
  return out + ", " + std::to_string(kernel::unanswered_code) + " for unanswered)";
}

inline std::optional<std::size_t> read_code(std::string_view text) {
  const auto value = read_number(text);
  if (!value || *value < 0.0 || *value > kernel::unanswered_code || *value != std::floor(*value))
    return std::nullopt;
  return static_cast<std::size_t>(*value);
}

} // namespace detail

QASCORE_INLINE coded_answer code_of_code(const criterion& criterion, std::string_view text) {
  const auto& answer = criterion.definition().answer;
  if (text.empty() || !detail::is_scored(answer))
    return code_of(criterion, text);
  const auto* several = detail::several_of(answer);
  const auto refused = [&](std::string_view found) {
    return detail::not_allowed(
        several ? detail::expected_code(criterion, "codes of options", several->options.size())
                : detail::expected_code(criterion, "a code", criterion.points().size()),
        found);
  };
  const auto code = detail::read_code(text);
  if (code == kernel::unanswered_code)
    return {};
  if (code == kernel::not_applicable_code && criterion.definition().not_applicable)
    return {kernel::not_applicable_code, {}};
  if (several == nullptr)
    return code && *code < criterion.points().size() ? coded_answer{static_cast<std::uint8_t>(*code), {}}
                                                     : refused(text);
  std::string ids;
  for (std::string_view rest = text == no_options ? std::string_view{} : text; !rest.empty();) {
    const std::size_t cut = std::min(rest.find(';'), rest.size());
    const auto option = detail::read_code(rest.substr(0, cut));
    if (!option || *option >= several->options.size())
      return refused(rest.substr(0, cut));
    ids += (ids.empty() ? "" : ";") + several->options[*option].id;
    rest.remove_prefix(std::min(cut + 1, rest.size()));
  }
  return code_of(criterion, ids.empty() ? no_options : std::string_view(ids));
}

QASCORE_INLINE std::uint8_t code_of(const detail::field_values& field, std::string_view value) {
  const auto at = value.empty() ? field.values.end() : detail::find_value(field.values, value);
  return at == field.values.end() ? kernel::unanswered_code
                                  : static_cast<std::uint8_t>(at - field.values.begin());
}

} // namespace qascore
