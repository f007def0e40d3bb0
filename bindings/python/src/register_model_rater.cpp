// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "ratings.hpp"
#include "register_raters.hpp"

#include <qascore/kernel/adjusted_p.hpp>
#include <qascore/kernel/model_rater.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

constexpr std::array<std::pair<const char*, p_adjustment>, 7> adjustments{
    {{"none", p_adjustment::none},
     {"holm", p_adjustment::holm},
     {"benjamini_hochberg", p_adjustment::benjamini_hochberg},
     {"benjamini_yekutieli", p_adjustment::benjamini_yekutieli},
     {"bonferroni", p_adjustment::bonferroni},
     {"hochberg", p_adjustment::hochberg},
     {"hommel", p_adjustment::hommel}}};

py::dict alternative_annotator(const Ratings& self, std::uint32_t model, double epsilon, double level,
                               bool squared_error, std::size_t least, confidence_level confidence,
                               const py::object& design) {
  const Inference how(confidence, "influence", false, design, self.units());
  alternative_options options;
  options.epsilon = epsilon;
  options.level = level;
  options.score = squared_error ? alignment::squared_error : alignment::equal;
  options.least = least;
  options.confidence = confidence;
  alternative_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::alternative_annotator(self.view(), model, options, how.view);
  }
  py::list rows;
  for (const alternative_row& row : found.rows) {
    py::dict one = to_dict(static_cast<const estimate&>(row.advantage));
    one["test"] = to_dict(row.advantage.test);
    one["model_wins"] = row.model_wins;
    one["person_wins"] = row.person_wins;
    one["adjusted_p"] = row.adjusted;
    one["rejected"] = row.rejected;
    rows.append(py::make_tuple(row.rater, one));
  }
  py::dict out;
  out["rows"] = rows;
  out["winning_rate"] = found.winning_rate;
  out["passed"] = found.passed;
  out["advantage"] = to_dict(found.advantage);
  out["undefined"] = text_or_none(found.undefined);
  return out;
}

py::dict equal_means(const py::object& design, const py::array& group, std::size_t groups,
                     const py::array& values) {
  const auto codes = as_span<std::uint32_t>(group);
  const auto y = as_span<double>(values);
  const DesignArrays arrays(design, y.size());
  test_result found;
  {
    const py::gil_scoped_release unlocked;
    found = kernel::equal_means(arrays.view(), codes, groups, y);
  }
  return to_dict(found);
}

} // namespace

void register_model_rater(py::module_& module) {
  using py::arg;
  module.def("alternative_annotator", &alternative_annotator, arg("ratings"), arg("model"), arg("epsilon"),
             arg("level"), arg("squared_error"), arg("least"), arg("confidence"), arg("design"));
  module.def("equal_means", &equal_means, arg("design"), arg("group"), arg("groups"), arg("values"));
  module.def(
      "adjusted_p",
      [](const py::array& p, const std::string& how) {
        return array_of(kernel::adjusted_p(as_span<double>(p), named("adjust", how, adjustments)));
      },
      arg("p"), arg("adjust"));
}

} // namespace qascore::python
