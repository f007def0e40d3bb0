// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "mixed_layout.hpp"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

/// The penalised normal equations of a mixed model, eliminated level by level. With Z the indicators of all levels, X the
/// fixed columns, W the weights and g the variances relative to the error's, they are
///
///   [Z'WZ + 1/g  Z'WX] [u]   [Z'Wy]
///   [X'WZ        X'WX] [b] = [X'Wy]
///
/// Scaled by the roots of g they stay regular where a variance is 0. Groups are small and many: what is done for each of
/// them is plain loops without memory of its own.
namespace qascore::kernel::detail_mixed {

/// Effects of all levels of all factors, and coefficients.
struct solution {
  std::vector<vector> u;
  vector b;
};

/// v <- L^-1 v, L lower triangular, column-major.
inline void solve_lower(const double* root, std::size_t b, double* v) {
  for (std::size_t c = 0; c < b; ++c) {
    const double* const column = root + c * b;
    const double left = v[c] /= column[c];
    for (std::size_t a = c + 1; a < b; ++a)
      v[a] -= left * column[a];
  }
}
/// v <- L^-T v
inline void solve_upper(const double* root, std::size_t b, double* v) {
  for (std::size_t c = b; c-- > 0;) {
    const double* const column = root + c * b;
    double left = v[c];
    for (std::size_t a = c + 1; a < b; ++a)
      left -= column[a] * v[a];
    v[c] = left / column[c];
  }
}

/// The inverse of a lower triangular matrix, in place; halves keep the products large.
inline void invert_lower(Eigen::Ref<matrix> root) {
  const index n = root.rows();
  if (n <= 48) {
    const matrix inverse = root.triangularView<Eigen::Lower>().solve(matrix::Identity(n, n));
    root.triangularView<Eigen::Lower>() = inverse;
    return;
  }
  const index half = n / 2, other = n - half;
  invert_lower(root.topLeftCorner(half, half));
  const matrix below =
      root.bottomLeftCorner(other, half) * root.topLeftCorner(half, half).triangularView<Eigen::Lower>();
  root.bottomLeftCorner(other, half) =
      -root.bottomRightCorner(other, other).triangularView<Eigen::Lower>().solve(below);
  invert_lower(root.bottomRightCorner(other, other));
}

class system {
public:
  system(std::span<const random_factor> factors, const matrix& x, std::span<const double> weight)
      : rows_(factors, x, weight), scale_{vector::Ones(static_cast<index>(rows_.r + rows_.p))} {}

  const layout& rows() const noexcept { return rows_; }
  const std::vector<random_factor>& factors() const noexcept { return rows_.factors; }
  /// Other weights of the same rows: asks to be factorised anew.
  void weigh(std::span<const double> weight) { rows_.weigh(weight); }

  /// For these relative variances: false if the equations are singular (dependent fixed columns).
  bool factorise(const std::vector<double>& ratio) {
    ratio_ = ratio;
    log_determinant_ = 0.0;
    const auto size = static_cast<index>(rows_.r + rows_.p);
    dense_ = rows_.cross;
    block_root_.assign(rows_.block_cross.begin(), rows_.block_cross.end());
    coupling_.assign(rows_.block_coupling.begin(), rows_.block_coupling.end());
    for (std::size_t g = 0; g < rows_.groups; ++g)
      eliminate(g);
    for (const std::size_t f : rows_.at_rest)
      scale_.segment(static_cast<index>(rows_.offset[f]), static_cast<index>(rows_.factors[f].levels))
          .setConstant(std::sqrt(ratio_[f]));
    scale_.tail(static_cast<index>(rows_.p)).setOnes();
    for (index c = 0; c < size; ++c)
      for (index a = c; a < size; ++a)
        dense_(a, c) *= scale_[a] * scale_[c];
    for (index i = 0; i < static_cast<index>(rows_.r); ++i)
      dense_(i, i) += 1.0;
    if (size > 0) {
      const Eigen::LLT<Eigen::Ref<matrix>, Eigen::Lower> root(dense_);
      if (root.info() != Eigen::Success)
        return false;
      log_determinant_ += 2.0 * dense_.diagonal().array().log().sum();
    }
    inverted_ = false;
    return std::isfinite(log_determinant_);
  }

