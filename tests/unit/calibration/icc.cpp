// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/icc.hpp>

#include "close_to.hpp"
#include "random.hpp"
#include "tables.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using form = qa::icc_form;

namespace {
const std::array<form, 6> all_forms{form::one_way,      form::agreement,      form::consistency,
                                    form::one_way_mean, form::agreement_mean, form::consistency_mean};
struct reference {
  form which;
  double value, f, df2, p, low, high;
};

/// Influence values against the coefficient with each unit weight a little larger and smaller.
void check_slopes(const qa::rating_table& table, form which, const std::vector<double>& weights,
                  const std::vector<double>& influence) {
  REQUIRE(influence.size() == weights.size());
  for (std::size_t u = 0; u < weights.size(); ++u) {
    constexpr double h = 1e-5;
    auto up = weights, down = weights;
    up[u] += h;
    down[u] -= h;
    const double slope = (qa::kernel::linearised_icc(table.view(), which, up).value -
                          qa::kernel::linearised_icc(table.view(), which, down).value) /
                         (2.0 * h);
    CHECK(close_to(influence[u], slope, 1e-6, 1e-9));
  }
}
} // namespace

TEST_CASE("all six forms on Shrout and Fleiss' table, with McGraw and Wong's limits") {
  // Published .17 .29 .71 .44 .62 .91; digits by psych 2.2.9, ICC(lmer = FALSE).
  const auto table = tables::of(tables::shrout_fleiss, 4);
  for (const auto& expected : {reference{form::one_way, 0.165741768405476, 1.79467849223947, 18,
                                         0.16476880834464, -0.132932324874751, 0.722560062328121},
                               reference{form::agreement, 0.289763779527559, 11.0272479564033, 15,
                                         0.000134566516484337, 0.018786513374712, 0.761084369648953},
                               reference{form::consistency, 0.714840714840715, 11.0272479564033, 15,
                                         0.000134566516484337, 0.342464765033925, 0.94585825995536},
                               reference{form::one_way_mean, 0.442797133679269, 1.79467849223947, 18,
                                         0.16476880834464, -0.884442155238119, 0.912415420340776},
                               reference{form::agreement_mean, 0.620050547598989, 11.0272479564033, 15,
                                         0.000134566516484337, 0.0711368153025035, 0.927232040167722},
                               reference{form::consistency_mean, 0.909315542377069, 11.0272479564033, 15,
                                         0.000134566516484337, 0.675674713816305, 0.985891678169062}}) {
    CAPTURE(static_cast<int>(expected.which));
    const auto found = qa::icc(table, {.form = expected.which});
    CHECK(close_to(found.value, expected.value, 1e-12));
    CHECK(close_to(found.test.statistic, expected.f, 1e-12));
    CHECK(found.test.df1 == 5);
    CHECK(found.test.df2 == expected.df2);
    CHECK(close_to(found.test.p_value, expected.p, 1e-10));
    CHECK(close_to(found.low, expected.low, 1e-10));
    CHECK(close_to(found.high, expected.high, 1e-10));
    CHECK(found.std_error > 0.0);
    CHECK(found.n == 6);
  }
}

TEST_CASE(
    "tests of an ICC of 0.2") { // irr 0.84.1 icc(r0 = 0.2); agreement forms irrNA 0.2.3 icc_corr(r0 = 0.2)
  const auto table = tables::of(tables::shrout_fleiss, 4);
  const auto test = [&](form which) { return qa::icc(table, {.form = which, .null_value = 0.2}).test; };
  CHECK(close_to(test(form::one_way).statistic, 0.897339246119734, 1e-12));
  CHECK(close_to(test(form::one_way).p_value, 0.503828785453873, 1e-10));
  CHECK(close_to(test(form::consistency).statistic, 5.51362397820164, 1e-12));
  CHECK(close_to(test(form::agreement).statistic, 1.54347826086957, 1e-12));
  CHECK(close_to(test(form::agreement).df2, 5.30225110858337, 1e-12));
  CHECK(close_to(test(form::agreement).p_value, 0.316616147127352, 1e-10));
  CHECK(close_to(test(form::one_way_mean).statistic, 1.43574279379157, 1e-12));
  CHECK(close_to(test(form::consistency_mean).statistic, 8.82179836512262, 1e-12));
  CHECK(close_to(test(form::agreement_mean).statistic, 4.34810636583401, 1e-12));
  CHECK(close_to(test(form::agreement_mean).df2, 9.38957654807958, 1e-12));
  CHECK(close_to(test(form::agreement_mean).p_value, 0.02553440140476, 1e-10));
}

