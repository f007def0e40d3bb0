// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <pybind11/pybind11.h>

/// One function per noun, each in its own file: what module.cpp puts together.
namespace qascore::python {

void register_columns(pybind11::module_& module);
void register_sampling(pybind11::module_& module);
void register_draw(pybind11::module_& module);
void register_sketch(pybind11::module_& module);
void register_sample_size(pybind11::module_& module);
void register_rubric(pybind11::module_& module);
void register_rubric_definition(pybind11::module_& module);
void register_calibration(pybind11::module_& module);
void register_agreement(pybind11::module_& module);
void register_gold(pybind11::module_& module);
void register_estimation(pybind11::module_& module);
void register_mixed(pybind11::module_& module);
void register_ordinal(pybind11::module_& module);
void register_models(pybind11::module_& module);
void register_quantiles(pybind11::module_& module);
void register_regression(pybind11::module_& module);
void register_association(pybind11::module_& module);
void register_simulation(pybind11::module_& module);
void register_weighting(pybind11::module_& module);
void register_small_area(pybind11::module_& module);

} // namespace qascore::python
