// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/chance_test.hpp"
#include "../kernel/one_against_rest.hpp"
#include "agreement.hpp"
#include "agreement_measure.hpp"
#include "rating_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Where agreement is lost: by category, by pair of raters, against a gold standard; and whether there is any.
namespace qascore {

/// Any coefficient of a table.
inline agreement_result agreement(const rating_table& ratings, const measure_options& of,
                                  const agreement_options& options = {},
                                  const design_view* design = nullptr) {
  const detail::table_measure measure(ratings, of);
  return kernel::agreement(ratings.view(), measure.view(), options, design);
}

/// Agreement on each category against all others, in the order of the table's categories.
inline std::vector<agreement_result>
agreement_by_category(const rating_table& ratings,
                      agreement_coefficient coefficient = agreement_coefficient::fleiss_kappa,
                      const agreement_options& options = {}, const design_view* design = nullptr) {
  std::vector<agreement_result> out;
  for (std::uint32_t k = 0; k < ratings.view().categories(); ++k) {
    const kernel::rating_columns two = kernel::one_against_rest(ratings.view(), k);
    out.push_back(kernel::agreement(two.view(), {}, coefficient, options, design));
  }
  return out;
}

/// A pair of raters, by their places in rating_table::raters, and their agreement.
struct rater_pair {
  std::size_t first = 0, second = 0;
  agreement_result agreement;
};

/// A coefficient of each pair of raters on the units that the two rated: pairs (0, 1), (0, 2), (1, 2), (0, 3), ...
/// Throws argument_error for anonymous raters.
inline std::vector<rater_pair> pairwise_agreement(const rating_table& ratings, const measure_options& of = {},
                                                  const agreement_options& options = {},
                                                  const design_view* design = nullptr) {
  if (ratings.anonymous())
    throw argument_error(
        "pairwise_agreement: needs to know which rater gave which rating, but the raters of this table "
        "are anonymous");
  std::vector<rater_pair> out;
  for (std::size_t j = 0; j < ratings.raters().size(); ++j)
    for (std::size_t i = 0; i < j; ++i)
      out.push_back(
          {i, j, agreement(ratings.only({ratings.raters()[i], ratings.raters()[j]}), of, options, design)});
  return out;
}

/// The large-sample test of kappa = 0: kernel/chance_test.hpp.
inline chance_test_result chance_test(const rating_table& ratings,
                                      agreement_coefficient coefficient = agreement_coefficient::cohen_kappa,
                                      const category_weights& weights = {}) {
  return kernel::chance_test(ratings.view(), weights.matrix(ratings.view().value, ratings.ordered()),
                             coefficient);
}

} // namespace qascore
