// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "estimates.hpp"
#include "interval_names.hpp"
#include "register.hpp"

#include <qascore/kernel/cronbach.hpp>
#include <qascore/kernel/inference.hpp>
#include <qascore/kernel/paired.hpp>
#include <qascore/kernel/quantile.hpp>

#include <pybind11/stl.h>

namespace qascore::python {
namespace {

using numbers_array = py::array_t<double>;

Estimates quantiles(const py::object& design, const numbers_array& values, const py::object& by,
                   std::size_t domains, double p, confidence_level confidence, bool averaged, bool woodruff,
                   const std::string& interval) {
  const auto y = as_span<double>(values);
  const DesignArrays arrays(design, y.size());
  const kernel::domain_view domain{as_optional_span<std::uint32_t>(by), domains};
  quantile_options options;
  options.confidence = confidence;
  options.definition = averaged ? quantile_definition::averaged : quantile_definition::inverse_cdf;
  options.limits = woodruff ? quantile_limits::woodruff : quantile_limits::inversion;
  options.interval = proportion_interval_of(interval);
  std::vector<estimate> found;
  {
    const py::gil_scoped_release release;
    found = kernel::quantiles(arrays.view(), domain, y, p, options);
  }
  return Estimates(std::move(found));
}

py::tuple paired_difference(const py::object& design, const numbers_array& first, const numbers_array& second,
                            bool all, confidence_level confidence) {
  const auto a = as_span<double>(first), b = as_span<double>(second);
  const DesignArrays arrays(design, a.size());
  const tested_estimate e = kernel::paired_difference(
      arrays.view(), a, b, all ? paired_units::all : paired_units::both, confidence);
  return py::make_tuple(to_dict(static_cast<const estimate&>(e)), to_dict(e.test));
}

py::dict cronbach_alpha(const py::object& design, const std::vector<numbers_array>& columns,
                        std::size_t missing, confidence_level confidence) {
  std::vector<std::span<const double>> spans;
  for (const numbers_array& column : columns)
    spans.push_back(as_span<double>(column));
  const DesignArrays arrays(design, spans.empty() ? 0 : spans.front().size());
  const design_view& view = arrays.view();
  kernel::inference_options options;
  options.confidence = confidence;
  options.upper_bound = 1.0;
  options.method = "Cronbach's alpha";
  options.n = view.units - missing;
  estimate e = kernel::infer(kernel::cronbach_alpha(view, spans), view, options);
  e.missing = missing;
  return to_dict(e);
}

} // namespace

void register_quantiles(py::module_& module) {
  using namespace py::literals;
  module.def("quantiles", &quantiles, "design"_a, "values"_a, "by"_a, "domains"_a, "p"_a, "confidence"_a,
             "averaged"_a, "woodruff"_a, "interval"_a);
  module.def("paired_difference", &paired_difference, "design"_a, "first"_a, "second"_a, "all"_a,
             "confidence"_a);
  module.def("cronbach_alpha", &cronbach_alpha, "design"_a, "columns"_a, "missing"_a, "confidence"_a);
}

} // namespace qascore::python
