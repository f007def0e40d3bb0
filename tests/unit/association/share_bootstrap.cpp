// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/bootstrap_limits.hpp>
#include <qascore/kernel/counter_stream.hpp>
#include <qascore/kernel/relative_importance.hpp>
#include <qascore/kernel/replicates.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;
using qascore::test::normal;

namespace {

struct data {
  std::vector<std::vector<double>> x;
  std::vector<double> y;

  std::vector<std::span<const double>> columns() const { return {x.begin(), x.end()}; }
};

data make(std::size_t n, std::size_t columns, std::uint64_t start) {
  std::mt19937_64 engine(start);
  data out;
  out.x.resize(columns);
  for (std::size_t i = 0; i < n; ++i) {
    const double common = normal(engine);
    double y = normal(engine);
    for (std::size_t j = 0; j < columns; ++j) {
      out.x[j].push_back(0.6 * common + normal(engine));
      y += out.x[j].back() * (j % 2 == 0 ? 0.5 : 0.1);
    }
    out.y.push_back(y);
  }
  return out;
}

/// The limits of one figure from replicates that are whole analyses of rows drawn again.
template <class Figure>
qa::kernel::bootstrap_summary by_hand(const data& d, const qa::importance_options& options,
                                      double acceleration, std::span<const std::size_t> group,
                                      const Figure& figure) {
  std::vector<double> found;
  const std::size_t n = d.y.size();
  const double value =
      figure(qa::kernel::relative_importance(qa::independent_units(n), d.y, d.columns(), group, {}));
  for (std::size_t r = 0; r < options.replicates; ++r) {
    qa::kernel::counter_stream stream(*options.seed, r);
    data again;
    again.x.resize(d.x.size());
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t row = stream.below(n);
      again.y.push_back(d.y[row]);
      for (std::size_t j = 0; j < d.x.size(); ++j)
        again.x[j].push_back(d.x[j][row]);
    }
    found.push_back(figure(
        qa::kernel::relative_importance(qa::independent_units(n), again.y, again.columns(), group, {})));
  }
  return qa::kernel::summarise_replicates(value, found, options.confidence, true, acceleration);
}

} // namespace

TEST_CASE("bootstrapped shares are those of analyses of rows drawn again") {
  const data d = make(60, 4, 1);
  const qa::importance_options options{.seed = qa::seed{5}, .replicates = 60};
  const auto found =
      qa::kernel::relative_importance(qa::independent_units(60), d.y, d.columns(), {}, options);
  const auto plain = qa::kernel::relative_importance(qa::independent_units(60), d.y, d.columns(), {}, {});
  const auto check = [&](const qa::estimate& e, const auto& figure) {
    const auto wanted = by_hand(d, options, 0.0, {}, figure);
    CHECK(close_to(e.std_error, wanted.std_error, 1e-9));
    CHECK(e.interval_method == "BCa bootstrap");
    CHECK(e.low < e.high);
  };
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(found.lmg[j].value == plain.lmg[j].value);
    check(found.lmg[j], [&](const auto& r) { return r.lmg[j].value; });
    check(found.first[j], [&](const auto& r) { return r.first[j].value; });
    check(found.last[j], [&](const auto& r) { return r.last[j].value; });
    check(found.johnson[j], [&](const auto& r) { return r.johnson[j].value; });
    check(found.car[j], [&](const auto& r) { return r.car[j].value; });
    check(found.pratt[j], [&](const auto& r) { return r.pratt[j].value; });
    check(found.beta_squared[j], [&](const auto& r) { return r.beta_squared[j].value; });
  }
  check(found.r_squared, [](const auto& r) { return r.r_squared.value; });
  // Near enough what influence values say.
  const data many = make(400, 4, 2);
  const auto by = qa::kernel::relative_importance(qa::independent_units(400), many.y, many.columns(), {},
                                                  {.seed = qa::seed{5}, .replicates = 800});
  const auto linear =
      qa::kernel::relative_importance(qa::independent_units(400), many.y, many.columns(), {}, {});
  CHECK(close_to(by.lmg[0].std_error / linear.lmg[0].std_error, 1.0, 0.12));
  CHECK(close_to(by.johnson[0].std_error / linear.johnson[0].std_error, 1.0, 0.12));
}

