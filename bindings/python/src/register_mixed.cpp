// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "model_records.hpp"
#include "register.hpp"

#include <qascore/kernel/g_study.hpp>
#include <qascore/kernel/mixed_model.hpp>
#include <qascore/kernel/rater_effects.hpp>

#include <utility>

namespace qascore::python {
namespace {

component_interval interval_of(const std::string& name) {
  return name == "profile"       ? component_interval::profile
         : name == "information" ? component_interval::information
                                 : component_interval::automatic;
}

py::dict effects_dict(mixed_effects&& effects) {
  py::dict out;
  out["value"] = array_of(std::move(effects.value));
  out["std_error"] = array_of(std::move(effects.std_error));
  out["df"] = array_of(std::move(effects.df));
  std::vector<std::int64_t> n(effects.n.begin(), effects.n.end());
  out["n"] = array_of(std::move(n));
  return out;
}

py::dict fit_dict(mixed_fit&& fit, std::size_t columns) {
  py::list variances, coefficients, effects;
  for (const tested_estimate& one : fit.variance)
    variances.append(py::make_tuple(to_dict(static_cast<const estimate&>(one)), to_dict(one.test)));
  for (const estimate& one : fit.coefficient)
    coefficients.append(to_dict(one));
  for (mixed_effects& one : fit.effects)
    effects.append(effects_dict(std::move(one)));
  py::dict out;
  out["variances"] = variances;
  out["coefficients"] = coefficients;
  out["effects"] = effects;
  out["reml_criterion"] = fit.reml_criterion;
  out["n"] = fit.n;
  out["iterations"] = fit.iterations;
  out["converged"] = fit.converged;
  out["dependent"] = fit.dependent < columns ? py::object(py::int_(fit.dependent)) : py::object(py::none());
  out["undefined"] = text_or_none(fit.undefined);
  return out;
}

py::dict fit_mixed_model(const numbers_array& y, const std::vector<factor>& factors,
                         const std::vector<numbers_array>& fixed, confidence_level confidence,
                         const std::string& interval) {
  mixed_data data{as_span<double>(y), {}, spans_of(fixed), {}};
  for (const factor& one : factors)
    data.factors.push_back(factor_of(one));
  mixed_fit fit;
  {
    const py::gil_scoped_release release;
    fit = kernel::fit_mixed_model(data, {confidence, interval_of(interval)});
  }
  return fit_dict(std::move(fit), fixed.size());
}

py::dict rater_effects(const numbers_array& score, const factor& agent, const factor& rater,
                       const std::optional<factor>& conversation, const std::vector<numbers_array>& case_mix,
                       confidence_level confidence, bool highest_first, const std::string& interval,
                       std::optional<std::uint64_t> seed, std::size_t replicates, unsigned threads) {
  rater_scores scores{as_span<double>(score), factor_of(agent), factor_of(rater), {}, spans_of(case_mix)};
  if (conversation)
    scores.conversation = factor_of(*conversation);
  rater_effects_options options;
  options.confidence = confidence;
  options.highest_first = highest_first;
  options.interval = interval_of(interval);
  if (seed) {
    options.test = rater_test::bootstrap;
    options.seed = qascore::seed{*seed};
    options.replicates = replicates;
    options.threads = threads;
  }
  rater_effects_fit fit;
  {
    const py::gil_scoped_release release;
    fit = kernel::rater_effects(scores, options);
  }
  py::list raters;
  for (const rater_effect& one : fit.raters) {
    py::dict record;
    record["n"] = one.n;
    record["mean"] = one.mean;
    record["severity"] = to_dict(one.severity);
    record["spread"] = to_dict(one.spread);
    raters.append(record);
  }
  py::dict out = fit_dict(std::move(fit.model), case_mix.size());
  out["raters"] = raters;
  out["agents"] = agents_list(fit.agents);
  out["agent_group"] = array_of(std::move(fit.agent_group));
  out["rater_group"] = array_of(std::move(fit.rater_group));
  out["groups"] = fit.groups;
  return out;
}

/// `facets`: factors with the place of the facet that each is nested in (None: crossed); the first is the object.
py::dict g_study(const numbers_array& score,
                 const std::vector<std::pair<factor, std::optional<std::size_t>>>& facets,
                 confidence_level confidence, const std::string& method, const std::string& interval) {
  std::vector<g_facet> all;
  for (const auto& [given, within] : facets)
    all.push_back({factor_of(given), within.value_or(g_facet::crossed)});
  g_options options;
  options.confidence = confidence;
  options.method = method == "anova"  ? g_method::anova
                   : method == "reml" ? g_method::reml
                                      : g_method::automatic;
  options.interval = interval_of(interval);
  const auto values = as_span<double>(score);
  g_study_fit fit;
  {
    const py::gil_scoped_release release;
    fit = kernel::g_study(values, all, options);
  }
  py::list components;
  for (const g_component& one : fit.components) {
    py::dict record;
    record["facets"] = one.facets;
    record["variance"] = to_dict(one.variance);
    record["df"] = one.df;
    record["mean_square"] = one.mean_square;
    components.append(record);
  }
  py::dict out;
  out["components"] = components;
  out["covariance"] = fit.covariance;
  out["n"] = fit.n;
  out["method"] = fit.method == g_method::anova ? "anova" : "reml";
  out["undefined"] = text_or_none(fit.undefined);
  return out;
}

/// One record per plan (levels of each facet).
py::list d_study(const std::vector<std::uint32_t>& facets, const std::vector<double>& variances,
                 const std::vector<double>& covariance, std::size_t n,
                 const std::vector<std::vector<double>>& plans, std::uint32_t fixed,
                 confidence_level confidence) {
  g_study_fit study;
  study.n = n;
  study.covariance = covariance;
  for (std::size_t k = 0; k < facets.size(); ++k) {
    g_component one;
    one.facets = facets[k];
    one.variance.value = variances[k];
    study.components.push_back(std::move(one));
  }
  py::list out;
  for (const std::vector<double>& levels : plans) {
    const d_study_fit found = kernel::d_study(study, levels, fixed, confidence);
    py::dict record;
    record["universe"] = found.universe;
    record["relative_error"] = found.relative_error;
    record["absolute_error"] = found.absolute_error;
    record["relative_sem"] = found.relative_sem;
    record["absolute_sem"] = found.absolute_sem;
    record["generalizability"] = to_dict(found.generalizability);
    record["dependability"] = to_dict(found.dependability);
    out.append(record);
  }
  return out;
}

} // namespace

void register_mixed(py::module_& module) {
  using namespace py::literals;
  module.def("fit_mixed_model", &fit_mixed_model, "y"_a, "factors"_a, "fixed"_a, "confidence"_a,
             "interval"_a);
  module.def("rater_effects", &rater_effects, "score"_a, "agent"_a, "rater"_a, "conversation"_a, "case_mix"_a,
             "confidence"_a, "highest_first"_a, "interval"_a, "seed"_a, "replicates"_a, "threads"_a);
  module.def("g_study", &g_study, "score"_a, "facets"_a, "confidence"_a, "method"_a, "interval"_a);
  module.def("d_study", &d_study, "facets"_a, "variances"_a, "covariance"_a, "n"_a, "plans"_a, "fixed"_a,
             "confidence"_a);
}

} // namespace qascore::python
