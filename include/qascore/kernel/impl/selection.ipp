// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/parallel.hpp"
#include "../random_number.hpp"
#include "../selection.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace qascore::kernel {
namespace detail_selection {

inline constexpr std::size_t block = 1024; ///< rows that are looked at before lists grow

// Integers are hashed eight at a time where the processor can, to the same numbers. The processor is asked
// while the program runs: the library may have been compiled for an older one.
#if defined(__x86_64__) && defined(__GNUC__)
#define QASCORE_WIDE [[gnu::target("avx512f,avx512dq,avx512vl")]]
#define QASCORE_EVERYWHERE [[gnu::always_inline]]
inline bool processor_is_wide() noexcept {
  static const bool wide = __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return wide;
}
#else
#define QASCORE_WIDE
#define QASCORE_EVERYWHERE
constexpr bool processor_is_wide() noexcept {
  return false;
}
#endif

/// Writes the numbers of `count` rows from `first` on. With Compare it says how many ids are not greater than
/// the one of the row before.
template <bool Compare, class Ids>
QASCORE_EVERYWHERE inline std::size_t number_rows(Ids ids, permanent_numbers number_of, std::size_t first,
                                                  std::size_t count, std::uint64_t* out) noexcept {
  std::size_t steps_down = 0, i = 0;
  if (first == 0) // it has no row before
    out[i++] = number_of(ids[0]);
  for (; i < count; ++i) {
    out[i] = number_of(ids[first + i]);
    if constexpr (Compare)
      steps_down += !(ids[first + i - 1] < ids[first + i]);
  }
  return steps_down;
}
template <bool Compare>
QASCORE_WIDE std::size_t number_rows_wide(std::span<const std::int64_t> ids, permanent_numbers number_of,
                                          std::size_t first, std::size_t count, std::uint64_t* out) noexcept {
  return number_rows<Compare>(ids, number_of, first, count, out);
}
#undef QASCORE_WIDE
#undef QASCORE_EVERYWHERE

/// Ids with their permanent random numbers.
template <class Ids>
struct numbered {
  const Ids& ids;
  permanent_numbers numbers;

  std::size_t size() const noexcept { return ids.size(); }
  std::uint64_t operator()(std::size_t row) const noexcept { return numbers(ids[row]); }
  template <bool Compare = false>
  std::size_t read(std::size_t first, std::size_t count, std::uint64_t* out) const noexcept {
    if constexpr (std::is_same_v<Ids, std::span<const std::int64_t>>)
      if (processor_is_wide())
        return number_rows_wide<Compare>(ids, numbers, first, count, out);
    return number_rows<Compare>(ids, numbers, first, count, out);
  }
  /// Whether the pass over the rows has lost its purpose.
  static constexpr bool stop() noexcept { return false; }
};

/// The same for a pass that goes on only while ids ascend strictly: then each is unique.
template <class Ids>
class ascending {
public:
  explicit ascending(const numbered<Ids>& all)
      : all_{all} {}

