// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>
#include <qascore/kernel/adjusted_p.hpp>
#include <qascore/kernel/correlation_system.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qa::correlation_method;
using qascore::test::close_to;

namespace {

struct call {
  double score, csat, minutes, tenure;
  std::string agent;
};

/// Agents whose better conversations have happier customers; `between` is how much better agents have.
std::vector<call> calls(std::size_t n, double between, std::uint64_t start, std::size_t agents = 20) {
  std::mt19937_64 engine(start);
  std::normal_distribution<double> normal;
  std::vector<double> skill(agents), mood(agents);
  for (std::size_t a = 0; a < agents; ++a) {
    skill[a] = normal(engine);
    mood[a] = between * skill[a] + 0.5 * normal(engine);
  }
  std::vector<call> out;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t a = i % agents;
    const double minutes = normal(engine), own = normal(engine) - 0.4 * minutes;
    out.push_back({skill[a] + own, mood[a] + 0.6 * own + 0.3 * minutes + normal(engine), minutes,
                   normal(engine), "agent " + std::to_string(a)});
  }
  return out;
}

struct columns {
  std::vector<std::vector<double>> values;
  std::vector<double> w;

  explicit columns(const std::vector<call>& rows, bool weighted) : values(4) {
    std::mt19937_64 engine(3);
    for (const call& one : rows) {
      values[0].push_back(one.score);
      values[1].push_back(one.csat);
      values[2].push_back(one.minutes);
      values[3].push_back(one.tenure);
      if (weighted)
        w.push_back(0.5 + static_cast<double>(engine() % 40) / 10);
    }
  }
  qa::design_view view() const {
    qa::design_view out = qa::independent_units(values[0].size());
    out.weight = w;
    return out;
  }
  std::vector<std::span<const double>> spans(std::size_t first, std::size_t last) const {
    return {values.begin() + static_cast<std::ptrdiff_t>(first),
            values.begin() + static_cast<std::ptrdiff_t>(last)};
  }
};

/// The standard error from the derivatives in the weights, by the engine.
double error_by_differences(columns c, const std::function<double(const columns&)>& value) {
  std::vector<double> influence;
  for (std::size_t i = 0; i < c.w.size(); ++i) {
    const double whole = c.w[i];
    c.w[i] = whole * (1 + 1e-4);
    const double above = value(c);
    c.w[i] = whole * (1 - 1e-4);
    const double below = value(c);
    c.w[i] = whole;
    influence.push_back((above - below) / (2e-4 * whole));
  }
  return std::sqrt(qa::kernel::variance_of(c.view(), influence).variance);
}

auto independent(const std::vector<call>& rows) {
  return qa::sample_design::independent(rows.size());
}

} // namespace

TEST_CASE("a partial correlation is the correlation of residuals, a semi-partial one that of one residual") {
  const auto rows = calls(60, 0.5, 1);
  const columns c(rows, false);
  const auto residual = [&](std::size_t of) {
    const auto fit = qa::kernel::linear_regression(c.view(), c.values[of], c.spans(2, 4), {});
    std::vector<double> out;
    for (std::size_t i = 0; i < rows.size(); ++i)
      out.push_back(c.values[of][i] - fit.coefficients[0].value - fit.coefficients[1].value * c.values[2][i] -
                    fit.coefficients[2].value * c.values[3][i]);
    return out;
  };
  const auto x = residual(0), y = residual(1);
  const auto r = [&](const std::vector<double>& a, const std::vector<double>& b) {
    return qa::kernel::pearson(c.view(), a, b).value;
  };
  const auto with = [&](qa::partial_kind kind) {
    return qa::partial_correlation(independent(rows), rows, &call::score, &call::csat, {.kind = kind},
                                   &call::minutes, &call::tenure);
  };
  const auto both = with(qa::partial_kind::both);
  CHECK(close_to(both.value, r(x, y), 1e-12));
  CHECK(close_to(with(qa::partial_kind::from_y).value, r(c.values[0], y), 1e-12));
  CHECK(close_to(with(qa::partial_kind::from_x).value, r(x, c.values[1]), 1e-12));
  CHECK(both.test.df1 == 56);
  CHECK(close_to(std::atanh(both.high) - std::atanh(both.value), 1.959963984540054 / std::sqrt(55.0), 1e-12));
  const auto none = qa::partial_correlation(independent(rows), rows, &call::score, &call::csat, {});
  CHECK(close_to(none.value, r(c.values[0], c.values[1]), 1e-13));
}

