// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/seed.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/random_number.hpp"
#include "../kernel/selection.hpp"
#include "sampling_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

/// What a population's ids and strata add up to: tells whether a plan meets the conversations it was made
/// for.
namespace qascore {

namespace detail_content {
template <class Ids>
constexpr id_kind kind_of() {
  if constexpr (std::is_same_v<Ids, kernel::row_ids>)
    return id_kind::row;
  else if constexpr (std::is_convertible_v<decltype(std::declval<const Ids&>()[0]), std::string_view>)
    return id_kind::text;
  else
    return id_kind::integer;
}

/// Of what kind ids are, in words.
inline std::string name_of(id_kind kind) {
  switch (kind) {
  case id_kind::integer:
    return "whole numbers";
  case id_kind::text:
    return "text";
  case id_kind::row:
    break;
  }
  return "row numbers";
}
} // namespace detail_content

/// Sum over all conversations, modulo 2^64, of mix(number + (h + 1) g): `number` the permanent random
/// number of the id for seed 0, h the place of its stratum in the plan, mix and g as in
/// kernel/random_number.hpp. Does not depend on the order of rows; parts of a population add up. Two
/// populations of other ids, or with ids in other strata, agree by chance once in 2^64. It detects
/// mistakes, not forgers.
template <class Ids>
plan_content content_of(const Ids& ids, std::span<const std::uint32_t> stratum) {
  using namespace kernel::detail_random_number;
  const kernel::permanent_numbers numbers{seed{0}};
  std::uint64_t sum = 0;
  for (std::size_t row = 0; row < stratum.size(); ++row)
    sum += mix(numbers(ids[row]) + (stratum[row] + std::uint64_t{1}) * golden);
  return {detail_content::kind_of<Ids>(), sum};
}

/// Throws design_error if the plan records a content and these conversations have another one.
template <class Ids>
void check_content(const Ids& ids, std::span<const std::uint32_t> stratum, const sampling_plan& plan) {
  if (!plan.recorded_content())
    return;
  const plan_content recorded = *plan.recorded_content(), found = content_of(ids, stratum);
  using detail_content::name_of;
  if (recorded.id != found.id)
    throw design_error("plan: it was made for ids that are " + name_of(recorded.id) + " but found " +
                       name_of(found.id) + "; 7 and \"7\" are different ids");
  if (recorded.hash != found.hash)
    throw design_error(
        "plan: it was made for other conversations: every stratum holds as many as it did, but "
        "some ids, or the strata of some, are others; allocate anew");
}

} // namespace qascore
