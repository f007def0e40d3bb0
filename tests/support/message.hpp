// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <qascore/core/error.hpp>

#include <string>

namespace qascore::test {

/// What the error says that the action throws.
template <class Action>
std::string message(const Action& action) {
  try {
    action();
  } catch (const error& e) {
    return e.what();
  }
  return "no error";
}

} // namespace qascore::test
