// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/impl/ordinal_laplace.hpp>
#include <qascore/kernel/ordinal_raters.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <Eigen/Dense>

#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <string_view>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using qa::kernel::detail_ordinal::laplace;

namespace {

/// Rows that own their columns.
struct rows {
  std::vector<std::uint32_t> category;
  std::size_t categories = 0;
  std::vector<std::vector<std::uint32_t>> code;
  std::vector<std::size_t> levels;
  std::vector<std::vector<double>> fixed;
  std::vector<double> weight;

  qa::ordinal_data data() const {
    qa::ordinal_data out{category, categories, {}, {}, weight};
    for (std::size_t f = 0; f < code.size(); ++f)
      out.factors.push_back({code[f], levels[f]});
    out.fixed.assign(fixed.begin(), fixed.end());
    return out;
  }
  qa::ordinal_fit fit(const qa::ordinal_options& options = {}) const {
    return qa::kernel::fit_ordinal_model(data(), options);
  }
};

/// Bitterness of eight bottles by nine judges; bottles 5 to 8 were warm, 3, 4, 7, 8 had contact with skins. Randall (1989),
/// Applied Statistics 38, data set wine of R's ordinal.
rows wine() {
  constexpr std::array<std::string_view, 9> judges{"23344455", "12132354", "23325544", "32323253", "23433333",
                                                   "32322454", "11222323", "22233334", "12323244"};
  rows out;
  out.categories = 5;
  out.levels = {9};
  out.code.resize(1);
  out.fixed.resize(2);
  for (std::uint32_t judge = 0; judge < judges.size(); ++judge)
    for (std::size_t bottle = 0; bottle < 8; ++bottle) {
      out.category.push_back(static_cast<std::uint32_t>(judges[judge][bottle] - '1'));
      out.code[0].push_back(judge);
      out.fixed[0].push_back(bottle >= 4 ? 1.0 : 0.0);
      out.fixed[1].push_back(bottle % 4 >= 2 ? 1.0 : 0.0);
    }
  return out;
}

/// Agents, raters, and two columns.
rows panel(std::mt19937_64& engine, std::size_t agents, std::size_t raters, std::size_t per_agent,
           double sd_agent, double sd_rater, std::vector<double>* severity = nullptr,
           std::vector<double>* quality = nullptr) {
  rows out;
  out.categories = 5;
  out.levels = {agents, raters};
  out.code.resize(2);
  out.fixed.resize(1);
  std::vector<double> a(agents), r(raters);
  for (double& value : a)
    value = sd_agent * qa::test::normal(engine);
  for (double& value : r)
    value = sd_rater * qa::test::normal(engine);
  constexpr std::array<double, 4> thresholds{-2.0, -0.7, 0.6, 2.1};
  for (std::uint32_t i = 0; i < agents; ++i)
    for (std::size_t k = 0; k < per_agent; ++k) {
      const auto rater = static_cast<std::uint32_t>((i + k * (1 + i % 3)) % raters);
      const double x = qa::test::uniform(engine), u = qa::test::uniform(engine);
      const double latent = 0.8 * (x - 0.5) + a[i] + r[rater] + std::log(u / (1.0 - u));
      std::uint32_t category = 0;
      while (category < 4 && latent > thresholds[category])
        ++category;
      out.category.push_back(category);
      out.code[0].push_back(i);
      out.code[1].push_back(rater);
      out.fixed[0].push_back(x);
    }
  if (severity != nullptr) {
    const double mean = std::accumulate(r.begin(), r.end(), 0.0) / static_cast<double>(raters);
    for (const double value : r)
      severity->push_back(mean - value);
  }
  if (quality != nullptr)
    *quality = a;
  return out;
}

MatrixXd matrix_of(const rows& of) {
  MatrixXd x(static_cast<Eigen::Index>(of.category.size()), static_cast<Eigen::Index>(of.fixed.size()));
  for (std::size_t j = 0; j < of.fixed.size(); ++j)
    x.col(static_cast<Eigen::Index>(j)) =
        Eigen::Map<const VectorXd>(of.fixed[j].data(), static_cast<Eigen::Index>(of.category.size()));
  return x;
}

} // namespace

