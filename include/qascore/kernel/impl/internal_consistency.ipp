// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../correlation.hpp"
#include "../cronbach.hpp"
#include "../distribution.hpp"
#include "../inference.hpp"
#include "../internal_consistency.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE internal_consistency consistency_of(const design_view& design,
                                                   std::span<const std::span<const double>> columns,
                                                   confidence_level confidence) {
  internal_consistency out;
  const std::size_t k = columns.size();
  const linearised alpha = cronbach_alpha(design, columns); // refuses what is no set of columns
  // Only units with all values.
  std::vector<std::vector<double>> value;
  for (const auto column : columns)
    value.emplace_back(column.begin(), column.end());
  std::vector<double> total(design.units, 0.0);
  for (const auto& column : value)
    for (std::size_t i = 0; i < design.units; ++i)
      total[i] += column[i];
  std::size_t n = 0, left_out = 0;
  for (std::size_t i = 0; i < design.units; ++i) {
    ++(std::isnan(total[i]) ? left_out : n);
    if (std::isnan(total[i]))
      for (auto& column : value)
        column[i] = missing_value;
  }
  inference_options how;
  how.confidence = confidence;
  how.upper_bound = 1.0;
  how.n = n;
  variance_engine engine(design, total);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < design.units; ++i)
    if (!std::isnan(total[i]))
      rows.push_back(i);
  const auto finish = [&](const linearised& of, std::string_view method) {
    how.method = method;
    design_variance spread;
    spread.undefined = of.undefined;
    if (of.is_defined()) {
      std::vector<double> influence;
      for (const std::uint32_t i : rows)
        influence.push_back(of.influence[i]);
      spread = engine.of_rows(rows, influence);
    }
    estimate found = infer(of.value, spread, how);
    found.missing = left_out;
    return found;
  };
  out.alpha = finish(alpha, "Cronbach's alpha");
  out.feldt = out.alpha;
  out.feldt.interval_method = "Feldt, F";
  out.feldt.low = out.feldt.high = out.feldt.std_error = missing_value;
  out.feldt.df = static_cast<double>(n > 0 ? n - 1 : 0);
  if (!is_independent(design) || !design.calibration.empty()) {
    out.feldt.undefined = "Feldt's limits hold for a simple random sample";
  } else if (alpha.is_defined()) {
    const double df1 = static_cast<double>(n) - 1.0, df2 = df1 * static_cast<double>(k - 1);
    const double tail = confidence.upper_tail();
    out.feldt.undefined.clear();
    out.feldt.low = 1.0 - (1.0 - alpha.value) * f_quantile(tail, df1, df2);
    out.feldt.high = 1.0 - (1.0 - alpha.value) * f_quantile(1.0 - tail, df1, df2);
  }
  const auto pairs = static_cast<double>(k * (k - 1)) / 2.0;
  linearised average, standardised;
  average.value = 0.0;
  average.influence.assign(design.units, 0.0);
  Eigen::MatrixXd r = Eigen::MatrixXd::Identity(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(k));
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const linearised pair = pearson(design, value[i], value[j]);
      if (!pair.is_defined()) {
        average.value = missing_value;
        average.undefined = pair.undefined;
        continue;
      }
      r(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = pair.value;
      r(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) = pair.value;
      average.value += pair.value / pairs;
      for (std::size_t u = 0; u < design.units; ++u)
        average.influence[u] += pair.influence[u] / pairs;
    }
  const double items = static_cast<double>(k), divisor = 1.0 + (items - 1.0) * average.value;
  standardised.undefined = average.undefined;
  if (average.is_defined() && divisor > 0.0) {
    standardised.value = items * average.value / divisor;
    standardised.influence = average.influence;
    for (double& u : standardised.influence)
      u *= items / (divisor * divisor);
    const Eigen::FullPivLU<Eigen::MatrixXd> solved(r);
    if (solved.isInvertible()) {
      const Eigen::MatrixXd inverse = solved.inverse();
      double unexplained = 0.0;
      for (Eigen::Index j = 0; j < inverse.rows(); ++j)
        unexplained += 1.0 / inverse(j, j);
      out.guttman_lambda6 = 1.0 - unexplained / r.sum();
    }
  }
  out.average_correlation = finish(average, "average correlation");
  out.standardised_alpha = finish(standardised, "standardised alpha");
  for (std::size_t j = 0; j < k; ++j) {
    std::vector<double> rest(total);
    for (std::size_t i = 0; i < design.units; ++i)
      rest[i] -= value[j][i];
    const linearised with_rest = pearson(design, value[j], rest);
    out.rest_correlation.push_back(with_rest.value);
    if (k == 2)
      continue;
    std::vector<std::span<const double>> others;
    for (std::size_t i = 0; i < k; ++i)
      if (i != j)
        others.emplace_back(value[i]);
    out.alpha_without.push_back(finish(cronbach_alpha(design, others), "Cronbach's alpha"));
  }
  return out;
}

} // namespace qascore::kernel
