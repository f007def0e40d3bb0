// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/core/error.hpp>
#include <qascore/kernel/inference.hpp>
#include <qascore/kernel/variance.hpp>

#include "close_to.hpp"

#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {
std::vector<double> mean_influence(const std::vector<double>& y) {
  double mean = 0;
  for (const double v : y)
    mean += v;
  mean /= static_cast<double>(y.size());
  std::vector<double> u;
  for (const double v : y)
    u.push_back((v - mean) / static_cast<double>(y.size()));
  return u;
}
} // namespace

TEST_CASE("for a mean of independent units the variance is s squared over n") {
  const std::vector<double> y{2, 4, 4, 4, 5, 5, 7, 9}; // s^2 = 32/7
  const auto v = qa::kernel::variance_of(qa::independent_units(8), mean_influence(y));
  CHECK(close_to(v.variance, 32.0 / 7.0 / 8.0, 1e-15));
  CHECK(v.df == 7);
}

TEST_CASE("the variance does not lose digits at an offset of 1e9") {
  const std::vector<double> y{1e9 + 2, 1e9 + 4, 1e9 + 4, 1e9 + 4, 1e9 + 5, 1e9 + 5, 1e9 + 7, 1e9 + 9};
  const auto v = qa::kernel::variance_of(qa::independent_units(8), mean_influence(y));
  CHECK(close_to(v.variance, 32.0 / 7.0 / 8.0, 1e-9));
}

TEST_CASE("a stratum with one unit is refused unless the caller says what it means") {
  const std::vector<double> u{0.1, -0.2, 0.3, 0.5};
  const std::vector<std::uint32_t> stratum{0, 0, 0, 1};
  qa::design_view design{.units = 4, .weight = {}, .stratum = stratum, .cluster = {}, .strata = 2, .population = {}};
  CHECK_THROWS_AS(qa::kernel::variance_of(design, u), qa::design_error);
  design.single = qa::single_unit::certainty;
  const double alone = qa::kernel::variance_of(design, u).variance;
  design.single = qa::single_unit::average;
  CHECK(close_to(qa::kernel::variance_of(design, u).variance, 2 * alone, 1e-15));
  design.single = qa::single_unit::adjust;
  CHECK(close_to(qa::kernel::variance_of(design, u).variance, alone + (0.5 - 0.175) * (0.5 - 0.175), 1e-14));
}

TEST_CASE("a stratum taken whole contributes nothing") {
  const std::vector<double> u{0.1, -0.2, 0.3};
  const std::vector<double> population{3};
  qa::design_view design = qa::independent_units(3);
  design.population = population;
  CHECK(qa::kernel::variance_of(design, u).variance == 0.0);
}

TEST_CASE("the covariance matrix holds the variances and gives that of a difference") {
  const std::vector<double> a{0.1, -0.2, 0.3, -0.1, -0.1}, b{0.2, 0.1, -0.4, 0.0, 0.1};
  std::vector<double> d;
  for (std::size_t i = 0; i < a.size(); ++i)
    d.push_back(a[i] - b[i]);
  const auto design = qa::independent_units(5);
  const std::vector<std::span<const double>> both{a, b};
  const auto c = qa::kernel::covariance_of(design, both);
  CHECK(close_to(c[0], qa::kernel::variance_of(design, a).variance, 1e-14));
  CHECK(close_to(c[0] + c[3] - 2 * c[1], qa::kernel::variance_of(design, d).variance, 1e-14));
}

TEST_CASE("one unit has no variance, and the estimate says so") {
  const qa::linearised one{.value = 3.0, .influence = {0.0}, .undefined = {}};
  const auto e = qa::kernel::infer(one, qa::independent_units(1), {});
  CHECK(e.value == 3.0);
  CHECK(std::isnan(e.std_error));
  CHECK(e.undefined == "fewer than 2 units: no variance");
}
