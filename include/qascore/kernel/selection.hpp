// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/seed.hpp"
#include "../detail/config.hpp"
#include "random_number.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// Stratified simple random samples without replacement: the n_h smallest permanent random numbers of each
/// stratum.
namespace qascore::kernel {

/// The row number is the id: for data without one. The sample then depends on the order of the rows.
struct row_ids {
  std::size_t count = 0;
  std::size_t size() const noexcept { return count; }
  std::int64_t operator[](std::size_t row) const noexcept { return static_cast<std::int64_t>(row); }
};

/// How many rows each stratum holds. `outside` counts rows whose code is not below the number of strata
/// (missing).
struct stratum_sizes {
  std::vector<std::uint64_t> rows;
  std::uint64_t outside = 0;
};
stratum_sizes count_strata(std::span<const std::uint32_t> stratum, std::size_t strata);

/// What select_smallest is asked. `stratum` has one code per row, all below population.size(); `population`
/// must be what count_strata says of it, and sample[h] <= population[h].
struct selection_request {
  std::span<const std::uint32_t> stratum;
  std::span<const std::uint64_t> population;
  std::span<const std::uint64_t> sample;
  seed start;
  unsigned threads = 1; ///< the answer is the same for any number
  rotation turn{};      ///< where on the circle of numbers the sample begins
};

/// The selected rows, or the ids that occur more than once.
struct selection {
  std::vector<std::uint64_t> rows; ///< ascending; empty when an id is repeated
  std::uint64_t repeated = 0;      ///< rows whose id occurred in an earlier row
  /// The first few of them in the order of rows: {row of the first occurrence, row of the repetition}.
  std::vector<std::array<std::uint64_t, 2>> repetitions;
};

/// Draws sample[h] of the population[h] rows of each stratum h: those with the smallest permanent random
/// numbers (random_number.hpp), ties by id. Every subset of a stratum of that size has the same chance, so
/// each row's inclusion probability is sample[h] / population[h]. The sample does not depend on the order of
/// rows or threads; a larger sample contains a smaller one of the same seed; k smallest of each part, merged,
/// give k smallest of the whole.
///
/// Ids must be unique in the whole of the data: otherwise the answer holds the repetitions and no rows. Ids
/// in strictly ascending order prove it for free; other ids are checked exactly (integers that lie close
/// together by a bitmap of their range, all others by a bitmap filter over their numbers and a second look at
/// the suspects).
/// Memory beside the input: 8 bytes per selected row, about 300 bytes times the square root of the sample of
/// each stratum, and for ids that do not ascend at most 6 bytes per row. Time O(rows).
///
/// Throws argument_error if the spans differ in length or sample[h] > population[h].
/// Source: Ohlsson (1995), Coordination of samples using permanent random numbers, in Business Survey
/// Methods, 153-169.
/// Checked against: NumPy (sorting all numbers), inclusion frequencies over many seeds.
selection select_smallest(std::span<const std::int64_t> ids, const selection_request& request);
selection select_smallest(std::span<const std::string_view> ids, const selection_request& request);
selection select_smallest(row_ids ids, const selection_request& request);

/// Only the check: the ids that occur more than once, no rows.
selection repeated_ids(std::span<const std::int64_t> ids);
selection repeated_ids(std::span<const std::string_view> ids);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/selection.ipp"
#endif
