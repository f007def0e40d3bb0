// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "agreement.hpp"
#include "ratings.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qascore {

/// A rater compared with a gold standard, on the units that both rated.
struct gold_comparison {
  std::size_t categories = 0;
  std::vector<double>
      confusion;     ///< categories x categories, rows: gold; weights of the units (counts without a design)
  estimate accuracy; ///< share of units with the gold category
  std::vector<estimate>
      sensitivity; ///< per category (recall): of the units where gold has it, the share where the rater has it
  std::vector<estimate>
      specificity; ///< of the units where gold has it not, the share where the rater has it not
  std::vector<estimate> precision; ///< of the units where the rater has it, the share where gold has it
  std::vector<estimate> f1;        ///< harmonic mean of precision and sensitivity
  estimate balanced_accuracy;      ///< mean sensitivity of the categories that gold uses
  estimate macro_f1;               ///< mean f1 of the categories that one of the two uses
  estimate matthews;               ///< Matthews correlation, of any number of categories
  agreement_result kappa;          ///< Cohen's, with the category weights
};

} // namespace qascore

namespace qascore::kernel {

/// With p_kl the share of units (by weight) where gold has category k and the rater l, r_k and c_k its margins, W the sum
/// of weights, and a unit with (g, h):
///
///   accuracy, sensitivity, specificity, precision: shares of a domain, with Wilson's limits (kernel/proportion.hpp)
///   f1_k     = 2 p_kk / (r_k + c_k),           u = (2 [g = h = k] - f1_k ([g = k] + [h = k])) / ((r_k + c_k) W)
///   balanced = mean_k p_kk / r_k over r_k > 0, u = mean_k [g = k] ([h = k] - p_kk / r_k) / (r_k W)
///   matthews = N / sqrt(A B),  N = sum p_kk - sum r_k c_k,  A = 1 - sum r_k^2,  B = 1 - sum c_k^2; limits by Fisher's z
///
/// A unit that one of the two did not rate takes no part; which units both rated is a draw of its own, so that population
/// counts shrink no variance where there are such units. Undefined: shares of a category that nobody uses, by what they divide
/// by; matthews where one of the two uses one category. Throws argument_error for raters who are not in the table, or the same,
/// for anonymous raters and for more than 1,000 categories.
/// Sources: Wilson (1927); Gorodkin (2004), Computational Biology and Chemistry 28, 367-374,
/// doi:10.1016/j.compbiolchem.2004.09.006. Checked against: scikit-learn 1.x, the jackknife.
gold_comparison compare_with_gold(const rating_view& ratings, std::uint32_t gold, std::uint32_t rater,
                                  std::span<const double> category_weights, const agreement_options& options,
                                  const design_view* design);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/gold.ipp"
#endif
