// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <span>
#include <vector>

namespace qascore {

enum class p_adjustment {
  none,
  holm,                ///< chance of any false rejection, under any dependence
  benjamini_hochberg,  ///< false discovery rate, independent or positively dependent tests
  benjamini_yekutieli, ///< false discovery rate, under any dependence
  bonferroni,          ///< holm, without using that it is known which is smallest
  hochberg,            ///< chance of any false rejection, independent or positively dependent tests
  hommel               ///< the same with more power
};

} // namespace qascore

namespace qascore::kernel {

/// P-values of m tests adjusted for their number, ascending in rank i: Holm max_{j<=i} (m - j + 1) p_j; Benjamini and Hochberg
/// min_{j>=i} m p_j / j; Benjamini and Yekutieli the same times 1 + 1/2 + ... + 1/m; Bonferroni m p_i; Hochberg min_{j>=i} (m - j + 1) p_j; Hommel by the closure of Simes' tests,
/// the largest q over sets of k = m, ..., 2 tests of min_{j of the k largest} k p / j, or of k p against what stands; all cut at 1. NaN stays, and is no test.
/// Sources: Holm (1979), Scandinavian Journal of Statistics 6, 65-70; Benjamini and Hochberg (1995), JRSS B 57, 289-300,
/// doi:10.1111/j.2517-6161.1995.tb02031.x; Benjamini and Yekutieli (2001), Annals of Statistics 29, 1165-1188,
/// doi:10.1214/aos/1013699998; Hochberg (1988), Biometrika 75, 800-802,
/// doi:10.1093/biomet/75.4.800; Hommel (1988), Biometrika 75, 383-386, doi:10.1093/biomet/75.2.383. Checked against: R (p.adjust).
std::vector<double> adjusted_p(std::span<const double> p, p_adjustment how);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/adjusted_p.ipp"
#endif
