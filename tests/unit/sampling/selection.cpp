// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/core/error.hpp>
#include <qascore/core/missing.hpp>
#include <qascore/kernel/distribution.hpp>
#include <qascore/kernel/random_number.hpp>
#include <qascore/kernel/selection.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace qa = qascore;
namespace kernel = qascore::kernel;
using rows_of = std::vector<std::uint64_t>;
using codes = std::vector<std::uint32_t>;
using ids = std::vector<std::int64_t>;

namespace {
std::span<const std::int64_t> view(const ids& column) {
  return column;
}

/// The definition, word for word: sort each stratum by (number, id), take the first n.
template <class Ids>
rows_of by_sorting(const Ids& column, const codes& stratum, const rows_of& sample, qa::seed s) {
  const kernel::permanent_numbers numbers{s};
  rows_of out;
  for (std::size_t h = 0; h < sample.size(); ++h) {
    rows_of rows;
    for (std::size_t row = 0; row < stratum.size(); ++row)
      if (stratum[row] == h)
        rows.push_back(row);
    std::sort(rows.begin(), rows.end(), [&](auto a, auto b) {
      return std::pair(numbers(column[a]), column[a]) < std::pair(numbers(column[b]), column[b]);
    });
    out.insert(out.end(), rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(sample[h]));
  }
  std::sort(out.begin(), out.end());
  return out;
}

template <class Ids>
kernel::selection select(const Ids& column, const codes& stratum, const rows_of& sample, qa::seed s,
                         unsigned threads = 1) {
  const rows_of population = kernel::count_strata(stratum, sample.size()).rows;
  return kernel::select_smallest(column, {stratum, population, sample, s, threads});
}
} // namespace

TEST_CASE("strata are counted, codes outside apart") {
  const codes stratum{0, 2, 2, qa::missing_code, 0, 0, 3, 2, 0};
  const auto sizes = kernel::count_strata(stratum, 3);
  CHECK(sizes.rows == rows_of{4, 0, 3});
  CHECK(sizes.outside == 2);
}

TEST_CASE("the sample is the n smallest numbers of each stratum, for strata of any size") {
  std::mt19937_64 engine{1};
  for (int round = 0; round < 200; ++round) {
    const std::size_t rows = engine() % 5000, strata = 1 + engine() % 40;
    ids column(rows);
    std::iota(column.begin(), column.end(), static_cast<std::int64_t>(engine() % 1000) - 500);
    if (round % 2 == 0)
      std::shuffle(column.begin(), column.end(), engine);
    codes stratum;
    for (std::size_t row = 0; row < rows; ++row)
      stratum.push_back(static_cast<std::uint32_t>(std::min(engine() % strata, engine() % strata)));
    rows_of sample = kernel::count_strata(stratum, strata).rows;
    for (auto& n : sample)
      n = engine() % 4 == 0 ? n * (engine() % 2) : engine() % (n + 1);
    const qa::seed s{engine()};
    const auto drawn = select(view(column), stratum, sample, s, static_cast<unsigned>(round % 3) + 1);
    REQUIRE(drawn.repeated == 0);
    REQUIRE(drawn.rows == by_sorting(column, stratum, sample, s));
  }
}

TEST_CASE("text ids are drawn by the same rule") {
  std::mt19937_64 engine{2};
  std::vector<std::string> text;
  codes stratum;
  for (int row = 0; row < 20'000; ++row) {
    text.push_back("conv-" + std::to_string(engine()));
    stratum.push_back(static_cast<std::uint32_t>(engine() % 5));
  }
  const std::vector<std::string_view> column(text.begin(), text.end());
  const rows_of sample{10, 100, 1000, 0, 2500};
  const auto drawn = select(std::span<const std::string_view>(column), stratum, sample, qa::seed{9});
  CHECK(drawn.rows == by_sorting(column, stratum, sample, qa::seed{9}));
}

TEST_CASE("a row's number is its id where there is no id") {
  const codes stratum(1000, 0);
  ids column(1000);
  std::iota(column.begin(), column.end(), 0);
  CHECK(select(kernel::row_ids{1000}, stratum, {50}, qa::seed{4}).rows ==
        select(view(column), stratum, {50}, qa::seed{4}).rows);
}

