// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "allocation_options.hpp"
#include "allocation_solve.hpp"
#include "sampling_plan.hpp"
#include "strata.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace qascore {

/// Sizes of a stratified sample, as a plan.
///
/// Sizes are proportional to what the method says, between the bounds, and add up to exactly the size that
/// was asked (kernel/allocation.hpp has the formulas): the optimum between bounds is solved exactly, whole
/// numbers keep the total. `rate` asks for the nearest whole number to rate * population in all; `rates`
/// for rate_h * population_h in each stratum (cut to the bounds), the total being the nearest whole
/// number to their sum. `budget` asks for what it can pay, `std_error` (with neyman) for the cheapest
/// sample whose mean will have that standard error (kernel/allocation_cost.hpp). `min_per` asks for a
/// least number of every label of one strata column beside the total (kernel/allocation_groups.hpp). A
/// minimum above what a stratum or a label holds takes it whole, and the plan notes it. By default every
/// stratum gives at least one conversation, so that estimates speak for all; ask min_per_stratum = 0 for
/// the plain rule. No stratum gives more than it holds.
///
/// Throws argument_error for options out of range or unknown strata, design_error if the bounds do not
/// admit what was asked (the message names the nearest that they do), data_error without conversations.
inline sampling_plan allocate(const stratum_table& table, const allocation_options& options) {
  using namespace detail_allocate;
  check_together(options);
  std::vector<double> population;
  for (const std::uint64_t n : table.population)
    population.push_back(static_cast<double>(n));
  const double all = total(population);
  if (!(all > 0.0))
    throw data_error("allocate: expected at least one conversation but found none");

  plan_origin origin;
  origin.method = !options.rates.empty()    ? allocation_method::rates
                  : !options.counts.empty() ? allocation_method::counts
                                            : options.method;
  origin.rounding = options.rounding;
  origin.rate = options.rate;
  origin.budget = options.budget;
  origin.std_error = options.std_error;
  if (options.method == allocation_method::power)
    origin.power = options.power.value_or(default_power);
  const bounds between = bounds_of(table, options, options.rates.empty() ? 1 : 0, origin.notes);
  const solution found = !options.counts.empty()  ? by_counts(table, options)
                         : !options.rates.empty() ? by_rates(table, options, population, between)
                         : options.budget || options.std_error
                             ? by_cost(table, options, population, between, origin)
                             : by_size(table, options, population, between, origin);
  std::vector<planned_stratum> strata;
  std::uint64_t drawn = 0;
  for (std::size_t h = 0; h < found.sizes.size(); ++h) {
    const std::uint64_t size = found.sizes[h];
    drawn += size;
    if (size == 0)
      origin.notes.push_back("nothing is drawn from stratum " + name(table, h) + ", which holds " +
                             std::to_string(table.population[h]) + ": estimates do not speak for it");
    const bool counted = !options.counts.empty();
    strata.push_back({.labels = table.labels[h],
                      .population = table.population[h],
                      .sample_size = size,
                      .target = found.target[h],
                      .minimum = counted ? size : static_cast<std::uint64_t>(between.lower[h]),
                      .maximum = counted ? size : static_cast<std::uint64_t>(between.upper[h])});
  }
  if (static_cast<double>(drawn) == all)
    origin.notes.push_back("every conversation is drawn: figures carry no sampling error");
  if (drawn == 0)
    throw design_error("allocate: nothing would be drawn of " + detail::format_number(all) +
                       " conversations; ask for a higher rate or count");
  return {table.columns, std::move(strata), std::move(origin)};
}

/// The same for the embedder's own conversations: `allocate(calls, &call::queue, {.size = 400,
/// .min_per_stratum = 5})`. `strata` as in stratify (strata.hpp).
template <row_range Rows, class Strata>
sampling_plan allocate(const Rows& conversations, const Strata& strata, const allocation_options& options) {
  return allocate(stratify(conversations, strata, options.strata, options.missing).table, options);
}

/// The size of a simple random sample: all conversations are one stratum.
template <row_range Rows>
sampling_plan allocate(const Rows& conversations, const allocation_options& options) {
  return allocate(unstratified(std::ranges::size(conversations)).table, options);
}

} // namespace qascore
