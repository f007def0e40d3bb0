// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Rubric weights that would predict satisfaction better than today's, or why the data propose none.
namespace qascore {

struct weight_proposal_options {
  std::size_t folds = 5,
              repeats = 20; ///< parts of the cross-validation, and how often the parts are dealt anew
  std::optional<qascore::seed> seed{}; ///< needed
  confidence_level confidence{};
  unsigned threads = 1; ///< the numbers are the same for any
};

/// Why weights are not proposed.
enum class proposal_refusal {
  few_rows,        ///< fewer than kernel::rows_per_criterion complete rows per criterion
  no_driver,       ///< no criterion goes up with the outcome beside the others
  negative_driver, ///< one goes down with it beyond chance: no weight above 0 says that
  no_gain          ///< the interval of the gain does not lie above 0, or there is none
};

/// How well two sets of weights predict the rows that they were not learnt from.
struct prediction_evidence {
  estimate today, proposed, gain;
};

struct weight_proposal {
  static constexpr std::size_t no_fault = static_cast<std::size_t>(-1);

  std::vector<double>
      weight; ///< the best weights of 0 or more, adding up to today's; NaN where there are none
  std::vector<double> least, most;        ///< smallest and largest of them among the folds that found any
  prediction_evidence r_squared;          ///< 1 - squared errors / squares about the mean, out of fold
  prediction_evidence correlation;        ///< of score and outcome, the weights of the other folds
  std::vector<std::size_t> negative;      ///< criteria that go down with the outcome beyond chance
  std::vector<proposal_refusal> refusals; ///< empty: the data support the weights
  std::size_t n = 0, missing = 0;
  std::size_t groups = 0;       ///< clusters (rows where there are none) that the folds are made of
  std::string undefined;        ///< why there are no figures; empty when all is well
  std::size_t fault = no_fault; ///< the criterion to blame, counted from 0

  bool supported() const noexcept { return undefined.empty() && refusals.empty(); }
};

namespace kernel {

/// Fewer complete rows than this per criterion: weights are not proposed.
inline constexpr std::size_t rows_per_criterion = 10;

/// Fold 0, ..., folds - 1 of each of the rows: the clusters that they are of (rows where there are none) are shuffled within strata
/// and dealt in turn, the next stratum where the one before stopped, so that no cluster is in two folds and each fold has its part
/// of each stratum. A repeat shuffles with counter_stream(seed, repeat). Throws argument_error for fewer than 2 folds or fewer clusters
/// than folds. Source: Wieczorek, Guerin and McMahon (2022), Stat 11, e454, doi:10.1002/sta4.454.
std::vector<std::uint32_t> deal_folds(const design_view& design, std::span<const std::uint32_t> rows,
                                      std::size_t folds, seed start, std::size_t repeat);

/// Weights v_j >= 0, adding up to those of today, with which the score s = sum_j v_j x_j goes with y most: the coefficients of least
/// squares under b_j >= 0 (Lawson and Hanson 1974), scaled. They maximise the (design-weighted) correlation of s and y.
///
/// Evidence by repeated cross-validation: the weights are learnt without a fold and predict it, as does the line of y on today's score
/// (slope 0 or more as well). With e_i^2 the mean over repeats of squared errors,
///
///   r_squared = 1 - sum w e^2 / sum w (y - mean)^2,    gain = difference, influence (d_i - gain q_i) / sum w q,
///   d = e_today^2 - e_proposed^2, q = (y - mean)^2
///
/// and for the correlation of out-of-fold scores sum_j v_j (x_j - mean) with y the mean over repeats of value and influence values. The variance engine has
/// weights, strata and clusters; limits are t (Fisher z for a correlation). They are for the gain of weights learnt from rows like these,
/// (folds - 1) / folds as many (Bayle et al. 2020: central limit theorem of cross-validation), not for that of the weights at hand.
/// Rows with a gap take no part. Undefined: a column that is constant or a combination of those before it, a constant outcome, no more
/// rows than columns + 1, fewer clusters than folds; the correlation where a fold finds no driver. Throws argument_error without a seed,
/// for fewer than 2 folds or 1 repeat, for no column, weights below 0 or all 0. Sources: Lawson and Hanson (1974), Solving Least Squares
/// Problems, ch. 23; Bayle, Bayle, Janson and Mackey (2020), Advances in Neural Information Processing Systems 33, 16339-16350,
/// arXiv:2007.12671. Checked against: SciPy 1.17 (nnls; all evidence from the folds in NumPy), simulation.
weight_proposal propose_weights(const design_view& design, std::span<const double> y,
                                std::span<const std::span<const double>> columns,
                                std::span<const double> today, const weight_proposal_options& options);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/weight_proposal.ipp"
#endif
