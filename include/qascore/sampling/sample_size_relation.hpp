// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "sample_size.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Sample sizes for what two samples, two variables or two raters have to do with each other.
namespace qascore {

/// The distribution that a test of a difference goes by.
enum class size_test {
  t, ///< of the test that will be made (default)
  z  ///< the normal one of large samples, as some programs have it: one or two units less
};

/// Exactly one of margin (an interval) and difference (a test).
struct difference_size_options {
  double sd;                          ///< standard deviation between conversations in the first period
  std::optional<double> sd_second{};  ///< in the second; default: the same
  std::optional<double> margin{};     ///< half the width of the interval of the difference
  std::optional<double> difference{}; ///< that a test is to find with probability `power`
  double power = 0.8;
  int sides = 2;                 ///< of the test
  size_test test = size_test::t;
  double overlap = 0.0;          ///< fraction of the first sample that is in the second as well
  double correlation = 0.0;      ///< of a unit in both with itself
  double ratio = 1.0;            ///< size of the first sample over that of the second
  confidence_level confidence{}; ///< of the interval, or 1 minus the size of the test
  double design_effect = 1.0;
  double response_rate = 1.0;
  size_rounding rounding = size_rounding::once;
};

/// Conversations to draw in each of two periods for the difference of their means; units that are in both
/// (the same agents, the same customers) and agree with themselves make it smaller. Formula:
/// kernel/sample_size.hpp. Populations are taken as large. Throws argument_error for options out of range.
inline sample_size sample_size_for_difference(const difference_size_options& options) {
  using namespace detail_size;
  require_one(options.margin.has_value(), options.difference.has_value(), "margin and difference");
  require_positive("sd", options.sd);
  const double second = options.sd_second.value_or(options.sd);
  require_positive("sd_second", second);
  require_positive("ratio", options.ratio);
  require(options.overlap >= 0.0 && options.overlap <= 1.0, "overlap", "a fraction from 0 to 1",
          options.overlap);
  require(options.overlap * options.ratio <= 1.0, "overlap",
          "at most 1 / ratio, as what is common cannot be more than the second sample,", options.overlap);
  require(std::abs(options.correlation) <= 1.0, "correlation", "a number from -1 to 1", options.correlation);
  if (options.sides != 1 && options.sides != 2)
    throw argument_error("sides: expected 1 or 2 but found " + std::to_string(options.sides));
  const double unit = kernel::size_for_difference(options.sd * options.sd, second * second, options.overlap,
                                                  options.ratio, options.correlation);
  require(unit > 0.0, "correlation", "one that leaves the difference a variance, which would be > 0,", unit);
  sample_size out{.purpose = {}, .method = {}, .confidence = options.confidence};
  double initial = 0.0;
  if (options.margin) {
    require_positive("margin", *options.margin);
    initial = unit * std::pow(z_of(options.confidence) / *options.margin, 2.0);
    out.purpose = "difference of two means within " + text(*options.margin) + " (" +
                  level_text(options.confidence) + " interval)";
    out.method = "z^2 V / margin^2";
  } else {
    require_positive("difference", *options.difference);
    require_fraction("power", options.power);
    const double alpha = 1.0 - options.confidence.value();
    const bool normal = options.test == size_test::z;
    initial = normal ? unit * std::pow((kernel::normal_quantile(1.0 - alpha / options.sides) +
                                        kernel::normal_quantile(options.power)) /
                                           *options.difference,
                                       2.0)
                     : kernel::size_for_difference_test(
                           options.sd * options.sd, second * second, options.overlap, options.ratio,
                           options.correlation, *options.difference, alpha, options.power, options.sides);
    out.purpose = "finding a difference of " + text(*options.difference) + " of two means with power " +
                  text(options.power) + " (test of size " + test_size(options.confidence) + ", " +
                  std::to_string(options.sides) + (options.sides == 1 ? " side)" : " sides)");
    out.method = normal ? "(z_alpha + z_beta)^2 V / difference^2" : "power of the t test, noncentral t";
  }
  const size_adjustments with{.population = {},
                              .design_effect = options.design_effect,
                              .response_rate = options.response_rate,
                              .rounding = options.rounding};
  finish(out, initial,
         options.overlap == 0.0
             ? "two samples without common units"
             : text(100.0 * options.overlap) + "% of the first sample are in the second, correlated " +
                   text(options.correlation),
         with, false);
  out.n_second = static_cast<std::uint64_t>(up(out.steps.back().n / options.ratio));
  return out;
}

enum class size_correlation { pearson, spearman };

/// Exactly one of margin (an interval) and power (a test of no correlation).
struct correlation_size_options {
  double correlation; ///< that is expected
  std::optional<double> margin{};
  std::optional<double> power{};
  int sides = 2;                                       ///< of the test
  size_correlation method = size_correlation::pearson; ///< spearman: for margin
  confidence_level confidence{};
  size_adjustments adjustments{};
};

/// Conversations to draw for a correlation. Throws argument_error for options out of range, design_error
/// for more than the population.
inline sample_size sample_size_for_correlation(const correlation_size_options& options) {
  using namespace detail_size;
  require_one(options.margin.has_value(), options.power.has_value(), "margin and power");
  const double r = options.correlation;
  require(std::abs(r) < 1.0, "correlation", "a number between -1 and 1", r);
  sample_size out{.purpose = {}, .method = {}, .confidence = options.confidence};
  const std::string expected = "where " + text(r) + " is expected";
  if (options.margin) {
    require_fraction("margin", *options.margin);
    const bool ranks = options.method == size_correlation::spearman;
    const auto found = kernel::size_for_correlation(r, *options.margin, z_of(options.confidence), ranks);
    out.purpose =
        "correlation within " + text(*options.margin) + " (" + level_text(options.confidence) + " interval)";
    out.method = ranks ? "Fisher's z with the Bonett-Wright factor for ranks" : "Fisher's z";
    out.expected = found.limits;
    finish(out, found.n, "half the width of the interval is the margin " + expected, options.adjustments,
           false);
  } else {
    require_fraction("power", *options.power);
    require(r != 0.0, "correlation", "a number other than 0, which no test of 0 can find,", r);
    if (options.sides != 1 && options.sides != 2)
      throw argument_error("sides: expected 1 or 2 but found " + std::to_string(options.sides));
    if (options.method == size_correlation::spearman)
      throw argument_error("method: spearman goes only with margin");
    const double alpha = 1.0 - options.confidence.value();
    const double n = kernel::size_for_correlation_test(r, alpha, *options.power, options.sides);
    out.purpose = "finding a correlation of " + text(r) + " with power " + text(*options.power) +
                  " (test of size " + test_size(options.confidence) + ", " + std::to_string(options.sides) +
                  (options.sides == 1 ? " side)" : " sides)");
    out.method = "Fisher's z against the critical value of the t test";
    finish(out, n, "power of the t test of no correlation " + expected, options.adjustments, false);
  }
  return out;
}

/// Interval of Cohen's kappa of two raters.
struct kappa_size_options {
  double kappa;                        ///< that is expected
  double margin;                       ///< half the width of the interval
  std::vector<double> shares;          ///< fraction of each category; both raters alike, unless:
  std::vector<double> second_shares{}; ///< of the second rater, for two categories
  confidence_level confidence{};
  size_adjustments adjustments{};
};

namespace detail_size {

inline void check_shares(const char* argument, const std::vector<double>& shares) {
  require(shares.size() >= 2, argument, "one share for each of at least two categories",
          static_cast<double>(shares.size()));
  double sum = 0.0;
  for (const double share : shares) {
    require_fraction(argument, share);
    sum += share;
  }
  require(std::abs(sum - 1.0) < 1e-9, argument, "shares that add up to 1", sum);
}

/// Probabilities of two raters' answers. Alike: a unit is agreed on with probability kappa, else the
/// raters answer independently. Two categories: the one table with those margins and that kappa.
inline std::vector<double> kappa_table(const kappa_size_options& options) {
  const std::vector<double>& a = options.shares;
  const std::size_t k = a.size();
  std::vector<double> table(k * k);
  if (options.second_shares.empty()) {
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j)
        table[i * k + j] = (1.0 - options.kappa) * a[i] * a[j] + (i == j ? options.kappa * a[i] : 0.0);
  } else {
    const std::vector<double>& b = options.second_shares;
    if (k != 2 || b.size() != 2)
      throw argument_error("second_shares: goes only with two categories");
    const double pe = a[0] * b[0] + a[1] * b[1], po = options.kappa * (1.0 - pe) + pe;
    const double both = 0.5 * (po - 1.0 + a[0] + b[0]);
    table = {both, a[0] - both, b[0] - both, 1.0 - a[0] - b[0] + both};
  }
  for (const double p : table)
    if (p < -1e-12)
      throw argument_error("kappa: " + text(options.kappa) +
                           " cannot be with these shares: a combination of answers "
                           "would have the probability " +
                           text(p));
  return table;
}

} // namespace detail_size

