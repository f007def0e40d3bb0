// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <tuple>

namespace qascore {

/// Several projections side by side: strata or keys made of more than one column.
template <class... Projections>
struct by_columns {
  std::tuple<Projections...> projections;
};

/// `qa::by(&call::queue, &call::channel)`.
template <class... Projections>
constexpr by_columns<Projections...> by(Projections... projections) {
  return {{projections...}};
}

} // namespace qascore