TEST_CASE("errors of partial correlations are those of derivatives in the weights, for ranks too") {
  const columns c(calls(60, 0.5, 2), true);
  for (const auto method :
       {correlation_method::pearson, correlation_method::spearman, correlation_method::kendall})
    for (const auto kind : {qa::partial_kind::both, qa::partial_kind::from_y, qa::partial_kind::from_x}) {
      const auto value = [&](const columns& of) {
        return qa::kernel::partial_correlation(of.view(), of.values[0], of.values[1], of.spans(2, 4),
                                               {.method = method, .kind = kind});
      };
      CHECK(close_to(value(c).std_error,
                     error_by_differences(c, [&](const columns& of) { return value(of).value; }), 1e-5));
    }
}

TEST_CASE("covariates that determine a column have no partial correlation") {
  columns c(calls(30, 0.5, 3), false);
  c.values[3] = c.values[2];
  const auto found = qa::kernel::partial_correlation(c.view(), c.values[0], c.values[1], c.spans(2, 4), {});
  CHECK(found.undefined == "the covariates determine one of the columns, or each other");
  CHECK(std::isnan(found.value));
  std::ranges::fill(c.values[3], 1.0);
  CHECK(qa::kernel::partial_correlation(c.view(), c.values[0], c.values[1], c.spans(2, 4), {}).undefined ==
        "a column is constant");
  const auto matrix = qa::kernel::partial_correlations(c.view(), c.spans(0, 3), correlation_method::pearson,
                                                       qa::missing_rows::drop);
  const auto one = qa::kernel::partial_correlation(c.view(), c.values[0], c.values[1], c.spans(2, 3), {});
  CHECK(close_to(matrix.value[1], one.value, 1e-12));
  CHECK(matrix.value[1] == matrix.value[3]);
}

TEST_CASE("reported correlations are compared as psych and the papers do") {
  // R psych 2.2.9: r.test(n = 206, r12 = .4, r13 = .6, r23 = .5); r.test(30, .4, .6, n2 = 50), which prints |z|.
  const auto williams = qa::overlapping_correlations(0.4, 0.6, 0.5, 206, qa::overlapping_test::williams,
                                                     qa::confidence_level{});
  CHECK(close_to(williams.test.statistic, -3.54181849998116, 1e-12));
  CHECK(close_to(williams.test.p_value, 0.000492896002868141, 1e-10));
  const auto independent_ones = qa::independent_correlations(0.4, 30, 0.6, 50, {});
  CHECK(close_to(independent_ones.test.statistic, -1.11601723395713, 1e-12));
  // Zou's limits by hand: Fisher's of .49 (n = 145) are .3553763 and .6047084, of .36 (n = 87) .1616069 and .5304244.
  const auto zou = qa::independent_correlations(0.49, 145, 0.36, 87, {});
  CHECK(close_to(zou.limits.low, 0.13 - std::hypot(0.49 - 0.3553763, 0.5304244 - 0.36), 0.0, 2e-7));
  CHECK(close_to(zou.limits.high, 0.13 + std::hypot(0.6047084 - 0.49, 0.36 - 0.1616069), 0.0, 2e-7));
  // Two estimates that go together differ less by chance.
  const auto near = qa::overlapping_correlations(0.4, 0.3, 0.8, 66, qa::overlapping_test::steiger, {}),
             far = qa::overlapping_correlations(0.4, 0.3, 0.1, 66, qa::overlapping_test::steiger, {});
  CHECK(near.limits.high - near.limits.low < far.limits.high - far.limits.low);
  CHECK(std::abs(near.test.statistic) > std::abs(far.test.statistic));
  CHECK_THROWS_AS(qa::independent_correlations(1.0, 30, 0.6, 50, {}), qa::argument_error);
  CHECK_THROWS_AS(qa::overlapping_correlations(0.9, -0.9, 0.9, 50, qa::overlapping_test::meng, {}),
                  qa::argument_error);
}

