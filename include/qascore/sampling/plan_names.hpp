// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <array>
#include <cstddef>
#include <string_view>

/// The words for what a plan was asked and how it was drawn, in the order of their enumerations (sampling_plan.hpp): in JSON, in
/// messages, in Python.
namespace qascore::detail_plan {

inline constexpr std::array<std::string_view, 7> methods{"proportional", "equal",  "neyman", "measure",
                                                         "rates",        "counts", "power"};
inline constexpr std::array<std::string_view, 6> roundings{"largest_remainder", "optimal", "jefferson",
                                                           "webster",           "adams",   "dean"};
inline constexpr std::array<std::string_view, 3> label_kinds{"text", "integer", "boolean"};
inline constexpr std::array<std::string_view, 3> id_kinds{"integer", "text", "row"};
inline constexpr std::array<std::string_view, 6> draw_methods{"simple",     "pareto",  "sequential_poisson",
                                                              "successive", "poisson", "systematic"};

inline constexpr std::array<std::string_view, 2> directions{"up", "down"};
inline constexpr std::array<std::string_view, 2> coordinations{"avoid", "keep"};

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const std::array<std::string_view, N>& names) {
  return names[static_cast<std::size_t>(value)];
}

} // namespace qascore::detail_plan
