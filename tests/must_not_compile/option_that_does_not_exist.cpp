// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (has no non-static data member named|no matching function|does not refer to any field|could not convert)
// Unknown names are errors, not ignored.
#include <qascore/sampling/allocation.hpp>

#include <string>
#include <vector>

struct call {
  std::string id, queue;
};

qascore::sampling_plan plan(const std::vector<call>& calls) {
#if defined(FAULT)
  return qascore::allocate(calls, &call::queue, {.size = 400, .minimum_per_stratum = 5});
#else
  return qascore::allocate(calls, &call::queue, {.size = 400, .min_per_stratum = 5});
#endif
}
