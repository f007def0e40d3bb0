// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/core/error.hpp>
#include <qascore/kernel/rank.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

namespace qa = qascore;

namespace {
/// By a sorted map: slow and plainly right.
void check_levels(const std::vector<double>& values) {
  std::map<double, std::uint32_t> level;
  for (const double v : values)
    ++level[v + 0.0];
  std::vector<std::uint32_t> size;
  std::map<double, std::uint32_t> code;
  for (const auto& [value, count] : level) {
    code[value] = static_cast<std::uint32_t>(size.size());
    size.push_back(count);
  }
  std::vector<std::uint32_t> codes;
  for (const double v : values)
    codes.push_back(code[v + 0.0]);
  const auto found = qa::kernel::levels_of(values);
  CHECK(found.code == codes);
  CHECK(found.size == size);
}
} // namespace

TEST_CASE("levels number the distinct values in ascending order, and count them") {
  const auto levels = qa::kernel::levels_of(std::vector<double>{2.5, -1.0, 2.5, 0.0, -0.0});
  CHECK(levels.code == std::vector<std::uint32_t>{2, 0, 2, 1, 1});
  CHECK(levels.size == std::vector<std::uint32_t>{1, 2, 2});
  CHECK(qa::kernel::levels_of({}).count() == 0);
}

TEST_CASE("levels are right for few and many values, whatever their distribution") {
  std::mt19937_64 engine(20260101);
  const auto draw = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(engine() >> 11u) * 0x1p-53);
  };
  for (const std::size_t n : {1u, 2u, 1023u, 1024u, 1025u, 1026u, 20000u}) {
    CAPTURE(n);
    std::vector<double> five, uniform, heavy, shifted, ties;
    for (std::size_t i = 0; i < n; ++i) {
      five.push_back(std::floor(draw(0, 5)));
      uniform.push_back(draw(-3, 7));
      heavy.push_back(std::exp(draw(-300, 300)) * (i % 2 == 0 ? 1 : -1)); // nearly all share one linear image
      shifted.push_back(1e9 + draw(0, 1e-3));
      ties.push_back(std::floor(draw(0, 3000)));
    }
    check_levels(five);
    check_levels(uniform);
    check_levels(heavy);
    check_levels(shifted);
    check_levels(ties);
  }
  std::vector<double> wide{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()};
  for (int i = 0; i < 2000; ++i)
    wide.push_back(draw(-1e300, 1e300));
  check_levels(wide);
}

TEST_CASE("NaN and infinity have no level") {
  CHECK_THROWS_AS(qa::kernel::levels_of(std::vector<double>{1.0, std::nan("")}), qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::levels_of(std::vector<double>{1.0, std::numeric_limits<double>::infinity()}),
                  qa::argument_error);
}
