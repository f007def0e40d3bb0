// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "ratings.hpp"
#include "register.hpp"

#include <qascore/kernel/category_weights.hpp>
#include <qascore/kernel/icc.hpp>
#include <qascore/kernel/rater_summary.hpp>

#include <pybind11/stl.h>

namespace qascore::python {
namespace {

constexpr std::array<std::pair<const char*, category_weight>, 8> weights{
    {{"identity", category_weight::identity},
     {"linear", category_weight::linear},
     {"quadratic", category_weight::quadratic},
     {"ordinal", category_weight::ordinal},
     {"radical", category_weight::radical},
     {"ratio", category_weight::ratio},
     {"circular", category_weight::circular},
     {"bipolar", category_weight::bipolar}}};

constexpr std::array<std::pair<const char*, icc_form>, 6> forms{{{"1,1", icc_form::one_way},
                                                                 {"A,1", icc_form::agreement},
                                                                 {"C,1", icc_form::consistency},
                                                                 {"1,k", icc_form::one_way_mean},
                                                                 {"A,k", icc_form::agreement_mean},
                                                                 {"C,k", icc_form::consistency_mean}}};

constexpr std::array<std::pair<const char*, icc_interval>, 5> intervals{
    {{"automatic", icc_interval::automatic},
     {"f", icc_interval::f},
     {"influence", icc_interval::influence},
     {"profile", icc_interval::profile},
     {"logit", icc_interval::logit}}};

constexpr std::array<std::pair<const char*, icc_method>, 3> icc_methods{
    {{"automatic", icc_method::automatic}, {"anova", icc_method::anova}, {"reml", icc_method::reml}}};

py::dict agreement(const Ratings& self, const std::string& coefficient, const py::object& category_weights,
                   confidence_level confidence, const std::string& std_error, bool normal,
                   const py::object& design) {
  const Inference how(confidence, std_error, normal, design, self.units());
  const auto matrix = as_optional_span<double>(category_weights);
  const auto which = named("coefficient", coefficient, coefficients);
  agreement_result out;
  {
    const py::gil_scoped_release unlocked;
    out = kernel::agreement(self.view(), matrix, which, how.options, how.view);
  }
  return agreement_dict(out);
}

/// `of` None: by the category weights.
py::dict krippendorff_alpha(const Ratings& self, const py::object& of, const py::object& category_weights,
                            confidence_level confidence, const std::string& std_error, bool normal,
                            const py::object& design) {
  const Inference how(confidence, std_error, normal, design, self.units());
  const auto matrix = as_optional_span<double>(category_weights);
  const bool by_level = !of.is_none();
  const level scale = by_level ? named("level", py::cast<std::string>(of), levels) : level::nominal;
  agreement_result out;
  {
    const py::gil_scoped_release unlocked;
    out = by_level ? kernel::krippendorff_alpha(self.view(), scale, how.options, how.view)
                   : kernel::krippendorff_alpha(self.view(), matrix, how.options, how.view);
  }
  return agreement_dict(out);
}

/// Unit, rater (None: anonymous) and number of every rating.
py::tuple rows(const Ratings& self) {
  const rating_view view = self.view();
  std::vector<std::uint32_t> unit, rater;
  std::vector<double> rating;
  for (std::size_t u = 0; u < view.units; ++u) {
    const std::size_t p = view.profile_of(u);
    for (std::size_t at = view.begin[p]; at < view.begin[p + 1]; ++at) {
      unit.push_back(static_cast<std::uint32_t>(u));
      rating.push_back(view.value[view.code[at]]);
      if (!view.rater.empty())
        rater.push_back(view.rater[at]);
    }
  }
  const py::object raters =
      view.anonymous() ? py::object(py::none()) : py::object(array_of(std::move(rater)));
  return py::make_tuple(array_of(std::move(unit)), raters, array_of(std::move(rating)));
}

py::dict icc_dict(const icc_result& found) {
  py::dict out = to_dict(found);
  out["test"] = to_dict(found.test);
  out["raters"] = found.raters;
  out["between_units"] = found.between_units;
  out["between_raters"] = found.between_raters;
  out["residual"] = found.residual;
  out["estimated_by"] = found.estimated_by == icc_method::reml ? "reml" : "anova";
  out["unit_variance"] = found.unit_variance;
  out["rater_variance"] = found.rater_variance;
  out["error_variance"] = found.error_variance;
  out["ratings_per_unit"] = found.ratings_per_unit;
  return out;
}

/// One record per form.
py::list icc(const Ratings& self, const std::vector<std::string>& form, confidence_level confidence,
             const std::string& interval, double null_value, const std::string& method,
             const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  std::vector<icc_form> wanted;
  for (const std::string& one : form)
    wanted.push_back(named("form", one, forms));
  const icc_options options{wanted.at(0), how.options.confidence, named("interval", interval, intervals),
                            null_value, named("method", method, icc_methods)};
  std::vector<icc_result> found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::icc_forms(self.view(), wanted, options, how.view);
  }
  py::list out;
  for (const icc_result& one : found)
    out.append(icc_dict(one));
  return out;
}

py::list rater_summary(const Ratings& self, confidence_level confidence, const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  std::vector<rater_record> records;
  {
    const py::gil_scoped_release unlocked;
    records = kernel::rater_summary(self.view(), how.options.confidence, how.view);
  }
  py::list out;
  for (const rater_record& record : records) {
    py::dict row;
    row["ratings"] = record.ratings;
    row["mean"] = to_dict(record.mean);
    row["severity"] = to_dict(record.severity);
    row["spread"] = record.spread;
    out.append(row);
  }
  return out;
}

py::list leave_one_rater_out(const Ratings& self, const std::string& of, confidence_level confidence,
                             const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  const level scale = named("level", of, levels);
  std::vector<rater_left_out> records;
  {
    const py::gil_scoped_release unlocked;
    records = kernel::leave_one_rater_out(self.view(), scale, how.options, how.view);
  }
  py::list out;
  for (const rater_left_out& record : records) {
    py::dict row;
    row["without"] = agreement_dict(record.without);
    row["gain"] = to_dict(record.gain);
    out.append(row);
  }
  return out;
}

} // namespace

