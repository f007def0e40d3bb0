// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "mixed_errors.hpp"

#include <functional>
#include <limits>
#include <numbers>
#include <optional>

/// The restricted likelihood of a mixed model, its optimum, and its profiles.
namespace qascore::kernel::detail_mixed {

/// Everything at one set of variances (of the factors, then of the error).
struct point {
  vector variance;
  double deviance = std::numeric_limits<double>::infinity();
  vector gradient;           ///< of the deviance
  matrix information;        ///< y'P V_i P V_j P y: about the second derivatives of the deviance
  solution fit;              ///< effects and coefficients
  std::vector<vector> slope; ///< Z_f'P y, in units of the error variance
};

/// Variances as a linear map of the parameters that are free: map * free + shift.
struct constraint {
  matrix map;
  vector shift;
};

struct optimum {
  vector free;
  point at;
  bool converged = false;
  std::size_t iterations = 0;
};

/// The first column that those before it determine; all of them: none.
inline std::size_t first_dependent(const matrix& x) {
  const matrix gram = x.transpose() * x;
  matrix rest = gram;
  for (index k = 0; k < gram.rows(); ++k) {
    if (!(rest(k, k) > 1e-10 * gram(k, k)))
      return static_cast<std::size_t>(k);
    for (index r = k + 1; r < gram.rows(); ++r)
      rest.row(r) -= rest.row(k) * (rest(r, k) / rest(k, k));
  }
  return static_cast<std::size_t>(gram.rows());
}

class likelihood {
public:
  explicit likelihood(const mixed_data& data) : n_{data.y.size()} {
    p_ = data.fixed.size() + 1;
    double sum = 0.0;
    for (const double value : data.y)
      sum += value;
    offset_ = n_ > 0 ? sum / static_cast<double>(n_) : 0.0;
    y_.reserve(n_);
    for (const double value : data.y)
      y_.push_back(value - offset_);
    x_ = matrix::Ones(static_cast<index>(n_), static_cast<index>(p_));
    centre_.assign(p_, 0.0);
    scale_.assign(p_, 1.0);
    for (std::size_t k = 1; k < p_; ++k)
      take(k, data.fixed[k - 1]);
    if (dependent() == p_) { // else nothing is asked of it
      system_.emplace(data.factors, x_, data.weight);
      take_weights(data.weight);
    }
    for (const double value : y_)
      total_ += value * value / static_cast<double>(std::max<std::size_t>(n_, 2) - 1);
  }
  likelihood(const likelihood&) = delete; // the equations look into the columns
  likelihood& operator=(const likelihood&) = delete;

  /// The same rows with other weights, which must outlive this.
  void weigh(std::span<const double> weight) {
    system_->weigh(weight);
    take_weights(weight);
  }

  std::size_t rows() const noexcept { return n_; }
  std::size_t columns() const noexcept { return p_; }
  std::size_t factors() const noexcept { return system_->factors().size(); }
  double offset() const noexcept { return offset_; }
  double total() const noexcept { return total_; } ///< variance of y
  system& equations() noexcept { return *system_; }
  const std::vector<double>& centred() const noexcept { return y_; }

  /// The first fixed column that those before it determine; columns(): none.
  std::size_t dependent() const { return first_dependent(x_); }

  /// The deviance, and with `slopes` its derivatives.
  point at(const vector& variance, bool slopes) {
    point out;
    out.variance = variance;
    const std::size_t count = factors();
    const double error = variance[static_cast<index>(count)];
    if (!(error > 0.0))
      return out;
    const std::vector<double> ratio = ratios(variance);
    if (!system_->factorise(ratio))
      return out;
    out.fit = system_->solve(right_);
    const std::vector<double> rest = system_->residual(y_, out.fit);
    double squares = 0.0; // y'P y in units of the error variance, from positive terms
    for (std::size_t i = 0; i < n_; ++i)
      squares += rest[i] * rest[i] / system_->rows().weight(i);
    for (std::size_t f = 0; f < count; ++f)
      squares += out.fit.u[f].squaredNorm() / ratio[f];
    const auto df = static_cast<double>(n_ - p_);
    out.deviance = system_->log_determinant() + constant_ + df * std::log(2.0 * std::numbers::pi * error) +
                   squares / error;
    if (slopes)
      derive(out, ratio, squares);
    return out;
  }

