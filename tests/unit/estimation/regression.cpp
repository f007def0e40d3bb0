// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::column;
using qascore::test::fit;
using qascore::test::weighted;

namespace {

const column x{1, 2, 4, 7, 8, 11, 12, 15};
const column z{3, 1, 4, 1, 5, 9, 2, 6};
const column y{2.1, 3.9, 6.2, 9.8, 11.9, 14.2, 17.0, 19.5};
const column event{0, 1, 0, 0, 1, 0, 1, 1};
const column grade{0, 1, 0, 1, 2, 1, 2, 2};
const column weight{1, 2, 1, 3, 1, 2, 2, 1};

} // namespace

TEST_CASE("a simple regression is the slope of the moments, and the classical errors are the textbook's") {
  const auto f = fit(qa::kernel::linear_regression, qa::independent_units(8), y,
                     {.errors = qa::coefficient_errors::classical}, x);
  double mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    mx += x[i] / 8;
    my += y[i] / 8;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    xy += (x[i] - mx) * (y[i] - my);
    yy += (y[i] - my) * (y[i] - my);
  }
  const double slope = xy / xx, s2 = (yy - slope * xy) / 6;
  CHECK(close_to(f.coefficients[1].value, slope, 1e-14));
  CHECK(close_to(f.coefficients[0].value, my - slope * mx, 1e-13));
  CHECK(close_to(f.coefficients[1].std_error, std::sqrt(s2 / xx), 1e-12));
  CHECK(close_to(f.coefficients[0].std_error, std::sqrt(s2 * (1.0 / 8 + mx * mx / xx)), 1e-12));
  CHECK(f.coefficients[1].df == 6.0);
  CHECK(close_to(f.r_squared, slope * xy / yy, 1e-13));
  CHECK(close_to(f.residual_sd, std::sqrt(s2), 1e-12));
}

TEST_CASE("influence values of coefficients are the derivatives in the weights") {
  // The variance of the engine for independent weighted rows is n / (n - 1) sum (w u)^2 as sum w u = 0:
  // recompute it from numerical derivatives.
  const auto value = [](const column& w, std::size_t which, int family) {
    const qa::kernel::regression_options options{.errors = qa::coefficient_errors::linearized};
    const auto design = weighted(w);
    const std::vector<std::span<const double>> columns{x, z};
    return (family == 0   ? qa::kernel::linear_regression(design, y, columns, options)
            : family == 1 ? qa::kernel::logit_regression(design, event, columns, options)
                          : qa::kernel::ordinal_logit(design, grade, 3, columns, options))
        .coefficients[which];
  };
  for (const int family : {0, 1, 2})
    for (std::size_t which = 0; which < 3u + (family == 2); ++which) {
      double squares = 0;
      for (std::size_t i = 0; i < weight.size(); ++i) {
        column up = weight, down = weight;
        up[i] += 1e-4;
        down[i] -= 1e-4;
        const double u = (value(up, which, family).value - value(down, which, family).value) / 2e-4;
        squares += weight[i] * u * weight[i] * u;
      }
      CAPTURE(family);
      CAPTURE(which);
      CHECK(close_to(value(weight, which, family).std_error, std::sqrt(8.0 / 7.0 * squares), 1e-5));
    }
}

TEST_CASE("a regression on a domain's indicator is the difference of two means, df and all") {
  const column half{0, 1, 0, 1, 1, 0, 1, 0};
  const std::vector<std::uint32_t> codes{0, 1, 0, 1, 1, 0, 1, 0};
  const auto f = fit(qa::kernel::linear_regression, weighted(weight), y,
                     {.errors = qa::coefficient_errors::linearized}, half);
  const auto d = qa::kernel::mean_difference(weighted(weight), {codes, 2}, 1, 0, y, {},
                                             qa::kernel::difference_df::design);
  CHECK(close_to(f.coefficients[1].value, d.value, 1e-13));
  CHECK(close_to(f.coefficients[1].std_error, d.std_error, 1e-12));
  CHECK(f.coefficients[1].df == d.df);
}

TEST_CASE("logit with one indicator is the log odds ratio with its textbook variance") {
  // 3 of 5 and 1 of 3: log odds 0.405465 and -0.693147; variance of the ratio 1/3 + 1/2 + 1/1 + 1/2.
  const column group{1, 1, 1, 1, 1, 0, 0, 0}, yes{1, 1, 1, 0, 0, 1, 0, 0};
  const auto f = fit(qa::kernel::logit_regression, qa::independent_units(8), yes,
                     {.errors = qa::coefficient_errors::classical}, group);
  CHECK(close_to(f.coefficients[0].value, std::log(0.5), 1e-12));
  CHECK(close_to(f.coefficients[1].value, std::log(3.0), 1e-12));
  CHECK(close_to(f.coefficients[1].std_error, std::sqrt(1.0 / 3 + 0.5 + 1 + 0.5), 1e-11));
  CHECK(close_to(f.log_likelihood,
                 3 * std::log(0.6) + 2 * std::log(0.4) + std::log(1.0 / 3) + 2 * std::log(2.0 / 3), 1e-12));
  CHECK(f.coefficients[0].low < f.coefficients[0].high);
}

