// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/model_assisted.hpp"
#include "../kernel/ppi.hpp"
#include "model_domains.hpp"
#include "model_population.hpp"
#include "proportion.hpp"
#include "sample_design.hpp"

#include <string>
#include <utility>
#include <vector>

/// Model + human: what is estimated and how stands in kernel/model_assisted.hpp and kernel/ppi.hpp.
namespace qascore {

struct model_assisted_options {
  confidence_level confidence{};
  model_tuning tuning = model_tuning::common;
  double lam = 1.0; ///< under model_tuning::fixed
  missing_rows missing = missing_rows::error;
};

/// The same for one part of the population.
struct model_assisted_domain : model_assisted_estimate {
  std::vector<std::string> by; ///< labels of the domain as text, one per column
};

namespace detail {
inline void check_model_missing(missing_rows missing) {
  if (missing == missing_rows::domain)
    throw argument_error("missing: the model's mean over the units with a value is not known; choose drop");
}

/// The kernel's estimates with the finite population that is known of. `means`: the model's, per unit.
inline std::vector<model_assisted_estimate>
model_assisted(const sample_design& design, const kernel::domain_view& domains, const std::vector<double>& y,
               const std::vector<double>& x, const std::vector<double>& means,
               const model_population& population, const model_assisted_options& options,
               kernel::interval_scale scale) {
  design_view view = design.view();
  const std::vector<double> counts = population.counts(design);
  view.population = counts;
  return kernel::model_assisted_means(view, domains, y, x, means,
                                      {options.confidence, options.tuning, options.lam, scale});
}

inline model_assisted_estimate model_assisted(const sample_design& design, const std::vector<double>& y,
                                              const std::vector<double>& x,
                                              const model_population& population,
                                              const model_assisted_options& options,
                                              kernel::interval_scale scale) {
  if (options.tuning == model_tuning::stratum && !population.by_stratum() && !design.strata().empty())
    throw argument_error("tuning: a lambda per stratum needs the model's means by stratum");
  check_model_missing(options.missing);
  return design.scoped(
      model_assisted(design, {}, y, x, population.mean_by_unit(design), population, options, scale).front());
}

template <class Range, class By>
std::vector<model_assisted_domain>
model_assisted_by(const sample_design& design, const Range& rows, const By& by, const std::vector<double>& y,
                  const std::vector<double>& x, const model_population& population,
                  const model_domains& known, const model_assisted_options& options,
                  kernel::interval_scale scale) {
  if (options.tuning == model_tuning::stratum && !known.by_stratum() && !design.strata().empty())
    throw argument_error("tuning: a lambda per stratum needs the model's means by domain and stratum");
  check_model_missing(options.missing);
  label_codes domains = design.labels(rows, by, "by", options.missing);
  std::vector<model_assisted_estimate> found =
      model_assisted(design, {domains.codes, domains.labels.size()}, y, x,
                     known.mean_by_unit(design, domains), population, options, scale);
  std::vector<model_assisted_domain> out(found.size());
  const std::string scope = design.scope();
  for (std::size_t d = 0; d < out.size(); ++d) {
    static_cast<model_assisted_estimate&>(out[d]) = std::move(found[d]);
    out[d].by = std::move(domains.labels[d]);
    out[d].scope = scope;
  }
  return out;
}
} // namespace detail

/// Mean over the population of what people would have scored, where `model` scored all of it.
template <row_range Range, projection_of<Range> Value, projection_of<Range> Model>
model_assisted_estimate
model_assisted_mean(const sample_design& design, const Range& rows, const Value& value, const Model& model,
                    const model_population& population, const model_assisted_options& options = {}) {
  return detail::model_assisted(design, design.numbers(rows, value, "value", options.missing),
                                design.numbers(rows, model, "model", options.missing), population, options,
                                kernel::interval_scale::identity);
}

/// The same for an event in {0, 1}, with limits symmetric in the logit. The model may say 0, 1 or a fraction.
template <row_range Range, projection_of<Range> Event, projection_of<Range> Model>
model_assisted_estimate model_assisted_proportion(const sample_design& design, const Range& rows,
                                                  const Event& event, const Model& model,
                                                  const model_population& population,
                                                  const model_assisted_options& options = {}) {
  return detail::model_assisted(design, detail::events(design, rows, event, options.missing),
                                design.numbers(rows, model, "model", options.missing), population, options,
                                kernel::interval_scale::logit);
}

/// Means by domain of what people would have scored. `known` holds the model's means of the same domains; `population`
/// how many conversations there are, for the variance.
template <row_range Range, projection_of<Range> Value, projection_of<Range> Model, class By>
std::vector<model_assisted_domain>
model_assisted_mean_by(const sample_design& design, const Range& rows, const Value& value, const Model& model,
                       const By& by, const model_population& population, const model_domains& known,
                       const model_assisted_options& options = {}) {
  return detail::model_assisted_by(design, rows, by, design.numbers(rows, value, "value", options.missing),
                                   design.numbers(rows, model, "model", options.missing), population, known,
                                   options, kernel::interval_scale::identity);
}

/// The same for an event in {0, 1}, with limits symmetric in the logit.
template <row_range Range, projection_of<Range> Event, projection_of<Range> Model, class By>
std::vector<model_assisted_domain>
model_assisted_proportion_by(const sample_design& design, const Range& rows, const Event& event,
                             const Model& model, const By& by, const model_population& population,
                             const model_domains& known, const model_assisted_options& options = {}) {
  return detail::model_assisted_by(design, rows, by, detail::events(design, rows, event, options.missing),
                                   design.numbers(rows, model, "model", options.missing), population, known,
                                   options, kernel::interval_scale::logit);
}

/// The prediction-powered mean of an endless process: `labelled` rows have both scores, `others` the model's.
template <row_range Range, projection_of<Range> Value, projection_of<Range> Model, row_range Others,
          projection_of<Others> OthersModel>
ppi_estimate ppi_mean(const Range& labelled, const Value& value, const Model& model, const Others& others,
                      const OthersModel& others_model, const kernel::ppi_options& options = {}) {
  const auto y = number_column(labelled, value), x = number_column(labelled, model),
             rest = number_column(others, others_model);
  return kernel::ppi_mean(y, {x, {}}, {rest, {}}, 1, options);
}

} // namespace qascore
