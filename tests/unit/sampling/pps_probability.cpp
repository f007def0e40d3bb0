// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/core/error.hpp>
#include <qascore/kernel/pps_probability.hpp>

#include "close_to.hpp"

#include <limits>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace kernel = qascore::kernel;
using reals = std::vector<double>;

TEST_CASE("the largest units are certain and the others share the rest in proportion") {
  // By hand: 2 * 14 / 20 > 1, so the last is certain; one is left for 1, 2, 3.
  const reals pi = kernel::pps_probabilities(reals{1, 2, 3, 14}, 2);
  CHECK(close_to(pi[0], 1.0 / 6, 1e-15));
  CHECK(close_to(pi[2], 0.5, 1e-15));
  CHECK(pi[3] == 1.0);
  // Taking out 14 makes 5 certain too: 3 * 5/26 < 1, but 2 * 5/12 < 1 as well; with n = 4, 3 * 5/12 > 1.
  CHECK(kernel::pps_probabilities(reals{3, 4, 5, 14}, 3)[2] == 2.0 * 5 / 12);
  CHECK(kernel::pps_probabilities(reals{3, 4, 5, 14}, 4) == reals{1, 1, 1, 1});
  // R sampling 2.9, inclusionprobabilities(1:20, 12): the sizes 17 to 20 are certain, the rest are k / 17.
  reals size(20);
  for (std::size_t k = 0; k < 20; ++k)
    size[k] = static_cast<double>(k + 1);
  const reals twenty = kernel::pps_probabilities(size, 12);
  for (std::size_t k = 0; k < 20; ++k)
    CHECK(close_to(twenty[k], std::min(1.0, size[k] / 17.0), 1e-15));
}

TEST_CASE("probabilities add up to n, keep the order of sizes, and none exceeds 1") {
  std::mt19937_64 engine{31};
  for (int round = 0; round < 500; ++round) {
    reals size;
    double positive = 0.0;
    for (int k = 0; k < 40; ++k) {
      const double u = static_cast<double>(engine() >> 11) * 0x1p-53;
      size.push_back(engine() % 8 == 0 ? 0.0 : round % 2 == 0 ? std::exp(8.0 * u) : 0.1);
      positive += size.back() > 0.0;
    }
    const double n = 1.0 + static_cast<double>(engine() % static_cast<std::uint64_t>(positive));
    const reals pi = kernel::pps_probabilities(size, n);
    double sum = 0.0;
    for (std::size_t k = 0; k < 40; ++k) {
      sum += pi[k];
      REQUIRE(pi[k] <= 1.0);
      REQUIRE((pi[k] == 0.0) == (size[k] == 0.0));
      for (std::size_t other = 0; other < 40; ++other) {
        if (size[k] <= size[other])
          REQUIRE(pi[k] <= pi[other]);
        if (pi[k] < 1.0 && pi[other] < 1.0)
          REQUIRE(close_to(pi[k] * size[other], pi[other] * size[k], 1e-12, 1e-300));
      }
    }
    REQUIRE(close_to(sum, n, 1e-13));
  }
}

TEST_CASE("units near certainty may be taken for certain") {
  // 2 * 9 / 20 = 0.9 is certain from 0.85 on; then one is left, and 5 / 11 is not.
  CHECK(kernel::pps_probabilities(reals{2, 4, 5, 9}, 2, 0.85) == reals{2.0 / 11, 4.0 / 11, 5.0 / 11, 1});
}

TEST_CASE("strata have their own n") {
  const std::vector<std::uint32_t> stratum{0, 1, 0, 1, 2};
  const reals pi = kernel::pps_probabilities(reals{1, 5, 3, 5, 7}, stratum, reals{1, 2, 0});
  CHECK(pi == reals{0.25, 1, 0.75, 1, 0});
}

TEST_CASE("sizes whose sum exceeds the largest double have chances in proportion all the same") {
  const auto third = kernel::pps_probabilities(reals{1e308, 1e308, 1e308}, 1);
  for (const double p : third)
    CHECK(close_to(p, 1.0 / 3.0, 1e-15));
  const double largest = std::numeric_limits<double>::max();
  const reals huge = kernel::pps_probabilities(reals{largest, largest / 2, largest / 4, largest / 4, 1.0}, 1);
  CHECK(huge[0] == 0.5);
  CHECK(huge[1] == 0.25);
  CHECK(huge[2] == 0.125);
  CHECK(huge[4] < 1e-300);
}

TEST_CASE("sizes and n out of range are refused") {
  const auto message = [](const reals& size, double n, double certain_from = 1.0) -> std::string {
    try {
      kernel::pps_probabilities(size, n, certain_from);
    } catch (const qascore::argument_error& e) {
      return e.what();
    }
    return "no error";
  };
  CHECK(message({1, -2}, 1) == "size_measure: expected a number >= 0 but found -2 at position 1");
  CHECK(message({1, std::numeric_limits<double>::quiet_NaN()}, 1) ==
        "size_measure: expected a number >= 0 but found NaN at position 1");
  CHECK(message({1, 0, 2}, 3) ==
        "n: expected a number above 0 up to 2, the units with a size above 0, but found 3");
  CHECK(message({1, 2}, 0) ==
        "n: expected a number above 0 up to 2, the units with a size above 0, but found 0");
  CHECK(message({1, 2}, 1, 1.5) == "certain_from: expected a probability above 0 up to 1 but found 1.5");
}
