// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>
#include <vector>

/// Exchanges as arcs of a graph: the cheapest chain of them, and chains that end where they began and cost less than
/// nothing. What flows of least cost are made better by.
namespace qascore::kernel {

inline constexpr std::size_t no_arc = static_cast<std::size_t>(-1);

template <class Price>
struct cheapest_chains_found {
  std::vector<Price> cost;     ///< of the cheapest chain to each node
  std::vector<std::size_t> by; ///< its last arc; no_arc where nothing leads to the node, and at the start
  std::vector<std::size_t>
      cycle; ///< arcs of a cycle below no cost, in their order; empty: none, or not looked for
};

namespace detail_chain {

/// A cycle among the last arcs of chains: there is one only if it costs less than nothing.
template <class Arcs>
std::vector<std::size_t> cycle_of(const Arcs& arcs, const std::vector<std::size_t>& by) {
  std::vector<std::size_t> seen(by.size(), 0), out; // 0: not yet; else the walk that came by
  for (std::size_t start = 0; start < by.size(); ++start) {
    std::size_t at = start;
    while (seen[at] == 0 && by[at] != no_arc) {
      seen[at] = start + 1;
      at = arcs[by[at]].from;
    }
    if (by[at] == no_arc || seen[at] != start + 1)
      continue;
    const std::size_t end = at;
    do {
      out.push_back(by[at]);
      at = arcs[by[at]].from;
    } while (at != end);
    return {out.rbegin(), out.rend()};
  }
  return out;
}

} // namespace detail_chain

/// By passes over all arcs until none makes a chain cheaper (Bellman and Ford): prices may be below 0. Arcs have members
/// `from`, `to` and `cost`; a price adds up, starts at no cost, and says with is_below that it is lower beyond rounding.
///
/// From one node: chains that begin there; `far` is a price above that of any chain, and there must be no cycle below no
/// cost. From no_arc: chains that begin anywhere; stops as soon as there is a cycle below no cost, which exists if and
/// only if an exchange along it makes the flow cheaper. Time O(nodes * arcs) at worst; usually a few passes.
///
/// Source: Ahuja, Magnanti, Orlin (1993), Network Flows, sections 5.4, 5.5 and 9.6 (cancelling cycles: Klein 1967,
/// Management Science 14, 205-220, doi:10.1287/mnsc.14.3.205).
template <class Price, class Arcs>
cheapest_chains_found<Price> cheapest_chains(std::size_t nodes, const Arcs& arcs, std::size_t from,
                                             Price far = {}) {
  const bool anywhere = from == no_arc;
  cheapest_chains_found<Price> out{
      std::vector<Price>(nodes, anywhere ? Price{} : far), std::vector<std::size_t>(nodes, no_arc), {}};
  if (!anywhere)
    out.cost[from] = Price{};
  bool better = true;
  for (std::size_t pass = 0; pass < nodes && better; ++pass) {
    better = false;
    for (std::size_t i = 0; i < arcs.size(); ++i) {
      const auto& arc = arcs[i];
      if (!anywhere && arc.from != from && out.by[arc.from] == no_arc)
        continue; // not reached yet
      const Price over = out.cost[arc.from] + arc.cost;
      if (over.is_below(out.cost[arc.to])) {
        out.cost[arc.to] = over;
        out.by[arc.to] = i;
        better = true;
      }
    }
    if (anywhere && better && !(out.cycle = detail_chain::cycle_of(arcs, out.by)).empty())
      break;
  }
  return out;
}

} // namespace qascore::kernel
