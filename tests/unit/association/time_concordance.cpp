// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association/time_concordance.hpp>
#include <qascore/kernel/correlation.hpp>

#include "close_to.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {

struct columns {
  std::vector<double> score, time, event, w;
  qa::design_view view() const {
    qa::design_view out = qa::independent_units(score.size());
    out.weight = w;
    return out;
  }
};

/// Times that go with the score, many ties, a third not over.
columns some(std::size_t n, std::uint64_t start, bool weighted) {
  std::mt19937_64 engine(start);
  std::normal_distribution<double> normal;
  columns out;
  for (std::size_t i = 0; i < n; ++i) {
    out.score.push_back(std::floor(3 * normal(engine)));
    out.time.push_back(std::floor(std::abs(10 + out.score[i] + 4 * normal(engine))));
    out.event.push_back(engine() % 3 == 0 ? 0.0 : 1.0);
    if (weighted)
      out.w.push_back(0.5 + static_cast<double>(engine() % 30) / 10);
  }
  return out;
}

/// From all pairs of units.
double by_all_pairs(const columns& c) {
  double known = 0.0, good = 0.0;
  for (std::size_t i = 0; i < c.score.size(); ++i)
    for (std::size_t j = 0; j < c.score.size(); ++j) {
      const bool longer = c.event[i] == 1.0 &&
                          (c.time[j] > c.time[i] || (i != j && c.time[j] == c.time[i] && c.event[j] == 0.0));
      if (!longer)
        continue;
      const double w = c.w.empty() ? 1.0 : c.w[i] * c.w[j];
      known += w;
      good += w * (c.score[j] > c.score[i] ? 1.0 : c.score[j] == c.score[i] ? 0.5 : 0.0);
    }
  return good / known;
}

struct patient {
  double group, weeks;
  bool relapse;
};

/// Weeks in remission of acute leukaemia, 6-mercaptopurine (1) and placebo (0): Freireich et al. (1963), Blood 21, 699-716.
std::vector<patient> freireich() {
  std::vector<patient> out;
  for (const double weeks : {6, 6, 6, 7, 10, 13, 16, 22, 23})
    out.push_back({1, weeks, true});
  for (const double weeks : {6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35})
    out.push_back({1, weeks, false});
  for (const double weeks : {1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23})
    out.push_back({0, weeks, true});
  return out;
}

} // namespace

TEST_CASE("remission times go with the treatment as R survival has it") {
  const auto rows = freireich();
  const auto found = qa::time_concordance(qa::sample_design::independent(rows.size()), rows, &patient::group,
                                          &patient::weeks, &patient::relapse);
  // summary(coxph(Surv(weeks, relapse) ~ group)): n = 42, 30 events, "Concordance= 0.69 (se = 0.041)".
  CHECK(rows.size() == 42);
  CHECK(found.events == 30);
  CHECK(std::round(found.value * 1000) / 1000 == 0.69);
  // R adds up squared influences, without n / (n - 1).
  CHECK(std::round(found.std_error * std::sqrt(41.0 / 42.0) * 1000) / 1000 == 0.041);
  CHECK(found.low > 0.5);
  CHECK(found.test.p_value < 0.001);
  CHECK(close_to(found.somers_d, 2 * found.value - 1, 1e-15));
}

TEST_CASE("value and influences are those of all pairs compared, weighted or not") {
  for (const bool weighted : {false, true})
    for (const std::uint64_t start : {1u, 2u, 3u}) {
      const columns c = some(80, start, weighted);
      const auto found = qa::kernel::time_concordance(c.view(), c.score, c.time, c.event);
      CHECK(close_to(found.value, by_all_pairs(c), 1e-13));
      // Derivatives in the weights.
      double mean = 0.0;
      for (const std::size_t i : {0u, 17u, 79u}) {
        columns up = c, down = c;
        if (!weighted)
          up.w = down.w = std::vector<double>(80, 1.0);
        up.w[i] += 1e-5;
        down.w[i] -= 1e-5;
        CHECK(close_to(found.influence[i], (by_all_pairs(up) - by_all_pairs(down)) / 2e-5, 1e-7));
      }
      for (std::size_t i = 0; i < 80; ++i)
        mean += (weighted ? c.w[i] : 1.0) * found.influence[i];
      CHECK(std::abs(mean) < 1e-14);
    }
}

