// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>

/// How a missing value looks inside: NaN in a column of doubles, `missing_code` in a column of codes.
/// Users may give NaN, an empty std::optional, or (for labels) an empty std::optional.
namespace qascore {

/// Code of "missing" in any column of dense codes.
inline constexpr std::uint32_t missing_code = 0xffff'ffffu;
/// "Missing" in any column of doubles.
inline constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

/// What a verb does with units that have no value.
enum class missing_rows {
  error, ///< refuse, and name the first
  drop, ///< answers that are missing: leave them out and count them; the others of their stratum
         ///< stand for them
  domain ///< another part of the population, to which the question does not apply: nothing stands for them
};

constexpr bool is_missing(std::uint32_t code) noexcept {
  return code == missing_code;
}
inline bool is_missing(double value) noexcept {
  return std::isnan(value);
}

/// A user's number as a double: arithmetic types, or std::optional of them (empty is missing).
template <class Number>
requires std::is_arithmetic_v<Number>
constexpr double to_double(Number value) noexcept {
  return static_cast<double>(value);
}
template <class Number>
requires std::is_arithmetic_v<Number>
constexpr double to_double(const std::optional<Number>& value) noexcept {
  return value ? static_cast<double>(*value) : missing_value;
}

} // namespace qascore
