// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../mean.hpp"
#include "../paired.hpp"

#include <string>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE tested_estimate paired_difference(const design_view& design, std::span<const double> first,
                                                 std::span<const double> second, paired_units units,
                                                 confidence_level confidence) {
  const std::size_t n = design.units;
  if (first.size() != n || second.size() != n)
    throw argument_error("values: expected " + std::to_string(n) + " per column, one per unit, but found " +
                         std::to_string(first.size()) + " and " + std::to_string(second.size()));
  tested_estimate out;
  if (units == paired_units::both) {
    std::vector<double> difference(n);
    for (std::size_t i = 0; i < n; ++i)
      difference[i] = first[i] - second[i]; // NaN where one is missing
    static_cast<estimate&>(out) = means(design, {}, difference, confidence).front();
    out.method =
        is_independent(design) ? "paired difference, independent rows" : "paired difference, sample design";
  } else {
    // Weights differ by column where gaps are spread over others; the engine knows one weight, so they go
    // into u.
    std::vector<double> influence(n, 0.0), present(n, missing_value);
    double value = 0.0;
    design_variance spread;
    for (const double sign : {1.0, -1.0}) {
      const auto y = sign > 0 ? first : second;
      const answered_design answered(design, y);
      const linearised m = mean(answered.view(), y);
      if (!m.is_defined()) {
        value = missing_value;
        spread.undefined = m.undefined;
        break;
      }
      value += sign * m.value;
      for (std::size_t i = 0; i < n; ++i)
        if (!is_missing(y[i])) {
          influence[i] += sign * m.influence[i] * answered.view().weight_of(i) / design.weight_of(i);
          present[i] = 0.0;
        }
    }
    std::vector<std::uint32_t> rows;
    std::vector<double> of_rows;
    for (std::size_t i = 0; i < n; ++i)
      if (!is_missing(present[i])) {
        rows.push_back(static_cast<std::uint32_t>(i));
        of_rows.push_back(influence[i]);
      }
    if (spread.undefined.empty()) {
      spread = variance_engine(design, present).of_rows(rows, of_rows);
      spread.df -= 1.0;
      // A gap in either column is something left to chance.
      for (std::size_t i = 0; i < n && spread.census; ++i)
        spread.census = !is_missing(first[i]) && !is_missing(second[i]);
    }
    inference_options options;
    options.confidence = confidence;
    options.method = is_independent(design) ? "difference of means with shared units, independent rows"
                                            : "difference of means with shared units, sample design";
    options.n = rows.size();
    static_cast<estimate&>(out) = infer(value, spread, options);
    out.missing = n - rows.size();
  }
  out.test = t_test(out);
  return out;
}

} // namespace qascore::kernel
