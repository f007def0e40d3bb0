// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <string_view>

/// Version of the library. CMake, the Python package and the sampling plans read it from here, and only here.
#define QASCORE_VERSION_MAJOR 0
#define QASCORE_VERSION_MINOR 1
#define QASCORE_VERSION_PATCH 0
#define QASCORE_VERSION_STRING "0.1.0"

namespace qascore {
inline constexpr std::string_view version = QASCORE_VERSION_STRING;
} // namespace qascore
