// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration/concordance.hpp>
#include <qascore/kernel/internal_consistency.hpp>
#include <qascore/kernel/spearman_brown.hpp>

#include "close_to.hpp"
#include "random.hpp"
#include "tables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <utility>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;

namespace {

/// Peak flow by two meters (Bland and Altman 1986), and the anxiety ratings of three raters.
const std::vector<double> peak_flow{494, 512, 395, 430, 516, 520, 434, 428, 476, 500, 557, 600,
                                    413, 364, 442, 380, 650, 658, 433, 445, 417, 432, 656, 626,
                                    267, 260, 478, 477, 178, 259, 423, 350, 427, 451};

qa::rating_table plain(const std::vector<double>& matrix, std::size_t raters) {
  return qa::rating_table::from_matrix(matrix, raters);
}

std::vector<double> measured(std::mt19937_64& engine, std::size_t units, std::size_t raters) {
  std::vector<double> out;
  for (std::size_t u = 0; u < units; ++u) {
    const double truth = qa::test::normal(engine);
    for (std::size_t r = 0; r < raters; ++r)
      out.push_back(0.2 * static_cast<double>(r) + truth + 0.6 * qa::test::normal(engine));
  }
  return out;
}

/// The sandwich n / (n - 1) sum (w u)^2 from finite differences of a value in each unit's weight.
template <class Value>
double by_differences(std::size_t units, const std::vector<double>& weights, Value value) {
  std::vector<double> each;
  double mean = 0.0, sum = 0.0;
  for (std::size_t u = 0; u < units; ++u) {
    std::vector<double> up = weights, down = weights;
    up[u] *= 1.0 + 1e-5;
    down[u] *= 1.0 - 1e-5;
    const auto at = [&](const std::vector<double>& w) {
      qa::design_view view = qa::independent_units(units);
      view.weight = w;
      return value(&view);
    };
    each.push_back((at(up) - at(down)) / 2e-5);
    mean += each.back() / static_cast<double>(units);
  }
  for (const double x : each)
    sum += (x - mean) * (x - mean);
  return std::sqrt(sum * static_cast<double>(units) / static_cast<double>(units - 1));
}

} // namespace

TEST_CASE("concordance has the figures of epiR, for two raters and for three") {
  const auto lin = qa::lin_ccc(plain(peak_flow, 2), {.closed_form = true});
  CHECK(close_to(lin.value, 0.942742431427484, 1e-13));
  CHECK(close_to(lin.low, 0.85049187316856, 1e-12));
  CHECK(close_to(lin.high, 0.978726279170122, 1e-12));
  CHECK(close_to(lin.accuracy, 0.999430693136343, 1e-13));
  CHECK(close_to(lin.precision * lin.accuracy, lin.value, 1e-15));
  CHECK(close_to(lin.location_shift, 0.0190302500915971, 1e-12));
  const auto overall = qa::overall_ccc(plain(tables::anxiety, 3));
  CHECK(close_to(overall.value, 0.19113230135893, 1e-13));
  CHECK(close_to(overall.precision, 0.217162945908848, 1e-13));
  CHECK(std::isnan(overall.scale_shift));
  // An offset of 1e9 changes nothing but the last digits that doubles have there.
  std::vector<double> far = peak_flow;
  for (double& x : far)
    x += 1e9;
  CHECK(close_to(qa::lin_ccc(plain(far, 2)).value, lin.value, 1e-10));
}

TEST_CASE("limits of agreement have the printed figures, and exact intervals those of the noncentral t") {
  const auto found = qa::bland_altman(plain(peak_flow, 2),
                                      {.multiplier = 1.96, .interval = qa::limits_interval::approximate});
  CHECK(close_to(found.bias.value, -2.11764705882353, 1e-13));
  CHECK(close_to(found.sd, 38.7651298736074, 1e-13));
  CHECK(close_to(found.lower.low, -112.619136451142, 1e-12));
  CHECK(close_to(found.upper.high, 108.383842333495, 1e-12));
  const auto exact = qa::bland_altman(plain(peak_flow, 2));
  CHECK(close_to(exact.upper.low, 48.8596373, 1e-7));
  CHECK(close_to(exact.upper.high, 119.92550418, 1e-7));
  CHECK(close_to(exact.lower.high - found.bias.value, -(exact.upper.low - found.bias.value), 1e-13));
  CHECK(exact.difference[0] == -18.0);
  CHECK(exact.mean[0] == 503.0);
}

