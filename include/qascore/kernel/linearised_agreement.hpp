// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/influence.hpp"
#include "../core/missing.hpp"

#include <limits>

namespace qascore::kernel {

/// A coefficient with what it compares, and its influence values per unit.
struct linearised_agreement : linearised {
  double observed = missing_value;
  double expected = missing_value;
  double lowest = -std::numeric_limits<double>::infinity(); ///< the coefficient cannot be below
};

} // namespace qascore::kernel
