// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../allocation.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <queue>
#include <string>
#include <tuple>

namespace qascore::kernel {
namespace detail_allocation {

inline double sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

inline void check(double size, std::span<const double> share, std::span<const double> lower,
                  std::span<const double> upper) {
  const auto refuse = [](const char* what, std::size_t stratum, double found) {
    throw argument_error(std::string(what) + " but found " + qascore::detail::format_number(found) +
                         " in stratum " + std::to_string(stratum));
  };
  if (lower.size() != share.size() || upper.size() != share.size())
    throw argument_error("lower, upper: expected " + std::to_string(share.size()) +
                         " bounds, one per stratum");
  for (std::size_t h = 0; h < share.size(); ++h) {
    if (!(share[h] >= 0.0) || std::isinf(share[h]))
      refuse("share: expected a number >= 0", h, share[h]);
    if (!(lower[h] >= 0.0))
      refuse("lower: expected a number >= 0", h, lower[h]);
    if (!(upper[h] >= lower[h]) || std::isinf(upper[h]))
      refuse("upper: expected a number not below lower", h, upper[h]);
  }
  const double least = sum(lower), most = sum(upper);
  // Bounds that were computed add up with errors in the last place.
  const double slack = 1e-12 * (1.0 + most);
  if (!(size >= least - slack && size <= most + slack))
    throw argument_error("size: expected a number from " + qascore::detail::format_number(least) + " to " +
                         qascore::detail::format_number(most) + ", the sums of the bounds, but found " +
                         qascore::detail::format_number(size));
}

/// The part of `size` that the strata with a positive share cannot hold, spread over those with share 0.
inline void fill_shareless(double size, std::span<const double> share, std::span<const double> lower,
                           std::span<const double> upper, std::vector<double>& x) {
  std::vector<std::size_t> at;
  std::vector<double> by_room, low, high;
  double rest = size;
  for (std::size_t h = 0; h < share.size(); ++h) {
    if (share[h] > 0.0) {
      rest -= x[h] = upper[h];
    } else if (upper[h] == 0.0) {
      x[h] = 0.0;
    } else {
      at.push_back(h);
      by_room.push_back(upper[h]);
      low.push_back(lower[h]);
      high.push_back(upper[h]);
    }
  }
  if (at.empty())
    return;
  const std::vector<double> spread =
      allocate_between(std::clamp(rest, sum(low), sum(high)), by_room, low, high);
  for (std::size_t i = 0; i < at.size(); ++i)
    x[at[i]] = spread[i];
}

inline double divide_by(divisor method, double n) {
  switch (method) {
  case divisor::jefferson:
    return n + 1.0;
  case divisor::webster:
    return n + 0.5;
  case divisor::huntington_hill:
    return std::sqrt(n * (n + 1.0));
  case divisor::adams:
    return n;
  case divisor::dean:
    return n * (n + 1.0) / (n + 0.5);
  }
  return n;
}

} // namespace detail_allocation

QASCORE_INLINE std::vector<double> allocate_between(double size, std::span<const double> share,
                                                    std::span<const double> lower,
                                                    std::span<const double> upper) {
  using namespace detail_allocation;
  check(size, share, lower, upper);
  // As c grows from 0, a stratum leaves its lower bound at lower/share and stops at its upper bound at
  // upper/share: between two such events the total is linear in c. Walk the events in order until the total
  // reaches `size`.
  struct event {
    double c;
    bool stops;
    std::size_t stratum;
  };
  std::vector<event> events;
  std::vector<double> x(lower.begin(), lower.end());
  double fixed = sum(lower); // of strata that stand at a bound
  double moving = 0.0;       // share of strata between their bounds
  double most = 0.0;
  for (std::size_t h = 0; h < share.size(); ++h) {
    most += share[h] > 0.0 ? upper[h] : lower[h];
    if (share[h] > 0.0) {
      events.push_back({lower[h] / share[h], false, h});
      events.push_back({upper[h] / share[h], true, h});
    }
  }
  if (size >= most) {
    fill_shareless(size, share, lower, upper, x);
    return x;
  }
  std::sort(events.begin(), events.end(), [](const event& a, const event& b) {
    return std::tie(a.c, a.stops, a.stratum) < std::tie(b.c, b.stops, b.stratum);
  });
  enum class place : char { at_lower, between, at_upper };
  std::vector<place> where(share.size(), place::at_lower);
  for (const event& e : events) {
    if (fixed + moving * e.c >= size)
      break;
    const std::size_t h = e.stratum;
    where[h] = e.stops ? place::at_upper : place::between;
    fixed += e.stops ? upper[h] : -lower[h];
    moving += e.stops ? -share[h] : share[h];
  }
  // Anew from the strata that move, without the rounding errors of the walk.
  double rest = size, shares = 0.0;
  for (std::size_t h = 0; h < share.size(); ++h) {
    if (where[h] == place::between)
      shares += share[h];
    else
      rest -= x[h] = where[h] == place::at_upper ? upper[h] : lower[h];
  }
  for (std::size_t h = 0; h < share.size(); ++h)
    if (where[h] == place::between)
      x[h] = std::clamp(rest * share[h] / shares, lower[h], upper[h]);
  return x;
}

QASCORE_INLINE std::vector<std::uint64_t> round_by_largest_remainder(std::span<const double> target,
                                                                     std::uint64_t size) {
  std::vector<std::uint64_t> out;
  // Equal remainders must tie although they were computed along different ways.
  std::vector<std::pair<double, std::size_t>> remainders;
  std::uint64_t given = 0;
  for (std::size_t h = 0; h < target.size(); ++h) {
    const double below = std::floor(target[h]);
    out.push_back(static_cast<std::uint64_t>(below));
    given += out.back();
    remainders.emplace_back(std::round((target[h] - below) * 1e9), h);
  }
  if (given > size || !(detail_allocation::sum(target) > static_cast<double>(size) - 1.0))
    throw argument_error("target: expected a sum less than 1 away from " + std::to_string(size) +
                         " but found " + qascore::detail::format_number(detail_allocation::sum(target)));
  std::sort(remainders.begin(), remainders.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (std::size_t i = 0; i < size - given; ++i)
    ++out[remainders[i].second];
  return out;
}

QASCORE_INLINE std::vector<std::uint64_t> allocate_by_divisor(std::uint64_t size,
                                                              std::span<const double> share,
                                                              std::span<const double> lower,
                                                              std::span<const double> upper, divisor method) {
  detail_allocation::check(static_cast<double>(size), share, lower, upper);
  struct offer {
    double quotient;
    double share;
    std::size_t stratum;
    bool operator<(const offer& other) const {
      return std::tuple(quotient, share, other.stratum) < std::tuple(other.quotient, other.share, stratum);
    }
  };
  std::priority_queue<offer> offers;
  std::vector<std::uint64_t> out;
  std::uint64_t given = 0;
  const auto offer_next = [&](std::size_t h) {
    const auto n = static_cast<double>(out[h]);
    if (n + 1.0 > upper[h])
      return;
    const double d = detail_allocation::divide_by(method, n);
    const double quotient = share[h] == 0.0 ? 0.0
                            : d == 0.0      ? std::numeric_limits<double>::infinity()
                                            : share[h] / d;
    offers.push({quotient, share[h], h});
  };
  for (std::size_t h = 0; h < share.size(); ++h) {
    out.push_back(static_cast<std::uint64_t>(std::ceil(lower[h])));
    given += out.back();
    offer_next(h);
  }
  for (; given < size && !offers.empty(); ++given) {
    const std::size_t h = offers.top().stratum;
    offers.pop();
    ++out[h];
    offer_next(h);
  }
  if (given != size)
    throw argument_error("lower, upper: no whole numbers between the bounds add up to " +
                         std::to_string(size));
  return out;
}

QASCORE_INLINE double stratified_mean_std_error(std::span<const double> population,
                                                std::span<const double> sd, std::span<const double> size) {
  const double all = detail_allocation::sum(population);
  double variance = 0.0;
  for (std::size_t h = 0; h < population.size(); ++h) {
    const double w = population[h] / all;
    if (w > 0.0 && sd[h] > 0.0)
      variance += w * w * (1.0 - size[h] / population[h]) * sd[h] * sd[h] / size[h];
  }
  return std::sqrt(variance);
}

} // namespace qascore::kernel
