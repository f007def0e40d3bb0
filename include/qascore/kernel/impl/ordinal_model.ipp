// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../distribution.hpp"
#include "../ordinal_model.hpp"
#include "mixed_inference.hpp"
#include "ordinal_laplace.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_ordinal {

inline std::string why_undefined(const ordinal_data& data) {
  const std::size_t n = data.category.size();
  if (data.categories < 2)
    return "fewer than 2 categories";
  std::vector<std::uint8_t> met(data.categories, 0);
  for (const std::uint32_t k : data.category)
    met[k] = 1;
  if (std::find(met.begin(), met.end(), 0) != met.end())
    return "a category does not occur: its thresholds would be anywhere";
  if (n < data.categories + data.fixed.size() + data.factors.size())
    return "fewer rows than parameters";
  return detail_mixed::why_undefined(data.factors);
}

/// The best place, and the curvature of the log-likelihood there.
struct summit {
  place at;
  matrix information; ///< minus its second derivatives
  std::size_t iterations = 0;
  bool converged = false;
};

/// Directions along which the log-likelihood curves the wrong way, or hardly, are given the curvature of the others.
inline vector newton_step(const matrix& information, const vector& gradient) {
  const Eigen::SelfAdjointEigenSolver<matrix> parts(information);
  const vector bend =
      parts.eigenvalues().cwiseAbs().cwiseMax(1e-10 * parts.eigenvalues().cwiseAbs().maxCoeff());
  return parts.eigenvectors() * (parts.eigenvectors().transpose() * gradient).cwiseQuotient(bend);
}

/// A step that does not lower the likelihood; empty: none was found.
inline std::optional<place> climb(laplace& model, const place& from, const vector& step) {
  double length = 1.0;
  for (int halving = 0; halving < 25; ++halving, length *= 0.5) {
    place next = model.at(from.parameter + length * step, from.mode);
    if (next.value > from.value - 1e-11 * std::abs(from.value))
      return next;
  }
  return std::nullopt;
}

/// Minus the second derivatives, by differences of the gradient over a thousandth of each parameter's standard error.
inline matrix curvature(laplace& model, const place& here, const matrix& rough) {
  const index size = here.parameter.size();
  matrix out(size, size);
  for (index k = 0; k < size; ++k) {
    const double h = 1e-3 / std::sqrt(std::max(rough(k, k), 1e-8));
    vector up = here.parameter, down = here.parameter;
    up[k] += h;
    down[k] -= h;
    out.col(k) = (model.at(down, here.mode).gradient - model.at(up, here.mode).gradient) / (2.0 * h);
  }
  return 0.5 * (out + out.transpose());
}

inline summit maximise(laplace& model, const vector& start) {
  summit out;
  out.at = model.at(start, model.none());
  if (!std::isfinite(out.at.value))
    return out;
  const matrix rough = model.rough_information(out.at);
  matrix bend = rough; // of BFGS
  for (; out.iterations < 200; ++out.iterations) {
    const vector step = newton_step(bend, out.at.gradient);
    if (step.dot(out.at.gradient) < 1e-6)
      break;
    std::optional<place> next = climb(model, out.at, step);
    if (!next)
      break;
    const vector moved = next->parameter - out.at.parameter, turned = out.at.gradient - next->gradient;
    const double along = moved.dot(turned);
    if (along > 1e-10 * moved.norm() * turned.norm()) {
      const vector image = bend * moved;
      bend += turned * turned.transpose() / along - image * image.transpose() / moved.dot(image);
    }
    out.at = std::move(*next);
  }
  for (int steps = 0; steps < 10; ++steps) {
    out.information = curvature(model, out.at, bend);
    out.at = model.at(out.at.parameter, out.at.mode);
    const vector step = newton_step(out.information, out.at.gradient);
    out.converged = step.dot(out.at.gradient) < 1e-10;
    if (out.converged)
      break;
    std::optional<place> next = climb(model, out.at, step);
    if (!next)
      break;
    out.at = std::move(*next);
    ++out.iterations;
  }
  return out;
}

/// Thresholds from the shares of the categories, widened for what the factors add.
inline vector start_of(const ordinal_data& data, const std::vector<double>& weight, std::size_t columns,
                       ordinal_link link) {
  const std::size_t thresholds = data.categories - 1;
  const double own = link == ordinal_link::logit ? std::numbers::pi * std::numbers::pi / 3.0 : 1.0;
  const double each = 0.3 * own, wide = std::sqrt(1.0 + 0.3 * static_cast<double>(data.factors.size()));
  vector out = vector::Zero(static_cast<index>(thresholds + columns + data.factors.size()));
  std::vector<double> share(data.categories, 0.0);
  double total = 0.0, below = 0.0;
  for (std::size_t i = 0; i < data.category.size(); ++i) {
    share[data.category[i]] += weight[i];
    total += weight[i];
  }
  for (std::size_t t = 0; t < thresholds; ++t) {
    below += share[t] / total;
    out[static_cast<index>(t)] =
        wide * (link == ordinal_link::logit ? std::log(below / (1.0 - below)) : normal_quantile(below));
  }
  out.tail(static_cast<index>(data.factors.size())).setConstant(std::sqrt(each));
  return out;
}

