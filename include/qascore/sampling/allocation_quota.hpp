// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/nearest.hpp"
#include "../kernel/allocation.hpp"
#include "../kernel/allocation_two_ways.hpp"
#include "allocation_input.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// The quota of allocate (`min_per`): which label of its column each stratum has, and the least for each.
namespace qascore::detail_allocate {

struct quota {
  std::string column;
  std::vector<std::string> labels;
  std::vector<std::uint32_t> group; ///< per stratum, the label's place
  std::vector<double> minimum;      ///< per label
};

/// The minimum that `given` asks for a label.
inline std::uint64_t minimum_for(const stratum_counts& given, const std::string& label) {
  const auto at = given.some().find(stratum_key(std::vector<std::string>{label}));
  return at != given.some().end() ? at->second : given.all().value_or(0);
}

/// Throws argument_error for a column or label that is not in the strata, design_error for a label whose
/// strata may not give its minimum.
inline quota quota_of(const stratum_table& table, const std::string& column, const stratum_counts& given,
                      const bounds& between, plan_origin& origin) {
  std::vector<std::string> columns;
  for (const strata_column& one : table.columns)
    columns.push_back(one.name);
  const auto at = std::find(columns.begin(), columns.end(), column);
  if (at == columns.end())
    throw argument_error("min_per: " + detail::quoted(column) + " is not one of the strata columns" +
                         detail::did_you_mean(column, columns) +
                         "; a quota needs strata that tell its labels apart");
  const auto place = static_cast<std::size_t>(at - columns.begin());

  quota out;
  out.column = column;
  std::vector<std::string>& labels = out.labels;
  std::vector<double> holds, may_give;
  std::map<std::string, std::uint32_t> index;
  for (std::size_t h = 0; h < table.labels.size(); ++h) {
    const std::string& label = table.labels[h][place];
    const auto [known, is_new] = index.emplace(label, static_cast<std::uint32_t>(labels.size()));
    out.group.push_back(known->second);
    if (is_new) {
      labels.push_back(label);
      holds.push_back(0.0);
      may_give.push_back(0.0);
    }
    holds[out.group[h]] += static_cast<double>(table.population[h]);
    may_give[out.group[h]] += between.upper[h];
  }
  for (const auto& [key, count] : given.some())
    if (key.labels.size() != 1 || !index.contains(key.labels[0]))
      throw argument_error("min_per: no label " + stratum_name(key.labels) + " in column " +
                           detail::quoted(column) + detail::did_you_mean(key.labels[0], labels));
  for (std::size_t g = 0; g < labels.size(); ++g) {
    const std::uint64_t asked = minimum_for(given, labels[g]);
    const double minimum = std::min(static_cast<double>(asked), holds[g]);
    const std::string who = column + " " + detail::quoted(labels[g]);
    if (minimum < static_cast<double>(asked))
      origin.notes.push_back(who + " holds " + detail::format_number(holds[g]) + ", less than the minimum " +
                             std::to_string(asked) + ": all of it is taken");
    if (minimum > may_give[g])
      throw design_error("min_per: " + who + ": expected at most " + detail::format_number(may_give[g]) +
                         ", what max_per_stratum allows its strata, but found " + std::to_string(asked));
    out.minimum.push_back(minimum);
    if (asked > 0)
      origin.quotas.push_back({column, labels[g], static_cast<std::uint64_t>(minimum)});
  }
  return out;
}

/// Sizes that meet the quotas of two columns at once: the exact integer optimum (kernel/allocation_two_ways.hpp). Throws
/// design_error where the two contradict the size, with the nearest size that admits both.
inline std::vector<std::uint64_t> meet_two_quotas(std::uint64_t size, const std::vector<double>& share,
                                                  const bounds& between, const quota& first,
                                                  const quota& second) {
  const auto start = kernel::allocate_by_divisor(size, share, between.lower, between.upper,
                                                 kernel::divisor::huntington_hill);
  const std::vector<std::uint64_t> a(first.minimum.begin(), first.minimum.end()),
      b(second.minimum.begin(), second.minimum.end());
  kernel::two_way_sizes found = kernel::allocate_two_ways(start, share, between.lower, between.upper,
                                                          {first.group, a}, {second.group, b});
  if (!found.sizes.empty())
    return std::move(found.sizes);
  const quota& lacking = found.way == 0 ? first : second;
  const std::string who = lacking.column + " " + detail::quoted(lacking.labels[found.group]);
  const std::string both = detail::quoted(first.column) + " and " + detail::quoted(second.column);
  // Each label's strata may give its minimum, as quota_of saw to: with all that they may give, every minimum is met.
  throw design_error("min_per: the minima of " + both +
                     " and those of the strata cannot all be met with size " + std::to_string(size) + " (" +
                     who + " would lack some); the nearest possible size is " +
                     std::to_string(found.possible_size));
}

/// Refuses a size that the quota does not admit, and names the nearest one that it does.
inline void check_quota_total(double size, const quota& asked, const std::vector<double>& raised) {
  const double least = std::round(total(raised));
  if (size < least)
    throw design_error("min_per: the minima of " + std::to_string(asked.minimum.size()) + " labels of " +
                       detail::quoted(asked.column) + " and those of the strata add up to " +
                       detail::format_number(least) + " but size is " + detail::format_number(size) +
                       "; the nearest possible size is " + detail::format_number(least));
}

} // namespace qascore::detail_allocate
