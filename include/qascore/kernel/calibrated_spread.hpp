// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../detail/config.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

/// What known totals take out of the spread that a sample shows: how much of it is left to see, and on how many degrees of
/// freedom it rests.
namespace qascore::kernel {

/// How the variance engine adds up the squares of a stratum: q sum_c (t_c - mean t)^2, or q sum_c t_c^2 where they are not
/// centred.
struct spread_stratum {
  double size = 0.0; ///< clusters (units) in it
  double rest = 1.0; ///< what the finite population leaves of a variance
  double q = 0.0;
  bool centred = false;
};

/// Moments of the variance V that the engine finds, for errors that are independent and of variance 1 in some rows.
struct spread_moments {
  double target = 0.0;   ///< the variance of the estimate: sum of rest w_i^2
  double expected = 0.0; ///< E[V]: less, as the totals were fitted to the same errors
  double second = 0.0;   ///< Var[V] / 2 for normal errors
};

/// Influence values under calibrated weights are residuals from the auxiliaries, u -> M u (kernel/variance.hpp), t_c the sums of
/// d_i (M u)_i by cluster. For errors of the rows R alone, Cov(t) = C d M diag(1_R) M' d C' is a diagonal and a matrix of twice
/// the rank of the auxiliaries, so that E[V] = tr(B Cov(t)) and Var[V] = 2 tr((B Cov(t))^2), B the engine's quadratic form, take
/// O(|R| p^2) after O(n p^2) once; post-strata are sparse.
class calibrated_spread {
public:
  /// `strata` by stratum; for Poisson samples by cluster (unit), each with its own q.
  calibrated_spread(const design_view& design, std::span<const spread_stratum> strata);
  calibrated_spread(const calibrated_spread&) = delete;
  calibrated_spread& operator=(const calibrated_spread&) = delete;
  ~calibrated_spread();

  spread_moments of(std::span<const std::uint32_t> rows) const;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/calibrated_spread.ipp"
#endif
