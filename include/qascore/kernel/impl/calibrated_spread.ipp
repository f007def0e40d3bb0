// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../calibrated_spread.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include <cstddef>
#include <utility>

namespace qascore::kernel {
namespace detail_spread {

using sparse = Eigen::SparseMatrix<double, Eigen::RowMajor>; ///< a row per unit, a column per auxiliary
using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;
using index = Eigen::Index;

/// M = diag(scale) - left right'.
struct residual_maker {
  vector scale;
  sparse left, right;
};

/// The step u -> u - r l'u, as r and l.
inline std::pair<sparse, sparse> projection_of(const calibration_step& step) {
  const std::size_t units = step.weight.size();
  const auto rows = static_cast<index>(units);
  if (!step.cell.empty()) {
    const auto measure = [&](std::size_t i) { return step.measure.empty() ? 1.0 : step.measure[i]; };
    std::vector<detail::accurate_sum> base(step.cells);
    for (std::size_t i = 0; i < units; ++i)
      base[step.cell[i]].add(step.weight[i] * measure(i));
    sparse r(rows, static_cast<index>(step.cells)), l(rows, static_cast<index>(step.cells));
    for (std::size_t i = 0; i < units; ++i) {
      const auto row = static_cast<index>(i), cell = static_cast<index>(step.cell[i]);
      r.insert(row, cell) = measure(i);
      l.insert(row, cell) = step.weight[i] / base[step.cell[i]].value();
    }
    return {std::move(r), std::move(l)};
  }
  const auto columns = static_cast<index>(step.columns);
  sparse r(rows, columns), l(rows, columns);
  r.reserve(Eigen::VectorXi::Constant(rows, static_cast<int>(columns)));
  l.reserve(Eigen::VectorXi::Constant(rows, static_cast<int>(columns)));
  for (std::size_t i = 0; i < units; ++i)
    for (index j = 0; j < columns; ++j) {
      const double q = step.basis[static_cast<std::size_t>(j) * units + i];
      if (q == 0.0)
        continue;
      r.insert(static_cast<index>(i), j) = q;
      l.insert(static_cast<index>(i), j) = step.weight[i] * q;
    }
  return {std::move(r), std::move(l)};
}

inline sparse beside(const sparse& a, const sparse& b) {
  sparse out(a.rows(), a.cols() + b.cols());
  out.reserve(a.nonZeros() + b.nonZeros());
  for (index i = 0; i < a.rows(); ++i) {
    out.startVec(i);
    for (sparse::InnerIterator at(a, i); at; ++at)
      out.insertBack(i, at.col()) = at.value();
    for (sparse::InnerIterator at(b, i); at; ++at)
      out.insertBack(i, a.cols() + at.col()) = at.value();
  }
  out.finalize();
  return out;
}

inline residual_maker residuals_of(const design_view& design) {
  const auto units = static_cast<index>(design.units);
  residual_maker m{vector::Ones(units), sparse(units, 0), sparse(units, 0)};
  std::span<const double> after = design.weight;
  for (std::size_t s = design.calibration.size(); s-- > 0;) {
    const calibration_step& step = design.calibration[s];
    if (!step.cell.empty() || step.columns > 0) {
      auto [r, l] = projection_of(step);
      if (m.left.cols() > 0) {
        const sparse across = l.transpose(), through = across * m.left, explained = r * through;
        m.left = beside(sparse(m.left - explained), r);
      } else {
        m.left = std::move(r);
      }
      m.right = beside(m.right, sparse(m.scale.asDiagonal() * l));
    }
    for (index i = 0; i < units; ++i) {
      const double g = after[static_cast<std::size_t>(i)] / step.weight[static_cast<std::size_t>(i)];
      m.scale[i] *= g;
      for (sparse::InnerIterator at(m.left, i); at; ++at)
        at.valueRef() *= g;
    }
    after = step.weight;
  }
  return m;
}

/// to += factor * a_i b_j' for two sparse rows.
inline void add_product(matrix& to, double factor, const sparse& a, index i, const sparse& b, index j) {
  for (sparse::InnerIterator left(a, i); left; ++left)
    for (sparse::InnerIterator right(b, j); right; ++right)
      to(left.col(), right.col()) += factor * left.value() * right.value();
}

} // namespace detail_spread

struct calibrated_spread::parts {
  std::vector<spread_stratum> strata;
  std::vector<std::uint32_t> cluster;         ///< per unit; empty: each its own
  std::vector<std::uint32_t> stratum;         ///< per cluster
  detail_spread::vector weight;               ///< per unit, after all steps
  detail_spread::sparse x;                    ///< sum of d_i left_i by cluster
  detail_spread::sparse right;                ///< per unit
  detail_spread::matrix x_x;                  ///< X'BX
  std::vector<detail_spread::vector> sum_x;   ///< by stratum, where centred
};

QASCORE_INLINE calibrated_spread::~calibrated_spread() = default;

QASCORE_INLINE calibrated_spread::calibrated_spread(const design_view& design, std::span<const spread_stratum> strata)
    : parts_{std::make_unique<parts>()} {
  using namespace detail_spread;
  parts& p = *parts_;
  p.strata.assign(strata.begin(), strata.end());
  p.cluster.assign(design.cluster.begin(), design.cluster.end());
  residual_maker m = residuals_of(design);
  const std::span<const double> drawn = design.calibration.front().weight;
  const std::size_t clusters = p.cluster.empty() ? design.units : design.clusters;
  const bool poisson = !design.chance.empty();
  p.stratum.assign(clusters, 0);
  p.weight = std::move(m.scale);
  for (std::size_t i = 0; i < design.units; ++i) {
    const std::size_t c = p.cluster.empty() ? i : p.cluster[i];
    p.stratum[c] = poisson ? static_cast<std::uint32_t>(c) : design.stratum_of(i);
    p.weight[static_cast<index>(i)] *= drawn[i];
    for (sparse::InnerIterator at(m.left, static_cast<index>(i)); at; ++at)
      at.valueRef() *= drawn[i];
  }
  p.right = std::move(m.right);
  if (p.cluster.empty()) {
    p.x = std::move(m.left);
  } else {
    sparse sum(static_cast<index>(clusters), static_cast<index>(design.units));
    std::vector<Eigen::Triplet<double>> ones;
    for (std::size_t i = 0; i < design.units; ++i)
      ones.emplace_back(static_cast<int>(p.cluster[i]), static_cast<int>(i), 1.0);
    sum.setFromTriplets(ones.begin(), ones.end());
    p.x = sum * m.left;
  }
  const index columns = p.x.cols();
  p.x_x = matrix::Zero(columns, columns);
  p.sum_x.resize(p.strata.size());
  for (std::size_t c = 0; c < clusters; ++c) {
    const spread_stratum& h = p.strata[p.stratum[c]];
    add_product(p.x_x, h.q, p.x, static_cast<index>(c), p.x, static_cast<index>(c));
    if (!h.centred)
      continue;
    vector& sum = p.sum_x[p.stratum[c]];
    if (sum.size() == 0)
      sum = vector::Zero(columns);
    for (sparse::InnerIterator at(p.x, static_cast<index>(c)); at; ++at)
      sum[at.col()] += at.value();
  }
  for (std::size_t h = 0; h < p.strata.size(); ++h)
    if (p.sum_x[h].size() > 0)
      p.x_x -= p.strata[h].q / p.strata[h].size * p.sum_x[h] * p.sum_x[h].transpose();
}

QASCORE_INLINE spread_moments calibrated_spread::of(std::span<const std::uint32_t> rows) const {
  using namespace detail_spread;
  const parts& p = *parts_;
  const index k = p.x.cols();

  // By cluster that holds one of the rows: d = sum w^2, y = sum w right.
  std::vector<std::uint32_t> touched;
  std::vector<std::uint32_t> place(p.stratum.size(), 0xffff'ffffu);
  std::vector<double> d;
  std::vector<Eigen::Triplet<double>> entries;
  matrix z = matrix::Zero(k, k);
  for (const std::uint32_t i : rows) {
    const std::uint32_t c = p.cluster.empty() ? i : p.cluster[i];
    if (place[c] == 0xffff'ffffu) {
      place[c] = static_cast<std::uint32_t>(touched.size());
      touched.push_back(c);
      d.push_back(0.0);
    }
    const auto unit = static_cast<index>(i);
    d[place[c]] += p.weight[unit] * p.weight[unit];
    add_product(z, 1.0, p.right, unit, p.right, unit);
    for (sparse::InnerIterator at(p.right, unit); at; ++at)
      entries.emplace_back(static_cast<int>(place[c]), static_cast<int>(at.col()), p.weight[unit] * at.value());
  }
  sparse y(static_cast<index>(touched.size()), k);
  y.setFromTriplets(entries.begin(), entries.end());

  // U = (X, Y), Cov(t) = diag(d) + U S U', S = ((z, -1), (-1, 0)); centred sums by stratum.
  struct stratum_sums {
    double d = 0.0;
    vector y, d_u;
  };
  std::vector<stratum_sums> sums(p.strata.size());
  matrix u_u = matrix::Zero(2 * k, 2 * k), d_u_u = u_u;
  u_u.topLeftCorner(k, k) = p.x_x;
  matrix x_y = matrix::Zero(k, k), y_y = x_y, dxx = x_y, dxy = x_y, dyy = x_y;
  spread_moments out;
  for (std::size_t at = 0; at < touched.size(); ++at) {
    const auto row = static_cast<index>(at), c = static_cast<index>(touched[at]);
    const std::uint32_t stratum = p.stratum[touched[at]];
    const spread_stratum& h = p.strata[stratum];
    if (h.q == 0.0)
      continue;
    out.target += h.rest * d[at];
    out.expected += h.q * d[at] * (h.centred ? 1.0 - 1.0 / h.size : 1.0);
    out.second += h.q * h.q * d[at] * d[at] * (h.centred ? 1.0 - 2.0 / h.size : 1.0);
    add_product(x_y, h.q, p.x, c, y, row);
    add_product(y_y, h.q, y, row, y, row);
    const double both = h.q * h.q * d[at];
    add_product(dxx, both, p.x, c, p.x, c);
    add_product(dxy, both, p.x, c, y, row);
    add_product(dyy, both, y, row, y, row);
    if (!h.centred)
      continue;
    stratum_sums& sum = sums[stratum];
    if (sum.y.size() == 0) {
      sum.y = vector::Zero(k);
      sum.d_u = vector::Zero(2 * k);
    }
    sum.d += d[at];
    for (sparse::InnerIterator one(y, row); one; ++one) {
      sum.y[one.col()] += one.value();
      sum.d_u[k + one.col()] += d[at] * one.value();
    }
    for (sparse::InnerIterator one(p.x, c); one; ++one)
      sum.d_u[one.col()] += d[at] * one.value();
  }
  u_u.topRightCorner(k, k) = x_y;
  u_u.bottomRightCorner(k, k) = y_y;
  d_u_u.topLeftCorner(k, k) = dxx;
  d_u_u.topRightCorner(k, k) = dxy;
  d_u_u.bottomRightCorner(k, k) = dyy;
  vector mean(2 * k);
  for (std::size_t h = 0; h < sums.size(); ++h) {
    const stratum_sums& sum = sums[h];
    if (sum.y.size() == 0)
      continue;
    const double n = p.strata[h].size, q = p.strata[h].q;
    u_u.topRightCorner(k, k) -= q / n * p.sum_x[h] * sum.y.transpose();
    u_u.bottomRightCorner(k, k) -= q / n * sum.y * sum.y.transpose();
    mean << p.sum_x[h] / n, sum.y / n;
    d_u_u += q * q * (sum.d * mean * mean.transpose() - sum.d_u * mean.transpose() - mean * sum.d_u.transpose());
    out.second += q * q * sum.d * sum.d / (n * n);
  }
  u_u.bottomLeftCorner(k, k) = u_u.topRightCorner(k, k).transpose();
  d_u_u.bottomLeftCorner(k, k) = d_u_u.topRightCorner(k, k).transpose();
  matrix s = matrix::Zero(2 * k, 2 * k);
  s.topLeftCorner(k, k) = z;
  s.topRightCorner(k, k) = s.bottomLeftCorner(k, k) = -matrix::Identity(k, k);
  const matrix carried = s * u_u;
  out.expected += carried.trace();
  out.second += 2.0 * (s * d_u_u).trace() + (carried.array() * carried.transpose().array()).sum();
  return out;
}

} // namespace qascore::kernel
