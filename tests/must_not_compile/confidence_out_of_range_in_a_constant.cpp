// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (constant expression|confidence_level)
// What is known at compile time is refused at compile time.
#include <qascore/core/confidence.hpp>

#if defined(FAULT)
inline constexpr qascore::confidence_level level{95};
#else
inline constexpr qascore::confidence_level level{0.95};
#endif
double upper() { return level.upper_tail(); }
