// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/mixed_model.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <Eigen/Dense>

#include <numbers>
#include <numeric>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

/// Rows that own their columns.
struct rows {
  std::vector<double> y, weight;
  std::vector<std::vector<std::uint32_t>> code;
  std::vector<std::size_t> levels;
  std::vector<std::vector<double>> fixed;

  qa::mixed_data data() const {
    qa::mixed_data out{y, {}, {}, weight};
    for (std::size_t f = 0; f < code.size(); ++f)
      out.factors.push_back({code[f], levels[f]});
    out.fixed.assign(fixed.begin(), fixed.end());
    return out;
  }
  qa::mixed_fit fit(qa::mixed_options options = {}) const {
    return qa::kernel::fit_mixed_model(data(), options);
  }
};

Eigen::Index at(std::size_t i) {
  return static_cast<Eigen::Index>(i);
}

/// The model by matrices of rows x rows: slow, plain, another way.
struct dense {
  MatrixXd x, v, p, inverse;
  std::vector<MatrixXd> z;
  VectorXd y, b;

  dense(const rows& of, const std::vector<double>& variance) : x(at(of.y.size()), at(of.fixed.size() + 1)) {
    const Eigen::Index n = at(of.y.size());
    y = Eigen::Map<const VectorXd>(of.y.data(), n);
    x.col(0).setOnes();
    for (std::size_t k = 0; k < of.fixed.size(); ++k)
      x.col(at(k + 1)) = Eigen::Map<const VectorXd>(of.fixed[k].data(), n);
    v = MatrixXd::Identity(n, n) * variance.back();
    for (std::size_t i = 0; i < of.weight.size(); ++i)
      v(at(i), at(i)) /= of.weight[i];
    for (std::size_t f = 0; f < of.code.size(); ++f) {
      z.emplace_back(MatrixXd::Zero(n, at(of.levels[f])));
      for (std::size_t i = 0; i < of.y.size(); ++i)
        z[f](at(i), at(of.code[f][i])) = 1.0;
      v += variance[f] * z[f] * z[f].transpose();
    }
    inverse = v.llt().solve(MatrixXd::Identity(n, n));
    const MatrixXd of_b = (x.transpose() * inverse * x).inverse();
    b = of_b * x.transpose() * inverse * y;
    p = inverse - inverse * x * of_b * x.transpose() * inverse;
  }
  double deviance() const {
    const double df = static_cast<double>(x.rows() - x.cols());
    return std::log((x.transpose() * inverse * x).determinant()) +
           2.0 * MatrixXd(v.llt().matrixL()).diagonal().array().log().sum() + y.dot(p * y) +
           df * std::log(2.0 * std::numbers::pi);
  }
  VectorXd effects(std::size_t f, double variance) const { return variance * z[f].transpose() * p * y; }
  /// var(u^ - u) with known variances
  MatrixXd errors(std::size_t f, double variance) const {
    const MatrixXd c = variance * z[f].transpose();
    return variance * MatrixXd::Identity(c.rows(), c.rows()) - c * p * c.transpose();
  }
};

/// Agents, raters, conversations of agents, criteria: crossed and nested, unbalanced, with two fixed columns.
rows sample(std::mt19937_64& engine, std::size_t n, bool conversations, bool weights) {
  rows out;
  const std::size_t agents = 7, raters = 5, per_agent = 6;
  out.levels = {agents, raters, 3};
  if (conversations)
    out.levels.push_back(agents * per_agent);
  out.code.resize(out.levels.size());
  out.fixed.resize(2);
  std::vector<std::vector<double>> effect(out.levels.size());
  for (std::size_t f = 0; f < effect.size(); ++f)
    for (std::size_t l = 0; l < out.levels[f]; ++l)
      effect[f].push_back((f == 2 ? 0.3 : 0.8) * qa::test::normal(engine));
  for (std::size_t i = 0; i < n; ++i) {
    const auto agent = static_cast<std::uint32_t>(i < agents ? i : engine() % agents);
    out.code[0].push_back(agent);
    out.code[1].push_back(static_cast<std::uint32_t>((agent + engine() % 4) % raters));
    out.code[2].push_back(static_cast<std::uint32_t>(engine() % 3));
    if (conversations)
      out.code[3].push_back(static_cast<std::uint32_t>(agent * per_agent + engine() % per_agent));
    out.fixed[0].push_back(5.0 + qa::test::uniform(engine));
    out.fixed[1].push_back(i % 3 == 0 ? 1.0 : 0.0);
    double y = 10.0 + 2.0 * out.fixed[0].back() - out.fixed[1].back();
    for (std::size_t f = 0; f < effect.size(); ++f)
      y += effect[f][out.code[f].back()];
    const double w = weights ? 0.5 + 2.0 * qa::test::uniform(engine) : 1.0;
    if (weights)
      out.weight.push_back(w);
    out.y.push_back(y + qa::test::normal(engine) / std::sqrt(w));
  }
  return out;
}

