// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (could not convert|conversion from|no viable conversion|no matching function)
// A size, a row number and a seed are all integers.
#include <qascore/core/seed.hpp>

std::uint64_t start(qascore::seed s) { return s.value(); }

std::uint64_t begin() {
#if defined(FAULT)
  return start(20260101);
#else
  return start(qascore::seed{20260101});
#endif
}
