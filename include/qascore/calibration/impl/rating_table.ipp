// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/nearest.hpp"
#include "../rating_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Who rated what.
namespace qascore {
namespace detail {

QASCORE_INLINE void check_present(std::span<const std::uint32_t> codes, const char* what) {
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (is_missing(codes[i]))
      throw data_error(std::string(what) + ": row " + std::to_string(i) + " has none");
}

} // namespace detail

template <class Cell>
rating_table rating_table::from_cells(std::span<const Cell> matrix, std::size_t raters,
                                      const rating_options& options) {
  if (raters == 0 || matrix.size() % raters != 0)
    throw data_error("matrix: expected a multiple of " + std::to_string(raters) + " numbers but found " +
                     std::to_string(matrix.size()));
  rating_table out;
  out.columns_ = kernel::columns_of(matrix, raters, sorted_categories(options.categories));
  out.ordered_ = true;
  out.units_ = numbered(matrix.size() / raters);
  out.raters_ = numbered(raters);
  return out;
}

QASCORE_INLINE rating_table rating_table::from_matrix(std::span<const double> matrix, std::size_t raters,
                                                      const rating_options& options) {
  return from_cells(matrix, raters, options);
}

QASCORE_INLINE rating_table rating_table::from_matrix(std::span<const std::int64_t> matrix,
                                                      std::size_t raters, const rating_options& options) {
  return from_cells(matrix, raters, options);
}

QASCORE_INLINE rating_table rating_table::from_counts(std::span<const std::int64_t> counts,
                                                      const std::vector<double>& categories) {
  if (categories.empty() || counts.size() % categories.size() != 0)
    throw data_error("counts: expected a multiple of " + std::to_string(categories.size()) +
                     " numbers, one per category, but found " + std::to_string(counts.size()));
  if (sorted_categories(categories) != categories)
    throw argument_error("categories: expected ascending values, as the columns of the counts");
  rating_table out;
  out.columns_ = kernel::columns_of_counts(counts, categories);
  out.ordered_ = true;
  out.units_ = numbered(counts.size() / categories.size());
  return out;
}

QASCORE_INLINE std::size_t rating_table::ratings() const noexcept {
  double count = 0.0;
  for (std::size_t p = 0; p < columns_.multiplicity.size(); ++p)
    count += columns_.multiplicity[p] * static_cast<double>(view().count(p));
  return static_cast<std::size_t>(count);
}

QASCORE_INLINE rating_table rating_table::complete() const {
  rating_table out = *this;
  out.columns_ = kernel::only_complete_units(view());
  return out;
}

QASCORE_INLINE rating_table rating_table::for_units(const std::vector<std::string>& units) const {
  std::unordered_map<std::string_view, std::uint32_t> index;
  for (std::uint32_t u = 0; u < units_.size(); ++u)
    index.emplace(units_[u], u);
  std::vector<std::uint32_t> code(units.size(), missing_code);
  std::vector<std::uint8_t> met(units_.size(), 0);
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto at = index.find(units[i]);
    if (at == index.end())
      continue;
    code[i] = at->second;
    if (std::exchange(met[at->second], std::uint8_t{1}) != 0)
      throw data_error("units: " + detail::quoted(units[i]) + " stands twice");
  }
  for (std::size_t u = 0; u < met.size(); ++u)
    if (met[u] == 0 && view().count(view().profile_of(u)) > 0)
      throw data_error("unit " + detail::quoted(units_[u]) + ": rated, but not among the units given");
  rating_table out = *this;
  out.columns_ = kernel::for_units(view(), code);
  out.units_ = units;
  return out;
}

QASCORE_INLINE std::vector<std::string> rating_table::numbered(std::size_t n) {
  std::vector<std::string> out(n);
  for (std::size_t i = 0; i < n; ++i)
    out[i] = std::to_string(i + 1);
  return out;
}

QASCORE_INLINE std::vector<double> rating_table::sorted_categories(std::vector<double> categories) {
  for (const double x : categories)
    if (!std::isfinite(x))
      throw argument_error("categories: expected finite numbers but found " + detail::format_number(x));
  std::ranges::sort(categories);
  if (const auto twice = std::ranges::adjacent_find(categories); twice != categories.end())
    throw argument_error("categories: " + detail::format_number(*twice) + " stands twice");
  return categories;
}

QASCORE_INLINE void rating_table::build(const kernel::rating_rows& rows, const rating_options& options) {
  std::vector<double> declared = sorted_categories(options.categories);
  if (!labels_.empty()) {
    if (options.duplicates == duplicate_ratings::average)
      throw argument_error("duplicates: text ratings have no average; expected refuse");
    declared.resize(labels_.size());
    for (std::size_t k = 0; k < declared.size(); ++k)
      declared[k] = static_cast<double>(k) + 1.0;
  }
  columns_ = kernel::columns_of(rows, declared, options.duplicates);
  if (!is_missing(columns_.duplicate_unit))
    throw data_error("unit " + detail::quoted(units_[columns_.duplicate_unit]) + ": rater " +
                     detail::quoted(raters_[columns_.duplicate_rater]) +
                     " rated it more than once; remove the repeats or ask for duplicates = average");
}

QASCORE_INLINE rating_table rating_table::rated_by_all_raters() const {
  std::vector<std::uint8_t> rates(raters_.size(), 0);
  for (const std::uint32_t r : columns_.rater)
    rates[r] = 1;
  return std::ranges::find(rates, 0) == rates.end() ? *this : keep(rates);
}

QASCORE_INLINE rating_table rating_table::keep(const std::vector<std::string>& raters, bool named) const {
  std::vector<std::uint8_t> wanted(raters_.size(), named ? 0 : 1);
  for (const std::string& name : raters) {
    const auto at = std::ranges::find(raters_, name);
    if (at == raters_.end())
      throw argument_error("raters: " + detail::quoted(name) + " is no rater of this table" +
                           detail::did_you_mean(name, raters_));
    wanted[static_cast<std::size_t>(at - raters_.begin())] = named ? 1 : 0;
  }
  return keep(wanted);
}

QASCORE_INLINE rating_table rating_table::keep(const std::vector<std::uint8_t>& wanted) const {
  rating_table out = *this;
  out.columns_ = kernel::only_raters(view(), wanted);
  out.raters_.clear();
  for (std::size_t r = 0; r < wanted.size(); ++r)
    if (wanted[r] != 0)
      out.raters_.push_back(raters_[r]);
  return out;
}

} // namespace qascore
