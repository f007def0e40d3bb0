// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "mixed_system.hpp"

#include <cstddef>
#include <utility>
#include <vector>

/// Prediction errors of a mixed model: parts of the inverse of its equations, all relative to the error variance.
namespace qascore::kernel::detail_mixed {

/// Prediction error variances of each effect, and of each effect plus the intercept.
struct prediction_errors {
  std::vector<vector> effect, with_intercept;
  matrix coefficient; ///< covariance of the coefficients, p x p
  std::vector<matrix>
      squares; ///< per factor: sum over its levels of c c', c: covariances with the coefficients
};

/// Inverts the equations that were factorised last. The inverse of the rest is formed where groups look at it often enough;
/// else each group level is taken through its root.
class inverse {
public:
  explicit inverse(system& of) : of_{of}, rows_{of.rows()} {
    of.invert();
    const double size = static_cast<double>(rows_.r + rows_.p);
    double looks = 0.0; // what the root would cost more than the inverse
    for (std::size_t g = 0; g < rows_.groups; ++g) {
      const auto wide = static_cast<double>(rows_.touched(g) + rows_.p);
      looks += static_cast<double>(rows_.blocks(g)) * wide * (0.5 * size - wide);
    }
    // Products of matrices are about six times as fast as those of vectors.
    if (rows_.has_inner() || looks > size * size * size / 18.0)
      form_whole();
  }

  /// The prediction error variance of each effect; a level without rows is as uncertain as it was.
  std::vector<vector> effects() {
    std::vector<vector> out;
    for (std::size_t f = 0; f < rows_.factors.size(); ++f)
      out.emplace_back(vector::Constant(static_cast<index>(rows_.factors[f].levels), of_.ratio(f)));
    for (const std::size_t f : rows_.at_rest)
      for (std::size_t l = 0; l < rows_.factors[f].levels; ++l)
        out[f][static_cast<index>(l)] = of_rest(rows_.offset[f] + l);
    for (std::size_t g = 0; g < rows_.groups; ++g)
      visit(g, [&](std::size_t f, index level, double variance, auto&&) { out[f][level] = variance; });
    return out;
  }

  prediction_errors errors() {
    prediction_errors out;
    const auto size = static_cast<index>(rows_.r + rows_.p), p = static_cast<index>(rows_.p);
    const matrix tail = last_columns();
    out.coefficient = tail.bottomRows(p);
    out.squares.assign(rows_.factors.size(), matrix::Zero(p, p));
    const double of_intercept = tail(size - p, 0);
    for (std::size_t f = 0; f < rows_.factors.size(); ++f) { // a level without rows is as uncertain as it was
      const auto levels = static_cast<index>(rows_.factors[f].levels);
      out.effect.emplace_back(vector::Constant(levels, of_.ratio(f)));
      out.with_intercept.emplace_back(vector::Constant(levels, of_.ratio(f) + of_intercept));
    }
    const auto report = [&](std::size_t f, index level, double variance, const double* with_fixed) {
      out.effect[f][level] = variance;
      out.with_intercept[f][level] = variance + 2.0 * with_fixed[0] + of_intercept;
      for (index k = 0; k < p; ++k)
        for (index l = 0; l < p; ++l)
          out.squares[f](l, k) += with_fixed[k] * with_fixed[l];
    };
    std::vector<double> with_fixed(rows_.p), fixed;
    for (const std::size_t f : rows_.at_rest)
      for (std::size_t l = 0; l < rows_.factors[f].levels; ++l) {
        const std::size_t at = rows_.offset[f] + l;
        for (index k = 0; k < p; ++k)
          with_fixed[static_cast<std::size_t>(k)] = tail(static_cast<index>(at), k);
        report(f, static_cast<index>(l), of_rest(at), with_fixed.data());
      }
    for (std::size_t g = 0; g < rows_.groups; ++g) {
      bool first = true;
      visit(g, [&](std::size_t f, index level, double variance, auto&& weights) {
        if (first) // covariances of the group, and of what it meets, with the coefficients
          fixed_of_group(g, tail, fixed);
        first = false;
        std::fill(with_fixed.begin(), with_fixed.end(), 0.0);
        weights([&](std::size_t place, double by) {
          for (std::size_t k = 0; k < rows_.p; ++k)
            with_fixed[k] += by * fixed[place * rows_.p + k];
        });
        report(f, level, variance, with_fixed.data());
      });
    }
    return out;
  }