/// Conversations that two raters both rate, for the interval of Cohen's kappa. Two raters; the
/// large-sample variance of Fleiss, Cohen and Everitt (kernel/sample_size.hpp), categories unweighted.
/// Throws argument_error for options out of range or a kappa that the shares do not allow, design_error
/// for more than the population.
inline sample_size sample_size_for_kappa(const kappa_size_options& options) {
  using namespace detail_size;
  require(options.kappa > -1.0 && options.kappa < 1.0, "kappa", "a number between -1 and 1", options.kappa);
  require_fraction("margin", options.margin);
  check_shares("shares", options.shares);
  if (!options.second_shares.empty())
    check_shares("second_shares", options.second_shares);
  const std::vector<double> table = kappa_table(options);
  const double z = z_of(options.confidence);
  sample_size out{.purpose = "kappa of two raters within " + text(options.margin) + " (" +
                             level_text(options.confidence) + " interval)",
                  .method = "large-sample variance of Fleiss, Cohen and Everitt",
                  .confidence = options.confidence};
  out.expected = interval{options.kappa - options.margin, options.kappa + options.margin};
  const double unit = kernel::kappa_unit_variance(table, options.shares.size());
  finish(out, kernel::size_for_mean(options.margin, std::sqrt(unit), z),
         "(z / margin)^2 times the variance per conversation where a kappa of " + text(options.kappa) +
             " is expected",
         options.adjustments, false);
  return out;
}

} // namespace qascore
