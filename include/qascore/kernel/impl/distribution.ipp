// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <limits>

namespace qascore::kernel {
namespace detail_distribution {
namespace bm = boost::math;
using policy = bm::policies::policy<
    bm::policies::domain_error<bm::policies::ignore_error>, bm::policies::pole_error<bm::policies::ignore_error>,
    bm::policies::overflow_error<bm::policies::ignore_error>,
    bm::policies::underflow_error<bm::policies::ignore_error>,
    bm::policies::denorm_error<bm::policies::ignore_error>,
    bm::policies::evaluation_error<bm::policies::ignore_error>>;
using normal = bm::normal_distribution<double, policy>;
using student_t = bm::students_t_distribution<double, policy>;
using fisher_f = bm::fisher_f_distribution<double, policy>;
using chi_squared = bm::chi_squared_distribution<double, policy>;
using beta = bm::beta_distribution<double, policy>;
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

// Boost.Math answers the ends of the range by an overflow policy; say them plainly.
inline bool outside(double p) noexcept { return !(p >= 0.0 && p <= 1.0); }
} // namespace detail_distribution

QASCORE_INLINE double normal_cdf(double x) noexcept {
  using namespace detail_distribution;
  if (std::isnan(x))
    return nan;
  return 0.5 * std::erfc(-x / 1.4142135623730950488);
}

QASCORE_INLINE double normal_quantile(double p) noexcept {
  using namespace detail_distribution;
  if (outside(p))
    return nan;
  if (p == 0.0 || p == 1.0)
    return p == 0.0 ? -infinity : infinity;
  return bm::quantile(normal(), p);
}

QASCORE_INLINE double student_t_cdf(double x, double df) noexcept {
  using namespace detail_distribution;
  if (std::isnan(x) || !(df > 0.0))
    return nan;
  if (std::isinf(x))
    return x > 0.0 ? 1.0 : 0.0;
  if (std::isinf(df))
    return normal_cdf(x);
  return bm::cdf(student_t(df), x);
}

QASCORE_INLINE double student_t_quantile(double p, double df) noexcept {
  using namespace detail_distribution;
  if (outside(p) || !(df > 0.0))
    return nan;
  if (std::isinf(df))
    return normal_quantile(p);
  if (p == 0.0 || p == 1.0)
    return p == 0.0 ? -infinity : infinity;
  return bm::quantile(student_t(df), p);
}

QASCORE_INLINE double student_t_p_value(double statistic, double df) noexcept {
  return 2.0 * student_t_cdf(-std::abs(statistic), df);
}

QASCORE_INLINE double f_cdf(double x, double df1, double df2) noexcept {
  using namespace detail_distribution;
  if (std::isnan(x) || !(df1 > 0.0 && df2 > 0.0) || std::isinf(df1) || std::isinf(df2))
    return nan;
  if (x <= 0.0)
    return 0.0;
  return std::isinf(x) ? 1.0 : bm::cdf(fisher_f(df1, df2), x);
}

QASCORE_INLINE double f_upper(double x, double df1, double df2) noexcept {
  using namespace detail_distribution;
  if (std::isnan(x) || !(df1 > 0.0 && df2 > 0.0) || std::isinf(df1) || std::isinf(df2))
    return nan;
  if (x <= 0.0)
    return 1.0;
  return std::isinf(x) ? 0.0 : bm::cdf(bm::complement(fisher_f(df1, df2), x));
}

QASCORE_INLINE double f_quantile(double p, double df1, double df2) {
  using namespace detail_distribution;
  if (outside(p) || !(df1 > 0.0 && df2 > 0.0) || std::isinf(df1) || std::isinf(df2))
    return nan;
  if (p == 0.0 || p == 1.0)
    return p == 0.0 ? 0.0 : infinity;
  return bm::quantile(fisher_f(df1, df2), p);
}

QASCORE_INLINE double chi_squared_upper(double x, double df) noexcept {
  using namespace detail_distribution;
  if (std::isnan(x) || !(df > 0.0) || std::isinf(df))
    return nan;
  if (x <= 0.0)
    return 1.0;
  return std::isinf(x) ? 0.0 : bm::cdf(bm::complement(chi_squared(df), x));
}

QASCORE_INLINE double chi_squared_quantile(double p, double df) {
  using namespace detail_distribution;
  if (outside(p) || !(df > 0.0) || std::isinf(df))
    return nan;
  if (p == 0.0 || p == 1.0)
    return p == 0.0 ? 0.0 : infinity;
  return bm::quantile(chi_squared(df), p);
}

QASCORE_INLINE double beta_quantile(double p, double a, double b) {
  using namespace detail_distribution;
  if (outside(p) || !(a > 0.0 && b > 0.0) || std::isinf(a) || std::isinf(b))
    return nan;
  if (p == 0.0 || p == 1.0)
    return p;
  return bm::quantile(beta(a, b), p);
}

} // namespace qascore::kernel
