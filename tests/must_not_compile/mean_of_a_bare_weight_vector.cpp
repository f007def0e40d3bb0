// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: no matching function
// No verb takes a bare weight vector: weights without strata and clusters give wrong standard errors.
#include <qascore/estimation/mean.hpp>

#include <vector>

struct review {
  double score;
};

double mean_score(const std::vector<review>& reviews, [[maybe_unused]] const std::vector<double>& weights) {
#if defined(FAULT)
  return qascore::mean(weights, reviews, &review::score).value;
#else
  return qascore::mean(qascore::sample_design::independent(reviews.size()), reviews, &review::score).value;
#endif
}