TEST_CASE("wine: the fit of clmm") {
  // ordinal 2023.12-4, clmm(rating ~ temp + contact + (1 | judge), wine); errors as broom prints them.
  const auto found = wine().fit();
  REQUIRE(found.undefined.empty());
  CHECK(found.converged);
  CHECK(close_to(found.coefficient[0].value, 3.062996800, 5e-6));
  CHECK(close_to(found.coefficient[1].value, 1.834885013, 1e-5));
  CHECK(close_to(found.threshold[0].value, -1.623667056, 5e-6));
  CHECK(close_to(found.threshold[1].value, 1.513365299, 1e-5));
  CHECK(close_to(found.threshold[2].value, 4.228526858, 5e-6));
  CHECK(close_to(found.threshold[3].value, 6.088772751, 5e-6));
  CHECK(close_to(std::sqrt(found.variance[0].value), 1.131133, 1e-5));
  CHECK(close_to(found.log_likelihood, -81.56541, 1e-7));
  const double errors[] = {0.682, 0.604, 0.809, 0.972, 0.595, 0.513};
  for (std::size_t k = 0; k < 4; ++k)
    CHECK(close_to(found.threshold[k].std_error, errors[k], 0.0, 6e-4));
  for (std::size_t k = 0; k < 2; ++k)
    CHECK(close_to(found.coefficient[k].std_error, errors[4 + k], 0.0, 6e-4));
  CHECK(close_to(found.coefficient[0].test.p_value, 2.68e-7, 5e-3));
  CHECK(close_to(found.coefficient[1].test.p_value, 3.44e-4, 5e-3));

  rows temperature = wine();
  temperature.fixed.pop_back();
  const auto less = temperature.fit();
  const double printed[] = {-2.20, 0.545, 2.84, 4.48};
  for (std::size_t k = 0; k < 4; ++k)
    CHECK(close_to(less.threshold[k].value, printed[k], 0.0, k == 1 ? 6e-4 : 6e-3));
  CHECK(close_to(less.coefficient[0].value, 2.67, 0.0, 6e-3));
  CHECK(close_to(less.coefficient[0].std_error, 0.554, 0.0, 6e-4));

  // The likelihood ratio of judges, from the fit without them, is its test.
  rows alone = wine();
  alone.code.clear();
  alone.levels.clear();
  CHECK(close_to(found.variance[0].test.statistic, 2.0 * (found.log_likelihood - alone.fit().log_likelihood),
                 1e-9));
}

TEST_CASE("without factors: polr on frequencies") {
  // MASS 7.3.58.2, polr(Sat ~ Infl + Type + Cont, weights = Freq, housing).
  const std::array<double, 72> freq{21, 21, 28, 34, 22, 36, 10, 11, 36, 61, 23, 17, 43, 35, 40, 26, 18, 54,
                                    13, 9,  10, 8,  8,  12, 6,  7,  9,  18, 6,  7,  15, 13, 13, 7,  5,  11,
                                    14, 19, 37, 17, 23, 40, 3,  5,  23, 78, 46, 43, 48, 45, 86, 15, 25, 62,
                                    20, 23, 20, 10, 22, 24, 7,  10, 21, 57, 23, 13, 31, 21, 13, 5,  6,  13};
  rows housing;
  housing.categories = 3;
  housing.fixed.resize(6);
  for (std::size_t i = 0; i < freq.size(); ++i) {
    housing.category.push_back(static_cast<std::uint32_t>(i % 3));
    const std::size_t influence = i / 3 % 3, type = i / 9 % 4, contact = i / 36;
    for (std::size_t j = 0; j < 2; ++j)
      housing.fixed[j].push_back(influence == j + 1 ? 1.0 : 0.0);
    for (std::size_t j = 0; j < 3; ++j)
      housing.fixed[2 + j].push_back(type == j + 1 ? 1.0 : 0.0);
    housing.fixed[5].push_back(contact == 1 ? 1.0 : 0.0);
  }
  housing.weight.assign(freq.begin(), freq.end());
  const auto found = housing.fit();
  const double coefficient[] = {0.566393738890106,  1.28881906381232,  -0.572350146429611,
                                -0.366186566153346, -1.09101490767244, 0.360284149947385};
  const double error[] = {0.104652786218659, 0.127156148980827, 0.119238014176467,
                          0.155173338839422, 0.151486025631417, 0.0955357993227273};
  for (std::size_t j = 0; j < 6; ++j) {
    CHECK(close_to(found.coefficient[j].value, coefficient[j], 1e-4));
    CHECK(close_to(found.coefficient[j].std_error, error[j], 1e-4));
  }
  CHECK(close_to(found.threshold[0].value, -0.496135343837501, 1e-4));
  CHECK(close_to(found.threshold[1].value, 0.690708290379271, 1e-4));
  CHECK(close_to(found.threshold[0].std_error, 0.124847247334001, 1e-4));
  CHECK(close_to(found.log_likelihood, -1739.57464952949, 1e-9));
}

