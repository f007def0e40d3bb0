// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../crossing.hpp"

#include <algorithm>
#include <string>

namespace qascore::kernel {
namespace detail_crossing {

/// Replaces keys by their ranks among the keys that occur, which are returned in ascending order. Keys are
/// below `end`.
template <class KeyOf>
std::vector<std::uint64_t> compact(std::vector<std::uint32_t>& codes, std::uint64_t end,
                                   const KeyOf& key_of) {
  std::vector<std::uint64_t> keys;
  const std::size_t rows = codes.size();
  if (end <= 1024 || end / 4 <= rows) {
    std::vector<std::uint32_t> rank(end, missing_code);
    for (std::size_t row = 0; row < rows; ++row)
      rank[key_of(row)] = 0;
    for (std::uint64_t key = 0; key < end; ++key)
      if (!is_missing(rank[key])) {
        rank[key] = static_cast<std::uint32_t>(keys.size());
        keys.push_back(key);
      }
    for (std::size_t row = 0; row < rows; ++row)
      codes[row] = rank[key_of(row)];
    return keys;
  }
  for (std::size_t row = 0; row < rows; ++row)
    keys.push_back(key_of(row));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (std::size_t row = 0; row < rows; ++row)
    codes[row] =
        static_cast<std::uint32_t>(std::lower_bound(keys.begin(), keys.end(), key_of(row)) - keys.begin());
  return keys;
}

} // namespace detail_crossing

QASCORE_INLINE crossing cross(std::span<const code_column> columns) {
  crossing out;
  if (columns.empty())
    throw argument_error("columns: expected at least one");
  const std::size_t rows = columns.front().codes.size();
  out.codes.assign(rows, 0);
  out.cells = rows > 0 ? 1 : 0;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const code_column& column = columns[c];
    if (column.codes.size() != rows)
      throw argument_error("columns: expected " + std::to_string(rows) + " codes in column " +
                           std::to_string(c) + ", as in the first, but found " +
                           std::to_string(column.codes.size()));
    // The code of a missing label is as large as it gets: it sorts last by itself.
    const std::uint64_t width = column.labels + 1;
    const auto label_of = [&](std::uint32_t code) { return std::min<std::uint64_t>(code, column.labels); };
    const std::vector<std::uint64_t> keys = detail_crossing::compact(
        out.codes, std::max<std::uint64_t>(out.cells, 1) * width,
        [&](std::size_t row) { return out.codes[row] * width + label_of(column.codes[row]); });
    std::vector<std::uint32_t> labels;
    for (const std::uint64_t key : keys) {
      for (std::size_t before = 0; before < c; ++before)
        labels.push_back(out.labels[key / width * c + before]);
      const std::uint64_t label = key % width;
      labels.push_back(label == column.labels ? missing_code : static_cast<std::uint32_t>(label));
    }
    out.labels = std::move(labels);
    out.cells = keys.size();
  }
  return out;
}

} // namespace qascore::kernel
