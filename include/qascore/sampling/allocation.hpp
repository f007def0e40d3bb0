// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/allocation.hpp"
#include "allocation_input.hpp"
#include "allocation_options.hpp"
#include "sampling_plan.hpp"
#include "strata.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace qascore {

/// Sizes of a stratified sample, as a plan.
///
/// Sizes are proportional to what the method says, between the bounds, and add up to exactly the size that
/// was asked (kernel/allocation.hpp has the formulas): the optimum between bounds is solved exactly, whole
/// numbers keep the total. `rate` asks for the nearest whole number to rate * population in all; `rates` for
/// rate_h * population_h in each stratum (cut to the bounds), the total being the nearest whole number to
/// their sum. A minimum above what a stratum holds takes the stratum whole, and the plan notes it. By default
/// every stratum gives at least one conversation, so that estimates speak for all; ask min_per_stratum = 0
/// for the plain rule. No stratum gives more than it holds.
///
/// Throws argument_error for options out of range or unknown strata, design_error if the bounds do not admit
/// the size (the message names the nearest size that they do), data_error without conversations.
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
  const bool whole = options.size || options.rate;
  const bounds between = bounds_of(table, options, whole ? 1 : 0, origin.notes);
  std::vector<double> target;
  std::vector<std::uint64_t> sizes;
  if (!options.counts.empty()) {
    target = all_in_order(table, options.counts, "counts", "a whole number", is_amount);
    for (std::size_t h = 0; h < target.size(); ++h) {
      if (target[h] > population[h])
        throw design_error("counts: stratum " + name(table, h) + ": expected at most " +
                           std::to_string(table.population[h]) + ", all of it, but found " +
                           detail::format_number(target[h]));
      sizes.push_back(static_cast<std::uint64_t>(target[h]));
    }
  } else if (!options.rates.empty()) {
    target = all_in_order(table, options.rates, "rates", "a fraction from 0 to 1", is_fraction);
    for (std::size_t h = 0; h < target.size(); ++h)
      target[h] = std::clamp(target[h] * population[h], between.lower[h], between.upper[h]);
    sizes = kernel::round_by_largest_remainder(target, static_cast<std::uint64_t>(std::round(total(target))));
  } else {
    const std::uint64_t size =
        options.size ? *options.size : static_cast<std::uint64_t>(std::round(*options.rate * all));
    check_size(static_cast<double>(size), between, all);
    const std::vector<double> share = shares_of(table, options, population);
    target = kernel::allocate_between(static_cast<double>(size), share, between.lower, between.upper);
    sizes = rounded(target, size, share, between, options.rounding);
  }
  std::vector<planned_stratum> strata;
  std::uint64_t drawn = 0;
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    drawn += sizes[h];
    if (sizes[h] == 0)
      origin.notes.push_back("nothing is drawn from stratum " + name(table, h) + ", which holds " +
                             std::to_string(table.population[h]) + ": estimates do not speak for it");
    const bool counted = !options.counts.empty();
    strata.push_back({.labels = table.labels[h],
                      .population = table.population[h],
                      .sample_size = sizes[h],
                      .target = target[h],
                      .minimum = counted ? sizes[h] : static_cast<std::uint64_t>(between.lower[h]),
                      .maximum = counted ? sizes[h] : static_cast<std::uint64_t>(between.upper[h])});
  }
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
