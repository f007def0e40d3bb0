// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/estimate.hpp"
#include "../kernel/benchmark.hpp"

#include <array>
#include <span>
#include <string_view>

/// "Is that good?" with probabilities: kernel/benchmark.hpp.
namespace qascore {

/// A scale of words: its classes, the best first, and where all but the last begin (the last: -1).
struct benchmark_scale {
  std::span<const std::string_view> labels;
  std::span<const double> lower;
};

namespace detail {
inline constexpr std::array<std::string_view, 6> landis_koch_labels{
    "almost perfect", "substantial", "moderate", "fair", "slight", "poor"};
inline constexpr std::array<double, 5> landis_koch_lower{0.8, 0.6, 0.4, 0.2, 0.0};
inline constexpr std::array<std::string_view, 3> fleiss_labels{"excellent", "intermediate to good", "poor"};
inline constexpr std::array<double, 2> fleiss_lower{0.75, 0.4};
inline constexpr std::array<std::string_view, 5> altman_labels{"very good", "good", "moderate", "fair",
                                                               "poor"};
inline constexpr std::array<double, 4> altman_lower{0.8, 0.6, 0.4, 0.2};
} // namespace detail

/// Landis and Koch (1977), doi:10.2307/2529310.
inline constexpr benchmark_scale landis_koch_scale{detail::landis_koch_labels, detail::landis_koch_lower};
/// Fleiss (1981), Statistical Methods for Rates and Proportions, 2nd ed.
inline constexpr benchmark_scale fleiss_scale{detail::fleiss_labels, detail::fleiss_lower};
/// Altman (1991), Practical Statistics for Medical Research.
inline constexpr benchmark_scale altman_scale{detail::altman_labels, detail::altman_lower};

/// How probable each class is; `scale.labels[reached]` is the word that the coefficient has earned. Of a coefficient without an
/// interval nothing is known but its value: undefined for the same reason.
inline benchmark_membership benchmark(const estimate& of, const benchmark_scale& scale = landis_koch_scale,
                                      double asked = 0.95) {
  if (is_missing(of.value) || of.undefined.empty())
    return kernel::benchmark(of.value, of.std_error, scale.lower, asked);
  benchmark_membership out;
  out.undefined = of.undefined;
  return out;
}

} // namespace qascore
