// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <qascore/kernel/proportion.hpp>

#include <string>

namespace qascore::python {

/// The package has checked the name.
inline proportion_interval proportion_interval_of(const std::string& name) {
  if (name == "logit")
    return proportion_interval::logit;
  if (name == "beta")
    return proportion_interval::beta;
  if (name == "arcsine")
    return proportion_interval::arcsine;
  if (name == "likelihood")
    return proportion_interval::likelihood;
  if (name == "t")
    return proportion_interval::t;
  return proportion_interval::wilson;
}

} // namespace qascore::python
