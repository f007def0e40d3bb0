// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"

#include <span>
#include <vector>

namespace qascore {

/// How consistent criteria are that are added up to one score.
struct internal_consistency {
  estimate alpha;              ///< Cronbach's, with a design-based interval
  estimate feldt;              ///< the same with Feldt's F limits; undefined but for a simple random sample
  estimate standardised_alpha; ///< of columns brought to the same variance
  estimate average_correlation;
  double guttman_lambda6 =
      missing_value; ///< 1 - sum_j (1 - R_j^2) / sum of correlations, R_j^2 of column j from the others
  std::vector<estimate> alpha_without;  ///< alpha of the columns but j; empty for two columns
  std::vector<double> rest_correlation; ///< of column j with the sum of the others
};

} // namespace qascore

namespace qascore::kernel {

/// For k columns with mean correlation r (of the k (k - 1) / 2 pairs): standardised alpha = k r / (1 + (k - 1) r), by the pairs'
/// influence values. Feldt's limits of alpha for n independent units: 1 - (1 - alpha) F with the quantiles of F(n - 1, (n - 1) (k - 1)),
/// exact for normal columns of equal covariances. Units that lack a value in one of the columns take no part. Lambda 6 is NaN
/// where a column is a sum of others. Throws as cronbach_alpha.
/// Sources: Cronbach (1951), doi:10.1007/BF02310555; Feldt (1965), Psychometrika 30, 357-370, doi:10.1007/BF02289499; Guttman
/// (1945), Psychometrika 10, 255-282, doi:10.1007/BF02288892. Checked against: R psych (alpha), simulation.
internal_consistency consistency_of(const design_view& design,
                                    std::span<const std::span<const double>> columns,
                                    confidence_level confidence);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/internal_consistency.ipp"
#endif
