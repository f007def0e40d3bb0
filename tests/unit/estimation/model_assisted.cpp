// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::uniform;

namespace {

struct row {
  std::string queue, agent;
  double weight, population;
  std::optional<double> score;
  double model;
};

// Queue a: 4 of 20, queue b: 5 of 50.
const std::vector<row> sample{
    {"a", "p", 5, 20, 0.50, 0.55},  {"a", "p", 5, 20, 0.70, 0.60},  {"a", "q", 5, 20, 0.65, 0.75},
    {"a", "q", 5, 20, 0.90, 0.80},  {"b", "r", 10, 50, 0.40, 0.30}, {"b", "r", 10, 50, 0.55, 0.60},
    {"b", "s", 10, 50, 0.80, 0.70}, {"b", "s", 10, 50, 0.60, 0.65}, {"b", "t", 10, 50, 0.95, 0.90}};

std::vector<row> in_queue(const std::string& queue) {
  std::vector<row> out;
  for (const row& r : sample)
    if (r.queue == queue)
      out.push_back(r);
  return out;
}

auto stratified() {
  return qa::design_builder(sample)
      .stratum(&row::queue)
      .weight(&row::weight)
      .population(&row::population)
      .build();
}

struct moments {
  double y = 0, x = 0, yy = 0, xy = 0, xx = 0;
};
moments moments_of(const std::vector<row>& rows) {
  moments m;
  const auto n = static_cast<double>(rows.size());
  for (const row& r : rows) {
    m.y += *r.score / n;
    m.x += r.model / n;
  }
  for (const row& r : rows) {
    m.yy += (*r.score - m.y) * (*r.score - m.y);
    m.xy += (*r.score - m.y) * (r.model - m.x);
    m.xx += (r.model - m.x) * (r.model - m.x);
  }
  return m;
}

} // namespace

TEST_CASE("with lambda 1 it is the stratified difference estimator with the finite population") {
  // m = sum W_h (mean y + M - mean x), V = sum W_h^2 (1 - n_h/N_h) s_h^2(y - x) / n_h.
  const qa::model_population known(0.66);
  const auto e = qa::model_assisted_mean(stratified(), sample, &row::score, &row::model, known,
                                         {.tuning = qa::model_tuning::fixed, .lam = 1.0});
  const moments a = moments_of(in_queue("a")), b = moments_of(in_queue("b"));
  const double share_a = 20.0 / 70.0, share_b = 50.0 / 70.0;
  CHECK(close_to(e.value, share_a * (a.y - a.x) + share_b * (b.y - b.x) + 0.66, 1e-15));
  const double s_a = (a.yy - 2 * a.xy + a.xx) / 3.0, s_b = (b.yy - 2 * b.xy + b.xx) / 4.0;
  CHECK(close_to(e.std_error,
                 std::sqrt(share_a * share_a * 0.8 * s_a / 4.0 + share_b * share_b * 0.9 * s_b / 5.0),
                 1e-14));
  CHECK(e.df == 7.0);
  CHECK(e.lam == std::vector<double>{1.0});
}

TEST_CASE("tuned on a simple random sample it is the regression estimator") {
  const auto rows = in_queue("b");
  const auto design = qa::design_builder(rows).weight(&row::weight).population(&row::population).build();
  const auto e = qa::model_assisted_mean(design, rows, &row::score, &row::model, qa::model_population(0.6));
  const moments m = moments_of(rows);
  const double slope = m.xy / m.xx;
  CHECK(close_to(e.lam.front(), slope, 1e-13));
  CHECK(close_to(e.value, m.y + slope * (0.6 - m.x), 1e-14));
  // Residual variance with the divisor n - 2 of a regression.
  CHECK(close_to(e.std_error, std::sqrt(0.9 * (m.yy - slope * m.xy) / 3.0 / 5.0), 1e-13));
  CHECK(e.df == 3.0);
  CHECK(close_to(e.effective_size, 5.0 * (m.yy / 4.0) / ((m.yy - slope * m.xy) / 3.0), 1e-12));
  CHECK(close_to(e.people.value, m.y, 1e-15));
}

