// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../bias_reduced.hpp"
#include "../inference.hpp"
#include "../mean.hpp"
#include "../regression.hpp"
#include "ordinal_cell.hpp"
#include "weighted_mean.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace qascore::kernel {
namespace detail_regression {

/// A sum of products in twice the precision of double. Source: Ogita, Rump and Oishi (2005), Dot2.
class accurate_dot {
public:
  void add(double a, double b) noexcept {
    const double product = a * b;
    sum_.add(product);
    rest_.add(std::fma(a, b, -product));
  }
  double value() const noexcept { return sum_.value() + rest_.value(); }

private:
  detail::accurate_sum sum_, rest_;
};

/// A symmetric positive definite matrix, row-major, as L L'.
class cholesky {
public:
  /// Stops at the first row that is a combination of those before it, to `tolerance` of its diagonal.
  cholesky(std::vector<double> matrix, std::size_t size, double tolerance)
      : l_{std::move(matrix)}, size_{size}, failed_{size} {
    for (std::size_t j = 0; j < size; ++j) {
      const double whole = l_[j * size + j];
      for (std::size_t i = 0; i <= j; ++i) {
        double sum = l_[j * size + i];
        for (std::size_t k = 0; k < i; ++k)
          sum -= l_[i * size + k] * l_[j * size + k];
        if (i < j) {
          l_[j * size + i] = sum / l_[i * size + i];
        } else if (sum > tolerance * whole) {
          l_[j * size + j] = std::sqrt(sum);
        } else {
          failed_ = j;
          return;
        }
      }
    }
  }

  std::size_t failed() const noexcept { return failed_; } ///< the row, or the size

  void solve(std::span<double> b) const noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      for (std::size_t k = 0; k < i; ++k)
        b[i] -= l_[i * size_ + k] * b[k];
      b[i] /= l_[i * size_ + i];
    }
    for (std::size_t i = size_; i-- > 0;) {
      for (std::size_t k = i + 1; k < size_; ++k)
        b[i] -= l_[k * size_ + i] * b[k];
      b[i] /= l_[i * size_ + i];
    }
  }

private:
  std::vector<double> l_;
  std::size_t size_, failed_;
};

/// The units that have all values; their columns centred at the weighted mean and scaled to weighted variance
/// 1.
struct prepared {
  std::vector<double> answered; ///< 0 for units that take part, NaN for the others
  std::vector<std::uint32_t> rows;
  std::vector<double> weight, y, centre, scale;
  std::vector<std::vector<double>> x; ///< per column, per row
  double total = 0.0;                 ///< of the weights

  std::size_t columns() const noexcept { return x.size(); }
};

inline std::vector<double> answered_units(const design_view& design, std::span<const double> y,
                                          std::span<const std::span<const double>> columns) {
  std::vector<double> out(design.units, 0.0);
  const auto mark = [&](std::span<const double> column, const char* argument) {
    if (column.size() != design.units)
      throw argument_error(std::string(argument) + ": expected " + std::to_string(design.units) +
                           " values, one per unit, but found " + std::to_string(column.size()));
    for (std::size_t i = 0; i < out.size(); ++i)
      if (is_missing(column[i]))
        out[i] = missing_value;
  };
  mark(y, "y");
  for (const auto column : columns)
    mark(column, "columns");
  return out;
}

inline prepared prepare(const design_view& design, std::vector<double> answered, std::span<const double> y,
                        std::span<const std::span<const double>> columns, regression_fit& fit) {
  prepared out;
  out.answered = std::move(answered);
  out.rows = group_by_domain({}, out.answered).rows;
  fit.n = out.rows.size();
  fit.missing = design.units - fit.n;
  detail::accurate_sum total;
  for (const std::uint32_t i : out.rows) {
    out.weight.push_back(design.weight_of(i));
    out.y.push_back(y[i]);
    total.add(out.weight.back());
  }
  out.total = total.value();
  if (fit.n <= columns.size() + 1) {
    fit.undefined = "no more units than coefficients";
    return out;
  }
  if (!silent_domains(design, {}, out.answered).empty()) {
    fit.undefined = silent_stratum;
    return out;
  }
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const double mean = detail_mean::mean_of({design, out.rows, columns[j]}).mean;
    std::vector<double> x;
    detail::accurate_sum squares;
    double largest = 0.0;
    for (std::size_t k = 0; k < out.rows.size(); ++k) {
      largest = std::max(largest, std::abs(columns[j][out.rows[k]]));
      x.push_back(columns[j][out.rows[k]] - mean);
      squares.add(out.weight[k] * x[k] * x[k]);
    }
    const double scale = std::sqrt(squares.value() / out.total);
    if (!(scale > 4.0 * std::numeric_limits<double>::epsilon() * largest) && fit.undefined.empty()) {
      fit.undefined = "does not vary";
      fit.fault = j;
    }
    for (double& v : x)
      v /= scale;
    out.centre.push_back(mean);
    out.scale.push_back(scale);
    out.x.push_back(std::move(x));
  }
  return out;
}

