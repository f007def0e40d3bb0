// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../core/interval.hpp"
#include "../core/missing.hpp"
#include "../detail/config.hpp"

#include <string>

/// What a correlation would be without the raters' error, or over the whole range of scores.
namespace qascore {

/// A reliability (an ICC, alpha) with what is known of it: a number from elsewhere has limits that are equal to it.
struct reliability {
  double value = 1.0;
  double std_error = 0.0;
  interval limits{1.0, 1.0};
};

/// A correlation that was corrected, with how much of the uncertainty each part brought.
struct corrected_correlation : estimate {
  double observed = missing_value;
  double factor = missing_value;               ///< corrected over observed
  double share_of_reliability = missing_value; ///< of the variance, from not knowing the reliabilities
};

/// How conversations came to be selected.
enum class range_restriction_case {
  indirect_other, ///< 1: on y, whose correlation is asked; x is known before and after
  direct,         ///< 2: on x, known before and after
  indirect_third  ///< 3: on a third number z, known before and after
};

/// What is known beside r; u = sd_unrestricted / sd_restricted of the number named above. r_xz and r_yz are those of the
/// selected conversations, of case 3 alone.
struct range_restriction {
  range_restriction_case how = range_restriction_case::direct;
  double sd_unrestricted = 1.0, sd_restricted = 1.0;
  double r_xz = 0.0, r_yz = 0.0;
};

namespace kernel {

/// r / sqrt(R_x R_y). Limits: each of r, R_x, R_y is moved to its own limit while the others stay, and the distances that this moves
/// the result are added as squares (method of variance estimates recovery), below and above; they
/// may lie beyond 1, and so may the value: then the reliability was estimated too low, or is of another kind than
/// what lowers r. std_error by the delta method. r and the reliabilities are taken to come from different conversations, or to be
/// about independent.
/// Undefined where a reliability is below `least` (what is divided by is then mostly noise), or where r is; no interval where the
/// lower limit of a reliability is not above 0. Throws argument_error unless 0 < least <= 1 and 0 <= R <= 1. Sources: Spearman (1904), American
/// Journal of Psychology 15, 72-101; Charles (2005), Psychological Methods 10, 206-226, doi:10.1037/1082-989X.10.2.206; Zou and
/// Donner (2008), Statistics in Medicine 27, 1693-1702, doi:10.1002/sim.3095 (limits). Checked against: simulation.
corrected_correlation disattenuate(const estimate& r, const reliability& of_x, const reliability& of_y,
                                   double least);

/// Thorndike's corrections:
///
///   case 1: sign(r) sqrt(1 - (1 - r^2) / u^2)
///   case 2: r u / sqrt(1 - r^2 + r^2 u^2)
///   case 3: (r + r_xz r_yz (u^2 - 1)) / sqrt((1 + r_xz^2 (u^2 - 1)) (1 + r_yz^2 (u^2 - 1)))
///
/// They hold where regression lines are straight and have the same spread everywhere. Limits are those of r, corrected alike, with the other numbers taken as known; std_error by the delta
/// method. Undefined: case 1 where (1 - r^2) / u^2 > 1; no interval of case 1 where the limits of r differ in sign, as 0 is then no
/// correlation it can have. Throws argument_error unless both deviations are above 0 and correlations are within -1 to 1. Source: Thorndike (1949), Personnel
/// Selection; Sackett and Yang (2000), Journal of Applied Psychology 85, 112-118, doi:10.1037/0021-9010.85.1.112. Checked
/// against: R psych (cases 1 and 2), selected parts of a simulated population.
corrected_correlation correct_range(const estimate& r, const range_restriction& restriction);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/attenuation.ipp"
#endif
