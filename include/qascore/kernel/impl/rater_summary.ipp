// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../rater_summary.hpp"

#include <cmath>
#include <cstdint>
#include <string>

namespace qascore::kernel {
namespace detail_rater_summary {

/// One number for each of some profiles, ascending.
struct on_profiles {
  std::vector<std::uint32_t> profile;
  std::vector<double> value;
};

/// Weighted mean over the units of these profiles with standard error and limits.
inline estimate mean_of(const on_profiles& data, const rating_view& ratings, const profile_weights& by,
                        confidence_level confidence, std::string_view method, const char* nothing,
                        const design_view* design, double& spread) {
  inference_options options;
  options.confidence = confidence;
  options.method = method;
  linearised mean;
  std::vector<std::uint8_t> part(ratings.profiles(), 0);
  double total = 0.0, sum = 0.0, units = 0.0, squares = 0.0;
  spread = missing_value;
  for (std::size_t i = 0; i < data.value.size(); ++i) {
    const std::uint32_t p = data.profile[i];
    part[p] = 1;
    total += by.weight[p];
    units += by.units[p];
    sum +=
        by.weight[p] * (data.value[i] - data.value[0]); // from the first, so that an offset costs no digits
  }
  if (!(total > 0.0)) {
    mean.undefined = nothing;
    return infer_rated(mean, ratings, part, part, design, options);
  }
  const double centre = sum / total;
  mean.value = data.value[0] + centre;
  mean.influence.assign(ratings.profiles(), 0.0);
  for (std::size_t i = 0; i < data.value.size(); ++i) {
    const double d = data.value[i] - data.value[0] - centre;
    squares += by.weight[data.profile[i]] * d * d;
    mean.influence[data.profile[i]] = d / total;
  }
  if (units > 1.0)
    spread = std::sqrt(squares / total * units / (units - 1.0));
  return infer_rated(mean, ratings, part, part, design, options);
}

inline void check(const rating_view& ratings, const char* what) {
  if (ratings.anonymous())
    throw argument_error(std::string(what) +
                         ": needs to know which rater gave which rating, but the raters of this "
                         "table are anonymous");
}

} // namespace detail_rater_summary

QASCORE_INLINE std::vector<rater_record>
rater_summary(const rating_view& ratings, confidence_level confidence, const design_view* design) {
  using namespace detail_rater_summary;
  check(ratings, "rater_summary");
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  std::vector<on_profiles> own(ratings.raters), apart(ratings.raters);
  std::vector<double> made(ratings.raters, 0.0);
  for (std::uint32_t p = 0; p < ratings.profiles(); ++p) {
    const std::size_t first = ratings.begin[p], last = ratings.begin[p + 1];
    const auto others = static_cast<double>(last - first) - 1.0;
    double sum = 0.0;
    for (std::size_t i = first; i < last; ++i)
      sum += ratings.value[ratings.code[i]] - ratings.value[ratings.code[first]];
    for (std::size_t i = first; i < last; ++i) {
      const std::uint32_t g = ratings.rater[i];
      const double x = ratings.value[ratings.code[i]];
      made[g] += ratings.multiplicity[p];
      own[g].profile.push_back(p);
      own[g].value.push_back(x);
      if (others > 0.0) {
        const double from_first = x - ratings.value[ratings.code[first]];
        apart[g].profile.push_back(p);
        apart[g].value.push_back((sum - from_first) / others - from_first);
      }
    }
  }
  std::vector<rater_record> out(ratings.raters);
  for (std::size_t g = 0; g < out.size(); ++g) {
    double unused = 0.0;
    out[g].rater = g;
    out[g].ratings = static_cast<std::size_t>(made[g]);
    out[g].mean =
        mean_of(own[g], ratings, by, confidence, "rater_mean", "the rater has no ratings", design, unused);
    out[g].severity = mean_of(apart[g], ratings, by, confidence, "severity",
                              "the rater shares no unit with another rater", design, out[g].spread);
  }
  return out;
}

QASCORE_INLINE std::vector<rater_left_out> leave_one_rater_out(const rating_view& ratings, level of,
                                                               const agreement_options& options,
                                                               const design_view* design) {
  detail_rater_summary::check(ratings, "leave_one_rater_out");
  const profile_weights by = weights_of(ratings, unit_weights(ratings, design));
  const linearised_agreement all = alpha_by_profile(ratings, of, by);
  inference_options inference;
  inference.confidence = options.confidence;
  inference.normal = options.normal;
  inference.method = "alpha without the rater minus alpha with";
  std::vector<rater_left_out> out(ratings.raters);
  std::vector<std::uint8_t> keep(ratings.raters, 1);
  for (std::size_t g = 0; g < out.size(); ++g) {
    keep[g] = 0;
    const rating_columns others = only_raters(ratings, keep);
    keep[g] = 1;
    out[g].rater = g;
    out[g].without = krippendorff_alpha(others.view(), of, options, design);
    linearised_agreement gain = alpha_by_profile(others.view(), of, by);
    if (gain.is_defined() && all.is_defined()) {
      gain.value -= all.value;
      if (all.limit.most < gain.limit.most)
        gain.limit = all.limit;
      for (std::size_t p = 0; p < gain.influence.size(); ++p)
        gain.influence[p] -= all.influence[p];
    } else if (gain.is_defined()) {
      gain = {};
      gain.undefined = all.undefined;
    }
    const auto paired = with_ratings(ratings, 2);
    out[g].gain = infer_rated(gain, ratings, paired, paired, design, inference);
  }
  return out;
}

} // namespace qascore::kernel
