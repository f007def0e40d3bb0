// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../within_group.hpp"

#include <vector>

namespace qascore::kernel {

QASCORE_INLINE within_group_result within_group_agreement(const rating_view& ratings, double null_variance,
                                                          confidence_level confidence,
                                                          const design_view* design) {
  within_group_result out;
  if (is_missing(null_variance)) { // of the categories, equally likely
    double mean = 0.0, squares = 0.0, n = 0.0;
    for (const double x : ratings.value) {
      n += 1.0;
      const double d = x - mean;
      mean += d / n;
      squares += d * (x - mean);
    }
    null_variance = n > 0.0 ? squares / n : 0.0;
  } else if (!(null_variance > 0.0)) {
    throw argument_error("null_variance: expected a number > 0 but found " +
                         detail::format_number(null_variance));
  }
  out.null_variance = null_variance;
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  const std::vector<std::uint8_t> part = with_ratings(ratings, 2);
  std::vector<double> value(ratings.profiles(), missing_value);
  double total = 0.0, sum = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    if (part[p] == 0 || !(null_variance > 0.0))
      continue;
    double mean = 0.0, squares = 0.0, n = 0.0;
    for (const std::uint32_t code : ratings.of(p)) {
      n += 1.0;
      const double d = ratings.value[code] - mean;
      mean += d / n;
      squares += d * (ratings.value[code] - mean);
    }
    value[p] = 1.0 - squares / (n - 1.0) / null_variance;
    total += by.weight[p];
    sum += by.weight[p] * value[p];
  }
  linearised mean;
  if (total > 0.0) {
    mean.value = sum / total;
    mean.influence.assign(ratings.profiles(), 0.0);
    for (std::size_t p = 0; p < ratings.profiles(); ++p)
      if (part[p] != 0)
        mean.influence[p] = (value[p] - mean.value) / total;
  } else {
    mean.undefined = null_variance > 0.0 ? "no unit has two ratings"
                                         : "there is one category only: chance has no variance";
  }
  inference_options how;
  how.confidence = confidence;
  how.upper_bound = 1.0;
  how.method = "mean r_wg";
  out.mean = infer_rated(mean, ratings, part, part, design, how);
  out.by_unit.resize(ratings.units);
  for (std::size_t u = 0; u < ratings.units; ++u)
    out.by_unit[u] = value[ratings.profile_of(u)];
  return out;
}

} // namespace qascore::kernel
