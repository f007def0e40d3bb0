// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../rank.hpp"
#include "../ratings.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_ratings {

inline void check_size(std::size_t ratings, std::size_t units) {
  constexpr std::size_t most = 0xffff'fffe;
  if (ratings > most || units > most)
    throw data_error("ratings: expected at most " + std::to_string(most) + " ratings and units but found " +
                     std::to_string(std::max(ratings, units)));
}

inline std::string list_of(std::span<const double> values) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(values.size(), 12); ++i)
    out += (i > 0 ? ", " : "") + qascore::detail::format_number(values[i]);
  return values.size() > 12 ? out + ", ..." : out;
}

/// Position of each distinct rating among the declared categories.
inline std::vector<std::uint32_t> positions_of(std::span<const double> distinct,
                                               std::span<const double> declared) {
  std::vector<std::uint32_t> out;
  for (const double x : distinct) {
    const auto at = std::ranges::lower_bound(declared, x);
    if (at == declared.end() || *at != x)
      throw data_error("rating: " + qascore::detail::format_number(x) +
                       " is not among the declared categories " + list_of(declared));
    out.push_back(static_cast<std::uint32_t>(at - declared.begin()));
  }
  return out;
}

/// Sets the categories (declared, or the distinct ratings, ascending) and returns the code of each distinct
/// rating.
inline std::vector<std::uint32_t> set_categories(rating_columns& out, std::span<const double> distinct,
                                                 std::span<const double> declared) {
  if (!declared.empty()) {
    out.value.assign(declared.begin(), declared.end());
    return positions_of(distinct, declared);
  }
  out.value.assign(distinct.begin(), distinct.end());
  std::vector<std::uint32_t> code(distinct.size());
  std::iota(code.begin(), code.end(), 0u);
  return code;
}

/// Codes and categories from the ratings in their final order.
inline void code_ratings(std::span<const double> rating, std::span<const double> declared,
                         rating_columns& out) {
  for (const double x : rating)
    if (std::isinf(x))
      throw data_error("rating: expected finite numbers but found " + qascore::detail::format_number(x));
  dense_levels levels = levels_of(rating);
  std::vector<double> distinct(levels.count());
  for (std::size_t i = 0; i < rating.size(); ++i)
    distinct[levels.code[i]] = rating[i] + 0.0;
  const std::vector<std::uint32_t> code = set_categories(out, distinct, declared);
  out.code = std::move(levels.code);
  if (!declared.empty())
    for (std::uint32_t& c : out.code)
      c = code[c];
}

/// Most ratings of a unit: the number of raters where they are anonymous.
inline std::size_t most_ratings(std::span<const std::uint32_t> begin) {
  std::size_t most = 0;
  for (std::size_t u = 0; u + 1 < begin.size(); ++u)
    most = std::max<std::size_t>(most, begin[u + 1] - begin[u]);
  return most;
}

/// Numbers equal profiles alike: the first profile of each kind stands for it.
inline std::vector<std::uint32_t> representatives(const rating_columns& columns,
                                                  std::vector<std::uint32_t>& kind) {
  const rating_view view = columns.view();
  const std::size_t units = view.profiles();
  std::size_t slots = 16;
  while (slots < 2 * units)
    slots *= 2;
  std::vector<std::uint32_t> table(slots, missing_code), first;
  kind.resize(units);
  const auto same = [&](std::size_t a, std::size_t b) {
    return std::ranges::equal(view.of(a), view.of(b)) &&
           (view.rater.empty() || std::ranges::equal(view.rater.subspan(view.begin[a], view.count(a)),
                                                     view.rater.subspan(view.begin[b], view.count(b))));
  };
  for (std::uint32_t u = 0; u < units; ++u) {
    std::uint64_t hash = view.count(u);
    for (std::size_t i = view.begin[u]; i < view.begin[u + 1]; ++i) {
      hash ^= view.code[i] + (view.rater.empty() ? 0 : static_cast<std::uint64_t>(view.rater[i]) << 32u);
      hash *= 0x9e37'79b9'7f4a'7c15u;
      hash ^= hash >> 29u;
    }
    std::size_t slot = hash & (slots - 1);
    while (!is_missing(table[slot]) && !same(first[table[slot]], u))
      slot = (slot + 1) & (slots - 1);
    if (is_missing(table[slot])) {
      table[slot] = static_cast<std::uint32_t>(first.size());
      first.push_back(u);
    }
    kind[u] = table[slot];
  }
  return first;
}

