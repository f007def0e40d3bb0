// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../sample_design.hpp"

#include <cstddef>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

/// How the evaluated conversations came to be chosen.
namespace qascore {

QASCORE_INLINE sample_design sample_design::independent(std::size_t rows) {
  sample_design out;
  out.rows_ = out.checked_.units = rows;
  return out;
}

QASCORE_INLINE std::string sample_design::scope() const {
  std::vector<std::string> parts;
  std::string names;
  for (const std::string& stratum : uncovered_)
    names += (names.empty() ? "" : ", ") + stratum;
  if (!names.empty())
    parts.push_back("without " + names);
  if (without_chance_ > 0)
    parts.push_back("without " + std::to_string(without_chance_) + " that had no chance to be drawn");
  if (const std::size_t n = absent_units(); n > 0)
    parts.push_back(std::to_string(n) + (n == 1 ? " drawn unit" : " drawn units") + " without a row");
  if (short_ > 0)
    parts.push_back("about " + std::to_string(short_) +
                    " drawn units without a row, for which nothing stands");
  std::string out;
  for (const std::string& part : parts)
    out += (out.empty() ? "" : "; ") + part;
  return out;
}

QASCORE_INLINE sample_design sample_design::with_weights(kernel::reweighted&& adjusted) const {
  sample_design out = *this;
  out.checked_.weight = std::move(adjusted.weight);
  out.records_.push_back(std::make_shared<const kernel::calibration_record>(std::move(adjusted.record)));
  out.steps_.push_back(out.records_.back()->view());
  return out;
}

QASCORE_INLINE std::vector<double> sample_design::g_weights() const {
  std::vector<double> out(checked_.units, 1.0);
  for (std::size_t i = 0; i < out.size() && !steps_.empty(); ++i)
    out[i] = checked_.weight[i] / steps_.front().weight[i];
  return out;
}

QASCORE_INLINE design_view sample_design::view() const noexcept {
  design_view out = independent_units(checked_.units);
  if (is_independent())
    return out;
  out.weight = checked_.weight;
  out.stratum = checked_.stratum;
  out.strata = strata_.empty() ? 1 : strata_.size();
  out.cluster = checked_.cluster;
  out.clusters = checked_.clusters;
  out.population = checked_.population;
  out.chance = checked_.chance;
  out.single = single_;
  out.calibration = steps_;
  out.calibrated = calibrated_;
  return out;
}

QASCORE_INLINE std::size_t sample_design::absent_units() const {
  return static_cast<std::size_t>(std::accumulate(checked_.absent.begin(), checked_.absent.end(), 0.0));
}

QASCORE_INLINE void sample_design::check_rows(std::size_t found) const {
  if (found != rows_)
    throw data_error("rows: expected the " + std::to_string(rows_) +
                     " rows that the design was made from but found " + std::to_string(found));
}

} // namespace qascore
