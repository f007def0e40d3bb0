// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../ordinal_model.hpp"
#include "mixed_errors.hpp"
#include "ordinal_cell.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

/// Laplace's approximation to the likelihood of a cumulative link model with random effects.
namespace qascore::kernel::detail_ordinal {

using detail_mixed::index;
using detail_mixed::matrix;
using detail_mixed::solution;
using detail_mixed::vector;

/// Everything at one set of parameters: thresholds, coefficients, roots of the variances.
struct place {
  vector parameter;
  double value = -std::numeric_limits<double>::infinity(); ///< the log-likelihood
  vector gradient;
  solution mode; ///< of the effects
};

class laplace {
public:
  /// A variance below this is 0: it is kept there, where the derivatives in it are the same.
  static constexpr double least_variance = 1e-6;

  /// `x`: the fixed columns, rows x p; must outlive this.
  laplace(const ordinal_data& data, const matrix& x, ordinal_link link)
      : data_{data}, x_{x}, link_{link}, nothing_(x.rows(), 0), n_{data.category.size()},
        thresholds_{data.categories - 1}, columns_{static_cast<std::size_t>(x.cols())}, weight_(n_, 1.0),
        eta_(n_), score_(n_), curvature_(n_) {
    if (!data.weight.empty())
      weight_.assign(data.weight.begin(), data.weight.end());
    for (const random_factor& factor : data.factors)
      zero_.u.emplace_back(vector::Zero(static_cast<index>(factor.levels)));
    zero_.b = vector::Zero(0);
    if (!data.factors.empty())
      system_.emplace(data.factors, nothing_, std::span<const double>{});
  }
  laplace(const laplace&) = delete; // the equations look into the columns
  laplace& operator=(const laplace&) = delete;

  std::size_t size() const noexcept { return thresholds_ + columns_ + data_.factors.size(); }
  std::size_t root_at(std::size_t f) const noexcept { return thresholds_ + columns_ + f; }
  const solution& none() const noexcept { return zero_; }
  detail_mixed::system& equations() noexcept { return *system_; }

  double variance(const vector& parameter, std::size_t f) const {
    const double root = parameter[static_cast<index>(root_at(f))];
    return std::max(root * root, least_variance);
  }

  /// The likelihood with its gradient; `from` are effects near the modes.
  place at(const vector& parameter, const solution& from) {
    place out;
    out.parameter = parameter;
    for (std::size_t t = 1; t < thresholds_; ++t)
      if (!(parameter[static_cast<index>(t)] > parameter[static_cast<index>(t - 1)]))
        return out;
    out.mode = from;
    const double joint = find_mode(parameter, out.mode);
    if (!std::isfinite(joint))
      return out;
    out.value = joint - (system_ ? 0.5 * system_->log_determinant() : 0.0);
    derive(out);
    return out;
  }

  /// Derivatives of the modes in each parameter. Asks for the place that was looked at last.
  std::vector<solution> sensitivity(const place& here) {
    std::vector<solution> out;
    const auto solve = [&](auto&& of_row) { // the modes move by (Z'HZ + D^-1)^-1 Z' d score
      std::vector<double> moved(n_);
      for (std::size_t i = 0; i < n_; ++i)
        moved[i] = of_row(i);
      out.push_back(system_->solve(sums(moved)));
    };
    for (std::size_t t = 0; t < thresholds_; ++t)
      solve([&](std::size_t i) {
        const std::size_t k = data_.category[i];
        if (k != t && k != t + 1)
          return 0.0;
        const cell c = cell_at(i, here.parameter);
        return -weight_[i] * (k == t ? c.l1u : c.l1l);
      });
    for (std::size_t j = 0; j < columns_; ++j)
      solve([&](std::size_t i) {
        return weight_[i] * cell_at(i, here.parameter).l2 * x_(static_cast<index>(i), static_cast<index>(j));
      });
    for (std::size_t f = 0; f < data_.factors.size(); ++f) {
      const double s = variance(here.parameter, f), root = here.parameter[static_cast<index>(root_at(f))];
      solution right = zero_;
      right.u[f] = (2.0 * root / (s * s)) * here.mode.u[f];
      out.push_back(system_->solve(std::move(right)));
    }
    return out;
  }

