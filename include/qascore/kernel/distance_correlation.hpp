// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/influence.hpp"
#include "../detail/config.hpp"
#include "pairs.hpp"

#include <span>
#include <vector>

namespace qascore {

/// A distance correlation with what it comes from. `bias_corrected` may be below 0; NaN under unequal weights and for fewer
/// than 4 pairs.
struct distance_estimate : tested_estimate {
  double covariance = missing_value;     ///< distance covariance, in units of sqrt(x y)
  double bias_corrected = missing_value; ///< the squared correlation from the unbiased estimators
};

namespace kernel {

/// Distance correlation: 0 where nothing in x says anything of y, straight or bent; 1 for a straight line. With a_ij = |x_i -
/// x_j|, b_ij = |y_i - y_j|, a_i = sum_j w_j a_ij, W = sum w:
///
///   dCov^2(x, y) = sum w w a b / W^2 + (sum w w a / W^2) (sum w w b / W^2) - 2 sum_i w_i a_i b_i / W^3
///   dCor = sqrt(dCov^2(x, y) / sqrt(dCov^2(x, x) dCov^2(y, y)))
///
/// (not its square). The influence of a pair is the derivative in its weight, ranks of others included; O(n log n) for all.
/// The interval is symmetric on the logit scale and holds where dCor is clearly above 0; near 0 the statistic is
/// degenerate, and only the test speaks. Biased upwards in small samples: by chance dCor is about 1 / sqrt(n) times a constant.
///
/// The test, for independent rows: n times the bias-corrected squared correlation, plus 1, against chi-squared(1), which
/// rejects too seldom rather than too often below p = 0.05. Under a design there is none.
///
/// Undefined: fewer than 3 pairs, a constant column. Sources: Szekely, Rizzo and Bakirov (2007), Annals of Statistics 35,
/// 2769-2794, doi:10.1214/009053607000000505; Szekely and Rizzo (2014), Annals of Statistics 42, 2382-2412,
/// doi:10.1214/14-AOS1255 (bias-corrected); Huo and Szekely (2016), Technometrics 58, 435-447,
/// doi:10.1080/00401706.2015.1054435 (O(n log n)); Shen, Panda and Vogelstein (2022), Journal of Computational and Graphical
/// Statistics 31, 254-262, doi:10.1080/10618600.2021.1938585 (test). Checked against: R energy 1.7, all pairs compared,
/// finite differences in the weights.
distance_estimate distance_correlation(const design_view& design, std::span<const double> x,
                                       std::span<const double> y, confidence_level confidence,
                                       missing_rows missing = missing_rows::drop);

/// The same as value and influence values.
linearised distance_correlation(const design_view& design, std::span<const double> x,
                                std::span<const double> y);

/// The coefficient alone, of pairs that have no obstacle().
struct distance_result {
  double correlation, covariance, bias_corrected;
};
distance_result distance_of(const complete_pairs& pairs, std::vector<double>& influence);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/distance_correlation.ipp"
#endif