TEST_CASE("the likelihood is Laplace's written out in matrices, and its gradient the derivative") {
  std::mt19937_64 engine(11);
  for (const auto link : {qa::ordinal_link::logit, qa::ordinal_link::probit}) {
    rows made = panel(engine, 7, 4, 9, 1.0, 0.7);
    for (std::size_t i = 0; i < made.category.size(); ++i)
      made.weight.push_back(0.5 + qa::test::uniform(engine));
    const auto data = made.data();
    const MatrixXd x = matrix_of(made);
    laplace model(data, x, link);
    VectorXd at(7);
    at << -1.6, -0.4, 0.5, 1.7, 0.6, 0.8, 0.5;
    const auto here = model.at(at, model.none());
    REQUIRE(std::isfinite(here.value));

    // Dense: curvatures by differences of log P.
    const auto n = static_cast<Eigen::Index>(made.category.size());
    const auto log_p = [&](Eigen::Index i, double eta) {
      const auto f = [&](double t) {
        return link == qa::ordinal_link::logit ? 1.0 / (1.0 + std::exp(-t))
                                               : 0.5 * std::erfc(-t / std::sqrt(2.0));
      };
      const auto k = made.category[static_cast<std::size_t>(i)];
      return std::log((k == 4 ? 1.0 : f(at[k] - eta)) - (k == 0 ? 0.0 : f(at[k - 1] - eta)));
    };
    MatrixXd z = MatrixXd::Zero(n, 11), h = MatrixXd::Zero(n, n);
    VectorXd u(11);
    u << here.mode.u[0], here.mode.u[1];
    double joint = 0.0;
    for (Eigen::Index i = 0; i < n; ++i) {
      z(i, made.code[0][static_cast<std::size_t>(i)]) = 1.0;
      z(i, 7 + made.code[1][static_cast<std::size_t>(i)]) = 1.0;
      const double eta = x(i, 0) * at[4] + z.row(i).dot(u), w = made.weight[static_cast<std::size_t>(i)];
      joint += w * log_p(i, eta);
      h(i, i) = -w * (log_p(i, eta + 1e-4) - 2.0 * log_p(i, eta) + log_p(i, eta - 1e-4)) / 1e-8;
    }
    VectorXd s(11);
    s << VectorXd::Constant(7, 0.64), VectorXd::Constant(4, 0.25);
    const MatrixXd inside = MatrixXd::Identity(11, 11) + s.asDiagonal() * (z.transpose() * h * z);
    const double value =
        joint - 0.5 * u.cwiseAbs2().cwiseQuotient(s).sum() - 0.5 * std::log(inside.determinant());
    CHECK(close_to(here.value, value, 1e-7));

    for (Eigen::Index k = 0; k < at.size(); ++k) {
      VectorXd up = at, down = at;
      up[k] += 1e-5;
      down[k] -= 1e-5;
      const double slope = (model.at(up, here.mode).value - model.at(down, here.mode).value) / 2e-5;
      CHECK(close_to(here.gradient[k], slope, 1e-6, 1e-6));
    }
  }
}

TEST_CASE("with many rows per level Laplace's likelihood is the integral") {
  const rows bottles = wine();
  const auto data = bottles.data();
  const MatrixXd x = matrix_of(bottles);
  laplace model(data, x, qa::ordinal_link::logit);
  VectorXd at(7);
  at << -1.62, 1.51, 4.23, 6.09, 3.06, 1.83, 1.13;
  double whole = 0.0;
  for (std::uint32_t judge = 0; judge < 9; ++judge) {
    double sum = 0.0;
    for (int step = -800; step <= 800; ++step) {
      const double v = 0.01 * step;
      double log_p = -0.5 * v * v - 0.5 * std::log(2.0 * 3.141592653589793);
      for (std::size_t i = 0; i < bottles.category.size(); ++i)
        if (bottles.code[0][i] == judge) {
          const auto k = static_cast<Eigen::Index>(bottles.category[i]);
          const double eta = 3.06 * bottles.fixed[0][i] + 1.83 * bottles.fixed[1][i] + 1.13 * v;
          const auto f = [](double t) { return 1.0 / (1.0 + std::exp(-t)); };
          log_p += std::log((k == 4 ? 1.0 : f(at[k] - eta)) - (k == 0 ? 0.0 : f(at[k - 1] - eta)));
        }
      sum += 0.01 * std::exp(log_p);
    }
    whole += std::log(sum);
  }
  CHECK(std::abs(model.at(at, model.none()).value - whole) < 0.05); // of -81.5, nine judges
}

