// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/by.hpp"
#include "../core/error.hpp"
#include "../kernel/mixed_data.hpp"
#include "rating_table.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Rows as mixed models read them: a score, factors, fixed columns, and nothing missing.
namespace qascore::detail {

/// A factor that owns its codes. Levels are sorted by their labels.
struct model_factor {
  std::vector<std::uint32_t> code;
  std::vector<std::string> labels;

  random_factor view() const { return {code, labels.size()}; }
};

class model_rows {
public:
  /// `fixed`: what messages call the argument with the fixed columns.
  explicit model_rows(missing_rows missing, std::string fixed = "case_mix");

  template <class Range, class Projection>
  void add_score(const Range& rows, const Projection& projection) {
    score_ = number_column(rows, projection);
    keep_.assign(score_.size(), 1);
    mark_numbers(score_, "score");
  }

  template <class Range, class Projection>
  void add_factor(const Range& rows, const Projection& projection, const std::string& argument) {
    auto column = label_column(rows, projection);
    factors_.push_back({std::move(column.codes), label_texts(column.labels)});
    const std::vector<std::uint32_t>& code = factors_.back().code;
    for (std::size_t i = 0; i < code.size(); ++i)
      if (is_missing(code[i]))
        leave_out(i, argument + ": no label");
  }

  /// A factor whose codes and labels are known.
  template <class Range, class Projection>
  void add_coded(const Range& rows, const Projection& projection, const std::vector<std::string>& labels) {
    model_factor& factor = factors_.emplace_back();
    factor.labels = labels;
    for (const auto& row : rows)
      factor.code.push_back(std::invoke(projection, row));
  }

  /// A column of numbers as it is; of labels one column of 0 and 1 for each but the first.
  template <class Range, class Projection>
  void add_fixed(const Range& rows, const Projection& projection) {
    using value = std::remove_cvref_t<std::invoke_result_t<const Projection&, row_reference<Range>>>;
    const std::string place = std::to_string(places_++);
    const std::string argument = fixed_argument_ + ": number " + place;
    if constexpr (std::is_convertible_v<value, double> ||
                  std::is_convertible_v<value, std::optional<double>>) {
      fixed_.push_back(number_column(rows, projection));
      terms.push_back(place);
      mark_numbers(fixed_.back(), argument);
    } else {
      const auto column = label_column(rows, projection);
      const std::vector<std::string> labels = label_texts(column.labels);
      if (labels.size() < 2)
        throw data_error(argument + ": expected two labels or more but found " +
                         std::to_string(labels.size()));
      for (std::size_t i = 0; i < column.codes.size(); ++i)
        if (is_missing(column.codes[i]))
          leave_out(i, argument + ": no label");
      for (std::uint32_t label = 1; label < labels.size(); ++label) {
        std::vector<double>& indicator = fixed_.emplace_back();
        for (const std::uint32_t code : column.codes)
          indicator.push_back(code == label ? 1.0 : 0.0);
        terms.push_back(place + " = " + labels[label]);
      }
    }
  }

  /// Takes out the rows that lack something, and the levels that only they had.
  void finish();

  std::span<const double> score() const { return score_; }
  const model_factor& factor(std::size_t at) const { return factors_[at]; }
  std::vector<std::span<const double>> fixed() const { return {fixed_.begin(), fixed_.end()}; }

  std::vector<std::string> terms; ///< of the fixed columns: "0" (a number), "1 = phone" (a label)
  std::size_t dropped = 0;

private:
  void leave_out(std::size_t row, const std::string& what);
  void mark_numbers(const std::vector<double>& values, const std::string& argument);
  static void only_used(model_factor& factor);

  missing_rows missing_;
  std::string fixed_argument_;
  std::vector<std::uint8_t> keep_;
  std::vector<double> score_;
  std::vector<model_factor> factors_;
  std::vector<std::vector<double>> fixed_;
  std::size_t places_ = 0;
};

/// One score of a table of ratings: who gave it to what.
struct table_row {
  std::uint32_t unit, rater;
  double score;
};

/// The scores of a table with its units and its raters as factors, in this order.
/// Throws argument_error where raters are anonymous or ratings are text.
model_rows rows_of(const rating_table& table);

} // namespace qascore::detail

#if !defined(QASCORE_COMPILED)
#include "impl/model_rows.ipp"
#endif
