// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/projection.hpp"
#include "../kernel/order_sampling.hpp"
#include "../kernel/pps_probability.hpp"
#include "draw.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// Draws in which conversations have chances of their own, in proportion to a measure of size.
namespace qascore {

/// How a sample with chances in proportion to size is drawn. All but systematic use the permanent random
/// numbers of the ids, so that samples of one seed overlap and grow.
enum class pps_method {
  pareto,             ///< fixed size; chances very close to what is stated (default)
  sequential_poisson, ///< fixed size; chances further off in small samples
  successive,         ///< fixed size; the same
  poisson,            ///< exact chances; the size is what chance makes it
  systematic          ///< exact chances, fixed size, spread over a list in the order of the ids
};

/// What to do with conversations that no part of a draw can reach: of size 0, or in a stratum of which nothing is drawn.
/// Nothing in the sample shows them, and estimates do not speak for them.
enum class zero_chance {
  error,  ///< refuse, and name them (default)
  exclude ///< draw from the others, for which alone the sample then speaks
};

/// A drawn sample as columns.
struct drawn_rows {
  std::vector<std::uint64_t> rows;             ///< ascending
  std::vector<double> inclusion_probability{}; ///< one per drawn row
  std::uint64_t without_chance = 0;            ///< conversations that could not be drawn
};

struct pps_options {
  pps_method method = pps_method::pareto;
  kernel::rotation turn{}; ///< where the sample begins; not for systematic
  zero_chance without = zero_chance::error;
};

namespace detail_pps_draw {

/// The chance of each row. No size measure: the same for all of a stratum.
inline std::vector<double> chances(std::span<const std::uint32_t> stratum, const sampling_plan& plan,
                                   std::span<const double> size) {
  if (size.empty()) {
    std::vector<double> out;
    out.reserve(stratum.size());
    for (const std::uint32_t h : stratum)
      out.push_back(plan.strata()[h].inclusion_probability());
    return out;
  }
  const std::vector<std::uint64_t> sample = sample_sizes(plan);
  std::vector<std::uint64_t> holds(sample.size(), 0);
  for (std::size_t row = 0; row < size.size(); ++row)
    holds[stratum[row]] += size[row] > 0.0;
  for (std::size_t h = 0; h < sample.size(); ++h)
    if (sample[h] > holds[h])
      throw data_error("size_measure: stratum " + stratum_name(plan.strata()[h].labels) + " has " +
                       std::to_string(holds[h]) + " conversations with a size above 0 but the plan draws " +
                       std::to_string(sample[h]));
  return kernel::pps_probabilities(size, stratum, std::vector<double>(sample.begin(), sample.end()));
}

/// The place of each row's id in ascending order, where two numbers are equal; else nothing.
template <class Ids>
std::vector<std::uint64_t> places_of_ties(const Ids& ids, std::span<const double> uniform) {
  std::vector<double> sorted(uniform.begin(), uniform.end());
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end())
    return {};
  std::vector<std::uint64_t> list(ids.size()), out(ids.size());
  std::iota(list.begin(), list.end(), std::uint64_t{0});
  std::sort(list.begin(), list.end(), [&](std::uint64_t a, std::uint64_t b) { return ids[a] < ids[b]; });
  for (std::size_t place = 0; place < list.size(); ++place)
    out[list[place]] = place;
  return out;
}

/// How many have no chance. Throws data_error that names the first, unless they are to be excluded.
template <class Ids>
std::uint64_t count_without_chance(const Ids& ids, std::span<const double> probability, zero_chance without) {
  const auto count = static_cast<std::uint64_t>(std::ranges::count(probability, 0.0));
  if (count == 0 || without == zero_chance::exclude)
    return count;
  std::string named;
  std::uint64_t shown = 0;
  for (std::size_t row = 0; row < probability.size() && shown < 5; ++row)
    if (probability[row] == 0.0) {
      if constexpr (std::is_convertible_v<decltype(ids[row]), std::string_view>)
        named += (shown++ == 0 ? "" : ", ") + detail::quoted(ids[row]);
      else
        named += (shown++ == 0 ? "" : ", ") + std::to_string(ids[row]);
      named += " in row " + std::to_string(row);
    }
  throw data_error(
      "zero_chance: expected a chance above 0 for every conversation but " + std::to_string(count) +
      " cannot be drawn, of size 0 or in a stratum of which nothing is drawn: " + named +
      (count > shown ? ", ..." : "") +
      "; estimates would not speak for them. Give them a size or their stratum a sample, or choose "
      "exclude to draw from, and speak for, the others alone");
}

inline drawn_rows with_chances(std::vector<std::uint64_t> rows, std::span<const double> probability,
                               std::uint64_t without_chance) {
  drawn_rows out{std::move(rows)};
  out.without_chance = without_chance;
  for (const std::uint64_t row : out.rows)
    out.inclusion_probability.push_back(probability[row]);
  return out;
}

} // namespace detail_pps_draw

