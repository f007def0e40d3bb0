// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../detail/config.hpp"
#include "variance.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Bias-reduced linearisation (CR2) of fitted coefficients.
namespace qascore::kernel {

/// Rows of a fit near its solution, where the estimate is truth + bread * sum w x' * error. One unit can have several.
struct working_rows {
  std::size_t columns = 0;             ///< p
  std::span<const std::uint32_t> unit; ///< per row: the design's unit, ascending
  std::span<const double> x;           ///< row-major
  std::span<const double> residual;    ///< of variance 1 in the working model, up to one factor
  std::span<const double> bread;       ///< p x p, symmetric: for least squares (X'WX)^-1
};

/// Variances of linear functions of the coefficients, k x p row-major in `functions`, with their own degrees of
/// freedom. With w the design's weights, M the bread, X_c, W_c, e_c the rows of cluster c (a unit where there are none),
/// H = X M X'W and f one of the functions:
///
///   A_c = ((I - H)_c (I - H)_c')^(-1/2)          the symmetric root; a root of 0 has the inverse 0
///   t_c = f' M X_c' W_c A_c e_c
///   V   = sum_h (1 - n_h/N_h) sum_c t_c^2                  one stratum
///   V   = k sum_h (1 - n_h/N_h) sum_c (t_c - mean_h t)^2   several
///   df  = 2 E[V]^2 / Var[V] for independent normal errors of equal variance
///
/// k makes V unbiased under those errors; with one stratum A_c does, and k is 1. V holds whatever the errors are, as the
/// plain linearisation, but has neither its bias nor its trust in few rows: the df count what carries the coefficient,
/// not what is in the sample. Strata of one cluster follow `design.single`. A Poisson sample is one stratum without the correction
/// for its chances, which is cautious.
///
/// Undefined: where one cluster alone determines the function or a part of it (a label of one row, of one agent among
/// agents as clusters), its residual is 0 whatever the truth.
/// Throws design_error under calibrated weights. Sources: Bell and McCaffrey (2002), Survey Methodology 28, 169-181;
/// Pustejovsky and Tipton (2018), JBES 36, 672-683, doi:10.1080/07350015.2016.1247004 (A_c under equal working
/// variances); k for strata is ours. Checked against: R dfadjust 1.1 and Stata (vce(hc2)), the dense formula,
/// simulation.
std::vector<design_variance> bias_reduced_variances(const design_view& design, const working_rows& rows,
                                                    std::span<const double> functions);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/bias_reduced.ipp"
#endif
