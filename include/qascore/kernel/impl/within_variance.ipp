// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../mean.hpp"
#include "../within_variance.hpp"
#include "weighted_mean.hpp"

namespace qascore::kernel {
namespace detail_within {

/// Whether some domain has units of two clusters.
inline bool clusters_part_domains(const design_view& design, const domain_rows& grouped, std::size_t domains) {
  if (design.cluster.empty())
    return false;
  for (std::size_t d = 0; d < domains; ++d)
    for (const std::uint32_t i : grouped.of(d))
      if (design.cluster[i] != design.cluster[grouped.of(d).front()])
        return true;
  return false;
}

/// The values of one domain with their weights: its units, or the means of its clusters.
class parts {
public:
  parts(const design_view& design, bool clustered)
      : design_{design}, clustered_{clustered}, slot_(clustered ? design.clusters : 0, missing_code) {}

  void read(std::span<const std::uint32_t> rows, std::span<const double> y, double centre) {
    weight.clear();
    value.clear();
    if (!clustered_) {
      for (const std::uint32_t i : rows) {
        weight.push_back(design_.weight_of(i));
        value.push_back(y[i] - centre);
      }
      return;
    }
    sums_.clear();
    totals_.clear();
    for (const std::uint32_t i : rows) {
      std::uint32_t& slot = slot_[design_.cluster[i]];
      if (is_missing(slot)) {
        slot = static_cast<std::uint32_t>(sums_.size());
        sums_.emplace_back();
        totals_.emplace_back();
      }
      sums_[slot].add(design_.weight_of(i));
      totals_[slot].add(design_.weight_of(i) * (y[i] - centre));
    }
    for (const std::uint32_t i : rows)
      slot_[design_.cluster[i]] = missing_code;
    for (std::size_t c = 0; c < sums_.size(); ++c) {
      weight.push_back(sums_[c].value());
      value.push_back(totals_[c].value() / sums_[c].value());
    }
  }

  std::vector<double> weight, value;

private:
  const design_view& design_;
  bool clustered_;
  std::vector<std::uint32_t> slot_; ///< per cluster: its place in the domain at hand
  std::vector<detail::accurate_sum> sums_, totals_;
};

} // namespace detail_within

QASCORE_INLINE pooled_means means_with_pooled_variance(const design_view& given, const domain_view& domain,
                                                       std::span<const double> y) {
  using detail::accurate_sum;
  const domain_rows grouped = group_by_domain(domain, y);
  const answered_design answered(given, y);
  design_view design = answered.view();
  const bool clustered = detail_within::clusters_part_domains(design, grouped, domain.count);
  if (!clustered && !design.cluster.empty()) {
    design.cluster = {};
    design.clusters = 0;
    design.population = {}; // it counts clusters
    design.chance = {};     // of clusters
  }
  design.single = single_unit::certainty; // no stratum's own variance is asked for
  variance_engine engine(design, y);

  pooled_means out;
  out.missing = grouped.missing;
  accurate_sum squares, trace, trace_of_square;
  detail_within::parts parts(design, clustered);
  for (std::size_t d = 0; d < domain.count; ++d) {
    const auto rows = grouped.of(d);
    out.n.push_back(rows.size());
    if (rows.empty()) {
      out.mean.push_back(missing_value);
      out.sampling.push_back(missing_value);
      continue;
    }
    const double mean = detail_mean::mean_of({design, rows, y}).mean;
    out.mean.push_back(mean);
    out.sampling.push_back(1.0 / engine.effective_size(rows)); // times S^2, below
    parts.read(rows, y, mean);
    accurate_sum w, w2, w3, around;
    for (const double weight : parts.weight)
      w.add(weight);
    const auto k = static_cast<double>(parts.weight.size());
    const double scale = k / w.value();
    for (std::size_t c = 0; c < parts.weight.size(); ++c) {
      const double v = parts.weight[c] * scale;
      w2.add(v * v);
      w3.add(v * v * v);
      around.add(v * parts.value[c] * parts.value[c]);
    }
    if (parts.weight.size() < 2)
      continue;
    squares.add(around.value());
    trace.add(k - w2.value() / k);
    trace_of_square.add(w2.value() - 2.0 * w3.value() / k + w2.value() * w2.value() / (k * k));
  }
  if (!(trace.value() > 0.0)) {
    out.undefined = "nobody has two conversations: nothing says how much they differ";
    out.sampling.assign(domain.count, missing_value);
    return out;
  }
  out.variance = squares.value() / trace.value();
  out.df = trace.value() * trace.value() / trace_of_square.value();
  for (double& v : out.sampling)
    v *= out.variance;
  return out;
}

} // namespace qascore::kernel
