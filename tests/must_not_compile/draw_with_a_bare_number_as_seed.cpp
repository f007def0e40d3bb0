// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (could not convert|no matching function|no known conversion)
#include <qascore/sampling/draw.hpp>

#include <string>
#include <vector>

struct call {
  std::string id, queue;
};

std::size_t drawn(const std::vector<call>& calls, const qascore::sampling_plan& plan) {
#if defined(FAULT)
  return qascore::draw(calls, &call::id, &call::queue, plan, 20260101).size();
#else
  return qascore::draw(calls, &call::id, &call::queue, plan, qascore::seed{20260101}).size();
#endif
}
