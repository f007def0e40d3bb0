// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/association.hpp>
#include <qascore/estimation.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace qa = qascore;
using qa::correlation_method;
using qascore::test::close_to;
using qascore::test::normal;

namespace {

struct channels {
  std::vector<double> x, y;
  std::vector<std::uint32_t> channel;
};

channels make(std::size_t n, std::vector<double> slope, std::uint64_t start) {
  std::mt19937_64 engine(start);
  channels out;
  for (std::size_t i = 0; i < n; ++i) {
    const auto c = static_cast<std::uint32_t>(i % slope.size());
    out.channel.push_back(c);
    out.x.push_back(normal(engine));
    out.y.push_back(slope[c] * out.x.back() + normal(engine));
  }
  return out;
}

} // namespace

TEST_CASE("two parts that are strata differ as two designs do") {
  const channels c = make(300, {0.8, 0.1}, 1);
  qa::design_view design = qa::independent_units(300);
  design.stratum = c.channel;
  design.strata = 2;
  const auto found =
      qa::kernel::compare_parts(design, c.x, c.y, c.channel, 2, correlation_method::spearman, {});
  std::vector<std::vector<double>> x(2), y(2);
  for (std::size_t i = 0; i < 300; ++i) {
    x[c.channel[i]].push_back(c.x[i]);
    y[c.channel[i]].push_back(c.y[i]);
  }
  const auto rows = qa::independent_units(150);
  const auto apart = qa::kernel::compare_correlations(rows, {x[0], y[0]}, rows, {x[1], y[1]},
                                                      correlation_method::spearman, {});
  for (std::size_t g = 0; g < 2; ++g)
    CHECK(close_to(found.part[g].std_error, (g == 0 ? apart.first : apart.second).std_error, 1e-10));
  CHECK(close_to(found.difference[0].value, apart.difference.value, 1e-12));
  CHECK(close_to(found.difference[0].std_error, apart.difference.std_error, 1e-10));
  CHECK(close_to(found.difference[0].low, apart.difference.low, 0.0,
                 1e-3)); // their t has other degrees of freedom
  CHECK(found.difference[0].value == -found.difference[1].value);
  // Of two parts the test of all is that of the difference: F is the square of t.
  const double t = found.difference[0].test.statistic;
  CHECK(close_to(found.all_alike.statistic, t * t, 1e-9));
  CHECK(close_to(found.all_alike.p_value, found.difference[0].test.p_value, 1e-9));
}

TEST_CASE("parts that share clusters know of it, whatever their order") {
  channels c = make(240, {0.5, 0.5, 0.5}, 2);
  std::mt19937_64 engine(3);
  std::vector<std::uint32_t> agent;
  std::vector<double> steep(20);
  for (double& s : steep)
    s = 0.8 * normal(engine);
  for (std::size_t i = 0; i < 240; ++i) {
    agent.push_back(static_cast<std::uint32_t>(i / 12));
    c.y[i] += steep[agent[i]] * c.x[i]; // an agent's own slope is in all channels
  }
  qa::design_view design = qa::independent_units(240);
  design.cluster = agent;
  design.clusters = 20;
  const auto found =
      qa::kernel::compare_parts(design, c.x, c.y, c.channel, 3, correlation_method::pearson, {});
  // Each part varies with its agents, what it differs by from the others less.
  CHECK(found.difference[0].std_error < found.part[0].std_error);
  CHECK(found.all_alike.df1 == 2.0);
  CHECK(found.all_alike.df2 == 18.0); // 19 - 2 + 1
  std::vector<std::uint32_t> turned;
  for (const std::uint32_t g : c.channel)
    turned.push_back(2 - g);
  const auto other = qa::kernel::compare_parts(design, c.x, c.y, turned, 3, correlation_method::pearson, {});
  CHECK(close_to(other.all_alike.statistic, found.all_alike.statistic, 1e-8));
  CHECK(other.part[2].value == found.part[0].value);
}

TEST_CASE("a channel that differs is found, rows without a label or number are left out") {
  channels c = make(400, {0.8, 0.8, -0.2, 0.8}, 4);
  const auto rows = qa::independent_units(400);
  auto found = qa::kernel::compare_parts(rows, c.x, c.y, c.channel, 4, correlation_method::kendall, {});
  CHECK(found.all_alike.p_value < 1e-6);
  CHECK(found.difference[2].high < 0.0);
  CHECK(found.compared == 4);
  c.x[5] = qa::missing_value;
  c.channel[6] = qa::missing_code;
  found = qa::kernel::compare_parts(rows, c.x, c.y, c.channel, 4, correlation_method::kendall, {});
  CHECK(found.difference[0].missing == 2);
  CHECK(found.part[1].n == 99);

  for (std::size_t i = 0; i < 400; ++i)
    if (c.channel[i] == 3)
      c.y[i] = 1.0;
  found = qa::kernel::compare_parts(rows, c.x, c.y, c.channel, 4, correlation_method::pearson, {});
  CHECK(found.part[3].undefined == "the second column is constant");
  CHECK(std::isnan(found.difference[3].value));
  CHECK(found.compared == 3);
  CHECK(found.all_alike.df1 == 2.0);
  const auto one = qa::kernel::compare_parts(rows, c.x, c.y, std::vector<std::uint32_t>(400, 0), 1,
                                             correlation_method::pearson, {});
  CHECK(std::isnan(one.all_alike.p_value));
  CHECK_THROWS_AS(qa::kernel::compare_parts(rows, c.x, c.y, std::vector<std::uint32_t>(3, 0), 1,
                                            correlation_method::pearson, {}),
                  qa::argument_error);
}

