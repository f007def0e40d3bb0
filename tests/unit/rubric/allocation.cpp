// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// What scoring takes from the heap: nothing per evaluation, and next to nothing per batch. This program counts every
// `new`, here.
#include "forms.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

using namespace qascore;
using qascore::test::form;

namespace {

std::atomic<std::size_t> allocations = 0, allocated_bytes = 0;

void* counted(std::size_t size) {
  ++allocations;
  allocated_bytes += size;
  if (void* const place = std::malloc(size == 0 ? 1 : size))
    return place;
  throw std::bad_alloc();
}

/// What happened since it was made.
struct heap_use {
  std::size_t calls_before = allocations, bytes_before = allocated_bytes;
  std::size_t calls() const { return allocations - calls_before; }
  std::size_t bytes() const { return allocated_bytes - bytes_before; }
};

/// Everything that a form may hold: conditions, rules of all scopes and effects, ranges, hits, several options, text.
rubric full_form() {
  return form("{method: weighted, weights: section, cap: [0, 1], round: {digits: 4}}", R"([
  {id: opening, weight: 20, criteria: [
    {id: greeting, dimension: [process], answer: yes_no, fail: [{when: {chosen: "no"}, scope: section, effect: zero}]},
    {id: identity, weight: 3, critical: true, not_applicable: true, dimension: [compliance],
     answer: {options: [{id: full, points: 10}, {id: part, points: 4}, {id: none, points: 0}]},
     fail: [{when: {chosen: none}, scope: form, effect: {cap: 0.5}}, {when: below_highest, scope: criterion, effect: zero}]}]},
  {id: handling, weight: 80, fail: [{when: {below: 0.3}, scope: form, effect: verdict}], criteria: [
    {id: interruptions, dimension: [attitude], answer: {number: {ranges: [{to: 0, points: 10}, {to: 4, points: 5}, {points: 0}]}}},
    {id: wrong, weight: 2, answer: {hits: {points: -5, limit: -15}}, fail: [{when: {hits: 2}, scope: form, effect: zero}]},
    {id: helped, answer: {options: [{id: x, points: 1}, {id: y, points: 2}], several: true}},
    {id: soothing, answer: {scale: {min: 1, max: 5}},
     ask_when: {any: [{criterion: greeting, is: "no"}, {field: service_type, is: [complaint]}]}},
    {id: remarks, answer: text}]}])",
              "bands: [{id: good, from: 0.8}, {id: poor, from: 0}]\npass_from: 0.8\n");
}

std::vector<std::vector<std::uint8_t>> random_evaluations(const rubric& r, std::size_t count) {
  std::mt19937 bits(3);
  std::vector<std::vector<std::uint8_t>> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back({});
    for (const auto& one : r.criteria())
      out.back().push_back(
          one.definition().not_applicable && bits() % 5 == 0
              ? kernel::not_applicable_code
              : static_cast<std::uint8_t>(bits() % std::max<std::size_t>(one.points().size(), 1)));
    for (std::size_t field = 0; field < r.fields().size(); ++field)
      out.back().push_back(static_cast<std::uint8_t>(bits() % 2));
  }
  return out;
}

} // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void operator delete(void* place) noexcept {
  std::free(place);
}
void operator delete[](void* place) noexcept {
  std::free(place);
}
void operator delete(void* place, std::size_t) noexcept {
  std::free(place);
}
void operator delete[](void* place, std::size_t) noexcept {
  std::free(place);
}

TEST_CASE("a scorer allocates nothing after the first evaluation, whatever rules fire") {
  const rubric r = full_form();
  const auto evaluations = random_evaluations(r, 500);
  scorer one(r, {.when_unasked = unasked::ignore});
  one(evaluations.front());
  std::size_t fired = 0, not_asked = 0;
  const heap_use use;
  for (const auto& codes : evaluations) {
    const auto& result = one(codes);
    fired += result.fail_rules.size();
    for (const auto& criterion : result.criteria)
      not_asked += criterion.state == criterion_state::not_asked ? 1u : 0u;
  }
  CHECK(use.calls() == 0);
  CHECK(fired > 500);
  CHECK(not_asked > 50);
}

TEST_CASE("the kernel of one evaluation allocates at first use only") {
  const rubric r = full_form();
  const auto evaluations = random_evaluations(r, 100);
  kernel::scoring_work work;
  kernel::score_one(r.plan(), evaluations.front(), work);
  const heap_use use;
  for (const auto& codes : evaluations)
    kernel::score_one(r.plan(), codes, work);
  CHECK(use.calls() == 0);
}

TEST_CASE("a batch takes less than 1 MB beside its outputs, however long it is") {
  const rubric r = full_form();
  for (const std::size_t rows : {1000u, 300'000u}) {
    const auto some = random_evaluations(r, 1000);
    std::vector<std::vector<std::uint8_t>> columns(r.plan().inputs, std::vector<std::uint8_t>(rows));
    for (std::size_t c = 0; c < columns.size(); ++c)
      for (std::size_t row = 0; row < rows; ++row)
        columns[c][row] = some[row % 1000][c];
    const std::vector<std::span<const std::uint8_t>> view(columns.begin(), columns.end());
    std::vector<double> score(rows), before(rows);
    std::vector<std::uint8_t> flags(rows);
    for (const unsigned threads : {1u, 4u}) {
      const heap_use use;
      kernel::score_many(r.plan(), view, {score, before, flags}, threads);
      CHECK(use.bytes() < 1'000'000);
    }
    CHECK(score[0] == score[rows - 1000]);
  }
}
