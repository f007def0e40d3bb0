// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../../detail/parallel.hpp"
#include "../agreement_resampling.hpp"
#include "../bootstrap_limits.hpp"
#include "../counter_stream.hpp"
#include "../distribution.hpp"
#include "../replicates.hpp"
#include "alpha_replicates.hpp"

#include <boost/random/binomial_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace qascore::kernel {
namespace detail_resampling {

inline constexpr double most_of_a_jackknife = 5e9; ///< ratings read in all: a minute or less

/// Draws n of n units with replacement, as numbers of units by profile.
class unit_draws {
public:
  unit_draws(const rating_view& ratings, std::size_t least) {
    for (std::uint32_t p = 0; p < ratings.profiles(); ++p)
      if (ratings.count(p) >= least && ratings.multiplicity[p] > 0.0) {
        profile_.push_back(p);
        units_.push_back(static_cast<std::int64_t>(ratings.multiplicity[p]));
        total_ += units_.back();
      }
    constexpr std::int64_t much =
        8; // a binomial number costs about as much as so many units drawn one by one
    by_profile_ = static_cast<std::int64_t>(profile_.size()) * much <= total_;
    if (!by_profile_)
      for (std::size_t k = 0; k < profile_.size(); ++k)
        unit_.insert(unit_.end(), static_cast<std::size_t>(units_[k]), profile_[k]);
  }

  std::size_t units() const noexcept { return static_cast<std::size_t>(total_); }

  /// `count`: by profile; those that take no part stay 0.
  void draw(counter_stream& stream, std::vector<double>& count) const {
    if (!by_profile_) {
      std::ranges::fill(count, 0.0);
      for (std::size_t i = 0; i < unit_.size(); ++i)
        count[unit_[stream.below(unit_.size())]] += 1.0;
      return;
    }
    // The units of the first profile are binomial, those of the next binomial among what is left, and so on.
    std::int64_t left = total_, among = total_;
    for (std::size_t k = 0; k < profile_.size(); ++k) {
      std::int64_t drawn = left;
      if (units_[k] < among) {
        boost::random::binomial_distribution<std::int64_t> chance(left, static_cast<double>(units_[k]) /
                                                                            static_cast<double>(among));
        drawn = left > 0 ? chance(stream) : 0;
      }
      count[profile_[k]] = static_cast<double>(drawn);
      left -= drawn;
      among -= units_[k];
    }
  }

private:
  std::vector<std::uint32_t> profile_, unit_;
  std::vector<std::int64_t> units_;
  std::int64_t total_ = 0;
  bool by_profile_ = false;
};

/// Skewness of the influence totals by unit, or by cluster of the design: what BCa calls the acceleration.
inline double acceleration(const rating_view& ratings, const linearised_agreement& of,
                           const design_view* design) {
  double squares = 0.0, cubes = 0.0;
  const auto add = [&](double t, double times) {
    squares += times * t * t;
    cubes += times * t * t * t;
  };
  if (design == nullptr) {
    for (std::size_t p = 0; p < ratings.profiles(); ++p)
      add(of.influence[p], ratings.multiplicity[p]);
  } else {
    std::vector<double> total(design->cluster.empty() ? design->units : design->clusters, 0.0);
    for (std::size_t u = 0; u < ratings.units; ++u)
      total[design->cluster.empty() ? u : design->cluster[u]] +=
          design->weight_of(u) * of.influence[ratings.profile_of(u)];
    for (const double t : total)
      add(t, 1.0);
  }
  return squares > 0.0 ? cubes / (6.0 * squares * std::sqrt(squares)) : 0.0;
}

/// The coefficient under other numbers of units; NaN where it is undefined. Alpha is computed without influence values,
/// because it is the coefficient of scores: as many profiles as units.
class replicate_value {
public:
  replicate_value(const rating_view& ratings, const agreement_measure& measure)
      : ratings_{ratings}, measure_{measure} {
    if (!measure.coefficient)
      alpha_.emplace(ratings, measure);
  }

  double operator()(const profile_weights& by) const {
    return alpha_ ? (*alpha_)(by.weight, by.units) : measure_by_profile(ratings_, measure_, by).value;
  }

