// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>
#include <qascore/kernel/distribution.hpp>

#include "close_to.hpp"
#include "fit.hpp"
#include "random.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::column;
using qascore::test::fit;
using qascore::test::normal;
using qascore::test::uniform;
using qascore::test::weighted;

TEST_CASE("bias-reduced errors are those of Stata and of dfadjust") {
  // dfadjust 1.1 (R), test_clustervar.R: y = c(cos(0:9), tan(1:10)), x = c(sin(1:10), sin(2:11)). HC2 errors by Stata
  // (vce(hc2)), df of Bell and McCaffrey; with three clusters its HC2 error times t(df) / 1.96, whose df are others.
  column sines, waves;
  for (int i = 0; i < 10; ++i) {
    sines.push_back(std::sin(i + 1.0));
    waves.push_back(std::cos(static_cast<double>(i)));
  }
  for (int i = 0; i < 10; ++i) {
    sines.push_back(std::sin(i + 2.0));
    waves.push_back(std::tan(i + 1.0));
  }
  const auto rows = fit(qa::kernel::linear_regression, qa::independent_units(20), waves, {}, sines);
  CHECK(close_to(rows.coefficients[0].value, -0.4456202905, 0, 5e-11));
  CHECK(close_to(rows.coefficients[1].value, 0.3241183110, 0, 5e-11));
  CHECK(close_to(rows.coefficients[0].std_error, 0.4227339762, 0, 5e-11));
  CHECK(close_to(rows.coefficients[1].std_error, 0.4421048122, 0, 5e-11));
  CHECK(close_to(rows.coefficients[0].df, 17.6142349, 0, 5e-8));
  CHECK(close_to(rows.coefficients[1].df, 12.10389102, 0, 5e-9));

  const std::vector<std::uint32_t> three{1, 0, 2, 1, 1, 2, 2, 0, 0, 1, 1, 0, 2, 1, 1, 2, 2, 0, 0, 1};
  qa::design_view view = qa::independent_units(20);
  view.cluster = three;
  view.clusters = 3;
  const auto clusters = fit(qa::kernel::linear_regression, view, waves, {}, sines);
  const double adjusted[] = {1.053441197, 0.533126248}, df[] = {2.001430933, 1.783242385};
  for (std::size_t a = 0; a < 2; ++a)
    CHECK(close_to(clusters.coefficients[a].std_error,
                   adjusted[a] *
                       qa::kernel::student_t_quantile(0.975, std::numeric_limits<double>::infinity()) /
                       qa::kernel::student_t_quantile(0.975, df[a]),
                   1e-8));
}

