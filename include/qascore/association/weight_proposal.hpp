// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../estimation/sample_design.hpp"
#include "../kernel/weight_proposal.hpp"

#include <span>
#include <vector>

/// New rubric weights from what goes with satisfaction; how they are found and judged stands in kernel/weight_proposal.hpp.
namespace qascore {

/// Weights of criteria with which the score would go with y better than with `today`'s, one per column, or why there are none.
/// With missing_rows::drop a row with a gap is left out.
template <row_range Range, projection_of<Range> Y, projection_of<Range>... Columns>
weight_proposal propose_weights(const sample_design& design, const Range& rows, const Y& y,
                                std::span<const double> today, const weight_proposal_options& options,
                                missing_rows missing, const Columns&... columns) {
  const auto ys = design.numbers(rows, y, "y", missing);
  const std::vector<std::vector<double>> values{design.numbers(rows, columns, "column", missing)...};
  const std::vector<std::span<const double>> spans(values.begin(), values.end());
  return kernel::propose_weights(design.view(), ys, spans, today, options);
}

} // namespace qascore
