// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../bivariate_normal.hpp"
#include "../distribution.hpp"
#include "../latent_correlation.hpp"
#include "../rank.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace qascore::kernel {
namespace detail_latent {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double as_good_as_one =
    0.9999;                                ///< a correlation that is still pushed outwards here is perfect
inline constexpr double no_chance = 1e-14; ///< of a cell that holds units: rounding of the sums below
inline constexpr int most_steps = 100;

inline std::string too_many(const char* column, std::size_t count) {
  return "the " + std::string(column) + " column has " + std::to_string(count) +
         " different values, more than " + std::to_string(most_categories) + " categories";
}

/// Shares at or below each category but the last, and the thresholds that have them.
struct margin {
  std::vector<double> share, threshold; ///< threshold: with -infinity before and +infinity behind

  explicit margin(std::span<const double> weight) {
    detail::accurate_sum total;
    for (const double w : weight)
      total.add(w);
    detail::accurate_sum below;
    threshold.push_back(-infinity);
    for (std::size_t i = 0; i + 1 < weight.size(); ++i) {
      below.add(weight[i]);
      share.push_back(below.value() / total.value());
      threshold.push_back(normal_quantile(share.back()));
    }
    threshold.push_back(infinity);
  }
  std::size_t cuts() const noexcept { return share.size(); }

