// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../spearman_brown.hpp"

#include <limits>

namespace qascore::kernel {

QASCORE_INLINE double spearman_brown(double r, double k) {
  if (r > 1.0)
    throw argument_error("r: expected a reliability of at most 1 but found " + detail::format_number(r));
  if (!(k > 0.0))
    throw argument_error("k: expected a number > 0 but found " + detail::format_number(k));
  const double divisor = 1.0 + (k - 1.0) * r;
  return divisor > 0.0 ? k * r / divisor : missing_value;
}

QASCORE_INLINE estimate spearman_brown(const estimate& r, double k) {
  estimate out = r;
  out.method = "Spearman-Brown";
  out.value = spearman_brown(r.value, k);
  const double divisor = 1.0 + (k - 1.0) * r.value;
  out.std_error = r.std_error * k / (divisor * divisor);
  out.low = spearman_brown(r.low, k);
  out.high = spearman_brown(r.high, k);
  if (is_missing(out.value) && out.undefined.empty())
    out.undefined = "so negative a reliability has no image for so many raters";
  else if (is_missing(out.low) && out.undefined.empty())
    out.undefined = "the lower limit is so negative that it has no image for so many raters";
  return out;
}

QASCORE_INLINE double raters_for_reliability(double r, double wanted) {
  if (r > 1.0)
    throw argument_error("r: expected a reliability of at most 1 but found " + detail::format_number(r));
  if (!(wanted > 0.0 && wanted < 1.0))
    throw argument_error("wanted: expected a fraction between 0 and 1 but found " +
                         detail::format_number(wanted));
  if (is_missing(r))
    return missing_value;
  return r > 0.0 ? wanted * (1.0 - r) / (r * (1.0 - wanted)) : std::numeric_limits<double>::infinity();
}

} // namespace qascore::kernel
