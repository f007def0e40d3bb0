// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/sample_size_mean.hpp>
#include <qascore/sampling/sample_size_relation.hpp>

#include "close_to.hpp"

#include <cmath>
#include <string>

using qascore::test::close_to;
namespace qa = qascore;

namespace {
double last(const qa::sample_size& size) {
  return size.steps.back().n;
}

template <class Use>
std::string message(const Use& use) {
  try {
    use();
  } catch (const qa::error& e) {
    return e.what();
  }
  return "no error";
}
} // namespace

TEST_CASE("sizes for means, proportions and domains are those of PracTools") {
  // PracTools 1.7.5 (R 4.2.2): nCont(CV0 = 0.05, CVpop = 2), with N = 500, nContMoe(1, 0.05, S2 = 2, N =
  // 200).
  CHECK(close_to(last(qa::sample_size_for_mean({.cv = 0.05, .cv_population = 2})), 1600, 1e-14));
  CHECK(close_to(
      last(qa::sample_size_for_mean({.cv = 0.05, .cv_population = 2, .adjustments = {.population = 500}})),
      380.952380952381, 1e-14));
  CHECK(close_to(last(qa::sample_size_for_mean(
                     {.margin = 0.05, .sd = std::sqrt(2.0), .adjustments = {.population = 200}})),
                 187.779419959672, 1e-12));
  // nPropMoe(1, 0.01, 0.05, 0.04), nWilson(1, pU = 0.04, e = 0.01), nLogOdds(1, 0.05, 0.05, 0.2),
  // nProp(0.05, pU = 0.01).
  const auto proportion = [](double p, double margin, qa::proportion_margin interval) {
    return qa::sample_size_for_proportion({.proportion = p, .margin = margin, .interval = interval});
  };
  CHECK(close_to(last(proportion(0.04, 0.01, qa::proportion_margin::wald)), 1475.12018714654, 1e-12));
  const auto wilson = proportion(0.04, 0.01, qa::proportion_margin::wilson);
  CHECK(close_to(last(wilson), 1492.15142205481, 1e-12));
  CHECK(wilson.n == 1493);
  CHECK(close_to(wilson.expected->low, 0.0311812028520384, 1e-12));
  CHECK(close_to(wilson.expected->high, 0.0511812028520384, 1e-12));
  CHECK(close_to(last(proportion(0.2, 0.05, qa::proportion_margin::log_odds)), 246.145101066962, 1e-12));
  CHECK(close_to(last(qa::sample_size_for_proportion({.proportion = 0.01, .cv = 0.05})), 39600, 1e-13));
  // nDomain(CV0d = 0.05, CVpopd = 1, Pd = 0.5, "total" and "mean").
  const auto domain = [](qa::domain_target what) {
    return last(qa::sample_size_for_domain({.share = 0.5, .cv = 0.05, .cv_domain = 1, .estimate = what}));
  };
  CHECK(close_to(domain(qa::domain_target::total), 1200, 1e-13));
  CHECK(close_to(domain(qa::domain_target::mean), 800, 1e-13));
}

TEST_CASE("sizes for differences and correlations are those of PracTools and pwr") {
  // nDep2sam(200, 200, g = 0.75, r = 1, rho = 0.9, "one.sided", del = 5): 33 and 33.
  const auto two = qa::sample_size_for_difference({.sd = std::sqrt(200.0),
                                                   .difference = 5,
                                                   .sides = 1,
                                                   .test = qa::size_test::z,
                                                   .overlap = 0.75,
                                                   .correlation = 0.9});
  CHECK(two.n == 33);
  CHECK(two.n_second == 33);
  // pwr.t.test(d = 0.5, power = 0.8): 63.76561 in each sample; d = 0.8: 25.52458.
  CHECK(close_to(last(qa::sample_size_for_difference({.sd = 1, .difference = 0.5})), 63.76561, 1e-6));
  CHECK(close_to(last(qa::sample_size_for_difference({.sd = 1, .difference = 0.8})), 25.52458, 1e-6));
  // pwr 1.3.0, pwr.r.test(r = 0.3, power = 0.8).
  const auto correlation = qa::sample_size_for_correlation({.correlation = 0.3, .power = 0.8});
  CHECK(close_to(last(correlation), 84.0736397822877, 1e-6)); // its root finder stops at 1e-4
  CHECK(correlation.n == 85);
}

