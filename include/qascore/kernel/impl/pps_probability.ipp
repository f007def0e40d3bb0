// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../pps_probability.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace qascore::kernel {
namespace detail_pps {

inline void check(std::span<const double> size, double certain_from) {
  for (std::size_t k = 0; k < size.size(); ++k)
    if (!(size[k] >= 0.0) || std::isinf(size[k]))
      throw argument_error("size_measure: expected a number >= 0 but found " +
                           qascore::detail::format_number(size[k]) + " at position " + std::to_string(k));
  if (!(certain_from > 0.0 && certain_from <= 1.0))
    throw argument_error("certain_from: expected a probability above 0 up to 1 but found " +
                         qascore::detail::format_number(certain_from));
}

/// Probabilities of the units `members`, of which all have a size above 0, written into `out`.
inline void fill(std::span<const double> size, std::vector<std::size_t> members, double n,
                 double certain_from, std::span<double> out) {
  const auto smaller = [&](std::size_t a, std::size_t b) { return size[a] < size[b]; };
  std::sort(members.begin(), members.end(), smaller);
  // In units of a power of two that keeps the largest size below 2^512: no sum of huge sizes overflows, and all others
  // come out to the same bits.
  const int power = std::min(0, 512 - std::ilogb(size[members.back()]));
  const auto scaled = [&](std::size_t k) { return std::ldexp(size[k], power); };
  // sum[i]: of the i + 1 smallest, so that nothing is subtracted from a sum.
  std::vector<double> sum;
  sum.reserve(members.size());
  for (const std::size_t k : members)
    sum.push_back(scaled(k) + (sum.empty() ? 0.0 : sum.back()));
  std::size_t left = members.size();
  double rest = n;
  // Equal units of which all are drawn are certain although their sum was rounded.
  const double reached = certain_from * (1.0 - 1e-12);
  while (left > 0 && rest >= 1.0 && rest * scaled(members[left - 1]) >= reached * sum[left - 1]) {
    out[members[--left]] = 1.0;
    rest -= 1.0;
  }
  for (std::size_t i = 0; i < left; ++i)
    out[members[i]] = rest * scaled(members[i]) / sum[left - 1];
}

inline std::string refused(double n, std::size_t most, const std::string& where) {
  return "n: expected a number above 0 up to " + std::to_string(most) + ", the units with a size above 0," +
         where + " but found " + qascore::detail::format_number(n);
}

} // namespace detail_pps

QASCORE_INLINE std::vector<double> pps_probabilities(std::span<const double> size, double n,
                                                     double certain_from) {
  detail_pps::check(size, certain_from);
  std::vector<std::size_t> members;
  for (std::size_t k = 0; k < size.size(); ++k)
    if (size[k] > 0.0)
      members.push_back(k);
  if (!(n > 0.0 && n <= static_cast<double>(members.size())))
    throw argument_error(detail_pps::refused(n, members.size(), ""));
  std::vector<double> out(size.size(), 0.0);
  detail_pps::fill(size, std::move(members), n, certain_from, out);
  return out;
}

QASCORE_INLINE std::vector<double> pps_probabilities(std::span<const double> size,
                                                     std::span<const std::uint32_t> stratum,
                                                     std::span<const double> n, double certain_from) {
  detail_pps::check(size, certain_from);
  if (stratum.size() != size.size())
    throw argument_error("strata: expected " + std::to_string(size.size()) +
                         " values, one per unit, but found " + std::to_string(stratum.size()));
  std::vector<std::vector<std::size_t>> members(n.size());
  for (std::size_t k = 0; k < size.size(); ++k) {
    if (stratum[k] >= n.size())
      throw argument_error("strata: the unit at position " + std::to_string(k) + " has no stratum");
    if (size[k] > 0.0)
      members[stratum[k]].push_back(k);
  }
  std::vector<double> out(size.size(), 0.0);
  for (std::size_t h = 0; h < n.size(); ++h) {
    if (!(n[h] >= 0.0 && n[h] <= static_cast<double>(members[h].size())))
      throw argument_error(detail_pps::refused(n[h], members[h].size(), " in stratum " + std::to_string(h)));
    if (n[h] > 0.0)
      detail_pps::fill(size, std::move(members[h]), n[h], certain_from, out);
  }
  return out;
}

} // namespace qascore::kernel