inline double share_of_rounding() {
  return 1e-12;
}

/// Coefficients with their influence values (or their classical variance) as estimates with tests.
struct coefficient {
  double value = missing_value;
  std::vector<double> influence;
  double classical = missing_value;
};

/// The fit as least squares near its solution, for bias-reduced errors.
struct near_solution {
  std::size_t columns = 0;
  std::vector<std::uint32_t> unit;
  std::vector<double> x, residual, bread, functions;

  void add(std::uint32_t of_unit, double error) {
    unit.push_back(of_unit);
    residual.push_back(error);
  }
  working_rows rows() const { return {columns, unit, x, residual, bread}; }
};

inline std::string_view limits_of(coefficient_errors errors, bool normal) {
  switch (errors) {
  case coefficient_errors::cr2:
    return "t, CR2 errors";
  case coefficient_errors::linearized:
    return "t, linearized errors";
  case coefficient_errors::classical:
    break;
  }
  return normal ? "normal, classical errors" : "t, classical errors";
}

inline void finish(const design_view& design, const prepared& data, std::vector<coefficient>&& found,
                   const near_solution& near, double classical_df, std::string_view method,
                   const regression_options& options, regression_fit& fit) {
  const bool reduced = options.errors == coefficient_errors::cr2,
             by_design = options.errors != coefficient_errors::classical;
  variance_engine engine(design, data.answered);
  std::vector<design_variance> bias_reduced;
  if (reduced && fit.undefined.empty())
    bias_reduced = bias_reduced_variances(design, near.rows(), near.functions);
  for (std::size_t a = 0; a < found.size(); ++a) {
    const coefficient& c = found[a];
    design_variance spread;
    if (!fit.undefined.empty()) {
      spread.undefined = fit.undefined;
    } else if (by_design) {
      spread = engine.of_rows(data.rows, c.influence);
      spread.census = spread.census && fit.missing == 0;
      if (!reduced) {
        spread.df -= static_cast<double>(data.columns());
      } else if (spread.undefined.empty() && !spread.census) {
        spread = bias_reduced[a];
      }
    } else {
      spread.variance = c.classical;
      spread.df = classical_df;
    }
    inference_options limits;
    limits.confidence = options.confidence;
    limits.normal = std::isinf(spread.df);
    limits.method = method;
    limits.n = fit.n;
    tested_estimate out;
    static_cast<estimate&>(out) = infer(fit.undefined.empty() ? c.value : missing_value, spread, limits);
    out.missing = fit.missing;
    out.interval_method = limits_of(options.errors, limits.normal);
    out.test = t_test(out);
    fit.coefficients.push_back(std::move(out));
  }
}

} // namespace detail_regression