std::vector<double> values(const std::vector<qa::tested_estimate>& of) {
  std::vector<double> out;
  for (const auto& one : of)
    out.push_back(one.value);
  return out;
}

rows one_way(const std::vector<double>& y, std::size_t per_group) {
  rows out;
  out.y = y;
  out.levels = {y.size() / per_group};
  out.code.resize(1);
  for (std::size_t i = 0; i < y.size(); ++i)
    out.code[0].push_back(static_cast<std::uint32_t>(i / per_group));
  return out;
}

// Dyestuff and Dyestuff2 of lme4 (Davies and Goldsmith 1972; Box and Tiao 1973).
const std::vector<double> dyestuff{1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495,
                                   1595, 1550, 1605, 1510, 1560, 1445, 1440, 1595, 1465, 1545,
                                   1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450, 1480, 1445};
const std::vector<double> dyestuff2{7.298, 3.846,  2.434,  9.566, 7.99,  5.22,  6.556, 0.608, 11.788, -0.892,
                                    0.11,  10.386, 13.434, 5.51,  8.166, 2.212, 4.852, 7.092, 9.288,  4.98,
                                    0.282, 9.014,  4.458,  9.446, 7.198, 1.722, 4.782, 8.106, 0.758,  3.758};

} // namespace

TEST_CASE("the published variances of Dyestuff, with the closed forms of a balanced table") {
  const qa::mixed_fit found = one_way(dyestuff, 5).fit();
  // Mean squares 11271.5 (5 df) and 2451.25 (24 df).
  CHECK(close_to(found.variance[0].value, (11271.5 - 2451.25) / 5.0, 1e-6));
  CHECK(close_to(found.variance[1].value, 2451.25, 1e-7));
  CHECK(close_to(found.variance[0].std_error,
                 std::sqrt(2 * 11271.5 * 11271.5 / 5 + 2 * 2451.25 * 2451.25 / 24) / 5, 1e-6));
  CHECK(close_to(found.variance[1].std_error, 2451.25 * std::sqrt(2.0 / 24.0), 1e-6));
  CHECK(close_to(found.reml_criterion, 319.6542768422538, 1e-10)); // lme4 1.1.31
  CHECK(close_to(found.coefficient[0].value, 1527.5, 1e-12));
  CHECK(close_to(found.coefficient[0].std_error, std::sqrt(11271.5 / 30), 1e-6));
  CHECK(close_to(found.coefficient[0].df, 5.0, 1e-5)); // exact: t with groups - 1
  CHECK(found.converged);
}

TEST_CASE(
    "a variance of 0 is an answer: it has an upper limit, a reason, and a test that is not significant") {
  const qa::mixed_fit found = one_way(dyestuff2, 5).fit();
  CHECK(found.variance[0].value == 0.0);
  CHECK(close_to(found.variance[1].value, 13.8063096275862, 1e-7)); // lme4 1.1.31
  CHECK(found.variance[0].low == 0.0);
  CHECK(found.variance[0].high > 1.0);
  CHECK(std::isnan(found.variance[0].std_error));
  CHECK(found.variance[0].undefined ==
        "estimated as 0: no positive value fits better; it has no standard error there");
  CHECK(found.variance[0].test.p_value == 1.0);
  for (const double effect : found.effects[0].value)
    CHECK(effect == 0.0);
}

