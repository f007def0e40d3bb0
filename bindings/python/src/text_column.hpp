// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "arrow.hpp"

#include <pybind11/pybind11.h>

#include <memory>
#include <string_view>
#include <vector>

namespace qascore::python {

/// A column of text as views into buffers that stay where they are: Arrow's (polars, pyarrow, any producer of the
/// Arrow C stream interface) or those of Python's own strings. A missing value is a view whose data() is null.
class TextColumn {
public:
  /// From an object with __arrow_c_stream__ whose type is text (utf8, large_utf8, utf8_view) or a dictionary of it.
  static std::shared_ptr<TextColumn> from_arrow(const pybind11::object& producer);
  /// From a sequence of str; None, NaN and NA are missing; anything else is a data_error that names the row.
  static std::shared_ptr<TextColumn> from_objects(const pybind11::sequence& values);

  const std::vector<std::string_view>& views() const noexcept { return views_; }

  TextColumn() = default;
  TextColumn(const TextColumn&) = delete;
  TextColumn& operator=(const TextColumn&) = delete;
  ~TextColumn();

private:
  void append(const ArrowArray& array, const ArrowSchema& schema);

  std::vector<std::string_view> views_;
  std::vector<ArrowArray> chunks_; ///< released in the destructor
  pybind11::object keep_;          ///< the Python strings, where the views point into them
};

/// Dense codes and labels of a text column: labels ascending in code-point order, missing_code for missing.
struct EncodedText {
  std::vector<std::uint32_t> codes;
  std::vector<std::string_view> labels;
};
EncodedText encode(const std::vector<std::string_view>& views);

} // namespace qascore::python
