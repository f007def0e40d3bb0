// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/allocation.hpp>
#include <qascore/sampling/draw.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace qa = qascore;

namespace {
struct call {
  std::string id, queue;
  long number = 0;
};

std::vector<call> calls() {
  std::vector<call> out;
  for (int i = 0; i < 40; ++i)
    out.push_back({"c-" + std::to_string(i), i % 4 == 0 ? "chat" : "phone", i});
  return out;
}
} // namespace

TEST_CASE("a plan that recorded its conversations is refused for others with the same counts") {
  const auto rows = calls();
  const auto plain = qa::allocate(rows, &call::queue, {.size = 8});
  const auto plan = qa::record_content(plain, rows, &call::id, &call::queue);
  REQUIRE(plan.recorded_content());
  CHECK(plan.recorded_content()->id == qa::id_kind::text);
  const auto draw = [](const std::vector<call>& from, const qa::sampling_plan& with) {
    return qa::draw(from, &call::id, &call::queue, with, qa::seed{1});
  };
  CHECK(draw(rows, plan) == draw(rows, plain));

  auto turned = rows;
  std::reverse(turned.begin(), turned.end());
  CHECK(draw(turned, plan).size() == 8); // the order of rows is no change
  auto renamed = rows;
  renamed[7].id = "c-70";
  CHECK(draw(renamed, plain).size() == 8); // not noticed by counts
  const char* const changed =
      "plan: it was made for other conversations: every stratum holds as many as it did, but "
      "some ids, or the strata of some, are others; allocate anew";
  CHECK_THROWS_WITH_AS(draw(renamed, plan), changed, qa::design_error);
  auto swapped = rows;
  std::swap(swapped[0].queue, swapped[1].queue);
  CHECK_THROWS_WITH_AS(draw(swapped, plan), changed, qa::design_error);
  CHECK_THROWS_WITH_AS(
      qa::draw(rows, &call::number, &call::queue, plan, qa::seed{1}),
      "plan: it was made for ids that are text but found whole numbers; 7 and \"7\" are different ids",
      qa::design_error);
  CHECK_THROWS_AS(draw(renamed, qa::sampling_plan::from_json(qa::to_json(plan))), qa::design_error);
}

TEST_CASE("contents of parts add up to that of the whole") {
  const std::vector<std::int64_t> ids{3, 1, 2, 7};
  const std::vector<std::uint32_t> stratum{0, 1, 0, 1};
  const auto of = [&](std::size_t from, std::size_t count) {
    return qa::content_of(std::span<const std::int64_t>(ids).subspan(from, count),
                          std::span<const std::uint32_t>(stratum).subspan(from, count))
        .hash;
  };
  CHECK(of(0, 4) == of(0, 1) + of(1, 3));
  CHECK(of(0, 4) != of(0, 3));
}
