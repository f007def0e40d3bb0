// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../../detail/sum.hpp"
#include "../inference.hpp"
#include "../response_propensity.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace qascore::kernel {
namespace detail_response {

using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using vector = Eigen::VectorXd;
using index = Eigen::Index;

inline index at(std::size_t i) {
  return static_cast<index>(i);
}

/// Classes of equal weight in the order of the propensities; units with the same one are of the same class.
inline std::vector<std::uint32_t> classes_of(const design_view& design, const std::vector<double>& propensity,
                                             std::size_t count) {
  std::vector<std::size_t> order(propensity.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return propensity[i]; });
  double total = 0.0;
  for (std::size_t i = 0; i < propensity.size(); ++i)
    total += design.weight_of(i);
  std::vector<std::uint32_t> out(propensity.size());
  double below = 0.0;
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    double weight = 0.0;
    for (; last < order.size() && propensity[order[last]] == propensity[order[first]]; ++last)
      weight += design.weight_of(order[last]);
    const double place = (below + 0.5 * weight) / total * static_cast<double>(count);
    const auto cell = std::min(static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(count - 1));
    for (; first < last; ++first)
      out[order[first]] = cell;
    below += weight;
  }
  return out;
}

/// The design with the weights of those who answered; silent units have none.
inline std::vector<double> weights_after(const response_propensity& fit, const design_view& design) {
  std::vector<double> out(design.units);
  for (std::size_t i = 0; i < design.units; ++i)
    out[i] = fit.factor[i] * design.weight_of(i);
  return out;
}

/// How much those who answered tell of a spread, among all who were asked.
struct answering {
  double larger =
      1.0; ///< k / (k - 1) of the k units, or clusters of them, that answered, in place of n / (n - 1) of all
  df_limit limit; ///< k less the strata they are of
};

inline answering answering_of(const design_view& design, std::span<const double> x,
                              std::span<const double> y) {
  const bool clustered = !design.cluster.empty();
  const std::size_t sources = clustered ? design.clusters : design.units;
  std::vector<char> there(sources, 0), answered(sources, 0), strata(design.strata, 0);
  for (std::size_t i = 0; i < design.units; ++i) {
    const std::size_t source = clustered ? design.cluster[i] : i;
    there[source] = 1;
    if (is_missing(y[i]) || (!x.empty() && is_missing(x[i])))
      continue;
    answered[source] = 1;
    strata[design.stratum_of(i)] = 1;
  }
  const auto n = static_cast<double>(std::ranges::count(there, 1)),
             k = static_cast<double>(std::ranges::count(answered, 1));
  answering out;
  if (k > 1.0)
    out.larger = k / (k - 1.0) * (n - 1.0) / n;
  out.limit = {k - static_cast<double>(std::ranges::count(strata, 1)),
               "no stratum has two units, or clusters, that answered: no interval"};
  return out;
}

inline adjusted_estimates compare(const design_view& design, const response_propensity& fit,
                                  const linearised& before, const linearised& after, const answering& those,
                                  interval_scale scale, std::string_view name, confidence_level confidence,
                                  std::size_t n) {
  adjusted_estimates out;
  const std::string why = !fit.undefined.empty()      ? fit.undefined
                          : !before.undefined.empty() ? before.undefined
                                                      : after.undefined;
  const auto finish = [&](double value, const std::vector<double>& influence, const df_limit& limit,
                          interval_scale how, const std::string& no) {
    design_variance spread;
    spread.undefined = no;
    if (no.empty()) {
      spread = variance_of(design, influence);
      spread.variance *= those.larger;
      spread.limit_df(limit);
      spread.limit_df(those.limit);
    }
    inference_options options;
    options.confidence = confidence;
    options.scale = how;
    options.method = name;
    options.n = n;
    estimate e = infer(no.empty() ? value : missing_value, spread, options);
    e.missing = design.units - n;
    return e;
  };
  static_cast<estimate&>(out.before) = finish(before.value, before.influence, before.limit, scale, before.undefined);
  if (!why.empty()) {
    static_cast<estimate&>(out.after) = static_cast<estimate&>(out.change) = finish(missing_value, {}, {}, scale, why);
    return out;
  }
  const std::vector<double> through = influence_through(fit, design, after.influence);
  std::vector<double> moved(through.size());
  for (std::size_t i = 0; i < moved.size(); ++i)
    moved[i] = through[i] - before.influence[i];
  static_cast<estimate&>(out.after) = finish(after.value, through, after.limit, scale, "");
  static_cast<estimate&>(out.change) = finish(after.value - before.value, moved, after.limit, interval_scale::identity, "");
  out.change.test = t_test(out.change);
  return out;
}

} // namespace detail_response