TEST_CASE("estimates, errors and criterion are those of the model written out in matrices") {
  std::mt19937_64 engine(11);
  for (const bool conversations : {false, true})
    for (const bool weights : {false, true}) {
      CAPTURE(conversations);
      CAPTURE(weights);
      const rows sampled = sample(engine, 60, conversations, weights);
      const qa::mixed_fit found = sampled.fit({{}, qa::component_interval::information});
      REQUIRE(found.undefined.empty());
      CHECK(found.converged);
      const std::vector<double> variance = values(found.variance);
      const dense same(sampled, variance);
      CHECK(close_to(found.reml_criterion, same.deviance(), 1e-8));
      for (Eigen::Index k = 0; k < same.b.size(); ++k) {
        CHECK(close_to(found.coefficient[static_cast<std::size_t>(k)].value, same.b[k], 1e-8));
        const MatrixXd spread = (same.x.transpose() * same.inverse * same.x).inverse();
        CHECK(close_to(found.coefficient[static_cast<std::size_t>(k)].std_error, std::sqrt(spread(k, k)),
                       1e-8));
      }
      // The best there is: no variance may be moved to advantage.
      for (std::size_t k = 0; k < variance.size(); ++k)
        for (const double step : {-1e-3, 1e-3}) {
          std::vector<double> moved = variance;
          moved[k] = std::max(0.0, moved[k] + step * (moved[k] + 0.01));
          CHECK(dense(sampled, moved).deviance() > same.deviance() - 1e-9);
        }
      // Information: y'P V_i P V_j P y.
      std::vector<VectorXd> q;
      for (std::size_t f = 0; f + 1 < variance.size(); ++f)
        q.emplace_back(same.z[f] * (same.z[f].transpose() * (same.p * same.y)));
      VectorXd error = same.p * same.y;
      for (std::size_t i = 0; i < sampled.weight.size(); ++i)
        error[at(i)] /= sampled.weight[i];
      q.push_back(error);
      std::vector<std::size_t> open;
      for (std::size_t k = 0; k < variance.size(); ++k)
        if (variance[k] > 0.0)
          open.push_back(k);
      MatrixXd information(at(open.size()), at(open.size()));
      for (std::size_t a = 0; a < open.size(); ++a)
        for (std::size_t c = 0; c < open.size(); ++c)
          information(at(a), at(c)) = q[open[a]].dot(same.p * q[open[c]]);
      const MatrixXd covariance = 2.0 * information.inverse();
      for (std::size_t a = 0; a < open.size(); ++a)
        CHECK(close_to(found.variance[open[a]].std_error, std::sqrt(covariance(at(a), at(a))), 1e-6));
      // Effects: their error with known variances, and what a change of the variances changes, by differences.
      for (std::size_t f = 0; f + 1 < variance.size(); ++f) {
        if (variance[f] == 0.0)
          continue;
        const VectorXd effect = same.effects(f, variance[f]);
        MatrixXd slope(effect.size(), at(open.size())), slope_mean = slope;
        const Eigen::VectorXd mean = same.x.colwise().mean();
        for (std::size_t a = 0; a < open.size(); ++a) {
          const double h = 1e-5 * variance[open[a]];
          std::vector<double> up = variance, down = variance;
          up[open[a]] += h;
          down[open[a]] -= h;
          const dense above(sampled, up), below(sampled, down);
          slope.col(at(a)) = (above.effects(f, up[f]) - below.effects(f, down[f])) / (2.0 * h);
          slope_mean.col(at(a)) = slope.col(at(a)).array() + mean.dot(above.b - below.b) / (2.0 * h);
        }
        const MatrixXd known = same.errors(f, variance[f]);
        const MatrixXd of_b = (same.x.transpose() * same.inverse * same.x).inverse();
        const MatrixXd with_b =
            -variance[f] * same.z[f].transpose() * same.inverse * same.x * of_b; // cov(u^ - u, b^)
        for (Eigen::Index l = 0; l < effect.size(); ++l) {
          const auto level = static_cast<std::size_t>(l);
          CHECK(close_to(found.effects[f].value[level], effect[l], 1e-7, 1e-9));
          const double more = slope.row(l).dot(covariance * slope.row(l).transpose());
          CHECK(close_to(found.effects[f].std_error[level], std::sqrt(known(l, l) + more), 1e-5));
          CHECK(close_to(found.at_mean[f].value[level], mean.dot(same.b) + effect[l], 1e-8));
          const double together = known(l, l) + 2.0 * with_b.row(l).dot(mean) + mean.dot(of_b * mean) +
                                  slope_mean.row(l).dot(covariance * slope_mean.row(l).transpose());
          CHECK(close_to(found.at_mean[f].std_error[level], std::sqrt(together), 1e-5));
        }
      }
    }
}

