// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../random_number.hpp"

#include <boost/random/taus88.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace qascore::kernel::detail_replicates {

/// The stream of one replicate; its three words come from the permanent random numbers.
inline boost::random::taus88 stream_of(seed start, std::size_t replicate) {
  const permanent_numbers words{seed{permanent_numbers{start}(static_cast<std::int64_t>(replicate))}};
  const std::uint64_t low = words(0);
  const std::array<std::uint32_t, 3> state{static_cast<std::uint32_t>(low),
                                           static_cast<std::uint32_t>(low >> 32u),
                                           static_cast<std::uint32_t>(words(1))};
  auto at = state.begin();
  boost::random::taus88 engine;
  engine.seed(at, state.end());
  return engine;
}

} // namespace qascore::kernel::detail_replicates
