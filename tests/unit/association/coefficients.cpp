// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>
#include <qascore/kernel/distribution.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace qa = qascore;
using qa::correlation_method;
using qascore::test::close_to;

namespace {

constexpr correlation_method ordered[] = {correlation_method::kendall, correlation_method::tau_c,
                                          correlation_method::gamma, correlation_method::somers_y,
                                          correlation_method::somers_x};
constexpr correlation_method latent[] = {correlation_method::polyserial,
                                         correlation_method::polyserial_ad_hoc,
                                         correlation_method::polychoric, correlation_method::polychoric_ml};

struct columns {
  std::vector<double> x, y, w;

  qa::design_view view() const {
    qa::design_view out = qa::independent_units(x.size());
    out.weight = w;
    return out;
  }
  qa::linearised of(correlation_method method) const { return qa::kernel::correlation(view(), x, y, method); }
};

/// A table of counts as rows.
columns rows_of(const std::vector<std::vector<int>>& table) {
  columns out;
  for (std::size_t i = 0; i < table.size(); ++i)
    for (std::size_t j = 0; j < table[i].size(); ++j)
      for (int k = 0; k < table[i][j]; ++k) {
        out.x.push_back(static_cast<double>(i));
        out.y.push_back(static_cast<double>(j));
      }
  return out;
}

// Job satisfaction by income: Agresti, Categorical Data Analysis.
const std::vector<std::vector<int>> jobs{{1, 3, 10, 6}, {2, 3, 10, 7}, {1, 6, 14, 12}, {0, 1, 9, 11}};

/// Correlated columns: x of `x_levels` values (0: all differ), y of `y_levels`, with weights.
columns random_columns(std::size_t n, int x_levels, int y_levels, std::uint64_t start) {
  std::mt19937_64 engine(start);
  std::normal_distribution<double> normal;
  columns out;
  for (std::size_t i = 0; i < n; ++i) {
    const double score = normal(engine), other = 0.5 * score + 0.8 * normal(engine);
    const auto cut = [](double v, int levels) {
      return levels == 0 ? v : std::clamp(std::floor(v + 0.5 * levels), 0.0, levels - 1.0);
    };
    out.x.push_back(cut(score, x_levels));
    out.y.push_back(cut(other, y_levels));
    out.w.push_back(0.5 + static_cast<double>(engine() % 40) / 10.0);
  }
  return out;
}

qa::tested_estimate asymptotic(const columns& c, correlation_method method) {
  return qa::kernel::correlate(qa::independent_units(c.x.size()), c.x, c.y, method, qa::confidence_level{},
                               qa::correlation_interval::asymptotic);
}

} // namespace

TEST_CASE("coefficients of a table with their errors are those of the textbook formulas") {
  // Goodman and Kruskal's errors as SAS PROC FREQ has them, recomputed in NumPy; gamma .221 stands in Agresti.
  struct {
    correlation_method method;
    double value, error, low, high;
  } const cases[] = {
      {correlation_method::gamma, 0.221100917431193, 0.117162829395456, -0.00853400851071168,
       0.450735843373097},
      {correlation_method::kendall, 0.152352151346597, 0.0818360657143318, -0.00804359008994643,
       0.31274789278314},
      {correlation_method::tau_c, 0.139467592592593, 0.075328148216996, -0.0081728649348147, 0.28710805012},
      {correlation_method::somers_y, 0.1417230226404, 0.0763951129361064, -0.00800864730923864,
       0.291454692590038},
      {correlation_method::somers_x, 0.163778457356439, 0.0878027941355849, -0.00831185689129205,
       0.33586877160417}};
  const columns c = rows_of(jobs);
  for (const auto& expected : cases) {
    const auto found = asymptotic(c, expected.method);
    CHECK(close_to(found.value, expected.value, 1e-13));
    CHECK(close_to(found.std_error, expected.error, 1e-12));
    CHECK(close_to(found.low, expected.low, 1e-10));
    CHECK(close_to(found.high, expected.high, 1e-11));
  }
  const auto pairs = qa::kernel::count_pairs(qa::independent_units(c.x.size()), c.x, c.y);
  CHECK(pairs.concordant == 1331);
  CHECK(pairs.discordant == 849);
  CHECK(pairs.concordant + pairs.discordant + pairs.tied_x + pairs.tied_y + pairs.tied_both == 96 * 95 / 2);
}

