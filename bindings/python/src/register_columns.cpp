// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include "convert.hpp"
#include "register.hpp"
#include "text_column.hpp"

#include <qascore/core/missing.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>
#include <variant>

namespace qascore::python {
namespace {

bool is_valid(const ArrowArray& array, std::int64_t at) {
  const auto* bits = static_cast<const std::uint8_t*>(array.buffers[0]);
  return bits == nullptr || ((bits[at >> 3] >> (at & 7)) & 1) != 0;
}

template <class Offset>
std::string_view utf8_at(const ArrowArray& array, std::int64_t at) {
  const auto* offsets = static_cast<const Offset*>(array.buffers[1]);
  const auto* data = static_cast<const char*>(array.buffers[2]);
  // An array of nothing but empty strings may come without a data buffer; the view must still differ from missing.
  return {data == nullptr ? "" : data + offsets[at], static_cast<std::size_t>(offsets[at + 1] - offsets[at])};
}

/// utf8_view: 16 bytes each; up to 12 bytes of text stand inline, longer ones as (prefix, buffer, offset).
std::string_view utf8_view_at(const ArrowArray& array, std::int64_t at) {
  const auto* view = static_cast<const char*>(array.buffers[1]) + at * 16;
  std::int32_t size = 0, buffer = 0, offset = 0;
  std::memcpy(&size, view, 4);
  if (size <= 12)
    return {view + 4, static_cast<std::size_t>(size)};
  std::memcpy(&buffer, view + 8, 4);
  std::memcpy(&offset, view + 12, 4);
  return {static_cast<const char*>(array.buffers[2 + buffer]) + offset, static_cast<std::size_t>(size)};
}

std::string_view text_at(const ArrowArray& array, const std::string_view format, std::int64_t at) {
  if (!is_valid(array, at))
    return {};
  if (format == "u")
    return utf8_at<std::int32_t>(array, at);
  if (format == "U")
    return utf8_at<std::int64_t>(array, at);
  return utf8_view_at(array, at);
}

std::int64_t index_at(const ArrowArray& array, const char format, std::int64_t at) {
  const void* data = array.buffers[1];
  switch (format) {
  case 'c':
    return static_cast<const std::int8_t*>(data)[at];
  case 'C':
    return static_cast<const std::uint8_t*>(data)[at];
  case 's':
    return static_cast<const std::int16_t*>(data)[at];
  case 'S':
    return static_cast<const std::uint16_t*>(data)[at];
  case 'i':
    return static_cast<const std::int32_t*>(data)[at];
  case 'I':
    return static_cast<const std::uint32_t*>(data)[at];
  default:
    return static_cast<const std::int64_t*>(data)[at];
  }
}

bool is_text(const std::string_view format) { return format == "u" || format == "U" || format == "vu"; }

/// Releases what an Arrow producer handed over, whatever happens between.
template <class Struct>
struct Released {
  Struct value{};
  Released() = default;
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;
  ~Released() {
    if (value.release != nullptr)
      value.release(&value);
  }
};

} // namespace

TextColumn::~TextColumn() {
  for (ArrowArray& chunk : chunks_)
    if (chunk.release != nullptr)
      chunk.release(&chunk);
}

void TextColumn::append(const ArrowArray& array, const ArrowSchema& schema) {
  const std::int64_t first = array.offset;
  if (schema.dictionary == nullptr) {
    for (std::int64_t i = 0; i < array.length; ++i)
      views_.push_back(text_at(array, schema.format, first + i));
    return;
  }
  const ArrowArray& dictionary = *array.dictionary;
  std::vector<std::string_view> labels;
  for (std::int64_t i = 0; i < dictionary.length; ++i)
    labels.push_back(text_at(dictionary, schema.dictionary->format, dictionary.offset + i));
  for (std::int64_t i = 0; i < array.length; ++i) {
    const std::int64_t at = first + i;
    views_.push_back(is_valid(array, at) ? labels[static_cast<std::size_t>(index_at(array, schema.format[0], at))]
                                         : std::string_view{});
  }
}

std::shared_ptr<TextColumn> TextColumn::from_arrow(const py::object& producer) {
  const auto capsule = py::cast<py::capsule>(producer.attr("__arrow_c_stream__")());
  auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), "arrow_array_stream"));
  if (stream == nullptr)
    throw py::error_already_set();
  const auto check = [&](int code) {
    if (code != 0) {
      const char* why = stream->get_last_error(stream);
      throw data_error(std::string("column: the Arrow stream failed: ") + (why != nullptr ? why : "no reason given"));
    }
  };
  Released<ArrowSchema> schema;
  check(stream->get_schema(stream, &schema.value));
  const std::string_view format = schema.value.format;
  const std::string_view text_format =
      schema.value.dictionary != nullptr ? std::string_view(schema.value.dictionary->format) : format;
  if (!is_text(text_format))
    throw data_error("column: expected text but found the Arrow type \"" + std::string(format) + "\"");
  auto column = std::make_shared<TextColumn>();
  while (true) {
    ArrowArray chunk{};
    check(stream->get_next(stream, &chunk));
    if (chunk.release == nullptr)
      break;
    column->chunks_.push_back(chunk);
    column->views_.reserve(column->views_.size() + static_cast<std::size_t>(chunk.length));
    column->append(column->chunks_.back(), schema.value);
  }
  return column;
}

