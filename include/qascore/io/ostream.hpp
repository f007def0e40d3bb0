// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../core/interval.hpp"
#include "../estimation/domain.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>

/// Results on a stream, rounded for the eye; the records keep full precision.
namespace qascore {
namespace detail {

/// Four significant digits, without an exponent where a person would not write one; "-" for NaN.
inline std::string shown(double value) {
  if (std::isnan(value))
    return "-";
  if (std::isinf(value))
    return value > 0 ? "infinity" : "-infinity";
  const double size = std::abs(value);
  char buffer[64];
  if (value == 0.0)
    return "0";
  if (size < 1e-4 || size >= 1e15)
    std::snprintf(buffer, sizeof buffer, "%.3e", value);
  else
    std::snprintf(buffer, sizeof buffer, "%.*f",
                  std::max(0, 3 - static_cast<int>(std::floor(std::log10(size)))), value);
  return buffer;
}

inline std::ostream& write(std::ostream& out, const estimate& e) {
  if (!e.is_defined())
    return out << "undefined: " << e.undefined;
  out << shown(e.value);
  if (!std::isnan(e.low))
    out << " [" << shown(e.low) << ", " << shown(e.high) << "]";
  if (!std::isnan(e.std_error))
    out << ", std_error " << shown(e.std_error);
  out << ", n " << e.n;
  if (e.missing > 0)
    out << " (" << e.missing << " missing)";
  char level[32];
  std::snprintf(level, sizeof level, "%g", 100.0 * e.confidence.value());
  out << " (" << e.method << "; " << level << "% " << e.interval_method << ")";
  if (!e.scope.empty())
    out << " (" << e.scope << ")";
  if (!e.undefined.empty())
    out << "; " << e.undefined;
  return out;
}

} // namespace detail

inline std::ostream& operator<<(std::ostream& out, const interval& i) {
  return out << "[" << detail::shown(i.low) << ", " << detail::shown(i.high) << "]";
}

/// `0.7812 [0.7011, 0.8612], std_error 0.0409, n 120 (mean, sample design; 95% t)`
inline std::ostream& operator<<(std::ostream& out, const estimate& e) {
  return detail::write(out, e);
}

inline std::ostream& operator<<(std::ostream& out, const test_result& t) {
  out << "statistic " << detail::shown(t.statistic) << ", df " << detail::shown(t.df1);
  if (!std::isnan(t.df2))
    out << " and " << detail::shown(t.df2);
  return out << ", p " << detail::shown(t.p_value);
}

inline std::ostream& operator<<(std::ostream& out, const tested_estimate& e) {
  detail::write(out, e);
  return std::isnan(e.test.p_value) ? out : out << ", " << e.test;
}

/// One line per domain, its labels first.
inline std::ostream& operator<<(std::ostream& out, const domain_estimate& e) {
  for (std::size_t i = 0; i < e.by.size(); ++i)
    out << (i > 0 ? ", " : "") << e.by[i];
  return detail::write(out << ": ", e);
}

} // namespace qascore
