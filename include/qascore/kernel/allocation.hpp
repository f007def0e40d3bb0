// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// How many units to draw from each stratum: the exact optimum between bounds, and whole numbers that keep
/// the total.
namespace qascore::kernel {

/// Real-valued sizes x_h proportional to `share`, within bounds, adding up to `size`:
///
///   x_h = min(upper_h, max(lower_h, c * share_h)),   c such that sum_h x_h = size
///
/// This is the exact minimum of sum_h share_h^2 / x_h between the bounds: with share_h = N_h * S_h the
/// variance of a stratified total (Neyman's optimum), with N_h proportional, with 1 equal, with N_h * S_h /
/// sqrt(cost_h) cost-optimal. Strata with share 0 get their lower bound; only what the others cannot hold
/// goes to them, in proportion to their upper bounds. All spans have one value per stratum; share >= 0, 0 <=
/// lower <= upper, sum lower <= size <= sum upper: anything else is an argument_error.
/// Source: Neyman (1934), J. R. Statist. Soc. 97, 558-625, doi:10.2307/2342192; with bounds, Wesolowski,
/// Wieczorkowski, Wojciak (2022), Optimality of the recursive Neyman allocation, J. Surv. Stat. Methodol. 10.
/// Checked against: stratallo 3.0.1, PracTools 1.7.5 (reference data, where present).
std::vector<double> allocate_between(double size, std::span<const double> share,
                                     std::span<const double> lower, std::span<const double> upper);

/// Whole numbers next to `target`, adding up to `size` exactly: every target is rounded down and what is
/// missing goes to the largest remainders (Hamilton), one each; equal remainders (to nine decimals) by
/// stratum order. `size` must be less than 1 away from the sum of the targets, else argument_error.
std::vector<std::uint64_t> round_by_largest_remainder(std::span<const double> target, std::uint64_t size);

/// Divisors d(n) of the methods that give unit by unit: the next unit goes to the largest share_h / d(n_h).
enum class divisor {
  jefferson,       ///< n + 1 (D'Hondt)
  webster,         ///< n + 1/2 (Sainte-Lague)
  huntington_hill, ///< sqrt(n (n + 1)): the exact integer minimum of sum_h share_h^2 / n_h
  adams,           ///< n
  dean             ///< n (n + 1) / (n + 1/2)
};

/// Whole numbers between bounds, adding up to `size`, by a divisor method that starts from the lower bounds.
/// Equal quotients: the larger share first, then stratum order. Strata with share 0 come last. Preconditions
/// as above.
/// Source: Wright (2012), Am. Stat. 66, 217-224, doi:10.1080/00031305.2012.733679 (huntington_hill as exact
/// optimum); Balinski and Young (1982), Fair Representation.
/// Checked against: sps 0.6.2, exact enumeration of small cases.
std::vector<std::uint64_t> allocate_by_divisor(std::uint64_t size, std::span<const double> share,
                                               std::span<const double> lower, std::span<const double> upper,
                                               divisor method);

/// Standard error that a stratified sample of the given sizes will give the mean of a variable with standard
/// deviation `sd` (divisor N_h - 1) within strata:
///
///   SE^2 = sum_h (N_h / N)^2 (1 - n_h / N_h) S_h^2 / n_h
///
/// A stratum without a sample has an infinite SE unless S_h is 0 or it is empty.
/// Source: Cochran (1977), Sampling Techniques, 3rd ed., eq. 5.8. Checked against: PracTools 1.7.5.
double stratified_mean_std_error(std::span<const double> population, std::span<const double> sd,
                                 std::span<const double> size);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/allocation.ipp"
#endif
