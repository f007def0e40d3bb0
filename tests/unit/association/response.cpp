// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::normal;
using qascore::test::uniform;

namespace {

/// Customers whose wait says how satisfied they are and whether they answer.
struct survey {
  std::vector<double> wait, score, csat, answered, weight;

  qa::design_view design() const {
    qa::design_view out = qa::independent_units(wait.size());
    out.weight = weight;
    return out;
  }
  std::vector<std::span<const double>> known() const { return {wait}; }
};

survey make(std::size_t n, std::uint64_t start) {
  std::mt19937_64 engine(start);
  survey out;
  for (std::size_t i = 0; i < n; ++i) {
    const double wait = normal(engine), score = normal(engine) - 0.3 * wait;
    const bool said = uniform(engine) < 1.0 / (1.0 + std::exp(0.3 - 0.9 * wait));
    out.wait.push_back(wait);
    out.score.push_back(score);
    out.csat.push_back(said ? 3.0 + score - wait + normal(engine) : qa::missing_value);
    out.answered.push_back(said ? 1.0 : 0.0);
    out.weight.push_back(1.0 + static_cast<double>(i % 3));
  }
  return out;
}

/// Derivative of an estimate in the weight of a unit, by refitting.
template <class Estimate>
double slope_in(const survey& s, std::size_t unit, const Estimate& estimate) {
  survey up = s, down = s;
  const double step = 1e-4;
  up.weight[unit] += step;
  down.weight[unit] -= step;
  return (estimate(up) - estimate(down)) / (2.0 * step);
}

} // namespace

TEST_CASE("influence values through a fitted response are derivatives in the weights") {
  const survey s = make(80, 1);
  for (const qa::propensity_options& how :
       {qa::propensity_options{}, qa::propensity_options{.largest_factor = 2.0},
        qa::propensity_options{.classes = 4}}) {
    const auto mean_of = [&](const survey& of) {
      const auto fit = qa::kernel::fit_response(of.design(), of.answered, of.known(), how);
      return qa::kernel::adjusted_mean(of.design(), fit, of.csat, {}).after.value;
    };
    const auto correlation_of = [&](const survey& of) {
      const auto fit = qa::kernel::fit_response(of.design(), of.answered, of.known(), how);
      return qa::kernel::adjusted_correlation(of.design(), fit, of.score, of.csat,
                                              qa::correlation_method::pearson, {})
          .after.value;
    };
    const auto fit = qa::kernel::fit_response(s.design(), s.answered, s.known(), how);
    // The mean's own influence on the weights after adjustment.
    double total = 0.0;
    const double mean = mean_of(s);
    for (std::size_t i = 0; i < 80; ++i)
      total += fit.factor[i] * s.weight[i];
    std::vector<double> own(80, 0.0);
    for (std::size_t i = 0; i < 80; ++i)
      if (s.answered[i] == 1.0)
        own[i] = (s.csat[i] - mean) / total;
    const auto found = qa::kernel::influence_through(fit, s.design(), own);
    double sum = 0.0;
    for (std::size_t i = 0; i < 80; ++i)
      sum += s.weight[i] * found[i];
    CHECK(close_to(sum, 0.0, 0.0, 1e-10));
    if (how.classes > 0) // a weight that moves a border of classes is no small change
      continue;
    for (const std::size_t unit : {0u, 7u, 23u, 41u, 79u})
      CHECK(close_to(found[unit], slope_in(s, unit, mean_of), 1e-5, 1e-9));
    // Of a correlation: its variance is that of these derivatives.
    double squares = 0.0;
    for (std::size_t i = 0; i < 80; ++i) {
      const double t = s.weight[i] * slope_in(s, i, correlation_of);
      squares += t * t;
    }
    const double error = qa::kernel::adjusted_correlation(s.design(), fit, s.score, s.csat,
                                                          qa::correlation_method::pearson, {})
                             .after.std_error;
    const auto k = static_cast<double>(fit.answers);
    CHECK(close_to(error, std::sqrt(squares * k / (k - 1.0)), 1e-5));
  }
}