TEST_CASE("tests of dependent correlations hold their level") {
  std::mt19937_64 engine(8);
  std::normal_distribution<double> normal;
  int williams = 0, meng = 0, by_influence = 0, four = 0, covered = 0;
  const int runs = 600;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> x, y, z, v;
    for (int i = 0; i < 80; ++i) {
      const double common = normal(engine);
      x.push_back(common + normal(engine));
      y.push_back(common + normal(engine));
      z.push_back(common + normal(engine));
      v.push_back(common + normal(engine));
    }
    const auto rows = qa::independent_units(80);
    const auto r = [&](const std::vector<double>& a, const std::vector<double>& b) {
      return qa::kernel::pearson(rows, a, b).value;
    };
    const auto p = [&](qa::overlapping_test how) {
      return qa::overlapping_correlations(r(x, y), r(x, z), r(y, z), 80, how, {}).test.p_value;
    };
    williams += p(qa::overlapping_test::williams) < 0.05 ? 1 : 0;
    meng += p(qa::overlapping_test::meng) < 0.05 ? 1 : 0;
    four += qa::nonoverlapping_correlations({r(x, y), r(z, v), r(x, z), r(x, v), r(y, z), r(y, v)}, 80, {})
                        .test.p_value < 0.05
                ? 1
                : 0;
    const auto found = qa::kernel::compare_correlations(rows, {x, y}, {x, z}, correlation_method::pearson,
                                                        qa::confidence_level{});
    by_influence += found.difference.test.p_value < 0.05 ? 1 : 0;
    covered += found.difference.low < 0 && found.difference.high > 0 ? 1 : 0;
  }
  for (const int rejected : {williams, meng, four, by_influence})
    CHECK(std::abs(rejected - 0.05 * runs) < 3.5 * std::sqrt(0.05 * 0.95 * runs)); // 3.5 standard errors
  CHECK(std::abs(covered - 0.95 * runs) < 3.5 * std::sqrt(0.05 * 0.95 * runs));
}

TEST_CASE("a difference of correlations knows what they share") {
  const auto rows = calls(200, 0.5, 4);
  const auto shared = qa::compare_correlations(independent(rows), rows, &call::score, &call::csat,
                                               &call::score, &call::csat, correlation_method::spearman);
  CHECK(shared.difference.value == 0);
  CHECK(shared.difference.std_error < 1e-8);
  const auto other = qa::compare_correlations(independent(rows), rows, &call::score, &call::csat,
                                              &call::minutes, &call::csat, correlation_method::pearson);
  CHECK(close_to(other.difference.value, other.first.value - other.second.value, 1e-15));
  CHECK(other.difference.low < other.difference.value);
  const columns a(rows, true), b(calls(90, 0.5, 5), true);
  const auto apart =
      qa::kernel::compare_correlations(a.view(), {a.values[0], a.values[1]}, b.view(),
                                       {b.values[0], b.values[1]}, correlation_method::pearson, {});
  CHECK(
      close_to(apart.difference.std_error, std::hypot(apart.first.std_error, apart.second.std_error), 1e-12));
  CHECK(apart.difference.n == 290);
}

TEST_CASE("a correlation is that within groups and that between them, put together") {
  for (const double between : {0.8, -1.5}) {
    const auto rows = calls(200, between, 6);
    const auto found = qa::within_between(independent(rows), rows, &call::score, &call::csat, &call::agent);
    CHECK(found.groups == 20);
    CHECK(found.within.value > 0);
    CHECK((found.between.value > 0) == (between > 0));
    const double whole = qa::pearson(independent(rows), rows, &call::score, &call::csat).value;
    CHECK(close_to(found.total.value, whole, 1e-12));
    CHECK(close_to(found.total.value,
                   found.between.value * std::sqrt(found.share_x * found.share_y) +
                       found.within.value * std::sqrt((1 - found.share_x) * (1 - found.share_y)),
                   1e-12));
    CHECK(found.within.test.df1 == 200 - 20 - 1);
    CHECK(found.between.df == 19);
  }
}