TEST_CASE("negative ICCs stay negative, and mean forms without a value say so") {
  // Latin square of irrNA 0.2.3 (data Indep): no variance between units or raters; -1/5, -1/5, -1/4 by the
  // formulas.
  std::vector<double> square;
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 6; ++j)
      square.push_back(1.0 + (i + j) % 6);
  const auto table = tables::of(square, 6);
  CHECK(close_to(qa::icc(table, {.form = form::one_way}).value, -0.2, 1e-14));
  CHECK(close_to(qa::icc(table, {.form = form::consistency}).value, -0.2, 1e-14));
  CHECK(close_to(qa::icc(table, {.form = form::agreement}).value, -0.25, 1e-14));
  for (const form which : {form::one_way_mean, form::consistency_mean, form::agreement_mean}) {
    const auto found = qa::icc(table, {.form = which});
    CHECK_FALSE(found.is_defined());
    CHECK_FALSE(found.undefined.empty());
  }
}

TEST_CASE("influence values of every ICC are the derivatives in the unit weights") {
  const auto table = tables::of(tables::shrout_fleiss, 4);
  const std::vector<double> weights{1, 2.5, 0.7, 1.3, 3, 1.2};
  for (const form which : all_forms) {
    CAPTURE(static_cast<int>(which));
    const auto at = qa::kernel::linearised_icc(table.view(), which, weights);
    check_slopes(table, which, weights, at.influence);
    double sum = 0.0;
    for (std::size_t u = 0; u < weights.size(); ++u)
      sum += weights[u] * at.influence[u];
    CHECK(std::abs(sum) < 1e-14);
    std::vector<double> tenfold = weights;
    for (double& w : tenfold)
      w *= 10.0;
    CHECK(close_to(qa::kernel::linearised_icc(table.view(), which, tenfold).value, at.value, 1e-14));
  }
}

TEST_CASE("the influence standard error of an ICC is the jackknife's to first order") {
  std::vector<double> matrix;
  unsigned state = 5;
  const auto next = [&] {
    return static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / 16777216.0;
  };
  for (int u = 0; u < 200; ++u) {
    const double truth = 2.0 + 3.0 * next();
    for (int r = 0; r < 3; ++r)
      matrix.push_back(truth + 0.4 * r + next());
  }
  for (const form which : all_forms) {
    const auto value = [&](const std::vector<double>& rows) {
      return qa::icc(tables::of(rows, 3), {.form = which}).value;
    };
    const auto found =
        qa::icc(tables::of(matrix, 3), {.form = which, .interval = qa::icc_interval::influence});
    CHECK(close_to(found.std_error, tables::jackknife(matrix, 3, value), 0.01));
    const bool agreement = which == form::agreement || which == form::agreement_mean;
    CHECK(found.interval_method == (agreement ? "t, raters fixed" : "t"));
  }
}

TEST_CASE("an ICC does not lose digits at an offset of 1e9") {
  std::vector<double> shifted;
  for (const double x : tables::shrout_fleiss)
    shifted.push_back(x + 1e9);
  for (const form which : all_forms)
    CHECK(close_to(qa::icc(tables::of(shifted, 4), {.form = which}).value,
                   qa::icc(tables::of(tables::shrout_fleiss, 4), {.form = which}).value, 1e-13));
}