/// The inverse of the information of the parameters that are not 0 variances; NaN for those that are.
inline matrix covariance_at(const laplace& model, const summit& best, std::size_t factors) {
  const index size = best.at.parameter.size();
  std::vector<index> open;
  for (index k = 0; k < size; ++k)
    open.push_back(k);
  for (std::size_t f = factors; f-- > 0;)
    if (!(model.variance(best.at.parameter, f) > laplace::least_variance))
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(model.root_at(f)));
  const auto count = static_cast<index>(open.size());
  matrix part(count, count), out = matrix::Constant(size, size, missing_value);
  for (index a = 0; a < count; ++a)
    for (index b = 0; b < count; ++b)
      part(a, b) = best.information(open[static_cast<std::size_t>(a)], open[static_cast<std::size_t>(b)]);
  const Eigen::LLT<matrix> root(part);
  if (root.info() != Eigen::Success)
    return out;
  const matrix inverse = root.solve(matrix::Identity(count, count));
  for (index a = 0; a < count; ++a)
    for (index b = 0; b < count; ++b)
      out(open[static_cast<std::size_t>(a)], open[static_cast<std::size_t>(b)]) = inverse(a, b);
  return out;
}

/// Normal limits.
inline void normal_limits(estimate& out, double std_error) {
  out.std_error = std_error;
  const double half = normal_quantile(out.confidence.upper_tail()) * std_error;
  out.low = out.value - half;
  out.high = out.value + half;
  out.df = std::numeric_limits<double>::infinity();
  out.interval_method = "normal";
}

/// The mean of the categories' values, and its derivatives in the thresholds.
struct category_mean {
  double value;
  vector slope;
};

inline category_mean mean_at(const vector& parameter, std::span<const double> value, double eta,
                             ordinal_link link) {
  category_mean out{value.back(), vector::Zero(static_cast<index>(value.size() - 1))};
  for (index t = 0; t < out.slope.size(); ++t) { // each threshold parts off what lies below it
    const auto at = static_cast<std::size_t>(t);
    const tail end = tail_at(parameter[t] - eta, link);
    out.value -= end.below * (value[at + 1] - value[at]);
    out.slope[t] = -end.f0 * (value[at + 1] - value[at]);
  }
  return out;
}

/// Modes with their errors: with known parameters, and what the estimated ones add.
class predictor {
public:
  predictor(const ordinal_data& data, laplace& model, const place& best, const matrix& covariance,
            const ordinal_options& options)
      : data_{data}, model_{model}, best_{best}, covariance_{covariance}, options_{options},
        errors_{detail_mixed::inverse(model.equations()).effects()}, change_{model.sensitivity(best)},
        value_(options.value.begin(), options.value.end()) {
    if (value_.empty()) {
      value_.resize(data.categories);
      std::iota(value_.begin(), value_.end(), 0.0);
    }
    if (options.centre >= data.factors.size())
      return;
    solution mean = model.none();
    mean.u[options.centre].setConstant(1.0 / static_cast<double>(data.factors[options.centre].levels));
    mean_ = model.equations().solve(std::move(mean));
    middle_ = best.mode.u[options.centre].mean();
  }

  /// Effects from the mean of the centre.
  mixed_effects effects(std::size_t f) const {
    mixed_effects out;
    out.n.assign(data_.factors[f].levels, 0);
    for (const std::uint32_t code : data_.factors[f].code)
      ++out.n[code];
    const bool centred = f == options_.centre;
    const vector shift = centred ? middle_change() : vector::Zero(static_cast<index>(change_.size()));
    for (index l = 0; l < best_.mode.u[f].size(); ++l) {
      double error = errors_[f][l];
      if (centred)
        error += mean_->u[f].mean() - 2.0 * mean_->u[f][l];
      out.value.push_back(is_zero(f) ? 0.0 : best_.mode.u[f][l] - (centred ? middle_ : 0.0));
      out.std_error.push_back(is_zero(f) ? missing_value : total(error, changes(f, l) - shift));
      out.df.push_back(is_zero(f) ? missing_value : std::numeric_limits<double>::infinity());
    }
    return out;
  }

