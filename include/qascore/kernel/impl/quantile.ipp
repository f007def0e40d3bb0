// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../core/interval.hpp"
#include "../../detail/format.hpp"
#include "../../detail/percent.hpp"
#include "../distribution.hpp"
#include "../mean.hpp"
#include "../quantile.hpp"

#include <algorithm>
#include <utility>

namespace qascore::kernel {
namespace detail_quantile {

/// The distinct values of a domain with the weighted share of units up to each.
class distribution_function {
public:
  distribution_function(const design_view& design, std::span<const std::uint32_t> rows,
                        std::span<const double> y) {
    std::vector<std::uint32_t> order(rows.begin(), rows.end());
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return y[a] < y[b]; });
    detail::accurate_sum sum;
    for (std::size_t k = 0; k < order.size(); ++k) {
      sum.add(design.weight_of(order[k]));
      if (k + 1 < order.size() && y[order[k + 1]] == y[order[k]])
        continue;
      value_.push_back(y[order[k]]);
      share_.push_back(sum.value());
    }
    for (double& share : share_)
      share /= sum.value();
  }

  double quantile(double p, quantile_definition definition) const {
    constexpr double rounding = 1e-12; // shares are sums of weights: 0.1 + 0.2 is meant to reach 0.3
    const auto at = static_cast<std::size_t>(
        std::lower_bound(share_.begin(), share_.end() - 1, p - rounding) - share_.begin());
    const bool exact = share_[at] <= p + rounding && at + 1 < value_.size();
    return definition == quantile_definition::averaged && exact
               ? value_[at] + 0.5 * (value_[at + 1] - value_[at])
               : value_[at];
  }

  const std::vector<double>& values() const noexcept { return value_; }

  bool constant() const noexcept { return value_.size() == 1; }

private:
  std::vector<double> value_, share_;
};

} // namespace detail_quantile

QASCORE_INLINE std::vector<estimate> quantiles(const design_view& given, const domain_view& domain,
                                               std::span<const double> y, double p,
                                               const quantile_options& options) {
  using rows_span = std::span<const std::uint32_t>;
  if (!(p > 0.0 && p < 1.0))
    throw argument_error("p: expected a fraction above 0 and below 1 but found " + detail::format_number(p) +
                         detail::percent_hint(p));
  const bool inversion = options.limits == quantile_limits::inversion;
  if (inversion &&
      (options.interval == proportion_interval::t || options.interval == proportion_interval::logit))
    throw argument_error("interval: t and logit have no limits at 0 and 1; choose wilson, beta, arcsine or "
                         "likelihood, or limits woodruff");
  const answered_design answered(given, y);
  const design_view& design = answered.view();
  const bool independent = is_independent(design);
  std::vector<double> below(y.size());
  // The value and the shares travel from `linearise` to `finish`, which come in pairs.
  std::vector<detail_quantile::distribution_function> held;
  double value = missing_value;
  const auto share_up_to = [&](double limit, rows_span rows, std::span<double> influence) {
    for (const std::uint32_t i : rows)
      below[i] = y[i] <= limit ? 1.0 : 0.0;
    return mean_of_rows(design, rows, below, influence);
  };
  return estimate_domains(
      design, domain, y,
      [&](rows_span rows, std::span<double> influence) {
        held.assign(1, {design, rows, y});
        value = held.front().quantile(p, options.definition);
        return share_up_to(value, rows, influence);
      },
      [&](double share, const design_variance& spread, rows_span rows, variance_engine& engine) {
        const auto limits_of = [&](double s, const design_variance& v) {
          return share_limits(design, s, v, rows, engine, options.confidence, options.interval);
        };
        estimate out = limits_of(share, spread);
        out.method = independent ? "quantile, independent rows" : "quantile, sample design";
        out.std_error = missing_value;
        const interval woodruff{std::exchange(out.low, missing_value),
                                std::exchange(out.high, missing_value)};
        if (is_missing(share)) // no unit, or a stratum without a value
          return out;
        out.value = value;
        if (rows.size() < 2 && !spread.census) {
          out.undefined = "fewer than 2 units: no variance";
        } else if (!spread.undefined.empty()) {
          out.undefined = spread.undefined;
        } else if (spread.census) {
          out.std_error = 0.0;
          out.low = out.high = value;
        } else if (held.front().constant()) {
          out.undefined = "no variation in the sample: no interval";
        } else {
          const detail_quantile::distribution_function& f = held.front();
          if (inversion) {
            std::vector<double> influence(rows.size());
            const auto at = [&](double y_limit) {
              const double s = share_up_to(y_limit, rows, influence);
              return limits_of(s, engine.of_rows(rows, influence));
            };
            design_variance none = spread;
            none.variance = 0.0;
            const auto& values = f.values();
            const auto low =
                std::partition_point(values.begin(), values.end(), [&](double v) { return at(v).high < p; });
            const auto high =
                std::partition_point(low, values.end(), [&](double v) { return at(v).low < p; });
            if (limits_of(0.0, none).high < p && high != values.end()) {
              out.low = *low;
              out.high = *high;
            }
          } else if (woodruff.low > 0.0 && woodruff.high < 1.0) {
            out.low = f.quantile(woodruff.low, options.definition);
            out.high = f.quantile(woodruff.high, options.definition);
          }
          out.undefined.clear();
          if (is_missing(out.low))
            out.undefined = "the sample does not reach far enough for limits of this quantile";
          else
            out.std_error =
                (out.high - out.low) / (2.0 * student_t_quantile(options.confidence.upper_tail(), out.df));
        }
        return out;
      });
}

} // namespace qascore::kernel
