// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>
#include <qascore/kernel/auxiliaries.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::uniform;

namespace {

struct call {
  std::string queue, team;
  double weight, score, handle_s;
};

/// Unequal weights; the score depends on queue, team and handling time.
std::vector<call> sample(std::size_t n, std::uint64_t start) {
  std::mt19937_64 engine(start);
  std::vector<call> out;
  for (std::size_t i = 0; i < n; ++i) {
    const auto queue = engine() % 3, team = engine() % 2;
    const double handle = 100.0 + 400.0 * uniform(engine);
    out.push_back({std::string(1, static_cast<char>('a' + queue)), team == 0 ? "x" : "y",
                   2.0 + static_cast<double>(engine() % 7),
                   0.2 * static_cast<double>(queue) + 0.1 * static_cast<double>(team) + 0.001 * handle + uniform(engine),
                   handle});
  }
  return out;
}

/// With the errors of the closed forms, which do not count what totals fitted.
auto design_of(const std::vector<call>& rows) {
  return qa::design_builder(rows)
      .stratum(&call::team)
      .weight(&call::weight)
      .build({.calibrated_errors = qa::calibrated_errors::linearized});
}

const std::vector<qa::label_total> queues{{"a", 300.0}, {"b", 500.0}, {"c", 200.0}};
const std::vector<qa::label_total> teams{{"x", 450.0}, {"y", 550.0}};

template <class Value, class Which>
double weighted(const qa::sample_design& design, const std::vector<call>& rows, Value value, Which which) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i)
    sum += which(rows[i]) ? design.weights()[i] * value(rows[i]) : 0.0;
  return sum;
}
double one(const call&) {
  return 1.0;
}
bool any(const call&) {
  return true;
}

/// The message of a design_error.
template <class Action>
std::string refused(const Action& action) {
  try {
    action();
  } catch (const qa::design_error& e) {
    return e.what();
  }
  return "nothing was refused";
}

} // namespace

TEST_CASE("post-stratified weights have the totals, and the mean's standard error is that of the residuals") {
  // By hand: w_i = d_i T_c / sum_c d; m = sum_c T_c m_c / T; V with t_i = w_i (y_i - m_c) / T by strata.
  const auto rows = sample(60, 1);
  const auto design = qa::poststratify(design_of(rows), rows, &call::queue, queues);
  double mean = 0;
  std::vector<double> t(rows.size());
  for (const qa::label_total& known : queues) {
    const double total = known.total;
    const auto inside = [&](const call& c) { return c.queue == known.label[0]; };
    CHECK(close_to(weighted(design, rows, one, inside), total, 1e-14));
    const double cell = weighted(design, rows, [](const call& c) { return c.score; }, inside) / total;
    mean += total / 1000.0 * cell;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (inside(rows[i]))
        t[i] = design.weights()[i] * (rows[i].score - cell) / 1000.0;
  }
  double variance = 0;
  for (const char* team : {"x", "y"}) {
    double n = 0, sum = 0, squares = 0;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].team == team) {
        n += 1.0;
        sum += t[i];
      }
    for (std::size_t i = 0; i < rows.size(); ++i)
      squares += rows[i].team == team ? (t[i] - sum / n) * (t[i] - sum / n) : 0.0;
    variance += n / (n - 1.0) * squares;
  }
  const qa::estimate found = qa::mean(design, rows, &call::score);
  CHECK(close_to(found.value, mean, 1e-14));
  CHECK(close_to(found.std_error, std::sqrt(variance), 1e-12));
  CHECK(found.df == 58);
}

