// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "sampling_plan.hpp"
#include "strata.hpp"
#include "stratum_key.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qascore {

/// What allocate is asked. Exactly one of size, rate, rates and counts.
struct allocation_options {
  std::optional<std::uint64_t> size{}; ///< conversations to draw in all
  std::optional<double> rate{};        ///< fraction of all conversations, above 0 up to 1
  by_stratum<double> rates{};          ///< fraction of each stratum, 0 to 1; every stratum must be named
  by_stratum<std::uint64_t> counts{};  ///< conversations of each stratum; every stratum must be named
  allocation_method method = allocation_method::proportional; ///< for size and rate
  allocation_rounding rounding = allocation_rounding::largest_remainder;
  stratum_counts min_per_stratum{}; ///< default 1 for size and rate, 0 for rates
  stratum_counts max_per_stratum{}; ///< default: all of the stratum
  by_stratum<double> sd{};          ///< neyman: standard deviation within each stratum
  by_stratum<double> cost{};    ///< neyman: cost of one conversation of each stratum; default all the same
  by_stratum<double> measure{}; ///< measure: the measure of size of each stratum
  missing_stratum missing = missing_stratum::refuse;
  std::vector<std::string> strata{}; ///< names of the strata columns in the plan
};

} // namespace qascore