  /// The optimum over free parameters >= 0, from a start. Steps that do not lower the deviance are halved; where halving
  /// does not help either, a step of the EM algorithm is taken. Done where a step is expected to lower the deviance by less
  /// than half of `enough`.
  optimum maximise(const constraint& by, vector free, double enough = 1e-12) {
    optimum out;
    const index size = free.size();
    const vector least = floor_of(by);
    free = free.cwiseMax(least);
    point now = at(by.map * free + by.shift, true);
    constexpr std::size_t most = 200;
    for (out.iterations = 1; out.iterations <= most; ++out.iterations) {
      if (!std::isfinite(now.deviance))
        break;
      const vector g = by.map.transpose() * now.gradient;
      const matrix h = by.map.transpose() * now.information * by.map;
      std::vector<index> open; // not held at its bound
      for (index k = 0; k < size; ++k)
        if (free[k] > least[k] || g[k] < 0.0)
          open.push_back(k);
      vector step = vector::Zero(size);
      const double decrement = newton(g, h, open, step);
      if (open.empty() || decrement < enough) {
        out.converged = true;
        break;
      }
      double length = 1.0;
      point next;
      vector candidate;
      for (int halving = 0; halving < 12; ++halving, length *= 0.5) {
        candidate = (free + length * step).cwiseMax(least);
        next = at(by.map * candidate + by.shift, true);
        if (next.deviance < now.deviance + 1e-13 * std::abs(now.deviance))
          break;
      }
      if (!(next.deviance < now.deviance + 1e-13 * std::abs(now.deviance))) {
        candidate = free;
        for (const index k : open)
          candidate[k] = std::max(least[k], free[k] - g[k] * free[k] * free[k] / em_weight(by, k));
        next = at(by.map * candidate + by.shift, true);
        if (!(next.deviance < now.deviance)) {
          out.converged = decrement < 1e-6;
          break;
        }
      }
      free = candidate;
      now = std::move(next);
    }
    out.free = free;
    out.at = std::move(now);
    return out;
  }

  /// All variances free.
  constraint unconstrained() const {
    const auto size = static_cast<index>(system_->factors().size() + 1);
    return {matrix::Identity(size, size), vector::Zero(size)};
  }
  /// One variance held at a value.
  constraint holding(std::size_t f, double value) const {
    constraint out = unconstrained();
    const auto size = out.shift.size(), at = static_cast<index>(f);
    out.shift[at] = value;
    matrix map(size, size - 1);
    map << out.map.leftCols(at), out.map.rightCols(size - 1 - at);
    out.map = map;
    return out;
  }

  /// What the means of levels say, each factor by itself: (mean square between levels - variance) / rows per level, but a
  /// hundredth of the variance at least.
  vector start() const {
    const auto& all = system_->factors();
    const auto size = static_cast<index>(all.size() + 1);
    const double whole = std::max(total_, std::numeric_limits<double>::min());
    vector out(size);
    double left = whole;
    for (std::size_t f = 0; f < all.size(); ++f) {
      std::vector<double> sum(all[f].levels, 0.0), count(all[f].levels, 0.0);
      for (std::size_t i = 0; i < n_; ++i) {
        sum[all[f].code[i]] += y_[i];
        count[all[f].code[i]] += 1.0;
      }
      double between = 0.0;
      for (std::size_t l = 0; l < all[f].levels; ++l)
        if (count[l] > 0.0)
          between += sum[l] * sum[l] / count[l];
      const auto levels = static_cast<double>(all[f].levels);
      const double found =
          (between / std::max(1.0, levels - 1.0) - whole) / (static_cast<double>(n_) / levels);
      out[static_cast<index>(f)] = std::clamp(found, 0.01 * whole, 0.9 * whole);
      left -= out[static_cast<index>(f)];
    }
    out[size - 1] = std::max(left, 0.1 * whole);
    return out;
  }

  /// Effects and coefficients of 0.
  solution nothing() const {
    solution out;
    for (const random_factor& factor : system_->factors())
      out.u.emplace_back(vector::Zero(static_cast<index>(factor.levels)));
    out.b = vector::Zero(static_cast<index>(p_));
    return out;
  }

  /// Derivatives of the effects and coefficients in the variances: column by column, as solutions. Asks for the point that
  /// was looked at last.
  std::vector<solution> sensitivity(const point& here) {
    const std::size_t count = factors();
    const double error = here.variance[static_cast<index>(count)];
    const std::vector<double> ratio = ratios(here.variance);
    std::vector<solution> out;
    solution of_error; // d/ds_e: what is left of P y when the factors have taken their parts
    for (std::size_t f = 0; f < count; ++f)
      of_error.u.push_back(-ratio[f] * here.slope[f] / error);
    of_error.b = vector::Zero(static_cast<index>(p_));
    for (std::size_t g = 0; g < count; ++g) {
      const solution fit = project(g, here.slope[g]);
      solution d;
      for (std::size_t f = 0; f < count; ++f) {
        d.u.push_back(-fit.u[f] / error);
        if (f == g)
          d.u[f] += here.slope[g] / error;
        of_error.u[f] += ratio[g] * fit.u[f] / error;
      }
      d.b = -fit.b / error;
      of_error.b += ratio[g] * fit.b / error;
      out.push_back(std::move(d));
    }
    out.push_back(std::move(of_error));
    return out;
  }

