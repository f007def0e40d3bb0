// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "model_records.hpp"
#include "register.hpp"

#include <qascore/kernel/ordinal_raters.hpp>

#include <utility>

namespace qascore::python {
namespace {

template <class Estimate>
py::list with_tests(const std::vector<Estimate>& estimates) {
  py::list out;
  for (const Estimate& one : estimates)
    out.append(py::make_tuple(to_dict(static_cast<const estimate&>(one)), to_dict(one.test)));
  return out;
}

py::dict ordinal_rater_effects(const codes_array& category, const numbers_array& value, const factor& agent,
                               const factor& rater, const std::optional<factor>& conversation,
                               const std::vector<numbers_array>& case_mix, const std::string& link,
                               confidence_level confidence, bool highest_first) {
  rater_categories ratings{as_span<std::uint32_t>(category),
                           as_span<double>(value),
                           factor_of(agent),
                           factor_of(rater),
                           {},
                           spans_of(case_mix)};
  if (conversation)
    ratings.conversation = factor_of(*conversation);
  const ordinal_raters_options options{confidence, highest_first,
                                       link == "probit" ? ordinal_link::probit : ordinal_link::logit};
  ordinal_raters_fit fit;
  {
    const py::gil_scoped_release release;
    fit = kernel::ordinal_rater_effects(ratings, options);
  }
  py::list raters, thresholds;
  for (const ordinal_rater& one : fit.raters) {
    py::dict record;
    record["n"] = one.n;
    record["mean"] = one.mean;
    record["severity"] = to_dict(one.severity);
    record["expected"] = to_dict(one.expected);
    raters.append(record);
  }
  for (const estimate& one : fit.model.threshold)
    thresholds.append(to_dict(one));
  py::dict out;
  out["raters"] = raters;
  out["agents"] = agents_list(fit.agents);
  out["agent_group"] = array_of(std::move(fit.agent_group));
  out["rater_group"] = array_of(std::move(fit.rater_group));
  out["groups"] = fit.groups;
  out["variances"] = with_tests(fit.model.variance);
  out["coefficients"] = with_tests(fit.model.coefficient);
  out["thresholds"] = thresholds;
  out["log_likelihood"] = fit.model.log_likelihood;
  out["converged"] = fit.model.converged;
  out["dependent"] = fit.model.dependent < case_mix.size() ? py::object(py::int_(fit.model.dependent))
                                                           : py::object(py::none());
  out["undefined"] = text_or_none(fit.model.undefined);
  return out;
}

} // namespace

void register_ordinal(py::module_& module) {
  using namespace py::literals;
  module.def("ordinal_rater_effects", &ordinal_rater_effects, "category"_a, "value"_a, "agent"_a, "rater"_a,
             "conversation"_a, "case_mix"_a, "link"_a, "confidence"_a, "highest_first"_a);
}

} // namespace qascore::python
