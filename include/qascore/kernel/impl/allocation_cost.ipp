// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../allocation.hpp"
#include "../allocation_cost.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <queue>
#include <string>
#include <tuple>

namespace qascore::kernel {
namespace detail_allocation_cost {

inline std::vector<double> times(std::span<const double> a, std::span<const double> b) {
  std::vector<double> out;
  for (std::size_t h = 0; h < a.size(); ++h)
    out.push_back(a[h] * b[h]);
  return out;
}

inline double variance_at(std::span<const double> a, std::span<const double> x) {
  double out = 0.0;
  for (std::size_t h = 0; h < a.size(); ++h)
    if (a[h] > 0.0)
      out += a[h] * a[h] / x[h];
  return out;
}

/// Hands out units by priority from the lower bounds. `take(h, n)` says whether stratum h may get unit n
/// + 1: yes, no (it gets no more), or stop.
enum class answer { yes, no, stop };

template <class Take>
std::vector<std::uint64_t> hand_out(std::span<const double> share, std::span<const double> lower,
                                    std::span<const double> upper, const Take& take) {
  struct offer {
    double gain;
    double share;
    std::size_t stratum;
    bool operator<(const offer& other) const {
      return std::tuple(gain, share, other.stratum) < std::tuple(other.gain, other.share, stratum);
    }
  };
  std::priority_queue<offer> offers;
  std::vector<std::uint64_t> out;
  const auto offer_next = [&](std::size_t h) {
    const auto n = static_cast<double>(out[h]);
    if (share[h] > 0.0 && n + 1.0 <= upper[h])
      offers.push({n == 0.0 ? std::numeric_limits<double>::infinity() : share[h] / std::sqrt(n * (n + 1.0)),
                   share[h], h});
  };
  for (std::size_t h = 0; h < share.size(); ++h) {
    out.push_back(static_cast<std::uint64_t>(std::ceil(lower[h])));
    offer_next(h);
  }
  while (!offers.empty()) {
    const std::size_t h = offers.top().stratum;
    const answer said = take(h, out);
    if (said == answer::stop)
      break;
    offers.pop();
    if (said == answer::yes) {
      ++out[h];
      offer_next(h);
    }
  }
  return out;
}

} // namespace detail_allocation_cost

QASCORE_INLINE std::vector<double> allocate_budget(double budget, std::span<const double> share,
                                                   std::span<const double> cost,
                                                   std::span<const double> lower,
                                                   std::span<const double> upper) {
  using detail_allocation_cost::times;
  std::vector<double> x =
      allocate_between(budget, times(cost, share), times(cost, lower), times(cost, upper));
  for (std::size_t h = 0; h < x.size(); ++h)
    x[h] = std::clamp(x[h] / cost[h], lower[h], upper[h]);
  return x;
}

QASCORE_INLINE std::vector<double> allocate_precision(double variance, std::span<const double> a,
                                                      std::span<const double> cost,
                                                      std::span<const double> lower,
                                                      std::span<const double> upper) {
  std::vector<std::size_t> spread; // strata that have variance
  std::vector<double> share, least, most;
  for (std::size_t h = 0; h < a.size(); ++h) {
    if (a[h] <= 0.0)
      continue;
    spread.push_back(h);
    share.push_back(a[h] * std::sqrt(cost[h]));
    least.push_back(a[h] * a[h] / upper[h]);
    // No stratum can have more than all of the variance: a bound where lower is 0.
    most.push_back(std::max(least.back(), std::min(a[h] * a[h] / lower[h], variance)));
  }
  std::vector<double> x(lower.begin(), lower.end());
  if (detail_allocation_cost::variance_at(a, lower) <= variance)
    return x;
  const double smallest = std::accumulate(least.begin(), least.end(), 0.0);
  if (!(variance >= smallest))
    throw argument_error("variance: expected at least " + qascore::detail::format_number(smallest) +
                         ", that of the upper bounds, but found " + qascore::detail::format_number(variance));
  const std::vector<double> z = allocate_between(variance, share, least, most);
  for (std::size_t i = 0; i < spread.size(); ++i) {
    const std::size_t h = spread[i];
    const double a2 = a[h] * a[h];
    // At a bound exactly the bound, not a quotient of quotients.
    x[h] = z[i] == a2 / upper[h]   ? upper[h]
           : z[i] == a2 / lower[h] ? lower[h]
                                   : std::clamp(a2 / z[i], lower[h], upper[h]);
  }
  return x;
}

QASCORE_INLINE std::vector<std::uint64_t> spend_budget(double budget, std::span<const double> share,
                                                       std::span<const double> cost,
                                                       std::span<const double> lower,
                                                       std::span<const double> upper) {
  using namespace detail_allocation_cost;
  double rest = budget;
  for (std::size_t h = 0; h < cost.size(); ++h)
    rest -= cost[h] * std::ceil(lower[h]);
  // Costs such as 0.1 add up with errors in the last place: what they amount to buys no unit and denies
  // none.
  const double slack = 1e-9 * budget;
  return hand_out(share, lower, upper, [&](std::size_t h, const std::vector<std::uint64_t>&) {
    if (cost[h] > rest + slack)
      return answer::no;
    rest -= cost[h];
    return answer::yes;
  });
}

QASCORE_INLINE std::vector<std::uint64_t> reach_precision(double variance, std::span<const double> a,
                                                          std::span<const double> cost,
                                                          std::span<const double> lower,
                                                          std::span<const double> upper) {
  using namespace detail_allocation_cost;
  std::vector<double> share;
  for (std::size_t h = 0; h < a.size(); ++h)
    share.push_back(a[h] / std::sqrt(cost[h]));
  // The running sum only says when to look: the exact sum decides. Strata without a unit come first, as theirs
  // takes an infinite variance; so there is a sum once a unit is offered to one that has some.
  double running = 0.0;
  return hand_out(share, lower, upper, [&](std::size_t h, const std::vector<std::uint64_t>& n) {
    const auto now = static_cast<double>(n[h]);
    if (now == 0.0)
      return answer::yes;
    if (running <= variance * (1.0 + 1e-9))
      running = variance_at(a, std::vector<double>(n.begin(), n.end()));
    if (running <= variance)
      return answer::stop;
    running -= a[h] * a[h] / (now * (now + 1.0));
    return answer::yes;
  });
}

} // namespace qascore::kernel
