// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "sample_size.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

/// Sample sizes for a mean, a proportion, a domain.
namespace qascore {

/// What a given standard deviation was divided by.
enum class sd_divisor {
  n_minus_1, ///< of a finite population N - 1 (default)
  n
};

/// Exactly one of margin (with sd) and cv (with cv_population).
struct mean_size_options {
  std::optional<double> margin{};        ///< half the width of the interval, in the unit of sd
  std::optional<double> sd{};            ///< standard deviation between conversations
  std::optional<double> cv{};            ///< standard error over the mean
  std::optional<double> cv_population{}; ///< standard deviation over the mean
  sd_divisor divisor = sd_divisor::n_minus_1;
  confidence_level confidence{};
  size_adjustments adjustments{};
};

/// Conversations to draw for a mean: (z sd / margin)^2 or (cv_population / cv)^2, then design effect, finite
/// population, response. For a z interval: the t interval with the sample's own standard deviation comes out
/// about 3 % wider on average with 30 conversations, 12 % with 10. Kernel: kernel/sample_size.hpp.
/// Throws argument_error for options out of range, design_error for more than the population.
inline sample_size sample_size_for_mean(const mean_size_options& options) {
  using namespace detail_size;
  require_one(options.margin.has_value(), options.cv.has_value(), "margin and cv");
  const bool n_divisor = options.divisor == sd_divisor::n;
  sample_size out{.purpose = {}, .method = {}, .confidence = options.confidence};
  if (options.margin) {
    if (!options.sd)
      throw argument_error("sd: expected the standard deviation between conversations, as margin is given");
    require_positive("margin", *options.margin);
    require_positive("sd", *options.sd);
    if (options.cv_population)
      throw argument_error("cv_population: goes only with cv");
    out.purpose = "mean within " + text(*options.margin) + " (" + level_text(options.confidence) + " interval)";
    out.method = "(z sd / margin)^2";
    finish(out, kernel::size_for_mean(*options.margin, *options.sd, z_of(options.confidence)),
           "(z sd / margin)^2 with a standard deviation of " + text(*options.sd) +
               (*options.margin > *options.sd ? "; the margin is wider than that: so few conversations say little of their own "
                                                "spread, and their interval comes out much wider"
                                              : ""),
           options.adjustments, n_divisor);
  } else {
    if (!options.cv_population)
      throw argument_error("cv_population: expected standard deviation over mean, as cv is given");
    require_positive("cv", *options.cv);
    require_positive("cv_population", *options.cv_population);
    if (options.sd)
      throw argument_error("sd: goes only with margin");
    out.purpose = "mean with a coefficient of variation of " + text(*options.cv);
    out.method = "(cv_population / cv)^2";
    finish(out, kernel::size_for_cv(*options.cv, *options.cv_population),
           "(cv_population / cv)^2 with " + text(*options.cv_population) + " between conversations",
           options.adjustments, n_divisor);
  }
  return out;
}

using kernel::proportion_margin;

/// Exactly one of margin and cv.
struct proportion_size_options {
  double proportion;              ///< that is expected, between 0 and 1; 0.5 takes the largest sample
  std::optional<double> margin{}; ///< half the width of the interval, a fraction below 0.5
  std::optional<double> cv{};     ///< standard error over the proportion
  proportion_margin interval = proportion_margin::wilson; ///< for margin
  confidence_level confidence{};
  size_adjustments adjustments{};
};

/// Conversations to draw for a proportion (kernel/sample_size.hpp has the formulas), then design effect,
/// finite population, response. `expected` has the limits that the interval will have if the proportion
/// comes out as expected.
/// Throws argument_error for options out of range, design_error for more than the population.
inline sample_size sample_size_for_proportion(const proportion_size_options& options) {
  using namespace detail_size;
  require_one(options.margin.has_value(), options.cv.has_value(), "margin and cv");
  require_fraction("proportion", options.proportion);
  const double p = options.proportion;
  sample_size out{.purpose = {}, .method = {}, .confidence = options.confidence};
  const std::string expected = "where " + text(p) + " is expected";
  if (options.margin) {
    static constexpr const char* names[] = {"wald", "wilson", "log-odds", "fleiss"};
    require_fraction("margin", *options.margin);
    require(*options.margin < 0.5, "margin", "a fraction below 0.5, half of what there is,", *options.margin);
    const auto found =
        kernel::size_for_proportion(*options.margin, p, z_of(options.confidence), options.interval);
    const std::string name = names[static_cast<std::size_t>(options.interval)];
    out.purpose =
        "proportion within " + text(*options.margin) + " (" + level_text(options.confidence) + " interval)";
    out.method = name + " interval";
    out.expected = found.limits;
    finish(out, found.n, "half the width of the " + name + " interval is the margin " + expected,
           options.adjustments, true);
  } else {
    require_positive("cv", *options.cv);
    out.purpose = "proportion with a coefficient of variation of " + text(*options.cv);
    out.method = "q / (p cv^2)";
    finish(out, kernel::size_for_cv(*options.cv, std::sqrt((1.0 - p) / p)), "q / (p cv^2) " + expected,
           options.adjustments, true);
  }
  return out;
}

enum class domain_target { mean, total };

/// Exactly one of margin (with sd, mean only) and cv (with cv_domain).
struct domain_size_options {
  double share;                      ///< fraction of all conversations that belong to the domain
  std::optional<double> margin{};    ///< half the width of the interval of the domain's mean
  std::optional<double> sd{};        ///< standard deviation within the domain
  std::optional<double> cv{};        ///< standard error over the estimate
  std::optional<double> cv_domain{}; ///< standard deviation over mean, within the domain
  domain_target estimate = domain_target::mean;
  std::optional<double>
      assurance{}; ///< chance to find as many of the domain as it takes; default: on average
  confidence_level confidence{};
  size_adjustments adjustments{};
};

/// Conversations to draw from all, so that those of a domain (an agent, a queue) suffice where the draw
/// does not know the domains: what the domain takes over `share`; for a total (cv_domain^2 + 1 - share) /
/// (share cv^2), as the domain's size is estimated too. With an assurance, as many as give the domain
/// what it takes with that probability (hypergeometric, share times population of them; without a population binomial). Where the domains are known before the draw, make them
/// strata instead: it takes less.
/// Throws argument_error for options out of range, design_error for more than the population.
inline sample_size sample_size_for_domain(const domain_size_options& options) {
  using namespace detail_size;
  require_one(options.margin.has_value(), options.cv.has_value(), "margin and cv");
  require_fraction("share", options.share, true);
  if (options.assurance)
    require_fraction("assurance", *options.assurance);
  sample_size out{.purpose = {}, .method = {}, .confidence = options.confidence};
  const bool total = options.estimate == domain_target::total;
  double in_domain = 0.0;
  if (options.margin) {
    if (!options.sd)
      throw argument_error("sd: expected the standard deviation within the domain, as margin is given");
    if (total)
      throw argument_error("margin: goes only with the estimate mean");
    require_positive("margin", *options.margin);
    require_positive("sd", *options.sd);
    in_domain = kernel::size_for_mean(*options.margin, *options.sd, z_of(options.confidence));
    out.purpose =
        "mean of a domain within " + text(*options.margin) + " (" + level_text(options.confidence) + " interval)";
    out.method = "(z sd / margin)^2 / share";
  } else {
    if (!options.cv_domain)
      throw argument_error("cv_domain: expected standard deviation over mean, as cv is given");
    require_positive("cv", *options.cv);
    require_positive("cv_domain", *options.cv_domain);
    const double spread = *options.cv_domain * *options.cv_domain + (total ? 1.0 - options.share : 0.0);
    in_domain = kernel::size_for_cv(*options.cv, std::sqrt(spread));
    out.purpose = std::string(total ? "total" : "mean") + " of a domain with a coefficient of variation of " +
                  text(*options.cv);
    out.method = total ? "(cv_domain^2 + 1 - share) / (share cv^2)" : "cv_domain^2 / (share cv^2)";
  }
  finish(out, in_domain / options.share,
         text(std::ceil(in_domain * (1.0 - 1e-12))) + " of the domain, which is " + text(options.share) +
             " of all conversations",
         options.adjustments, false, [&](stepper& step) {
           if (!options.assurance)
             return;
           double wanted = up(step.last() * options.share);
           double n = 0.0;
           const auto all = options.adjustments.population;
           // Counts of the domain are whole; beyond 2^32 conversations drawing without replacement makes no difference.
           if (all && *all <= std::numeric_limits<std::uint32_t>::max()) {
             const auto marked = static_cast<std::uint32_t>(
                 std::max(1.0, std::round(options.share * static_cast<double>(*all))));
             wanted = std::min(wanted, static_cast<double>(marked));
             n = kernel::size_for_domain_count(wanted, marked, static_cast<std::uint32_t>(*all),
                                               *options.assurance);
           } else {
             n = kernel::size_for_domain_count(wanted, options.share, *options.assurance);
           }
           step("assurance", n,
                "so that " + text(wanted) + " of the domain are among them with probability " +
                    text(*options.assurance));
         });
  return out;
}

} // namespace qascore