  /// Means of the categories' values.
  std::vector<estimate> means(std::size_t f) const {
    std::vector<estimate> out;
    const bool centred = f == options_.centre || !mean_;
    const double deviate = normal_quantile(options_.confidence.upper_tail());
    const vector shift = centred ? vector::Zero(static_cast<index>(change_.size())) : middle_change();
    for (index l = 0; l < best_.mode.u[f].size(); ++l) {
      const double eta = (is_zero(f) ? 0.0 : best_.mode.u[f][l]) + (centred ? 0.0 : middle_);
      double error = is_zero(f) ? 0.0 : errors_[f][l];
      if (!centred)
        error += mean_->u[options_.centre].mean() + (is_zero(f) ? 0.0 : 2.0 * mean_->u[f][l]);
      const category_mean here = mean_at(best_.parameter, value_, eta, options_.link);
      const double by_eta = -here.slope.sum();
      // In units of the linear predictor: thresholds that rise are a predictor that falls.
      vector d = (is_zero(f) ? vector::Zero(static_cast<index>(change_.size())) : changes(f, l)) + shift;
      if (by_eta > 0.0)
        d.head(here.slope.size()) += here.slope / by_eta;
      const double wide = total(error, d);
      estimate one;
      one.value = here.value;
      one.std_error = by_eta * wide;
      one.low = mean_at(best_.parameter, value_, eta - deviate * wide, options_.link).value;
      one.high = mean_at(best_.parameter, value_, eta + deviate * wide, options_.link).value;
      one.df = std::numeric_limits<double>::infinity();
      one.confidence = options_.confidence;
      one.method = "mean category, Laplace's approximation";
      one.interval_method = "normal on the linear predictor, prediction error";
      out.push_back(std::move(one));
    }
    return out;
  }

private:
  bool is_zero(std::size_t f) const {
    return !(model_.variance(best_.parameter, f) > laplace::least_variance);
  }
  /// Derivatives of a mode in the parameters.
  vector changes(std::size_t f, index level) const {
    vector out(static_cast<index>(change_.size()));
    for (std::size_t k = 0; k < change_.size(); ++k)
      out[static_cast<index>(k)] = change_[k].u[f][level];
    return out;
  }
  vector middle_change() const {
    vector out(static_cast<index>(change_.size()));
    for (std::size_t k = 0; k < change_.size(); ++k)
      out[static_cast<index>(k)] = change_[k].u[options_.centre].mean();
    return out;
  }
  double total(double error, const vector& d) const {
    return std::sqrt(std::max(0.0, error + detail_mixed::quadratic(d, covariance_)));
  }

  const ordinal_data& data_;
  laplace& model_;
  const place& best_;
  const matrix& covariance_;
  const ordinal_options& options_;
  std::vector<vector> errors_;
  std::vector<solution> change_;
  std::vector<double> value_;
  std::optional<solution> mean_; ///< covariances with the mean of the centre
  double middle_ = 0.0;
};

/// The largest log-likelihood without one factor; the parameters start where the fit with it ended.
inline double without(const ordinal_data& data, const matrix& x, const vector& parameter, std::size_t f,
                      ordinal_link link) {
  ordinal_data less = data;
  less.factors.erase(less.factors.begin() + static_cast<std::ptrdiff_t>(f));
  laplace smaller(less, x, link);
  const auto at = parameter.size() - static_cast<index>(data.factors.size()) + static_cast<index>(f);
  vector start(parameter.size() - 1);
  start << parameter.head(at), parameter.tail(parameter.size() - 1 - at);
  return maximise(smaller, start).at.value;
}

} // namespace detail_ordinal

