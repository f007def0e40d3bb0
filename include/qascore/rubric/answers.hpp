// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/format.hpp"
#include "rubric.hpp"

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
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
std::string filled_problem(std::string_view metric);

} // namespace detail

/// One answer into its code. Empty text is unanswered, `not_applicable` is not applicable (where allowed).
coded_answer code_of(const criterion& criterion, std::string_view text);

namespace detail {
/// What the codes of a criterion are, for messages: 0 to `codes` - 1 and those that are reserved.
std::string expected_code(const criterion& criterion, std::string_view what, std::size_t codes);
} // namespace detail

/// One answer that is given as its code already, in decimal digits, into the code that scoring reads: the same number,
/// checked. Of several options it is the codes of the chosen with ; between them, [] for none: there is no code for each
/// set. Free text and dates have no codes and are taken as they are.
coded_answer code_of_code(const criterion& criterion, std::string_view text);

/// A user's own answers: a map or range of (criterion id, answer), the answer being text, a number, a truth
/// value, or std::optional of one.
template <class Range>
concept answer_range = std::ranges::input_range<const Range> &&
    requires(std::ranges::range_reference_t<const Range> a, std::string& buffer) {
  { std::get<0>(a) } -> std::convertible_to<std::string_view>;
  { detail::to_answer_text(std::get<1>(a), buffer) } -> std::same_as<std::string_view>;
};

/// The code of a field's value. What no condition names is one with what is missing, and so is empty text.
std::uint8_t code_of(const detail::field_values& field, std::string_view value);

namespace detail {
/// `encode`, with what reads an answer of the rater: code_of or code_of_code.
template <answer_range Range, answer_range Fields>
std::vector<std::uint8_t> encode_by(coded_answer (*read)(const criterion&, std::string_view),
                                    const rubric& form, const Range& answers, const Fields& conversation) {
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
      if (!to_answer_text(std::get<1>(answer), buffer).empty())
        problems.push_back({{}, 0, 0, std::string(id), filled_problem(metric)});
      continue;
    }
    coded_answer coded = read(form.criteria()[at], to_answer_text(std::get<1>(answer), buffer));
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
      coded_answer coded = qascore::code_of(form.criteria()[c], to_answer_text(std::get<1>(one), buffer));
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
      codes[form.criteria().size() + f] = qascore::code_of(field, to_field_text(std::get<1>(one), buffer));
    }
    if (!found)
      problems.push_back({{}, 0, 0, field.name, "expected this field of the conversation but found none"});
  }
  if (!problems.empty())
    throw rubric_error(std::move(problems));
  return codes;
}
} // namespace detail

/// Codes of one evaluation, by index of criterion, then of field; criteria without an answer are unanswered.
/// `conversation` has the fields that conditions look at and the metrics that fill criteria in, by name (a map
/// or range as of answers), and whatever else is known of it; a metric that is not there is an answer that is
/// missing. Throws rubric_error with every unknown criterion, answer that is not allowed,
/// criterion answered twice, and field that is not there (empty text is a field without a value).
template <answer_range Range, answer_range Fields = std::map<std::string, std::string>>
std::vector<std::uint8_t> encode(const rubric& form, const Range& answers, const Fields& conversation = {}) {
  return detail::encode_by(code_of, form, answers, conversation);
}

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/answers.ipp"
#endif
