// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#include <qascore/estimation/mean.hpp>

#include <vector>

struct review {
  double score;
};

int main() {
  const std::vector<review> reviews{{1}, {2}, {3}};
  const auto mean =
      qascore::mean(qascore::sample_design::independent(reviews.size()), reviews, &review::score);
  return mean.value == 2.0 && mean.df == 2.0 && mean.low < 2.0 && mean.high > 2.0 ? 0 : 1;
}
