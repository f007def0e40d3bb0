// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/projection.hpp"
#include "../core/seed.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/random_number.hpp"
#include "../kernel/selection.hpp"
#include "plan_content.hpp"
#include "sampling_plan.hpp"
#include "strata.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace qascore {

/// One drawn conversation: `auto [row, probability]`.
struct drawn_unit {
  std::size_t row; ///< position in the conversations
  double
      inclusion_probability; ///< chance it had, a fraction above 0 up to 1; its design weight is the inverse
  friend bool operator==(const drawn_unit&, const drawn_unit&) noexcept = default;
};

/// How a draw is run.
struct draw_options {
  unsigned threads = 1;    ///< does not change the sample
  kernel::rotation turn{}; ///< where the sample begins: one that is to overlap little begins elsewhere
};

/// In place of the id projection: the row number is the id. The sample then changes with the order of rows,
/// and samples of different days or extracts cannot be coordinated.
struct row_number_t {};
inline constexpr row_number_t row_number{};

/// The plan's strata in the data: one code per row, the position of its stratum in the plan. Throws
/// design_error if a stratum is not in the plan or holds another number of conversations than the plan
/// counted.
inline std::vector<std::uint32_t> match_strata(stratified_rows rows, const sampling_plan& plan) {
  const auto& strata = plan.strata();
  if (rows.table.columns.size() != plan.columns().size())
    throw design_error("plan: expected " + std::to_string(plan.columns().size()) +
                       " strata columns but found " + std::to_string(rows.table.columns.size()));
  std::vector<std::uint32_t> place;
  place.reserve(rows.table.labels.size());
  std::vector<std::uint64_t> found(strata.size(), 0);
  for (std::size_t h = 0; h < rows.table.labels.size(); ++h) {
    const auto at = plan.find(rows.table.labels[h]);
    if (!at) {
      std::vector<std::string> names;
      for (const planned_stratum& s : strata)
        names.push_back(stratum_name(s.labels));
      const std::string name = stratum_name(rows.table.labels[h]), near = detail::nearest(name, names);
      throw design_error("plan: stratum " + name + ", " + std::to_string(rows.table.population[h]) +
                         " conversations, is in the data but not in the plan" +
                         (near.empty() ? "" : " (did you mean " + near + "?)"));
    }
    place.push_back(static_cast<std::uint32_t>(*at));
    found[*at] += rows.table.population[h];
  }
  for (std::size_t h = 0; h < strata.size(); ++h)
    if (found[h] != strata[h].population)
      throw design_error("plan: stratum " + stratum_name(strata[h].labels) + " held " +
                         std::to_string(strata[h].population) +
                         " conversations when the plan was made but holds " + std::to_string(found[h]) +
                         " in the data; allocate anew");
  if (plan.origin().random_numbers != kernel::random_number_format)
    throw design_error("plan: its random numbers are " + detail::quoted(plan.origin().random_numbers) +
                       " but this version has only " + detail::quoted(kernel::random_number_format));
  bool in_order = true; // the data's strata stand where the plan has them
  for (std::size_t h = 0; h < place.size(); ++h)
    in_order &= place[h] == h;
  if (!in_order)
    for (std::uint32_t& code : rows.codes)
      code = place[code];
  return std::move(rows.codes);
}

namespace detail_draw {

/// Throws data_error that names ids which occur more than once.
template <class Ids>
void refuse_repeated(const Ids& ids, const kernel::selection& found) {
  if (found.repeated == 0)
    return;
  std::string message =
      "id: expected every id once but " + std::to_string(found.repeated) + " rows repeat one: ";
  for (const auto& [first, again] : found.repetitions) {
    std::string id;
    if constexpr (std::is_convertible_v<decltype(ids[first]), std::string_view>)
      id = detail::quoted(ids[first]);
    else
      id = std::to_string(ids[first]);
    message += id + " in rows " + std::to_string(first) + " and " + std::to_string(again) + "; ";
  }
  if (found.repeated > found.repetitions.size())
    message += "...; ";
  throw data_error(message + "rows count from 0");
}

} // namespace detail_draw

/// Throws data_error that names ids which occur more than once.
template <class Ids>
void check_unique(const Ids& ids) {
  if constexpr (!std::is_same_v<Ids, kernel::row_ids>)
    detail_draw::refuse_repeated(ids, kernel::repeated_ids(ids));
}

/// Rows of the sample, ascending, for ids as a column (span of integers or of text, or kernel::row_ids),
/// one stratum code per row, and the sample size of each stratum. Throws data_error that names ids which
/// occur more than once.
template <class Ids>
std::vector<std::uint64_t> draw_rows(const Ids& ids, std::span<const std::uint32_t> stratum,
                                     std::span<const std::uint64_t> sample, seed start,
                                     draw_options options = {}) {
  const kernel::stratum_sizes sizes = kernel::count_strata(stratum, sample.size());
  if (sizes.outside > 0)
    throw data_error("stratum: " + std::to_string(sizes.outside) + " rows have no stratum");
  kernel::selection selected =
      kernel::select_smallest(ids, {stratum, sizes.rows, sample, start, options.threads, options.turn});
  detail_draw::refuse_repeated(ids, selected);
  return std::move(selected.rows);
}

