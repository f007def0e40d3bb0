// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>
#include <qascore/kernel/distribution.hpp>
#include <qascore/kernel/studentized_range.hpp>
#include <qascore/kernel/within_variance.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace qa = qascore;
namespace kernel = qascore::kernel;
using qascore::test::close_to;

namespace {

/// Fresh milk expenditure in 43 areas, standard errors, major area: Arora and Lahiri (1997), Statistica Sinica 7,
/// 1053-1063, with the major areas of You and Chapman (2006), as the data set `milk` of R sae 1.3 has them.
struct area {
  double mean, error;
  int major;
};
const std::vector<area> milk = {
    {1.099, 0.163, 1}, {1.075, 0.08, 1},  {1.105, 0.083, 1}, {0.628, 0.109, 1}, {0.753, 0.119, 1},
    {0.981, 0.141, 1}, {1.257, 0.202, 1}, {1.095, 0.127, 2}, {1.405, 0.168, 2}, {1.356, 0.178, 2},
    {0.615, 0.1, 2},   {1.46, 0.201, 2},  {1.338, 0.148, 2}, {0.854, 0.143, 2}, {1.176, 0.149, 3},
    {1.111, 0.145, 3}, {1.257, 0.135, 3}, {1.43, 0.172, 3},  {1.278, 0.137, 3}, {1.292, 0.163, 3},
    {1.002, 0.125, 3}, {1.183, 0.247, 3}, {1.044, 0.14, 3},  {1.267, 0.171, 3}, {1.193, 0.106, 3},
    {0.791, 0.121, 4}, {0.795, 0.121, 4}, {0.759, 0.259, 4}, {0.796, 0.106, 4}, {0.565, 0.089, 4},
    {0.886, 0.225, 4}, {0.952, 0.205, 4}, {0.807, 0.119, 4}, {0.582, 0.067, 4}, {0.684, 0.106, 4},
    {0.787, 0.126, 4}, {0.44, 0.092, 4},  {0.759, 0.132, 4}, {0.77, 0.1, 4},    {0.8, 0.113, 4},
    {0.756, 0.083, 4}, {0.865, 0.121, 4}, {0.64, 0.129, 4}};

kernel::area_fit fit_milk(qa::between_variance how, double scale = 1.0, double offset = 0.0) {
  std::vector<double> y, psi, two, three, four;
  for (const area& a : milk) {
    y.push_back(offset + scale * a.mean);
    psi.push_back(scale * scale * a.error * a.error);
    two.push_back(a.major == 2);
    three.push_back(a.major == 3);
    four.push_back(a.major == 4);
  }
  const std::vector<std::span<const double>> covariates = {two, three, four};
  return kernel::fay_herriot(y, psi, covariates, how);
}

struct review {
  std::string agent;
  std::optional<double> score;
  double weight = 1.0, population = 0.0;
  int team = 0;
  std::string site;
  int customer = 0;
};

const auto of_agent = &review::agent;
const auto of_score = &review::score;

std::vector<review> reviews(const std::vector<std::vector<double>>& scores) {
  std::vector<review> out;
  for (std::size_t a = 0; a < scores.size(); ++a)
    for (const double score : scores[a]) {
      review r{};
      r.agent = "a" + std::to_string(a + 1);
      r.score = score;
      out.push_back(r);
    }
  return out;
}

qa::agent_table independent(const std::vector<review>& rows, const qa::agents_options& options = {}) {
  return qa::agent_estimates(qa::sample_design::independent(rows.size()), rows, of_score, of_agent, options);
}

const std::vector<std::vector<double>> five_agents = {{0.62, 0.70, 0.58, 0.66, 0.71, 0.60},
                                                      {0.80, 0.77},
                                                      {0.95},
                                                      {0.88, 0.85, 0.92, 0.86, 0.90, 0.83, 0.91},
                                                      {0.70, 0.76, 0.73}};

} // namespace

