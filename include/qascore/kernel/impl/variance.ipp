// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../variance.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace qascore::kernel {
namespace detail_variance {

/// Totals of w_i * u_i by cluster (by unit where there are none), with each cluster's stratum.
struct cluster_totals {
  std::vector<double> total;
  std::vector<std::uint32_t> stratum;
};

inline void check(const design_view& design, std::span<const double> influence) {
  if (influence.size() != design.units)
    throw argument_error("influence: expected " + std::to_string(design.units) +
                         " values, one per unit of the design, but found " + std::to_string(influence.size()));
}

inline cluster_totals totals_of(const design_view& design, std::span<const double> influence) {
  check(design, influence);
  cluster_totals out;
  if (design.cluster.empty()) {
    out.total.resize(design.units);
    out.stratum.resize(design.units);
    for (std::size_t i = 0; i < design.units; ++i) {
      out.total[i] = design.weight_of(i) * influence[i];
      out.stratum[i] = design.stratum_of(i);
    }
    return out;
  }
  out.total.assign(design.clusters, 0.0);
  out.stratum.assign(design.clusters, 0u);
  for (std::size_t i = 0; i < design.units; ++i) {
    const std::uint32_t c = design.cluster[i];
    out.total[c] += design.weight_of(i) * influence[i];
    out.stratum[c] = design.stratum_of(i);
  }
  return out;
}

/// Number of clusters per stratum.
inline std::vector<std::size_t> sizes_of(const design_view& design, const cluster_totals& clusters) {
  std::vector<std::size_t> size(design.strata, 0);
  for (const std::uint32_t h : clusters.stratum)
    ++size[h];
  return size;
}

inline std::vector<double> means_of(const design_view& design, const cluster_totals& clusters,
                                    const std::vector<std::size_t>& size) {
  std::vector<double> mean(design.strata, 0.0);
  for (std::size_t c = 0; c < clusters.total.size(); ++c)
    mean[clusters.stratum[c]] += clusters.total[c];
  for (std::size_t h = 0; h < mean.size(); ++h)
    if (size[h] > 0)
      mean[h] /= static_cast<double>(size[h]);
  return mean;
}

/// Per stratum (1 - n_h/N_h) * n_h/(n_h - 1); for single-unit strata what `design.single` says.
struct stratum_factors {
  std::vector<double> factor;
  std::vector<bool> recentre; ///< single-unit strata measured from the mean of all totals
  double inflation = 1.0;     ///< single_unit::average spreads the mean contribution over the single strata
  std::size_t strata = 0;     ///< strata that hold a unit
  std::size_t clusters = 0;
};

inline stratum_factors factors_of(const design_view& design, const std::vector<std::size_t>& size) {
  stratum_factors out;
  out.factor.assign(design.strata, 0.0);
  out.recentre.assign(design.strata, false);
  std::size_t averaged = 0;
  for (std::size_t h = 0; h < design.strata; ++h) {
    if (size[h] == 0)
      continue;
    ++out.strata;
    out.clusters += size[h];
    const auto n = static_cast<double>(size[h]);
    double rest = 1.0;
    if (!design.population.empty()) {
      if (design.population[h] < n)
        throw design_error("population: stratum " + std::to_string(h) + " holds " +
                           std::to_string(size[h]) + " sampled units but a population of " +
                           std::to_string(design.population[h]));
      rest = 1.0 - n / design.population[h];
    }
    if (rest == 0.0)
      continue; // taken whole: nothing was left to chance
    if (size[h] > 1) {
      out.factor[h] = rest * n / (n - 1.0);
      continue;
    }
    switch (design.single) {
    case single_unit::error:
      throw design_error("single_unit: stratum " + std::to_string(h) +
                         " has one sampled unit, its variance cannot be estimated; choose certainty, average or "
                         "adjust, or merge strata");
    case single_unit::certainty:
      break;
    case single_unit::average:
      ++averaged;
      break;
    case single_unit::adjust:
      out.factor[h] = rest;
      out.recentre[h] = true;
      break;
    }
  }
  if (averaged > 0 && averaged < out.strata)
    out.inflation = static_cast<double>(out.strata) / static_cast<double>(out.strata - averaged);
  return out;
}

} // namespace detail_variance

QASCORE_INLINE design_variance variance_of(const design_view& design, std::span<const double> influence) {
  using namespace detail_variance;
  const cluster_totals clusters = totals_of(design, influence);
  const std::vector<std::size_t> size = sizes_of(design, clusters);
  design_variance out;
  if (clusters.total.size() < 2) {
    out.undefined = "fewer than 2 units: no variance";
    return out;
  }
  const stratum_factors factors = factors_of(design, size);
  const std::vector<double> mean = means_of(design, clusters, size);
  double overall = 0.0;
  for (const double t : clusters.total)
    overall += t;
  overall /= static_cast<double>(clusters.total.size());

  double variance = 0.0;
  for (std::size_t c = 0; c < clusters.total.size(); ++c) {
    const std::uint32_t h = clusters.stratum[c];
    const double d = clusters.total[c] - (factors.recentre[h] ? overall : mean[h]);
    variance += factors.factor[h] * d * d;
  }
  out.variance = variance * factors.inflation;
  out.df = static_cast<double>(factors.clusters) - static_cast<double>(factors.strata);
  return out;
}

QASCORE_INLINE std::vector<double> covariance_of(const design_view& design,
                                                 std::span<const std::span<const double>> influences) {
  using namespace detail_variance;
  const std::size_t k = influences.size();
  std::vector<double> out(k * k, 0.0);
  if (k == 0)
    return out;
  std::vector<cluster_totals> clusters;
  std::vector<std::vector<double>> mean;
  std::vector<double> overall(k, 0.0);
  std::vector<std::size_t> size;
  for (std::size_t a = 0; a < k; ++a) {
    clusters.push_back(totals_of(design, influences[a]));
    if (a == 0)
      size = sizes_of(design, clusters[0]);
    mean.push_back(means_of(design, clusters[a], size));
    for (const double t : clusters[a].total)
      overall[a] += t;
    overall[a] /= static_cast<double>(std::max<std::size_t>(1, clusters[a].total.size()));
  }
  const stratum_factors factors = factors_of(design, size);
  for (std::size_t c = 0; c < clusters[0].total.size(); ++c) {
    const std::uint32_t h = clusters[0].stratum[c];
    for (std::size_t a = 0; a < k; ++a) {
      const double da = clusters[a].total[c] - (factors.recentre[h] ? overall[a] : mean[a][h]);
      for (std::size_t b = 0; b <= a; ++b) {
        const double db = clusters[b].total[c] - (factors.recentre[h] ? overall[b] : mean[b][h]);
        out[a * k + b] += factors.factor[h] * da * db;
      }
    }
  }
  for (std::size_t a = 0; a < k; ++a)
    for (std::size_t b = 0; b <= a; ++b)
      out[b * k + a] = out[a * k + b] *= factors.inflation;
  return out;
}

} // namespace qascore::kernel
