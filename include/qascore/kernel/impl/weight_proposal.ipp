// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../../detail/parallel.hpp"
#include "../adjusted_p.hpp"
#include "../counter_stream.hpp"
#include "../domain.hpp"
#include "../inference.hpp"
#include "../regression.hpp"
#include "../weight_proposal.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace qascore::kernel {
namespace detail_proposal {

using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;
using index = Eigen::Index;

inline index at(std::size_t i) {
  return static_cast<index>(i);
}

/// Least squares under b >= 0 from moments about the means. A column that does not vary, or that the columns in use determine, stays
/// out.
inline vector non_negative(const matrix& xx, const vector& xy, double yy) {
  const index p = xy.size();
  vector b = vector::Zero(p);
  std::vector<index> used;
  const auto solve = [&](const vector& right) {
    matrix part(at(used.size()), at(used.size()));
    vector of(at(used.size()));
    for (std::size_t a = 0; a < used.size(); ++a) {
      of[at(a)] = right[used[a]];
      for (std::size_t c = 0; c < used.size(); ++c)
        part(at(a), at(c)) = xx(used[a], used[c]);
    }
    return vector(part.ldlt().solve(of));
  };
  const auto is_used = [&](index j) { return std::ranges::find(used, j) != used.end(); };
  for (index round = 0; round < 3 * p; ++round) {
    const vector slope = xy - xx * b;
    index best = -1;
    double steepest = 1e-10 * std::sqrt(std::max(yy, 0.0)); // as a covariance with a column of variance 1
    for (index j = 0; j < p; ++j) {
      if (is_used(j) || !(xx(j, j) > 0.0) || !(slope[j] > steepest * std::sqrt(xx(j, j))))
        continue;
      double rest = xx(j, j); // what the columns in use leave of it
      if (!used.empty()) {
        const vector through = solve(xx.col(j));
        for (std::size_t a = 0; a < used.size(); ++a)
          rest -= through[at(a)] * xx(used[a], j);
      }
      if (rest > 1e-10 * xx(j, j)) {
        best = j;
        steepest = slope[j] / std::sqrt(xx(j, j));
      }
    }
    if (best < 0)
      break;
    used.push_back(best);
    while (!used.empty()) {
      const vector found = solve(xy);
      double part = 1.0;
      for (std::size_t a = 0; a < used.size(); ++a)
        if (!(found[at(a)] > 0.0))
          part = std::min(part, b[used[a]] / (b[used[a]] - found[at(a)]));
      const bool whole = (found.array() > 0.0).all();
      for (std::size_t a = 0; a < used.size(); ++a)
        b[used[a]] = whole ? found[at(a)] : b[used[a]] + part * (found[at(a)] - b[used[a]]);
      if (whole)
        break;
      std::erase_if(used, [&](index j) {
        const bool out = !(b[j] > 1e-14 * std::sqrt(std::max(yy, 0.0) / xx(j, j)));
        if (out)
          b[j] = 0.0;
        return out;
      });
    }
  }
  return b;
}

/// Weighted sums of z = (columns, today's score, y), about which means and moments of any part are.
struct moments {
  double weight = 0.0;
  vector sum;
  matrix products;

  explicit moments(index size) : sum{vector::Zero(size)}, products{matrix::Zero(size, size)} {}
  void add(double w, const double* z) {
    const Eigen::Map<const vector> row(z, sum.size());
    weight += w;
    sum += w * row;
    products.selfadjointView<Eigen::Lower>().rankUpdate(row, w);
  }
  vector mean() const { return sum / weight; }
  matrix about_mean() const {
    matrix out = products.selfadjointView<Eigen::Lower>();
    out -= sum * sum.transpose() / weight;
    return out;
  }
};

/// Two lines that predict y: of the columns, and of today's score.
struct prediction {
  double centre = 0.0; ///< of y
  vector mean, slope;  ///< of the columns
  double score_mean = 0.0, score_slope = 0.0;
};

inline prediction learn(const moments& from, index p) {
  prediction out;
  const vector mean = from.mean();
  const matrix m = from.about_mean();
  out.centre = mean[p + 1];
  out.mean = mean.head(p);
  out.slope = non_negative(m.topLeftCorner(p, p), m.col(p + 1).head(p), m(p + 1, p + 1));
  out.score_mean = mean[p];
  if (m(p, p) > 0.0)
    out.score_slope = std::max(0.0, m(p + 1, p) / m(p, p));
  return out;
}

/// The complete rows, columns centred and scaled: row after row z = (columns, today's score, y).
struct prepared {
  std::vector<std::uint32_t> rows;
  std::vector<double> weight, z;
  vector scale; ///< of the columns
  index p = 0;

