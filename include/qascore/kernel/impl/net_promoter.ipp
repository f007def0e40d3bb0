// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/interval.hpp"
#include "../../detail/sum.hpp"
#include "../distribution.hpp"
#include "../mean.hpp"
#include "../net_promoter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace qascore::kernel {
namespace detail_promoter {

/// The variance of one answer if the true difference were x; D and s as in the header.
inline double variance_at(double x, double difference, double outspoken) {
  const double b = x * (2.0 - difference) - outspoken, c = 0.5 * (outspoken - difference) * x * (1.0 - x);
  const double detractors = 0.25 * (std::sqrt(std::max(0.0, b * b + 8.0 * c)) - b);
  return 2.0 * detractors + x - x * x;
}

/// Between the difference, which is inside, and the end of the scale.
inline double score_limit(double difference, double outspoken, double n, double q, double end) {
  double inside = difference, outside = end;
  while (true) {
    const double x = 0.5 * (inside + outside);
    if (x == inside || x == outside)
      return x;
    const double off = difference - x;
    (n * off * off > q * q * variance_at(x, difference, outspoken) ? outside : inside) = x;
  }
}

inline interval score(double difference, double outspoken, double n, double q) {
  if (difference < 0.0) { // the same to the last bit the other way round
    const interval mirrored = score(-difference, outspoken, n, q);
    return {-mirrored.high, -mirrored.low};
  }
  return {score_limit(difference, outspoken, n, q, -1.0),
          difference == 1.0 ? 1.0 : score_limit(difference, outspoken, n, q, 1.0)};
}

/// The share of those who are promoters or detractors.
inline double outspoken_share(const design_view& design, std::span<const double> points,
                              std::span<const std::uint32_t> rows) {
  detail::accurate_sum sum, weight;
  for (const std::uint32_t i : rows) {
    sum.add(design.weight_of(i) * std::abs(points[i]));
    weight.add(design.weight_of(i));
  }
  return sum.value() / weight.value();
}

/// The estimate of the difference of shares, -1 to 1.
inline estimate limits_of(const design_view& design, double difference, std::span<const double> points,
                          const design_variance& spread, std::span<const std::uint32_t> rows,
                          variance_engine& engine, const inference_options& options) {
  const bool independent = is_independent(design);
  const bool alone = independent && rows.size() == 1;
  estimate out = infer(difference, spread, options);
  if ((!spread.undefined.empty() && !alone) || spread.census)
    return out;
  double n = static_cast<double>(rows.size()), q = normal_quantile(options.confidence.upper_tail());
  out.interval_method = "Tango score";
  out.df = std::numeric_limits<double>::infinity();
  const double outspoken = std::max(std::abs(difference), outspoken_share(design, points, rows));
  if (!independent) {
    out.interval_method = "Tango score, effective size, t";
    out.df = spread.df;
    q = student_t_quantile(options.confidence.upper_tail(), spread.df);
    const double of_one = outspoken - difference * difference;
    n = spread.variance > 0.0 && of_one > 0.0
            ? std::min(of_one / spread.variance, engine.effective_units(rows))
            : engine.effective_size(rows);
    if (std::isnan(q))
      return out; // infer has said why
  }
  out.undefined.clear();
  const interval limit = score(difference, outspoken, n, q);
  out.low = limit.low;
  out.high = limit.high;
  return out;
}

} // namespace detail_promoter

QASCORE_INLINE std::vector<estimate> net_promoter_scores(const design_view& given, const domain_view& domain,
                                                         std::span<const double> points,
                                                         confidence_level confidence,
                                                         net_promoter_interval interval) {
  using rows_span = std::span<const std::uint32_t>;
  const answered_design answered(given, points);
  const design_view& design = answered.view();
  inference_options options;
  options.confidence = confidence;
  options.method =
      is_independent(design) ? "net promoter score, independent rows" : "net promoter score, sample design";
  const auto finish = [&](double difference, const design_variance& spread, rows_span rows,
                          variance_engine& engine) {
    options.n = rows.size();
    estimate out =
        interval == net_promoter_interval::t
            ? infer(difference, spread, options)
            : detail_promoter::limits_of(design, difference, points, spread, rows, engine, options);
    for (double* number : {&out.value, &out.std_error, &out.low, &out.high})
      *number *= 100.0;
    return out;
  };
  return estimate_domains(
      design, domain, points,
      [&](rows_span rows, std::span<double> influence) {
        return mean_of_rows(design, rows, points, influence);
      },
      finish);
}

} // namespace qascore::kernel
