// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (invalid initialization|could not convert|no matching function|cannot initialize|no known conversion)
// A misspelt level must not become the default.
#include <qascore/calibration/krippendorff.hpp>

double alpha(const qascore::rating_table& ratings) {
#if defined(FAULT)
  return qascore::krippendorff_alpha(ratings, {.level = "interval"}).value;
#else
  return qascore::krippendorff_alpha(ratings, {.level = qascore::level::interval}).value;
#endif
}