TEST_CASE("one lambda per stratum is one regression per stratum") {
  struct scored {
    std::string queue;
    double model;
  };
  std::vector<scored> all;
  for (int i = 0; i < 20; ++i)
    all.push_back({"a", 0.5 + 0.01 * i});
  for (int i = 0; i < 50; ++i)
    all.push_back({"b", 0.3 + 0.01 * i});
  const qa::model_population known(all, &scored::model, &scored::queue);
  const auto e = qa::model_assisted_mean(stratified(), sample, &row::score, &row::model, known,
                                         {.tuning = qa::model_tuning::stratum});
  const moments a = moments_of(in_queue("a")), b = moments_of(in_queue("b"));
  REQUIRE(e.lam.size() == 2);
  CHECK(close_to(e.lam[0], a.xy / a.xx, 1e-13));
  CHECK(close_to(e.lam[1], b.xy / b.xx, 1e-13));
  const double share_a = 20.0 / 70.0, share_b = 50.0 / 70.0;
  CHECK(close_to(e.value,
                 share_a * (a.y + e.lam[0] * (0.595 - a.x)) + share_b * (b.y + e.lam[1] * (0.545 - b.x)),
                 1e-14));
  const double v_a = 0.8 * (a.yy - e.lam[0] * a.xy) / 2.0 / 4.0,
               v_b = 0.9 * (b.yy - e.lam[1] * b.xy) / 3.0 / 5.0;
  CHECK(close_to(e.std_error, std::sqrt(share_a * share_a * v_a + share_b * share_b * v_b), 1e-13));
  CHECK(e.df == 5.0);
}

TEST_CASE("a frame of other conversations than the design speaks of is refused") {
  struct scored {
    std::string queue;
    double model;
  };
  std::vector<scored> all(70, {"a", 0.5});
  CHECK_THROWS_WITH_AS(qa::model_assisted_mean(stratified(), sample, &row::score, &row::model,
                                               qa::model_population(all, &scored::model, &scored::queue)),
                       "population: no unit in stratum \"b\"", qa::design_error);
  all.resize(20);
  all.resize(60, {"b", 0.5});
  CHECK_THROWS_WITH_AS(qa::model_assisted_mean(stratified(), sample, &row::score, &row::model,
                                               qa::model_population(all, &scored::model, &scored::queue)),
                       "population: expected 50 units as the design says but found 40 in stratum \"b\"",
                       qa::design_error);
}

TEST_CASE("counts correct simple random samples alone, and strata without a sampled row are refused") {
  struct scored {
    std::string queue;
    double model;
  };
  std::vector<scored> all(20, {"a", 0.5});
  all.resize(70, {"b", 0.5});
  const qa::model_population known(all, &scored::model, &scored::queue);
  const auto with = [](auto weight) {
    return qa::design_builder(sample).stratum(&row::queue).weight(weight).build();
  };
  const auto counts = [&](const qa::sample_design& design) { return known.counts(design); };
  CHECK(counts(with(&row::weight)) == std::vector<double>{20, 50});                    // 20 / 4 and 50 / 5
  CHECK(counts(with([](const row& r) { return r.model < 0.7 ? 6.0 : 4.0; })).empty()); // other chances
  all.resize(23);
  CHECK_THROWS_WITH_AS(qa::model_population(all, &scored::model, &scored::queue).counts(with(&row::weight)),
                       "population: expected at least 5 units as the sample has but found 3 in stratum \"b\"",
                       qa::design_error);
  all.push_back({"fax", 0.5});
  CHECK_THROWS_AS(qa::model_population(all, &scored::model, &scored::queue).counts(with(&row::weight)),
                  qa::design_error);
  // Excluded strata count neither in the frame nor in the mean.
  const qa::sampling_plan plan{{{"queue", qa::label_kind::text}},
                               {{.labels = {"a"}, .population = 20, .sample_size = 4, .maximum = 20},
                                {.labels = {"b"}, .population = 50, .sample_size = 5, .maximum = 50},
                                {.labels = {"fax"}, .population = 1, .sample_size = 0, .maximum = 1}},
                               {}};
  const auto design = qa::design_builder(sample)
                          .stratum(&row::queue)
                          .probability([](const row& r) { return 1.0 / r.weight; })
                          .plan(plan)
                          .build({.uncovered = qa::uncovered_strata::exclude});
  all.assign(20, {"a", 0.5});
  all.resize(70, {"b", 0.5});
  all.push_back({"fax", 9.0});
  CHECK(qa::model_population(all, &scored::model, &scored::queue).counts(design) ==
        std::vector<double>{20, 50});
  CHECK_THROWS_WITH_AS(
      qa::model_population(all, &scored::model).counts(design),
      "population: the design leaves out stratum \"fax\"; give the model's scores with their strata, so "
      "that its mean leaves them out too",
      qa::design_error);
  all.pop_back();
  all.push_back({"fax", 9.0});
  CHECK_THROWS_WITH_AS(
      qa::model_population(all, &scored::model, &scored::queue).counts(with(&row::weight)),
      "population: no sampled row in stratum \"fax\"; give the design its plan and "
      "uncovered_strata::exclude to estimate for the others alone, or leave it out of the rows",
      qa::design_error);
}

