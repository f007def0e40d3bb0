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
  static sample_design independent(std::size_t rows) {
    sample_design out;
    out.rows_ = out.checked_.units = rows;
    return out;
  }

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
  std::string scope() const {
    std::vector<std::string> parts;
    std::string names;
    for (const std::string& stratum : uncovered_)
      names += (names.empty() ? "" : ", ") + stratum;
    if (!names.empty())
      parts.push_back("without " + names);
    if (without_chance_ > 0)
      parts.push_back("without " + std::to_string(without_chance_) + " that had no chance to be drawn");
    if (const std::size_t n = absent_units(); n > 0)
      parts.push_back(std::to_string(n) + (n == 1 ? " drawn unit" : " drawn units") + " without a row");
    if (short_ > 0)
      parts.push_back("about " + std::to_string(short_) + " drawn units without a row, for which nothing stands");
    std::string out;
    for (const std::string& part : parts)
      out += (out.empty() ? "" : "; ") + part;
    return out;
  }

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
  sample_design with_weights(kernel::reweighted&& adjusted) const {
    sample_design out = *this;
    out.checked_.weight = std::move(adjusted.weight);
    out.records_.push_back(std::make_shared<const kernel::calibration_record>(std::move(adjusted.record)));
    out.steps_.push_back(out.records_.back()->view());
    return out;
  }

  /// By how much the weight of each unit was changed since the draw: 1 where nothing was.
  std::vector<double> g_weights() const {
    std::vector<double> out(checked_.units, 1.0);
    for (std::size_t i = 0; i < out.size() && !steps_.empty(); ++i)
      out[i] = checked_.weight[i] / steps_.front().weight[i];
    return out;
  }

  /// What the variance engine sees. Valid as long as this design.
  design_view view() const noexcept {
    design_view out = independent_units(checked_.units);
    if (is_independent())
      return out;
    out.weight = checked_.weight;
    out.stratum = checked_.stratum;
    out.strata = strata_.empty() ? 1 : strata_.size();
    out.cluster = checked_.cluster;
    out.clusters = checked_.clusters;
    out.population = checked_.population;
    out.chance = checked_.chance;
    out.single = single_;
    out.calibration = steps_;
    out.calibrated = calibrated_;
    return out;
  }

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
  template <row_range Range>
  friend class design_builder;
  sample_design() = default;

  std::size_t absent_units() const {
    return static_cast<std::size_t>(std::accumulate(checked_.absent.begin(), checked_.absent.end(), 0.0));
  }

  void check_rows(std::size_t found) const {
    if (found != rows_)
      throw data_error("rows: expected the " + std::to_string(rows_) +
                       " rows that the design was made from but found " + std::to_string(found));
  }

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

#include "design_builder.hpp"
