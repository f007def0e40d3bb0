// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (no matching function|too few arguments)
#include <qascore/association/correlation.hpp>

#include <vector>

struct review {
  double score, csat;
};

double value(const qascore::sample_design& design, const std::vector<review>& reviews) {
#if defined(FAULT)
  return qascore::correlate(design, reviews, &review::score, &review::csat).value;
#else
  return qascore::correlate(design, reviews, &review::score, &review::csat, qascore::correlation_method::spearman)
      .value;
#endif
}
