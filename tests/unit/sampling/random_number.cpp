// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/distribution.hpp>
#include <qascore/kernel/random_number.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace qa = qascore;
using qa::kernel::permanent_numbers;
using qa::kernel::uniform_of;

namespace {
/// Upper tail of chi-square of `pairs` of fractions on a k x k grid against the uniform distribution.
template <class Pair>
double grid_p_value(std::size_t pairs, std::size_t k, const Pair& pair) {
  std::vector<double> count(k * k, 0.0);
  for (std::size_t i = 0; i < pairs; ++i) {
    const auto [u, v] = pair(i);
    const auto cell = [k](double x) { return static_cast<std::size_t>(x * static_cast<double>(k)); };
    count[cell(u) * k + cell(v)] += 1.0;
  }
  const double expected = static_cast<double>(pairs) / static_cast<double>(k * k);
  double chi_square = 0.0;
  for (const double c : count)
    chi_square += (c - expected) * (c - expected) / expected;
  return qa::kernel::chi_squared_upper(chi_square, static_cast<double>(k * k - 1));
}
bool plausible(double p) {
  return p > 1e-4 && p < 1.0 - 1e-4;
}
} // namespace

TEST_CASE("permanent random numbers have the values of the frozen format mix13-1") {
  // From a second implementation of the format, in Python integers (CPython 3.11).
  const auto integer = [](std::uint64_t s, std::int64_t id) { return permanent_numbers(qa::seed{s})(id); };
  CHECK(integer(0, 0) == 0x9e3f475777945275u);
  CHECK(integer(0, 1) == 0x28d15eb1e851a675u);
  CHECK(integer(1, 0) == 0xef69e29d4ce1072eu);
  CHECK(integer(20260101, 7) == 0x61d47dc76c4a674cu);
  CHECK(integer(20260101, -1) == 0x600209411c8b246bu);
  CHECK(integer(std::numeric_limits<std::uint64_t>::max(), std::int64_t{1} << 62) == 0xb82fcd40d0ebd633u);
  const auto text = [](std::uint64_t s, std::string_view id) { return permanent_numbers(qa::seed{s})(id); };
  CHECK(text(0, "") == 0x0cf64ff109c48c44u);
  CHECK(text(20260101, "7") == 0x3f5f0c1e525b813cu);
  CHECK(text(20260101, "c-000001") == 0x2a6c2f7237a4389bu);
  CHECK(text(20260101, "conversation-17") == 0x46f4589154fbe49eu);
  CHECK(text(1, "\u5ba2\u670d-42") == 0x216c0cef54d7aa1au);
  CHECK(text(1, "a") == 0x8d332b4950b0a152u);
  CHECK(text(1, std::string_view("a\0", 2)) == 0xdcb652cd25286d93u);
  CHECK(qa::kernel::random_number_format == "mix13-1");
}

TEST_CASE("the uniform fraction keeps the upper 53 bits and stays below 1") {
  CHECK(uniform_of(0) == 0.0);
  CHECK(uniform_of(std::uint64_t{1} << 63) == 0.5);
  CHECK(uniform_of(std::numeric_limits<std::uint64_t>::max()) == 1.0 - 0x1p-53);
}

TEST_CASE("numbers of sequential ids are uniform") {
  for (const std::uint64_t s : {0u, 1u, 20260101u}) {
    const permanent_numbers numbers{qa::seed{s}};
    const double p = grid_p_value(1'000'000, 32, [&](std::size_t i) {
      const double u = uniform_of(numbers(static_cast<std::int64_t>(i)));
      const double fine = u * 32.0 - static_cast<double>(static_cast<int>(u * 32.0));
      return std::array{u, fine}; // 1,024 cells of one dimension
    });
    CHECK(plausible(p));
  }
}

TEST_CASE("numbers of text ids that differ in their last digits are uniform") {
  const permanent_numbers numbers{qa::seed{3}};
  const double p = grid_p_value(1'000'000, 32, [&](std::size_t i) {
    const double u = uniform_of(numbers(std::string_view("conversation-" + std::to_string(i))));
    const double fine = u * 32.0 - static_cast<double>(static_cast<int>(u * 32.0));
    return std::array{u, fine};
  });
  CHECK(plausible(p));
}

TEST_CASE("numbers of neighbouring ids are independent") {
  const permanent_numbers numbers{qa::seed{5}};
  for (const std::int64_t step : {1, 2, 64, 4096}) {
    const double p = grid_p_value(1'000'000, 32, [&](std::size_t i) {
      const auto id = static_cast<std::int64_t>(i) * 8192;
      return std::array{uniform_of(numbers(id)), uniform_of(numbers(id + step))};
    });
    CHECK(plausible(p));
  }
}

TEST_CASE("numbers of the same id under neighbouring seeds are independent") {
  const permanent_numbers one{qa::seed{20260101}}, next{qa::seed{20260102}};
  CHECK(plausible(grid_p_value(1'000'000, 32, [&](std::size_t i) {
    const auto id = static_cast<std::int64_t>(i);
    return std::array{uniform_of(one(id)), uniform_of(next(id))};
  })));
  CHECK(plausible(grid_p_value(1'000'000, 32, [&](std::size_t i) {
    const std::string id = std::to_string(i);
    return std::array{uniform_of(one(id)), uniform_of(next(id))};
  })));
}

TEST_CASE("every bit of an id moves every bit of its number in about half of the cases") {
  const permanent_numbers numbers{qa::seed{11}};
  constexpr int ids = 4096;
  int least = ids, most = 0;
  for (int in = 0; in < 64; ++in) {
    std::array<int, 64> moved{};
    for (int i = 0; i < ids; ++i) {
      const auto id = static_cast<std::uint64_t>(i) * 2654435761u;
      const std::uint64_t change = numbers(static_cast<std::int64_t>(id)) ^
                                   numbers(static_cast<std::int64_t>(id ^ (std::uint64_t{1} << in)));
      for (std::size_t out = 0; out < 64; ++out)
        moved[out] += static_cast<int>((change >> out) & 1);
    }
    for (const int m : moved) {
      least = std::min(least, m);
      most = std::max(most, m);
    }
  }
  // 4,096 binomial counts with mean 2,048 and standard deviation 32: all within six deviations.
  CHECK(least > 2048 - 6 * 32);
  CHECK(most < 2048 + 6 * 32);
}