QASCORE_INLINE regression_fit linear_regression(const design_view& given, std::span<const double> y,
                                                std::span<const std::span<const double>> columns,
                                                const regression_options& options) {
  using namespace detail_regression;
  regression_fit fit;
  auto units = answered_units(given, y, columns);
  const answered_design answered(given, units);
  const design_view& design = answered.view();
  const prepared data = prepare(design, std::move(units), y, columns, fit);
  const std::size_t size = data.columns(), n = data.rows.size();
  std::vector<coefficient> found(columns.size() + 1);
  near_solution near;
  const std::string_view method =
      is_independent(design) ? "linear regression, independent rows" : "linear regression, sample design";
  if (fit.undefined.empty()) {
    std::vector<double> gram(size * size);
    for (std::size_t a = 0; a < size; ++a)
      for (std::size_t b = 0; b <= a; ++b) {
        accurate_dot dot;
        for (std::size_t k = 0; k < n; ++k)
          dot.add(data.weight[k] * data.x[a][k], data.x[b][k]);
        gram[a * size + b] = gram[b * size + a] = dot.value();
      }
    const cholesky factor(gram, size, share_of_rounding());
    if (factor.failed() < size) {
      fit.undefined = "is a linear combination of the columns before it";
      fit.fault = factor.failed();
    } else {
      const double mean = detail_mean::mean_of({design, data.rows, y}).mean;
      std::vector<double> slope(size, 0.0), rest(n);
      // Each round removes the rounding of the one before.
      for (int round = 0; round < 4; ++round) {
        for (std::size_t k = 0; k < n; ++k) {
          accurate_dot e;
          e.add(1.0, data.y[k]);
          e.add(-1.0, mean);
          for (std::size_t a = 0; a < size; ++a)
            e.add(-slope[a], data.x[a][k]);
          rest[k] = e.value();
        }
        if (round == 3)
          break;
        std::vector<double> step(size);
        for (std::size_t a = 0; a < size; ++a) {
          accurate_dot dot;
          for (std::size_t k = 0; k < n; ++k)
            dot.add(data.weight[k] * data.x[a][k], rest[k]);
          step[a] = dot.value();
        }
        factor.solve(step);
        for (std::size_t a = 0; a < size; ++a)
          slope[a] += step[a];
      }
      accurate_dot left, whole;
      for (std::size_t k = 0; k < n; ++k) {
        left.add(data.weight[k] * rest[k], rest[k]);
        whole.add(data.weight[k] * (data.y[k] - mean), data.y[k] - mean);
      }
      const auto units_left = static_cast<double>(n - size - 1);
      fit.r_squared = whole.value() > 0.0 ? 1.0 - left.value() / whole.value() : missing_value;
      fit.residual_sd = std::sqrt(left.value() / data.total * static_cast<double>(n) / units_left);

      for (coefficient& c : found)
        c.influence.assign(n, 0.0);
      accurate_dot intercept;
      intercept.add(1.0, mean);
      for (std::size_t a = 0; a < size; ++a) {
        found[a + 1].value = slope[a] / data.scale[a];
        intercept.add(-found[a + 1].value, data.centre[a]);
      }
      found[0].value = intercept.value();
      std::vector<double> solved(size);
      for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t a = 0; a < size; ++a)
          solved[a] = data.x[a][k];
        factor.solve(solved);
        found[0].influence[k] = rest[k] / data.total;
        for (std::size_t a = 0; a < size; ++a) {
          found[a + 1].influence[k] = solved[a] / data.scale[a] * rest[k];
          found[0].influence[k] -= data.centre[a] * found[a + 1].influence[k];
        }
      }
      const double variance = left.value() / units_left;
      // Var(b) = s^2 A^-1; of the intercept s^2 (1 / sum w + m' A^-1 m) with m the centres.
      std::vector<double> centre(size);
      for (std::size_t a = 0; a < size; ++a)
        centre[a] = data.centre[a] / data.scale[a];
      std::vector<double> through = centre, inverse;
      factor.solve(through);
      found[0].classical = 1.0 / data.total;
      for (std::size_t a = 0; a < size; ++a) {
        found[0].classical += centre[a] * through[a];
        std::vector<double> unit(size, 0.0);
        unit[a] = 1.0;
        factor.solve(unit);
        found[a + 1].classical = variance * unit[a] / (data.scale[a] * data.scale[a]);
        inverse.insert(inverse.end(), unit.begin(), unit.end());
      }
      found[0].classical *= variance;

      // Scaled columns have mean 0: the intercept stands alone in the inverse.
      const std::size_t p = near.columns = size + 1;
      near.bread.assign(p * p, 0.0);
      near.functions.assign(p * p, 0.0);
      near.bread[0] = 1.0 / data.total;
      near.functions[0] = 1.0;
      for (std::size_t a = 0; a < size; ++a) {
        near.functions[(a + 1) * p + a + 1] = 1.0 / data.scale[a];
        near.functions[a + 1] = -centre[a];
        for (std::size_t b = 0; b < size; ++b)
          near.bread[(a + 1) * p + b + 1] = inverse[a * size + b];
      }
      for (std::size_t k = 0; k < n; ++k) {
        near.add(data.rows[k], rest[k]);
        near.x.push_back(1.0);
        for (std::size_t a = 0; a < size; ++a)
          near.x.push_back(data.x[a][k]);
      }
    }
  }
  finish(design, data, std::move(found), near, static_cast<double>(n) - static_cast<double>(size) - 1.0,
         method, options, fit);
  return fit;
}