  /// log|Z'WZ g + 1| + log|X'HX|
  double log_determinant() const noexcept { return log_determinant_; }

  /// Effects and coefficients from the right side of the equations.
  solution solve(solution out) const {
    const std::size_t r = rows_.r, p = rows_.p;
    std::vector<double> forward(rows_.block_level.size()), local, above;
    vector rest(static_cast<index>(r + p));
    for (const std::size_t f : rows_.at_rest)
      rest.segment(static_cast<index>(rows_.offset[f]), static_cast<index>(rows_.factors[f].levels)) =
          out.u[f];
    rest.tail(static_cast<index>(p)) = out.b;
    for (std::size_t g = 0; g < rows_.groups; ++g) {
      const std::size_t b = rows_.blocks(g), t = rows_.touched(g);
      const std::uint32_t* const met = rows_.met(g);
      double* const own = forward.data() + rows_.block_begin[g];
      for (std::size_t k = 0; k < b; ++k)
        own[k] = out.u[rows_.block_factor[rows_.block_begin[g] + k]][rows_.level_of_block(g, k)];
      for (std::size_t j = rows_.inner_begin[g]; j < rows_.inner_begin[g + 1]; ++j) {
        const double part = shrink(j) * out.u[rows_.inner][static_cast<index>(rows_.inner_level[j])];
        for (std::size_t e = rows_.entry_begin[j]; e < rows_.entry_begin[j + 1]; ++e)
          (rows_.entry_at[e] < b ? own[rows_.entry_at[e]]
                                 : rest[static_cast<index>(met[rows_.entry_at[e] - b])]) -=
              part * rows_.entry_value[e];
        for (std::size_t k = 0; k < p; ++k)
          rest[static_cast<index>(r + k)] -= part * rows_.inner_x[j * p + k];
      }
      for (std::size_t k = 0; k < b; ++k)
        own[k] *= block_scale(g, k);
      solve_lower(root(g), b, own);
      const double* across = coupling(g);
      for (std::size_t c = 0; c < t + p; ++c, across += b) {
        double down = 0.0;
        for (std::size_t k = 0; k < b; ++k)
          down += across[k] * own[k];
        rest[static_cast<index>(c < t ? met[c] : r + c - t)] -= down;
      }
    }
    rest.array() *= scale_.array();
    if (rest.size() == 0) {
      // nothing but groups
    } else if (inverted_)
      rest = dense_.triangularView<Eigen::Lower>().transpose() *
             (dense_.triangularView<Eigen::Lower>() * rest).eval();
    else {
      dense_.triangularView<Eigen::Lower>().solveInPlace(rest);
      dense_.triangularView<Eigen::Lower>().transpose().solveInPlace(rest);
    }
    rest.array() *= scale_.array();
    for (const std::size_t f : rows_.at_rest)
      out.u[f] =
          rest.segment(static_cast<index>(rows_.offset[f]), static_cast<index>(rows_.factors[f].levels));
    out.b = rest.tail(static_cast<index>(p));
    for (std::size_t g = 0; g < rows_.groups; ++g) {
      const std::size_t b = rows_.blocks(g), t = rows_.touched(g);
      const std::uint32_t* const met = rows_.met(g);
      double* const own = forward.data() + rows_.block_begin[g];
      const double* across = coupling(g);
      for (std::size_t c = 0; c < t + p; ++c, across += b) {
        const double up = rest[static_cast<index>(c < t ? met[c] : r + c - t)];
        for (std::size_t k = 0; k < b; ++k)
          own[k] -= across[k] * up;
      }
      solve_upper(root(g), b, own);
      for (std::size_t k = 0; k < b; ++k) {
        own[k] *= block_scale(g, k);
        out.u[rows_.block_factor[rows_.block_begin[g] + k]][rows_.level_of_block(g, k)] = own[k];
      }
      for (std::size_t j = rows_.inner_begin[g]; j < rows_.inner_begin[g + 1]; ++j) {
        double& u = out.u[rows_.inner][static_cast<index>(rows_.inner_level[j])];
        for (std::size_t e = rows_.entry_begin[j]; e < rows_.entry_begin[j + 1]; ++e)
          u -= rows_.entry_value[e] * (rows_.entry_at[e] < b
                                           ? own[rows_.entry_at[e]]
                                           : rest[static_cast<index>(met[rows_.entry_at[e] - b])]);
        for (std::size_t k = 0; k < p; ++k)
          u -= rows_.inner_x[j * p + k] * out.b[static_cast<index>(k)];
        u *= shrink(j);
      }
    }
    return out;
  }

