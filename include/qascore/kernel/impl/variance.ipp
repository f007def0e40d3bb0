// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../auxiliaries.hpp"
#include "../variance.hpp"
#include "covariance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace qascore::kernel {
namespace detail_variance {

inline void check_length(const design_view& design, std::span<const double> influence) {
  if (influence.size() != design.units)
    throw argument_error("influence: expected " + std::to_string(design.units) +
                         " values, one per unit of the design, but found " +
                         std::to_string(influence.size()));
}

/// 1 - n/N of a stratum with n sampled clusters.
inline double rest_of(const design_view& design, std::size_t stratum, std::size_t size) {
  if (design.population.empty())
    return 1.0;
  const auto n = static_cast<double>(size);
  if (design.population[stratum] < n)
    throw design_error("population: stratum " + std::to_string(stratum) + " holds " + std::to_string(size) +
                       " sampled units but a population of " +
                       detail::format_number(design.population[stratum]));
  return 1.0 - n / design.population[stratum];
}

inline design_error single_unit_error(std::size_t stratum) {
  return design_error("single_unit: stratum " + std::to_string(stratum) +
                      " has one sampled unit, its variance cannot be estimated; choose certainty, average or "
                      "adjust, or merge strata");
}

} // namespace detail_variance

QASCORE_INLINE variance_engine::variance_engine(const design_view& design, std::span<const double> values)
    : design_{design}, strata_(design.strata), clusters_(design.cluster.empty() ? 0 : design.clusters) {
  using namespace detail_variance;
  if (!design.calibration.empty())
    values = {};
  if (!values.empty())
    check_length(design, values);
  bool gaps = false;
  std::vector<char> seen(clusters_.size(), 0);
  for (std::size_t i = 0; i < design.units; ++i) {
    if (!values.empty() && is_missing(values[i])) {
      gaps = true;
      continue;
    }
    const std::uint32_t h = design.stratum_of(i);
    if (!clusters_.empty()) {
      clusters_[design.cluster[i]].stratum = h;
      if (!design.chance.empty())
        clusters_[design.cluster[i]].rest = 1.0 - design.chance[i];
      if (std::exchange(seen[design.cluster[i]], char{1}) != 0)
        continue;
    }
    ++strata_[h].size;
    ++cluster_count_;
  }
  weigh_strata(gaps);
}

QASCORE_INLINE variance_engine::variance_engine(const design_view& design, std::span<const std::size_t> sizes,
                                                std::size_t without)
    : design_{design}, strata_(design.strata) {
  for (std::size_t h = 0; h < sizes.size(); ++h) {
    strata_[h].size = sizes[h];
    cluster_count_ += sizes[h];
  }
  weigh_strata(without > 0);
}

QASCORE_INLINE void variance_engine::weigh_strata(bool gaps) {
  using namespace detail_variance;
  if (!design_.chance.empty())
    return; // strata say nothing about variances
  for (std::size_t h = 0; h < strata_.size(); ++h) {
    stratum_part& s = strata_[h];
    if (s.size == 0)
      continue;
    s.rest = rest_of(design_, h, s.size);
    if (s.rest == 0.0)
      continue;
    if (s.size > 1) {
      const auto n = static_cast<double>(s.size);
      s.factor = s.rest * n / (n - 1.0);
      continue;
    }
    // One unit in all is answered by `undefined`, not by an exception.
    if (design_.single == single_unit::error && cluster_count_ > 1) {
      if (!gaps)
        throw single_unit_error(h);
      s.refused = true;
    }
    s.single = design_.single == single_unit::certainty || design_.single == single_unit::average;
    if (design_.single == single_unit::adjust) {
      s.factor = s.rest;
      s.recentre = true;
      recentred_rest_ += s.rest;
    }
  }
}

QASCORE_INLINE design_variance variance_engine::poisson_variance(double variance, std::size_t count, std::size_t left) {
  design_variance out;
  out.census = left == 0 && count > 0;
  if (left < 2 && !out.census) {
    out.undefined = "fewer than 2 units that were left to chance: no variance";
  } else {
    out.variance = variance;
    out.df = static_cast<double>(out.census ? count : left) - 1.0;
  }
  return out;
}

template <class Row>
design_variance variance_engine::compute_poisson(std::size_t count, Row row,
                                                 std::span<const double> influence) {
  detail::accurate_sum variance;
  std::size_t left = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const double total = drawn_weight_of(row(k)) * influence[k];
    const double rest = rest_of_unit(row(k));
    left += rest > 0.0;
    variance.add(rest * total * total);
  }
  return poisson_variance(variance.value(), count, left);
}

