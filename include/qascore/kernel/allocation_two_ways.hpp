// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Minima for two groupings of the strata at once: "at least four of every agent and twenty of every queue".
namespace qascore::kernel {

/// One grouping: the group of each stratum, and what each group must get at least.
struct group_minima {
  std::span<const std::uint32_t> group;
  std::span<const std::uint64_t> minimum;
};

struct two_way_sizes {
  std::vector<std::uint64_t> sizes;   ///< empty: there are none
  std::uint64_t possible_size = 0;    ///< then: the smallest size above the asked one that admits all minima; 0: none does
  std::size_t way = 0, group = 0;     ///< and a group (of way 0 or 1) whose minimum cannot be had
};

/// Whole sizes n_h between bounds that add up to `size`, give every group of both ways its minimum, and make
/// sum_h share_h^2 / n_h smallest: the exact integer optimum.
///
/// Method: a flow. Each stratum is an arc from its group of the first way to its group of the second, n_h what flows on it;
/// groups are nodes with a least throughput. It starts from the integer optimum without minima (`start`, of the
/// divisor method huntington_hill), which no exchange makes better; then, unit by unit, each group that lacks one gets it along the
/// cheapest chain of exchanges between strata (shortest path by Bellman and Ford; marginal costs
/// share^2 / (n (n + 1))). As costs are convex, every step is the optimum for the minima met so far. Where
/// there is no such chain the minima contradict the size: then the size grows by what they lack at least.
/// Time O(units lacking * groups * strata) at worst. The first unit of a stratum with a share comes before any other gain, as without
/// it the sum is infinite.
///
/// Preconditions: `start` lies between the bounds, adds up to the size and is that optimum; spans of strata have one
/// value each, else argument_error.
/// Source: Ahuja, Magnanti, Orlin (1993), Network Flows, sections 9.7 and 14.4 (convex costs); for controlled rounding and
/// two-way sampling Cox and Ernst (1982), INFOR 20, 423-432, doi:10.1080/03155986.1982.11731879.
/// Checked against: exact enumeration of small cases.
two_way_sizes allocate_two_ways(std::span<const std::uint64_t> start, std::span<const double> share,
                                std::span<const double> lower, std::span<const double> upper,
                                const group_minima& first, const group_minima& second);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/allocation_two_ways.ipp"
#endif
