// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "ratings.hpp" // named()
#include "register_relations.hpp"

#include <qascore/kernel/correlation_comparison.hpp>
#include <qascore/kernel/response_propensity.hpp>
#include <qascore/kernel/weight_proposal.hpp>

#include <pybind11/stl.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

using column = py::array_t<double>;
using codes = py::array_t<std::uint32_t>;

constexpr std::array<std::pair<const char*, correlation_method>, 3> methods{
    {{"pearson", correlation_method::pearson},
     {"spearman", correlation_method::spearman},
     {"kendall", correlation_method::kendall}}};

std::vector<std::span<const double>> spans_of(const std::vector<column>& columns) {
  std::vector<std::span<const double>> out;
  for (const column& one : columns)
    out.push_back(as_span<double>(one));
  return out;
}

py::tuple tested(const tested_estimate& e) {
  return py::make_tuple(to_dict(static_cast<const estimate&>(e)), to_dict(e.test));
}

py::tuple tested(const adjusted_estimates& e) {
  return py::make_tuple(tested(e.before), tested(e.after), tested(e.change));
}

py::str name_of(proposal_refusal why) {
  switch (why) {
  case proposal_refusal::few_rows:
    return "few_rows";
  case proposal_refusal::no_driver:
    return "no_driver";
  case proposal_refusal::negative_driver:
    return "negative_driver";
  case proposal_refusal::no_gain:
    break;
  }
  return "no_gain";
}

py::dict propose_weights(const py::object& design, const column& y, const std::vector<column>& columns,
                         const column& today, std::size_t folds, std::size_t repeats, std::uint64_t start,
                         confidence_level confidence, unsigned threads) {
  const auto ys = as_span<double>(y), weights = as_span<double>(today);
  const auto all = spans_of(columns);
  const DesignArrays arrays(design, ys.size());
  const weight_proposal_options options{
      .folds = folds, .repeats = repeats, .seed = seed{start}, .confidence = confidence, .threads = threads};
  weight_proposal found;
  {
    const py::gil_scoped_release release;
    found = kernel::propose_weights(arrays.view(), ys, all, weights, options);
  }
  const auto evidence = [](const prediction_evidence& e) {
    return py::make_tuple(to_dict(e.today), to_dict(e.proposed), to_dict(e.gain));
  };
  py::list refusals;
  for (const proposal_refusal why : found.refusals)
    refusals.append(name_of(why));
  py::dict out;
  out["weight"] = found.weight;
  out["least"] = found.least;
  out["most"] = found.most;
  out["r_squared"] = evidence(found.r_squared);
  out["correlation"] = evidence(found.correlation);
  out["negative"] = found.negative;
  out["refusals"] = refusals;
  out["n"] = found.n;
  out["missing"] = found.missing;
  out["groups"] = found.groups;
  out["undefined"] = text_or_none(found.undefined);
  out["fault"] = found.fault == weight_proposal::no_fault ? py::object(py::none()) : py::cast(found.fault);
  return out;
}

codes deal_folds(const py::object& design, const codes& rows, std::size_t units, std::size_t folds,
                 std::uint64_t start, std::size_t repeat) {
  const DesignArrays arrays(design, units);
  return array_of(
      kernel::deal_folds(arrays.view(), as_span<std::uint32_t>(rows), folds, seed{start}, repeat));
}

/// The model of who answered, and by name what it makes of a mean (no x) or a correlation.
py::dict response_propensity_of(const py::object& design, const column& answered,
                                const std::vector<column>& columns, std::size_t classes,
                                double largest_factor, const column& y, const py::object& x,
                                const std::string& method, confidence_level confidence) {
  const auto said = as_span<double>(answered), ys = as_span<double>(y), xs = as_optional_span<double>(x);
  const auto all = spans_of(columns);
  const DesignArrays arrays(design, said.size());
  const propensity_options options{
      .confidence = confidence, .classes = classes, .largest_factor = largest_factor};
  const auto how = named("method", method, methods);
  response_propensity fit;
  adjusted_estimates mean, correlation;
  {
    const py::gil_scoped_release release;
    fit = kernel::fit_response(arrays.view(), said, all, options);
    mean = kernel::adjusted_mean(arrays.view(), fit, ys, confidence);
    if (!xs.empty())
      correlation = kernel::adjusted_correlation(arrays.view(), fit, xs, ys, how, confidence);
  }
  py::list coefficients;
  for (const tested_estimate& e : fit.model.coefficients)
    coefficients.append(tested(e));
  py::dict out;
  out["coefficients"] = coefficients;
  out["log_likelihood"] = fit.model.log_likelihood;
  out["mean"] = tested(mean);
  out["correlation"] = xs.empty() ? py::object(py::none()) : py::object(tested(correlation));
  out["answers"] = fit.answers;
  out["trimmed"] = fit.trimmed;
  out["effective_size"] = fit.effective_size;
  out["undefined"] = text_or_none(fit.undefined);
  out["fault"] = fit.fault == regression_fit::no_fault ? py::object(py::none()) : py::cast(fit.fault);
  out["propensity"] = array_of(std::move(fit.propensity));
  out["factor"] = array_of(std::move(fit.factor));
  return out;
}

py::dict compare_parts(const py::object& design, const column& x, const column& y, const codes& part,
                       std::size_t parts, const std::string& method, confidence_level confidence) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const auto in = as_span<std::uint32_t>(part);
  const DesignArrays arrays(design, xs.size());
  const auto how = named("method", method, methods);
  kernel::correlations_by_part found;
  {
    const py::gil_scoped_release release;
    found = kernel::compare_parts(arrays.view(), xs, ys, in, parts, how, confidence);
  }
  py::list each, difference;
  for (const tested_estimate& e : found.part)
    each.append(tested(e));
  for (const tested_estimate& e : found.difference)
    difference.append(tested(e));
  py::dict out;
  out["part"] = each;
  out["difference"] = difference;
  out["all_alike"] = to_dict(found.all_alike);
  out["compared"] = found.compared;
  return out;
}

} // namespace

void register_csat(py::module_& module) {
  using namespace py::literals;
  module.def("propose_weights", &propose_weights, "design"_a, "outcome"_a, "columns"_a, "today"_a, "folds"_a,
             "repeats"_a, "seed"_a, "confidence"_a, "threads"_a);
  module.def("deal_folds", &deal_folds, "design"_a, "rows"_a, "units"_a, "folds"_a, "seed"_a, "repeat"_a);
  module.def("response_propensity", &response_propensity_of, "design"_a, "answered"_a, "columns"_a,
             "classes"_a, "largest_factor"_a, "y"_a, "x"_a, "method"_a, "confidence"_a);
  module.def("compare_parts", &compare_parts, "design"_a, "x"_a, "y"_a, "part"_a, "parts"_a, "method"_a,
             "confidence"_a);
}

} // namespace qascore::python
