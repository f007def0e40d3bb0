// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"

/// Reliability of the mean of several ratings from that of one.
namespace qascore::kernel {

/// Spearman and Brown's formula: r_k = k r / (1 + (k - 1) r) for k times as many raters (criteria), k > 0 and not necessarily whole.
/// NaN where 1 + (k - 1) r is not above 0. Throws argument_error for r above 1 or a k not above 0.
/// Source: Spearman (1910), British Journal of Psychology 3, 271-295; Brown (1910), 3, 296-322.
double spearman_brown(double r, double k);

/// The same of an estimate: standard error by the derivative k / (1 + (k - 1) r)^2, limits carried along (the formula rises).
estimate spearman_brown(const estimate& r, double k);

/// How many times as many raters give the wanted reliability: k = w (1 - r) / (r (1 - w)); infinite where r is not above 0.
/// Throws argument_error for a reliability wanted outside (0, 1), or r above 1.
double raters_for_reliability(double r, double wanted);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/spearman_brown.ipp"
#endif
