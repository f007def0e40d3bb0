// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../order_sampling.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

namespace qascore::kernel {
namespace detail_order {

inline void check(std::string_view name, std::size_t found, std::size_t units) {
  if (found != units)
    throw argument_error(std::string(name) + ": expected " + std::to_string(units) +
                         " values, one per unit, but found " + std::to_string(found));
}

inline void check_fractions(std::string_view name, std::span<const double> values) {
  for (std::size_t k = 0; k < values.size(); ++k)
    if (!(values[k] >= 0.0 && values[k] <= 1.0))
      throw argument_error(std::string(name) + ": expected a number from 0 to 1 but found " +
                           qascore::detail::format_number(values[k]) + " at position " + std::to_string(k));
}

inline double rank_of(order_method method, double u, double p) noexcept {
  if (method == order_method::simple)
    return u;
  if (p == 1.0)
    return -1.0;
  switch (method) {
  case order_method::pareto:
    return (u / (1.0 - u)) / (p / (1.0 - p));
  case order_method::sequential_poisson:
    return u / p;
  default:
    return std::log1p(-u) / std::log1p(-p);
  }
}

/// Rows by stratum: those of h are rows[start[h]] ... rows[start[h + 1] - 1], in the order they come.
struct grouped_rows {
  std::vector<std::uint64_t> rows;
  std::vector<std::size_t> start;
};

template <class Keep>
grouped_rows group(std::span<const std::uint32_t> stratum, std::size_t strata, const Keep& keep) {
  grouped_rows out;
  out.start.assign(strata + 1, 0);
  for (std::size_t row = 0; row < stratum.size(); ++row) {
    if (stratum[row] >= strata)
      throw argument_error("stratum: the unit at position " + std::to_string(row) + " has no stratum");
    out.start[stratum[row] + 1] += keep(row);
  }
  for (std::size_t h = 0; h < strata; ++h)
    out.start[h + 1] += out.start[h];
  out.rows.resize(out.start[strata]);
  std::vector<std::size_t> next(out.start.begin(), out.start.end() - 1);
  for (std::size_t row = 0; row < stratum.size(); ++row)
    if (keep(row))
      out.rows[next[stratum[row]]++] = row;
  return out;
}

} // namespace detail_order

QASCORE_INLINE std::vector<std::uint64_t>
order_sample(std::span<const double> uniform, std::span<const double> probability,
             std::span<const std::uint32_t> stratum, std::span<const std::uint64_t> sample,
             order_method method, std::span<const std::uint64_t> tie) {
  using namespace detail_order;
  const bool simple = method == order_method::simple;
  check("stratum", stratum.size(), uniform.size());
  check_fractions("random_numbers", uniform);
  if (!tie.empty())
    check("tie", tie.size(), uniform.size());
  if (!simple) {
    check("probability", probability.size(), uniform.size());
    check_fractions("probability", probability);
  }
  grouped_rows units =
      group(stratum, sample.size(), [&](std::size_t row) { return simple || probability[row] > 0.0; });
  std::vector<double> rank(uniform.size());
  for (const std::uint64_t row : units.rows)
    rank[row] = rank_of(method, uniform[row], simple ? 1.0 : probability[row]);
  const auto before = [&](std::uint64_t a, std::uint64_t b) {
    if (rank[a] != rank[b])
      return rank[a] < rank[b];
    if (uniform[a] != uniform[b])
      return uniform[a] < uniform[b];
    return tie.empty() ? a < b : tie[a] < tie[b];
  };
  std::vector<std::uint64_t> out;
  for (std::size_t h = 0; h < sample.size(); ++h) {
    const std::size_t holds = units.start[h + 1] - units.start[h];
    if (sample[h] > holds)
      throw argument_error("sample: stratum " + std::to_string(h) + ": expected at most " +
                           std::to_string(holds) + ", its units with a chance, but found " +
                           std::to_string(sample[h]));
    const auto begin = units.rows.begin() + static_cast<std::ptrdiff_t>(units.start[h]);
    const auto middle = begin + static_cast<std::ptrdiff_t>(sample[h]);
    const auto end = begin + static_cast<std::ptrdiff_t>(holds);
    if (middle != end)
      std::nth_element(begin, middle, end, before);
    out.insert(out.end(), begin, middle);
  }
  std::sort(out.begin(), out.end());
  return out;
}

QASCORE_INLINE std::vector<std::uint64_t> poisson_sample(std::span<const double> uniform,
                                                         std::span<const double> probability) {
  detail_order::check("probability", probability.size(), uniform.size());
  detail_order::check_fractions("random_numbers", uniform);
  detail_order::check_fractions("probability", probability);
  std::vector<std::uint64_t> out;
  for (std::size_t row = 0; row < uniform.size(); ++row)
    if (uniform[row] < probability[row] || probability[row] == 1.0)
      out.push_back(row);
  return out;
}

QASCORE_INLINE std::vector<std::uint64_t>
systematic_sample(std::span<const std::uint64_t> list, std::span<const double> probability,
                  std::span<const std::uint32_t> stratum, std::span<const std::uint64_t> sample,
                  std::span<const double> start) {
  using namespace detail_order;
  check("list", list.size(), stratum.size());
  if (!probability.empty()) {
    check("probability", probability.size(), stratum.size());
    check_fractions("probability", probability);
  }
  if (start.size() != sample.size())
    throw argument_error("start: expected one number per stratum");
  for (const double one : start)
    if (!(one >= 0.0 && one < 1.0))
      throw argument_error("start: expected a number from 0 to below 1 but found " +
                           qascore::detail::format_number(one));
  std::vector<std::uint32_t> listed(list.size());
  for (std::size_t i = 0; i < list.size(); ++i)
    listed[i] = stratum[list[i]];
  const auto chance = [&](std::size_t i) { return probability.empty() ? 0.5 : probability[list[i]]; };
  // Units that are certain are as long as the distance of two points: without them the points fall as before.
  const grouped_rows units =
      group(listed, sample.size(), [&](std::size_t i) { return chance(i) > 0.0 && chance(i) < 1.0; });
  std::vector<std::uint64_t> certain(sample.size(), 0), out;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (chance(i) == 1.0) {
      out.push_back(list[i]);
      ++certain[listed[i]];
    }
  for (std::size_t h = 0; h < sample.size(); ++h) {
    const std::size_t count = units.start[h + 1] - units.start[h];
    if (sample[h] < certain[h] || sample[h] - certain[h] > count)
      throw argument_error("sample: stratum " + std::to_string(h) + ": expected from " +
                           std::to_string(certain[h]) + " to " + std::to_string(certain[h] + count) +
                           ", its certain units and those with a chance, but found " +
                           std::to_string(sample[h]));
    const std::uint64_t wanted = sample[h] - certain[h];
    const auto n = static_cast<double>(wanted);
    double end = 0.0, lost = 0.0; // of the units so far; what rounding took from it (Kahan)
    std::uint64_t drawn = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t row = list[units.rows[units.start[h] + i]];
      if (probability.empty()) {
        end = n * static_cast<double>(i + 1) / static_cast<double>(count);
      } else {
        const double step = probability[row] - lost, sum = end + step;
        lost = (sum - end) - step;
        end = sum;
      }
      if (i + 1 == count && !(std::abs(end - n) <= 1e-6 * std::max(1.0, n)))
        throw argument_error("probability: those of stratum " + std::to_string(h) + " add up to " +
                             qascore::detail::format_number(end + static_cast<double>(certain[h])) +
                             ", not to " + std::to_string(sample[h]));
      if (start[h] + static_cast<double>(drawn) < (i + 1 == count ? n : end) && drawn < wanted) {
        out.push_back(row);
        ++drawn;
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace qascore::kernel
