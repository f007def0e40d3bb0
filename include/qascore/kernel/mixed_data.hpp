// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qascore {

/// Groups whose members share a random effect: agents, raters, conversations. One code below `levels` per row.
struct random_factor {
  std::span<const std::uint32_t> code;
  std::size_t levels = 0;
};

/// Rows of a mixed model. Nothing may be missing.
struct mixed_data {
  std::span<const double> y;
  std::vector<random_factor> factors;
  std::vector<std::span<const double>> fixed; ///< columns of the fixed part, without the intercept
  std::span<const double> weight;             ///< inverse relative variance of each row's error; empty: all 1
};

} // namespace qascore
