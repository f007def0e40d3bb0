// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <qascore/calibration.hpp>

#include <cmath>
#include <vector>

/// Published tables, and what several tests do with them. 0 in a literal stands for a gap where the scale
/// starts at 1.
namespace tables {
namespace qa = qascore;

/// Units x raters, row-major, as a table; `gap` values are gaps.
inline qa::rating_table of(std::vector<double> matrix, std::size_t raters,
                           std::vector<double> categories = {}, double gap = 0.0) {
  for (double& x : matrix)
    if (x == gap)
      x = qa::missing_value;
  return qa::rating_table::from_matrix(matrix, raters, {.categories = std::move(categories)});
}

/// Krippendorff (2011), example C: 4 observers, 12 units, gaps, one unit with one rating. Gwet (2014) uses it
/// too.
inline const std::vector<double> krippendorff_c{1, 1, 0, 1, 2, 2, 3, 2, 3, 3, 3, 3, 3, 3, 3, 3,
                                                2, 2, 2, 2, 1, 2, 3, 4, 4, 4, 4, 4, 1, 1, 2, 1,
                                                2, 2, 2, 2, 0, 5, 5, 5, 0, 0, 1, 1, 0, 0, 3, 0};

/// Shrout and Fleiss (1979), table 2: 6 targets x 4 judges.
inline const std::vector<double> shrout_fleiss{9, 2, 5, 8, 6,  1, 3, 2, 8, 4, 6, 8,
                                               7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7};

/// Anxiety ratings: 20 persons x 3 raters (data set `anxiety` of the irr package, after a study's table).
inline const std::vector<double> anxiety{3, 3, 2, 3, 6, 1, 3, 4, 4, 4, 6, 4, 5, 2, 3, 5, 4, 2, 2, 2,
                                         1, 3, 4, 6, 5, 3, 1, 2, 3, 1, 2, 2, 1, 6, 3, 2, 1, 3, 3, 5,
                                         3, 3, 2, 2, 1, 2, 2, 1, 1, 1, 3, 2, 3, 3, 4, 3, 2, 3, 4, 2};

/// A two-way table of counts (rows: first rater) as ratings of two raters.
inline qa::rating_table from_cross_table(const std::vector<int>& counts, std::size_t q) {
  std::vector<double> matrix, categories;
  for (std::size_t k = 0; k < q; ++k) {
    categories.push_back(static_cast<double>(k + 1));
    for (std::size_t l = 0; l < q; ++l)
      for (int i = 0; i < counts[k * q + l]; ++i) {
        matrix.push_back(static_cast<double>(k + 1));
        matrix.push_back(static_cast<double>(l + 1));
      }
  }
  return qa::rating_table::from_matrix(matrix, 2, {.categories = categories});
}

/// Sum of squares of the differences of delete-one values from their mean, times (n - 1) / n, as a standard
/// error.
template <class Value>
double jackknife(const std::vector<double>& matrix, std::size_t raters, Value value) {
  const std::size_t n = matrix.size() / raters;
  std::vector<double> each;
  double mean = 0.0;
  for (std::size_t u = 0; u < n; ++u) {
    std::vector<double> rest;
    for (std::size_t v = 0; v < n; ++v)
      if (v != u)
        rest.insert(rest.end(), matrix.begin() + static_cast<std::ptrdiff_t>(v * raters),
                    matrix.begin() + static_cast<std::ptrdiff_t>((v + 1) * raters));
    each.push_back(value(rest));
    mean += each.back() / static_cast<double>(n);
  }
  double sum = 0.0;
  for (const double x : each)
    sum += (x - mean) * (x - mean);
  return std::sqrt(sum * static_cast<double>(n - 1) / static_cast<double>(n));
}

} // namespace tables