  /// Sums of a column's values (times the weights) over the levels of each factor, and with the fixed columns.
  solution right_side(std::span<const double> values) const {
    solution out;
    for (const random_factor& factor : rows_.factors) {
      vector& sum = out.u.emplace_back(vector::Zero(static_cast<index>(factor.levels)));
      for (std::size_t i = 0; i < rows_.n; ++i)
        sum[static_cast<index>(factor.code[i])] += rows_.weight(i) * values[i];
    }
    out.b = vector::Zero(static_cast<index>(rows_.p));
    for (std::size_t k = 0; k < rows_.p; ++k)
      for (std::size_t i = 0; i < rows_.n; ++i)
        out.b[static_cast<index>(k)] += rows_.weight(i) * rows_.x(i, k) * values[i];
    return out;
  }

  /// W (values - X b - Z u) = P values, in units of the error variance.
  std::vector<double> residual(std::span<const double> values, const solution& fit) const {
    std::vector<double> out(values.begin(), values.end());
    for (std::size_t f = 0; f < rows_.factors.size(); ++f)
      for (std::size_t i = 0; i < rows_.n; ++i)
        out[i] -= fit.u[f][static_cast<index>(rows_.factors[f].code[i])];
    for (std::size_t k = 0; k < rows_.p; ++k)
      for (std::size_t i = 0; i < rows_.n; ++i)
        out[i] -= rows_.x(i, k) * fit.b[static_cast<index>(k)];
    for (std::size_t i = 0; i < rows_.n; ++i)
      out[i] *= rows_.weight(i);
    return out;
  }

  // What inverts the equations (mixed_errors.hpp) reads

