// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "format.hpp"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

/// "did you mean": the allowed name nearest to what was found.
namespace qascore::detail {

/// Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = std::min(now[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[b.size()];
}

/// The nearest of `allowed`, or empty if none is near (more than a third of the letters differ, or all of them). Names longer than
/// 64 bytes are not compared: work stays bounded on hostile input.
template <std::ranges::input_range Names>
std::string nearest(std::string_view found, const Names& allowed) {
  std::string best;
  if (found.empty() || found.size() > 64)
    return best;
  std::size_t best_distance = std::max<std::size_t>(1, found.size() / 3) + 1;
  for (const auto& candidate : allowed) {
    const std::string_view name{candidate};
    if (name.size() > 64)
      continue;
    const std::size_t distance = edit_distance(found, name);
    if (distance < best_distance && distance < std::min(found.size(), name.size())) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

/// ` (did you mean "name"?)`, or nothing.
template <std::ranges::input_range Names>
std::string did_you_mean(std::string_view found, const Names& allowed) {
  const std::string name = nearest(found, allowed);
  return name.empty() ? std::string{} : " (did you mean " + detail::quoted(name) + "?)";
}

} // namespace qascore::detail
