// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration.hpp>

#include "close_to.hpp"
#include "random.hpp"
#include "tables.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

/// A rare category: of agreement beyond chance no more is known than the few units that have it tell.
using qascore::test::close_to;
namespace qa = qascore;
using coefficient = qa::agreement_coefficient;

namespace {

const std::string few = "fewer than 5 units have a rating other than the commonest: no interval";
const std::string apart = "no unit has two ratings other than the commonest: no interval";

/// Two raters: units that both, one, and neither find rare.
qa::rating_table table_of(int both, int one, int none) {
  return tables::from_cross_table({none, one / 2, one - one / 2, both}, 2);
}

const coefficient beyond_chance[] = {coefficient::cohen_kappa,  coefficient::scott_pi,
                                     coefficient::fleiss_kappa, coefficient::conger_kappa,
                                     coefficient::light_kappa,  coefficient::fleiss_kappa_pooled};

qa::agreement_result alpha_of(const qa::rating_table& table) {
  return qa::krippendorff_alpha(table, {.level = qa::level::nominal});
}

/// Welch's degrees of freedom of r against m.
double welch(double r, double m) {
  return std::pow(1.0 / r + 1.0 / m, 2) / (1.0 / (r * r * (r - 1.0)) + 1.0 / (m * m * (m - 1.0)));
}

} // namespace

TEST_CASE("below five units with a rare rating, coefficients beyond chance have a value and no interval") {
  for (const auto& [both, one] : {std::pair{0, 1}, std::pair{3, 1}, std::pair{2, 2}}) {
    const auto table = table_of(both, one, 60 - both - one);
    const auto alpha = alpha_of(table);
    CHECK_FALSE(qa::is_missing(alpha.value));
    CHECK(qa::is_missing(alpha.low));
    CHECK(alpha.undefined == few);
    CHECK(qa::is_missing(alpha.test.p_value));
    CHECK(qa::benchmark(alpha).undefined == few);
    for (const coefficient which : beyond_chance)
      CHECK(qa::agreement(table, which).undefined == few);
    for (const coefficient which : {coefficient::percent_agreement, coefficient::brennan_prediger,
                                    coefficient::gwet_ac, coefficient::bangdiwala_b})
      CHECK(qa::agreement(table, which).undefined.empty());
  }
  // A quarter of the units is not few.
  CHECK(alpha_of(table_of(2, 1, 9)).undefined.empty());
  CHECK(alpha_of(table_of(2, 1, 10)).undefined == few);
}

TEST_CASE("rare ratings that no two raters share have no interval, however many") {
  for (const int one : {1, 8, 20})
    CHECK(alpha_of(table_of(0, one, 60 - one)).undefined == (one < 5 ? few : apart));
  CHECK(alpha_of(table_of(1, 19, 40)).undefined.empty());
  // Without a majority nothing is rare.
  CHECK(alpha_of(table_of(0, 10, 0)).undefined != apart);
}

TEST_CASE(
    "from five units on, degrees of freedom are Welch's until a quarter of the units have a rare rating") {
  for (const int rare : {5, 8, 14, 15, 30}) {
    const auto table = table_of(rare - 2, 2, 60 - rare);
    const double df = rare < 15 ? welch(rare, 60 - rare) : 59.0;
    const auto alpha = alpha_of(table);
    CHECK(close_to(alpha.df, df, 1e-13));
    CHECK(alpha.low < alpha.value);
    for (const coefficient which : beyond_chance)
      CHECK(close_to(qa::agreement(table, which).df, df, 1e-13));
    CHECK(qa::agreement(table, coefficient::gwet_ac).df == 59.0);
    const auto jackknife = qa::resample_agreement(table, {.coefficient = coefficient::fleiss_kappa},
                                                  {.method = qa::resampling_method::jackknife});
    CHECK(close_to(jackknife.df, df, 1e-13));
  }
}

TEST_CASE("what is compared with a coefficient without an interval has none, for the same reason") {
  const auto plain = tables::of({1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1}, 3); // 4 units: a quarter has a 2
  CHECK(alpha_of(plain).undefined == apart);
  std::vector<double> rows;
  for (int u = 0; u < 60; ++u)
    for (int r = 0; r < 3; ++r)
      rows.push_back(u < 3 || (u < 5 && r == 0) ? 2.0 : 1.0);
  const auto table = tables::of(rows, 3);
  CHECK(alpha_of(table).undefined.empty());
  const auto left_out = qa::leave_one_rater_out(table, qa::level::nominal);
  CHECK(left_out[0].without.undefined == few); // three units are left
  CHECK(left_out[0].gain.undefined == few);
  CHECK(left_out[1].gain.undefined.empty());
  const auto difference = qa::agreement_difference(table.without({"1"}), table.without({"2"}),
                                                   {.of = {.level = qa::level::nominal}});
  CHECK(difference.undefined == few);
  CHECK(qa::is_missing(difference.test.p_value));
}

TEST_CASE("two raters who find a tenth rare, alpha .5: intervals hold where there is one") {
  std::mt19937_64 engine(7);
  for (const int units : {20, 50, 100}) {
    int held = 0, known = 0;
    for (int run = 0; run < 1500; ++run) {
      int both = 0, one = 0;
      for (int u = 0; u < units; ++u) {
        const double at = qa::test::uniform(engine);
        both += at < 0.055 ? 1 : 0;
        one += at >= 0.055 && at < 0.145 ? 1 : 0;
      }
      const auto alpha = alpha_of(table_of(both, one, units - both - one));
      known += qa::is_missing(alpha.low) ? 0 : 1;
      held += alpha.low <= 0.5 && 0.5 <= alpha.high ? 1 : 0;
    }
    CAPTURE(units);
    CHECK(held >= 0.92 * known);
    CHECK(known >= (units == 20 ? 0.1 : units == 50 ? 0.8 : 0.99) * 1500);
  }
}
