// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/percent.hpp"
#include "draw.hpp"
#include "draw_pps.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// Random and targeted parts in one sample: what is drawn for suspicion's sake and what is drawn at random,
/// with the chances that make both speak for all.
namespace qascore {

/// A targeted part: of the flagged conversations either each by itself with the chance `rate`, or `count` of
/// them. Its numbers come from a stream of its own, made from the seed and its name: it is independent of the
/// random part and of other targeted parts.
struct target {
  std::string name;
  std::vector<bool> flagged; ///< one per row
  std::optional<double> rate{};
  std::optional<std::uint64_t> count{};
};

/// A sample of several parts. The random part must not avoid an earlier sample: targets would draw from it again.
struct mixed_rows {
  drawn_rows sample;
  /// Per drawn row, the parts that drew it: bit 0 the random one, bit t + 1 the t-th target.
  std::vector<std::uint64_t> parts;
};

namespace detail_targeted {

/// Rows that the target draws, and the chance of each flagged conversation.
template <class Ids>
std::pair<std::vector<std::uint64_t>, double> draw_target(const Ids& ids, const target& t, seed start) {
  if (t.flagged.size() != ids.size())
    throw argument_error("target " + detail::quoted(t.name) + ": expected one flag per conversation");
  if (t.rate.has_value() == t.count.has_value())
    throw argument_error("target " + detail::quoted(t.name) + ": expected a rate or a count");
  const auto flagged = static_cast<std::uint64_t>(std::ranges::count(t.flagged, true));
  const seed own{kernel::permanent_numbers{start}("targeted " + t.name)};
  const std::vector<double> uniform = uniform_numbers(ids, own);
  if (t.rate) {
    if (!(*t.rate > 0.0 && *t.rate <= 1.0))
      throw argument_error("target " + detail::quoted(t.name) +
                           ": expected a rate above 0 up to 1 but found " + detail::format_number(*t.rate) +
                           detail::percent_hint(*t.rate));
    std::vector<double> probability(ids.size(), 0.0);
    for (std::size_t row = 0; row < ids.size(); ++row)
      if (t.flagged[row])
        probability[row] = *t.rate;
    return {kernel::poisson_sample(uniform, probability), *t.rate};
  }
  if (flagged == 0)
    throw argument_error("target " + detail::quoted(t.name) + ": expected " + std::to_string(*t.count) +
                         " of the flagged conversations but no conversation is flagged");
  if (*t.count == 0 || *t.count > flagged)
    throw argument_error("target " + detail::quoted(t.name) + ": expected a count from 1 to " +
                         std::to_string(flagged) + ", the flagged conversations, but found " +
                         std::to_string(*t.count));
  std::vector<std::uint32_t> stratum(ids.size());
  for (std::size_t row = 0; row < ids.size(); ++row)
    stratum[row] = t.flagged[row] ? 0 : 1;
  const std::uint64_t sizes[]{*t.count, 0};
  return {draw_rows(ids, stratum, sizes, own), static_cast<double>(*t.count) / static_cast<double>(flagged)};
}

} // namespace detail_targeted

/// Adds targeted parts to a random one. `chance` holds, for every row of the population, the chance it had in
/// the random part. A conversation is in the sample if any part draws it; parts are independent, so its
/// chance is exactly
///
///   1 - (1 - p_random) prod over its flags (1 - p_t).
///
/// With these chances as weights the mixture gives unbiased totals of the whole population (with
/// zero_chance::exclude, of those that some part can reach); without them it shows what the targets look for. At most
/// 63 targets. Throws argument_error for rates outside (0, 1] and counts above the flagged, data_error for conversations
/// that no part can reach unless they are excluded.
/// Source: Särndal, Swensson, Wretman (1992), Model Assisted Survey Sampling, section 2.8 (the estimator);
/// the chance by the independence of the parts. Checked against: inclusion frequencies over many seeds.
template <class Ids>
mixed_rows add_targets(const Ids& ids, std::span<const std::uint64_t> random, std::span<const double> chance,
                       std::span<const target> targets, seed start,
                       zero_chance without = zero_chance::error) {
  if (chance.size() != ids.size())
    throw argument_error("chance: expected one number per conversation");
  if (targets.size() > 63)
    throw argument_error("targets: expected at most 63 but found " + std::to_string(targets.size()));
  std::vector<std::uint64_t> parts(ids.size(), 0);
  std::vector<double> joint(chance.begin(), chance.end());
  for (const std::uint64_t row : random)
    parts[row] = 1;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    for (std::size_t before = 0; before < t; ++before)
      if (targets[before].name == targets[t].name)
        throw argument_error("targets: " + detail::quoted(targets[t].name) + " stands twice");
    const auto [rows, p] = detail_targeted::draw_target(ids, targets[t], start);
    for (const std::uint64_t row : rows)
      parts[row] |= std::uint64_t{2} << t;
    for (std::size_t row = 0; row < ids.size(); ++row)
      if (targets[t].flagged[row])
        joint[row] += p * (1.0 - joint[row]);
  }
  mixed_rows out;
  out.sample.without_chance = detail_pps_draw::count_without_chance(ids, joint, without);
  for (std::size_t row = 0; row < ids.size(); ++row)
    if (parts[row] != 0) {
      out.sample.rows.push_back(row);
      out.sample.inclusion_probability.push_back(joint[row]);
      out.parts.push_back(parts[row]);
    }
  return out;
}

/// The chance of every row in the random part that a plan describes.
inline std::vector<double> inclusion_probabilities(std::span<const std::uint32_t> stratum,
                                                   const sampling_plan& plan,
                                                   std::span<const double> size = {}) {
  return detail_pps_draw::chances(stratum, plan, size);
}

} // namespace qascore
