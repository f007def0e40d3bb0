// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
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
using qascore::test::close_to;

namespace {
struct row {
  std::string stratum, period;
  double weight, y;
};
const std::vector<row> rows{{"a", "may", 2, 3.1},  {"a", "june", 2, 4.0}, {"a", "may", 2, 2.2},
                            {"b", "june", 5, 6.3}, {"b", "may", 5, 5.2},  {"b", "june", 5, 7.7},
                            {"a", "june", 2, 1.5}, {"b", "may", 5, 4.4}};
} // namespace

TEST_CASE("the difference of two domains carries their covariance under the design") {
  const auto design = qa::design_builder(rows).stratum(&row::stratum).weight(&row::weight).build();
  const auto d = qa::mean_difference(design, rows, &row::y, &row::period, "june", "may");
  const auto each = qa::mean_by(design, rows, &row::y, &row::period);
  CHECK(close_to(d.value, each[0].value - each[1].value, 1e-14));
  // The same by the covariance matrix of the two means.
  std::vector<double> june, may;
  for (const auto& r : rows) {
    june.push_back(r.period == "june" ? r.y : qa::missing_value);
    may.push_back(r.period == "may" ? r.y : qa::missing_value);
  }
  const auto a = qa::kernel::mean(design.view(), june), b = qa::kernel::mean(design.view(), may);
  const std::vector<std::span<const double>> both{a.influence, b.influence};
  const auto c = qa::kernel::covariance_of(design.view(), both);
  CHECK(std::abs(c[1]) > 1e-3);
  const double own_mean = 4.0 / 3.0 * 7.0 / 8.0; // four units in either domain, eight in all
  CHECK(close_to(d.std_error, std::sqrt(own_mean * (c[0] + c[3]) - 2 * c[1]), 1e-13));
  // Satterthwaite by hand: either domain has 4 units in 2 strata.
  CHECK(close_to(d.df, (c[0] + c[3]) * (c[0] + c[3]) / (c[0] * c[0] / 2 + c[3] * c[3] / 2), 1e-12));
  CHECK(d.df < 8 - 2 - 1);
  const auto other = qa::mean_difference(design, rows, &row::y, &row::period, "june", "may",
                                         {.df = qa::kernel::difference_df::design});
  CHECK(other.df == 8 - 2 - 1);
  CHECK(close_to(other.std_error, std::sqrt(c[0] + c[3] - 2 * c[1]), 1e-13));
  CHECK(close_to(d.test.statistic, d.value / d.std_error, 1e-15));
}

TEST_CASE("for independent rows it is the difference of two samples, each with its own variance") {
  // SciPy 1.17.1: ttest_ind(june, may, equal_var=False), its df, p and confidence_interval().
  const auto d =
      qa::mean_difference(qa::sample_design::independent(8), rows, &row::y, &row::period, "june", "may");
  CHECK(close_to(d.test.statistic, 0.75945790129162, 1e-12));
  CHECK(close_to(d.df, 4.367793655237004, 1e-13));
  CHECK(close_to(d.test.p_value, 0.4865131958375233, 1e-12));
  CHECK(close_to(d.low, -2.9181946837801367, 1e-12));
  CHECK(close_to(d.high, 5.218194683780137, 1e-12));
  CHECK(d.n == 8);
}

TEST_CASE("a domain that is not there is refused with the nearest name") {
  CHECK_THROWS_WITH_AS(
      qa::mean_difference(qa::sample_design::independent(8), rows, &row::y, &row::period, "juni", "may"),
      "by: no row is labelled \"juni\" (did you mean \"june\"?)", qa::argument_error);
}

TEST_CASE("a domain of one independent unit leaves the difference without a standard error") {
  const std::vector<row> few{{"a", "may", 1, 1}, {"a", "june", 1, 2}, {"a", "june", 1, 4}};
  const auto d =
      qa::mean_difference(qa::sample_design::independent(3), few, &row::y, &row::period, "june", "may");
  CHECK(d.value == 2.0);
  CHECK(std::isnan(d.std_error));
  CHECK(d.undefined == "a domain has one unit: no variance");
}

TEST_CASE("a domain that does not vary leaves the difference without an interval") {
  // None of 20 and 20 of 400: Fisher's exact p is 0.61.
  std::vector<double> y(420, 0.0);
  std::vector<std::uint32_t> code(420, 0u);
  for (std::size_t i = 0; i < 20; ++i)
    code[i] = 1u;
  for (std::size_t i = 20; i < 40; ++i)
    y[i] = 1.0;
  const auto d = qa::kernel::mean_difference(qa::independent_units(420), {code, 2}, 1, 0, y, {});
  CHECK(close_to(d.value, -0.05, 1e-12));
  CHECK(std::isnan(d.low));
  CHECK(d.undefined == "a domain does not vary: no interval");
  CHECK(std::isnan(d.test.p_value));
}

