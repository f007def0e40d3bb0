// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../detail/config.hpp"
#include "domain.hpp"

#include <span>
#include <string>
#include <vector>

/// Sampling variances of many small domains (agents), each too small to show its own.
namespace qascore::kernel {

/// Means of domains with the variance of each, from the spread within all domains together.
struct pooled_means {
  std::vector<double> mean;     ///< per domain; NaN without a value
  std::vector<double> sampling; ///< variance of the mean, S^2 / effective; 0 for a census; NaN where undefined
  std::vector<std::size_t> n;   ///< units with a value
  std::vector<std::size_t> missing;
  double variance = missing_value; ///< S^2 within domains
  double df = 0.0;
  std::string undefined; ///< why there is no S^2; empty when all is well
};

/// Domain means m_d = sum w y / sum w and their sampling variances S^2 / e_d, where S^2 is common to all domains:
///
///   S^2 = sum_d sum_c v_c (z_c - m_d)^2 / sum_d (k_d - sum_c v_c^2 / k_d)      e_d = W^2 / sum_c (1 - n_h/N_h) W_c^2
///
/// c: the units of domain d (with clusters: the weighted means z_c of their units in the domain), W_c their weight,
/// v_c = W_c scaled to add up to their number k_d. S^2 is unbiased where values vary alike in all domains, whatever the
/// weights; for equal weights it is the mean square within groups. df = (trace M)^2 / trace M^2 of its quadratic form
/// (Satterthwaite): sum (k_d - 1) for equal weights. e_d is the engine's effective size: n_d for independent units, and
/// the finite population counts. A domain with one unit has a variance too: that of the others. What strata within a
/// domain or calibrated weights explain is not counted: there the variance is cautious.
///
/// Clusters that hold whole domains (an agent's conversations) say nothing about how the units within one differ: the
/// units then count as independent given the domain.
///
/// Undefined: no domain has two units. Where all values within domains agree S^2 is 0.
/// Checked against: one-way analysis of variance (SciPy 1.17.1), simulation.
pooled_means means_with_pooled_variance(const design_view& design, const domain_view& domain,
                                        std::span<const double> y);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/within_variance.ipp"
#endif
