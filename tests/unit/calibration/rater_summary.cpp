// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/calibration.hpp>

#include "close_to.hpp"
#include "tables.hpp"

using qascore::test::close_to;
namespace qa = qascore;

TEST_CASE("severity is the panel's mean minus the rater's on shared units, by hand") {
  // Rater 1 against the mean of 2 and 3: 2.5-1, 3-2, 4-3 (unit 3: rater 3 absent), unit 4 is not shared.
  const auto table = tables::of({1, 2, 3, 2, 3, 3, 3, 4, 0, 5, 0, 0}, 3);
  const auto raters = qa::rater_summary(table);
  CHECK(raters.size() == 3);
  CHECK(close_to(raters[0].severity.value, (1.5 + 1.0 + 1.0) / 3.0, 1e-15));
  CHECK(raters[0].severity.n == 3);
  CHECK(raters[0].severity.df == 2);
  CHECK(close_to(raters[0].mean.value, 11.0 / 4.0, 1e-15));
  CHECK(raters[0].ratings == 4);
  // s of 1.5, 1, 1 is sqrt(1/12); its standard error that over sqrt(3).
  CHECK(close_to(raters[0].spread, std::sqrt(1.0 / 12.0), 1e-14));
  CHECK(close_to(raters[0].severity.std_error, std::sqrt(1.0 / 36.0), 1e-14));
}

TEST_CASE("severities of two raters are opposite") {
  const auto raters = qa::rater_summary(tables::of({1, 4, 2, 2, 5, 3}, 2));
  CHECK(close_to(raters[0].severity.value, -raters[1].severity.value, 1e-15));
  CHECK(raters[0].severity.low == -raters[1].severity.high);
}

TEST_CASE("severity does not lose digits at an offset of 1e9") {
  std::vector<double> shifted;
  for (const double x : tables::shrout_fleiss)
    shifted.push_back(1e9 + x);
  const auto near = qa::rater_summary(tables::of(tables::shrout_fleiss, 4));
  const auto far = qa::rater_summary(tables::of(shifted, 4));
  for (std::size_t g = 0; g < 4; ++g) {
    CHECK(close_to(far[g].severity.value, near[g].severity.value, 1e-14));
    CHECK(close_to(far[g].severity.std_error, near[g].severity.std_error, 1e-14));
  }
}

TEST_CASE("under a design the severity is the weighted mean of differences, over all units of the design") {
  const auto table = tables::of({1, 2, 2, 4, 3, 3, 5, 0}, 2);
  const std::vector<double> w{1, 3, 2, 5};
  qa::design_view design = qa::independent_units(4);
  design.weight = w;
  const auto first = qa::rater_summary(table, {}, &design)[0];
  const double value = (1.0 * 1 + 3.0 * 2 + 2.0 * 0) / 6.0;
  CHECK(close_to(first.severity.value, value, 1e-15));
  // V = 4/3 sum (w_i u_i)^2 with u_i = (d_i - value) / 6; the unit that is not shared has 0.
  const double a = 1 * (1 - value) / 6, b = 3 * (2 - value) / 6, c = 2 * (0 - value) / 6;
  CHECK(close_to(first.severity.std_error, std::sqrt(4.0 / 3.0 * (a * a + b * b + c * c)), 1e-14));
  CHECK(first.severity.df == 2); // of the three units that are shared
}

TEST_CASE("a rater who shares no unit, or has no ratings, has no severity and the reason") {
  const auto table = tables::of({1, 2, 0, 2, 3, 0, 0, 0, 4}, 3);
  const auto raters = qa::rater_summary(table.only({"1", "3"}));
  CHECK(raters[1].severity.undefined == "the rater shares no unit with another rater");
  CHECK(raters[1].mean.value == 4.0);
  CHECK(raters[1].mean.undefined == "fewer than 2 units: no variance");
}

TEST_CASE("leaving the odd rater out raises alpha, with the interval of the difference") {
  const auto table = tables::of({1, 1, 5, 2, 2, 1, 3, 3, 1, 4, 4, 2, 5, 5, 3, 2, 2, 4, 3, 3, 3, 1, 2, 5}, 3);
  const auto out = qa::leave_one_rater_out(table, qa::level::interval);
  const double all = qa::krippendorff_alpha(table, {.level = qa::level::interval}).value;
  CHECK(out[2].gain.value > 0.0);
  CHECK(out[0].gain.value < out[2].gain.value);
  CHECK(close_to(out[2].gain.value, out[2].without.value - all, 1e-15));
  CHECK(close_to(out[2].without.value,
                 qa::krippendorff_alpha(table.without({"3"}), {.level = qa::level::interval}).value, 1e-15));
  // The jackknife over units of the difference, to first order: 8 units, so within a fifth.
  const auto gain = [](const std::vector<double>& rows) {
    return qa::leave_one_rater_out(tables::of(rows, 3), qa::level::interval)[2].gain.value;
  };
  const std::vector<double> matrix{1, 1, 5, 2, 2, 1, 3, 3, 1, 4, 4, 2, 5, 5, 3, 2, 2, 4, 3, 3, 3, 1, 2, 5};
  CHECK(close_to(out[2].gain.std_error, tables::jackknife(matrix, 3, gain), 0.2));
  CHECK(qa::leave_one_rater_out(tables::of({1, 2, 2, 2}, 2), qa::level::nominal)[0].gain.undefined ==
        "fewer than 2 raters");
}
