// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/error.hpp"
#include "../detail/format.hpp"
#include "../kernel/design.hpp"
#include "../kernel/weighting.hpp"
#include "../sampling/sampling_plan.hpp"
#include "label_codes.hpp"

#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore {

template <row_range Range>
class design_builder;

namespace detail {
class design_parts;
}

/// What to do with strata of the plan in which nothing was evaluated.
enum class uncovered_strata {
  error,  ///< refuse, and name the first (default)
  exclude ///< estimate for the other strata alone; `sample_design::uncovered` lists them
};

/// Choices of a sample design. Each moves numbers, so each is said where the design is made.
struct design_options {
  qascore::repeats repeats = qascore::repeats::error;             ///< several rows of one unit
  qascore::single_unit single_unit = qascore::single_unit::error; ///< a stratum with one sampled unit
  uncovered_strata uncovered = uncovered_strata::error;           ///< a stratum of the plan without a row
  bool clusters_whole = false; ///< all of each sampled cluster is there: correct for the clusters left out
  /// How the number of sampled units came about; default: as the plan's recorded draw says, else fixed sizes.
  std::optional<sample_selection> selection{};
  /// What standard errors make of known totals that weights are calibrated to (estimation/weighting.hpp).
  qascore::calibrated_errors calibrated_errors = qascore::calibrated_errors::corrected;
};

/// How the evaluated conversations came to be chosen: what every estimate needs to speak for all
/// conversations, not for those that were scored. Immutable; checked once, when it is made.
///
///   weight of a unit = 1 / inclusion probability; strata; population counts (for the finite-population
///   correction); whether sizes were fixed or left to chance (Poisson sampling); clusters (agents whose conversations were drawn together, repeated evaluations of one
///   conversation).
///
/// Undefined things are refused when the design is made, in the words of the data: a unit that stands twice,
/// a probability outside (0, 1], more sampled units than the stratum holds, a stratum with one unit
/// (design_error). Source: Sarndal, Swensson, Wretman (1992), Model Assisted Survey Sampling. Model: R
/// survey's svydesign, against which estimates are checked.
class sample_design {
public:
  /// Rows taken as independent, of equal weight, from an endless population. Results say so.
  static sample_design independent(std::size_t rows);

  /// From rows that carry their inclusion probability; strata are a column or `qa::by(...)` several.
  template <row_range Range, class Unit, class Stratum, class Probability>
  static sample_design from(const Range& rows, const Unit& unit, const Stratum& stratum,
                            const Probability& probability, design_options options = {}) {
    return design_builder(rows).unit(unit).stratum(stratum).probability(probability).build(options);
  }

  /// The same with the plan that the sample was drawn by, which knows how many conversations each stratum
  /// holds. What a plan says holds for simple random samples: rows with other chances than its strata have are refused, and
  /// so is a plan whose recorded draw was another one (systematic, in proportion to size, targeted), but for Poisson
  /// samples, which it takes as such.
  template <row_range Range, class Unit, class Stratum, class Probability>
  static sample_design from(const Range& rows, const Unit& unit, const Stratum& stratum,
                            const Probability& probability, const sampling_plan& plan,
                            design_options options = {}) {
    return design_builder(rows)
        .unit(unit)
        .stratum(stratum)
        .probability(probability)
        .plan(plan)
        .build(options);
  }

  std::size_t rows() const noexcept { return rows_; }
  std::size_t units() const noexcept { return checked_.units; }
  bool is_independent() const noexcept { return checked_.weight.empty(); }
  /// Strata in order of their codes; empty without strata.
  const std::vector<std::string>& strata() const noexcept { return strata_; }
  /// Strata of the plan in which nothing was evaluated: estimates do not speak for them.
  const std::vector<std::string>& uncovered() const noexcept { return uncovered_; }
  /// Per stratum, how many drawn units have no row: the others carry their weight. Empty without a
  /// plan.
  const std::vector<double>& absent() const noexcept { return checked_.absent; }

  /// Per stratum, how many units the population holds, as the plan or `population` said; empty where that is not known,
  /// or where clusters were counted.
  const std::vector<double>& population_counts() const noexcept { return counts_; }