/// From one profile per unit to distinct profiles in lexicographic order, where that saves at least half, or `always`.
inline void fold(rating_columns& columns, bool always = false) {
  columns.units = columns.begin.size() - 1;
  std::vector<std::uint32_t> kind;
  const std::vector<std::uint32_t> first = representatives(columns, kind);
  if (2 * first.size() > columns.units && !always) {
    columns.multiplicity.assign(columns.units, 1.0);
    return;
  }
  const rating_view view = columns.view();
  std::vector<std::uint32_t> order(first.size()), rank(first.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    const std::size_t i = view.begin[first[a]], j = view.begin[first[b]];
    const std::size_t m = std::min(view.count(first[a]), view.count(first[b]));
    for (std::size_t k = 0; k < m; ++k) {
      if (!view.rater.empty() && view.rater[i + k] != view.rater[j + k])
        return view.rater[i + k] < view.rater[j + k];
      if (view.code[i + k] != view.code[j + k])
        return view.code[i + k] < view.code[j + k];
    }
    return view.count(first[a]) < view.count(first[b]);
  });
  rating_columns out;
  out.raters = columns.raters;
  out.units = columns.units;
  out.begin.push_back(0);
  for (std::uint32_t p = 0; p < order.size(); ++p) {
    rank[order[p]] = p;
    const std::size_t u = first[order[p]];
    for (std::size_t i = view.begin[u]; i < view.begin[u + 1]; ++i) {
      out.code.push_back(view.code[i]);
      if (!view.rater.empty())
        out.rater.push_back(view.rater[i]);
    }
    out.begin.push_back(static_cast<std::uint32_t>(out.code.size()));
  }
  out.multiplicity.assign(order.size(), 0.0);
  for (std::uint32_t& k : kind)
    out.multiplicity[k = rank[k]] += 1.0;
  out.profile = std::move(kind);
  out.value = std::move(columns.value);
  columns = std::move(out);
}

/// Rows gathered by unit, then by rater, then by value.
inline std::vector<std::pair<std::uint32_t, double>> gather(const rating_rows& rows,
                                                            std::vector<std::uint32_t>& begin) {
  begin.assign(rows.units + 1, 0);
  for (std::size_t i = 0; i < rows.rating.size(); ++i)
    if (!is_missing(rows.rating[i]))
      ++begin[rows.unit[i] + 1];
  for (std::size_t u = 0; u < rows.units; ++u)
    begin[u + 1] += begin[u];
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  std::vector<std::pair<std::uint32_t, double>> out(begin.back());
  for (std::size_t i = 0; i < rows.rating.size(); ++i)
    if (!is_missing(rows.rating[i]))
      out[next[rows.unit[i]]++] = {rows.rater.empty() ? 0u : rows.rater[i], rows.rating[i]};
  for (std::size_t u = 0; u < rows.units; ++u)
    std::sort(out.begin() + begin[u], out.begin() + begin[u + 1]);
  return out;
}

/// Whole numbers in a narrow range: low and high; low > high where they are not.
struct whole_range {
  double low = 1.0, high = 0.0;
};

inline whole_range range_of(std::span<const double> matrix) {
  // No branch in the loop: it reads at the speed of memory. NaN compares false and counts as whole.
  double low = 1e9, high = -1e9;
  bool whole = true;
  for (const double x : matrix) {
    low = x < low ? x : low;
    high = x > high ? x : high;
    const auto near = static_cast<double>(static_cast<std::int32_t>(x < 1e9 ? (x > -1e9 ? x : -1e9) : 1e9));
    whole &= !(near < x) && !(near > x);
  }
  return whole && low <= high ? whole_range{low, high} : whole_range{};
}

inline whole_range range_of(std::span<const std::int64_t> matrix) {
  const auto [low, high] = std::ranges::minmax_element(matrix);
  constexpr std::int64_t most = 1'000'000'000;
  if (matrix.empty() || *low < -most || *high > most)
    return {};
  return {static_cast<double>(*low), static_cast<double>(*high)};
}

