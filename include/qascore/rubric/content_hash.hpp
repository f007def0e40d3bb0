// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "definition.hpp"

#include <string>

namespace qascore {

/// SHA-256 of all that a definition says (ids, titles, weights, points, rules), as 64 hexadecimal digits; not
/// of how the file writes it (spaces, comments, quotes, order of keys). A score carries it, so that a later
/// change of the form cannot rewrite history unseen.
std::string content_hash(const rubric_definition& rubric);

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/content_hash.ipp"
#endif
