// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <pybind11/pybind11.h>

/// Studies of single raters, as register.hpp: a change here rebuilds theirs only.
namespace qascore::python {

void register_assignment(pybind11::module_& module);
void register_concordance(pybind11::module_& module);
void register_drift(pybind11::module_& module);
void register_model_rater(pybind11::module_& module);

} // namespace qascore::python