TEST_CASE("effects from the mean of their factor have the errors of that difference") {
  std::mt19937_64 engine(23);
  const rows sampled = sample(engine, 110, true, false);
  const qa::mixed_fit plain = sampled.fit({{}, qa::component_interval::information});
  for (const std::size_t centre : {std::size_t{0}, std::size_t{1}}) {
    const qa::mixed_fit found = sampled.fit({{}, qa::component_interval::information, centre});
    const std::vector<double> variance = values(found.variance);
    REQUIRE(variance[centre] > 0.0);
    const dense same(sampled, variance);
    const Eigen::Index levels = at(sampled.levels[centre]);
    const MatrixXd contrast = MatrixXd::Identity(levels, levels) -
                              MatrixXd::Constant(levels, levels, 1.0 / static_cast<double>(levels));
    const MatrixXd known = contrast * same.errors(centre, variance[centre]) * contrast.transpose();
    const VectorXd effect = contrast * same.effects(centre, variance[centre]);
    MatrixXd slope = MatrixXd::Zero(levels, at(variance.size()));
    for (std::size_t k = 0; k < variance.size(); ++k) {
      if (variance[k] == 0.0)
        continue;
      const double h = 1e-5 * variance[k];
      std::vector<double> up = variance, down = variance;
      up[k] += h;
      down[k] -= h;
      slope.col(at(k)) = contrast *
                         (dense(sampled, up).effects(centre, up[centre]) -
                          dense(sampled, down).effects(centre, down[centre])) /
                         (2.0 * h);
    }
    for (Eigen::Index l = 0; l < levels; ++l) {
      const auto level = static_cast<std::size_t>(l);
      CHECK(close_to(found.effects[centre].value[level], effect[l], 1e-7, 1e-9));
      double more = 0.0; // what the estimated variances add
      for (std::size_t a = 0; a < variance.size(); ++a)
        for (std::size_t c = 0; c < variance.size(); ++c)
          if (const double covariance = found.covariance[a * variance.size() + c]; !std::isnan(covariance))
            more += slope(l, at(a)) * covariance * slope(l, at(c));
      CHECK(close_to(found.effects[centre].std_error[level], std::sqrt(known(l, l) + more), 1e-5));
      CHECK(found.effects[centre].df[level] >= static_cast<double>(levels) - 1.0);
    }
    const std::size_t other = 1 - centre;
    const double mean = same.effects(centre, variance[centre]).mean();
    for (std::size_t l = 0; l < sampled.levels[other]; ++l)
      CHECK(close_to(found.at_mean[other].value[l], plain.at_mean[other].value[l] + mean, 1e-7));
    CHECK(found.at_mean[other].std_error[0] <
          plain.at_mean[other].std_error[0]); // the levels that are there are known better
  }
}

TEST_CASE("a factor within a factor that crosses others, and many levels in both, take the same steps") {
  // Which factor is eliminated first must not matter: double the rows of small factors until another is the largest.
  std::mt19937_64 engine(5);
  rows sampled = sample(engine, 120, true, false);
  const qa::mixed_fit before = sampled.fit();
  rows other = sampled;
  std::reverse(other.code.begin(), other.code.end());
  std::reverse(other.levels.begin(), other.levels.end());
  const qa::mixed_fit after = other.fit();
  CHECK(close_to(before.reml_criterion, after.reml_criterion, 1e-10));
  const std::size_t factors = sampled.levels.size();
  for (std::size_t f = 0; f < factors; ++f) {
    CHECK(close_to(before.variance[f].value, after.variance[factors - 1 - f].value, 1e-5, 1e-6));
    CHECK(close_to(before.variance[f].high, after.variance[factors - 1 - f].high, 1e-5));
  }
}