TEST_CASE("an ICC of a table with gaps, of one unit, of one rater, or without variance is undefined with the "
          "reason") {
  const auto why = [](const qa::rating_table& table) { return qa::icc(table).undefined; };
  const auto gappy = tables::of(tables::krippendorff_c, 4);
  CHECK(qa::icc(gappy, {.method = qa::icc_method::anova}).undefined ==
        "the table has gaps: analysis of variance needs every rater on every unit");
  CHECK(qa::icc(gappy.complete()).is_defined()); // listwise, where it is asked for
  CHECK(qa::icc(gappy.complete()).n == 8);
  CHECK(why(tables::of({1, 2, 3}, 3)) == "fewer than 2 units");
  CHECK(why(tables::of({1, 2, 3}, 1)) == "fewer than 2 raters");
  CHECK(why(tables::of({2, 2, 2, 2}, 2)) == "no variance: every rater gave every unit the same rating");
}

TEST_CASE("perfect agreement is an ICC of 1, without limits: nothing tells the uncertainty") {
  for (const form which : all_forms) {
    const auto found = qa::icc(tables::of({1, 1, 5, 5, 3, 3}, 2), {.form = which});
    CHECK(close_to(found.value, 1.0, 1e-15));
    CHECK(std::isnan(found.low));
    CHECK(std::isnan(found.high));
    CHECK(found.undefined == "no disagreement is seen: nothing to tell the uncertainty by");
  }
}

TEST_CASE("F limits and A or C forms are refused where they do not hold") {
  const auto table = tables::of(tables::shrout_fleiss, 4);
  const std::vector<double> w{1, 2, 1, 1, 1, 1};
  qa::design_view design = qa::independent_units(6);
  design.weight = w;
  CHECK(qa::icc(table, {}, &design).interval_method == "t, raters fixed");
  CHECK_THROWS_AS(qa::icc(table, {.interval = qa::icc_interval::f}, &design), qa::argument_error);
  const std::vector<std::int64_t> counts{2, 0, 1, 1, 0, 2};
  const auto anonymous = qa::rating_table::from_counts(counts, {1, 2});
  CHECK_THROWS_AS(qa::icc(anonymous), qa::argument_error);
  CHECK(qa::icc(anonymous, {.form = form::one_way}).is_defined());
}

TEST_CASE("an ICC of a table with gaps is that of the crossed model by REML") {
  // lme4 1.1.31, lmer(y ~ 1 + (1 | s) + (1 | r)): .306640631884979 and .743398738392943.
  constexpr double gap = std::numeric_limits<double>::quiet_NaN();
  const auto table =
      tables::of({9, gap, 5, 8, 6, 1, 3, 2, 8, 4, 6, gap, 7, 1, 2, 6, 10, 5, 6, 9, gap, 2, 4, 7}, 4);
  const auto agreement = qa::icc(table), consistency = qa::icc(table, {.form = form::consistency});
  CHECK(agreement.estimated_by == qa::icc_method::reml);
  CHECK(close_to(agreement.value, 0.306640631884979, 1e-5));
  CHECK(close_to(consistency.value, 0.743398738392943, 1e-5));
  CHECK(close_to(agreement.rater_variance, 5.09619993925347, 1e-5));
  CHECK(agreement.n == 6);
  CHECK(agreement.low > 0.0);
  CHECK(agreement.low < agreement.value);
  CHECK(agreement.value < agreement.high);
  CHECK(agreement.high < 1.0);
  CHECK(agreement.interval_method == "profile likelihood, raters random");
  const auto of_mean = qa::icc(table, {.form = form::agreement_mean});
  CHECK(close_to(of_mean.value, 4 * agreement.value / (1 + 3 * agreement.value), 1e-12));
  CHECK(close_to(of_mean.low, 4 * agreement.low / (1 + 3 * agreement.low), 1e-6));
  CHECK(close_to(of_mean.high, 4 * agreement.high / (1 + 3 * agreement.high), 1e-6));
  // The test at a limit of the interval is at half its error.
  const auto at_low = qa::icc(table, {.form = form::consistency, .null_value = consistency.low});
  CHECK(close_to(at_low.test.p_value, 0.025, 1e-4));
  const auto at_high = qa::icc(table, {.form = form::consistency, .null_value = consistency.high});
  CHECK(close_to(at_high.test.p_value, 0.975, 1e-4));
  CHECK(consistency.test.p_value < 0.01);
}

