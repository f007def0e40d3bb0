// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../correlation_system.hpp"
#include "../counter_stream.hpp"
#include "../inference.hpp"
#include "../relative_importance.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string_view>
#include <utility>

namespace qascore::kernel {
namespace detail_importance {

using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;
using index = Eigen::Index;

inline index at(std::size_t i) {
  return static_cast<index>(i);
}

/// R2 of the columns of some drivers, with the standardised coefficients by column (0 for the others).
struct explained {
  double r_squared = 0.0;
  vector beta;
};

/// Correlations of the columns with each other and with y.
struct correlations {
  matrix xx;
  vector xy;
  std::vector<std::vector<index>> driver; ///< columns of each

  explained by(const std::vector<std::size_t>& drivers) const {
    std::vector<index> used;
    for (const std::size_t d : drivers)
      used.insert(used.end(), driver[d].begin(), driver[d].end());
    explained out{0.0, vector::Zero(xy.size())};
    if (used.empty())
      return out;
    const index size = at(used.size());
    matrix part(size, size);
    vector right(size);
    for (index a = 0; a < size; ++a) {
      right[a] = xy[used[static_cast<std::size_t>(a)]];
      for (index b = 0; b < size; ++b)
        part(a, b) = xx(used[static_cast<std::size_t>(a)], used[static_cast<std::size_t>(b)]);
    }
    const vector beta = part.llt().solve(right);
    out.r_squared = beta.dot(right);
    for (index a = 0; a < size; ++a)
      out.beta[used[static_cast<std::size_t>(a)]] = beta[a];
    return out;
  }
};

/// A share with its derivatives in the correlations of (columns, y).
struct share {
  double value = 0.0;
  matrix gradient;

  explicit share(index columns) : gradient{matrix::Zero(columns + 1, columns + 1)} {}

