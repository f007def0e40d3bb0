// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "coordinate.hpp"
#include "draw.hpp"
#include "draw_pps.hpp"
#include "plan_content.hpp"
#include "sampling_plan.hpp"
#include "targeted.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The sample again that a plan's recorded draw describes: for an audit, or where the sample was lost.
namespace qascore {

/// What a recorded draw went by besides ids and strata, one value per conversation: the columns that the record names;
/// others are passed over.
struct redraw_columns {
  std::span<const double> size_measure{};
  std::span<const std::uint32_t> order_by{}; ///< ranks: equal values have equal ones, and go by id
  std::span<const double> random_numbers{};  ///< from 0 to 1
  std::vector<std::pair<std::string, std::vector<bool>>> flags{}; ///< of each targeted part, by its name
};

namespace detail_redraw {

/// The column, if the record names one. Refuses one that is not there.
template <class T>
std::span<const T> column_of(const char* argument, const std::string& recorded, std::span<const T> given,
                             std::size_t rows) {
  if (recorded.empty())
    return {};
  if (given.size() != rows)
    throw argument_error(std::string(argument) + ": the recorded draw went by the column " +
                         detail::quoted(recorded) + "; expected its " + std::to_string(rows) +
                         " values but found " + std::to_string(given.size()));
  return given;
}

std::vector<target> targets_of(const plan_draw& record, const redraw_columns& columns);

inline pps_method method_of(draw_method method) {
  switch (method) {
  case draw_method::pareto:
    return pps_method::pareto;
  case draw_method::successive:
    return pps_method::successive;
  case draw_method::poisson:
    return pps_method::poisson;
  case draw_method::systematic:
    return pps_method::systematic;
  case draw_method::simple: // by numbers that are given: the smallest
  case draw_method::sequential_poisson:
    break;
  }
  return pps_method::sequential_poisson;
}

/// Refuses records of draws that there cannot have been.
void check_together(const plan_draw& record);

/// A record of a draw, of these very conversations.
const plan_draw& record_of(const sampling_plan& plan, id_kind found);

} // namespace detail_redraw

/// The rows that the recorded draw took, ascending, with the chances they had, for ids as a column (draw_rows) and the
/// place of each row's stratum in the plan (match_strata). Earlier samples that it avoided or kept are drawn again
/// first, from their own plans in the record, which must have the same strata; targets and sizes of earlier draws
/// are taken from `columns` by the same names.
///
/// Throws argument_error where no draw is recorded or a column that it went by is missing; data_error for another kind of
/// id, design_error for other conversations, as draw does, and for records of what cannot be drawn.
template <class Ids>
drawn_rows redraw_rows(const Ids& ids, std::span<const std::uint32_t> stratum, const sampling_plan& plan,
                       const redraw_columns& columns = {}) {
  const plan_draw& record = detail_redraw::record_of(plan, detail_content::kind_of<Ids>());
  const auto size =
      detail_redraw::column_of("size_measure", record.size_measure, columns.size_measure, ids.size());
  const auto rank = detail_redraw::column_of("order_by", record.order_by, columns.order_by, ids.size());
  const auto numbers =
      detail_redraw::column_of("random_numbers", record.random_numbers, columns.random_numbers, ids.size());
  const std::vector<target> targets = detail_redraw::targets_of(record, columns);
  check_content(ids, stratum, plan);
  check_unique(ids);
  const kernel::rotation turn{record.from, record.down};
  // What a simple random part leaves out stands in its plan; what it cannot reach, targets may.
  const zero_chance excluded = record.without_chance > 0 ? zero_chance::exclude : zero_chance::error;
  const zero_chance without =
      record.method == draw_method::simple || !targets.empty() ? zero_chance::exclude : excluded;
  drawn_rows out;
  if (record.method == draw_method::systematic) {
    out = draw_systematic_rows(ids, stratum, plan, size, rank, record.start, without);
  } else if (record.method != draw_method::simple || !record.random_numbers.empty()) {
    const std::vector<double> uniform = record.random_numbers.empty()
                                            ? uniform_numbers(ids, record.start, turn)
                                            : turned_numbers(numbers, turn);
    out =
        draw_by_numbers(ids, uniform, stratum, plan, size, detail_redraw::method_of(record.method), without);
  } else {
    coordinated_strata strata{{stratum.begin(), stratum.end()}, sample_sizes(plan)};
    if (record.earlier) {
      const sampling_plan before = sampling_plan::from_json(record.earlier->plan, "earlier plan");
      if (before.columns() != plan.columns() || before.strata().size() != plan.strata().size() ||
          !std::ranges::equal(before.strata(), plan.strata(), {}, &planned_stratum::labels,
                              &planned_stratum::labels))
        throw design_error("plan: the earlier sample of its draw has strata of its own; redraw that one "
                           "by itself, then draw with coordinate()");
      const drawn_rows earlier = redraw_rows(ids, stratum, before, columns);
      const plan_draw& how = *before.recorded_draw();
      const bool by_chance = how.method == draw_method::poisson || !how.targets.empty();
      strata = coordinate(std::move(strata.stratum), plan, earlier.rows, earlier.inclusion_probability,
                          record.earlier->how, by_chance ? earlier_size::by_chance : earlier_size::fixed);
    }
    out.rows = draw_rows(ids, strata.stratum, strata.sample, record.start, {.turn = turn});
    for (const std::uint64_t row : out.rows)
      out.inclusion_probability.push_back(plan.strata()[stratum[row]].inclusion_probability());
  }
  if (targets.empty())
    return out;
  return add_targets(ids, out.rows, inclusion_probabilities(stratum, plan, size), targets, record.start,
                     excluded)
      .sample;
}

/// Draws the sample again that the plan's recorded draw describes: `id` and `strata` as given to draw.
template <row_range Rows, class Id, class Strata>
std::vector<drawn_unit> redraw(const Rows& conversations, const Id& id, const Strata& strata,
                               const sampling_plan& plan, const redraw_columns& columns = {}) {
  const std::vector<std::uint32_t> stratum =
      match_strata(stratify(conversations, strata, {}, missing_stratum::own), plan);
  const drawn_rows drawn = detail_draw::with_ids(
      conversations, id, [&](const auto& ids) { return redraw_rows(ids, stratum, plan, columns); });
  std::vector<drawn_unit> out;
  for (std::size_t i = 0; i < drawn.rows.size(); ++i)
    out.push_back({static_cast<std::size_t>(drawn.rows[i]), drawn.inclusion_probability[i]});
  return out;
}

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/redraw.ipp"
#endif