QASCORE_INLINE ordinal_fit fit_ordinal_model(const ordinal_data& data, const ordinal_options& options) {
  using namespace detail_ordinal;
  if (!options.value.empty() && options.value.size() != data.categories)
    throw argument_error("value: expected " + std::to_string(data.categories) +
                         " numbers, one per category, but found " + std::to_string(options.value.size()));
  if (!std::is_sorted(options.value.begin(), options.value.end()))
    throw argument_error("value: expected numbers that do not descend");
  ordinal_fit out;
  out.n = data.category.size();
  out.undefined = why_undefined(data);
  if (!out.undefined.empty())
    return out;
  const std::size_t thresholds = data.categories - 1, columns = data.fixed.size(),
                    count = data.factors.size();
  const auto rows = static_cast<index>(out.n);
  matrix with_one =
      matrix::Ones(rows, static_cast<index>(columns + 1)); // columns from their mean, in their width
  vector centre(static_cast<index>(columns)), width(static_cast<index>(columns));
  for (std::size_t j = 0; j < columns; ++j) {
    const auto at = static_cast<index>(j);
    const Eigen::Map<const vector> column(data.fixed[j].data(), rows);
    centre[at] = column.mean();
    width[at] = (column.array() - centre[at]).abs().maxCoeff();
    const bool constant = width[at] <= 1e-12 * column.cwiseAbs().maxCoeff();
    with_one.col(at + 1) =
        constant ? vector(vector::Zero(rows)) : vector((column.array() - centre[at]) / width[at]);
  }
  if (const std::size_t k = detail_mixed::first_dependent(with_one); k <= columns) {
    out.dependent = k - 1;
    return out;
  }
  const matrix x = with_one.rightCols(static_cast<index>(columns));
  laplace model(data, x, options.link);
  std::vector<double> weight(data.weight.begin(), data.weight.end());
  weight.resize(out.n, 1.0);
  const summit best = maximise(model, start_of(data, weight, columns, options.link));
  out.iterations = best.iterations;
  out.converged = best.converged;
  if (!best.converged || best.at.parameter.cwiseAbs().maxCoeff() > 50.0) {
    out.undefined = "the estimates run away: effects or columns part the categories";
    return out;
  }
  out.log_likelihood = best.at.value;

  // Back to the caller's columns: b / width, z + sum b centre / width.
  matrix back = matrix::Identity(best.at.parameter.size(), best.at.parameter.size());
  for (std::size_t j = 0; j < columns; ++j) {
    const auto at = static_cast<index>(thresholds + j);
    back(at, at) = 1.0 / width[static_cast<index>(j)];
    back.block(0, at, static_cast<index>(thresholds), 1)
        .setConstant(centre[static_cast<index>(j)] / width[static_cast<index>(j)]);
  }
  const matrix inside = covariance_at(model, best, count);
  matrix covariance = inside;
  const auto fixed = static_cast<index>(thresholds + columns);
  covariance.topRows(fixed) = back.topLeftCorner(fixed, fixed) * covariance.topRows(fixed);
  covariance.leftCols(fixed) =
      (covariance.leftCols(fixed) * back.topLeftCorner(fixed, fixed).transpose()).eval();
  const vector parameter = back * best.at.parameter;
  out.covariance.assign(covariance.data(), covariance.data() + covariance.size());

  const auto begin = [&](estimate& one, index at) {
    one.value = parameter[at];
    one.confidence = options.confidence;
    one.n = out.n;
    one.method = count == 0 ? "maximum likelihood" : "maximum likelihood, Laplace's approximation";
  };
  for (index t = 0; t < static_cast<index>(thresholds); ++t) {
    begin(out.threshold.emplace_back(), t);
    normal_limits(out.threshold.back(), std::sqrt(covariance(t, t)));
  }
  for (index j = static_cast<index>(thresholds); j < fixed; ++j) {
    tested_estimate& one = out.coefficient.emplace_back();
    begin(one, j);
    normal_limits(one, std::sqrt(covariance(j, j)));
    one.test.statistic = one.value / one.std_error;
    one.test.df1 = std::numeric_limits<double>::infinity();
    one.test.p_value = student_t_p_value(one.test.statistic, one.test.df1);
  }
  if (count > 0) {
    const predictor levels(data, model, best.at, inside, options);
    for (std::size_t f = 0; f < count; ++f) {
      out.effects.push_back(levels.effects(f));
      out.at_mean.push_back(levels.means(f));
    }
  }
  for (std::size_t f = 0; f < count; ++f) {
    const auto at = static_cast<index>(model.root_at(f));
    const double root = std::abs(parameter[at]), s = model.variance(best.at.parameter, f);
    tested_estimate& one = out.variance.emplace_back();
    begin(one, at);
    one.n = data.factors[f].levels;
    one.test = detail_mixed::boundary_test(-2.0 * without(data, x, best.at.parameter, f, options.link),
                                           -2.0 * best.at.value);
    one.value = s > laplace::least_variance ? s : 0.0;
    if (one.value == 0.0) {
      one.undefined = "estimated as 0: no positive value fits better; it has no standard error there";
      continue;
    }
    const double of_root = std::sqrt(covariance(at, at));
    const double wide = std::exp(normal_quantile(options.confidence.upper_tail()) * of_root / root);
    one.std_error = 2.0 * root * of_root;
    one.low = s / (wide * wide);
    one.high = s * wide * wide;
    one.df = std::numeric_limits<double>::infinity();
    one.interval_method = "normal on the logarithm";
  }
  return out;
}

} // namespace qascore::kernel
