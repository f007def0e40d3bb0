// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../agreement_comparison.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "../variance.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_agreement_comparison {

/// A table's influence values unit by unit, ready to be summed, and which units count.
struct spread_out {
  std::vector<double> influence;
  std::vector<std::uint8_t> part, carries;
};

inline spread_out spread(const rating_view& ratings, const linearised_agreement& of, std::size_t least,
                         std::size_t carrying, bool designed) {
  spread_out out;
  out.influence.assign(ratings.units, 0.0);
  out.part.assign(ratings.units, 0);
  out.carries.assign(ratings.units, 0);
  double n = 0.0, b = 0.0;
  for (std::size_t u = 0; u < ratings.units; ++u) {
    const std::size_t p = ratings.profile_of(u), m = ratings.count(p);
    out.part[u] = m >= std::min(least, carrying) ? 1 : 0;
    out.carries[u] = m >= carrying ? 1 : 0;
    out.influence[u] = out.part[u] != 0 ? of.influence[p] : 0.0;
    n += out.part[u];
    b += out.carries[u];
  }
  // As for a single coefficient: the units that carry it give n / (n - 1), which the engine counts by all that take part.
  const double factor = b > 1.0 ? b / (b - 1.0) * (designed && n > 1.0 ? (n - 1.0) / n : 1.0) : missing_value;
  for (double& x : out.influence)
    x *= std::sqrt(factor);
  return out;
}

/// Variance of a combination of influence values over the units that take part in any of some tables.
class combined {
public:
  combined(std::span<const spread_out* const> tables, const design_view* design)
      : tables_{tables}, design_{design} {}

  design_variance variance(std::span<const double> sign) const {
    const std::size_t units = tables_.front()->part.size();
    std::vector<std::uint32_t> rows, carrying;
    std::vector<double> influence;
    bool everywhere = true;
    for (std::uint32_t u = 0; u < units; ++u) {
      bool part = false, carries = false;
      double sum = 0.0;
      for (std::size_t t = 0; t < tables_.size(); ++t) {
        part |= tables_[t]->part[u] != 0;
        carries |= tables_[t]->carries[u] != 0;
        everywhere &= tables_[t]->carries[u] != 0;
        sum += sign[t] * tables_[t]->influence[u];
      }
      if (part) {
        rows.push_back(u);
        influence.push_back(sum);
      }
      if (carries)
        carrying.push_back(u);
    }
    if (design_ != nullptr)
      return under_design(rows, carrying, influence, everywhere);
    design_variance out{
        .variance = 0.0, .df = satterthwaite(rows, influence), .undefined = {}, .census = false};
    for (const double x : influence)
      out.variance += x * x;
    return out;
  }

private:
  design_variance under_design(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> carrying,
                               std::span<const double> influence, bool everywhere) const {
    design_view view = *design_;
    if (!everywhere) { // which units are rated twice is a draw of its own: no correction for a census
      view.population = {};
      if (!view.chance.empty()) {
        view.chance = {};
        view.stratum = {};
        view.strata = 1;
      }
    }
    variance_engine engine(view);
    design_variance out = engine.of_rows(rows, influence);
    if (carrying.size() < rows.size())
      out.df = engine.of_rows(carrying, std::vector<double>(carrying.size(), 0.0)).df;
    return out;
  }

