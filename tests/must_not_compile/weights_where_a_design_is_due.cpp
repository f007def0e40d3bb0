// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (invalid initialization|could not convert|no viable conversion|no matching function|no known conversion)
// No verb takes a bare weight vector: weights without strata and clusters give wrong standard errors.
#include <qascore/kernel/variance.hpp>

#include <vector>

double variance(const std::vector<double>& weights, const std::vector<double>& influence) {
#if defined(FAULT)
  return qascore::kernel::variance_of(weights, influence).variance;
#else
  auto design = qascore::independent_units(influence.size());
  design.weight = weights;
  return qascore::kernel::variance_of(design, influence).variance;
#endif
}