TEST_CASE("the table of all forms is that of each form, full or with gaps, and of anonymous raters the "
          "one-way forms") {
  constexpr double gap = std::numeric_limits<double>::quiet_NaN();
  const auto full = tables::of(tables::shrout_fleiss, 4);
  const auto gappy =
      tables::of({9, gap, 5, 8, 6, 1, 3, 2, 8, 4, 6, gap, 7, 1, 2, 6, 10, 5, 6, 9, gap, 2, 4, 7}, 4);
  for (const auto* table : {&full, &gappy}) {
    const auto found = qa::icc_table(*table);
    REQUIRE(found.size() == all_forms.size());
    for (std::size_t f = 0; f < all_forms.size(); ++f) {
      const auto alone = qa::icc(*table, {.form = all_forms[f]});
      CHECK(found[f].form == all_forms[f]);
      CHECK(found[f].estimated_by == alone.estimated_by);
      CHECK(close_to(found[f].value, alone.value, 1e-14));
      CHECK(close_to(found[f].std_error, alone.std_error, 1e-14));
      CHECK(close_to(found[f].low, alone.low, 1e-12));
      CHECK(close_to(found[f].high, alone.high, 1e-12));
      CHECK(close_to(found[f].test.p_value, alone.test.p_value, 1e-12));
    }
  }
  const std::vector<std::int64_t> counts{2, 1, 0, 3, 3, 0, 1, 2};
  const auto found = qa::icc_table(qa::rating_table::from_counts(counts, {1, 2}));
  REQUIRE(found.size() == 2);
  CHECK(found[1].form == form::one_way_mean);
}

TEST_CASE("REML on a full table is the analysis of variance where no estimate is negative") {
  const auto table = tables::of(tables::shrout_fleiss, 4);
  for (const form which : all_forms) {
    const auto found = qa::icc(table, {.form = which, .method = qa::icc_method::reml});
    CHECK(close_to(found.value, qa::icc(table, {.form = which}).value, 1e-6));
    CHECK(close_to(found.unit_variance, qa::icc(table, {.form = which}).unit_variance, 1e-5));
    CHECK(close_to(found.ratings_per_unit, 4.0, 1e-12));
  }
  const auto logit = qa::icc(table, {.interval = qa::icc_interval::logit, .method = qa::icc_method::reml});
  CHECK(logit.interval_method == "normal on the log odds, raters random");
  CHECK(logit.low > 0.0);
  CHECK(logit.high < 1.0);
}

