// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../core/missing.hpp"
#include "../../detail/format.hpp"
#include "../../detail/sum.hpp"
#include "../auxiliaries.hpp"
#include "../calibration_factors.hpp"
#include "../weighting.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_weighting {

/// The first unit without a label, if any.
inline weighting_problem check_labels(std::span<const std::uint32_t> cell) {
  const auto at = std::ranges::find_if(cell, [](std::uint32_t code) { return is_missing(code); });
  if (at == cell.end())
    return {};
  return {.fault = weighting_fault::no_label, .unit = static_cast<std::size_t>(at - cell.begin())};
}

/// Whether the auxiliary is there for every unit, and its totals are numbers that units can add up to.
inline weighting_problem check(const auxiliary& known, std::size_t place, bool measured) {
  using fault = weighting_fault;
  weighting_problem out = check_labels(known.cell);
  out.auxiliary = place;
  if (out.fault != fault::none)
    return out;
  for (std::size_t i = 0; i < known.value.size(); ++i)
    if (!std::isfinite(known.value[i]) || (measured && known.value[i] < 0.0)) {
      out.fault = fault::bad_value;
      out.unit = i;
      out.found = known.value[i];
      return out;
    }
  std::vector<char> sampled(known.total.size(), known.cell.empty() ? 1 : 0);
  for (std::size_t i = 0; i < known.cell.size(); ++i)
    if (known.value.empty() || known.value[i] > 0.0)
      sampled[known.cell[i]] = 1;
  for (std::size_t c = 0; c < known.total.size(); ++c) {
    out.cell = c;
    out.found = out.asked = known.total[c];
    if (!std::isfinite(known.total[c]) || (!known.cell.empty() && !(known.total[c] > 0.0)))
      out.fault = fault::bad_total;
    else if (sampled[c] == 0)
      out.fault = fault::empty_cell;
    if (out.fault != fault::none)
      return out;
  }
  return {};
}

inline double sum_of(std::span<const double> values) {
  detail::accurate_sum sum;
  for (const double value : values)
    sum.add(value);
  return sum.value();
}

/// The weights by the step's factors, unless one is not above 0.
inline void take_factors(std::span<const double> factor, reweighted& out) {
  for (std::size_t i = 0; i < factor.size(); ++i) {
    out.weight.push_back(factor[i] * out.record.weight[i]);
    if (!(out.weight[i] > 0.0) && out.problem.fault == weighting_fault::none) {
      out.problem.fault = weighting_fault::below_zero;
      out.problem.unit = i;
      out.problem.found = out.weight[i];
    }
  }
}

/// The total that is furthest from what was asked, in parts of itself.
inline weighting_problem worst(std::span<const double> weight, std::span<const auxiliary> auxiliaries) {
  weighting_problem out;
  out.fault = weighting_fault::not_reached;
  double furthest = -1.0;
  for (std::size_t a = 0; a < auxiliaries.size(); ++a) {
    const auxiliary& known = auxiliaries[a];
    std::vector<detail::accurate_sum> sums(known.total.size());
    for (std::size_t i = 0; i < weight.size(); ++i)
      sums[known.cell.empty() ? 0 : known.cell[i]].add(weight[i] * (known.value.empty() ? 1.0 : known.value[i]));
    for (std::size_t c = 0; c < sums.size(); ++c) {
      const double found = sums[c].value(), asked = known.total[c];
      const double off = std::abs(found - asked) / std::max(std::abs(found), std::abs(asked));
      if (off > furthest) {
        furthest = off;
        out.auxiliary = a;
        out.cell = c;
        out.found = found;
        out.asked = asked;
      }
    }
  }
  return out;
}

} // namespace detail_weighting

QASCORE_INLINE reweighted poststratify(std::span<const double> weight, std::span<const std::uint32_t> cell,
                                       std::span<const double> totals, std::span<const double> measure) {
  using namespace detail_weighting;
  reweighted out;
  out.problem = check({.cell = cell, .value = measure, .total = totals}, 0, true);
  if (out.problem.fault != weighting_fault::none)
    return out;
  calibration_record& record = out.record;
  record.weight.assign(weight.begin(), weight.end());
  record.cell.assign(cell.begin(), cell.end());
  record.cells = totals.size();
  record.measure.assign(measure.begin(), measure.end());
  record.target.assign(totals.begin(), totals.end());
  take_factors(factors_of(record.view(), weight).factor, out);
  return out;
}