  std::size_t size() const noexcept { return rows.size(); }
  const double* row(std::size_t k) const { return z.data() + k * static_cast<std::size_t>(p + 2); }
};

/// Weights that add up to `total`, in units of the data; NaN where no column has one.
inline std::vector<double> weights_of(const vector& slope, const vector& scale, double total) {
  const vector raw = slope.cwiseQuotient(scale);
  const double sum = raw.sum();
  std::vector<double> out;
  for (const double b : raw)
    out.push_back(sum > 0.0 ? total * b / sum : missing_value);
  return out;
}

/// Correlation with y of scores that were made out of fold.
struct scored {
  double mean = 0.0, scale = 0.0, value = missing_value; ///< scale: root of the weighted sum of squares
};

template <class Score>
scored correlate_scores(const prepared& data, double total, double y_mean, double y_scale, const Score& score) {
  scored out;
  for (std::size_t k = 0; k < data.size(); ++k)
    out.mean += data.weight[k] * score(k);
  out.mean /= total;
  double ss = 0.0, sy = 0.0;
  for (std::size_t k = 0; k < data.size(); ++k) {
    const double d = score(k) - out.mean;
    ss += data.weight[k] * d * d;
    sy += data.weight[k] * d * (data.row(k)[data.p + 1] - y_mean);
  }
  out.scale = std::sqrt(ss);
  if (out.scale > 0.0)
    out.value = sy / (out.scale * y_scale);
  return out;
}

} // namespace detail_proposal

QASCORE_INLINE std::vector<std::uint32_t> deal_folds(const design_view& design, std::span<const std::uint32_t> rows,
                                                     std::size_t folds, seed start, std::size_t repeat) {
  if (folds < 2)
    throw argument_error("folds: expected 2 or more but found " + std::to_string(folds));
  const bool clustered = !design.cluster.empty();
  std::vector<std::vector<std::uint32_t>> members(design.strata);
  std::vector<std::uint32_t> fold(clustered ? design.clusters : design.units, missing_code);
  for (const std::uint32_t i : rows) {
    const std::uint32_t c = clustered ? design.cluster[i] : i;
    if (fold[c] == missing_code) {
      fold[c] = 0;
      members[design.stratum_of(i)].push_back(c);
    }
  }
  std::size_t groups = 0;
  for (const auto& m : members)
    groups += m.size();
  if (groups < folds)
    throw argument_error("folds: expected no more than there are clusters (rows), " + std::to_string(groups) +
                         ", but found " + std::to_string(folds));
  counter_stream stream(start, repeat);
  std::size_t next = 0;
  for (auto& m : members) {
    for (std::size_t i = m.size(); i > 1; --i)
      std::swap(m[i - 1], m[stream.below(i)]);
    for (const std::uint32_t c : m)
      fold[c] = static_cast<std::uint32_t>(next++ % folds);
  }
  std::vector<std::uint32_t> out;
  out.reserve(rows.size());
  for (const std::uint32_t i : rows)
    out.push_back(fold[clustered ? design.cluster[i] : i]);
  return out;
}