TEST_CASE("REML and the mean squared errors of Prasad and Rao give the published fit of the milk data") {
  const auto fit = fit_milk(qa::between_variance::reml);
  // R sae, as quoted in the tests of samplics (tests/sae/test_eblup_area_model.py), which hold it to 1e-4; R stops its
  // iteration at a relative change of 1e-4, so that the last digits are not those of the maximum.
  const double published_b[] = {0.9681890, 0.1327801, 0.2269462, -0.2413011};
  const double published_error[] = {0.06936208, 0.10300072, 0.09232981, 0.08161707};
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(close_to(fit.coefficient[k], published_b[k], 0.0, 1e-6));
    CHECK(close_to(fit.coefficient_error[k], published_error[k], 0.0, 1e-6));
  }
  const double published[] = {1.0219703, 1.0476018, 1.0679513, 0.7608170, 0.8461574, 0.9743727, 1.0584523};
  const double published_mse[] = {0.013460220, 0.005372876, 0.005701990, 0.008541740,
                                  0.009579594, 0.011670632, 0.015926137};
  for (std::size_t i = 0; i < 7; ++i) {
    CHECK(close_to(fit.value[i], published[i], 0.0, 1e-6));
    CHECK(close_to(fit.mse[i], published_mse[i], 0.0, 1e-7));
  }
  CHECK(close_to(fit.value[42], 0.6810870, 0.0, 1e-6));
  CHECK(close_to(fit.mse[42], 0.009903626, 0.0, 1e-7));
}

TEST_CASE("the three ways to the variance between areas agree with dense matrices and quadrature") {
  // NumPy 2.4.6, SciPy 1.17.1: root of the score with dense matrices; the moment formula; integrate.quad over log A.
  const auto reml = fit_milk(qa::between_variance::reml);
  CHECK(close_to(reml.between, 0.018550334762766692, 1e-12));
  CHECK(close_to(reml.value[11], 1.2139462053770465, 1e-12));
  CHECK(close_to(reml.mse[36], 0.006404343451683042, 1e-12));
  const auto moment = fit_milk(qa::between_variance::moment);
  CHECK(close_to(moment.between, 0.012584587930587943, 1e-12));
  CHECK(close_to(moment.value[36], 0.5538965313869955, 1e-12));
  CHECK(close_to(moment.mse[11], 0.01380186837201166, 1e-12));
  const auto averaged = fit_milk(qa::between_variance::averaged);
  CHECK(close_to(averaged.between, 0.022658228737168093, 1e-9));
  CHECK(close_to(averaged.value[0], 1.0263841668930789, 1e-10));
  CHECK(close_to(averaged.mse[11], 0.018189460566772873, 1e-9));
  CHECK(close_to(averaged.own_weight[36], 0.7043546164993785, 1e-9));
}

TEST_CASE("the fit moves with the origin and the unit of the values") {
  for (const auto how : {qa::between_variance::averaged, qa::between_variance::reml, qa::between_variance::moment}) {
    const auto plain = fit_milk(how), moved = fit_milk(how, 1000.0, 1e6);
    CHECK(close_to(moved.between, 1e6 * plain.between, 1e-6));
    for (std::size_t i = 0; i < milk.size(); ++i) {
      CHECK(close_to((moved.value[i] - 1e6) / 1000.0, plain.value[i], 1e-7));
      CHECK(close_to(moved.mse[i], 1e6 * plain.mse[i], 1e-6));
    }
  }
}

TEST_CASE("areas that differ by no more than chance are not said to be equal") {
  const std::vector<double> y = {0.80, 0.81, 0.79, 0.80, 0.82, 0.78, 0.805, 0.795};
  const std::vector<double> psi = {0.01, 0.02, 0.005, 0.04, 0.01, 0.02, 0.03, 0.008};
  CHECK(kernel::fay_herriot(y, psi, {}, qa::between_variance::reml).between == 0.0);
  CHECK(kernel::fay_herriot(y, psi, {}, qa::between_variance::moment).between == 0.0);
  const auto averaged = kernel::fay_herriot(y, psi, {}, qa::between_variance::averaged);
  // integrate.quad of SciPy 1.17.1
  CHECK(close_to(averaged.between, 0.009866690498517064, 1e-9));
  CHECK(close_to(averaged.value[3], 0.7993190732352661, 1e-11));
  CHECK(close_to(averaged.mse[3], 0.0077462192251565275, 1e-9));
}