QASCORE_INLINE void variance_engine::add_to_cluster(std::uint32_t cluster, double total) {
  cluster_part& c = clusters_[cluster];
  if (!std::exchange(c.touched, true))
    touched_clusters_.push_back(cluster);
  c.total.add(total);
}

QASCORE_INLINE design_variance variance_engine::of_touched_clusters() {
  const auto total_of = [&](std::uint32_t c) { return clusters_[c].total.value(); };
  const std::size_t touched = touched_clusters_.size();
  design_variance out;
  if (!design_.chance.empty()) {
    detail::accurate_sum variance;
    std::size_t left = 0;
    for (const std::uint32_t c : touched_clusters_) {
      left += clusters_[c].rest > 0.0;
      variance.add(clusters_[c].rest * total_of(c) * total_of(c));
    }
    out = poisson_variance(variance.value(), touched, left);
  } else {
    for (const std::uint32_t c : touched_clusters_) {
      stratum_part& s = strata_[clusters_[c].stratum];
      if (s.touched++ == 0)
        touched_strata_.push_back(clusters_[c].stratum);
      s.sum.add(total_of(c));
    }
    const double overall = centre_strata(touched);
    for (const std::uint32_t c : touched_clusters_) {
      stratum_part& s = strata_[clusters_[c].stratum];
      const double d = total_of(c) - s.mean;
      s.squares.add(d * d);
    }
    out = combine_strata(touched, overall);
  }
  for (const std::uint32_t c : touched_clusters_) {
    clusters_[c].touched = false;
    clusters_[c].total = {};
  }
  touched_clusters_.clear();
  return out;
}

QASCORE_INLINE double variance_engine::centre_strata(std::size_t touched) {
  const bool alone = is_independent(design_); // the rows are the design
  detail::accurate_sum everything;
  for (const std::uint32_t h : touched_strata_)
    everything.add(strata_[h].sum.value());
  const double overall = everything.value() / static_cast<double>(alone ? touched : cluster_count_);
  for (const std::uint32_t h : touched_strata_) {
    stratum_part& s = strata_[h];
    s.mean = s.recentre ? overall : s.sum.value() / static_cast<double>(alone ? touched : s.size);
  }
  return overall;
}

QASCORE_INLINE design_variance variance_engine::combine_strata(std::size_t touched, double overall) {
  const bool alone = is_independent(design_);
  detail::accurate_sum variance;
  bool census = true;
  double untouched_rest = recentred_rest_;
  std::size_t single = 0, spread = 0; // strata of one unit; strata that show a variance
  bool refused = false;
  for (const std::uint32_t h : touched_strata_) {
    const stratum_part& s = strata_[h];
    census = census && s.rest == 0.0;
    single += s.single;
    spread += s.factor > 0.0;
    refused = refused || s.refused;
    if (s.recentre)
      untouched_rest -= s.rest;
    const auto size = static_cast<double>(alone ? touched : s.size);
    const double factor = alone && touched > 1 ? size / (size - 1.0) : s.factor;
    const double zeros = (size - static_cast<double>(s.touched)) * s.mean * s.mean; // those without a row
    variance.add(factor * (s.squares.value() + zeros));
  }
  variance.add(std::max(0.0, untouched_rest) * overall * overall);

  design_variance out;
  out.census = census && touched > 0;
  if (touched < 2 && !out.census) {
    out.undefined = "fewer than 2 units: no variance";
  } else if (refused && !alone) {
    out.undefined = "a stratum has one unit with a value: choose certainty, average or adjust";
  } else if (single > 0 && spread == 0 && !alone) {
    out.undefined = "no stratum has 2 units: no variance";
  } else {
    const auto held = static_cast<double>(touched_strata_.size());
    const bool averaged = single > 0 && design_.single == single_unit::average;
    out.variance =
        averaged ? variance.value() * held / (held - static_cast<double>(single)) : variance.value();
    out.df = static_cast<double>(touched) - static_cast<double>(touched_strata_.size());
  }
  for (const std::uint32_t h : touched_strata_) {
    stratum_part& s = strata_[h];
    s.touched = 0;
    s.sum = s.squares = {};
  }
  touched_strata_.clear();
  return out;
}

