// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../allocation_groups.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace qascore::kernel {
namespace detail_allocation_groups {

/// Calls `solve(minimum, share, lower, upper)` for each group whose lower bounds are below its minimum,
/// and puts what it gives in their place.
template <class Solve>
std::vector<double> raise(std::span<const double> share, std::span<const double> lower,
                          std::span<const double> upper, std::span<const std::uint32_t> group,
                          std::span<const double> minimum, const Solve& solve) {
  std::vector<std::vector<std::size_t>> members(minimum.size());
  for (std::size_t h = 0; h < group.size(); ++h)
    members[group[h]].push_back(h);
  std::vector<double> out(lower.begin(), lower.end());
  for (std::size_t g = 0; g < members.size(); ++g) {
    std::vector<double> its_share, its_lower, its_upper;
    for (const std::size_t h : members[g]) {
      its_share.push_back(share[h]);
      its_lower.push_back(lower[h]);
      its_upper.push_back(upper[h]);
    }
    if (std::accumulate(its_lower.begin(), its_lower.end(), 0.0) >= minimum[g])
      continue;
    const auto raised = solve(minimum[g], its_share, its_lower, its_upper);
    for (std::size_t i = 0; i < raised.size(); ++i)
      out[members[g][i]] = static_cast<double>(raised[i]);
  }
  return out;
}

} // namespace detail_allocation_groups

QASCORE_INLINE std::vector<double>
raise_to_minima(std::span<const double> share, std::span<const double> lower, std::span<const double> upper,
                std::span<const std::uint32_t> group, std::span<const double> minimum) {
  return detail_allocation_groups::raise(share, lower, upper, group, minimum,
                                         [](double size, const auto& s, const auto& l, const auto& u) {
                                           return allocate_between(size, s, l, u);
                                         });
}

QASCORE_INLINE std::vector<double>
raise_to_minima(std::span<const double> share, std::span<const double> lower, std::span<const double> upper,
                std::span<const std::uint32_t> group, std::span<const double> minimum, divisor method) {
  return detail_allocation_groups::raise(share, lower, upper, group, minimum,
                                         [method](double size, const auto& s, const auto& l, const auto& u) {
                                           return allocate_by_divisor(
                                               static_cast<std::uint64_t>(std::ceil(size)), s, l, u, method);
                                         });
}

QASCORE_INLINE std::vector<std::uint64_t> round_in_groups(std::span<const double> target, std::uint64_t size,
                                                          std::span<const std::uint32_t> group,
                                                          std::size_t groups) {
  std::vector<std::vector<std::size_t>> members(groups);
  std::vector<double> whole(groups, 0.0);
  for (std::size_t h = 0; h < target.size(); ++h) {
    members[group[h]].push_back(h);
    whole[group[h]] += target[h];
  }
  // A minimum that was met with an error in the last place is met.
  for (double& total : whole)
    if (std::abs(total - std::round(total)) < 1e-9 * (1.0 + total))
      total = std::round(total);
  const std::vector<std::uint64_t> of_group = round_by_largest_remainder(whole, size);
  std::vector<std::uint64_t> out(target.size());
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<double> its_target;
    for (const std::size_t h : members[g])
      its_target.push_back(target[h]);
    const std::vector<std::uint64_t> rounded = round_by_largest_remainder(its_target, of_group[g]);
    for (std::size_t i = 0; i < rounded.size(); ++i)
      out[members[g][i]] = rounded[i];
  }
  return out;
}

} // namespace qascore::kernel
