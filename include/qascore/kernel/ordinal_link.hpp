// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"

namespace qascore {

/// The distribution behind ordered categories.
enum class ordinal_link {
  logit, ///< logistic: proportional odds
  probit ///< normal
};

} // namespace qascore