TEST_CASE("adjustments are made in order, each rounded up if asked") {
  // svy, tests of its sizes: n0 139, deff 209, fpc 174, response 205; Fleiss 88, 132, 117, 138.
  const qa::size_adjustments with{.population = 1000,
                                  .design_effect = 1.5,
                                  .response_rate = 0.85,
                                  .rounding = qa::size_rounding::every_step};
  const auto mean =
      qa::sample_size_for_mean({.margin = 5, .sd = 30, .divisor = qa::sd_divisor::n, .adjustments = with});
  CHECK(mean.step("initial").n == 139);
  CHECK(mean.step("design_effect").n == 209);
  CHECK(mean.step("finite_population").n == 174);
  CHECK(mean.n == 205);
  CHECK(qa::to_text(mean) ==
        "mean within 5 (95% interval)\n"
        "  139  initial: (z sd / margin)^2 with a standard deviation of 30\n"
        "  209  design_effect: times 1.5, the design effect\n"
        "  174  finite_population: of 1000 conversations in all: n / (1 + (n - 1) / N)\n"
        "  205  response: divided by 0.85, the fraction of drawn conversations that can be "
        "evaluated\n"
        "draw 205 conversations\n");
  const auto fleiss = qa::sample_size_for_proportion(
      {.proportion = 0.8, .margin = 0.1, .interval = qa::proportion_margin::fleiss, .adjustments = with});
  CHECK(fleiss.step("initial").n == 88);
  CHECK(fleiss.step("design_effect").n == 132);
  CHECK(fleiss.step("finite_population").n == 117);
  CHECK(fleiss.n == 138);
}

TEST_CASE("kappa takes more conversations the rarer a category is") {
  const auto of = [](std::vector<double> shares) {
    return qa::sample_size_for_kappa({.kappa = 0.6, .margin = 0.1, .shares = std::move(shares)}).n;
  };
  CHECK(of({0.5, 0.5}) < of({0.3, 0.7}));
  CHECK(of({0.3, 0.7}) < of({0.05, 0.95}));
  // By hand, shares 1/2: p_ii = 0.4, p_ij = 0.1, po = 0.8, pe = 0.5; the variance is (1 - kappa^2) = 0.64:
  // 16 (0.8 (0.5 - 0.2)^2 + 0.04 * 0.2 - (0.4 - 1 + 0.8)^2) = 16 (0.072 + 0.008 - 0.04) = 0.64.
  const double z = 1.959963984540054;
  CHECK(close_to(qa::sample_size_for_kappa({.kappa = 0.6, .margin = 0.1, .shares = {0.5, 0.5}}).steps[0].n,
                 0.64 * z * z / 0.01, 1e-12));
}

TEST_CASE("a size that cannot be is refused with what could be") {
  CHECK(message([] { qa::sample_size_for_mean({}); }) ==
        "expected exactly one of margin and cv but found none");
  CHECK(message([] { qa::sample_size_for_mean({.margin = 1.0}); }) ==
        "sd: expected the standard deviation between conversations, as margin is given");
  CHECK(message([] {
          qa::sample_size_for_mean({.margin = 1, .sd = 1, .adjustments = {.response_rate = 85}});
        }) == "response_rate: expected a fraction above 0 up to 1 but found 85 (did you mean 0.85?)");
  CHECK(message([] { qa::sample_size_for_proportion({.proportion = 0.2, .margin = 0.6}); }) ==
        "margin: expected a fraction below 0.5, half of what there is, but found 0.6");
  CHECK(message([] {
          qa::sample_size_for_mean(
              {.cv = 0.1, .cv_population = 1, .adjustments = {.population = 100, .response_rate = 0.4}});
        }) ==
        "population: 125 conversations would have to be drawn but there are 100; with all of them drawn, "
        "the response_rate must be at least 0.5");
  CHECK(message([] {
          qa::sample_size_for_kappa({.kappa = 0.6, .margin = 0.1, .shares = {0.5, 0.6}});
        }) == "shares: expected shares that add up to 1 but found 1.1");
}
