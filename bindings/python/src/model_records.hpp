// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "convert.hpp"

#include <qascore/kernel/mixed_data.hpp>
#include <qascore/kernel/rater_effects.hpp>

#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Rows of models, and what models of raters give.
namespace qascore::python {

using numbers_array = py::array_t<double>;
using codes_array = py::array_t<std::uint32_t>;
/// Codes of the rows and how many levels there are.
using factor = std::pair<codes_array, std::size_t>;

inline random_factor factor_of(const factor& given) {
  return {as_span<std::uint32_t>(given.first), given.second};
}

inline std::vector<std::span<const double>> spans_of(const std::vector<numbers_array>& columns) {
  std::vector<std::span<const double>> out;
  for (const numbers_array& column : columns)
    out.push_back(as_span<double>(column));
  return out;
}

inline py::list agents_list(const std::vector<adjusted_agent>& agents) {
  py::list out;
  for (const adjusted_agent& one : agents) {
    py::dict record;
    record["n"] = one.n;
    record["mean"] = one.mean;
    record["adjusted"] = to_dict(one.adjusted);
    record["rank"] = one.rank;
    record["rank_low"] = one.ranks.low;
    record["rank_high"] = one.ranks.high;
    record["rank_before"] = one.rank_before;
    out.append(record);
  }
  return out;
}

} // namespace qascore::python