TEST_CASE("clusters go through the variance engine") {
  const auto design =
      qa::design_builder(sample).stratum(&row::queue).weight(&row::weight).cluster(&row::agent).build();
  const auto e = qa::model_assisted_mean(design, sample, &row::score, &row::model, qa::model_population(0.6),
                                         {.tuning = qa::model_tuning::fixed, .lam = 0.7});
  const auto adjusted =
      qa::mean(design, sample, [](const row& r) { return *r.score + 0.7 * (0.6 - r.model); });
  CHECK(close_to(e.value, adjusted.value, 1e-15));
  CHECK(close_to(e.std_error, adjusted.std_error, 1e-14));
  CHECK(e.df == 3.0);
}

TEST_CASE("where people scored everything the interval is a point, and the model is not needed") {
  auto all = in_queue("a");
  for (row& r : all) {
    r.weight = 1;
    r.population = 4;
  }
  const auto design = qa::design_builder(all).weight(&row::weight).population(&row::population).build();
  const auto e =
      qa::model_assisted_mean(design, all, &row::score, &row::model, qa::model_population(all, &row::model));
  CHECK(e.value == e.people.value);
  CHECK(e.std_error == 0.0);
  CHECK(e.low == e.value);
  CHECK(e.high == e.value);
  CHECK(e.undefined == "");
}

TEST_CASE("independent rows of a population that is handed over are corrected for its size") {
  const auto rows = in_queue("b");
  std::vector<row> all(rows);
  all.insert(all.end(), rows.begin(), rows.end());
  const auto design = qa::sample_design::independent(rows.size());
  const auto finite =
      qa::model_assisted_mean(design, rows, &row::score, &row::model, qa::model_population(all, &row::model));
  const auto endless = qa::model_assisted_mean(design, rows, &row::score, &row::model,
                                               qa::model_population(moments_of(rows).x));
  CHECK(close_to(finite.std_error, endless.std_error * std::sqrt(0.5), 1e-14));
}

TEST_CASE("a model that says nothing leaves people alone") {
  std::vector<row> rows = in_queue("b");
  for (row& r : rows)
    r.model = 0.5;
  const auto design = qa::sample_design::independent(rows.size());
  const auto e = qa::model_assisted_mean(design, rows, &row::score, &row::model, qa::model_population(0.9));
  CHECK(e.lam == std::vector<double>{0.0});
  CHECK(e.value == e.people.value);
  CHECK(e.std_error == e.people.std_error);
  CHECK(e.df == e.people.df);
}

TEST_CASE("tuned, the interval is never wider than with people alone") {
  std::mt19937_64 engine(5);
  int helped = 0;
  for (int run = 0; run < 500; ++run) {
    const double noise = uniform(engine);
    std::vector<row> rows;
    const std::size_t n = 4 + engine() % 20;
    for (std::size_t i = 0; i < n; ++i) {
      const bool first = i % 2 == 0;
      const double score = uniform(engine);
      rows.push_back({first ? "a" : "b", "", first ? 3.0 : 7.0, first ? 90.0 : 200.0, score,
                      score * (1 - noise) + noise * uniform(engine)});
    }
    const auto design = qa::design_builder(rows)
                            .stratum(&row::queue)
                            .weight(&row::weight)
                            .population(&row::population)
                            .build();
    for (const auto tuning : {qa::model_tuning::common, qa::model_tuning::stratum}) {
      std::vector<row> all;
      for (int i = 0; i < 290; ++i)
        all.push_back({i < 90 ? "a" : "b", "", 0, 0, std::nullopt, uniform(engine)});
      const auto e =
          qa::model_assisted_mean(design, rows, &row::score, &row::model,
                                  qa::model_population(all, &row::model, &row::queue), {.tuning = tuning});
      CAPTURE(run);
      CHECK(e.high - e.low <= (e.people.high - e.people.low) * (1 + 1e-12));
      helped += e.std_error < e.people.std_error;
    }
  }
  CHECK(helped > 300);
}