QASCORE_INLINE response_propensity fit_response(const design_view& design, std::span<const double> answered,
                                                std::span<const std::span<const double>> columns,
                                                const propensity_options& options) {
  using namespace detail_response;
  const std::size_t n = design.units, p = columns.size() + 1;
  if (options.classes == 1)
    throw argument_error("classes: expected 2 or more, or none, but found 1");
  if (!(options.largest_factor > 1.0))
    throw argument_error("largest_factor: expected a number above 1 but found " +
                         detail::format_number(options.largest_factor));
  const auto check = [&](std::span<const double> column, const char* name) {
    if (column.size() != n)
      throw argument_error(std::string(name) + ": expected " + std::to_string(n) + " values but found " +
                           std::to_string(column.size()));
    if (const auto gap = std::ranges::find_if(column, [](double v) { return is_missing(v); }); gap != column.end())
      throw argument_error(std::string(name) + ": no value at unit " + std::to_string(gap - column.begin()) +
                           ", but it must be known of all units");
  };
  check(answered, "answered");
  for (const auto column : columns)
    check(column, "columns");

  response_propensity out;
  for (const double r : answered)
    out.answers += r == 1.0 ? 1 : 0;
  // Columns about their means, scaled: what the information is made of is then of one size.
  double total = 0.0;
  for (std::size_t i = 0; i < n; ++i)
    total += design.weight_of(i);
  std::vector<std::vector<double>> scaled;
  for (const auto column : columns) {
    double mean = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < n; ++i)
      mean += design.weight_of(i) * (column[i] - column[0]) / total;
    mean += n > 0 ? column[0] : 0.0;
    for (std::size_t i = 0; i < n; ++i)
      squares += design.weight_of(i) * (column[i] - mean) * (column[i] - mean) / total;
    std::vector<double>& to = scaled.emplace_back();
    for (std::size_t i = 0; i < n; ++i)
      to.push_back(squares > 0.0 ? (column[i] - mean) / std::sqrt(squares) : 0.0);
  }
  out.model = logit_regression(design, answered, columns, {options.confidence, coefficient_errors::linearized});
  out.undefined = out.model.undefined;
  out.fault = out.model.fault;
  if (out.undefined == "the outcome does not vary")
    out.undefined = out.answers > 0 ? "everybody answered" : "nobody answered";
  if (!out.undefined.empty())
    return out;
  const std::vector<std::span<const double>> spans(scaled.begin(), scaled.end());
  const regression_fit by_scaled = logit_regression(design, answered, spans, {options.confidence, coefficient_errors::linearized});
  out.centred.resize(n * p);
  for (std::size_t i = 0; i < n; ++i) {
    out.centred[i * p] = 1.0;
    double eta = by_scaled.coefficients[0].value;
    for (std::size_t j = 1; j < p; ++j) {
      out.centred[i * p + j] = scaled[j - 1][i];
      eta += by_scaled.coefficients[j].value * scaled[j - 1][i];
    }
    out.propensity.push_back(1.0 / (1.0 + std::exp(-eta)));
  }
  matrix information = matrix::Zero(at(p), at(p));
  const Eigen::Map<const matrix> x(out.centred.data(), at(n), at(p));
  for (std::size_t i = 0; i < n; ++i)
    information += design.weight_of(i) * out.propensity[i] * (1.0 - out.propensity[i]) * x.row(at(i)).transpose() * x.row(at(i));
  const matrix inverse = information.ldlt().solve(matrix::Identity(at(p), at(p)));
  out.inverse.assign(inverse.data(), inverse.data() + inverse.size());

  std::vector<double> by_class;
  if (options.classes > 0) {
    out.cell = classes_of(design, out.propensity, options.classes);
    std::vector<double> asked(options.classes, 0.0), said(options.classes, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      asked[out.cell[i]] += design.weight_of(i);
      said[out.cell[i]] += design.weight_of(i) * answered[i];
    }
    for (std::size_t c = 0; c < options.classes; ++c) {
      if (asked[c] > 0.0 && !(said[c] > 0.0))
        out.undefined = "a class of similar propensities has no answer: take fewer classes";
      by_class.push_back(asked[c] / said[c]);
    }
    if (!out.undefined.empty())
      return out;
  }
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    double factor = 0.0;
    if (answered[i] == 1.0) {
      factor = by_class.empty() ? 1.0 / out.propensity[i] : by_class[out.cell[i]];
      out.trimmed += factor > options.largest_factor ? 1 : 0;
      factor = std::min(factor, options.largest_factor);
    }
    out.factor.push_back(factor);
    const double w = factor * design.weight_of(i);
    sum += w;
    squares += w * w;
  }
  out.effective_size = sum * sum / squares;
  return out;
}

