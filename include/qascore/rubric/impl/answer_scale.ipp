// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../answer_scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What each code of an answer earns.
namespace qascore::detail {

QASCORE_INLINE std::vector<exact_number> points_of_codes(const answer_definition& answer, bool adds) {
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

QASCORE_INLINE std::string answer_text(const answer_definition& answer, std::size_t code) {
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

QASCORE_INLINE exact_number highest(const std::vector<exact_number>& points) {
  return points.empty() ? exact_number() : *std::ranges::max_element(points, {}, &exact_number::value);
}

QASCORE_INLINE exact_number lowest(const std::vector<exact_number>& points) {
  return points.empty() ? exact_number() : *std::ranges::min_element(points, {}, &exact_number::value);
}

QASCORE_INLINE bool is_scored(const answer_definition& answer) {
  return !std::holds_alternative<text_answer>(answer) && !std::holds_alternative<date_answer>(answer);
}

QASCORE_INLINE std::string_view metric_of(const answer_definition& answer) {
  const auto* number = std::get_if<number_answer>(&answer);
  return number ? std::string_view(number->metric) : std::string_view{};
}

QASCORE_INLINE bool is_scored(const criterion_definition& criterion) {
  return is_scored(criterion.answer) && !criterion.excluded;
}

QASCORE_INLINE bool is_scored(const section_definition& section) {
  return !section.excluded &&
         (std::ranges::any_of(section.criteria, [](const auto& c) { return is_scored(c); }) ||
          std::ranges::any_of(section.sections, [](const auto& s) { return is_scored(s); }));
}

} // namespace qascore::detail