void register_calibration(py::module_& module) {
  using py::arg;
  py::class_<Ratings>(module, "Ratings")
      .def_static("from_rows", &Ratings::from_rows, arg("unit"), arg("units"), arg("rater"), arg("raters"),
                  arg("rating"), arg("declared"), arg("average"))
      .def_static("from_matrix", &Ratings::from_matrix, arg("matrix"), arg("raters"), arg("declared"))
      .def_static("from_counts", &Ratings::from_counts, arg("counts"), arg("categories"))
      .def("duplicate", &Ratings::duplicate)
      .def("units", &Ratings::units)
      .def("raters", &Ratings::raters)
      .def("anonymous", &Ratings::anonymous)
      .def("categories", &Ratings::categories)
      .def("units_by_ratings", &Ratings::units_by_ratings)
      .def("only_raters", &Ratings::only_raters, arg("keep"))
      .def("complete", &Ratings::complete)
      .def("for_units", &Ratings::for_units, arg("unit"))
      .def("agreement", &agreement, arg("coefficient"), arg("category_weights"), arg("confidence"),
           arg("std_error"), arg("normal"), arg("design"))
      .def("krippendorff_alpha", &krippendorff_alpha, arg("level"), arg("category_weights"),
           arg("confidence"), arg("std_error"), arg("normal"), arg("design"))
      .def("rows", &rows)
      .def("icc", &icc, arg("form"), arg("confidence"), arg("interval"), arg("null_value"), arg("method"),
           arg("design"))
      .def("rater_summary", &rater_summary, arg("confidence"), arg("design"))
      .def("leave_one_rater_out", &leave_one_rater_out, arg("level"), arg("confidence"), arg("design"));
  module.def(
      "weight_matrix",
      [](const std::string& name, const py::array& values) {
        return array_of(kernel::weight_matrix(named("weights", name, weights), as_span<double>(values)));
      },
      arg("name"), arg("values"));
  module.def(
      "check_weight_matrix",
      [](const py::array& matrix, std::size_t categories) {
        kernel::check_weight_matrix(as_span<double>(matrix), categories);
      },
      arg("matrix"), arg("categories"));
}

} // namespace qascore::python