TEST_CASE("the polychoric correlation is that of polycor") {
  // R polycor 0.8.1: polychor(table, ML = FALSE / TRUE, std.err = TRUE). Its ML estimate of .21610 stops 9e-6 short of the
  // highest log-likelihood, which SciPy 1.17.1 finds from three starts (Nelder-Mead, then BFGS) at -237.860033898.
  const auto two_step = asymptotic(rows_of(jobs), correlation_method::polychoric),
             likelihood = asymptotic(rows_of(jobs), correlation_method::polychoric_ml);
  CHECK(close_to(two_step.value, 0.21535830245498, 1e-6));
  CHECK(close_to(two_step.std_error, 0.114654489144447, 1e-5));
  CHECK(close_to(likelihood.value, 0.21559756, 1e-7));
  CHECK(close_to(likelihood.std_error, 0.115817,
                 2e-5)); // SciPy: second differences of the log-likelihood there
}

TEST_CASE("coefficients of pairs are what comparing every pair gives, with weights and either way round") {
  for (const int y_levels : {3, 9, 0}) {
    const columns c = random_columns(60, 4, y_levels, 5);
    double score = 0, x = 0, y = 0, both = 0, total = 0;
    for (std::size_t i = 0; i < 60; ++i)
      for (std::size_t j = 0; j < 60; ++j) {
        const double w = c.w[i] * c.w[j];
        const int sx = (c.x[i] > c.x[j]) - (c.x[i] < c.x[j]), sy = (c.y[i] > c.y[j]) - (c.y[i] < c.y[j]);
        score += w * sx * sy;
        x += w * sx * sx;
        y += w * sy * sy;
        both += w * sx * sx * sy * sy;
        total += w;
      }
    const double m = y_levels == 3 ? 3.0 : 4.0;
    CHECK(close_to(c.of(correlation_method::gamma).value, score / both, 1e-12));
    CHECK(close_to(c.of(correlation_method::somers_y).value, score / x, 1e-12));
    CHECK(close_to(c.of(correlation_method::somers_x).value, score / y, 1e-12));
    CHECK(close_to(c.of(correlation_method::tau_c).value, score * m / ((m - 1) * total), 1e-12));
    const columns turned{c.y, c.x, c.w};
    CHECK(close_to(c.of(correlation_method::somers_y).value, turned.of(correlation_method::somers_x).value,
                   1e-13));
    CHECK(close_to(c.of(correlation_method::gamma).value, turned.of(correlation_method::gamma).value, 1e-13));
  }
}

TEST_CASE("influence values are the derivatives in the weights") {
  const auto check = [](columns c, correlation_method method) {
    const auto found = c.of(method);
    REQUIRE(found.undefined.empty());
    double sum = 0;
    for (std::size_t i = 0; i < c.x.size(); ++i)
      sum += c.w[i] * found.influence[i];
    if (method != correlation_method::biserial) // whose n - 1 counts rows
      CHECK(close_to(sum, 0.0, 0.0, 1e-9));
    for (const std::size_t i : {std::size_t{0}, std::size_t{7}, c.x.size() - 1}) {
      const double whole = c.w[i], step = 1e-4;
      c.w[i] = whole + step;
      const double above = c.of(method).value;
      c.w[i] = whole - step;
      const double below = c.of(method).value;
      c.w[i] = whole;
      CHECK(close_to(found.influence[i], (above - below) / (2 * step), 2e-6, 1e-9));
    }
  };
  for (const auto method : ordered) {
    check(random_columns(80, 4, 5, 1), method);
    check(random_columns(80, 0, 5, 2), method);
  }
  for (const auto method : latent)
    check(random_columns(
              150,
              method == correlation_method::polychoric || method == correlation_method::polychoric_ml ? 4 : 0,
              5, 3),
          method);
  check(random_columns(80, 0, 2, 4), correlation_method::biserial);
  check(random_columns(80, 0, 2, 4), correlation_method::point_biserial);
}

