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

inline constexpr std::size_t few = 1024;   ///< distinct values up to which a small table is enough
inline constexpr std::size_t slots = 4096; ///< of that table; a power of two
inline constexpr std::uint32_t empty = 0xffff'ffffu;

/// Levels through a hash table of the distinct values. False, and `out` unfinished, when there are more than
/// `few`.
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
  out.size.assign(order.size(), 0u);
  for (std::uint32_t& code : out.code)
    ++out.size[code = level[code]];
  return true;
}

struct item {
  std::uint32_t
      image; ///< of the value under a linear map onto 32 bits: never decreases where the value grows
  std::uint32_t row;
};

/// How often each digit occurs, for the two digits of a radix sort over the upper 22 bits of the images.
struct digit_counts {
  static constexpr std::size_t digits = 2048;
  static std::size_t low(std::uint32_t image) { return (image >> 10) % digits; }
  static std::size_t high(std::uint32_t image) { return image >> 21; }
  std::vector<std::uint32_t> of_low = std::vector<std::uint32_t>(digits, 0u);
  std::vector<std::uint32_t> of_high = std::vector<std::uint32_t>(digits, 0u);
};

template <class Digit>
void radix_pass(const std::vector<item>& from, std::vector<item>& to, std::vector<std::uint32_t>& count,
                Digit digit) {
  std::uint32_t next = 0;
  for (std::uint32_t& place : count)
    next += std::exchange(place, next);
  for (const item& x : from)
    to[count[digit(x.image)]++] = x;
}

/// Order of what shares its upper 22 bits: mostly two or three items, rarely many.
template <class Less>
void sort_run(std::vector<item>& items, std::size_t first, std::size_t last, Less less) {
  constexpr std::size_t short_run = 16;
  const auto at = [&](std::size_t k) { return items.begin() + static_cast<std::ptrdiff_t>(k); };
  if (last - first > short_run) {
    std::sort(at(first), at(last), less);
    return;
  }
  for (std::size_t k = first + 1; k < last; ++k)
    for (std::size_t j = k; j > first && less(items[j], items[j - 1]); --j)
      std::swap(items[j], items[j - 1]);
}

inline void many_levels(std::span<const double> values, double lowest, double highest, bool ordered,
                        dense_levels& out) {
  // Halves, so that the width of the range cannot overflow.
  const double origin = lowest / 2.0;
  const double scale = 4294967295.0 / (highest / 2.0 - origin);
  std::vector<item> items(values.size()), sorted(values.size());
  digit_counts counts;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto image = static_cast<std::uint32_t>(std::min((values[i] / 2.0 - origin) * scale, 4294967295.0));
    items[i] = {image, static_cast<std::uint32_t>(i)};
    ++counts.of_low[digit_counts::low(image)];
    ++counts.of_high[digit_counts::high(image)];
  }
  radix_pass(items, sorted, counts.of_low, digit_counts::low);
  radix_pass(sorted, items, counts.of_high, digit_counts::high);

  const auto less = [&](const item& a, const item& b) {
    return a.image != b.image ? a.image < b.image : values[a.row] < values[b.row];
  };
  const auto same = [&](const item& a, const item& b) {
    return a.image == b.image && values[a.row] == values[b.row];
  };
  out.size.reserve(values.size());
  for (std::size_t first = 0; first < items.size();) {
    std::size_t last = first + 1;
    while (last < items.size() && items[last].image >> 10 == items[first].image >> 10)
      ++last;
    sort_run(items, first, last, less);
    for (std::size_t k = first; k < last; ++k) {
      if (k > first && same(items[k], items[k - 1]))
        ++out.size.back();
      else
        out.size.push_back(1u);
      out.code[items[k].row] = static_cast<std::uint32_t>(out.size.size() - 1);
    }
    first = last;
  }
  if (!ordered)
    return;
  out.order.reserve(items.size());
  for (const item& x : items)
    out.order.push_back(x.row);
}

/// Positions by ascending level, by counting.
inline std::vector<std::uint32_t> order_of(const dense_levels& levels) {
  std::vector<std::uint32_t> place(levels.count() + 1, 0u), out(levels.code.size());
  for (std::size_t l = 0; l < levels.count(); ++l)
    place[l + 1] = place[l] + levels.size[l];
  for (std::uint32_t i = 0; i < out.size(); ++i)
    out[place[levels.code[i]]++] = i;
  return out;
}

inline dense_levels levels_of(std::span<const double> values, bool ordered) {
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
  if (!few_levels(values, out))
    many_levels(values, lowest, highest, ordered, out);
  else if (ordered)
    out.order = order_of(out);
  return out;
}

} // namespace detail_rank

QASCORE_INLINE dense_levels levels_of(std::span<const double> values) {
  return detail_rank::levels_of(values, false);
}

QASCORE_INLINE dense_levels ordered_levels_of(std::span<const double> values) {
  return detail_rank::levels_of(values, true);
}

} // namespace qascore::kernel
