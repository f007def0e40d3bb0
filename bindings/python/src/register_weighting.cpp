// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/kernel/weighting.hpp>

#include <pybind11/stl.h>

namespace qascore::python {
namespace {

using codes_array = py::array_t<std::uint32_t>;
using numbers_array = py::array_t<double>;

std::string_view name_of(kernel::weighting_fault fault) {
  switch (fault) {
  case kernel::weighting_fault::none:
    return "none";
  case kernel::weighting_fault::no_label:
    return "no_label";
  case kernel::weighting_fault::bad_value:
    return "bad_value";
  case kernel::weighting_fault::bad_total:
    return "bad_total";
  case kernel::weighting_fault::empty_cell:
    return "empty_cell";
  case kernel::weighting_fault::margins_differ:
    return "margins_differ";
  case kernel::weighting_fault::contradiction:
    return "contradiction";
  case kernel::weighting_fault::below_zero:
    return "below_zero";
  case kernel::weighting_fault::other_population:
    return "other_population";
  case kernel::weighting_fault::not_reached:
    return "not_reached";
  }
  return {};
}

/// New weights with the step that made them, or the problem with its place.
py::dict result_of(kernel::reweighted&& out) {
  py::dict result;
  result["fault"] = text(name_of(out.problem.fault));
  result["unit"] = out.problem.unit;
  result["auxiliary"] = out.problem.auxiliary;
  result["cell"] = out.problem.cell;
  result["found"] = out.problem.found;
  result["asked"] = out.problem.asked;
  result["weight"] = array_of(std::move(out.weight));
  result["step"] = to_dict(std::move(out.record));
  return result;
}

/// Auxiliaries as (codes or None, values or None, totals).
using known_totals = std::vector<std::tuple<py::object, py::object, numbers_array>>;

} // namespace

void register_weighting(py::module_& module) {
  using namespace py::literals;
  // Where counts contradict a known population: (cell, found, known), or None.
  module.def(
      "check_population",
      [](const numbers_array& counts, const numbers_array& known) -> py::object {
        const kernel::weighting_problem problem =
            kernel::check_population(as_span<double>(counts), as_span<double>(known));
        if (problem.fault == kernel::weighting_fault::none)
          return py::none();
        return py::make_tuple(problem.cell, problem.found, problem.asked);
      },
      "counts"_a, "known"_a);
  module.def(
      "poststratify",
      [](const numbers_array& weight, const codes_array& cell, const numbers_array& totals,
         const py::object& measure) {
        const auto w = as_span<double>(weight), t = as_span<double>(totals), x = as_optional_span<double>(measure);
        const auto c = as_span<std::uint32_t>(cell);
        kernel::reweighted out;
        {
          const py::gil_scoped_release release;
          out = kernel::poststratify(w, c, t, x);
        }
        return result_of(std::move(out));
      },
      "weight"_a, "cell"_a, "totals"_a, "measure"_a);
  module.def(
      "calibrate_weights",
      [](const numbers_array& weight, const known_totals& known, const std::string& method, double lower,
         double upper) {
        const auto w = as_span<double>(weight);
        std::vector<kernel::auxiliary> auxiliaries;
        for (const auto& [cell, value, total] : known)
          auxiliaries.push_back(
              {as_optional_span<std::uint32_t>(cell), as_optional_span<double>(value), as_span<double>(total)});
        const calibration_method how{distance_of(method), lower, upper};
        kernel::reweighted out;
        {
          const py::gil_scoped_release release;
          out = kernel::calibrate_weights(w, auxiliaries, how);
        }
        return result_of(std::move(out));
      },
      "weight"_a, "auxiliaries"_a, "method"_a, "lower"_a, "upper"_a);
  module.def(
      "trim_weights",
      [](const numbers_array& weight, double lower, double upper, const py::object& cell, std::size_t cells) {
        const auto w = as_span<double>(weight);
        const auto c = as_optional_span<std::uint32_t>(cell);
        kernel::reweighted out;
        {
          const py::gil_scoped_release release;
          out = kernel::trim_weights(w, lower, upper, c, cells);
        }
        return result_of(std::move(out));
      },
      "weight"_a, "lower"_a, "upper"_a, "cell"_a, "cells"_a);
}

} // namespace qascore::python