/// Calls found(stratum, first, last) for each run of rows in one stratum: its sums stay in registers.
template <class Row, class Found>
void variance_engine::by_runs(std::size_t count, Row row, Found found) const {
  for (std::size_t first = 0, last = 0; first < count; first = last) {
    const std::uint32_t h = design_.stratum_of(row(first));
    last = design_.stratum.empty() ? count : first + 1;
    while (last < count && design_.stratum_of(row(last)) == h)
      ++last;
    found(h, first, last);
  }
}

template <class Row>
design_variance variance_engine::compute(std::size_t count, Row row, std::span<const double> influence) {
  const auto total_of = [&](std::size_t k) { return drawn_weight_of(row(k)) * influence[k]; };
  if (!clusters_.empty()) {
    for (std::size_t k = 0; k < count; ++k)
      add_to_cluster(design_.cluster[row(k)], total_of(k));
    return of_touched_clusters();
  }
  if (!design_.chance.empty())
    return compute_poisson(count, row, influence);
  by_runs(count, row, [&](std::uint32_t h, std::size_t first, std::size_t last) {
    stratum_part& s = strata_[h];
    if (s.touched == 0)
      touched_strata_.push_back(h);
    s.touched += last - first;
    detail::accurate_sum sum = s.sum;
    for (std::size_t k = first; k < last; ++k)
      sum.add(total_of(k));
    s.sum = sum;
  });
  const double overall = centre_strata(count);
  by_runs(count, row, [&](std::uint32_t h, std::size_t first, std::size_t last) {
    stratum_part& s = strata_[h];
    detail::accurate_sum squares = s.squares;
    for (std::size_t k = first; k < last; ++k)
      squares.add((total_of(k) - s.mean) * (total_of(k) - s.mean));
    s.squares = squares;
  });
  return combine_strata(count, overall);
}

QASCORE_INLINE design_variance variance_engine::of_sums(std::span<const stratum_totals> strata) {
  std::size_t touched = 0;
  if (!design_.chance.empty()) {
    detail::accurate_sum variance;
    std::size_t left = 0;
    for (const stratum_totals& given : strata) {
      touched += given.count;
      left += given.left;
      variance.add(given.squares);
    }
    return poisson_variance(variance.value(), touched, left);
  }
  for (const stratum_totals& given : strata) {
    stratum_part& s = strata_[given.stratum];
    s.touched = given.count;
    s.sum.add(given.total);
    touched_strata_.push_back(given.stratum);
    touched += given.count;
  }
  const double overall = centre_strata(touched);
  for (const stratum_totals& given : strata) {
    stratum_part& s = strata_[given.stratum];
    const auto n = static_cast<double>(given.count);
    const double d = given.about - s.mean;
    s.squares.add(given.squares + 2.0 * d * (given.total - n * given.about) + n * d * d);
  }
  return combine_strata(touched, overall);
}

QASCORE_INLINE design_variance variance_engine::of_clusters(std::span<const std::uint32_t> clusters,
                                                            std::span<const double> totals) {
  for (std::size_t c = 0; c < clusters.size(); ++c)
    add_to_cluster(clusters[c], totals[c]);
  return of_touched_clusters();
}

QASCORE_INLINE std::vector<double> variance_engine::residuals(std::vector<double>&& influence) const {
  std::vector<double> u = std::move(influence);
  std::span<const double> after = design_.weight;
  for (std::size_t s = design_.calibration.size(); s-- > 0;) {
    const calibration_step& step = design_.calibration[s];
    take_out_auxiliaries(step, u);
    for (std::size_t i = 0; i < u.size(); ++i)
      u[i] *= after[i] / step.weight[i];
    after = step.weight;
  }
  return u;
}

QASCORE_INLINE design_variance variance_engine::of_all(std::span<const double> influence) {
  detail_variance::check_length(design_, influence);
  const auto all = [](std::size_t k) { return k; };
  if (design_.calibration.empty())
    return compute(design_.units, all, influence);
  design_variance out = compute(design_.units, all, residuals({influence.begin(), influence.end()}));
  std::vector<std::uint32_t> rows(design_.units);
  std::iota(rows.begin(), rows.end(), 0u);
  count_totals(rows, out);
  return out;
}