  /// By category: sum over cuts of effect * (1[category at or below] - share) / density, the influence of the thresholds
  /// times the weight of all.
  std::vector<double> influence(std::span<const double> effect) const {
    std::vector<double> out(share.size() + 1, 0.0);
    for (std::size_t i = 0; i < share.size(); ++i) {
      const double part = effect[i] / normal_density(threshold[i + 1]);
      for (std::size_t level = 0; level < out.size(); ++level)
        out[level] += part * ((level <= i ? 1.0 : 0.0) - share[i]);
    }
    return out;
  }
};

struct table {
  std::size_t rows, columns;
  std::vector<double> cell, row, column;
  double total;
};

inline table tabulate(const complete_pairs& p, const dense_levels& x, const dense_levels& y) {
  std::vector<detail::accurate_sum> sums(x.count() * y.count());
  for (std::size_t k = 0; k < p.x.size(); ++k)
    sums[x.code[k] * y.count() + y.code[k]].add(p.weight_of(k));
  table out{x.count(), y.count(), {}, std::vector<double>(x.count()), std::vector<double>(y.count()), 0.0};
  for (std::size_t i = 0; i < sums.size(); ++i) {
    out.cell.push_back(sums[i].value());
    out.row[i / y.count()] += out.cell[i];
    out.column[i % y.count()] += out.cell[i];
    out.total += out.cell[i];
  }
  return out;
}

/// The distribution function at a corner of cells, with its derivatives in rho, a and b.
struct corner {
  double value = 0.0, r = 0.0, a = 0.0, b = 0.0, rr = 0.0, ra = 0.0, rb = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
};

inline corner corner_at(double a, double b, double rho) {
  corner out;
  if (a == -infinity || b == -infinity)
    return out;
  out.value = bivariate_normal_cdf(a, b, rho);
  const double s2 = (1.0 - rho) * (1.0 + rho), s = std::sqrt(s2);
  const bool inner_a = a < infinity, inner_b = b < infinity;
  if (inner_a)
    out.a = normal_density(a) * (inner_b ? normal_cdf((b - rho * a) / s) : 1.0);
  if (inner_b)
    out.b = normal_density(b) * (inner_a ? normal_cdf((a - rho * b) / s) : 1.0);
  if (inner_a && inner_b) {
    const double f = bivariate_normal_density(a, b, rho);
    out.r = out.ab = f;
    out.rr = f * (rho / s2 + (a * b * (1.0 + rho * rho) - rho * (a * a + b * b)) / (s2 * s2));
    out.ra = f * (rho * b - a) / s2;
    out.rb = f * (rho * a - b) / s2;
  }
  if (inner_a)
    out.aa = -a * out.a - rho * out.r;
  if (inner_b)
    out.bb = -b * out.b - rho * out.r;
  return out;
}

/// Log-likelihood of a table with its derivatives. The parameters are rho, the cuts of the rows, the cuts of the columns.
struct likelihood {
  double value = 0.0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;
  std::vector<std::array<double, 5>>
      score; ///< per cell: in rho, its lower and upper a, its lower and upper b
};

/// Where the five parameters of a cell stand; 0 (rho's place) stands for a border, which has no parameter.
inline std::array<Eigen::Index, 5> places(std::size_t i, std::size_t j, const table& t) {
  const auto at = [](std::size_t place) { return static_cast<Eigen::Index>(place); };
  return {0, at(i), i + 1 < t.rows ? at(i + 1) : 0, j > 0 ? at(t.rows - 1 + j) : 0,
          j + 1 < t.columns ? at(t.rows + j) : 0};
}

inline likelihood likelihood_of(const table& t, double rho, std::span<const double> a,
                                std::span<const double> b) {
  likelihood out;
  const auto size = static_cast<Eigen::Index>(t.rows + t.columns - 1);
  out.gradient = Eigen::VectorXd::Zero(size);
  out.hessian = Eigen::MatrixXd::Zero(size, size);
  out.score.resize(t.cell.size());
  std::vector<corner> before(t.columns + 1), here(t.columns + 1);
  for (std::size_t i = 0; i < t.rows; ++i) {
    for (std::size_t j = 1; j <= t.columns; ++j)
      here[j] = corner_at(a[i + 1], b[j], rho);
    for (std::size_t j = 0; j < t.columns; ++j) {
      const double n = t.cell[i * t.columns + j];
      if (n == 0.0)
        continue;
      // Lower a, lower b; lower a, upper b; upper a, lower b; both upper.
      const std::array<const corner*, 4> corners{&before[j], &before[j + 1], &here[j], &here[j + 1]};
      std::array<double, 5> first{};
      std::array<std::array<double, 5>, 5> second{};
      double chance = 0.0;
      for (std::size_t k = 0; k < 4; ++k) {
        const corner& c = *corners[k];
        const double sign = k == 0 || k == 3 ? 1.0 : -1.0;
        const std::size_t at_a = k < 2 ? 1 : 2, at_b = k % 2 == 0 ? 3 : 4;
        chance += sign * c.value;
        first[0] += sign * c.r;
        first[at_a] += sign * c.a;
        first[at_b] += sign * c.b;
        second[0][0] += sign * c.rr;
        second[0][at_a] += sign * c.ra;
        second[0][at_b] += sign * c.rb;
        second[at_a][at_a] += sign * c.aa;
        second[at_b][at_b] += sign * c.bb;
        second[at_a][at_b] += sign * c.ab;
      }
      if (!(chance > no_chance)) {
        out.value = -infinity;
        return out;
      }
      out.value += n * std::log(chance);
      const auto place = places(i, j, t);
      std::array<double, 5>& score = out.score[i * t.columns + j];
      for (std::size_t k = 0; k < 5; ++k)
        score[k] = first[k] / chance;
      for (std::size_t k = 0; k < 5; ++k) {
        if (k > 0 && place[k] == 0)
          continue;
        out.gradient[place[k]] += n * score[k];
        for (std::size_t l = k; l < 5; ++l) {
          if (l > 0 && place[l] == 0)
            continue;
          const double term = n * (second[k][l] / chance - score[k] * score[l]);
          out.hessian(place[k], place[l]) += term;
          if (l != k)
            out.hessian(place[l], place[k]) += term;
        }
      }
    }
    std::swap(before, here);
  }
  return out;
}

/// The root of the likelihood's slope in rho; +-1 where it is pushed outwards to the end.
inline double two_step_rho(const table& t, std::span<const double> a, std::span<const double> b,
                           likelihood& at) {
  double low = -as_good_as_one, high = as_good_as_one, rho = 0.0;
  at = likelihood_of(t, rho, a, b);
  const double way = at.gradient[0] < 0.0 ? -1.0 : 1.0;
  if (const likelihood end = likelihood_of(t, way * as_good_as_one, a, b);
      std::isfinite(end.value) && way * end.gradient[0] >= 0.0)
    return way;
  for (int step = 0; step < most_steps; ++step) {
    const bool inside = std::isfinite(at.value);
    const double slope = inside ? at.gradient[0] : -way;
    (slope > 0.0 ? low : high) = rho;
    double next = inside ? rho - slope / at.hessian(0, 0) : missing_value;
    if (!(next > low && next < high))
      next = 0.5 * (low + high);
    const double moved = std::abs(next - rho);
    rho = next;
    at = likelihood_of(t, rho, a, b);
    if (moved < 1e-13)
      break;
  }
  return rho;
}

/// Newton's method on all parameters from where they stand, uphill in every step. False where it does not arrive.
inline bool maximise(const table& t, double& rho, std::vector<double>& a, std::vector<double>& b,
                     likelihood& at) {
  for (int step = 0; step < most_steps; ++step) {
    Eigen::MatrixXd information = -at.hessian;
    Eigen::LLT<Eigen::MatrixXd> factor(information);
    for (double ridge = 1e-3; factor.info() != Eigen::Success && ridge < 1e6; ridge *= 10.0)
      factor.compute(information + ridge * Eigen::MatrixXd(information.diagonal().cwiseAbs().asDiagonal()) +
                     ridge * Eigen::MatrixXd::Identity(information.rows(), information.cols()));
    const Eigen::VectorXd move = factor.solve(at.gradient);
    double part = 1.0;
    likelihood found;
    for (; part > 1e-10; part *= 0.5) {
      const double next = rho + part * move[0];
      std::vector<double> next_a = a, next_b = b;
      for (std::size_t i = 1; i < t.rows; ++i)
        next_a[i] += part * move[static_cast<Eigen::Index>(i)];
      for (std::size_t j = 1; j < t.columns; ++j)
        next_b[j] += part * move[static_cast<Eigen::Index>(t.rows - 1 + j)];
      if (!(std::abs(next) < 1.0) || !std::ranges::is_sorted(next_a) || !std::ranges::is_sorted(next_b))
        continue;
      found = likelihood_of(t, next, next_a, next_b);
      if (found.value >= at.value - 1e-12 * std::abs(at.value)) {
        rho = next;
        a = std::move(next_a);
        b = std::move(next_b);
        break;
      }
    }
    if (part <= 1e-10)
      return false;
    at = std::move(found);
    if (std::abs(rho) > as_good_as_one) {
      rho = std::copysign(1.0, rho);
      return true;
    }
    if (part == 1.0 && move.cwiseAbs().maxCoeff() < 1e-11)
      return true;
  }
  return false;
}

/// Influence of each cell, from the equations of the estimate.
inline std::vector<double> by_cell(const table& t, const margin& x, const margin& y, const likelihood& at,
                                   bool maximum_likelihood) {
  std::vector<double> out(t.cell.size(), 0.0);
  if (maximum_likelihood) {
    const Eigen::MatrixXd information = -at.hessian;
    const Eigen::VectorXd direction = information.llt().solve(Eigen::VectorXd::Unit(information.rows(), 0));
    for (std::size_t i = 0; i < t.rows; ++i)
      for (std::size_t j = 0; j < t.columns; ++j) {
        const auto place = places(i, j, t);
        for (std::size_t k = 0; k < 5; ++k)
          if (k == 0 || place[k] != 0)
            out[i * t.columns + j] += direction[place[k]] * at.score[i * t.columns + j][k];
      }
    return out;
  }
  std::vector<double> effect;
  for (Eigen::Index k = 1; k < at.hessian.cols(); ++k)
    effect.push_back(at.hessian(0, k) / t.total);
  const std::vector<double> of_x = x.influence(std::span(effect).first(x.cuts())),
                            of_y = y.influence(std::span(effect).subspan(x.cuts()));
  for (std::size_t i = 0; i < t.rows; ++i)
    for (std::size_t j = 0; j < t.columns; ++j)
      out[i * t.columns + j] = (at.score[i * t.columns + j][0] + of_x[i] + of_y[j]) / -at.hessian(0, 0);
  return out;
}

/// The scores of x in standard deviations from their mean, and their Pearson parts with the category numbers of y.
struct standardised {
  std::vector<double> z;
  double total = 0.0;
};

inline standardised standardise(const complete_pairs& p) {
  detail::accurate_sum total, sum, rest, squares;
  for (std::size_t k = 0; k < p.x.size(); ++k) {
    total.add(p.weight_of(k));
    sum.add(p.weight_of(k) * p.x[k]);
  }
  standardised out{{}, total.value()};
  const double first = sum.value() / out.total;
  for (std::size_t k = 0; k < p.x.size(); ++k)
    rest.add(p.weight_of(k) * (p.x[k] - first));
  const double second = rest.value() / out.total;
  out.z.reserve(p.x.size());
  for (std::size_t k = 0; k < p.x.size(); ++k) {
    out.z.push_back(p.x[k] - first - second);
    squares.add(p.weight_of(k) * out.z[k] * out.z[k]);
  }
  const double sd = std::sqrt(squares.value() / out.total);
  for (double& z : out.z)
    z /= sd;
  return out;
}

inline std::vector<double> level_sums(const complete_pairs& p, const dense_levels& y) {
  std::vector<detail::accurate_sum> sums(y.count());
  for (std::size_t k = 0; k < p.x.size(); ++k)
    sums[y.code[k]].add(p.weight_of(k));
  std::vector<double> out;
  for (const auto& s : sums)
    out.push_back(s.value());
  return out;
}

inline latent_result ad_hoc(const complete_pairs& p, const standardised& x, const dense_levels& y,
                            const margin& cuts) {
  detail::accurate_sum mean, cross;
  for (std::size_t k = 0; k < x.z.size(); ++k)
    mean.add(p.weight_of(k) * y.code[k]);
  const double centre = mean.value() / x.total;
  for (std::size_t k = 0; k < x.z.size(); ++k)
    cross.add(p.weight_of(k) * x.z[k] * (y.code[k] - centre));
  const double covariance = cross.value() / x.total;
  double densities = 0.0;
  std::vector<double> effect;
  for (std::size_t j = 0; j < cuts.cuts(); ++j) {
    const double threshold = cuts.threshold[j + 1];
    densities += normal_density(threshold);
    effect.push_back(-threshold * normal_density(threshold));
  }
  const std::vector<double> of_densities = cuts.influence(effect);
  latent_result out;
  out.value = covariance / densities;
  out.influence.reserve(x.z.size());
  for (std::size_t k = 0; k < x.z.size(); ++k) {
    const double z = x.z[k];
    const double of_covariance = z * (y.code[k] - centre) - 0.5 * covariance * (z * z + 1.0);
    out.influence.push_back((of_covariance - out.value * of_densities[y.code[k]]) / (densities * x.total));
  }
  return out;
}

/// An ordered probit of y on z: P(y <= j) = Phi(alpha_j - beta z), whose likelihood has one top.
struct probit {
  const complete_pairs& p;
  const std::vector<double>& z;
  const std::vector<std::uint32_t>& code;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;
  double value = 0.0;

