// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/nearest.hpp"
#include "../g_study.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// Generalisability: where scores vary.
namespace qascore {
namespace detail {

QASCORE_INLINE facet_names::facet_names(std::vector<std::string> names)
    : names_{std::move(names)}, within_(names_.size(), g_facet::crossed) {
  for (std::size_t f = 0; f < names_.size(); ++f)
    if (std::ranges::find(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(f), names_[f]) !=
        names_.begin() + static_cast<std::ptrdiff_t>(f))
      throw argument_error("facets: " + quoted(names_[f]) + " stands twice");
}

QASCORE_INLINE void facet_names::nest(std::size_t inner, const std::string& outer) {
  if (outer.empty())
    return;
  const auto at = std::ranges::find(names_, outer);
  if (at == names_.end())
    throw argument_error("within: " + quoted(outer) + " is neither the object nor a facet" +
                         did_you_mean(outer, names_));
  if (inner == 0)
    throw argument_error("within: " + quoted(names_[0]) +
                         " is what is measured; it cannot stand within a facet");
  within_[inner] = static_cast<std::size_t>(at - names_.begin());
  for (std::size_t f = within_[inner]; f != g_facet::crossed; f = within_[f])
    if (f == inner)
      throw argument_error("within: " + quoted(names_[inner]) + " in " + quoted(outer) + " goes in a circle");
}

QASCORE_INLINE std::string facet_names::component(std::uint32_t facets) const {
  std::vector<std::size_t> order;
  for (std::size_t f = 0; f < names_.size(); ++f) {
    if ((facets >> f & 1u) == 0)
      continue;
    auto at = order.end();
    if (within_[f] != g_facet::crossed)
      at = std::ranges::find(order, within_[f]);
    else
      for (auto other = order.begin(); other != order.end(); ++other)
        if (within_[*other] == f)
          at = other + 1;
    order.insert(at, f);
  }
  std::string out;
  for (const std::size_t f : order)
    out += (out.empty() ? "" : ":") + names_[f];
  return out;
}

QASCORE_INLINE g_study_table g_study(const model_rows& rows, const facet_names& names,
                                     const g_options& options) {
  std::vector<g_facet> facets;
  g_study_table out;
  for (std::size_t f = 0; f < names.names().size(); ++f) {
    facets.push_back({rows.factor(f).view(), names.within(f)});
    out.levels.push_back(rows.factor(f).labels.size());
  }
  out.fit = kernel::g_study(rows.score(), facets, options);
  out.facets = names.names();
  out.missing = rows.dropped;
  for (const g_component& one : out.fit.components)
    out.components.push_back(&one == &out.fit.components.back() ? "residual" : names.component(one.facets));
  return out;
}

} // namespace detail

QASCORE_INLINE g_study_table g_study(const rating_table& ratings, const g_options& options) {
  return detail::g_study(detail::rows_of(ratings), detail::facet_names({"unit", "rater"}), options);
}

QASCORE_INLINE g_study_table g_study(const std::map<std::string, rating_table>& by_criterion,
                                     const g_options& options) {
  if (by_criterion.empty())
    throw argument_error("by_criterion: expected a table of ratings for each criterion but found none");
  struct row {
    std::string unit, rater, criterion;
    double score;
  };
  std::vector<row> rows;
  for (const auto& [criterion, table] : by_criterion) {
    const detail::model_rows of = detail::rows_of(table);
    const detail::model_factor &unit = of.factor(0), &rater = of.factor(1);
    for (std::size_t i = 0; i < of.score().size(); ++i)
      rows.push_back({unit.labels[unit.code[i]], rater.labels[rater.code[i]], criterion, of.score()[i]});
  }
  detail::model_rows read(missing_rows::error);
  read.add_score(rows, &row::score);
  read.add_factor(rows, &row::unit, "unit");
  read.add_factor(rows, &row::rater, "rater");
  read.add_factor(rows, &row::criterion, "criterion");
  read.finish();
  return detail::g_study(read, detail::facet_names({"unit", "rater", "criterion"}), options);
}

QASCORE_INLINE d_study_fit d_study(const g_study_table& study,
                                   const std::map<std::string, std::size_t>& levels,
                                   const d_study_options& options) {
  if (!study.fit.undefined.empty())
    throw argument_error("study: has no components: " + study.fit.undefined);
  const auto place = [&](const std::string& name, const char* argument) {
    const auto at = std::find(study.facets.begin() + 1, study.facets.end(), name);
    if (at == study.facets.end())
      throw argument_error(std::string(argument) + ": " + detail::quoted(name) + " is no facet of the study" +
                           detail::did_you_mean(name, study.facets));
    return static_cast<std::size_t>(at - study.facets.begin());
  };
  std::vector<double> counts(study.facets.size(), 0.0);
  counts.front() = 1.0;
  for (const auto& [name, count] : levels) {
    if (count < 1)
      throw argument_error("levels: " + detail::quoted(name) +
                           ": expected a whole number from 1 but found 0");
    counts[place(name, "levels")] = static_cast<double>(count);
  }
  for (std::size_t f = 1; f < counts.size(); ++f)
    if (counts[f] == 0.0)
      throw argument_error("levels: expected a number of " + detail::quoted(study.facets[f]) +
                           " but found none");
  std::uint32_t fixed = 0;
  for (const std::string& name : options.fixed)
    fixed |= 1u << place(name, "fixed");
  return kernel::d_study(study.fit, counts, fixed, options.confidence);
}

QASCORE_INLINE std::size_t d_study_plan::scores() const {
  std::size_t out = 1;
  for (const auto& [facet, count] : levels)
    out *= count;
  return out;
}

QASCORE_INLINE std::vector<d_study_plan>
d_studies(const g_study_table& study, const std::map<std::string, std::vector<std::size_t>>& levels,
          const d_study_options& options) {
  constexpr std::size_t most = 100'000;
  std::vector<std::map<std::string, std::size_t>> plans(1);
  for (const auto& [facet, counts] : levels) {
    if (counts.empty())
      throw argument_error("levels: " + detail::quoted(facet) +
                           ": expected a number or several but found none");
    if (counts.size() > most / std::max<std::size_t>(plans.size(), 1))
      throw argument_error("levels: expected at most " + std::to_string(most) + " plans but found more");
    std::vector<std::map<std::string, std::size_t>> longer;
    for (const auto& plan : plans)
      for (const std::size_t count : counts) {
        longer.push_back(plan);
        longer.back()[facet] = count;
      }
    plans = std::move(longer);
  }
  std::vector<d_study_plan> out;
  for (auto& plan : plans) {
    d_study_fit fit = d_study(study, plan, options);
    out.push_back({std::move(plan), std::move(fit)});
  }
  return out;
}

} // namespace qascore