TEST_CASE("errors within and between groups are those of derivatives in the weights") {
  const auto rows = calls(60, 0.8, 7, 6);
  const columns c(rows, true);
  std::vector<std::uint32_t> group;
  for (std::size_t i = 0; i < rows.size(); ++i)
    group.push_back(static_cast<std::uint32_t>(i % 6));
  const auto of = [&](const columns& one) {
    qa::design_view view = one.view();
    std::vector<std::uint32_t> own(rows.size());
    std::iota(own.begin(), own.end(), 0u);
    view.cluster = own; // each unit for itself, as in the differences
    view.clusters = own.size();
    return qa::kernel::within_between(view, one.values[0], one.values[1], group, 6, {});
  };
  const auto found = of(c);
  CHECK(close_to(found.within.std_error,
                 error_by_differences(c, [&](const columns& x) { return of(x).within.value; }), 1e-5));
  CHECK(close_to(found.between.std_error,
                 error_by_differences(c, [&](const columns& x) { return of(x).between.value; }), 1e-5));
}

TEST_CASE("groups that say nothing have no correlation within or between them") {
  const std::vector<call> alone{{1, 2, 0, 0, "a"}, {2, 1, 0, 0, "b"}, {3, 5, 0, 0, "c"}, {4, 4, 0, 0, "d"}};
  const auto single = qa::within_between(independent(alone), alone, &call::score, &call::csat, &call::agent);
  CHECK(single.within.undefined == "no more than 2 pairs beyond one per group");
  CHECK(close_to(single.between.value, single.total.value, 1e-13));
  std::vector<call> same;
  for (const char* agent : {"a", "b", "c"})
    for (const double v : {1.0, 2.0, 4.0})
      same.push_back({v, -v * v, 0, 0, agent});
  const auto equal = qa::within_between(independent(same), same, &call::score, &call::csat, &call::agent);
  CHECK(equal.between.undefined == "the means of the groups are all equal in a column");
  CHECK(close_to(equal.within.value, equal.total.value, 1e-13));
}

TEST_CASE("shares of drivers add up, and their errors are those of derivatives in the weights") {
  const columns c(calls(80, 0.5, 9), true);
  const auto of = [](const columns& one) {
    return qa::kernel::relative_importance(
        one.view(), one.values[1],
        std::vector<std::span<const double>>{one.values[0], one.values[2], one.values[3]}, {}, {});
  };
  const auto found = of(c);
  double lmg = 0, johnson = 0, pratt = 0;
  for (std::size_t j = 0; j < 3; ++j) {
    lmg += found.lmg[j].value;
    johnson += found.johnson[j].value;
    pratt += found.pratt[j].value;
  }
  for (const double sum : {lmg, johnson, pratt})
    CHECK(close_to(sum, found.r_squared.value, 1e-12));
  const auto check = [&](std::vector<qa::estimate> qa::importance_result::*measure) {
    for (std::size_t j = 0; j < 3; ++j)
      CHECK(close_to((found.*measure)[j].std_error,
                     error_by_differences(c, [&](const columns& one) { return (of(one).*measure)[j].value; }),
                     1e-5, 1e-9));
  };
  check(&qa::importance_result::lmg);
  check(&qa::importance_result::johnson);
  check(&qa::importance_result::car);
  check(&qa::importance_result::first);
  check(&qa::importance_result::last);
  check(&qa::importance_result::pratt);
  check(&qa::importance_result::beta_squared);
}

