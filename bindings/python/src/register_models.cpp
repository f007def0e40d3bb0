// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/kernel/model_assisted.hpp>
#include <qascore/kernel/ppi.hpp>

#include <optional>
#include <pybind11/stl.h>

namespace qascore::python {
namespace {

using codes_array = py::array_t<std::uint32_t>;
using numbers_array = py::array_t<double>;

py::tuple means_of_cells(const codes_array& codes, std::size_t cells, const numbers_array& values) {
  kernel::cell_means out =
      kernel::means_of_cells(as_span<std::uint32_t>(codes), cells, as_span<double>(values));
  return py::make_tuple(array_of(std::move(out.mean)), array_of(std::move(out.count)));
}

py::list model_assisted_means(const py::object& design, const numbers_array& values,
                              const numbers_array& model, const numbers_array& population_mean,
                              const py::object& by, std::size_t domains, confidence_level confidence,
                              const std::string& tuning, double lam, bool logit) {
  const auto y = as_span<double>(values), x = as_span<double>(model), mean = as_span<double>(population_mean);
  const DesignArrays arrays(design, y.size());
  const kernel::domain_view domain{as_optional_span<std::uint32_t>(by), domains};
  kernel::model_assisted_options options;
  options.confidence = confidence;
  options.tuning = tuning == "common"    ? model_tuning::common
                   : tuning == "stratum" ? model_tuning::stratum
                                         : model_tuning::fixed;
  options.lam = lam;
  options.scale = logit ? kernel::interval_scale::logit : kernel::interval_scale::identity;
  std::vector<model_assisted_estimate> found;
  {
    const py::gil_scoped_release release;
    found = kernel::model_assisted_means(arrays.view(), domain, y, x, mean, options);
  }
  py::list out;
  for (const model_assisted_estimate& e : found)
    out.append(
        py::make_tuple(to_dict(static_cast<const estimate&>(e)), to_dict(e.people), e.lam, e.effective_size));
  return out;
}

py::tuple ppi_mean(const numbers_array& values, const numbers_array& model, const numbers_array& others,
                   const py::object& stratum, const py::object& others_stratum, std::size_t strata,
                   confidence_level confidence, std::optional<double> lam, bool clip, bool divide_by_n,
                   double null_value) {
  kernel::ppi_options options;
  options.confidence = confidence;
  options.tuned = !lam.has_value();
  options.lam = lam.value_or(1.0);
  options.clip = clip;
  options.divide_by_n = divide_by_n;
  options.null_value = null_value;
  const kernel::ppi_sample labelled{as_span<double>(model), as_optional_span<std::uint32_t>(stratum)};
  const kernel::ppi_sample rest{as_span<double>(others), as_optional_span<std::uint32_t>(others_stratum)};
  const ppi_estimate e = kernel::ppi_mean(as_span<double>(values), labelled, rest, strata, options);
  return py::make_tuple(to_dict(static_cast<const estimate&>(e)), to_dict(e.test), e.lam, e.effective_size);
}

} // namespace

void register_models(py::module_& module) {
  using namespace py::literals;
  // Whether counts contradict the design, in which stratum, what was expected, and the population for the variance.
  module.def(
      "population_of_counts",
      [](const py::object& design, std::size_t units, const py::array& counts) {
        const DesignArrays arrays(design, units);
        kernel::counted_population out = kernel::population_of_counts(arrays.view(), as_span<double>(counts));
        const py::object population =
            out.population.empty() ? py::object(py::none()) : py::object(array_of(std::move(out.population)));
        return py::make_tuple(out.contradicts, out.stratum, out.expected, population);
      },
      "design"_a, "units"_a, "counts"_a);
  module.def("means_of_cells", &means_of_cells, "codes"_a, "cells"_a, "values"_a);
  module.def("model_assisted_means", &model_assisted_means, "design"_a, "values"_a, "model"_a,
             "population_mean"_a, "by"_a, "domains"_a, "confidence"_a, "tuning"_a, "lam"_a, "logit"_a);
  module.def("ppi_mean", &ppi_mean, "values"_a, "model"_a, "others"_a, "stratum"_a, "others_stratum"_a,
             "strata"_a, "confidence"_a, "lam"_a, "clip"_a, "divide_by_n"_a, "null_value"_a);
}

} // namespace qascore::python