TEST_CASE("areas that are known keep their mean, and too few areas say so") {
  const std::vector<double> y = {1.0, 2.0, 4.0, 3.0, 2.5}, psi = {0.0, 0.5, 0.5, 0.0, 0.5}, none(5, 0.0);
  for (const auto how : {qa::between_variance::averaged, qa::between_variance::reml, qa::between_variance::moment}) {
    const auto fit = kernel::fay_herriot(y, psi, {}, how);
    for (const std::size_t i : {0u, 3u}) {
      CHECK(close_to(fit.value[i], y[i], 1e-12));
      CHECK(close_to(fit.mse[i], 0.0, 0.0, 1e-12));
    }
    CHECK(fit.value[2] < 4.0);
    const auto known = kernel::fay_herriot(y, none, {}, how);
    CHECK(known.value == y);
    CHECK(kernel::fay_herriot(std::span(y).first(3), std::span(psi).first(3), {}, how).undefined ==
          "too few to learn from each other: at least 4 are needed");
    const std::vector<double> tenure = {1.0, 3.0, 2.0, 5.0};
    const std::vector<std::span<const double>> covariates = {tenure};
    CHECK(kernel::fay_herriot(std::span(y).first(4), std::span(psi).first(4), covariates, how).undefined ==
          "too few to learn from each other: 5 are needed for 2 coefficients");
  }
}

TEST_CASE("a covariate that the others determine is named, a constant one has the coefficient 0") {
  const std::vector<double> y = {1, 2, 4, 3, 2, 5, 1}, psi(7, 0.5), x = {1, 2, 3, 4, 5, 6, 7}, one(7, 3.0),
                            twice = {3, 5, 7, 9, 11, 13, 15};
  const std::vector<std::span<const double>> dependent = {x, twice}, constant = {one, x};
  CHECK(kernel::fay_herriot(y, psi, dependent, qa::between_variance::reml).dependent == 1);
  const auto fit = kernel::fay_herriot(y, psi, constant, qa::between_variance::averaged);
  CHECK(fit.coefficient[1] == 0.0);
  CHECK(fit.coefficient[2] > 0.0);
}

TEST_CASE("quantiles of the studentized range are those of SciPy") {
  // scipy.stats.studentized_range.ppf, SciPy 1.17.1
  CHECK(close_to(kernel::studentized_range_quantile(0.95, 10, 20), 5.007882667595452, 1e-9));
  CHECK(close_to(kernel::studentized_range_quantile(0.95, 3, 4), 5.040241254983202, 1e-9));
  CHECK(close_to(kernel::studentized_range_quantile(0.9, 50, 7), 7.294158502862976, 1e-9));
  CHECK(close_to(kernel::studentized_range_upper(4.0, 5, 30), 0.05874065369931403, 1e-9));
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(close_to(kernel::studentized_range_quantile(0.95, 20, infinity), 5.0116887941184425, 1e-9));
  for (const double df : {1.0, 3.5, 200.0, infinity})
    CHECK(close_to(kernel::studentized_range_quantile(0.95, 2, df),
                   std::sqrt(2.0) * kernel::student_t_quantile(0.975, df), 1e-8));
  CHECK(std::isnan(kernel::studentized_range_quantile(0.95, 1, 5)));
  CHECK(std::isnan(kernel::studentized_range_quantile(1.0, 5, 5)));
  CHECK(std::isnan(kernel::studentized_range_upper(1.0, 5, 0)));
}

