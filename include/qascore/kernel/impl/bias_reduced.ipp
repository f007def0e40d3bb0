// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../bias_reduced.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace qascore::kernel {
namespace detail_bias {

using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;
using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using index = Eigen::Index;

constexpr double no_residual = 1e-10; // eigenvalues of (I - H)_c (I - H)_c' lie between 0 and about 1

/// What the quadratic form knows of a stratum: V sums q (t - mean t)^2, or q t^2 where it is not centred.
struct stratum_part {
  double size = 0.0, rest = 1.0, q = 0.0;
  bool centred = false;
};

/// Rows by cluster: those of cluster c stand in order[start[c]] .. order[start[c + 1]].
struct clustered_rows {
  std::vector<std::size_t> order, start;
  std::vector<std::uint32_t> stratum;

  std::size_t count() const noexcept { return stratum.size(); }
};

inline clustered_rows by_cluster(const design_view& design, std::span<const std::uint32_t> unit) {
  clustered_rows out;
  const std::size_t codes = design.cluster.empty() ? design.units : design.clusters;
  const auto code = [&](std::size_t r) { return design.cluster.empty() ? unit[r] : design.cluster[unit[r]]; };
  std::vector<std::size_t> start(codes + 1, 0);
  for (std::size_t r = 0; r < unit.size(); ++r)
    ++start[code(r) + 1];
  for (std::size_t c = 0; c < codes; ++c)
    start[c + 1] += start[c];
  out.order.resize(unit.size());
  std::vector<std::size_t> next(start.begin(), start.end() - 1);
  for (std::size_t r = 0; r < unit.size(); ++r)
    out.order[next[code(r)]++] = r;
  out.start.push_back(0);
  for (std::size_t c = 0; c < codes; ++c)
    if (start[c + 1] > start[c]) {
      out.start.push_back(start[c + 1]);
      out.stratum.push_back(design.stratum_of(unit[out.order[start[c]]]));
    }
  return out;
}

inline std::vector<stratum_part> strata_of(const design_view& design, const clustered_rows& clusters) {
  std::vector<stratum_part> out(design.strata);
  for (const std::uint32_t h : clusters.stratum)
    out[h].size += 1.0;
  const bool several =
      std::count_if(out.begin(), out.end(), [](const stratum_part& s) { return s.size > 0.0; }) > 1;
  for (std::size_t h = 0; h < out.size(); ++h) {
    stratum_part& s = out[h];
    if (s.size == 0.0)
      continue;
    s.rest = design.population.empty() ? 1.0 : 1.0 - s.size / design.population[h];
    s.centred = several && s.size > 1.0;
    s.q = s.centred                                              ? s.rest * s.size / (s.size - 1.0)
          : s.size > 1.0 || design.single == single_unit::adjust ? s.rest
                                                                 : 0.0;
  }
  return out;
}

/// ((I - H)_c (I - H)_c')^(-1/2) g for all columns of g. With X, W of the cluster and K = M X'W^2 X M of all rows the
/// product is I + F S F', F = (X, W X), S = ((K, -M), (-M, 0)): the root is the identity but in the space of F.
inline void take_root(const matrix& f, const matrix& s, matrix& g) {
  const auto inverse_root = [](double eigenvalue) {
    return eigenvalue > no_residual ? 1.0 / std::sqrt(eigenvalue) : 0.0;
  };
  if (f.rows() == 1) {
    g *= inverse_root(1.0 + f.row(0).dot(s * f.row(0).transpose()));
    return;
  }
  if (f.rows() <= f.cols()) {
    const Eigen::SelfAdjointEigenSolver<matrix> eigen(matrix::Identity(f.rows(), f.rows()) +
                                                      f * s * f.transpose());
    const vector root = eigen.eigenvalues().unaryExpr(inverse_root);
    g = eigen.eigenvectors() * root.asDiagonal() * (eigen.eigenvectors().transpose() * g);
    return;
  }
  const Eigen::HouseholderQR<matrix> qr(f);
  const matrix basis = qr.householderQ() * matrix::Identity(f.rows(), f.cols());
  const matrix r = qr.matrixQR().topRows(f.cols()).template triangularView<Eigen::Upper>();
  const Eigen::SelfAdjointEigenSolver<matrix> eigen(r * s * r.transpose());
  const vector change = eigen.eigenvalues().unaryExpr([&](double l) { return inverse_root(1.0 + l) - 1.0; });
  const matrix axes = basis * eigen.eigenvectors();
  g += axes * (change.asDiagonal() * (axes.transpose() * g));
}

} // namespace detail_bias