  /// Alpha, where it is known without a unit from sums over all of them.
  const alpha_replicates* by_moments() const noexcept {
    return alpha_ && alpha_->has_moments() ? &*alpha_ : nullptr;
  }

private:
  const rating_view& ratings_;
  const agreement_measure& measure_;
  std::optional<alpha_replicates> alpha_;
};

/// The coefficient from replicates of the units; NaN where it is undefined.
inline std::vector<double> replicate_values(const rating_view& ratings, const agreement_measure& measure,
                                            const resampling_options& options, const design_view* design,
                                            const profile_weights& whole) {
  std::vector<double> found(options.replicates, missing_value);
  const std::size_t least = least_ratings(measure);
  const replicate_value value(ratings, measure);
  if (design == nullptr) {
    const unit_draws draws(ratings, least);
    qascore::detail::for_each_part(options.threads, found.size(),
                                   [&](std::size_t, std::size_t first, std::size_t last) {
                                     profile_weights by{std::vector<double>(ratings.profiles(), 0.0), {}};
                                     for (std::size_t r = first; r < last; ++r) {
                                       counter_stream stream(*options.seed, r);
                                       draws.draw(stream, by.weight);
                                       by.units = by.weight;
                                       found[r] = value(by);
                                     }
                                   });
    return found;
  }
  std::vector<double> present(ratings.units, 0.0);
  for (std::size_t u = 0; u < present.size(); ++u)
    if (ratings.count(ratings.profile_of(u)) < least)
      present[u] = missing_value;
  const replicate_options how{variance_method::bootstrap, options.replicates, options.seed, options.threads};
  const replicate_weights replicates(*design, how, present);
  if (!replicates.possible())
    return found;
  qascore::detail::for_each_part(
      options.threads, found.size(), [&](std::size_t, std::size_t first, std::size_t last) {
        std::vector<double> weight(design->units);
        for (std::size_t r = first; r < last; ++r)
          if (replicates.fill(r, weight)) {
            profile_weights by = weights_of(ratings, weight);
            by.units = whole.units; // as many ratings as were made, also where clusters got no weight
            found[r] = value(by);
          }
      });
  return found;
}

inline void finish_bootstrap(resampled_agreement& out, std::vector<double> values,
                             const resampling_options& options, double skew) {
  const bootstrap_summary found = summarise_replicates(out.value, std::move(values), options.confidence,
                                                       options.method == resampling_method::bca, skew);
  out.replicates = found.replicates;
  out.undefined_replicates = found.undefined_replicates;
  out.undefined = found.undefined;
  out.bias = found.bias;
  out.corrected = out.value - out.bias;
  out.std_error = found.std_error;
  out.df = is_missing(found.std_error) ? missing_value : std::numeric_limits<double>::infinity();
  out.low = found.low;
  out.high = found.high;
}

/// The coefficient without one unit of each profile that takes part; NaN for others, and where it is undefined.
inline std::vector<double> values_without(const rating_view& ratings, const agreement_measure& measure,
                                          const profile_weights& whole, unsigned threads) {
  const std::size_t least = least_ratings(measure), profiles = ratings.profiles();
  std::vector<double> out(profiles, missing_value);
  const auto takes_part = [&](std::size_t p) {
    return ratings.count(p) >= least && ratings.multiplicity[p] > 0.0;
  };
  const replicate_value value(ratings, measure);
  if (const alpha_replicates* alpha = value.by_moments()) {
    const auto all = alpha->moments_of(whole.weight, whole.units);
    for (std::size_t p = 0; p < profiles; ++p)
      if (takes_part(p))
        out[p] = alpha->without(all, p);
    return out;
  }
  if (static_cast<double>(profiles) * static_cast<double>(ratings.code.size()) > most_of_a_jackknife)
    throw argument_error("method: the jackknife computes this coefficient anew without each of " +
                         std::to_string(profiles) + " units that were rated differently, each time from " +
                         std::to_string(ratings.code.size()) + " ratings; expected at most " +
                         detail::format_number(most_of_a_jackknife) +
                         " ratings in all; take the standard error from influence values (the default of the "
                         "coefficient), which it "
                         "repeats, or percentile or bca");
  qascore::detail::for_each_part(threads, profiles, [&](std::size_t, std::size_t first, std::size_t last) {
    profile_weights by = whole;
    for (std::size_t p = first; p < last; ++p)
      if (takes_part(p)) {
        by.weight[p] = by.units[p] = whole.weight[p] - 1.0;
        out[p] = value(by);
        by.weight[p] = by.units[p] = whole.weight[p];
      }
  });
  return out;
}

inline void finish_jackknife(resampled_agreement& out, const rating_view& ratings,
                             const agreement_measure& measure, const profile_weights& whole,
                             const resampling_options& options) {
  const std::size_t least = least_ratings(measure), profiles = ratings.profiles();
  const std::vector<double> without = values_without(ratings, measure, whole, options.threads);
  double n = 0.0, mean = 0.0, squares = 0.0;
  for (std::size_t p = 0; p < profiles; ++p) {
    if (ratings.count(p) < least || !(ratings.multiplicity[p] > 0.0))
      continue;
    n += ratings.multiplicity[p];
    out.undefined_replicates +=
        std::isnan(without[p]) ? static_cast<std::size_t>(ratings.multiplicity[p]) : 0u;
    mean += ratings.multiplicity[p] * (without[p] - out.value);
  }
  out.replicates = static_cast<std::size_t>(n) - out.undefined_replicates;
  if (n < 2.0 || out.undefined_replicates > 0) {
    out.undefined =
        n < 2.0 ? "fewer than 2 units: no variance" : "without one of the units the coefficient is undefined";
    return;
  }
  mean /= n;
  for (std::size_t p = 0; p < profiles; ++p)
    if (ratings.count(p) >= least) {
      const double d = without[p] - out.value - mean;
      squares += ratings.multiplicity[p] > 0.0 ? ratings.multiplicity[p] * d * d : 0.0;
    }
  out.bias = (n - 1.0) * mean;
  out.corrected = out.value - out.bias;
  design_variance spread{
      .variance = (n - 1.0) / n * squares, .df = n - 1.0, .undefined = {}, .census = false};
  spread.limit_df(measure_by_profile(ratings, measure, whole).limit);
  inference_options inference;
  inference.confidence = options.confidence;
  inference.normal = options.normal;
  inference.upper_bound = 1.0;
  const estimate about = infer(out.corrected, spread, inference);
  out.std_error = about.std_error;
  out.df = about.df;
  out.low = about.low;
  out.high = about.high;
  out.undefined = about.undefined;
}

inline std::string_view name_of(resampling_method method, bool normal) noexcept {
  switch (method) {
  case resampling_method::percentile:
    return "bootstrap, percentile";
  case resampling_method::bca:
    return "bootstrap, BCa";
  case resampling_method::jackknife:
    return normal ? "jackknife, normal" : "jackknife, t";
  }
  return "";
}

} // namespace detail_resampling