TEST_CASE("the spread within agents is pooled as in the analysis of variance") {
  const auto rows = reviews(five_agents);
  const auto table = independent(rows);
  // By hand: sums of squares around the agents' means over sum (n - 1).
  double squares = 0.0, df = 0.0;
  for (const auto& scores : five_agents) {
    double mean = 0.0;
    for (const double s : scores)
      mean += s / static_cast<double>(scores.size());
    for (const double s : scores)
      squares += (s - mean) * (s - mean);
    df += static_cast<double>(scores.size() - 1);
  }
  CHECK(close_to(table.fit.within, squares / df, 1e-12));
  CHECK(close_to(table.fit.within_df, df, 1e-12));
  for (std::size_t a = 0; a < five_agents.size(); ++a) {
    const auto& e = table.agents[a].direct;
    const auto n = static_cast<double>(five_agents[a].size());
    CHECK(e.n == five_agents[a].size());
    CHECK(close_to(e.std_error, std::sqrt(squares / df / n), 1e-12));
    CHECK(close_to(e.high - e.value, kernel::student_t_quantile(0.975, df) * e.std_error, 1e-12));
  }
}

TEST_CASE("the pooled variance is unbiased whatever the weights") {
  // Two agents, values +1 and -1 with equal chance each, weights 1, 2, 5 and 4, 4: the mean of S^2 over all 32
  // samples is 1.
  const double weights[] = {1, 2, 5, 4, 4};
  double sum = 0.0;
  for (unsigned sample = 0; sample < 32; ++sample) {
    std::vector<review> rows;
    for (unsigned i = 0; i < 5; ++i) {
      review r{};
      r.agent = i < 3 ? "x" : "y";
      r.score = ((sample >> i) & 1u) != 0u ? 1.0 : -1.0;
      r.weight = weights[i];
      rows.push_back(r);
    }
    const auto design = qa::design_builder(rows).weight(&review::weight).build();
    sum += qa::agent_estimates(design, rows, of_score, of_agent).fit.within;
  }
  CHECK(close_to(sum / 32.0, 1.0, 1e-12));
}

TEST_CASE("with unequal weights an agent's mean counts its effective size, with a finite population less is open") {
  auto rows = reviews({{0.5, 0.7, 0.9}, {0.4, 0.8}, {0.6, 0.65, 0.7, 0.9}, {0.3, 0.5}});
  const double weights[] = {1, 2, 5, 4, 4, 1, 1, 3, 2, 2, 6};
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].weight = weights[i];
  const auto weighted =
      qa::agent_estimates(qa::design_builder(rows).weight(&review::weight).build(), rows, of_score, of_agent);
  CHECK(close_to(weighted.agents[0].direct.std_error * weighted.agents[0].direct.std_error,
                 weighted.fit.within * (1.0 + 4.0 + 25.0) / 64.0, 1e-12));
  // Agents as strata, of 6, 2, 8 and 20 conversations: the second's are all there.
  const double population[] = {6, 2, 8, 20};
  for (review& r : rows) {
    r.team = r.agent[1] - '1';
    r.population = population[r.team];
    r.weight = r.population / (r.team == 0 ? 3.0 : r.team == 2 ? 4.0 : 2.0);
  }
  const auto design = qa::design_builder(rows)
                          .stratum(&review::team)
                          .weight(&review::weight)
                          .population(&review::population)
                          .build();
  const auto table = qa::agent_estimates(design, rows, of_score, of_agent);
  CHECK(close_to(table.agents[0].direct.std_error, std::sqrt(table.fit.within * 0.5 / 3.0), 1e-12));
  const auto& census = table.agents[1];
  CHECK(census.direct.low == census.direct.value);
  CHECK(close_to(census.shrunken.value, 0.6, 1e-12));
  CHECK(census.shrunken.low == census.shrunken.value);
  CHECK(census.shrunken.undefined == "");
}

