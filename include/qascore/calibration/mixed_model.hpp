// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../kernel/mixed_model.hpp"
#include "model_rows.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Variance components of an embedder's own rows. The model and its sources stand in kernel/mixed_model.hpp.
namespace qascore {

/// A random factor of the embedder's rows, by name.
template <class Projection>
struct random_column {
  std::string name;
  Projection projection;
};

/// `qa::random("agent", &review::agent)`
template <class Projection>
random_column<Projection> random(std::string name, Projection projection) {
  return {std::move(name), std::move(projection)};
}

struct mixed_table {
  mixed_fit fit;
  std::vector<std::string> factors;             ///< of fit.variance; the last of which is the error's
  std::vector<std::vector<std::string>> labels; ///< of each factor's levels, ascending
  std::vector<std::string> terms; ///< of fit.coefficient: "intercept", "0" (a number), "1 = phone" (a label)
  std::size_t missing = 0;        ///< rows left out

  /// The variance of a factor, or "residual"; argument_error with the nearest for an unknown one.
  const tested_estimate& variance(std::string_view factor) const {
    return factor == "residual" ? fit.variance.at(factors.size()) : fit.variance.at(place(factor));
  }
  /// The predicted effect of a level, with its error: value, std_error, df, n. argument_error for an unknown name.
  estimate effect(std::string_view factor, std::string_view label) const {
    const std::size_t f = place(factor);
    const auto at = std::ranges::find(labels[f], label);
    if (at == labels[f].end())
      throw argument_error("label: no " + factors[f] + " is labelled " + detail::quoted(label) +
                           detail::did_you_mean(label, labels[f]));
    estimate out;
    if (!fit.undefined.empty()) {
      out.undefined = fit.undefined;
      return out;
    }
    const auto level = static_cast<std::size_t>(at - labels[f].begin());
    const mixed_effects& effects = fit.effects[f];
    out.value = effects.value[level];
    out.std_error = effects.std_error[level];
    out.df = effects.df[level];
    out.n = effects.n[level];
    out.method = "predicted effect, REML";
    return out;
  }

private:
  std::size_t place(std::string_view factor) const {
    const auto at = std::ranges::find(factors, factor);
    if (at == factors.end())
      throw argument_error("factor: there is no " + detail::quoted(factor) +
                           detail::did_you_mean(factor, factors));
    return static_cast<std::size_t>(at - factors.begin());
  }
};

/// score = intercept + fixed part + one random effect per factor + error, by restricted maximum likelihood:
///   auto found = qa::mixed_model(reviews, &review::score, qa::by(&review::minutes, &review::queue), {},
///                                qa::random("agent", &review::agent), qa::random("rater", &review::rater));
///   found.variance("agent").value;
/// Throws data_error for an infinite number, and for a missing value or label unless `missing` says drop; argument_error for
/// names that repeat, and for a fixed column that the others determine.
template <row_range Range, projection_of<Range> Score, class... Fixed, projection_of<Range>... Factors>
mixed_table mixed_model(const Range& rows, const Score& score, const by_columns<Fixed...>& fixed,
                        const mixed_options& options, missing_rows missing,
                        const random_column<Factors>&... factors) {
  mixed_table out;
  out.factors = {factors.name...};
  for (auto at = out.factors.begin(); at != out.factors.end(); ++at)
    if (std::find(out.factors.begin(), at, *at) != at)
      throw argument_error("factors: " + detail::quoted(*at) + " stands twice");
  detail::model_rows read(missing, "fixed");
  read.add_score(rows, score);
  (read.add_factor(rows, factors.projection, factors.name), ...);
  std::apply([&](const auto&... projection) { (read.add_fixed(rows, projection), ...); }, fixed.projections);
  read.finish();
  mixed_data data{read.score(), {}, read.fixed(), {}};
  for (std::size_t f = 0; f < out.factors.size(); ++f) {
    data.factors.push_back(read.factor(f).view());
    out.labels.push_back(read.factor(f).labels);
  }
  out.fit = kernel::fit_mixed_model(data, options);
  if (out.fit.dependent < read.terms.size())
    throw argument_error("fixed: number " + read.terms[out.fit.dependent] +
                         " is the same in all rows, or a combination of those before it");
  out.terms = {"intercept"};
  out.terms.insert(out.terms.end(), read.terms.begin(), read.terms.end());
  out.missing = read.dropped;
  return out;
}

template <row_range Range, projection_of<Range> Score, class... Fixed, projection_of<Range>... Factors>
mixed_table mixed_model(const Range& rows, const Score& score, const by_columns<Fixed...>& fixed,
                        const mixed_options& options, const random_column<Factors>&... factors) {
  return mixed_model(rows, score, fixed, options, missing_rows::error, factors...);
}

} // namespace qascore
