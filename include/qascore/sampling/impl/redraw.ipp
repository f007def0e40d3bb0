// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../redraw.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

/// The sample again that a recorded draw describes.
namespace qascore {
namespace detail_redraw {

QASCORE_INLINE std::vector<target> targets_of(const plan_draw& record, const redraw_columns& columns) {
  std::vector<target> out;
  for (const plan_target& t : record.targets) {
    const auto at = std::ranges::find(columns.flags, t.name, [](const auto& flags) { return flags.first; });
    if (at == columns.flags.end())
      throw argument_error("flags: the recorded draw has the targeted part " + detail::quoted(t.name) +
                           "; expected the flags of that name");
    out.push_back({t.name, at->second, t.rate, t.count});
  }
  return out;
}

QASCORE_INLINE void check_together(const plan_draw& record) {
  const bool simple = record.method == draw_method::simple, list = record.method == draw_method::systematic,
             by_size = record.method == draw_method::pareto ||
                       record.method == draw_method::sequential_poisson ||
                       record.method == draw_method::successive,
             given = !record.random_numbers.empty();
  const auto refuse = [](const char* why) {
    throw design_error(std::string("plan: its recorded draw is none that could have been: ") + why);
  };
  if (simple && !record.size_measure.empty())
    refuse("a simple one has no size_measure");
  if (by_size && record.size_measure.empty())
    refuse("its method needs a size_measure");
  if (!list && !record.order_by.empty())
    refuse("only a systematic one has order_by");
  if (list && (given || record.from != 0.0 || record.down))
    refuse("a systematic one has a random start of its own");
  if (given && !record.targets.empty())
    refuse("targeted parts take their numbers from a seed, not from random_numbers");
  if (record.earlier && (!simple || given))
    refuse("only simple ones with a seed avoid or keep an earlier sample");
  if (record.earlier && record.id == id_kind::row)
    refuse("row numbers do not say which conversations an earlier sample had");
  if (record.earlier && record.earlier->how == coordination::avoid && !record.targets.empty())
    refuse("targeted parts would draw from the avoided conversations again");
}

QASCORE_INLINE const plan_draw& record_of(const sampling_plan& plan, id_kind found) {
  if (!plan.recorded_draw())
    throw argument_error("plan: no draw is recorded in it; plan.with_draw(...) records one");
  const plan_draw& record = *plan.recorded_draw();
  if (record.id != found)
    throw data_error("id: the recorded draw went by ids that are " + detail_content::name_of(record.id) +
                     " but found " + detail_content::name_of(found) + "; 7 and \"7\" are different ids");
  check_together(record);
  return record;
}

} // namespace detail_redraw
} // namespace qascore
