// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (constraints? not satisfied|projection_of|no matching function)
#include <qascore/core/column.hpp>

#include <vector>

struct call {
  double seconds;
};
struct chat {
  double seconds;
};

std::vector<double> seconds(const std::vector<call>& calls) {
#if defined(FAULT)
  return qascore::number_column(calls, &chat::seconds);
#else
  return qascore::number_column(calls, &call::seconds);
#endif
}
