// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "rubric.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Answers as people and files write them, into codes.
namespace qascore {

/// The answer "none of the options", where several may be chosen: not the same as no answer.
inline constexpr std::string_view no_options = "[]";

/// A code, or what is wrong with the answer.
struct coded_answer {
  std::uint8_t code = kernel::unanswered_code;
  std::string problem; ///< empty when all is well
};

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
/// A day of the Gregorian calendar as ISO 8601 writes it, alone or before a time.
inline bool is_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-' ||
      (text.size() > 10 && text[10] != 'T' && text[10] != ' '))
    return false;
  for (const std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u})
    if (text[i] < '0' || text[i] > '9')
      return false;
  const auto digits = [&](std::size_t from, std::size_t count) {
    int out = 0;
    for (std::size_t i = from; i < from + count; ++i)
      out = 10 * out + (text[i] - '0');
    return out;
  };
  const std::chrono::year_month_day day(std::chrono::year(digits(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(digits(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(digits(8, 2))));
  return day.ok();
}
inline coded_answer code_of(const date_answer&, std::string_view text) {
  return is_date(text) ? coded_answer{0, {}} : not_allowed("a date like 2026-01-31", text);
}

/// Several options as text: ids with ; between them, [] for none.
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

/// A user's answer as text: text, a number, a truth value (yes, no), or std::optional of these (empty:
/// unanswered).
inline std::string_view to_answer_text(std::string_view text, std::string&) {
  return text;
}
template <class Number>
requires std::is_arithmetic_v<Number> std::string_view to_answer_text(Number value, std::string& buffer) {
  if constexpr (std::is_same_v<Number, bool>) {
    return value ? "yes" : "no";
  } else {
    // NaN is missing everywhere in the library.
    const auto number = static_cast<double>(value);
    buffer = std::isnan(number) ? std::string{} : format_number(number);
    return buffer;
  }
}
template <class T>
std::string_view to_answer_text(const std::optional<T>& value, std::string& buffer) {
  return value ? to_answer_text(*value, buffer) : std::string_view{};
}

/// The same of a field of the conversation, whose truth values are true and false, as conditions write them.
template <class Value>
std::string_view to_field_text(const Value& value, std::string& buffer) {
  return to_answer_text(value, buffer);
}
inline std::string_view to_field_text(const bool& value, std::string&) {
  return value ? "true" : "false";
}
template <class T>
std::string_view to_field_text(const std::optional<T>& value, std::string& buffer) {
  return value ? to_field_text(*value, buffer) : std::string_view{};
}

/// What is wrong with a rater's answer to a criterion that a metric fills in.
inline std::string filled_problem(std::string_view metric) {
  return "expected no answer, since the metric " + quoted(metric) +
         " of the conversation fills it in, but found one";
}

} // namespace detail

/// One answer into its code. Empty text is unanswered, `not_applicable` is not applicable (where allowed).
inline coded_answer code_of(const criterion& criterion, std::string_view text) {
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
  if (!out.problem.empty() && criterion.definition().not_applicable &&
      !detail::nearest(text, std::vector<std::string_view>{not_applicable_answer}).empty())
    out.problem += " (did you mean \"not_applicable\"?)";
  return out;
}

/// A user's own answers: a map or range of (criterion id, answer), the answer being text, a number, a truth
/// value, or std::optional of one.
template <class Range>
concept answer_range = std::ranges::input_range<const Range> &&
    requires(std::ranges::range_reference_t<const Range> a, std::string& buffer) {
  { std::get<0>(a) } -> std::convertible_to<std::string_view>;
  { detail::to_answer_text(std::get<1>(a), buffer) } -> std::same_as<std::string_view>;
};

/// The code of a field's value. What no condition names is one with what is missing, and so is empty text.
inline std::uint8_t code_of(const detail::field_values& field, std::string_view value) {
  const auto at = value.empty() ? field.values.end() : detail::find_value(field.values, value);
  return at == field.values.end() ? kernel::unanswered_code
                                  : static_cast<std::uint8_t>(at - field.values.begin());
}

/// Codes of one evaluation, by index of criterion, then of field; criteria without an answer are unanswered.
/// `conversation` has the fields that conditions look at and the metrics that fill criteria in, by name (a map
/// or range as of answers), and whatever else is known of it; a metric that is not there is an answer that is
/// missing. Throws rubric_error with every unknown criterion, answer that is not allowed,
/// criterion answered twice, and field that is not there (empty text is a field without a value).
template <answer_range Range, answer_range Fields = std::map<std::string, std::string>>
std::vector<std::uint8_t> encode(const rubric& form, const Range& answers, const Fields& conversation = {}) {
  std::vector<std::uint8_t> codes(form.plan().inputs, kernel::unanswered_code);
  std::vector<bool> seen(codes.size(), false);
  std::vector<problem> problems;
  std::string buffer;
  for (const auto& answer : answers) {
    const std::string_view id{std::get<0>(answer)};
    if (!form.has(id)) {
      problems.push_back(form.unknown(id));
      continue;
    }
    const std::size_t at = form.index_of(id);
    if (const auto metric = form.criteria()[at].metric(); !metric.empty()) {
      if (!detail::to_answer_text(std::get<1>(answer), buffer).empty())
        problems.push_back({{}, 0, 0, std::string(id), detail::filled_problem(metric)});
      continue;
    }
    coded_answer coded = code_of(form.criteria()[at], detail::to_answer_text(std::get<1>(answer), buffer));
    if (seen[at])
      coded.problem = "expected one answer but found a second one";
    seen[at] = true;
    codes[at] = coded.code;
    if (!coded.problem.empty())
      problems.push_back({{}, 0, 0, std::string(id), std::move(coded.problem)});
  }
  for (const auto& one : conversation)
    for (std::size_t c = 0; c < form.criteria().size(); ++c) {
      if (form.criteria()[c].metric().empty() || form.criteria()[c].metric() != std::get<0>(one))
        continue;
      coded_answer coded = code_of(form.criteria()[c], detail::to_answer_text(std::get<1>(one), buffer));
      codes[c] = coded.code;
      if (!coded.problem.empty())
        problems.push_back({{}, 0, 0, std::string(form.criteria()[c].id()), std::move(coded.problem)});
    }
  for (std::size_t f = 0; f < form.fields().size(); ++f) {
    const auto& field = form.fields()[f];
    bool found = false;
    for (const auto& one : conversation) {
      if (std::string_view{std::get<0>(one)} != field.name)
        continue;
      found = true;
      codes[form.criteria().size() + f] = code_of(field, detail::to_field_text(std::get<1>(one), buffer));
    }
    if (!found)
      problems.push_back({{}, 0, 0, field.name, "expected this field of the conversation but found none"});
  }
  if (!problems.empty())
    throw rubric_error(std::move(problems));
  return codes;
}

} // namespace qascore