  /// What the log-likelihood would curve by if the effects followed the parameters and the determinant stood still; of
  /// the roots of variances twice the levels' degrees of freedom over the variance. Only a start.
  matrix rough_information(const place& here) {
    const auto all = static_cast<index>(size()), fixed = static_cast<index>(thresholds_ + columns_);
    matrix out = matrix::Zero(all, all);
    std::vector<solution> moves;
    if (system_)
      moves = sensitivity(here);
    vector row(fixed);
    for (std::size_t i = 0; i < n_; ++i) {
      const std::size_t k = data_.category[i];
      const cell c = cell_at(i, here.parameter);
      for (index a = 0; a < fixed; ++a) { // d eta of the row, then what the ends move by
        double with = 0.0;
        if (system_)
          for (std::size_t f = 0; f < data_.factors.size(); ++f)
            with += moves[static_cast<std::size_t>(a)].u[f][static_cast<index>(data_.factors[f].code[i])];
        if (a >= static_cast<index>(thresholds_))
          with += x_(static_cast<index>(i), a - static_cast<index>(thresholds_));
        row[a] = -with;
      }
      vector up = row, low = row;
      if (k < thresholds_)
        up[static_cast<index>(k)] += 1.0;
      if (k > 0)
        low[static_cast<index>(k - 1)] += 1.0;
      for (index a = 0; a < fixed; ++a)
        for (index b = 0; b <= a; ++b)
          out(a, b) -= weight_[i] * (c.duu * up[a] * up[b] + c.dll * low[a] * low[b] +
                                     c.dul * (up[a] * low[b] + low[a] * up[b]));
    }
    for (index a = 0; a < fixed; ++a)
      for (index b = 0; b < a; ++b)
        out(b, a) = out(a, b);
    if (system_) {
      const std::vector<vector> errors = detail_mixed::inverse(*system_).effects();
      for (std::size_t f = 0; f < data_.factors.size(); ++f) {
        const double s = variance(here.parameter, f);
        const auto at = static_cast<index>(root_at(f));
        out(at, at) =
            std::max(1.0, 2.0 * (static_cast<double>(data_.factors[f].levels) - errors[f].sum() / s)) / s;
      }
    }
    return out;
  }

private:
  cell cell_at(std::size_t i, const vector& parameter) const {
    const std::size_t k = data_.category[i];
    const bool top = k == thresholds_, bottom = k == 0;
    return cell_of(top ? 0.0 : parameter[static_cast<index>(k)] - eta_[i],
                   bottom ? 0.0 : parameter[static_cast<index>(k) - 1] - eta_[i], top, bottom, link_);
  }

  /// Sums of a column over the levels of each factor.
  solution sums(const std::vector<double>& of) const {
    solution out = zero_;
    for (std::size_t f = 0; f < data_.factors.size(); ++f)
      for (std::size_t i = 0; i < n_; ++i)
        out.u[f][static_cast<index>(data_.factors[f].code[i])] += of[i];
    return out;
  }

  /// The log-likelihood given the effects, less what they cost; scores and curvatures in the linear predictor.
  double joint(const vector& parameter, const solution& effects) {
    const vector b = parameter.segment(static_cast<index>(thresholds_), static_cast<index>(columns_));
    double sum = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
      double eta = 0.0;
      for (std::size_t j = 0; j < columns_; ++j)
        eta += x_(static_cast<index>(i), static_cast<index>(j)) * b[static_cast<index>(j)];
      for (std::size_t f = 0; f < data_.factors.size(); ++f)
        eta += effects.u[f][static_cast<index>(data_.factors[f].code[i])];
      eta_[i] = eta;
      const cell c = cell_at(i, parameter);
      sum += weight_[i] * c.value;
      score_[i] = -weight_[i] * c.l1;
      curvature_[i] = std::max(-weight_[i] * c.l2, 0.0);
    }
    for (std::size_t f = 0; f < data_.factors.size(); ++f)
      sum -= 0.5 * effects.u[f].squaredNorm() / variance(parameter, f);
    return sum;
  }