QASCORE_INLINE weight_proposal propose_weights(const design_view& given, std::span<const double> y,
                                               std::span<const std::span<const double>> columns,
                                               std::span<const double> today, const weight_proposal_options& options) {
  using namespace detail_proposal;
  if (!options.seed)
    throw argument_error("seed: the folds need one, any number: the same gives the same result");
  if (options.folds < 2)
    throw argument_error("folds: expected 2 or more but found " + std::to_string(options.folds));
  if (options.repeats < 1)
    throw argument_error("repeats: expected 1 or more but found 0");
  if (columns.empty() || today.size() != columns.size())
    throw argument_error("weights: expected one per column, and a column or several, but found " +
                         std::to_string(today.size()) + " weights and " + std::to_string(columns.size()) + " columns");
  double total = 0.0;
  for (const double v : today) {
    if (!(v >= 0.0) || !std::isfinite(v))
      throw argument_error("weights: expected finite numbers of 0 or more but found " + detail::format_number(v));
    total += v;
  }
  if (!(total > 0.0))
    throw argument_error("weights: expected one above 0 but all are 0");
  std::vector<double> gaps(given.units, 0.0);
  const auto mark = [&](std::span<const double> column) {
    if (column.size() != given.units)
      throw argument_error("columns: expected " + std::to_string(given.units) + " values each but found " +
                           std::to_string(column.size()));
    for (std::size_t i = 0; i < gaps.size(); ++i)
      if (is_missing(column[i]))
        gaps[i] = missing_value;
  };
  mark(y);
  for (const auto column : columns)
    mark(column);
  const answered_design answered(given, gaps);
  const design_view& design = answered.view();

  prepared data;
  data.p = at(columns.size());
  double all = 0.0;
  for (std::size_t i = 0; i < given.units; ++i)
    if (!is_missing(gaps[i])) {
      data.rows.push_back(static_cast<std::uint32_t>(i));
      data.weight.push_back(design.weight_of(i));
      all += data.weight.back();
    }
  weight_proposal out;
  out.n = data.size();
  out.missing = given.units - out.n;
  out.weight.assign(columns.size(), missing_value);
  out.least = out.most = out.weight;
  const std::string_view method =
      is_independent(given) ? "cross-validation, independent rows" : "cross-validation, sample design";
  const auto undefined = [&](std::string why) {
    out.undefined = std::move(why);
    estimate none;
    none.undefined = out.undefined;
    none.confidence = options.confidence;
    none.method = method;
    none.n = out.n;
    none.missing = out.missing;
    out.r_squared = out.correlation = {none, none, none};
    return out;
  };
  if (out.n <= columns.size() + 1)
    return undefined("no more rows than criteria");
  if (!silent_domains(given, {}, gaps).empty())
    return undefined(silent_stratum);
  const auto constant = [&](std::span<const double> column) {
    return std::ranges::all_of(data.rows, [&](std::uint32_t i) { return column[i] == column[data.rows[0]]; });
  };
  if (constant(y))
    return undefined("the outcome is constant");
  for (std::size_t j = 0; j < columns.size(); ++j)
    if (constant(columns[j])) {
      out.fault = j;
      return undefined("a criterion is constant");
    }

  // Columns and outcome about their means, with variance 1.
  const std::size_t width = columns.size() + 2;
  data.scale = vector::Ones(data.p + 2);
  data.z.resize(data.size() * width);
  const auto place = [&](std::size_t j, std::span<const double> column) {
    double mean = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < data.size(); ++k)
      mean += data.weight[k] * (column[data.rows[k]] - column[data.rows[0]]);
    mean = column[data.rows[0]] + mean / all;
    for (std::size_t k = 0; k < data.size(); ++k) {
      const double d = column[data.rows[k]] - mean;
      data.z[k * width + j] = d;
      squares += data.weight[k] * d * d;
    }
    data.scale[at(j)] = std::sqrt(squares / all);
    for (std::size_t k = 0; k < data.size(); ++k)
      data.z[k * width + j] /= data.scale[at(j)];
  };
  for (std::size_t j = 0; j < columns.size(); ++j)
    place(j, columns[j]);
  place(columns.size() + 1, y);
  for (std::size_t k = 0; k < data.size(); ++k) {
    double score = 0.0;
    for (std::size_t j = 0; j < columns.size(); ++j)
      score += today[j] * data.scale[at(j)] * data.z[k * width + j];
    data.z[k * width + columns.size()] = score;
  }
  moments whole(data.p + 2);
  for (std::size_t k = 0; k < data.size(); ++k)
    whole.add(data.weight[k], data.row(k));
  {
    const matrix m = whole.about_mean();
    for (index j = 1; j < data.p; ++j) { // what the columns before leave of this one
      const double rest =
          m(j, j) - m.col(j).head(j).dot(m.topLeftCorner(j, j).llt().solve(m.col(j).head(j)));
      if (!(rest > 1e-12 * m(j, j))) {
        out.fault = static_cast<std::size_t>(j);
        return undefined("a criterion is a combination of those before it");
      }
    }
  }
  const vector scale = data.scale.head(data.p);
  out.weight = weights_of(learn(whole, data.p).slope, scale, total);

  const bool clustered = !design.cluster.empty();
  {
    std::vector<char> seen(clustered ? design.clusters : design.units, 0);
    for (const std::uint32_t i : data.rows) {
      char& there = seen[clustered ? design.cluster[i] : i];
      out.groups += there == 0 ? 1 : 0;
      there = 1;
    }
  }
  if (out.groups < options.folds)
    return undefined("fewer clusters than folds");

  // Each repeat: its folds, what was learnt without each, and the correlation of the scores that this gave.
  struct repeat_fit {
    std::vector<std::uint32_t> fold;
    std::vector<prediction> learnt;
    std::vector<vector> weight; ///< of the scaled columns, as a score with today's total; empty: no driver
    bool scores = true;
    scored made;
  };
  const double y_scale = std::sqrt(all);
  const double y_mean = whole.mean()[data.p + 1];
  std::vector<repeat_fit> fits(options.repeats);
  const auto score_of = [&](const repeat_fit& fit, std::size_t k) {
    const Eigen::Map<const vector> row(data.row(k), data.p);
    return fit.weight[fit.fold[k]].dot(row);
  };
  detail::for_each_part(options.threads, options.repeats, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      repeat_fit& fit = fits[r];
      fit.fold = deal_folds(design, data.rows, options.folds, *options.seed, r);
      std::vector<moments> part(options.folds, moments(data.p + 2));
      for (std::size_t k = 0; k < data.size(); ++k)
        part[fit.fold[k]].add(data.weight[k], data.row(k));
      for (const moments& m : part) {
        moments others = whole;
        others.weight -= m.weight;
        others.sum -= m.sum;
        others.products -= m.products;
        fit.learnt.push_back(learn(others, data.p));
        const std::vector<double> weight = weights_of(fit.learnt.back().slope, scale, total);
        fit.scores = fit.scores && !is_missing(weight[0]);
        fit.weight.push_back(Eigen::Map<const vector>(weight.data(), data.p).cwiseProduct(scale));
      }
      if (fit.scores)
        fit.made = correlate_scores(data, all, y_mean, y_scale, [&](std::size_t k) { return score_of(fit, k); });
    }
  });
  for (const repeat_fit& fit : fits)
    for (const vector& found : fit.weight)
      for (std::size_t j = 0; j < columns.size() && !std::isnan(found[0]); ++j) {
        const double v = found[at(j)] / scale[at(j)];
        out.least[j] = is_missing(out.least[j]) ? v : std::min(out.least[j], v);
        out.most[j] = is_missing(out.most[j]) ? v : std::max(out.most[j], v);
      }

  // Row by row over the repeats, so that threads do not matter.
  const bool scores = std::ranges::all_of(fits, [](const repeat_fit& fit) { return fit.scores; });
  const scored plain =
      correlate_scores(data, all, y_mean, y_scale, [&](std::size_t k) { return data.row(k)[data.p]; });
  const auto repeats = static_cast<double>(options.repeats);
  std::vector<double> error_today(data.size()), error_proposed(data.size()), of_plain(data.size()),
      of_proposed(data.size());
  const auto influence_on_r = [&](const scored& s, double score, double outcome) {
    const double a = (score - s.mean) / s.scale, b = (outcome - y_mean) / y_scale;
    return a * b - 0.5 * s.value * (a * a + b * b);
  };
  detail::for_each_part(options.threads, data.size(), [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t k = first; k < last; ++k) {
      const Eigen::Map<const vector> row(data.row(k), data.p);
      const double score = data.row(k)[data.p], outcome = data.row(k)[data.p + 1];
      for (const repeat_fit& fit : fits) {
        const prediction& by = fit.learnt[fit.fold[k]];
        const double a = outcome - by.centre - by.score_slope * (score - by.score_mean);
        const double b = outcome - by.centre - by.slope.dot(row - by.mean);
        error_today[k] += a * a / repeats;
        error_proposed[k] += b * b / repeats;
        if (scores)
          of_proposed[k] += influence_on_r(fit.made, score_of(fit, k), outcome) / repeats;
      }
      if (plain.scale > 0.0)
        of_plain[k] = influence_on_r(plain, score, outcome);
    }
  });

  variance_engine engine(design, gaps);
  const auto finish = [&](double value, const std::vector<double>& influence, interval_scale how, double upper,
                          const char* why) {
    design_variance spread;
    if (why != nullptr)
      spread.undefined = why;
    else {
      spread = engine.of_rows(data.rows, influence);
      spread.census = spread.census && out.missing == 0;
    }
    inference_options limits;
    limits.confidence = options.confidence;
    limits.scale = how;
    limits.method = method;
    limits.upper_bound = upper;
    limits.n = out.n;
    estimate e = infer(why != nullptr ? missing_value : value, spread, limits);
    e.missing = out.missing;
    return e;
  };
  double squares = 0.0, left_today = 0.0, left_proposed = 0.0;
  for (std::size_t k = 0; k < data.size(); ++k) {
    const double d = data.row(k)[data.p + 1] - y_mean;
    squares += data.weight[k] * d * d;
    left_today += data.weight[k] * error_today[k];
    left_proposed += data.weight[k] * error_proposed[k];
  }
  const double r_today = 1.0 - left_today / squares, r_proposed = 1.0 - left_proposed / squares;
  std::vector<double> u_today(data.size()), u_proposed(data.size()), u_gain(data.size()), u_correlation(data.size());
  double r_made = 0.0;
  for (const repeat_fit& fit : fits)
    r_made += fit.made.value / repeats;
  for (std::size_t k = 0; k < data.size(); ++k) {
    const double d = data.row(k)[data.p + 1] - y_mean, q = d * d;
    u_today[k] = (q - error_today[k] - r_today * q) / squares;
    u_proposed[k] = (q - error_proposed[k] - r_proposed * q) / squares;
    u_gain[k] = u_proposed[k] - u_today[k];
    u_correlation[k] = of_proposed[k] - of_plain[k];
  }
  const double open = std::numeric_limits<double>::infinity();
  out.r_squared = {finish(r_today, u_today, interval_scale::identity, 1.0, nullptr),
                   finish(r_proposed, u_proposed, interval_scale::identity, 1.0, nullptr),
                   finish(r_proposed - r_today, u_gain, interval_scale::identity, open, nullptr)};
  const char* no_today = plain.scale > 0.0 ? nullptr : "today's score is constant";
  const char* no_scores = scores ? nullptr : "without some folds no criterion goes up with the outcome";
  out.correlation = {
      finish(plain.value, of_plain, interval_scale::fisher_z, open, no_today),
      finish(r_made, of_proposed, interval_scale::fisher_z, open, no_scores),
      finish(r_made - plain.value, u_correlation, interval_scale::identity, open, no_scores ? no_scores : no_today)};

  const auto refuse = [&](proposal_refusal why) { out.refusals.push_back(why); };
  if (out.n < rows_per_criterion * columns.size())
    refuse(proposal_refusal::few_rows);
  if (is_missing(out.weight[0]))
    refuse(proposal_refusal::no_driver);
  const regression_fit beside =
      linear_regression(given, y, columns, {options.confidence, coefficient_errors::linearized});
  std::vector<double> p;
  for (std::size_t j = 0; j < columns.size(); ++j)
    p.push_back(beside.undefined.empty() ? beside.coefficients[j + 1].test.p_value : missing_value);
  const std::vector<double> adjusted = adjusted_p(p, p_adjustment::holm);
  for (std::size_t j = 0; j < columns.size(); ++j)
    if (adjusted[j] < 1.0 - options.confidence.value() && beside.coefficients[j + 1].value < 0.0)
      out.negative.push_back(j);
  if (!out.negative.empty())
    refuse(proposal_refusal::negative_driver);
  if (!(out.r_squared.gain.low > 0.0))
    refuse(proposal_refusal::no_gain);
  return out;
}

} // namespace qascore::kernel