TEST_CASE("neither the order of rows and categories nor the place of a column matters") {
  std::mt19937_64 engine(5);
  const rows made = panel(engine, 15, 5, 8, 1.0, 0.8);
  const auto before = made.fit({.centre = 1});
  REQUIRE(before.undefined.empty());
  rows turned = made;
  const std::size_t n = made.category.size();
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t from = n - 1 - i;
    turned.category[i] = 4 - made.category[from];
    turned.fixed[0][i] = 100.0 - 3.0 * made.fixed[0][from];
    for (std::size_t f = 0; f < 2; ++f)
      turned.code[f][i] = made.code[f][from];
  }
  const auto after = turned.fit({.centre = 1});
  CHECK(close_to(after.log_likelihood, before.log_likelihood, 1e-10));
  CHECK(close_to(after.coefficient[0].value, before.coefficient[0].value / 3.0, 1e-5));
  CHECK(close_to(after.coefficient[0].std_error, before.coefficient[0].std_error / 3.0, 1e-4));
  for (std::size_t f = 0; f < 2; ++f) {
    CHECK(close_to(after.variance[f].value, before.variance[f].value, 1e-4));
    for (std::size_t l = 0; l < made.levels[f]; ++l) {
      CHECK(close_to(after.effects[f].value[l], -before.effects[f].value[l], 1e-4, 1e-5));
      CHECK(close_to(after.effects[f].std_error[l], before.effects[f].std_error[l], 1e-4));
      CHECK(close_to(4.0 - after.at_mean[f][l].value, before.at_mean[f][l].value, 1e-4));
      CHECK(close_to(4.0 - after.at_mean[f][l].low, before.at_mean[f][l].high, 1e-4));
      CHECK(close_to(after.at_mean[f][l].std_error, before.at_mean[f][l].std_error, 1e-3));
    }
  }
  CHECK(close_to(std::accumulate(before.effects[1].value.begin(), before.effects[1].value.end(), 0.0), 0.0,
                 0.0, 1e-10));
}

TEST_CASE("what cannot be told is undefined with the reason, and 0 is an answer") {
  rows made = wine();
  made.categories = 6;
  CHECK(made.fit().undefined == "a category does not occur: its thresholds would be anywhere");
  made = wine();
  made.fixed.push_back(std::vector<double>(72, 3.0));
  CHECK(made.fit().dependent == 2);
  made = wine();
  for (std::size_t i = 0; i < 72; ++i)
    made.code[0][i] = static_cast<std::uint32_t>(i);
  made.levels = {72};
  CHECK(made.fit().undefined ==
        "a factor has a level of its own for each row: it cannot be told from the error");
  made = wine();
  made.code.clear();
  made.levels.clear();
  for (std::size_t i = 0; i < 72; ++i)
    made.fixed[0][i] = made.category[i] >= 3 ? 1.0 : 0.0;
  CHECK(made.fit().undefined == "the estimates run away: effects or columns part the categories");
  CHECK_THROWS_AS(wine().fit({.value = std::vector<double>{1, 2}}), qa::argument_error);
  CHECK_THROWS_AS(wine().fit({.value = std::vector<double>{1, 2, 4, 3, 5}}), qa::argument_error);

  // Judges who all see the same bottles alike.
  rows alike = wine();
  for (std::size_t i = 0; i < 72; ++i)
    alike.category[i] = static_cast<std::uint32_t>((i % 8 + i / 8 % 2) % 5);
  const auto found = alike.fit();
  REQUIRE(found.undefined.empty());
  CHECK(found.variance[0].value == 0.0);
  CHECK(found.variance[0].test.p_value == 1.0);
  CHECK(found.effects[0].value[3] == 0.0);
  CHECK(std::isnan(found.effects[0].std_error[3]));
  CHECK(found.coefficient[0].std_error > 0.0);
}

TEST_CASE("severities and agents that ratings were made with are found, with intervals that hold" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(17);
  std::size_t inside = 0, all = 0, agents_inside = 0, agents_all = 0;
  double of_variance = 0.0;
  constexpr int runs = 20;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> severity, quality;
    const rows made = panel(engine, 40, 8, 12, 0.8, 0.7, &severity, &quality);
    const std::vector<double> value{1, 2, 3, 4, 5};
    const auto found = qa::kernel::ordinal_rater_effects(
        {made.category, value, {made.code[0], 40}, {made.code[1], 8}, {}, {made.fixed[0]}}, {});
    REQUIRE(found.model.undefined.empty());
    of_variance += found.model.variance[0].value / runs;
    for (std::size_t r = 0; r < 8; ++r, ++all) {
      const qa::estimate& one = found.raters[r].severity;
      inside += one.low <= severity[r] && severity[r] <= one.high ? 1 : 0;
    }
    for (std::size_t a = 0; a < 40; ++a, ++agents_all) {
      CHECK(found.agents[a].ranks.low <= found.agents[a].rank);
      CHECK(found.agents[a].rank <= found.agents[a].ranks.high);
      agents_inside += found.agents[a].adjusted.low < found.agents[a].adjusted.value ? 1 : 0;
    }
  }
  CHECK(inside >= all * 90 / 100);
  CHECK(inside < all);
  CHECK(agents_inside == agents_all);
  CHECK(std::abs(of_variance - 0.64) < 0.12);
}
