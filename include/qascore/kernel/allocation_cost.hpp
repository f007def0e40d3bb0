// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Sizes where conversations cost differently: as precise as a budget allows, or as cheap as a precision
/// allows.
///
/// All spans have one value per stratum, with cost > 0 and otherwise as for allocate_between
/// (allocation.hpp), which solves both: in the money y_h = cost_h x_h the budget is a total, and in the
/// variance z_h = a_h^2 / x_h the precision is one.
/// Source: Cochran (1977), Sampling Techniques, 3rd ed., section 5.5; the bounds as in allocation.hpp.
/// Checked against: PracTools 1.7.5 strAlloc (totcost, totvar; reference data, where present), exact
/// enumeration.
namespace qascore::kernel {

/// x_h = min(upper_h, max(lower_h, c * share_h)) with sum_h cost_h x_h = budget. With share_h = N_h S_h /
/// sqrt(cost_h) the exact minimum of sum_h (N_h S_h)^2 / x_h within the budget.
std::vector<double> allocate_budget(double budget, std::span<const double> share,
                                    std::span<const double> cost, std::span<const double> lower,
                                    std::span<const double> upper);

/// The exact minimum of sum_h cost_h x_h between the bounds with sum_h a_h^2 / x_h <= variance, where a_h
/// = N_h S_h >= 0: x_h = min(upper_h, max(lower_h, c * a_h / sqrt(cost_h))). `variance` must be at least
/// sum_h a_h^2 / upper_h, else argument_error. Strata with a_h = 0 get their lower bound.
std::vector<double> allocate_precision(double variance, std::span<const double> a,
                                       std::span<const double> cost, std::span<const double> lower,
                                       std::span<const double> upper);

/// Whole numbers within a budget, unit by unit from the lower bounds: the next unit goes where share_h^2
/// / (n_h (n_h + 1)), what it takes from the variance per cost, is largest among those that can still be
/// paid; strata with share 0 get none. With equal costs the exact optimum; else the best for what is
/// spent when the first unit cannot be paid, and what is left goes on in the same order.
std::vector<std::uint64_t> spend_budget(double budget, std::span<const double> share,
                                        std::span<const double> cost, std::span<const double> lower,
                                        std::span<const double> upper);

/// Whole numbers in the same order until sum_h a_h^2 / n_h <= variance: with equal costs the smallest such
/// sample; else the cheapest for the precision that it reaches.
std::vector<std::uint64_t> reach_precision(double variance, std::span<const double> a,
                                           std::span<const double> cost, std::span<const double> lower,
                                           std::span<const double> upper);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/allocation_cost.ipp"
#endif
