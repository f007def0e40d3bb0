// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "convert.hpp"

#include <qascore/core/error.hpp>
#include <qascore/detail/format.hpp>
#include <qascore/sampling/sampling_plan.hpp>
#include <qascore/sampling/strata.hpp>

#include <pybind11/stl.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Strata as Python gives them.
namespace qascore::python {

template <class Enum, std::size_t N>
Enum one_of(const py::handle& name, const std::array<std::string_view, N>& names, const char* argument) {
  const auto found = py::cast<std::string>(name);
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == found)
      return static_cast<Enum>(i);
  throw argument_error(std::string(argument) + ": unknown name " + detail::quoted(found));
}

/// Strata columns as (name, kind, codes, labels); none of them: `rows` rows are one stratum.
inline stratified_rows stratified(const py::sequence& columns, std::size_t rows, bool own_missing) {
  std::vector<strata_labels> out;
  for (const py::handle column : columns) {
    const auto parts = py::cast<py::tuple>(column);
    strata_labels& c = out.emplace_back();
    c.column = {py::cast<std::string>(parts[0]),
                one_of<label_kind>(parts[1], detail_plan::label_kinds, "kind")};
    const auto codes = as_span<std::uint32_t>(py::cast<py::array>(parts[2]));
    c.codes.assign(codes.begin(), codes.end());
    c.labels = py::cast<std::vector<std::string>>(parts[3]);
  }
  const py::gil_scoped_release release;
  return out.empty() ? unstratified(rows)
                     : stratify(std::move(out), own_missing ? missing_stratum::own : missing_stratum::refuse);
}

/// Columns as (name, kind), strata as (labels, how many).
inline stratum_table table_of(const py::sequence& columns, const py::sequence& strata) {
  stratum_table out;
  for (const py::handle column : columns) {
    const auto parts = py::cast<py::tuple>(column);
    out.columns.push_back({py::cast<std::string>(parts[0]),
                           one_of<label_kind>(parts[1], detail_plan::label_kinds, "kind")});
  }
  for (const py::handle stratum : strata) {
    const auto parts = py::cast<py::tuple>(stratum);
    out.labels.push_back(py::cast<std::vector<std::string>>(parts[0]));
    out.population.push_back(py::cast<std::uint64_t>(parts[1]));
  }
  return out;
}

} // namespace qascore::python
