// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "result.hpp"

#include <string>
#include <string_view>

namespace qascore {

/// The result in words that an agent can read: the score, what every criterion earned and cost, which fail
/// rules fired. In Chinese for languages that begin with `zh`, else in English; titles in the language asked,
/// by default the rubric's.
std::string explain(const evaluation_result& result, std::string_view language = {});

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/explain.ipp"
#endif