  /// Prediction error variance of each row's expectation x'b + z'u. Needs a factor.
  std::vector<double> leverages() {
    if (whole_.size() == 0)
      form_whole();
    std::vector<double> out(rows_.n, 0.0);
    std::vector<std::pair<std::size_t, double>> a;
    for (std::size_t g = 0; g < rows_.groups; ++g) {
      solve_group(g);
      covariance_of_group(g);
      const std::size_t b = rows_.blocks(g), t = rows_.touched(g), p = rows_.p;
      for (std::size_t at = rows_.row_begin[g]; at < rows_.row_begin[g + 1]; ++at) {
        const std::uint32_t i = rows_.row[at];
        a.clear();
        for (std::size_t f = 0; f < rows_.factors.size(); ++f)
          if (f != rows_.inner)
            a.emplace_back(rows_.place(at, f), 1.0);
        for (std::size_t k = 0; k < p; ++k)
          a.emplace_back(b + t + k, rows_.x(i, k));
        if (rows_.has_inner()) { // an inner level is what its rows leave: it takes a share of their sums away
          const std::size_t j = rows_.inner_begin[g] + rows_.place(at, rows_.inner);
          add_inner(g, j, -of_.shrink(j), a);
          out[i] = of_.shrink(j);
        }
        out[i] += quadratic(b + t + p, a);
      }
    }
    return out;
  }

private:
  /// Variance of a column of the rest, in units of effects.
  double of_rest(std::size_t at) const {
    const auto c = static_cast<index>(at), size = static_cast<index>(rows_.r + rows_.p);
    return of_.scale()[c] * of_.scale()[c] * of_.dense().col(c).tail(size - c).squaredNorm();
  }

  /// The columns of the fixed part in the inverse of the rest, in units of effects.
  matrix last_columns() const {
    const auto size = static_cast<index>(rows_.r + rows_.p), p = static_cast<index>(rows_.p);
    matrix last = matrix::Zero(size, p);
    if (last.size() == 0) // Eigen's triangular products bind references to elements that are not there
      return last;
    last.bottomRows(p) = matrix(of_.dense().bottomRightCorner(p, p).triangularView<Eigen::Lower>());
    last = of_.dense().transpose().triangularView<Eigen::Upper>() * last;
    return of_.scale().asDiagonal() * last;
  }

  void form_whole() {
    if (of_.dense().size() == 0) // as in last_columns
      return;
    const matrix low = of_.dense().triangularView<Eigen::Lower>();
    whole_ = low.transpose().triangularView<Eigen::Upper>() * low;
    whole_ = (of_.scale().asDiagonal() * whole_ * of_.scale().asDiagonal()).eval();
  }

  /// Effects of a group's block per effect of what it meets (but for the sign), and its inverse without the rest.
  void solve_group(std::size_t g) {
    const std::size_t b = rows_.blocks(g), wide = rows_.touched(g) + rows_.p;
    const double* const root = of_.root(g);
    up_.assign(of_.coupling(g), of_.coupling(g) + b * wide);
    for (std::size_t c = 0; c < wide; ++c)
      solve_upper(root, b, up_.data() + c * b);
    own_.assign(b * b, 0.0);
    for (std::size_t c = 0; c < b; ++c) {
      own_[c * b + c] = 1.0;
      solve_lower(root, b, own_.data() + c * b);
      solve_upper(root, b, own_.data() + c * b);
    }
    for (std::size_t k = 0; k < b; ++k) {
      const double s = of_.block_scale(g, k);
      for (std::size_t c = 0; c < wide; ++c)
        up_[c * b + k] *= s;
      for (std::size_t c = 0; c < b; ++c) {
        own_[c * b + k] *= s;
        own_[k * b + c] *= s;
      }
    }
  }

  /// Covariances of the prediction errors of a group's block, then of what it meets, then of the coefficients. Asks for
  /// solve_group.
  void covariance_of_group(std::size_t g) {
    const std::size_t b = rows_.blocks(g), wide = rows_.touched(g) + rows_.p, all = b + wide;
    local_.resize(all * all);
    for (std::size_t c = 0; c < wide; ++c) {
      const double* const from = whole_.col(static_cast<index>(rows_.column(g, c))).data();
      double* const to = local_.data() + (b + c) * all;
      for (std::size_t a = 0; a < wide; ++a)
        to[b + a] = from[rows_.column(g, a)];
      for (std::size_t k = 0; k < b; ++k) {
        double sum = 0.0;
        for (std::size_t a = 0; a < wide; ++a)
          sum -= up_[a * b + k] * to[b + a];
        to[k] = local_[k * all + b + c] = sum;
      }
    }
    for (std::size_t k = 0; k < b; ++k)
      for (std::size_t l = 0; l < b; ++l) {
        double sum = own_[l * b + k];
        for (std::size_t a = 0; a < wide; ++a)
          sum -= local_[k * all + b + a] * up_[a * b + l];
        local_[l * all + k] = sum;
      }
  }

