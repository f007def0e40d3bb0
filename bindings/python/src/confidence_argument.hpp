// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <qascore/core/confidence.hpp>
#include <qascore/core/error.hpp>

#include <pybind11/pybind11.h>

#include <cstdlib>
#include <string>

namespace pybind11::detail {

/// A confidence level from what Python was given: a number, or an error that says what was found. Without this, text
/// would be answered with the signatures of an internal function.
template <>
struct type_caster<qascore::confidence_level> {
  PYBIND11_TYPE_CASTER(qascore::confidence_level, const_name("float"));

  bool load(handle source, bool) {
    const double level = PyFloat_AsDouble(source.ptr());
    if (PyErr_Occurred() == nullptr) {
      value = qascore::confidence_level{level};
      return true;
    }
    PyErr_Clear();
    throw qascore::argument_error("confidence: expected a fraction between 0 and 1 but found " +
                                  std::string(repr(source)) + meant(source));
  }

private:
  /// "95%" and "0.95" say a level.
  static std::string meant(handle source) {
    if (!isinstance<pybind11::str>(source))
      return {};
    const auto text = pybind11::cast<std::string>(source);
    char* end = nullptr;
    double level = std::strtod(text.c_str(), &end);
    if (level > 1.0)
      level /= 100.0;
    const std::string rest = end;
    if (!(level > 0.0 && level < 1.0) || (!rest.empty() && rest != "%" && rest != " %"))
      return {};
    return " (did you mean " + qascore::detail::format_number(level) + "?)";
  }
};

} // namespace pybind11::detail
