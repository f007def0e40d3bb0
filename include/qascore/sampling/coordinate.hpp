// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "draw.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

/// Samples that avoid, or keep, an earlier sample of the same population.
namespace qascore {

enum class coordination {
  avoid, ///< no conversation of the earlier sample is drawn
  keep   ///< as many of them as the sizes allow are drawn
};

/// Strata to draw from instead of those of the plan.
struct coordinated_strata {
  std::vector<std::uint32_t> stratum;
  std::vector<std::uint64_t> sample;
};

inline constexpr std::uint64_t no_row = std::numeric_limits<std::uint64_t>::max();

/// The row of each id of an earlier sample; no_row for ids that are no longer in the population.
template <class Ids>
std::vector<std::uint64_t> rows_of(const Ids& ids, const Ids& earlier) {
  check_unique(earlier);
  std::unordered_map<std::remove_cvref_t<decltype(ids[0])>, std::size_t> place;
  for (std::size_t i = 0; i < earlier.size(); ++i)
    place.emplace(earlier[i], i);
  std::vector<std::uint64_t> out(earlier.size(), no_row);
  for (std::size_t row = 0; row < ids.size(); ++row)
    if (const auto at = place.find(ids[row]); at != place.end())
      out[at->second] = row;
  return out;
}

/// Splits the strata into what an earlier sample drew, `earlier` (rows, no_row is passed over), and the rest,
/// so that a draw from them avoids or keeps it.
///
/// Avoid: n_h of the N_h - a_h others. Keep: the earlier units first, min(a_h, n_h) of them, then others.
/// If the earlier sample was a simple random sample of a_h of each stratum, then so is the new one of n_h,
/// taken by itself: every conversation has the chance n_h / N_h of being in it, and the two together are a
/// simple random sample as well. `probability`, the chances the earlier units had, must
/// therefore be the same within each stratum. For a list that was not drawn at random this does not hold:
/// leave such conversations out of the population instead.
///
/// Throws design_error if a stratum has too few others left, or if earlier chances differ within one.
inline coordinated_strata coordinate(std::vector<std::uint32_t> stratum, const sampling_plan& plan,
                                     std::span<const std::uint64_t> earlier,
                                     std::span<const double> probability, coordination how) {
  const std::string argument = how == coordination::avoid ? "avoid" : "keep";
  if (probability.size() != earlier.size())
    throw argument_error(argument + ": expected one probability per earlier conversation");
  const auto& strata = plan.strata();
  std::vector<std::uint64_t> before(strata.size(), 0);
  std::vector<double> chance(strata.size(), 0.0);
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    if (!(probability[i] > 0.0 && probability[i] <= 1.0))
      throw data_error(argument + ": expected inclusion probabilities above 0 up to 1 but found " +
                       detail::format_number(probability[i]));
    if (earlier[i] == no_row)
      continue;
    const std::uint32_t h = stratum[earlier[i]];
    if (before[h]++ == 0)
      chance[h] = probability[i];
    else if (std::abs(chance[h] - probability[i]) > 1e-9 * chance[h])
      throw design_error(argument + ": expected an earlier sample in which all conversations of stratum " +
                         stratum_name(strata[h].labels) + " had the same chance but found " +
                         detail::format_number(chance[h]) + " and " + detail::format_number(probability[i]));
  }
  coordinated_strata out{{}, sample_sizes(plan)};
  for (std::size_t h = 0; h < strata.size(); ++h) {
    if (how == coordination::avoid && out.sample[h] > strata[h].population - before[h])
      throw design_error("avoid: stratum " + stratum_name(strata[h].labels) + " holds " +
                         std::to_string(strata[h].population) +
                         " conversations, of which the earlier sample drew " + std::to_string(before[h]) +
                         "; " + std::to_string(out.sample[h]) +
                         " others cannot be drawn");
    const std::uint64_t kept = how == coordination::keep ? std::min(before[h], out.sample[h]) : 0;
    out.sample[h] -= kept;
    out.sample.push_back(kept);
  }
  for (const std::uint64_t row : earlier)
    if (row != no_row)
      stratum[row] += static_cast<std::uint32_t>(strata.size());
  out.stratum = std::move(stratum);
  return out;
}

} // namespace qascore
