// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../benchmark.hpp"
#include "../distribution.hpp"

namespace qascore::kernel {

QASCORE_INLINE benchmark_membership benchmark(double value, double std_error, std::span<const double> lower,
                                              double asked) {
  using qascore::detail::format_number;
  double above = 1.0;
  for (const double from : lower) {
    if (!(from < above && from > -1.0))
      throw argument_error("scale: expected boundaries that descend between 1 and -1 but found " +
                           format_number(from) + " below " + format_number(above));
    above = from;
  }
  if (!(asked > 0.0 && asked < 1.0))
    throw argument_error("probability: expected a number between 0 and 1 but found " + format_number(asked));
  benchmark_membership out;
  if (is_missing(value) || is_missing(std_error)) {
    out.undefined =
        is_missing(value) ? "the coefficient is undefined" : "the coefficient has no standard error";
    return out;
  }
  // Upper tails where the value is far above a boundary: differences of numbers near 0, not near 1.
  const auto between = [&](double from, double to) {
    const double a = (from - value) / std_error, b = (to - value) / std_error;
    return a > 0.0 ? normal_cdf(-a) - normal_cdf(-b) : normal_cdf(b) - normal_cdf(a);
  };
  const double whole = between(-1.0, 1.0);
  double below = 1.0, sum = 0.0;
  for (std::size_t k = 0; k <= lower.size(); ++k) {
    const double from = k < lower.size() ? lower[k] : -1.0;
    const bool last = k == lower.size();
    if (std_error > 0.0 && whole > 0.0)
      out.probability.push_back(between(from, below) / whole);
    else
      out.probability.push_back(sum == 0.0 && (value >= from || last) ? 1.0 : 0.0);
    sum += out.probability.back();
    out.cumulative.push_back(last ? 1.0 : sum);
    below = from;
  }
  while (out.cumulative[out.reached] < asked)
    ++out.reached;
  return out;
}

} // namespace qascore::kernel
