// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

/// Labels as text: how records that outlive the data (a sampling plan) name strata of any type.
namespace qascore {

/// What a label was before it became text.
enum class label_kind { text, integer, boolean };

/// Text of rows without a label, where they are a stratum of their own.
inline constexpr std::string_view missing_label = "(missing)";

/// A type whose values can be labels: text, whole numbers, bool, enumerations.
template <class T>
concept label_type = std::convertible_to<const T&, std::string_view> || std::integral<T> || std::is_enum_v<T>;

template <label_type T>
inline constexpr label_kind label_kind_of = std::convertible_to<const T&, std::string_view> ? label_kind::text
                                            : std::same_as<T, bool> ? label_kind::boolean
                                                                    : label_kind::integer;

/// Text as it is, whole numbers in decimal, bool as true or false, enumerations by their number.
template <label_type T>
std::string label_text(const T& label) {
  if constexpr (std::convertible_to<const T&, std::string_view>)
    return std::string(std::string_view(label));
  else if constexpr (std::same_as<T, bool>)
    return label ? "true" : "false";
  else if constexpr (std::is_enum_v<T>)
    return std::to_string(static_cast<std::underlying_type_t<T>>(label));
  else
    return std::to_string(label);
}

} // namespace qascore
