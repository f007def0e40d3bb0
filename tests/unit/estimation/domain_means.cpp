// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/kernel/domain.hpp>
#include <qascore/kernel/inference.hpp>
#include <qascore/kernel/mean.hpp>

#include "close_to.hpp"
#include "random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

/// Means by domain are summed in the order of rows; influence values of each domain's rows through the variance engine are
/// what they have to agree with.
namespace qa = qascore;
namespace kernel = qascore::kernel;
using qascore::test::close_to;
using qascore::test::normal;
using qascore::test::uniform;

namespace {

struct columns {
  std::size_t domains = 1, strata = 1, clusters = 0;
  std::vector<double> y, weight, chance, population;
  std::vector<std::uint32_t> domain, stratum, cluster;
  qa::single_unit single = qa::single_unit::error;

  qa::design_view view() const {
    qa::design_view out;
    out.units = y.size();
    out.weight = weight;
    out.stratum = stratum;
    out.strata = strata;
    out.cluster = cluster;
    out.clusters = clusters;
    out.population = population;
    out.chance = chance;
    out.single = single;
    return out;
  }
  std::vector<qa::estimate> means(unsigned threads = 1) const {
    return kernel::means(view(), {domain, domains}, y, {}, threads);
  }
  void shuffle(std::uint64_t start) {
    std::vector<std::size_t> order(y.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::mt19937_64 engine(start);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[engine() % i]);
    const auto sort = [&](auto& column) {
      auto old = column;
      for (std::size_t i = 0; i < old.size(); ++i)
        column[i] = old[order[i]];
    };
    sort(y), sort(weight), sort(chance), sort(domain), sort(stratum), sort(cluster);
  }
};

enum class kind { independent, weighted, stratified, finite, clustered, poisson, poisson_clusters };
constexpr kind kinds[] = {kind::independent, kind::weighted, kind::stratified,      kind::finite,
                          kind::clustered,   kind::poisson,  kind::poisson_clusters};

columns made(kind how, std::size_t rows, std::size_t domains, double gaps, double offset = 0.0) {
  std::mt19937_64 engine(rows + domains);
  columns out;
  out.domains = domains;
  const bool clustered = how == kind::clustered || how == kind::poisson_clusters;
  out.strata = how == kind::independent || how == kind::weighted ? 1 : 5;
  out.clusters = clustered ? std::max<std::size_t>(10, rows / 7) : 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto cluster = static_cast<std::uint32_t>(clustered ? engine() % out.clusters : 0);
    const auto h = static_cast<std::uint32_t>((clustered ? cluster : engine()) % out.strata);
    const double pi = clustered ? 0.1 + 0.17 * h : 0.05 + 0.9 * uniform(engine);
    out.domain.push_back(uniform(engine) < 0.05 ? qa::missing_code
                                                : static_cast<std::uint32_t>(engine() % domains));
    out.y.push_back(uniform(engine) < gaps ? qa::missing_value : offset + 0.3 * h + normal(engine));
    if (how == kind::independent)
      continue;
    out.weight.push_back(how == kind::poisson || how == kind::poisson_clusters ? 1.0 / pi
                                                                               : 1.0 + 9.0 * uniform(engine));
    if (out.strata > 1)
      out.stratum.push_back(h);
    if (clustered)
      out.cluster.push_back(cluster);
    if (how == kind::poisson || how == kind::poisson_clusters)
      out.chance.push_back(pi);
  }
  if (how == kind::finite)
    for (std::size_t h = 0; h < out.strata; ++h)
      out.population.push_back(static_cast<double>(rows) * (0.5 + static_cast<double>(h)));
  return out;
}

/// From influence values, domain by domain.
std::vector<qa::estimate> by_influence(const columns& in) {
  const kernel::answered_design answered(in.view(), in.y);
  const qa::design_view& view = answered.view();
  return kernel::estimate_domains(
      view, {in.domain, in.domains}, in.y,
      [&](auto rows, std::span<double> influence) {
        return kernel::mean_of_rows(view, rows, in.y, influence);
      },
      [&](double value, const kernel::design_variance& spread, auto rows, kernel::variance_engine&) {
        kernel::inference_options options;
        options.n = rows.size();
        return kernel::infer(value, spread, options);
      });
}

void check_same(const std::vector<qa::estimate>& found, const std::vector<qa::estimate>& wanted,
                double tolerance) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t d = 0; d < found.size(); ++d) {
    CAPTURE(d);
    CHECK(found[d].undefined == wanted[d].undefined);
    CHECK(found[d].n == wanted[d].n);
    CHECK(found[d].missing == wanted[d].missing);
    CHECK(std::isnan(found[d].value) == std::isnan(wanted[d].value));
    CHECK(std::isnan(found[d].low) == std::isnan(wanted[d].low));
    if (wanted[d].is_defined())
      CHECK(close_to(found[d].value, wanted[d].value, 1e-15));
    if (std::isnan(wanted[d].low))
      continue;
    CHECK(close_to(found[d].std_error, wanted[d].std_error, tolerance));
    CHECK(found[d].df == wanted[d].df);
    CHECK(close_to(found[d].low, wanted[d].low, 1e-13, 1e-13));
  }
}