TEST_CASE("Kendall's W has the figures of irr") {
  const auto found = qa::kendall_w(plain(tables::anxiety, 3));
  CHECK(close_to(found.value, 0.53965687595437, 1e-13));
  CHECK(close_to(found.uncorrected, 0.501921470342523, 1e-13));
  CHECK(close_to(found.test.statistic, 30.7604419293991, 1e-13));
  CHECK(close_to(found.test.p_value, 0.0428834731269479, 1e-11));
  // The same ranking is 1, two opposite ones are 0.
  CHECK(qa::kendall_w(plain({1, 5, 2, 6, 4, 9}, 2)).value == 1.0);
  CHECK(close_to(qa::kendall_w(plain({1, 3, 2, 2, 3, 1}, 2)).value, 0.0, 0.0, 1e-15));
}

TEST_CASE("standard errors of measurements are those of the derivatives in the weights") {
  std::mt19937_64 engine(2);
  constexpr std::size_t units = 40;
  const auto two = plain(measured(engine, units, 2), 2), three = plain(measured(engine, units, 3), 3);
  std::vector<double> tied;
  for (const double x : measured(engine, units, 3))
    tied.push_back(std::round(2.0 * x));
  const auto ties = plain(tied, 3);
  std::vector<double> weights;
  for (std::size_t u = 0; u < units; ++u)
    weights.push_back(0.5 + qa::test::uniform(engine));
  qa::design_view design = qa::independent_units(units);
  design.weight = weights;
  const auto check = [&](auto estimate) {
    const qa::estimate found = estimate(&design);
    CHECK(close_to(
        found.std_error,
        by_differences(units, weights, [&](const qa::design_view* view) { return estimate(view).value; }),
        1e-6));
  };
  check([&](const qa::design_view* view) -> qa::estimate { return qa::lin_ccc(two, {}, view); });
  check([&](const qa::design_view* view) -> qa::estimate { return qa::overall_ccc(three, {}, view); });
  check([&](const qa::design_view* view) -> qa::estimate { return qa::kendall_w(three, {}, view); });
  check([&](const qa::design_view* view) -> qa::estimate { return qa::kendall_w(ties, {}, view); });
  check([&](const qa::design_view* view) -> qa::estimate {
    return qa::bland_altman(two, {.interval = qa::limits_interval::influence}, view).upper;
  });
  check([&](const qa::design_view* view) -> qa::estimate { return qa::r_wg(three, {}, view).mean; });
}

