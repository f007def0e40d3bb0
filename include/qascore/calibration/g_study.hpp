// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/format.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/g_study.hpp"
#include "model_rows.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
  explicit facet_names(std::vector<std::string> names);

  void nest(std::size_t inner, const std::string& outer);

  /// An interaction: facets in their order, a nested one before the one it is nested in.
  std::string component(std::uint32_t facets) const;

  const std::vector<std::string>& names() const { return names_; }
  std::size_t within(std::size_t facet) const { return within_[facet]; }

private:
  std::vector<std::string> names_;
  std::vector<std::size_t> within_;
};

g_study_table g_study(const model_rows& rows, const facet_names& names, const g_options& options);

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
g_study_table g_study(const rating_table& ratings, const g_options& options = {});

/// The same of a table of ratings per criterion, by its name: units are measured, the facets are raters and criteria.
/// Labels of units and raters mean the same in all tables. Throws as that of one table; argument_error for no table.
g_study_table g_study(const std::map<std::string, rating_table>& by_criterion, const g_options& options = {});

/// Errors and reliability of a measurement with so many levels of each facet: `qa::d_study(study, {{"rater", 4}})`.
/// Throws argument_error for a study without components, a name that is no facet, a facet without a number, and a number
/// below 1.
d_study_fit d_study(const g_study_table& study, const std::map<std::string, std::size_t>& levels,
                    const d_study_options& options = {});

/// A plan with what it gives.
struct d_study_plan {
  std::map<std::string, std::size_t> levels;
  d_study_fit fit;

  /// Scores per object.
  std::size_t scores() const;
};

/// All combinations of numbers of levels, the last facet by name changing fastest: `qa::d_studies(study, {{"rater", {1, 2, 3}},
/// {"conversation", {5, 10}}})`. Throws as d_study, and argument_error for more than 100,000 plans.
std::vector<d_study_plan> d_studies(const g_study_table& study,
                                    const std::map<std::string, std::vector<std::size_t>>& levels,
                                    const d_study_options& options = {});

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/g_study.ipp"
#endif
