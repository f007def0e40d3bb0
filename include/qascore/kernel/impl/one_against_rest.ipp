// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../one_against_rest.hpp"

#include <string>

namespace qascore::kernel {

QASCORE_INLINE rating_columns one_against_rest(const rating_view& ratings, std::uint32_t category) {
  if (category >= ratings.categories())
    throw argument_error("category: expected a code below " + std::to_string(ratings.categories()) +
                         " but found " + std::to_string(category));
  rating_columns out;
  out.raters = ratings.raters;
  out.units = ratings.units;
  out.value = {0.0, 1.0};
  out.begin.assign(ratings.begin.begin(), ratings.begin.end());
  out.rater.assign(ratings.rater.begin(), ratings.rater.end());
  out.multiplicity.assign(ratings.multiplicity.begin(), ratings.multiplicity.end());
  out.profile.assign(ratings.profile.begin(), ratings.profile.end());
  out.code.reserve(ratings.code.size());
  for (const std::uint32_t c : ratings.code)
    out.code.push_back(c == category ? 1u : 0u);
  return out;
}

} // namespace qascore::kernel