TEST_CASE("parts say nothing where a stratum of theirs did not answer") {
  channels c = make(240, {0.8, 0.1, 0.4}, 6);
  std::vector<std::uint32_t> stratum(240);
  for (std::size_t i = 0; i < 240; ++i) {
    stratum[i] =
        static_cast<std::uint32_t>(i / 80) + (c.channel[i] == 2 ? 3 : 0); // the third channel has its own
    if (stratum[i] == 1)
      c.y[i] = std::nan("");
  }
  qa::design_view design = qa::independent_units(240);
  design.stratum = stratum;
  design.strata = 6;
  const auto found =
      qa::kernel::compare_parts(design, c.x, c.y, c.channel, 3, correlation_method::pearson, {});
  const std::string why = qa::kernel::silent_stratum;
  CHECK(found.part[0].undefined == why);
  CHECK(found.part[1].undefined == why);
  CHECK(!std::isnan(found.part[2].low));
  for (const auto& difference : found.difference) // of a part and all others
    CHECK(difference.undefined == why);
  CHECK(found.compared == 0);
}

TEST_CASE("a small part seldom differs by chance" * doctest::test_suite("simulation")) {
  std::mt19937_64 engine(7);
  const std::size_t n = 200;
  const qa::design_view design = qa::independent_units(n);
  // Tests of the difference go by its own degrees of freedom; its limits are made of each part's, which with 6 rows hold less.
  for (const auto& [small, least] : {std::pair{6u, 830}, {20u, 900}}) {
    int alike = 0, limits = 0;
    for (int r = 0; r < 1000; ++r) {
      std::vector<double> x, y;
      std::vector<std::uint32_t> part;
      for (std::size_t i = 0; i < n; ++i) {
        x.push_back(normal(engine));
        y.push_back(normal(engine));
        part.push_back(i < small ? 0u : 1u + (i % 2 == 0 ? 1u : 0u));
      }
      const auto found = qa::kernel::compare_parts(design, x, y, part, 3, correlation_method::pearson, {});
      alike += found.all_alike.p_value < 0.05 ? 1 : 0;
      limits += found.difference[0].low <= 0.0 && 0.0 <= found.difference[0].high ? 1 : 0;
    }
    MESSAGE(small << " of 200: differ in " << alike << " of 1000, limits of the part's difference hold in "
                  << limits);
    CHECK(alike <= 75); // 199 and 102 with the degrees of freedom of the whole
    CHECK(limits >= least);
  }
}

TEST_CASE("the slopes of the picture are those of deviations and of means") {
  const std::vector<double> x{1, 2, 3, 4, 5, 6, 7, 8, 9}, y{9, 8, 7, 11, 10, 9, 13, 12, 11};
  const std::vector<std::uint32_t> group{0, 0, 0, 1, 1, 1, 2, 2, 2};
  const auto found = qa::kernel::within_between(qa::independent_units(9), x, y, group, 3, {});
  CHECK(close_to(found.slope_within, -1.0, 1e-12));
  CHECK(close_to(found.slope_between, 2.0 / 3.0, 1e-12));
  CHECK(close_to(found.intercept_between, 10.0 - 5.0 * 2.0 / 3.0, 1e-12));
  CHECK(close_to(found.mean_x[1], 5.0, 1e-14));
  CHECK(close_to(found.mean_y[2], 12.0, 1e-14));
  CHECK(close_to(found.spread_within, std::sqrt(2.0 / 3.0), 1e-12));
}

TEST_CASE("an engineer's own rows give the kernel's parts") {
  struct call {
    double score, csat;
    std::string channel;
  };
  const channels c = make(90, {0.9, -0.9, 0.0}, 5);
  std::vector<call> calls;
  for (std::size_t i = 0; i < 90; ++i)
    calls.push_back({c.x[i], c.y[i], std::string(1, static_cast<char>('a' + c.channel[i]))});
  const auto found = qa::compare_parts(qa::sample_design::independent(90), calls, &call::score, &call::csat,
                                       &call::channel, correlation_method::pearson);
  const auto kernel = qa::kernel::compare_parts(qa::independent_units(90), c.x, c.y, c.channel, 3,
                                                correlation_method::pearson, {});
  CHECK(found.all_alike.statistic == kernel.all_alike.statistic);
}
