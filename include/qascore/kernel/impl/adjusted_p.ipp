// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../adjusted_p.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace qascore::kernel {

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
