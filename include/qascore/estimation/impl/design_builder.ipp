// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../design_builder.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// A sample design from its columns.
namespace qascore::detail {

QASCORE_INLINE void design_parts::set_plan(const sampling_plan& plan) {
  plan_ = plan;
}

QASCORE_INLINE sample_design design_parts::make(const design_options& options) const {
  const detail::fault_words words{names_, strata_, cluster_};
  kernel::design_columns in = columns_;
  in.unit = unit_;
  in.stratum = strata_.codes;
  in.strata = strata_.labels.empty() ? 1 : strata_.labels.size();
  in.cluster = cluster_.codes;
  in.clusters = cluster_.labels.size();
  in.probability = probability_;
  in.weight = weight_;
  in.repeated = options.repeats;
  in.single = options.single_unit;
  in.clusters_whole = options.clusters_whole;
  in.selection = selection_of(options);
  const bool poisson = in.selection == sample_selection::poisson;
  in.spread_absent = plan_ && population_.empty() && !poisson;

  sample_design out;
  out.rows_ = in.rows;
  out.single_ = options.single_unit;
  out.calibrated_ = options.calibrated_errors;
  const std::vector<double> counts = population_by_stratum(in, out.uncovered_);
  // A Poisson sample's chances say it all; those that the caller names are refused by the check.
  const std::vector<double> population = poisson && population_.empty() ? std::vector<double>() : counts;
  const std::vector<double> planned = poisson ? std::vector<double>() : planned_by_stratum(in);
  in.population = population;
  in.planned = planned;
  out.checked_ = kernel::check_design(in);
  using fault = kernel::design_fault;
  if (out.checked_.problem.fault == fault::other_chance ||
      out.checked_.problem.fault == fault::other_weight ||
      out.checked_.problem.fault == fault::more_than_planned) // a wrong plan is named first
    words.raise(out.checked_.problem, in);
  if (!out.uncovered_.empty() && options.uncovered == uncovered_strata::error)
    throw design_error("stratum: no row of " + out.uncovered_.front() + ", which the plan has (" +
                       std::to_string(out.uncovered_.size()) +
                       " such in all); choose uncovered_strata::exclude to estimate for the others alone");
  words.raise(out.checked_.problem, in);
  for (std::uint32_t h = 0; h < strata_.labels.size(); ++h)
    out.strata_.push_back(strata_.name(h));
  if (cluster_.codes.empty())
    out.counts_ = counts;
  if (plan_) {
    out.without_chance_ = without_chance();
    out.short_ = poisson ? shortfall(out) : 0;
  }
  return out;
}

QASCORE_INLINE sample_selection design_parts::selection_of(const design_options& options) const {
  if (options.selection)
    return *options.selection;
  if (!plan_ || !plan_->recorded_draw() || plan_->recorded_draw()->is_simple())
    return sample_selection::fixed_size;
  if (plan_->recorded_draw()->is_poisson())
    return sample_selection::poisson;
  throw design_error(
      "plan: its recorded draw is " +
      std::string(detail_plan::name_of(plan_->recorded_draw()->method, detail_plan::draw_methods)) +
      (plan_->recorded_draw()->targets.empty() ? "" : " with targeted parts") +
      ", but its counts speak for simple random samples; " +
      (plan_->recorded_draw()->targets.empty()
           ? "give stratum and probability without the plan, or sample_selection::fixed_size to take the "
             "sample "
             "for a simple one"
           : "choose sample_selection::poisson, which is at most too wide"));
}

QASCORE_INLINE std::uint64_t design_parts::without_chance() const {
  std::uint64_t out = plan_->recorded_draw() ? plan_->recorded_draw()->without_chance : 0;
  for (const planned_stratum& s : plan_->strata())
    if (s.sample_size == 0)
      out -= std::min(out, s.population);
  return out;
}

QASCORE_INLINE std::uint64_t design_parts::shortfall(const sample_design& design) const {
  std::map<std::vector<std::string>, double> found;
  for (std::size_t i = 0; i < design.units(); ++i)
    found[strata_.codes.empty() ? std::vector<std::string>() : strata_.labels[design.view().stratum_of(i)]] +=
        1.0;
  const auto beyond = [](double gap, double variance) {
    return gap > 4.0 * std::sqrt(variance) && gap > 1.0;
  };
  double single = 0.0, all = 0.0, variances = 0.0;
  for (const planned_stratum& s : plan_->strata()) {
    if (s.sample_size == 0)
      continue;
    const auto at = found.find(s.labels);
    const auto expected = static_cast<double>(s.sample_size);
    const double gap = expected - (at == found.end() ? 0.0 : at->second);
    const double variance = expected * (1.0 - s.inclusion_probability());
    single += beyond(gap, variance) ? gap : 0.0;
    all += gap;
    variances += variance;
  }
  return static_cast<std::uint64_t>(std::max(single, beyond(all, variances) ? all : 0.0));
}

QASCORE_INLINE std::vector<double> design_parts::planned_by_stratum(const kernel::design_columns& in) const {
  if (!plan_ || strata_.codes.empty() != plan_->columns().empty())
    return {};
  std::vector<double> out(in.strata, missing_value);
  for (std::uint32_t h = 0; h < in.strata; ++h)
    if (const auto at = plan_->find(strata_.codes.empty() ? std::vector<std::string>() : strata_.labels[h]))
      out[h] = plan_->strata()[*at].inclusion_probability();
  return out;
}

QASCORE_INLINE std::vector<double>
design_parts::population_by_stratum(const kernel::design_columns& in,
                                    std::vector<std::string>& uncovered) const {
  if (!plan_ || !cluster_.codes.empty())
    return population_.empty() ? std::vector<double>() : given_population(in);
  if (population_.empty())
    return planned_population(in, uncovered);
  std::vector<double> given = given_population(in);
  if (in.selection == sample_selection::fixed_size) {
    const std::vector<double> planned = planned_population(in, uncovered);
    for (std::size_t h = 0; h < given.size(); ++h)
      if (given[h] != planned[h])
        throw design_error("population: " +
                           (strata_.codes.empty()
                                ? "the sample"
                                : "stratum " + strata_.name(static_cast<std::uint32_t>(h))) +
                           " holds " + detail::format_number(given[h]) + " but the plan counted " +
                           detail::format_number(planned[h]) + "; leave the counts to the plan");
  }
  return given;
}

QASCORE_INLINE std::vector<double> design_parts::given_population(const kernel::design_columns& in) const {
  std::vector<double> out;
  out.assign(in.strata, missing_value);
  for (std::size_t i = 0; i < in.rows; ++i) {
    const std::uint32_t h = in.stratum.empty() ? 0u : in.stratum[i];
    if (is_missing(h))
      continue; // reported by the check
    if (!is_missing(out[h]) && out[h] != population_[i])
      throw design_error("population: expected one count per stratum but found " +
                         detail::format_number(out[h]) + " and, at row " + std::to_string(i) + ", " +
                         detail::format_number(population_[i]));
    out[h] = population_[i];
  }
  return out;
}

QASCORE_INLINE std::vector<double>
design_parts::planned_population(const kernel::design_columns& in,
                                 std::vector<std::string>& uncovered) const {
  std::vector<double> out;
  if (strata_.codes.empty() != plan_->columns().empty())
    throw design_error(plan_->columns().empty() ? "stratum: the plan has no strata but the design has"
                                                : "stratum: the plan has strata; name their column");
  if (strata_.codes.empty())
    return {static_cast<double>(plan_->strata().front().population)};
  std::vector<bool> covered(plan_->strata().size(), false);
  for (std::uint32_t h = 0; h < strata_.labels.size(); ++h) {
    const auto at = plan_->find(strata_.labels[h]);
    if (!at)
      throw design_error("stratum: " + strata_.name(h) + " is not in the plan");
    covered[*at] = true;
    out.push_back(static_cast<double>(plan_->strata()[*at].population));
  }
  for (std::size_t s = 0; s < covered.size(); ++s)
    // That chance drew nothing from a stratum is no gap in a Poisson sample.
    if (!covered[s] && plan_->strata()[s].population > 0 &&
        (in.selection == sample_selection::fixed_size || plan_->strata()[s].sample_size == 0))
      uncovered.push_back(stratum_name(plan_->strata()[s].labels));
  return out;
}

} // namespace qascore::detail
