// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/quantile.hpp"
#include "domain.hpp"
#include "sample_design.hpp"

/// Quantiles under a design; what is estimated and how stands in kernel/quantile.hpp.
namespace qascore {

/// The value that the share p (above 0, below 1) of the population does not exceed; 0.5 is the median.
template <row_range Range, projection_of<Range> Value>
estimate quantile(const sample_design& design, const Range& rows, const Value& value, double p,
                  const quantile_options& options = {}, missing_rows missing = missing_rows::error) {
  auto y = design.numbers(rows, value, "value", missing);
  return design.scoped(detail::over_domains({}, missing, {y}, [&](const kernel::domain_view& domain) {
    return kernel::quantiles(design.view(), domain, y, p, options).front();
  }));
}

template <row_range Range, projection_of<Range> Value, class By>
std::vector<domain_estimate> quantile_by(const sample_design& design, const Range& rows, const Value& value,
                                         const By& by, double p, const quantile_options& options = {},
                                         missing_rows missing = missing_rows::error) {
  auto y = design.numbers(rows, value, "value", missing);
  return detail::by_domain(design, rows, by, missing, y, [&](const kernel::domain_view& domain) {
    return kernel::quantiles(design.view(), domain, y, p, options);
  });
}

} // namespace qascore
