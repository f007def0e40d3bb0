// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/parallel.hpp"
#include "../bootstrap_limits.hpp"
#include "../correlation_system.hpp"
#include "../counter_stream.hpp"
#include "../inference.hpp"
#include "../relative_importance.hpp"
#include "../replicates.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
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

/// |S|! (p - |S| - 1)! / p! by |S|.
inline std::vector<double> weights_of_sets(std::size_t drivers) {
  std::vector<double> weight;
  for (std::size_t size = 0; size < drivers; ++size) {
    double w = 1.0 / static_cast<double>(drivers);
    for (std::size_t i = 1; i <= size; ++i)
      w *= static_cast<double>(i) / static_cast<double>(drivers - i);
    weight.push_back(w);
  }
  return weight;
}

/// Shapley values by all sets: a set counts for its members with the weight of what it was without them, against the
/// others with that of what they would join.
inline std::vector<share> by_all_sets(const correlations& c, std::size_t drivers) {
  const index k = c.xy.size();
  const std::vector<double> weight = weights_of_sets(drivers);
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

/// One random order of the drivers.
inline void shuffle(std::vector<std::size_t>& order, const importance_options& options, std::size_t r) {
  std::iota(order.begin(), order.end(), std::size_t{0});
  counter_stream stream(*options.seed, r);
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[stream.below(i)]);
}

