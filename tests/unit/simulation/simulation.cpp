// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "close_to.hpp"

#include <qascore/kernel/distribution.hpp>
#include <qascore/simulation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace qa = qascore;
namespace kernel = qascore::kernel;
using qascore::test::close_to;

namespace {

const std::vector<qa::simulated_criterion> form{{"greeting", {"no", "yes"}},
                                                {"identity", {"none", "partial", "full"}, 0.1},
                                                {"tone", {"1", "2", "3", "4", "5"}, 0.0, 3.0}};
const std::vector<kernel::simulated_criterion> shapes{{2, 0.0, 1.0}, {3, 0.1, 1.0}, {5, 0.0, 3.0}};
/// By hand: from -1.8 to 0.4, halfway for one cut.
const std::vector<std::vector<double>> cuts{{-0.7}, {-1.8, 0.4}, {-1.8, -16.0 / 15.0, -1.0 / 3.0, 0.4}};

std::vector<std::uint64_t> every_row(std::size_t count) {
  std::vector<std::uint64_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::uint64_t{0});
  return rows;
}

/// A sum of independent 0/1 draws with the given probabilities, within 4.5 standard deviations of its mean:
/// one right generator in 150,000 would fail, and with a fixed seed none does.
bool within_chance(double count, const std::vector<double>& probabilities) {
  double mean = 0.0, variance = 0.0;
  for (const double p : probabilities) {
    mean += p;
    variance += p * (1.0 - p);
  }
  return std::abs(count - mean) <= 4.5 * std::sqrt(variance);
}

template <std::size_t N>
void check_shares(const std::vector<std::uint32_t>& codes, const std::array<double, N>& shares) {
  for (std::uint32_t k = 0; k < N; ++k)
    CHECK(within_chance(static_cast<double>(std::ranges::count(codes, k)),
                        std::vector<double>(codes.size(), shares[k])));
}

double logistic(double x) {
  return 1.0 / (1.0 + std::exp(-x));
}

} // namespace

