// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/sampling/allocation.hpp>
#include <qascore/sampling/redraw.hpp>

#include "message.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qa = qascore;
using qascore::test::message;

namespace {

struct call {
  std::int64_t id;
  std::string queue;
  double minutes, u;
  bool escalated;
};

/// Columns of 600 conversations, of which 200 chats.
struct centre {
  std::vector<call> calls;
  std::vector<std::int64_t> ids;
  std::vector<double> minutes, uniform;
  std::vector<std::uint32_t> rank;
  std::vector<bool> escalated;
  qa::sampling_plan plan, small;
  std::vector<std::uint32_t> stratum;

  centre() : calls(make()), plan(planned(60)), small(planned(25)), stratum(codes()) {
    for (const call& c : calls) {
      ids.push_back(c.id);
      minutes.push_back(c.minutes);
      uniform.push_back(c.u);
      rank.push_back(static_cast<std::uint32_t>(c.id * 37 % 50));
      escalated.push_back(c.escalated);
    }
  }
  static std::vector<call> make() {
    std::vector<call> out;
    for (int i = 0; i < 600; ++i)
      out.push_back({9000 - 3 * i, i % 3 == 0 ? "chat" : "phone", 1.0 + i * 7 % 29,
                     static_cast<double>(i * 389 % 600) / 600.0, i % 20 == 0});
    return out;
  }
  qa::sampling_plan planned(std::uint64_t size) const {
    return qa::allocate(calls, &call::queue, {.size = size});
  }
  std::vector<std::uint32_t> codes() const {
    return qa::match_strata(qa::stratify(calls, &call::queue, {}, qa::missing_stratum::own), plan);
  }
  std::span<const std::int64_t> column() const { return ids; }
  qa::redraw_columns columns() const { return {minutes, rank, uniform, {{"escalated", escalated}}}; }
  std::vector<double> chances(const qa::sampling_plan& of, const std::vector<std::uint64_t>& rows) const {
    std::vector<double> out;
    for (const auto row : rows)
      out.push_back(of.strata()[stratum[row]].inclusion_probability());
    return out;
  }
};

/// The record as it comes back from a file.
qa::sampling_plan recorded(const qa::sampling_plan& plan, const qa::plan_draw& how) {
  return qa::sampling_plan::from_json(qa::to_json(plan.with_draw(how)));
}

qa::plan_draw with_seed(std::uint64_t number, qa::draw_method method = qa::draw_method::simple) {
  qa::plan_draw out{.start = qa::seed{number}, .id = qa::id_kind::integer};
  out.method = method;
  return out;
}

void check_same(const qa::drawn_rows& again, const qa::drawn_rows& drawn) {
  CHECK(again.rows == drawn.rows);
  CHECK(again.inclusion_probability == drawn.inclusion_probability);
}

} // namespace

TEST_CASE("a simple draw is drawn again from its record, from the caller's structs in any order") {
  const centre c;
  auto how = with_seed(11);
  how.from = 0.25;
  how.down = true;
  const auto drawn = qa::draw(c.calls, &call::id, &call::queue, c.plan, qa::seed{11},
                              {.turn = qa::kernel::rotation{0.25, true}});
  const auto record = recorded(c.plan, how);
  CHECK(qa::redraw(c.calls, &call::id, &call::queue, record) == drawn);
  CHECK(qa::draw(c.calls, &call::id, &call::queue, c.plan, qa::seed{11}) != drawn); // the turn counts
  auto mixed = c.calls;
  std::ranges::reverse(mixed);
  std::vector<std::int64_t> first, second;
  for (const auto& unit : drawn)
    first.push_back(c.calls[unit.row].id);
  for (const auto& unit : qa::redraw(mixed, &call::id, &call::queue, record))
    second.push_back(mixed[unit.row].id);
  std::ranges::sort(first);
  std::ranges::sort(second);
  CHECK(first == second);
}

TEST_CASE("draws in proportion to size are drawn again") {
  const centre c;
  const std::vector<std::pair<qa::draw_method, qa::pps_method>> methods{
      {qa::draw_method::pareto, qa::pps_method::pareto},
      {qa::draw_method::sequential_poisson, qa::pps_method::sequential_poisson},
      {qa::draw_method::successive, qa::pps_method::successive},
      {qa::draw_method::poisson, qa::pps_method::poisson},
      {qa::draw_method::systematic, qa::pps_method::systematic}};
  for (const auto& [name, method] : methods) {
    auto how = with_seed(5, name);
    how.size_measure = "minutes";
    if (name != qa::draw_method::systematic)
      how.from = 0.4;
    const auto drawn = qa::draw_pps_rows(c.column(), c.stratum, c.plan, c.minutes, qa::seed{5},
                                         {.method = method, .turn = qa::kernel::rotation{how.from}});
    check_same(qa::redraw_rows(c.column(), c.stratum, recorded(c.plan, how), c.columns()), drawn);
  }
}

TEST_CASE("a draw along a list, and one by numbers that conversations have, are drawn again") {
  const centre c;
  auto list = with_seed(8, qa::draw_method::systematic);
  list.order_by = "begin";
  check_same(qa::redraw_rows(c.column(), c.stratum, recorded(c.plan, list), c.columns()),
             qa::draw_systematic_rows(c.column(), c.stratum, c.plan, {}, c.rank, qa::seed{8}));
  auto numbers = with_seed(0);
  numbers.random_numbers = "u";
  numbers.from = 0.3;
  check_same(qa::redraw_rows(c.column(), c.stratum, recorded(c.plan, numbers), c.columns()),
             qa::draw_by_numbers(c.column(), qa::turned_numbers(c.uniform, qa::kernel::rotation{0.3}),
                                 c.stratum, c.plan, {}, qa::pps_method::sequential_poisson));
}

