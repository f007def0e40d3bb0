// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstddef>

namespace qascore {

struct concordance_options {
  confidence_level confidence{};
  bool unbiased = false; ///< variances with n - 1 (overall coefficient); false: with n, as Lin
  bool closed_form =
      false; ///< Lin's standard error and normal limits on Fisher's z; two raters, simple random sample
};

/// A concordance correlation: agreement of measurements, on the scale of a correlation.
struct concordance_result : estimate {
  double precision =
      missing_value; ///< how near the points lie to a line; Pearson's correlation for two raters
  double accuracy = missing_value;    ///< how near that line is to equality; value / precision
  double scale_shift = missing_value; ///< two raters: standard deviation of the second / first
  double location_shift =
      missing_value; ///< two raters: (mean of second - mean of first) / sqrt(sd first * sd second)
  std::size_t raters = 0;
};

} // namespace qascore

namespace qascore::kernel {

/// Concordance correlation of k raters, on the units that all of them rated:
///
///   ccc = 2 sum_{i<j} s_ij / D,  D = (k - 1) sum_i s_ii + sum_{i<j} (m_i - m_j)^2
///   u   = (2 sum_{i<j} (a_i a_j - s_ij) - ccc ((k - 1) sum_i (a_i^2 - s_ii) + 2 sum_{i<j} (m_i - m_j) (a_i - a_j))) / (D W)
///
/// m means, s (co)variances, a the unit's values less the means, W the sum of weights. precision = sum s_ij / sum s_i s_j,
/// accuracy = 2 sum s_i s_j / D. Limits are symmetric on Fisher's z, t(n - 1). Two raters: Lin's coefficient, with its
/// bias correction as accuracy. Undefined: fewer than 2 raters or 2 complete units; all ratings alike. Throws argument_error for
/// anonymous raters, and for the closed form under a design or with other than two raters.
/// Sources: Lin (1989), Biometrics 45, 255-268, doi:10.2307/2532051, with the correction of 2000 (56, 324-325,
/// doi:10.1111/j.0006-341X.2000.00324.x); Barnhart, Haber, Song (2002), Biometrics 58, 1020-1027,
/// doi:10.1111/j.0006-341X.2002.01020.x. Checked against: R epiR (epi.ccc, epi.occc), the jackknife, simulation.
concordance_result concordance(const rating_view& ratings, const concordance_options& options,
                               const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/concordance.ipp"
#endif