namespace detail_regression {

using detail_ordinal::cell;
using detail_ordinal::cell_of;

/// Parameters: slopes of the scaled columns, then thresholds.
struct ordinal_model {
  const prepared& data;
  std::size_t categories;

  std::size_t size() const noexcept { return data.columns() + categories - 1; }

  cell at(std::size_t k, std::span<const double> theta) const {
    const std::size_t slopes = data.columns();
    double eta = 0.0;
    for (std::size_t a = 0; a < slopes; ++a)
      eta += theta[a] * data.x[a][k];
    const auto y = static_cast<std::size_t>(data.y[k]);
    const bool top = y + 1 == categories, bottom = y == 0;
    return cell_of(top ? 0.0 : theta[slopes + y] - eta, bottom ? 0.0 : theta[slopes + y - 1] - eta, top,
                   bottom);
  }

  double log_likelihood(std::span<const double> theta) const {
    for (std::size_t t = data.columns() + 1; t < size(); ++t)
      if (!(theta[t] > theta[t - 1]))
        return -std::numeric_limits<double>::infinity();
    detail::accurate_sum sum;
    for (std::size_t k = 0; k < data.rows.size(); ++k)
      sum.add(data.weight[k] * at(k, theta).value);
    return sum.value();
  }

  /// The score of unit k.
  void score(std::size_t k, const cell& c, std::span<double> out) const {
    const std::size_t slopes = data.columns();
    const auto y = static_cast<std::size_t>(data.y[k]);
    std::fill(out.begin(), out.end(), 0.0);
    for (std::size_t a = 0; a < slopes; ++a)
      out[a] = -data.x[a][k] * (c.du + c.dl);
    if (y + 1 < categories)
      out[slopes + y] = c.du;
    if (y > 0)
      out[slopes + y - 1] = c.dl;
  }

  /// Adds the rows of unit k: of category c its residual given that y is at least c, and the derivative.
  void working(std::size_t k, std::span<const double> theta, near_solution& near) const {
    const auto logistic = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
    const std::size_t slopes = data.columns();
    const auto y = static_cast<std::size_t>(data.y[k]);
    double eta = 0.0;
    for (std::size_t a = 0; a < slopes; ++a)
      eta += theta[a] * data.x[a][k];
    double reached = 1.0, before = 0.0; // P(y >= c) and the density at the threshold below c
    for (std::size_t c = 0; c + 1 < categories; ++c) {
      const double z = theta[slopes + c] - eta, above = logistic(-z), density = above * logistic(z);
      const double stay = above / reached;
      const double sd = std::sqrt(stay * (1.0 - stay) * reached);
      near.add(data.rows[k], y < c || !(sd > 0.0) ? 0.0 : ((y == c ? 1.0 : 0.0) - (1.0 - stay)) / sd);
      const std::size_t row = near.x.size();
      near.x.resize(row + size(), 0.0);
      if (sd > 0.0) {
        for (std::size_t a = 0; a < slopes; ++a)
          near.x[row + a] = -data.x[a][k] * (density - stay * before) / sd;
        near.x[row + slopes + c] = density / sd;
        if (c > 0)
          near.x[row + slopes + c - 1] = -stay * before / sd;
      }
      reached = above;
      before = density;
    }
  }

