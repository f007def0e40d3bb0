// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/by.hpp"
#include "../kernel/mixed_data.hpp"
#include "rating_table.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tuple>
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
  explicit model_rows(missing_rows missing, std::string fixed = "case_mix")
      : missing_{missing}, fixed_argument_{std::move(fixed)} {
    if (missing == missing_rows::domain)
      throw argument_error(
          "missing: expected error or drop, since nothing else stands for a part of the population");
  }

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
  void finish() {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < keep_.size(); ++i) {
      if (keep_[i] == 0)
        continue;
      score_[kept] = score_[i];
      for (model_factor& factor : factors_)
        factor.code[kept] = factor.code[i];
      for (auto& column : fixed_)
        column[kept] = column[i];
      ++kept;
    }
    if (kept == 0)
      throw data_error("rows: expected rows with a score but found none");
    dropped = keep_.size() - kept;
    score_.resize(kept);
    for (auto& column : fixed_)
      column.resize(kept);
    for (model_factor& factor : factors_) {
      factor.code.resize(kept);
      only_used(factor);
    }
  }

  std::span<const double> score() const { return score_; }
  const model_factor& factor(std::size_t at) const { return factors_[at]; }
  std::vector<std::span<const double>> fixed() const { return {fixed_.begin(), fixed_.end()}; }

  std::vector<std::string> terms; ///< of the fixed columns: "0" (a number), "1 = phone" (a label)
  std::size_t dropped = 0;

private:
  void leave_out(std::size_t row, const std::string& what) {
    if (missing_ == missing_rows::error)
      throw data_error(what + " at row " + std::to_string(row) +
                       "; choose missing_rows::drop to leave such rows out");
    keep_[row] = 0;
  }

  void mark_numbers(const std::vector<double>& values, const std::string& argument) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isinf(values[i]))
        throw data_error(argument + ": expected finite numbers but found " + format_number(values[i]) +
                         " at row " + std::to_string(i));
      if (is_missing(values[i]))
        leave_out(i, argument + ": no value");
    }
  }

  static void only_used(model_factor& factor) {
    std::vector<std::uint32_t> place(factor.labels.size(), missing_code);
    for (const std::uint32_t code : factor.code)
      place[code] = 0;
    std::uint32_t used = 0;
    for (std::size_t level = 0; level < place.size(); ++level)
      if (!is_missing(place[level])) {
        if (used != level)
          factor.labels[used] = std::move(factor.labels[level]);
        place[level] = used++;
      }
    factor.labels.resize(used);
    for (std::uint32_t& code : factor.code)
      code = place[code];
  }

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
inline model_rows rows_of(const rating_table& table) {
  if (!table.labels().empty())
    throw argument_error("ratings: a model of scores needs numbers, but the ratings are text");
  if (table.anonymous())
    throw argument_error("ratings: a model of raters needs to know which rater gave which rating, but the "
                         "raters are anonymous");
  const rating_view view = table.view();
  std::vector<table_row> rows;
  for (std::uint32_t u = 0; u < view.units; ++u) {
    const std::size_t p = view.profile_of(u);
    for (std::size_t at = view.begin[p]; at < view.begin[p + 1]; ++at)
      rows.push_back({u, view.rater[at], view.value[view.code[at]]});
  }
  model_rows out(missing_rows::error);
  out.add_score(rows, &table_row::score);
  out.add_coded(rows, &table_row::unit, table.units());
  out.add_coded(rows, &table_row::rater, table.raters());
  out.finish();
  return out;
}

} // namespace qascore::detail
