// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/g_study.hpp"
#include "model_rows.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Generalisability: where scores vary, and how many raters, conversations and criteria a reliable score takes. What is
/// estimated and how stands in kernel/g_study.hpp.
namespace qascore {

/// A facet of the embedder's rows, by name.
template <class Projection>
struct facet_column {
  std::string name;
  Projection projection;
  std::string within; ///< name of the facet it is nested in; empty: crossed
};

/// `qa::facet("conversation", &review::call, "agent")`: conversations, each agent with its own.
template <class Projection>
facet_column<Projection> facet(std::string name, Projection projection, std::string within = {}) {
  return {std::move(name), std::move(projection), std::move(within)};
}

struct g_study_table {
  g_study_fit fit;
  std::vector<std::string> facets;     ///< the object of measurement first
  std::vector<std::string> components; ///< of fit.components: "agent", "agent:rater", "residual"
  std::vector<std::size_t> levels;     ///< labels of each facet
  std::size_t missing = 0;             ///< rows left out

  /// The component of that name; argument_error with the nearest for an unknown one.
  const g_component& operator[](std::string_view name) const {
    const auto at = std::ranges::find(components, name);
    if (at == components.end())
      throw argument_error("component: there is no " + detail::quoted(name) +
                           detail::did_you_mean(name, components));
    return fit.components[static_cast<std::size_t>(at - components.begin())];
  }
};

struct d_study_options {
  std::vector<std::string> fixed{}; ///< facets whose levels are all there are, not a sample of more
  confidence_level confidence{};
};

namespace detail {

/// Names of the facets, and the place of the one that each is nested in.
class facet_names {
public:
  explicit facet_names(std::vector<std::string> names)
      : names_{std::move(names)}, within_(names_.size(), g_facet::crossed) {
    for (std::size_t f = 0; f < names_.size(); ++f)
      if (std::ranges::find(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(f), names_[f]) !=
          names_.begin() + static_cast<std::ptrdiff_t>(f))
        throw argument_error("facets: " + quoted(names_[f]) + " stands twice");
  }

  void nest(std::size_t inner, const std::string& outer) {
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
        throw argument_error("within: " + quoted(names_[inner]) + " in " + quoted(outer) +
                             " goes in a circle");
  }

  /// An interaction: facets in their order, a nested one before the one it is nested in.
  std::string component(std::uint32_t facets) const {
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

  const std::vector<std::string>& names() const { return names_; }
  std::size_t within(std::size_t facet) const { return within_[facet]; }

private:
  std::vector<std::string> names_;
  std::vector<std::size_t> within_;
};

inline g_study_table g_study(const model_rows& rows, const facet_names& names, const g_options& options) {
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

/// Variance components of the rows' scores. The first facet is the object of measurement.
///   auto study = qa::g_study(reviews, &review::score, {}, qa::facet("agent", &review::agent),
///                            qa::facet("conversation", &review::call, "agent"), qa::facet("rater", &review::rater));
/// Throws data_error for an infinite score, and for missing values or labels unless `missing` says drop;
/// argument_error for names that repeat or are not there, and as kernel::g_study.
template <row_range Range, projection_of<Range> Score, projection_of<Range>... Facets>
g_study_table g_study(const Range& rows, const Score& score, const g_options& options, missing_rows missing,
                      const facet_column<Facets>&... facets) {
  detail::facet_names names({facets.name...});
  std::size_t at = 0;
  (names.nest(at++, facets.within), ...);
  detail::model_rows read(missing);
  read.add_score(rows, score);
  (read.add_factor(rows, facets.projection, facets.name), ...);
  read.finish();
  return detail::g_study(read, names, options);
}

template <row_range Range, projection_of<Range> Score, projection_of<Range>... Facets>
g_study_table g_study(const Range& rows, const Score& score, const g_options& options,
                      const facet_column<Facets>&... facets) {
  return g_study(rows, score, options, missing_rows::error, facets...);
}

/// The same of a table of ratings: units are measured, the facet is its raters.
/// Throws argument_error for anonymous raters and for text ratings.
inline g_study_table g_study(const rating_table& ratings, const g_options& options = {}) {
  return detail::g_study(detail::rows_of(ratings), detail::facet_names({"unit", "rater"}), options);
}

/// The same of a table of ratings per criterion, by its name: units are measured, the facets are raters and criteria.
/// Labels of units and raters mean the same in all tables. Throws as that of one table; argument_error for no table.
inline g_study_table g_study(const std::map<std::string, rating_table>& by_criterion,
                             const g_options& options = {}) {
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

/// Errors and reliability of a measurement with so many levels of each facet: `qa::d_study(study, {{"rater", 4}})`.
/// Throws argument_error for a study without components, a name that is no facet, a facet without a number, and a number
/// below 1.
inline d_study_fit d_study(const g_study_table& study, const std::map<std::string, std::size_t>& levels,
                           const d_study_options& options = {}) {
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

/// A plan with what it gives.
struct d_study_plan {
  std::map<std::string, std::size_t> levels;
  d_study_fit fit;

  /// Scores per object.
  std::size_t scores() const {
    std::size_t out = 1;
    for (const auto& [facet, count] : levels)
      out *= count;
    return out;
  }
};

/// All combinations of numbers of levels, the last facet by name changing fastest: `qa::d_studies(study, {{"rater", {1, 2, 3}},
/// {"conversation", {5, 10}}})`. Throws as d_study, and argument_error for more than 100,000 plans.
inline std::vector<d_study_plan> d_studies(const g_study_table& study,
                                           const std::map<std::string, std::vector<std::size_t>>& levels,
                                           const d_study_options& options = {}) {
  constexpr std::size_t most = 100'000;
  std::vector<std::map<std::string, std::size_t>> plans(1);
  for (const auto& [facet, counts] : levels) {
    if (counts.empty())
      throw argument_error("levels: " + detail::quoted(facet) + ": expected a number or several but found none");
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
