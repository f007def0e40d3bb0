// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../auxiliaries.hpp"
#include "auxiliary_sums.hpp"

#include <cmath>

namespace qascore::kernel {

QASCORE_INLINE auxiliary_basis basis_of(std::span<const double> weight,
                                        std::span<const std::vector<double>> columns,
                                        std::span<const double> totals) {
  using namespace detail_auxiliaries;
  // What is left of a column that depends on others is rounding; a total that fits them is off by little more.
  constexpr double dependent = 1e-12, contradicting = 1e-8;
  const std::size_t units = weight.size();
  auxiliary_basis out;
  out.basis.reserve(columns.size() * units);
  for (std::size_t j = 0; j < columns.size(); ++j) {
    std::vector<double> left = columns[j];
    double target = totals[j], size = std::abs(totals[j]);
    const double norm = std::sqrt(product(weight, left, left));
    for (int round = 0; round < 2; ++round)
      for (std::size_t k = 0; k < out.columns; ++k) {
        const auto earlier = std::span<const double>(out.basis).subspan(k * units, units);
        const double along = product(weight, earlier, left);
        take_out(left, along, earlier);
        target -= along * out.target[k];
        size += std::abs(along * out.target[k]);
      }
    const double rest = std::sqrt(product(weight, left, left));
    if (!(rest > dependent * norm)) {
      if (std::abs(target) <= contradicting * size)
        continue;
      out.contradiction = true;
      out.contradicted = j;
      out.implied = totals[j] - target;
      return out;
    }
    for (const double value : left)
      out.basis.push_back(value / rest);
    out.target.push_back(target / rest);
    ++out.columns;
  }
  return out;
}

QASCORE_INLINE void take_out_auxiliaries(const calibration_step& step, std::span<double> u) {
  using namespace detail_auxiliaries;
  if (!step.cell.empty()) {
    std::vector<double> ratio = cell_sums(step, step.weight, u);
    const std::vector<double> base = cell_sums(step, step.weight, step.measure);
    for (std::size_t c = 0; c < ratio.size(); ++c)
      ratio[c] /= base[c];
    for (std::size_t i = 0; i < u.size(); ++i)
      u[i] -= ratio[step.cell[i]] * (step.measure.empty() ? 1.0 : step.measure[i]);
  }
  for (std::size_t j = 0; j < step.columns; ++j) {
    const auto column = step.basis.subspan(j * u.size(), u.size());
    take_out(u, product(step.weight, column, u), column);
  }
}

} // namespace qascore::kernel
