// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/config.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

/// Mean ratio distance of each of many values to all of them, in linear time.
namespace qascore::kernel::detail_disagreement {

/// Polynomials through Chebyshev's nodes in [-1, 1].
struct chebyshev {
  static constexpr std::size_t count = 16;
  std::array<double, count> node{}, weight{};

  chebyshev() {
    for (std::size_t j = 0; j < count; ++j) {
      const double angle = std::numbers::pi * (2.0 * static_cast<double>(j) + 1.0) / (2.0 * count);
      node[j] = std::cos(angle);
      weight[j] = (j % 2 == 0 ? 1.0 : -1.0) * std::sin(angle);
    }
  }

  /// The value at s of the polynomial that is 1 at node j and 0 at the others, for all j.
  std::array<double, count> at(double s) const {
    std::array<double, count> out{};
    double sum = 0.0;
    for (std::size_t j = 0; j < count; ++j) {
      if (s == node[j]) {
        out.fill(0.0);
        out[j] = 1.0;
        return out;
      }
      sum += out[j] = weight[j] / (s - node[j]);
    }
    for (double& x : out)
      x /= sum;
    return out;
  }
};

/// out[k] = sum_l ((x_k - x_l) / (x_k + x_l))^2 share[l] for values x >= 0, ascending and distinct; 0/0 is 0.
///
/// With t = log x the distance is tanh((t_k - t_l) / 2)^2: a function of the difference that is smooth (no singularity within
/// pi of the real axis) and 1 from a difference of 40 on. In bins of t no wider than 1 a polynomial of degree 15 in each of
/// the two is it to 17 digits, so that the shares of a bin act through 16 numbers, and what they do is read at 16 places of
/// every other bin. Cost: values, and bins times their neighbours within 40.
inline std::vector<double> ratio_distances(std::span<const double> value, std::span<const double> share) {
  constexpr std::size_t p = chebyshev::count;
  static const chebyshev basis;
  std::vector<double> out(value.size(), 0.0);
  const std::size_t zeros = !value.empty() && value.front() == 0.0 ? 1 : 0;
  double total = 0.0;
  for (const double s : share)
    total += s;
  if (zeros == 1)
    out[0] = total - share[0];
  if (value.size() == zeros)
    return out;
  const double low = std::log(value[zeros]), high = std::log(value.back());
  // From the relative distance where values are near each other, which a difference of logarithms would round.
  const double range =
      high - low > 0.5 ? high - low : std::log1p((value.back() - value[zeros]) / value[zeros]);
  const auto bins = static_cast<std::size_t>(std::max(1.0, std::ceil(range)));
  const double width = range / static_cast<double>(bins);
  if (!(width > 0.0)) { // one value above 0
    out[zeros] = zeros == 1 ? share[0] : 0.0;
    return out;
  }
  std::vector<double> centre(bins);
  for (std::size_t b = 0; b < bins; ++b) {
    const double above = width * (static_cast<double>(b) + 0.5);
    centre[b] = above < 700.0 ? value[zeros] * std::exp(above) : std::exp(low + above);
  }
  std::vector<std::size_t> bin(value.size(), 0);
  std::vector<std::array<double, p>> moment(bins), field(bins);
  std::vector<double> mass(bins, 0.0);
  const auto place = [&](std::size_t k) {
    return basis.at(std::log1p((value[k] - centre[bin[k]]) / centre[bin[k]]) / (0.5 * width));
  };
  for (std::size_t k = zeros; k < value.size(); ++k) {
    const double from_low = (std::log(value[k]) - low) / width;
    bin[k] = bins == 1 ? 0 : std::min(bins - 1, static_cast<std::size_t>(std::max(0.0, from_low)));
    const auto weights = place(k);
    mass[bin[k]] += share[k];
    for (std::size_t j = 0; j < p; ++j)
      moment[bin[k]][j] += share[k] * weights[j];
  }
  // Distances of the nodes depend on how many bins lie in between only.
  const std::size_t near = std::min(bins - 1, static_cast<std::size_t>(std::ceil(40.0 / width)) + 1);
  std::vector<std::array<double, p * p>> apart(near + 1);
  for (std::size_t g = 0; g <= near; ++g)
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) {
        const double half = 0.5 * width * (static_cast<double>(g) + 0.5 * (basis.node[j] - basis.node[i]));
        apart[g][i * p + j] = std::tanh(half) * std::tanh(half);
      }
  double everything = 0.0;
  for (const double m : mass)
    everything += m;
  for (std::size_t b = 0; b < bins; ++b) {
    const std::size_t first = b > near ? b - near : 0, last = std::min(bins - 1, b + near);
    double close = 0.0;
    for (std::size_t c = first; c <= last; ++c)
      close += mass[c];
    field[b].fill(bins - 1 > near ? everything - close : 0.0); // farther: all of the distance
    for (std::size_t c = first; c <= last; ++c) {
      const auto& table = apart[c > b ? c - b : b - c];
      for (std::size_t i = 0; i < p; ++i)
        for (std::size_t j = 0; j < p; ++j)
          field[b][i] += (c >= b ? table[i * p + j] : table[j * p + i]) * moment[c][j];
    }
  }
  for (std::size_t k = zeros; k < value.size(); ++k) {
    const auto weights = place(k);
    double sum = zeros == 1 ? share[0] : 0.0;
    for (std::size_t i = 0; i < p; ++i)
      sum += weights[i] * field[bin[k]][i];
    out[k] = sum;
  }
  return out;
}

} // namespace qascore::kernel::detail_disagreement
