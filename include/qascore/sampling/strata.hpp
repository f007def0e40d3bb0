// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/by.hpp"
#include "../core/column.hpp"
#include "../core/label.hpp"
#include "../kernel/crossing.hpp"
#include "../kernel/selection.hpp"
#include "sampling_plan.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace qascore {

/// What to do with conversations that have no label in a strata column.
enum class missing_stratum {
  refuse, ///< data_error that says how many (default)
  own     ///< they are a stratum of their own, "(missing)"
};

/// The strata of a population: their labels and how many conversations each holds.
struct stratum_table {
  std::vector<strata_column> columns;
  std::vector<std::vector<std::string>> labels; ///< per stratum, one label per column
  std::vector<std::uint64_t> population;        ///< per stratum
};

/// Rows with the code of their stratum: an index into `table`.
struct stratified_rows {
  std::vector<std::uint32_t> codes;
  stratum_table table;
};

/// One strata column: codes, and the text of the labels in the order of their own type.
struct strata_labels {
  strata_column column;
  std::vector<std::uint32_t> codes;
  std::vector<std::string> labels;
};

/// Strata are the combinations of labels that occur, ascending by the first column, then the second and so
/// on. Names in messages and in the plan are those of the columns. Throws data_error for missing labels
/// unless they are to be strata of their own.
inline stratified_rows stratify(std::vector<strata_labels> columns,
                                missing_stratum missing = missing_stratum::refuse) {
  std::vector<kernel::code_column> codes;
  stratified_rows out;
  std::uint64_t missing_rows = 0;
  for (const strata_labels& c : columns) {
    kernel::stratum_sizes sizes = kernel::count_strata(c.codes, c.labels.size());
    if (sizes.outside > 0 && missing == missing_stratum::refuse)
      throw data_error("strata column " + detail::quoted(c.column.name) + ": " +
                       std::to_string(sizes.outside) + " of " + std::to_string(c.codes.size()) +
                       " rows have no label; drop them, or make them a stratum of their own "
                       "(missing_stratum: own)");
    if (sizes.outside > 0 && std::find(c.labels.begin(), c.labels.end(), missing_label) != c.labels.end())
      throw data_error("strata column " + detail::quoted(c.column.name) + ": the label " +
                       detail::quoted(missing_label) + " stands for rows without one, but is also a label");
    missing_rows += sizes.outside;
    codes.push_back({c.codes, c.labels.size()});
    out.table.columns.push_back(c.column);
    out.table.population = std::move(sizes.rows);
  }
  const bool as_it_is =
      columns.size() == 1 && std::ranges::count(out.table.population, 0u) == 0 && missing_rows == 0;
  if (as_it_is) { // one column in which every label occurs: its codes are the strata
    out.codes = std::move(columns[0].codes);
    for (std::string& label : columns[0].labels)
      out.table.labels.push_back({std::move(label)});
    return out;
  }
  kernel::crossing crossed = kernel::cross(codes);
  for (std::size_t h = 0; h < crossed.cells; ++h) {
    std::vector<std::string>& labels = out.table.labels.emplace_back();
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::uint32_t label = crossed.labels[h * columns.size() + c];
      labels.push_back(is_missing(label) ? std::string(missing_label) : columns[c].labels[label]);
    }
  }
  out.codes = std::move(crossed.codes);
  out.table.population = kernel::count_strata(out.codes, crossed.cells).rows;
  return out;
}

/// All conversations as one stratum, for a simple random sample: no columns, one code.
inline stratified_rows unstratified(std::size_t rows) {
  stratified_rows out;
  out.codes.assign(rows, 0);
  if (rows > 0) {
    out.table.labels.emplace_back();
    out.table.population.push_back(rows);
  }
  return out;
}

namespace detail_strata {

template <class T>
struct is_tuple : std::false_type {};
template <class... T>
struct is_tuple<std::tuple<T...>> : std::true_type {};
template <class A, class B>
struct is_tuple<std::pair<A, B>> : std::true_type {};

template <class Rows, class Projection>
strata_labels labels_of(const Rows& rows, const Projection& projection) {
  auto coded = label_column(rows, projection);
  using label = typename decltype(coded.labels)::value_type;
  strata_labels out;
  out.column.kind = label_kind_of<label>;
  out.codes = std::move(coded.codes);
  if constexpr (std::is_same_v<label, std::string>)
    out.labels = std::move(coded.labels);
  else
    for (const label value : coded.labels)
      out.labels.push_back(label_text(value));
  return out;
}

/// One column per projection of by(...), or per element of a tuple or pair that the projection gives.
template <class Rows, class... Projections>
std::vector<strata_labels> columns_of(const Rows& rows, const by_columns<Projections...>& several) {
  return std::apply([&](const auto&... one) { return std::vector<strata_labels>{labels_of(rows, one)...}; },
                    several.projections);
}

template <class Rows, class Projection>
requires projection_of<Projection, Rows> std::vector<strata_labels> columns_of(const Rows& rows,
                                                                               const Projection& projection) {
  using result = std::remove_cvref_t<std::invoke_result_t<const Projection&, row_reference<Rows>>>;
  if constexpr (is_tuple<result>::value) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return std::vector<strata_labels>{
          labels_of(rows, [&](const auto& row) { return std::get<I>(std::invoke(projection, row)); })...};
    }
    (std::make_index_sequence<std::tuple_size_v<result>>{});
  } else {
    return {labels_of(rows, projection)};
  }
}

} // namespace detail_strata

/// The strata of the embedder's own rows. `strata` is a projection to a label (text, whole number, bool,
/// enumeration, or std::optional of one), to a tuple or pair of labels, or `by(projection, projection, ...)`.
/// `names` are the names of the columns in the plan; without them "stratum", or "stratum_1", "stratum_2" and
/// so on.
template <row_range Rows, class Strata>
stratified_rows stratify(const Rows& rows, const Strata& strata, std::vector<std::string> names = {},
                         missing_stratum missing = missing_stratum::refuse) {
  std::vector<strata_labels> columns = detail_strata::columns_of(rows, strata);
  if (names.empty())
    for (std::size_t c = 0; c < columns.size(); ++c)
      names.push_back(columns.size() == 1 ? "stratum" : "stratum_" + std::to_string(c + 1));
  if (names.size() != columns.size())
    throw argument_error("strata: expected " + std::to_string(columns.size()) +
                         " names, one per strata column, but found " + std::to_string(names.size()));
  for (std::size_t c = 0; c < columns.size(); ++c)
    columns[c].column.name = std::move(names[c]);
  return stratify(std::move(columns), missing);
}

} // namespace qascore
