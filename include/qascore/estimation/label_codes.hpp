// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/by.hpp"
#include "../core/column.hpp"
#include "../core/label.hpp"
#include "../detail/format.hpp"
#include "../kernel/crossing.hpp"

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace qascore::detail {

/// Codes of the combinations of one or several label columns that occur, with their labels as text.
struct label_codes {
  std::vector<std::uint32_t> codes; ///< per row; missing_code where a column has no label
  std::vector<std::vector<std::string>>
      labels; ///< per code, one per column; ascending as the columns' own type orders them

  /// `"phone"`, or `("phone", "gold")`.
  std::string name(std::uint32_t code) const {
    std::string out;
    for (const std::string& label : labels[code])
      out += (out.empty() ? "" : ", ") + detail::quoted(label);
    return labels[code].size() == 1 ? out : "(" + out + ")";
  }
};

template <class Label>
label_codes text_codes(coded_column<Label>&& column) {
  label_codes out;
  out.codes = std::move(column.codes);
  for (const auto& label : std::as_const(column.labels)) // those of bool: no references to one
    out.labels.push_back({qascore::label_text(label)});
  return out;
}

template <class Range, class Projection>
label_codes label_codes_of(const Range& rows, const Projection& projection) {
  return text_codes(label_column(rows, projection));
}

template <class Range, class... Projections>
label_codes label_codes_of(const Range& rows, const by_columns<Projections...>& columns) {
  const std::vector<label_codes> parts = std::apply(
      [&](const auto&... projection) {
        return std::vector<label_codes>{label_codes_of(rows, projection)...};
      },
      columns.projections);
  std::vector<kernel::code_column> spans;
  spans.reserve(parts.size());
  for (const label_codes& part : parts)
    spans.push_back({part.codes, part.labels.size()});
  const kernel::crossing cells = kernel::cross(spans);
  label_codes out;
  std::vector<std::uint32_t> place(cells.cells, missing_code); // cells with a missing label have none
  for (std::size_t cell = 0; cell < cells.cells; ++cell) {
    std::vector<std::string> labels;
    for (std::size_t c = 0; c < parts.size(); ++c)
      if (const std::uint32_t code = cells.labels[cell * parts.size() + c]; !is_missing(code))
        labels.push_back(parts[c].labels[code].front());
    if (labels.size() < parts.size())
      continue;
    place[cell] = static_cast<std::uint32_t>(out.labels.size());
    out.labels.push_back(std::move(labels));
  }
  for (const std::uint32_t cell : cells.codes)
    out.codes.push_back(place[cell]);
  return out;
}

} // namespace qascore::detail