TEST_CASE("targeted parts are drawn again with the chances of the whole") {
  const centre c;
  const auto random = qa::draw_rows(c.column(), c.stratum, qa::sample_sizes(c.plan), qa::seed{3});
  for (const bool by_rate : {true, false}) {
    qa::target part{"escalated", c.escalated, {}, {}};
    if (by_rate)
      part.rate = 0.5;
    else
      part.count = 9;
    const auto drawn = qa::add_targets(c.column(), random, qa::inclusion_probabilities(c.stratum, c.plan),
                                       std::span(&part, 1), qa::seed{3});
    auto how = with_seed(3);
    how.targets = {{part.name, part.rate, part.count}};
    check_same(qa::redraw_rows(c.column(), c.stratum, recorded(c.plan, how), c.columns()), drawn.sample);
    CHECK(drawn.sample.rows.size() > random.size());
  }
}

TEST_CASE("earlier samples are drawn again from their own records, as many as there are") {
  const centre c;
  auto first = with_seed(3);
  first.from = 0.6;
  const auto before = qa::redraw_rows(c.column(), c.stratum, recorded(c.small, first)).rows;
  for (const auto kind : {qa::coordination::avoid, qa::coordination::keep}) {
    const auto split = qa::coordinate(c.stratum, c.plan, before, c.chances(c.small, before), kind);
    const auto drawn = qa::draw_rows(c.column(), split.stratum, split.sample, qa::seed{11});
    auto how = with_seed(11);
    how.earlier = qa::plan_earlier{kind, qa::to_json(c.small.with_draw(first))};
    const auto record = recorded(c.plan, how);
    CHECK(qa::redraw_rows(c.column(), c.stratum, record).rows == drawn);
    std::vector<std::uint64_t> common;
    std::ranges::set_intersection(before, drawn, std::back_inserter(common));
    CHECK(common.size() == (kind == qa::coordination::keep ? before.size() : 0));
    // A third one that keeps the second.
    const auto again =
        qa::coordinate(c.stratum, c.plan, drawn, c.chances(c.plan, drawn), qa::coordination::keep);
    auto third = with_seed(12);
    third.earlier = qa::plan_earlier{qa::coordination::keep, qa::to_json(record)};
    CHECK(qa::redraw_rows(c.column(), c.stratum, recorded(c.plan, third)).rows ==
          qa::draw_rows(c.column(), again.stratum, again.sample, qa::seed{12}));
  }
}

TEST_CASE("a record that these conversations cannot follow is refused") {
  const centre c;
  CHECK(message([&] { qa::redraw_rows(c.column(), c.stratum, c.plan); }) ==
        "plan: no draw is recorded in it; plan.with_draw(...) records one");
  auto text = with_seed(1);
  text.id = qa::id_kind::text;
  CHECK(message([&] { qa::redraw_rows(c.column(), c.stratum, c.plan.with_draw(text)); }) ==
        "id: the recorded draw went by ids that are text but found whole numbers; 7 and \"7\" are different "
        "ids");
  auto sized = with_seed(1, qa::draw_method::pareto);
  sized.size_measure = "minutes";
  CHECK(
      message([&] { qa::redraw_rows(c.column(), c.stratum, c.plan.with_draw(sized)); }) ==
      "size_measure: the recorded draw went by the column \"minutes\"; expected its 600 values but found 0");
  auto flagged = with_seed(1);
  flagged.targets = {{"vip", 0.5, {}}};
  CHECK(message([&] { qa::redraw_rows(c.column(), c.stratum, c.plan.with_draw(flagged), c.columns()); }) ==
        "flags: the recorded draw has the targeted part \"vip\"; expected the flags of that name");
  auto both = flagged;
  both.targets = {{"escalated", 0.5, {}}};
  both.earlier = qa::plan_earlier{qa::coordination::avoid, qa::to_json(c.small.with_draw(with_seed(1)))};
  CHECK(message([&] { qa::redraw_rows(c.column(), c.stratum, c.plan.with_draw(both), c.columns()); }) ==
        "plan: its recorded draw is none that could have been: targeted parts would draw from the avoided "
        "conversations again");
  auto numbered = sized;
  numbered.method = qa::draw_method::simple;
  CHECK(message([&] { qa::redraw_rows(c.column(), c.stratum, c.plan.with_draw(numbered), c.columns()); }) ==
        "plan: its recorded draw is none that could have been: a simple one has no size_measure");
  sized.size_measure.clear();
  CHECK(message([&] { qa::redraw_rows(c.column(), c.stratum, c.plan.with_draw(sized), c.columns()); }) ==
        "plan: its recorded draw is none that could have been: its method needs a size_measure");
  const auto other = qa::allocate(c.calls, &call::escalated, {.size = 30});
  auto how = with_seed(2);
  how.earlier = qa::plan_earlier{qa::coordination::avoid, qa::to_json(other.with_draw(with_seed(1)))};
  CHECK_THROWS_AS(qa::redraw_rows(c.column(), c.stratum, c.plan.with_draw(how)), qa::design_error);
  auto changed = c.calls;
  changed.front().id = 1;
  const auto content = qa::record_content(c.plan, c.calls, &call::id, &call::queue).with_draw(with_seed(1));
  CHECK(qa::redraw(c.calls, &call::id, &call::queue, content).size() == 60);
  CHECK_THROWS_AS(qa::redraw(changed, &call::id, &call::queue, content), qa::design_error);
}