  /// From here on `dense` holds the inverse of the root.
  void invert() {
    if (!inverted_ && dense_.size() > 0)
      invert_lower(dense_);
    inverted_ = true;
  }
  const matrix& dense() const noexcept { return dense_; }
  const vector& scale() const noexcept { return scale_; }
  double ratio(std::size_t f) const noexcept { return ratio_[f]; }
  /// Of a group: the root of its own equations, and what they have with the rest divided by it.
  const double* root(std::size_t g) const noexcept { return block_root_.data() + rows_.square_begin[g]; }
  const double* coupling(std::size_t g) const noexcept { return coupling_.data() + rows_.coupling_begin[g]; }
  double block_scale(std::size_t g, std::size_t k) const noexcept {
    return std::sqrt(ratio_[rows_.block_factor[rows_.block_begin[g] + k]]);
  }
  /// 1 / (1/g + weight) of an inner level.
  double shrink(std::size_t j) const noexcept {
    return ratio_[rows_.inner] / (1.0 + ratio_[rows_.inner] * rows_.inner_weight[j]);
  }

private:
  void eliminate(std::size_t g) {
    const std::size_t b = rows_.blocks(g), t = rows_.touched(g), wide = t + rows_.p, r = rows_.r;
    double* const square = block_root_.data() + rows_.square_begin[g];
    double* const across = coupling_.data() + rows_.coupling_begin[g];
    for (std::size_t j = rows_.inner_begin[g]; j < rows_.inner_begin[g + 1]; ++j)
      eliminate_inner(g, j, square, across);
    for (std::size_t k = 0; k < b; ++k) {
      const double s = block_scale(g, k);
      for (std::size_t c = 0; c < b; ++c) {
        square[c * b + k] *= s;
        square[k * b + c] *= s;
      }
      for (std::size_t c = 0; c < wide; ++c)
        across[c * b + k] *= s;
      square[k * b + k] += 1.0;
    }
    const std::uint32_t* const met = rows_.met(g);
    if (b == 1) {
      const double d = std::sqrt(square[0]);
      square[0] = d;
      log_determinant_ += 2.0 * std::log(d);
      for (std::size_t c = 0; c < wide; ++c)
        across[c] /= d;
      for (std::size_t c = 0; c < wide; ++c) {
        const double left = across[c];
        double* const below = dense_.col(static_cast<index>(c < t ? met[c] : r + c - t)).data();
        if (c < t && met[t - 1] - met[c] == t - 1 - c) {
          double* const from = below + met[c] - c; // without gaps: no indices
          for (std::size_t a = c; a < t; ++a)
            from[a] -= left * across[a];
        } else {
          for (std::size_t a = c; a < t; ++a)
            below[met[a]] -= left * across[a];
        }
        for (std::size_t a = std::max(c, t); a < wide; ++a)
          below[r + a - t] -= left * across[a];
      }
      return;
    }
    const auto high = static_cast<index>(b);
    Eigen::Map<matrix> own(square, high, high), rows(across, high, static_cast<index>(wide));
    const Eigen::LLT<Eigen::Ref<matrix>, Eigen::Lower> factor(own);
    log_determinant_ += 2.0 * own.diagonal().array().log().sum();
    own.triangularView<Eigen::Lower>().solveInPlace(rows);
    const matrix product = rows.transpose() * rows;
    for (std::size_t c = 0; c < wide; ++c)
      for (std::size_t a = c; a < wide; ++a)
        dense_(static_cast<index>(rows_.column(g, a)), static_cast<index>(rows_.column(g, c))) -=
            product(static_cast<index>(a), static_cast<index>(c));
  }

  void eliminate_inner(std::size_t g, std::size_t j, double* square, double* across) {
    const std::size_t b = rows_.blocks(g), t = rows_.touched(g), p = rows_.p, r = rows_.r;
    log_determinant_ += std::log1p(ratio_[rows_.inner] * rows_.inner_weight[j]);
    const double by = shrink(j);
    const double* const fixed = rows_.inner_x.data() + j * p;
    for (std::size_t e = rows_.entry_begin[j]; e < rows_.entry_begin[j + 1]; ++e) {
      const std::size_t c = rows_.entry_at[e];
      const double left = by * rows_.entry_value[e];
      for (std::size_t a = rows_.entry_begin[j]; a < rows_.entry_begin[j + 1]; ++a) {
        const std::size_t other = rows_.entry_at[a];
        if (c < b && other < b)
          square[c * b + other] -= left * rows_.entry_value[a];
        else if (c < b)
          across[(other - b) * b + c] -= left * rows_.entry_value[a];
        else if (other >= c)
          dense_(static_cast<index>(rows_.column(g, other - b)),
                 static_cast<index>(rows_.column(g, c - b))) -= left * rows_.entry_value[a];
      }
      for (std::size_t k = 0; k < p; ++k)
        (c < b ? across[(t + k) * b + c]
               : dense_(static_cast<index>(r + k), static_cast<index>(rows_.column(g, c - b)))) -=
            left * fixed[k];
    }
    for (std::size_t k = 0; k < p; ++k)
      for (std::size_t l = k; l < p; ++l)
        dense_(static_cast<index>(r + l), static_cast<index>(r + k)) -= by * fixed[k] * fixed[l];
  }

  layout rows_;
  std::vector<double> block_root_, coupling_, ratio_;
  matrix dense_; ///< lower triangle
  vector scale_;
  double log_determinant_ = 0.0;
  bool inverted_ = false;
};

} // namespace qascore::kernel::detail_mixed
