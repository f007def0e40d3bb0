// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Scoring: 1 M evaluations x 30 criteria in 5 sections, with not applicable and a fail rule; beside merely reading the
// same bytes, and beside one evaluation at a time.
#include <qascore/kernel/scoring_many.hpp>
#include <qascore/rubric.hpp>

#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

namespace qa = qascore;

namespace {

/// 30 criteria in 5 sections of weights 1 .. 5; yes/no with weights 1 .. 3, all may be not applicable; a fatal one.
qa::rubric form() {
  qa::rubric_definition definition;
  definition.id = "benchmark";
  definition.version = "1";
  definition.method = qa::scoring_method::weighted;
  definition.weights = qa::weights_of::section;
  for (int s = 0; s < 5; ++s) {
    qa::section_definition section;
    section.id = "s" + std::to_string(s);
    section.weight = s + 1;
    for (int c = 0; c < 6; ++c) {
      qa::criterion_definition criterion;
      criterion.id = section.id + "c" + std::to_string(c);
      criterion.weight = 1 + c % 3;
      criterion.answer = qa::yes_no_answer{};
      criterion.not_applicable = true;
      section.criteria.push_back(criterion);
    }
    definition.sections.push_back(section);
  }
  definition.sections[0].criteria[0].fail = {
      {.when = qa::when_below_highest{}, .scope = qa::fail_scope::form, .effect = qa::fail_effect::zero, .cap = 0.0}};
  return qa::rubric(definition);
}

struct answers {
  explicit answers(std::size_t rows) : column(30, std::vector<std::uint8_t>(rows)) {
    std::mt19937_64 engine(6);
    for (auto& codes : column)
      for (auto& code : codes) {
        const auto draw = engine() % 20;
        code = draw < 2 ? qa::kernel::not_applicable_code : static_cast<std::uint8_t>(draw < 5);
      }
    view.assign(column.begin(), column.end());
  }
  std::vector<std::vector<std::uint8_t>> column;
  std::vector<std::span<const std::uint8_t>> view;
};

void score_many(benchmark::State& state) {
  constexpr std::size_t rows = 1'000'000;
  const qa::rubric rubric = form();
  const answers given(rows);
  std::vector<double> score(rows), before(rows);
  std::vector<std::uint8_t> flags(rows);
  for (auto _ : state) {
    qa::kernel::score_many(rubric.plan(), given.view, {score, before, flags}, 1);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows * 30));
}

void read_the_bytes(benchmark::State& state) {
  const answers given(1'000'000);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const auto& column : given.column)
      for (const std::uint8_t code : column)
        sum += code;
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(state.iterations() * 30'000'000);
}

/// The same form, with what real ones have beside: a condition on every third criterion, rules of every scope.
qa::rubric full_form() {
  qa::rubric_definition definition = form().definition();
  for (auto& section : definition.sections) {
    section.fail = {{.when = qa::when_below{0.2},
                     .scope = qa::fail_scope::form,
                     .effect = qa::fail_effect::verdict,
                     .cap = 0.0}};
    for (std::size_t c = 0; c < section.criteria.size(); ++c) {
      auto& criterion = section.criteria[c];
      if (c % 3 == 2)
        criterion.ask_when = {.what = qa::condition_kind::answer,
                              .parts = {},
                              .of = section.criteria[c - 1].id,
                              .match = qa::condition_match::is,
                              .values = {"yes"}};
      if (c == 1)
        criterion.fail = {{.when = qa::when_below_highest{},
                           .scope = qa::fail_scope::section,
                           .effect = qa::fail_effect::cap,
                           .cap = 0.5}};
    }
  }
  return qa::rubric(definition);
}

std::vector<std::vector<std::uint8_t>> evaluations(std::size_t rows) {
  const answers given(rows);
  std::vector<std::vector<std::uint8_t>> out(rows, std::vector<std::uint8_t>(30));
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t c = 0; c < 30; ++c)
      out[row][c] = given.column[c][row];
  return out;
}

void score_one(benchmark::State& state) {
  const qa::rubric rubric = form();
  const auto given = evaluations(1024);
  qa::kernel::scoring_work work;
  std::size_t row = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(qa::kernel::score_one(rubric.plan(), given[row++ % 1024], work).score);
}

/// The score alone, conditions and rules in the form.
void score_one_of_a_full_form(benchmark::State& state) {
  const qa::rubric rubric = full_form();
  const auto given = evaluations(1024);
  qa::kernel::scoring_work work;
  std::size_t row = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(qa::kernel::score_one(rubric.plan(), given[row++ % 1024], work).score);
}

/// The whole result: contributions that add up, sections, dimensions, the rules that fired.
void full_result_of_a_full_form(benchmark::State& state) {
  const auto given = evaluations(1024);
  qa::scorer one(full_form(), {.when_unasked = qa::unasked::ignore});
  std::size_t row = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(one(given[row++ % 1024]).score);
}

BENCHMARK(score_many)->Unit(benchmark::kMillisecond);
BENCHMARK(read_the_bytes)->Unit(benchmark::kMillisecond);
BENCHMARK(score_one)->Unit(benchmark::kNanosecond);
BENCHMARK(score_one_of_a_full_form)->Unit(benchmark::kNanosecond);
BENCHMARK(full_result_of_a_full_form)->Unit(benchmark::kNanosecond);

} // namespace