  /// Newton's steps to the modes: log P is concave in the effects. Leaves the equations factorised there.
  double find_mode(const vector& parameter, solution& mode) {
    double value = joint(parameter, mode);
    if (!system_)
      return value;
    std::vector<double> ratio;
    for (std::size_t f = 0; f < data_.factors.size(); ++f)
      ratio.push_back(variance(parameter, f));
    for (int steps = 0; steps < 60; ++steps) {
      system_->weigh(curvature_);
      if (!system_->factorise(ratio))
        return std::numeric_limits<double>::quiet_NaN();
      solution right = sums(score_);
      for (std::size_t f = 0; f < ratio.size(); ++f)
        right.u[f] -= mode.u[f] / ratio[f];
      const solution step = system_->solve(right);
      double decrement = 0.0;
      for (std::size_t f = 0; f < ratio.size(); ++f)
        decrement += right.u[f].dot(step.u[f]);
      if (!(decrement > 1e-12))
        return value;
      double length = 1.0;
      for (int halving = 0;; ++halving, length *= 0.5) {
        solution next = mode;
        for (std::size_t f = 0; f < ratio.size(); ++f)
          next.u[f] += length * step.u[f];
        const double found = joint(parameter, next);
        if (found > value - 1e-12 * std::abs(value) || halving == 30) {
          mode = std::move(next);
          value = found;
          break;
        }
      }
    }
    return value;
  }

  void derive(place& out) {
    const vector& parameter = out.parameter;
    out.gradient = vector::Zero(static_cast<index>(size()));
    std::vector<double> spread(n_, 0.0),
        push(n_, 0.0); // z'M^-1 z of each row, and of what moves with the modes
    if (system_) {
      detail_mixed::inverse inverse(*system_);
      spread = inverse.leverages();
      std::vector<double> third(n_);
      for (std::size_t i = 0; i < n_; ++i)
        third[i] = 0.5 * weight_[i] * cell_at(i, parameter).l3 * spread[i];
      const solution a = system_->solve(sums(third));
      for (std::size_t f = 0; f < data_.factors.size(); ++f)
        for (std::size_t i = 0; i < n_; ++i)
          push[i] += a.u[f][static_cast<index>(data_.factors[f].code[i])];
      const std::vector<vector> errors = inverse.effects();
      for (std::size_t f = 0; f < data_.factors.size(); ++f) {
        const double s = variance(parameter, f), root = parameter[static_cast<index>(root_at(f))];
        const double levels = static_cast<double>(data_.factors[f].levels);
        out.gradient[static_cast<index>(root_at(f))] =
            2.0 * root *
            (0.5 * (out.mode.u[f].squaredNorm() / (s * s) - (levels - errors[f].sum() / s) / s) -
             a.u[f].dot(out.mode.u[f]) / (s * s));
      }
    }
    for (std::size_t i = 0; i < n_; ++i) {
      const std::size_t k = data_.category[i];
      const cell c = cell_at(i, parameter);
      if (k < thresholds_)
        out.gradient[static_cast<index>(k)] +=
            weight_[i] * (c.du + 0.5 * spread[i] * c.l2u + push[i] * c.l1u);
      if (k > 0)
        out.gradient[static_cast<index>(k) - 1] +=
            weight_[i] * (c.dl + 0.5 * spread[i] * c.l2l + push[i] * c.l1l);
      for (std::size_t j = 0; j < columns_; ++j)
        out.gradient[static_cast<index>(thresholds_ + j)] -=
            weight_[i] * x_(static_cast<index>(i), static_cast<index>(j)) *
            (c.l1 + 0.5 * spread[i] * c.l3 + push[i] * c.l2);
    }
  }

  const ordinal_data& data_;
  const matrix& x_;
  ordinal_link link_;
  matrix nothing_; ///< no fixed columns in the equations of the modes
  std::size_t n_, thresholds_, columns_;
  std::vector<double> weight_, eta_, score_, curvature_;
  solution zero_;
  std::optional<detail_mixed::system> system_;
};

} // namespace qascore::kernel::detail_ordinal
