// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "ids.hpp"
#include "register.hpp"
#include "strata_columns.hpp"

#include <qascore/kernel/pps_probability.hpp>
#include <qascore/sampling/allocation.hpp>
#include <qascore/sampling/allocation_precision.hpp>
#include <qascore/sampling/draw.hpp>
#include <qascore/sampling/plan_content.hpp>
#include <qascore/sampling/sampling_plan.hpp>
#include <qascore/sampling/strata.hpp>

#include <pybind11/stl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

// Numbers by stratum, as Python gives them: ((label, ...), number).
template <class Number>
using GivenByStratum = std::vector<std::pair<std::vector<std::string>, Number>>;

template <class Number>
by_stratum<Number> by_stratum_of(const py::handle& given) {
  by_stratum<Number> out;
  for (auto& [labels, number] : py::cast<GivenByStratum<Number>>(given))
    out.emplace(stratum_key(std::move(labels)), number);
  return out;
}

stratum_counts counts_of(const py::handle& given) {
  if (given.is_none())
    return {};
  if (py::isinstance<py::int_>(given))
    return py::cast<std::uint64_t>(given);
  return by_stratum_of<std::uint64_t>(given);
}

allocation_options options_of(const py::dict& given) {
  allocation_options out;
  const auto numbers = [&](const char* key) { return by_stratum_of<double>(given[key]); };
  out.size = py::cast<std::optional<std::uint64_t>>(given["size"]);
  out.rate = py::cast<std::optional<double>>(given["rate"]);
  out.budget = py::cast<std::optional<double>>(given["budget"]);
  out.std_error = py::cast<std::optional<double>>(given["std_error"]);
  out.rates = numbers("rates");
  out.counts = by_stratum_of<std::uint64_t>(given["counts"]);
  out.method = one_of<allocation_method>(given["method"], detail_plan::methods, "method");
  out.rounding = one_of<allocation_rounding>(given["rounding"], detail_plan::roundings, "rounding");
  out.min_per_stratum = counts_of(given["min_per_stratum"]);
  out.max_per_stratum = counts_of(given["max_per_stratum"]);
  out.sd = numbers("sd");
  out.cost = numbers("cost");
  out.measure = numbers("measure");
  out.cv = numbers("cv");
  out.power = py::cast<std::optional<double>>(given["power"]);
  for (const auto& [column, minimum] : py::cast<py::dict>(given["min_per"]))
    out.min_per.emplace(py::cast<std::string>(column), counts_of(minimum));
  return out;
}

py::list strata_of(const sampling_plan& plan) {
  py::list out;
  for (const planned_stratum& s : plan.strata()) {
    py::dict row;
    row["labels"] = s.labels;
    row["population"] = s.population;
    row["sample_size"] = s.sample_size;
    row["inclusion_probability"] = s.inclusion_probability();
    row["design_weight"] = s.design_weight();
    row["certainty"] = s.is_certainty();
    row["target"] = s.target;
    row["minimum"] = s.minimum;
    row["maximum"] = s.maximum;
    out.append(row);
  }
  return out;
}

} // namespace

