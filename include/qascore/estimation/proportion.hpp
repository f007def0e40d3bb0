// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/proportion.hpp"
#include "../kernel/replicates.hpp"
#include "domain.hpp"
#include "sample_design.hpp"

/// Proportions under a design; what is estimated and how stands in kernel/proportion.hpp.
namespace qascore {

struct proportion_options {
  confidence_level confidence{};
  proportion_interval interval = proportion_interval::wilson;
  missing_rows missing = missing_rows::error;
  replicate_options variance{}; ///< how the standard error is computed
};

namespace detail {
/// An event per unit: bool, 0 or 1, or std::optional of one. Averaged repeats may lie between.
template <class Range, class Event>
std::vector<double> events(const sample_design& design, const Range& rows, const Event& event,
                           missing_rows missing) {
  std::size_t row = 0;
  for (const auto& r : rows) {
    const double value = to_double(std::invoke(event, r));
    if (!is_missing(value) && value != 0.0 && value != 1.0)
      throw data_error("event: expected 0 or 1 but found " + format_number(value) + " at row " +
                       std::to_string(row));
    ++row;
  }
  return design.numbers(rows, event, "event", missing);
}
} // namespace detail

/// Share of the population for which the event is true, a fraction from 0 to 1.
template <row_range Range, projection_of<Range> Event>
estimate proportion(const sample_design& design, const Range& rows, const Event& event,
                    const proportion_options& options = {}) {
  auto y = detail::events(design, rows, event, options.missing);
  return design.scoped(detail::over_domains({}, options.missing, {y}, [&](const kernel::domain_view& domain) {
    return kernel::with_replicates(design.view(), domain, y, options.variance, [&](const auto& view, const auto& part) {
      return kernel::proportions(view, part, y, options.confidence, options.interval);
    }).front();
  }));
}

template <row_range Range, projection_of<Range> Event, class By>
std::vector<domain_estimate> proportion_by(const sample_design& design, const Range& rows, const Event& event,
                                           const By& by, const proportion_options& options = {}) {
  auto y = detail::events(design, rows, event, options.missing);
  return detail::by_domain(design, rows, by, options.missing, y, [&](const kernel::domain_view& domain) {
    return kernel::with_replicates(design.view(), domain, y, options.variance, [&](const auto& view, const auto& part) {
      return kernel::proportions(view, part, y, options.confidence, options.interval);
    });
  });
}

} // namespace qascore
