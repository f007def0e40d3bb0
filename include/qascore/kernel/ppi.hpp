// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../core/missing.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Prediction-powered inference as published: two independent samples of an endless process, one scored by
/// people and the model, one by the model alone. For conversations that are all known, see
/// model_assisted.hpp.
namespace qascore {

/// A prediction-powered mean with the test of a null hypothesis.
struct ppi_estimate : tested_estimate {
  std::vector<double> lam;               ///< one per stratum
  double effective_size = missing_value; ///< n V_people / V: how many people's scores this is worth
};

namespace kernel {

struct ppi_options {
  confidence_level confidence{};
  bool tuned = true;       ///< PPI++: the lambda with the least variance; else `lam`
  double lam = 1.0;        ///< 1 is PPI, 0 people alone
  bool clip = true;        ///< a tuned lambda is cut at 0 and 1
  bool divide_by_n = true; ///< variances with divisor n; else n - 1
  double null_value = 0.0; ///< of the test
};

/// One of the two samples; empty `stratum`: one stratum.
struct ppi_sample {
  std::span<const double> model;
  std::span<const std::uint32_t> stratum;
};

/// m = sum_h W_h (mean_h(y) + lambda_h (mean_h(x') - mean_h(x))), W_h the share of stratum h in both samples
/// together
///   V = sum_h W_h^2 (var_h(y - lambda_h x) / n_h + lambda_h^2 var_h(x') / N_h)
///   tuned: lambda_h = cov_h(y, x) / ((1 + n_h / N_h) var_h(x and x' together, divisor n_h + N_h - 1))
///
/// y and x: the n scores of people and of the model, x': the model's N others. Limits and test are normal.
/// Undefined where a stratum lacks two units of either sample. Throws argument_error where lengths differ or
/// a value is missing. Sources: Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023), Science 382,
/// 669-674, doi:10.1126/science.adi6000; Angelopoulos, Duchi and Zrnic (2023), arXiv:2311.01453. Checked
/// against: ppi_py (divisor n, clipped), GLIDE 0.10 (strata, divisor n - 1, not clipped).
ppi_estimate ppi_mean(std::span<const double> y, const ppi_sample& labelled, const ppi_sample& others,
                      std::size_t strata, const ppi_options& options);

} // namespace kernel
} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/ppi.ipp"
#endif
