// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/error.hpp"
#include "variance.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore::kernel {

/// NaN for each unit without a complete pair, 0 for the others; empty where all are complete.
inline std::vector<double> gaps_of(const design_view& design, std::span<const double> x,
                                   std::span<const double> y) {
  if (x.size() != design.units || y.size() != design.units)
    throw argument_error("columns: expected " + std::to_string(design.units) + " values each but found " +
                         std::to_string(x.size()) + " and " + std::to_string(y.size()));
  const auto gap = [&](std::size_t i) { return is_missing(x[i]) || is_missing(y[i]); };
  std::size_t first = 0;
  while (first < design.units && !gap(first))
    ++first;
  if (first == design.units)
    return {};
  std::vector<double> out(design.units, 0.0);
  for (std::size_t i = first; i < design.units; ++i)
    if (gap(i))
      out[i] = missing_value;
  return out;
}

namespace detail_pairs {

/// The value that more than half of them are (Boyer and Moore's vote); NaN if there is none.
inline double majority_of(std::span<const double> values) {
  // Whole numbers in place of branches, which a column of few levels would make the processor guess wrongly.
  std::uint64_t candidate = 0;
  std::int64_t votes = 0;
  for (const double v : values) {
    const auto bits = std::bit_cast<std::uint64_t>(v + 0.0); // -0 is 0
    candidate = votes == 0 ? bits : candidate;
    votes += bits == candidate ? 1 : -1;
  }
  const auto held = static_cast<std::size_t>(std::ranges::count(values, std::bit_cast<double>(candidate)));
  return 2 * held > values.size() ? std::bit_cast<double>(candidate) : missing_value;
}

/// How many of all rows, or clusters of them, are off the majority of a column, and of both; all, where it has none.
struct off_majority {
  std::size_t all = 0, x = 0, y = 0, both = 0;

  void count(bool of_x, bool of_y, bool of_both) {
    ++all;
    x += of_x;
    y += of_y;
    both += of_both;
  }

  /// `alone`: why there is no interval where fewer than 2 are off.
  df_limit limit(std::string_view alone) const {
    const auto n = static_cast<double>(all), of_x = static_cast<double>(x), of_y = static_cast<double>(y);
    double r = n;
    for (const double few : {of_x, of_y, std::max(static_cast<double>(both), of_x * of_y / n)})
      if (2.0 * few < n)
        r = std::min(r, few);
    if (r == n)
      return {};
    if (r < 2.0)
      return {0.0,
              std::min(x, y) < 2
                  ? alone
                  : "fewer than 2 rows or clusters differ from the majority in both columns: no interval"};
    const double m = n - r;
    return {std::pow(1.0 / r + 1.0 / m, 2) / (1.0 / (r * r * (r - 1.0)) + 1.0 / (m * m * (m - 1.0)))};
  }
};

} // namespace detail_pairs

/// The complete pairs side by side with their weights (empty: all 1). Columns without gaps are not copied.
class complete_pairs {
public:
  std::span<const double> x, y, weight;

  /// `gaps` as gaps_of has them.
  complete_pairs(const design_view& design, std::span<const double> all_x, std::span<const double> all_y,
                 std::span<const double> gaps)
      : x{all_x}, y{all_y}, weight{design.weight}, whole_{gaps.empty()}, cluster_{design.cluster},
        clusters_{design.clusters} {
    if (whole_)
      return;
    for (std::size_t i = 0; i < design.units; ++i)
      if (!is_missing(gaps[i]))
        rows_.push_back(static_cast<std::uint32_t>(i));
    x = taken(x, x_);
    y = taken(y, y_);
    if (!weight.empty())
      weight = taken(weight, weight_);
  }
  complete_pairs(const complete_pairs&) = delete;
  complete_pairs& operator=(const complete_pairs&) = delete;

  double weight_of(std::size_t pair) const noexcept { return weight.empty() ? 1.0 : weight[pair]; }

  /// Why there is no correlation of them; empty when there is one.
  std::string obstacle() const {
    if (x.size() < 3)
      return "fewer than 3 pairs";
    if (is_constant(x))
      return is_constant(y) ? "both columns are constant" : "the first column is constant";
    return is_constant(y) ? "the second column is constant" : "";
  }

  /// What an interval that rests on influence values is held to. Where more than half of a column is one value, the others
  /// are what is known: no more degrees of freedom than Welch's comparison of those r with the m at that value has,
  ///   (1/r + 1/m)^2 / (1 / (r^2 (r - 1)) + 1 / (m^2 (m - 1))),
  /// about r - 1 where they are few. Where both columns are so, r is at most the number of pairs off both values, as seen or
  /// as expected without a correlation (r_x r_y / n), whichever is more: if none are seen, influence values take them to be
  /// impossible. Clusters count as rows do where few of them are off; the least holds. None where r is below 2. Source:
  /// Welch (1947), Biometrika 34, 28-35, doi:10.2307/2332510. Checked by simulation.
  df_limit limit() const {
    const double usual_x = detail_pairs::majority_of(x), usual_y = detail_pairs::majority_of(y);
    if (is_missing(usual_x) && is_missing(usual_y))
      return {};
    const auto is_off = [](double value, double usual) { return is_missing(usual) || value != usual; };
    detail_pairs::off_majority rows, clusters;
    for (std::size_t k = 0; k < x.size(); ++k) {
      const bool of_x = is_off(x[k], usual_x), of_y = is_off(y[k], usual_y);
      rows.count(of_x, of_y, of_x && of_y);
    }
    const df_limit of_rows = rows.limit("all but one of the values of a column are the same: no interval");
    if (cluster_.empty())
      return of_rows;
    struct marks {
      bool there = false, x = false, y = false, both = false;
    };
    std::vector<marks> seen(clusters_);
    for (std::size_t k = 0; k < x.size(); ++k) {
      marks& of = seen[cluster_[whole_ ? k : rows_[k]]];
      const bool of_x = is_off(x[k], usual_x), of_y = is_off(y[k], usual_y);
      of = {true, of.x || of_x, of.y || of_y, of.both || (of_x && of_y)};
    }
    for (const marks& of : seen)
      if (of.there)
        clusters.count(of.x, of.y, of.both);
    const df_limit of_clusters = clusters.limit("a column varies in one cluster only: no interval");
    return of_clusters.most < of_rows.most ? of_clusters : of_rows;
  }

  design_variance variance(variance_engine engine, std::span<const double> influence) const {
    return whole_ ? engine.of_all(influence) : engine.of_rows(rows_, influence);
  }
  /// The influence values at their places in the design, 0 elsewhere.
  std::vector<double> spread_out(std::vector<double>&& influence, std::size_t units) const {
    if (whole_)
      return std::move(influence);
    std::vector<double> out(units, 0.0);
    for (std::size_t k = 0; k < rows_.size(); ++k)
      out[rows_[k]] = influence[k];
    return out;
  }

private:
  static bool is_constant(std::span<const double> values) {
    return std::ranges::all_of(values, [&](double v) { return v == values[0]; });
  }
  std::span<const double> taken(std::span<const double> from, std::vector<double>& into) const {
    into.reserve(rows_.size());
    for (const std::uint32_t i : rows_)
      into.push_back(from[i]);
    return into;
  }

  bool whole_;
  std::span<const std::uint32_t> cluster_; ///< per unit of the design
  std::size_t clusters_;
  std::vector<std::uint32_t> rows_; ///< empty when whole
  std::vector<double> x_, y_, weight_;
};

} // namespace qascore::kernel
