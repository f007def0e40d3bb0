// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../fay_herriot.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace qascore::kernel {
namespace detail_area {

/// The model at one A: coefficients, their covariance, log restricted likelihood and its derivative.
struct at_between {
  Eigen::VectorXd b;
  Eigen::MatrixXd covariance;
  double log_likelihood = 0.0, slope = 0.0;
};

/// Means measured from their average, covariates centred and scaled to 1: stable at any offset.
class model {
public:
  model(std::span<const double> y, std::span<const double> psi, std::span<const std::span<const double>> covariates)
      : m{y.size()}, p{covariates.size() + 1}, psi_{psi}, x_(m * p, 1.0), centre_(p, 0.0), scale_(p, 1.0) {
    double sum = 0.0;
    for (const double value : y)
      sum += value;
    offset = sum / static_cast<double>(m);
    for (const double value : y)
      y_.push_back(value - offset);
    for (std::size_t k = 1; k < p; ++k) {
      const auto column = covariates[k - 1];
      double mean = 0.0, widest = 0.0, largest = 0.0;
      for (const double value : column)
        mean += value / static_cast<double>(m);
      for (const double value : column) {
        widest = std::max(widest, std::abs(value - mean));
        largest = std::max(largest, std::abs(value));
      }
      const bool constant = widest <= 1e-12 * largest;
      centre_[k] = mean;
      scale_[k] = constant ? 0.0 : widest;
      for (std::size_t i = 0; i < m; ++i)
        x_[i * p + k] = constant ? 0.0 : (column[i] - mean) / widest;
    }
    used_.push_back(0);
    for (std::size_t k = 1; k < p; ++k)
      if (scale_[k] > 0.0)
        used_.push_back(k);
  }

  std::size_t coefficients() const noexcept { return used_.size(); }
  double variance_of(std::size_t i, double a) const noexcept { return a + psi_[i]; }
  double y_of(std::size_t i) const noexcept { return y_[i]; }

  /// The first covariate that those before it determine; p: none.
  std::size_t dependent() const {
    Eigen::MatrixXd gram = cross([](std::size_t) { return 1.0; });
    Eigen::MatrixXd rest = gram;
    for (Eigen::Index k = 0; k < gram.rows(); ++k) {
      if (!(rest(k, k) > 1e-10 * gram(k, k)))
        return used_[static_cast<std::size_t>(k)];
      for (Eigen::Index r = k + 1; r < gram.rows(); ++r)
        rest.row(r) -= rest.row(k) * (rest(r, k) / rest(k, k));
    }
    return p;
  }

  at_between at(double a) const {
    const auto weight = [&](std::size_t i) { return 1.0 / variance_of(i, a); };
    return fit(weight, weight);
  }
  /// Ordinary least squares.
  at_between plain() const {
    return fit([](std::size_t) { return 1.0; }, [](std::size_t) { return 1.0; });
  }

  double fitted(std::size_t i, const Eigen::VectorXd& b) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < used_.size(); ++k)
      sum += x(i, k) * b[static_cast<Eigen::Index>(k)];
    return sum;
  }
  /// x_i' C x_i
  double quadratic(std::size_t i, const Eigen::MatrixXd& c) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < used_.size(); ++j)
      for (std::size_t k = 0; k < used_.size(); ++k)
        sum += x(i, j) * x(i, k) * c(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(k));
    return sum;
  }

  /// Coefficients and their standard errors as the caller's covariates have them.
  void report(const Eigen::VectorXd& b, const Eigen::MatrixXd& covariance, area_fit& out) const {
    const auto size = static_cast<Eigen::Index>(used_.size());
    Eigen::MatrixXd back = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(p), size);
    back(0, 0) = 1.0;
    for (Eigen::Index k = 1; k < size; ++k) {
      const std::size_t column = used_[static_cast<std::size_t>(k)];
      back(static_cast<Eigen::Index>(column), k) = 1.0 / scale_[column];
      back(0, k) = -centre_[column] / scale_[column];
    }
    const Eigen::VectorXd raw = back * b;
    const Eigen::MatrixXd spread = back * covariance * back.transpose();
    for (Eigen::Index k = 0; k < raw.size(); ++k) {
      out.coefficient.push_back(raw[k] + (k == 0 ? offset : 0.0));
      out.coefficient_error.push_back(std::sqrt(std::max(0.0, spread(k, k))));
    }
  }

  std::size_t m, p;
  double offset = 0.0;