/// Cells as digits: a number of the range is 1, 2, ..., a gap is 0. False if a cell is something else; the digits mean
/// nothing then. Sums and bits only, no comparison: of these compilers make vector code without leave to forget NaN.
inline bool digits_of(std::span<const double> cells, const whole_range& range, std::uint16_t* digit) {
  constexpr double unit =
      4503599627370496.0; // 2^52: added to a small whole number, its last bits are the number
  const double zero = range.low - 1.0;
  const auto top = static_cast<std::uint64_t>(range.high - zero);
  std::uint64_t fraction = 0, outside = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const double moved = (cells[i] - zero) + unit;
    const double rest = cells[i] - ((moved - unit) + zero); // 0 for a whole number, NaN for an infinite one
    const std::uint64_t size = std::bit_cast<std::uint64_t>(cells[i]) & 0x7fff'ffff'ffff'ffffu;
    const std::uint64_t number = ((size + 0x000f'ffff'ffff'ffffu) >> 63u) - 1; // all bits set, none for NaN
    const std::uint64_t found = std::bit_cast<std::uint64_t>(moved) - std::bit_cast<std::uint64_t>(unit);
    fraction |= std::bit_cast<std::uint64_t>(rest) & number;
    outside |= ((found - 1) | (top - found)) & number; // one of the two is negative
    digit[i] = static_cast<std::uint16_t>(found & number);
  }
  return fraction == 0 && outside >> 63u == 0;
}

inline bool digits_of(std::span<const std::int64_t> cells, const whole_range& range, std::uint16_t* digit) {
  // Unsigned, because the differences of far cells wrap; one of the two has its sign bit set for them all the same.
  const auto low = static_cast<std::uint64_t>(static_cast<std::int64_t>(range.low));
  const auto high = static_cast<std::uint64_t>(static_cast<std::int64_t>(range.high));
  std::uint64_t wrong = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto x = static_cast<std::uint64_t>(cells[i]);
    wrong |= (x - low) | (high - x);
    digit[i] = static_cast<std::uint16_t>(x - low + 1);
  }
  return wrong >> 63u == 0;
}

/// Keys of rows of digits in base `base`, for a known (other than 0) or any number of raters; there are at most 2^16.
template <std::size_t Raters>
void join_digits(const std::uint16_t* digit, std::uint32_t base, std::size_t raters,
                 std::span<std::uint16_t> key) {
  const std::size_t columns = Raters != 0 ? Raters : raters;
  for (std::size_t u = 0; u < key.size(); ++u) {
    std::uint16_t k = 0;
    for (std::size_t r = 0; r < columns; ++r)
      k = static_cast<std::uint16_t>(k * base + digit[u * columns + r]);
    key[u] = k;
  }
}

/// Rows of a matrix as numbers in base (range + 2), gaps as digit 0, and how often each occurs; false if a cell is not a
/// whole number of the range.
template <class Cell>
bool keys_of(std::span<const Cell> matrix, const whole_range& range, std::uint32_t base, std::size_t raters,
             std::vector<std::uint16_t>& key, std::vector<std::uint32_t>& count) {
  const std::size_t rows = std::max<std::size_t>(1, 2048 / raters); // their digits stay in the nearest cache
  std::vector<std::uint16_t> digit(rows * raters);
  for (std::size_t u = 0; u < key.size(); u += rows) {
    const std::size_t n = std::min(rows, key.size() - u);
    if (!digits_of(matrix.subspan(u * raters, n * raters), range, digit.data()))
      return false;
    const std::span<std::uint16_t> keys(key.data() + u, n);
    switch (raters) {
    case 2:
      join_digits<2>(digit.data(), base, raters, keys);
      break;
    case 3:
      join_digits<3>(digit.data(), base, raters, keys);
      break;
    case 4:
      join_digits<4>(digit.data(), base, raters, keys);
      break;
    default:
      join_digits<0>(digit.data(), base, raters, keys);
    }
    for (const std::uint16_t k : keys)
      ++count[k];
  }
  return true;
}

