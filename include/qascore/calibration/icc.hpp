// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/icc.hpp"
#include "rating_table.hpp"

#include <vector>

namespace qascore {

/// Intraclass correlation of a rating_table: kernel/icc.hpp says what the forms are.
/// Throws argument_error for text ratings.
inline icc_result icc(const rating_table& ratings, const icc_options& options = {},
                      const design_view* design = nullptr) {
  if (!ratings.labels().empty())
    throw argument_error("ratings: an ICC needs numbers, but the ratings are text");
  return kernel::icc(ratings.view(), options, design);
}

/// All forms of one table, by one fit; of anonymous raters the one-way forms. `options.form` is not read.
/// Throws argument_error for text ratings.
inline std::vector<icc_result> icc_table(const rating_table& ratings, const icc_options& options = {},
                                         const design_view* design = nullptr) {
  if (!ratings.labels().empty())
    throw argument_error("ratings: an ICC needs numbers, but the ratings are text");
  using enum icc_form;
  const std::vector<icc_form> forms =
      ratings.anonymous()
          ? std::vector{one_way, one_way_mean}
          : std::vector{one_way, agreement, consistency, one_way_mean, agreement_mean, consistency_mean};
  return kernel::icc_forms(ratings.view(), forms, options, design);
}

} // namespace qascore