TEST_CASE("the same seed gives the same centre: known answers") {
  // Whole numbers from a second implementation of the hash, of taus88 and of the Boost 1.74 distributions in
  // Python integers; the others pinned as GCC 12 and Clang 14 with Boost 1.74 give them.
  const auto centre = qa::simulate({.seed = qa::seed{7}});
  const auto& latent = centre.latent();
  CHECK(latent.agent[0] == 15);
  CHECK(latent.agent[1] == 0);
  CHECK(latent.agent[4999] == 41);
  CHECK(latent.channel[4999] == 2);
  CHECK(latent.service_type[0] == 2);
  CHECK(latent.tier[1] == 1);
  CHECK(latent.complexity[4999] == 2);
  CHECK(latent.started[0] == 2'214'525);
  CHECK(latent.started[4999] == 990'813);
  const std::vector<std::uint64_t> rows{0, 1, 4999};
  const auto who = kernel::assign_raters(centre.options(), qa::seed{7}, rows, 1, 0.5);
  CHECK(who.conversation == std::vector<std::uint64_t>{0, 0, 1, 1, 4999});
  CHECK(who.rater == std::vector<std::uint32_t>{4, 7, 1, 5, 4});
  CHECK(close_to(latent.quality[0], 0.90953272284238162, 1e-14));
  CHECK(close_to(latent.satisfaction[4999], 2.2502986532894247, 1e-14));
  CHECK(latent.handle_s[0] == 544.0);
  CHECK(centre.conversations()[0].conversation_id == "c-0001");
  CHECK(centre.conversations()[0].agent_id == "a-16");
  CHECK(centre.conversations()[0].csat == 4.0);
  CHECK_FALSE(centre.conversations()[4999].csat.has_value());
}

TEST_CASE("another seed gives another centre") {
  const auto one = qa::simulate({.seed = qa::seed{7}, .conversations = 50});
  const auto other = qa::simulate({.seed = qa::seed{8}, .conversations = 50});
  CHECK(one.latent().quality != other.latent().quality);
  CHECK(one.staff().rater_severity != other.staff().rater_severity);
}

TEST_CASE("a larger centre starts with the conversations of a smaller one") {
  const auto small = qa::simulate({.seed = qa::seed{3}, .conversations = 100});
  auto large = qa::simulate({.seed = qa::seed{3}, .conversations = 900}).latent();
  large.quality.resize(100);
  large.csat.resize(100);
  large.agent.resize(100);
  CHECK(large.quality == small.latent().quality);
  CHECK(large.csat == small.latent().csat);
  CHECK(large.agent == small.latent().agent);
}

TEST_CASE("an evaluation does not depend on which others are asked for, nor on their order") {
  const auto centre = qa::simulate({.seed = qa::seed{11}, .conversations = 400});
  const auto all = centre.evaluate(every_row(400), form, {.raters_per_conversation = 8});
  const std::vector<std::uint64_t> rows{399, 5, 17, 0};
  const auto few = centre.evaluate(rows, form, {.raters_per_conversation = 2, .double_scored = 0.5});
  REQUIRE(few.size() >= 8);
  for (const auto& one : few) {
    const auto same = std::ranges::find(all, one.evaluation_id, &qa::simulated_evaluation::evaluation_id);
    REQUIRE(same != all.end());
    CHECK(same->answers == one.answers);
    CHECK(same->rater_id == one.rater_id);
  }
  CHECK(few.front().conversation_id == "c-400");
}

TEST_CASE("more raters per conversation keep the raters of fewer") {
  const kernel::simulation_model model{.seed = qa::seed{5}};
  const auto rows = every_row(200);
  const auto one = kernel::assign_raters(model, qa::seed{1}, rows, 1, 0.0);
  const auto three = kernel::assign_raters(model, qa::seed{1}, rows, 3, 0.0);
  REQUIRE(one.rater.size() == 200);
  REQUIRE(three.rater.size() == 600);
  for (std::size_t c = 0; c < 200; ++c) {
    const auto first = three.rater.begin() + static_cast<std::ptrdiff_t>(3 * c);
    CHECK(std::find(first, first + 3, one.rater[c]) != first + 3);
    CHECK(first[0] < first[1]);
    CHECK(first[1] < first[2]);
  }
  CHECK(kernel::assign_raters(model, qa::seed{2}, rows, 1, 0.0).rater != one.rater);
}

TEST_CASE("every rater gets a fair share, and the double-scored share is met") {
  const kernel::simulation_model model{.seed = qa::seed{5}, .conversations = 20'000};
  const auto who = kernel::assign_raters(model, qa::seed{9}, every_row(20'000), 1, 0.2);
  CHECK(within_chance(static_cast<double>(who.rater.size()) - 20'000.0, std::vector<double>(20'000, 0.2)));
  const std::vector<double> chance(20'000, 1.2 / 8.0);
  for (std::uint32_t r = 0; r < 8; ++r)
    CHECK(within_chance(static_cast<double>(std::ranges::count(who.rater, r)), chance));
}

TEST_CASE("conversations fall into channels, services, tiers and complexities at the stated shares") {
  const auto latent = qa::simulate({.seed = qa::seed{1}, .conversations = 20'000}).latent();
  check_shares(latent.channel, kernel::channel_shares);
  check_shares(latent.service_type, kernel::service_shares);
  check_shares(latent.tier, kernel::tier_shares);
  check_shares(latent.complexity, kernel::complexity_shares);
}

TEST_CASE("quality is agent plus case mix plus chance, with the stated spread") {
  const std::size_t n = 20'000;
  const auto centre = qa::simulate({.seed = qa::seed{2}, .conversations = n});
  const auto& latent = centre.latent();
  // Mean complexity .35 + 2 * .15 = .65; mean service effect .4 * .1 - .25 * .1 - .15 * .3 = -.03.
  double sum = 0.0, squares = 0.0;
  for (std::size_t c = 0; c < n; ++c) {
    const double rest = latent.quality[c] - centre.staff().agent_quality[latent.agent[c]] +
                        0.35 * (static_cast<double>(latent.complexity[c]) - 0.65) -
                        (kernel::service_effects[latent.service_type[c]] + 0.03);
    sum += rest;
    squares += rest * rest;
  }
  // N(0, .7^2): the mean has standard error .7 / sqrt(n), the mean square .49 * sqrt(2 / n).
  CHECK(std::abs(sum / n) <= 4.5 * 0.7 / std::sqrt(n));
  CHECK(std::abs(squares / n - 0.49) <= 4.5 * 0.49 * std::sqrt(2.0 / n));
}

TEST_CASE("teams and agents vary as stated, and severities add up to nothing") {
  const auto centre = qa::simulate({.seed = qa::seed{4},
                                    .conversations = 1,
                                    .agents = 40'000,
                                    .teams = 2'000,
                                    .raters = 2'000,
                                    .drifting = 100});
  const auto& staff = centre.staff();
  const auto mean_square = [](const std::vector<double>& values) {
    return std::inner_product(values.begin(), values.end(), values.begin(), 0.0) /
           static_cast<double>(values.size());
  };
  CHECK(std::abs(mean_square(staff.team_quality) - 0.0625) <= 4.5 * 0.0625 * std::sqrt(2.0 / 2'000));
  std::vector<double> own = staff.agent_quality;
  for (std::size_t a = 0; a < own.size(); ++a)
    own[a] -= staff.team_quality[staff.agent_team[a]];
  CHECK(std::abs(mean_square(own) - 0.2025) <= 4.5 * 0.2025 * std::sqrt(2.0 / 40'000));
  CHECK(std::abs(mean_square(staff.rater_severity) - 0.1225) <= 4.5 * 0.1225 * std::sqrt(2.0 / 2'000));
  CHECK(std::abs(std::reduce(staff.rater_severity.begin(), staff.rater_severity.end())) < 1e-9);
  CHECK(std::ranges::count_if(staff.rater_drift, [](double d) { return std::abs(d) == 0.7; }) == 100);
  CHECK(std::ranges::count(staff.rater_drift, 0.0) == 1'900);
  for (std::size_t r = 0; r < 2'000; ++r)
    if (staff.rater_drift[r] != 0.0) {
      CHECK(staff.rater_drift_at[r] >= 7 * 86'400);
      CHECK(staff.rater_drift_at[r] < 21 * 86'400);
    }
}

TEST_CASE("each rater's answers have the probabilities of the model, drift included") {
  const std::size_t n = 20'000;
  const auto centre = qa::simulate({.seed = qa::seed{6}, .conversations = n});
  const auto& model = centre.options();
  const auto& latent = centre.latent();
  std::vector<std::uint32_t> raters{0, 1, 2, 3, 4, 5, 6, 7, kernel::unbiased_rater};
  for (const std::uint32_t r : raters) {
    std::vector<std::uint8_t> levels(n * shapes.size());
    kernel::simulate_answers(model, centre.staff(), latent, shapes, every_row(n),
                             std::vector<std::uint32_t>(n, r), levels);
    for (std::size_t j = 0; j < shapes.size(); ++j) {
      const double spread = (r < 8 ? centre.staff().rater_spread[r] : model.spread_mean) * shapes[j].noise;
      const double sd = std::hypot(model.criterion_sd, spread);
      for (std::uint32_t k = 1; k < shapes[j].levels; ++k) {
        // P(level >= k | q) = Phi((easiness + q - severity - cut_k) / sd), and the criterion applies.
        std::vector<double> chance;
        double count = 0.0;
        for (std::size_t c = 0; c < n; ++c) {
          double severity = 0.0;
          if (r < 8)
            severity =
                centre.staff().rater_severity[r] +
                (latent.started[c] >= centre.staff().rater_drift_at[r] ? centre.staff().rater_drift[r] : 0.0);
          const double merit = kernel::criterion_easiness(model, j) + latent.quality[c] - severity;
          chance.push_back((1.0 - shapes[j].not_applicable) *
                           kernel::normal_cdf((merit - cuts[j][k - 1]) / sd));
          const std::uint8_t level = levels[c * shapes.size() + j];
          count += level != kernel::not_applicable_level && level >= k ? 1.0 : 0.0;
        }
        INFO("rater ", r, " criterion ", j, " level ", k);
        CHECK(within_chance(count, chance));
      }
    }
  }
}

TEST_CASE("a criterion applies to a conversation or not, for all raters alike") {
  const auto centre = qa::simulate({.seed = qa::seed{6}, .conversations = 300});
  const auto all = centre.evaluate(every_row(300), form, {.raters_per_conversation = 8});
  std::size_t away = 0;
  for (std::size_t c = 0; c < 300; ++c) {
    const bool first = all[8 * c].answers.at("identity") == "not_applicable";
    away += first ? 1u : 0u;
    for (std::size_t r = 1; r < 8; ++r)
      CHECK((all[8 * c + r].answers.at("identity") == "not_applicable") == first);
  }
  CHECK(within_chance(static_cast<double>(away), std::vector<double>(300, 0.1)));
}

TEST_CASE("the error-free rater answers without chance") {
  const auto centre = qa::simulate({.seed = qa::seed{6}, .conversations = 500, .criterion_sd = 0.0});
  std::vector<std::uint8_t> levels(500 * shapes.size());
  kernel::simulate_answers(centre.options(), centre.staff(), centre.latent(), shapes, every_row(500),
                           std::vector<std::uint32_t>(500, kernel::error_free_rater), levels);
  for (std::size_t c = 0; c < 500; ++c) {
    const double merit = kernel::criterion_easiness(centre.options(), 0) + centre.latent().quality[c];
    CHECK(levels[c * shapes.size()] == (merit > -0.7 ? 1 : 0));
  }
}

TEST_CASE("satisfaction goes with quality at the stated correlation, and its cuts give CSAT") {
  const std::size_t n = 20'000;
  const auto centre = qa::simulate({.seed = qa::seed{8}, .conversations = n, .csat_correlation = 0.6});
  const auto& latent = centre.latent();
  // sd(q)^2 = .25^2 + .45^2 + .7^2 + .35^2 * .5275 + .0221: complexity 0, 1, 2 has variance .35 + 4 * .15 -
  // .65^2, the service effects .4 * .01 + .25 * .01 + .15 * .09 - .03^2 = .0191.
  const double sd = std::sqrt(0.0625 + 0.2025 + 0.49 + 0.1225 * 0.5275 + 0.0191);
  double sum = 0.0, squares = 0.0, cross = 0.0;
  for (std::size_t c = 0; c < n; ++c) {
    const double rest = (latent.satisfaction[c] - 0.6 * latent.quality[c] / sd) / 0.8;
    sum += rest;
    squares += rest * rest;
    cross += rest * latent.quality[c] / sd;
    const auto cut = std::ranges::lower_bound(kernel::csat_cuts, latent.satisfaction[c]);
    CHECK(latent.csat[c] == 1.0 + static_cast<double>(cut - kernel::csat_cuts.begin()));
  }
  CHECK(std::abs(sum / n) <= 4.5 / std::sqrt(n));
  CHECK(std::abs(squares / n - 1.0) <= 4.5 * std::sqrt(2.0 / n));
  CHECK(std::abs(cross / n) <= 4.5 / std::sqrt(n));
}

TEST_CASE("whether a customer answers depends on satisfaction as stated; so do complaints and escalations") {
  const std::size_t n = 20'000;
  const auto centre = qa::simulate({.seed = qa::seed{8}, .conversations = n, .response_slope = 1.5});
  const auto& latent = centre.latent();
  std::vector<double> answers, repeats, escalations;
  for (const double s : latent.satisfaction) {
    answers.push_back(logistic(-0.8 + 1.5 * s));
    repeats.push_back(logistic(-2.4 - 0.8 * s));
    escalations.push_back(logistic(-3.2 - 0.8 * s));
  }
  const auto count = [](const std::vector<std::uint8_t>& flags) {
    return static_cast<double>(std::ranges::count(flags, 1));
  };
  CHECK(within_chance(count(latent.responded), answers));
  CHECK(within_chance(count(latent.repeat_complaint), repeats));
  CHECK(within_chance(count(latent.escalated), escalations));
}

TEST_CASE("evaluations are numbered in order of the conversations' start") {
  const auto centre = qa::simulate({.seed = qa::seed{12}, .conversations = 300});
  auto done = centre.evaluate(every_row(300), form, {.double_scored = 0.3});
  std::ranges::sort(done, {}, &qa::simulated_evaluation::seq);
  std::int64_t before = 0;
  for (std::size_t i = 0; i < done.size(); ++i) {
    CHECK(done[i].seq == i + 1);
    const auto started = std::ranges::find(centre.conversations(), done[i].conversation_id,
                                           &qa::simulated_conversation::conversation_id)
                             ->started_s;
    CHECK(started >= before);
    before = started;
  }
}

TEST_CASE("a model outside its range is refused, with what was found and what is allowed") {
  const qa::seed s{1};
  CHECK_THROWS_WITH_AS(qa::simulate({.seed = s, .agents = 3, .teams = 4}),
                       "teams: expected a number from 1 to the number of agents but found 4",
                       qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::simulate({.seed = s, .severity_sd = -0.5}),
                       "severity_sd: expected a finite number >= 0 but found -0.5", qa::argument_error);
  CHECK_THROWS_WITH_AS(qa::simulate({.seed = s, .csat_correlation = 60}),
                       "csat_correlation: expected a number from -1 to 1 but found 60", qa::argument_error);
  CHECK_THROWS_AS(qa::simulate({.seed = s, .raters = 3, .drifting = 4}), qa::argument_error);
  const auto centre = qa::simulate({.seed = s, .conversations = 10});
  const std::vector<std::uint64_t> rows{10};
  CHECK_THROWS_AS(centre.evaluate(rows, form), qa::argument_error);
  CHECK_THROWS_AS(centre.evaluate(every_row(3), form, {.raters_per_conversation = 9}), qa::argument_error);
  CHECK_THROWS_AS(centre.evaluate(every_row(3), form, {.raters_per_conversation = 8, .double_scored = 0.1}),
                  qa::argument_error);
  const std::vector<qa::simulated_criterion> one_answer{{"greeting", {"yes"}}};
  CHECK_THROWS_WITH_AS(centre.evaluate(every_row(3), one_answer),
                       "levels: expected a number from 2 to 255 but found 1", qa::argument_error);
}