  struct part {
    double chance, upper, lower;           ///< densities over the chance
    double both, upper_shift, lower_shift; ///< second derivatives: of both bounds together, of one and both
  };

  static part part_at(double low, double high) {
    part out{};
    out.chance = low > 0.0 ? normal_cdf(-low) - normal_cdf(-high) : normal_cdf(high) - normal_cdf(low);
    out.upper = high == infinity ? 0.0 : normal_density(high) / out.chance;
    out.lower = low == -infinity ? 0.0 : normal_density(low) / out.chance;
    const double of_upper = high == infinity ? 0.0 : high * out.upper,
                 of_lower = low == -infinity ? 0.0 : low * out.lower;
    out.upper_shift = -of_upper - out.upper * (out.upper - out.lower);
    out.lower_shift = of_lower + out.lower * (out.upper - out.lower);
    out.both = out.upper_shift + out.lower_shift;
    return out;
  }
  part part_of(const Eigen::VectorXd& at, std::size_t k) const {
    const auto level = static_cast<Eigen::Index>(code[k]);
    const double shift = at[0] * z[k];
    return part_at(level == 0 ? -infinity : at[level] - shift,
                   level + 1 == at.size() ? infinity : at[level + 1] - shift);
  }

  bool evaluate(const Eigen::VectorXd& at) {
    gradient = Eigen::VectorXd::Zero(at.size());
    hessian = Eigen::MatrixXd::Zero(at.size(), at.size());
    detail::accurate_sum sum;
    for (std::size_t k = 0; k < z.size(); ++k) {
      const part f = part_of(at, k);
      if (!(f.chance > 0.0))
        return false;
      const double w = p.weight_of(k);
      const auto level = static_cast<Eigen::Index>(code[k]);
      sum.add(w * std::log(f.chance));
      gradient[0] -= w * z[k] * (f.upper - f.lower);
      hessian(0, 0) += w * z[k] * z[k] * f.both;
      if (level > 0) {
        gradient[level] -= w * f.lower;
        hessian(0, level) -= w * z[k] * f.lower_shift;
        hessian(level, level) += w * (f.lower_shift - f.upper * f.lower);
      }
      if (level + 1 < at.size()) {
        gradient[level + 1] += w * f.upper;
        hessian(0, level + 1) -= w * z[k] * f.upper_shift;
        hessian(level + 1, level + 1) += w * (f.upper_shift - f.upper * f.lower);
        if (level > 0)
          hessian(level, level + 1) += w * f.upper * f.lower;
      }
    }
    hessian.triangularView<Eigen::StrictlyLower>() = hessian.transpose().eval();
    value = sum.value();
    return std::isfinite(value);
  }
};

} // namespace detail_latent