/// A narrow matrix of whole numbers: its rows as keys, counted in a table. False where the table would be
/// large.
template <class Cell>
bool fold_small(std::span<const Cell> matrix, std::span<const double> declared, rating_columns& out) {
  constexpr double largest = 65536.0;
  constexpr std::size_t first_look = 65536;
  double keys = 1.0;
  std::uint32_t digits = 0;
  whole_range range;
  std::vector<std::uint32_t> count;
  std::vector<std::uint16_t> row_key;
  bool done = false;
  if (out.raters == 0)
    return false;
  // The first cells nearly always show the whole range: then one pass over the matrix is enough.
  for (const std::size_t look : {std::min(first_look, matrix.size()), matrix.size()}) {
    range = range_of(matrix.first(look));
    const double base = range.high - range.low + 2.0;
    keys = 1.0;
    for (std::size_t r = 0; r < out.raters && keys <= largest; ++r)
      keys *= base;
    if (range.low > range.high || keys > largest)
      continue;
    digits = static_cast<std::uint32_t>(base);
    count.assign(static_cast<std::size_t>(keys), 0u);
    row_key.resize(out.units);
    done = keys_of(matrix, range, digits, out.raters, row_key, count);
    if (done)
      break;
  }
  if (!done)
    return false;
  const double zero = range.low - 1.0;
  std::vector<std::uint8_t> seen(digits, 0);
  const auto each_digit = [&](std::uint32_t key, auto call) {
    auto place = static_cast<std::uint32_t>(keys);
    for (std::uint32_t r = 0; r < out.raters; ++r) {
      place /= digits;
      if (const std::uint32_t digit = key / place % digits; digit != 0)
        call(r, digit);
    }
  };
  for (std::uint32_t key = 0; key < count.size(); ++key)
    if (count[key] > 0)
      each_digit(key, [&](std::uint32_t, std::uint32_t digit) { seen[digit] = 1; });
  std::vector<double> distinct;
  std::vector<std::uint32_t> level(digits, 0u);
  for (std::uint32_t digit = 1; digit < digits; ++digit)
    if (seen[digit] != 0) {
      level[digit] = static_cast<std::uint32_t>(distinct.size());
      distinct.push_back(zero + static_cast<double>(digit));
    }
  const std::vector<std::uint32_t> code = set_categories(out, distinct, declared);
  out.begin.assign(1, 0u);
  for (std::uint32_t key = 0; key < count.size(); ++key) {
    if (count[key] == 0)
      continue;
    each_digit(key, [&](std::uint32_t r, std::uint32_t digit) {
      out.rater.push_back(r);
      out.code.push_back(code[level[digit]]);
    });
    out.multiplicity.push_back(static_cast<double>(count[key]));
    out.begin.push_back(static_cast<std::uint32_t>(out.code.size()));
    count[key] = static_cast<std::uint32_t>(out.begin.size() - 2); // from here on the number of the profile
  }
  out.profile.resize(out.units);
  for (std::size_t u = 0; u < out.units; ++u)
    out.profile[u] = count[row_key[u]];
  return true;
}

/// Drops ratings (those with keep false), units and profiles stay.
template <class Keep>
rating_columns filter(const rating_view& ratings, Keep keep) {
  rating_columns out;
  out.raters = ratings.raters;
  out.units = ratings.units;
  out.value.assign(ratings.value.begin(), ratings.value.end());
  out.multiplicity.assign(ratings.multiplicity.begin(), ratings.multiplicity.end());
  out.profile.assign(ratings.profile.begin(), ratings.profile.end());
  out.begin.push_back(0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    for (std::size_t i = ratings.begin[p]; i < ratings.begin[p + 1]; ++i)
      if (keep(p, i)) {
        out.code.push_back(ratings.code[i]);
        if (!ratings.rater.empty())
          out.rater.push_back(ratings.rater[i]);
      }
    out.begin.push_back(static_cast<std::uint32_t>(out.code.size()));
  }
  return out;
}

template <class Cell>
rating_columns columns_of_cells(std::span<const Cell> matrix, std::size_t raters,
                                std::span<const double> declared) {
  rating_columns out;
  out.raters = raters;
  out.units = raters == 0 ? 0 : matrix.size() / raters;
  check_size(matrix.size(), out.units);
  if (fold_small(matrix, declared, out))
    return out;
  out.begin.resize(out.units + 1);
  out.rater.resize(matrix.size());
  std::vector<double> rating(matrix.size());
  std::size_t at = 0;
  for (std::size_t u = 0; u < out.units; ++u) {
    for (std::size_t r = 0; r < raters; ++r) {
      // Written without a branch: gaps come at random.
      const auto x = static_cast<double>(matrix[u * raters + r]);
      rating[at] = x;
      out.rater[at] = static_cast<std::uint32_t>(r);
      at += x == x ? 1u : 0u;
    }
    out.begin[u + 1] = static_cast<std::uint32_t>(at);
  }
  rating.resize(at);
  out.rater.resize(at);
  code_ratings(rating, declared, out);
  fold(out);
  return out;
}

} // namespace detail_ratings

