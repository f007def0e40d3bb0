// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (invalid initialization of reference|no matching constructor for initialization of .qascore::seed)
// A simulated centre starts from a seed that somebody chose.
#include <qascore/simulation.hpp>

std::size_t conversations() {
#if defined(FAULT)
  return qascore::simulate({.conversations = 10}).conversations().size();
#else
  return qascore::simulate({.seed = qascore::seed{7}, .conversations = 10}).conversations().size();
#endif
}
