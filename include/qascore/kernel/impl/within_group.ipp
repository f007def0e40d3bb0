// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../within_group.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace qascore::kernel {
namespace detail_within_group {

/// Sum of squares about the mean, and how many values.
struct spread {
  double n = 0.0, mean = 0.0, squares = 0.0;
  void add(double x) noexcept {
    n += 1.0;
    const double d = x - mean;
    mean += d / n;
    squares += d * (x - mean);
  }
};

/// Slight, moderate and heavy skew, triangular, normal; from 5 categories to 11.
inline constexpr std::size_t first_size = 5;
inline constexpr std::array<std::array<double, 5>, 7> shapes{{{1.34, 0.90, 0.44, 1.32, 1.04},
                                                              {1.85, 1.26, 0.69, 1.45, 1.25},
                                                              {2.90, 2.14, 1.39, 2.10, 1.40},
                                                              {3.47, 2.79, 2.35, 2.81, 1.73},
                                                              {5.66, 4.73, 3.16, 3.00, 1.58},
                                                              {6.30, 5.09, 3.46, 2.89, 1.45},
                                                              {7.31, 6.32, 4.02, 3.32, 1.40}}};

} // namespace detail_within_group

QASCORE_INLINE double null_variance(std::span<const double> categories, null_ratings shape) {
  using namespace detail_within_group;
  if (shape == null_ratings::uniform) {
    spread all;
    for (const double x : categories)
      all.add(x);
    return all.n > 0.0 ? all.squares / all.n : 0.0;
  }
  const std::size_t last_size = first_size + shapes.size() - 1;
  if (categories.size() < first_size || categories.size() > last_size)
    throw argument_error("null: the variance of this shape is known of 5 to " + std::to_string(last_size) +
                         " categories, but the ratings have " + std::to_string(categories.size()) +
                         "; declare the categories of the scale, or give null_variance");
  const double step = categories[1] - categories[0];
  for (std::size_t k = 1; k < categories.size(); ++k)
    if (!(std::abs(categories[k] - categories[k - 1] - step) <= 1e-9 * step))
      throw argument_error("null: the variance of this shape is known of categories at equal steps, but the "
                           "ratings have " +
                           detail::format_number(categories[k - 1]) + " and " +
                           detail::format_number(categories[k]) + " beside a step of " +
                           detail::format_number(step) + "; give null_variance");
  return shapes[categories.size() - first_size][static_cast<std::size_t>(shape) - 1] * step * step;
}

QASCORE_INLINE within_group_result within_group_agreement(std::span<const rating_view> items,
                                                          double null_variance, confidence_level confidence,
                                                          const design_view* design) {
  if (items.empty())
    throw argument_error("items: expected one or more but found none");
  const rating_view& first = items.front();
  const std::size_t units = first.units;
  for (const rating_view& item : items)
    if (item.units != units)
      throw argument_error("items: expected the same units but found " + std::to_string(units) + " and " +
                           std::to_string(item.units));
  if (!(null_variance >= 0.0 && std::isfinite(null_variance)))
    throw argument_error("null_variance: expected a number > 0 but found " +
                         detail::format_number(null_variance));
  within_group_result out;
  out.null_variance = null_variance;
  out.items = items.size();
  const auto j = static_cast<double>(items.size());
  // x of each unit: the mean over items of the share of chance's variance.
  std::vector<double> share(units, null_variance > 0.0 ? 0.0 : missing_value);
  std::vector<double> of_profile;
  for (const rating_view& item : items) {
    if (!(null_variance > 0.0))
      break;
    of_profile.assign(item.profiles(), missing_value);
    for (std::size_t p = 0; p < item.profiles(); ++p) {
      if (item.count(p) < 2)
        continue;
      detail_within_group::spread all;
      for (const std::uint32_t code : item.of(p))
        all.add(item.value[code]);
      of_profile[p] = all.squares / (all.n - 1.0) / null_variance / j;
    }
    for (std::size_t u = 0; u < units; ++u)
      share[u] += of_profile[item.profile_of(u)];
  }
  out.by_unit.assign(units, missing_value);
  std::vector<std::uint8_t> part(units, 0);
  const std::span<const double> weight = unit_weights(first, design);
  double total = 0.0, sum = 0.0;
  for (std::size_t u = 0; u < units; ++u) {
    const double x = share[u];
    if (is_missing(x))
      continue;
    const bool beyond = items.size() > 1 && x > 1.0;
    out.set_to_zero += beyond ? 1 : 0;
    out.by_unit[u] = beyond ? 0.0 : j * (1.0 - x) / (j * (1.0 - x) + x);
    part[u] = 1;
    const double w = weight.empty() ? 1.0 : weight[u];
    total += w;
    sum += w * out.by_unit[u];
  }
  linearised mean;
  if (total > 0.0) {
    mean.value = sum / total;
    mean.influence.assign(units, 0.0);
    for (std::size_t u = 0; u < units; ++u)
      if (part[u] != 0)
        mean.influence[u] = (out.by_unit[u] - mean.value) / total;
  } else {
    mean.undefined = !(null_variance > 0.0) ? "there is one category only: chance has no variance"
                     : items.size() > 1     ? "no unit has two ratings of every item"
                                            : "no unit has two ratings";
  }
  inference_options how;
  how.confidence = confidence;
  how.upper_bound = 1.0;
  how.method = items.size() > 1 ? "mean r_wg(J)" : "mean r_wg";
  // Each unit by itself: several items share no profiles.
  const std::vector<double> once(units, 1.0);
  const std::vector<std::uint32_t> begin(units + 1, 0);
  rating_view each;
  each.units = units;
  each.begin = begin;
  each.multiplicity = once;
  out.mean = infer_rated(mean, each, part, part, design, how);
  return out;
}

} // namespace qascore::kernel