  /// Total score and information.
  void derivatives(std::span<const double> theta, std::vector<double>& total,
                   std::vector<double>& info) const {
    const std::size_t slopes = data.columns(), p = size();
    std::vector<detail::accurate_sum> g(p), h(p * p);
    std::vector<double> s(p), du(p), dl(p);
    for (std::size_t k = 0; k < data.rows.size(); ++k) {
      const cell c = at(k, theta);
      score(k, c, s);
      const auto y = static_cast<std::size_t>(data.y[k]);
      std::fill(du.begin(), du.end(), 0.0);
      std::fill(dl.begin(), dl.end(), 0.0);
      for (std::size_t a = 0; a < slopes; ++a)
        du[a] = dl[a] = -data.x[a][k];
      if (y + 1 < categories)
        du[slopes + y] = 1.0;
      if (y > 0)
        dl[slopes + y - 1] = 1.0;
      for (std::size_t a = 0; a < p; ++a) {
        g[a].add(data.weight[k] * s[a]);
        for (std::size_t b = 0; b <= a; ++b)
          h[a * p + b].add(-data.weight[k] * (c.duu * du[a] * du[b] + c.dll * dl[a] * dl[b] +
                                              c.dul * (du[a] * dl[b] + dl[a] * du[b])));
      }
    }
    total.resize(p);
    info.resize(p * p);
    for (std::size_t a = 0; a < p; ++a) {
      total[a] = g[a].value();
      for (std::size_t b = 0; b <= a; ++b)
        info[a * p + b] = info[b * p + a] = h[a * p + b].value();
    }
  }
};

} // namespace detail_regression