TEST_CASE("the sample follows the ids wherever their rows stand, on any number of threads") {
  std::mt19937_64 engine{3};
  ids column(30'000);
  std::iota(column.begin(), column.end(), 1);
  const auto stratum_of = [](std::int64_t id) { return static_cast<std::uint32_t>(id % 7); };
  const rows_of sample{100, 3, 0, 4285, 500, 17, 1};
  std::set<std::int64_t> first;
  for (unsigned round = 0; round < 6; ++round) {
    codes stratum;
    for (const auto id : column)
      stratum.push_back(stratum_of(id));
    std::set<std::int64_t> drawn;
    for (const auto row : select(view(column), stratum, sample, qa::seed{77}, round + 1).rows)
      drawn.insert(column[row]);
    if (round == 0)
      first = drawn;
    CHECK(drawn == first);
    std::shuffle(column.begin(), column.end(), engine);
  }
}

TEST_CASE("a larger sample contains a smaller one of the same seed") {
  ids column(5000);
  std::iota(column.begin(), column.end(), 0);
  codes stratum;
  for (const auto id : column)
    stratum.push_back(id % 3 == 0 ? 1 : 0);
  rows_of smaller;
  for (std::uint64_t n = 0; n <= 1600; n += 64) {
    const rows_of larger = select(view(column), stratum, {n, n}, qa::seed{8}).rows;
    CHECK(std::includes(larger.begin(), larger.end(), smaller.begin(), smaller.end()));
    smaller = larger;
  }
}

TEST_CASE("the n smallest of each part, merged, hold the n smallest of the whole") {
  ids column(10'000);
  std::iota(column.begin(), column.end(), 0);
  const codes stratum(column.size(), 0);
  constexpr std::uint64_t n = 300;
  const qa::seed s{12};
  ids merged;
  for (std::size_t part = 0; part < 7; ++part) {
    const std::size_t begin = column.size() * part / 7, end = column.size() * (part + 1) / 7;
    const ids piece(column.begin() + static_cast<std::ptrdiff_t>(begin),
                    column.begin() + static_cast<std::ptrdiff_t>(end));
    for (const auto row : select(view(piece), codes(piece.size(), 0), {n}, s).rows)
      merged.push_back(piece[row]);
  }
  ids whole, again;
  for (const auto row : select(view(column), stratum, {n}, s).rows)
    whole.push_back(column[row]);
  for (const auto row : select(view(merged), codes(merged.size(), 0), {n}, s).rows)
    again.push_back(merged[row]);
  CHECK(again == whole);
}

TEST_CASE("a stratum whose numbers are all large is still drawn exactly") {
  // Ids chosen so that the threshold, which counts on uniform numbers, misses the whole stratum.
  const qa::seed s{21};
  const kernel::permanent_numbers numbers{s};
  ids column;
  codes stratum;
  for (std::int64_t id = 0; id < 60'000; ++id) {
    const double u = kernel::uniform_of(numbers(id));
    if (id % 2 == 0 || u > 0.9 || u < 0.0001) {
      column.push_back(id);
      stratum.push_back(id % 2 == 0 ? 0 : 1);
    }
  }
  const rows_of sample{2000, 400};
  CHECK(select(view(column), stratum, sample, s).rows == by_sorting(column, stratum, sample, s));
}

TEST_CASE("ids that occur more than once are found anywhere and named in the order of rows") {
  std::mt19937_64 engine{5};
  for (const bool wide : {false, true}) {
    ids column(50'000);
    for (std::size_t row = 0; row < column.size(); ++row)
      column[row] = wide ? static_cast<std::int64_t>(engine()) : static_cast<std::int64_t>(row * 3);
    std::shuffle(column.begin(), column.end(), engine);
    const codes stratum(column.size(), 0);
    CHECK(select(view(column), stratum, {10}, qa::seed{1}).repeated == 0);
    column[40'000] = column[17];
    column[49'999] = column[17];
    column[123] = column[49'000];
    const auto found = select(view(column), stratum, {10}, qa::seed{1});
    CHECK(found.rows.empty());
    CHECK(found.repeated == 3);
    CHECK(found.repetitions ==
          std::vector<std::array<std::uint64_t, 2>>{{17, 40'000}, {123, 49'000}, {17, 49'999}});
  }
}

TEST_CASE("when every id is the same the first five repetitions are named") {
  const ids column(2000, 42);
  const auto found = select(view(column), codes(column.size(), 0), {10}, qa::seed{1});
  CHECK(found.repeated == 1999);
  CHECK(found.repetitions.size() == 5);
  CHECK(found.repetitions.back() == std::array<std::uint64_t, 2>{0, 5});
}

TEST_CASE("different texts with one number are no repetition, and their tie goes by id") {
  // The hash of 16 bytes chains two words, so a second word can be chosen that undoes the difference of the
  // first.
  const qa::seed s{1};
  const std::uint64_t golden = kernel::detail_random_number::golden;
  using kernel::detail_random_number::mix;
  const std::uint64_t k0 = mix(1 + golden), k1 = mix(k0 + golden), k2 = mix(k1 + golden);
  const auto text_of = [](std::uint64_t a, std::uint64_t b) {
    std::string out(16, '\0');
    for (std::size_t i = 0; i < 8; ++i) {
      out[i] = static_cast<char>(a >> (8 * i));
      out[8 + i] = static_cast<char>(b >> (8 * i));
    }
    return out;
  };
  const auto state = [&](std::uint64_t word) { return mix((k2 ^ (16 * golden)) ^ word); };
  const std::string one = text_of(1, 99), other = text_of(2, 99 ^ state(1) ^ state(2));
  const kernel::permanent_numbers numbers{s};
  REQUIRE(one != other);
  REQUIRE(numbers(std::string_view(one)) == numbers(std::string_view(other)));

  const std::string smaller = std::min(one, other), larger = std::max(one, other);
  for (const auto& order : {std::vector<std::string_view>{smaller, larger}, {larger, smaller}}) {
    const auto drawn = select(std::span<const std::string_view>(order), codes{0, 0}, {1}, s);
    CHECK(drawn.repeated == 0);
    REQUIRE(drawn.rows.size() == 1);
    CHECK(order[drawn.rows[0]] == smaller);
  }
  const std::vector<std::string_view> three{larger, smaller, larger};
  const auto found = select(std::span<const std::string_view>(three), codes{0, 0, 0}, {1}, s);
  CHECK(found.repetitions == std::vector<std::array<std::uint64_t, 2>>{{0, 2}});
}

TEST_CASE("over many seeds every unit, and every pair, is drawn as often as its stratum's rate says" *
          doctest::test_suite("simulation")) {
  constexpr int seeds = 40'000;
  ids column(77);
  std::iota(column.begin(), column.end(), 1000);
  codes stratum;
  const rows_of population{20, 7, 50}, sample{5, 3, 49};
  for (std::uint32_t h = 0; h < 3; ++h)
    stratum.insert(stratum.end(), population[h], h);
  std::vector<double> single(column.size(), 0.0), pair(7 * 7, 0.0);
  for (int s = 0; s < seeds; ++s) {
    const auto rows = select(view(column), stratum, sample, qa::seed{static_cast<std::uint64_t>(s)}).rows;
    for (const auto row : rows)
      single[row] += 1.0;
    for (const auto a : rows)
      for (const auto b : rows)
        if (stratum[a] == 1 && stratum[b] == 1 && a < b)
          pair[(a - 20) * 7 + (b - 20)] += 1.0;
  }
  // Under simple random sampling sum (c - R p)^2 / (R p (1 - p)) * (N - 1) / N is chi-square with N - 1 df.
  std::size_t unit = 0;
  for (std::size_t h = 0; h < 3; ++h) {
    const auto n = static_cast<double>(sample[h]), all = static_cast<double>(population[h]);
    double chi_square = 0.0;
    for (std::size_t i = 0; i < population[h]; ++i, ++unit) {
      const double off = single[unit] - seeds * n / all;
      chi_square += off * off / (seeds * n / all * (1.0 - n / all));
    }
    const double p = kernel::chi_squared_upper(chi_square * (all - 1.0) / all, all - 1.0);
    CHECK(p > 1e-3);
    CHECK(p < 1.0 - 1e-3);
  }
  // Each pair of 7 with 3 drawn: 3 * 2 / (7 * 6) = 1/7; binomial, five standard deviations.
  for (std::size_t a = 0; a < 7; ++a)
    for (std::size_t b = a + 1; b < 7; ++b)
      CHECK(std::abs(pair[a * 7 + b] - seeds / 7.0) < 5.0 * std::sqrt(seeds / 7.0 * 6.0 / 7.0));
}

TEST_CASE("requests that contradict the data are refused") {
  const ids column{1, 2, 3};
  const codes stratum{0, 0, 0};
  const rows_of population{3};
  CHECK_THROWS_WITH_AS(kernel::select_smallest(view(column), {stratum, population, rows_of{4}, qa::seed{1}}),
                       "sample: stratum 0: expected at most 3, all of it, but found 4", qa::argument_error);
  CHECK_THROWS_WITH_AS(kernel::select_smallest(view(column), {codes{0}, population, rows_of{1}, qa::seed{1}}),
                       "stratum: expected 3 codes, one per id, but found 1", qa::argument_error);
}
