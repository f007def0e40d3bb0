// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "close_to.hpp"

#include <qascore/estimation/stream_summary.hpp>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace qa = qascore;
using qascore::test::close_to;

namespace {
qa::stream_summary summary_of(const std::vector<double>& values, double offset = 0.0) {
  qa::stream_summary out;
  for (const double x : values)
    out.push(offset + x);
  return out;
}
const std::vector<double> handle{2.0, 4.0, 4.0, 5.0, 7.0, 14.0};
} // namespace

TEST_CASE("a stream's mean, variance and range are those of its numbers") {
  // By hand: mean 36 / 6 = 6; squared distances 16 + 4 + 4 + 1 + 1 + 64 = 90; variance 90 / 5 = 18.
  const auto s = summary_of(handle);
  CHECK(s.count() == 6);
  CHECK(close_to(s.mean(), 6.0, 1e-15));
  CHECK(close_to(s.variance(), 18.0, 1e-14));
  CHECK(s.min() == 2.0);
  CHECK(s.max() == 14.0);
}

TEST_CASE("the mean comes with its standard error and t limits") {
  // sqrt(18 / 6) = 1.7320508; t(5) quantile .975 is 2.5705818 (any table): 6 -+ 4.452.
  const qa::estimate e = summary_of(handle).mean_estimate(qa::confidence_level{0.95});
  CHECK(close_to(e.std_error, std::sqrt(3.0), 1e-14));
  CHECK(e.df == 5.0);
  CHECK(e.n == 6);
  CHECK(close_to(e.low, 6.0 - 2.5705818356363 * std::sqrt(3.0), 1e-11));
  CHECK(close_to(e.high, 6.0 + 2.5705818356363 * std::sqrt(3.0), 1e-11));
  CHECK(e.undefined.empty());
}

TEST_CASE("the variance survives an offset of a thousand million") {
  // The numbers are whole, so that adding 1e9 loses nothing: the variance is still exactly 18.
  const auto s = summary_of(handle, 1e9);
  CHECK(close_to(s.mean(), 1e9 + 6.0, 1e-15));
  CHECK(close_to(s.variance(), 18.0, 1e-6));
  qa::stream_summary small;
  for (int i = 0; i < 100'000; ++i)
    small.push(1e9 + (i % 2 == 0 ? 0.0 : 1.0));
  CHECK(close_to(small.variance(), 0.25 * 100'000.0 / 99'999.0, 1e-6));
}

TEST_CASE("two streams put together are one stream") {
  auto first = summary_of({2.0, 4.0}, 1e9);
  const auto second = summary_of({4.0, 5.0, 7.0, 14.0}, 1e9);
  first.merge(second);
  CHECK(first.count() == 6);
  CHECK(close_to(first.variance(), 18.0, 1e-6));
  CHECK(first.min() == 1e9 + 2.0);
  CHECK(first.max() == 1e9 + 14.0);
  first.push(1e9 + 6.0); // 90 / 6
  CHECK(close_to(first.variance(), 15.0, 1e-6));
  qa::stream_summary nothing;
  nothing.merge(first);
  CHECK(nothing.count() == 7);
  first.merge(qa::stream_summary{});
  CHECK(close_to(first.variance(), 15.0, 1e-6));
}

TEST_CASE("a copy goes its own way") {
  auto s = summary_of({1.0, 3.0});
  auto copy = s;
  copy.push(100.0);
  CHECK(s.count() == 2);
  CHECK(s.mean() == 2.0);
  CHECK(copy.count() == 3);
  s = copy;
  const auto moved = std::move(copy);
  CHECK(s.count() == 3);
  CHECK(moved.count() == 3);
}

TEST_CASE("nothing, and one number, are undefined with the reason") {
  const qa::estimate none = qa::stream_summary{}.mean_estimate();
  CHECK(std::isnan(none.value));
  CHECK(none.undefined == "no values");
  const qa::estimate one = summary_of({5.0}).mean_estimate();
  CHECK(one.value == 5.0);
  CHECK(std::isnan(one.std_error));
  CHECK(std::isnan(one.low));
  CHECK(one.undefined == "fewer than 2 units: no variance");
  CHECK(std::isnan(summary_of({5.0}).variance()));
}

TEST_CASE("equal numbers have a standard error of zero") {
  const qa::estimate e = summary_of({3.0, 3.0, 3.0}).mean_estimate();
  CHECK(e.std_error == 0.0);
  CHECK(e.low == 3.0);
  CHECK(e.high == 3.0);
}

TEST_CASE("what is not a finite number is refused, and the stream stays as it was") {
  auto s = summary_of({1.0});
  CHECK_THROWS_WITH_AS(s.push(std::nan("")), "value: expected a finite number but found NaN", qa::data_error);
  CHECK_THROWS_AS(s.push(std::numeric_limits<double>::infinity()), qa::data_error);
  CHECK(s.count() == 1);
}
