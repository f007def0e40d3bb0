// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "domain.hpp"

#include <vector>

/// Model + human: a model scored every conversation, people scored a sample. How far the model's mean in the
/// sample lies from its known mean in the population says how far the people's mean does.
namespace qascore {

/// Where lambda, the share of the model's deviation that is taken off, comes from.
enum class model_tuning {
  fixed,  ///< given: 1 is the difference estimator (PPI), 0 people alone
  common, ///< (default) one per estimate, with the least variance (PPI++)
  stratum ///< one per stratum of the design
};

/// A mean of the population with the help of a model, and what people alone would have said.
struct model_assisted_estimate : estimate {
  std::vector<double>
      lam;         ///< one per estimate; under model_tuning::stratum one per stratum, NaN without units
  estimate people; ///< the same sample without the model
  double effective_size = missing_value; ///< n V_people / V: how many people's scores this is worth
};

namespace kernel {

struct model_assisted_options {
  confidence_level confidence{};
  model_tuning tuning = model_tuning::common;
  double lam = 1.0;                                ///< under model_tuning::fixed
  interval_scale scale = interval_scale::identity; ///< logit for a proportion: limits within (0, 1)
};

/// Mean and count of the values with each code, 0..cells-1; NaN where there is none. Units without a code are
/// left out. Throws argument_error where lengths differ or a value is missing.
struct cell_means {
  std::vector<double> mean, count;
};
cell_means means_of_cells(std::span<const std::uint32_t> code, std::size_t cells,
                          std::span<const double> values);

/// Means by domain of y (people; NaN where they gave no score) with x, the model's score of the same unit,
/// and M, the model's mean over the part of the population that the unit speaks for (its domain, or its
/// stratum within the domain; the same for all units of that part):
///
///   m = sum w (y + lambda (M - x)) / sum w,    u_i = (y_i + lambda (M_i - x_i) - m) / sum w
///
/// M is known, so that only y - lambda x is left to chance: the survey difference estimator, with strata,
/// clusters and the finite population through the variance engine. Where people scored everything the
/// interval is a point. Tuned, lambda = -C(mean y, mean of M - x) / V(mean of M - x) by the design's own
/// variances and covariances (per stratum under model_tuning::stratum), the variance carries the factor df /
/// (df - 1) and the df lose one for each lambda. A lambda that would not narrow the interval is 0, so a tuned
/// interval is never wider than with people alone, at the same confidence. The tuned estimate is that of a
/// regression of y on x: unbiased up to terms in 1 / n; a given lambda is unbiased for any n.
/// Units without y are gaps as in `means`. Undefined as a mean is, and where y - lambda x does not vary in
/// the sample (no interval). Throws argument_error where a unit with y lacks x or M.
/// Sources: Sarndal, Swensson, Wretman (1992), ch. 6; Angelopoulos, Duchi and Zrnic (2023), PPI++,
/// arXiv:2311.01453, for the tuning. Checked against: closed forms, the regression estimator,
/// simulation.
std::vector<model_assisted_estimate>
model_assisted_means(const design_view& design, const domain_view& domain, std::span<const double> y,
                     std::span<const double> x, std::span<const double> population_mean,
                     const model_assisted_options& options);

/// What a count of the population per stratum means for a design.
struct counted_population {
  bool contradicts = false;       ///< the design's own counts, or there are fewer than were sampled
  std::size_t stratum = 0;        ///< where
  double expected = 0.0;          ///< the design's count, or how many were sampled
  std::vector<double> population; ///< per stratum, for the variance; empty: not corrected
};

/// Counts must be those of the design, where it has some, and never below the sample. Where it has none they correct the
/// variance if all weights are N_h / n_h (1e-9 relative), as in simple random samples: with other chances 1 - n_h / N_h
/// corrects too much. A Poisson sample is corrected by its chances.
counted_population population_of_counts(const design_view& design, std::span<const double> counts);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/model_assisted.ipp"
#endif