QASCORE_INLINE void variance_engine::count_totals(std::span<const std::uint32_t> rows, design_variance& spread) {
  const bool fitted = std::any_of(design_.calibration.begin(), design_.calibration.end(), [](const calibration_step& step) {
    return !step.cell.empty() || step.columns > 0;
  });
  if (design_.calibrated == calibrated_errors::linearized || !fitted || !spread.undefined.empty() || spread.census)
    return;
  if (!calibrated_) {
    std::vector<spread_stratum> strata;
    if (design_.chance.empty())
      for (const stratum_part& s : strata_)
        strata.push_back({static_cast<double>(s.size), s.rest, s.factor, !s.recentre});
    else if (clusters_.empty())
      for (const double chance : design_.chance)
        strata.push_back({1.0, 1.0 - chance, 1.0 - chance, false});
    else
      for (const cluster_part& c : clusters_)
        strata.push_back({1.0, c.rest, c.rest, false});
    calibrated_ = std::make_shared<const calibrated_spread>(design_, strata);
  }
  const spread_moments m = calibrated_->of(rows);
  if (m.target == 0.0)
    return;
  if (!(m.expected > 1e-9 * m.target)) {
    spread = {};
    spread.undefined = "the known totals leave nothing to see of the spread: merge cells";
    return;
  }
  spread.variance *= m.target / m.expected;
  spread.df = std::min(spread.df, m.expected * m.expected / m.second);
}

QASCORE_INLINE design_variance variance_engine::of_rows(std::span<const std::uint32_t> rows,
                                                        std::span<const double> influence) {
  design_variance out = compute(
      rows.size(), [rows](std::size_t k) { return std::size_t{rows[k]}; }, influence);
  if (design_.calibration.empty() || !out.undefined.empty())
    return out;
  // All units carry the totals that the weights were calibrated to; the df stay those of the rows.
  std::vector<double> everywhere(design_.units, 0.0);
  for (std::size_t k = 0; k < rows.size(); ++k)
    everywhere[rows[k]] = influence[k];
  design_variance whole = compute(
      design_.units, [](std::size_t k) { return k; }, residuals(std::move(everywhere)));
  whole.df = std::min(whole.df, out.df);
  count_totals(rows, whole);
  return whole;
}

QASCORE_INLINE double variance_engine::effective_size(std::span<const std::uint32_t> rows) {
  detail::accurate_sum weight, squares;
  const auto add = [&](double rest, double total) {
    weight.add(total);
    squares.add(rest * total * total);
  };
  if (clusters_.empty()) {
    for (const std::uint32_t i : rows)
      add(rest_of_unit(i), design_.weight_of(i));
  } else {
    for (const std::uint32_t i : rows) {
      cluster_part& c = clusters_[design_.cluster[i]];
      if (!c.touched)
        touched_clusters_.push_back(design_.cluster[i]);
      c.touched = true;
      c.total.add(design_.weight_of(i));
    }
    for (const std::uint32_t c : touched_clusters_) {
      add(design_.chance.empty() ? strata_[clusters_[c].stratum].rest : clusters_[c].rest,
          clusters_[c].total.value());
      clusters_[c].touched = false;
      clusters_[c].total = {};
    }
    touched_clusters_.clear();
  }
  return weight.value() * weight.value() / squares.value();
}

QASCORE_INLINE double variance_engine::effective_units(std::span<const std::uint32_t> rows) const {
  detail::accurate_sum weight, squares;
  for (const std::uint32_t i : rows) {
    const double w = design_.weight_of(i);
    weight.add(w);
    squares.add(rest_of_unit(i) * w * w);
  }
  return weight.value() * weight.value() / squares.value();
}

QASCORE_INLINE design_variance variance_of(const design_view& design, std::span<const double> influence) {
  detail_variance::check_length(design, influence);
  return variance_engine(design).of_all(influence);
}

QASCORE_INLINE std::vector<double> covariance_of(const design_view& design,
                                                 std::span<const std::span<const double>> influences) {
  const std::size_t k = influences.size();
  std::vector<double> out(k * k, 0.0);
  for (const auto influence : influences)
    detail_variance::check_length(design, influence);
  variance_engine engine(design);
  const auto variance = [&](std::span<const double> u) { return engine.of_all(u).variance; };
  for (std::size_t a = 0; a < k; ++a) {
    out[a * k + a] = variance(influences[a]);
    for (std::size_t b = 0; b < a; ++b)
      out[a * k + b] = out[b * k + a] =
          detail_variance::covariance(variance, influences[a], out[a * k + a], influences[b], out[b * k + b]);
  }
  return out;
}

} // namespace qascore::kernel