  /// Units by which of the tables they carry are samples of their own.
  double satterthwaite(std::span<const std::uint32_t> rows, std::span<const double> influence) const {
    std::vector<double> variance, count;
    std::vector<std::vector<std::uint8_t>> kinds;
    double total = 0.0, spread = 0.0, rest = 0.0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::vector<std::uint8_t> kind(tables_.size());
      for (std::size_t t = 0; t < kind.size(); ++t)
        kind[t] = tables_[t]->carries[rows[i]];
      total += influence[i] * influence[i];
      if (std::ranges::find(kind, 1) == kind.end()) { // moves the shares of the categories only
        rest += influence[i] * influence[i];
        continue;
      }
      std::size_t k = static_cast<std::size_t>(std::ranges::find(kinds, kind) - kinds.begin());
      if (k == kinds.size()) {
        kinds.push_back(std::move(kind));
        variance.push_back(0.0);
        count.push_back(0.0);
      }
      variance[k] += influence[i] * influence[i];
      count[k] += 1.0;
    }
    const double carried = total - rest;
    if (kinds.size() == 1 || !(carried > 0.0)) {
      double n = 0.0;
      for (const double c : count)
        n += c;
      return n - 1.0;
    }
    for (std::size_t k = 0; k < kinds.size(); ++k)
      spread += variance[k] * variance[k] / std::max(1.0, count[k] - 1.0);
    return carried * carried / spread;
  }

  std::span<const spread_out* const> tables_;
  const design_view* design_;
};

/// Refuses tables with different categories where the coefficient counts or weighs them: what differs would be the scale.
inline void check_categories(const measured_table& first, const measured_table& second) {
  const agreement_measure& of = second.measure;
  using enum agreement_coefficient;
  const bool counted = of.coefficient && (*of.coefficient == brennan_prediger || *of.coefficient == gwet_ac);
  if ((!counted && of.category_weights.empty()) ||
      std::ranges::equal(first.ratings.value, second.ratings.value))
    return;
  const auto list = [](std::span<const double> values) {
    std::string out;
    for (std::size_t k = 0; k < std::min<std::size_t>(values.size(), 12); ++k)
      out += (k > 0 ? ", " : "") + qascore::detail::format_number(values[k]);
    return values.size() > 12 ? out + ", ..." : out;
  };
  throw argument_error("tables: the categories differ, " + list(first.ratings.value) + " and " +
                       list(second.ratings.value) + ", and " + std::string(name_of(of)) +
                       (counted ? " counts them" : " weighs them") + "; declare the same categories in both");
}

/// Hotelling's test that all values are equal.
inline void test_equality(agreement_comparison& out, double df, bool normal) {
  const auto k = static_cast<Eigen::Index>(out.coefficients.size());
  Eigen::MatrixXd covariance(k, k);
  Eigen::VectorXd value(k);
  for (Eigen::Index i = 0; i < k; ++i) {
    value(i) = out.coefficients[static_cast<std::size_t>(i)].value;
    for (Eigen::Index j = 0; j < k; ++j)
      covariance(i, j) = out.covariance[static_cast<std::size_t>(i * k + j)];
  }
  Eigen::MatrixXd contrast = Eigen::MatrixXd::Zero(k - 1, k);
  contrast.col(0).setOnes();
  contrast.rightCols(k - 1).diagonal().setConstant(-1.0);
  const Eigen::VectorXd apart = contrast * value;
  const Eigen::MatrixXd spread = contrast * covariance * contrast.transpose();
  const Eigen::LDLT<Eigen::MatrixXd> factors(spread);
  const Eigen::VectorXd pivots = factors.vectorD();
  if (!spread.allFinite() || !(pivots.minCoeff() > 1e-12 * pivots.maxCoeff())) {
    out.undefined = "the differences do not vary by themselves: no test of equality";
    return;
  }
  const auto p = static_cast<double>(k - 1);
  test_result& test = out.equality;
  test.statistic = apart.dot(factors.solve(apart));
  test.df1 = p;
  if (normal) {
    test.df2 = std::numeric_limits<double>::infinity();
    test.p_value = chi_squared_upper(test.statistic, p);
    return;
  }
  test.df2 = df - p + 1.0;
  if (!(test.df2 > 0.0)) {
    test = {};
    out.undefined = "fewer units (clusters) than coefficients: no test of equality";
    return;
  }
  test.p_value = f_upper(test.statistic * test.df2 / (p * df), p, test.df2);
}

} // namespace detail_agreement_comparison

