// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Samples by permanent random numbers in which units have chances of their own.
namespace qascore::kernel {

/// What the units of a stratum are ranked by; u is a unit's uniform number, p the chance it is to have.
enum class order_method {
  simple,             ///< u: the same chance for all
  pareto,             ///< [u / (1 - u)] / [p / (1 - p)]
  sequential_poisson, ///< u / p
  successive          ///< log(1 - u) / log(1 - p)
};

/// Rows, ascending, of the sample[h] units of each stratum h with the smallest ranks: fixed size, and the
/// larger p, the larger the chance. Units with p = 1 come first, those with p = 0 never.
///
/// The chance of a unit is close to its p, not equal to it. Exact integrals for units of sizes 1, 2, ..., N:
///
///   of 20 units 5       pareto within 0.22 % of p, sequential_poisson 5.8 %, successive 3.4 %
///   of 80 units 20      pareto within 0.015 % of p, sequential_poisson 1.6 %, successive 0.93 %
///
/// The difference vanishes as samples grow. simple is exact.
///
/// `uniform` in [0, 1], `probability` in [0, 1] (empty for simple), `stratum` codes below sample.size(): one
/// per unit; a stratum needs sample[h] units with p > 0. Equal ranks go by u, equal u by `tie` (one number per
/// unit, no two alike: the place of its id; empty: by row). Hashed numbers tie once in 2^54 / N^2 populations of N,
/// rounded ones of a register often. Anything else is an argument_error. Time O(rows).
/// Source: Rosén (1997), On sampling with probability proportional to size, J. Statist. Plann. Inference 62,
/// 159-191, doi:10.1016/S0378-3758(96)00186-3; Ohlsson (1998), Sequential Poisson sampling, J. Official
/// Statist. 14, 149-162. Checked against: R sps 0.6.2, prnsamplr 1.0.0 (reference data, where present),
/// inclusion frequencies and exact integrals.
std::vector<std::uint64_t> order_sample(std::span<const double> uniform, std::span<const double> probability,
                                        std::span<const std::uint32_t> stratum,
                                        std::span<const std::uint64_t> sample, order_method method,
                                        std::span<const std::uint64_t> tie = {});

/// Rows whose u is below their p: each unit by itself, with exactly its chance; how many, chance decides.
std::vector<std::uint64_t> poisson_sample(std::span<const double> uniform,
                                          std::span<const double> probability);

/// Systematic samples: the units of each stratum in the order of a list, each as long as its probability; a
/// unit is drawn if one of the points start, start + 1, start + 2, ... lies in it. Every unit has exactly
/// its probability; close neighbours are hardly ever drawn together, so that the sample is spread over the
/// list. Its variance cannot be estimated from the sample alone: what a simple random sample has is, for a
/// list in a meaningful order, on the safe side.
///
/// `list` holds each row once, in the order of the list, strata mixed as they come. The probabilities of a
/// stratum add up to sample[h] (empty: sample[h] / population), are in [0, 1]; start[h] in [0, 1), from the
/// seed. Gives rows, ascending, sample[h] of each stratum.
/// Source: Madow (1949), On the theory of systematic sampling II, Ann. Math. Statist. 20, 333-354,
/// doi:10.1214/aoms/1177729988. Checked against: enumeration of all starts.
std::vector<std::uint64_t> systematic_sample(std::span<const std::uint64_t> list,
                                             std::span<const double> probability,
                                             std::span<const std::uint32_t> stratum,
                                             std::span<const std::uint64_t> sample,
                                             std::span<const double> start);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/order_sampling.ipp"
#endif
