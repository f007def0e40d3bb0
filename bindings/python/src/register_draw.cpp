// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "ids.hpp"
#include "register.hpp"

#include <qascore/kernel/random_number.hpp>
#include <qascore/sampling/coordinate.hpp>
#include <qascore/sampling/draw.hpp>
#include <qascore/sampling/draw_pps.hpp>
#include <qascore/sampling/sampling_plan.hpp>
#include <qascore/sampling/targeted.hpp>

#include <pybind11/stl.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

constexpr std::array<std::string_view, 5> pps_methods{"pareto", "sequential_poisson", "successive", "poisson",
                                                      "systematic"};

pps_method method_of(std::string_view name) {
  for (std::size_t i = 0; i < pps_methods.size(); ++i)
    if (pps_methods[i] == name)
      return static_cast<pps_method>(i);
  throw argument_error("method: unknown name " + detail::quoted(name));
}

zero_chance zero_chance_of(bool exclude) {
  return exclude ? zero_chance::exclude : zero_chance::error;
}

/// Row numbers as NumPy wants to index with.
py::object index_of(std::vector<std::uint64_t>&& rows) {
  return array_of(std::move(rows)).attr("view")("int64");
}

py::tuple columns_of(drawn_rows&& drawn) {
  return py::make_tuple(index_of(std::move(drawn.rows)), array_of(std::move(drawn.inclusion_probability)),
                        drawn.without_chance);
}

} // namespace