QASCORE_INLINE rating_columns columns_of(const rating_rows& rows, std::span<const double> declared,
                                         duplicate_ratings duplicates) {
  using namespace detail_ratings;
  check_size(rows.rating.size(), rows.units);
  rating_columns out;
  std::vector<std::uint32_t> begin;
  auto gathered = gather(rows, begin);
  std::vector<double> rating;
  rating.reserve(gathered.size());
  out.begin.reserve(rows.units + 1);
  out.begin.push_back(0);
  for (std::uint32_t u = 0; u < rows.units; ++u) {
    for (std::size_t i = begin[u]; i < begin[u + 1];) {
      std::size_t end = i + 1;
      double sum = gathered[i].second;
      if (!rows.rater.empty())
        for (; end < begin[u + 1] && gathered[end].first == gathered[i].first; ++end)
          sum += gathered[end].second;
      if (end - i > 1 && duplicates == duplicate_ratings::refuse) {
        rating_columns refused;
        refused.duplicate_unit = u;
        refused.duplicate_rater = gathered[i].first;
        return refused;
      }
      rating.push_back(end - i > 1 ? sum / static_cast<double>(end - i) : sum);
      if (!rows.rater.empty())
        out.rater.push_back(gathered[i].first);
      i = end;
    }
    out.begin.push_back(static_cast<std::uint32_t>(rating.size()));
  }
  gathered = {}; // room for what comes: ten million ratings are to fit
  begin = {};
  code_ratings(rating, declared, out);
  rating = {};
  out.raters = rows.rater.empty() ? most_ratings(out.begin) : rows.raters;
  fold(out);
  return out;
}

QASCORE_INLINE rating_columns columns_of(std::span<const double> matrix, std::size_t raters,
                                         std::span<const double> declared) {
  return detail_ratings::columns_of_cells(matrix, raters, declared);
}

QASCORE_INLINE rating_columns columns_of(std::span<const std::int64_t> matrix, std::size_t raters,
                                         std::span<const double> declared) {
  return detail_ratings::columns_of_cells(matrix, raters, declared);
}

QASCORE_INLINE rating_columns columns_of_counts(std::span<const std::int64_t> counts,
                                                std::span<const double> categories) {
  using namespace detail_ratings;
  const std::size_t q = categories.size();
  const std::size_t units = q == 0 ? 0 : counts.size() / q;
  rating_columns out;
  out.value.assign(categories.begin(), categories.end());
  out.begin.push_back(0);
  std::size_t total = 0;
  for (const std::int64_t c : counts) {
    if (c < 0)
      throw data_error("counts: expected counts of 0 or more but found " + std::to_string(c));
    check_size(static_cast<std::size_t>(c), units);
    total += static_cast<std::size_t>(c);
    check_size(total, units);
  }
  for (std::size_t u = 0; u < units; ++u) {
    for (std::size_t k = 0; k < q; ++k)
      out.code.insert(out.code.end(), static_cast<std::size_t>(counts[u * q + k]),
                      static_cast<std::uint32_t>(k));
    out.begin.push_back(static_cast<std::uint32_t>(out.code.size()));
  }
  out.raters = most_ratings(out.begin);
  fold(out);
  return out;
}

QASCORE_INLINE rating_columns only_raters(const rating_view& ratings, std::span<const std::uint8_t> keep) {
  rating_columns out = detail_ratings::filter(
      ratings, [&](std::size_t, std::size_t i) { return keep[ratings.rater[i]] != 0; });
  std::vector<std::uint32_t> code_of(keep.size());
  std::uint32_t next = 0;
  for (std::size_t r = 0; r < keep.size(); ++r)
    code_of[r] = keep[r] != 0 ? next++ : missing_code;
  for (std::uint32_t& r : out.rater)
    r = code_of[r];
  out.raters = next;
  return out;
}