TEST_CASE("where all times are over it is Somers' D, and weights are copies") {
  columns c = some(60, 9, false);
  std::ranges::fill(c.event, 1.0);
  const auto found = qa::kernel::time_concordance(c.view(), c.score, c.time, c.event, {});
  const auto d = qa::kernel::correlate(c.view(), c.time, c.score, qa::correlation_method::somers_y, {});
  CHECK(close_to(found.somers_d, d.value, 1e-14));
  CHECK(close_to(2 * found.std_error, d.std_error, 1e-13));

  columns twice = some(60, 9, false), weighted = twice;
  for (std::size_t i = 0; i < 60; ++i) {
    weighted.w.push_back(i % 2 == 0 ? 2.0 : 1.0);
    if (i % 2 == 0)
      for (auto* column : {&twice.score, &twice.time, &twice.event})
        column->push_back((*column)[i]);
  }
  CHECK(close_to(qa::kernel::time_concordance(twice.view(), twice.score, twice.time, twice.event).value,
                 by_all_pairs(twice), 1e-14));
  const auto copies =
      qa::kernel::time_concordance(weighted.view(), weighted.score, weighted.time, weighted.event, {});
  CHECK(close_to(copies.value, by_all_pairs(weighted), 1e-14));
  CHECK(close_to(
      copies.concordant + copies.discordant + copies.tied_score,
      [&] {
        double known = 0.0;
        for (std::size_t i = 0; i < 60; ++i)
          for (std::size_t j = 0; j < 60; ++j)
            if (weighted.event[i] == 1.0 &&
                (weighted.time[j] > weighted.time[i] ||
                 (weighted.time[j] == weighted.time[i] && weighted.event[j] == 0.0)))
              known += weighted.w[i] * weighted.w[j];
        return known;
      }(),
      1e-13));
}

TEST_CASE("the order of rows does not matter, gaps are left out, and what cannot be known has a reason") {
  columns c = some(50, 4, true);
  const auto found = qa::kernel::time_concordance(c.view(), c.score, c.time, c.event, {});
  columns turned = c;
  for (auto* column : {&turned.score, &turned.time, &turned.event, &turned.w})
    std::ranges::reverse(*column);
  CHECK(close_to(
      qa::kernel::time_concordance(turned.view(), turned.score, turned.time, turned.event, {}).std_error,
      found.std_error, 1e-13));

  columns gaps = c;
  gaps.score[3] = gaps.time[4] = gaps.event[5] = qa::missing_value;
  columns kept = c;
  for (auto* column : {&kept.score, &kept.time, &kept.event, &kept.w})
    column->erase(column->begin() + 3, column->begin() + 6);
  const auto without = qa::kernel::time_concordance(gaps.view(), gaps.score, gaps.time, gaps.event, {});
  CHECK(close_to(without.value, by_all_pairs(kept), 1e-14));
  CHECK(without.missing == 3);
  CHECK(without.n == 47);

  std::ranges::fill(c.event, 0.0);
  CHECK(qa::kernel::time_concordance(c.view(), c.score, c.time, c.event, {}).undefined ==
        "no pair of units of which one is known to have lasted longer");
  std::ranges::fill(c.score, 1.0);
  CHECK(qa::kernel::time_concordance(c.view(), c.score, c.time, c.event, {}).undefined ==
        "all scores are equal");
  c.time[0] = -1.0;
  CHECK_THROWS_AS(qa::kernel::time_concordance(c.view(), c.score, c.time, c.event), qa::data_error);
  const std::vector<patient> two{{1, 2, true}, {0, 1, true}};
  CHECK(qa::time_concordance(qa::sample_design::independent(2), two, &patient::group, &patient::weeks,
                             &patient::relapse)
            .undefined == "fewer than 3 units");
  CHECK_THROWS_AS(qa::time_concordance(qa::sample_design::independent(2), two, &patient::group,
                                       &patient::weeks, &patient::weeks),
                  qa::data_error);
}

