// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// expect: (could not convert|no matching function|no known conversion|no viable conversion)
#include <qascore/association/correlation.hpp>

#include <vector>

struct review {
  double score, csat;
};

double low(const qascore::sample_design& design, const std::vector<review>& reviews) {
#if defined(FAULT)
  return qascore::spearman(design, reviews, &review::score, &review::csat, {.confidence = 0.90}).low;
#else
  return qascore::spearman(design, reviews, &review::score, &review::csat,
                           {.confidence = qascore::confidence_level{0.90}})
      .low;
#endif
}