TEST_CASE("a t test of an estimate measures from any value, and is undefined without an interval") {
  qa::estimate e;
  e.value = 5.0;
  e.std_error = 2.0;
  e.df = 10.0;
  e.low = 0.5;
  e.high = 9.5;
  const auto test = qa::kernel::t_test(e, 1.0);
  CHECK(test.statistic == 2.0);
  CHECK(test.df1 == 10.0);
  CHECK(close_to(test.p_value, 0.073388034770740366, 1e-12)); // SciPy 1.17: 2 * t.sf(2, 10)
  CHECK(qa::kernel::t_test(e).statistic == 2.5);
  e.low = qa::missing_value;
  CHECK(std::isnan(qa::kernel::t_test(e).p_value));
}

TEST_CASE("a domain of one unit, or of one cluster, says nothing of its own variance") {
  std::vector<row> more = rows;
  more.push_back({"b", "april", 5, 9.0});
  const auto design = qa::design_builder(more).stratum(&row::stratum).weight(&row::weight).build();
  const auto d = qa::mean_difference(design, more, &row::y, &row::period, "april", "may");
  CHECK(d.undefined == "a domain has one unit: no variance");
  CHECK(std::isnan(d.low));
  CHECK(close_to(d.value, 9.0 - (2 * 5.3 + 5 * 9.6) / 14, 1e-14));
  struct call {
    int agent;
    std::string team;
    double weight, y;
  };
  const std::vector<call> calls{{1, "a", 1, 1}, {1, "a", 1, 2}, {2, "b", 1, 3}, {3, "b", 1, 5}, {4, "b", 1, 4}};
  const auto clustered = qa::design_builder(calls).cluster(&call::agent).weight(&call::weight).build();
  CHECK(qa::mean_difference(clustered, calls, &call::y, &call::team, "a", "b").undefined ==
        "a domain lies in one cluster: no variance");
}

TEST_CASE("the interval of a difference holds where one domain is small") {
  std::mt19937_64 engine(20261122);
  const auto noise = [&] { return qascore::test::normal(engine); };
  // As Welch's test of independent rows: two units may lie close to each other by chance.
  for (const auto& [small, least] : {std::pair{2, 0.82}, {3, 0.89}, {5, 0.93}, {10, 0.935}}) {
    int held = 0, by_design = 0;
    constexpr int samples = 2000;
    for (int s = 0; s < samples; ++s) {
      std::vector<double> y, weight(static_cast<std::size_t>(80 + small), 10.0);
      std::vector<std::uint32_t> code;
      for (int i = 0; i < 80 + small; ++i) {
        y.push_back(noise());
        code.push_back(i < small ? 1u : 0u);
      }
      qa::design_view design = qa::independent_units(y.size());
      design.weight = weight;
      const auto d = qa::kernel::mean_difference(design, {code, 2}, 1, 0, y, {});
      held += d.low <= 0.0 && 0.0 <= d.high ? 1 : 0;
      const auto r = qa::kernel::mean_difference(design, {code, 2}, 1, 0, y, {}, qa::kernel::difference_df::design);
      by_design += r.low <= 0.0 && 0.0 <= r.high ? 1 : 0;
    }
    MESSAGE(small, " units: ", held, " of ", samples, ", by the design's df ", by_design);
    CHECK(held > least * samples);
    CHECK(by_design < held);
  }
}

TEST_CASE("a stratum without any value leaves what needs it undefined") {
  std::vector<row> gaps = rows;
  for (auto& r : gaps)
    if (r.stratum == "a")
      r.y = qa::missing_value;
  struct stratum_count {
    static double of(const row& r) { return r.stratum == "a" ? 8.0 : 20.0; }
  };
  const auto design =
      qa::design_builder(gaps).stratum(&row::stratum).weight(&row::weight).population(&stratum_count::of).build();
  const qa::mean_options drop{.missing = qa::missing_rows::drop};
  const auto whole = qa::mean(design, gaps, &row::y, drop);
  CHECK(whole.undefined == qa::kernel::silent_stratum);
  CHECK(std::isnan(whole.value));
  const auto by = qa::mean_by(design, gaps, &row::y, &row::stratum, drop);
  CHECK(by[0].undefined == "no unit has a value");
  CHECK(by[1].undefined.empty());
  CHECK(qa::mean_difference(design, gaps, &row::y, &row::period, "june", "may", {.missing = qa::missing_rows::drop})
            .undefined == qa::kernel::silent_stratum);
  CHECK(qa::mean(design, gaps, &row::y, {.missing = qa::missing_rows::domain}).undefined.empty());
}
