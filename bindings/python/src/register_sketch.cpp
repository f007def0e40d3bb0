// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "ids.hpp"
#include "register.hpp"
#include "strata_columns.hpp"

#include <qascore/sampling/draw_sketch.hpp>
#include <qascore/sampling/reservoir.hpp>

#include <pybind11/stl.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace qascore::python {
namespace {

using integer_sketch = draw_sketch<std::int64_t>;
using text_sketch = draw_sketch<std::string>;
using labels = std::vector<std::string>;

/// A sketch of one kind of id.
class DrawSketch {
public:
  DrawSketch(std::uint64_t capacity, std::uint64_t start, bool text)
      : sketch_{text ? any(text_sketch(capacity, seed{start})) : any(integer_sketch(capacity, seed{start}))} {}

  bool text() const noexcept { return std::holds_alternative<text_sketch>(sketch_); }

  void add(const py::sequence& columns, std::size_t rows, const py::object& ids) {
    const stratified_rows stratum = stratified(columns, rows, false);
    with_ids(ids, [&](const auto& column) {
      using id = std::remove_cvref_t<decltype(column[0])>;
      using wanted = std::conditional_t<std::is_same_v<id, std::string_view>, text_sketch, integer_sketch>;
      if (auto* sketch = std::get_if<wanted>(&sketch_)) {
        const py::gil_scoped_release release;
        sketch->add(column, stratum.codes, stratum.table.labels);
      } else {
        throw argument_error("ids: expected the kind of ids that the sketch has");
      }
    });
  }

  void merge(const DrawSketch& other) {
    std::visit(
        [](auto& to, const auto& from) {
          if constexpr (std::is_same_v<decltype(to), std::remove_cvref_t<decltype(from)>&>)
            to.merge(from);
          else
            throw argument_error("ids: expected the kind of ids that the sketch has");
        },
        sketch_, other.sketch_);
  }

  std::vector<std::pair<labels, std::uint64_t>> strata() const {
    return std::visit([](const auto& sketch) { return sketch.strata(); }, sketch_);
  }

  py::list sample(const labels& stratum, std::uint64_t n) const {
    return std::visit([&](const auto& sketch) { return ids_of(sketch.sample(stratum, n)); }, sketch_);
  }
  py::list entries(const labels& stratum) const {
    return std::visit([&](const auto& sketch) { return ids_of(sketch.entries(stratum)); }, sketch_);
  }

  void restore(const labels& stratum, std::uint64_t rows, const py::list& ids) {
    if (text())
      std::get<text_sketch>(sketch_).restore(stratum, rows, py::cast<std::vector<std::string>>(ids));
    else
      std::get<integer_sketch>(sketch_).restore(stratum, rows, py::cast<std::vector<std::int64_t>>(ids));
  }

private:
  using any = std::variant<integer_sketch, text_sketch>;

  template <class Entries>
  static py::list ids_of(const Entries& entries) {
    py::list out;
    for (const auto& e : entries)
      out.append(e.id);
    return out;
  }

  any sketch_;
};

} // namespace

void register_sketch(py::module_& module) {
  py::class_<DrawSketch>(module, "DrawSketch")
      .def(py::init<std::uint64_t, std::uint64_t, bool>(), py::arg("capacity"), py::arg("seed"), py::arg("text"))
      .def("text", &DrawSketch::text)
      .def("add", &DrawSketch::add, py::arg("columns"), py::arg("rows"), py::arg("ids"))
      .def("merge", &DrawSketch::merge, py::arg("other"))
      .def("strata", &DrawSketch::strata)
      .def("sample", &DrawSketch::sample, py::arg("labels"), py::arg("n"))
      .def("entries", &DrawSketch::entries, py::arg("labels"))
      .def("restore", &DrawSketch::restore, py::arg("labels"), py::arg("rows"), py::arg("ids"));

  // Of the numbers of rows; the package keeps the rows.
  using row_reservoir = reservoir<std::uint64_t>;
  py::class_<row_reservoir>(module, "Reservoir")
      .def(py::init([](std::uint64_t n, std::uint64_t start) { return row_reservoir(n, seed{start}); }), py::arg("n"),
           py::arg("seed"))
      .def(
          "add",
          [](row_reservoir& rows, std::uint64_t more) {
            for (const std::uint64_t end = rows.seen() + more; rows.seen() < end;)
              if (const std::uint64_t skipped = std::min(rows.skippable(), end - rows.seen()); skipped > 0)
                rows.skip(skipped);
              else
                rows.add(rows.seen());
          },
          py::arg("rows"))
      .def("seen", &row_reservoir::seen)
      .def("rows",
           [](const row_reservoir& rows) {
             return array_of(std::vector<std::int64_t>(rows.items().begin(), rows.items().end()));
           })
      .def("inclusion_probability", &row_reservoir::inclusion_probability);
}

} // namespace qascore::python