QASCORE_INLINE rating_columns only_complete_units(const rating_view& ratings) {
  return detail_ratings::filter(
      ratings, [&](std::size_t p, std::size_t) { return ratings.count(p) == ratings.raters; });
}

QASCORE_INLINE rating_columns without_raters(const rating_view& ratings) {
  rating_columns out;
  out.value.assign(ratings.value.begin(), ratings.value.end());
  out.begin.assign(ratings.begin.begin(), ratings.begin.end());
  out.code.assign(ratings.code.begin(), ratings.code.end());
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    std::sort(out.code.begin() + out.begin[p], out.code.begin() + out.begin[p + 1]);
  out.raters = detail_ratings::most_ratings(out.begin);
  if (out.begin.empty())
    return out;
  detail_ratings::fold(out, true); // of profiles, as if each were one unit
  const std::vector<std::uint32_t> kind = std::move(out.profile);
  std::ranges::fill(out.multiplicity, 0.0);
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    out.multiplicity[kind[p]] += ratings.multiplicity[p];
  out.units = ratings.units;
  out.profile.resize(ratings.units);
  for (std::size_t u = 0; u < ratings.units; ++u)
    out.profile[u] = kind[ratings.profile_of(u)];
  return out;
}

QASCORE_INLINE rating_columns for_units(const rating_view& ratings, std::span<const std::uint32_t> unit) {
  rating_columns out = detail_ratings::filter(ratings, [](std::size_t, std::size_t) { return true; });
  const auto none = static_cast<std::uint32_t>(ratings.profiles());
  out.begin.push_back(out.begin.back()); // the profile of units without ratings
  out.units = unit.size();
  out.multiplicity.assign(ratings.profiles() + 1, 0.0);
  out.profile.resize(unit.size());
  for (std::size_t i = 0; i < unit.size(); ++i) {
    if (!is_missing(unit[i]) && unit[i] >= ratings.units)
      throw argument_error("unit: expected a code below " + std::to_string(ratings.units) + " but found " +
                           std::to_string(unit[i]));
    out.profile[i] = is_missing(unit[i]) ? none : static_cast<std::uint32_t>(ratings.profile_of(unit[i]));
    out.multiplicity[out.profile[i]] += 1.0;
  }
  return out;
}

QASCORE_INLINE profile_weights weights_of(const rating_view& ratings, std::span<const double> unit_weight) {
  profile_weights out;
  if (unit_weight.empty()) {
    out.weight.assign(ratings.multiplicity.begin(), ratings.multiplicity.end());
    out.units = out.weight;
    return out;
  }
  out.weight.assign(ratings.profiles(), 0.0);
  out.units.assign(ratings.profiles(), 0.0);
  for (std::size_t u = 0; u < ratings.units; ++u) {
    out.weight[ratings.profile_of(u)] += unit_weight[u];
    out.units[ratings.profile_of(u)] += unit_weight[u] != 0.0 ? 1.0 : 0.0;
  }
  return out;
}

QASCORE_INLINE std::span<const double> unit_weights(const rating_view& ratings, const design_view* design) {
  if (design == nullptr)
    return {};
  if (design->units != ratings.units)
    throw argument_error("design: expected " + std::to_string(ratings.units) +
                         " units, those of the ratings in their order, but found " +
                         std::to_string(design->units));
  return design->weight;
}

QASCORE_INLINE bool is_simple_random(const design_view* design) {
  if (design == nullptr)
    return true;
  const auto differs = [&](double w) { return w != design->weight.front(); };
  return design->cluster.empty() && design->strata <= 1 && design->calibration.empty() &&
         std::ranges::none_of(design->weight, differs);
}

QASCORE_INLINE std::vector<double> spread_to_units(const rating_view& ratings,
                                                   std::span<const double> by_profile) {
  std::vector<double> out(ratings.units);
  for (std::size_t u = 0; u < out.size(); ++u)
    out[u] = by_profile[ratings.profile_of(u)];
  return out;
}

