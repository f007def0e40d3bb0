// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "design_fault.hpp"
#include "sample_design.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

namespace qascore {

/// Puts a sample_design together from the embedder's own rows, column by column:
///
///   const auto design = qa::design_builder(reviews).stratum(&review::queue).weight(&review::weight)
///                           .cluster(&review::agent).build({.single_unit = qa::single_unit::adjust});
///
/// Columns are copied when they are named; the rows may go afterwards.
template <row_range Range>
class design_builder {
public:
  explicit design_builder(const Range& rows) : rows_{rows} { columns_.rows = std::ranges::size(rows); }

  /// Which rows are the same unit. Without it every row is one.
  template <class Projection>
  design_builder& unit(const Projection& projection) {
    // Names of units are only made for a message: there may be millions.
    auto column = label_column(rows_, projection);
    unit_ = std::move(column.codes);
    columns_.units = column.labels.size();
    names_.unit = [labels = std::move(column.labels)](std::uint32_t code) {
      using label = typename decltype(column.labels)::value_type;
      return detail::quoted(label_text<label>(labels[code]));
    };
    return *this;
  }

  /// Parts of the population that were drawn apart: a label, or `qa::by(...)` several.
  template <class Projection>
  design_builder& stratum(const Projection& projection) {
    strata_ = detail::label_codes_of(rows_, projection);
    return *this;
  }

  /// Units that were drawn, or depend on each other, together (agents). With `nest`, labels start again in
  /// each stratum.
  template <class Projection>
  design_builder& cluster(const Projection& projection, bool nest = false) {
    cluster_ = detail::label_codes_of(rows_, projection);
    columns_.nest = nest;
    return *this;
  }

  /// Chance of each row's unit to be drawn, a fraction in (0, 1].
  template <class Projection>
  design_builder& probability(const Projection& projection) {
    probability_ = number_column(rows_, projection);
    return *this;
  }

  /// Design weight in place of the probability: how many units a row's unit stands for.
  template <class Projection>
  design_builder& weight(const Projection& projection) {
    weight_ = number_column(rows_, projection);
    return *this;
  }

  /// Units (with clusters: clusters) in the population of the row's stratum, the same in all rows of a
  /// stratum. Clusters are corrected for where they were taken whole (kernel/design.hpp).
  template <class Projection>
  design_builder& population(const Projection& projection) {
    population_ = number_column(rows_, projection);
    return *this;
  }

  /// Population counts from the plan that the sample was drawn by; its strata must be those of the rows.
  /// Where clusters are named the counts (of conversations) say nothing about them and are left out. A stratum of
  /// the plan without a row is a design_error unless `uncovered_strata::exclude` is chosen. Drawn units without a row leave
  /// their weight to the others of their stratum, where these have equal weights.
  design_builder& plan(const sampling_plan& plan) {
    plan_ = plan;
    return *this;
  }

  sample_design build(design_options options = {}) const {
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

private:
  /// How the sample was drawn: as the caller says, or as the plan recorded it, if that is what its counts speak for.
  sample_selection selection_of(const design_options& options) const {
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

  /// Conversations that the recorded draw left out as they had no chance; strata of the plan are named elsewhere.
  std::uint64_t without_chance() const {
    std::uint64_t out = plan_->recorded_draw() ? plan_->recorded_draw()->without_chance : 0;
    for (const planned_stratum& s : plan_->strata())
      if (s.sample_size == 0)
        out -= std::min(out, s.population);
    return out;
  }

  /// How many units a Poisson sample lacks that chance alone does not explain: fewer than expected by more than four
  /// standard deviations, in single strata or in all. The variance of the count, sum of pi (1 - pi), is at most
  /// n (1 - n / N) where n are expected of N, whatever their chances.
  std::uint64_t shortfall(const sample_design& design) const {
    std::map<std::vector<std::string>, double> found;
    for (std::size_t i = 0; i < design.units(); ++i)
      found[strata_.codes.empty() ? std::vector<std::string>() : strata_.labels[design.view().stratum_of(i)]] += 1.0;
    const auto beyond = [](double gap, double variance) { return gap > 4.0 * std::sqrt(variance) && gap > 1.0; };
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

  /// The chance that the plan gives the units of each stratum of the design; NaN where it does not know the stratum.
  std::vector<double> planned_by_stratum(const kernel::design_columns& in) const {
    if (!plan_ || strata_.codes.empty() != plan_->columns().empty())
      return {};
    std::vector<double> out(in.strata, missing_value);
    for (std::uint32_t h = 0; h < in.strata; ++h)
      if (const auto at = plan_->find(strata_.codes.empty() ? std::vector<std::string>() : strata_.labels[h]))
        out[h] = plan_->strata()[*at].inclusion_probability();
    return out;
  }

  /// Counts that the caller gave must be the plan's, where both are there and speak of units.
  std::vector<double> population_by_stratum(const kernel::design_columns& in,
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

  std::vector<double> given_population(const kernel::design_columns& in) const {
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

  std::vector<double> planned_population(const kernel::design_columns& in,
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

  const Range& rows_;
  kernel::design_columns columns_;
  detail::unit_names names_;
  std::vector<std::uint32_t> unit_;
  detail::label_codes strata_, cluster_;
  std::vector<double> probability_, weight_, population_;
  std::optional<sampling_plan> plan_;
};

} // namespace qascore