QASCORE_INLINE std::vector<double> influence_through(const response_propensity& fit, const design_view& design,
                                                     std::span<const double> influence) {
  using namespace detail_response;
  const std::size_t n = design.units;
  std::vector<double> out(n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    if (fit.factor[i] > 0.0)
      out[i] = fit.factor[i] * influence[i];
  if (!fit.cell.empty()) {
    const std::size_t classes = *std::ranges::max_element(fit.cell) + std::size_t{1};
    std::vector<double> asked(classes, 0.0), said(classes, 0.0), moved(classes, 0.0), factor(classes, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      asked[fit.cell[i]] += design.weight_of(i);
      if (fit.factor[i] > 0.0) {
        said[fit.cell[i]] += design.weight_of(i);
        moved[fit.cell[i]] += design.weight_of(i) * influence[i];
        factor[fit.cell[i]] = fit.factor[i];
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint32_t c = fit.cell[i];
      const double whole = asked[c] / said[c];
      if (factor[c] < whole * (1.0 - 1e-12)) // cut
        continue;
      out[i] += (1.0 - (fit.factor[i] > 0.0 ? whole : 0.0)) * moved[c] / said[c];
    }
    return out;
  }
  const std::size_t p = fit.centred.size() / n;
  const Eigen::Map<const matrix> x(fit.centred.data(), at(n), at(p)), inverse(fit.inverse.data(), at(p), at(p));
  vector slope = vector::Zero(at(p));
  for (std::size_t i = 0; i < n; ++i)
    if (fit.factor[i] > 0.0 && fit.factor[i] >= (1.0 - 1e-12) / fit.propensity[i])
      slope -= design.weight_of(i) * influence[i] * (1.0 - fit.propensity[i]) / fit.propensity[i] * x.row(at(i)).transpose();
  const vector through = inverse * slope;
  for (std::size_t i = 0; i < n; ++i)
    out[i] += through.dot(x.row(at(i))) * ((fit.factor[i] > 0.0 ? 1.0 : 0.0) - fit.propensity[i]);
  return out;
}

QASCORE_INLINE adjusted_estimates adjusted_mean(const design_view& design, const response_propensity& fit,
                                                std::span<const double> y, confidence_level confidence) {
  using namespace detail_response;
  std::size_t n = 0;
  const auto mean_of = [&](const auto& weight) {
    detail::accurate_sum sum, all;
    n = 0;
    for (std::size_t i = 0; i < design.units; ++i)
      if (!is_missing(y[i])) {
        sum.add(weight(i) * y[i]);
        all.add(weight(i));
        ++n;
      }
    linearised out;
    if (n == 0) {
      out.undefined = "no values";
      return out;
    }
    out.value = sum.value() / all.value();
    for (std::size_t i = 0; i < design.units; ++i)
      out.influence.push_back(is_missing(y[i]) ? 0.0 : (y[i] - out.value) / all.value());
    return out;
  };
  const linearised before = mean_of([&](std::size_t i) { return design.weight_of(i); });
  linearised after;
  if (fit.undefined.empty())
    after = mean_of([&](std::size_t i) { return fit.factor[i] * design.weight_of(i); });
  return compare(design, fit, before, after, answering_of(design, {}, y), interval_scale::identity,
                 is_independent(design) ? "mean, independent rows" : "mean, sample design", confidence, n);
}

QASCORE_INLINE adjusted_estimates adjusted_correlation(const design_view& design, const response_propensity& fit,
                                                       std::span<const double> x, std::span<const double> y,
                                                       correlation_method method, confidence_level confidence) {
  using namespace detail_response;
  std::size_t n = 0;
  for (std::size_t i = 0; i < design.units; ++i)
    n += is_missing(x[i]) || is_missing(y[i]) ? 0u : 1u;
  const linearised before = correlation(design, x, y, method);
  linearised after;
  if (fit.undefined.empty()) {
    // Silent units have no y: they take no part, and their weights of 0 do not matter.
    const std::vector<double> weight = weights_after(fit, design);
    design_view view = design;
    view.weight = weight;
    view.calibration = {};
    after = correlation(view, x, y, method);
  }
  return compare(design, fit, before, after, answering_of(design, x, y), interval_scale::fisher_z,
                 is_independent(design) ? "correlation, independent rows" : "correlation, sample design",
                 confidence, n);
}

} // namespace qascore::kernel