  void read(std::size_t first, std::size_t count, std::uint64_t* out) noexcept {
    ascends_ = all_.template read<true>(first, count, out) == 0;
  }
  bool stop() const noexcept { return !ascends_; }

private:
  const numbered<Ids>& all_;
  bool ascends_ = true;
};

// std::bit_width returns an int only since C++20's defect report.
inline int bit_width(std::size_t x) noexcept {
  return static_cast<int>(std::bit_width(x));
}
/// Another order of the numbers, so that a table of those from one end of the range is not crowded.
inline std::uint64_t scatter(std::uint64_t number) noexcept {
  return number * detail_random_number::golden;
}

/// Numbers below `low` are in the sample for certain; those in [low, low + width] are decided by a closer
/// look.
struct threshold {
  std::uint64_t low = 0;
  std::uint64_t width = std::numeric_limits<std::uint64_t>::max();
};

/// The n-th smallest of N uniform numbers lies near n / N, with a spread of sqrt(n (1 - n / N)) / N. Five
/// spreads (and some more for small n) on both sides miss it less than once in a million strata; then the
/// stratum is looked at whole.
inline threshold threshold_of(std::uint64_t sample, std::uint64_t population) {
  if (sample == population)
    return {std::numeric_limits<std::uint64_t>::max(), 0};
  const auto n = static_cast<double>(sample);
  const auto scale = 0x1p64 / static_cast<double>(population);
  const double margin = 5.0 * std::sqrt(n * (1.0 - n / static_cast<double>(population))) + 10.0;
  const auto number = [](double x) {
    return x <= 0.0      ? std::uint64_t{0}
           : x >= 0x1p64 ? std::numeric_limits<std::uint64_t>::max()
                         : static_cast<std::uint64_t>(x);
  };
  const std::uint64_t low = number((n - margin) * scale);
  return {low, number((n + margin) * scale) - low};
}

struct candidate {
  std::uint64_t number;
  std::uint64_t row;
  // clang-tidy 14 takes the 0 within a defaulted comparison for a pointer.
  friend auto operator<=>(const candidate&, const candidate&) noexcept = default; // NOLINT(modernize-use-nullptr)
};

struct near_row {
  std::uint64_t number;
  std::uint64_t row;
  std::uint32_t stratum;
};

/// What one pass over some rows finds.
struct pass {
  std::vector<std::uint64_t> certain;            ///< rows below their threshold, ascending
  std::vector<std::uint64_t> certain_by_stratum; ///< how many of them
  std::vector<near_row> near;                    ///< rows within it, ascending
  bool stopped = false;                          ///< the reader of the numbers stopped it
};

template <class Reader>
pass look_at(Reader reader, std::span<const std::uint32_t> stratum, std::span<const threshold> thresholds,
             std::size_t first, std::size_t last, std::size_t expected) {
  pass out;
  out.certain.reserve(expected);
  out.certain_by_stratum.assign(thresholds.size(), 0);
  std::vector<std::uint64_t> high;
  for (const threshold& t : thresholds)
    high.push_back(t.low + t.width);
  std::uint64_t numbers[block], rows[block];
  for (std::size_t start = first; start < last; start += block) {
    const std::size_t count = std::min(block, last - start);
    reader.read(start, count, numbers);
    if (reader.stop()) {
      out.stopped = true;
      break;
    }
    std::size_t found = 0, certain = 0;
    for (std::size_t i = 0; i < count; ++i) {
      // Written always, kept by moving on: a branch taken at random would cost more than the hash.
      rows[found] = i;
      found += numbers[i] <= high[stratum[start + i]];
    }
    for (std::size_t i = 0; i < found; ++i) {
      const std::uint64_t number = numbers[rows[i]], row = start + rows[i];
      const std::uint32_t h = stratum[row];
      if (number < thresholds[h].low) [[likely]] {
        rows[certain++] = row;
        ++out.certain_by_stratum[h];
      } else {
        out.near.push_back({number, row, h});
      }
    }
    out.certain.insert(out.certain.end(), rows, rows + certain);
  }
  return out;
}

/// Adds to `rows` (ascending) those of `near` (ascending) that are marked, keeping the order.
inline void merge_rows(std::vector<std::uint64_t>& rows, const std::vector<near_row>& near,
                       const std::vector<bool>& keep, std::size_t kept) {
  std::size_t old = rows.size();
  std::size_t at = old + kept;
  rows.resize(at);
  for (std::size_t c = near.size(); kept > 0;) {
    --c;
    if (!keep[c])
      continue;
    while (old > 0 && rows[old - 1] > near[c].row)
      rows[--at] = rows[--old];
    rows[--at] = near[c].row;
    --kept;
  }
}

/// Chooses among the near rows of each stratum what the certain ones leave to be drawn. Empty if a threshold
/// missed the n_h-th smallest number; `thresholds` of such strata are then opened.
template <class Numbered>
std::optional<std::vector<std::uint64_t>> settle(pass& found, const Numbered& numbers,
                                                 const selection_request& request,
                                                 std::vector<threshold>& thresholds) {
  const std::size_t strata = thresholds.size();
  const std::vector<std::uint64_t>& certain = found.certain_by_stratum;
  // The near rows by stratum, as indices into found.near.
  std::vector<std::size_t> start(strata + 1, 0);
  for (const near_row& c : found.near)
    ++start[c.stratum + 1];
  for (std::size_t h = 0; h < strata; ++h)
    start[h + 1] += start[h];
  bool missed = false;
  std::size_t kept = 0;
  for (std::size_t h = 0; h < strata; ++h) {
    if (certain[h] > request.sample[h] || request.sample[h] - certain[h] > start[h + 1] - start[h]) {
      thresholds[h] = {};
      missed = true;
    } else {
      kept += request.sample[h] - certain[h];
    }
  }
  if (missed)
    return std::nullopt;
  std::vector<std::size_t> near(found.near.size());
  std::vector<std::size_t> next(start.begin(), start.end() - 1);
  for (std::size_t c = 0; c < near.size(); ++c)
    near[next[found.near[c].stratum]++] = c;
  const auto smaller = [&](std::size_t a, std::size_t b) {
    const near_row &x = found.near[a], &y = found.near[b];
    return x.number != y.number ? x.number < y.number : numbers.ids[x.row] < numbers.ids[y.row];
  };
  std::vector<bool> keep(near.size(), false);
  for (std::size_t h = 0; h < strata; ++h) {
    const auto begin = near.begin() + static_cast<std::ptrdiff_t>(start[h]);
    const auto middle = begin + static_cast<std::ptrdiff_t>(request.sample[h] - certain[h]);
    const auto end = near.begin() + static_cast<std::ptrdiff_t>(start[h + 1]);
    if (middle != end)
      std::nth_element(begin, middle, end, smaller);
    for (auto at = begin; at != middle; ++at)
      keep[*at] = true;
  }
  merge_rows(found.certain, found.near, keep, kept);
  return std::move(found.certain);
}

inline void check(std::size_t ids, const selection_request& request) {
  if (request.stratum.size() != ids)
    throw argument_error("stratum: expected " + std::to_string(ids) + " codes, one per id, but found " +
                         std::to_string(request.stratum.size()));
  if (request.sample.size() != request.population.size())
    throw argument_error("sample: expected " + std::to_string(request.population.size()) +
                         " sizes, one per stratum, but found " + std::to_string(request.sample.size()));
  for (std::size_t h = 0; h < request.sample.size(); ++h)
    if (request.sample[h] > request.population[h])
      throw argument_error("sample: stratum " + std::to_string(h) + ": expected at most " +
                           std::to_string(request.population[h]) + ", all of it, but found " +
                           std::to_string(request.sample[h]));
}

/// The rows of the sample; `reader(part)` gives the numbers as one thread reads them. Nothing if a reader
/// stopped.
template <class Numbered, class ReaderOf>
std::optional<std::vector<std::uint64_t>>
smallest_rows(const Numbered& numbers, const selection_request& request, const ReaderOf& reader) {
  std::vector<threshold> thresholds;
  std::uint64_t total = 0;
  for (std::size_t h = 0; h < request.sample.size(); ++h) {
    thresholds.push_back(threshold_of(request.sample[h], request.population[h]));
    total += request.sample[h];
  }
  while (true) {
    std::vector<pass> parts(std::max(1u, request.threads));
    qascore::detail::for_each_part(
        request.threads, numbers.size(), [&](std::size_t part, std::size_t first, std::size_t last) {
          // The first part becomes the whole; the others need room for their share.
          const std::size_t expected = part == 0 ? total : total / parts.size();
          parts[part] = look_at(reader(part), request.stratum, thresholds, first, last, expected);
        });
    pass& whole = parts[0];
    for (std::size_t part = 1; part < parts.size(); ++part) {
      const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
      append(whole.certain, parts[part].certain);
      append(whole.near, parts[part].near);
      for (std::size_t h = 0; h < parts[part].certain_by_stratum.size(); ++h)
        whole.certain_by_stratum[h] += parts[part].certain_by_stratum[h];
      whole.stopped |= parts[part].stopped;
      parts[part] = {};
    }
    if (whole.stopped)
      return std::nullopt;
    if (auto rows = settle(whole, numbers, request, thresholds))
      return rows;
  }
}

class bitmap {
public:
  explicit bitmap(std::size_t bits)
      : words_((bits + 63) / 64, 0) {}
  void set(std::uint64_t bit) noexcept { words_[bit >> 6] |= std::uint64_t{1} << (bit & 63); }
  bool test(std::uint64_t bit) const noexcept { return ((words_[bit >> 6] >> (bit & 63)) & 1) != 0; }
  /// Sets the bit and says whether it was set before.
  bool test_and_set(std::uint64_t bit) noexcept {
    std::uint64_t& word = words_[bit >> 6];
    const std::uint64_t mask = std::uint64_t{1} << (bit & 63);
    const bool before = (word & mask) != 0;
    word |= mask;
    return before;
  }
  void add(const bitmap& other) noexcept {
    for (std::size_t w = 0; w < words_.size(); ++w)
      words_[w] |= other.words_[w];
  }
  std::size_t count() const noexcept {
    std::size_t out = 0;
    for (const std::uint64_t word : words_)
      out += static_cast<std::size_t>(std::popcount(word));
    return out;
  }
  const std::uint64_t* address(std::uint64_t bit) const noexcept { return words_.data() + (bit >> 6); }

private:
  std::vector<std::uint64_t> words_;
};

/// Numbers of integer ids that also mark, in a bitmap of the ids' range, which ids have been seen.
struct marking {
  const numbered<std::span<const std::int64_t>>& all;
  bitmap& seen;
  std::uint64_t low;

