// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../attenuation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace qascore::kernel {
namespace detail_attenuation {

inline void check_reliability(const char* name, double value) {
  if (!(value >= 0.0 && value <= 1.0))
    throw argument_error(std::string(name) + ": expected a reliability from 0 to 1 but found " +
                         detail::format_number(value));
}

/// The correction with everything but its value still that of r.
inline corrected_correlation started(const estimate& r) {
  corrected_correlation out;
  static_cast<estimate&>(out) = r;
  out.observed = r.value;
  out.std_error = out.low = out.high = missing_value;
  out.df = std::numeric_limits<double>::infinity();
  return out;
}

inline std::string below(const char* which, double value, double least) {
  return std::string("the reliability of ") + which + ", " + detail::format_number(value) + ", is below " +
         detail::format_number(least) + ": what would be divided by is mostly noise";
}

} // namespace detail_attenuation

QASCORE_INLINE corrected_correlation disattenuate(const estimate& r, const reliability& of_x,
                                                  const reliability& of_y, double least) {
  using namespace detail_attenuation;
  if (!(least > 0.0 && least <= 1.0))
    throw argument_error("least: expected a reliability above 0, at most 1, but found " +
                         detail::format_number(least));
  check_reliability("reliability_x", of_x.value);
  check_reliability("reliability_y", of_y.value);
  corrected_correlation out = started(r);
  out.method = "correlation without the error of measurement";
  out.interval_method = "variance recovery";
  out.value = missing_value;
  if (is_missing(r.value))
    return out;
  if (of_x.value < least || of_y.value < least) {
    out.undefined = of_x.value < least ? below("x", of_x.value, least) : below("y", of_y.value, least);
    return out;
  }
  const auto corrected = [](double value, double x, double y) { return value / std::sqrt(x * y); };
  out.value = corrected(r.value, of_x.value, of_y.value);
  out.factor = corrected(1.0, of_x.value, of_y.value);
  if (!r.undefined.empty())
    return out;
  const double of_r = std::pow(r.std_error * out.factor, 2);
  const double of_reliability = std::pow(0.5 * out.value * of_x.std_error / of_x.value, 2) +
                                std::pow(0.5 * out.value * of_y.std_error / of_y.value, 2);
  out.std_error = std::sqrt(of_r + of_reliability);
  out.share_of_reliability = of_r + of_reliability > 0.0 ? of_reliability / (of_r + of_reliability) : 0.0;
  if (!(of_x.limits.low > 0.0) || !(of_y.limits.low > 0.0)) {
    out.undefined = "the interval of a reliability does not exclude 0: no interval";
    return out;
  }
  double below = 0.0, above = 0.0;
  const auto move = [&](double to) { (to < out.value ? below : above) += std::pow(to - out.value, 2); };
  move(corrected(r.low, of_x.value, of_y.value));
  move(corrected(r.high, of_x.value, of_y.value));
  for (const double limit : {of_x.limits.low, of_x.limits.high})
    move(corrected(r.value, std::min(1.0, limit), of_y.value));
  for (const double limit : {of_y.limits.low, of_y.limits.high})
    move(corrected(r.value, of_x.value, std::min(1.0, limit)));
  out.low = out.value - std::sqrt(below);
  out.high = out.value + std::sqrt(above);
  return out;
}

QASCORE_INLINE corrected_correlation correct_range(const estimate& r, const range_restriction& restriction) {
  using namespace detail_attenuation;
  const auto check_sd = [](const char* name, double value) {
    if (!(value > 0.0 && std::isfinite(value)))
      throw argument_error(std::string(name) + ": expected a standard deviation above 0 but found " +
                           detail::format_number(value));
  };
  check_sd("sd_unrestricted", restriction.sd_unrestricted);
  check_sd("sd_restricted", restriction.sd_restricted);
  for (const auto& [name, value] : {std::pair{"r_xz", restriction.r_xz}, std::pair{"r_yz", restriction.r_yz}})
    if (!(std::abs(value) <= 1.0))
      throw argument_error(std::string(name) + ": expected a correlation from -1 to 1 but found " +
                           detail::format_number(value));
  const double u = restriction.sd_unrestricted / restriction.sd_restricted, more = u * u - 1.0;
  const auto corrected = [&](double value) {
    switch (restriction.how) {
    case range_restriction_case::indirect_other:
      return std::copysign(std::sqrt(1.0 - (1.0 - value) * (1.0 + value) / (u * u)), value);
    case range_restriction_case::direct:
      return value * u / std::sqrt((1.0 - value) * (1.0 + value) + value * value * u * u);
    case range_restriction_case::indirect_third:
      break;
    }
    const double xz = restriction.r_xz, yz = restriction.r_yz;
    return (value + xz * yz * more) / std::sqrt((1.0 + xz * xz * more) * (1.0 + yz * yz * more));
  };
  corrected_correlation out = started(r);
  out.method = restriction.how == range_restriction_case::direct ? "range restriction corrected, case 2"
               : restriction.how == range_restriction_case::indirect_other
                   ? "range restriction corrected, case 1"
                   : "range restriction corrected, case 3";
  out.value = is_missing(r.value) ? missing_value : corrected(r.value);
  if (is_missing(r.value))
    return out;
  if (is_missing(out.value)) {
    out.undefined = "so small a correlation leaves more variance than the unrestricted range has";
    return out;
  }
  out.factor = out.value / r.value;
  out.share_of_reliability = 0.0;
  if (!r.undefined.empty())
    return out;
  switch (restriction.how) {
  case range_restriction_case::indirect_other:
    out.std_error = r.std_error * std::abs(r.value) / (u * u * std::abs(out.value));
    break;
  case range_restriction_case::direct:
    out.std_error =
        r.std_error * u / std::pow((1.0 - r.value) * (1.0 + r.value) + r.value * r.value * u * u, 1.5);
    break;
  case range_restriction_case::indirect_third:
    out.std_error = r.std_error / std::sqrt((1.0 + restriction.r_xz * restriction.r_xz * more) *
                                            (1.0 + restriction.r_yz * restriction.r_yz * more));
    break;
  }
  out.low = corrected(r.low);
  out.high = corrected(r.high);
  if (restriction.how == range_restriction_case::indirect_other &&
      (!(r.low * r.high > 0.0) || is_missing(out.low) || is_missing(out.high))) {
    out.low = out.high = missing_value;
    out.undefined = "the sign of the correlation is not certain: no interval in case 1";
  }
  return out;
}

} // namespace qascore::kernel
