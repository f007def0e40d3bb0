// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstdint>

namespace qascore::kernel {

/// The same ratings as yes (this category, value 1) or no (any other, value 0): which category is agreed on, and which
/// is the problem. Fleiss' kappa of the whole is the mean of those of its categories with weights p_k (1 - p_k). Profiles
/// stay as they are. Throws argument_error for a category that the table does not have. Source: Fleiss (1971),
/// doi:10.1037/h0031619. Checked against: irr 0.84.1 (kappam.fleiss, detail).
rating_columns one_against_rest(const rating_view& ratings, std::uint32_t category);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/one_against_rest.ipp"
#endif