QASCORE_INLINE latent_result polychoric_of(const complete_pairs& pairs, bool maximum_likelihood) {
  using namespace detail_latent;
  const dense_levels x = levels_of(pairs.x), y = levels_of(pairs.y);
  latent_result out;
  if (x.count() > most_categories || y.count() > most_categories) {
    out.undefined =
        x.count() > most_categories ? too_many("first", x.count()) : too_many("second", y.count());
    return out;
  }
  const table t = tabulate(pairs, x, y);
  const margin of_x(t.row), of_y(t.column);
  likelihood at;
  double rho = two_step_rho(t, of_x.threshold, of_y.threshold, at);
  if (maximum_likelihood && std::abs(rho) < 1.0) {
    std::vector<double> a = of_x.threshold, b = of_y.threshold;
    if (!maximise(t, rho, a, b, at)) {
      out.undefined = "the likelihood has no clear maximum";
      return out;
    }
  }
  out.value = rho;
  out.influence.assign(pairs.x.size(), 0.0);
  if (std::abs(rho) == 1.0)
    return out;
  const std::vector<double> cell = by_cell(t, of_x, of_y, at, maximum_likelihood);
  for (std::size_t k = 0; k < out.influence.size(); ++k)
    out.influence[k] = cell[x.code[k] * t.columns + y.code[k]];
  out.model_error =
      maximum_likelihood
          ? std::sqrt(
                Eigen::MatrixXd(-at.hessian).llt().solve(Eigen::VectorXd::Unit(at.hessian.rows(), 0))[0])
          : std::sqrt(-1.0 / at.hessian(0, 0));
  return out;
}

