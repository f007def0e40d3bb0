// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: qascore needs NaN
// flag: -ffast-math
// flag: -ffinite-math-only
// A compiler that is told there is no NaN would count missing values as data.
#include <qascore/core/missing.hpp>

bool missing(double value) {
  return qascore::is_missing(value);
}
