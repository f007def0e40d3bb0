// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/design_effect.hpp"
#include "../kernel/mean.hpp"
#include "../kernel/replicates.hpp"
#include "domain.hpp"
#include "sample_design.hpp"

/// Means, totals, ratios under a design; what each estimates and how stands in kernel/mean.hpp.
namespace qascore {

/// Confidence is a fraction; a missing value is an error unless it is to be left out, as an answer that is
/// missing (counted in the result) or as another part of the population. Units without a label of `by` are in no
/// domain.
struct mean_options {
  confidence_level confidence{};
  missing_rows missing = missing_rows::error;
  replicate_options variance{}; ///< how the standard error is computed
};

/// Mean of a number of the rows that the design was made from, with t limits.
template <row_range Range, projection_of<Range> Value>
estimate mean(const sample_design& design, const Range& rows, const Value& value,
              const mean_options& options = {}) {
  auto y = design.numbers(rows, value, "value", options.missing);
  return design.scoped(detail::over_domains({}, options.missing, {y}, [&](const kernel::domain_view& domain) {
    return kernel::with_replicates(design.view(), domain, y, options.variance, [&](const auto& view, const auto& part) {
      return kernel::means(view, part, y, options.confidence);
    }).front();
  }));
}

/// Mean by domain: a label, or `qa::by(...)` several. The whole design stays behind every domain.
template <row_range Range, projection_of<Range> Value, class By>
std::vector<domain_estimate> mean_by(const sample_design& design, const Range& rows, const Value& value,
                                     const By& by, const mean_options& options = {}) {
  auto y = design.numbers(rows, value, "value", options.missing);
  return detail::by_domain(design, rows, by, options.missing, y, [&](const kernel::domain_view& domain) {
    return kernel::with_replicates(design.view(), domain, y, options.variance, [&](const auto& view, const auto& part) {
      return kernel::means(view, part, y, options.confidence);
    });
  });
}

struct difference_options {
  confidence_level confidence{};
  missing_rows missing = missing_rows::error;
  kernel::difference_df df = kernel::difference_df::satterthwaite;
};

/// Mean in the domain labelled `a` minus mean in the domain labelled `b`, with the test of no difference.
template <row_range Range, projection_of<Range> Value, class By, label_type A, label_type B>
tested_estimate mean_difference(const sample_design& design, const Range& rows, const Value& value,
                                const By& by, const A& a, const B& b, const difference_options& options = {}) {
  auto y = design.numbers(rows, value, "value", options.missing);
  const detail::label_codes domains = design.labels(rows, by, "by", options.missing);
  return design.scoped(detail::over_domains(
      {domains.codes, domains.labels.size()}, options.missing, {y}, [&](const kernel::domain_view& domain) {
        return kernel::mean_difference(design.view(), domain, detail::code_of(domains, label_text(a)),
                                       detail::code_of(domains, label_text(b)), y, options.confidence, options.df);
      }));
}

/// No choice about missing values: a total cannot leave units out.
struct total_options {
  confidence_level confidence{};
  replicate_options variance{};
};

/// Total over the population: what the design weights add up to.
template <row_range Range, projection_of<Range> Value>
estimate total(const sample_design& design, const Range& rows, const Value& value,
               const total_options& options = {}) {
  const auto y = design.numbers(rows, value, "value", missing_rows::error);
  return design.scoped(
      kernel::with_replicates(design.view(), {}, y, options.variance, [&](const auto& view, const auto& part) {
        return kernel::totals(view, part, y, options.confidence);
      }).front());
}

template <row_range Range, projection_of<Range> Value, class By>
std::vector<domain_estimate> total_by(const sample_design& design, const Range& rows, const Value& value,
                                      const By& by, const total_options& options = {}) {
  auto y = design.numbers(rows, value, "value", missing_rows::error);
  return detail::by_domain(design, rows, by, missing_rows::error, y, [&](const kernel::domain_view& domain) {
    return kernel::with_replicates(design.view(), domain, y, options.variance, [&](const auto& view, const auto& part) {
      return kernel::totals(view, part, y, options.confidence);
    });
  });
}

/// Ratio of the total of `value` to the total of `base` (points earned to points possible).
template <row_range Range, projection_of<Range> Value, projection_of<Range> Base>
estimate ratio(const sample_design& design, const Range& rows, const Value& value, const Base& base,
               const mean_options& options = {}) {
  auto y = design.numbers(rows, value, "value", options.missing);
  auto x = design.numbers(rows, base, "base", options.missing);
  return design.scoped(detail::over_domains({}, options.missing, {y, x}, [&](const kernel::domain_view& domain) {
    std::vector<double> both(y);
    for (std::size_t i = 0; i < both.size(); ++i)
      if (is_missing(x[i]))
        both[i] = missing_value;
    return kernel::with_replicates(design.view(), domain, both, options.variance, [&](const auto& view, const auto& part) {
      return kernel::ratios(view, part, y, x, options.confidence);
    }).front();
  }));
}

/// Variance of a number in the population.
template <row_range Range, projection_of<Range> Value>
estimate variance(const sample_design& design, const Range& rows, const Value& value,
                  const mean_options& options = {}) {
  auto y = design.numbers(rows, value, "value", options.missing);
  return design.scoped(detail::over_domains({}, options.missing, {y}, [&](const kernel::domain_view& domain) {
    return kernel::with_replicates(design.view(), domain, y, options.variance, [&](const auto& view, const auto& part) {
      return kernel::variances(view, part, y, options.confidence);
    }).front();
  }));
}

/// How much the design changes the variance of a mean.
template <row_range Range, projection_of<Range> Value>
design_effect design_effect_of(const sample_design& design, const Range& rows, const Value& value) {
  return kernel::design_effect_of(design.view(), design.numbers(rows, value, "value", missing_rows::error));
}

} // namespace qascore
