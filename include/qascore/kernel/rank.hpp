// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Order of values without the values: what every rank statistic starts from.
namespace qascore::kernel {

/// Dense levels: code[i] is the number of distinct values below values[i].
struct dense_levels {
  std::vector<std::uint32_t> code; ///< per value
  std::vector<std::uint32_t> size; ///< values at each level, ascending levels

  std::size_t count() const noexcept { return size.size(); }
};

/// The other way round: which values stand at each level.
struct level_order {
  std::vector<std::uint32_t> row;  ///< positions of the values by ascending level
  std::vector<std::uint32_t> size; ///< values at each level, ascending levels

  std::size_t count() const noexcept { return size.size(); }
};

/// Levels of fewer than 2^32 finite values; -0 equals 0. O(n) where there are at most `few_levels` distinct values or
/// where they are spread like common distributions (one radix sort of their linear image), never worse than
/// O(n log n). Throws argument_error for NaN or infinity.
dense_levels levels_of(std::span<const double> values);
level_order order_of(std::span<const double> values);
level_order order_of(const dense_levels& levels);
inline constexpr std::size_t few_levels = 1024;

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/rank.ipp"
#endif
