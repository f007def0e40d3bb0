// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../../detail/sum.hpp"
#include "../control_chart.hpp"
#include "../distribution.hpp"

#include <Eigen/Dense>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace qascore::kernel {
namespace detail_chart {

inline constexpr double root_two_pi = 2.5066282746310002;
inline double normal_density(double x) noexcept {
  return std::exp(-0.5 * x * x) / root_two_pi;
}

inline void above_zero(const char* name, double found) {
  if (!(found > 0.0) || !std::isfinite(found))
    throw argument_error(std::string(name) + ": expected a finite number > 0 but found " +
                         detail::format_number(found));
}

inline void weight_of_newest(double lambda) {
  if (!(lambda > 0.0 && lambda <= 1.0))
    throw argument_error("weight: expected a number above 0 and at most 1 but found " +
                         detail::format_number(lambda));
}

/// Nodes and weights of Gauss and Legendre on [a, b].
struct nodes {
  static constexpr std::size_t half = 20;
  std::vector<double> at, weight;
  nodes(double a, double b) {
    using rule = boost::math::quadrature::gauss<double, 2 * half>;
    const double middle = 0.5 * (a + b), reach = 0.5 * (b - a);
    for (std::size_t i = 0; i < half; ++i)
      for (const double side : {-1.0, 1.0}) {
        at.push_back(middle + side * reach * rule::abscissa()[i]);
        weight.push_back(reach * rule::weights()[i]);
      }
  }
};

/// Limit `x` for which `length(x)`, which rises, is the one asked for.
template <class Length>
double limit_for(double asked, Length length) {
  if (!(asked > 2.0) || !std::isfinite(asked))
    throw argument_error("run_length: expected a finite number > 2 but found " +
                         detail::format_number(asked));
  double low = 0.01, high = 1.0;
  while (length(high) < asked && high < 64.0)
    high *= 1.5;
  for (int step = 0; step < 80; ++step) {
    const double middle = 0.5 * (low + high);
    (length(middle) < asked ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// What the rules remember on one side: whether each of the last 2 points was beyond 2 sigma, and of the last 4 beyond 1.
struct memory {
  std::array<std::uint8_t, 2> beyond_two{}; ///< bit 0: the point before
  std::array<std::uint8_t, 2> beyond_one{}; ///< by side: above, below
  std::uint8_t side = 0, run = 0; ///< which side the last points were on, and how many in a row (at most 7)
  friend auto operator<=>(const memory&, const memory&) = default;
};

/// The memory after a point at z, and whether a rule signals. What no rule asks for is not remembered.
inline bool step(memory& m, double z, const run_rules& rules, double width) {
  bool signal = rules.beyond_three && std::abs(z) > width;
  for (std::size_t s = 0; s < 2; ++s) {
    const double x = s == 0 ? z : -z;
    const auto count = [](unsigned bits) {
      unsigned out = 0;
      for (; bits != 0; bits &= bits - 1)
        ++out;
      return out;
    };
    if (rules.two_of_three) {
      const unsigned bits = static_cast<unsigned>(m.beyond_two[s]) << 1u | (x > 2.0 ? 1u : 0u);
      signal = signal || (x > 2.0 && count(bits) >= 2);
      m.beyond_two[s] = static_cast<std::uint8_t>(bits & 0x3u);
    }
    if (rules.four_of_five) {
      const unsigned bits = static_cast<unsigned>(m.beyond_one[s]) << 1u | (x > 1.0 ? 1u : 0u);
      signal = signal || (x > 1.0 && count(bits) >= 4);
      m.beyond_one[s] = static_cast<std::uint8_t>(bits & 0xfu);
    }
  }
  if (rules.eight_in_row) {
    const std::uint8_t side = z > 0.0 ? 1 : z < 0.0 ? 2 : 0;
    m.run = side == 0        ? std::uint8_t{0}
            : side == m.side ? static_cast<std::uint8_t>(m.run + 1)
                             : std::uint8_t{1};
    m.side = side;
    signal = signal || m.run >= 8;
    m.run = std::min<std::uint8_t>(m.run, 7);
  }
  return signal;
}

/// Signals of the rules on standardised points; NaN points leave the memory as it is.
inline std::vector<std::uint32_t> signals_of(std::span<const double> z, const run_rules& rules,
                                             double width) {
  std::vector<std::uint32_t> out;
  memory m;
  for (std::uint32_t i = 0; i < z.size(); ++i)
    if (!std::isnan(z[i]) && step(m, z[i], rules, width))
      out.push_back(i);
  return out;
}

inline void state_rate(control_chart& chart, double length) {
  chart.average_run_length = length;
  chart.false_alarm_rate = 1.0 / length;
}

/// No spread, no chart.
inline bool without_spread(control_chart& chart, std::size_t points) {
  if (chart.sd > 0.0 && !std::isnan(chart.center))
    return false;
  chart.undefined = chart.sd > 0.0         ? "no values: no center"
                    : std::isnan(chart.sd) ? "fewer than 2 values: no standard deviation"
                                           : "the values do not vary";
  chart.statistic.assign(points, missing_value);
  chart.low = chart.high = chart.statistic;
  return true;
}

} // namespace detail_chart

QASCORE_INLINE double moving_range_sd(std::span<const double> values) {
  double before = missing_value, sum = 0.0, n = 0.0;
  for (const double x : values) {
    if (std::isnan(x))
      continue;
    if (!std::isnan(before)) {
      sum += std::abs(x - before);
      n += 1.0;
    }
    before = x;
  }
  return n > 0.0 ? sum / n * std::sqrt(3.14159265358979323846) / 2.0 : missing_value; // d2(2) = 2 / sqrt(pi)
}

QASCORE_INLINE double chart_d2(std::size_t n) {
  if (n < 2)
    return missing_value;
  // The integrand and its derivatives vanish at the ends: the trapezoid is exact to rounding.
  constexpr int steps = 800;
  constexpr double reach = 12.0, h = 2.0 * reach / steps;
  double sum = 0.0;
  for (int i = 0; i <= steps; ++i) {
    const double x = -reach + h * i, m = static_cast<double>(n);
    sum += 1.0 - std::pow(normal_cdf(x), m) - std::pow(normal_cdf(-x), m);
  }
  return h * sum;
}

QASCORE_INLINE double chart_c4(std::size_t n) {
  if (n < 2)
    return missing_value;
  const auto m = static_cast<double>(n);
  return std::sqrt(2.0 / (m - 1.0)) * std::exp(std::lgamma(m / 2.0) - std::lgamma((m - 1.0) / 2.0));
}

QASCORE_INLINE double ewma_run_length(double lambda, double width) {
  if (lambda >= 1.0)
    return 0.5 / normal_cdf(-width);
  const double reach = width * std::sqrt(lambda / (2.0 - lambda));
  const detail_chart::nodes grid(-reach, reach);
  const auto n = static_cast<Eigen::Index>(grid.at.size());
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(n, n);
  const auto kernel = [&](double from, double to) {
    return detail_chart::normal_density((to - (1.0 - lambda) * from) / lambda) / lambda;
  };
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      system(i, j) -= grid.weight[static_cast<std::size_t>(j)] *
                      kernel(grid.at[static_cast<std::size_t>(i)], grid.at[static_cast<std::size_t>(j)]);
  const Eigen::VectorXd length = system.partialPivLu().solve(Eigen::VectorXd::Ones(n));
  double out = 1.0;
  for (Eigen::Index j = 0; j < n; ++j)
    out += grid.weight[static_cast<std::size_t>(j)] * kernel(0.0, grid.at[static_cast<std::size_t>(j)]) *
           length(j);
  return out;
}

QASCORE_INLINE double cusum_run_length(double k, double h) {
  const detail_chart::nodes grid(0.0, h);
  const auto n = static_cast<Eigen::Index>(grid.at.size());
  // The last unknown is the length from 0, where the sum rests.
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(n + 1, n + 1);
  for (Eigen::Index i = 0; i <= n; ++i) {
    const double from = i < n ? grid.at[static_cast<std::size_t>(i)] : 0.0;
    for (Eigen::Index j = 0; j < n; ++j)
      system(i, j) -= grid.weight[static_cast<std::size_t>(j)] *
                      detail_chart::normal_density(grid.at[static_cast<std::size_t>(j)] - from + k);
    system(i, n) -= normal_cdf(k - from);
  }
  return 0.5 * system.partialPivLu().solve(Eigen::VectorXd::Ones(n + 1))(n);
}

QASCORE_INLINE double ewma_width(double lambda, double run_length) {
  return detail_chart::limit_for(run_length, [&](double width) { return ewma_run_length(lambda, width); });
}

QASCORE_INLINE double cusum_limit(double k, double run_length) {
  return detail_chart::limit_for(run_length, [&](double h) { return cusum_run_length(k, h); });
}

QASCORE_INLINE double run_length(const run_rules& rules, double width) {
  using detail_chart::memory;
  if (!rules.beyond_three && !rules.two_of_three && !rules.four_of_five && !rules.eight_in_row)
    return std::numeric_limits<double>::infinity();
  // A point of each zone stands for all of it.
  std::vector<double> cut{1.0, 2.0, width};
  std::sort(cut.begin(), cut.end());
  std::vector<std::pair<double, double>> zones;
  double from = 0.0;
  for (const double to : cut)
    if (to > from) {
      zones.emplace_back(0.5 * (from + to), normal_cdf(to) - normal_cdf(from));
      from = to;
    }
  zones.emplace_back(from + 1.0, normal_cdf(-from));
  std::map<memory, Eigen::Index> index{{memory{}, 0}};
  std::vector<memory> states{memory{}};
  std::vector<std::vector<std::pair<Eigen::Index, double>>> moves;
  for (std::size_t at = 0; at < states.size(); ++at) {
    moves.emplace_back();
    for (const auto& [z, probability] : zones)
      for (const double side : {-1.0, 1.0}) {
        memory next = states[at];
        if (detail_chart::step(next, side * z, rules, width))
          continue;
        const auto [place, fresh] = index.emplace(next, static_cast<Eigen::Index>(states.size()));
        if (fresh)
          states.push_back(next);
        moves.back().emplace_back(place->second, probability);
      }
  }
  const auto n = static_cast<Eigen::Index>(states.size());
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (const auto& [to, probability] : moves[static_cast<std::size_t>(i)])
      system(i, to) -= probability;
  return system.partialPivLu().solve(Eigen::VectorXd::Ones(n))(0);
}

QASCORE_INLINE ewma_monitor::ewma_monitor(double center, double sd, double lambda, double width)
    : center_{center}, sd_{sd}, lambda_{lambda}, width_{width}, average_{center} {
  if (!std::isfinite(center))
    throw argument_error("center: expected a finite number but found " + detail::format_number(center));
  detail_chart::weight_of_newest(lambda);
  detail_chart::above_zero("sd", sd);
  detail_chart::above_zero("width", width);
}

QASCORE_INLINE chart_point ewma_monitor::push(double value) noexcept {
  chart_point out;
  if (std::isnan(value))
    return out;
  average_ = lambda_ * value + (1.0 - lambda_) * average_;
  left_ *= (1.0 - lambda_) * (1.0 - lambda_);
  const double reach = width_ * sd_ * std::sqrt(lambda_ / (2.0 - lambda_) * (1.0 - left_));
  out.statistic = average_;
  out.low = center_ - reach;
  out.high = center_ + reach;
  out.signal = std::abs(average_ - center_) > reach;
  return out;
}

QASCORE_INLINE control_chart ewma_chart(std::span<const double> values, double center, double sd,
                                        double lambda, double width) {
  detail_chart::weight_of_newest(lambda);
  detail_chart::above_zero("width", width);
  control_chart out;
  out.center = center;
  out.sd = sd;
  detail_chart::state_rate(out, ewma_run_length(lambda, width));
  if (detail_chart::without_spread(out, values.size()))
    return out;
  ewma_monitor monitor(center, sd, lambda, width);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const chart_point point = monitor.push(values[i]);
    out.statistic.push_back(point.statistic);
    out.low.push_back(point.low);
    out.high.push_back(point.high);
    if (point.signal)
      out.signals.push_back(i);
  }
  return out;
}

QASCORE_INLINE control_chart cusum_chart(std::span<const double> values, double center, double sd, double k,
                                         double h) {
  if (!(k >= 0.0) || !std::isfinite(k))
    throw argument_error("k: expected a finite number >= 0 but found " + detail::format_number(k));
  detail_chart::above_zero("h", h);
  control_chart out;
  out.center = center;
  out.sd = sd;
  detail_chart::state_rate(out, cusum_run_length(k, h));
  if (detail_chart::without_spread(out, values.size())) {
    out.second = out.statistic;
    return out;
  }
  double up = 0.0, down = 0.0;
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    const bool gap = std::isnan(values[i]);
    if (!gap) {
      const double z = (values[i] - center) / sd;
      up = std::max(0.0, up + z - k);
      down = std::min(0.0, down + z + k);
      if (up > h || down < -h)
        out.signals.push_back(i);
    }
    out.statistic.push_back(gap ? missing_value : up);
    out.second.push_back(gap ? missing_value : down);
    out.low.push_back(-h);
    out.high.push_back(h);
  }
  return out;
}

QASCORE_INLINE control_chart xbar_chart(std::span<const double> values, std::span<const std::size_t> start,
                                        double center, double sd, double width, chart_sd how,
                                        const run_rules& rules) {
  detail_chart::above_zero("width", width);
  if (!std::isnan(sd))
    detail_chart::above_zero("sd", sd);
  const std::size_t groups = start.empty() ? 0 : start.size() - 1;
  std::vector<double> mean(groups, missing_value), size(groups, 0.0);
  double total = 0.0, spread = 0.0, known = 0.0, squares = 0.0, df = 0.0;
  detail::accurate_sum all;
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<double> own;
    for (std::size_t i = start[g]; i < start[g + 1]; ++i)
      if (!std::isnan(values[i]))
        own.push_back(values[i]);
    const std::size_t n = own.size();
    if (n == 0)
      continue;
    detail::accurate_sum sum;
    for (const double x : own) {
      sum.add(x);
      all.add(x);
    }
    total += static_cast<double>(n);
    size[g] = static_cast<double>(n);
    mean[g] = sum.value() / size[g];
    if (n < 2)
      continue;
    double ss = 0.0;
    for (const double x : own)
      ss += (x - mean[g]) * (x - mean[g]);
    const auto [low, high] = std::minmax_element(own.begin(), own.end());
    spread +=
        how == chart_sd::range ? (*high - *low) / chart_d2(n) : std::sqrt(ss / (size[g] - 1.0)) / chart_c4(n);
    known += 1.0;
    squares += ss;
    df += size[g] - 1.0;
  }
  control_chart out;
  out.center = std::isnan(center) ? (total > 0.0 ? all.value() / total : missing_value) : center;
  out.sd = !std::isnan(sd)           ? sd
           : known == 0.0            ? moving_range_sd(mean)
           : how == chart_sd::pooled ? std::sqrt(squares / df) / chart_c4(static_cast<std::size_t>(df) + 1)
                                     : spread / known;
  detail_chart::state_rate(out, run_length(rules, width));
  if (detail_chart::without_spread(out, groups))
    return out;
  out.statistic = mean;
  std::vector<double> z(groups, missing_value);
  for (std::size_t g = 0; g < groups; ++g) {
    const double error = out.sd / std::sqrt(size[g]);
    out.low.push_back(size[g] > 0.0 ? out.center - width * error : missing_value);
    out.high.push_back(size[g] > 0.0 ? out.center + width * error : missing_value);
    z[g] = size[g] > 0.0 ? (mean[g] - out.center) / error : missing_value;
  }
  out.signals = detail_chart::signals_of(z, rules, width);
  return out;
}