QASCORE_INLINE df_limit limit_of_rare(const rating_view& ratings, const profile_weights& by) {
  std::vector<double> share(ratings.categories(), 0.0);
  double total = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p)
    if (ratings.count(p) >= 2)
      for (const std::uint32_t c : ratings.of(p)) {
        share[c] += by.weight[p];
        total += by.weight[p];
      }
  const auto commonest = std::ranges::max_element(share);
  if (!(2.0 * *commonest > total))
    return {};
  const auto common = static_cast<std::uint32_t>(commonest - share.begin());
  double r = 0.0, twice = 0.0, m = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    if (ratings.count(p) < 2)
      continue;
    const auto others = std::ranges::count_if(ratings.of(p), [&](std::uint32_t c) { return c != common; });
    (others > 0 ? r : m) += by.units[p];
    twice += others > 1 ? by.units[p] : 0.0;
  }
  const bool few = r < 0.25 * (r + m);
  if (few && r < 5.0)
    return {0.0, "fewer than 5 units have a rating other than the commonest: no interval"};
  if (!(twice > 0.0))
    return {0.0, "no unit has two ratings other than the commonest: no interval"};
  if (!few)
    return {};
  return {std::pow(1.0 / r + 1.0 / m, 2) / (1.0 / (r * r * (r - 1.0)) + 1.0 / (m * m * (m - 1.0)))};
}

QASCORE_INLINE estimate infer_rated(const linearised& by_profile, const rating_view& ratings,
                                    std::span<const std::uint8_t> part, std::span<const std::uint8_t> basis,
                                    const design_view* design, inference_options options) {
  double n = 0.0, b = 0.0;
  for (std::size_t p = 0; p < ratings.profiles(); ++p) {
    n += part[p] != 0 ? ratings.multiplicity[p] : 0.0;
    b += basis[p] != 0 ? ratings.multiplicity[p] : 0.0;
  }
  options.n = static_cast<std::size_t>(b);
  design_variance spread;
  if (!by_profile.is_defined()) {
    spread.undefined = by_profile.undefined;
    return infer(missing_value, spread, options);
  }
  // n / (n - 1) of the variance counts the units that carry the estimate.
  const double correction = b > 1.0 && n > 1.0 ? b / (b - 1.0) * (n - 1.0) / n : 1.0;
  if (design != nullptr) {
    const auto rows_of = [&](std::span<const std::uint8_t> of) {
      std::vector<std::uint32_t> rows;
      for (std::uint32_t u = 0; u < ratings.units; ++u)
        if (of[ratings.profile_of(u)] != 0)
          rows.push_back(u);
      return rows;
    };
    const std::vector<std::uint32_t> rows = rows_of(part), carrying = rows_of(basis);
    design_view view = *design;
    if (carrying.size() <
        view.units) { // which units are rated twice is a draw of its own: no correction for a census
      view.population = {};
      if (!view.chance.empty()) { // strata of a Poisson sample say nothing about variances
        view.chance = {};
        view.stratum = {};
        view.strata = 1;
      }
    }
    std::vector<double> influence;
    influence.reserve(rows.size());
    for (const std::uint32_t u : rows)
      influence.push_back(by_profile.influence[ratings.profile_of(u)]);
    variance_engine engine(view);
    spread = engine.of_rows(rows, influence);
    spread.variance *= correction;
    if (carrying.size() < rows.size())
      spread.df = engine.of_rows(carrying, std::vector<double>(carrying.size(), 0.0)).df;
    spread.limit_df(by_profile.limit);
    return infer(by_profile.value, spread, options);
  }
  spread.df = b - 1.0;
  if (b < 2.0) {
    spread.undefined = "fewer than 2 units: no variance";
  } else {
    double mean = 0.0, squares = 0.0;
    for (std::size_t p = 0; p < ratings.profiles(); ++p)
      mean += part[p] != 0 ? ratings.multiplicity[p] * by_profile.influence[p] : 0.0;
    mean /= n;
    for (std::size_t p = 0; p < ratings.profiles(); ++p) {
      const double d = by_profile.influence[p] - mean;
      squares += part[p] != 0 ? ratings.multiplicity[p] * d * d : 0.0;
    }
    spread.variance = n / (n - 1.0) * squares * correction;
    spread.limit_df(by_profile.limit);
  }
  return infer(by_profile.value, spread, options);
}

QASCORE_INLINE std::vector<std::uint8_t> with_ratings(const rating_view& ratings, std::size_t least) {
  std::vector<std::uint8_t> out(ratings.profiles());
  for (std::size_t p = 0; p < out.size(); ++p)
    out[p] = ratings.count(p) >= least ? 1 : 0;
  return out;
}

} // namespace qascore::kernel
