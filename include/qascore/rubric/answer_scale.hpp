// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/exact.hpp"
#include "../detail/format.hpp"
#include "definition.hpp"

#include <algorithm>
#include <cmath>
#include <string>
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
inline std::vector<exact_number> points_of_codes(const answer_definition& answer, bool adds) {
  using points = std::vector<exact_number>;
  struct {
    bool adds;
    points operator()(const yes_no_answer& a) const {
      const bool yes = (a.good == "yes") == (a.points >= 0.0); // whether it is "yes" that moves points
      return {exact_number(yes ? a.points : 0.0), exact_number(yes ? 0.0 : a.points)};
    }
    points operator()(const options_answer& a) const {
      points out;
      for (const auto& option : a.options)
        out.emplace_back(option.points);
      return out;
    }
    points operator()(const scale_answer& a) const {
      const exact_number steps(a.max - a.min), worth(a.points.value_or(a.max - a.min));
      points out;
      for (int value = a.min; value <= a.max; ++value)
        out.push_back(worth * exact_number(value - a.min) / steps);
      return out;
    }
    points operator()(const number_answer& a) const {
      points out;
      for (const auto& range : a.ranges)
        out.emplace_back(range.points);
      return out;
    }
    points operator()(const hits_answer& a) const {
      const exact_number worth(std::abs(a.each ? a.limit.value_or(0.0) : a.points)), each(std::abs(a.points));
      points out;
      const auto most = static_cast<std::size_t>(most_hits(a));
      for (std::size_t hits = 0; hits <= most; ++hits) {
        exact_number moved = each * exact_number(static_cast<double>(hits));
        if (moved.value() > worth.value())
          moved = worth;
        out.push_back(a.points > 0.0 ? moved : adds ? exact_number(0.0) - moved : worth - moved);
      }
      return out;
    }
    points operator()(const text_answer&) const { return {}; }
    points operator()(const date_answer&) const { return {}; }
  } const of{adds};
  return std::visit(of, answer);
}

/// How a person writes the answer with this code.
inline std::string answer_text(const answer_definition& answer, std::size_t code) {
  if (std::holds_alternative<yes_no_answer>(answer))
    return code == 0 ? "yes" : "no";
  if (const auto* options = std::get_if<options_answer>(&answer))
    return options->options[code].id;
  if (const auto* scale = std::get_if<scale_answer>(&answer))
    return std::to_string(scale->min + static_cast<int>(code));
  if (const auto* number = std::get_if<number_answer>(&answer)) {
    const auto& ranges = number->ranges;
    if (ranges[code].to)
      return "up to " + format_number(*ranges[code].to);
    return code == 0 ? "any number" : "above " + format_number(*ranges[code - 1].to);
  }
  if (const auto* hits = std::get_if<hits_answer>(&answer))
    return std::to_string(code) + (static_cast<double>(code) == most_hits(*hits) ? " or more" : "");
  return std::holds_alternative<date_answer>(answer) ? "date" : "text";
}

/// The most and the least that can be earned; 0 where nothing is.
inline exact_number highest(const std::vector<exact_number>& points) {
  return points.empty() ? exact_number() : *std::ranges::max_element(points, {}, &exact_number::value);
}
inline exact_number lowest(const std::vector<exact_number>& points) {
  return points.empty() ? exact_number() : *std::ranges::min_element(points, {}, &exact_number::value);
}

inline bool is_scored(const answer_definition& answer) {
  return !std::holds_alternative<text_answer>(answer) && !std::holds_alternative<date_answer>(answer);
}

/// The metric of the conversation that fills an answer in; empty where the rater gives it.
inline std::string_view metric_of(const answer_definition& answer) {
  const auto* number = std::get_if<number_answer>(&answer);
  return number ? std::string_view(number->metric) : std::string_view{};
}

/// Whether a criterion can be scored, if the sections around it can.
inline bool is_scored(const criterion_definition& criterion) {
  return is_scored(criterion.answer) && !criterion.excluded;
}

/// Whether a section holds a criterion that can be scored. One that holds free text only is for notes.
inline bool is_scored(const section_definition& section) {
  return !section.excluded &&
         (std::ranges::any_of(section.criteria, [](const auto& c) { return is_scored(c); }) ||
          std::ranges::any_of(section.sections, [](const auto& s) { return is_scored(s); }));
}

} // namespace qascore::detail
