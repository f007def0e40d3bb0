// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: this column is of labels
#include <qascore/sampling/strata.hpp>

#include <string>
#include <vector>

struct place {
  std::string floor;
};
struct call {
  std::string queue;
  place desk;
};

auto strata_of(const std::vector<call>& calls) {
#if defined(FAULT)
  return qascore::stratify(calls, &call::desk);
#else
  return qascore::stratify(calls, &call::queue);
#endif
}