TEST_CASE("clusters within agents count as one value, clusters of whole agents as nothing") {
  auto rows = reviews({{0.5, 0.7, 0.9, 0.8}, {0.4, 0.8, 0.5}, {0.6, 0.65, 0.7, 0.9}, {0.3, 0.5}, {0.8, 0.7}});
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].customer = rows[i].agent == "a1" ? static_cast<int>(i) / 2 : 10 + static_cast<int>(i);
  const auto with = qa::agent_estimates(
      qa::design_builder(rows).weight(&review::weight).cluster(&review::customer).build(), rows, of_score, of_agent);
  // a1 has two customers, means 0.6 and 0.85, beside the others' single conversations.
  auto merged = reviews({{0.6, 0.85}, {0.4, 0.8, 0.5}, {0.6, 0.65, 0.7, 0.9}, {0.3, 0.5}, {0.8, 0.7}});
  const auto by_hand = independent(merged);
  CHECK(close_to(with.fit.within, by_hand.fit.within, 1e-12));
  CHECK(close_to(with.agents[0].direct.std_error, by_hand.agents[0].direct.std_error, 1e-12));
  CHECK(close_to(with.agents[0].shrunken.value, by_hand.agents[0].shrunken.value, 1e-12));

  const auto whole = qa::agent_estimates(
      qa::design_builder(rows).weight(&review::weight).cluster(of_agent).build(), rows, of_score, of_agent);
  const auto plain = independent(rows);
  CHECK(close_to(whole.fit.within, plain.fit.within, 1e-12));
  CHECK(close_to(whole.agents[2].shrunken.low, plain.agents[2].shrunken.low, 1e-12));
}

TEST_CASE("shrunken estimates lie between the agent and what is expected of it, nearer to it with more conversations") {
  const auto table = independent(reviews(five_agents));
  const double centre = table.fit.coefficient[0];
  for (const auto& a : table.agents) {
    CHECK(a.own_weight > 0.0);
    CHECK(a.own_weight < 1.0);
    CHECK(a.shrunken.low < a.shrunken.value);
    CHECK(close_to(a.shrunken.std_error * a.shrunken.std_error, a.mse, 1e-12));
    CHECK((a.direct.value - a.shrunken.value) * (a.direct.value - centre) > 0.0);
  }
  CHECK(table.agents[3].own_weight > table.agents[4].own_weight);
  CHECK(table.agents[4].own_weight > table.agents[2].own_weight);
  CHECK(table.agents[2].direct.n == 1);
  CHECK(table.agents[2].direct.undefined == "");
}

TEST_CASE("ranks are those that no surely different agent contradicts") {
  const auto table = independent(reviews(five_agents));
  CHECK(close_to(table.fit.critical * std::sqrt(2.0), kernel::studentized_range_quantile(0.95, 5, 14), 1e-12));
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    const auto& a = table.agents[i];
    std::size_t higher = 0, lower = 0;
    for (std::size_t j = 0; j < 5; ++j) {
      const auto& b = table.agents[j];
      if (i == j)
        continue;
      const auto d = qa::kernel::compare_agents(table.fit, b, a);
      CHECK(d.told_apart == (d.low > 0.0 || d.high < 0.0));
      CHECK(d.told_apart == (d.test.p_value < 0.05));
      higher += d.low > 0.0;
      lower += d.high < 0.0;
    }
    CHECK(a.ranks.low == 1 + higher);
    CHECK(a.ranks.high == 5 - lower);
    CHECK(a.told_apart == higher + lower);
    pairs += higher;
  }
  CHECK(table.fit.pairs == 10);
  CHECK(table.fit.pairs_told_apart == pairs);
  CHECK(pairs > 0);
  CHECK(table.difference("a1", "a4").told_apart);
  CHECK_FALSE(table.difference("a4", "a3").told_apart);
  CHECK_THROWS_WITH_AS(table.difference("a1", "a7"), doctest::Contains("nobody is labelled \"a7\""),
                       qa::argument_error);

  qa::agents_options lowest;
  lowest.highest_first = false;
  const auto turned = independent(reviews(five_agents), lowest);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(turned.agents[i].rank == 6 - table.agents[i].rank);
    CHECK(turned.agents[i].ranks.low == 6 - table.agents[i].ranks.high);
  }
}