TEST_CASE("a model that is right in the whole sample leaves no variation, and says so") {
  std::vector<row> rows = in_queue("b");
  for (row& r : rows)
    r.model = *r.score;
  const auto e = qa::model_assisted_mean(qa::sample_design::independent(rows.size()), rows, &row::score,
                                         &row::model, qa::model_population(0.7));
  CHECK(close_to(e.value, 0.7, 1e-14));
  CHECK(std::isnan(e.low));
  CHECK(e.undefined == "no variation in the sample: no interval");
  CHECK(e.people.undefined == "");
}

TEST_CASE("a unit without people's score is a gap, one without the model's is refused") {
  std::vector<row> rows = in_queue("b");
  rows[1].score.reset();
  const auto design = qa::sample_design::independent(rows.size());
  const auto e = qa::model_assisted_mean(design, rows, &row::score, &row::model, qa::model_population(0.6),
                                         {.missing = qa::missing_rows::drop});
  CHECK(e.n == 4);
  CHECK(e.missing == 1);
  rows[0].model = qa::missing_value;
  CHECK_THROWS_WITH_AS(qa::model_assisted_mean(design, rows, &row::score, &row::model,
                                               qa::model_population(0.6),
                                               {.missing = qa::missing_rows::drop}),
                       "model: unit 0 has a score by people but none by the model, or no mean of the model",
                       qa::argument_error);
}

TEST_CASE("a proportion stays within 0 and 1") {
  std::vector<row> rows = in_queue("b");
  for (row& r : rows)
    r.score = *r.score > 0.5 ? 1.0 : 0.0;
  const auto e = qa::model_assisted_proportion(qa::sample_design::independent(rows.size()), rows, &row::score,
                                               &row::model, qa::model_population(0.6),
                                               {.tuning = qa::model_tuning::fixed});
  CHECK(e.low > 0.0);
  CHECK(e.high < 1.0);
  CHECK(e.interval_method == "logit, t");
}

TEST_CASE("the published estimator by hand: a model off by a constant is corrected exactly") {
  // People 1 2 4 -1 (mean 1.5), the model 2 more each time, and 2 for all others: 2 - 2 = 0.
  struct both {
    double people, model;
  };
  const std::vector<both> labelled{{1, 3}, {2, 4}, {4, 6}, {-1, 1}}, others(10, {0, 2});
  qa::kernel::ppi_options options;
  options.tuned = false;
  const auto e = qa::ppi_mean(labelled, &both::people, &both::model, others, &both::model, options);
  CHECK(e.value == 0.0);
  // Tuned: cov_n(y, x) = 3.25; the 14 scores of the model sum to 34, their squares to 102:
  // pooled variance (102 - 34^2 / 14) / 13, lambda = 3.25 / (1.4 * that).
  options.tuned = true;
  options.clip = false;
  const auto tuned = qa::ppi_mean(labelled, &both::people, &both::model, others, &both::model, options);
  const double lambda = 3.25 / (1.4 * (102.0 - 1156.0 / 14.0) / 13.0);
  CHECK(close_to(tuned.lam.front(), lambda, 1e-14));
  CHECK(close_to(tuned.value, 1.5 + lambda * (2.0 - 3.5), 1e-14));
  CHECK(close_to(tuned.std_error, std::abs(1.0 - lambda) * std::sqrt(3.25 / 4.0), 1e-13));
  const std::vector<both> alone(1, {0, 2});
  CHECK(qa::ppi_mean(labelled, &both::people, &both::model, alone, &both::model).undefined ==
        "fewer than 2 units in one of the samples");
}

TEST_CASE("a domain that is a stratum has what its stratum has by itself") {
  struct scored {
    std::string queue;
    double model;
  };
  std::vector<scored> all;
  for (int i = 0; i < 70; ++i)
    all.push_back({i < 20 ? "a" : "b", 0.3 + 0.007 * i});
  const qa::model_population known(all, &scored::model, &scored::queue);
  const qa::model_assisted_options plain{.tuning = qa::model_tuning::fixed, .lam = 1.0};
  const auto found =
      qa::model_assisted_mean_by(stratified(), sample, &row::score, &row::model, &row::queue, known,
                                 qa::model_domains(all, &scored::model, &scored::queue), plain);
  REQUIRE(found.size() == 2);
  for (const auto& e : found) {
    const auto rows = in_queue(e.by.front());
    std::vector<scored> own;
    for (const scored& s : all)
      if (s.queue == e.by.front())
        own.push_back(s);
    const auto alone = qa::model_assisted_mean(
        qa::design_builder(rows).weight(&row::weight).population(&row::population).build(), rows, &row::score,
        &row::model, qa::model_population(own, &scored::model), plain);
    CHECK(close_to(e.value, alone.value, 1e-14));
    CHECK(close_to(e.std_error, alone.std_error, 1e-13));
    CHECK(e.n == rows.size());
    CHECK(close_to(e.people.value, alone.people.value, 1e-14));
  }
}

