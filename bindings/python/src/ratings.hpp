// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "convert.hpp"

#include <qascore/kernel/agreement.hpp>
#include <qascore/kernel/krippendorff.hpp>
#include <qascore/kernel/ratings.hpp>

#include <array>
#include <string>
#include <utility>

/// Who rated what, as Python holds it, and how coefficients are named: what the verbs of calibration share.
namespace qascore::python {

/// The enumerator of that name; the package has checked names already.
template <class Enum, std::size_t N>
Enum named(const char* argument, const std::string& name,
           const std::array<std::pair<const char*, Enum>, N>& names) {
  for (const auto& [text, value] : names)
    if (name == text)
      return value;
  throw argument_error(std::string(argument) + ": unknown name \"" + name + "\"");
}

inline constexpr std::array<std::pair<const char*, agreement_coefficient>, 10> coefficients{
    {{"percent_agreement", agreement_coefficient::percent_agreement},
     {"cohen_kappa", agreement_coefficient::cohen_kappa},
     {"scott_pi", agreement_coefficient::scott_pi},
     {"fleiss_kappa", agreement_coefficient::fleiss_kappa},
     {"conger_kappa", agreement_coefficient::conger_kappa},
     {"brennan_prediger", agreement_coefficient::brennan_prediger},
     {"gwet_ac", agreement_coefficient::gwet_ac},
     {"light_kappa", agreement_coefficient::light_kappa},
     {"fleiss_kappa_pooled", agreement_coefficient::fleiss_kappa_pooled},
     {"bangdiwala_b", agreement_coefficient::bangdiwala_b}}};

inline constexpr std::array<std::pair<const char*, level>, 4> levels{{{"nominal", level::nominal},
                                                                      {"ordinal", level::ordinal},
                                                                      {"interval", level::interval},
                                                                      {"ratio", level::ratio}}};

inline constexpr std::array<std::pair<const char*, agreement_std_error>, 3> std_errors{
    {{"influence", agreement_std_error::influence},
     {"gwet", agreement_std_error::gwet},
     {"large_sample", agreement_std_error::large_sample}}};

/// What every call says about its uncertainty, and the design it is under (None: independent units).
struct Inference {
  Inference(confidence_level confidence, const std::string& std_error, bool normal, const py::object& design,
            std::size_t units)
      : options{confidence, named("std_error", std_error, std_errors), normal}, arrays{design, units},
        view{design.is_none() ? nullptr : &arrays.view()} {}

  agreement_options options;
  DesignArrays arrays;
  const design_view* view;
};

inline py::dict agreement_dict(const agreement_result& result) {
  py::dict out = to_dict(static_cast<const estimate&>(result));
  out["test"] = to_dict(result.test);
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

  rating_view view() const noexcept { return columns_.view(); }

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

private:
  kernel::rating_columns columns_;
};

} // namespace qascore::python
