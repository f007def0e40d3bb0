// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../rank.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_rank {

inline constexpr std::size_t few = 1024;  ///< distinct values up to which a small table is enough
inline constexpr std::size_t slots = 4096; ///< of that table; a power of two
inline constexpr std::uint32_t empty = 0xffff'ffffu;

/// Levels through a hash table of the distinct values. False, and `out` unfinished, when there are more than `few`.
inline bool few_levels(std::span<const double> values, dense_levels& out) {
  std::array<std::uint32_t, slots> table;
  table.fill(empty);
  std::vector<double> distinct;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i] + 0.0; // -0 becomes 0
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(value) * 0x9e37'79b9'7f4a'7c15u;
    std::size_t slot = bits >> 52u;
    while (table[slot] != empty && distinct[table[slot]] != value)
      slot = (slot + 1) % slots;
    if (table[slot] == empty) {
      if (distinct.size() == few)
        return false;
      table[slot] = static_cast<std::uint32_t>(distinct.size());
      distinct.push_back(value);
    }
    out.code[i] = table[slot];
  }
  std::vector<std::uint32_t> order(distinct.size());
  for (std::uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return distinct[i]; });
  std::vector<std::uint32_t> level(order.size());
  for (std::uint32_t l = 0; l < order.size(); ++l)
    level[order[l]] = l;
  for (std::uint32_t& code : out.code)
    code = level[code];
  out.count = distinct.size();
  return true;
}

struct item {
  std::uint32_t image; ///< of the value under a linear map onto 32 bits: never decreases where the value grows
  std::uint32_t row;
};

/// One stable pass of a radix sort over `bits` bits from `shift`.
inline void radix_pass(const std::vector<item>& from, std::vector<item>& to, unsigned shift, unsigned bits) {
  const std::uint32_t mask = (1u << bits) - 1u;
  std::vector<std::uint32_t> place(std::size_t{1} << bits, 0u);
  for (const item& x : from)
    ++place[(x.image >> shift) & mask];
  std::uint32_t next = 0;
  for (std::uint32_t& p : place)
    next += std::exchange(p, next);
  for (const item& x : from)
    to[place[(x.image >> shift) & mask]++] = x;
}

inline void many_levels(std::span<const double> values, double lowest, double highest, dense_levels& out) {
  // Halves, so that the width of the range cannot overflow.
  const double origin = lowest / 2.0;
  const double scale = 4294967295.0 / (highest / 2.0 - origin);
  std::vector<item> items(values.size()), spare(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    items[i] = {static_cast<std::uint32_t>(std::min((values[i] / 2.0 - origin) * scale, 4294967295.0)),
                static_cast<std::uint32_t>(i)};
  radix_pass(items, spare, 0, 11);
  radix_pass(spare, items, 11, 11);
  radix_pass(items, spare, 22, 10);

  // Values with the same image are put in order by themselves.
  const auto value_of = [&](const item& x) { return values[x.row]; };
  std::uint32_t level = 0;
  for (std::size_t first = 0; first < spare.size();) {
    std::size_t last = first + 1;
    while (last < spare.size() && spare[last].image == spare[first].image)
      ++last;
    if (last - first > 1)
      std::sort(spare.begin() + static_cast<std::ptrdiff_t>(first),
                spare.begin() + static_cast<std::ptrdiff_t>(last),
                [&](const item& a, const item& b) { return value_of(a) < value_of(b); });
    for (std::size_t k = first; k < last; ++k) {
      level += k > first && value_of(spare[k]) != value_of(spare[k - 1]);
      out.code[spare[k].row] = level;
    }
    ++level;
    first = last;
  }
  out.count = level;
}

} // namespace detail_rank

QASCORE_INLINE dense_levels levels_of(std::span<const double> values) {
  if (values.size() >= std::numeric_limits<std::uint32_t>::max())
    throw argument_error("values: expected fewer than 2^32 but found " + std::to_string(values.size()));
  dense_levels out;
  if (values.empty())
    return out;
  double lowest = values[0], highest = values[0];
  bool finite = true;
  for (const double v : values) {
    finite = finite && std::isfinite(v);
    lowest = std::min(lowest, v);
    highest = std::max(highest, v);
  }
  if (!finite)
    throw argument_error("values: expected finite numbers but found NaN or infinity");
  out.code.resize(values.size());
  if (!detail_rank::few_levels(values, out))
    detail_rank::many_levels(values, lowest, highest, out);
  return out;
}

} // namespace qascore::kernel