TEST_CASE("by domain across strata it is the mean of what the model misses, with its error") {
  struct call {
    std::string queue, agent;
    double model;
  };
  // Agents of the sample changed so that two of them work in both queues.
  auto rows = sample;
  const std::string agents[]{"p", "q", "p", "q", "p", "q", "p", "q", "p"};
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i].agent = agents[i];
  std::vector<call> all;
  for (int i = 0; i < 70; ++i)
    all.push_back({i < 20 ? "a" : "b", i % 3 == 0 ? "q" : "p", 0.2 + 0.009 * i});
  const auto design =
      qa::design_builder(rows).stratum(&row::queue).weight(&row::weight).population(&row::population).build();
  const qa::model_population known(all, &call::model, &call::queue);
  const auto mean_of = [&](const std::string& agent, const std::string& queue) {
    double sum = 0.0, count = 0.0;
    for (const call& c : all)
      if (c.agent == agent && (queue.empty() || c.queue == queue)) {
        sum += c.model;
        count += 1.0;
      }
    return sum / count;
  };
  const qa::model_domains means(all, &call::model, &call::agent);
  const auto fixed = qa::model_assisted_mean_by(design, rows, &row::score, &row::model, &row::agent, known,
                                                means, {.tuning = qa::model_tuning::fixed, .lam = 0.6});
  auto residuals = rows;
  for (row& r : residuals)
    r.score = *r.score - 0.6 * r.model;
  const auto plain = qa::mean_by(design, residuals, &row::score, &row::agent);
  REQUIRE(fixed.size() == 2);
  REQUIRE(plain.size() == 2);
  for (std::size_t d = 0; d < 2; ++d) {
    CHECK(fixed[d].by == plain[d].by);
    CHECK(close_to(fixed[d].value, plain[d].value + 0.6 * mean_of(fixed[d].by.front(), ""), 1e-14));
    CHECK(close_to(fixed[d].std_error, plain[d].std_error, 1e-13));
  }

  // A lambda per stratum goes with the model's means of the domain within each stratum.
  const auto by_stratum =
      qa::model_assisted_mean_by(design, rows, &row::score, &row::model, &row::agent, known,
                                 qa::model_domains(all, &call::model, &call::agent, &call::queue),
                                 {.tuning = qa::model_tuning::stratum});
  for (const auto& e : by_stratum) {
    REQUIRE(e.lam.size() == 2);
    double sum = 0.0, weight = 0.0;
    for (const row& r : rows)
      if (r.agent == e.by.front()) {
        const double lam = e.lam[r.queue == "a" ? 0 : 1];
        sum += r.weight * (*r.score + lam * (mean_of(r.agent, r.queue) - r.model));
        weight += r.weight;
      }
    CHECK(close_to(e.value, sum / weight, 1e-13));
  }
  CHECK_THROWS_WITH_AS(qa::model_assisted_mean_by(design, rows, &row::score, &row::model, &row::agent, known,
                                                  means, {.tuning = qa::model_tuning::stratum}),
                       "tuning: a lambda per stratum needs the model's means by domain and stratum",
                       qa::argument_error);
  rows[3].agent = "qq";
  CHECK_THROWS_WITH_AS(
      qa::model_assisted_mean_by(design, rows, &row::score, &row::model, &row::agent, known, means),
      "population: no conversation of domain \"qq\" (did you mean \"q\"?)", qa::design_error);
  const auto share = qa::model_assisted_proportion_by(
      design, rows, [](const row& r) { return *r.score > 0.6 ? 1 : 0; }, &row::model,
      [](const row& r) { return r.queue; }, known, qa::model_domains(all, &call::model, &call::queue));
  REQUIRE(share.size() == 2);
  for (const auto& e : share)
    CHECK((e.low > 0.0 && e.low < e.value && e.value < e.high && e.high < 1.0));
}
