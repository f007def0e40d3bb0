// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "format.hpp"

#include <string>

namespace qascore::detail {

/// For a fraction that was written as a percentage: ` (did you mean 0.3?)` for 30, else nothing.
inline std::string percent_hint(double found) {
  return found > 1.0 && found <= 100.0 ? " (did you mean " + format_number(found / 100.0) + "?)" : "";
}

} // namespace qascore::detail