TEST_CASE("grouped drivers share what their columns explain; random orders come near all of them") {
  std::mt19937_64 engine(12);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> x(17);
  std::vector<double> y;
  for (int i = 0; i < 300; ++i) {
    const double common = normal(engine);
    double sum = normal(engine);
    for (auto& column : x) {
      column.push_back(common + normal(engine));
      sum += 0.2 * column.back();
    }
    y.push_back(sum);
  }
  const auto rows = qa::independent_units(300);
  const std::vector<std::span<const double>> all(x.begin(), x.end()), ten(x.begin(), x.begin() + 10);
  const auto exact = qa::kernel::relative_importance(rows, y, ten, {}, {});
  std::vector<std::size_t> section;
  for (std::size_t j = 0; j < 10; ++j)
    section.push_back(j / 5);
  const auto grouped = qa::kernel::relative_importance(rows, y, ten, section, {});
  CHECK(grouped.lmg.size() == 2);
  CHECK(close_to(grouped.lmg[0].value + grouped.lmg[1].value, exact.r_squared.value, 1e-12));
  CHECK(close_to(grouped.lmg[0].value, 0.5 * (grouped.first[0].value + grouped.last[0].value), 1e-12));
  CHECK(grouped.johnson.empty());

  const auto sampled =
                 qa::kernel::relative_importance(rows, y, all, {}, {.orders = 400, .seed = qa::seed{1}}),
             more = qa::kernel::relative_importance(rows, y, all, {}, {.orders = 4000, .seed = qa::seed{2}});
  double sum = 0;
  for (std::size_t j = 0; j < 17; ++j) {
    sum += sampled.lmg[j].value;
    CHECK(sampled.sampling_error[j] > 0);
    CHECK(std::abs(sampled.lmg[j].value - more.lmg[j].value) < 4.5 * sampled.sampling_error[j]);
  }
  CHECK(close_to(sum, sampled.r_squared.value, 1e-11));
  CHECK_THROWS_WITH_AS(qa::kernel::relative_importance(rows, y, all, {}, {}),
                       "seed: random orders of 17 drivers need one", qa::argument_error);
}

TEST_CASE("drivers that cannot be told apart are named") {
  columns c(calls(40, 0.5, 10), false);
  c.values[3] = c.values[2];
  for (double& v : c.values[3])
    v = 3 - 2 * v;
  const auto found = qa::kernel::relative_importance(c.view(), c.values[1], c.spans(2, 4), {}, {});
  CHECK(found.undefined == "a column is a combination of those before it");
  CHECK(found.fault == 1);
  CHECK(std::isnan(found.lmg[0].value));
}

TEST_CASE("a correlation without the raters' error carries what is not known of the reliability") {
  qa::estimate r;
  r.value = 0.3;
  r.std_error = 0.05;
  r.low = 0.2;
  r.high = 0.4;
  const auto known = qa::disattenuate(r, {0.64, 0.0, {0.64, 0.64}}, {}, 0.5);
  CHECK(close_to(known.value, 0.375, 1e-15));
  CHECK(close_to(known.low, 0.25, 1e-14));
  CHECK(close_to(known.high, 0.5, 1e-14));
  CHECK(close_to(known.std_error, 0.0625, 1e-14));
  CHECK(known.share_of_reliability == 0);
  const auto unsure = qa::disattenuate(r, {0.64, 0.08, {0.49, 0.81}}, {}, 0.5);
  CHECK(unsure.low < known.low);
  CHECK(unsure.high > known.high);
  CHECK(unsure.share_of_reliability > 0.05);
  CHECK(close_to(unsure.high - unsure.value, std::hypot(0.125, 0.3 / 0.7 - 0.375), 1e-13));
  const auto low = qa::disattenuate(r, {0.4, 0.0, {0.4, 0.4}}, {}, 0.5);
  CHECK(low.undefined == "the reliability of x, 0.4, is below 0.5: what would be divided by is mostly noise");
  CHECK(std::isnan(low.value));
  CHECK_THROWS_AS(qa::disattenuate(r, {1.2, 0.0, {1.2, 1.2}}, {}, 0.5), qa::argument_error);
}

TEST_CASE("intervals of disattenuated correlations hold the true one") {
  std::mt19937_64 engine(15);
  std::normal_distribution<double> normal;
  int covered = 0;
  const int runs = 1000;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> x, y, first, second;
    for (int i = 0; i < 200; ++i) {
      const double truth = normal(engine);
      x.push_back(truth + 0.7 * normal(engine));
      y.push_back(0.5 * truth + std::sqrt(0.75) * normal(engine));
    }
    for (int i = 0; i < 80; ++i) { // a calibration of other conversations: two raters
      const double truth = normal(engine);
      first.push_back(truth + 0.7 * normal(engine));
      second.push_back(truth + 0.7 * normal(engine));
    }
    const auto r = qa::kernel::correlate(qa::independent_units(200), x, y, correlation_method::pearson, {});
    const auto reliability =
        qa::kernel::correlate(qa::independent_units(80), first, second, correlation_method::pearson, {});
    const auto found = qa::disattenuate(
        r, {reliability.value, reliability.std_error, {reliability.low, reliability.high}}, {}, 0.2);
    covered += found.low <= 0.5 && 0.5 <= found.high ? 1 : 0;
  }
  CHECK(std::abs(covered - 0.95 * runs) < 3.5 * std::sqrt(0.05 * 0.95 * runs));
}