namespace {

struct dense {
  Eigen::VectorXd variance, df;
};

/// The formulas of kernel/bias_reduced.hpp with matrices of all rows, for X, w, e and one row of `functions` a result.
dense dense_bias_reduced(const Eigen::MatrixXd& x, const Eigen::VectorXd& w, const Eigen::VectorXd& e,
                         const std::vector<std::uint32_t>& cluster, const std::vector<std::uint32_t>& stratum,
                         const std::vector<double>& population) {
  using Eigen::MatrixXd, Eigen::VectorXd;
  const auto n = x.rows(), p = x.cols();
  const MatrixXd bread = (x.transpose() * w.asDiagonal() * x).inverse();
  const MatrixXd left = MatrixXd::Identity(n, n) - x * bread * x.transpose() * w.asDiagonal();
  const auto m = static_cast<Eigen::Index>(1 + *std::max_element(cluster.begin(), cluster.end()));
  const std::size_t strata = population.size();
  std::vector<std::uint32_t> of_cluster(static_cast<std::size_t>(m));
  for (std::size_t i = 0; i < cluster.size(); ++i)
    of_cluster[cluster[i]] = stratum[i];
  MatrixXd q = MatrixXd::Zero(m, m), rest = q;
  for (Eigen::Index c = 0; c < m; ++c) {
    const auto h = of_cluster[static_cast<std::size_t>(c)];
    const auto size = static_cast<double>(std::count(of_cluster.begin(), of_cluster.end(), h));
    rest(c, c) = 1 - size / population[h];
    for (Eigen::Index d = 0; d < m; ++d)
      if (strata > 1 && of_cluster[static_cast<std::size_t>(d)] == h)
        q(c, d) = rest(c, c) * size / (size - 1) * ((c == d ? 1.0 : 0.0) - 1 / size);
  }
  if (strata == 1)
    q = rest;
  dense out{VectorXd(p), VectorXd(p)};
  for (Eigen::Index a = 0; a < p; ++a) {
    MatrixXd carrier(m, n);
    double target = 0;
    for (Eigen::Index c = 0; c < m; ++c) {
      MatrixXd pick = MatrixXd::Zero(std::count(cluster.begin(), cluster.end(), c), n);
      for (Eigen::Index i = 0, k = 0; i < n; ++i)
        if (cluster[static_cast<std::size_t>(i)] == c)
          pick(k++, i) = 1;
      const VectorXd g = pick * (w.asDiagonal() * x * bread.col(a));
      const MatrixXd psi = pick * left * left.transpose() * pick.transpose();
      const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(psi);
      carrier.row(c) = (eigen.operatorInverseSqrt() * g).transpose() * pick;
      target += rest(c, c) * g.squaredNorm();
    }
    const MatrixXd form = left.transpose() * carrier.transpose() * q * carrier * left;
    out.variance[a] = (carrier * e).dot(q * carrier * e) * (strata == 1 ? 1.0 : target / form.trace());
    out.df[a] = form.trace() * form.trace() / (form * form).trace();
  }
  return out;
}

struct survey {
  column x, z, y, event, weight;
  std::vector<std::uint32_t> cluster, stratum;
};

/// `per` rows in each of 12 clusters, 4 of them in each of 3 strata.
survey made_up(std::size_t per) {
  std::mt19937_64 engine(9);
  survey out;
  for (std::uint32_t c = 0; c < 12; ++c)
    for (std::size_t i = 0; i < per + c % 3; ++i) {
      out.cluster.push_back(c);
      out.stratum.push_back(c / 4);
      out.weight.push_back(1.0 + uniform(engine) + c % 4);
      out.x.push_back(normal(engine) + 0.2 * c);
      out.z.push_back(c % 5 == 0 ? 1.0 : 0.0);
      out.y.push_back(out.x.back() + normal(engine) + 0.3 * (c % 2));
      out.event.push_back(uniform(engine) < 0.4 ? 1.0 : 0.0);
    }
  return out;
}

} // namespace

TEST_CASE("bias-reduced errors are those of the dense formula, with clusters, strata, weights and finite "
          "populations") {
  for (const std::size_t per : {1u, 3u, 12u})
    for (const bool stratified : {false, true})
      for (const bool logit : {false, true}) {
        CAPTURE(per);
        CAPTURE(stratified);
        CAPTURE(logit);
        const survey s = made_up(logit ? per + 4 : per);
        const std::vector<double> population =
            stratified ? std::vector<double>{9, 40, 1000} : std::vector<double>{60};
        const std::vector<std::uint32_t> one(s.x.size(), 0);
        qa::design_view view = weighted(s.weight);
        view.cluster = s.cluster;
        view.clusters = 12;
        view.stratum = stratified ? s.stratum : one;
        view.strata = population.size();
        view.population = population;
        const auto f = logit ? fit(qa::kernel::logit_regression, view, s.event, {}, s.x, s.z)
                             : fit(qa::kernel::linear_regression, view, s.y, {}, s.x, s.z);
        const auto n = static_cast<Eigen::Index>(s.x.size());
        Eigen::MatrixXd x(n, 3);
        Eigen::VectorXd e(n), w(n);
        for (Eigen::Index i = 0; i < n; ++i) {
          const auto r = static_cast<std::size_t>(i);
          x.row(i) << 1.0, s.x[r], s.z[r];
          w[i] = s.weight[r];
          const double eta = x.row(i).dot(
              Eigen::Vector3d(f.coefficients[0].value, f.coefficients[1].value, f.coefficients[2].value));
          const double share = 1 / (1 + std::exp(-eta)), sd = std::sqrt(share * (1 - share));
          e[i] = logit ? (s.event[r] - share) / sd : s.y[r] - eta;
          if (logit)
            x.row(i) *= sd;
        }
        const dense expected =
            dense_bias_reduced(x, w, e, s.cluster, stratified ? s.stratum : one, population);
        for (std::size_t a = 0; a < 3; ++a) {
          const auto at = static_cast<Eigen::Index>(a);
          CHECK(close_to(f.coefficients[a].std_error, std::sqrt(expected.variance[at]), 1e-8));
          CHECK(close_to(f.coefficients[a].df, expected.df[at], 1e-8));
        }
      }
}

