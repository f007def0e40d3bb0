// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/allocation.hpp"
#include "allocation_input.hpp"
#include "sampling_plan.hpp"

#include <vector>

namespace qascore {

/// Which sizes of a plan are meant: those that are drawn, or the real-valued ones before rounding.
enum class plan_sizes { whole, target };

/// Standard error that the plan will give the mean of a variable whose standard deviation within each
/// stratum (divisor N_h - 1) is `sd`, every stratum named: what an allocation can promise before anything
/// is evaluated. Infinite if a stratum with spread gives nothing. Formula and source:
/// kernel/allocation.hpp. Throws argument_error for strata that are unknown, not named, or have a
/// negative sd.
inline double expected_std_error(const sampling_plan& plan, const by_stratum<double>& sd,
                                 plan_sizes sizes = plan_sizes::whole) {
  stratum_table table;
  table.columns = plan.columns();
  std::vector<double> population, size;
  for (const planned_stratum& s : plan.strata()) {
    table.labels.push_back(s.labels);
    table.population.push_back(s.population);
    population.push_back(static_cast<double>(s.population));
    size.push_back(sizes == plan_sizes::whole ? static_cast<double>(s.sample_size) : s.target);
  }
  using namespace detail_allocate;
  return kernel::stratified_mean_std_error(
      population, all_in_order(table, sd, "sd", "a standard deviation >= 0", is_amount), size);
}

} // namespace qascore
