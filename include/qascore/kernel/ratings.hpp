// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/influence.hpp"
#include "../core/missing.hpp"
#include "../detail/config.hpp"
#include "inference.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qascore {

/// What to do when one rater rated one unit twice.
enum class duplicate_ratings {
  refuse, ///< an error that names the unit and the rater (default)
  average ///< their mean is the rating; numbers only
};

/// Who rated what, unit by unit: what the kernels of calibration read. The ratings of unit u stand at
/// begin[u] .. begin[u + 1], ordered by rater (by category where raters are anonymous). Memory is linear in
/// the ratings; gaps take no room.
struct rating_view {
  std::size_t raters = 0;               ///< identified raters; anonymous: the most ratings that a unit has
  std::span<const double> value;        ///< per category, ascending: its number, or its position 1, 2, ...
  std::span<const std::uint32_t> begin; ///< units + 1 offsets into code
  std::span<const std::uint32_t> code;  ///< category per rating
  std::span<const std::uint32_t> rater; ///< rater per rating; empty: anonymous

  std::size_t units() const noexcept { return begin.empty() ? 0 : begin.size() - 1; }
  std::size_t categories() const noexcept { return value.size(); }
  bool anonymous() const noexcept { return rater.empty() && !code.empty(); }
  std::size_t count(std::size_t unit) const noexcept { return begin[unit + 1] - begin[unit]; }
  std::span<const std::uint32_t> of(std::size_t unit) const noexcept {
    return code.subspan(begin[unit], count(unit));
  }
};

} // namespace qascore

namespace qascore::kernel {

/// Design weight of a unit; no weights: all 1.
inline double unit_weight(std::span<const double> weight, std::size_t unit) noexcept {
  return weight.empty() ? 1.0 : weight[unit];
}
inline std::span<const double> unit_weights(const design_view* design) noexcept {
  return design == nullptr ? std::span<const double>{} : design->weight;
}

/// Owner of a rating_view.
struct rating_columns {
  std::size_t raters = 0;
  std::vector<double> value;
  std::vector<std::uint32_t> begin, code, rater;
  std::uint32_t duplicate_unit = missing_code;  ///< the first unit with a refused duplicate ...
  std::uint32_t duplicate_rater = missing_code; ///< ... and its rater; the rest is empty then

  rating_view view() const noexcept { return {raters, value, begin, code, rater}; }
};

/// Ratings as they come, one per row: codes of unit and rater, and the number given (NaN: missing). `rater`
/// is empty where raters are anonymous.
struct rating_rows {
  std::size_t units = 0;
  std::size_t raters = 0;
  std::span<const std::uint32_t> unit;
  std::span<const std::uint32_t> rater;
  std::span<const double> rating;
};

/// Rows in any order to columns: the same columns for every order. `declared`: the categories, ascending;
/// empty: those that occur. O(N) for whole numbers in a range of 65,536, O(N log N) otherwise; N ratings.
/// Throws data_error for a rating that is infinite or not among the declared, and for more than 2^32 - 2
/// ratings.
rating_columns columns_of(const rating_rows& rows, std::span<const double> declared,
                          duplicate_ratings duplicates);

/// The same from a matrix, units x raters, row-major, NaN for a gap.
rating_columns columns_of(std::span<const double> matrix, std::size_t raters,
                          std::span<const double> declared);

/// The same from counts, units x categories, row-major: how many (anonymous) raters chose each category.
/// Throws data_error for a count below 0.
rating_columns columns_of_counts(std::span<const std::int64_t> counts, std::span<const double> categories);

/// The ratings of some raters only (`keep[r]` != 0), or of the units that every rater rated: units and
/// categories stay, ratings go.
rating_columns only_raters(const rating_view& ratings, std::span<const std::uint8_t> keep);
rating_columns only_complete_units(const rating_view& ratings);

/// From a linearised estimator over the units to an estimate. Under a design all its units count, as for
/// every domain estimate: a unit that takes no part has influence 0. Without a design (null), the units with
/// at least `least` ratings are taken for independent rows. Throws argument_error if the design has another
/// number of units than the ratings.
estimate infer_rated(const linearised& estimator, const rating_view& ratings, std::size_t least,
                     const design_view* design, inference_options options);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/ratings.ipp"
#endif
