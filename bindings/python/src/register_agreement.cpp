// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "ratings.hpp"
#include "register.hpp"

#include <qascore/kernel/agreement_comparison.hpp>
#include <qascore/kernel/agreement_measure.hpp>
#include <qascore/kernel/agreement_resampling.hpp>
#include <qascore/kernel/benchmark.hpp>
#include <qascore/kernel/category_weights.hpp>
#include <qascore/kernel/chance_test.hpp>
#include <qascore/kernel/one_against_rest.hpp>

#include <pybind11/stl.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

constexpr std::array<std::pair<const char*, resampling_method>, 3> methods{
    {{"percentile", resampling_method::percentile},
     {"bca", resampling_method::bca},
     {"jackknife", resampling_method::jackknife}}};

/// (coefficient, level, category weights, gold) as the package hands them; alpha where the coefficient is None.
agreement_measure measure_of(const py::tuple& fields) {
  agreement_measure out;
  if (!fields[0].is_none())
    out.coefficient = named("coefficient", py::cast<std::string>(fields[0]), coefficients);
  if (!fields[1].is_none())
    out.level = named("level", py::cast<std::string>(fields[1]), levels);
  out.category_weights = as_optional_span<double>(fields[2]);
  if (!fields[3].is_none())
    out.gold = py::cast<std::uint32_t>(fields[3]);
  return out;
}

py::dict measured(const Ratings& self, const py::tuple& measure, confidence_level confidence,
                  const std::string& std_error, bool normal, const py::object& design) {
  const Inference how(confidence, std_error, normal, design, self.units());
  const agreement_measure what = measure_of(measure);
  agreement_result out;
  {
    const py::gil_scoped_release unlocked;
    out = kernel::agreement(self.view(), what, how.options, how.view);
  }
  return agreement_dict(out);
}

py::dict compare_agreement(const py::list& tables, const py::list& measures, confidence_level confidence,
                           const std::string& std_error, bool normal, const py::object& design) {
  std::vector<kernel::measured_table> of;
  for (std::size_t t = 0; t < tables.size(); ++t)
    of.push_back({py::cast<const Ratings&>(tables[t]).view(), measure_of(py::cast<py::tuple>(measures[t]))});
  const Inference how(confidence, std_error, normal, design, of.empty() ? 0 : of.front().ratings.units);
  agreement_comparison found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::compare_agreement(of, how.options, how.view);
  }
  py::list coefficients_found, differences;
  for (const agreement_result& one : found.coefficients)
    coefficients_found.append(agreement_dict(one));
  for (const tested_estimate& one : found.differences) {
    py::dict row = to_dict(static_cast<const estimate&>(one));
    row["test"] = to_dict(one.test);
    differences.append(row);
  }
  py::dict out;
  out["coefficients"] = coefficients_found;
  out["differences"] = differences;
  out["covariance"] = array_of(std::move(found.covariance));
  out["correlation"] = array_of(std::move(found.correlation));
  out["equality"] = to_dict(found.equality);
  out["undefined"] = text_or_none(found.undefined);
  return out;
}

py::dict resample_agreement(const Ratings& self, const py::tuple& measure, const std::string& method,
                            std::size_t replicates, const py::object& start, unsigned threads,
                            confidence_level confidence, bool normal, const py::object& design) {
  const Inference how(confidence, "influence", normal, design, self.units());
  resampling_options options;
  options.method = named("method", method, methods);
  options.replicates = replicates;
  if (!start.is_none())
    options.seed = seed{py::cast<std::uint64_t>(start)};
  options.confidence = confidence;
  options.normal = normal;
  options.threads = threads;
  const agreement_measure what = measure_of(measure);
  resampled_agreement found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::resample_agreement(self.view(), what, options, how.view);
  }
  py::dict out = agreement_dict(found);
  out["bias"] = found.bias;
  out["corrected"] = found.corrected;
  out["replicates"] = found.replicates;
  out["undefined_replicates"] = found.undefined_replicates;
  return out;
}

py::dict chance_test(const Ratings& self, const std::string& coefficient,
                     const py::object& category_weights) {
  const auto matrix = as_optional_span<double>(category_weights);
  const auto which = named("coefficient", coefficient, coefficients);
  chance_test_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::chance_test(self.view(), matrix, which);
  }
  py::dict out;
  out["value"] = found.value;
  out["std_error"] = found.std_error;
  out["statistic"] = found.statistic;
  out["p_value"] = found.p_value;
  out["p_greater"] = found.p_greater;
  out["n"] = found.n;
  out["undefined"] = text_or_none(found.undefined);
  return out;
}

py::dict benchmark(double value, double std_error, const std::vector<double>& lower, double asked) {
  benchmark_membership found = kernel::benchmark(value, std_error, lower, asked);
  py::dict out;
  out["probability"] = array_of(std::move(found.probability));
  out["cumulative"] = array_of(std::move(found.cumulative));
  out["reached"] = found.reached;
  out["undefined"] = text_or_none(found.undefined);
  return out;
}

} // namespace

void register_agreement(py::module_& module) {
  using py::arg;
  module.def("measured", &measured, arg("ratings"), arg("measure"), arg("confidence"), arg("std_error"),
             arg("normal"), arg("design"));
  module.def("compare_agreement", &compare_agreement, arg("tables"), arg("measures"), arg("confidence"),
             arg("std_error"), arg("normal"), arg("design"));
  module.def("resample_agreement", &resample_agreement, arg("ratings"), arg("measure"), arg("method"),
             arg("replicates"), arg("seed"), arg("threads"), arg("confidence"), arg("normal"), arg("design"));
  module.def("chance_test", &chance_test, arg("ratings"), arg("coefficient"), arg("category_weights"));
  module.def("benchmark", &benchmark, arg("value"), arg("std_error"), arg("lower"), arg("asked"));
  module.def(
      "one_against_rest",
      [](const Ratings& self, std::uint32_t category) {
        return Ratings(kernel::one_against_rest(self.view(), category));
      },
      arg("ratings"), arg("category"));
  module.def(
      "weights_of_distances",
      [](const py::array& matrix, std::size_t categories) {
        return array_of(kernel::weights_of_distances(as_span<double>(matrix), categories));
      },
      arg("matrix"), arg("categories"));
}

} // namespace qascore::python
