// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: this column is of numbers
#include <qascore/estimation/mean.hpp>

#include <string>
#include <vector>

struct review {
  std::string queue;
  double score;
};

double mean_score(const std::vector<review>& reviews) {
  const auto design = qascore::sample_design::independent(reviews.size());
#if defined(FAULT)
  return qascore::mean(design, reviews, &review::queue).value;
#else
  return qascore::mean(design, reviews, &review::score).value;
#endif
}
