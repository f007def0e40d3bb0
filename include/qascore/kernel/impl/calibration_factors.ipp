// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../auxiliaries.hpp"
#include "../calibration_factors.hpp"
#include "auxiliary_sums.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <utility>

namespace qascore::kernel {
namespace detail_calibration_factors {

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

} // namespace detail_calibration_factors

QASCORE_INLINE calibration_factors factors_of(const calibration_step& step, std::span<const double> weight) {
  using namespace detail_auxiliaries;
  using namespace detail_calibration_factors;
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