TEST_CASE("collinear columns, constants and separation are named, not fitted") {
  const column twice{2, 4, 8, 14, 16, 22, 24, 30}, same(8, 3.0), sorted{0, 0, 0, 0, 1, 1, 1, 1};
  const auto first = fit(qa::kernel::linear_regression, qa::independent_units(8), y, {}, x, z, twice);
  CHECK(first.undefined == "is a linear combination of the columns before it");
  CHECK(first.fault == 2);
  CHECK(first.coefficients.size() == 4);
  CHECK(std::isnan(first.coefficients[1].value));
  CHECK(first.coefficients[1].undefined == first.undefined);
  const auto second = fit(qa::kernel::logit_regression, qa::independent_units(8), event, {}, x, same);
  CHECK(second.undefined == "does not vary");
  CHECK(second.fault == 1);
  const auto third = fit(qa::kernel::logit_regression, qa::independent_units(8), sorted, {}, z, x);
  CHECK(third.undefined == "predicts the outcome perfectly, alone or with others (separation)");
  CHECK(third.fault == 1);
  // Quasi-complete: all of the group say yes, the others differ.
  const column group{1, 1, 1, 0, 0, 0, 0, 0}, yes{1, 1, 1, 0, 1, 0, 1, 0};
  const auto fourth = fit(qa::kernel::logit_regression, qa::independent_units(8), yes, {}, z, group);
  CHECK(fourth.undefined == "predicts the outcome perfectly, alone or with others (separation)");
  CHECK(fourth.fault == 1);
  CHECK(fit(qa::kernel::logit_regression, qa::independent_units(8), column(8, 1.0), {}, x).undefined ==
        "the outcome does not vary");
  const column few{1, 2}, two{1, 3};
  CHECK(fit(qa::kernel::linear_regression, qa::independent_units(2), few, {}, two).undefined ==
        "no more units than coefficients");
}

TEST_CASE("a stratum without an answer leaves no regression") {
  const std::vector<std::uint32_t> stratum{0, 0, 0, 1, 1, 0, 0, 0};
  qa::design_view design = qa::independent_units(8);
  design.stratum = stratum;
  design.strata = 2;
  column gaps = y;
  gaps[3] = qa::missing_value;
  CHECK(fit(qa::kernel::linear_regression, design, gaps, {}, x).undefined.empty());
  gaps[4] = qa::missing_value;
  const auto f = fit(qa::kernel::linear_regression, design, gaps, {}, x);
  CHECK(f.undefined == qa::kernel::silent_stratum);
  CHECK(f.fault == qa::regression_fit::no_fault);
  CHECK(std::isnan(f.coefficients[1].value));
  CHECK(f.coefficients[1].undefined == f.undefined);
}

TEST_CASE("units that lack a value take no part") {
  column gaps = x;
  gaps[3] = qa::missing_value;
  const auto f = fit(qa::kernel::linear_regression, qa::independent_units(8), y, {}, gaps);
  column fewer_x, fewer_y;
  for (std::size_t i = 0; i < 8; ++i)
    if (i != 3) {
      fewer_x.push_back(x[i]);
      fewer_y.push_back(y[i]);
    }
  const auto expected = fit(qa::kernel::linear_regression, qa::independent_units(7), fewer_y, {}, fewer_x);
  CHECK(f.n == 7);
  CHECK(f.missing == 1);
  CHECK(close_to(f.coefficients[1].value, expected.coefficients[1].value, 1e-14));
  CHECK(close_to(f.coefficients[1].std_error, expected.coefficients[1].std_error, 1e-13));
}

TEST_CASE("the fit does not depend on the order of rows, and stands an offset of 1e9") {
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6, 7};
  std::mt19937 engine(1);
  const qa::kernel::regression_options linearized{.errors = qa::coefficient_errors::linearized};
  const auto before = fit(qa::kernel::linear_regression, qa::independent_units(8), y, {}, x, z);
  const auto exact = fit(qa::kernel::linear_regression, qa::independent_units(8), y, linearized, x, z);
  for (int run = 0; run < 20; ++run) {
    std::shuffle(order.begin(), order.end(), engine);
    column a, b, c;
    for (const std::size_t i : order) {
      a.push_back(x[i]);
      b.push_back(z[i]);
      c.push_back(y[i]);
    }
    const auto after = fit(qa::kernel::linear_regression, qa::independent_units(8), c, {}, a, b);
    const auto again = fit(qa::kernel::linear_regression, qa::independent_units(8), c, linearized, a, b);
    for (std::size_t j = 0; j < 3; ++j) {
      CHECK(after.coefficients[j].value == before.coefficients[j].value);
      CHECK(again.coefficients[j].std_error == exact.coefficients[j].std_error);
      CHECK(close_to(after.coefficients[j].std_error, before.coefficients[j].std_error,
                     1e-14)); // roots of matrices
    }
  }
  column far = x;
  for (double& v : far)
    v += 1e9;
  const auto moved = fit(qa::kernel::linear_regression, qa::independent_units(8), y, {}, far, z);
  CHECK(close_to(moved.coefficients[1].value, before.coefficients[1].value, 1e-13));
}

TEST_CASE("fronts take the embedder's own rows") {
  struct call {
    double minutes, score;
    bool resolved;
    int grade;
  };
  std::vector<call> rows;
  for (std::size_t i = 0; i < 8; ++i)
    rows.push_back({x[i], y[i], event[i] > 0, static_cast<int>(grade[i])});
  const auto design = qa::sample_design::independent(8);
  const auto view = qa::independent_units(8);
  CHECK(qa::linear_regression(design, rows, &call::score, {}, &call::minutes).coefficients[1].value ==
        fit(qa::kernel::linear_regression, view, y, {}, x).coefficients[1].value);
  CHECK(qa::logit_regression(design, rows, &call::resolved, {}, &call::minutes).coefficients[1].value ==
        fit(qa::kernel::logit_regression, view, event, {}, x).coefficients[1].value);
  CHECK(qa::ordinal_logit(design, rows, &call::grade, 3, {}, &call::minutes).coefficients.size() == 3);
  CHECK_THROWS_AS(qa::ordinal_logit(design, rows, &call::grade, 2, {}, &call::minutes), qa::argument_error);
}
