// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/column.hpp"
#include "../core/error.hpp"
#include "../core/label.hpp"
#include "../core/projection.hpp"
#include "../detail/format.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/ratings.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace qascore {

/// How rows become a rating_table.
struct rating_options {
  std::vector<double> categories{}; ///< declared categories of numeric ratings; empty: those that occur
  std::vector<std::string>
      labels{}; ///< declared categories of text ratings, in their order; empty: those that occur
  duplicate_ratings duplicates = duplicate_ratings::refuse;
};

/// Stands for the rater projection where nobody knows who rated.
struct anonymous_raters_t {};
inline constexpr anonymous_raters_t anonymous_raters{};

namespace detail {
template <class Label>
std::vector<std::string> label_texts(const std::vector<Label>& labels) {
  std::vector<std::string> out;
  out.reserve(labels.size());
  for (const Label& label : labels)
    if constexpr (label_type<Label>)
      out.push_back(label_text(label));
    else // numbers with a fraction may name units, too
      out.push_back(format_number(static_cast<double>(label)));
  return out;
}
void check_present(std::span<const std::uint32_t> codes, const char* what);
} // namespace detail

/// Who rated what: units x raters with gaps, built once, checked once, immutable. Units and raters are sorted
/// by their labels, so that nothing depends on the order of rows. A missing rating (NaN, empty std::optional)
/// is a gap. Text ratings become categories 1, 2, ... in the declared order; found ones are in alphabetical
/// order and count as unordered: weights and levels other than nominal then need declared labels. Memory: 8
/// bytes a rating, 8 a unit, and the labels.
class rating_table {
public:
  /// From rows in long form: one row per rating, given by three projections. Ratings are numbers or text.
  ///   auto table = rating_table::from(reviews, &review::call_id, &review::rater, &review::score);
  /// Throws data_error for a row without unit or rater, a rating that is infinite or not declared, two
  /// ratings of one unit by one rater (unless they are averaged); argument_error for declared categories that
  /// repeat.
  template <class Range, class Unit, class Rater, class Rating>
  requires projection_of<Unit, Range> && projection_of<Rating, Range>
  static rating_table from(const Range& rows, const Unit& unit, const Rater& rater, const Rating& rating,
                           const rating_options& options = {}) {
    const auto units = label_column(rows, unit);
    detail::check_present(units.codes, "unit");
    rating_table out;
    out.units_ = detail::label_texts(units.labels);
    coded_column<std::string> raters;
    if constexpr (!std::is_same_v<Rater, anonymous_raters_t>) {
      auto column = label_column(rows, rater);
      raters.codes = std::move(column.codes);
      detail::check_present(raters.codes, "rater");
      out.raters_ = detail::label_texts(column.labels);
    }
    const std::vector<double> numbers = out.read(rows, rating, options);
    out.build({.units = out.units_.size(),
               .raters = out.raters_.size(),
               .unit = units.codes,
               .rater = raters.codes,
               .rating = numbers},
              options);
    return out.rated_by_all_raters();
  }

  /// From a matrix, units x raters, row-major, NaN for a gap. Throws data_error if its size is no multiple of
  /// raters.
  static rating_table from_matrix(std::span<const double> matrix, std::size_t raters,
                                  const rating_options& options = {});
  /// The same from whole numbers, without gaps.
  static rating_table from_matrix(std::span<const std::int64_t> matrix, std::size_t raters,
                                  const rating_options& options = {});

  /// From counts, units x categories, row-major: how many anonymous raters chose each category.
  static rating_table from_counts(std::span<const std::int64_t> counts,
                                  const std::vector<double>& categories);

  rating_view view() const noexcept { return columns_.view(); }
  const std::vector<std::string>& units() const noexcept { return units_; }
  const std::vector<std::string>& raters() const noexcept { return raters_; } ///< empty: anonymous
  const std::vector<std::string>& labels() const noexcept { return labels_; } ///< of text categories
  bool anonymous() const noexcept { return raters_.empty(); }
  /// Whether categories have an order: numbers, or declared labels.
  bool ordered() const noexcept { return ordered_; }
  std::size_t ratings() const noexcept;

  /// The same units and categories with the ratings of these raters only.
  /// Throws argument_error for a name that is no rater of the table.
  rating_table only(const std::vector<std::string>& raters) const { return keep(raters, true); }
  /// The same without the ratings of these raters.
  rating_table without(const std::vector<std::string>& raters) const { return keep(raters, false); }
  /// The same with the ratings of those units only that every rater rated.
  rating_table complete() const;

  /// The same ratings with these units in this order, as a design has them; units without ratings are empty
  /// rows. Throws data_error for a rated unit that is not among them, or one that stands twice.
  rating_table for_units(const std::vector<std::string>& units) const;

private:
  template <class Cell>
  static rating_table from_cells(std::span<const Cell> matrix, std::size_t raters,
                                 const rating_options& options);
  static std::vector<std::string> numbered(std::size_t n);
  static std::vector<double> sorted_categories(std::vector<double> categories);

  template <class Range, class Rating>
  std::vector<double> read(const Range& rows, const Rating& rating, const rating_options& options) {
    using raw = std::remove_cvref_t<std::invoke_result_t<const Rating&, row_reference<Range>>>;
    if constexpr (std::is_arithmetic_v<typename detail::label_traits<raw>::label>) {
      ordered_ = true;
      return number_column(rows, rating);
    } else {
      const coded_column<std::string> column = label_column(rows, rating);
      labels_ = options.labels.empty() ? column.labels : options.labels;
      ordered_ = !options.labels.empty();
      std::vector<double> position(column.labels.size());
      for (std::size_t k = 0; k < position.size(); ++k) {
        const auto at = std::ranges::find(labels_, column.labels[k]);
        if (at == labels_.end())
          throw data_error("rating: " + detail::quoted(column.labels[k]) +
                           " is not among the declared labels" +
                           detail::did_you_mean(column.labels[k], labels_));
        position[k] = static_cast<double>(at - labels_.begin()) + 1.0;
      }
      std::vector<double> out;
      out.reserve(column.codes.size());
      for (const std::uint32_t code : column.codes)
        out.push_back(is_missing(code) ? missing_value : position[code]);
      return out;
    }
  }

  void build(const kernel::rating_rows& rows, const rating_options& options);

  /// Without the raters of whom no row has a rating.
  rating_table rated_by_all_raters() const;
  rating_table keep(const std::vector<std::string>& raters, bool named) const;
  rating_table keep(const std::vector<std::uint8_t>& wanted) const;

  kernel::rating_columns columns_;
  std::vector<std::string> units_, raters_, labels_;
  bool ordered_ = false;
};

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/rating_table.ipp"
#endif