QASCORE_INLINE agreement_comparison compare_agreement(std::span<const measured_table> tables,
                                                      const agreement_options& options,
                                                      const design_view* design) {
  using namespace detail_agreement_comparison;
  const std::size_t count = tables.size();
  if (count < 2)
    throw argument_error("tables: expected 2 or more to compare but found " + std::to_string(count));
  agreement_comparison out;
  std::vector<spread_out> parts;
  std::vector<df_limit> limits;
  std::string undefined;
  for (const measured_table& table : tables) {
    if (table.ratings.units != tables.front().ratings.units)
      throw argument_error("tables: expected the same list of units in all but found " +
                           std::to_string(tables.front().ratings.units) + " and " +
                           std::to_string(table.ratings.units));
    check_categories(tables.front(), table);
    out.coefficients.push_back(agreement(table.ratings, table.measure, options, design));
    const profile_weights by = weights_of(table.ratings, unit_weights(table.ratings, design));
    linearised_agreement of = measure_by_profile(table.ratings, table.measure, by);
    const std::size_t least = least_ratings(table.measure);
    const std::size_t carrying = apply_closed_form(of, table.ratings, least, options.std_error, design,
                                                   small_sample_factor(table.ratings, table.measure, by));
    if (!of.is_defined()) {
      if (undefined.empty())
        undefined = of.undefined;
      of.influence.assign(table.ratings.profiles(), missing_value);
    }
    limits.push_back(of.limit);
    parts.push_back(spread(table.ratings, of, least, carrying, design != nullptr));
  }
  const auto variance = [&](std::vector<const spread_out*> of, const std::vector<double>& sign) {
    return combined(of, design).variance(sign);
  };
  out.covariance.assign(count * count, missing_value);
  for (std::size_t t = 0; t < count; ++t)
    out.covariance[t * count + t] = variance({&parts[t]}, {1.0}).variance;
  inference_options inference;
  inference.confidence = options.confidence;
  inference.normal = options.normal;
  inference.magnitude = 1.0; // as of agreement()
  inference.method = "difference of agreement coefficients";
  for (std::size_t j = 1; j < count; ++j)
    for (std::size_t i = 0; i < j; ++i) {
      const agreement_result &first = out.coefficients[i], &second = out.coefficients[j];
      design_variance apart = variance({&parts[i], &parts[j]}, {1.0, -1.0});
      const double together =
          0.5 * (out.covariance[i * count + i] + out.covariance[j * count + j] - apart.variance);
      out.covariance[i * count + j] = out.covariance[j * count + i] = together;
      if (!first.is_defined() || !second.is_defined())
        apart.undefined = first.is_defined() ? second.undefined : first.undefined;
      else if (std::isnan(apart.variance) && apart.undefined.empty())
        apart.undefined = "fewer than 2 units: no variance";
      apart.limit_df(limits[i]);
      apart.limit_df(limits[j]);
      inference.n = 0;
      for (std::size_t u = 0; u < parts[i].carries.size(); ++u)
        inference.n += parts[i].carries[u] != 0 || parts[j].carries[u] != 0 ? 1u : 0u;
      tested_estimate difference;
      static_cast<estimate&>(difference) = infer(first.value - second.value, apart, inference);
      difference.test = t_test(difference);
      out.differences.push_back(std::move(difference));
    }
  out.correlation = out.covariance;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < count; ++j)
      out.correlation[i * count + j] =
          i == j ? 1.0
                 : out.covariance[i * count + j] /
                       std::sqrt(out.covariance[i * count + i] * out.covariance[j * count + j]);
  if (!undefined.empty()) {
    out.undefined = undefined;
    return out;
  }
  std::vector<const spread_out*> all;
  all.reserve(parts.size());
  for (const spread_out& part : parts)
    all.push_back(&part);
  design_variance whole = variance(all, std::vector<double>(count, 0.0));
  for (const df_limit& limit : limits)
    whole.limit_df(limit);
  if (whole.no_interval.empty())
    test_equality(out, whole.df, options.normal);
  else
    out.undefined = whole.no_interval;
  return out;
}

} // namespace qascore::kernel
