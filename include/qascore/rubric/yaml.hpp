// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "rubric.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// The strict reader of rubric files (YAML; JSON is YAML too). Defined in qascore::yaml.
namespace qascore {

/// Largest rubric text that is read.
inline constexpr std::size_t max_rubric_bytes = std::size_t{1} << 20;

/// Reads a rubric from a file. Throws rubric_error with all problems at once, each as
/// `file:line:column: path: expected ... but found ... (did you mean ...)`. Columns count characters.
rubric load_rubric(const std::filesystem::path& path);

/// The same from text; `name` stands for the file in messages.
rubric parse_rubric(std::string_view text, std::string_view name = "rubric");

/// The keys that each part of a rubric file may have, by part (`rubric`, `section`, `criterion`, ...): for
/// editors, and for the test that holds rubrics/rubric.schema.json to the reader.
std::map<std::string, std::vector<std::string>> rubric_keys();

} // namespace qascore