TEST_CASE("the quick way to rank intervals gives those of all pairs") {
  std::vector<double> value, variance;
  unsigned state = 1;
  for (int i = 0; i < 200; ++i) {
    state = state * 1664525u + 1013904223u;
    value.push_back(static_cast<double>(state >> 20) / 4096.0);
    state = state * 1664525u + 1013904223u;
    variance.push_back(static_cast<double>(state >> 24) / 256.0 * 0.02);
  }
  value[7] = value[9]; // ties
  variance[3] = 0.0;
  const auto quick = kernel::rank_intervals(value, variance, 2.5);
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::size_t low = 1, high = value.size();
    for (std::size_t j = 0; j < value.size(); ++j) {
      const double spread = 2.5 * std::sqrt(variance[i] + variance[j]);
      low += value[j] - value[i] > spread;
      high -= value[i] - value[j] > spread;
    }
    CHECK(quick[i].low == low);
    CHECK(quick[i].high == high);
  }
  CHECK(kernel::ranks_of(std::vector<double>{0.5, 0.9, 0.5, 0.7}) == std::vector<std::size_t>{3, 1, 3, 2});
}

TEST_CASE("covariates shift what is expected of an agent") {
  std::vector<review> rows;
  for (int a = 0; a < 12; ++a)
    for (int k = 0; k < 3; ++k) {
      review r{};
      r.agent = "a" + std::to_string(10 + a);
      r.team = a / 2;
      r.site = a % 2 == 0 ? "north" : "south";
      r.score = 0.5 + 0.03 * r.team + (a % 2 == 0 ? 0.0 : 0.2) + 0.02 * (k - 1) + 0.005 * ((a * 5) % 7 - 3);
      rows.push_back(r);
    }
  const auto design = qa::sample_design::independent(rows.size());
  const auto table = qa::agent_estimates(design, rows, of_score, of_agent, qa::by(&review::team, &review::site));
  CHECK(table.columns == std::vector<std::string>{"intercept", "0", "1 = south"});
  CHECK(close_to(table.fit.coefficient[1], 0.03, 0.0, 0.01));
  CHECK(close_to(table.fit.coefficient[2], 0.2, 0.0, 0.03));
  CHECK(table.fit.between < independent(rows).fit.between / 10.0);
  CHECK_THROWS_WITH_AS(qa::agent_estimates(design, rows, of_score, of_agent, qa::by(&review::team, &review::team)),
                       doctest::Contains("number 1 is a combination"), qa::argument_error);
  rows[1].team = 9;
  CHECK_THROWS_WITH_AS(qa::agent_estimates(design, rows, of_score, of_agent, qa::by(&review::team)),
                       doctest::Contains("several for \"a10\""), qa::data_error);
}

