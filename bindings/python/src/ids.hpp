// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "convert.hpp"
#include "text_column.hpp"

#include <qascore/kernel/selection.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace qascore::python {

/// Calls `use` with ids given as int64 array, TextColumn, or the number of rows.
template <class Use>
auto with_ids(const py::object& ids, const Use& use) {
  if (py::isinstance<TextColumn>(ids)) {
    const auto column = py::cast<std::shared_ptr<TextColumn>>(ids);
    return use(std::span<const std::string_view>(column->views()));
  }
  if (py::isinstance<py::int_>(ids))
    return use(kernel::row_ids{py::cast<std::size_t>(ids)});
  return use(as_span<std::int64_t>(py::reinterpret_borrow<py::array>(ids)));
}

} // namespace qascore::python
