// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../distribution.hpp"
#include "../mean.hpp"
#include "../model_assisted.hpp"
#include "covariance.hpp"
#include "weighted_mean.hpp"

#include <cmath>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_model {

using rows_span = std::span<const std::uint32_t>;

/// The variance of a + lambda b for every lambda.
struct parabola {
  double first = 0.0, both = 0.0, second = 0.0; ///< V(a), C(a, b), V(b)
  double df = 0.0;                              ///< of the rows behind it

  double at(double lambda) const { return first + lambda * (2.0 * both + lambda * second); }
  /// Where it is least, or 0 where the model does not narrow the interval, the lost degree of freedom
  /// included.
  double least() const {
    if (!(second > 0.0) || !(df > 1.0))
      return 0.0;
    const double lambda = -both / second;
    return at(lambda) * df / (df - 1.0) < first ? lambda : 0.0;
  }
};

inline parabola parabola_of(variance_engine& engine, rows_span rows, std::span<const double> a,
                            std::span<const double> b) {
  parabola out;
  const design_variance first = engine.of_rows(rows, a);
  if (!first.undefined.empty())
    return out;
  out.df = first.df;
  out.first = first.variance;
  out.second = engine.of_rows(rows, b).variance;
  const auto variance = [&](std::span<const double> u) { return engine.of_rows(rows, u).variance; };
  out.both = detail_variance::covariance(variance, a, out.first, b, out.second);
  return out;
}

/// lambda and the factor on the standard error, for each stratum.
struct tuned {
  std::vector<double> lambda, factor;
  double used = 0.0; ///< how many were estimated from the sample
};

inline tuned tune(variance_engine& engine, const design_view& design, rows_span rows,
                  std::span<const double> a, std::span<const double> b,
                  const model_assisted_options& options) {
  tuned out{std::vector<double>(design.strata, options.lam), std::vector<double>(design.strata, 1.0), 0.0};
  const auto set = [&](std::size_t h, double lambda, double df) {
    out.lambda[h] = lambda;
    out.factor[h] = lambda == 0.0 ? 1.0 : std::sqrt(df / (df - 1.0));
  };
  if (options.tuning == model_tuning::common) {
    const parabola all = parabola_of(engine, rows, a, b);
    const double lambda = all.least();
    for (std::size_t h = 0; h < design.strata; ++h)
      set(h, lambda, all.df);
    out.used = lambda != 0.0 ? 1.0 : 0.0;
  } else if (options.tuning == model_tuning::stratum) {
    std::vector<std::vector<std::size_t>> members(design.strata);
    for (std::size_t k = 0; k < rows.size(); ++k)
      members[design.stratum_of(rows[k])].push_back(k);
    for (std::size_t h = 0; h < design.strata; ++h) {
      std::vector<std::uint32_t> part;
      std::vector<double> part_a, part_b;
      for (const std::size_t k : members[h]) {
        part.push_back(rows[k]);
        part_a.push_back(a[k]);
        part_b.push_back(b[k]);
      }
      const parabola own = part.empty() ? parabola{} : parabola_of(engine, part, part_a, part_b);
      set(h, part.empty() ? missing_value : own.least(), own.df);
      out.used += !part.empty() && out.lambda[h] != 0.0 ? 1.0 : 0.0;
    }
  }
  return out;
}

} // namespace detail_model

QASCORE_INLINE cell_means means_of_cells(std::span<const std::uint32_t> code, std::size_t cells,
                                         std::span<const double> values) {
  const domain_rows grouped = group_by_domain({code, cells}, values);
  cell_means out{std::vector<double>(cells, missing_value), std::vector<double>(cells, 0.0)};
  for (std::size_t c = 0; c < cells; ++c) {
    if (grouped.missing[c] > 0)
      throw argument_error("population: " + std::to_string(grouped.missing[c]) +
                           " units lack the model's score");
    const auto rows = grouped.of(c);
    out.count[c] = static_cast<double>(rows.size());
    if (!rows.empty())
      out.mean[c] = detail_mean::mean_of({independent_units(values.size()), rows, values}).mean;
  }
  return out;
}

