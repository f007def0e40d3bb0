// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../core/missing.hpp"
#include "../mixed_data.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

/// The penalised normal equations of a mixed model, eliminated level by level. With Z the indicators of all levels, X the
/// fixed columns, W the weights and g the variances relative to the error's, they are
///
///   [Z'WZ + 1/g  Z'WX] [u]   [Z'Wy]
///   [X'WZ        X'WX] [b] = [X'Wy]
///
/// Factors have one of three roles. `block`: the factor with most levels (or the one it is nested in) and all that is
/// nested in it; its levels part the rows into groups, and groups do not meet. `inner`: the largest factor, where it is
/// nested in that one; its levels meet one group each and are eliminated first, one scalar each. `rest`: what crosses
/// groups; with X it is dense, and small. Scaled by the roots of g the equations stay regular where a variance is 0.
namespace qascore::kernel::detail_mixed {

using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;
using index = Eigen::Index;

/// Effects of all levels of all factors, and coefficients.
struct solution {
  std::vector<vector> u;
  vector b;
};

enum class role { inner, block, rest };

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
  static constexpr std::size_t most_dense = 20'000;

  /// `x`: rows x p, column-major. Throws data_error where too much would be dense.
  system(std::span<const random_factor> factors, const matrix& x, std::span<const double> weight)
      : factors_{factors.begin(), factors.end()}, x_{x}, weight_{weight},
        n_{static_cast<std::size_t>(x.rows())}, p_{static_cast<std::size_t>(x.cols())} {
    take_roles();
    sort_rows();
    accumulate();
  }

  std::size_t rows() const noexcept { return n_; }
  std::size_t columns() const noexcept { return p_; }
  std::size_t dense() const noexcept { return r_; }
  const std::vector<random_factor>& factors() const noexcept { return factors_; }
  double weight(std::size_t i) const noexcept { return weight_.empty() ? 1.0 : weight_[i]; }
  double x(std::size_t i, std::size_t k) const noexcept {
    return x_(static_cast<index>(i), static_cast<index>(k));
  }

