// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/parallel.hpp"
#include "../../detail/sum.hpp"
#include "../calibration_factors.hpp"
#include "../replicates.hpp"
#include "replicate_stream.hpp"

#include <boost/random/uniform_int_distribution.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace qascore::kernel {

QASCORE_INLINE replicate_weights::replicate_weights(const design_view& design, const replicate_options& options,
                                                    std::span<const double> values)
    : design_{design}, options_{options}, strata_(design.strata) {
  if (options.method == variance_method::bootstrap && !options.seed)
    throw argument_error("seed: the bootstrap needs one, any number: the same gives the same result");
  if (options.method == variance_method::bootstrap && options.replicates < 2)
    throw argument_error("replicates: expected 2 or more but found " + std::to_string(options.replicates));
  if (!design.chance.empty())
    throw argument_error("variance: replicates draw samples of a fixed size again, which a Poisson sample is not: choose "
                         "taylor");
  if (!design.calibration.empty())
    values = {};
  const bool clustered = !design.cluster.empty();
  members_.resize(clustered ? design.clusters : design.units);
  stratum_of_.resize(members_.size());
  for (std::uint32_t i = 0; i < design.units; ++i) {
    if (!values.empty() && is_missing(values[i]))
      continue;
    const std::uint32_t c = clustered ? design.cluster[i] : i;
    if (members_[c].empty()) {
      stratum_of_[c] = design.stratum_of(i);
      strata_[stratum_of_[c]].clusters.push_back(c);
    }
    members_[c].push_back(i);
  }
  double held = 0.0, single = 0.0;
  for (std::size_t h = 0; h < strata_.size(); ++h) {
    stratum_part& s = strata_[h];
    const auto n = static_cast<double>(s.clusters.size());
    if (n == 0.0)
      continue;
    s.rest = design.population.empty() ? 1.0 : 1.0 - n / design.population[h];
    held += 1.0;
    if (n == 1.0 && s.rest > 0.0) {
      single += 1.0;
      possible_ = possible_ && design.single != single_unit::adjust;
    }
    if (n == 1.0 || s.rest == 0.0)
      s.clusters.clear();
    left_out_.insert(left_out_.end(), s.clusters.begin(), s.clusters.end());
  }
  if (single > 0.0 && design.single == single_unit::average)
    scale_ = held / (held - single);
  possible_ = possible_ && (single < held || held == 0.0);
  count_ = options.method == variance_method::jackknife ? left_out_.size() : options.replicates;
}

QASCORE_INLINE double replicate_weights::coefficient(std::size_t replicate) const noexcept {
  if (options_.method == variance_method::bootstrap)
    return scale_ / (static_cast<double>(count_) - 1.0);
  const stratum_part& s = strata_[stratum_of_[left_out_[replicate]]];
  const auto n = static_cast<double>(s.clusters.size());
  return scale_ * s.rest * (n - 1.0) / n;
}

QASCORE_INLINE bool replicate_weights::fill(std::size_t replicate, std::span<double> weight) const {
  const std::span<const calibration_step> steps = design_.calibration;
  const std::span<const double> drawn = steps.empty() ? design_.weight : steps.front().weight;
  for (std::size_t i = 0; i < weight.size(); ++i)
    weight[i] = drawn.empty() ? 1.0 : drawn[i];
  const auto multiply = [&](std::uint32_t cluster, double by) {
    for (const std::uint32_t i : members_[cluster])
      weight[i] *= by;
  };
  if (options_.method == variance_method::jackknife) {
    const std::uint32_t out = left_out_[replicate];
    const stratum_part& s = strata_[stratum_of_[out]];
    const auto n = static_cast<double>(s.clusters.size());
    for (const std::uint32_t c : s.clusters)
      multiply(c, c == out ? 0.0 : n / (n - 1.0));
  } else {
    auto engine = detail_replicates::stream_of(*options_.seed, replicate);
    std::vector<std::uint32_t> times;
    for (const stratum_part& s : strata_) {
      const std::size_t n = s.clusters.size();
      if (n == 0)
        continue;
      times.assign(n, 0);
      boost::random::uniform_int_distribution<std::size_t> pick{0, n - 1};
      for (std::size_t k = 0; k + 1 < n; ++k)
        ++times[pick(engine)];
      const double share = std::sqrt(s.rest);
      const double each = share * static_cast<double>(n) / static_cast<double>(n - 1);
      for (std::size_t c = 0; c < n; ++c)
        multiply(s.clusters[c], 1.0 - share + each * times[c]);
    }
  }
  for (std::size_t s = 0; s < steps.size(); ++s) {
    const bool trimming = steps[s].cell.empty() && steps[s].columns == 0;
    const std::span<const double> after = s + 1 < steps.size() ? steps[s + 1].weight : design_.weight;
    const calibration_factors again = trimming ? calibration_factors{} : factors_of(steps[s], weight);
    if (!trimming && !again.reached)
      return false;
    for (std::size_t i = 0; i < weight.size(); ++i)
      weight[i] *= trimming ? after[i] / steps[s].weight[i] : again.factor[i];
  }
  return true;
}

