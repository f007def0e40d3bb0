// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (no matching function|no matching constructor)
#include <qascore/core/seed.hpp>

qascore::seed one() {
#if defined(FAULT)
  return qascore::seed{};
#else
  return qascore::seed{1};
#endif
}