TEST_CASE(
    "groups of columns and random orders are bootstrapped too, to the same bits by any number of threads") {
  const data d = make(50, 5, 3);
  const std::vector<std::size_t> group{0, 0, 1, 2, 2};
  const qa::importance_options options{.seed = qa::seed{5}, .replicates = 40};
  const auto found =
      qa::kernel::relative_importance(qa::independent_units(50), d.y, d.columns(), group, options);
  CHECK(found.johnson.empty());
  for (std::size_t g = 0; g < 3; ++g)
    CHECK(close_to(found.lmg[g].std_error,
                   by_hand(d, options, 0.0, group, [&](const auto& r) { return r.lmg[g].value; }).std_error,
                   1e-9));

  const data wide = make(80, 17, 4);
  qa::importance_options many{.orders = 20, .seed = qa::seed{5}, .replicates = 30};
  const auto one =
      qa::kernel::relative_importance(qa::independent_units(80), wide.y, wide.columns(), {}, many);
  many.threads = 3;
  const auto three =
      qa::kernel::relative_importance(qa::independent_units(80), wide.y, wide.columns(), {}, many);
  for (std::size_t j = 0; j < 17; ++j) {
    CHECK(one.lmg[j].low == three.lmg[j].low);
    CHECK(one.johnson[j].high == three.johnson[j].high);
    CHECK(one.lmg[j].std_error > 0.0);
  }
}

TEST_CASE("under a design clusters are drawn again, and gaps take no part") {
  data d = make(120, 3, 6);
  std::vector<std::uint32_t> cluster;
  std::vector<double> weight;
  for (std::uint32_t i = 0; i < 120; ++i) {
    cluster.push_back(i / 3);
    weight.push_back(1.0 + i % 2);
  }
  // Three equal rows a cluster: as if each cluster were one row.
  data one;
  one.x.resize(3);
  for (std::size_t i = 0; i < 120; ++i) {
    const std::size_t first = i - i % 3;
    d.y[i] = d.y[first];
    for (auto& x : d.x)
      x[i] = x[first];
    if (i % 3 == 0) {
      one.y.push_back(d.y[i]);
      for (std::size_t j = 0; j < 3; ++j)
        one.x[j].push_back(d.x[j][i]);
    }
  }
  qa::design_view clustered = qa::independent_units(120), rows = qa::independent_units(40);
  const std::vector<double> ones(40, 1.0);
  clustered.cluster = cluster;
  clustered.clusters = 40;
  rows.weight = ones;
  const qa::importance_options options{.seed = qa::seed{2}, .replicates = 200};
  const auto of_clusters = qa::kernel::relative_importance(clustered, d.y, d.columns(), {}, options);
  const auto of_rows = qa::kernel::relative_importance(rows, one.y, one.columns(), {}, options);
  for (std::size_t j = 0; j < 3; ++j) {
    CHECK(close_to(of_clusters.lmg[j].value, of_rows.lmg[j].value, 1e-12));
    CHECK(close_to(of_clusters.lmg[j].std_error, of_rows.lmg[j].std_error, 1e-9));
    CHECK(close_to(of_clusters.lmg[j].low, of_rows.lmg[j].low, 1e-9));
  }
  clustered.weight = weight;
  d.x[1][4] = qa::missing_value;
  qa::importance_options drop = options;
  drop.missing = qa::missing_rows::drop;
  const auto gaps = qa::kernel::relative_importance(clustered, d.y, d.columns(), {}, drop);
  CHECK(gaps.lmg[0].missing == 1);
  CHECK(gaps.lmg[0].std_error > 0.0);
  CHECK_THROWS_WITH_AS(qa::kernel::relative_importance(clustered, d.y, d.columns(), {}, {.replicates = 100}),
                       "seed: the bootstrap needs one", qa::argument_error);
  CHECK_THROWS_AS(qa::kernel::relative_importance(clustered, d.y, d.columns(), {},
                                                  {.seed = qa::seed{1}, .replicates = 1}),
                  qa::argument_error);
}

TEST_CASE("a criterion that many replicates lack keeps its limits, a constant one has none") {
  data d = make(30, 2, 8);
  d.x[1].assign(30, 0.0);
  d.x[1][3] = 1.0;
  const auto found = qa::kernel::relative_importance(qa::independent_units(30), d.y, d.columns(), {},
                                                     {.seed = qa::seed{2}, .replicates = 200});
  CHECK(found.lmg[1].is_defined());
  CHECK(found.lmg[1].std_error > 0.0);
  const std::vector<double> same(30, 1.0);
  const std::vector<std::span<const double>> flat{d.x[0], same};
  const auto none = qa::kernel::relative_importance(qa::independent_units(30), d.y, flat, {},
                                                    {.seed = qa::seed{2}, .replicates = 200});
  CHECK(none.undefined == "a column is constant");
  CHECK(none.lmg[0].interval_method != "BCa bootstrap");
}
