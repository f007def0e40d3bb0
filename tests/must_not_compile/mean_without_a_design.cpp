// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: no matching function
// Whoever means independent rows says so: sample_design::independent.
#include <qascore/estimation/mean.hpp>

#include <vector>

struct review {
  double score;
};

double mean_score(const std::vector<review>& reviews) {
#if defined(FAULT)
  return qascore::mean(reviews, &review::score).value;
#else
  return qascore::mean(qascore::sample_design::independent(reviews.size()), reviews, &review::score).value;
#endif
}