  /// From coefficients as they are here to those of the caller's columns (but for the mean of y).
  matrix back() const {
    const auto p = static_cast<index>(p_);
    matrix out = matrix::Zero(p, p);
    out(0, 0) = 1.0;
    for (index k = 1; k < p; ++k) {
      out(k, k) = 1.0 / scale_[static_cast<std::size_t>(k)];
      out(0, k) = -centre_[static_cast<std::size_t>(k)] / scale_[static_cast<std::size_t>(k)];
    }
    return out;
  }

  /// Relative variances; one at 0 is kept a hair above, where its derivative is the same.
  std::vector<double> ratios(const vector& variance) const {
    const std::size_t count = system_->factors().size();
    std::vector<double> out(count);
    for (std::size_t f = 0; f < count; ++f)
      out[f] = std::max(variance[static_cast<index>(f)] / variance[static_cast<index>(count)],
                        1e-9 * static_cast<double>(system_->factors()[f].levels) / static_cast<double>(n_));
    return out;
  }

private:
  void take(std::size_t k, std::span<const double> column) {
    double mean = 0.0, widest = 0.0, largest = 0.0;
    for (const double value : column)
      mean += value / static_cast<double>(n_);
    for (const double value : column) {
      widest = std::max(widest, std::abs(value - mean));
      largest = std::max(largest, std::abs(value));
    }
    const bool constant = widest <= 1e-12 * largest;
    centre_[k] = mean;
    scale_[k] = constant ? 1.0 : widest;
    for (std::size_t i = 0; i < n_; ++i)
      x_(static_cast<index>(i), static_cast<index>(k)) = constant ? 0.0 : (column[i] - mean) / widest;
  }

  void take_weights(std::span<const double> weight) {
    right_ = system_->right_side(y_);
    constant_ = 0.0;
    for (const double w : weight)
      constant_ -= std::log(w);
    for (const double scale : scale_)
      constant_ += 2.0 * std::log(scale);
  }

  /// The fit of v = Z_f `level`: its effects over the relative variances are Z_g'P v, in units of the error variance.
  solution project(std::size_t f, const vector& level) const {
    std::vector<double> v(n_);
    for (std::size_t i = 0; i < n_; ++i)
      v[i] = level[static_cast<index>(system_->factors()[f].code[i])];
    return system_->solve(system_->right_side(v));
  }

  void derive(point& out, const std::vector<double>& ratio, double squares) {
    const std::size_t count = factors();
    const auto size = static_cast<index>(count + 1), e = static_cast<index>(count);
    const double error = out.variance[e];
    for (std::size_t f = 0; f < count; ++f)
      out.slope.push_back(out.fit.u[f] / ratio[f]);
    matrix cross = matrix::Zero(e, e); // v_f'P v_g, v_f = Z_f Z_f'P y, in units of the error variance
    for (std::size_t f = 0; f < count; ++f) {
      const solution fit = project(f, out.slope[f]);
      for (std::size_t g = 0; g <= f; ++g)
        cross(static_cast<index>(f), static_cast<index>(g)) =
            cross(static_cast<index>(g), static_cast<index>(f)) = out.slope[g].dot(fit.u[g]) / ratio[g];
    }
    const std::vector<vector> errors = inverse(*system_).effects();
    out.gradient = vector::Zero(size);
    out.information = matrix::Zero(size, size);
    double trace = 0.0, taken = 0.0;
    vector norm(e);
    for (std::size_t f = 0; f < count; ++f) {
      const auto at = static_cast<index>(f);
      const double t = (static_cast<double>(system_->factors()[f].levels) * ratio[f] - errors[f].sum()) /
                       (ratio[f] * ratio[f]);
      norm[at] = out.slope[f].squaredNorm();
      out.gradient[at] = (t - norm[at] / error) / error;
      trace += ratio[f] * t;
      taken += ratio[f] * norm[at];
    }
    out.gradient[e] = (static_cast<double>(n_ - p_) - trace - (squares - taken) / error) / error;
    double both = (squares - taken) / (error * error); // y'P W^-1 P y
    for (index f = 0; f < e; ++f) {
      double mixed = norm[f] / (error * error);
      for (index g = 0; g < e; ++g) {
        out.information(f, g) = cross(f, g) / (error * error * error);
        mixed -= ratio[static_cast<std::size_t>(g)] * error * out.information(f, g);
      }
      out.information(f, e) = out.information(e, f) = mixed / error;
      both -= ratio[static_cast<std::size_t>(f)] * error * out.information(f, e);
    }
    out.information(e, e) = both / error;
  }