private:
  double x(std::size_t i, std::size_t k) const noexcept { return x_[i * p + used_[k]]; }

  template <class Weight>
  Eigen::MatrixXd cross(const Weight& weight) const {
    const auto size = static_cast<Eigen::Index>(used_.size());
    Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size, size);
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t j = 0; j < used_.size(); ++j)
        for (std::size_t k = 0; k <= j; ++k)
          out(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(k)) += weight(i) * x(i, j) * x(i, k);
    return out.selfadjointView<Eigen::Lower>();
  }

  template <class Weight, class Inverse>
  at_between fit(const Weight& weight, const Inverse& inverse) const {
    at_between out;
    const auto size = static_cast<Eigen::Index>(used_.size());
    const Eigen::LLT<Eigen::MatrixXd> root(cross(weight));
    Eigen::VectorXd right = Eigen::VectorXd::Zero(size);
    for (std::size_t i = 0; i < m; ++i)
      for (std::size_t k = 0; k < used_.size(); ++k)
        right[static_cast<Eigen::Index>(k)] += weight(i) * x(i, k) * y_[i];
    out.b = root.solve(right);
    out.covariance = root.solve(Eigen::MatrixXd::Identity(size, size));
    double logs = 0.0, squares = 0.0, steep = 0.0;
    for (std::size_t i = 0; i < m; ++i) {
      const double w = inverse(i), r = y_[i] - fitted(i, out.b);
      logs -= std::log(w);
      squares += w * r * r;
      steep += w * w * r * r - w + w * w * quadratic(i, out.covariance);
    }
    for (Eigen::Index k = 0; k < size; ++k)
      logs += 2.0 * std::log(root.matrixL()(k, k));
    out.log_likelihood = -0.5 * (logs + squares);
    out.slope = 0.5 * steep;
    return out;
  }

  std::span<const double> psi_;
  std::vector<double> y_, x_;
  std::vector<double> centre_, scale_;
  std::vector<std::size_t> used_;
};

/// Where `slope` crosses 0 between two places at which it has opposite signs.
template <class Slope>
double crossing(const Slope& slope, double low, double high) {
  std::uintmax_t steps = 200;
  const auto found = boost::math::tools::toms748_solve(slope, low, high, boost::math::tools::eps_tolerance<double>(50),
                                                       steps);
  return 0.5 * (found.first + found.second);
}

/// The t = log A that maximises the log restricted likelihood plus `extra` t; false: it falls from A = 0 on. A grid
/// finds the highest of several peaks, the derivative its place.
inline bool peak(const model& area, double smallest, double largest, double extra, double& t) {
  const auto slope = [&](double at) {
    const double a = std::exp(at);
    return a * area.at(a).slope + extra;
  };
  constexpr int points = 48;
  const double from = std::log(smallest), step = (std::log(largest) - from) / points;
  double best = -std::numeric_limits<double>::infinity(), left = slope(from);
  for (int k = 1; k <= points; ++k) {
    const double right = slope(from + k * step);
    if (left > 0.0 && right <= 0.0) {
      const double at = crossing(slope, from + (k - 1) * step, from + k * step);
      const double height = area.at(std::exp(at)).log_likelihood + extra * at;
      if (height > best) {
        best = height;
        t = at;
      }
    }
    left = right;
  }
  return std::isfinite(best);
}

/// Sums over the values of A of what averages need.
inline void average(const model& area, std::span<const double> psi, double mode, area_fit& out) {
  // The trapezoidal rule in log A: exact to rounding for a smooth function that dies away on both sides.
  const double mode_a = std::exp(mode), h0 = 1e-3;
  const auto slope = [&](double t) { return std::exp(t) * area.at(std::exp(t)).slope + 1.0; };
  const double curvature = (slope(mode - h0) - slope(mode + h0)) / (2.0 * h0);
  const double step = std::min(0.5, 0.5 / std::sqrt(std::max(curvature, 1e-6)));
  const at_between centre = area.at(mode_a);
  const double top = centre.log_likelihood + mode;

  const std::size_t m = area.m;
  std::vector<double> middle(m), shift(m, 0.0), shift2(m, 0.0), inside(m, 0.0), own(m, 0.0);
  const auto value_at = [&](std::size_t i, double a, const at_between& fit) {
    const double line = area.fitted(i, fit.b);
    return line + a / area.variance_of(i, a) * (area.y_of(i) - line);
  };
  for (std::size_t i = 0; i < m; ++i)
    middle[i] = value_at(i, mode_a, centre);
  double total = 0.0, between = 0.0;
  Eigen::VectorXd b = Eigen::VectorXd::Zero(centre.b.size());
  Eigen::MatrixXd bb = Eigen::MatrixXd::Zero(b.size(), b.size());
  const auto add = [&](double t) {
    const double a = std::exp(t);
    const at_between fit = area.at(a);
    const double log_weight = fit.log_likelihood + t - top;
    const double weight = std::exp(log_weight);
    total += weight;
    between += weight * a;
    const Eigen::VectorXd moved = fit.b - centre.b;
    b += weight * moved;
    bb += weight * (fit.covariance + moved * moved.transpose());
    for (std::size_t i = 0; i < m; ++i) {
      const double g = a / area.variance_of(i, a), d = value_at(i, a, fit) - middle[i];
      shift[i] += weight * d;
      shift2[i] += weight * d * d;
      inside[i] += weight * (g * psi[i] + (1.0 - g) * (1.0 - g) * area.quadratic(i, fit.covariance));
      own[i] += weight * g;
    }
    return log_weight > -36.0;
  };
  add(mode);
  for (int k = 1; add(mode + k * step); ++k) {
  }
  for (int k = 1; add(mode - k * step); ++k) {
  }
  b /= total;
  Eigen::MatrixXd spread = bb / total - b * b.transpose();
  out.between = between / total;
  // The likelihood falls as A^(-(m - p) / 2): A, and what grows with it, has a mean from m - p = 5 on.
  if (m < static_cast<std::size_t>(b.size()) + 5) {
    out.between = missing_value;
    spread.setConstant(missing_value);
  }
  area.report(centre.b + b, spread, out);
  for (std::size_t i = 0; i < m; ++i) {
    const double d = shift[i] / total;
    out.value.push_back(area.offset + (middle[i] + d));
    out.mse.push_back(std::max(0.0, inside[i] / total + shift2[i] / total - d * d));
    out.own_weight.push_back(own[i] / total);
  }
}