TEST_CASE("degenerate centres are answered in words") {
  SUBCASE("one agent") {
    const auto table = independent(reviews({{0.5, 0.7, 0.6}}));
    CHECK(table.agents[0].direct.undefined == "");
    CHECK(table.agents[0].shrunken.undefined == "too few to learn from each other: at least 4 are needed");
    CHECK(table.agents[0].rank == 1);
    CHECK(table.agents[0].ranks.high == 1);
    CHECK(table.fit.pairs == 0);
  }
  SUBCASE("one conversation each") {
    const auto table = independent(reviews({{0.5}, {0.7}, {0.6}, {0.9}, {0.4}}));
    for (const auto& a : table.agents) {
      CHECK(a.direct.undefined == "nobody has two conversations: nothing says how much they differ");
      CHECK(a.shrunken.undefined == a.direct.undefined);
      CHECK(a.ranks.low == 1);
      CHECK(a.ranks.high == 5);
    }
    CHECK(table.agents[3].rank == 1);
    CHECK(table.difference("a1", "a4").undefined == table.agents[0].direct.undefined);
  }
  SUBCASE("no variation within agents") {
    const auto table = independent(reviews({{0.5, 0.5}, {0.7, 0.7}, {0.6, 0.6}, {0.9, 0.9}, {0.7, 0.7}}));
    for (const auto& a : table.agents) {
      CHECK(a.direct.undefined == "no variation within agents: no interval");
      CHECK(std::isnan(a.direct.low));
      CHECK_FALSE(a.shrunken.is_defined());
      CHECK(a.told_apart == 0);
    }
  }
  SUBCASE("no variation within agents, of unequal weights and in clusters") {
    auto rows = reviews({{0.1, 0.1, 0.1}, {0.7, 0.7}, {0.3, 0.3, 0.3}, {0.9, 0.9}, {0.7, 0.7}});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].weight = 1.0 + 0.7 * static_cast<double>(i % 3);
      rows[i].customer = static_cast<int>(i) / 2;
    }
    for (std::size_t i : {1u, 5u, 7u, 9u, 11u})
      rows[i].customer += 100;
    const auto design = qa::design_builder(rows).weight(&review::weight).cluster(&review::customer).build();
    CHECK(qa::agent_estimates(design, rows, of_score, of_agent).fit.within == 0.0);
  }
  SUBCASE("all values equal") {
    const auto table = independent(reviews({{0.7, 0.7}, {0.7, 0.7}, {0.7}, {0.7, 0.7}, {0.7}}));
    for (const auto& a : table.agents)
      CHECK(a.rank == 1);
    CHECK(table.fit.within == 0.0);
  }
  SUBCASE("agents alike") {
    const auto table = independent(reviews({{0.6, 0.8}, {0.6, 0.8}, {0.6, 0.8}, {0.6, 0.8}, {0.6, 0.8}}));
    for (const auto& a : table.agents) {
      CHECK(a.shrunken.undefined == "");
      CHECK(close_to(a.shrunken.value, 0.7, 1e-12));
      CHECK(a.shrunken.high > 0.7 + 0.01);
      CHECK(a.rank == 1);
    }
    qa::agents_options reml;
    reml.between = qa::between_variance::reml;
    const auto collapsed = independent(reviews({{0.6, 0.8}, {0.6, 0.8}, {0.6, 0.8}, {0.6, 0.8}, {0.6, 0.8}}), reml);
    CHECK(collapsed.fit.between == 0.0);
    CHECK(collapsed.agents[0].shrunken.undefined ==
          "the variance between agents is estimated as 0: no interval by this method");
    CHECK(std::isnan(collapsed.agents[0].shrunken.low));
    CHECK(collapsed.agents[0].shrunken.std_error > 0.0);
  }
  SUBCASE("an agent without a value") {
    auto rows = reviews({{0.6, 0.8}, {0.5, 0.8}, {0.6, 0.9}, {0.6, 0.7}, {0.6}});
    rows.back().score.reset();
    qa::agents_options drop;
    drop.missing = qa::missing_rows::drop;
    const auto table = independent(rows, drop);
    CHECK(table.fit.agents == 4);
    CHECK(table.agents[4].direct.undefined == "no conversation has a value");
    CHECK(table.agents[4].shrunken.undefined == "no conversation has a value");
    CHECK(table.agents[4].direct.missing == 1);
    CHECK(table.agents[4].rank == 0);
  }
}

TEST_CASE("agents' figures do not depend on the order of rows, to the last bit") {
  auto rows = reviews(five_agents);
  const auto first = independent(rows);
  std::reverse(rows.begin(), rows.end());
  std::rotate(rows.begin(), rows.begin() + 7, rows.end());
  const auto second = independent(rows);
  for (std::size_t a = 0; a < 5; ++a) {
    CHECK(first.agents[a].direct.low == second.agents[a].direct.low);
    CHECK(first.agents[a].shrunken.value == second.agents[a].shrunken.value);
    CHECK(first.agents[a].shrunken.low == second.agents[a].shrunken.low);
    CHECK(first.agents[a].mse == second.agents[a].mse);
  }
}