TEST_CASE("in a large sample bias-reduced and linearized errors agree, for grades too") {
  std::mt19937_64 engine(2);
  column a, b, grades;
  for (int i = 0; i < 4000; ++i) {
    a.push_back(normal(engine));
    b.push_back(uniform(engine) < 0.3 ? 1.0 : 0.0);
    const double u = uniform(engine), latent = 0.8 * a.back() - 0.5 * b.back() + std::log(u / (1 - u));
    grades.push_back(latent < -1 ? 0.0 : latent < 0.5 ? 1.0 : latent < 2 ? 2.0 : 3.0);
  }
  const std::vector<std::span<const double>> columns{a, b};
  const auto view = qa::independent_units(4000);
  const auto reduced = qa::kernel::ordinal_logit(view, grades, 4, columns, {});
  const auto plain =
      qa::kernel::ordinal_logit(view, grades, 4, columns, {.errors = qa::coefficient_errors::linearized});
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(close_to(reduced.coefficients[k].std_error, plain.coefficients[k].std_error, 2e-3));
    CHECK(reduced.coefficients[k].df > 1000);
    CHECK(reduced.coefficients[k].df < 4000);
  }
}

TEST_CASE("what one cluster alone determines has no interval, what others share has") {
  survey s = made_up(3);
  for (std::size_t i = 0; i < s.z.size(); ++i) {
    s.z[i] = s.cluster[i] == 4 ? 1.0 : 0.0;
    s.weight[i] = 1.0 + s.cluster[i];
  }
  qa::design_view view = weighted(s.weight);
  view.cluster = s.cluster;
  view.clusters = 12;
  const auto f = fit(qa::kernel::linear_regression, view, s.y, {}, s.x, s.z);
  CHECK(f.coefficients[2].undefined ==
        "one cluster or row alone determines it or a part of it: no spread to see");
  CHECK(std::isnan(f.coefficients[2].low));
  CHECK(!std::isnan(f.coefficients[2].value));
  CHECK(f.coefficients[1].low < f.coefficients[1].high);
  CHECK(f.coefficients[1].undefined.empty());
  // With unequal weights within that cluster a part of the slope of x is determined there too.
  s.weight[0] = s.weight[s.cluster.size() / 2] = 9.0;
  s.weight[static_cast<std::size_t>(std::find(s.cluster.begin(), s.cluster.end(), 4u) - s.cluster.begin())] =
      9.0;
  view.weight = s.weight;
  CHECK(!fit(qa::kernel::linear_regression, view, s.y, {}, s.x, s.z).coefficients[1].undefined.empty());
}

TEST_CASE("a stratum of one cluster follows the design, and a census has no error") {
  survey s = made_up(3);
  for (std::size_t i = 0; i < s.z.size(); ++i)
    s.stratum[i] = s.cluster[i] == 0 ? 1 : 0;
  qa::design_view view = weighted(s.weight);
  view.cluster = s.cluster;
  view.clusters = 12;
  view.stratum = s.stratum;
  view.strata = 2;
  CHECK_THROWS_AS(fit(qa::kernel::linear_regression, view, s.y, {}, s.x), qa::design_error);
  view.single = qa::single_unit::certainty;
  const auto certain = fit(qa::kernel::linear_regression, view, s.y, {}, s.x).coefficients[1];
  view.single = qa::single_unit::average;
  const auto average = fit(qa::kernel::linear_regression, view, s.y, {}, s.x).coefficients[1];
  CHECK(close_to(average.std_error, std::sqrt(2.0) * certain.std_error, 1e-12));
  const std::vector<double> population{11, 1};
  view.population = population;
  const auto census = fit(qa::kernel::linear_regression, view, s.y, {}, s.x).coefficients[1];
  CHECK(census.std_error == 0.0);
  CHECK(census.low == census.value);
}