/// A sample by uniform numbers that are given: one number, one stratum code and one size per row (no sizes:
/// the same chance for all of a stratum, by the smallest numbers, or each by itself for poisson). Equal numbers
/// go by id: the sample does not depend on the order of rows.
template <class Ids>
drawn_rows draw_by_numbers(const Ids& ids, std::span<const double> uniform,
                           std::span<const std::uint32_t> stratum, const sampling_plan& plan,
                           std::span<const double> size, pps_method method,
                           zero_chance without = zero_chance::error) {
  const std::vector<double> probability = detail_pps_draw::chances(stratum, plan, size);
  if (method == pps_method::systematic)
    throw argument_error("method: systematic samples do not go by the numbers of units");
  const std::uint64_t bare = detail_pps_draw::count_without_chance(ids, probability, without);
  if (method == pps_method::poisson)
    return detail_pps_draw::with_chances(kernel::poisson_sample(uniform, probability), probability, bare);
  using kernel::order_method;
  const order_method order = size.empty()                       ? order_method::simple
                             : method == pps_method::pareto     ? order_method::pareto
                             : method == pps_method::successive ? order_method::successive
                                                                : order_method::sequential_poisson;
  return detail_pps_draw::with_chances(kernel::order_sample(uniform, probability, stratum, sample_sizes(plan),
                                                            order,
                                                            detail_pps_draw::places_of_ties(ids, uniform)),
                                       probability, bare);
}

/// Uniform permanent random numbers of all ids.
template <class Ids>
std::vector<double> uniform_numbers(const Ids& ids, seed start, kernel::rotation turn = {}) {
  const kernel::permanent_numbers numbers{start, turn};
  std::vector<double> out;
  out.reserve(ids.size());
  for (std::size_t row = 0; row < ids.size(); ++row)
    out.push_back(kernel::uniform_of(numbers(ids[row])));
  return out;
}

/// Uniform numbers that came from elsewhere, as the rotation turns them. Throws argument_error for numbers
/// outside [0, 1].
inline std::vector<double> turned_numbers(std::span<const double> uniform, kernel::rotation turn) {
  std::vector<double> out;
  out.reserve(uniform.size());
  for (const double u : uniform) {
    if (!(u >= 0.0 && u <= 1.0))
      throw argument_error("random_numbers: expected a number from 0 to 1 but found " +
                           detail::format_number(u) + " at position " + std::to_string(out.size()));
    out.push_back(turn(u));
  }
  return out;
}

/// A systematic sample of the rows in ascending order of `rank` (none: of ids), equal ones by id; the random
/// start of each stratum comes from the seed. No sizes: the same chance for all of a stratum.
template <class Ids>
drawn_rows draw_systematic_rows(const Ids& ids, std::span<const std::uint32_t> stratum,
                                const sampling_plan& plan, std::span<const double> size,
                                std::span<const std::uint32_t> rank, seed start,
                                zero_chance without = zero_chance::error) {
  const std::vector<double> probability = detail_pps_draw::chances(stratum, plan, size);
  const std::uint64_t bare = detail_pps_draw::count_without_chance(ids, probability, without);
  const std::vector<std::uint64_t> sample = sample_sizes(plan);
  std::vector<std::uint64_t> list(ids.size());
  std::iota(list.begin(), list.end(), std::uint64_t{0});
  std::sort(list.begin(), list.end(), [&](std::uint64_t a, std::uint64_t b) {
    return rank.empty() || rank[a] == rank[b] ? ids[a] < ids[b] : rank[a] < rank[b];
  });
  // Starts of strata come from a stream of their own: not from the numbers of ids.
  const kernel::permanent_numbers own{seed{kernel::permanent_numbers{start}(std::string_view("systematic"))}};
  std::vector<double> starts;
  for (std::size_t h = 0; h < sample.size(); ++h)
    starts.push_back(kernel::uniform_of(own(static_cast<std::int64_t>(h))));
  return detail_pps_draw::with_chances(
      kernel::systematic_sample(list, size.empty() ? std::span<const double>() : probability, stratum, sample,
                                starts),
      probability, bare);
}

/// A sample in proportion to size, for ids as a column. Throws data_error for ids that occur more than once,
/// negative or missing sizes, strata with fewer sizes above 0 than the plan draws, and conversations without a chance
/// unless they are excluded.
template <class Ids>
drawn_rows draw_pps_rows(const Ids& ids, std::span<const std::uint32_t> stratum,
                         const sampling_plan& plan, std::span<const double> size, seed start,
                         pps_options options = {}) {
  check_unique(ids);
  if (options.method == pps_method::systematic)
    return draw_systematic_rows(ids, stratum, plan, size, {}, start, options.without);
  return draw_by_numbers(ids, uniform_numbers(ids, start, options.turn), stratum, plan, size, options.method,
                         options.without);
}

/// Draws the sample that the plan describes, with chances in proportion to a measure of size within each
/// stratum: pi = n_h x / sum x, units that would reach certainty taken for certain first
/// (kernel/pps_probability.hpp). `size_measure` is a projection to a number >= 0: minutes, a risk score.
/// The chances are those that the sample is estimated with: for pareto they are close, not exact
/// (kernel/order_sampling.hpp says how close); for poisson and systematic they are exact.
template <row_range Rows, class Id, class Strata, class Size>
std::vector<drawn_unit> draw_pps(const Rows& conversations, const Id& id, const Strata& strata,
                                 const Size& size_measure, const sampling_plan& plan, seed start,
                                 pps_options options = {}) {
  const std::vector<std::uint32_t> stratum =
      match_strata(stratify(conversations, strata, {}, missing_stratum::own), plan);
  std::vector<double> size;
  size.reserve(stratum.size());
  for (const auto& row : conversations)
    size.push_back(static_cast<double>(std::invoke(size_measure, row)));
  const drawn_rows drawn = detail_draw::with_ids(conversations, id, [&](const auto& ids) {
    check_content(ids, stratum, plan);
    return draw_pps_rows(ids, stratum, plan, size, start, options);
  });
  std::vector<drawn_unit> out;
  for (std::size_t i = 0; i < drawn.rows.size(); ++i)
    out.push_back({static_cast<std::size_t>(drawn.rows[i]), drawn.inclusion_probability[i]});
  return out;
}

} // namespace qascore
