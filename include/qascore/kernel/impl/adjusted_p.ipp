// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../adjusted_p.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace qascore::kernel {

namespace detail_adjusted_p {

/// A set of k tests is rejected at the smallest k p_(j) / j of its ordered p (Simes); a test at the largest over all sets that
/// hold it. Of the sets of k with a given test only the one with the k - 1 largest others matters.
inline std::vector<double> hommel(std::span<const double> p, const std::vector<std::size_t>& order) {
  const std::size_t m = order.size();
  const auto sorted = [&](std::size_t i) { return p[order[i]]; };
  std::vector<double> out(m, 0.0);
  for (std::size_t k = m; k > 0; --k) {
    const auto size = static_cast<double>(k);
    // The k - 1 largest with something below them take ranks 2, ..., k.
    double simes = 1.0;
    for (std::size_t j = 2; j <= k; ++j)
      simes = std::min(simes, size * sorted(m - k + j - 1) / static_cast<double>(j));
    for (std::size_t i = 0; i < m; ++i) {
      // A test among the largest makes the set the k largest, whose smallest is at rank 1.
      const double own = size * sorted(i <= m - k ? i : m - k);
      out[i] = std::max(out[i], std::min(simes, own));
    }
  }
  for (std::size_t i = 0; i < m; ++i)
    out[i] = std::min(1.0, std::max(out[i], sorted(i)));
  return out;
}

} // namespace detail_adjusted_p

QASCORE_INLINE std::vector<double> adjusted_p(std::span<const double> p, p_adjustment how) {
  std::vector<double> out(p.begin(), p.end());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i]))
      order.push_back(i);
  if (how == p_adjustment::none || order.empty())
    return out;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  const auto m = static_cast<double>(order.size());
  if (how == p_adjustment::holm) {
    double running = 0.0;
    for (std::size_t i = 0; i < order.size(); ++i)
      out[order[i]] = running = std::min(1.0, std::max(running, (m - static_cast<double>(i)) * p[order[i]]));
    return out;
  }
  if (how == p_adjustment::bonferroni) {
    for (const std::size_t i : order)
      out[i] = std::min(1.0, m * p[i]);
    return out;
  }
  if (how == p_adjustment::hochberg) {
    double running = 1.0;
    for (std::size_t i = order.size(); i > 0; --i)
      out[order[i - 1]] = running = std::min(running, (m - static_cast<double>(i - 1)) * p[order[i - 1]]);
    return out;
  }
  if (how == p_adjustment::hommel) {
    const std::vector<double> adjusted = detail_adjusted_p::hommel(p, order);
    for (std::size_t i = 0; i < order.size(); ++i)
      out[order[i]] = adjusted[i];
    return out;
  }
  double factor = m;
  if (how == p_adjustment::benjamini_yekutieli) {
    double harmonic = 0.0;
    for (std::size_t i = order.size(); i > 0; --i)
      harmonic += 1.0 / static_cast<double>(i);
    factor *= harmonic;
  }
  double running = 1.0;
  for (std::size_t i = order.size(); i > 0; --i)
    out[order[i - 1]] = running = std::min(running, factor * p[order[i - 1]] / static_cast<double>(i));
  return out;
}

} // namespace qascore::kernel