QASCORE_INLINE std::vector<model_assisted_estimate>
model_assisted_means(const design_view& given, const domain_view& domain, std::span<const double> y,
                     std::span<const double> x, std::span<const double> population_mean,
                     const model_assisted_options& options) {
  using namespace detail_model;
  const std::size_t units = y.size();
  if (x.size() != units || population_mean.size() != units)
    throw argument_error("model: expected " + std::to_string(units) + " values, one per unit, but found " +
                         std::to_string(x.size()) + " scores and " + std::to_string(population_mean.size()) +
                         " means");
  std::vector<double> off(units, missing_value); // the model's mean minus its score
  for (std::size_t i = 0; i < units; ++i) {
    if (is_missing(y[i]) || (!domain.code.empty() && is_missing(domain.code[i])))
      continue;
    off[i] = population_mean[i] - x[i];
    if (is_missing(off[i]))
      throw argument_error("model: unit " + std::to_string(i) +
                           " has a score by people but none by the model, or no mean of the model");
  }
  const answered_design answered(given, y);
  const design_view& design = answered.view();
  const domain_rows grouped = group_by_domain(domain, y);
  variance_engine engine(design, y);
  inference_options limits;
  limits.confidence = options.confidence;
  limits.scale = options.scale;

  std::vector<model_assisted_estimate> out(domain.count);
  for (std::size_t d = 0; d < domain.count; ++d) {
    const auto rows = grouped.of(d);
    model_assisted_estimate& found = out[d];
    limits.n = rows.size();
    const auto finish = [&](double value, design_variance spread, std::string_view method) {
      spread.census = spread.census && grouped.missing[d] == 0;
      limits.method = method;
      estimate e = infer(value, spread, limits);
      e.missing = grouped.missing[d];
      return e;
    };
    if (rows.empty()) {
      design_variance none;
      none.undefined = "no unit has a value";
      found.people = finish(missing_value, none, "mean, sample design");
      static_cast<estimate&>(found) = finish(missing_value, none, "model-assisted mean");
      continue;
    }
    std::vector<double> a(rows.size()), b(rows.size());
    const double mean = mean_of_rows(design, rows, y, a);
    mean_of_rows(design, rows, off, b);
    const design_variance alone = engine.of_rows(rows, a);
    found.people =
        finish(mean, alone, is_independent(design) ? "mean, independent rows" : "mean, sample design");

    const tuned lambda = tune(engine, design, rows, a, b, options);
    std::vector<double> adjusted(units, missing_value), influence(rows.size());
    const auto apply = [&](const tuned& with) {
      for (const std::uint32_t i : rows)
        adjusted[i] = y[i] + with.lambda[design.stratum_of(i)] * off[i];
      const double value = mean_of_rows(design, rows, adjusted, influence);
      for (std::size_t k = 0; k < rows.size(); ++k)
        influence[k] *= with.factor[design.stratum_of(rows[k])];
      design_variance spread = engine.of_rows(rows, influence);
      spread.df -= with.used;
      found.lam = with.lambda;
      if (options.tuning != model_tuning::stratum)
        found.lam.resize(1);
      found.effective_size = static_cast<double>(rows.size()) * alone.variance / spread.variance;
      static_cast<estimate&>(found) =
          finish(value, std::move(spread),
                 options.tuning == model_tuning::fixed ? "model-assisted mean, given lambda"
                                                       : "model-assisted mean, tuned lambda");
    };
    apply(lambda);
    // A lost degree of freedom can cost more than a lambda gains.
    const auto reach = [&](const estimate& e) {
      return student_t_quantile(options.confidence.upper_tail(), e.df) * e.std_error;
    };
    if (lambda.used > 0.0 && !(reach(found) < reach(found.people))) {
      tuned none{lambda.lambda, std::vector<double>(design.strata, 1.0), 0.0};
      for (double& one : none.lambda)
        one = is_missing(one) ? one : 0.0;
      apply(none);
    }
  }
  return out;
}

QASCORE_INLINE counted_population population_of_counts(const design_view& design,
                                                       std::span<const double> counts) {
  if (counts.size() != design.strata)
    throw argument_error("counts: expected " + std::to_string(design.strata) +
                         ", one per stratum, but found " + std::to_string(counts.size()));
  std::vector<double> sampled(design.strata, 0.0);
  for (std::size_t i = 0; i < design.units; ++i)
    sampled[design.stratum_of(i)] += 1.0;
  counted_population out;
  const bool own = !design.population.empty();
  for (std::size_t h = 0; h < counts.size(); ++h) {
    const double expected = own ? design.population[h] : sampled[h];
    if (own ? counts[h] != expected : counts[h] < expected) {
      out = {.contradicts = true, .stratum = h, .expected = expected, .population = {}};
      return out;
    }
  }
  bool simple = design.chance.empty();
  for (std::size_t i = 0; i < design.units && simple && !own && !design.weight.empty(); ++i) {
    const std::uint32_t h = design.stratum_of(i);
    simple = std::abs(design.weight[i] - counts[h] / sampled[h]) <= 1e-9 * design.weight[i];
  }
  if (simple)
    out.population.assign(counts.begin(), counts.end());
  return out;
}

} // namespace qascore::kernel