bool same_bits(const std::vector<qa::estimate>& a, const std::vector<qa::estimate>& b) {
  const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](const qa::estimate& x, const qa::estimate& y) {
                      return same(x.value, y.value) && same(x.std_error, y.std_error) && same(x.low, y.low) &&
                             same(x.high, y.high) && same(x.df, y.df) && x.n == y.n &&
                             x.missing == y.missing && x.undefined == y.undefined;
                    });
}

} // namespace

TEST_CASE("means by domain are those of the influence values under every kind of design") {
  for (const kind how : kinds)
    for (const std::size_t domains :
         {1u, 4u, 60u, 900u}) // 900 domains in 5 strata of 2,000 rows: most cells do not occur
      for (const double gaps : {0.0, 0.2}) {
        CAPTURE(static_cast<int>(how));
        CAPTURE(domains);
        CAPTURE(gaps);
        const columns in = made(how, 2000, domains, gaps);
        check_same(in.means(), by_influence(in), 1e-13);
      }
}

TEST_CASE("means by domain are those of the influence values with single units, however they are taken") {
  for (const qa::single_unit single :
       {qa::single_unit::certainty, qa::single_unit::average, qa::single_unit::adjust})
    for (const double gaps : {0.0, 0.2}) {
      CAPTURE(static_cast<int>(single));
      columns in = made(kind::stratified, 300, 6, gaps);
      in.strata = 40;
      for (std::size_t i = 0; i < in.stratum.size(); ++i) // strata 20 and up: one unit each, or none
        in.stratum[i] = static_cast<std::uint32_t>(i < 20 ? 20 + i : i % 20);
      in.single = single;
      check_same(in.means(), by_influence(in), 1e-12);
    }
}

TEST_CASE("means by domain do not depend on the order of rows or on threads, to the last bit") {
  for (const kind how : kinds) {
    CAPTURE(static_cast<int>(how));
    columns in = made(how, 300'000, 50, 0.1, 17.0);
    const std::vector<qa::estimate> once = in.means();
    CHECK(same_bits(in.means(2), once));
    CHECK(same_bits(in.means(7), once));
    in.shuffle(3);
    CHECK(same_bits(in.means(), once));
    CHECK(same_bits(in.means(3), once));
  }
}

TEST_CASE("means by domain keep their digits at an offset of 1e9, and when domains lie far apart") {
  for (const kind how : kinds) {
    CAPTURE(static_cast<int>(how));
    const columns near = made(how, 4000, 20, 0.0), far = made(how, 4000, 20, 0.0, 1e9);
    const std::vector<qa::estimate> a = near.means(), b = far.means();
    for (std::size_t d = 0; d < a.size(); ++d) {
      CHECK(close_to(b[d].value, a[d].value + 1e9, 1e-15));
      CHECK(close_to(b[d].std_error, a[d].std_error, 3e-6)); // scores themselves lose digits at 1e9
    }
  }
  columns apart = made(kind::stratified, 4000, 20, 0.0);
  const std::vector<qa::estimate> before = apart.means();
  for (std::size_t i = 0; i < apart.y.size(); ++i)
    if (!qa::is_missing(apart.domain[i]) && apart.domain[i] % 2 == 1)
      apart.y[i] += 1e6;
  const std::vector<qa::estimate> after = apart.means();
  for (std::size_t d = 0; d < before.size(); ++d)
    CHECK(close_to(after[d].std_error, before[d].std_error, d % 2 == 1 ? 1e-8 : 1e-15));
}

TEST_CASE("domains whose values all agree have exactly that mean and no interval") {
  for (const kind how : kinds) {
    columns in = made(how, 2000, 10, 0.0);
    std::fill(in.y.begin(), in.y.end(), 0.7);
    for (const qa::estimate& e : in.means()) {
      CHECK(e.value == 0.7);
      if (how != kind::poisson && how != kind::poisson_clusters)
        CHECK(e.undefined == "no variation in the sample: no interval");
    }
  }
}

TEST_CASE("a domain taken whole has its value for an interval, unless a value of it is missing") {
  columns in = made(kind::stratified, 500, 5, 0.0);
  in.domain = in.stratum;
  in.population.assign(5, 0.0);
  for (const std::uint32_t h : in.stratum)
    in.population[h] += 1.0;
  for (const qa::estimate& e : in.means()) {
    CHECK(e.low == e.value);
    CHECK(e.high == e.value);
  }
  in.y[0] = qa::missing_value;
  const std::vector<qa::estimate> gap = in.means();
  CHECK(gap[in.stratum[0]].low < gap[in.stratum[0]].value);
  CHECK(gap[in.stratum[0]].missing == 1);
}

TEST_CASE("codes of another length than the values are refused") {
  const columns in = made(kind::weighted, 50, 3, 0.0);
  CHECK_THROWS_WITH_AS(kernel::means(in.view(), {std::span(in.domain).first(49), 3}, in.y, {}),
                       "by: expected 50 codes, one per unit, but found 49", qa::argument_error);
}

TEST_CASE("no rows and no domains have no means") {
  columns none;
  CHECK(kernel::means(none.view(), {{}, 0}, {}, {}).empty());
  none.domains = 1;
  none.strata = 0;
  REQUIRE(none.means().size() == 1);
  CHECK(none.means()[0].undefined == "no unit has a value");
  // All rows without a label, and no label at all.
  columns in = made(kind::stratified, 50, 3, 0.0);
  in.domain.assign(50, qa::missing_code);
  in.domains = 0;
  CHECK(in.means().empty());
}
