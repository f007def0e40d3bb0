// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"
#include "allocation.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Minima for groups of strata: "at least four of every agent", where the strata are queue by agent.
///
/// The groups part the strata: `group[h]` is the group of stratum h, `minimum[g]` what group g must get
/// at least. The optimum with group minima is the optimum between raised lower bounds: give each group
/// its minimum in the best way (raise_to_minima); then no stratum of the optimum for any larger total of
/// the group lies below that, as sizes within a group only grow with its total; so what remains is a
/// problem with bounds alone. Preconditions as in allocation.hpp, and minimum[g] <= sum of upper in g,
/// else argument_error.
/// Source: the greedy solution of resource allocation under nested constraints, Ibaraki and Katoh (1988),
/// Resource Allocation Problems, MIT Press. Checked against: exact enumeration of small cases.
namespace qascore::kernel {

/// Lower bounds, raised so that each group has its minimum: with them, allocate_between gives the exact
/// optimum under group minima.
std::vector<double> raise_to_minima(std::span<const double> share, std::span<const double> lower,
                                    std::span<const double> upper, std::span<const std::uint32_t> group,
                                    std::span<const double> minimum);

/// The same in whole numbers: with them, allocate_by_divisor continues as if it had started there; with
/// huntington_hill the exact integer optimum.
std::vector<double> raise_to_minima(std::span<const double> share, std::span<const double> lower,
                                    std::span<const double> upper, std::span<const std::uint32_t> group,
                                    std::span<const double> minimum, divisor method);

/// Whole numbers next to `target` that add up to `size`, and within each group to a whole number next to
/// the group's target: largest remainders first of the groups, then within each. A group whose target is
/// at least a whole number m gets at least m.
std::vector<std::uint64_t> round_in_groups(std::span<const double> target, std::uint64_t size,
                                           std::span<const std::uint32_t> group, std::size_t groups);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/allocation_groups.ipp"
#endif
