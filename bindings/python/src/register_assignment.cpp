// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "ids.hpp"
#include "register_raters.hpp"

#include <qascore/detail/assignment_words.hpp>
#include <qascore/kernel/assignment.hpp>
#include <qascore/kernel/assignment_kinds.hpp>

#include <pybind11/stl.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace qascore::python {
namespace {

/// Pairs given as two arrays, each pair once for every time it is there.
std::vector<kernel::kind_rater> pairs_of(const py::dict& rules, const char* name) {
  const auto given = py::cast<py::tuple>(rules[name]);
  const auto codes = as_span<std::uint32_t>(py::cast<py::array>(given[0]));
  const auto raters = as_span<std::uint32_t>(py::cast<py::array>(given[1]));
  if (codes.size() != raters.size())
    throw argument_error(std::string(name) + ": expected as many codes as raters");
  std::vector<kernel::kind_rater> out;
  for (std::size_t i = 0; i < codes.size(); ++i)
    out.push_back({codes[i], raters[i], 1});
  return out;
}

template <class Field>
auto column_of(const std::vector<kernel::rater_load>& loads, Field kernel::rater_load::*field) {
  std::vector<Field> out;
  for (const kernel::rater_load& one : loads)
    out.push_back(one.*field);
  return array_of(std::move(out));
}

/// Throws design_error if there is no assignment.
void refuse(const py::object& ids, const std::vector<std::string>& raters,
            const kernel::assignment_failure& why) {
  if (why.short_of == 0 && why.raters.empty())
    return;
  std::vector<std::string> who, what;
  for (const std::uint32_t r : why.raters)
    who.push_back(raters[r]);
  if (why.short_of == 0)
    throw design_error(detail::minimum_text(who, why.needed, why.capacity));
  with_ids(ids, [&](const auto& column) {
    for (const std::uint64_t row : why.conversations) {
      if constexpr (std::is_convertible_v<decltype(column[row]), std::string_view>)
        what.emplace_back(column[row]);
      else
        what.push_back(std::to_string(column[row]));
    }
  });
  throw design_error(detail::shortage_text(what, who, why.needed, why.capacity, why.elsewhere, why.short_of));
}

} // namespace

void register_assignment(py::module_& module) {
  module.def(
      "random_ranks",
      [](const py::object& ids, std::uint64_t start) {
        return array_of(with_ids(ids, [&](const auto& column) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(column)>, kernel::row_ids>) {
            throw argument_error("ids: expected a column of ids");
            return std::vector<std::uint32_t>{};
          } else {
            const py::gil_scoped_release release;
            return kernel::random_ranks(column, seed{start});
          }
        }));
      },
      py::arg("ids"), py::arg("seed"));

  module.def(
      "wanted_raters",
      [](const py::array& rank, double twice, double triple) {
        return array_of(kernel::wanted_raters(as_span<std::uint32_t>(rank), twice, triple));
      },
      py::arg("rank"), py::arg("double_scored"), py::arg("triple_scored"));

  // Rules as a dict with the fields of kernel::assignment_rules; pairs in it as (codes, raters).
  module.def(
      "assign_raters",
      [](const py::object& ids, const std::vector<std::string>& names, const py::array& rank,
         const py::array& rater_rank, const py::array& wanted, const py::dict& rules,
         const py::array& capacity, const py::object& minimum, const py::object& share) {
        const auto alone = pairs_of(rules, "not_conversation"), not_team = pairs_of(rules, "not_team"),
                   not_agent = pairs_of(rules, "not_agent"), history = pairs_of(rules, "history");
        const auto ranks = as_span<std::uint32_t>(rank), rater_ranks = as_span<std::uint32_t>(rater_rank);
        const auto twice = as_span<std::uint8_t>(wanted);
        const auto column = [&](const char* name) { return as_optional_span<std::uint32_t>(rules[name]); };
        const kernel::assignment_rules given{ranks.size(),
                                             names.size(),
                                             column("team"),
                                             column("agent"),
                                             column("rater_team"),
                                             column("rater_agent"),
                                             alone,
                                             not_team,
                                             not_agent,
                                             history,
                                             py::cast<bool>(rules["forbid_history"])};
        const auto most = as_span<double>(capacity);
        const auto least = as_optional_span<double>(minimum), shares = as_optional_span<double>(share);
        kernel::assignment found;
        {
          const py::gil_scoped_release release;
          const kernel::assignment_kinds kinds = kernel::make_assignment_kinds(given);
          found = kernel::assign_raters({twice, kinds.kind, kinds.kinds, kinds.barred, kinds.recent, most,
                                         least, shares, ranks, rater_ranks});
        }
        refuse(ids, names, found.failure);
        py::dict out;
        out["rater"] = array_of(std::move(found.rater));
        out["ratings"] = column_of(found.loads, &kernel::rater_load::ratings);
        out["shared"] = column_of(found.loads, &kernel::rater_load::shared);
        out["repeated"] = column_of(found.loads, &kernel::rater_load::repeated);
        out["proportional"] = column_of(found.loads, &kernel::rater_load::proportional);
        out["partners"] = column_of(found.loads, &kernel::rater_load::partners);
        out["component"] = column_of(found.loads, &kernel::rater_load::component);
        out["together"] = array_of(std::move(found.together));
        out["components"] = found.components;
        out["largest_deviation"] = found.largest_deviation;
        return out;
      },
      py::arg("ids"), py::arg("raters"), py::arg("rank"), py::arg("rater_rank"), py::arg("wanted"),
      py::arg("rules"), py::arg("capacity"), py::arg("minimum"), py::arg("share"));
}

} // namespace qascore::python
