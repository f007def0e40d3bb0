// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/column.hpp"
#include "../core/label.hpp"
#include "../core/projection.hpp"
#include "../detail/format.hpp"
#include "../kernel/design.hpp"
#include "../sampling/sampling_plan.hpp"
#include "design_fault.hpp"
#include "label_codes.hpp"
#include "sample_design.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace qascore {

namespace detail {

/// Columns of a sample, whatever rows they are from, and the design they make.
class design_parts {
protected:
  design_parts() = default;

  void set_plan(const sampling_plan& plan);
  sample_design make(const design_options& options) const;

  kernel::design_columns columns_;
  detail::unit_names names_;
  std::vector<std::uint32_t> unit_;
  detail::label_codes strata_, cluster_;
  std::vector<double> probability_, weight_, population_;
  std::optional<sampling_plan> plan_;

private:
  /// How the sample was drawn: as the caller says, or as the plan recorded it, if that is what its counts speak for.
  sample_selection selection_of(const design_options& options) const;

  /// Conversations that the recorded draw left out as they had no chance; strata of the plan are named elsewhere.
  std::uint64_t without_chance() const;

  /// How many units a Poisson sample lacks that chance alone does not explain: fewer than expected by more than four
  /// standard deviations, in single strata or in all. The variance of the count, sum of pi (1 - pi), is at most
  /// n (1 - n / N) where n are expected of N, whatever their chances.
  std::uint64_t shortfall(const sample_design& design) const;

  /// The chance that the plan gives the units of each stratum of the design; NaN where it does not know the stratum.
  std::vector<double> planned_by_stratum(const kernel::design_columns& in) const;

  /// Counts that the caller gave must be the plan's, where both are there and speak of units.
  std::vector<double> population_by_stratum(const kernel::design_columns& in,
                                            std::vector<std::string>& uncovered) const;

  std::vector<double> given_population(const kernel::design_columns& in) const;

  std::vector<double> planned_population(const kernel::design_columns& in,
                                         std::vector<std::string>& uncovered) const;
};

} // namespace detail

/// Puts a sample_design together from the embedder's own rows, column by column:
///
///   const auto design = qa::design_builder(reviews).stratum(&review::queue).weight(&review::weight)
///                           .cluster(&review::agent).build({.single_unit = qa::single_unit::adjust});
///
/// Columns are copied when they are named; the rows may go afterwards.
template <row_range Range>
class design_builder : detail::design_parts {
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
    set_plan(plan);
    return *this;
  }

  sample_design build(design_options options = {}) const { return make(options); }

private:
  const Range& rows_;
};

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/design_builder.ipp"
#endif