  /// The Newton step of the open parameters, and what it is expected to lower the deviance by, twice.
  static double newton(const vector& g, const matrix& h, const std::vector<index>& open, vector& step) {
    const auto size = static_cast<index>(open.size());
    if (size == 0)
      return 0.0;
    matrix part(size, size);
    vector right(size);
    for (index a = 0; a < size; ++a) {
      right[a] = -g[open[static_cast<std::size_t>(a)]];
      for (index b = 0; b < size; ++b)
        part(a, b) = h(open[static_cast<std::size_t>(a)], open[static_cast<std::size_t>(b)]);
    }
    // In units in which each parameter has the information 1.
    const vector unit =
        part.diagonal().cwiseMax(std::numeric_limits<double>::min()).cwiseSqrt().cwiseInverse();
    matrix scaled = unit.asDiagonal() * part * unit.asDiagonal();
    scaled.diagonal().array() += 1e-12;
    const vector solved = unit.asDiagonal() * scaled.ldlt().solve(unit.asDiagonal() * right);
    for (index a = 0; a < size; ++a)
      step[open[static_cast<std::size_t>(a)]] = solved[a];
    return solved.dot(right);
  }

  /// Lower bounds: 0, but the error keeps a little.
  vector floor_of(const constraint& by) const {
    vector out = vector::Zero(by.map.cols());
    for (index k = 0; k < out.size(); ++k)
      if (by.map(by.map.rows() - 1, k) != 0.0)
        out[k] = 1e-12 * total_;
    return out;
  }

  /// Levels behind a parameter: the divisor of the EM step.
  double em_weight(const constraint& by, index k) const {
    double out = 0.0;
    for (index f = 0; f < by.map.rows(); ++f)
      if (by.map(f, k) != 0.0)
        out += static_cast<std::size_t>(f) < system_->factors().size()
                   ? static_cast<double>(system_->factors()[static_cast<std::size_t>(f)].levels)
                   : static_cast<double>(n_);
    return out;
  }

  std::size_t n_, p_ = 1;
  double offset_ = 0.0, total_ = 0.0, constant_ = 0.0;
  std::vector<double> y_, centre_, scale_;
  matrix x_;
  solution right_; ///< [Z X]'W y
  std::optional<system> system_;
};

/// How far a deviance lies above the least one, as a normal deviate, less the one asked for.
inline double excess_of(double deviance, double least, double deviate) {
  return std::sqrt(std::max(0.0, deviance - least)) - deviate;
}

/// A deviance, and its derivative in the logarithm of what it was asked for.
struct profile_point {
  double deviance, slope;
};

/// In the logarithm of one variance, or of its ratio to others.
inline profile_point profile_of(const point& here, index variance) {
  const bool known = here.gradient.size() > variance;
  return {here.deviance, known ? here.gradient[variance] * here.variance[variance] : missing_value};
}

/// Where, above or below `inside`, the profile of the deviance has risen by `deviate` squared: Newton's steps on the root
/// of what it has risen by, which is nearly straight in the logarithm, kept between what was looked at. Below, it must
/// have risen that far at 0. NaN: it never does.
inline double profile_limit(const std::function<profile_point(double)>& profile, double least, double deviate,
                            double inside, double start, bool above) {
  double low = above ? inside : 0.0, high = above ? std::numeric_limits<double>::infinity() : inside;
  double at = start;
  for (int steps = 0; steps < 100; ++steps) {
    const profile_point here = profile(at);
    const double excess = excess_of(here.deviance, least, deviate);
    if (std::isnan(excess))
      return missing_value;
    ((excess > 0.0) == above ? high : low) = at;
    if (std::abs(excess) < 1e-9)
      return at;
    const double slope = here.slope / (2.0 * (excess + deviate));
    double next = at * std::exp(std::clamp(-excess / slope, -2.0, 2.0));
    if (!(next > low && next < high)) // or not a number
      next = std::isinf(high) ? 4.0 * at : low > 0.0 ? std::sqrt(low * high) : 0.25 * high;
    if (std::abs(next - at) <= 1e-8 * at)
      return next;
    at = next;
  }
  return std::isinf(high) ? missing_value : at;
}

} // namespace qascore::kernel::detail_mixed