void register_draw(py::module_& module) {
  module.attr("PPS_METHODS") = std::vector<std::string>(pps_methods.begin(), pps_methods.end());

  module.def(
      "draw_rows",
      [](const py::object& ids, const py::array& stratum, const py::array& sample_sizes, std::uint64_t start,
         unsigned threads, double turn, bool down) {
        const auto codes = as_span<std::uint32_t>(stratum);
        const auto given = as_span<std::int64_t>(sample_sizes);
        const std::vector<std::uint64_t> sizes(given.begin(), given.end());
        const draw_options options{.threads = threads, .turn = kernel::rotation{turn, down}};
        std::vector<std::uint64_t> rows = with_ids(ids, [&](const auto& column) {
          const py::gil_scoped_release release;
          return draw_rows(column, codes, sizes, seed{start}, options);
        });
        return index_of(std::move(rows));
      },
      py::arg("ids"), py::arg("stratum"), py::arg("sample_sizes"), py::arg("seed"), py::arg("threads") = 1,
      py::arg("start") = 0.0, py::arg("down") = false);

  module.def(
      "check_unique",
      [](const py::object& ids) {
        with_ids(ids, [](const auto& column) {
          const py::gil_scoped_release release;
          check_unique(column);
        });
      },
      py::arg("ids"));

  module.def(
      "draw_by_numbers",
      [](const py::object& ids, const py::array& uniform, const py::array& stratum, const sampling_plan& plan,
         const py::object& size, const std::string& method, bool exclude) {
        const auto numbers = as_span<double>(uniform);
        const auto codes = as_span<std::uint32_t>(stratum);
        const auto sizes = as_optional_span<double>(size);
        return columns_of(with_ids(ids, [&](const auto& column) {
          const py::gil_scoped_release release;
          return draw_by_numbers(column, numbers, codes, plan, sizes, method_of(method),
                                 zero_chance_of(exclude));
        }));
      },
      py::arg("ids"), py::arg("uniform"), py::arg("stratum"), py::arg("plan"), py::arg("size"),
      py::arg("method"), py::arg("exclude"));

  module.def(
      "draw_systematic",
      [](const py::object& ids, const py::array& stratum, const sampling_plan& plan, const py::object& size,
         const py::object& rank, std::uint64_t start, bool exclude) {
        const auto codes = as_span<std::uint32_t>(stratum);
        const auto sizes = as_optional_span<double>(size);
        const auto order = as_optional_span<std::uint32_t>(rank);
        return columns_of(with_ids(ids, [&](const auto& column) {
          const py::gil_scoped_release release;
          return draw_systematic_rows(column, codes, plan, sizes, order, seed{start},
                                      zero_chance_of(exclude));
        }));
      },
      py::arg("ids"), py::arg("stratum"), py::arg("plan"), py::arg("size"), py::arg("rank"), py::arg("seed"),
      py::arg("exclude"));

  module.def(
      "coordinate",
      [](const py::array& stratum, const sampling_plan& plan, const py::array& earlier,
         const py::array& probability, bool avoid, bool by_chance) {
        const auto codes = as_span<std::uint32_t>(stratum);
        coordinated_strata out =
            coordinate({codes.begin(), codes.end()}, plan, as_span<std::uint64_t>(earlier),
                       as_span<double>(probability), avoid ? coordination::avoid : coordination::keep,
                       by_chance ? earlier_size::by_chance : earlier_size::fixed);
        return py::make_tuple(array_of(std::move(out.stratum)), index_of(std::move(out.sample)));
      },
      py::arg("stratum"), py::arg("plan"), py::arg("earlier"), py::arg("probability"), py::arg("avoid"),
      py::arg("by_chance"));

  module.def(
      "rows_of",
      [](const py::object& ids, const py::object& earlier) {
        return with_ids(ids, [&](const auto& column) {
          return with_ids(earlier, [&](const auto& some) -> py::object {
            if constexpr (std::is_same_v<decltype(column), decltype(some)> &&
                          !std::is_same_v<std::remove_cvref_t<decltype(column)>, kernel::row_ids>) {
              std::vector<std::uint64_t> rows;
              {
                const py::gil_scoped_release release;
                rows = rows_of(column, some);
              }
              return array_of(std::move(rows));
            } else {
              throw argument_error("ids: expected two columns of one type");
            }
          });
        });
      },
      py::arg("ids"), py::arg("earlier"));

  // Targets as (name, flags, rate or None, count or None).
  module.def(
      "add_targets",
      [](const py::object& ids, const py::array& random, const py::array& stratum, const sampling_plan& plan,
         const py::object& size, const py::list& given, std::uint64_t start, bool exclude) {
        const auto rows = as_span<std::int64_t>(random);
        const auto codes = as_span<std::uint32_t>(stratum);
        const auto sizes = as_optional_span<double>(size);
        std::vector<target> targets;
        for (const py::handle one : given) {
          const auto parts = py::cast<py::tuple>(one);
          const auto flags = as_span<bool>(py::cast<py::array>(parts[1]));
          targets.push_back({py::cast<std::string>(parts[0]), {flags.begin(), flags.end()},
                             py::cast<std::optional<double>>(parts[2]),
                             py::cast<std::optional<std::uint64_t>>(parts[3])});
        }
        mixed_rows out = with_ids(ids, [&](const auto& column) {
          const py::gil_scoped_release release;
          return add_targets(column, std::vector<std::uint64_t>(rows.begin(), rows.end()),
                             inclusion_probabilities(codes, plan, sizes), targets, seed{start},
                             zero_chance_of(exclude));
        });
        return py::make_tuple(index_of(std::move(out.sample.rows)),
                              array_of(std::move(out.sample.inclusion_probability)),
                              array_of(std::move(out.parts)), out.sample.without_chance);
      },
      py::arg("ids"), py::arg("random"), py::arg("stratum"), py::arg("plan"), py::arg("size"),
      py::arg("targets"), py::arg("seed"), py::arg("exclude"));

  module.def(
      "permanent_numbers",
      [](const py::object& ids, std::uint64_t start, double turn, bool down) {
        const kernel::rotation rotation{turn, down};
        return array_of(with_ids(ids, [&](const auto& column) {
          const py::gil_scoped_release release;
          return uniform_numbers(column, seed{start}, rotation);
        }));
      },
      py::arg("ids"), py::arg("seed"), py::arg("start") = 0.0, py::arg("down") = false);

  module.def(
      "turn_numbers",
      [](const py::array& uniform, double turn, bool down) {
        return array_of(turned_numbers(as_span<double>(uniform), kernel::rotation{turn, down}));
      },
      py::arg("uniform"), py::arg("start"), py::arg("down"));
}

} // namespace qascore::python
