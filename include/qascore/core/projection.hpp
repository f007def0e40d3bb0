// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <functional>
#include <ranges>
#include <type_traits>

/// The embedder's own range and projections: member pointers, member functions or lambdas.
namespace qascore {

/// A range that can be read more than once and whose length is known.
template <class Range>
concept row_range = std::ranges::forward_range<const Range> && std::ranges::sized_range<const Range>;

template <class Range>
using row_reference = std::ranges::range_reference_t<const Range>;

/// Something that reads one value from a row.
template <class Projection, class Range>
concept projection_of = row_range<Range> && std::is_invocable_v<const Projection&, row_reference<Range>>;

} // namespace qascore
