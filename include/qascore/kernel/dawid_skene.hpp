// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/confidence.hpp"
#include "../core/estimate.hpp"
#include "../core/missing.hpp"
#include "../core/seed.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace qascore {

struct dawid_skene_options {
  qascore::seed seed;              ///< of the starts after the first
  std::size_t starts = 10;         ///< the first from the shares of votes, the others from random confusion
  double tolerance = 1e-10;        ///< stop when no probability moves further
  std::size_t iterations = 10'000; ///< of each start at most
  double smoothing = 0.0;          ///< ratings added to each cell of each rater's confusion
  confidence_level confidence{};
};

/// How one start of EM ended.
struct em_run {
  double log_likelihood = missing_value; ///< with smoothing: penalised by it
  std::size_t iterations = 0;
  bool converged = false;
};

/// Consensus without gold.
struct dawid_skene_result {
  std::size_t categories = 0, raters = 0;
  std::vector<double> prior; ///< share of each true category
  std::vector<double>
      confusion; ///< raters x true x said; NaN where a rater rated no unit that may be of the category
  std::vector<double> accuracy; ///< per rater: sum over k of prior_k confusion_kk
  std::vector<estimate> shares, confusions,
      accuracies;                ///< prior, confusion, accuracy with standard errors and limits
  std::vector<double> posterior; ///< profiles x categories; NaN for a unit without ratings
  std::vector<em_run> runs;      ///< start by start
  std::size_t best = 0;          ///< the start with the largest likelihood, whose numbers the others are
  std::size_t agreeing = 0;      ///< starts that reached this likelihood (within 1e-6)
  std::string undefined;
};

} // namespace qascore

namespace qascore::kernel {

/// Dawid and Skene's model: unit i has a true category with probabilities prior_k, and rater r says l of a unit of category k
/// with probability confusion_rkl, independently of the others. By EM:
///
///   T_ik     ~ prior_k prod over the unit's ratings (r, l) of confusion_rkl          (E)
///   prior_k  = mean_i T_ik,  confusion_rkl = (sum_i T_ik n_irl + s) / (sum_il T_ik n_irl + s q)     (M)
///
/// n_irl how often r said l of i, s the smoothing, q the categories. The likelihood has several maxima: the largest of all
/// starts is the answer, and the result says how many starts found it. Every step raises the likelihood. Nothing depends on the
/// order of units. `same`: the rater behind each rater of the table, where one rater rated units several times and each time
/// stands for a rater of its own; empty: each is one.
///
/// Standard errors are those of the observed information at the maximum (Louis 1982): they hold for other units of the same kind
/// and these raters, where the model does, and allow for the unknown categories and all other probabilities. Limits are normal
/// on the logit scale. Probabilities within 1e-6 of 0 or 1 lie on the border and count as known in the errors of the others; with
/// smoothing the curvature is that of the likelihood that it penalises. No limits, with the reason:
///
///   of all          EM has not converged; other probabilities fit as well (two raters of two categories, say: three shares of
///                   ratings cannot tell five probabilities); more than 2,000 free probabilities
///   of a category   with another one's name exchanged for its own raters would be right as often, or so nearly that chance
///                   explains the difference: shares, confusions and accuracies that hang on it
///   of a figure     on the border; another start's maximum, less likely by no more than limits allow (z^2 / 2 in the
///                   log-likelihood), lies outside of its limits
///   of a rater      accuracy, where one of its probabilities lies on the border
///
/// True categories have the names under which raters are right most often; the likelihood knows none. A category that nobody says
/// is nobody's true one. Accuracy is NaN where the rater rated no unit that may be of one of the categories. Undefined
/// without ratings. Above 100,000 confusions they have no estimates one by one (`confusions` is empty). Throws argument_error for
/// anonymous raters, no start, a tolerance not above 0, a smoothing below 0, and more than 1e8 numbers in the model.
/// Sources: Dawid and Skene (1979), Applied Statistics 28, 20-28, doi:10.2307/2346806; Louis (1982), Journal of the Royal Statistical
/// Society B 44, 226-233, doi:10.1111/j.2517-6161.1982.tb01203.x. Checked against: its data to the fixed point of EM, the observed
/// likelihood's derivatives, a published two-class model (Dayton 1998), simulation.
dawid_skene_result dawid_skene(const rating_view& ratings, std::span<const std::uint32_t> same,
                               const dawid_skene_options& options);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/dawid_skene.ipp"
#endif