TEST_CASE("one column of labels makes weights of post-stratification") {
  // Chat: 2 of 6 answered, mean 2.5; voice: 5 of 6, mean 4.6. Half of all are in each.
  const double gap = qa::missing_value;
  const std::vector<double> voice{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1},
      csat{2, 3, gap, gap, gap, gap, 5, 4, 5, 4, 5, gap};
  std::vector<double> answered;
  for (const double y : csat)
    answered.push_back(std::isnan(y) ? 0.0 : 1.0);
  const auto rows = qa::independent_units(12);
  const std::vector<std::span<const double>> known{voice};
  const auto fit = qa::kernel::fit_response(rows, answered, known, {});
  CHECK(close_to(fit.propensity[0], 2.0 / 6.0, 1e-12));
  CHECK(close_to(fit.factor[6], 6.0 / 5.0, 1e-12));
  CHECK(fit.factor[2] == 0.0);
  const auto found = qa::kernel::adjusted_mean(rows, fit, csat, {});
  CHECK(close_to(found.before.value, 4.0, 1e-14));
  CHECK(close_to(found.after.value, 3.55, 1e-12));
  CHECK(close_to(found.change.value, -0.45, 1e-12));
  // Response rates by class are those of the labels: the same weights, and the same standard error.
  const auto by_class = qa::kernel::fit_response(rows, answered, known, {.classes = 2});
  const auto again = qa::kernel::adjusted_mean(rows, by_class, csat, {});
  CHECK(close_to(again.after.value, 3.55, 1e-12));
  CHECK(close_to(again.after.std_error, found.after.std_error, 1e-10));
  // Weights 3, 3 and five times 1.2.
  CHECK(close_to(fit.effective_size, 144.0 / (2.0 * 9.0 + 5.0 * 1.44), 1e-12));
}

TEST_CASE("factors that are cut are counted, and what has no model says why") {
  const survey s = make(300, 4);
  const auto whole = qa::kernel::fit_response(s.design(), s.answered, s.known(), {});
  const auto cut = qa::kernel::fit_response(s.design(), s.answered, s.known(), {.largest_factor = 3.0});
  CHECK(whole.trimmed == 0);
  CHECK(cut.trimmed > 0);
  CHECK(*std::ranges::max_element(cut.factor) == 3.0);
  CHECK(cut.effective_size > whole.effective_size);

  const auto rows = qa::independent_units(4);
  const std::vector<double> wait{1, 2, 3, 4}, all(4, 1.0), none(4, 0.0), split{0, 0, 1, 1}, y{1, 2, 3, 4};
  const std::vector<std::span<const double>> known{wait};
  CHECK(qa::kernel::fit_response(rows, all, known, {}).undefined == "everybody answered");
  CHECK(qa::kernel::fit_response(rows, none, known, {}).undefined == "nobody answered");
  const auto separated = qa::kernel::fit_response(rows, split, known, {});
  CHECK(separated.undefined.find("separation") != std::string::npos);
  CHECK(separated.fault == 0);
  const auto nothing = qa::kernel::adjusted_mean(rows, separated, y, {});
  CHECK(std::isnan(nothing.after.value));
  CHECK(nothing.after.undefined == separated.undefined);
  CHECK(nothing.before.value == 2.5);
  CHECK_THROWS_AS(qa::kernel::fit_response(rows, split, known, {.classes = 1}), qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::fit_response(rows, split, known, {.largest_factor = 1.0}), qa::argument_error);
  const std::vector<double> gap{1, qa::missing_value, 3, 4};
  const std::vector<std::span<const double>> unknown{gap};
  CHECK_THROWS_WITH_AS(qa::kernel::fit_response(rows, split, unknown, {}),
                       "columns: no value at unit 1, but it must be known of all units", qa::argument_error);
}

TEST_CASE("where only what is known decides who answers, weights bring the mean back" *
          doctest::test_suite("simulation")) {
  double before = 0.0, after = 0.0, held = 0.0;
  const int samples = 200;
  for (int r = 0; r < samples; ++r) {
    survey s = make(400, 1000 + static_cast<std::uint64_t>(r));
    s.weight.clear();
    const auto fit = qa::kernel::fit_response(s.design(), s.answered, s.known(), {});
    const auto found = qa::kernel::adjusted_mean(s.design(), fit, s.csat, {});
    before += found.before.value / samples;
    after += found.after.value / samples;
    held += found.after.low < 3.0 && 3.0 < found.after.high ? 1.0 / samples : 0.0;
  }
  CHECK(before < 2.6); // those who waited answer, and are not satisfied
  CHECK(close_to(after, 3.0, 0.03));
  CHECK(held > 0.91);
}

TEST_CASE("an engineer's own rows give the kernel's weights") {
  struct call {
    double wait, score;
    std::optional<double> csat;
  };
  const survey s = make(150, 6);
  std::vector<call> calls;
  for (std::size_t i = 0; i < 150; ++i)
    calls.push_back(
        {s.wait[i], s.score[i], std::isnan(s.csat[i]) ? std::optional<double>{} : std::optional{s.csat[i]}});
  const auto design = qa::sample_design::independent(150);
  const auto fit = qa::fit_response(design, calls, &call::csat, {.classes = 5}, &call::wait);
  CHECK(fit.undefined.empty());
  CHECK(qa::adjusted_mean(design, fit, calls, &call::csat).after.n == fit.answers);
  CHECK(qa::adjusted_correlation(design, fit, calls, &call::score, &call::csat,
                                 qa::correlation_method::spearman)
            .after.is_defined());
}