namespace {

/// Shares of 95 % intervals of the last coefficient that hold the truth, by cr2 and linearized errors.
struct held {
  double cr2, linearized;
};

/// `draw(engine, sample)` fills y, x, z (and clusters); the coefficient of z is 0.5.
template <class Draw>
held coverage_of(const Draw& draw, bool logit = false) {
  const int runs = std::getenv("QASCORE_LONG") != nullptr ? 4000 : 600;
  std::mt19937_64 engine(17);
  double reduced = 0, linear = 0;
  int fitted = 0;
  for (int run = 0; run < runs; ++run) {
    survey s;
    draw(engine, s);
    qa::design_view view = qa::independent_units(s.y.size());
    view.cluster = s.cluster;
    view.clusters = s.cluster.empty() ? 0 : 1 + *std::max_element(s.cluster.begin(), s.cluster.end());
    const auto holds = [&](qa::coefficient_errors errors) {
      const auto e = (logit ? fit(qa::kernel::logit_regression, view, s.y, {.errors = errors}, s.x, s.z)
                            : fit(qa::kernel::linear_regression, view, s.y, {.errors = errors}, s.x, s.z))
                         .coefficients[2];
      if (qa::is_missing(e.low))
        return -1;
      return e.low <= 0.5 && 0.5 <= e.high ? 1 : 0;
    };
    const int by_cr2 = holds(qa::coefficient_errors::cr2);
    if (by_cr2 < 0)
      continue;
    ++fitted;
    reduced += by_cr2;
    linear += holds(qa::coefficient_errors::linearized);
  }
  REQUIRE(fitted > runs * 9 / 10);
  const held out{reduced / fitted, linear / fitted};
  MESSAGE("held: CR2 " << out.cr2 << ", linearized " << out.linearized);
  return out;
}

} // namespace

TEST_CASE("intervals hold where a term rests on few rows or clusters; linearized ones do not" *
          doctest::test_suite("simulation")) {
  const auto rows = [](std::size_t n, std::size_t rare) {
    return [=](auto& engine, survey& s) {
      for (std::size_t i = 0; i < n; ++i) {
        s.x.push_back(normal(engine));
        s.z.push_back(i < rare ? 1.0 : 0.0);
        s.y.push_back(s.x[i] + 0.5 * s.z[i] + normal(engine));
      }
    };
  };
  const auto clusters = [](std::uint32_t count, std::uint32_t treated, bool uneven, bool logit) {
    return [=](auto& engine, survey& s) {
      for (std::uint32_t c = 0; c < count; ++c) {
        const double habit = 0.5 * normal(engine);
        for (std::uint32_t k = 0; k < (uneven ? 3 + 3 * (c % 5) : logit ? 20u : 8u); ++k) {
          s.cluster.push_back(c);
          s.x.push_back(normal(engine) + (c % 2 == 0 ? 0.5 : 0.0));
          s.z.push_back(c < treated ? 1.0 : 0.0);
          const double eta = (logit ? 0.3 : 1.0) * s.x.back() + 0.5 * s.z.back();
          s.y.push_back(logit ? (uniform(engine) < 1 / (1 + std::exp(-eta)) ? 1.0 : 0.0)
                              : eta + habit + normal(engine));
        }
      }
    };
  };
  // A label of 3 in 40 rows; 12 agents of equal and unequal size, a rare term of 3 of them; 2 of 8 agents; a share.
  const held cases[] = {coverage_of(rows(40, 3)), coverage_of(clusters(12, 3, false, false)),
                        coverage_of(clusters(12, 3, true, false)), coverage_of(clusters(8, 2, false, false)),
                        coverage_of(clusters(12, 3, false, true), true)};
  for (const held& h : cases) {
    CHECK(h.cr2 >= 0.93);
    CHECK(h.cr2 <= 0.99);
    CHECK(h.linearized < h.cr2);
  }
  CHECK(cases[0].linearized < 0.88);
}
