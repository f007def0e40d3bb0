// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/kernel/regression.hpp>

#include <pybind11/stl.h>

namespace qascore::python {
namespace {

using numbers_array = py::array_t<double>;

coefficient_errors errors_of(const std::string& name) {
  return name == "cr2"          ? coefficient_errors::cr2
         : name == "linearized" ? coefficient_errors::linearized
                                : coefficient_errors::classical;
}

/// `family`: linear, logit or ordinal; only ordinal reads `categories`.
py::dict fit_regression(const py::object& design, const numbers_array& outcome,
                        const std::vector<numbers_array>& columns, const std::string& family,
                        std::size_t categories, confidence_level confidence, const std::string& errors) {
  const auto y = as_span<double>(outcome);
  std::vector<std::span<const double>> spans;
  for (const numbers_array& column : columns)
    spans.push_back(as_span<double>(column));
  const DesignArrays arrays(design, y.size());
  kernel::regression_options options;
  options.confidence = confidence;
  options.errors = errors_of(errors);
  regression_fit fit;
  {
    const py::gil_scoped_release release;
    fit = family == "linear"  ? kernel::linear_regression(arrays.view(), y, spans, options)
          : family == "logit" ? kernel::logit_regression(arrays.view(), y, spans, options)
                              : kernel::ordinal_logit(arrays.view(), y, categories, spans, options);
  }
  py::list coefficients;
  for (const tested_estimate& e : fit.coefficients)
    coefficients.append(py::make_tuple(to_dict(static_cast<const estimate&>(e)), to_dict(e.test)));
  py::dict out;
  out["coefficients"] = coefficients;
  out["r_squared"] = fit.r_squared;
  out["residual_sd"] = fit.residual_sd;
  out["log_likelihood"] = fit.log_likelihood;
  out["n"] = fit.n;
  out["missing"] = fit.missing;
  out["undefined"] = text_or_none(fit.undefined);
  out["fault"] =
      fit.fault == regression_fit::no_fault ? py::object(py::none()) : py::object(py::int_(fit.fault));
  return out;
}

} // namespace

void register_regression(py::module_& module) {
  using namespace py::literals;
  module.def("fit_regression", &fit_regression, "design"_a, "outcome"_a, "columns"_a, "family"_a,
             "categories"_a, "confidence"_a, "errors"_a);
}

} // namespace qascore::python