  void read(std::size_t first, std::size_t count, std::uint64_t* out) const noexcept {
    all.read(first, count, out);
    for (std::size_t i = 0; i < count; ++i)
      seen.set(static_cast<std::uint64_t>(all.ids[first + i]) - low);
  }
  static constexpr bool stop() noexcept { return false; }
};

/// Draws and checks in one pass integers that lie so close together that bitmaps of their range are small.
/// Nothing if they do not, or if an id is repeated.
inline std::optional<std::vector<std::uint64_t>>
distinct_smallest_rows(const numbered<std::span<const std::int64_t>>& numbers,
                       const selection_request& request) {
  // std::ranges::minmax branches on which of two ids is the smaller one, a guess for ids in any order.
  std::int64_t lowest = numbers.ids[0], highest = lowest;
  for (const std::int64_t id : numbers.ids) {
    lowest = std::min(lowest, id);
    highest = std::max(highest, id);
  }
  const auto low = static_cast<std::uint64_t>(lowest);
  const std::uint64_t range = static_cast<std::uint64_t>(highest) - low;
  const unsigned parts = std::max(1u, request.threads);
  if (range / 16 >= numbers.size() / parts)
    return std::nullopt;
  std::vector<bitmap> seen(parts, bitmap(range + 1));
  auto rows = smallest_rows(numbers, request, [&](std::size_t part) {
    return marking{numbers, seen[part], low};
  });
  for (std::size_t part = 1; part < parts; ++part)
    seen[0].add(seen[part]);
  if (seen[0].count() != numbers.size())
    return std::nullopt;
  return rows;
}

/// The numbers of rows whose bit in a bitmap of 8 to 16 bits per row was taken: every repetition, and by
/// chance a few per cent of the others.
template <class Numbered>
std::vector<std::uint64_t> suspicious_numbers(const Numbered& numbers) {
  const int bits = bit_width(numbers.size()) + 3;
  bitmap seen(std::size_t{1} << bits);
  std::vector<std::uint64_t> out;
  std::uint64_t ahead[block], suspects[block];
  for (std::size_t start = 0; start < numbers.size(); start += block) {
    const std::size_t count = std::min(block, numbers.size() - start);
    for (std::size_t i = 0; i < count; ++i) {
      ahead[i] = numbers(start + i);
#if defined(__GNUC__)
      __builtin_prefetch(seen.address(ahead[i] >> (64 - bits)), 1);
#endif
    }
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
      suspects[found] = ahead[i];
      found += seen.test_and_set(ahead[i] >> (64 - bits));
    }
    out.insert(out.end(), suspects, suspects + found);
  }
  return out;
}

