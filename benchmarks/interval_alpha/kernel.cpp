// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Interval alpha with its interval: 100 k units x 4 raters, every value distinct.
#include <qascore/kernel/krippendorff.hpp>

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

namespace qa = qascore;

namespace {

std::vector<double> ratings(std::size_t units) {
  std::mt19937_64 engine(3);
  std::normal_distribution<double> normal;
  std::vector<double> matrix;
  for (std::size_t unit = 0; unit < units; ++unit) {
    const double truth = normal(engine);
    for (int rater = 0; rater < 4; ++rater)
      matrix.push_back(truth + 0.5 * normal(engine));
  }
  return matrix;
}

void table_of_distinct_values(benchmark::State& state) {
  const auto matrix = ratings(100'000);
  for (auto _ : state)
    benchmark::DoNotOptimize(qa::kernel::columns_of(matrix, 4, {}).code.data());
}

void interval_alpha(benchmark::State& state) {
  const auto columns = qa::kernel::columns_of(ratings(100'000), 4, {});
  for (auto _ : state)
    benchmark::DoNotOptimize(qa::kernel::krippendorff_alpha(columns.view(), qa::level::interval, {}, nullptr).value);
}

BENCHMARK(table_of_distinct_values)->Unit(benchmark::kMillisecond);
BENCHMARK(interval_alpha)->Unit(benchmark::kMillisecond);

} // namespace
