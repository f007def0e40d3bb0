// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../mean.hpp"
#include "domain_sums.hpp"
#include "weighted_mean.hpp"

#include <algorithm>
#include <cmath>

namespace qascore::kernel {
namespace detail_mean {

/// How means, totals, ratios and variances end: t limits, on the log scale for variances.
inline auto t_limits_of_n(const design_view& design, confidence_level confidence, std::string_view under_design,
                          std::string_view of_independent, interval_scale scale = interval_scale::identity) {
  inference_options options;
  options.confidence = confidence;
  options.scale = scale;
  options.method = is_independent(design) ? of_independent : under_design;
  return [options](double value, const design_variance& spread, std::size_t n) {
    inference_options with_n = options;
    with_n.n = n;
    return infer(value, spread, with_n);
  };
}
inline auto t_limits(const design_view& design, confidence_level confidence, std::string_view under_design,
                     std::string_view of_independent, interval_scale scale = interval_scale::identity) {
  return [limits = t_limits_of_n(design, confidence, under_design, of_independent, scale)](
             double value, const design_variance& spread, rows_span rows, variance_engine&) {
    return limits(value, spread, rows.size());
  };
}

/// Variance of the difference of two independent samples, with the df of Welch and Satterthwaite.
inline design_variance welch(const design_variance& a, const design_variance& b) {
  design_variance out;
  out.variance = a.variance + b.variance;
  out.df = out.variance * out.variance / (a.variance * a.variance / a.df + b.variance * b.variance / b.df);
  return out;
}

/// How many units, or clusters, the rows lie in.
inline double drawn(const design_view& design, std::span<const std::uint32_t> rows) {
  if (design.cluster.empty())
    return static_cast<double>(rows.size());
  std::vector<char> seen(design.clusters, 0);
  for (const std::uint32_t i : rows)
    seen[design.cluster[i]] = 1;
  return static_cast<double>(std::count(seen.begin(), seen.end(), char{1}));
}

/// What the variance of a domain's mean lacks: deviations are from the domain's own mean, c / (c - 1), of which the
/// engine has made up for that of all rows.
inline double own_mean_factor(double of_domain, double of_all) {
  return of_domain > 1.0 ? of_domain / (of_domain - 1.0) * (of_all - 1.0) / of_all : 1.0;
}

} // namespace detail_mean

QASCORE_INLINE double mean_of_rows(const design_view& design, std::span<const std::uint32_t> rows,
                                   std::span<const double> y, std::span<double> influence) {
  const detail_mean::gathered_rows gathered(design, rows, y);
  const detail_mean::weighted_mean m = detail_mean::mean_of(gathered);
  for (std::size_t k = 0; k < rows.size(); ++k)
    influence[k] = (gathered.y(k) - m.mean) / m.weight;
  return m.mean;
}

QASCORE_INLINE linearised mean(const design_view& design, std::span<const double> y) {
  const domain_rows grouped = group_by_domain({}, y);
  const auto rows = grouped.of(0);
  linearised out;
  if (rows.empty()) {
    out.undefined = "no unit has a value";
    return out;
  }
  std::vector<double> influence(rows.size());
  out.value = mean_of_rows(design, rows, y, influence);
  out.influence.assign(design.units, 0.0);
  for (std::size_t k = 0; k < rows.size(); ++k)
    out.influence[rows[k]] = influence[k];
  return out;
}

QASCORE_INLINE std::vector<estimate> means(const design_view& given, const domain_view& domain,
                                           std::span<const double> y, confidence_level confidence,
                                           unsigned threads) {
  using namespace detail_mean;
  check_domains(domain, y.size());
  const answered_design answered(given, y);
  const design_view& design = answered.view();
  constexpr std::string_view of_design = "mean, sample design", of_rows = "mean, independent rows";
  if (!design.calibration.empty()) // influence values lose what auxiliaries of all units explain: sums do not say it
    return estimate_domains(
        design, domain, y,
        [&](rows_span rows, std::span<double> influence) { return mean_of_rows(design, rows, y, influence); },
        t_limits(design, confidence, of_design, of_rows));
  const auto limits = t_limits_of_n(design, confidence, of_design, of_rows);
  std::vector<estimate> out;
  out.reserve(domain.count);
  for (detail_sums::mean_of_domain& found : detail_sums::means_in_row_order(design, domain, y, threads)) {
    take_replicates(domain, out.size(), found.spread);
    out.push_back(limits(found.value, found.spread, found.rows));
    out.back().missing = found.missing;
  }
  return out;
}

QASCORE_INLINE std::vector<estimate> totals(const design_view& given, const domain_view& domain,
                                            std::span<const double> y, confidence_level confidence) {
  using namespace detail_mean;
  const answered_design answered(given, y);
  const design_view& design = answered.view();
  const auto finish = t_limits(design, confidence, "total, sample design", "total, independent rows");
  return estimate_domains(
      design, domain, y,
      [&](rows_span rows, std::span<double> influence) {
        detail::accurate_sum total;
        for (std::size_t k = 0; k < rows.size(); ++k) {
          influence[k] = y[rows[k]];
          total.add(design.weight_of(rows[k]) * y[rows[k]]);
        }
        return total.value();
      },
      [&](double value, design_variance spread, rows_span rows, variance_engine& engine) {
        if (is_independent(design)) {
          value = missing_value;
          spread.undefined = "a total needs weights: independent rows stand for no population";
        }
        return finish(value, spread, rows, engine);
      });
}

QASCORE_INLINE std::vector<estimate> ratios(const design_view& given, const domain_view& domain,
                                            std::span<const double> y, std::span<const double> x,
                                            confidence_level confidence) {
  using namespace detail_mean;
  std::vector<double> both(y.begin(), y.end());
  for (std::size_t i = 0; i < both.size(); ++i)
    if (is_missing(x[i]))
      both[i] = missing_value;
  const answered_design answered(given, both);
  const design_view& design = answered.view();
  const auto finish = t_limits(design, confidence, "ratio, sample design", "ratio, independent rows");
  return estimate_domains(
      design, domain, both,
      [&](rows_span rows, std::span<double> influence) {
        detail::accurate_sum top, bottom;
        for (const std::uint32_t i : rows) {
          top.add(design.weight_of(i) * y[i]);
          bottom.add(design.weight_of(i) * x[i]);
        }
        if (bottom.value() == 0.0)
          return missing_value;
        const double ratio = top.value() / bottom.value();
        for (std::size_t k = 0; k < rows.size(); ++k)
          influence[k] = (y[rows[k]] - ratio * x[rows[k]]) / bottom.value();
        return ratio;
      },
      [&](double value, design_variance spread, rows_span rows, variance_engine& engine) {
        if (is_missing(value) && spread.undefined.empty())
          spread.undefined = "the denominator is 0";
        return finish(value, spread, rows, engine);
      });
}

QASCORE_INLINE std::vector<estimate> variances(const design_view& given, const domain_view& domain,
                                               std::span<const double> y, confidence_level confidence) {
  using namespace detail_mean;
  const answered_design answered(given, y);
  const design_view& design = answered.view();
  const auto finish = t_limits(design, confidence, "variance, sample design", "variance, independent rows",
                               interval_scale::log);
  return estimate_domains(
      design, domain, y,
      [&](rows_span rows, std::span<double> influence) {
        if (rows.size() < 2)
          return missing_value;
        const auto n = static_cast<double>(rows.size());
        const gathered_rows gathered(design, rows, y);
        const weighted_mean m = mean_of(gathered);
        detail::accurate_sum squares;
        for (std::size_t k = 0; k < rows.size(); ++k) {
          const double d = gathered.y(k) - m.mean;
          influence[k] = n / (n - 1.0) * d * d;
          squares.add(gathered.weight(k) * influence[k]);
        }
        const double variance = squares.value() / m.weight;
        for (double& u : influence)
          u = (u - variance) / m.weight;
        return variance;
      },
      [&](double value, design_variance spread, rows_span rows, variance_engine& engine) {
        if (is_missing(value) && spread.undefined.empty())
          spread.undefined = "fewer than 2 units: no variance";
        return finish(value, spread, rows, engine);
      });
}

QASCORE_INLINE tested_estimate mean_difference(const design_view& given, const domain_view& domain,
                                               std::uint32_t a, std::uint32_t b, std::span<const double> y,
                                               confidence_level confidence, difference_df df) {
  using namespace detail_mean;
  const answered_design answered(given, y);
  const design_view& design = answered.view();
  const domain_rows grouped = group_by_domain(domain, y);
  const auto rows_a = grouped.of(a), rows_b = grouped.of(b);
  const bool independent = is_independent(design);
  tested_estimate out;
  out.confidence = confidence;
  out.method = independent ? "difference of means, independent rows" : "difference of means, sample design";
  out.interval_method = "t";
  out.n = rows_a.size() + rows_b.size();
  out.missing = grouped.missing[a] + grouped.missing[b];
  if (rows_a.empty() || rows_b.empty()) {
    out.undefined = "no unit of one domain has a value";
    return out;
  }
  if (const std::vector<char> silent = silent_domains(given, domain, y);
      !silent.empty() && (silent[a] || silent[b])) {
    out.undefined = silent_stratum;
    return out;
  }
  std::vector<std::uint32_t> rows(rows_a.begin(), rows_a.end());
  rows.insert(rows.end(), rows_b.begin(), rows_b.end());
  std::vector<double> influence(rows.size());
  const auto part_b = std::span(influence).subspan(rows_a.size());
  const double value = mean_of_rows(design, rows_a, y, std::span(influence).first(rows_a.size())) -
                       mean_of_rows(design, rows_b, y, part_b);
  for (double& u : part_b)
    u = -u;

  variance_engine engine(design, y);
  design_variance spread;
  design_variance of_a = engine.of_rows(rows_a, std::span(influence).first(rows_a.size())),
                  of_b = engine.of_rows(rows_b, part_b);
  of_a.df = std::max(of_a.df, 1.0); // two units in two strata have none of their own
  of_b.df = std::max(of_b.df, 1.0);
  const auto alone = [&](const design_variance& one, std::span<const std::uint32_t> of) {
    return !one.census && drawn(design, of) < 2.0;
  };
  if (alone(of_a, rows_a) || alone(of_b, rows_b)) {
    spread.undefined = design.cluster.empty() ? "a domain has one unit: no variance"
                                              : "a domain lies in one cluster: no variance";
  } else if (!of_a.undefined.empty() || !of_b.undefined.empty()) {
    spread.undefined = of_a.undefined.empty() ? of_b.undefined : of_a.undefined;
  } else if (independent) {
    spread = welch(of_a, of_b);
  } else {
    spread = engine.of_rows(rows, influence);
    spread.df -= 1.0;
    spread.census = spread.census && out.missing == 0;
    if (df == difference_df::satterthwaite && of_a.variance + of_b.variance > 0.0) {
      const double all = drawn(design, rows);
      spread.variance += (own_mean_factor(drawn(design, rows_a), all) - 1.0) * of_a.variance +
                         (own_mean_factor(drawn(design, rows_b), all) - 1.0) * of_b.variance;
      spread.df = std::min(spread.df, welch(of_a, of_b).df);
    }
  }
  for (const design_variance* one : {&of_a, &of_b})
    if (one->variance == 0.0 && !one->census) // its mean alone has no interval either
      spread.no_interval = "a domain does not vary: no interval";
  inference_options options;
  options.confidence = confidence;
  options.method = out.method;
  options.n = out.n;
  const std::size_t missing = out.missing;
  static_cast<estimate&>(out) = infer(value, spread, options);
  out.missing = missing;
  out.test = t_test(out);
  return out;
}

} // namespace qascore::kernel
