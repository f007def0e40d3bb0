// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration.hpp>
#include <qascore/kernel/counter_stream.hpp>
#include <qascore/kernel/distribution.hpp>

#include "close_to.hpp"
#include "random.hpp"
#include "tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

using qascore::test::close_to;
namespace qa = qascore;
using coefficient = qa::agreement_coefficient;
using method = qa::resampling_method;

namespace {

/// Units x raters on `levels` categories; each rating is the unit's truth or, with that chance, anything.
std::vector<double> matrix_of(std::mt19937_64& engine, std::size_t units, std::size_t raters, double levels,
                              double errs) {
  std::vector<double> out;
  for (std::size_t u = 0; u < units; ++u) {
    const double truth = 1.0 + std::floor(levels * qa::test::uniform(engine));
    for (std::size_t r = 0; r < raters; ++r)
      out.push_back(qa::test::uniform(engine) < errs ? 1.0 + std::floor(levels * qa::test::uniform(engine))
                                                     : truth);
  }
  return out;
}

} // namespace

TEST_CASE("streams of replicates are known") { // a second implementation in Python integers
  struct known {
    std::uint64_t seed;
    std::size_t replicate;
    std::array<std::uint64_t, 3> words;
    std::uint32_t below_ten;
  };
  for (const known& k :
       {known{1, 0, {0x4df9b980094e8acd, 0x24fc120cdbf06c6e, 0x23b3299a5749b64b}, 3},
        known{1, 1, {0x924a14459388f9f7, 0xb46f82de5357a3eb, 0x0b4b892bcdf04e55}, 5},
        known{20260101, 9999, {0xed780c688976bba6, 0xb6b042a6dfbbd9bb, 0x88f70e1b18d6fea2}, 9}}) {
    qa::kernel::counter_stream stream(qa::seed{k.seed}, k.replicate), again(qa::seed{k.seed}, k.replicate);
    for (const std::uint64_t word : k.words)
      CHECK(stream() == word);
    CHECK(again.below(10) == k.below_ten);
  }
}

