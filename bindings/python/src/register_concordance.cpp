// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "ratings.hpp"
#include "register_raters.hpp"

#include <qascore/kernel/bland_altman.hpp>
#include <qascore/kernel/concordance.hpp>
#include <qascore/kernel/internal_consistency.hpp>
#include <qascore/kernel/kendall_w.hpp>
#include <qascore/kernel/spearman_brown.hpp>
#include <qascore/kernel/within_group.hpp>

#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

constexpr std::array<std::pair<const char*, limits_interval>, 3> intervals{
    {{"exact", limits_interval::exact},
     {"approximate", limits_interval::approximate},
     {"influence", limits_interval::influence}}};

py::dict concordance(const Ratings& self, bool unbiased, bool closed_form, confidence_level confidence,
                     const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  concordance_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::concordance(self.view(), {confidence, unbiased, closed_form}, how.view);
  }
  py::dict out = to_dict(static_cast<const estimate&>(found));
  out["precision"] = found.precision;
  out["accuracy"] = found.accuracy;
  out["scale_shift"] = found.scale_shift;
  out["location_shift"] = found.location_shift;
  out["raters"] = found.raters;
  return out;
}

py::dict bland_altman(const Ratings& self, const py::object& multiplier, const std::string& interval,
                      confidence_level confidence, const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  bland_altman_result found;
  bland_altman_options options;
  options.confidence = confidence;
  options.interval = named("interval", interval, intervals);
  if (!multiplier.is_none())
    options.multiplier = py::cast<double>(multiplier);
  {
    const py::gil_scoped_release unlocked;
    found = kernel::bland_altman(self.view(), options, how.view);
  }
  py::dict out;
  out["bias"] = to_dict(found.bias);
  out["sd"] = found.sd;
  out["multiplier"] = options.multiplier;
  out["lower"] = to_dict(found.lower);
  out["upper"] = to_dict(found.upper);
  out["difference"] = array_of(std::move(found.difference));
  out["mean"] = array_of(std::move(found.mean));
  return out;
}

py::dict kendall_w(const Ratings& self, confidence_level confidence, const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  kendall_w_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::kendall_w(self.view(), confidence, how.view);
  }
  py::dict out = to_dict(static_cast<const estimate&>(found));
  out["test"] = to_dict(found.test);
  out["uncorrected"] = found.uncorrected;
  out["raters"] = found.raters;
  return out;
}

constexpr std::array<std::pair<const char*, null_ratings>, 6> null_shapes{
    {{"uniform", null_ratings::uniform},
     {"slight_skew", null_ratings::slight_skew},
     {"moderate_skew", null_ratings::moderate_skew},
     {"heavy_skew", null_ratings::heavy_skew},
     {"triangular", null_ratings::triangular},
     {"normal", null_ratings::normal}}};

double null_variance(const Ratings& self, const std::string& shape) {
  return kernel::null_variance(self.view().value, named("null", shape, null_shapes));
}

py::dict within_group(const std::vector<const Ratings*>& items, double null_variance,
                      confidence_level confidence, const py::object& design) {
  const Inference how(confidence, "influence", false, design, items.empty() ? 0 : items.front()->units());
  std::vector<rating_view> views;
  for (const Ratings* item : items)
    views.push_back(item->view());
  within_group_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::within_group_agreement(views, null_variance, confidence, how.view);
  }
  py::dict out;
  out["mean"] = to_dict(found.mean);
  out["by_unit"] = array_of(std::move(found.by_unit));
  out["null_variance"] = found.null_variance;
  out["set_to_zero"] = found.set_to_zero;
  return out;
}

py::dict consistency(const py::object& design, const std::vector<py::array>& columns,
                     confidence_level confidence) {
  std::vector<std::span<const double>> spans;
  for (const py::array& column : columns)
    spans.push_back(as_span<double>(column));
  const DesignArrays arrays(design, spans.empty() ? 0 : spans.front().size());
  internal_consistency found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::consistency_of(arrays.view(), spans, confidence);
  }
  py::list without;
  for (const estimate& one : found.alpha_without)
    without.append(to_dict(one));
  py::dict out;
  out["alpha"] = to_dict(found.alpha);
  out["feldt"] = to_dict(found.feldt);
  out["standardised_alpha"] = to_dict(found.standardised_alpha);
  out["average_correlation"] = to_dict(found.average_correlation);
  out["guttman_lambda6"] = found.guttman_lambda6;
  out["alpha_without"] = without;
  out["rest_correlation"] = array_of(std::move(found.rest_correlation));
  return out;
}

/// (value, std_error, low, high) of the stepped-up reliability, and why one of them is undefined.
py::tuple spearman_brown(double value, double std_error, double low, double high, double k) {
  estimate r;
  r.value = value;
  r.std_error = std_error;
  r.low = low;
  r.high = high;
  const estimate found = kernel::spearman_brown(r, k);
  const py::object why = text_or_none(found.undefined);
  return py::make_tuple(found.value, found.std_error, found.low, found.high, why);
}

} // namespace

void register_concordance(py::module_& module) {
  using py::arg;
  module.def("concordance", &concordance, arg("ratings"), arg("unbiased"), arg("closed_form"),
             arg("confidence"), arg("design"));
  module.def("bland_altman", &bland_altman, arg("ratings"), arg("multiplier"), arg("interval"),
             arg("confidence"), arg("design"));
  module.def("kendall_w", &kendall_w, arg("ratings"), arg("confidence"), arg("design"));
  module.def("null_variance", &null_variance, arg("ratings"), arg("null"));
  module.def("within_group", &within_group, arg("items"), arg("null_variance"), arg("confidence"),
             arg("design"));
  module.def("consistency", &consistency, arg("design"), arg("columns"), arg("confidence"));
  module.def("spearman_brown", &spearman_brown, arg("value"), arg("std_error"), arg("low"), arg("high"),
             arg("k"));
  module.def("raters_for_reliability", &kernel::raters_for_reliability, arg("r"), arg("wanted"));
}

} // namespace qascore::python