TEST_CASE("neither the order of rows nor the place of zero matters") {
  std::mt19937_64 engine(3);
  const rows sampled = sample(engine, 80, true, false);
  rows moved = sampled;
  std::vector<std::size_t> order(sampled.y.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), engine);
  for (std::size_t i = 0; i < order.size(); ++i) {
    moved.y[i] = sampled.y[order[i]] + 1e6;
    for (std::size_t f = 0; f < moved.code.size(); ++f)
      moved.code[f][i] = sampled.code[f][order[i]];
    for (std::size_t k = 0; k < moved.fixed.size(); ++k)
      moved.fixed[k][i] = sampled.fixed[k][order[i]] + 1e6;
  }
  const qa::mixed_fit one = sampled.fit(), other = moved.fit();
  for (std::size_t k = 0; k < one.variance.size(); ++k) {
    CHECK(close_to(one.variance[k].value, other.variance[k].value, 1e-5, 1e-6));
    CHECK(close_to(one.variance[k].low, other.variance[k].low, 1e-4, 1e-5));
  }
  CHECK(close_to(one.coefficient[1].value, other.coefficient[1].value, 1e-7));
}

TEST_CASE(
    "profile limits are where the likelihood ratio test rejects; information limits are Satterthwaite's") {
  std::mt19937_64 engine(8);
  const rows sampled = sample(engine, 60, false, false);
  const qa::mixed_fit profile = sampled.fit({qa::confidence_level{0.9}, qa::component_interval::profile});
  const double deviate = 1.6448536269514722;
  for (std::size_t k = 0; k < 2; ++k) {
    // Held at the limit, the best of the others is found by a crude search around the optimum.
    std::vector<double> variance = values(profile.variance);
    variance[k] = profile.variance[k].high;
    double best = dense(sampled, variance).deviance();
    for (int halving = 0; halving < 21; ++halving) { // steps from 0.2 to below 1e-6
      const double step = std::ldexp(0.2, -halving);
      for (std::size_t j = 0; j < variance.size(); ++j)
        for (const double sign : {-1.0, 1.0, -1.0, 1.0}) {
          std::vector<double> moved = variance;
          if (j == k)
            continue;
          moved[j] = std::max(0.0, moved[j] * (1.0 + sign * step) + 1e-3 * sign * step);
          if (const double there = dense(sampled, moved).deviance(); there < best) {
            best = there;
            variance = moved;
          }
        }
    }
    CHECK(close_to(best - profile.reml_criterion, deviate * deviate, 1e-3));
  }
  const qa::mixed_fit information =
      sampled.fit({qa::confidence_level{0.9}, qa::component_interval::information});
  CHECK(information.variance[3].interval_method == "information, Satterthwaite df");
  CHECK(close_to(information.variance[3].df,
                 2 * std::pow(information.variance[3].value / information.variance[3].std_error, 2), 1e-12));
  CHECK(close_to(information.variance[3].low, profile.variance[3].low, 0.03));
  CHECK(close_to(information.variance[3].high, profile.variance[3].high, 0.03));
}

TEST_CASE("what cannot be told apart or has no spread is undefined with the reason") {
  const auto why = [](const rows& given) { return given.fit().undefined; };
  rows given = one_way({1, 2, 3, 4, 5, 6}, 2);
  CHECK(why(given).empty());
  rows alike = given;
  alike.code.push_back({2, 2, 0, 0, 1, 1});
  alike.levels.push_back(3);
  CHECK(why(alike) == "two factors part the rows alike: their effects cannot be told apart");
  CHECK(why(one_way({1, 2, 3}, 1)) ==
        "a factor has a level of its own for each row: it cannot be told from the error");
  CHECK(why(one_way({1, 2, 3}, 3)) == "a factor has fewer than 2 levels: nothing differs");
  CHECK(why(one_way({2, 2, 2, 2}, 2)) == "no variance: all values are the same");
  CHECK(why(one_way({1, 1, 5, 5, 3, 3}, 2)) ==
        "no variance is left for the error: the effects reproduce every value");
  CHECK(why(one_way({1}, 1)) == "fewer than 2 rows");
  rows dependent = given;
  dependent.fixed = {{0, 1, 0, 1, 0, 1}, {1, 0, 1, 0, 1, 0}};
  CHECK(dependent.fit().dependent == 1);
}
