// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/model_assisted.hpp"
#include "../kernel/ppi.hpp"
#include "model_population.hpp"
#include "proportion.hpp"
#include "sample_design.hpp"

/// Model + human: what is estimated and how stands in kernel/model_assisted.hpp and kernel/ppi.hpp.
namespace qascore {

struct model_assisted_options {
  confidence_level confidence{};
  model_tuning tuning = model_tuning::common;
  double lam = 1.0; ///< under model_tuning::fixed
  missing_rows missing = missing_rows::error;
};

namespace detail {
inline model_assisted_estimate model_assisted(const sample_design& design, const std::vector<double>& y,
                                              const std::vector<double>& x,
                                              const model_population& population,
                                              const model_assisted_options& options,
                                              kernel::interval_scale scale) {
  if (options.tuning == model_tuning::stratum && !population.by_stratum() && !design.strata().empty())
    throw argument_error("tuning: a lambda per stratum needs the model's means by stratum");
  if (options.missing == missing_rows::domain)
    throw argument_error("missing: the model's mean over the units with a value is not known; choose drop");
  design_view view = design.view();
  const std::vector<double> counts = population.counts(design);
  view.population = counts;
  kernel::model_assisted_options how{options.confidence, options.tuning, options.lam, scale};
  return design.scoped(kernel::model_assisted_means(view, {}, y, x, population.mean_by_unit(design), how).front());
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