  /// What estimates leave out or make up for, in words, as `estimate::scope` says it: strata without a row,
  /// conversations without a chance, drawn units without a row (in a Poisson sample: more than chance explains). Empty:
  /// nothing.
  std::string scope() const;

  /// An estimate for all that the design speaks for, with its scope, and drawn units without a row among the missing ones.
  template <class Estimate>
  Estimate scoped(Estimate of) const {
    of.scope = scope();
    of.missing += absent_units();
    return of;
  }

  /// Weight of each unit, in the order of units; empty for independent rows.
  const std::vector<double>& weights() const noexcept { return checked_.weight; }

  /// The same design with the weights of a step that changed them (estimation/weighting.hpp). Variances know of it.
  sample_design with_weights(kernel::reweighted&& adjusted) const;

  /// By how much the weight of each unit was changed since the draw: 1 where nothing was.
  std::vector<double> g_weights() const;

  /// What the variance engine sees. Valid as long as this design.
  design_view view() const noexcept;

  /// A column of numbers of the rows that made this design, one value per unit (the mean, where repeats are
  /// averaged). `argument` is the name for messages. Throws data_error where the number of rows differs, for
  /// infinite values, and for missing ones under missing_rows::error.
  template <row_range Range, projection_of<Range> Projection>
  std::vector<double> numbers(const Range& rows, const Projection& projection, std::string_view argument,
                              missing_rows missing) const {
    check_rows(std::ranges::size(rows));
    std::vector<double> values = number_column(rows, projection);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isinf(values[i]))
        throw data_error(std::string(argument) + ": expected finite numbers but found " +
                         detail::format_number(values[i]) + " at row " + std::to_string(i));
      if (is_missing(values[i]) && missing == missing_rows::error)
        throw data_error(std::string(argument) + ": no value at row " + std::to_string(i) +
                         "; choose missing_rows::drop to leave such rows out");
    }
    return checked_.unit_of_row.empty()
               ? values
               : kernel::average_by_unit(checked_.unit_of_row, checked_.units, values);
  }

  /// A column of labels of those rows, one code per unit.
  template <row_range Range, class Projection>
  detail::label_codes labels(const Range& rows, const Projection& projection, std::string_view argument,
                             missing_rows missing) const {
    check_rows(std::ranges::size(rows));
    detail::label_codes out = detail::label_codes_of(rows, projection);
    for (std::size_t i = 0; i < out.codes.size(); ++i)
      if (is_missing(out.codes[i]) && missing == missing_rows::error)
        throw data_error(std::string(argument) + ": no label at row " + std::to_string(i) +
                         "; choose missing_rows::drop to leave such rows out");
    if (!checked_.unit_of_row.empty()) {
      kernel::unit_codes shared = kernel::codes_by_unit(checked_.unit_of_row, checked_.units, out.codes);
      if (shared.conflict < rows_)
        throw data_error(std::string(argument) + ": row " + std::to_string(shared.conflict) +
                         " differs from an earlier row of the same unit; averaged repeats must agree");
      out.codes = std::move(shared.code);
    }
    return out;
  }

private:
  friend class detail::design_parts;
  sample_design() = default;

  std::size_t absent_units() const;
  void check_rows(std::size_t found) const;

  kernel::checked_design checked_;
  std::size_t rows_ = 0;
  std::vector<std::string> strata_;
  std::vector<std::string> uncovered_;
  std::uint64_t without_chance_ = 0; ///< conversations that could not be drawn, of the plan's recorded draw
  std::uint64_t short_ = 0;          ///< units that a Poisson sample lacks beyond chance
  std::vector<double> counts_;
  qascore::single_unit single_ = qascore::single_unit::error;
  qascore::calibrated_errors calibrated_ = qascore::calibrated_errors::corrected;
  std::vector<std::shared_ptr<const kernel::calibration_record>> records_; ///< what the steps look at
  std::vector<calibration_step> steps_;
};

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/sample_design.ipp"
#endif

#include "design_builder.hpp"