  /// v'C v for a sparse v.
  double quadratic(std::size_t all, const std::vector<std::pair<std::size_t, double>>& v) const {
    double sum = 0.0;
    for (const auto& [c, right] : v) {
      double inside = 0.0;
      for (const auto& [a, left] : v)
        inside += left * local_[c * all + a];
      sum += right * inside;
    }
    return sum;
  }

  /// What an inner level meets, times a factor.
  void add_inner(std::size_t g, std::size_t j, double by,
                 std::vector<std::pair<std::size_t, double>>& to) const {
    for (std::size_t e = rows_.entry_begin[j]; e < rows_.entry_begin[j + 1]; ++e)
      to.emplace_back(rows_.entry_at[e], by * rows_.entry_value[e]);
    for (std::size_t k = 0; k < rows_.p; ++k)
      to.emplace_back(rows_.blocks(g) + rows_.touched(g) + k, by * rows_.inner_x[j * rows_.p + k]);
  }

  /// Covariances with the coefficients, p at each place of the group. Asks for solve_group.
  void fixed_of_group(std::size_t g, const matrix& tail, std::vector<double>& fixed) const {
    const std::size_t b = rows_.blocks(g), wide = rows_.touched(g) + rows_.p, p = rows_.p;
    fixed.assign((b + wide) * p, 0.0);
    for (std::size_t c = 0; c < wide; ++c)
      for (std::size_t k = 0; k < p; ++k) {
        const double value = tail(static_cast<index>(rows_.column(g, c)), static_cast<index>(k));
        fixed[(b + c) * p + k] = value;
        for (std::size_t a = 0; a < b; ++a)
          fixed[a * p + k] -= up_[c * b + a] * value;
      }
  }

  /// Calls report(factor, level, prediction error variance, weights) for each level of a group. weights(add) calls
  /// add(place, factor) for what makes its effect: itself, or, of an inner level, what it meets.
  template <class Report>
  void visit(std::size_t g, Report&& report) {
    const std::size_t b = rows_.blocks(g), t = rows_.touched(g), wide = t + rows_.p;
    solve_group(g);
    if (rows_.has_inner()) {
      covariance_of_group(g);
      for (std::size_t k = 0; k < b; ++k)
        report(rows_.block_factor[rows_.block_begin[g] + k], rows_.level_of_block(g, k),
               local_[k * (b + wide) + k], [k](auto&& add) { add(k, 1.0); });
      for (std::size_t j = rows_.inner_begin[g]; j < rows_.inner_begin[g + 1]; ++j) {
        sparse_.clear();
        add_inner(g, j, -of_.shrink(j), sparse_);
        report(rows_.inner, static_cast<index>(rows_.inner_level[j]),
               of_.shrink(j) + quadratic(b + wide, sparse_), [this](auto&& add) {
                 for (const auto& [place, by] : sparse_)
                   add(place, by);
               });
      }
      return;
    }
    for (std::size_t k = 0; k < b; ++k)
      report(rows_.block_factor[rows_.block_begin[g] + k], rows_.level_of_block(g, k),
             own_[k * b + k] + through_rest(g, k), [k](auto&& add) { add(k, 1.0); });
  }

  /// Variance that a level of a block has through the rest.
  double through_rest(std::size_t g, std::size_t k) {
    const std::size_t b = rows_.blocks(g), wide = rows_.touched(g) + rows_.p;
    if (whole_.size() > 0) {
      double sum = 0.0;
      for (std::size_t c = 0; c < wide; ++c) {
        const double* const column = whole_.col(static_cast<index>(rows_.column(g, c))).data();
        double inside = 0.5 * up_[c * b + k] * column[rows_.column(g, c)];
        for (std::size_t a = c + 1; a < wide; ++a)
          inside += up_[a * b + k] * column[rows_.column(g, a)];
        sum += 2.0 * up_[c * b + k] * inside;
      }
      return sum;
    }
    const auto size = static_cast<index>(rows_.r + rows_.p);
    image_.setZero(size);
    for (std::size_t c = 0; c < wide; ++c) {
      const auto at = static_cast<index>(rows_.column(g, c));
      const double by = up_[c * b + k] * of_.scale()[at];
      image_.tail(size - at) += by * of_.dense().col(at).tail(size - at);
    }
    return image_.squaredNorm();
  }

  system& of_;
  const layout& rows_;
  matrix whole_; ///< the inverse of the rest, in units of effects; empty: not formed
  std::vector<double> up_, own_, local_;
  std::vector<std::pair<std::size_t, double>> sparse_;
  vector image_;
};

} // namespace qascore::kernel::detail_mixed
