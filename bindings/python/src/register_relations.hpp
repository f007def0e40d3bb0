// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <pybind11/pybind11.h>

/// What goes beyond one correlation: partial, compared, within groups, corrected, shares of drivers.
namespace qascore::python {

void register_relations(pybind11::module_& module);
void register_csat(pybind11::module_& module);

} // namespace qascore::python
