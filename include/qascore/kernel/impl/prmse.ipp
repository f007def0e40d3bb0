// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../../detail/sum.hpp"
#include "../prmse.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE prmse_result prmse(const rating_view& ratings, std::uint32_t rater, double known_error,
                                  confidence_level confidence, const design_view* design) {
  if (ratings.anonymous() || rater >= ratings.raters)
    throw argument_error("rater: expected a rater below " +
                         std::to_string(ratings.anonymous() ? 0 : ratings.raters) + " but found " +
                         std::to_string(rater));
  if (known_error < 0.0)
    throw argument_error("variance_of_errors: expected a number >= 0 but found " +
                         detail::format_number(known_error));
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  const std::size_t profiles = ratings.profiles();
  struct row {
    double count = 0.0, mean = 0.0, squares = 0.0, score = missing_value;
  };
  std::vector<row> rows(profiles);
  std::vector<std::uint8_t> part(profiles, 0);
  prmse_result out;
  detail::accurate_sum weight, ratings_sum, scores, spread, free, off, w2c, w2c2;
  for (std::size_t p = 0; p < profiles; ++p) {
    row& r = rows[p];
    for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i) {
      const double x = ratings.value[ratings.code[i]];
      if (ratings.rater[i] == rater) {
        r.score = x;
        continue;
      }
      r.count += 1.0; // Welford's update: stable at any offset
      const double d = x - r.mean;
      r.mean += d / r.count;
      r.squares += d * (x - r.mean);
    }
    if (is_missing(r.score) || r.count == 0.0)
      continue;
    part[p] = 1;
    out.n_multiple += r.count > 1.0 ? static_cast<std::size_t>(ratings.multiplicity[p]) : 0;
    const double w = by.weight[p];
    weight.add(w);
    ratings_sum.add(w * r.count);
    scores.add(w * r.count * r.mean);
    spread.add(w * r.squares);
    free.add(w * (r.count - 1.0));
    off.add(w * r.count * (r.mean - r.score) * (r.mean - r.score));
  }
  // Squares of weights are those of units, not of profiles.
  const auto unit_weight = unit_weights(ratings, design);
  for (std::size_t u = 0; u < ratings.units; ++u)
    if (const std::size_t p = ratings.profile_of(u); part[p] != 0) {
      const double w = unit_weight.empty() ? 1.0 : unit_weight[u];
      w2c.add(w * w * rows[p].count);
      w2c2.add(w * w * rows[p].count * rows[p].count);
    }
  const double w = weight.value(), c = ratings_sum.value();
  const auto finish = [&](linearised value) {
    inference_options how;
    how.confidence = confidence;
    how.upper_bound = std::max(1.0, value.is_defined() ? value.value : 1.0);
    how.method = "proportional reduction of the mean squared error";
    static_cast<estimate&>(out) = infer_rated(value, ratings, part, part, design, how);
    return out;
  };
  linearised value;
  if (!(w > 0.0)) {
    value.undefined = "no unit was rated by this rater and another one";
    return finish(value);
  }
  const bool given = !is_missing(known_error);
  if (!given && !(free.value() > 0.0)) {
    value.undefined = "no unit has two of the others' ratings: the variance of their errors is unknown";
    return finish(value);
  }
  const double error = given ? known_error : spread.value() / free.value();
  const double mean = scores.value() / c;
  detail::accurate_sum between;
  for (std::size_t p = 0; p < profiles; ++p)
    if (part[p] != 0)
      between.add(by.weight[p] * rows[p].count * (rows[p].mean - mean) * (rows[p].mean - mean));
  const double lost = w - w2c.value() / c, room = c - w2c2.value() / c;
  out.variance_of_errors = error;
  out.mse_true = (off.value() - error * w) / c;
  if (!(room > 0.0)) {
    value.undefined = "fewer than 2 units";
    return finish(value);
  }
  const double truth = (between.value() - error * lost) / room;
  out.true_score_variance = truth;
  if (!(truth > 0.0)) {
    value.undefined = "the others' ratings differ no more between units than within";
    return finish(value);
  }
  value.value = 1.0 - out.mse_true / truth;
  // The derivative in a unit's weight depends on the weight itself through its square, which a profile does not know where
  // units of it differ in weight: to first order in 1 / n that part is gone, and the mean weight of the profile stands there.
  value.influence.assign(profiles, 0.0);
  for (std::size_t p = 0; p < profiles; ++p)
    if (part[p] != 0) {
      const row& r = rows[p];
      const double own = by.units[p] > 0.0 ? by.weight[p] / by.units[p] : 0.0;
      const double d_error = given ? 0.0 : (r.squares - error * (r.count - 1.0)) / free.value();
      const double d_lost = 1.0 - 2.0 * own * r.count / c + w2c.value() * r.count / (c * c);
      const double d_room = r.count - 2.0 * own * r.count * r.count / c + w2c2.value() * r.count / (c * c);
      const double d_between = r.count * (r.mean - mean) * (r.mean - mean);
      const double d_truth = (d_between - d_error * lost - error * d_lost - truth * d_room) / room;
      const double d_off = r.count * (r.mean - r.score) * (r.mean - r.score);
      const double d_mse = (d_off - d_error * w - error - out.mse_true * r.count) / c;
      value.influence[p] = -(d_mse - out.mse_true / truth * d_truth) / truth;
    }
  return finish(value);
}

} // namespace qascore::kernel
