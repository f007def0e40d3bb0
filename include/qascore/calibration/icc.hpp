// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/icc.hpp"
#include "rating_table.hpp"

namespace qascore {

/// Intraclass correlation of a rating_table: kernel/icc.hpp says what the forms are.
/// Throws argument_error for text ratings.
inline icc_result icc(const rating_table& ratings, const icc_options& options = {},
                      const design_view* design = nullptr) {
  if (!ratings.labels().empty())
    throw argument_error("ratings: an ICC needs numbers, but the ratings are text");
  return kernel::icc(ratings.view(), options, design);
}

} // namespace qascore
