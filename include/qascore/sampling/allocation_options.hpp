// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "sampling_plan.hpp"
#include "strata.hpp"
#include "stratum_key.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qascore {

/// What allocate is asked. Exactly one of size, rate, budget, std_error, rates and counts.
struct allocation_options {
  std::optional<std::uint64_t> size{}; ///< conversations to draw in all
  std::optional<double> rate{};        ///< fraction of all conversations, above 0 up to 1
  std::optional<double> budget{};      ///< what the sample may cost, in the unit of `cost`
  std::optional<double> std_error{};   ///< neyman: of a mean, to be reached as cheaply as can be
  by_stratum<double> rates{};          ///< fraction of each stratum, 0 to 1; every stratum must be named
  by_stratum<std::uint64_t> counts{};  ///< conversations of each stratum; every stratum must be named
  allocation_method method = allocation_method::proportional;            ///< not for rates and counts
  allocation_rounding rounding = allocation_rounding::largest_remainder; ///< for size and rate
  stratum_counts min_per_stratum{};                                      ///< default 0 for rates, else 1
  stratum_counts max_per_stratum{};                                      ///< default: all of the stratum
  /// Quota: a strata column, and the least for each of its labels (`{{"agent", 4}}`) or for some, whichever
  /// strata it comes from. One column; for size and rate.
  std::map<std::string, stratum_counts> min_per{};
  by_stratum<double> sd{};   ///< neyman: standard deviation within each stratum
  by_stratum<double> cost{}; ///< neyman, budget: of one conversation of each stratum; default all the same
  by_stratum<double>
      measure{};           ///< measure, power: measure of size of each stratum; power: default population
  by_stratum<double> cv{}; ///< power: coefficient of variation within each stratum
  std::optional<double> power{}; ///< power: from 0 (strata equally precise) to 1 (the whole); default 0.5
  missing_stratum missing = missing_stratum::refuse;
  std::vector<std::string> strata{}; ///< names of the strata columns in the plan
};

} // namespace qascore
