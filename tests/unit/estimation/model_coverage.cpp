// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation.hpp>

#include "random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

/// How often intervals with the help of a model hold the mean that people would have given all conversations,
/// and how wide they are. With 500 runs a coverage of 95 % shows up within 92.1 % to 97.9 %; the long run
/// (QASCORE_LONG) draws 4,000 samples and asks for 94 % to 96 %.
namespace qa = qascore;
using qascore::test::normal;

namespace {

struct call {
  int queue, agent;
  double people, model, resolved;
  double probability = 0, population = 0;
};

/// 600, 300 and 100 conversations. The model is too kind by .05 and shrinks; in the third queue it is poor.
std::vector<call> centre() {
  std::mt19937_64 engine(20260101);
  std::vector<call> out;
  const std::size_t sizes[] = {600, 300, 100};
  const double noise[] = {0.05, 0.08, 0.3};
  double habit = 0;
  for (int h = 0; h < 3; ++h)
    for (std::size_t i = 0; i < sizes[h]; ++i) {
      call c{};
      c.queue = h;
      c.agent = 100 * h + static_cast<int>(i / 10);
      if (i % 10 == 0)
        habit = 0.06 * normal(engine);
      c.people = std::clamp(0.75 - 0.1 * h + habit + 0.12 * normal(engine), 0.0, 1.0);
      c.model = 0.25 + 0.7 * c.people + noise[h] * normal(engine);
      c.resolved = c.people + 0.1 * normal(engine) > 0.6 ? 1.0 : 0.0;
      c.population = static_cast<double>(sizes[h]);
      out.push_back(c);
    }
  return out;
}

const std::vector<call>& calls() {
  static const std::vector<call> all = centre();
  return all;
}

std::vector<call> drawn(const int (&size)[3], std::mt19937_64& engine) {
  std::vector<call> out;
  for (int h = 0; h < 3; ++h) {
    std::vector<call> pool;
    std::copy_if(calls().begin(), calls().end(), std::back_inserter(pool),
                 [&](const call& c) { return c.queue == h; });
    for (std::size_t k = 0; k < static_cast<std::size_t>(size[h]); ++k) {
      std::swap(pool[k], pool[k + engine() % (pool.size() - k)]);
      out.push_back(pool[k]);
      out.back().probability = size[h] / out.back().population;
    }
  }
  return out;
}

auto design_of(const std::vector<call>& sample) {
  return qa::design_builder(sample)
      .stratum(&call::queue)
      .probability(&call::probability)
      .population(&call::population)
      .build();
}

template <class Value>
double mean_of(const Value& value) {
  double sum = 0;
  for (const call& c : calls())
    sum += std::invoke(value, c);
  return sum / static_cast<double>(calls().size());
}

/// Mean width of the model-assisted interval over that of people alone.
template <class Interval>
double check_coverage(double truth, const Interval& interval) {
  const bool longer = std::getenv("QASCORE_LONG") != nullptr;
  const int runs = longer ? 4000 : 500;
  std::mt19937_64 engine(7);
  int held = 0;
  double width = 0, alone = 0;
  for (int run = 0; run < runs; ++run) {
    const auto e = interval(engine);
    REQUIRE(e.undefined == "");
    held += e.low <= truth && truth <= e.high;
    width += e.high - e.low;
    alone += e.people.high - e.people.low;
  }
  const double coverage = static_cast<double>(held) / runs;
  MESSAGE("coverage " << coverage << ", width " << width / alone << " of that with people alone");
  CHECK(coverage >= (longer ? 0.94 : 0.921));
  CHECK(coverage <= (longer ? 0.96 : 0.979));
  return width / alone;
}

const qa::model_population& known() {
  static const qa::model_population all(calls(), &call::model, &call::queue);
  return all;
}

} // namespace

TEST_CASE("with one lambda the interval holds the mean and is narrower than with people alone") {
  const double width = check_coverage(mean_of(&call::people), [](auto& engine) {
    const auto sample = drawn({30, 20, 10}, engine);
    return qa::model_assisted_mean(design_of(sample), sample, &call::people, &call::model, known());
  });
  CHECK(width < 0.8);
}

TEST_CASE("with a lambda per stratum it holds too, and a stratum where the model is poor costs nothing") {
  const double width = check_coverage(mean_of(&call::people), [](auto& engine) {
    const auto sample = drawn({40, 30, 20}, engine);
    return qa::model_assisted_mean(design_of(sample), sample, &call::people, &call::model, known(),
                                   {.tuning = qa::model_tuning::stratum});
  });
  CHECK(width < 0.7);
}

TEST_CASE("with a third of the population scored the finite population is respected") {
  check_coverage(mean_of(&call::people), [](auto& engine) {
    const auto sample = drawn({200, 100, 40}, engine);
    return qa::model_assisted_mean(design_of(sample), sample, &call::people, &call::model, known());
  });
}

TEST_CASE("with agents drawn whole, the interval holds the mean") {
  const double width = check_coverage(mean_of(&call::people), [](auto& engine) {
    // 18 of the 60 agents of the first queue, 12 of 30, 5 of 10.
    std::vector<call> sample;
    const int agents[] = {60, 30, 10}, size[] = {18, 12, 5};
    for (int h = 0; h < 3; ++h) {
      std::vector<int> pool;
      for (int a = 0; a < agents[h]; ++a)
        pool.push_back(100 * h + a);
      for (std::size_t k = 0; k < static_cast<std::size_t>(size[h]); ++k) {
        std::swap(pool[k], pool[k + engine() % (pool.size() - k)]);
        for (call c : calls())
          if (c.agent == pool[k]) {
            c.population = agents[h];
            c.probability = static_cast<double>(size[h]) / agents[h];
            sample.push_back(c);
          }
      }
    }
    const auto design = qa::design_builder(sample)
                            .stratum(&call::queue)
                            .cluster(&call::agent)
                            .probability(&call::probability)
                            .population(&call::population)
                            .build({.clusters_whole = true});
    return qa::model_assisted_mean(design, sample, &call::people, &call::model, known());
  });
  CHECK(width < 0.9);
}

TEST_CASE("the interval of a proportion holds the share") {
  check_coverage(mean_of(&call::resolved), [](auto& engine) {
    const auto sample = drawn({60, 40, 20}, engine);
    return qa::model_assisted_proportion(design_of(sample), sample, &call::resolved, &call::model, known());
  });
}

TEST_CASE("the published interval holds the mean of the process") {
  struct both {
    double people, model;
  };
  struct published : qa::ppi_estimate {
    qa::estimate people;
  };
  check_coverage(0.0, [](auto& engine) {
    std::vector<both> labelled(100), others(400);
    for (auto* rows : {&labelled, &others})
      for (both& r : *rows) {
        r.people = normal(engine);
        r.model = 0.3 + 0.8 * r.people + 0.5 * normal(engine);
      }
    published out{qa::ppi_mean(labelled, &both::people, &both::model, others, &both::model), {}};
    out.people = qa::mean(qa::sample_design::independent(labelled.size()), labelled, &both::people);
    return out;
  });
}
