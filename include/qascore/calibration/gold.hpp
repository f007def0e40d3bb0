// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/dawid_skene.hpp"
#include "../kernel/gold.hpp"
#include "../kernel/prmse.hpp"
#include "category_weights.hpp"
#include "rater_code.hpp"
#include "rating_table.hpp"

#include <string>

/// Raters against what is right: a gold standard that is one of the table's raters, or the consensus where there is none.
namespace qascore {

/// How a rater is compared with the gold standard.
struct gold_options {
  category_weights weights{}; ///< of kappa
  confidence_level confidence{};
};

/// A rater against the gold standard: kernel/gold.hpp.
inline gold_comparison rater_against_gold(const rating_table& ratings, const std::string& gold,
                                          const std::string& rater, const gold_options& options = {},
                                          const design_view* design = nullptr) {
  return kernel::compare_with_gold(ratings.view(), detail::rater_code(ratings, gold, "gold"),
                                   detail::rater_code(ratings, rater, "rater"),
                                   options.weights.matrix(ratings.view().value, ratings.ordered()),
                                   {.confidence = options.confidence}, design);
}

struct prmse_options {
  double variance_of_errors = missing_value; ///< known from another study; missing: from the table
  confidence_level confidence{};
};

/// What one rater (a model, say) predicts of the true scores behind the others' ratings: kernel/prmse.hpp.
/// Throws argument_error for text ratings.
inline prmse_result prmse(const rating_table& ratings, const std::string& rater,
                          const prmse_options& options = {}, const design_view* design = nullptr) {
  if (!ratings.labels().empty())
    throw argument_error("ratings: true scores need numbers, but the ratings are text");
  return kernel::prmse(ratings.view(), detail::rater_code(ratings, rater, "rater"),
                       options.variance_of_errors, options.confidence, design);
}

/// Consensus without gold: kernel/dawid_skene.hpp. `posterior` has a row per profile: that of unit u is
/// ratings.view().profile_of(u).
inline dawid_skene_result dawid_skene(const rating_table& ratings, const dawid_skene_options& options) {
  return kernel::dawid_skene(ratings.view(), {}, options);
}

} // namespace qascore