TEST_CASE("a unit of weight 3 counts as three units") {
  const columns few = random_columns(50, 4, 5, 8);
  columns weighted = few, repeated;
  for (std::size_t i = 0; i < few.x.size(); ++i) {
    weighted.w[i] = static_cast<double>(1 + i % 3);
    for (std::size_t k = 0; k < 1 + i % 3; ++k) {
      repeated.x.push_back(few.x[i]);
      repeated.y.push_back(few.y[i]);
    }
  }
  for (const auto method : ordered)
    CHECK(close_to(weighted.of(method).value, repeated.of(method).value, 1e-13));
  for (const auto method : latent)
    CHECK(close_to(weighted.of(method).value, repeated.of(method).value, 1e-10));
}

TEST_CASE("latent correlations find what was cut up") {
  const columns c = random_columns(40'000, 5, 4, 21), half = random_columns(40'000, 0, 4, 22);
  const double truth = 0.5 / std::sqrt(0.25 + 0.64);
  CHECK(close_to(c.of(correlation_method::polychoric).value, truth, 0.0, 0.02));
  CHECK(close_to(c.of(correlation_method::polychoric_ml).value, truth, 0.0, 0.02));
  CHECK(close_to(half.of(correlation_method::polyserial).value, truth, 0.0, 0.02));
  CHECK(close_to(half.of(correlation_method::polyserial_ad_hoc).value, truth, 0.0, 0.02));
}

TEST_CASE("biserial is the point-biserial with the split undone") {
  const columns c = random_columns(90, 0, 2, 6);
  columns plain = c;
  plain.w.clear();
  double p = 0;
  for (const double v : plain.y)
    p += v;
  p /= 90;
  const double density =
      std::exp(-0.5 * std::pow(qa::kernel::normal_quantile(p), 2)) / std::sqrt(2 * std::acos(-1.0));
  const double r = plain.of(correlation_method::point_biserial).value;
  CHECK(close_to(r, plain.of(correlation_method::pearson).value, 1e-15));
  CHECK(close_to(plain.of(correlation_method::polyserial_ad_hoc).value, r * std::sqrt(p * (1 - p)) / density,
                 1e-12));
  CHECK(close_to(plain.of(correlation_method::biserial).value,
                 r * std::sqrt(p * (1 - p)) / density * std::sqrt(89.0 / 90.0), 1e-12));
}

TEST_CASE("what has no answer says why") {
  const auto undefined = [](std::vector<double> x, std::vector<double> y, correlation_method method) {
    return columns{std::move(x), std::move(y), {}}.of(method).undefined;
  };
  CHECK(undefined({1, 1, 2}, {1, 2, 1}, correlation_method::biserial).empty());
  CHECK(undefined({1, 2, 3}, {1, 2, 3}, correlation_method::biserial) ==
        "the second column has 3 different values, not 2");
  CHECK(undefined({1, 2, 3, 1}, {1, 1, 1, 1}, correlation_method::polychoric) ==
        "the second column is constant");
  CHECK(undefined({1, 2}, {1, 2}, correlation_method::gamma) == "fewer than 3 pairs");
  std::vector<double> many;
  for (int i = 0; i < 101; ++i)
    many.push_back(i);
  CHECK(undefined(many, many, correlation_method::polychoric) ==
        "the first column has 101 different values, more than 100 categories");
  CHECK(undefined(many, many, correlation_method::polyserial) ==
        "the second column has 101 different values, more than 100 categories");
}