QASCORE_INLINE regression_fit ordinal_logit(const design_view& given, std::span<const double> y,
                                            std::size_t categories,
                                            std::span<const std::span<const double>> columns,
                                            const regression_options& options) {
  using namespace detail_regression;
  if (categories < 2)
    throw argument_error("categories: expected at least 2 but found " + std::to_string(categories));
  regression_fit fit;
  auto units = answered_units(given, y, columns);
  for (const double value : y)
    if (!is_missing(value) &&
        !(value >= 0.0 && value < static_cast<double>(categories) && value == std::floor(value)))
      throw argument_error("y: expected whole numbers from 0 to " + std::to_string(categories - 1) +
                           " but found " + detail::format_number(value));
  const answered_design answered(given, units);
  const design_view& design = answered.view();
  const prepared data = prepare(design, std::move(units), y, columns, fit);
  const ordinal_model model{data, categories};
  const std::size_t slopes = columns.size(), p = slopes + categories - 1, n = data.rows.size();
  std::vector<coefficient> found(p);
  near_solution near;
  std::vector<double> shares(categories, 0.0);
  for (std::size_t k = 0; k < n; ++k)
    shares[static_cast<std::size_t>(data.y[k])] += data.weight[k] / data.total;
  if (fit.undefined.empty() && std::any_of(shares.begin(), shares.end(), [](double s) { return s == 0.0; }))
    fit.undefined =
        categories == 2 ? "the outcome does not vary" : "a category of the outcome does not occur";
  if (fit.undefined.empty()) {
    // Collinear columns are found before the fit: there they would look like anything.
    std::vector<double> gram(slopes * slopes);
    for (std::size_t a = 0; a < slopes; ++a)
      for (std::size_t b = 0; b < slopes; ++b) {
        accurate_dot dot;
        for (std::size_t k = 0; k < n; ++k)
          dot.add(data.weight[k] * data.x[a][k], data.x[b][k]);
        gram[a * slopes + b] = dot.value();
      }
    if (const cholesky factor(gram, slopes, share_of_rounding()); factor.failed() < slopes) {
      fit.undefined = "is a linear combination of the columns before it";
      fit.fault = factor.failed();
    }
  }
  if (fit.undefined.empty()) {
    std::vector<double> theta(p, 0.0), step, info;
    double below = 0.0;
    for (std::size_t c = 0; c + 1 < categories; ++c) {
      below += shares[c];
      theta[slopes + c] = std::log(below / (1.0 - below));
    }
    fit.log_likelihood = model.log_likelihood(theta);
    bool converged = false, singular = false;
    for (int round = 0; round < 60 && !converged && !singular; ++round) {
      model.derivatives(theta, step, info);
      const cholesky factor(info, p, std::numeric_limits<double>::epsilon());
      singular = factor.failed() < p;
      if (singular)
        break;
      factor.solve(step);
      double size = 0.0;
      for (std::size_t a = 0; a < p; ++a)
        size = std::max(size, std::abs(step[a]) / (1.0 + std::abs(theta[a])));
      // Half steps until the likelihood does not fall; near the top it is flat to rounding.
      std::vector<double> next(p);
      double part = 1.0;
      for (int halved = 0; halved < 20; ++halved, part *= 0.5) {
        for (std::size_t a = 0; a < p; ++a)
          next[a] = theta[a] + part * step[a];
        const double value = model.log_likelihood(next);
        if (value >= fit.log_likelihood - 1e-12 * std::abs(fit.log_likelihood)) {
          theta = next;
          fit.log_likelihood = value;
          break;
        }
      }
      converged = size < 1e-12;
    }
    // Columns have variance 1: a slope of 30 moves the odds by e^30 within a standard deviation.
    const auto steepest = std::max_element(theta.begin(), theta.begin() + static_cast<std::ptrdiff_t>(slopes),
                                           [](double a, double b) { return std::abs(a) < std::abs(b); });
    if (!converged) {
      fit.undefined = slopes > 0 ? "predicts the outcome perfectly, alone or with others (separation)"
                                 : "the likelihood has no maximum";
      if (slopes > 0)
        fit.fault = static_cast<std::size_t>(steepest - theta.begin());
    } else {
      model.derivatives(theta, step, info);
      const cholesky factor(info, p, 0.0);
      // From scaled columns and thresholds to those of the data: b_j / s_j, z_k + sum_j b_j m_j / s_j.
      const auto to_data = [&](std::span<double> values) {
        double shift = 0.0;
        for (std::size_t a = 0; a < slopes; ++a) {
          values[a] /= data.scale[a];
          shift += values[a] * data.centre[a];
        }
        for (std::size_t t = slopes; t < p; ++t)
          values[t] += shift;
      };
      std::vector<double> score(p);
      for (coefficient& c : found)
        c.influence.assign(n, 0.0);
      for (std::size_t k = 0; k < n; ++k) {
        model.score(k, model.at(k, theta), score);
        factor.solve(score);
        to_data(score);
        for (std::size_t a = 0; a < p; ++a)
          found[a].influence[k] = score[a];
      }
      // The variance of coefficient a is t' I^-1 t with t the row that carries it to the data.
      for (std::size_t a = 0; a < p; ++a) {
        std::vector<double> row(p, 0.0);
        row[a] = a < slopes ? 1.0 / data.scale[a] : 1.0;
        for (std::size_t j = 0; a >= slopes && j < slopes; ++j)
          row[j] = data.centre[j] / data.scale[j];
        std::vector<double> solved = row;
        factor.solve(solved);
        found[a].classical = 0.0;
        for (std::size_t b = 0; b < p; ++b)
          found[a].classical += row[b] * solved[b];
        near.functions.insert(near.functions.end(), row.begin(), row.end());
        std::fill(solved.begin(), solved.end(), 0.0);
        solved[a] = 1.0;
        factor.solve(solved);
        near.bread.insert(near.bread.end(), solved.begin(), solved.end());
      }
      near.columns = p;
      for (std::size_t k = 0; k < n; ++k)
        model.working(k, theta, near);
      to_data(theta);
      for (std::size_t a = 0; a < p; ++a)
        found[a].value = theta[a];
    }
  }
  const std::string_view method =
      is_independent(design) ? "logit regression, independent rows" : "logit regression, sample design";
  finish(design, data, std::move(found), near, std::numeric_limits<double>::infinity(), method, options, fit);
  return fit;
}

QASCORE_INLINE regression_fit logit_regression(const design_view& design, std::span<const double> y,
                                               std::span<const std::span<const double>> columns,
                                               const regression_options& options) {
  regression_fit fit = ordinal_logit(design, y, 2, columns, options);
  tested_estimate intercept = std::move(fit.coefficients.back());
  fit.coefficients.pop_back();
  intercept.value = -intercept.value;
  std::swap(intercept.low, intercept.high);
  intercept.low = -intercept.low;
  intercept.high = -intercept.high;
  intercept.test.statistic = -intercept.test.statistic;
  fit.coefficients.insert(fit.coefficients.begin(), std::move(intercept));
  return fit;
}

} // namespace qascore::kernel
