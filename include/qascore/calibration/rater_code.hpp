// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/nearest.hpp"
#include "rating_table.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace qascore::detail {

/// The place of a rater in the table. Throws argument_error naming the argument for a name that is no rater of it.
inline std::uint32_t rater_code(const rating_table& table, const std::string& name, const char* argument) {
  const auto at = std::ranges::find(table.raters(), name);
  if (at == table.raters().end())
    throw argument_error(std::string(argument) + ": " + quoted(name) + " is no rater of this table" +
                         did_you_mean(name, table.raters()));
  return static_cast<std::uint32_t>(at - table.raters().begin());
}

} // namespace qascore::detail
