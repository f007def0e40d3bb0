// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"

#include <qascore/kernel/agreement.hpp>
#include <qascore/kernel/category_weights.hpp>
#include <qascore/kernel/icc.hpp>
#include <qascore/kernel/krippendorff.hpp>
#include <qascore/kernel/rater_summary.hpp>
#include <qascore/kernel/ratings.hpp>

#include <array>
#include <string>
#include <utility>

namespace qascore::python {
namespace {

/// The enumerator of that name; the package has checked names already.
template <class Enum, std::size_t N>
Enum named(const char* argument, const std::string& name,
           const std::array<std::pair<const char*, Enum>, N>& names) {
  for (const auto& [text, value] : names)
    if (name == text)
      return value;
  throw argument_error(std::string(argument) + ": unknown name \"" + name + "\"");
}

constexpr std::array<std::pair<const char*, category_weight>, 8> weights{
    {{"identity", category_weight::identity},
     {"linear", category_weight::linear},
     {"quadratic", category_weight::quadratic},
     {"ordinal", category_weight::ordinal},
     {"radical", category_weight::radical},
     {"ratio", category_weight::ratio},
     {"circular", category_weight::circular},
     {"bipolar", category_weight::bipolar}}};

constexpr std::array<std::pair<const char*, agreement_coefficient>, 7> coefficients{
    {{"percent_agreement", agreement_coefficient::percent_agreement},
     {"cohen_kappa", agreement_coefficient::cohen_kappa},
     {"scott_pi", agreement_coefficient::scott_pi},
     {"fleiss_kappa", agreement_coefficient::fleiss_kappa},
     {"conger_kappa", agreement_coefficient::conger_kappa},
     {"brennan_prediger", agreement_coefficient::brennan_prediger},
     {"gwet_ac", agreement_coefficient::gwet_ac}}};

constexpr std::array<std::pair<const char*, level>, 4> levels{{{"nominal", level::nominal},
                                                               {"ordinal", level::ordinal},
                                                               {"interval", level::interval},
                                                               {"ratio", level::ratio}}};

constexpr std::array<std::pair<const char*, agreement_std_error>, 3> std_errors{
    {{"influence", agreement_std_error::influence},
     {"gwet", agreement_std_error::gwet},
     {"large_sample", agreement_std_error::large_sample}}};

constexpr std::array<std::pair<const char*, icc_form>, 6> forms{{{"1,1", icc_form::one_way},
                                                                 {"A,1", icc_form::agreement},
                                                                 {"C,1", icc_form::consistency},
                                                                 {"1,k", icc_form::one_way_mean},
                                                                 {"A,k", icc_form::agreement_mean},
                                                                 {"C,k", icc_form::consistency_mean}}};

constexpr std::array<std::pair<const char*, icc_interval>, 3> intervals{
    {{"automatic", icc_interval::automatic}, {"f", icc_interval::f}, {"influence", icc_interval::influence}}};

/// What every call says about its uncertainty, and the design it is under (None: independent units).
struct Inference {
  Inference(confidence_level confidence, const std::string& std_error, bool normal, const py::object& design,
            std::size_t units)
      : options{confidence, named("std_error", std_error, std_errors), normal},
        arrays{design, units}, view{design.is_none() ? nullptr : &arrays.view()} {}

  agreement_options options;
  DesignArrays arrays;
  const design_view* view;
};

py::dict agreement_dict(const agreement_result& result) {
  py::dict out = to_dict(result);
  out["observed"] = result.observed;
  out["expected"] = result.expected;
  out["raters"] = result.raters;
  out["categories"] = result.categories;
  return out;
}

/// Who rated what, as Python holds it. Labels stay in Python.
class Ratings {
public:
  explicit Ratings(kernel::rating_columns columns) : columns_{std::move(columns)} {}

  static Ratings from_rows(const py::array& unit, std::size_t units, const py::object& rater,
                           std::size_t raters, const py::array& rating, const py::array& declared,
                           bool average) {
    const kernel::rating_rows rows{units, raters, as_span<std::uint32_t>(unit),
                                   as_optional_span<std::uint32_t>(rater), as_span<double>(rating)};
    const auto categories = as_span<double>(declared);
    const py::gil_scoped_release unlocked;
    return Ratings(kernel::columns_of(rows, categories,
                                      average ? duplicate_ratings::average : duplicate_ratings::refuse));
  }

  static Ratings from_matrix(const py::array& matrix, std::size_t raters, const py::array& declared) {
    const auto categories = as_span<double>(declared);
    const auto columns = [&](auto cells) {
      const py::gil_scoped_release unlocked;
      return Ratings(kernel::columns_of(cells, raters, categories));
    };
    return matrix.dtype().kind() == 'i' ? columns(as_span<std::int64_t>(matrix))
                                        : columns(as_span<double>(matrix));
  }

  static Ratings from_counts(const py::array& counts, const py::array& categories) {
    const auto cells = as_span<std::int64_t>(counts);
    const auto values = as_span<double>(categories);
    const py::gil_scoped_release unlocked;
    return Ratings(kernel::columns_of_counts(cells, values));
  }

