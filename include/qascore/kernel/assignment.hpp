// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/seed.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Who rates what: conversations to raters, some of them to two or more, so that raters can be compared.
namespace qascore::kernel {

/// A rater and a kind of conversations, as codes; what it costs that this rater gets one of that kind.
struct kind_rater {
  std::uint32_t kind, rater;
  std::uint32_t cost = 0;
};

/// What assign_raters is asked. Conversations of one kind (of one agent, say) may be judged by the same raters.
struct assignment_request {
  std::span<const std::uint8_t> wanted; ///< raters of each conversation, each another; 0: none
  std::span<const std::uint32_t> kind;  ///< of each conversation
  std::size_t kinds = 0;
  std::span<const kind_rater> barred; ///< who may not judge which kind
  std::span<const kind_rater>
      recent;                       ///< who better does not, as it was theirs lately; costs of a pair add up
  std::span<const double> capacity; ///< of each rater, a whole number or infinity
  std::span<const double> minimum;  ///< of each rater; empty: 0
  std::span<const double> share; ///< of the work, of each rater, relative to the others'; empty: all the same
  std::span<const std::uint32_t> conversation_rank,
      rater_rank; ///< in a random order: random_ranks of their ids
};

/// The load of one rater.
struct rater_load {
  std::uint64_t ratings = 0;   ///< all that the rater is to give
  std::uint64_t shared = 0;    ///< those of conversations that others rate too
  std::uint64_t repeated = 0;  ///< those of kinds that the rater had lately
  double proportional = 0.0;   ///< ratings in proportion to the rater's share
  std::uint32_t partners = 0;  ///< raters who share a conversation with this one
  std::uint32_t component = 0; ///< group of raters connected by shared conversations, from 0
};

/// Why there is no assignment. Where `short_of` > 0, ratings cannot all be given: the `conversations` need `needed`
/// ratings, the `raters` (all full) have a capacity of `capacity` together, and others can give only `elsewhere` of them.
/// Else raters cannot reach their minimum: the `raters` are to give `needed` ratings at least, and can give `capacity`.
struct assignment_failure {
  std::uint64_t short_of = 0, needed = 0, capacity = 0, elsewhere = 0;
  std::vector<std::uint32_t> raters;
  std::vector<std::uint64_t> conversations; ///< rows, ascending
};

struct assignment {
  std::vector<std::uint32_t>
      rater; ///< of each rating: conversations in their order, as often as wanted; empty: see failure
  std::vector<rater_load> loads;
  std::vector<std::uint32_t> together; ///< raters x raters: conversations that both rate
  std::uint32_t components = 0;        ///< 1: connected
  double largest_deviation = 0.0;      ///< of a load from the proportional one
  assignment_failure failure;
};

/// Position of each id in the random order of its permanent random number (kernel/random_number.hpp; a seed of its own is
/// derived from the given one, so that a sample drawn with that seed is not assigned in the order in which it was drawn).
std::vector<std::uint32_t> random_ranks(std::span<const std::int64_t> ids, seed start);
std::vector<std::uint32_t> random_ranks(std::span<const std::string_view> ids, seed start);

/// How many raters each conversation is to get: 3 the round(triple * n) first in the random order, 2 the next
/// round(twice * n), 1 the others. Throws argument_error unless both shares are fractions and add up to 1 at most.
std::vector<std::uint8_t> wanted_raters(std::span<const std::uint32_t> rank, double twice, double triple);

/// Assigns raters, by these aims, each before the next:
///
/// 1. Hard: every conversation gets its raters, each another, none barred, none above capacity, none below minimum.
/// 2. Even load: sum_r (x_r - p_r)^2 is smallest, x_r the ratings of rater r and p_r the total times r's share. This
///    minimum also makes the largest |x_r - p_r| smallest (the loads that can be had are a base of an M-convex set).
///    Exact.
/// 3. Connected: raters are joined by shared conversations, where moves keep aims 1 and 2.
/// 4. Balanced pairs: sum over pairs of raters of (conversations they share)^2 is small, so that all meet, and equally
///    often. A local optimum: neither a cyclic exchange between raters makes it smaller nor a chain of conversations from
///    pair to pair. (Where conversations of one rater leave loads free to follow, chains alone find the best there is; in
///    general the problem is a quadratic one.)
/// 5. Rotation: the costs of `recent` are small, likewise.
///
/// Method: a start by a greedy rule, then cancelling of cycles of negative price in the graph of raters (an arc from a to b
/// is the cheapest rating that could move from a to b; cheapest_chain.hpp). For loads alone this is a flow of least cost,
/// and exact. Chance enters only by the ranks, so that ids and seed decide and the order of rows does not.
///
/// At most 2,000 raters. Time about (ratings * raters); memory O(ratings + barred + recent + raters^2). Throws argument_error for spans that do
/// not fit.
///
/// Source: Ahuja, Magnanti, Orlin (1993), Network Flows, sections 9.6 and 14.5; cyclic exchanges: Thompson and Psaraftis
/// (1993), Operations Research 41, 935-946, doi:10.1287/opre.41.5.935; even loads: Frank and Murota (2018), Discrete
/// decreasing minimization, part II, arXiv:1808.08477.
/// Checked against: exact enumeration of small cases.
assignment assign_raters(const assignment_request& request);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/assignment.ipp"
#endif
