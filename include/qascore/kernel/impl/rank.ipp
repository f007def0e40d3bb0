// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../rank.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_rank {

inline constexpr std::size_t slots = 4096; ///< of the table of few levels; a power of two
inline constexpr std::uint32_t empty = 0xffff'ffffu;

/// What is known of values before they are sorted.
struct value_range {
  double lowest, highest;
};

inline value_range range_of(std::span<const double> values) {
  value_range out{HUGE_VAL, -HUGE_VAL};
  std::uint64_t infinite = 0; // its highest bit: whether an exponent has all bits set
  for (const double v : values) {
    infinite |= (std::bit_cast<std::uint64_t>(v) & 0x7ff0'0000'0000'0000u) + 0x0010'0000'0000'0000u;
    out.lowest = v < out.lowest ? v : out.lowest;
    out.highest = v > out.highest ? v : out.highest;
  }
  if (infinite >> 63u != 0)
    throw argument_error("values: expected finite numbers but found NaN or infinity");
  return out;
}

/// Levels through a hash table of the distinct values. False, and `out` unfinished, when there are more than
/// `few_levels`.
inline bool small_table(std::span<const double> values, dense_levels& out) {
  if (values.size() >= std::numeric_limits<std::uint32_t>::max())
    throw argument_error("values: expected fewer than 2^32 but found " + std::to_string(values.size()));
  std::array<std::uint32_t, slots> table;
  table.fill(empty);
  std::vector<double> distinct;
  // Room for all only once there seem to be few: memory that is not needed costs time, too.
  out.code.resize(std::min(values.size(), 4 * slots));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == out.code.size())
      out.code.resize(values.size());
    const double value = values[i] + 0.0; // -0 becomes 0
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(value) * 0x9e37'79b9'7f4a'7c15u;
    std::size_t slot = bits >> 52u;
    while (table[slot] != empty && distinct[table[slot]] != value)
      slot = (slot + 1) % slots;
    if (table[slot] == empty) {
      if (distinct.size() == few_levels)
        return false;
      table[slot] = static_cast<std::uint32_t>(distinct.size());
      distinct.push_back(value);
    }
    out.code[i] = table[slot];
  }
  std::vector<std::uint32_t> order(distinct.size());
  for (std::uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  static_cast<void>(range_of(distinct)); // refuses what is not finite
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

/// A digit of the image: the radix sort takes the upper 24 bits, eight at a time. More at a time is slower: the places
/// that 256 digits are written to stay in the nearest cache.
template <unsigned Shift>
std::size_t digit_of(std::uint32_t image) {
  return (image >> Shift) % 256u;
}

using digit_places = std::array<std::uint32_t, 256>;

/// Where the items of each digit begin, from how many there are.
inline void places_of(digit_places& count) {
  std::uint32_t next = 0;
  for (std::uint32_t& place : count)
    next += std::exchange(place, next);
}

/// Order of what shares its upper 24 bits: mostly two or three items, rarely many.
template <class Less>
void sort_run(std::span<item> items, std::size_t first, std::size_t last, Less less) {
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

/// Calls found(row, level) by ascending level, and returns how many values stand at each.
template <class Place>
std::vector<std::uint32_t> sort_levels(std::span<const double> values, value_range range, Place found) {
  // Halves, so that the width of the range cannot overflow.
  const double origin = range.lowest / 2.0;
  const double scale = 4294967295.0 / (range.highest / 2.0 - origin);
  // Not cleared before they are written: that would be a second way through memory.
  const auto first_room = std::make_unique_for_overwrite<item[]>(values.size());
  const auto second_room = std::make_unique_for_overwrite<item[]>(values.size());
  const std::span<item> items(first_room.get(), values.size()), sorted(second_room.get(), values.size());
  const auto image_of = [&](double value) {
    return static_cast<std::uint32_t>(std::min((value / 2.0 - origin) * scale, 4294967295.0));
  };
  std::array<digit_places, 3> place{};
  for (const double value : values) {
    const std::uint32_t image = image_of(value);
    ++place[0][digit_of<8>(image)];
    ++place[1][digit_of<16>(image)];
    ++place[2][digit_of<24>(image)];
  }
  std::ranges::for_each(place, places_of);
  for (std::uint32_t row = 0; row < values.size(); ++row) {
    const std::uint32_t image = image_of(values[row]); // again: that is faster than to have stored it
    items[place[0][digit_of<8>(image)]++] = {image, row};
  }
  for (const item& x : items)
    sorted[place[1][digit_of<16>(x.image)]++] = x;
  for (const item& x : sorted)
    items[place[2][digit_of<24>(x.image)]++] = x;

  const auto less = [&](const item& a, const item& b) {
    return a.image != b.image ? a.image < b.image : values[a.row] < values[b.row];
  };
  const auto same = [&](const item& a, const item& b) {
    return a.image == b.image && values[a.row] == values[b.row];
  };
  std::vector<std::uint32_t> size;
  size.reserve(values.size());
  for (std::size_t first = 0; first < items.size();) {
    std::size_t last = first + 1;
    while (last < items.size() && items[last].image >> 8 == items[first].image >> 8)
      ++last;
    sort_run(items, first, last, less);
    for (std::size_t k = first; k < last; ++k) {
      if (k > first && same(items[k], items[k - 1]))
        ++size.back();
      else
        size.push_back(1u);
      found(items[k].row, static_cast<std::uint32_t>(size.size() - 1));
    }
    first = last;
  }
  return size;
}

} // namespace detail_rank

QASCORE_INLINE dense_levels levels_of(std::span<const double> values) {
  dense_levels out;
  if (!detail_rank::small_table(values, out)) {
    const detail_rank::value_range range = detail_rank::range_of(values);
    out.code.resize(values.size());
    out.size = detail_rank::sort_levels(
        values, range, [&](std::uint32_t row, std::uint32_t level) { out.code[row] = level; });
  }
  return out;
}

QASCORE_INLINE level_order order_of(std::span<const double> values) {
  if (dense_levels levels; detail_rank::small_table(values, levels))
    return order_of(levels);
  const detail_rank::value_range range = detail_rank::range_of(values);
  level_order out;
  out.row.reserve(values.size());
  out.size = detail_rank::sort_levels(values, range,
                                      [&](std::uint32_t row, std::uint32_t) { out.row.push_back(row); });
  return out;
}

QASCORE_INLINE level_order order_of(const dense_levels& levels) {
  std::vector<std::uint32_t> place(levels.count() + 1, 0u);
  for (std::size_t l = 0; l < levels.count(); ++l)
    place[l + 1] = place[l] + levels.size[l];
  level_order out{std::vector<std::uint32_t>(levels.code.size()), levels.size};
  for (std::uint32_t i = 0; i < out.row.size(); ++i)
    out.row[place[levels.code[i]]++] = i;
  return out;
}

} // namespace qascore::kernel
