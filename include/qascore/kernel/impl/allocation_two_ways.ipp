// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../allocation_two_ways.hpp"
#include "../cheapest_chain.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_two_ways {

/// What a chain of exchanges costs: first units of strata, which are beyond any price, then the rest.
struct price {
  int firsts = 0;
  double rest = 0.0;

  friend price operator+(price a, price b) noexcept { return {a.firsts + b.firsts, a.rest + b.rest}; }
  /// By more than rounding: else a chain that goes in a circle could look cheaper.
  bool is_below(price other) const noexcept {
    return firsts != other.firsts ? firsts < other.firsts
                                  : rest < other.rest - 1e-12 * (std::abs(rest) + std::abs(other.rest));
  }
};

/// Sizes as a flow: source, groups of the first way, groups of the second, sink.
class network {
public:
  network(std::span<const std::uint64_t> start, std::span<const double> share, std::span<const double> lower,
          std::span<const double> upper, const group_minima& first, const group_minima& second, bool growing)
      : ways_{first, second}, share_{share}, lower_{lower}, upper_{upper}, growing_{growing},
        sizes_(start.begin(), start.end()), nodes_{first.minimum.size() + second.minimum.size() + 2} {
    for (std::size_t way = 0; way < 2; ++way) {
      got_[way].assign(ways_[way].minimum.size(), 0);
      for (std::size_t h = 0; h < sizes_.size(); ++h)
        got_[way][ways_[way].group[h]] += sizes_[h];
    }
  }

  /// Gives every group its minimum; false, with the place, where one cannot have it.
  bool meet(std::size_t& way, std::size_t& group) {
    for (way = 0; way < 2; ++way)
      for (group = 0; group < got_[way].size(); ++group)
        while (got_[way][group] < ways_[way].minimum[group])
          if (!give(way, group))
            return false;
    return true;
  }

  std::vector<std::uint64_t> sizes_of() && { return std::move(sizes_); }
  std::uint64_t grown() const noexcept { return grown_; }

private:
  struct arc {
    std::size_t from, to, stratum; ///< stratum: or no_arc
    int change;
    price cost;
  };
  std::size_t source() const noexcept { return nodes_ - 2; }
  std::size_t sink() const noexcept { return nodes_ - 1; }
  std::size_t node(std::size_t way, std::size_t group) const noexcept {
    return way == 0 ? group : got_[0].size() + group;
  }

  /// Change of the costs by one unit more, or less.
  price cost_of(std::size_t h, int change) const noexcept {
    if (growing_ || share_[h] == 0.0)
      return {};
    const auto n = static_cast<double>(sizes_[h]);
    const double other = n + change;
    if (n == 0.0 || other == 0.0)
      return {-change, 0.0};
    return {0, -change * share_[h] * share_[h] / (n * other)};
  }

  /// What can be changed by one unit from here.
  std::vector<arc> arcs() const {
    std::vector<arc> out;
    for (std::size_t h = 0; h < sizes_.size(); ++h) {
      const std::size_t a = node(0, ways_[0].group[h]), b = node(1, ways_[1].group[h]);
      const auto n = static_cast<double>(sizes_[h]);
      if (n + 1.0 <= upper_[h])
        out.push_back({a, b, h, 1, cost_of(h, 1)});
      if (n - 1.0 >= lower_[h])
        out.push_back({b, a, h, -1, cost_of(h, -1)});
    }
    for (std::size_t g = 0; g < got_[0].size(); ++g) {
      out.push_back({source(), node(0, g), no_arc, 0, {}});
      if (got_[0][g] > ways_[0].minimum[g])
        out.push_back({node(0, g), source(), no_arc, 0, {}});
    }
    for (std::size_t g = 0; g < got_[1].size(); ++g) {
      out.push_back({node(1, g), sink(), no_arc, 0, {}});
      if (got_[1][g] > ways_[1].minimum[g])
        out.push_back({sink(), node(1, g), no_arc, 0, {}});
    }
    if (growing_) {
      out.push_back({sink(), source(), no_arc, 1, {0, 1.0}});
      if (grown_ > 0)
        out.push_back({source(), sink(), no_arc, -1, {0, -1.0}});
    }
    return out;
  }

  /// One unit more for a group, along the cheapest chain of exchanges.
  bool give(std::size_t way, std::size_t group) {
    // One unit enters the group from the source and must come back there, or goes to the sink and must come from there.
    const std::size_t from = way == 0 ? node(0, group) : sink(), to = way == 0 ? source() : node(1, group);
    const std::vector<arc> all = arcs();
    const auto chains = cheapest_chains<price>(nodes_, all, from, price{std::numeric_limits<int>::max() / 2, 0.0});
    const std::vector<std::size_t>& by = chains.by;
    if (by[to] == no_arc)
      return false;
    for (std::size_t at = to; at != from; at = all[by[at]].from)
      change(all[by[at]]);
    ++got_[way][group];
    return true;
  }

  void change(const arc& a) {
    const auto move = [](std::uint64_t& n, int by) { n = by > 0 ? n + 1 : n - 1; };
    if (a.stratum != no_arc)
      move(sizes_[a.stratum], a.change);
    else if (a.change != 0)
      move(grown_, a.change);
    else if (a.from == source())
      ++got_[0][a.to];
    else if (a.to == source())
      --got_[0][a.from];
    else if (a.to == sink())
      ++got_[1][a.from - got_[0].size()];
    else
      --got_[1][a.to - got_[0].size()];
  }

  std::array<group_minima, 2> ways_;
  std::span<const double> share_, lower_, upper_;
  bool growing_;
  std::vector<std::uint64_t> sizes_;
  std::array<std::vector<std::uint64_t>, 2> got_; ///< what flows through each group
  std::size_t nodes_;
  std::uint64_t grown_ = 0;
};

} // namespace detail_two_ways

QASCORE_INLINE two_way_sizes allocate_two_ways(std::span<const std::uint64_t> start, std::span<const double> share,
                                               std::span<const double> lower, std::span<const double> upper,
                                               const group_minima& first, const group_minima& second) {
  for (const std::size_t found : {share.size(), lower.size(), upper.size(), first.group.size(), second.group.size()})
    if (found != start.size())
      throw argument_error("strata: expected " + std::to_string(start.size()) + " values, one per stratum, but found " +
                           std::to_string(found));
  two_way_sizes out;
  detail_two_ways::network flow(start, share, lower, upper, first, second, false);
  if (flow.meet(out.way, out.group)) {
    out.sizes = std::move(flow).sizes_of();
    return out;
  }
  detail_two_ways::network larger(start, share, lower, upper, first, second, true);
  std::size_t way = 0, group = 0;
  if (larger.meet(way, group)) {
    for (const std::uint64_t n : start)
      out.possible_size += n;
    out.possible_size += larger.grown();
  } else {
    out.way = way;
    out.group = group;
  }
  return out;
}

} // namespace qascore::kernel
