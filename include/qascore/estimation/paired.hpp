// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/cronbach.hpp"
#include "../kernel/inference.hpp"
#include "../kernel/paired.hpp"
#include "sample_design.hpp"

#include <span>
#include <vector>

/// Several values of the same units: kernel/paired.hpp and kernel/cronbach.hpp say what is estimated.
namespace qascore {

struct paired_options {
  confidence_level confidence{};
  paired_units units = paired_units::both;
  missing_rows missing = missing_rows::error; ///< domain is not for this: say it with `units`
};

/// Mean of `first` minus mean of `second`, with the test of no difference.
template <row_range Range, projection_of<Range> First, projection_of<Range> Second>
tested_estimate paired_difference(const sample_design& design, const Range& rows, const First& first,
                                  const Second& second, const paired_options& options = {}) {
  return design.scoped(
      kernel::paired_difference(design.view(), design.numbers(rows, first, "first", options.missing),
                                design.numbers(rows, second, "second", options.missing), options.units,
                                options.confidence));
}

/// Cronbach's alpha of several columns, a fraction up to 1, with t limits.
template <row_range Range, projection_of<Range>... Columns>
estimate cronbach_alpha(const sample_design& design, const Range& rows, confidence_level confidence,
                        const Columns&... columns) {
  const std::vector<std::vector<double>> values{
      design.numbers(rows, columns, "column", missing_rows::error)...};
  const std::vector<std::span<const double>> spans(values.begin(), values.end());
  kernel::inference_options options;
  options.confidence = confidence;
  options.upper_bound = 1.0;
  options.method = "Cronbach's alpha";
  return design.scoped(kernel::infer(kernel::cronbach_alpha(design.view(), spans), design.view(), options));
}

} // namespace qascore