/// Sample sizes of the plan's strata, in its order.
inline std::vector<std::uint64_t> sample_sizes(const sampling_plan& plan) {
  std::vector<std::uint64_t> out;
  for (const planned_stratum& s : plan.strata())
    out.push_back(s.sample_size);
  return out;
}

namespace detail_draw {

/// Calls `use` with the ids as a column that kernels read.
template <class Rows, class Id, class Use>
auto with_ids(const Rows& conversations, const Id& id, const Use& use) {
  const std::size_t count = std::ranges::size(conversations);
  if constexpr (std::is_same_v<Id, row_number_t>) {
    return use(kernel::row_ids{count});
  } else {
    using label = std::invoke_result_t<const Id&, row_reference<Rows>>;
    using value = std::remove_cvref_t<label>;
    if constexpr (std::is_integral_v<value>) {
      std::vector<std::int64_t> ids;
      ids.reserve(count);
      for (const auto& row : conversations)
        ids.push_back(static_cast<std::int64_t>(std::invoke(id, row)));
      return use(std::span<const std::int64_t>(ids));
    } else {
      static_assert(std::is_convertible_v<label, std::string_view>, "an id is an integer or text");
      // Text that lives in the rows is only looked at; text made on the fly is kept.
      constexpr bool lives = std::is_reference_v<label> || std::is_trivially_copyable_v<value>;
      std::vector<std::conditional_t<lives, std::string_view, std::string>> ids;
      ids.reserve(count);
      for (const auto& row : conversations)
        ids.emplace_back(std::invoke(id, row));
      if constexpr (lives) {
        return use(std::span<const std::string_view>(ids));
      } else {
        const std::vector<std::string_view> views(ids.begin(), ids.end());
        return use(std::span<const std::string_view>(views));
      }
    }
  }
}

template <class Rows, class Id>
std::vector<drawn_unit> draw(const Rows& conversations, const Id& id,
                             const std::vector<std::uint32_t>& stratum, const sampling_plan& plan, seed start,
                             draw_options options) {
  const std::vector<std::uint64_t> rows = with_ids(conversations, id, [&](const auto& ids) {
    check_content(ids, stratum, plan);
    return draw_rows(ids, stratum, sample_sizes(plan), start, options);
  });
  std::vector<drawn_unit> out;
  out.reserve(rows.size());
  for (const std::uint64_t row : rows)
    out.push_back({static_cast<std::size_t>(row), plan.strata()[stratum[row]].inclusion_probability()});
  return out;
}

} // namespace detail_draw

/// The plan with the content of the conversations it was made for, so that a draw from changed ones is
/// refused although their counts are the same: `record_content(allocate(...), conversations, &call::id,
/// &call::queue)`.
template <row_range Rows, class Id, class Strata>
sampling_plan record_content(const sampling_plan& plan, const Rows& conversations, const Id& id,
                             const Strata& strata) {
  const std::vector<std::uint32_t> stratum =
      match_strata(stratify(conversations, strata, {}, missing_stratum::own), plan);
  return plan.with_content(
      detail_draw::with_ids(conversations, id, [&](const auto& ids) { return content_of(ids, stratum); }));
}

/// Draws the sample that the plan describes: from each stratum, the planned number of conversations with
/// the smallest permanent random numbers of (seed, id). Which conversations are drawn depends on the seed
/// and the ids alone, not on the order of rows, the number of threads or the language. Every conversation
/// of a stratum has the same chance.
///
/// `id` is a projection to an integer or to text, unique among the conversations (or `row_number`);
/// `strata` as given to allocate. Rows come in ascending order. 7 and "7" are different ids; all integer
/// types share their numbers.
///
/// Throws data_error for ids that occur more than once (named with their rows), design_error if the
/// strata of the data are not those that the plan counted, or the conversations not those whose content
/// it recorded. Source and checks: kernel/selection.hpp.
template <row_range Rows, class Id, class Strata>
std::vector<drawn_unit> draw(const Rows& conversations, const Id& id, const Strata& strata,
                             const sampling_plan& plan, seed start, draw_options options = {}) {
  const std::vector<std::uint32_t> stratum =
      match_strata(stratify(conversations, strata, {}, missing_stratum::own), plan);
  return detail_draw::draw(conversations, id, stratum, plan, start, options);
}

/// The same for a plan without strata.
template <row_range Rows, class Id>
std::vector<drawn_unit> draw(const Rows& conversations, const Id& id, const sampling_plan& plan, seed start,
                             draw_options options = {}) {
  const std::vector<std::uint32_t> stratum =
      match_strata(unstratified(std::ranges::size(conversations)), plan);
  return detail_draw::draw(conversations, id, stratum, plan, start, options);
}

} // namespace qascore
