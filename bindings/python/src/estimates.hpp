// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "convert.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore::python {

/// Estimates by domain: each as a dict, or all as columns, which many take as arrays.
class Estimates {
public:
  explicit Estimates(std::vector<estimate>&& all) : all_{std::move(all)} {}

  std::size_t size() const noexcept { return all_.size(); }
  py::dict at(std::size_t domain) const {
    if (domain >= all_.size())
      throw py::index_error();
    return to_dict(all_[domain]);
  }
  py::dict columns() const {
    py::dict out;
    for (const auto& [name, field] : {std::pair{"value", &estimate::value}, std::pair{"std_error", &estimate::std_error},
                                      std::pair{"low", &estimate::low}, std::pair{"high", &estimate::high},
                                      std::pair{"df", &estimate::df}})
      out[name] = column<double>([f = field](const estimate& e) { return e.*f; });
    for (const auto& [name, field] : {std::pair{"n", &estimate::n}, std::pair{"missing", &estimate::missing}})
      out[name] = column<std::int64_t>([f = field](const estimate& e) { return static_cast<std::int64_t>(e.*f); });
    out["confidence"] = column<double>([](const estimate& e) { return e.confidence.value(); });
    for (const auto& [name, field] :
         {std::pair{"method", &estimate::method}, std::pair{"interval_method", &estimate::interval_method}})
      out[name] = texts([f = field](const estimate& e) { return e.*f; }, false);
    out["undefined"] = texts([](const estimate& e) { return std::string_view{e.undefined}; }, true);
    return out;
  }

private:
  template <class T, class Field>
  py::array_t<T> column(const Field& field) const {
    std::vector<T> out;
    out.reserve(all_.size());
    for (const estimate& e : all_)
      out.push_back(field(e));
    return array_of(std::move(out));
  }
  /// Neighbours that agree share one string; an empty one is None if it may be.
  template <class Field>
  py::list texts(const Field& field, bool none) const {
    py::list out(all_.size());
    py::object shared = py::none();
    std::string_view last;
    for (std::size_t d = 0; d < all_.size(); ++d) {
      const std::string_view next = field(all_[d]);
      if (next != last || d == 0)
        shared = next.empty() && none ? py::object(py::none()) : py::object(text(next));
      last = next;
      out[d] = shared;
    }
    return out;
  }

  std::vector<estimate> all_;
};

} // namespace qascore::python