QASCORE_INLINE reweighted calibrate_weights(std::span<const double> weight,
                                            std::span<const auxiliary> auxiliaries,
                                            const calibration_method& method) {
  using namespace detail_weighting;
  const bool open = method.distance == weight_distance::logit && !(method.lower >= 0.0 && std::isfinite(method.upper));
  if (open || !(method.lower < 1.0 && method.upper > 1.0))
    throw argument_error("bounds: expected a lower bound below 1 and an upper bound above 1" +
                         std::string(open ? ", both finite and at least 0 for logit," : "") + " but found (" +
                         detail::format_number(method.lower) + ", " + detail::format_number(method.upper) + ")");
  reweighted out;
  std::vector<std::vector<double>> columns;
  std::vector<double> totals;
  std::vector<std::pair<std::size_t, std::size_t>> place; // of each column: auxiliary, cell
  double population = missing_value;                      // of the first margin
  for (std::size_t a = 0; a < auxiliaries.size(); ++a) {
    const auxiliary& known = auxiliaries[a];
    out.problem = check(known, a, false);
    if (out.problem.fault != weighting_fault::none)
      return out;
    if (!known.cell.empty()) {
      const double sum = sum_of(known.total);
      if (is_missing(population))
        population = sum;
      if (std::abs(sum - population) > 1e-8 * population) {
        out.problem = {.fault = weighting_fault::margins_differ, .auxiliary = a, .found = sum, .asked = population};
        return out;
      }
    }
    for (std::size_t c = 0; c < known.total.size(); ++c) {
      columns.emplace_back(known.value.begin(), known.value.end());
      if (!known.cell.empty()) {
        columns.back().resize(weight.size());
        for (std::size_t i = 0; i < weight.size(); ++i)
          columns.back()[i] = known.cell[i] == c ? 1.0 : 0.0;
      }
      totals.push_back(known.total[c]);
      place.emplace_back(a, c);
    }
  }
  auxiliary_basis basis = basis_of(weight, columns, totals);
  if (basis.contradiction) {
    const auto [a, c] = place[basis.contradicted];
    out.problem = {.fault = weighting_fault::contradiction,
                   .auxiliary = a,
                   .cell = c,
                   .found = basis.implied,
                   .asked = totals[basis.contradicted]};
    return out;
  }
  calibration_record& record = out.record;
  record.weight.assign(weight.begin(), weight.end());
  record.basis = std::move(basis.basis);
  record.columns = basis.columns;
  record.target = std::move(basis.target);
  record.method = method;
  const calibration_factors found = factors_of(record.view(), weight);
  if (!found.reached) {
    std::vector<double> nearest(weight.size());
    for (std::size_t i = 0; i < nearest.size(); ++i)
      nearest[i] = weight[i] * found.factor[i];
    out.problem = worst(nearest, auxiliaries);
    return out;
  }
  take_factors(found.factor, out);
  return out;
}

QASCORE_INLINE reweighted trim_weights(std::span<const double> weight, double lower, double upper,
                                       std::span<const std::uint32_t> cell, std::size_t cells) {
  using namespace detail_weighting;
  if (!(lower >= 0.0 && lower <= upper && upper > 0.0))
    throw argument_error("bounds: expected weights 0 <= lower <= upper but found (" + detail::format_number(lower) +
                         ", " + detail::format_number(upper) + ")");
  reweighted out;
  out.problem = check_labels(cell);
  if (out.problem.fault != weighting_fault::none)
    return out;
  out.record.weight.assign(weight.begin(), weight.end());
  out.weight.resize(weight.size());
  std::vector<std::vector<std::size_t>> members(cells);
  for (std::size_t i = 0; i < weight.size(); ++i)
    members[cell.empty() ? 0 : cell[i]].push_back(i);
  for (std::size_t c = 0; c < cells; ++c) {
    if (members[c].empty())
      continue;
    detail::accurate_sum all;
    double least = weight[members[c].front()];
    for (const std::size_t i : members[c]) {
      all.add(weight[i]);
      least = std::min(least, weight[i]);
    }
    const double asked = all.value();
    const auto n = static_cast<double>(members[c].size());
    if (n * upper < asked || n * lower > asked) {
      out.problem = {.fault = weighting_fault::not_reached, .cell = c, .found = n * (n * upper < asked ? upper : lower),
                     .asked = asked};
      return out;
    }
    // The sum of the bounded weights rises with the factor: halve, then solve for those that are free.
    const auto bounded = [&](double f, std::size_t i) { return std::clamp(f * weight[i], lower, upper); };
    double low = 0.0, high = std::isinf(upper) ? 1.0 : std::max(1.0, upper / least);
    for (int round = 0; round < 100; ++round) {
      const double f = low + (high - low) / 2.0;
      detail::accurate_sum sum;
      for (const std::size_t i : members[c])
        sum.add(bounded(f, i));
      (sum.value() < asked ? low : high) = f;
    }
    detail::accurate_sum rest, free;
    rest.add(asked);
    for (const std::size_t i : members[c])
      if (const double w = bounded(high, i); w > lower && w < upper)
        free.add(weight[i]);
      else
        rest.add(-w);
    const double f = free.value() > 0.0 ? rest.value() / free.value() : high;
    for (const std::size_t i : members[c]) {
      const double w = bounded(high, i);
      out.weight[i] = w > lower && w < upper ? f * weight[i] : w;
    }
  }
  return out;
}

QASCORE_INLINE weighting_problem check_population(std::span<const double> counts, std::span<const double> known) {
  const auto other = [](std::size_t cell, double found, double asked) {
    return weighting_problem{
        .fault = weighting_fault::other_population, .unit = 0, .auxiliary = 0, .cell = cell, .found = found, .asked = asked};
  };
  const auto differ = [](double a, double b) { return std::abs(a - b) > 1e-8 * b; };
  if (known.size() == counts.size())
    for (std::size_t c = 0; c < counts.size(); ++c)
      if (differ(counts[c], known[c]))
        return other(c, counts[c], known[c]);
  const double sum = detail_weighting::sum_of(counts), all = detail_weighting::sum_of(known);
  if (!known.empty() && differ(sum, all))
    return other(counts.size(), sum, all);
  return {};
}

} // namespace qascore::kernel