  /// Adds a multiple of R2: d R2 = 2 b' dr - b' dR b.
  void add(double factor, const explained& of) {
    const index k = of.beta.size();
    value += factor * of.r_squared;
    gradient.topLeftCorner(k, k).noalias() -= factor * of.beta * of.beta.transpose();
    gradient.col(k).head(k) += 2.0 * factor * of.beta;
  }
};

inline std::vector<std::size_t> drivers_of(std::uint32_t set, std::size_t count) {
  std::vector<std::size_t> out;
  for (std::size_t d = 0; d < count; ++d)
    if ((set >> d & 1u) != 0)
      out.push_back(d);
  return out;
}

/// Shapley values by all sets: a set counts for its members with the weight of what it was without them, against the
/// others with that of what they would join.
inline std::vector<share> by_all_sets(const correlations& c, std::size_t drivers) {
  const index k = c.xy.size();
  std::vector<double> weight; // |S|! (p - |S| - 1)! / p!
  for (std::size_t size = 0; size < drivers; ++size) {
    double w = 1.0 / static_cast<double>(drivers);
    for (std::size_t i = 1; i <= size; ++i)
      w *= static_cast<double>(i) / static_cast<double>(drivers - i);
    weight.push_back(w);
  }
  std::vector<share> out(drivers, share(k));
  for (std::uint32_t set = 1; set < std::uint32_t{1} << drivers; ++set) {
    const std::vector<std::size_t> members = drivers_of(set, drivers);
    const explained of = c.by(members);
    for (std::size_t d = 0; d < drivers; ++d)
      if ((set >> d & 1u) != 0)
        out[d].add(weight[members.size() - 1], of);
      else
        out[d].add(-weight[members.size()], of);
  }
  return out;
}

/// The same over random orders; `error`: of the mean of so many.
inline std::vector<share> by_orders(const correlations& c, std::size_t drivers,
                                    const importance_options& options, std::vector<double>& error) {
  const auto count = static_cast<double>(options.orders);
  std::vector<share> out(drivers, share(c.xy.size()));
  std::vector<double> sum(drivers, 0.0), squares(drivers, 0.0);
  std::vector<std::size_t> order(drivers), members;
  for (std::size_t r = 0; r < options.orders; ++r) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    counter_stream stream(*options.seed, r);
    for (std::size_t i = drivers; i > 1; --i)
      std::swap(order[i - 1], order[stream.below(i)]);
    members.clear();
    explained before = c.by(members);
    for (const std::size_t d : order) {
      members.push_back(d);
      explained after = c.by(members);
      out[d].add(1.0 / count, after);
      out[d].add(-1.0 / count, before);
      const double gain = after.r_squared - before.r_squared;
      sum[d] += gain;
      squares[d] += gain * gain;
      before = std::move(after);
    }
  }
  for (std::size_t d = 0; d < drivers; ++d)
    error[d] = std::sqrt(std::max(0.0, squares[d] - sum[d] * sum[d] / count) / (count * (count - 1.0)));
  return out;
}

/// Shares by the symmetric root L of R_xx, w = L^-1 r. With f_L, f_w the derivatives of a share in both,
/// d f = (L^-1 f_w)' dr + <f_L - L^-1 f_w w', dL>, and L dL + dL L = dR.
class symmetric_root {
public:
  explicit symmetric_root(const correlations& c) : solver_{c.xx} {
    root_ = solver_.eigenvalues().cwiseSqrt();
    l_ = solver_.eigenvectors() * root_.asDiagonal() * solver_.eigenvectors().transpose();
    inverse_ =
        solver_.eigenvectors() * root_.cwiseInverse().asDiagonal() * solver_.eigenvectors().transpose();
    w_ = inverse_ * c.xy;
  }
  share johnson(index j) const {
    share out(w_.size());
    matrix of_l = matrix::Zero(w_.size(), w_.size());
    of_l.row(j) = 2.0 * l_.row(j).cwiseProduct(w_.cwiseAbs2().transpose());
    const vector of_w = 2.0 * l_.row(j).cwiseAbs2().transpose().cwiseProduct(w_);
    out.value = l_.row(j).cwiseAbs2().dot(w_.cwiseAbs2());
    return with_gradient(std::move(out), of_l, of_w);
  }
  share car(index j) const {
    share out(w_.size());
    vector of_w = vector::Zero(w_.size());
    of_w[j] = 2.0 * w_[j];
    out.value = w_[j] * w_[j];
    return with_gradient(std::move(out), matrix::Zero(w_.size(), w_.size()), of_w);
  }

private:
  share with_gradient(share&& out, const matrix& of_l, const vector& of_w) const {
    const index k = w_.size();
    const vector pulled = inverse_ * of_w;
    const matrix m = of_l - pulled * w_.transpose();
    matrix turned = solver_.eigenvectors().transpose() * (0.5 * (m + m.transpose())) * solver_.eigenvectors();
    for (index a = 0; a < k; ++a)
      for (index b = 0; b < k; ++b)
        turned(a, b) /= root_[a] + root_[b];
    out.gradient.topLeftCorner(k, k) = solver_.eigenvectors() * turned * solver_.eigenvectors().transpose();
    out.gradient.col(k).head(k) = pulled;
    return std::move(out);
  }

  Eigen::SelfAdjointEigenSolver<matrix> solver_;
  vector root_, w_;
  matrix l_, inverse_;
};

} // namespace detail_importance