/// A set of numbers, each with the first row that had it.
class number_table {
public:
  static constexpr std::uint64_t no_row = std::numeric_limits<std::uint64_t>::max();

  explicit number_table(const std::vector<std::uint64_t>& numbers)
      : shift_{64 - (bit_width(numbers.size()) + 1)},
        slots_(std::size_t{2} << bit_width(numbers.size()), {0, free}) {
    for (const std::uint64_t number : numbers)
      slots_[place(number)] = {number, no_row};
  }

  /// The row noted for this number (no_row at first), or nullptr if the number is not in the set.
  std::uint64_t* row_of(std::uint64_t number) noexcept {
    candidate& slot = slots_[place(number)];
    return slot.row == free ? nullptr : &slot.row;
  }

private:
  static constexpr std::uint64_t free = no_row - 1;

  std::size_t place(std::uint64_t number) const noexcept {
    std::size_t at = scatter(number) >> shift_;
    while (slots_[at].row != free && slots_[at].number != number)
      at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  int shift_;
  std::vector<candidate> slots_;
};

/// Pairs (number, row) of all rows that share a number among `suspects`, sorted. A bitmap spares most rows
/// the search.
template <class Numbered>
std::vector<candidate> rows_that_share(const Numbered& numbers, const std::vector<std::uint64_t>& suspects) {
  number_table table(suspects);
  const int shift = 64 - (bit_width(suspects.size()) + 5);
  bitmap wanted(std::size_t{1} << (64 - shift));
  for (const std::uint64_t number : suspects)
    wanted.test_and_set(scatter(number) >> shift);
  std::vector<candidate> out;
  candidate passed[block];
  for (std::size_t start = 0; start < numbers.size(); start += block) {
    const std::size_t count = std::min(block, numbers.size() - start);
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
      passed[found] = {numbers(start + i), start + i};
      found += wanted.test(scatter(passed[found].number) >> shift);
    }
    for (std::size_t i = 0; i < found; ++i) {
      std::uint64_t* const first = table.row_of(passed[i].number);
      if (first == nullptr)
        continue;
      if (*first == number_table::no_row) {
        *first = passed[i].row;
      } else {
        out.push_back({passed[i].number, *first});
        out.push_back(passed[i]);
      }
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end()); // Clang 14 cannot compile std::ranges::unique
  return out;
}

/// Fills selection::repeated and repetitions; leaves them empty if every id is unique.
template <class Numbered>
void find_repetitions(const Numbered& numbers, selection& out) {
  const std::vector<std::uint64_t> suspects = suspicious_numbers(numbers);
  if (suspects.empty())
    return;
  const auto& ids = numbers.ids;
  std::vector<candidate> rows = rows_that_share(numbers, suspects);
  // Different texts may share a number: by id within the number.
  std::ranges::sort(rows, [&](const candidate& a, const candidate& b) {
    if (a.number != b.number)
      return a.number < b.number;
    return ids[a.row] != ids[b.row] ? ids[a.row] < ids[b.row] : a.row < b.row;
  });
  constexpr std::size_t named = 5;
  const auto earlier = [](const auto& a, const auto& b) { return a[1] < b[1]; };
  for (std::size_t first = 0, at = 1; at < rows.size(); ++at) {
    if (rows[first].number != rows[at].number || ids[rows[first].row] != ids[rows[at].row]) {
      first = at;
      continue;
    }
    ++out.repeated;
    const std::array<std::uint64_t, 2> pair{rows[first].row, rows[at].row};
    auto& list = out.repetitions;
    list.insert(std::ranges::upper_bound(list, pair, earlier), pair);
    if (list.size() > named)
      list.pop_back();
  }
}

template <class Ids>
selection select(const Ids& ids, const selection_request& request) {
  check(ids.size(), request);
  const numbered<Ids> numbers{ids, permanent_numbers(request.start, request.turn)};
  selection out;
  if (ids.size() == 0)
    return out;
  if constexpr (!std::is_same_v<Ids, row_ids>) {
    auto rows = smallest_rows(numbers, request,
                              [&](std::size_t) { return ascending<Ids>(numbers); });
    if constexpr (std::is_same_v<Ids, std::span<const std::int64_t>>)
      if (!rows)
        rows = distinct_smallest_rows(numbers, request);
    if (rows) {
      out.rows = *std::move(rows);
      return out;
    }
    find_repetitions(numbers, out);
    if (out.repeated > 0)
      return out;
  }
  out.rows = *smallest_rows(numbers, request, [&](std::size_t) { return numbers; });
  return out;
}

template <class Ids>
selection repeated(const Ids& ids) {
  selection out;
  bool ascend = true;
  for (std::size_t row = 1; ascend && row < ids.size(); ++row)
    ascend = ids[row - 1] < ids[row];
  if (!ascend)
    find_repetitions(numbered<Ids>{ids, permanent_numbers(seed{0})}, out);
  return out;
}

} // namespace detail_selection

