// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace qascore {

/// How probable it is that a coefficient lies in each class of a scale (almost perfect, substantial, ...), the best first.
struct benchmark_membership {
  std::vector<double> probability; ///< of each class
  std::vector<double> cumulative;  ///< of it or a better one
  std::size_t reached = 0; ///< the best class whose cumulative probability is at least what was asked for
  std::string undefined;   ///< why; empty when all is well
};

namespace kernel {

/// A coefficient's word with what speaks for it: the true coefficient taken as normal about the value, cut to [-1, 1].
///
///   P(class k or better) = (F((value - a_k) / se) - F((value - 1) / se)) / (F((value + 1) / se) - F((value - 1) / se))
///
/// `lower`: where each class begins, descending, each below 1 and above -1; one class more than that begins at -1. F: the
/// normal distribution. `asked`: a probability, .95 with Gwet. A standard error of 0 leaves the class that the value is in.
/// Undefined: value or standard error is. Throws argument_error for boundaries out of order or range. Source: Gwet (2014),
/// Handbook of Inter-Rater Reliability, 4th ed., ch. 6. Checked against: irrCAC 1.4 (landis.koch.bf, fleiss.bf, altman.bf).
benchmark_membership benchmark(double value, double std_error, std::span<const double> lower, double asked);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/benchmark.ipp"
#endif
