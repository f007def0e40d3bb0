// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (could not convert|conversion from|no viable conversion|no matching function)
#include <qascore/core/probability.hpp>

double inverse(qascore::probability p) { return 1.0 / p.value(); }

double weight() {
#if defined(FAULT)
  return inverse(0.25);
#else
  return inverse(qascore::probability{0.25});
#endif
}
