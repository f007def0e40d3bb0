// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (no match for|no viable|could not convert|no known conversion)
// 95 and 0.95 are both doubles; confidence_level is built on purpose only, and checks which of them came.
#include <qascore/kernel/inference.hpp>

qascore::kernel::inference_options options() {
  qascore::kernel::inference_options out;
#if defined(FAULT)
  out.confidence = 0.95;
#else
  out.confidence = qascore::confidence_level{0.95};
#endif
  return out;
}
