// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "ratings.hpp"
#include "register_raters.hpp"

#include <qascore/kernel/change_point.hpp>
#include <qascore/kernel/control_chart.hpp>
#include <qascore/kernel/model_rater.hpp>

#include <pybind11/stl.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

constexpr std::array<std::pair<const char*, chart_sd>, 3> spreads{
    {{"range", chart_sd::range}, {"deviation", chart_sd::deviation}, {"pooled", chart_sd::pooled}}};

run_rules rules_of(const std::vector<std::string>& names) {
  run_rules out{false, false, false, false};
  for (const std::string& name : names) {
    out.beyond_three = out.beyond_three || name == "beyond";
    out.two_of_three = out.two_of_three || name == "two_of_three";
    out.four_of_five = out.four_of_five || name == "four_of_five";
    out.eight_in_row = out.eight_in_row || name == "eight_in_row";
  }
  return out;
}

py::dict dict_of(control_chart&& chart) {
  py::dict out;
  out["center"] = chart.center;
  out["sd"] = chart.sd;
  out["statistic"] = array_of(std::move(chart.statistic));
  out["second"] = array_of(std::move(chart.second));
  out["low"] = array_of(std::move(chart.low));
  out["high"] = array_of(std::move(chart.high));
  out["signals"] = chart.signals;
  out["average_run_length"] = chart.average_run_length;
  out["false_alarm_rate"] = chart.false_alarm_rate;
  out["undefined"] = text_or_none(chart.undefined);
  return out;
}

py::object code(std::uint32_t place) {
  return is_missing(place) ? py::object(py::none()) : py::object(py::int_(place));
}

py::dict change_point(const py::array& values, confidence_level confidence, std::uint64_t start,
                      std::size_t permutations) {
  const auto series = as_span<double>(values);
  change_point_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::change_point(series, confidence, seed{start}, permutations);
  }
  py::dict out;
  out["n"] = found.n;
  out["at"] = code(found.at);
  out["low"] = code(found.low);
  out["high"] = code(found.high);
  out["before"] = found.before;
  out["after"] = found.after;
  out["shift"] = to_dict(found.shift);
  out["statistic"] = found.statistic;
  out["p_value"] = found.p_value;
  out["undefined"] = text_or_none(found.undefined);
  return out;
}

} // namespace

void register_drift(py::module_& module) {
  using py::arg;
  module.def(
      "ewma_chart",
      [](const py::array& values, double center, double sd, double weight, double width) {
        return dict_of(kernel::ewma_chart(as_span<double>(values), center, sd, weight, width));
      },
      arg("values"), arg("center"), arg("sd"), arg("weight"), arg("width"));
  module.def(
      "cusum_chart",
      [](const py::array& values, double center, double sd, double k, double h) {
        return dict_of(kernel::cusum_chart(as_span<double>(values), center, sd, k, h));
      },
      arg("values"), arg("center"), arg("sd"), arg("k"), arg("h"));
  module.def(
      "xbar_chart",
      [](const py::array& values, const std::vector<std::size_t>& start, double center, double sd,
         double width, const std::string& how, const std::vector<std::string>& rules) {
        return dict_of(kernel::xbar_chart(as_span<double>(values), start, center, sd, width,
                                          named("spread", how, spreads), rules_of(rules)));
      },
      arg("values"), arg("start"), arg("center"), arg("sd"), arg("width"), arg("spread"), arg("rules"));
  module.def(
      "p_chart",
      [](const py::array& count, const py::array& size, double center, double width,
         const std::vector<std::string>& rules) {
        return dict_of(
            kernel::p_chart(as_span<double>(count), as_span<double>(size), center, width, rules_of(rules)));
      },
      arg("count"), arg("size"), arg("center"), arg("width"), arg("rules"));
  module.def("ewma_width", &kernel::ewma_width, arg("weight"), arg("run_length"));
  module.def("cusum_limit", &kernel::cusum_limit, arg("k"), arg("run_length"));
  module.def(
      "moving_range_sd",
      [](const py::array& values) { return kernel::moving_range_sd(as_span<double>(values)); },
      arg("values"));
  module.def("change_point", &change_point, arg("values"), arg("confidence"), arg("seed"),
             arg("permutations"));
  module.def(
      "deviations_from_others",
      [](const Ratings& self, std::uint32_t rater) {
        return array_of(kernel::deviations_from_others(self.view(), rater));
      },
      arg("ratings"), arg("rater"));
}

} // namespace qascore::python