QASCORE_INLINE latent_result polyserial_of(const complete_pairs& pairs, bool maximum_likelihood) {
  using namespace detail_latent;
  const dense_levels y = levels_of(pairs.y);
  latent_result out;
  if (y.count() > most_categories) {
    out.undefined = too_many("second", y.count());
    return out;
  }
  const standardised x = standardise(pairs);
  const margin cuts(level_sums(pairs, y));
  latent_result start = ad_hoc(pairs, x, y, cuts);
  if (!maximum_likelihood)
    return start;

  probit model{pairs, x.z, y.code, {}, {}, 0.0};
  Eigen::VectorXd at(static_cast<Eigen::Index>(y.count()));
  const double rho = std::clamp(start.value, -0.9, 0.9), s = std::sqrt(1.0 - rho * rho);
  at[0] = rho / s;
  for (std::size_t j = 0; j < cuts.cuts(); ++j)
    at[static_cast<Eigen::Index>(j + 1)] = cuts.threshold[j + 1] / s;
  if (!model.evaluate(at)) { // far outliers: from no correlation the likelihood is finite
    at[0] = 0.0;
    for (std::size_t j = 0; j < cuts.cuts(); ++j)
      at[static_cast<Eigen::Index>(j + 1)] = cuts.threshold[j + 1];
    model.evaluate(at);
  }
  const double steepest = as_good_as_one / std::sqrt(1.0 - as_good_as_one * as_good_as_one);
  bool arrived = false;
  for (int step = 0; step < most_steps && !arrived; ++step) {
    const Eigen::VectorXd move = Eigen::MatrixXd(-model.hessian).ldlt().solve(model.gradient);
    const double before = model.value;
    double part = 1.0;
    for (; part > 1e-10; part *= 0.5)
      if (const Eigen::VectorXd next = at + part * move;
          std::is_sorted(next.data() + 1, next.data() + next.size()) && model.evaluate(next) &&
          model.value >= before - 1e-12 * std::abs(before)) {
        at = next;
        break;
      }
    if (part <= 1e-10)
      break;
    // Also where no category is in doubt any more: steps of x.
    if (std::abs(at[0]) > steepest || model.value > -1e-9 * x.total) {
      out.value = std::copysign(1.0, at[0]);
      out.influence.assign(x.z.size(), 0.0);
      return out;
    }
    arrived = part == 1.0 && move.cwiseAbs().maxCoeff() < 1e-10 * (1.0 + at.cwiseAbs().maxCoeff());
  }
  if (!arrived) {
    out.undefined = "the likelihood has no clear maximum";
    return out;
  }
  const double beta = at[0], stretch = 1.0 + beta * beta;
  const Eigen::VectorXd direction =
      Eigen::MatrixXd(-model.hessian).llt().solve(Eigen::VectorXd::Unit(at.size(), 0)) /
      (stretch * std::sqrt(stretch));
  out.value = beta / std::sqrt(stretch);
  out.model_error = std::sqrt(direction[0] / (stretch * std::sqrt(stretch)));

  // What the mean and standard deviation of x, which are estimated as well, do to the equations.
  detail::accurate_sum by_mean, by_spread;
  std::vector<double> score(x.z.size());
  for (std::size_t k = 0; k < x.z.size(); ++k) {
    const probit::part f = model.part_of(at, k);
    const double z = x.z[k], w = pairs.weight_of(k), shift = f.upper - f.lower;
    const auto level = static_cast<Eigen::Index>(y.code[k]);
    double own = -direction[0] * z * shift, in_z = direction[0] * (z * beta * f.both - shift);
    if (level > 0) {
      own -= direction[level] * f.lower;
      in_z -= direction[level] * beta * f.lower_shift;
    }
    if (level + 1 < at.size()) {
      own += direction[level + 1] * f.upper;
      in_z -= direction[level + 1] * beta * f.upper_shift;
    }
    score[k] = own;
    by_mean.add(w * in_z);
    by_spread.add(w * in_z * z);
  }
  const double of_mean = by_mean.value() / x.total, of_spread = 0.5 * by_spread.value() / x.total;
  for (std::size_t k = 0; k < x.z.size(); ++k)
    score[k] -= of_mean * x.z[k] + of_spread * (x.z[k] * x.z[k] - 1.0);
  out.influence = std::move(score);
  return out;
}

} // namespace qascore::kernel
