// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../estimation/sample_design.hpp"
#include "../kernel/time_concordance.hpp"

/// Scores and how long customers stay; what is estimated and when it does not exist stands in
/// kernel/time_concordance.hpp.
namespace qascore {

/// Concordance of a score with times of which some are not over. `event`: true or 1 where the time is over, false or 0
/// where it was only watched so far.
template <row_range Range, projection_of<Range> Score, projection_of<Range> Time, projection_of<Range> Event>
time_concordance_estimate time_concordance(const sample_design& design, const Range& rows, const Score& score,
                                           const Time& time, const Event& event,
                                           confidence_level confidence = {},
                                           missing_rows missing = missing_rows::error) {
  const auto scores = design.numbers(rows, score, "score", missing);
  const auto times = design.numbers(rows, time, "time", missing);
  const auto events = design.numbers(rows, event, "event", missing);
  return kernel::time_concordance(design.view(), scores, times, events, confidence, missing);
}

} // namespace qascore