TEST_CASE("95 % limits of measurements hold in 95 of 100 samples" * doctest::test_suite("simulation")) {
  std::mt19937_64 engine(4);
  constexpr int runs = 1500;
  const double ccc = 2.0 / (2.0 * 1.36 + 0.04); // covariance 1, variances 1.36, means 0.2 apart
  const double upper = -0.2 + 1.959963984540054 * std::sqrt(0.72);
  const double w = qa::kendall_w(plain(measured(engine, 100'000, 3), 3)).value;
  int held[5] = {};
  for (int run = 0; run < runs; ++run) {
    const auto two = plain(measured(engine, 60, 2), 2), three = plain(measured(engine, 60, 3), 3);
    const auto in = [](const qa::estimate& e, double truth) {
      return e.low <= truth && truth <= e.high ? 1 : 0;
    };
    held[0] += in(qa::lin_ccc(two), ccc);
    held[1] += in(qa::lin_ccc(two, {.closed_form = true}), ccc);
    held[2] += in(qa::bland_altman(two).upper, upper);
    held[3] += in(qa::bland_altman(two, {.interval = qa::limits_interval::influence}).upper, upper);
    held[4] += in(qa::kendall_w(three), w);
  }
  for (const int count : held) {
    CHECK(count >= 0.925 * runs);
    CHECK(count <= 0.970 * runs);
  }
}

TEST_CASE("agreement within units is one less the share of chance's variance, and knows gaps") {
  const auto table = tables::of({4, 4, 5, 2, 2, 2, 1, 3, 5, 4, 0, 0}, 3, {1, 2, 3, 4, 5});
  const auto found = qa::r_wg(table);
  CHECK(found.null_variance == 2.0);
  CHECK(close_to(found.by_unit[0], 1.0 - (1.0 / 3.0) / 2.0, 1e-15));
  CHECK(found.by_unit[2] == -1.0);
  CHECK(std::isnan(found.by_unit[3]));
  CHECK(found.mean.n == 3);
  CHECK(qa::r_wg(table, {.null_variance = 4.0}).by_unit[2] == 0.0);
  CHECK_THROWS_WITH_AS(qa::r_wg(table, {.null_variance = 0.0}),
                       "null_variance: expected a number > 0 but found 0", qa::argument_error);
}

TEST_CASE("shapes of chance have the variances of the published shares of five categories") {
  const std::vector<double> five{1, 2, 3, 4, 5};
  const auto variance = [&](const std::vector<double>& shares) {
    double mean = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < 5; ++k) {
      mean += shares[k] * five[k];
      squares += shares[k] * five[k] * five[k];
    }
    return squares - mean * mean;
  };
  // James, Demaree and Wolf (1984), LeBreton and Senter (2008).
  const std::vector<std::pair<qa::null_ratings, std::vector<double>>> published{
      {qa::null_ratings::uniform, {0.2, 0.2, 0.2, 0.2, 0.2}},
      {qa::null_ratings::slight_skew, {0.05, 0.15, 0.2, 0.35, 0.25}},
      {qa::null_ratings::moderate_skew, {0.0, 0.1, 0.15, 0.4, 0.35}},
      {qa::null_ratings::heavy_skew, {0.0, 0.0, 0.1, 0.4, 0.5}},
      {qa::null_ratings::triangular, {0.11, 0.22, 0.34, 0.22, 0.11}},
      {qa::null_ratings::normal, {0.07, 0.24, 0.38, 0.24, 0.07}}};
  for (const auto& one : published) {
    CHECK(close_to(qa::kernel::null_variance(five, one.first), variance(one.second), 1e-12));
    // Steps of another size: the variance goes with their square.
    CHECK(close_to(qa::kernel::null_variance(std::vector<double>{0, 25, 50, 75, 100}, one.first),
                   625.0 * variance(one.second), 1e-12));
  }
  CHECK(close_to(qa::kernel::null_variance(std::vector<double>{1, 2, 3, 4, 5, 6, 7}, {}), 4.0, 1e-14));
  CHECK_THROWS_WITH_AS(
      qa::kernel::null_variance(std::vector<double>{0, 1}, qa::null_ratings::triangular),
      "null: the variance of this shape is known of 5 to 11 categories, but the ratings have 2; declare the "
      "categories of the scale, or give null_variance",
      qa::argument_error);
  CHECK_THROWS_WITH_AS(
      qa::kernel::null_variance(std::vector<double>{1, 2, 3, 4, 6}, qa::null_ratings::normal),
      "null: the variance of this shape is known of categories at equal steps, but the ratings have 4 and 6 "
      "beside a step of 1; give null_variance",
      qa::argument_error);
}

TEST_CASE("agreement on a scale of items is that of the mean variance, stepped up") {
  const std::vector<double> scale{1, 2, 3, 4, 5};
  // Two ratings one apart have the variance 1 / 2, two ratings two apart 2: of chance's 2 a quarter and all of it.
  const std::vector<qa::rating_table> items{tables::of({4, 5, 3, 3, 1, 5, 2, 3, 4, 0}, 2, scale),
                                            tables::of({1, 2, 3, 5, 1, 5, 4, 4, 4, 4}, 2, scale)};
  const auto found = qa::r_wg_j(items);
  CHECK(found.items == 2);
  CHECK(found.null_variance == 2.0);
  const auto stepped = [](double x, double j) { return qa::kernel::spearman_brown(1.0 - x, j); };
  CHECK(close_to(found.by_unit[0], stepped(0.25, 2.0), 1e-14));
  CHECK(close_to(found.by_unit[1], stepped(0.5, 2.0), 1e-14));
  CHECK(found.by_unit[2] == 0.0); // variances of 8: more than by chance
  CHECK(found.set_to_zero == 1);
  CHECK(close_to(found.by_unit[3], stepped(0.125, 2.0), 1e-14));
  CHECK(std::isnan(found.by_unit[4])); // one rating of the first item
  CHECK(found.mean.n == 4);
  // Ten items of half of chance's variance: r_wg .5, r_wg(10) .91.
  const std::vector<qa::rating_table> ten(10, tables::of({1, 2, 3, 4, 4, 2, 3, 3}, 4, scale));
  const double half = qa::r_wg(ten[0], {.null_variance = 10.0 / 3.0}).by_unit[0];
  CHECK(close_to(half, 0.5, 1e-14));
  CHECK(close_to(qa::r_wg_j(ten, {.null_variance = 10.0 / 3.0}).by_unit[0], 10.0 / 11.0, 1e-14));
  // A skewed chance leaves less to agree upon; one item is r_wg.
  const auto skewed = qa::r_wg_j(items, {.null = qa::null_ratings::slight_skew});
  CHECK(close_to(skewed.by_unit[0], stepped(0.5 / 1.34, 2.0), 1e-14));
  const auto one = qa::r_wg_j(std::span(items).first(1));
  CHECK(one.by_unit[2] == qa::r_wg(items[0]).by_unit[2]);
  CHECK(one.mean.std_error == qa::r_wg(items[0]).mean.std_error);

  CHECK_THROWS_WITH_AS(qa::r_wg_j({}), "items: expected one or more but found none", qa::argument_error);
  const std::vector<qa::rating_table> scales{items[0], tables::of({1, 2, 3, 5, 1, 5, 3, 3, 3, 3}, 2)};
  CHECK_THROWS_WITH_AS(qa::r_wg_j(scales),
                       "items: expected the same categories but item 2 has others than the first; declare "
                       "them, or give null_variance",
                       qa::argument_error);
  const std::vector<qa::rating_table> units{items[0], tables::of({1, 2}, 2, scale)};
  CHECK_THROWS_AS(qa::r_wg_j(units), qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::r_wg(items[0], {.null = qa::null_ratings::normal, .null_variance = 1.0}),
                       "null, null_variance: expected one of them but found both", qa::argument_error);
}

namespace {

/// Three items of five categories by four raters; units differ in how much their ratings vary.
std::vector<qa::rating_table> scales(std::mt19937_64& engine, std::size_t units) {
  std::vector<std::vector<double>> cells(3);
  for (std::size_t u = 0; u < units; ++u) {
    const double truth = 1.0 + 4.0 * qa::test::uniform(engine), sd = 0.3 + qa::test::uniform(engine);
    for (auto& item : cells)
      for (int r = 0; r < 4; ++r)
        item.push_back(std::clamp(std::round(truth + sd * qa::test::normal(engine)), 1.0, 5.0));
  }
  std::vector<qa::rating_table> out;
  for (const auto& item : cells)
    out.push_back(tables::of(item, 4, {1, 2, 3, 4, 5}));
  return out;
}

} // namespace

TEST_CASE("the mean agreement on a scale has the derivatives in the weights") {
  std::mt19937_64 engine(8);
  const auto items = scales(engine, 30);
  std::vector<double> weights;
  for (int u = 0; u < 30; ++u)
    weights.push_back(0.5 + qa::test::uniform(engine));
  qa::design_view design = qa::independent_units(30);
  design.weight = weights;
  const double by_hand = by_differences(
      30, weights, [&](const qa::design_view* view) { return qa::r_wg_j(items, {}, view).mean.value; });
  CHECK(close_to(qa::r_wg_j(items, {}, &design).mean.std_error, by_hand, 1e-6));
}

TEST_CASE("limits of the mean agreement on a scale hold in 95 of 100 samples" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(8);
  const double truth = qa::r_wg_j(scales(engine, 100'000)).mean.value;
  constexpr int runs = 1500;
  int held = 0;
  for (int run = 0; run < runs; ++run) {
    const auto mean = qa::r_wg_j(scales(engine, 300)).mean; // values from 0 to 1, most of them high
    held += mean.low <= truth && truth <= mean.high ? 1 : 0;
  }
  CHECK(held >= 0.925 * runs);
  CHECK(held <= 0.970 * runs);
}

TEST_CASE("what measurements cannot say is undefined with the reason, or refused") {
  CHECK(qa::lin_ccc(plain({3, 3, 3, 3}, 2)).undefined == "all ratings are alike");
  CHECK(qa::lin_ccc(plain({3, 4}, 2)).undefined == "fewer than 2 units were rated by all raters");
  CHECK(qa::kendall_w(plain({3, 4, 3, 4, 3, 4}, 2)).undefined == "no rater tells units apart");
  CHECK(qa::overall_ccc(plain({3, 4, 5}, 1)).undefined == "fewer than 2 raters");
  const auto shifted = qa::bland_altman(plain({3, 2, 5, 4, 7, 6}, 2)); // always one more
  CHECK(shifted.bias.value == 1.0);
  CHECK(shifted.upper.undefined == "no variation in the sample: no interval");
  CHECK(qa::r_wg(plain({3, 3, 3, 3}, 2)).mean.undefined ==
        "there is one category only: chance has no variance");
  CHECK_THROWS_WITH_AS(qa::lin_ccc(plain({3, 4, 5}, 3)),
                       "ratings: expected 2 raters but found 3; overall_ccc takes any number",
                       qa::argument_error);
  const std::vector<double> weights{1, 2};
  qa::design_view design = qa::independent_units(2);
  design.weight = weights;
  CHECK_THROWS_AS(qa::lin_ccc(plain({3, 4, 5, 6}, 2), {.closed_form = true}, &design), qa::argument_error);
  CHECK_THROWS_AS(qa::bland_altman(plain({3, 4, 5, 6}, 2), {}, &design), qa::argument_error);
}

TEST_CASE("Spearman and Brown's formula has its value, its slope and its inverse") {
  using namespace qa::kernel;
  CHECK(close_to(spearman_brown(0.4, 3.0), 2.0 / 3.0, 1e-15));
  CHECK(close_to(raters_for_reliability(spearman_brown(0.4, 1.0), spearman_brown(0.4, 7.0)), 7.0, 1e-13));
  qa::estimate r;
  r.value = 0.4;
  r.std_error = 0.1;
  r.low = 0.2;
  r.high = 0.6;
  const auto found = spearman_brown(r, 3.0);
  CHECK(close_to(found.std_error,
                 0.1 * (spearman_brown(0.400001, 3.0) - spearman_brown(0.399999, 3.0)) / 2e-6, 1e-9));
  CHECK(close_to(found.low, spearman_brown(0.2, 3.0), 1e-15));
  CHECK(std::isnan(spearman_brown(-0.6, 3.0)));
  CHECK(std::isinf(raters_for_reliability(-0.1, 0.8)));
  CHECK_THROWS_AS(spearman_brown(0.4, 0.0), qa::argument_error);
  CHECK_THROWS_AS(raters_for_reliability(0.4, 1.0), qa::argument_error);
}

TEST_CASE("Feldt's limits of alpha hold in 95 of 100 samples, and stand with what belongs to alpha") {
  std::mt19937_64 engine(6);
  constexpr int runs = 1500;
  int feldt = 0;
  for (int run = 0; run < runs; ++run) {
    std::vector<std::vector<double>> columns(4);
    for (int i = 0; i < 40; ++i) {
      const double truth = qa::test::normal(engine);
      for (auto& column : columns)
        column.push_back(truth + qa::test::normal(engine));
    }
    const std::vector<std::span<const double>> spans(columns.begin(), columns.end());
    const auto found = qa::kernel::consistency_of(qa::independent_units(40), spans, {});
    feldt += found.feldt.low <= 0.8 && 0.8 <= found.feldt.high ? 1 : 0; // 4 * 1 / (4 * 1 + 1)
    if (run == 0) {
      CHECK(found.feldt.value == found.alpha.value);
      const double r = found.average_correlation.value;
      CHECK(close_to(found.standardised_alpha.value, 4.0 * r / (1.0 + 3.0 * r), 1e-14));
      CHECK(found.alpha_without.size() == 4);
      CHECK(found.guttman_lambda6 > 0.0);
    }
  }
  CHECK(feldt >= 0.935 * runs);
  CHECK(feldt <= 0.965 * runs);
  // A column that is the sum of two others leaves lambda 6 without a meaning.
  const std::vector<double> a{1, 2, 3, 5}, b{2, 1, 4, 3}, c{3, 3, 7, 8};
  const std::vector<std::span<const double>> spans{a, b, c};
  CHECK(std::isnan(qa::kernel::consistency_of(qa::independent_units(4), spans, {}).guttman_lambda6));
}