  /// For these relative variances: false if the equations are singular (dependent fixed columns).
  bool factorise(const std::vector<double>& ratio) {
    ratio_ = ratio;
    log_determinant_ = 0.0;
    const auto size = static_cast<index>(r_ + p_);
    dense_ = cross_;
    block_root_.assign(block_cross_.begin(), block_cross_.end());
    coupling_.assign(block_coupling_.begin(), block_coupling_.end());
    for (std::size_t g = 0; g < groups_; ++g)
      eliminate(g);
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::rest)
        scale_.segment(static_cast<index>(offset_[f]), static_cast<index>(factors_[f].levels))
            .setConstant(std::sqrt(ratio_[f]));
    scale_.tail(static_cast<index>(p_)).setOnes();
    for (index c = 0; c < size; ++c)
      for (index a = c; a < size; ++a)
        dense_(a, c) *= scale_[a] * scale_[c];
    dense_.diagonal().head(static_cast<index>(r_)).array() += 1.0;
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
    std::vector<double> forward(block_level_.size());
    vector rest(static_cast<index>(r_ + p_));
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::rest)
        rest.segment(static_cast<index>(offset_[f]), static_cast<index>(factors_[f].levels)) = out.u[f];
    rest.tail(static_cast<index>(p_)) = out.b;
    vector local;
    for (std::size_t g = 0; g < groups_; ++g) {
      const std::size_t b = blocks(g), t = touched(g);
      local.resize(static_cast<index>(b));
      for (std::size_t k = 0; k < b; ++k)
        local[static_cast<index>(k)] = out.u[block_factor_[block_begin_[g] + k]][level_of_block(g, k)];
      for (std::size_t j = inner_begin_[g]; j < inner_begin_[g + 1]; ++j) {
        const double part = shrink(j) * out.u[inner_][static_cast<index>(inner_level_[j])];
        for (std::size_t e = entry_begin_[j]; e < entry_begin_[j + 1]; ++e)
          (entry_at_[e] < b ? local[static_cast<index>(entry_at_[e])]
                            : rest[static_cast<index>(touched_[touched_begin_[g] + entry_at_[e] - b])]) -=
              part * entry_value_[e];
        for (std::size_t k = 0; k < p_; ++k)
          rest[static_cast<index>(r_ + k)] -= part * inner_x_[j * p_ + k];
      }
      for (std::size_t k = 0; k < b; ++k)
        local[static_cast<index>(k)] *= block_scale(g, k);
      root(g).triangularView<Eigen::Lower>().solveInPlace(local);
      for (std::size_t k = 0; k < b; ++k)
        forward[block_begin_[g] + k] = local[static_cast<index>(k)];
      const vector down = coupling(g).transpose() * local;
      for (std::size_t c = 0; c < t + p_; ++c)
        rest[static_cast<index>(column(g, c))] -= down[static_cast<index>(c)];
    }
    rest.array() *= scale_.array();
    if (inverted_)
      rest = dense_.triangularView<Eigen::Lower>().transpose() *
             (dense_.triangularView<Eigen::Lower>() * rest).eval();
    else {
      dense_.triangularView<Eigen::Lower>().solveInPlace(rest);
      dense_.triangularView<Eigen::Lower>().transpose().solveInPlace(rest);
    }
    rest.array() *= scale_.array();
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::rest)
        out.u[f] = rest.segment(static_cast<index>(offset_[f]), static_cast<index>(factors_[f].levels));
    out.b = rest.tail(static_cast<index>(p_));
    vector above;
    for (std::size_t g = 0; g < groups_; ++g) {
      const std::size_t b = blocks(g), t = touched(g);
      above.resize(static_cast<index>(t + p_));
      for (std::size_t c = 0; c < t + p_; ++c)
        above[static_cast<index>(c)] = rest[static_cast<index>(column(g, c))];
      local = Eigen::Map<const vector>(forward.data() + block_begin_[g], static_cast<index>(b)) -
              coupling(g) * above;
      root(g).transpose().triangularView<Eigen::Upper>().solveInPlace(local);
      for (std::size_t k = 0; k < b; ++k) {
        local[static_cast<index>(k)] *= block_scale(g, k);
        out.u[block_factor_[block_begin_[g] + k]][level_of_block(g, k)] = local[static_cast<index>(k)];
      }
      for (std::size_t j = inner_begin_[g]; j < inner_begin_[g + 1]; ++j) {
        double& u = out.u[inner_][static_cast<index>(inner_level_[j])];
        for (std::size_t e = entry_begin_[j]; e < entry_begin_[j + 1]; ++e)
          u -= entry_value_[e] * (entry_at_[e] < b ? local[static_cast<index>(entry_at_[e])]
                                                   : above[static_cast<index>(entry_at_[e] - b)]);
        for (std::size_t k = 0; k < p_; ++k)
          u -= inner_x_[j * p_ + k] * out.b[static_cast<index>(k)];
        u *= shrink(j);
      }
    }
    return out;
  }

  /// Prediction error variances relative to the error's: of each effect, and of each effect plus the intercept.
  struct errors {
    std::vector<vector> effect, with_intercept;
    matrix coefficient; ///< covariance of the coefficients, p x p
    std::vector<matrix>
        squares; ///< per factor: sum over its levels of c c', c: covariances with the coefficients
  };
  errors prediction_errors() {
    invert();
    errors out;
    const auto size = static_cast<index>(r_ + p_), p = static_cast<index>(p_);
    const matrix tail = inverse_columns();
    out.coefficient = tail.bottomRows(p);
    out.squares.assign(factors_.size(), matrix::Zero(p, p));
    const double of_intercept = tail(size - p, 0);
    for (std::size_t f = 0; f < factors_.size(); ++f) { // a level without rows is as uncertain as it was
      const auto levels = static_cast<index>(factors_[f].levels);
      out.effect.emplace_back(vector::Constant(levels, ratio_[f]));
      out.with_intercept.emplace_back(vector::Constant(levels, ratio_[f] + of_intercept));
    }
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::rest)
        for (std::size_t l = 0; l < factors_[f].levels; ++l) {
          const auto at = static_cast<index>(offset_[f] + l);
          const double own = ratio_[f] * dense_.col(at).tail(size - at).squaredNorm();
          out.effect[f][static_cast<index>(l)] = own;
          out.with_intercept[f][static_cast<index>(l)] = own + 2.0 * tail(at, 0) + of_intercept;
          out.squares[f] += tail.row(at).transpose() * tail.row(at);
        }
    // With levels inside groups the whole inverse of the rest is looked at again and again.
    const matrix whole = inner_ < factors_.size() ? inverse_of_rest() : matrix();
    for (std::size_t g = 0; g < groups_; ++g)
      errors_of_group(g, tail, of_intercept, whole, out);
    return out;
  }

  /// Prediction error variance of each row's expectation x'b + z'u, relative to the error's. Needs a factor.
  std::vector<double> leverages() {
    invert();
    const matrix whole = inverse_of_rest();
    std::vector<double> out(n_, 0.0);
    std::vector<std::pair<std::size_t, double>> a;
    for (std::size_t g = 0; g < groups_; ++g) {
      const auto [up, own] = block_inverse(g);
      const group_covariance local(*this, g, up, own, whole);
      const std::size_t b = blocks(g), t = touched(g);
      std::size_t j = inner_begin_[g];
      for (std::size_t at = row_begin_[g]; at < row_begin_[g + 1]; ++at) {
        const std::uint32_t i = row_[at];
        a.clear();
        for (std::size_t f = 0; f < factors_.size(); ++f) {
          const std::uint32_t level = factors_[f].code[i];
          if (role_[f] == role::block)
            a.emplace_back(place_[f][level], 1.0);
          if (role_[f] != role::rest)
            continue;
          const auto from = touched_.begin() + static_cast<std::ptrdiff_t>(touched_begin_[g]);
          const auto found = std::lower_bound(from, from + static_cast<std::ptrdiff_t>(t),
                                              static_cast<std::uint32_t>(offset_[f] + level));
          a.emplace_back(b + static_cast<std::size_t>(found - from), 1.0);
        }
        for (std::size_t k = 0; k < p_; ++k)
          a.emplace_back(b + t + k, x(i, k));
        if (inner_ <
            factors_.size()) { // an inner level is what its rows leave: it takes a share of their sums away
          while (inner_level_[j] != factors_[inner_].code[i])
            ++j;
          for (std::size_t e = entry_begin_[j]; e < entry_begin_[j + 1]; ++e)
            a.emplace_back(entry_at_[e], -shrink(j) * entry_value_[e]);
          for (std::size_t k = 0; k < p_; ++k)
            a.emplace_back(b + t + k, -shrink(j) * inner_x_[j * p_ + k]);
          out[i] = shrink(j);
        }
        out[i] += local.quadratic(a);
      }
    }
    return out;
  }

  /// Sums of a column's values (times the weights) over the levels of each factor, and with the fixed columns.
  solution right_side(const double* values) const {
    solution out;
    for (std::size_t f = 0; f < factors_.size(); ++f) {
      out.u.emplace_back(vector::Zero(static_cast<index>(factors_[f].levels)));
      for (std::size_t i = 0; i < n_; ++i)
        out.u[f][static_cast<index>(factors_[f].code[i])] += weight(i) * values[i];
    }
    out.b = vector::Zero(static_cast<index>(p_));
    for (std::size_t k = 0; k < p_; ++k)
      for (std::size_t i = 0; i < n_; ++i)
        out.b[static_cast<index>(k)] += weight(i) * x(i, k) * values[i];
    return out;
  }

  /// [Z X]'W [Z X] times effects and coefficients.
  solution multiply(const solution& by) const {
    solution out;
    for (const random_factor& factor : factors_)
      out.u.emplace_back(vector::Zero(static_cast<index>(factor.levels)));
    vector rest(static_cast<index>(r_ + p_));
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::rest)
        rest.segment(static_cast<index>(offset_[f]), static_cast<index>(factors_[f].levels)) = by.u[f];
    rest.tail(static_cast<index>(p_)) = by.b;
    vector product = cross_.selfadjointView<Eigen::Lower>() * rest;
    vector local, above, block;
    for (std::size_t g = 0; g < groups_; ++g) {
      const std::size_t b = blocks(g), t = touched(g);
      local.resize(static_cast<index>(b));
      above.resize(static_cast<index>(t + p_));
      for (std::size_t k = 0; k < b; ++k)
        local[static_cast<index>(k)] = by.u[block_factor_[block_begin_[g] + k]][level_of_block(g, k)];
      for (std::size_t c = 0; c < t + p_; ++c)
        above[static_cast<index>(c)] = rest[static_cast<index>(column(g, c))];
      const Eigen::Map<const matrix> square(block_cross_.data() + square_begin_[g], static_cast<index>(b),
                                            static_cast<index>(b));
      const Eigen::Map<const matrix> across(block_coupling_.data() + coupling_begin_[g],
                                            static_cast<index>(b), static_cast<index>(t + p_));
      block = square * local + across * above;
      above = across.transpose() * local; // from here on: what the group adds to the rest
      for (std::size_t j = inner_begin_[g]; j < inner_begin_[g + 1]; ++j) {
        const double own = by.u[inner_][static_cast<index>(inner_level_[j])];
        double sum = inner_weight_[j] * own;
        for (std::size_t e = entry_begin_[j]; e < entry_begin_[j + 1]; ++e) {
          const auto at = static_cast<index>(entry_at_[e]), size = static_cast<index>(b);
          sum += entry_value_[e] *
                 (at < size ? local[at]
                            : rest[static_cast<index>(touched_[touched_begin_[g] + entry_at_[e] - b])]);
          (at < size ? block[at] : above[at - size]) += entry_value_[e] * own;
        }
        for (std::size_t k = 0; k < p_; ++k) {
          sum += inner_x_[j * p_ + k] * by.b[static_cast<index>(k)];
          above[static_cast<index>(t + k)] += inner_x_[j * p_ + k] * own;
        }
        out.u[inner_][static_cast<index>(inner_level_[j])] = sum;
      }
      for (std::size_t k = 0; k < b; ++k)
        out.u[block_factor_[block_begin_[g] + k]][level_of_block(g, k)] = block[static_cast<index>(k)];
      for (std::size_t c = 0; c < t + p_; ++c)
        product[static_cast<index>(column(g, c))] += above[static_cast<index>(c)];
    }
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::rest)
        out.u[f] = product.segment(static_cast<index>(offset_[f]), static_cast<index>(factors_[f].levels));
    out.b = product.tail(static_cast<index>(p_));
    return out;
  }

  /// W (values - X b - Z u) = P values, in units of the error variance.
  std::vector<double> residual(const double* values, const solution& fit) const {
    std::vector<double> out(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      double left = values[i];
      for (std::size_t f = 0; f < factors_.size(); ++f)
        left -= fit.u[f][static_cast<index>(factors_[f].code[i])];
      for (std::size_t k = 0; k < p_; ++k)
        left -= x(i, k) * fit.b[static_cast<index>(k)];
      out[i] = weight(i) * left;
    }
    return out;
  }

  /// Sums over levels of values that are weighted already.
  std::vector<vector> level_sums(const std::vector<double>& weighted) const {
    std::vector<vector> out;
    for (const random_factor& factor : factors_) {
      out.emplace_back(vector::Zero(static_cast<index>(factor.levels)));
      for (std::size_t i = 0; i < n_; ++i)
        out.back()[static_cast<index>(factor.code[i])] += weighted[i];
    }
    return out;
  }

  /// Whether each level of `a` meets one level of `b` only.
  static bool nested(const random_factor& a, const random_factor& b) {
    std::vector<std::uint32_t> met(a.levels, missing_code);
    for (std::size_t i = 0; i < a.code.size(); ++i) {
      std::uint32_t& in = met[a.code[i]];
      if (is_missing(in))
        in = b.code[i];
      else if (in != b.code[i])
        return false;
    }
    return true;
  }

