// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/sum.hpp"
#include "../domain.hpp"

#include <algorithm>
#include <limits>

namespace qascore::kernel {

QASCORE_INLINE answered_design::answered_design(const design_view& design, std::span<const double> values)
    : view_{design} {
  if ((design.population.empty() && design.chance.empty()) || design.weight.empty() || !design.calibration.empty() ||
      std::none_of(values.begin(), values.end(), [](double v) { return is_missing(v); }))
    return;
  std::vector<detail::accurate_sum> all(design.strata), answered(design.strata);
  for (std::size_t i = 0; i < values.size(); ++i) {
    all[design.stratum_of(i)].add(design.weight[i]);
    if (!is_missing(values[i]))
      answered[design.stratum_of(i)].add(design.weight[i]);
  }
  weight_.assign(design.weight.begin(), design.weight.end());
  chance_.assign(design.chance.begin(), design.chance.end());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!is_missing(values[i])) {
      const double more = all[design.stratum_of(i)].value() / answered[design.stratum_of(i)].value();
      weight_[i] *= more;
      if (!chance_.empty())
        chance_[i] /= more;
    }
  view_.weight = weight_;
  view_.chance = chance_;
}

QASCORE_INLINE std::vector<std::uint32_t> leave_out_gaps(const domain_view& domain,
                                                         std::span<const std::span<double>> columns) {
  const std::size_t units = columns.front().size();
  std::vector<std::uint32_t> out(units, 0u);
  if (!domain.code.empty())
    out.assign(domain.code.begin(), domain.code.end());
  for (std::size_t i = 0; i < units; ++i)
    if (std::any_of(columns.begin(), columns.end(), [i](auto column) { return is_missing(column[i]); })) {
      out[i] = missing_code;
      for (const auto column : columns)
        column[i] = 0.0;
    }
  return out;
}

QASCORE_INLINE std::vector<char> silent_domains(const design_view& design, const domain_view& domain,
                                                std::span<const double> values) {
  if (design.strata < 2)
    return {};
  std::vector<char> answers(design.strata, 0), sampled(design.strata, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    sampled[design.stratum_of(i)] = 1;
    if (!is_missing(values[i]))
      answers[design.stratum_of(i)] = 1;
  }
  if (sampled == answers)
    return {};
  std::vector<char> out(domain.count, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t d = domain.code.empty() ? 0u : domain.code[i];
    if (!is_missing(d) && answers[design.stratum_of(i)] == 0)
      out[d] = 1;
  }
  return out;
}

QASCORE_INLINE void check_domains(const domain_view& domain, std::size_t units) {
  if (!domain.code.empty() && domain.code.size() != units)
    throw argument_error("by: expected " + std::to_string(units) + " codes, one per unit, but found " +
                         std::to_string(domain.code.size()));
  if (units >= std::numeric_limits<std::uint32_t>::max())
    throw argument_error("values: expected fewer than 2^32 units but found " + std::to_string(units));
}

QASCORE_INLINE void take_replicates(const domain_view& domain, std::size_t at, design_variance& spread) {
  if (domain.variance.empty() || !spread.undefined.empty())
    return;
  spread.variance = domain.variance[at];
  if (is_missing(spread.variance))
    spread.undefined = "no variance from replicates: there are none, or some leave nothing to estimate from";
}

QASCORE_INLINE domain_rows group_by_domain(const domain_view& domain, std::span<const double> values) {
  const std::size_t units = values.size();
  check_domains(domain, units);
  domain_rows out;
  out.start.assign(domain.count + 1, 0);
  out.missing.assign(domain.count, 0);
  const auto code_of = [&](std::size_t i) { return domain.code.empty() ? 0u : domain.code[i]; };
  for (std::size_t i = 0; i < units; ++i) {
    const std::uint32_t d = code_of(i);
    if (is_missing(d))
      continue;
    if (is_missing(values[i]))
      ++out.missing[d];
    else
      ++out.start[d + 1];
  }
  for (std::size_t d = 0; d < domain.count; ++d)
    out.start[d + 1] += out.start[d];
  out.rows.resize(out.start.back());
  std::vector<std::size_t> next(out.start.begin(), out.start.end() - 1);
  for (std::size_t i = 0; i < units; ++i) {
    const std::uint32_t d = code_of(i);
    if (!is_missing(d) && !is_missing(values[i]))
      out.rows[next[d]++] = static_cast<std::uint32_t>(i);
  }
  return out;
}

} // namespace qascore::kernel
