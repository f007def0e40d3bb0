// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (no matching function|too few arguments)
// Chance has no default: the same seed gives the same rows, and somebody must have chosen it.
#include <qascore/sampling/draw.hpp>

#include <string>
#include <vector>

struct call {
  std::string id, queue;
};

std::size_t drawn(const std::vector<call>& calls, const qascore::sampling_plan& plan) {
#if defined(FAULT)
  return qascore::draw(calls, &call::id, &call::queue, plan).size();
#else
  return qascore::draw(calls, &call::id, &call::queue, plan, qascore::seed{20260101}).size();
#endif
}
