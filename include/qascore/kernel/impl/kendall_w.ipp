// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../distribution.hpp"
#include "../inference.hpp"
#include "../kendall_w.hpp"
#include "../rank.hpp"
#include "complete_ratings.hpp"

#include <cstdint>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE kendall_w_result kendall_w(const rating_view& ratings, confidence_level confidence,
                                          const design_view* design) {
  const detail_complete::complete_ratings data =
      detail_complete::complete_of(ratings, weights_of(ratings, unit_weights(ratings, design)));
  const std::size_t raters = data.raters, rows = data.rows();
  kendall_w_result out;
  out.raters = raters;
  inference_options how;
  how.confidence = confidence;
  how.lower_bound = 0.0;
  how.upper_bound = 1.0;
  how.method = "Kendall's W";
  linearised found;
  found.undefined = detail_complete::obstacle(data);
  const auto finish = [&] {
    static_cast<estimate&>(out) = infer_rated(found, ratings, data.part, data.part, design, how);
    return out;
  };
  if (!found.undefined.empty())
    return finish();
  std::vector<double> f(rows * raters), g(rows, 0.0), column(rows);
  std::vector<dense_levels> levels(raters);
  double within = 0.0, between = 0.0;
  for (std::size_t j = 0; j < raters; ++j) {
    for (std::size_t row = 0; row < rows; ++row)
      column[row] = data.at(row, j);
    levels[j] = levels_of(column);
    std::vector<double> rank(levels[j].count(), 0.0);
    for (std::size_t row = 0; row < rows; ++row)
      rank[levels[j].code[row]] += data.weight[row];
    double below = 0.0;
    for (double& level : rank) {
      const double here = level;
      level = below + 0.5 * here - 0.5 * data.total; // the mean rank is half of the total
      below += here;
    }
    for (std::size_t row = 0; row < rows; ++row) {
      f[row * raters + j] = rank[levels[j].code[row]];
      g[row] += rank[levels[j].code[row]];
      within += data.weight[row] * rank[levels[j].code[row]] * rank[levels[j].code[row]];
    }
  }
  for (std::size_t row = 0; row < rows; ++row)
    between += data.weight[row] * g[row] * g[row];
  if (!(within > 0.0)) {
    found.undefined = "no rater tells units apart";
    return finish();
  }
  const auto m = static_cast<double>(raters);
  found.value = between / (m * within);
  // What a unit's weight adds to the ranks above it: sum over i of w_i h_i c(x_i - x_k), c = 1, 1/2, 0.
  std::vector<double> influence(rows, 0.0);
  const auto above = [&](std::size_t j, auto h, double factor) {
    std::vector<double> at(levels[j].count(), 0.0);
    for (std::size_t row = 0; row < rows; ++row)
      at[levels[j].code[row]] += data.weight[row] * h(row);
    double sum = 0.0;
    for (std::size_t level = at.size(); level-- > 0;) {
      const double here = at[level];
      at[level] = sum + 0.5 * here;
      sum += here;
    }
    for (std::size_t row = 0; row < rows; ++row)
      influence[row] += factor * at[levels[j].code[row]];
  };
  for (std::size_t j = 0; j < raters; ++j) {
    above(
        j, [&](std::size_t row) { return g[row]; }, 2.0 / (m * within));
    above(
        j, [&](std::size_t row) { return f[row * raters + j]; }, -2.0 * found.value / within);
    for (std::size_t row = 0; row < rows; ++row)
      influence[row] -= found.value / within * f[row * raters + j] * f[row * raters + j];
  }
  for (std::size_t row = 0; row < rows; ++row)
    influence[row] += g[row] * g[row] / (m * within);
  found.influence = detail_complete::spread_to_profiles(data, influence);
  if (design == nullptr) {
    const double n = data.units;
    out.uncorrected = 12.0 * between / (m * m * n * (n * n - 1.0));
    out.test = {m * (n - 1.0) * found.value, n - 1.0, missing_value,
                chi_squared_upper(m * (n - 1.0) * found.value, n - 1.0)};
  }
  return finish();
}

} // namespace qascore::kernel