QASCORE_INLINE std::vector<design_variance> bias_reduced_variances(const design_view& given,
                                                                   const working_rows& rows,
                                                                   std::span<const double> functions) {
  using namespace detail_bias;
  design_view design = given;
  if (!design.chance.empty()) { // units drawn by themselves: strata say nothing
    design.chance = {};
    design.stratum = {};
    design.strata = 1;
  }
  if (!design.calibration.empty())
    throw design_error(
        "errors: cr2 is not defined under calibrated weights (post-stratified, raked, calibrated or "
        "trimmed); choose linearized");
  const auto p = static_cast<index>(rows.columns), n = static_cast<index>(rows.unit.size());
  const Eigen::Map<const row_major> x(rows.x.data(), n, p), bread(rows.bread.data(), p, p);
  const Eigen::Map<const row_major> f(functions.data(), static_cast<index>(functions.size()) / p, p);
  const clustered_rows clusters = by_cluster(design, rows.unit);
  const std::vector<stratum_part> strata = strata_of(design, clusters);

  vector weight(n);
  for (index r = 0; r < n; ++r)
    weight[r] = design.weight_of(rows.unit[static_cast<std::size_t>(r)]);
  const matrix weighted = weight.asDiagonal() * x;
  matrix s = matrix::Zero(2 * p, 2 * p);
  s.topLeftCorner(p, p) = bread * (weighted.transpose() * weighted) * bread;
  s.topRightCorner(p, p) = s.bottomLeftCorner(p, p) = -bread;

  // Rows in the order of clusters, with g_c = W_c X_c M f in plain and under the root.
  matrix both(n, 2 * p), g, rooted(n, f.rows());
  vector residual(n);
  for (index r = 0; r < n; ++r) {
    const auto from = static_cast<index>(clusters.order[static_cast<std::size_t>(r)]);
    both.row(r) << x.row(from), weighted.row(from);
    residual[r] = rows.residual[static_cast<std::size_t>(from)];
  }
  const matrix plain = both.rightCols(p) * bread * f.transpose();
  for (std::size_t c = 0; c < clusters.count(); ++c) {
    const auto first = static_cast<index>(clusters.start[c]),
               size = static_cast<index>(clusters.start[c + 1]) - first;
    g = plain.middleRows(first, size);
    take_root(both.middleRows(first, size), s, g);
    rooted.middleRows(first, size) = g;
  }

  // As the engine does: single-cluster strata contribute nothing, or what the others do on average.
  double held = 0.0, silent = 0.0;
  for (const stratum_part& h : strata) {
    held += h.size > 0.0;
    silent += h.size == 1.0 && h.rest > 0.0 && design.single == single_unit::average;
  }
  const double averaged = held > silent ? held / (held - silent) : 1.0;
  const bool several =
      std::any_of(strata.begin(), strata.end(), [](const stratum_part& h) { return h.centred; });

  std::vector<design_variance> out;
  const std::size_t m = clusters.count();
  matrix u(2 * p, static_cast<index>(m)), mean(2 * p, static_cast<index>(strata.size()));
  for (index a = 0; a < f.rows(); ++a) {
    // Moments of V under independent errors: (t_c) has covariance D + U'S U with D the squares of rooted g_c, and
    // columns F_c' g_c of U.
    std::vector<double> t(m), d(m), mean_t(strata.size(), 0.0), sum_d(strata.size(), 0.0);
    mean.setZero();
    double target = 0.0, seen = 0.0;
    for (std::size_t c = 0; c < m; ++c) {
      const auto first = static_cast<index>(clusters.start[c]),
                 size = static_cast<index>(clusters.start[c + 1]) - first;
      const auto part = rooted.col(a).segment(first, size);
      const std::uint32_t h = clusters.stratum[c];
      const stratum_part& in = strata[h];
      const auto column = static_cast<index>(c);
      u.col(column) = both.middleRows(first, size).transpose() * part;
      t[c] = part.dot(residual.segment(first, size));
      d[c] = part.squaredNorm();
      if (in.q > 0.0) {
        target += in.rest * plain.col(a).segment(first, size).squaredNorm();
        seen += in.rest * (d[c] + u.col(column).dot(s * u.col(column)));
      }
      mean.col(h) += u.col(column) / in.size;
      mean_t[h] += t[c] / in.size;
      sum_d[h] += d[c];
    }
    double v = 0.0, expected = 0.0, second = 0.0;
    matrix of_u = matrix::Zero(2 * p, 2 * p), of_both = of_u;
    for (std::size_t c = 0; c < m; ++c) {
      const std::uint32_t h = clusters.stratum[c];
      const stratum_part& in = strata[h];
      const double centre = in.centred ? 1.0 : 0.0;
      const vector away = u.col(static_cast<index>(c)) - centre * mean.col(h);
      const double from_mean = t[c] - centre * mean_t[h];
      v += in.q * from_mean * from_mean;
      expected += in.q * d[c] * (1.0 - centre / in.size);
      second += in.q * in.q * d[c] *
                (d[c] * (1.0 - 2.0 * centre / in.size) + centre * sum_d[h] / (in.size * in.size));
      of_u += in.q * away * away.transpose();
      of_both += in.q * in.q * d[c] * away * away.transpose();
    }
    const matrix carried = s * of_u;
    expected += carried.trace();
    second += 2.0 * (s * of_both).trace() + (carried * carried).trace();

    design_variance found;
    if (target > 0.0 && !(seen > (1.0 - 1e-6) * target)) {
      found.undefined = "one cluster or row alone determines it or a part of it: no spread to see";
    } else {
      found.variance = averaged * (several && target > 0.0 ? v * target / expected : v);
      found.df = expected * expected / second;
    }
    out.push_back(found);
  }
  return out;
}

} // namespace qascore::kernel