QASCORE_INLINE resampled_agreement resample_agreement(const rating_view& ratings,
                                                      const agreement_measure& measure,
                                                      const resampling_options& options,
                                                      const design_view* design) {
  using namespace detail_resampling;
  const bool jackknife = options.method == resampling_method::jackknife;
  if (!jackknife && !options.seed)
    throw argument_error("seed: the bootstrap needs one, any number: the same gives the same result");
  if (!jackknife && options.replicates < 2)
    throw argument_error("replicates: expected 2 or more but found " + std::to_string(options.replicates));
  if (jackknife && !is_simple_random(design))
    throw argument_error(
        "method: the jackknife leaves out single units of a simple random sample, but the design has "
        "strata, clusters or unequal weights; choose percentile or bca, or the standard error from "
        "influence values");
  if (jackknife)
    design = nullptr;
  const rating_columns folded = needs_raters(measure) ? rating_columns{} : without_raters(ratings);
  const rating_view view = needs_raters(measure) ? ratings : folded.view();
  resampled_agreement out;
  agreement_options plain;
  plain.confidence = options.confidence;
  static_cast<agreement_result&>(out) = agreement(ratings, measure, plain, design);
  out.interval_method = name_of(options.method, options.normal);
  out.std_error = out.low = out.high = out.df = missing_value;
  out.test = {};
  if (!out.is_defined())
    return out;
  out.undefined.clear();
  const profile_weights whole = weights_of(view, unit_weights(view, design));
  if (jackknife) {
    finish_jackknife(out, view, measure, whole, options);
    return out;
  }
  const double skew = options.method == resampling_method::bca
                          ? acceleration(view, measure_by_profile(view, measure, whole), design)
                          : 0.0;
  finish_bootstrap(out, replicate_values(view, measure, options, design, whole), options, skew);
  return out;
}

} // namespace qascore::kernel
