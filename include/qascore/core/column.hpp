// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "label.hpp"
#include "missing.hpp"
#include "projection.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

/// Columns: the embedder's values copied into what kernels read. The user's structs are never changed.
namespace qascore {

/// Dense codes with their labels. Labels are sorted, so that codes do not depend on the order of rows.
template <class Label>
struct coded_column {
  std::vector<std::uint32_t> codes; ///< index into labels, or missing_code
  std::vector<Label> labels;        ///< ascending, distinct
};

namespace detail {
template <class T>
struct label_traits {
  using label = std::remove_cvref_t<T>;
  static constexpr bool optional = false;
};
template <class T>
struct label_traits<std::optional<T>> {
  using label = T;
  static constexpr bool optional = true;
};
template <class T>
using owned_label =
    std::conditional_t<std::is_convertible_v<T, std::string_view>, std::string, std::remove_cvref_t<T>>;
} // namespace detail

/// What can stand in a column of numbers: an arithmetic type, or std::optional of one.
template <class T>
concept number_value = requires(const std::remove_cvref_t<T>& value) {
  to_double(value);
};

/// Column of doubles from a range and a projection to a number or std::optional of one. Missing becomes NaN.
template <class Range, class Projection>
  requires projection_of<Projection, Range>
std::vector<double> number_column(const Range& rows, const Projection& projection) {
    using raw = std::invoke_result_t<const Projection&, row_reference<Range>>;
    static_assert(number_value<raw>, "qascore: this column is of numbers; the projection must give an "
                                     "arithmetic type or std::optional of one");
    std::vector<double> out;
    if constexpr (number_value<raw>) { // else what follows would hide the line above
      out.reserve(std::ranges::size(rows));
      for (const auto& row : rows)
        out.push_back(to_double(std::invoke(projection, row)));
    }
  return out;
}

/// Dense codes from a range and a projection to a label (text, number, bool, enumeration, or std::optional of one
/// for missing). Labels are copied once each, inside the call.
template <class Range, class Projection>
  requires projection_of<Projection, Range>
auto label_column(const Range& rows, const Projection& projection) {
  using raw = std::remove_cvref_t<std::invoke_result_t<const Projection&, row_reference<Range>>>;
  using traits = detail::label_traits<raw>;
  static_assert(label_type<typename traits::label> || std::floating_point<typename traits::label>,
                "qascore: this column is of labels; the projection must give text, a number, bool, an enumeration, or "
                "std::optional of one");
  using label = detail::owned_label<typename traits::label>;
  coded_column<label> out;
  out.codes.reserve(std::ranges::size(rows));
  std::unordered_map<label, std::uint32_t> index;
  const auto code_of = [&](const auto& value) {
    const auto [at, inserted] = index.try_emplace(label(value), static_cast<std::uint32_t>(out.labels.size()));
    if (inserted)
      out.labels.push_back(at->first);
    return at->second;
  };
  for (const auto& row : rows) {
    const auto& value = std::invoke(projection, row);
    if constexpr (traits::optional)
      out.codes.push_back(value ? code_of(*value) : missing_code);
    else
      out.codes.push_back(code_of(value));
  }
  std::vector<std::uint32_t> order(out.labels.size());
  for (std::uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::ranges::sort(order, [&](auto a, auto b) { return out.labels[a] < out.labels[b]; });
  std::vector<std::uint32_t> rank(order.size());
  std::vector<label> sorted;
  sorted.reserve(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = i;
    sorted.push_back(std::move(out.labels[order[i]]));
  }
  out.labels = std::move(sorted);
  for (auto& code : out.codes)
    if (!is_missing(code))
      code = rank[code];
  return out;
}

} // namespace qascore
