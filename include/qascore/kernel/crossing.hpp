// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/missing.hpp"
#include "../detail/config.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Several columns of codes as one: the strata that occur in the data.
namespace qascore::kernel {

/// A column of dense codes 0..labels-1, missing_code for missing.
struct code_column {
  std::span<const std::uint32_t> codes;
  std::size_t labels = 0;
};

/// One code per row for the combination of its columns' codes.
struct crossing {
  std::vector<std::uint32_t> codes; ///< per row, 0..cells-1
  std::size_t cells = 0;            ///< combinations that occur
  /// The columns' codes of each combination, row-major (cells x columns); ascending by the first column, then
  /// the second and so on, missing last.
  std::vector<std::uint32_t> labels;
};

/// Crosses one column or more, of equal length. Missing is one more label of its column. Time O(rows *
/// columns) where the combinations of two columns are at most about four times the rows, else O(rows log
/// rows).
crossing cross(std::span<const code_column> columns);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/crossing.ipp"
#endif