private:
  void take_roles() {
    const std::size_t count = factors_.size();
    role_.assign(count, role::rest);
    offset_.assign(count, 0);
    inner_ = count;
    group_factor_ = count;
    if (count > 0) {
      const auto most = [&](auto&& allowed) {
        std::size_t best = count;
        for (std::size_t f = 0; f < count; ++f)
          if (allowed(f) && (best == count || factors_[f].levels > factors_[best].levels))
            best = f;
        return best;
      };
      const std::size_t largest = most([](std::size_t) { return true; });
      group_factor_ =
          most([&](std::size_t f) { return f != largest && nested(factors_[largest], factors_[f]); });
      if (group_factor_ == count)
        group_factor_ = largest;
      else {
        inner_ = largest;
        role_[inner_] = role::inner;
      }
      for (std::size_t f = 0; f < count; ++f)
        if (f != inner_ && (f == group_factor_ || nested(factors_[f], factors_[group_factor_])))
          role_[f] = role::block;
    }
    for (std::size_t f = 0; f < count; ++f)
      if (role_[f] == role::rest) {
        offset_[f] = r_;
        r_ += factors_[f].levels;
      }
    if (r_ > most_dense)
      throw data_error("factors: expected at most " + std::to_string(most_dense) +
                       " levels in the factors that cross the largest one but found " + std::to_string(r_));
    scale_ = vector::Ones(static_cast<index>(r_ + p_));
    groups_ = group_factor_ < count ? factors_[group_factor_].levels : 0;
  }

  /// Rows by group, within it by inner level.
  void sort_rows() {
    row_.resize(n_);
    std::iota(row_.begin(), row_.end(), std::uint32_t{0});
    row_begin_.assign(groups_ + 1, 0);
    if (groups_ == 0)
      return;
    const auto group = factors_[group_factor_].code;
    const auto by = [&](std::span<const std::uint32_t> code, std::size_t levels) { // counting sort, stable
      std::vector<std::size_t> next(levels + 1, 0);
      for (const std::uint32_t c : code)
        ++next[c + 1];
      std::partial_sum(next.begin(), next.end(), next.begin());
      std::vector<std::uint32_t> sorted(n_);
      for (const std::uint32_t i : row_)
        sorted[next[code[i]]++] = i;
      row_ = std::move(sorted);
    };
    if (inner_ < factors_.size())
      by(factors_[inner_].code, factors_[inner_].levels);
    by(group, groups_);
    for (const std::uint32_t c : group)
      ++row_begin_[c + 1];
    std::partial_sum(row_begin_.begin(), row_begin_.end(), row_begin_.begin());
  }

  void accumulate() {
    const auto size = static_cast<index>(r_ + p_);
    cross_ = matrix::Zero(size, size);
    std::vector<std::size_t> at_rest;
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::rest)
        at_rest.push_back(f);
    for (std::size_t i = 0; i < n_; ++i) {
      const double w = weight(i);
      for (const std::size_t f : at_rest) {
        const auto c = static_cast<index>(offset_[f] + factors_[f].code[i]);
        for (const std::size_t g : at_rest)
          if (const auto a = static_cast<index>(offset_[g] + factors_[g].code[i]); a >= c)
            cross_(a, c) += w;
        for (std::size_t k = 0; k < p_; ++k)
          cross_(static_cast<index>(r_ + k), c) += w * x(i, k);
      }
      for (std::size_t k = 0; k < p_; ++k)
        for (std::size_t l = k; l < p_; ++l)
          cross_(static_cast<index>(r_ + l), static_cast<index>(r_ + k)) += w * x(i, k) * x(i, l);
    }
    block_begin_.assign(1, 0);
    touched_begin_.assign(1, 0);
    inner_begin_.assign(1, 0);
    square_begin_.assign(1, 0);
    coupling_begin_.assign(1, 0);
    entry_begin_.assign(1, 0);
    std::vector<std::size_t> at_block;
    for (std::size_t f = 0; f < factors_.size(); ++f)
      if (role_[f] == role::block)
        at_block.push_back(f);
    place_.resize(factors_.size());
    for (const std::size_t f : at_block)
      place_[f].assign(factors_[f].levels, missing_code);
    std::vector<std::uint32_t> position(r_, missing_code); // of a column among those that the group meets
    std::vector<std::pair<std::uint32_t, double>> entries;
    for (std::size_t g = 0; g < groups_; ++g) {
      const std::size_t from = touched_.size();
      for (std::size_t at = row_begin_[g]; at < row_begin_[g + 1]; ++at) {
        const std::uint32_t i = row_[at];
        for (const std::size_t f : at_block)
          if (std::uint32_t& in = place_[f][factors_[f].code[i]]; is_missing(in)) {
            in = static_cast<std::uint32_t>(block_level_.size() - block_begin_[g]);
            block_factor_.push_back(f);
            block_level_.push_back(factors_[f].code[i]);
          }
        for (const std::size_t f : at_rest)
          if (std::uint32_t& in = position[offset_[f] + factors_[f].code[i]]; is_missing(in)) {
            in = 0;
            touched_.push_back(static_cast<std::uint32_t>(offset_[f] + factors_[f].code[i]));
          }
      }
      std::sort(touched_.begin() + static_cast<std::ptrdiff_t>(from), touched_.end());
      for (std::size_t c = from; c < touched_.size(); ++c)
        position[touched_[c]] = static_cast<std::uint32_t>(c - from);
      block_begin_.push_back(block_level_.size());
      touched_begin_.push_back(touched_.size());
      const std::size_t b = blocks(g), t = touched(g);
      square_begin_.push_back(square_begin_.back() + b * b);
      coupling_begin_.push_back(coupling_begin_.back() + b * (t + p_));
      block_cross_.resize(square_begin_.back(), 0.0);
      block_coupling_.resize(coupling_begin_.back(), 0.0);
      double* const square = block_cross_.data() + square_begin_[g];
      double* const across = block_coupling_.data() + coupling_begin_[g];
      for (std::size_t at = row_begin_[g]; at < row_begin_[g + 1]; ++at) {
        const std::uint32_t i = row_[at];
        const double w = weight(i);
        for (const std::size_t f : at_block) {
          const std::size_t own = place_[f][factors_[f].code[i]];
          for (const std::size_t h : at_block)
            square[place_[h][factors_[h].code[i]] * b + own] += w;
          for (const std::size_t h : at_rest)
            across[position[offset_[h] + factors_[h].code[i]] * b + own] += w;
          for (std::size_t k = 0; k < p_; ++k)
            across[(t + k) * b + own] += w * x(i, k);
        }
        if (inner_ == factors_.size())
          continue;
        const std::uint32_t level = factors_[inner_].code[i];
        if (at == row_begin_[g] || factors_[inner_].code[row_[at - 1]] != level) {
          inner_level_.push_back(level);
          inner_weight_.push_back(0.0);
          inner_x_.resize(inner_x_.size() + p_, 0.0);
          entries.clear();
        }
        inner_weight_.back() += w;
        for (std::size_t k = 0; k < p_; ++k)
          inner_x_[inner_x_.size() - p_ + k] += w * x(i, k);
        for (const std::size_t f : at_block)
          entries.emplace_back(place_[f][factors_[f].code[i]], w);
        for (const std::size_t f : at_rest)
          entries.emplace_back(static_cast<std::uint32_t>(b) + position[offset_[f] + factors_[f].code[i]], w);
        if (at + 1 < row_begin_[g + 1] && factors_[inner_].code[row_[at + 1]] == level)
          continue;
        std::sort(entries.begin(), entries.end());
        for (std::size_t e = 0; e < entries.size(); ++e)
          if (e > 0 && entries[e].first == entries[e - 1].first)
            entry_value_.back() += entries[e].second;
          else {
            entry_at_.push_back(entries[e].first);
            entry_value_.push_back(entries[e].second);
          }
        entry_begin_.push_back(entry_at_.size());
      }
      inner_begin_.push_back(inner_level_.size());
      for (std::size_t c = from; c < touched_.size(); ++c)
        position[touched_[c]] = missing_code;
    }
  }

  std::size_t blocks(std::size_t g) const noexcept { return block_begin_[g + 1] - block_begin_[g]; }
  std::size_t touched(std::size_t g) const noexcept { return touched_begin_[g + 1] - touched_begin_[g]; }
  /// The column of the rest that is c-th for group g; the fixed ones come last.
  std::size_t column(std::size_t g, std::size_t c) const noexcept {
    return c < touched(g) ? touched_[touched_begin_[g] + c] : r_ + c - touched(g);
  }
  index level_of_block(std::size_t g, std::size_t k) const noexcept {
    return static_cast<index>(block_level_[block_begin_[g] + k]);
  }
  double block_scale(std::size_t g, std::size_t k) const noexcept {
    return std::sqrt(ratio_[block_factor_[block_begin_[g] + k]]);
  }
  /// 1 / (1/g + weight) of an inner level.
  double shrink(std::size_t j) const noexcept {
    return ratio_[inner_] / (1.0 + ratio_[inner_] * inner_weight_[j]);
  }
  Eigen::Map<const matrix> root(std::size_t g) const {
    return {block_root_.data() + square_begin_[g], static_cast<index>(blocks(g)),
            static_cast<index>(blocks(g))};
  }
  Eigen::Map<const matrix> coupling(std::size_t g) const {
    return {coupling_.data() + coupling_begin_[g], static_cast<index>(blocks(g)),
            static_cast<index>(touched(g) + p_)};
  }

  void eliminate(std::size_t g) {
    const std::size_t b = blocks(g), t = touched(g), wide = t + p_;
    Eigen::Map<matrix> square(block_root_.data() + square_begin_[g], static_cast<index>(b),
                              static_cast<index>(b));
    Eigen::Map<matrix> across(coupling_.data() + coupling_begin_[g], static_cast<index>(b),
                              static_cast<index>(wide));
    for (std::size_t j = inner_begin_[g]; j < inner_begin_[g + 1]; ++j)
      eliminate_inner(g, j, square, across);
    for (std::size_t k = 0; k < b; ++k) {
      const double s = block_scale(g, k);
      square.row(static_cast<index>(k)) *= s;
      square.col(static_cast<index>(k)) *= s;
      across.row(static_cast<index>(k)) *= s;
    }
    square.diagonal().array() += 1.0;
    if (b == 1) {
      const double d = std::sqrt(square(0, 0));
      square(0, 0) = d;
      log_determinant_ += 2.0 * std::log(d);
      across /= d;
      for (std::size_t c = 0; c < wide; ++c) {
        const double left = across(0, static_cast<index>(c));
        double* const below = dense_.col(static_cast<index>(column(g, c))).data();
        const double* const row = across.data();
        if (c < t && touched_[touched_begin_[g] + t - 1] - touched_[touched_begin_[g] + c] == t - 1 - c) {
          double* const from = below + touched_[touched_begin_[g] + c] - c; // without gaps: no indices
          for (std::size_t a = c; a < t; ++a)
            from[a] -= left * row[a];
        } else {
          for (std::size_t a = c; a < t; ++a)
            below[touched_[touched_begin_[g] + a]] -= left * row[a];
        }
        for (std::size_t a = std::max(c, t); a < wide; ++a)
          below[r_ + a - t] -= left * row[a];
      }
      return;
    }
    const Eigen::LLT<Eigen::Ref<matrix>, Eigen::Lower> factor(square);
    log_determinant_ += 2.0 * square.diagonal().array().log().sum();
    square.triangularView<Eigen::Lower>().solveInPlace(across);
    const matrix product = across.transpose() * across;
    for (std::size_t c = 0; c < wide; ++c)
      for (std::size_t a = c; a < wide; ++a)
        dense_(static_cast<index>(column(g, a)), static_cast<index>(column(g, c))) -=
            product(static_cast<index>(a), static_cast<index>(c));
  }

  void eliminate_inner(std::size_t g, std::size_t j, Eigen::Map<matrix>& square, Eigen::Map<matrix>& across) {
    const std::size_t b = blocks(g), t = touched(g);
    log_determinant_ += std::log1p(ratio_[inner_] * inner_weight_[j]);
    const double by = shrink(j);
    const double* const fixed = inner_x_.data() + j * p_;
    for (std::size_t e = entry_begin_[j]; e < entry_begin_[j + 1]; ++e) {
      const std::size_t c = entry_at_[e];
      const double left = by * entry_value_[e];
      for (std::size_t a = entry_begin_[j]; a < entry_begin_[j + 1]; ++a) {
        const std::size_t other = entry_at_[a];
        if (c < b && other < b)
          square(static_cast<index>(other), static_cast<index>(c)) -= left * entry_value_[a];
        else if (c < b)
          across(static_cast<index>(c), static_cast<index>(other - b)) -= left * entry_value_[a];
        else if (other >= c)
          dense_(static_cast<index>(column(g, other - b)), static_cast<index>(column(g, c - b))) -=
              left * entry_value_[a];
      }
      for (std::size_t k = 0; k < p_; ++k)
        (c < b ? across(static_cast<index>(c), static_cast<index>(t + k))
               : dense_(static_cast<index>(r_ + k), static_cast<index>(column(g, c - b)))) -= left * fixed[k];
    }
    for (std::size_t k = 0; k < p_; ++k)
      for (std::size_t l = k; l < p_; ++l)
        dense_(static_cast<index>(r_ + l), static_cast<index>(r_ + k)) -= by * fixed[k] * fixed[l];
  }

  void invert() {
    if (!inverted_)
      invert_lower(dense_);
    inverted_ = true;
  }

  /// The columns of the fixed part in the inverse of the rest, in units of effects.
  matrix inverse_columns() const {
    const auto size = static_cast<index>(r_ + p_), p = static_cast<index>(p_);
    matrix last = matrix::Zero(size, p);
    last.bottomRows(p) = matrix(dense_.bottomRightCorner(p, p).triangularView<Eigen::Lower>());
    last = dense_.transpose().triangularView<Eigen::Upper>() * last;
    return scale_.asDiagonal() * last;
  }

  /// The inverse of the rest, in units of effects.
  matrix inverse_of_rest() const {
    const matrix low = dense_.triangularView<Eigen::Lower>();
    matrix out = low.transpose().triangularView<Eigen::Upper>() * low;
    return scale_.asDiagonal() * out * scale_.asDiagonal();
  }

  /// Effects of a group's block per effect of the rest (but for the sign), and its inverse without the rest.
  std::pair<matrix, matrix> block_inverse(std::size_t g) const {
    const std::size_t b = blocks(g);
    matrix up = coupling(g);
    root(g).transpose().triangularView<Eigen::Upper>().solveInPlace(up);
    matrix inverse = matrix::Identity(static_cast<index>(b), static_cast<index>(b));
    root(g).triangularView<Eigen::Lower>().solveInPlace(inverse);
    matrix own = inverse.transpose() * inverse;
    for (std::size_t k = 0; k < b; ++k) {
      const double s = block_scale(g, k);
      up.row(static_cast<index>(k)) *= s;
      own.row(static_cast<index>(k)) *= s;
      own.col(static_cast<index>(k)) *= s;
    }
    return {std::move(up), std::move(own)};
  }

  /// Covariances of the prediction errors of a group's block, then of what it meets, then of the coefficients.
  class group_covariance {
  public:
    group_covariance(const system& of, std::size_t g, const matrix& up, const matrix& own,
                     const matrix& whole)
        : of_{of}, g_{g}, b_{of.blocks(g)}, whole_{whole} {
      const std::size_t wide = of.touched(g) + of.p_;
      matrix met(static_cast<index>(wide), static_cast<index>(wide));
      for (std::size_t c = 0; c < wide; ++c)
        for (std::size_t a = 0; a < wide; ++a)
          met(static_cast<index>(a), static_cast<index>(c)) =
              whole(static_cast<index>(of.column(g, a)), static_cast<index>(of.column(g, c)));
      across_ = -(up * met);
      own_ = own - across_ * up.transpose();
    }
    double operator()(std::size_t a, std::size_t c) const {
      if (a < b_ && c < b_)
        return own_(static_cast<index>(a), static_cast<index>(c));
      if (a < b_)
        return across_(static_cast<index>(a), static_cast<index>(c - b_));
      if (c < b_)
        return across_(static_cast<index>(c), static_cast<index>(a - b_));
      return whole_(static_cast<index>(of_.column(g_, a - b_)), static_cast<index>(of_.column(g_, c - b_)));
    }
    /// v'C v for a sparse v.
    double quadratic(const std::vector<std::pair<std::size_t, double>>& v) const {
      double sum = 0.0;
      for (const auto& [a, left] : v)
        for (const auto& [c, right] : v)
          sum += left * right * (*this)(a, c);
      return sum;
    }

  private:
    const system& of_;
    std::size_t g_, b_;
    const matrix& whole_;
    matrix across_, own_;
  };

  void errors_of_group(std::size_t g, const matrix& tail, double of_intercept, const matrix& whole,
                       errors& out) const {
    const std::size_t b = blocks(g), t = touched(g), wide = t + p_;
    const auto size = static_cast<index>(r_ + p_), in_block = static_cast<index>(b),
               p = static_cast<index>(p_);
    matrix fixed(in_block + static_cast<index>(wide), p); // covariances with the coefficients
    for (std::size_t c = 0; c < wide; ++c)
      fixed.row(in_block + static_cast<index>(c)) = tail.row(static_cast<index>(column(g, c)));
    const auto [up, own] = block_inverse(g);
    fixed.topRows(in_block) = -(up * fixed.bottomRows(static_cast<index>(wide)));
    const auto report = [&](std::size_t f, index level, double variance, const auto& with_fixed) {
      out.effect[f][level] = variance;
      out.with_intercept[f][level] = variance + 2.0 * with_fixed[0] + of_intercept;
      out.squares[f] += with_fixed.transpose() * with_fixed;
    };
    if (inner_ == factors_.size()) {
      vector image(size);
      for (std::size_t k = 0; k < b; ++k) {
        image.setZero();
        for (std::size_t c = 0; c < wide; ++c) {
          const auto at = static_cast<index>(column(g, c));
          const double by = up(static_cast<index>(k), static_cast<index>(c)) * scale_[at];
          image.tail(size - at) += by * dense_.col(at).tail(size - at);
        }
        report(block_factor_[block_begin_[g] + k], level_of_block(g, k),
               own(static_cast<index>(k), static_cast<index>(k)) + image.squaredNorm(),
               fixed.row(static_cast<index>(k)));
      }
      return;
    }
    const group_covariance local(*this, g, up, own, whole);
    for (std::size_t k = 0; k < b; ++k)
      report(block_factor_[block_begin_[g] + k], level_of_block(g, k), local(k, k),
             fixed.row(static_cast<index>(k)));
    std::vector<std::pair<std::size_t, double>> v;
    for (std::size_t j = inner_begin_[g]; j < inner_begin_[g + 1]; ++j) {
      v.clear();
      for (std::size_t e = entry_begin_[j]; e < entry_begin_[j + 1]; ++e)
        v.emplace_back(entry_at_[e], entry_value_[e]);
      for (std::size_t k = 0; k < p_; ++k)
        v.emplace_back(b + t + k, inner_x_[j * p_ + k]);
      const double by = shrink(j);
      Eigen::RowVectorXd with_fixed = Eigen::RowVectorXd::Zero(p);
      for (const auto& [a, value] : v)
        with_fixed -= by * value * fixed.row(static_cast<index>(a));
      report(inner_, static_cast<index>(inner_level_[j]), by + by * by * local.quadratic(v), with_fixed);
    }
  }

  std::vector<random_factor> factors_;
  const matrix& x_;
  std::span<const double> weight_;
  std::size_t n_, p_, r_ = 0, groups_ = 0, inner_ = 0, group_factor_ = 0;
  std::vector<role> role_;
  std::vector<std::vector<std::uint32_t>> place_; // of a block level within its group
  std::vector<std::size_t> offset_;               // of a factor among the columns of the rest
  std::vector<std::uint32_t> row_, touched_;
  std::vector<std::size_t> row_begin_, block_begin_, touched_begin_, inner_begin_, square_begin_,
      coupling_begin_, entry_begin_, block_factor_;
  std::vector<std::uint32_t> block_level_, inner_level_, entry_at_;
  std::vector<double> block_cross_, block_coupling_, block_root_, coupling_, inner_weight_, inner_x_,
      entry_value_;
  std::vector<double> ratio_;
  matrix cross_, dense_; // lower triangles
  vector scale_;
  double log_determinant_ = 0.0;
  bool inverted_ = false;
};

} // namespace qascore::kernel::detail_mixed
