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

/// How large the earlier sample was to be.
enum class earlier_size {
  fixed,    ///< so many of each of its strata
  by_chance ///< as it came: Poisson sampling, targeted parts
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

namespace detail {

/// Refuses earlier samples that hold more or fewer of today's strata than their chances say: the population has changed
/// since, or rows were removed, and what is found of them is no random sample of all that is there today.
///
/// Strata of equal chance may be parts of one earlier stratum. Together they hold what was drawn, to a rounding; each of
/// them holds it within four standard deviations. Strata of which nothing was drawn may belong to them or to none.
inline void check_earlier(std::span<const planned_stratum> strata, std::span<const std::uint64_t> before,
                          std::span<const double> chance, earlier_size size, const std::string& argument) {
  const auto refuse = [&](const std::string& where, double held, double p, std::uint64_t found) {
    throw design_error(
        argument + ": an earlier sample in which every conversation had the chance " + format_number(p) +
        " would hold about " + format_number(std::round(10.0 * held * p) / 10.0) + " of the " +
        format_number(held) + " conversations of " + where + " but it holds " + std::to_string(found) +
        "; it was drawn from another population (conversations came or went since), or rows were "
        "removed or added. Give the sample as it was drawn, from these very conversations, or leave its "
        "conversations out "
        "and allocate anew");
  };
  double untouched = 0.0;
  std::vector<std::size_t> order;
  for (std::size_t h = 0; h < strata.size(); ++h) {
    if (before[h] == 0)
      untouched += static_cast<double>(strata[h].population);
    else
      order.push_back(h);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t h) { return chance[h]; });
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    const double p = chance[order[first]];
    double held = 0.0;
    std::uint64_t found = 0;
    for (; last < order.size() && chance[order[last]] - p <= 1e-9 * p; ++last) {
      const std::size_t h = order[last];
      const double all = static_cast<double>(strata[h].population);
      const double off = std::abs(static_cast<double>(before[h]) - p * all);
      if (off > (p < 1.0 ? 1.0 : 0.0) + 4.0 * std::sqrt(p * (1.0 - p) * all))
        refuse("stratum " + stratum_name(strata[h].labels), all, p, before[h]);
      held += all;
      found += before[h];
    }
    const double more = static_cast<double>(found) - p * held, rounding = 1.0 - 1e-6;
    if (size == earlier_size::fixed && (more <= -rounding || more >= rounding + p * untouched))
      refuse(last - first == 1 ? "stratum " + stratum_name(strata[order[first]].labels)
                               : "the " + std::to_string(last - first) + " strata of this chance",
             held, p, found);
  }
}

} // namespace detail

/// Splits the strata into what an earlier sample drew, `earlier` (rows, no_row is passed over), and the rest,
/// so that a draw from them avoids or keeps it.
///
/// Avoid: n_h of the N_h - a_h others. Keep: the earlier units first, min(a_h, n_h) of them, then others.
/// If the earlier sample was a simple random sample of a_h of each stratum, then so is the new one of n_h,
/// taken by itself: every conversation has the chance n_h / N_h of being in it, and the two together are a
/// simple random sample as well. `probability`, the chances the earlier units had, must
/// therefore be the same within each stratum, and the earlier sample must be one of today's population, whole: it is
/// held against how many it would hold (`size`). For a list that was not drawn at random this does not hold:
/// leave such conversations out of the population instead.
///
/// Throws design_error if a stratum has too few others left, if earlier chances differ within one, or if the earlier
/// sample holds more or fewer of one than its chances say.
inline coordinated_strata coordinate(std::vector<std::uint32_t> stratum, const sampling_plan& plan,
                                     std::span<const std::uint64_t> earlier,
                                     std::span<const double> probability, coordination how,
                                     earlier_size size = earlier_size::fixed) {
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
  detail::check_earlier(strata, before, chance, size, argument);
  coordinated_strata out{{}, sample_sizes(plan)};
  for (std::size_t h = 0; h < strata.size(); ++h) {
    if (how == coordination::avoid && out.sample[h] > strata[h].population - before[h])
      throw design_error("avoid: stratum " + stratum_name(strata[h].labels) + " holds " +
                         std::to_string(strata[h].population) +
                         " conversations, of which the earlier sample drew " + std::to_string(before[h]) +
                         "; " + std::to_string(out.sample[h]) + " others cannot be drawn");
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
