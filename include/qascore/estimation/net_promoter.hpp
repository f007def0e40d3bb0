// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/net_promoter.hpp"
#include "domain.hpp"
#include "sample_design.hpp"

#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

/// The net promoter score under a design; what is estimated and how stands in kernel/net_promoter.hpp.
namespace qascore {

struct net_promoter_options {
  confidence_level confidence{};
  net_promoter_interval interval = net_promoter_interval::score;
  missing_rows missing = missing_rows::error;
};

namespace detail {
/// What an answer from 0 to 10 counts: 9 and 10 a promoter, 0 to 6 a detractor.
template <class Range, class Answer>
std::vector<double> promoter_points(const sample_design& design, const Range& rows, const Answer& answer,
                                    missing_rows missing) {
  std::size_t row = 0;
  for (const auto& r : rows) {
    const double value = to_double(std::invoke(answer, r));
    if (!is_missing(value) && !(value >= 0.0 && value <= 10.0 && value == std::floor(value)))
      throw data_error("answer: expected a whole number from 0 to 10 but found " + format_number(value) +
                       " at row " + std::to_string(row));
    ++row;
  }
  const auto points = [&](const auto& r) {
    const double value = to_double(std::invoke(answer, r));
    return is_missing(value) ? value : value >= 9.0 ? 1.0 : value <= 6.0 ? -1.0 : 0.0;
  };
  return design.numbers(rows, points, "answer", missing);
}
} // namespace detail

/// Per cent of the population who answer 9 or 10 less per cent who answer 0 to 6.
template <row_range Range, projection_of<Range> Answer>
estimate net_promoter_score(const sample_design& design, const Range& rows, const Answer& answer,
                            const net_promoter_options& options = {}) {
  auto y = detail::promoter_points(design, rows, answer, options.missing);
  return design.scoped(detail::over_domains({}, options.missing, {y}, [&](const kernel::domain_view& domain) {
    return kernel::net_promoter_scores(design.view(), domain, y, options.confidence, options.interval)
        .front();
  }));
}

template <row_range Range, projection_of<Range> Answer, class By>
std::vector<domain_estimate> net_promoter_score_by(const sample_design& design, const Range& rows,
                                                   const Answer& answer, const By& by,
                                                   const net_promoter_options& options = {}) {
  auto y = detail::promoter_points(design, rows, answer, options.missing);
  return detail::by_domain(design, rows, by, options.missing, y, [&](const kernel::domain_view& domain) {
    return kernel::net_promoter_scores(design.view(), domain, y, options.confidence, options.interval);
  });
}

} // namespace qascore
