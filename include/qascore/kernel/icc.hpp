// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <span>

namespace qascore {

/// Intraclass correlations in the notation of McGraw and Wong: what counts as error, and whether for one
/// rating or the mean of all k raters' ratings.
enum class icc_form {
  one_way,         ///< ICC(1,1): raters are interchangeable
  agreement,       ///< ICC(A,1): differences in severity count as error
  consistency,     ///< ICC(C,1): they do not
  one_way_mean,    ///< ICC(1,k)
  agreement_mean,  ///< ICC(A,k)
  consistency_mean ///< ICC(C,k)
};

/// How an ICC's limits are made.
enum class icc_interval {
  automatic, ///< F for independent units of equal weight, influence under any other design
  f,         ///< exact (agreement: Satterthwaite's) limits of McGraw and Wong, for normal ratings
  influence  ///< t limits from the influence values; raters are taken as fixed
};

struct icc_options {
  icc_form form = icc_form::agreement;
  confidence_level confidence{};
  icc_interval interval = icc_interval::automatic;
  double null_value = 0.0; ///< the ICC under the tested hypothesis; the test is one-sided: greater
};

/// An intraclass correlation with its F test.
struct icc_result : estimate {
  icc_form form = icc_form::agreement;
  test_result test{};
  std::size_t raters = 0;
  double between_units = missing_value;  ///< mean square of units, MSR
  double between_raters = missing_value; ///< mean square of raters, MSC; NaN for the one-way forms
  double residual = missing_value; ///< mean square of error, MSE; for the one-way forms within units, MSW
};

} // namespace qascore

namespace qascore::kernel {

/// Intraclass correlation by analysis of variance on a complete table of n units x k raters with unit weights
/// w.
///
///   ICC(1,1) = (MSR - MSW) / (MSR + (k - 1) MSW)
///   ICC(C,1) = (MSR - MSE) / (MSR + (k - 1) MSE)
///   ICC(A,1) = (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n)
///   ICC(.,k) = k ICC(.,1) / (1 + (k - 1) ICC(.,1))
///
/// With weights each mean over units is the weighted mean, n stays the number of units. Units without a
/// rating are left out. The standard error comes from the influence values; it holds for the given raters,
/// and does not contain what another panel would have given. For ICC(A,.) the F limits do so approximately: with
/// few raters of clearly different severity they cover less than they say (in simulations 84 % in place of 95 % with
/// 3 raters, 92 % with 5). `interval_method` says which was taken: "raters random" or "raters fixed"; df is the one
/// that the limits rest on (agreement: Satterthwaite's).
///
/// No limits where no disagreement is seen. Undefined, with the reason: gaps (a rated unit that not every rater rated); fewer than 2 units or raters;
/// no variance; a mean form where 1 + (k - 1) ICC(.,1) is not positive. F limits of a mean form are the
/// images of the single form's. Throws argument_error for the forms A and C with anonymous raters, for
/// icc_interval::f under a design with weights, strata or clusters, and unless -1 < null_value < 1. Source:
/// McGraw and Wong (1996), doi:10.1037/1082-989X.1.1.30, with the erratum; Shrout and Fleiss (1979),
/// doi:10.1037/0033-2909.86.2.420.
/// Checked against: psych 2.2.9, irrNA 0.2.3 (tests of a null value), irr 0.84.1, finite differences, the
/// jackknife.
icc_result icc(const rating_view& ratings, const icc_options& options, const design_view* design);

/// Value and influence values alone.
linearised linearised_icc(const rating_view& ratings, icc_form form, std::span<const double> unit_weight);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/icc.ipp"
#endif
