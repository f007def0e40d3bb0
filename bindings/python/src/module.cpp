// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "register.hpp"
#include "register_raters.hpp"
#include "register_relations.hpp"

#include <qascore/core/error.hpp>
#include <qascore/version.hpp>

#include <exception>
#include <string>

namespace py = pybind11;

namespace {

/// Raises the Python exception of the given class name from qascore.errors with the library's message.
void raise(const char* kind, const char* message) {
  const py::object type = py::module_::import("qascore.errors").attr(kind);
  PyErr_SetString(type.ptr(), message);
}

void translate(std::exception_ptr thrown) {
  if (!thrown)
    return;
  try {
    std::rethrow_exception(thrown);
  } catch (const qascore::argument_error& e) {
    raise("ArgumentError", e.what());
  } catch (const qascore::data_error& e) {
    raise("DataError", e.what());
  } catch (const qascore::rubric_error& e) {
    const py::module_ errors = py::module_::import("qascore.errors");
    py::list problems;
    for (const qascore::problem& one : e.problems())
      problems.append(errors.attr("Problem")(one.file, one.line, one.column, one.path, one.message));
    const py::object error = errors.attr("RubricError")(e.what());
    error.attr("problems") = py::tuple(problems);
    PyErr_SetObject(errors.attr("RubricError").ptr(), error.ptr());
  } catch (const qascore::design_error& e) {
    raise("DesignError", e.what());
  } catch (const qascore::numeric_error& e) {
    raise("NumericError", e.what());
  }
}

} // namespace

PYBIND11_MODULE(_core, module) {
  using namespace qascore::python;
  module.doc() = "Kernels of qascore. Private: use the qascore package.";
  module.attr("__version__") = std::string(qascore::version);
  py::register_exception_translator(&translate);
  register_columns(module);
  register_sampling(module);
  register_draw(module);
  register_sketch(module);
  register_sample_size(module);
  register_rubric(module);
  register_rubric_definition(module);
  register_calibration(module);
  register_agreement(module);
  register_assignment(module);
  register_concordance(module);
  register_drift(module);
  register_model_rater(module);
  register_gold(module);
  register_estimation(module);
  register_mixed(module);
  register_ordinal(module);
  register_models(module);
  register_quantiles(module);
  register_regression(module);
  register_association(module);
  register_relations(module);
  register_csat(module);
  register_simulation(module);
  register_weighting(module);
  register_small_area(module);
}
