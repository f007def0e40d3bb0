// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace qascore::kernel {

/// Inclusion probabilities proportional to a measure of size, adding up to `n`:
///
///   pi_k = n x_k / sum x
///
/// Units for which this reaches `certain_from` (1: they would have more than certainty) are certain, pi =
/// 1, and the rest of n is spread over the others anew, from the largest unit on until none reaches it. A
/// unit of size 0 has probability 0. `size` >= 0 and finite; 0 < n <= number of units with a size above
/// 0; 0 < certain_from <= 1: anything else is an argument_error.
/// Source: Tillé (2006), Sampling Algorithms, section 2.10, doi:10.1007/0-387-34240-0.
/// Checked against: R sampling 2.9, sps 0.6.2 (reference data, where present).
std::vector<double> pps_probabilities(std::span<const double> size, double n, double certain_from = 1.0);

/// The same within each stratum: `stratum` has one code per unit, an index into `n`; a stratum with n = 0
/// gives nothing. Messages name strata by their code.
std::vector<double> pps_probabilities(std::span<const double> size, std::span<const std::uint32_t> stratum,
                                      std::span<const double> n, double certain_from = 1.0);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/pps_probability.ipp"
#endif
