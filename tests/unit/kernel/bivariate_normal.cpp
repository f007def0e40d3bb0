// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/bivariate_normal.hpp>
#include <qascore/kernel/distribution.hpp>

#include "close_to.hpp"

#include <cmath>
#include <limits>

using qascore::test::close_to;
namespace k = qascore::kernel;

TEST_CASE("the bivariate normal distribution equals integrals with 30 digits") {
  // mpmath 1.4: quad of npdf(t) ncdf((k - r t) / sqrt(1 - r^2)) up to h.
  struct {
    double h, k, rho, expected;
  } const cases[] = {{0.5, -0.3, 0.4, 0.31712692828616511},     {-1.2, 2.0, -0.7, 0.0984835210439169823},
                     {0, 0.7, 0.3, 0.416677393848614831},       {1.5, 1.5, 0.95, 0.916939802257928523},
                     {-3, -2.5, 0.2, 0.0000407062958486722509}, {-0.8, 0, -0.99, 6.72380343800463604e-11},
                     {2, -2, 0.999, 0.0227501319481792072}};
  for (const auto& c : cases) {
    CHECK(close_to(k::bivariate_normal_cdf(c.h, c.k, c.rho), c.expected, 0.0, 1e-15));
    CHECK(close_to(k::bivariate_normal_cdf(c.k, c.h, c.rho), c.expected, 0.0, 1e-15));
  }
}

TEST_CASE("at infinity, at the origin and outside the range") {
  const double endless = std::numeric_limits<double>::infinity();
  CHECK(k::bivariate_normal_cdf(-endless, 1.0, 0.5) == 0.0);
  CHECK(k::bivariate_normal_cdf(endless, 1.0, 0.5) == k::normal_cdf(1.0));
  CHECK(k::bivariate_normal_cdf(0.3, endless, -0.5) == k::normal_cdf(0.3));
  CHECK(close_to(k::bivariate_normal_cdf(0.0, 0.0, 0.5), 1.0 / 3.0, 1e-15));
  CHECK(std::isnan(k::bivariate_normal_cdf(0.0, 0.0, 1.0)));
  CHECK(k::bivariate_normal_density(endless, 0.0, 0.5) == 0.0);
}

TEST_CASE("the derivative of the distribution function in the correlation is the density") {
  for (const double rho : {-0.8, 0.1, 0.6})
    for (const double h : {-1.0, 0.0, 0.4}) {
      const double step = 1e-5;
      const double slope =
          (k::bivariate_normal_cdf(h, 0.7, rho + step) - k::bivariate_normal_cdf(h, 0.7, rho - step)) /
          (2 * step);
      CHECK(close_to(k::bivariate_normal_density(h, 0.7, rho), slope, 1e-8));
    }
}
