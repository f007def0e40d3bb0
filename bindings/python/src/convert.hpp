// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "confidence_argument.hpp"

#include <qascore/core/design_view.hpp>
#include <qascore/core/error.hpp>
#include <qascore/core/estimate.hpp>
#include <qascore/kernel/weighting.hpp>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Between NumPy arrays and spans, between result structs and dicts. Nothing is cast silently: the package prepares
/// arrays of the exact type.
namespace qascore::python {

namespace py = pybind11;

/// A contiguous array of exactly T as a span. The array must outlive the span.
template <class T>
std::span<const T> as_span(const py::array& array) {
  if (!py::isinstance<py::array_t<T>>(array))
    throw argument_error("array: expected dtype " + std::string(py::str(py::dtype::of<T>())) + " but found " +
                         std::string(py::str(array.dtype())));
  if (array.ndim() != 1 || (array.size() > 1 && array.strides(0) != static_cast<py::ssize_t>(sizeof(T))))
    throw argument_error("array: expected one contiguous dimension");
  return {static_cast<const T*>(array.data()), static_cast<std::size_t>(array.size())};
}

/// An optional array: None is an empty span.
template <class T>
std::span<const T> as_optional_span(const py::object& array) {
  if (array.is_none())
    return {};
  return as_span<T>(py::reinterpret_borrow<py::array>(array));
}

/// A vector handed to NumPy without a copy.
template <class T>
py::array_t<T> array_of(std::vector<T>&& values) {
  auto owner = std::make_unique<std::vector<T>>(std::move(values));
  T* const data = owner->data();
  const auto size = static_cast<py::ssize_t>(owner->size());
  const py::capsule keep(owner.get(), [](void* p) { delete static_cast<std::vector<T>*>(p); });
  owner.release();
  return py::array_t<T>(size, data, keep);
}

inline py::str text(std::string_view view) { return {view.data(), view.size()}; }

inline py::object text_or_none(std::string_view view) {
  return view.empty() ? py::object(py::none()) : py::object(text(view));
}

inline py::dict to_dict(const estimate& e) {
  py::dict out;
  out["value"] = e.value;
  out["std_error"] = e.std_error;
  out["low"] = e.low;
  out["high"] = e.high;
  out["df"] = e.df;
  out["n"] = e.n;
  out["confidence"] = e.confidence.value();
  out["method"] = text(e.method);
  out["interval_method"] = text(e.interval_method);
  out["undefined"] = text_or_none(e.undefined);
  out["missing"] = e.missing;
  return out;
}

inline py::dict to_dict(const test_result& t) {
  py::dict out;
  out["statistic"] = t.statistic;
  out["df1"] = t.df1;
  out["df2"] = t.df2;
  out["p_value"] = t.p_value;
  return out;
}

inline weight_distance distance_of(const std::string& name) {
  return name == "raking" ? weight_distance::raking
         : name == "logit" ? weight_distance::logit
                           : weight_distance::linear;
}

inline std::string_view name_of(weight_distance distance) {
  switch (distance) {
  case weight_distance::linear:
    break;
  case weight_distance::raking:
    return "raking";
  case weight_distance::logit:
    return "logit";
  }
  return "linear";
}

/// A change of a design's weights, as a Python design keeps it; the arrays are moved.
inline py::dict to_dict(kernel::calibration_record&& step) {
  py::dict out;
  out["cells"] = step.cells;
  out["columns"] = step.columns;
  out["distance"] = text(name_of(step.method.distance));
  out["lower"] = step.method.lower;
  out["upper"] = step.method.upper;
  out["weight"] = array_of(std::move(step.weight));
  out["cell"] = array_of(std::move(step.cell));
  out["measure"] = array_of(std::move(step.measure));
  out["basis"] = array_of(std::move(step.basis));
  out["target"] = array_of(std::move(step.target));
  return out;
}

/// The arrays of a Python design (a dict with the fields of design_view), kept alive, and the view of them.
/// None stands for `units` independent rows.
class DesignArrays {
public:
  DesignArrays(const py::object& design, std::size_t units) : view_{independent_units(units)}, keep_{design} {
    if (design.is_none())
      return;
    const auto fields = py::cast<py::dict>(design);
    view_.units = py::cast<std::size_t>(fields["units"]);
    if (view_.units != units)
      throw argument_error("design: expected " + std::to_string(units) + " units but found " +
                           std::to_string(view_.units));
    view_.weight = as_optional_span<double>(fields["weight"]);
    view_.stratum = as_optional_span<std::uint32_t>(fields["stratum"]);
    view_.strata = py::cast<std::size_t>(fields["strata"]);
    view_.cluster = as_optional_span<std::uint32_t>(fields["cluster"]);
    view_.clusters = py::cast<std::size_t>(fields["clusters"]);
    view_.population = as_optional_span<double>(fields["population"]);
    view_.chance = as_optional_span<double>(fields["chance"]);
    view_.single = single_of(py::cast<std::string>(fields["single_unit"]));
    for (const py::handle step : fields["calibration"])
      steps_.push_back(step_of(py::cast<py::dict>(step)));
    view_.calibration = steps_;
    if (py::cast<std::string>(fields["calibrated_errors"]) == "linearized")
      view_.calibrated = calibrated_errors::linearized;
  }
  DesignArrays(const DesignArrays&) = delete;
  DesignArrays& operator=(const DesignArrays&) = delete;

  const design_view& view() const noexcept { return view_; }

private:
  static single_unit single_of(const std::string& name) {
    if (name == "error")
      return single_unit::error;
    if (name == "certainty")
      return single_unit::certainty;
    if (name == "average")
      return single_unit::average;
    if (name == "adjust")
      return single_unit::adjust;
    throw argument_error("single_unit: expected error, certainty, average or adjust but found \"" + name + "\"");
  }

  static calibration_step step_of(const py::dict& fields) {
    calibration_step out;
    out.weight = as_span<double>(fields["weight"]);
    out.cell = as_span<std::uint32_t>(fields["cell"]);
    out.cells = py::cast<std::size_t>(fields["cells"]);
    out.measure = as_span<double>(fields["measure"]);
    out.basis = as_span<double>(fields["basis"]);
    out.columns = py::cast<std::size_t>(fields["columns"]);
    out.target = as_span<double>(fields["target"]);
    out.distance = distance_of(py::cast<std::string>(fields["distance"]));
    out.lower = py::cast<double>(fields["lower"]);
    out.upper = py::cast<double>(fields["upper"]);
    return out;
  }

  design_view view_;
  std::vector<calibration_step> steps_;
  py::object keep_;
};

} // namespace qascore::python
