// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"
#include "text_column.hpp"

#include <qascore/kernel/correlation.hpp>

#include <optional>
#include <unordered_map>

namespace qascore::python {
namespace {

correlation_method method_of(const std::string& name) {
  if (name == "pearson")
    return correlation_method::pearson;
  return name == "kendall" ? correlation_method::kendall : correlation_method::spearman;
}

correlation_interval interval_of(const std::string& name) {
  if (name == "closed_form")
    return correlation_interval::closed_form;
  if (name == "linearised")
    return correlation_interval::linearised;
  return correlation_interval::automatic;
}

missing_rows gaps_of(const std::string& name) {
  if (name == "domain")
    return missing_rows::domain;
  return name == "drop" ? missing_rows::drop : missing_rows::error;
}

py::tuple correlate(const py::object& design, const py::array_t<double>& x, const py::array_t<double>& y,
                    const std::string& method, confidence_level confidence, const std::string& interval,
                    const std::string& missing) {
  const auto xs = as_span<double>(x), ys = as_span<double>(y);
  const DesignArrays arrays(design, xs.size());
  const correlation_method how = method_of(method);
  tested_estimate out;
  {
    const py::gil_scoped_release release;
    out = kernel::correlate(arrays.view(), xs, ys, how, confidence, interval_of(interval), gaps_of(missing));
  }
  return py::make_tuple(to_dict(static_cast<const estimate&>(out)), to_dict(out.test));
}

/// Rows of two columns that have the same id, in the order of the left; an id may stand once on the right.
struct MatchedRows {
  std::vector<std::int64_t> left, right;
  std::optional<std::pair<std::size_t, std::size_t>> repeated; ///< rows of the right with the same id
};

template <class Id>
MatchedRows match(std::span<const Id> left, std::span<const Id> right) {
  MatchedRows out;
  std::unordered_map<Id, std::size_t> row_of;
  row_of.reserve(right.size());
  for (std::size_t j = 0; j < right.size(); ++j)
    if (const auto [at, fresh] = row_of.emplace(right[j], j); !fresh) {
      out.repeated = {at->second, j};
      return out;
    }
  for (std::size_t i = 0; i < left.size(); ++i)
    if (const auto at = row_of.find(left[i]); at != row_of.end()) {
      out.left.push_back(static_cast<std::int64_t>(i));
      out.right.push_back(static_cast<std::int64_t>(at->second));
    }
  return out;
}

/// Both columns int64, or both text. (rows of left, rows of right, repeated rows of right or None).
py::tuple match_ids(const py::object& left, const py::object& right) {
  MatchedRows out;
  if (py::isinstance<TextColumn>(left)) {
    const auto a = py::cast<std::shared_ptr<TextColumn>>(left),
               b = py::cast<std::shared_ptr<TextColumn>>(right);
    const py::gil_scoped_release release;
    out = match(std::span<const std::string_view>(a->views()), std::span<const std::string_view>(b->views()));
  } else {
    const auto a = as_span<std::int64_t>(py::reinterpret_borrow<py::array>(left));
    const auto b = as_span<std::int64_t>(py::reinterpret_borrow<py::array>(right));
    const py::gil_scoped_release release;
    out = match(a, b);
  }
  const py::object repeated = out.repeated
                                  ? py::object(py::make_tuple(out.repeated->first, out.repeated->second))
                                  : py::object(py::none());
  return py::make_tuple(array_of(std::move(out.left)), array_of(std::move(out.right)), repeated);
}

} // namespace

void register_association(py::module_& module) {
  using namespace py::literals;
  module.def("correlate", &correlate, "design"_a, "x"_a, "y"_a, "method"_a, "confidence"_a, "interval"_a,
             "missing"_a);
  module.def("match_ids", &match_ids, "left"_a, "right"_a);
}

} // namespace qascore::python
