// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/exact.hpp"
#include "definition.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What each code of an answer earns. Codes are 0, 1, ... in the order of the rubric: yes 0 and no 1; options
/// as listed; a scale from its minimum; ranges as listed; hits by their number, the last one standing for "or
/// more".
namespace qascore::detail {

/// Hits beyond this change nothing any more.
inline double most_hits(const hits_answer& hits) {
  if (!hits.each || !hits.limit || hits.points == 0.0)
    return 1.0;
  return std::ceil(std::abs(*hits.limit / hits.points) - 1e-9);
}

/// Points of each code; empty for answers that are never scored. Needs a valid answer. With method base
/// (`adds`) what is lost is negative, instead of missing from full marks.
std::vector<exact_number> points_of_codes(const answer_definition& answer, bool adds);

/// How a person writes the answer with this code.
std::string answer_text(const answer_definition& answer, std::size_t code);

/// The most and the least that can be earned; 0 where nothing is.
exact_number highest(const std::vector<exact_number>& points);
exact_number lowest(const std::vector<exact_number>& points);

bool is_scored(const answer_definition& answer);

/// The metric of the conversation that fills an answer in; empty where the rater gives it.
std::string_view metric_of(const answer_definition& answer);

/// Whether a criterion can be scored, if the sections around it can.
bool is_scored(const criterion_definition& criterion);

/// Whether a section holds a criterion that can be scored. One that holds free text only is for notes.
bool is_scored(const section_definition& section);

} // namespace qascore::detail

#if !defined(QASCORE_COMPILED)
#include "impl/answer_scale.ipp"
#endif
