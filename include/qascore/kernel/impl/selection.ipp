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

/// Ids with their permanent random numbers.
template <class Ids>
struct numbered {
  const Ids& ids;
  permanent_numbers numbers;

  std::size_t size() const noexcept { return ids.size(); }
  std::uint64_t operator()(std::size_t row) const noexcept { return numbers(ids[row]); }
  /// Whether the pass over the rows has lost its purpose.
  static constexpr bool stop() noexcept { return false; }
};

/// The same for a pass in order of rows that goes on only while ids ascend strictly: then each is unique.
template <class Ids>
class ascending {
public:
  /// Row `first` is compared with the one before it; row 0, which has none, with itself.
  ascending(const numbered<Ids>& all, std::size_t first)
      : ids_{all.ids},
        numbers_{all.numbers},
        last_{all.ids[first == 0 ? 0 : first - 1]},
        pardoned_{first == 0 ? 1u : 0u} {}

  std::uint64_t operator()(std::size_t row) noexcept {
    const auto id = ids_[row];
    steps_down_ += !(last_ < id);
    last_ = id;
    return numbers_(id);
  }
  bool stop() const noexcept { return steps_down_ > pardoned_; }

private:
  const Ids& ids_;
  permanent_numbers numbers_;
  std::remove_cvref_t<decltype(std::declval<const Ids&>()[0])> last_;
  std::size_t pardoned_;
  std::size_t steps_down_ = 0;
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

/// The n-th smallest of N uniform numbers lies near n / N, with a spread of about sqrt(n) / N. Six spreads
/// (and some more for small n) on both sides miss it about once in 1e9 strata; then the stratum is looked at
/// whole.
inline threshold threshold_of(std::uint64_t sample, std::uint64_t population) {
  if (sample == population)
    return {std::numeric_limits<std::uint64_t>::max(), 0};
  const auto n = static_cast<double>(sample);
  const auto scale = 0x1p64 / static_cast<double>(population);
  const double margin = 6.0 * std::sqrt(n) + 10.0;
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
  friend auto operator<=>(const candidate&, const candidate&) noexcept = default;
};

/// What one pass over some rows finds.
struct pass {
  std::vector<std::uint64_t> certain;            ///< rows below their threshold, ascending
  std::vector<std::uint64_t> certain_by_stratum; ///< how many of them
  std::vector<candidate> near;                   ///< rows within it, ascending
  bool stopped = false;                          ///< the reader of the numbers stopped it
};

template <class Reader>
pass look_at(Reader number_of, std::span<const std::uint32_t> stratum, std::span<const threshold> thresholds,
             std::size_t first, std::size_t last, std::size_t expected) {
  pass out;
  out.certain.reserve(expected);
  out.certain_by_stratum.assign(thresholds.size(), 0);
  std::uint64_t rows[block];
  for (std::size_t start = first; start < last; start += block) {
    const std::size_t end = std::min(last, start + block);
    std::size_t found = 0;
    for (std::size_t row = start; row < end; ++row) {
      const std::uint64_t number = number_of(row);
      const threshold t = thresholds[stratum[row]];
      // Written always, kept by moving on: a branch taken at random would cost more than the hash.
      rows[found] = row;
      found += number < t.low;
      if (number - t.low <= t.width) [[unlikely]]
        out.near.push_back({number, row});
    }
    out.certain.insert(out.certain.end(), rows, rows + found);
    for (std::size_t i = 0; i < found; ++i)
      ++out.certain_by_stratum[stratum[rows[i]]];
    if (number_of.stop()) {
      out.stopped = true;
      break;
    }
  }
  return out;
}

/// Adds to `rows` (ascending) those of `near` (ascending) that are marked, keeping the order.
inline void merge_rows(std::vector<std::uint64_t>& rows, const std::vector<candidate>& near,
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
  for (const candidate& c : found.near)
    ++start[request.stratum[c.row] + 1];
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
    near[next[request.stratum[found.near[c].row]]++] = c;
  const auto smaller = [&](std::size_t a, std::size_t b) {
    const candidate &x = found.near[a], &y = found.near[b];
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

/// The rows of the sample; `reader(part, first)` gives the numbers as one thread reads them from row `first`
/// on. Nothing if a reader stopped.
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
          parts[part] = look_at(reader(part, first), request.stratum, thresholds, first, last, expected);
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

/// Numbers of integer ids that also mark, in a bitmap of the ids' range, which ids have been seen: while the
/// hash is computed the mark costs little.
struct marking {
  const numbered<std::span<const std::int64_t>>& numbers;
  bitmap& seen;
  std::uint64_t low;

  std::uint64_t operator()(std::size_t row) const noexcept {
    seen.set(static_cast<std::uint64_t>(numbers.ids[row]) - low);
    return numbers(row);
  }
  static constexpr bool stop() noexcept { return false; }
};

/// Draws and checks in one pass integers that lie so close together that bitmaps of their range are small.
/// Nothing if they do not, or if an id is repeated.
inline std::optional<std::vector<std::uint64_t>>
distinct_smallest_rows(const numbered<std::span<const std::int64_t>>& numbers,
                       const selection_request& request) {
  const auto [lowest, highest] = std::ranges::minmax(numbers.ids);
  const auto low = static_cast<std::uint64_t>(lowest);
  const std::uint64_t range = static_cast<std::uint64_t>(highest) - low;
  const unsigned parts = std::max(1u, request.threads);
  if (range / 16 >= numbers.size() / parts)
    return std::nullopt;
  std::vector<bitmap> seen(parts, bitmap(range + 1));
  auto rows = smallest_rows(numbers, request, [&](std::size_t part, std::size_t) {
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
  const numbered<Ids> numbers{ids, permanent_numbers(request.start)};
  selection out;
  if (ids.size() == 0)
    return out;
  if constexpr (!std::is_same_v<Ids, row_ids>) {
    auto rows = smallest_rows(numbers, request,
                              [&](std::size_t, std::size_t first) { return ascending<Ids>(numbers, first); });
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
  out.rows = *smallest_rows(numbers, request, [&](std::size_t, std::size_t) { return numbers; });
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

} // namespace qascore::kernel