/// One A: the empirical best predictor with its mean squared error.
inline void plug_in(const model& area, std::span<const double> psi, double a, bool moment, area_fit& out) {
  const at_between fit = area.at(a);
  const auto m = static_cast<double>(area.m);
  double information = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < area.m; ++i) {
    const double v = area.variance_of(i, a);
    information += 1.0 / (v * v);
    squares += v * v;
  }
  const double variance = moment ? 2.0 * squares / (m * m) : 2.0 / information;
  out.between = a;
  area.report(fit.b, fit.covariance, out);
  for (std::size_t i = 0; i < area.m; ++i) {
    const double v = area.variance_of(i, a), g = a / v, line = area.fitted(i, fit.b);
    out.value.push_back(area.offset + (line + g * (area.y_of(i) - line)));
    out.mse.push_back(g * psi[i] + (1.0 - g) * (1.0 - g) * area.quadratic(i, fit.covariance) +
                      2.0 * psi[i] * psi[i] / (v * v * v) * variance);
    out.own_weight.push_back(g);
  }
}

} // namespace detail_area

QASCORE_INLINE area_fit fay_herriot(std::span<const double> y, std::span<const double> psi,
                                    std::span<const std::span<const double>> covariates, between_variance how) {
  using namespace detail_area;
  area_fit out;
  const std::size_t m = y.size();
  if (m < 3) {
    out.undefined = "too few to learn from each other: at least 4 are needed";
    return out;
  }
  const model area(y, psi, covariates);
  if (const std::size_t k = area.dependent(); k < area.p) {
    out.dependent = k - 1;
    return out;
  }
  if (const std::size_t k = area.coefficients(); m < k + 3) {
    out.undefined = k == 1 ? "too few to learn from each other: at least 4 are needed"
                           : "too few to learn from each other: " + std::to_string(k + 3) +
                                 " are needed for " + std::to_string(k) + " coefficients";
    return out;
  }
  const at_between plain = area.plain();
  double rest = 0.0, expected = 0.0, largest = 0.0, least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < m; ++i) {
    const double r = y[i] - area.offset - area.fitted(i, plain.b);
    rest += r * r;
    expected += psi[i] * (1.0 - area.quadratic(i, plain.covariance));
    largest = std::max(largest, psi[i]);
    least = std::min(least, psi[i]);
  }
  if (largest == 0.0) { // everything is known: nothing to learn from the others
    out.between = rest / static_cast<double>(m - area.coefficients());
    area.report(plain.b, out.between * plain.covariance, out);
    out.value.assign(y.begin(), y.end());
    out.mse.assign(m, 0.0);
    out.own_weight.assign(m, 1.0);
    return out;
  }
  if (how == between_variance::moment) {
    const double a = (rest - expected) / static_cast<double>(m - area.coefficients());
    plug_in(area, psi, std::max({a, 0.0, least > 0.0 ? 0.0 : 1e-12 * largest}), true, out);
    return out;
  }
  // The slope is negative above `rest + largest`.
  double t = 0.0;
  const double top = 2.0 * (rest + largest), bottom = 1e-8 * (least > 0.0 ? least : largest);
  if (how == between_variance::reml) {
    const bool inside = peak(area, bottom, top, 0.0, t);
    double a = inside ? std::exp(t) : least > 0.0 ? 0.0 : bottom;
    if (inside && least > 0.0 && area.at(0.0).log_likelihood > area.at(a).log_likelihood)
      a = 0.0;
    plug_in(area, psi, a, false, out);
  } else {
    // The heavier tail of few areas ends later than the likelihood's own peak.
    peak(area, bottom, 1e3 * top, 1.0, t);
    average(area, psi, t, out);
  }
  return out;
}

} // namespace qascore::kernel