  /// Codes of the unit and the rater of a refused duplicate, or None.
  py::object duplicate() const {
    if (is_missing(columns_.duplicate_unit))
      return py::none();
    return py::make_tuple(columns_.duplicate_unit, columns_.duplicate_rater);
  }

  std::size_t units() const { return columns_.units; }
  std::size_t raters() const { return columns_.raters; }
  bool anonymous() const { return columns_.view().anonymous(); }
  py::array_t<double> categories() const { return array_of(std::vector<double>(columns_.value)); }

  /// Units by how many ratings they have: index m counts those with m.
  py::array_t<std::int64_t> units_by_ratings() const {
    const rating_view view = columns_.view();
    std::vector<std::int64_t> out(view.raters + 1, 0);
    for (std::size_t p = 0; p < view.profiles(); ++p)
      out[view.count(p)] += static_cast<std::int64_t>(view.multiplicity[p]);
    return array_of(std::move(out));
  }

  Ratings only_raters(const py::array& keep) const {
    return Ratings(kernel::only_raters(columns_.view(), as_span<std::uint8_t>(keep)));
  }
  Ratings complete() const { return Ratings(kernel::only_complete_units(columns_.view())); }
  Ratings for_units(const py::array& unit) const {
    return Ratings(kernel::for_units(columns_.view(), as_span<std::uint32_t>(unit)));
  }

  py::dict agreement(const std::string& coefficient, const py::object& category_weights, confidence_level confidence,
                     const std::string& std_error, bool normal, const py::object& design) const {
    const Inference how(confidence, std_error, normal, design, columns_.units);
    const auto matrix = as_optional_span<double>(category_weights);
    const auto which = named("coefficient", coefficient, coefficients);
    agreement_result out;
    {
      const py::gil_scoped_release unlocked;
      out = kernel::agreement(columns_.view(), matrix, which, how.options, how.view);
    }
    return agreement_dict(out);
  }

  /// `of` None: by the category weights.
  py::dict krippendorff_alpha(const py::object& of, const py::object& category_weights,
                              confidence_level confidence, const std::string& std_error, bool normal,
                              const py::object& design) const {
    const Inference how(confidence, std_error, normal, design, columns_.units);
    const auto matrix = as_optional_span<double>(category_weights);
    const bool by_level = !of.is_none();
    const level scale = by_level ? named("level", py::cast<std::string>(of), levels) : level::nominal;
    agreement_result out;
    {
      const py::gil_scoped_release unlocked;
      out = by_level ? kernel::krippendorff_alpha(columns_.view(), scale, how.options, how.view)
               : kernel::krippendorff_alpha(columns_.view(), matrix, how.options, how.view);
    }
    return agreement_dict(out);
  }

  py::dict icc(const std::string& form, confidence_level confidence, const std::string& interval, double null_value,
               const py::object& design) const {
    const Inference how(confidence, "influence", false, design, columns_.units);
    const icc_options options{named("form", form, forms), how.options.confidence,
                              named("interval", interval, intervals), null_value};
    icc_result found;
    {
      const py::gil_scoped_release unlocked;
      found = kernel::icc(columns_.view(), options, how.view);
    }
    py::dict out = to_dict(found);
    out["test"] = to_dict(found.test);
    out["raters"] = found.raters;
    out["between_units"] = found.between_units;
    out["between_raters"] = found.between_raters;
    out["residual"] = found.residual;
    return out;
  }

  py::list rater_summary(confidence_level confidence, const py::object& design) const {
    const Inference how(confidence, "influence", false, design, columns_.units);
    std::vector<rater_record> records;
    {
      const py::gil_scoped_release unlocked;
      records = kernel::rater_summary(columns_.view(), how.options.confidence, how.view);
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

  py::list leave_one_rater_out(const std::string& of, confidence_level confidence, const py::object& design) const {
    const Inference how(confidence, "influence", false, design, columns_.units);
    const level scale = named("level", of, levels);
    std::vector<rater_left_out> records;
    {
      const py::gil_scoped_release unlocked;
      records = kernel::leave_one_rater_out(columns_.view(), scale, how.options, how.view);
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

private:
  kernel::rating_columns columns_;
};

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
      .def("agreement", &Ratings::agreement, arg("coefficient"), arg("category_weights"), arg("confidence"),
           arg("std_error"), arg("normal"), arg("design"))
      .def("krippendorff_alpha", &Ratings::krippendorff_alpha, arg("level"), arg("category_weights"),
           arg("confidence"), arg("std_error"), arg("normal"), arg("design"))
      .def("icc", &Ratings::icc, arg("form"), arg("confidence"), arg("interval"), arg("null_value"),
           arg("design"))
      .def("rater_summary", &Ratings::rater_summary, arg("confidence"), arg("design"))
      .def("leave_one_rater_out", &Ratings::leave_one_rater_out, arg("level"), arg("confidence"),
           arg("design"));
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