TEST_CASE("intervals hold as often as they say" * doctest::test_suite("simulation")) {
  // Exponential times at the rate exp(-b score), watched for a random time: P(T_j > T_i | scores) in closed form; with an
  // end of watching that is the same for all, C of the watched part is its own target, so all are watched for long.
  std::mt19937_64 engine(77);
  std::normal_distribution<double> normal;
  std::exponential_distribution<double> exponential;
  constexpr double slope = 0.7;
  double truth = 0.0;
  constexpr int pairs = 400'000;
  for (int i = 0; i < pairs;
       ++i) { // over pairs: the one with the higher score lasts longer with chance r / (1 + r)
    const double ratio = std::exp(slope * std::abs(normal(engine) - normal(engine)));
    truth += ratio / (1.0 + ratio) / pairs;
  }
  int held = 0;
  constexpr int repeats = 1500;
  for (int r = 0; r < repeats; ++r) {
    columns c;
    for (int i = 0; i < 60; ++i) {
      c.score.push_back(normal(engine));
      c.time.push_back(exponential(engine) * std::exp(slope * c.score.back()));
      c.event.push_back(1.0);
    }
    const auto found = qa::kernel::time_concordance(c.view(), c.score, c.time, c.event, {});
    held += found.low <= truth && truth <= found.high ? 1 : 0;
  }
  const double share = static_cast<double>(held) / repeats;
  MESSAGE("held " << share);
  CHECK(share > 0.93);
  CHECK(share < 0.97);
}

TEST_CASE("with few times that are over intervals hold as well, alone and in clusters" *
          doctest::test_suite("simulation")) {
  std::mt19937_64 engine(12);
  std::normal_distribution<double> normal;
  for (const std::size_t events : {2u, 3u, 5u, 10u, 20u})
    for (const bool clustered : {false, true}) {
      CAPTURE(events);
      CAPTURE(clustered);
      int held = 0;
      constexpr int repeats = 800;
      for (int r = 0; r < repeats; ++r) { // scores say nothing of the time: C is .5
        columns c;
        std::vector<std::uint32_t> cluster;
        std::vector<double> of_cluster(30);
        for (double& shift : of_cluster)
          shift = normal(engine);
        for (std::uint32_t i = 0; i < 180; ++i) {
          cluster.push_back(i % 30);
          c.score.push_back(normal(engine) + (clustered ? of_cluster[i % 30] : 0.0));
          // All are watched until the last event; those that end do so one after another.
          c.time.push_back(i < events ? static_cast<double>(i) : 1000.0);
          c.event.push_back(i < events ? 1.0 : 0.0);
        }
        auto view = c.view();
        if (clustered) {
          view.cluster = cluster;
          view.clusters = 30;
        }
        const auto found = qa::kernel::time_concordance(view, c.score, c.time, c.event, {});
        held += found.low <= 0.5 && 0.5 <= found.high ? 1 : 0;
      }
      const double share = static_cast<double>(held) / repeats;
      MESSAGE(events << " events, clusters " << clustered << ": held " << share);
      CHECK(share > 0.925);
    }
  columns one = some(100, 3, false);
  std::ranges::fill(one.event, 0.0);
  one.event[5] = 1.0;
  one.time[5] = 0.5;
  const auto found = qa::kernel::time_concordance(one.view(), one.score, one.time, one.event, {});
  CHECK(found.undefined == "one time is over, or those of one cluster: no interval");
  CHECK(std::isnan(found.low));
  CHECK(std::isnan(found.test.p_value));
}