QASCORE_INLINE stratum_sizes count_strata(std::span<const std::uint32_t> stratum, std::size_t strata) {
  // Four counters per stratum, and one more stratum for codes outside: rows of one stratum in a row do not
  // wait for each other, and no branch is needed.
  std::vector<std::uint64_t> counters(4 * (strata + 1), 0);
  const auto slot = [strata](std::uint32_t code) { return 4 * std::min<std::size_t>(code, strata); };
  const std::size_t fours = stratum.size() / 4 * 4;
  for (std::size_t row = 0; row < fours; row += 4)
    for (std::size_t lane = 0; lane < 4; ++lane)
      ++counters[slot(stratum[row + lane]) + lane];
  for (const std::uint32_t code : stratum.subspan(fours))
    ++counters[slot(code)];
  stratum_sizes out;
  const auto total = [&](std::size_t h) {
    return counters[4 * h] + counters[4 * h + 1] + counters[4 * h + 2] + counters[4 * h + 3];
  };
  for (std::size_t h = 0; h < strata; ++h)
    out.rows.push_back(total(h));
  out.outside = total(strata);
  return out;
}

QASCORE_INLINE selection select_smallest(std::span<const std::int64_t> ids,
                                         const selection_request& request) {
  return detail_selection::select(ids, request);
}
QASCORE_INLINE selection select_smallest(std::span<const std::string_view> ids,
                                         const selection_request& request) {
  return detail_selection::select(ids, request);
}
QASCORE_INLINE selection select_smallest(row_ids ids, const selection_request& request) {
  return detail_selection::select(ids, request);
}

QASCORE_INLINE selection repeated_ids(std::span<const std::int64_t> ids) {
  return detail_selection::repeated(ids);
}
QASCORE_INLINE selection repeated_ids(std::span<const std::string_view> ids) {
  return detail_selection::repeated(ids);
}

} // namespace qascore::kernel
