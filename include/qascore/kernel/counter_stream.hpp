// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/seed.hpp"
#include "random_number.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace qascore::kernel {

/// A stream of random words of its own for each replicate: word k is mix(key + (k + 1) g), with the mixer and the constant
/// g of permanent random numbers and a key that (seed, replicate) gives. What a replicate draws depends on nothing else, so
/// that threads do not matter. A uniform random bit generator. Source: Steele, Lea, Flood (2014),
/// doi:10.1145/2660193.2660195 (SplitMix64). Checked against: known answers in Python integers.
class counter_stream {
public:
  using result_type = std::uint64_t;

  counter_stream(seed start, std::size_t replicate) noexcept
      : state_{permanent_numbers{start}(static_cast<std::int64_t>(replicate))} {}

  static constexpr result_type min() noexcept { return 0; }
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  result_type operator()() noexcept {
    state_ += detail_random_number::golden;
    return detail_random_number::mix(state_);
  }

  /// A number below `bound` (at most 2^32): the upper half of word * bound, off from uniform by bound / 2^64 at most.
  std::uint32_t below(std::uint64_t bound) noexcept {
    const std::uint64_t word = (*this)();
    const std::uint64_t low = (word & 0xffff'ffffu) * bound;
    return static_cast<std::uint32_t>(((word >> 32u) * bound + (low >> 32u)) >> 32u);
  }

private:
  std::uint64_t state_;
};

} // namespace qascore::kernel
