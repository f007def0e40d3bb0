// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Krippendorff's alpha with its interval: 100 k units x 4 raters, 5 categories, 20 % missing.
#include <qascore/kernel/krippendorff.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <vector>

namespace qa = qascore;

namespace {

void alpha(benchmark::State& state, qa::level of) {
  std::mt19937_64 engine(2);
  std::vector<double> matrix;
  for (std::size_t unit = 0; unit < 100'000; ++unit) {
    const auto truth = static_cast<double>(engine() % 5);
    for (int rater = 0; rater < 4; ++rater) {
      const double shift = static_cast<double>(engine() % 3) - 1.0;
      matrix.push_back(engine() % 5 == 0 ? std::nan("") : std::min(4.0, std::max(0.0, truth + shift)));
    }
  }
  const auto ratings = qa::kernel::columns_of(matrix, 4, {});
  for (auto _ : state)
    benchmark::DoNotOptimize(qa::kernel::krippendorff_alpha(ratings.view(), of, {}, nullptr).value);
}

BENCHMARK_CAPTURE(alpha, nominal, qa::level::nominal)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(alpha, ordinal, qa::level::ordinal)->Unit(benchmark::kMicrosecond);

} // namespace