TEST_CASE("a table that fits a perfect correlation has a value and no interval") {
  for (const auto method : {correlation_method::polychoric, correlation_method::polychoric_ml}) {
    const columns diagonal = rows_of({{4, 0}, {0, 5}}), corner = rows_of({{5, 0}, {3, 4}}),
                  falling = rows_of({{0, 4}, {5, 1}});
    CHECK(diagonal.of(method).value == 1.0);
    CHECK(corner.of(method).value == 1.0);
    CHECK(falling.of(method).value == -1.0);
    const auto found = qa::kernel::correlate(qa::independent_units(9), diagonal.x, diagonal.y, method, {});
    CHECK(found.undefined == "a perfect correlation: no interval");
    CHECK(std::isnan(found.low));
  }
  const columns steps{{1, 2, 3, 4, 5, 6}, {0, 0, 1, 1, 2, 2}, {}};
  CHECK(steps.of(correlation_method::polyserial).value == 1.0);
}

TEST_CASE("clusters widen the interval, and rows that are not independent have no asymptotic one") {
  columns c = random_columns(300, 5, 4, 11);
  std::vector<std::uint32_t> agent(300);
  for (std::size_t i = 0; i < 300; ++i) {
    agent[i] = static_cast<std::uint32_t>(i / 15);
    c.x[i] = c.x[i / 15 * 15]; // an agent's conversations have one score
    c.y[i] = c.y[i - i % 3];
  }
  qa::design_view flat = c.view(), grouped = flat;
  grouped.cluster = agent;
  grouped.clusters = 20;
  for (const auto method : ordered) {
    const auto a = qa::kernel::correlate(flat, c.x, c.y, method, {}),
               b = qa::kernel::correlate(grouped, c.x, c.y, method, {});
    CHECK(a.value == b.value);
    CHECK(b.std_error > a.std_error);
    CHECK(b.df == 19);
    CHECK((b.test.p_value < 0.05) == (b.low > 0 || b.high < 0));
  }
  CHECK_THROWS_WITH_AS(
      qa::kernel::correlate(flat, c.x, c.y, correlation_method::gamma, {},
                            qa::correlation_interval::asymptotic),
      "interval: asymptotic holds for independent rows only; under a design choose linearised",
      qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::correlate(qa::independent_units(300), c.x, c.y, correlation_method::gamma, {},
                                        qa::correlation_interval::closed_form),
                  qa::argument_error);
}

TEST_CASE("with few of a rare outcome intervals hold as well, and with one there is none" *
          doctest::test_suite("simulation")) {
  using qa::correlation_method;
  std::mt19937_64 engine(31);
  std::normal_distribution<double> normal;
  for (const auto method :
       {correlation_method::gamma, correlation_method::kendall, correlation_method::point_biserial,
        correlation_method::biserial, correlation_method::polyserial})
    for (const std::size_t ones : {2u, 3u, 5u, 10u}) {
      CAPTURE(static_cast<int>(method));
      CAPTURE(ones);
      int held = 0;
      constexpr int repeats = 400;
      for (int r = 0; r < repeats; ++r) {
        std::vector<double> x, y(150, 0.0);
        for (std::size_t i = 0; i < 150; ++i)
          x.push_back(normal(engine));
        std::fill_n(y.begin(), ones, 1.0);
        const auto found = qa::kernel::correlate(qa::independent_units(150), x, y, method, {});
        held += !(found.low > 0.0 || found.high < 0.0) ? 1 : 0;
      }
      const double share = static_cast<double>(held) / repeats;
      MESSAGE(share);
      CHECK(share > 0.92); // 41 to 90 % with the degrees of freedom of all rows
    }
  std::vector<double> x, y(50, 0.0);
  for (int i = 0; i < 50; ++i)
    x.push_back(i * 17 % 50);
  y[3] = 1.0;
  const auto one = qa::kernel::correlate(qa::independent_units(50), x, y, correlation_method::polyserial, {});
  CHECK(one.undefined == "all but one of the values of a column are the same: no interval");
  CHECK(std::isnan(one.low));
  CHECK(std::isnan(one.test.p_value));
}
