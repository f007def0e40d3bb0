// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// What the reader says about a file full of faults, word for word. QASCORE_UPDATE_GOLDEN=1 renews the text.
#include <qascore/rubric/yaml.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace {
std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.is_open(), path);
  return {std::istreambuf_iterator<char>(file), {}};
}
} // namespace

TEST_CASE("a file full of faults gets every one of them, in the order of the file") {
  const std::string golden = QASCORE_GOLDEN "/faults.txt";
  std::string found;
  try {
    qascore::parse_rubric(contents(QASCORE_GOLDEN "/faults.yaml"), "faults.yaml");
  } catch (const qascore::rubric_error& failure) {
    found = std::string(failure.what()) + "\n";
  }
  if (std::getenv("QASCORE_UPDATE_GOLDEN") != nullptr)
    std::ofstream(golden, std::ios::binary) << found;
  CHECK(found == contents(golden));
}
