// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (no matching function|could not convert|invalid initialization|no known conversion|no viable conversion)
// Rows could be units or raters: only a rating_table knows.
#include <qascore/calibration/krippendorff.hpp>

#include <vector>

double alpha([[maybe_unused]] const std::vector<std::vector<double>>& matrix, const qascore::rating_table& ratings) {
#if defined(FAULT)
  return qascore::krippendorff_alpha(matrix).value + qascore::krippendorff_alpha(ratings).value;
#else
  return qascore::krippendorff_alpha(ratings).value;
#endif
}
