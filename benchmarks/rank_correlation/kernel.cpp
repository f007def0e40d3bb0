// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Spearman's and Kendall's correlations with their intervals: 1 M pairs, one side with 5 levels.
#include <qascore/kernel/correlation.hpp>

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

namespace qa = qascore;

namespace {

void rank_correlation(benchmark::State& state, qa::correlation_method method) {
  std::mt19937_64 engine(5);
  std::uniform_real_distribution<double> uniform;
  std::vector<double> score, csat;
  for (std::size_t i = 0; i < 1'000'000; ++i) {
    score.push_back(uniform(engine));
    csat.push_back(static_cast<double>(1 + static_cast<int>(2.5 * score.back() + 2.5 * uniform(engine))));
  }
  const auto design = qa::independent_units(score.size());
  for (auto _ : state)
    benchmark::DoNotOptimize(qa::kernel::correlate(design, score, csat, method, {}).value);
}

BENCHMARK_CAPTURE(rank_correlation, spearman, qa::correlation_method::spearman)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(rank_correlation, kendall, qa::correlation_method::kendall)->Unit(benchmark::kMillisecond);

} // namespace
