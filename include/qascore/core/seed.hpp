// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstdint>

namespace qascore {

/// What a draw, a bootstrap or a simulation starts from. Required wherever chance enters: no default, no
/// global generator, so that the same seed gives the same rows everywhere.
class seed {
public:
  constexpr explicit seed(std::uint64_t value) noexcept : value_{value} {}
  constexpr std::uint64_t value() const noexcept { return value_; }
  friend constexpr bool operator==(seed, seed) noexcept = default;

private:
  std::uint64_t value_;
};

} // namespace qascore