std::shared_ptr<TextColumn> TextColumn::from_objects(const py::sequence& values) {
  auto column = std::make_shared<TextColumn>();
  // A list of the objects keeps the strings alive, whatever the caller does to the source afterwards.
  const py::list kept(values);
  column->keep_ = kept;
  column->views_.reserve(kept.size());
  std::size_t row = 0;
  for (const py::handle value : kept) {
    if (PyUnicode_Check(value.ptr())) {
      Py_ssize_t size = 0;
      const char* data = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
      if (data == nullptr) {
        PyErr_Clear();
        throw data_error("column: row " + std::to_string(row) + " holds text that is not valid Unicode");
      }
      column->views_.emplace_back(data, static_cast<std::size_t>(size));
    } else if (value.is_none() || (PyFloat_Check(value.ptr()) && std::isnan(PyFloat_AS_DOUBLE(value.ptr()))) ||
               std::string_view(Py_TYPE(value.ptr())->tp_name).ends_with("NAType")) {
      column->views_.emplace_back();
    } else {
      throw data_error("column: expected text but found a value of type " +
                       std::string(Py_TYPE(value.ptr())->tp_name) + " at row " + std::to_string(row) +
                       "; make the whole column one type");
    }
    ++row;
  }
  return column;
}

EncodedText encode(const std::vector<std::string_view>& views) {
  EncodedText out;
  out.codes.resize(views.size());
  std::unordered_map<std::string_view, std::uint32_t> index;
  std::string_view last;
  std::uint32_t last_code = missing_code;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const std::string_view view = views[i];
    if (view.data() == nullptr) {
      out.codes[i] = missing_code;
      continue;
    }
    if (last_code == missing_code || view != last) { // files are often sorted by a label: runs cost one comparison
      const auto [at, inserted] = index.try_emplace(view, static_cast<std::uint32_t>(out.labels.size()));
      if (inserted)
        out.labels.push_back(view);
      last = view;
      last_code = at->second;
    }
    out.codes[i] = last_code;
  }
  std::vector<std::uint32_t> order(out.labels.size()), rank(out.labels.size());
  for (std::uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::ranges::sort(order, [&](auto a, auto b) { return out.labels[a] < out.labels[b]; });
  std::vector<std::string_view> sorted;
  sorted.reserve(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = i;
    sorted.push_back(out.labels[order[i]]);
  }
  out.labels = std::move(sorted);
  for (auto& code : out.codes)
    if (code != missing_code)
      code = rank[code];
  return out;
}

namespace {

/// Dense codes of 64-bit integers into `codes`; their labels, ascending.
std::vector<std::int64_t> encode_integers(std::span<const std::int64_t> values, std::uint32_t* codes) {
  std::vector<std::int64_t> labels;
  if (values.empty())
    return labels;
  const auto [low, high] = std::ranges::minmax(values);
  const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (width < 4 * values.size() + 1024) { // a table over the range beats hashing and stays bounded by the input
    std::vector<std::uint32_t> table(width + 1, missing_code);
    for (const std::int64_t v : values)
      table[static_cast<std::uint64_t>(v) - static_cast<std::uint64_t>(low)] = 0;
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table[i] != missing_code) {
        table[i] = static_cast<std::uint32_t>(labels.size());
        labels.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + i));
      }
    for (std::size_t i = 0; i < values.size(); ++i)
      codes[i] = table[static_cast<std::uint64_t>(values[i]) - static_cast<std::uint64_t>(low)];
    return labels;
  }
  labels.assign(values.begin(), values.end());
  std::ranges::sort(labels);
  labels.erase(std::ranges::unique(labels).begin(), labels.end());
  std::unordered_map<std::int64_t, std::uint32_t> index;
  for (std::uint32_t i = 0; i < labels.size(); ++i)
    index.emplace(labels[i], i);
  for (std::size_t i = 0; i < values.size(); ++i)
    codes[i] = index.find(values[i])->second;
  return labels;
}

} // namespace

void register_columns(py::module_& module) {
  py::class_<TextColumn, std::shared_ptr<TextColumn>>(module, "TextColumn")
      .def_static("from_arrow", &TextColumn::from_arrow, py::arg("producer"))
      .def_static("from_objects", &TextColumn::from_objects, py::arg("values"))
      .def("__len__", [](const TextColumn& column) { return column.views().size(); })
      .def("missing", // rows without a value
           [](const TextColumn& column) {
             std::vector<std::int64_t> rows;
             for (std::size_t i = 0; i < column.views().size(); ++i)
               if (column.views()[i].data() == nullptr)
                 rows.push_back(static_cast<std::int64_t>(i));
             return array_of(std::move(rows));
           })
      .def("__getitem__",
           [](const TextColumn& column, std::size_t row) -> py::object {
             if (row >= column.views().size())
               throw py::index_error();
             const std::string_view view = column.views()[row];
             return view.data() == nullptr ? py::object(py::none()) : py::object(text(view));
           })
      .def("encode", [](const TextColumn& column) {
        EncodedText encoded;
        {
          const py::gil_scoped_release release;
          encoded = encode(column.views());
        }
        py::list labels;
        for (const std::string_view label : encoded.labels)
          labels.append(text(label));
        return py::make_tuple(array_of(std::move(encoded.codes)), labels);
      });

  module.def(
      "encode_integers",
      [](const py::array& values) {
        const auto span = as_span<std::int64_t>(values);
        py::array_t<std::uint32_t> codes(values.size()); // memory that nobody fills twice
        std::uint32_t* const out = codes.mutable_data();
        std::vector<std::int64_t> labels;
        {
          const py::gil_scoped_release release;
          labels = encode_integers(span, out);
        }
        return py::make_tuple(codes, array_of(std::move(labels)));
      },
      py::arg("values"));
}

} // namespace qascore::python
