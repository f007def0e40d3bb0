// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "estimates.hpp"
#include "interval_names.hpp"
#include "register.hpp"

#include <qascore/kernel/crossing.hpp>
#include <qascore/kernel/design.hpp>
#include <qascore/kernel/design_effect.hpp>
#include <qascore/kernel/mean.hpp>
#include <qascore/kernel/net_promoter.hpp>
#include <qascore/kernel/proportion.hpp>
#include <qascore/kernel/replicates.hpp>

#include <pybind11/stl.h>

#include <tuple>

namespace qascore::python {
namespace {

using codes_array = py::array_t<std::uint32_t>;
using numbers_array = py::array_t<double>;

std::string_view name_of(kernel::design_fault fault) {
  using kernel::design_fault;
  switch (fault) {
  case design_fault::none:
    return "none";
  case design_fault::missing_unit:
    return "missing_unit";
  case design_fault::missing_stratum:
    return "missing_stratum";
  case design_fault::missing_cluster:
    return "missing_cluster";
  case design_fault::bad_probability:
    return "bad_probability";
  case design_fault::bad_weight:
    return "bad_weight";
  case design_fault::repeated_unit:
    return "repeated_unit";
  case design_fault::unit_in_two_strata:
    return "unit_in_two_strata";
  case design_fault::unit_with_two_weights:
    return "unit_with_two_weights";
  case design_fault::unit_in_two_clusters:
    return "unit_in_two_clusters";
  case design_fault::cluster_in_two_strata:
    return "cluster_in_two_strata";
  case design_fault::cluster_with_two_chances:
    return "cluster_with_two_chances";
  case design_fault::other_chance:
    return "other_chance";
  case design_fault::other_weight:
    return "other_weight";
  case design_fault::more_than_planned:
    return "more_than_planned";
  case design_fault::heavy_weights:
    return "heavy_weights";
  case design_fault::weight_below_one:
    return "weight_below_one";
  case design_fault::bad_population:
    return "bad_population";
  case design_fault::small_population:
    return "small_population";
  case design_fault::single_unit_stratum:
    return "single_unit_stratum";
  }
  return {};
}

repeats repeats_of(const std::string& name) {
  if (name == "average")
    return repeats::average;
  if (name == "cluster")
    return repeats::cluster;
  return repeats::error;
}

/// The columns (None where absent) as a checked design, or the fault with its place.
py::dict check_design(std::size_t rows, const py::object& unit, std::size_t units, const py::object& stratum,
                      std::size_t strata, const py::object& cluster, std::size_t clusters,
                      const py::object& probability, const py::object& weight, const py::object& population,
                      const std::string& repeated, const std::string& single, bool nest, bool spread_absent,
                      bool clusters_whole, bool poisson, const py::object& planned) {
  kernel::design_columns in;
  in.rows = rows;
  in.unit = as_optional_span<std::uint32_t>(unit);
  in.units = units;
  in.stratum = as_optional_span<std::uint32_t>(stratum);
  in.strata = strata;
  in.cluster = as_optional_span<std::uint32_t>(cluster);
  in.clusters = clusters;
  in.probability = as_optional_span<double>(probability);
  in.weight = as_optional_span<double>(weight);
  in.population = as_optional_span<double>(population);
  in.repeated = repeats_of(repeated);
  in.single = single == "error" ? single_unit::error : single_unit::certainty;
  in.nest = nest;
  in.spread_absent = spread_absent;
  in.clusters_whole = clusters_whole;
  in.selection = poisson ? sample_selection::poisson : sample_selection::fixed_size;
  in.planned = as_optional_span<double>(planned);
  kernel::checked_design out;
  {
    const py::gil_scoped_release release;
    out = kernel::check_design(in);
  }
  py::dict result;
  result["fault"] = text(name_of(out.problem.fault));
  result["row"] = out.problem.row;
  result["other_row"] = out.problem.other_row;
  result["code"] = out.problem.code;
  result["sampled"] = out.problem.sampled;
  result["units"] = out.units;
  result["clusters"] = out.clusters;
  result["weight"] = array_of(std::move(out.weight));
  result["stratum"] = array_of(std::move(out.stratum));
  result["cluster"] = array_of(std::move(out.cluster));
  result["population"] = array_of(std::move(out.population));
  result["chance"] = array_of(std::move(out.chance));
  result["absent"] = array_of(std::move(out.absent));
  result["unit_of_row"] = array_of(std::move(out.unit_of_row));
  return result;
}

/// One code per row for the combination of columns given as (codes, number of labels); the labels' codes by
/// cell.
py::tuple cross_codes(const std::vector<std::pair<codes_array, std::size_t>>& columns) {
  std::vector<kernel::code_column> spans;
  for (const auto& [codes, labels] : columns)
    spans.push_back({as_span<std::uint32_t>(codes), labels});
  kernel::crossing cells;
  {
    const py::gil_scoped_release release;
    cells = kernel::cross(spans);
  }
  const std::size_t count = cells.cells;
  return py::make_tuple(array_of(std::move(cells.codes)), array_of(std::move(cells.labels)), count);
}

numbers_array average_by_unit(const codes_array& unit_of_row, std::size_t units,
                              const numbers_array& values) {
  const auto rows = as_span<std::uint32_t>(unit_of_row);
  const auto numbers = as_span<double>(values);
  std::vector<double> out;
  {
    const py::gil_scoped_release release;
    out = kernel::average_by_unit(rows, units, numbers);
  }
  return array_of(std::move(out));
}

py::tuple codes_by_unit(const codes_array& unit_of_row, std::size_t units, const codes_array& codes) {
  kernel::unit_codes out =
      kernel::codes_by_unit(as_span<std::uint32_t>(unit_of_row), units, as_span<std::uint32_t>(codes));
  return py::make_tuple(array_of(std::move(out.code)), out.conflict);
}

/// The codes of domains without the units that have a gap in a column, and the columns with 0 there.
py::tuple leave_out_gaps(const py::object& by, std::size_t domains,
                         const std::vector<numbers_array>& columns) {
  std::vector<std::vector<double>> copies;
  std::vector<std::span<double>> spans;
  for (const numbers_array& column : columns) {
    const auto values = as_span<double>(column);
    copies.emplace_back(values.begin(), values.end());
  }
  for (std::vector<double>& copy : copies)
    spans.emplace_back(copy);
  std::vector<std::uint32_t> codes =
      kernel::leave_out_gaps({as_optional_span<std::uint32_t>(by), domains}, spans);
  py::list filled;
  for (std::vector<double>& copy : copies)
    filled.append(array_of(std::move(copy)));
  return py::make_tuple(array_of(std::move(codes)), filled);
}

/// How variances are computed: None for influence values, or (method, replicates, seed, threads).
replicate_options replicates_of(const py::object& replicates) {
  replicate_options out;
  if (replicates.is_none())
    return out;
  const auto [method, count, start, threads] =
      py::cast<std::tuple<std::string, std::size_t, std::uint64_t, unsigned>>(replicates);
  out.method = method == "jackknife" ? variance_method::jackknife : variance_method::bootstrap;
  out.replicates = count;
  out.seed = seed{start};
  out.threads = threads;
  return out;
}

/// Runs an estimator by domain without the GIL: `make(view, domain, values)`.
template <class Make>
Estimates by_domain(const py::object& design, const numbers_array& values, const py::object& by,
                   std::size_t domains, const py::object& replicates, const Make& make) {
  const replicate_options how = replicates_of(replicates);
  const auto y = as_span<double>(values);
  const DesignArrays arrays(design, y.size());
  const kernel::domain_view domain{as_optional_span<std::uint32_t>(by), domains};
  std::vector<estimate> estimates;
  {
    const py::gil_scoped_release release;
    estimates = kernel::with_replicates(arrays.view(), domain, y, how, [&](const auto& view, const auto& part) {
      return make(view, part, y);
    });
  }
  return Estimates(std::move(estimates));
}

} // namespace

void register_estimation(py::module_& module) {
  using namespace py::literals;
  py::class_<Estimates>(module, "Estimates")
      .def("__len__", &Estimates::size)
      .def("__getitem__", &Estimates::at, "domain"_a)
      .def("__iter__",
           [](const Estimates& estimates) {
             py::list all;
             for (std::size_t domain = 0; domain < estimates.size(); ++domain)
               all.append(estimates.at(domain));
             return py::iter(all);
           })
      .def("columns", &Estimates::columns);
  module.def("check_design", &check_design, "rows"_a, "unit"_a, "units"_a, "stratum"_a, "strata"_a,
             "cluster"_a, "clusters"_a, "probability"_a, "weight"_a, "population"_a, "repeats"_a,
             "single_unit"_a, "nest"_a, "spread_absent"_a, "clusters_whole"_a, "poisson"_a, "planned"_a);
  module.def("cross_codes", &cross_codes, "columns"_a);
  module.def("average_by_unit", &average_by_unit, "unit_of_row"_a, "units"_a, "values"_a);
  module.def("leave_out_gaps", &leave_out_gaps, "by"_a, "domains"_a, "columns"_a);
  module.def("codes_by_unit", &codes_by_unit, "unit_of_row"_a, "units"_a, "codes"_a);
  module.def(
      "means",
      [](const py::object& design, const numbers_array& values, const py::object& by, std::size_t domains,
         confidence_level confidence, const py::object& replicates, unsigned threads) {
        const confidence_level level{confidence};
        return by_domain(design, values, by, domains, replicates, [&](const auto& view, const auto& domain, auto y) {
          return kernel::means(view, domain, y, level, threads);
        });
      },
      "design"_a, "values"_a, "by"_a, "domains"_a, "confidence"_a, "replicates"_a, "threads"_a = 1u);
  module.def(
      "totals",
      [](const py::object& design, const numbers_array& values, const py::object& by, std::size_t domains,
         confidence_level confidence, const py::object& replicates) {
        const confidence_level level{confidence};
        return by_domain(design, values, by, domains, replicates, [&](const auto& view, const auto& domain, auto y) {
          return kernel::totals(view, domain, y, level);
        });
      },
      "design"_a, "values"_a, "by"_a, "domains"_a, "confidence"_a, "replicates"_a);
  module.def(
      "variances",
      [](const py::object& design, const numbers_array& values, const py::object& by, std::size_t domains,
         confidence_level confidence, const py::object& replicates) {
        const confidence_level level{confidence};
        return by_domain(design, values, by, domains, replicates, [&](const auto& view, const auto& domain, auto y) {
          return kernel::variances(view, domain, y, level);
        });
      },
      "design"_a, "values"_a, "by"_a, "domains"_a, "confidence"_a, "replicates"_a);
  module.def(
      "ratios",
      [](const py::object& design, const numbers_array& values, const numbers_array& base,
         const py::object& by, std::size_t domains, confidence_level confidence, const py::object& replicates) {
        const confidence_level level{confidence};
        const auto x = as_span<double>(base), top = as_span<double>(values);
        numbers_array both(static_cast<py::ssize_t>(top.size())); // NaN where either has no value
        for (std::size_t i = 0; i < top.size(); ++i)
          both.mutable_data()[i] = i < x.size() && is_missing(x[i]) ? missing_value : top[i];
        return by_domain(design, both, by, domains, replicates, [&](const auto& view, const auto& domain, auto y) {
          return kernel::ratios(view, domain, y, x, level);
        });
      },
      "design"_a, "values"_a, "base"_a, "by"_a, "domains"_a, "confidence"_a, "replicates"_a);
  module.def(
      "proportions",
      [](const py::object& design, const numbers_array& events, const py::object& by, std::size_t domains,
         confidence_level confidence, const std::string& interval, const py::object& replicates) {
        const confidence_level level{confidence};
        const proportion_interval kind = proportion_interval_of(interval);
        return by_domain(design, events, by, domains, replicates, [&](const auto& view, const auto& domain, auto y) {
          return kernel::proportions(view, domain, y, level, kind);
        });
      },
      "design"_a, "events"_a, "by"_a, "domains"_a, "confidence"_a, "interval"_a, "replicates"_a);
  module.def(
      "net_promoter_scores",
      [](const py::object& design, const numbers_array& points, const py::object& by, std::size_t domains,
         confidence_level confidence, const std::string& interval) {
        const confidence_level level{confidence};
        const net_promoter_interval kind =
            interval == "t" ? net_promoter_interval::t : net_promoter_interval::score;
        return by_domain(design, points, by, domains, py::none(),
                         [&](const auto& view, const auto& domain, auto y) {
                           return kernel::net_promoter_scores(view, domain, y, level, kind);
                         });
      },
      "design"_a, "points"_a, "by"_a, "domains"_a, "confidence"_a, "interval"_a);
  module.def(
      "mean_difference",
      [](const py::object& design, const numbers_array& values, const codes_array& by, std::size_t domains,
         std::uint32_t a, std::uint32_t b, confidence_level confidence, bool design_df) {
        const auto y = as_span<double>(values);
        const DesignArrays arrays(design, y.size());
        const tested_estimate e = kernel::mean_difference(
            arrays.view(), {as_span<std::uint32_t>(by), domains}, a, b, y, confidence,
            design_df ? kernel::difference_df::design : kernel::difference_df::satterthwaite);
        return py::make_tuple(to_dict(static_cast<const estimate&>(e)), to_dict(e.test));
      },
      "design"_a, "values"_a, "by"_a, "domains"_a, "a"_a, "b"_a, "confidence"_a, "design_df"_a);
  module.def(
      "design_effect",
      [](const py::object& design, const numbers_array& values) {
        const auto y = as_span<double>(values);
        const design_effect e = kernel::design_effect_of(DesignArrays(design, y.size()).view(), y);
        py::dict out;
        out["without_replacement"] = e.without_replacement;
        out["with_replacement"] = e.with_replacement;
        out["kish"] = e.kish;
        out["effective_size"] = e.effective_size;
        out["undefined"] = text_or_none(e.undefined);
        return out;
      },
      "design"_a, "values"_a);
}

} // namespace qascore::python