TEST_CASE("range restriction is corrected as Thorndike did") {
  qa::estimate r;
  r.value = 0.33;
  r.low = 0.1;
  r.high = 0.5;
  r.std_error = 0.1;
  // R psych 2.2.9: rangeCorrection(.33, 100.32, 48.19).
  const auto direct = qa::correct_range(r, {.sd_unrestricted = 100.32, .sd_restricted = 48.19});
  CHECK(close_to(direct.value, 0.588423272316512, 1e-13));
  CHECK(direct.low < direct.value);
  const auto other = qa::correct_range(
      r,
      {.how = qa::range_restriction_case::indirect_other, .sd_unrestricted = 100.32, .sd_restricted = 48.19});
  CHECK(close_to(other.value, 0.891280006483686, 1e-13));
  r.low = -0.1;
  CHECK(qa::correct_range(
            r, {.how = qa::range_restriction_case::indirect_other, .sd_unrestricted = 2, .sd_restricted = 1})
            .undefined == "the sign of the correlation is not certain: no interval in case 1");
  CHECK_THROWS_AS(qa::correct_range(r, {.sd_unrestricted = 0, .sd_restricted = 1}), qa::argument_error);

  // A population of which only one part was looked at.
  std::mt19937_64 engine(2);
  std::normal_distribution<double> normal;
  std::vector<double> x, y, z, all_x, all_z;
  for (int i = 0; i < 200'000; ++i) {
    const double a = normal(engine), b = 0.6 * a + 0.8 * normal(engine),
                 c = 0.5 * a + std::sqrt(0.75) * normal(engine);
    all_x.push_back(a);
    all_z.push_back(c);
    if (c > 0.5) {
      x.push_back(a);
      y.push_back(b);
      z.push_back(c);
    }
  }
  const auto sd = [](const std::vector<double>& v) {
    double sum = 0, squares = 0;
    for (const double one : v) {
      sum += one;
      squares += one * one;
    }
    const auto n = static_cast<double>(v.size());
    return std::sqrt(squares / n - sum * sum / (n * n));
  };
  const auto rows = qa::independent_units(x.size());
  const auto seen = qa::kernel::correlate(rows, x, y, correlation_method::pearson, {});
  const auto third = qa::correct_range(seen, {.how = qa::range_restriction_case::indirect_third,
                                              .sd_unrestricted = sd(all_z),
                                              .sd_restricted = sd(z),
                                              .r_xz = qa::kernel::pearson(rows, x, z).value,
                                              .r_yz = qa::kernel::pearson(rows, y, z).value});
  CHECK(close_to(third.value, 0.6, 0.0, 0.01));
  CHECK(seen.value < 0.58);
}

TEST_CASE("p-values are adjusted as R does, in any order") {
  // Benjamini and Hochberg (1995), section 4; R 4.2.2 p.adjust.
  const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                              0.0459, 0.324,  0.4262, 0.5719, 0.6528, 0.759,  1};
  const auto hommel = qa::kernel::adjusted_p(p, qa::p_adjustment::hommel),
             hochberg = qa::kernel::adjusted_p(p, qa::p_adjustment::hochberg),
             bonferroni = qa::kernel::adjusted_p(p, qa::p_adjustment::bonferroni);
  const double expected[] = {0.0015, 0.0056, 0.0247, 0.095, 0.1608, 0.1946, 0.2086, 0.2408, 0.3213};
  for (std::size_t i = 0; i < 9; ++i)
    CHECK(close_to(hommel[i], expected[i], 1e-12));
  CHECK(close_to(hochberg[5], 0.2682, 1e-12));
  CHECK(close_to(bonferroni[3], 0.1425, 1e-12));
  std::vector<double> turned(p.rbegin(), p.rend());
  const auto again = qa::kernel::adjusted_p(turned, qa::p_adjustment::hommel);
  for (std::size_t i = 0; i < p.size(); ++i)
    CHECK(again[p.size() - 1 - i] == hommel[i]);
}
