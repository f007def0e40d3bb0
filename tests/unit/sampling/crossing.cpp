// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/core/error.hpp>
#include <qascore/kernel/crossing.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace qa = qascore;
using codes = std::vector<std::uint32_t>;

TEST_CASE("crossing numbers the combinations that occur, ascending, missing last") {
  const codes a{1, 0, 1, qa::missing_code, 0, 1}, b{0, 2, 0, 1, 0, qa::missing_code};
  const auto crossed = qa::kernel::cross(std::vector<qa::kernel::code_column>{{a, 2}, {b, 3}});
  CHECK(crossed.cells == 5);
  CHECK(crossed.labels == codes{0, 0, 0, 2, 1, 0, 1, qa::missing_code, qa::missing_code, 1});
  CHECK(crossed.codes == codes{2, 1, 2, 4, 0, 3});
}

TEST_CASE("a column with many more labels than rows is crossed the same way") {
  const codes a{5, 5, 1}, b{400'000'000, 7, 400'000'000};
  const auto crossed = qa::kernel::cross(std::vector<qa::kernel::code_column>{{a, 6}, {b, 500'000'000}});
  CHECK(crossed.labels == codes{1, 400'000'000, 5, 7, 5, 400'000'000});
  CHECK(crossed.codes == codes{2, 1, 0});
}

TEST_CASE("no rows have no strata, and columns of unequal length are refused") {
  const codes none, one{0};
  CHECK(qa::kernel::cross(std::vector<qa::kernel::code_column>{{none, 0}, {none, 3}}).cells == 0);
  CHECK_THROWS_WITH_AS(qa::kernel::cross(std::vector<qa::kernel::code_column>{{one, 1}, {none, 1}}),
                       "columns: expected 1 codes in column 1, as in the first, but found 0",
                       qa::argument_error);
}
