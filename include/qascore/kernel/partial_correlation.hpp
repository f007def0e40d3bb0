// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "correlation.hpp"
#include "correlation_system.hpp"

#include <span>
#include <string>
#include <vector>

namespace qascore {

/// From which column the covariates are taken out.
enum class partial_kind {
  both,   ///< partial correlation
  from_y, ///< semi-partial (part) correlation: x as it is, with y less what the covariates say of it
  from_x
};

struct partial_options {
  correlation_method method = correlation_method::pearson; ///< or spearman, kendall
  partial_kind kind = partial_kind::both;
  confidence_level confidence{};
  correlation_interval interval = correlation_interval::automatic; ///< not asymptotic
  missing_rows missing = missing_rows::error;                      ///< a kernel takes it as drop
};

namespace kernel {

/// Correlation of x and y at given values of k covariates. With R the matrix of the correlations of (x, y, covariates), P its
/// inverse and Q the inverse of R without y:
///
///   partial: -P_xy / sqrt(P_xx P_yy),   semi-partial, from y: partial / sqrt(Q_xx)
///
/// Influence values are those of R by the chain rule (kernel/correlation_system.hpp), for ranks too. Independent rows: closed
/// form Fisher's z with n - k in place of n (Pearson, Spearman by Bonett and Wright), test t = r sqrt(df / (1 - r^2)) with df = n - 2 - k;
/// under a design, for Kendall's tau and where linearised is asked for, interval and test are those of correlate().
/// Undefined: fewer than k + 4 complete rows, a constant column, covariates that determine x, y or each other. Throws
/// argument_error for closed_form under a design or for Kendall, and for asymptotic. Sources: Fisher (1924), Metron 3,
/// 329-332; Whittaker (1990), Graphical Models, section 5.8. Checked against: R ppcor 1.1, pingouin, residuals.
tested_estimate partial_correlation(const design_view& design, std::span<const double> x,
                                    std::span<const double> y, std::span<const std::span<const double>> given,
                                    const partial_options& options);

/// Partial correlations of all pairs of columns at given values of the other ones, row-major with 1 on the diagonal; NaN all over
/// and a reason where there are none.
struct partial_matrix {
  std::vector<double> value;
  std::size_t n = 0, missing = 0;
  std::string undefined;
};
partial_matrix partial_correlations(const design_view& design,
                                    std::span<const std::span<const double>> columns,
                                    correlation_method method, missing_rows missing);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/partial_correlation.ipp"
#endif