QASCORE_INLINE importance_result relative_importance(const design_view& design, std::span<const double> y,
                                                     std::span<const std::span<const double>> columns,
                                                     std::span<const std::size_t> group,
                                                     const importance_options& options) {
  using namespace detail_importance;
  if (columns.empty())
    throw argument_error("columns: expected one or more but found none");
  if (!group.empty() && group.size() != columns.size())
    throw argument_error("group: expected one driver per column, " + std::to_string(columns.size()) +
                         ", but found " + std::to_string(group.size()));
  std::size_t drivers = columns.size();
  if (!group.empty())
    drivers = *std::ranges::max_element(group) + 1;
  if (drivers > most_drivers_exactly && !options.seed)
    throw argument_error("seed: random orders of " + std::to_string(drivers) + " drivers need one");
  if (drivers > most_drivers_exactly && options.orders < 2)
    throw argument_error("orders: expected 2 or more");

  std::vector<std::span<const double>> all(columns.begin(), columns.end());
  all.push_back(y);
  const correlation_system system(design, all, correlation_method::pearson, options.missing);
  const index k = at(columns.size());
  importance_result out;
  out.undefined = system.undefined();
  if (system.constant() < columns.size())
    out.fault = system.constant();
  if (out.undefined.empty() && system.rows() <= columns.size() + 1)
    out.undefined = "no more rows than columns";
  correlations c;
  if (out.undefined.empty()) {
    const matrix r = Eigen::Map<const matrix>(system.matrix().data(), k + 1, k + 1);
    c.xx = r.topLeftCorner(k, k);
    c.xy = r.col(k).head(k);
    for (index j = 1; j < k && out.undefined.empty(); ++j) { // what the columns before leave of this one
      const double rest =
          1.0 - c.xx.col(j).head(j).dot(c.xx.topLeftCorner(j, j).llt().solve(c.xx.col(j).head(j)));
      if (!(rest > 1e-12)) {
        out.undefined = "a column is a combination of those before it";
        out.fault = static_cast<std::size_t>(j);
      }
    }
  }
  const std::string_view method =
      system.independent() ? "relative importance, independent rows" : "relative importance, sample design";
  const auto finish = [&](const share* of, bool may_be_negative) {
    design_variance spread;
    spread.undefined = out.undefined;
    if (out.undefined.empty())
      spread = system.variance(system.influence(
          std::span<const double>(of->gradient.data(), static_cast<std::size_t>(of->gradient.size()))));
    inference_options limits;
    limits.confidence = options.confidence;
    limits.method = method;
    limits.n = system.rows();
    if (!may_be_negative)
      limits.lower_bound = 0.0;
    limits.upper_bound = 1.0;
    estimate found = infer(out.undefined.empty() ? of->value : missing_value, spread, limits);
    found.missing = system.missing();
    return found;
  };
  const bool single = group.empty();
  if (!out.undefined.empty()) {
    out.r_squared = finish(nullptr, false);
    out.lmg = out.first = out.last = std::vector<estimate>(drivers, out.r_squared);
    if (single)
      out.johnson = out.car = out.pratt = out.beta_squared = out.lmg;
    out.sampling_error.assign(drivers, missing_value);
    return out;
  }

  c.driver.resize(drivers);
  for (std::size_t j = 0; j < columns.size(); ++j)
    c.driver[single ? j : group[j]].push_back(at(j));
  std::vector<std::size_t> everyone(drivers);
  std::iota(everyone.begin(), everyone.end(), std::size_t{0});
  const explained whole = c.by(everyone);
  share total(k);
  total.add(1.0, whole);
  out.r_squared = finish(&total, false);

  out.sampling_error.assign(drivers, 0.0);
  const bool exact = drivers <= most_drivers_exactly;
  out.orders = exact ? 0 : options.orders;
  for (const share& s : exact ? by_all_sets(c, drivers) : by_orders(c, drivers, options, out.sampling_error))
    out.lmg.push_back(finish(&s, false));
  for (std::size_t d = 0; d < drivers; ++d) {
    share first(k), last(k);
    first.add(1.0, c.by({d}));
    std::vector<std::size_t> others;
    for (const std::size_t o : everyone)
      if (o != d)
        others.push_back(o);
    last.add(1.0, whole);
    last.add(-1.0, c.by(others));
    out.first.push_back(finish(&first, false));
    out.last.push_back(finish(&last, false));
  }
  if (!single)
    return out;
  const symmetric_root root(c);
  const matrix inverse = c.xx.llt().solve(matrix::Identity(k, k));
  for (index j = 0; j < k; ++j) {
    const share johnson = root.johnson(j), car = root.car(j);
    out.johnson.push_back(finish(&johnson, false));
    out.car.push_back(finish(&car, false));
    // d b = R^-1 (dr - dR b).
    share beta(k), pratt(k);
    const vector row = inverse.col(j);
    const double b = whole.beta[j], r = c.xy[j];
    beta.value = b * b;
    beta.gradient.topLeftCorner(k, k) = -2.0 * b * row * whole.beta.transpose();
    beta.gradient.col(k).head(k) = 2.0 * b * row;
    pratt.value = b * r;
    pratt.gradient.topLeftCorner(k, k) = -r * row * whole.beta.transpose();
    pratt.gradient.col(k).head(k) = r * row;
    pratt.gradient(j, k) += b;
    out.beta_squared.push_back(finish(&beta, false));
    out.pratt.push_back(finish(&pratt, true));
  }
  return out;
}

} // namespace qascore::kernel