void register_sampling(py::module_& module) {
  module.attr("ALLOCATION_METHODS") =
      std::vector<std::string>{"proportional", "equal", "neyman", "power", "measure"};
  module.attr("ALLOCATION_ROUNDINGS") =
      std::vector<std::string>(detail_plan::roundings.begin(), detail_plan::roundings.end());

  py::class_<sampling_plan>(module, "SamplingPlan")
      .def_static("from_json", &sampling_plan::from_json, py::arg("text"), py::arg("name"))
      .def("to_json", [](const sampling_plan& plan) { return to_json(plan); })
      .def("columns",
           [](const sampling_plan& plan) {
             std::vector<std::pair<std::string, std::string>> out;
             for (const strata_column& c : plan.columns())
               out.emplace_back(c.name, detail_plan::name_of(c.kind, detail_plan::label_kinds));
             return out;
           })
      .def("strata", &strata_of)
      .def("stratum_names",
           [](const sampling_plan& plan) {
             std::vector<std::string> out;
             for (const planned_stratum& s : plan.strata())
               out.push_back(stratum_name(s.labels));
             return out;
           })
      .def("sample_sizes",
           [](const sampling_plan& plan) { return array_of(sample_sizes(plan)).attr("view")("int64"); })
      .def("origin",
           [](const sampling_plan& plan) {
             const plan_origin& origin = plan.origin();
             py::dict out;
             out["method"] = text(detail_plan::name_of(origin.method, detail_plan::methods));
             out["rounding"] = text(detail_plan::name_of(origin.rounding, detail_plan::roundings));
             out["rate"] = origin.rate;
             out["budget"] = origin.budget;
             out["std_error"] = origin.std_error;
             out["power"] = origin.power;
             py::list quotas;
             for (const plan_quota& quota : origin.quotas)
               quotas.append(py::make_tuple(quota.column, quota.label, quota.minimum));
             out["quotas"] = quotas;
             out["notes"] = origin.notes;
             out["library_version"] = origin.library_version;
             out["random_numbers"] = origin.random_numbers;
             return out;
           })
      .def("recorded_draw",
           [](const sampling_plan& plan) -> py::object {
             if (!plan.recorded_draw())
               return py::none();
             const plan_draw& draw = *plan.recorded_draw();
             py::list targets;
             for (const plan_target& t : draw.targets)
               targets.append(py::make_tuple(t.name, t.rate, t.count));
             py::dict out;
             out["seed"] = draw.random_numbers.empty() ? py::object(py::int_(draw.start.value())) : py::object(py::none());
             out["id_kind"] = text(detail_plan::name_of(draw.id, detail_plan::id_kinds));
             out["method"] = text(detail_plan::name_of(draw.method, detail_plan::draw_methods));
             out["size_measure"] = text_or_none(draw.size_measure);
             out["order_by"] = text_or_none(draw.order_by);
             out["targets"] = targets;
             out["without_chance"] = draw.without_chance;
             out["start"] = draw.from;
             out["direction"] = text(detail_plan::directions[draw.down]);
             out["random_numbers"] =
                 draw.random_numbers.empty() ? py::object(py::none()) : py::object(py::str(draw.random_numbers));
             out["earlier"] = draw.earlier ? py::object(py::make_tuple(
                                                 text(detail_plan::name_of(draw.earlier->how, detail_plan::coordinations)),
                                                 draw.earlier->plan))
                                           : py::object(py::none());
             return out;
           })
      .def(
          "with_draw",
          [](const sampling_plan& plan, std::uint64_t start, const py::str& id, const py::str& method,
             const std::string& size_measure, const std::string& order_by, const py::list& targets,
             std::uint64_t without_chance, double from, bool down, const std::string& random_numbers,
             const std::optional<std::pair<std::string, std::string>>& earlier) {
            plan_draw draw{.start = seed{start}, .id = one_of<id_kind>(id, detail_plan::id_kinds, "id")};
            draw.from = from;
            draw.down = down;
            draw.random_numbers = random_numbers;
            if (earlier)
              draw.earlier = plan_earlier{earlier->first == "avoid" ? coordination::avoid : coordination::keep, earlier->second};
            draw.method = one_of<draw_method>(method, detail_plan::draw_methods, "method");
            draw.size_measure = size_measure;
            draw.order_by = order_by;
            for (const py::handle one : targets) {
              const auto parts = py::cast<py::tuple>(one);
              draw.targets.push_back({py::cast<std::string>(parts[0]),
                                      py::cast<std::optional<double>>(parts[1]),
                                      py::cast<std::optional<std::uint64_t>>(parts[2])});
            }
            draw.without_chance = without_chance;
            return plan.with_draw(std::move(draw));
          },
          py::arg("seed"), py::arg("id"), py::arg("method"), py::arg("size_measure"), py::arg("order_by"),
          py::arg("targets"), py::arg("without_chance"), py::arg("start"), py::arg("down"),
          py::arg("random_numbers"), py::arg("earlier"))
      .def("recorded_content",
           [](const sampling_plan& plan) -> py::object {
             if (!plan.recorded_content())
               return py::none();
             return py::make_tuple(
                 text(detail_plan::name_of(plan.recorded_content()->id, detail_plan::id_kinds)),
                 plan.recorded_content()->hash);
           })
      .def(
          "check_content",
          [](const sampling_plan& plan, const py::object& ids, const py::array& stratum) {
            const auto codes = as_span<std::uint32_t>(stratum);
            with_ids(ids, [&](const auto& column) {
              const py::gil_scoped_release release;
              check_content(column, codes, plan);
            });
          },
          py::arg("ids"), py::arg("stratum"))
      .def(
          "expected_std_error",
          [](const sampling_plan& plan, const py::list& sd, bool rounded) {
            return expected_std_error(plan, by_stratum_of<double>(sd),
                                      rounded ? plan_sizes::whole : plan_sizes::target);
          },
          py::arg("sd"), py::arg("rounded"))
      .def("population_size", &sampling_plan::population_size)
      .def("sample_size", &sampling_plan::sample_size)
      .def(
          "equals", [](const sampling_plan& a, const sampling_plan& b) { return a == b; }, py::arg("other"));

  // With ids, the plan records the content of the conversations it is made for.
  module.def(
      "allocate",
      [](const py::sequence& columns, std::size_t rows, bool own_missing, const py::dict& options,
         const py::object& ids) {
        stratified_rows stratum = stratified(columns, rows, own_missing);
        const sampling_plan plan = allocate(stratum.table, options_of(options));
        if (ids.is_none())
          return plan;
        return plan.with_content(with_ids(ids, [&](const auto& column) {
          const py::gil_scoped_release release;
          return content_of(column, match_strata(std::move(stratum), plan));
        }));
      },
      py::arg("columns"), py::arg("rows"), py::arg("own_missing"), py::arg("options"), py::arg("ids"));

  // Strata that were counted elsewhere: columns as (name, kind), strata as (labels, how many).
  module.def(
      "allocate_counts",
      [](const py::sequence& columns, const py::sequence& strata, const py::dict& options) {
        return allocate(table_of(columns, strata), options_of(options));
      },
      py::arg("columns"), py::arg("strata"), py::arg("options"));

  module.def(
      "check_counts",
      [](const sampling_plan& plan, const py::sequence& columns, const py::sequence& strata) {
        match_strata({{}, table_of(columns, strata)}, plan);
      },
      py::arg("plan"), py::arg("columns"), py::arg("strata"));

  module.def(
      "match_strata",
      [](const py::sequence& columns, std::size_t rows, const sampling_plan& plan) {
        stratified_rows stratum = stratified(columns, rows, true);
        std::vector<std::uint32_t> codes;
        {
          const py::gil_scoped_release release;
          codes = match_strata(std::move(stratum), plan);
        }
        return array_of(std::move(codes));
      },
      py::arg("columns"), py::arg("rows"), py::arg("plan"));

  module.def(
      "pps_probabilities",
      [](const py::array& size, const py::object& stratum, const py::array& n, double certain_from) {
        const auto measure = as_span<double>(size);
        const auto wanted = as_span<double>(n);
        const auto codes = as_optional_span<std::uint32_t>(stratum);
        std::vector<double> out;
        {
          const py::gil_scoped_release release;
          out = codes.empty() ? kernel::pps_probabilities(measure, wanted[0], certain_from)
                              : kernel::pps_probabilities(measure, codes, wanted, certain_from);
        }
        return array_of(std::move(out));
      },
      py::arg("size"), py::arg("stratum"), py::arg("n"), py::arg("certain_from"));
}

} // namespace qascore::python