/// The same over random orders; `error`: of the mean of so many.
inline std::vector<share> by_orders(const correlations& c, std::size_t drivers,
                                    const importance_options& options, std::vector<double>& error) {
  const auto count = static_cast<double>(options.orders);
  std::vector<share> out(drivers, share(c.xy.size()));
  std::vector<double> sum(drivers, 0.0), squares(drivers, 0.0);
  std::vector<std::size_t> order(drivers), members;
  for (std::size_t r = 0; r < options.orders; ++r) {
    shuffle(order, options, r);
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
    out.value = johnson_value(j);
    return with_gradient(std::move(out), of_l, of_w);
  }
  double johnson_value(index j) const { return l_.row(j).cwiseAbs2().dot(w_.cwiseAbs2()); }
  double car_value(index j) const { return w_[j] * w_[j]; }
  share car(index j) const {
    share out(w_.size());
    vector of_w = vector::Zero(w_.size());
    of_w[j] = 2.0 * w_[j];
    out.value = car_value(j);
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

/// R2 of sets that grow driver by driver: the Cholesky factor of their correlations, row by row.
class growing_set {
public:
  explicit growing_set(const correlations& of) : of_{of}, l_{matrix::Zero(of.xy.size(), of.xy.size())}, z_(of.xy.size()) {}

  /// The set as it is with `size` columns of R2 `before`, and one more driver; returns R2, NaN where its columns are no news.
  double join(std::size_t driver, double before) {
    for (const index j : of_.driver[driver]) {
      const index k = size_;
      for (index a = 0; a < k; ++a)
        l_(k, a) = (of_.xx(j, used_[static_cast<std::size_t>(a)]) - l_.row(k).head(a).dot(l_.row(a).head(a))) / l_(a, a);
      const double rest = of_.xx(j, j) - l_.row(k).head(k).squaredNorm();
      if (!(rest > 1e-12))
        before = missing_value;
      l_(k, k) = std::sqrt(std::max(rest, 1e-12));
      z_[k] = (of_.xy[j] - l_.row(k).head(k).dot(z_.head(k))) / l_(k, k);
      before += z_[k] * z_[k];
      used_.push_back(j);
      ++size_;
    }
    return before;
  }
  void leave(std::size_t driver) {
    size_ -= at(of_.driver[driver].size());
    used_.resize(static_cast<std::size_t>(size_));
  }

private:
  const correlations& of_;
  matrix l_;
  vector z_;
  std::vector<index> used_;
  index size_ = 0;
};

/// The figures of a replicate, without derivatives: R2, then lmg, first, last by driver, then johnson, car, pratt and squared
/// coefficients by column where each is a driver.
class share_values {
public:
  share_values(std::size_t drivers, bool single, const importance_options& options)
      : drivers_{drivers}, single_{single}, weight_{weights_of_sets(drivers)} {
    if (drivers > most_drivers_exactly)
      for (std::size_t r = 0; r < options.orders; ++r) {
        orders_.emplace_back(drivers);
        shuffle(orders_.back(), options, r);
      }
  }
  std::size_t size() const noexcept { return 1 + (single_ ? 7 : 3) * drivers_; }

  void fill(const correlations& c, std::span<double> out) const {
    std::ranges::fill(out, 0.0);
    const std::span<double> lmg = out.subspan(1, drivers_);
    growing_set set(c);
    std::vector<std::size_t> members;
    if (orders_.empty()) {
      descend(set, 0, 0.0, members, lmg);
    } else {
      for (const std::vector<std::size_t>& order : orders_) {
        double before = 0.0;
        for (const std::size_t d : order) {
          const double after = set.join(d, before);
          lmg[d] += (after - before) / static_cast<double>(orders_.size());
          before = after;
        }
        for (std::size_t k = order.size(); k-- > 0;)
          set.leave(order[k]);
      }
    }
    const auto of_others = [&](std::size_t without) {
      double r_squared = 0.0;
      for (std::size_t d = 0; d < drivers_; ++d)
        if (d != without)
          r_squared = set.join(d, r_squared);
      for (std::size_t d = drivers_; d-- > 0;)
        if (d != without)
          set.leave(d);
      return r_squared;
    };
    out[0] = of_others(drivers_);
    for (std::size_t d = 0; d < drivers_; ++d) {
      out[1 + drivers_ + d] = set.join(d, 0.0);
      set.leave(d);
      out[1 + 2 * drivers_ + d] = out[0] - of_others(d);
    }
    if (single_ && !is_missing(out[0])) {
      const symmetric_root root(c);
      const vector beta = c.xx.llt().solve(c.xy);
      for (std::size_t d = 0; d < drivers_; ++d) {
        out[1 + 3 * drivers_ + d] = root.johnson_value(at(d));
        out[1 + 4 * drivers_ + d] = root.car_value(at(d));
        out[1 + 5 * drivers_ + d] = beta[at(d)] * c.xy[at(d)];
        out[1 + 6 * drivers_ + d] = beta[at(d)] * beta[at(d)];
      }
    } else if (single_) {
      std::ranges::fill(out.subspan(1 + 3 * drivers_), missing_value);
    }
  }

private:
  /// All sets that are `members` with some of the drivers from `next` on.
  void descend(growing_set& set, std::size_t next, double r_squared, std::vector<std::size_t>& members,
               std::span<double> lmg) const {
    for (std::size_t d = next; d < drivers_; ++d) {
      const double found = set.join(d, r_squared);
      members.push_back(d);
      std::size_t place = 0;
      for (std::size_t one = 0; one < drivers_; ++one)
        if (place < members.size() && members[place] == one) {
          lmg[one] += weight_[members.size() - 1] * found;
          ++place;
        } else {
          lmg[one] -= weight_[members.size()] * found;
        }
      descend(set, d + 1, found, members, lmg);
      members.pop_back();
      set.leave(d);
    }
  }

  std::size_t drivers_;
  bool single_;
  std::vector<double> weight_;
  std::vector<std::vector<std::size_t>> orders_;
};

/// The columns' complete rows drawn again: figures replicate by replicate, row-major.
inline std::vector<double> draw_again(const design_view& given, std::span<const std::span<const double>> columns,
                                      const correlations& like, const share_values& figures,
                                      const importance_options& options) {
  std::vector<double> gaps(given.units, 0.0);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < given.units; ++i) {
    for (const auto column : columns)
      if (is_missing(column[i]))
        gaps[i] = missing_value;
    if (!is_missing(gaps[i]))
      rows.push_back(i);
  }
  const answered_rows answered(given, gaps, options.missing);
  const bool independent = is_independent(given);
  std::optional<replicate_weights> replicates;
  if (!independent)
    replicates.emplace(answered.design(),
                       replicate_options{.method = variance_method::bootstrap,
                                         .replicates = options.replicates,
                                         .seed = options.seed,
                                         .threads = 1},
                       answered.unanswered());
  std::vector<double> out(options.replicates * figures.size(), missing_value);
  if (replicates && !replicates->possible())
    return out;
  const index k = at(columns.size());
  matrix z(at(rows.size()), k);
  for (index j = 0; j < k; ++j) {
    const std::span<const double> column = columns[static_cast<std::size_t>(j)];
    for (std::size_t r = 0; r < rows.size(); ++r)
      z(at(r), j) = column[rows[r]] - column[rows[0]];
    z.col(j).array() -= z.col(j).mean();
  }
  detail::for_each_part(options.threads, options.replicates, [&](std::size_t, std::size_t first, std::size_t last) {
    std::vector<double> all(independent ? 0 : given.units);
    vector weight(at(rows.size()));
    matrix scaled;
    correlations c{matrix(k - 1, k - 1), vector(k - 1), like.driver};
    for (std::size_t r = first; r < last; ++r) {
      if (independent) {
        weight.setZero();
        counter_stream stream(*options.seed, r);
        for (std::size_t i = 0; i < rows.size(); ++i)
          weight[at(stream.below(rows.size()))] += 1.0;
      } else {
        if (!replicates->fill(r, all))
          continue;
        for (std::size_t i = 0; i < rows.size(); ++i)
          weight[at(i)] = all[rows[i]];
      }
      const double total = weight.sum();
      const vector mean = z.transpose() * weight / total;
      scaled = weight.cwiseSqrt().asDiagonal() * (z.rowwise() - mean.transpose());
      const matrix m = scaled.transpose() * scaled;
      if (!(m.diagonal().array() > 1e-14 * z.colwise().squaredNorm().transpose().array() * (total / static_cast<double>(rows.size()))).all())
        continue; // a column that does not vary here
      const vector root = m.diagonal().cwiseSqrt().cwiseInverse();
      const matrix correlation = root.asDiagonal() * m * root.asDiagonal();
      c.xx = correlation.topLeftCorner(k - 1, k - 1);
      c.xy = correlation.col(k - 1).head(k - 1);
      figures.fill(c, std::span(out).subspan(r * figures.size(), figures.size()));
    }
  });
  return out;
}

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
  if (options.replicates == 1)
    throw argument_error("replicates: expected 2 or more, or none, but found 1");
  if (options.replicates > 0 && !options.seed)
    throw argument_error("seed: the bootstrap needs one");

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
  std::vector<double> drawn; // figures of the replicates
  std::size_t width = 0;
  /// `place`: of the figure among those of a replicate.
  const auto finish = [&](const share* of, bool may_be_negative, std::size_t place) {
    design_variance spread;
    spread.undefined = out.undefined;
    std::vector<double> influence;
    if (out.undefined.empty()) {
      influence = system.influence(
          std::span<const double>(of->gradient.data(), static_cast<std::size_t>(of->gradient.size())));
      spread = system.variance(influence);
      spread.limit_df(system.limit());
    }
    inference_options limits;
    limits.confidence = options.confidence;
    limits.method = method;
    limits.n = system.rows();
    if (!may_be_negative)
      limits.lower_bound = 0.0;
    limits.upper_bound = 1.0;
    estimate found = infer(out.undefined.empty() ? of->value : missing_value, spread, limits);
    found.missing = system.missing();
    if (drawn.empty())
      return found;
    std::vector<double> total(design.cluster.empty() ? design.units : design.clusters, 0.0), again;
    for (std::size_t i = 0; i < design.units; ++i)
      total[design.cluster.empty() ? i : design.cluster[i]] += design.weight_of(i) * influence[i];
    for (std::size_t r = 0; r < options.replicates; ++r)
      again.push_back(drawn[r * width + place]);
    const bootstrap_summary by =
        summarise_replicates(of->value, std::move(again), options.confidence, true, acceleration_of(total));
    found.std_error = by.std_error;
    found.low = by.low;
    found.high = by.high;
    found.df = std::numeric_limits<double>::infinity();
    found.interval_method = "BCa bootstrap";
    found.undefined = by.undefined;
    return found;
  };
  const bool single = group.empty();
  if (!out.undefined.empty()) {
    out.r_squared = finish(nullptr, false, 0);
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
  if (options.replicates > 0) {
    const share_values figures(drivers, single, options);
    width = figures.size();
    drawn = draw_again(design, all, c, figures, options);
  }
  out.r_squared = finish(&total, false, 0);

  out.sampling_error.assign(drivers, 0.0);
  const bool exact = drivers <= most_drivers_exactly;
  out.orders = exact ? 0 : options.orders;
  for (const share& s : exact ? by_all_sets(c, drivers) : by_orders(c, drivers, options, out.sampling_error))
    out.lmg.push_back(finish(&s, false, 1 + out.lmg.size()));
  for (std::size_t d = 0; d < drivers; ++d) {
    share first(k), last(k);
    first.add(1.0, c.by({d}));
    std::vector<std::size_t> others;
    for (const std::size_t o : everyone)
      if (o != d)
        others.push_back(o);
    last.add(1.0, whole);
    last.add(-1.0, c.by(others));
    out.first.push_back(finish(&first, false, 1 + drivers + d));
    out.last.push_back(finish(&last, false, 1 + 2 * drivers + d));
  }
  if (!single)
    return out;
  const symmetric_root root(c);
  const matrix inverse = c.xx.llt().solve(matrix::Identity(k, k));
  for (index j = 0; j < k; ++j) {
    const share johnson = root.johnson(j), car = root.car(j);
    const auto place = [&](std::size_t measure) { return 1 + measure * drivers + static_cast<std::size_t>(j); };
    out.johnson.push_back(finish(&johnson, false, place(3)));
    out.car.push_back(finish(&car, false, place(4)));
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
    out.beta_squared.push_back(finish(&beta, false, place(6)));
    out.pratt.push_back(finish(&pratt, true, place(5)));
  }
  return out;
}

} // namespace qascore::kernel
