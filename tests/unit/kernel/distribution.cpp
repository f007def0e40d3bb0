// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/distribution.hpp>

#include "close_to.hpp"

#include <limits>

using qascore::test::close_to;
namespace k = qascore::kernel;

// Reference values: mpmath 1.3 with 30 digits, roots of the regularised incomplete beta function and of ncdf.
TEST_CASE("quantiles equal those computed with 30 digits") {
  CHECK(close_to(k::normal_quantile(0.975), 1.95996398454005423552, 1e-15));
  CHECK(close_to(k::student_t_quantile(0.975, 11), 2.20098516009163986788, 1e-14));
  CHECK(close_to(k::student_t_quantile(0.975, 1), 12.7062047361747046460, 1e-14));
  CHECK(close_to(k::student_t_quantile(0.995, 2.5), 7.16372813894878551989, 1e-13));
  CHECK(close_to(k::student_t_quantile(0.95, std::numeric_limits<double>::infinity()), 1.64485362695147271486, 1e-15));
  CHECK(close_to(k::f_quantile(0.975, 5, 15.5), 3.53785680142435946399, 1e-13));
  CHECK(close_to(k::beta_quantile(0.025, 3, 7.5), 0.0705633289141652666606, 1e-13));
}

TEST_CASE("outside the domain the answer is NaN, not an exception") {
  CHECK(std::isnan(k::student_t_quantile(0.5, 0)));
  CHECK(std::isnan(k::student_t_quantile(1.5, 3)));
  CHECK(std::isnan(k::normal_quantile(-0.1)));
  CHECK(std::isnan(k::f_quantile(0.5, -1, 2)));
  CHECK(std::isnan(k::beta_quantile(0.5, 0, 2)));
}

TEST_CASE("quantile and cumulative probability undo each other") {
  for (const double p : {1e-6, 0.01, 0.3, 0.5, 0.9, 0.999}) {
    CHECK(close_to(k::normal_cdf(k::normal_quantile(p)), p, 1e-12));
    for (const double df : {1.0, 2.5, 30.0, 1e6})
      CHECK(close_to(k::student_t_cdf(k::student_t_quantile(p, df), df), p, 1e-10));
    CHECK(close_to(k::f_cdf(k::f_quantile(p, 3, 7.5), 3, 7.5), p, 1e-10));
    CHECK(close_to(1.0 - k::f_upper(k::f_quantile(p, 3, 7.5), 3, 7.5), p, 1e-9));
    CHECK(close_to(1.0 - k::chi_squared_upper(k::chi_squared_quantile(p, 4), 4), p, 1e-9));
  }
}