QASCORE_INLINE control_chart p_chart(std::span<const double> count, std::span<const double> size,
                                     double center, double width, const run_rules& rules) {
  detail_chart::above_zero("width", width);
  if (!std::isnan(center) && !(center > 0.0 && center < 1.0))
    throw argument_error("center: expected a fraction between 0 and 1 but found " +
                         detail::format_number(center));
  double hits = 0.0, all = 0.0;
  for (std::size_t g = 0; g < count.size(); ++g) {
    if (!(count[g] >= 0.0 && count[g] <= size[g]) || count[g] != std::floor(count[g]) ||
        size[g] != std::floor(size[g]))
      throw argument_error("count: group " + std::to_string(g) + ": expected a whole number of 0 to " +
                           detail::format_number(size[g]) + " but found " + detail::format_number(count[g]));
    hits += count[g];
    all += size[g];
  }
  control_chart out;
  out.center = std::isnan(center) ? (all > 0.0 ? hits / all : missing_value) : center;
  const double p = out.center;
  out.sd = std::sqrt(p * (1.0 - p));
  if (!(out.sd > 0.0)) {
    out.undefined = all > 0.0 ? "all groups have the share 0 or 1" : "all groups are empty";
    out.statistic.assign(count.size(), missing_value);
    out.low = out.high = out.statistic;
    return out;
  }
  std::vector<double> z(count.size(), missing_value);
  double outside = 0.0, points = 0.0;
  for (std::size_t g = 0; g < count.size(); ++g) {
    if (size[g] == 0.0) {
      for (auto* column : {&out.statistic, &out.low, &out.high})
        column->push_back(missing_value);
      continue;
    }
    const double error = out.sd / std::sqrt(size[g]);
    out.statistic.push_back(count[g] / size[g]);
    out.low.push_back(std::max(0.0, p - width * error));
    out.high.push_back(std::min(1.0, p + width * error));
    z[g] = (count[g] / size[g] - p) / error;
    // Those counts signal whose share is more than `width` errors away.
    const boost::math::binomial_distribution<double> binomial(size[g], p);
    const double below = std::ceil(size[g] * (p - width * error)) - 1.0,
                 above = std::floor(size[g] * (p + width * error));
    outside += below >= 0.0 ? boost::math::cdf(binomial, below) : 0.0;
    outside +=
        above < size[g] ? boost::math::cdf(boost::math::complement(binomial, std::max(0.0, above))) : 0.0;
    points += 1.0;
  }
  out.signals = detail_chart::signals_of(z, rules, width);
  const bool limits_only =
      rules.beyond_three && !rules.two_of_three && !rules.four_of_five && !rules.eight_in_row;
  detail_chart::state_rate(out, limits_only ? points / outside : run_length(rules, width));
  return out;
}

} // namespace qascore::kernel
