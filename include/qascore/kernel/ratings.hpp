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

/// Who rated what: what the kernels of calibration read. Units that the same raters rated in the same way
/// share one profile, because every coefficient treats them alike: a million double-scored conversations on
/// five categories are at most 35 profiles. The ratings of profile p stand at begin[p] .. begin[p + 1],
/// ordered by rater (by category where raters are anonymous). Memory is linear in the ratings; gaps take no
/// room.
struct rating_view {
  std::size_t raters = 0; ///< identified raters; anonymous: the most ratings that a unit has
  std::size_t units = 0;
  std::span<const double> value;          ///< per category, ascending: its number, or its position 1, 2, ...
  std::span<const std::uint32_t> begin;   ///< profiles + 1 offsets into code
  std::span<const std::uint32_t> code;    ///< category per rating
  std::span<const std::uint32_t> rater;   ///< rater per rating; empty: anonymous
  std::span<const double> multiplicity;   ///< units of each profile
  std::span<const std::uint32_t> profile; ///< of each unit; empty: unit u has profile u

  std::size_t profiles() const noexcept { return begin.empty() ? 0 : begin.size() - 1; }
  std::size_t categories() const noexcept { return value.size(); }
  bool anonymous() const noexcept { return rater.empty() && !code.empty(); }
  /// Ratings of the units of profile p.
  std::size_t count(std::size_t p) const noexcept { return begin[p + 1] - begin[p]; }
  std::span<const std::uint32_t> of(std::size_t p) const noexcept { return code.subspan(begin[p], count(p)); }
  std::size_t profile_of(std::size_t unit) const noexcept { return profile.empty() ? unit : profile[unit]; }
};

} // namespace qascore

namespace qascore::kernel {

/// Owner of a rating_view.
struct rating_columns {
  std::size_t raters = 0;
  std::size_t units = 0;
  std::vector<double> value;
  std::vector<std::uint32_t> begin, code, rater;
  std::vector<double> multiplicity;
  std::vector<std::uint32_t> profile;
  std::uint32_t duplicate_unit = missing_code;  ///< the first unit with a refused duplicate ...
  std::uint32_t duplicate_rater = missing_code; ///< ... and its rater; the rest is empty then

  rating_view view() const noexcept {
    return {raters, units, value, begin, code, rater, multiplicity, profile};
  }
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
/// empty: those that occur. O(N) for N ratings of the usual kinds, never worse than O(N log N). Throws
/// data_error for a rating that is infinite or not among the declared, and for more than 2^32 - 2 ratings.
rating_columns columns_of(const rating_rows& rows, std::span<const double> declared,
                          duplicate_ratings duplicates);

/// The same from a matrix, units x raters, row-major, NaN for a gap.
rating_columns columns_of(std::span<const double> matrix, std::size_t raters,
                          std::span<const double> declared);
/// The same from whole numbers, without gaps.
rating_columns columns_of(std::span<const std::int64_t> matrix, std::size_t raters,
                          std::span<const double> declared);

/// The same from counts, units x categories, row-major: how many (anonymous) raters chose each category.
/// Throws data_error for a count below 0.
rating_columns columns_of_counts(std::span<const std::int64_t> counts, std::span<const double> categories);

/// The ratings of some raters only (`keep[r]` != 0), or of the units that every rater rated: units and
/// categories stay, ratings go.
rating_columns only_raters(const rating_view& ratings, std::span<const std::uint8_t> keep);
rating_columns only_complete_units(const rating_view& ratings);

/// The same with anonymous raters: units whose ratings differ in who gave them share a profile then. Profiles are distinct
/// and in lexicographic order, whatever the order of units.
rating_columns without_raters(const rating_view& ratings);

/// The ratings for other units: unit i of the result is unit `unit[i]`; missing_code: a unit without ratings.
/// For a design whose units stand in another order, or are more.
rating_columns for_units(const rating_view& ratings, std::span<const std::uint32_t> unit);

/// Units of each profile: the sum of their weights, and how many have a weight other than 0.
struct profile_weights {
  std::vector<double> weight;
  std::vector<double> units;
};

/// From a weight per unit (empty: all 1).
profile_weights weights_of(const rating_view& ratings, std::span<const double> unit_weight);

/// The weights of a design; null: all 1. Throws argument_error if it has another number of units than the
/// ratings.
std::span<const double> unit_weights(const rating_view& ratings, const design_view* design);

/// Whether a design is a simple random sample (null, or one stratum, no clusters, all weights equal), where
/// the closed forms of the literature hold; population counts may stand.
bool is_simple_random(const design_view* design);

/// Influence values per unit from those per profile: the derivative in a unit's weight depends on its profile
/// only.
std::vector<double> spread_to_units(const rating_view& ratings, std::span<const double> by_profile);

/// From an estimator with influence values per profile to an estimate. `part`: which profiles take part (!= 0); `basis`:
/// those of them that carry the estimate (rated at least twice, for an agreement). The basis gives n, df and the
/// factor b / (b - 1) of the variance: without a design (null) V = b / (b - 1) * mean-centred sum of squares of u over the
/// units that take part. Under a design they are a domain of it, and df = clusters - strata of the basis; population
/// counts shrink the variance only where every unit of the design is in the basis, because which units are rated twice
/// is a draw that the design does not know.
/// `by_profile.limit` holds the interval down.
estimate infer_rated(const linearised& by_profile, const rating_view& ratings,
                     std::span<const std::uint8_t> part, std::span<const std::uint8_t> basis,
                     const design_view* design, inference_options options);

/// What an interval of a chance-corrected agreement is held to where more than half of the ratings (by weight) of units with two
/// or more are one category: chance is then about as small as the share of the others, and the r units with another rating are
/// what is known, whatever their number n. No interval where
///   no unit has two ratings other than the commonest: the r are all alike, and the variance is that of the rest alone;
///   r < 5 and r < n / 4.
/// From there on, where r < n / 4, no more degrees of freedom than Welch's comparison of the r with the other m has,
///   (1/r + 1/m)^2 / (1 / (r^2 (r - 1)) + 1 / (m^2 (m - 1))).
/// Where a quarter of the units or more are such, intervals hold without that; so they do of coefficients whose chance does not
/// vanish with the others' share (percent agreement, Brennan-Prediger, Gwet, Bangdiwala). Source: Welch (1947), Biometrika 34,
/// 28-35, doi:10.2307/2332510; the numbers by simulation (docs/coverage.md).
df_limit limit_of_rare(const rating_view& ratings, const profile_weights& by);

/// The profiles with at least so many ratings.
std::vector<std::uint8_t> with_ratings(const rating_view& ratings, std::size_t least);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/ratings.ipp"
#endif
