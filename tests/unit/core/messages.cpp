// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/detail/format.hpp>
#include <qascore/detail/nearest.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

using qascore::detail::did_you_mean;
using qascore::detail::quoted;

TEST_CASE("quoted text is cut after 80 bytes, never within a character") {
  CHECK(quoted("short") == "\"short\"");
  CHECK(quoted(std::string(80, 'a')) == "\"" + std::string(80, 'a') + "\"");
  CHECK(quoted(std::string(81, 'a')) == "\"" + std::string(80, 'a') + "...\"");
  const std::string two = "\xc3\xa9", three = "\xe5\xae\xa2", four = "\xf0\x9f\x98\x80";
  CHECK(quoted(std::string(79, 'a') + two + "b") == "\"" + std::string(79, 'a') + "...\"");
  CHECK(quoted(std::string(78, 'a') + two + "b") == "\"" + std::string(78, 'a') + two + "...\"");
  for (std::size_t before = 77; before < 80; ++before)
    CHECK(quoted(std::string(before, 'a') + four) == (before + 4 > 80 ? "\"" + std::string(before, 'a') + "...\""
                                                                      : "\"" + std::string(before, 'a') + four + "\""));
  std::string chinese;
  for (int i = 0; i < 40; ++i)
    chinese += three;
  CHECK(quoted(chinese) == "\"" + chinese.substr(0, 78) + "...\"");
}

TEST_CASE("a name that shares no letter is not what was meant") {
  const std::array<std::string_view, 4> names{"a", "bc", "channel", "queue"};
  CHECK(did_you_mean("chanel", names) == " (did you mean \"channel\"?)");
  CHECK(did_you_mean("bd", names) == " (did you mean \"bc\"?)");
  CHECK(did_you_mean("x", names).empty());
  CHECK(did_you_mean("xy", names).empty());
}