TEST_CASE("one-way forms on units with different numbers of ratings") {
  // By hand: units 1 2 | 3 5 4 | 8 9: means 1.5, 4, 8.5; SSB 2 * 3.0714^2 + 3 * .5714^2 + 2 * 3.9286^2, SSW 3.
  constexpr double gap = std::numeric_limits<double>::quiet_NaN();
  const auto table = tables::of({1, 2, gap, 3, 5, 4, 8, 9, gap}, 3);
  const auto found = qa::icc(table, {.form = form::one_way});
  const double msb =
      (2 * std::pow(32.0 / 7 - 1.5, 2) + 3 * std::pow(32.0 / 7 - 4, 2) + 2 * std::pow(8.5 - 32.0 / 7, 2)) / 2;
  const double msw = 3.0 / 4, k0 = (7 - 17.0 / 7) / 2;
  CHECK(close_to(found.between_units, msb, 1e-13));
  CHECK(close_to(found.residual, msw, 1e-13));
  CHECK(close_to(found.ratings_per_unit, k0, 1e-13));
  CHECK(close_to(found.value, (msb - msw) / (msb + (k0 - 1) * msw), 1e-13));
  CHECK(found.test.df1 == 2);
  CHECK(found.test.df2 == 4);
  CHECK(close_to(qa::icc(table, {.form = form::one_way_mean}).value, 1 - msw / msb, 1e-13));
  CHECK(qa::icc(table, {.form = form::one_way, .method = qa::icc_method::reml}).value > 0.8);
  const auto once = tables::of({1, gap, gap, 3, 2, gap}, 2);
  CHECK(qa::icc(once, {.form = form::one_way}).undefined == "no unit was rated twice");
  CHECK(qa::icc(once).undefined == "no unit was rated twice");
}

TEST_CASE("influence values of one-way forms with gaps are the derivatives in the unit weights") {
  const auto table = tables::of(tables::krippendorff_c, 4);
  std::vector<double> weights(table.units().size());
  for (std::size_t u = 0; u < weights.size(); ++u)
    weights[u] = 1.0 + 0.3 * static_cast<double>(u % 4);
  for (const form which : {form::one_way, form::one_way_mean}) {
    const auto at = qa::kernel::linearised_icc(table.view(), which, weights);
    check_slopes(table, which, weights, at.influence);
  }
}

TEST_CASE("what REML cannot give is refused, and gaps under a design stay undefined") {
  const auto table = tables::of(tables::krippendorff_c, 4);
  qa::design_view design = qa::independent_units(table.units().size());
  std::vector<double> w(table.units().size(), 1.0);
  w[0] = 2.0;
  design.weight = w;
  CHECK_THROWS_AS(qa::icc(table, {.method = qa::icc_method::reml}, &design), qa::argument_error);
  CHECK(qa::icc(table, {}, &design).undefined ==
        "the table has gaps: analysis of variance needs every rater on every unit");
  CHECK_THROWS_AS(qa::icc(table, {.interval = qa::icc_interval::f, .method = qa::icc_method::reml}),
                  qa::argument_error);
  CHECK_THROWS_AS(qa::icc(tables::of(tables::shrout_fleiss, 4), {.interval = qa::icc_interval::profile}),
                  qa::argument_error);
  CHECK_THROWS_AS(qa::icc(table, {.null_value = -0.1}), qa::argument_error);
}

TEST_CASE("profile intervals of ICCs hold in repeated samples with gaps" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(17);
  std::array<int, 2> held{};
  constexpr int samples = 400;
  for (int s = 0; s < samples; ++s) {
    std::vector<double> cells;
    std::array<double, 8> severity{};
    for (double& one : severity)
      one = 0.5 * qascore::test::normal(engine);
    for (int u = 0; u < 25; ++u) {
      const double unit = qascore::test::normal(engine);
      for (const double one : severity)
        cells.push_back(qascore::test::uniform(engine) < 0.4
                            ? std::numeric_limits<double>::quiet_NaN()
                            : unit + one + 0.8 * qascore::test::normal(engine));
    }
    const auto table = tables::of(cells, 8);
    const auto agreement = qa::icc(table), consistency = qa::icc(table, {.form = form::consistency});
    const double truth_a = 1.0 / (1.0 + 0.25 + 0.64), truth_c = 1.0 / 1.64;
    held[0] += agreement.low <= truth_a && truth_a <= agreement.high ? 1 : 0;
    held[1] += consistency.low <= truth_c && truth_c <= consistency.high ? 1 : 0;
  }
  for (const int count : held) {
    CHECK(count > 0.92 * samples); // 95 %, give or take three standard errors
    CHECK(count < 0.985 * samples);
  }
}