TEST_CASE("a known total has no standard error: of the cell's indicator, of the measure, of a calibrated number") {
  const auto rows = sample(60, 2);
  const auto chat = [](const call& c) { return c.queue == "b" ? 1.0 : 0.0; };
  const auto cells = qa::poststratify(design_of(rows), rows, &call::queue, queues);
  CHECK(close_to(qa::total(cells, rows, chat).value, 500.0, 1e-14));
  CHECK(close_to(qa::total(cells, rows, chat).std_error, 0.0, 0.0, 1e-10));
  const auto measured =
      qa::poststratify(design_of(rows), rows, &call::queue, {{"a", 1e5}, {"b", 2e5}, {"c", 3e5}}, &call::handle_s);
  CHECK(close_to(qa::total(measured, rows, &call::handle_s).value, 6e5, 1e-14));
  CHECK(close_to(qa::total(measured, rows, &call::handle_s).std_error, 0.0, 0.0, 1e-7));
  const auto greg = qa::known_totals(design_of(rows), rows).population(300).total("handle_s", &call::handle_s, 9e4);
  for (const auto distance : {qa::weight_distance::linear, qa::weight_distance::raking, qa::weight_distance::logit}) {
    const auto design = greg.calibrate_weights({.distance = distance, .lower = 0.2, .upper = 4.0});
    CHECK(close_to(qa::total(design, rows, &call::handle_s).value, 9e4, 1e-11));
    CHECK(close_to(qa::total(design, rows, &call::handle_s).std_error, 0.0, 0.0, 1e-7));
    CHECK(close_to(weighted(design, rows, one, any), 300.0, 1e-11));
  }
}