QASCORE_INLINE std::vector<double> variances_of(const replicate_weights& replicates, std::span<const double> values,
                                                std::size_t width) {
  const std::size_t count = replicates.count();
  std::vector<double> out(width, missing_value);
  if (!replicates.possible())
    return out;
  for (std::size_t j = 0; j < width; ++j) {
    detail::accurate_sum sum, squares;
    for (std::size_t r = 0; r < count; ++r)
      sum.add(values[r * width + j]);
    const double centre = count == 0 ? 0.0 : sum.value() / static_cast<double>(count);
    for (std::size_t r = 0; r < count; ++r) {
      const double d = values[r * width + j] - centre;
      squares.add(replicates.coefficient(r) * d * d);
    }
    out[j] = squares.value();
  }
  return out;
}

QASCORE_INLINE std::vector<double>
replicate_variances(const design_view& design, const replicate_options& options,
                    std::span<const double> values, std::size_t width,
                    const std::function<void(const design_view&, std::span<double>)>& f) {
  const replicate_weights replicates(design, options, values);
  std::vector<double> found(replicates.count() * width, missing_value);
  detail::for_each_part(options.threads, replicates.count(),
                        [&](std::size_t, std::size_t first, std::size_t last) {
                          std::vector<double> weight(design.units);
                          design_view view = design;
                          view.weight = weight;
                          view.calibration = {};
                          for (std::size_t r = first; r < last; ++r)
                            if (replicates.fill(r, weight))
                              f(view, std::span<double>(found).subspan(r * width, width));
                        });
  return variances_of(replicates, found, width);
}

QASCORE_INLINE std::string_view name_of(std::string_view method, variance_method how) {
  struct names {
    std::string_view taylor, jackknife, bootstrap;
  };
  static constexpr std::array<names, 10> known{
      {{"mean, sample design", "mean, sample design, jackknife", "mean, sample design, bootstrap"},
       {"mean, independent rows", "mean, independent rows, jackknife", "mean, independent rows, bootstrap"},
       {"total, sample design", "total, sample design, jackknife", "total, sample design, bootstrap"},
       {"total, independent rows", "total, independent rows, jackknife", "total, independent rows, bootstrap"},
       {"ratio, sample design", "ratio, sample design, jackknife", "ratio, sample design, bootstrap"},
       {"ratio, independent rows", "ratio, independent rows, jackknife", "ratio, independent rows, bootstrap"},
       {"variance, sample design", "variance, sample design, jackknife", "variance, sample design, bootstrap"},
       {"variance, independent rows", "variance, independent rows, jackknife", "variance, independent rows, bootstrap"},
       {"proportion, sample design", "proportion, sample design, jackknife", "proportion, sample design, bootstrap"},
       {"proportion, independent rows", "proportion, independent rows, jackknife",
        "proportion, independent rows, bootstrap"}}};
  for (const names& one : known)
    if (one.taylor == method)
      return how == variance_method::jackknife   ? one.jackknife
             : how == variance_method::bootstrap ? one.bootstrap
                                                 : one.taylor;
  return method;
}

QASCORE_INLINE replicated_design::replicated_design(const design_view& design, const domain_view& domain,
                                                    std::span<const double> values)
    : view_{design}, values_(values.begin(), values.end()) {
  if (!is_independent(design) || domain.code.empty())
    return;
  stratum_.assign(domain.code.begin(), domain.code.end());
  values_.resize(design.units, 0.0);
  for (std::size_t i = 0; i < stratum_.size(); ++i)
    if (is_missing(stratum_[i])) {
      stratum_[i] = 0;
      values_[i] = missing_value;
    }
  view_.stratum = stratum_;
  view_.strata = domain.count;
  view_.single = single_unit::certainty;
}

} // namespace qascore::kernel
