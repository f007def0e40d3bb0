// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../rater_summary.hpp"

#include <cmath>
#include <cstdint>
#include <string>

namespace qascore::kernel {
namespace detail_rater_summary {

/// Values on some of the units, ascending units.
struct on_units {
  std::vector<std::uint32_t> unit;
  std::vector<double> value;
};

/// Weighted mean over some units with standard error and limits.
inline estimate mean_of(const on_units& data, std::size_t units, confidence_level confidence,
                        std::string_view method, const char* nothing, const design_view* design,
                        double& spread) {
  inference_options options;
  options.confidence = confidence;
  options.method = method;
  options.n = data.value.size();
  linearised mean;
  spread = missing_value;
  if (data.value.empty()) {
    mean.undefined = nothing;
    estimate out = infer(mean, design == nullptr ? independent_units(0) : *design, options);
    out.n = 0;
    return out;
  }
  double total = 0.0, sum = 0.0, squares = 0.0;
  const double origin = data.value.front();
  const auto weight = [&](std::size_t i) {
    return design == nullptr ? 1.0 : design->weight_of(data.unit[i]);
  };
  for (std::size_t i = 0; i < data.value.size(); ++i) {
    total += weight(i);
    sum += weight(i) * (data.value[i] - origin);
  }
  const double centre = sum / total;
  mean.value = origin + centre;
  mean.influence.assign(design == nullptr ? data.value.size() : units, 0.0);
  for (std::size_t i = 0; i < data.value.size(); ++i) {
    const double d = data.value[i] - origin - centre;
    squares += weight(i) * d * d;
    mean.influence[design == nullptr ? i : data.unit[i]] = d / total;
  }
  const auto n = static_cast<double>(data.value.size());
  if (n > 1.0)
    spread = std::sqrt(squares / total * n / (n - 1.0));
  return infer(mean, design == nullptr ? independent_units(data.value.size()) : *design, options);
}

inline void check(const rating_view& ratings, const design_view* design, const char* what) {
  if (ratings.anonymous())
    throw argument_error(std::string(what) +
                         ": needs to know which rater gave which rating, but the raters of this "
                         "table are anonymous");
  if (design != nullptr && design->units != ratings.units())
    throw argument_error("design: expected " + std::to_string(ratings.units()) +
                         " units, those of the ratings in their order, but found " +
                         std::to_string(design->units));
}

} // namespace detail_rater_summary

QASCORE_INLINE std::vector<rater_record>
rater_summary(const rating_view& ratings, confidence_level confidence, const design_view* design) {
  using namespace detail_rater_summary;
  check(ratings, design, "rater_summary");
  std::vector<on_units> own(ratings.raters), apart(ratings.raters);
  for (std::uint32_t u = 0; u < ratings.units(); ++u) {
    const std::size_t first = ratings.begin[u], last = ratings.begin[u + 1];
    const auto m = static_cast<double>(last - first);
    double sum = 0.0; // from the first rating, so that an offset costs no digits
    for (std::size_t i = first; i < last; ++i)
      sum += ratings.value[ratings.code[i]] - ratings.value[ratings.code[first]];
    for (std::size_t i = first; i < last; ++i) {
      const double x = ratings.value[ratings.code[i]];
      const std::uint32_t g = ratings.rater[i];
      own[g].unit.push_back(u);
      own[g].value.push_back(x);
      if (last - first < 2)
        continue;
      const double from_first = x - ratings.value[ratings.code[first]];
      apart[g].unit.push_back(u);
      apart[g].value.push_back((sum - from_first) / (m - 1.0) - from_first);
    }
  }
  std::vector<rater_record> out(ratings.raters);
  for (std::size_t g = 0; g < out.size(); ++g) {
    double unused = 0.0;
    out[g].rater = g;
    out[g].ratings = own[g].value.size();
    out[g].mean = mean_of(own[g], ratings.units(), confidence, "rater_mean", "the rater has no ratings",
                          design, unused);
    out[g].severity = mean_of(apart[g], ratings.units(), confidence, "severity",
                              "the rater shares no unit with another rater", design, out[g].spread);
  }
  return out;
}

QASCORE_INLINE std::vector<rater_left_out> leave_one_rater_out(const rating_view& ratings, level of,
                                                               const agreement_options& options,
                                                               const design_view* design) {
  detail_rater_summary::check(ratings, design, "leave_one_rater_out");
  const std::span<const double> weight = unit_weights(design);
  const linearised_agreement all = linearised_alpha(ratings, of, weight);
  std::vector<rater_left_out> out(ratings.raters);
  std::vector<std::uint8_t> keep(ratings.raters, 1);
  for (std::size_t g = 0; g < out.size(); ++g) {
    keep[g] = 0;
    const rating_columns others = only_raters(ratings, keep);
    keep[g] = 1;
    out[g].rater = g;
    out[g].without = krippendorff_alpha(others.view(), of, options, design);
    linearised gain = linearised_alpha(others.view(), of, weight);
    if (gain.is_defined() && all.is_defined()) {
      gain.value -= all.value;
      for (std::size_t u = 0; u < gain.influence.size(); ++u)
        gain.influence[u] -= all.influence[u];
    } else if (gain.is_defined()) {
      gain = {.value = missing_value, .influence = {}, .undefined = all.undefined};
    }
    inference_options inference;
    inference.confidence = options.confidence;
    inference.normal = options.normal;
    inference.method = "alpha without the rater minus alpha with";
    out[g].gain = infer_rated(gain, ratings, 2, design, inference);
  }
  return out;
}

} // namespace qascore::kernel