TEST_CASE("raking is iterative proportional fitting") {
  const auto rows = sample(80, 3);
  const auto design = qa::known_totals(design_of(rows), rows)
                          .margin("queue", &call::queue, queues)
                          .margin("team", &call::team, teams)
                          .rake();
  std::vector<double> w;
  for (const call& c : rows)
    w.push_back(c.weight);
  const auto fit = [&](const auto& totals, const auto& label_of) {
    for (const auto& [label, total] : totals) {
      double sum = 0;
      for (std::size_t i = 0; i < rows.size(); ++i)
        sum += label_of(rows[i]) == label[0] ? w[i] : 0.0;
      for (std::size_t i = 0; i < rows.size(); ++i)
        w[i] *= label_of(rows[i]) == label[0] ? total / sum : 1.0;
    }
  };
  for (int round = 0; round < 200; ++round) {
    fit(queues, [](const call& c) { return c.queue; });
    fit(teams, [](const call& c) { return c.team; });
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    CHECK(close_to(design.weights()[i], w[i], 1e-12));
}

TEST_CASE("one margin raked, calibrated or post-stratified gives the same weights and standard errors") {
  const auto rows = sample(60, 4);
  const auto cells = qa::poststratify(design_of(rows), rows, &call::queue, queues);
  const auto margin = qa::known_totals(design_of(rows), rows).margin("queue", &call::queue, queues);
  for (const auto& design : {margin.rake(), margin.calibrate_weights()}) {
    CHECK(close_to(design.weights()[7], cells.weights()[7], 1e-12));
    CHECK(close_to(qa::mean(design, rows, &call::score).std_error, qa::mean(cells, rows, &call::score).std_error, 1e-11));
    CHECK(close_to(qa::mean_by(design, rows, &call::score, &call::team)[1].std_error,
                   qa::mean_by(cells, rows, &call::score, &call::team)[1].std_error, 1e-11));
    CHECK(close_to(qa::correlate(design, rows, &call::score, &call::handle_s, qa::correlation_method::spearman).std_error,
                   qa::correlate(cells, rows, &call::score, &call::handle_s, qa::correlation_method::spearman).std_error,
                   1e-11));
  }
}

TEST_CASE("the regression estimator is the estimated total plus slope times what the auxiliary lacks") {
  // GREG: T = sum d y + B (X - sum d x) + A (N - sum d), A and B by weighted least squares.
  const auto rows = sample(40, 5);
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (const call& c : rows) {
    n += c.weight;
    x += c.weight * c.handle_s;
    y += c.weight * c.score;
    xx += c.weight * c.handle_s * c.handle_s;
    xy += c.weight * c.handle_s * c.score;
  }
  const double b = (xy - x * y / n) / (xx - x * x / n), a = (y - b * x) / n;
  const auto design = qa::known_totals(design_of(rows), rows)
                          .population(220)
                          .total("handle_s", &call::handle_s, 7e4)
                          .calibrate_weights();
  CHECK(close_to(qa::total(design, rows, &call::score).value, y + a * (220.0 - n) + b * (7e4 - x), 1e-12));
}

TEST_CASE("bounds hold for every distance, and weights meet the totals within them") {
  const auto rows = sample(80, 6);
  for (const auto distance : {qa::weight_distance::linear, qa::weight_distance::raking, qa::weight_distance::logit}) {
    const auto free = qa::known_totals(design_of(rows), rows)
                          .population(400)
                          .total("handle_s", &call::handle_s, 132e3)
                          .calibrate_weights({.distance = distance, .lower = 0.0, .upper = 20.0});
    const auto g = free.g_weights();
    const auto [least, most] = std::ranges::minmax_element(g);
    REQUIRE(*least < 0.9);
    REQUIRE(*most > 1.1);
    const double lower = 0.1 + 0.9 * *least, upper = 0.05 + 0.95 * *most;
    const auto bound = qa::known_totals(design_of(rows), rows)
                           .population(400)
                           .total("handle_s", &call::handle_s, 132e3)
                           .calibrate_weights({.distance = distance, .lower = lower, .upper = upper});
    for (const double one_g : bound.g_weights()) {
      CHECK(one_g >= lower * (1.0 - 1e-15));
      CHECK(one_g <= upper * (1.0 + 1e-15));
    }
    CHECK(close_to(weighted(bound, rows, one, any), 400.0, 1e-9));
    CHECK(close_to(weighted(bound, rows, [](const call& c) { return c.handle_s; }, any), 132e3, 1e-9));
  }
}

TEST_CASE("calibration is the derivative: residuals are how the estimate moves with a weight of the draw") {
  // u_i w_i / d_i of the engine against a numerical derivative of the whole calibrated mean in d_i, linear case: the
  // regression estimator's influence is g_i e_i exactly.
  const auto rows = sample(25, 7);
  const auto value = [&](const std::vector<call>& given) {
    const auto design = qa::known_totals(design_of(given), given)
                            .population(150)
                            .total("handle_s", &call::handle_s, 5e4)
                            .calibrate_weights();
    return qa::total(design, given, &call::score).value;
  };
  const auto design = qa::known_totals(design_of(rows), rows)
                          .population(150)
                          .total("handle_s", &call::handle_s, 5e4)
                          .calibrate_weights();
  std::vector<double> u;
  for (const call& c : rows)
    u.push_back(c.score);
  qa::kernel::take_out_auxiliaries(design.view().calibration.front(), u);
  const auto g = design.g_weights();
  for (std::size_t i = 0; i < rows.size(); i += 6) {
    auto more = rows, less = rows;
    more[i].weight *= 1.0 + 1e-5;
    less[i].weight *= 1.0 - 1e-5;
    const double slope = (value(more) - value(less)) / (2e-5 * rows[i].weight);
    CHECK(close_to(slope, g[i] * u[i], 1e-6, 1e-9));
  }
}

TEST_CASE("a second calibration keeps the first in the variance, and trimming scales what it cuts") {
  const auto rows = sample(60, 8);
  const auto first = qa::poststratify(design_of(rows), rows, &call::queue, queues);
  const auto both = qa::poststratify(first, rows, &call::queue, queues);
  CHECK(close_to(qa::mean(both, rows, &call::score).std_error, qa::mean(first, rows, &call::score).std_error, 1e-13));
  const double most = *std::ranges::max_element(design_of(rows).weights());
  const auto trimmed = qa::trim_weights(design_of(rows), {.upper = 0.8 * most});
  // Trimming alone: the variance is that of a design which came with these weights.
  auto same = rows;
  for (std::size_t i = 0; i < rows.size(); ++i)
    same[i].weight = trimmed.weights()[i];
  CHECK(close_to(qa::mean(trimmed, rows, &call::score).std_error,
                 qa::mean(design_of(same), same, &call::score).std_error, 1e-13));
}

TEST_CASE("trimmed weights lie within the bounds, keep their sum, and free ones keep their proportions") {
  const auto trimmed = [](std::vector<double> w, double lower, double upper) {
    return qa::kernel::trim_weights(w, lower, upper).weight;
  };
  // 20 in all; 8 stays for the last, 12 for 1 + 2 + 3.
  CHECK(trimmed({1, 2, 3, 14}, 0, 8) == std::vector<double>{2, 4, 6, 8});
  // Cut at 6: 14 for 1 + 2 + 3 would make the third 7, so it is cut too: 8 for 1 + 2.
  const auto twice = trimmed({1, 2, 3, 14}, 0, 6);
  CHECK(close_to(twice[0], 8.0 / 3.0, 1e-14));
  CHECK(close_to(twice[1], 16.0 / 3.0, 1e-14));
  CHECK(twice[2] == 6.0);
  // Raised to 3: of 27, 21 stay for 10 + 14.
  const auto raised = trimmed({1, 2, 10, 14}, 3, 20);
  CHECK(raised[0] == 3.0);
  CHECK(raised[1] == 3.0);
  CHECK(close_to(raised[2], 8.75, 1e-14));
  CHECK(close_to(raised[3], 12.25, 1e-14));
  CHECK(trimmed({5, 5}, 5, 5) == std::vector<double>{5, 5});
  const std::vector<double> w{1, 9, 2, 8};
  const std::vector<std::uint32_t> cell{0, 0, 1, 1};
  CHECK(qa::kernel::trim_weights(w, 0, 6, cell, 2).weight == std::vector<double>{4, 6, 4, 6});
  const auto rows = sample(10, 9);
  CHECK(refused([&] { qa::trim_weights(design_of(rows), {.upper = 0.5}); }).starts_with("upper: the weights sum to"));
  CHECK_THROWS_AS(qa::trim_weights(design_of(rows), {.lower = 5, .upper = 2}), qa::argument_error);
}

TEST_CASE("results do not depend on the order of rows") {
  const auto rows = sample(70, 10);
  auto turned = rows;
  std::ranges::reverse(turned);
  const auto of = [](const std::vector<call>& given) {
    const auto design = qa::known_totals(design_of(given), given)
                            .margin("queue", &call::queue, queues)
                            .total("handle_s", &call::handle_s, 3e5)
                            .rake();
    return qa::mean(design, given, &call::score);
  };
  CHECK(close_to(of(rows).value, of(turned).value, 1e-14));
  CHECK(close_to(of(rows).std_error, of(turned).std_error, 1e-12));
}

TEST_CASE("an auxiliary at a great offset costs no more digits than its numbers have") {
  auto rows = sample(50, 11);
  const auto of = [&](double offset) {
    auto shifted = rows;
    for (call& c : shifted)
      c.handle_s = std::round(c.handle_s) + offset;
    const auto design = qa::known_totals(design_of(shifted), shifted)
                            .population(250)
                            .total("handle_s", &call::handle_s, 250 * (300.0 + offset))
                            .calibrate_weights();
    return qa::mean(design, shifted, &call::score);
  };
  CHECK(close_to(of(0).value, of(1e9).value, 1e-7));
  CHECK(close_to(of(0).std_error, of(1e9).std_error, 1e-6));
}

TEST_CASE("counts that contradict the design's own population are refused with both numbers") {
  const auto rows = sample(60, 13);
  const auto design = qa::design_builder(rows)
                          .stratum(&call::team)
                          .weight(&call::weight)
                          .population([](const call& c) { return c.team == "x" ? 450.0 : 550.0; })
                          .build();
  CHECK(design.population_counts() == std::vector<double>{450, 550});
  const std::string again = "; if the population is another one by now, make the design without them";
  CHECK(refused([&] {
          qa::poststratify(design, rows, &call::queue, {{"a", 300}, {"b", 500}, {"c", 201}});
        }) == "totals: cell adds up to 1001 units but the plan or population of the design has 1000" + again);
  CHECK(refused([&] {
          qa::poststratify(design, rows, &call::team, {{"x", 500}, {"y", 500}});
        }) == "totals: cell \"x\" has 500 units but the plan or population of the design has 450" + again);
  CHECK(refused([&] { qa::known_totals(design, rows).population(999); }) ==
        "totals: population adds up to 999 units but the plan or population of the design has 1000" + again);
  CHECK(refused([&] {
          qa::known_totals(design, rows).margin("team", &call::team, {{"x", 451}, {"y", 550}});
        }).starts_with("totals: team \"x\" has 451 units"));
  // Counts that agree, totals of a measure, and designs that know no population.
  CHECK(qa::poststratify(design, rows, &call::queue, queues).units() == 60);
  CHECK(qa::poststratify(design, rows, &call::queue, {{"a", 1e5}, {"b", 2e5}, {"c", 3e5}}, &call::handle_s)
            .units() == 60);
  CHECK(qa::poststratify(design_of(rows), rows, &call::team, {{"x", 5}, {"y", 6}}).units() == 60);
}

TEST_CASE("what cannot be met is refused with the cell, what was found and what was asked") {
  const auto rows = sample(60, 12);
  const auto design = design_of(rows);
  CHECK(refused([&] { qa::poststratify(design, rows, &call::queue, {{"a", 300}, {"b", 500}}); })
            .starts_with("totals: no total for cell \"c\", which the sample has"));
  CHECK(refused([&] { qa::poststratify(design, rows, &call::team, {{"x", 3}, {"y", 5}, {"z", 6}}); }).find(
            "cell \"z\" has a total of 6 but no unit in the sample") != std::string::npos);
  CHECK(refused([&] { qa::poststratify(design, rows, &call::team, {{"x", 3}, {"y", -5}}); }) ==
        "totals: expected a finite total above 0 for cell \"y\" but found -5");
  CHECK(refused([&] {
          qa::known_totals(design, rows).margin("queue", &call::queue, queues).margin("team", &call::team, {{"x", 450}, {"y", 551}}).rake();
        }) == "totals: team adds up to 1001 units but the first margin to 1000; margins of one population agree");
  CHECK(refused([&] {
          qa::known_totals(design, rows).margin("queue", &call::queue, queues).population(999).calibrate_weights();
        }) == "totals: population cannot have the total 999: in this sample the other totals make it 1000");
  CHECK(refused([&] {
          qa::known_totals(design, rows).population(300).total("handle_s", &call::handle_s, 300 * 460.0).calibrate_weights();
        }).find("would have the weight -") != std::string::npos);
  CHECK(refused([&] {
          qa::known_totals(design, rows)
              .population(300)
              .total("handle_s", &call::handle_s, 300 * 460.0)
              .calibrate_weights({.distance = qa::weight_distance::logit, .lower = 0.8, .upper = 1.3});
        }).starts_with("totals: no weights within the bounds have these totals: "));
  // Above the greatest handling time there is no mean at all.
  CHECK(refused([&] {
          qa::known_totals(design, rows)
              .population(300)
              .total("handle_s", &call::handle_s, 300 * 501.0)
              .calibrate_weights({.distance = qa::weight_distance::raking});
        }).starts_with("totals: no weights within the bounds have these totals: "));
  CHECK_THROWS_AS(qa::known_totals(design, rows).population(300).calibrate_weights(
                      {.distance = qa::weight_distance::logit, .lower = 1.2, .upper = 2.0}),
                  qa::argument_error);
  CHECK(refused([&] { qa::poststratify(qa::sample_design::independent(rows.size()), rows, &call::queue, queues); })
            .starts_with("design: independent rows have no weights"));
}
