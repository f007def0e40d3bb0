// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/allocation.hpp"
#include "../kernel/allocation_cost.hpp"
#include "../kernel/allocation_groups.hpp"
#include "allocation_input.hpp"
#include "allocation_quota.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

/// The ways of asking allocate for sizes, each from checked options to sizes.
namespace qascore::detail_allocate {

struct solution {
  std::vector<double> target; ///< real-valued
  std::vector<std::uint64_t> sizes;
};

inline solution by_counts(const stratum_table& table, const allocation_options& options) {
  solution out;
  out.target = all_in_order(table, options.counts, "counts", "a whole number", is_amount);
  for (std::size_t h = 0; h < out.target.size(); ++h) {
    if (out.target[h] > static_cast<double>(table.population[h]))
      throw design_error("counts: stratum " + name(table, h) + ": expected at most " +
                         std::to_string(table.population[h]) + ", all of it, but found " +
                         detail::format_number(out.target[h]));
    out.sizes.push_back(static_cast<std::uint64_t>(out.target[h]));
  }
  return out;
}

inline solution by_rates(const stratum_table& table, const allocation_options& options,
                         const std::vector<double>& population, const bounds& between) {
  solution out;
  out.target = all_in_order(table, options.rates, "rates", "a fraction from 0 to 1", is_fraction,
                            detail::percent_hint);
  for (std::size_t h = 0; h < out.target.size(); ++h)
    out.target[h] = std::clamp(out.target[h] * population[h], between.lower[h], between.upper[h]);
  out.sizes = kernel::round_by_largest_remainder(out.target,
                                                 static_cast<std::uint64_t>(std::round(total(out.target))));
  return out;
}

inline solution by_size(const stratum_table& table, const allocation_options& options,
                        const std::vector<double>& population, const bounds& between, plan_origin& origin) {
  const double all = total(population);
  const std::uint64_t size =
      options.size ? *options.size : static_cast<std::uint64_t>(std::round(*options.rate * all));
  const auto wanted = static_cast<double>(size);
  check_size(wanted, between, all, options.min_per_stratum.empty());
  const std::vector<double> share = shares_of(table, options, population);
  solution out;
  if (options.min_per.empty()) {
    out.target = kernel::allocate_between(wanted, share, between.lower, between.upper);
    out.sizes = rounded(out.target, size, share, between, options.rounding);
    return out;
  }
  if (options.min_per.size() > 2)
    throw argument_error(
        "min_per: expected one or two columns but found " + std::to_string(options.min_per.size()) +
        "; minima of three groupings have no exact method here: ask for two, and for the third with "
        "min_per_stratum");
  const auto& [column, given] = *options.min_per.begin();
  const quota asked = quota_of(table, column, given, between, origin);
  if (options.min_per.size() == 2) {
    const auto& [other, minima] = *options.min_per.rbegin();
    origin.rounding = allocation_rounding::optimal; // whole numbers from the start
    out.sizes = meet_two_quotas(size, share, between, asked, quota_of(table, other, minima, between, origin));
    out.target.assign(out.sizes.begin(), out.sizes.end());
    return out;
  }
  const std::vector<double> raised =
      kernel::raise_to_minima(share, between.lower, between.upper, asked.group, asked.minimum);
  check_quota_total(wanted, asked, raised);
  out.target = kernel::allocate_between(wanted, share, raised, between.upper);
  if (options.rounding == allocation_rounding::largest_remainder) {
    out.sizes = kernel::round_in_groups(out.target, size, asked.group, asked.minimum.size());
  } else {
    const kernel::divisor method = divisor_of(options.rounding);
    const std::vector<double> start =
        kernel::raise_to_minima(share, between.lower, between.upper, asked.group, asked.minimum, method);
    out.sizes = kernel::allocate_by_divisor(size, share, start, between.upper, method);
  }
  return out;
}

inline solution by_budget(const std::vector<double>& share, const std::vector<double>& cost,
                          const bounds& between, const allocation_options& options, plan_origin& origin) {
  double least = 0.0, most = 0.0;
  for (std::size_t h = 0; h < cost.size(); ++h) {
    least += cost[h] * between.lower[h];
    most += cost[h] * between.upper[h];
  }
  const double budget = *options.budget;
  if (budget < least)
    throw design_error("budget: the minima of " + std::to_string(cost.size()) + " strata cost " +
                       detail::format_number(least) + " but the budget is " + detail::format_number(budget) +
                       "; the nearest possible budget is " + detail::format_number(least));
  if (budget > most)
    origin.notes.push_back("the budget is " + detail::format_number(budget) +
                           " but all that the bounds allow costs " + detail::format_number(most));
  solution out;
  out.target = kernel::allocate_budget(std::min(budget, most), share, cost, between.lower, between.upper);
  out.sizes = kernel::spend_budget(budget, share, cost, between.lower, between.upper);
  return out;
}

inline solution by_precision(const stratum_table& table, const std::vector<double>& population,
                             const std::vector<double>& cost, const bounds& between,
                             const allocation_options& options) {
  // SE^2 = (sum a^2 / x - sum a^2 / N) / N^2 with a = N_h S_h: a bound for the first sum.
  std::vector<double> a = all_in_order(table, options.sd, "sd", "a standard deviation >= 0", is_amount);
  double finite = 0.0, smallest = 0.0;
  for (std::size_t h = 0; h < a.size(); ++h) {
    a[h] *= population[h];
    if (a[h] > 0.0) {
      finite += a[h] * a[h] / population[h];
      smallest += a[h] * a[h] / between.upper[h];
    }
  }
  const double all = total(population);
  const double wanted = *options.std_error * *options.std_error * all * all + finite;
  if (wanted < smallest)
    throw design_error("std_error: expected at least " +
                       detail::format_number(std::sqrt((smallest - finite) / (all * all))) +
                       ", that of the largest sample which max_per_stratum allows, but found " +
                       detail::format_number(*options.std_error));
  solution out;
  out.target = kernel::allocate_precision(wanted, a, cost, between.lower, between.upper);
  out.sizes = kernel::reach_precision(wanted, a, cost, between.lower, between.upper);
  return out;
}

inline solution by_cost(const stratum_table& table, const allocation_options& options,
                        const std::vector<double>& population, const bounds& between, plan_origin& origin) {
  origin.rounding = allocation_rounding::optimal;
  const std::vector<double> cost = costs_of(table, options);
  return options.budget ? by_budget(shares_of(table, options, population), cost, between, options, origin)
                        : by_precision(table, population, cost, between, options);
}

} // namespace qascore::detail_allocate
