// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../auxiliaries.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace qascore::kernel {
namespace detail_auxiliaries {

inline double product(std::span<const double> weight, std::span<const double> a, std::span<const double> b) {
  detail::accurate_sum sum;
  for (std::size_t i = 0; i < weight.size(); ++i)
    sum.add(weight[i] * a[i] * b[i]);
  return sum.value();
}

inline void take_out(std::span<double> from, double slope, std::span<const double> column) {
  for (std::size_t i = 0; i < from.size(); ++i)
    from[i] -= slope * column[i];
}

struct slope {
  double value; ///< F(u)
  double rise;  ///< F'(u)
};

/// F and its derivative; outside the bounds F stays at them.
inline slope evaluate(const calibration_step& step, double u) {
  const auto bounded = [&](double value, double rise) {
    return value < step.lower ? slope{step.lower, 0.0} : value > step.upper ? slope{step.upper, 0.0} : slope{value, rise};
  };
  switch (step.distance) {
  case weight_distance::linear:
    break;
  case weight_distance::raking: {
    const double value = std::exp(u);
    return bounded(value, value);
  }
  case weight_distance::logit: {
    const double width = step.upper - step.lower;
    const double odds = (step.upper - 1.0) / (1.0 - step.lower);
    const double steepness = width / ((1.0 - step.lower) * (step.upper - 1.0));
    const double share = 1.0 / (1.0 + odds * std::exp(-steepness * u));
    return {step.lower + width * share, width * steepness * share * (1.0 - share)};
  }
  }
  return bounded(1.0 + u, 1.0);
}

/// Weighted sums per cell.
inline std::vector<double> cell_sums(const calibration_step& step, std::span<const double> weight,
                                     std::span<const double> values) {
  std::vector<detail::accurate_sum> sums(step.cells);
  for (std::size_t i = 0; i < weight.size(); ++i)
    sums[step.cell[i]].add(weight[i] * (values.empty() ? 1.0 : values[i]));
  std::vector<double> out;
  out.reserve(sums.size());
  for (const detail::accurate_sum& sum : sums)
    out.push_back(sum.value());
  return out;
}

} // namespace detail_auxiliaries

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

QASCORE_INLINE calibration_factors factors_of(const calibration_step& step, std::span<const double> weight) {
  using namespace detail_auxiliaries;
  const std::size_t units = weight.size();
  calibration_factors out;
  out.factor.assign(units, 1.0);
  out.reached = true;
  if (!step.cell.empty()) {
    const std::vector<double> base = cell_sums(step, weight, step.measure);
    for (std::size_t i = 0; i < units; ++i)
      out.factor[i] = step.target[step.cell[i]] / base[step.cell[i]];
    out.reached = std::ranges::all_of(base, [](double sum) { return sum > 0.0; });
  }
  if (step.columns == 0)
    return out;

  const auto count = static_cast<Eigen::Index>(step.columns);
  detail::accurate_sum everything;
  for (const double w : weight)
    everything.add(w);
  const double scale = std::sqrt(everything.value());
  const auto column = [&](Eigen::Index j) { return step.basis.subspan(static_cast<std::size_t>(j) * units, units); };

  std::vector<double> rise(units);
  const auto gap_of = [&](const Eigen::VectorXd& lambda) {
    std::vector<double> u(units, 0.0);
    for (Eigen::Index j = 0; j < count; ++j)
      take_out(u, -lambda[j], column(j));
    for (std::size_t i = 0; i < units; ++i) {
      const slope at = evaluate(step, u[i]);
      out.factor[i] = at.value;
      rise[i] = at.rise * weight[i];
    }
    Eigen::VectorXd gap(count);
    for (Eigen::Index j = 0; j < count; ++j)
      gap[j] = product(weight, out.factor, column(j)) - step.target[static_cast<std::size_t>(j)];
    return gap;
  };

  Eigen::VectorXd lambda = Eigen::VectorXd::Zero(count);
  Eigen::VectorXd gap = gap_of(lambda);
  constexpr std::size_t most_steps = 200;
  while (gap.norm() > 1e-13 * scale && out.steps < most_steps) {
    Eigen::MatrixXd hessian(count, count);
    for (Eigen::Index j = 0; j < count; ++j)
      for (Eigen::Index k = 0; k <= j; ++k)
        hessian(j, k) = hessian(k, j) = product(rise, column(j), column(k));
    hessian.diagonal().array() += 1e-12 * (1e-12 + hessian.diagonal().maxCoeff());
    const Eigen::VectorXd direction = hessian.ldlt().solve(gap);
    double part = 1.0;
    Eigen::VectorXd next = gap_of(lambda - direction);
    while (!(next.norm() < gap.norm()) && part > 1e-9) {
      part /= 2.0;
      next = gap_of(lambda - part * direction);
    }
    if (!(next.norm() < gap.norm()))
      break;
    lambda -= part * direction;
    gap = std::move(next);
    ++out.steps;
  }
  gap = gap_of(lambda);
  out.reached = gap.norm() <= 1e-10 * scale;
  return out;
}

} // namespace qascore::kernel
