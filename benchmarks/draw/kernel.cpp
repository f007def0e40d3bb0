// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Stratified draw: 10 M rows, 24 strata of unequal size, 12 %.
#include <qascore/kernel/selection.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace qa = qascore;

namespace {

struct frame {
  std::vector<std::int64_t> ids;
  std::vector<std::uint32_t> stratum;
  std::vector<std::uint64_t> population, sample;
};

frame make(std::size_t rows, std::uint32_t strata, double rate, bool ascending) {
  std::mt19937_64 engine(1);
  frame out;
  out.ids.resize(rows);
  std::iota(out.ids.begin(), out.ids.end(), std::int64_t{0});
  if (!ascending)
    std::ranges::shuffle(out.ids, engine);
  std::vector<std::uint32_t> deck; // stratum h has share proportional to h + 1
  for (std::uint32_t h = 0; h < strata; ++h)
    deck.insert(deck.end(), h + 1, h);
  out.stratum.reserve(rows);
  for (std::size_t i = 0; i < rows; ++i)
    out.stratum.push_back(deck[engine() % deck.size()]);
  out.population = qa::kernel::count_strata(out.stratum, strata).rows;
  for (const std::uint64_t n : out.population)
    out.sample.push_back(static_cast<std::uint64_t>(rate * static_cast<double>(n)));
  return out;
}

void draw(benchmark::State& state, bool ascending) {
  const frame data = make(10'000'000, 24, 0.12, ascending);
  for (auto _ : state) {
    const auto drawn = qa::kernel::select_smallest(
        data.ids, {.stratum = data.stratum, .population = data.population, .sample = data.sample, .start = qa::seed{1}});
    benchmark::DoNotOptimize(drawn.rows.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(data.ids.size()));
}

BENCHMARK_CAPTURE(draw, ids_ascending, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(draw, ids_in_any_order, false)->Unit(benchmark::kMillisecond);

} // namespace
