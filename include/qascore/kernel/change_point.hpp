// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/confidence.hpp"
#include "../core/estimate.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace qascore {

/// Where the level of a series changed, if it did.
struct change_point_result {
  std::size_t n = 0;                                     ///< points that have a value
  std::uint32_t at = missing_code;                       ///< first point after the change, among all points
  std::uint32_t low = missing_code, high = missing_code; ///< interval of it
  double before = missing_value, after = missing_value;  ///< means
  estimate shift;                   ///< after - before; its interval takes the point as known
  double statistic = missing_value; ///< largest |t| of all splits
  double p_value = missing_value;   ///< by permutation: chance of as large a statistic where nothing changes
  std::string undefined;
};

} // namespace qascore

namespace qascore::kernel {

/// One change of the mean of independent values of one variance. For a split before point k, with n1 and n2 points and means:
///
///   t_k = |m2 - m1| / (s sqrt(1 / n1 + 1 / n2)),  s^2 the variance within the two parts (n - 2)
///
/// The split with the largest t is the estimate, which is the one of least squares. Its interval holds the splits whose residual sum
/// of squares Q_k is near the least Q: (Q_k - Q) / (2 s^2) <= -log(1 - sqrt(confidence)), the limit for small shifts, where the
/// distance has the law of the larger of two exponentials; for large shifts it holds too often. The p-value permutes the values
/// (`permutations` times, (1 + larger) / (1 + permutations)): it asks nothing but that their order says nothing, where the control charts ask
/// for normal values. Missing values (NaN) are passed over. Undefined: fewer than 4 values; values that do not vary.
/// Sources: Hinkley (1970), Biometrika 57, 1-17, doi:10.1093/biomet/57.1.1; Siegmund (1988), International Statistical Review 56, 31-48,
/// doi:10.2307/1403360. Checked against: all splits by hand, simulation (interval and p).
change_point_result change_point(std::span<const double> values, confidence_level confidence, seed start,
                                 std::size_t permutations);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/change_point.ipp"
#endif