TEST_CASE("the bootstrap comes near to all resamples of a small table, enumerated") {
  const std::vector<double> matrix{1, 1, 2, 2, 2, 3, 3, 3, 1, 2};
  const auto table = tables::of(matrix, 2, {1, 2, 3});
  for (const auto& of : {qa::measure_options{.level = qa::level::interval},
                         qa::measure_options{.coefficient = coefficient::cohen_kappa},
                         qa::measure_options{.coefficient = coefficient::gwet_ac}}) {
    double count = 0.0, sum = 0.0, squares = 0.0;
    for (int code = 0; code < 3125; ++code) { // 5^5 resamples, all alike likely
      std::vector<double> drawn;
      for (int k = 0, rest = code; k < 5; ++k, rest /= 5)
        drawn.insert(drawn.end(), {matrix[static_cast<std::size_t>(2 * (rest % 5))],
                                   matrix[static_cast<std::size_t>(2 * (rest % 5) + 1)]});
      const double value = qa::agreement(tables::of(drawn, 2, {1, 2, 3}), of).value;
      if (!std::isnan(value)) {
        count += 1.0;
        sum += value;
        squares += value * value;
      }
    }
    const double mean = sum / count, deviation = std::sqrt(squares / count - mean * mean);
    const auto found = qa::resample_agreement(table, of, {.replicates = 100'000, .seed = qa::seed{7}});
    CHECK(close_to(found.value + found.bias, mean, 0.0, 4.0 * deviation / std::sqrt(1e5)));
    CHECK(close_to(found.std_error, deviation, 0.01));
    CHECK(close_to(static_cast<double>(found.undefined_replicates) / 1e5, 1.0 - count / 3125.0, 0.0, 0.002));
    CHECK(found.replicates + found.undefined_replicates == 100'000);
  }
}

TEST_CASE("profiles are drawn by binomials where there are few, and by units where there are many: the same "
          "spread") {
  std::mt19937_64 engine(2);
  for (const std::size_t units :
       {2000u, 60u}) { // 16 profiles: binomials for 2,000 units, single units for 60
    const auto matrix = matrix_of(engine, units, 2, 4.0, 0.5);
    const auto table = tables::of(matrix, 2, {1, 2, 3, 4});
    const auto exact = qa::percent_agreement(table);
    const auto found = qa::resample_agreement(table, {.coefficient = coefficient::percent_agreement},
                                              {.replicates = 40'000, .seed = qa::seed{5}});
    const double deviation = std::sqrt(exact.value * (1.0 - exact.value) / static_cast<double>(units));
    CHECK(close_to(found.std_error, deviation, 0.015));
    CHECK(std::abs(found.bias) < 4.0 * deviation / 200.0);
    CHECK(close_to(found.low, exact.value - 1.96 * deviation, 0.0,
                   0.15 * deviation + 1.0 / static_cast<double>(units)));
    CHECK(close_to(found.high, exact.value + 1.96 * deviation, 0.0,
                   0.15 * deviation + 1.0 / static_cast<double>(units)));
  }
}

TEST_CASE("BCa limits of a mean are the quantiles of its distribution at the corrected probabilities") {
  // Percent agreement of 60 pairs, 51 agree: replicates are binomial(60, .85) / 60, a = skewness / (6 sqrt(60)).
  std::vector<double> matrix;
  for (int u = 0; u < 60; ++u)
    matrix.insert(matrix.end(), {1.0, u < 51 ? 1.0 : 2.0});
  const auto found =
      qa::resample_agreement(tables::of(matrix, 2, {1, 2}), {.coefficient = coefficient::percent_agreement},
                             {.method = method::bca, .replicates = 60'000, .seed = qa::seed{3}});
  const double p = 0.85, n = 60.0;
  std::vector<double> mass(61), cumulative(61);
  for (int k = 0; k <= 60; ++k) {
    mass[static_cast<std::size_t>(k)] =
        std::exp(std::lgamma(61.0) - std::lgamma(k + 1.0) - std::lgamma(61.0 - k) + k * std::log(p) +
                 (60 - k) * std::log(1 - p));
    cumulative[static_cast<std::size_t>(k)] =
        mass[static_cast<std::size_t>(k)] + (k > 0 ? cumulative[static_cast<std::size_t>(k - 1)] : 0.0);
  }
  const double a = (1 - 2 * p) / std::sqrt(p * (1 - p)) / (6.0 * std::sqrt(n));
  const double z0 = qa::kernel::normal_quantile(cumulative[50] + 0.5 * mass[51]);
  const auto limit = [&](double z) {
    const double at = qa::kernel::normal_cdf(z0 + (z0 + z) / (1.0 - a * (z0 + z)));
    return static_cast<double>(std::ranges::lower_bound(cumulative, at) - cumulative.begin()) / n;
  };
  CHECK(close_to(found.low, limit(-1.959963985), 0.0, 1.01 / n));
  CHECK(close_to(found.high, limit(1.959963985), 0.0, 1.01 / n));
  CHECK(found.low < 2.0 * p - found.high); // longer towards the middle
  CHECK(found.interval_method == "bootstrap, BCa");
}

TEST_CASE(
    "the numbers depend on the seed, not on threads, the order of units, or of raters who do not matter") {
  std::mt19937_64 engine(4);
  const auto matrix = matrix_of(engine, 300, 3, 5.0, 0.4);
  std::vector<double> turned;
  for (std::size_t u = 300; u-- > 0;)
    for (const std::size_t r : {2u, 0u, 1u})
      turned.push_back(matrix[3 * u + r]);
  const auto table = tables::of(matrix, 3), other = tables::of(turned, 3);
  for (const auto how : {method::percentile, method::bca}) {
    const qa::measure_options of{.level = qa::level::ordinal};
    const auto one =
        qa::resample_agreement(table, of, {.method = how, .replicates = 500, .seed = qa::seed{9}});
    const auto many = qa::resample_agreement(
        table, of, {.method = how, .replicates = 500, .seed = qa::seed{9}, .threads = 7});
    const auto again =
        qa::resample_agreement(other, of, {.method = how, .replicates = 500, .seed = qa::seed{9}});
    const auto fresh =
        qa::resample_agreement(table, of, {.method = how, .replicates = 500, .seed = qa::seed{10}});
    CHECK(many.low == one.low);
    CHECK(many.std_error == one.std_error);
    CHECK(close_to(again.low, one.low, 1e-13));
    CHECK(fresh.low != one.low);
  }
}

TEST_CASE("the jackknife of a mean is its standard error without bias; of kappa it is the influence one to "
          "first order") {
  std::mt19937_64 engine(6);
  const auto table = tables::of(matrix_of(engine, 250, 3, 4.0, 0.4), 3, {1, 2, 3, 4});
  const auto percent = qa::resample_agreement(table, {.coefficient = coefficient::percent_agreement},
                                              {.method = method::jackknife});
  const auto exact = qa::percent_agreement(table);
  CHECK(close_to(percent.std_error, exact.std_error, 1e-9));
  CHECK(std::abs(percent.bias) < 1e-12);
  CHECK(close_to(percent.low, exact.low, 1e-8));
  CHECK(percent.df == 249);
  const auto kappa = qa::resample_agreement(table, {.coefficient = coefficient::conger_kappa},
                                            {.method = method::jackknife, .normal = true});
  CHECK(close_to(kappa.std_error, qa::conger_kappa(table).std_error, 0.01));
  CHECK(close_to(kappa.low, kappa.corrected - 1.959963984540054 * kappa.std_error, 1e-12));
  CHECK(kappa.corrected == kappa.value - kappa.bias);
  const auto threads = qa::resample_agreement(table, {.coefficient = coefficient::conger_kappa},
                                              {.method = method::jackknife, .normal = true, .threads = 5});
  CHECK(threads.std_error == kappa.std_error);
}

TEST_CASE("percentile and BCa limits hold in 95 of 100 samples" * doctest::test_suite("simulation")) {
  std::mt19937_64 engine(12);
  // The truth from a sample so large that its error does not matter.
  const double truth = qa::krippendorff_alpha(tables::of(matrix_of(engine, 400'000, 3, 4.0, 0.3), 3),
                                              {.level = qa::level::interval})
                           .value;
  for (const auto how : {method::percentile, method::bca}) {
    int held = 0;
    constexpr int runs = 1000;
    for (int run = 0; run < runs; ++run) {
      const auto table = tables::of(matrix_of(engine, 150, 3, 4.0, 0.3), 3);
      const auto found = qa::resample_agreement(
          table, {.level = qa::level::interval},
          {.method = how, .replicates = 1000, .seed = qa::seed{static_cast<std::uint64_t>(run)}});
      held += found.low <= truth && truth <= found.high ? 1 : 0;
    }
    CHECK(held >= 0.93 * runs); // 2.9 standard errors
    CHECK(held <= 0.97 * runs);
  }
}

TEST_CASE("the jackknife of alpha leaves out what a smaller table leaves out, at every level") {
  std::mt19937_64 engine(16);
  std::vector<double> matrix = matrix_of(engine, 30, 3, 4.0, 0.5);
  for (const std::size_t gap : {1u, 7u, 8u, 40u}) // a unit with two ratings, one with one
    matrix[gap] = 0.0;
  for (const auto& of :
       {qa::measure_options{.level = qa::level::nominal}, qa::measure_options{.level = qa::level::ordinal},
        qa::measure_options{.level = qa::level::interval}, qa::measure_options{.level = qa::level::ratio},
        qa::measure_options{.weights = qa::category_weight::radical}}) {
    const auto found =
        qa::resample_agreement(tables::of(matrix, 3, {1, 2, 3, 4}), of, {.method = method::jackknife});
    double mean = 0.0, n = 0.0;
    std::vector<double> without;
    for (std::size_t u = 0; u < 30; ++u) {
      if (u == 2) // rated once: no part of alpha
        continue;
      std::vector<double> rest = matrix;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(3 * u),
                 rest.begin() + static_cast<std::ptrdiff_t>(3 * u + 3));
      without.push_back(qa::agreement(tables::of(rest, 3, {1, 2, 3, 4}), of).value);
      mean += without.back();
      n += 1.0;
    }
    mean /= n;
    double squares = 0.0;
    for (const double x : without)
      squares += (x - mean) * (x - mean);
    CHECK(close_to(found.bias, (n - 1.0) * (mean - found.value), 1e-10));
    CHECK(close_to(found.std_error, std::sqrt(squares * (n - 1.0) / n), 1e-11));
  }
}

TEST_CASE("the jackknife of scores takes time linear in the units, and that of other coefficients is not "
          "begun in vain") {
  std::mt19937_64 engine(18);
  constexpr std::size_t units = 60'000;
  std::vector<double> scores;
  for (std::size_t u = 0; u < units; ++u) {
    const double truth = qa::test::normal(engine);
    for (int r = 0; r < 2; ++r)
      scores.push_back(truth + 0.5 * qa::test::normal(engine));
  }
  const auto table = qa::rating_table::from_matrix(scores, 2);
  const auto alpha = qa::krippendorff_alpha(table, {.level = qa::level::interval});
  const auto found =
      qa::resample_agreement(table, {.level = qa::level::interval}, {.method = method::jackknife});
  CHECK(found.replicates == units);
  CHECK(close_to(found.std_error, alpha.std_error, 1e-3));
  CHECK(std::abs(found.bias) < 0.01 * alpha.std_error);
  CHECK_THROWS_WITH_AS(
      qa::resample_agreement(table, {.coefficient = coefficient::conger_kappa},
                             {.method = method::jackknife}),
      "method: the jackknife computes this coefficient anew without each of 60000 units that were rated "
      "differently, each time from 120000 ratings; expected at most 5000000000 ratings in all; take the "
      "standard "
      "error from influence values (the default of the coefficient), which it repeats, or percentile or bca",
      qa::argument_error);
}

TEST_CASE("under a design clusters are drawn again within strata") {
  std::mt19937_64 engine(14);
  // 60 agents of 5 calls: calls of an agent share their rater's mood, so that the cluster error is the larger one.
  std::vector<double> matrix;
  std::vector<std::uint32_t> cluster, stratum;
  for (std::uint32_t agent = 0; agent < 60; ++agent) {
    const double errs = qa::test::uniform(engine);
    const auto rows = matrix_of(engine, 5, 2, 3.0, errs);
    matrix.insert(matrix.end(), rows.begin(), rows.end());
    cluster.insert(cluster.end(), 5, agent);
    stratum.insert(stratum.end(), 5, agent % 2);
  }
  const auto table = tables::of(matrix, 2, {1, 2, 3});
  qa::design_view design = qa::independent_units(300);
  design.cluster = cluster;
  design.clusters = 60;
  design.stratum = stratum;
  design.strata = 2;
  const qa::measure_options of{.coefficient = coefficient::cohen_kappa};
  const auto drawn = qa::resample_agreement(table, of, {.replicates = 4000, .seed = qa::seed{1}}, &design);
  const auto exact = qa::cohen_kappa(table, {}, &design);
  CHECK(close_to(drawn.std_error, exact.std_error, 0.06));
  CHECK(drawn.std_error > 1.2 * qa::cohen_kappa(table).std_error);
  CHECK_THROWS_AS(qa::resample_agreement(table, of, {.method = method::jackknife}, &design),
                  qa::argument_error);
}

TEST_CASE("what cannot be resampled says so") {
  const auto table = tables::of({1, 1, 2, 2, 1, 2}, 2);
  CHECK_THROWS_WITH_AS(qa::resample_agreement(table, {}, {}),
                       "seed: the bootstrap needs one, any number: the same gives the same result",
                       qa::argument_error);
  CHECK_THROWS_AS(qa::resample_agreement(table, {}, {.replicates = 1, .seed = qa::seed{1}}),
                  qa::argument_error);
  const auto run = [](const qa::rating_table& of, method how = method::percentile) {
    return qa::resample_agreement(of, {.level = qa::level::nominal},
                                  {.method = how, .replicates = 200, .seed = qa::seed{1}});
  };
  const auto agreed = run(tables::of({1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3, 1, 1, 2, 2}, 2));
  CHECK(agreed.value == 1.0);
  CHECK(agreed.undefined == "no variation in the sample: no interval");
  CHECK(run(tables::of({1, 1, 1, 1}, 2)).undefined ==
        "all ratings are in one category: no disagreement to expect by chance");
  // Six of seven replicates of one unit of two categories and many of one have a value only if that unit is drawn.
  CHECK(run(tables::of({1, 2, 1, 1}, 2)).undefined.empty());
  const auto single = run(tables::of({1, 2}, 2));
  CHECK(single.undefined == "no variation in the sample: no interval");
  CHECK(run(tables::of({1, 2}, 2), method::jackknife).undefined == "fewer than 2 units: no variance");
  CHECK(run(tables::of({1, 2, 1, 1}, 2), method::jackknife).undefined ==
        "without one of the units the coefficient is undefined");
}
