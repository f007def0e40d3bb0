// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Quadratic kappa with its interval: 1 M pairs, 5 categories.
#include <qascore/kernel/agreement.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

namespace qa = qascore;

namespace {

void quadratic_kappa(benchmark::State& state) {
  std::mt19937_64 engine(4);
  std::vector<double> matrix;
  for (std::size_t pair = 0; pair < 1'000'000; ++pair) {
    const auto first = static_cast<double>(engine() % 5);
    matrix.push_back(first);
    matrix.push_back(std::clamp(first + static_cast<double>(engine() % 3) - 1.0, 0.0, 4.0));
  }
  const auto ratings = qa::kernel::columns_of(matrix, 2, {});
  std::vector<double> weights; // quadratic: 1 - (k - l)^2 / (q - 1)^2
  for (int k = 0; k < 5; ++k)
    for (int l = 0; l < 5; ++l)
      weights.push_back(1.0 - (k - l) * (k - l) / 16.0);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        qa::kernel::agreement(ratings.view(), weights, qa::agreement_coefficient::cohen_kappa, {}, nullptr).value);
}

BENCHMARK(quadratic_kappa)->Unit(benchmark::kMillisecond);

} // namespace
