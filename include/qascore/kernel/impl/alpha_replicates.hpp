// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../agreement_measure.hpp"
#include "../disagreement.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace qascore::kernel::detail_resampling {

/// Krippendorff's alpha of one table under other numbers of units, as alpha_by_profile has it but without influence values:
/// what does not depend on the numbers is computed once.
class alpha_replicates {
public:
  alpha_replicates(const rating_view& ratings, const agreement_measure& measure)
      : ratings_{ratings}, squares_{measure.level == level::interval || measure.level == level::ordinal},
        ranks_{measure.level == level::ordinal} {
    if (measure.level == level::ratio)
      distance_ = {category_distance::kind::ratio, {}};
    else if (!measure.level && !measure.category_weights.empty())
      distance_ = {category_distance::kind::matrix, measure.category_weights};
    if (squares_ && !ranks_) {
      position_.assign(ratings.value.begin(), ratings.value.end());
      for (double& x : position_)
        x -= ratings.value.front() + 0.5 * (ratings.value.back() - ratings.value.front());
      within_.resize(ratings.profiles());
      for (std::size_t p = 0; p < within_.size(); ++p)
        within_[p] = squares_within(p, position_);
    } else if (!squares_) {
      within_ = pair_distances(ratings, distance_);
      for (std::size_t p = 0; p < within_.size(); ++p)
        within_[p] *= static_cast<double>(ratings.count(p));
    }
  }

  /// NaN where alpha is undefined. `weight`: by profile; `made`: how many ratings count for the factor 1 - 1/N.
  double operator()(std::span<const double> weight, double made) const {
    std::vector<double> count(ratings_.categories(), 0.0);
    for (std::size_t p = 0; p < weight.size(); ++p)
      if (weight[p] != 0.0 && ratings_.count(p) >= 2)
        for (const std::uint32_t c : ratings_.of(p))
          count[c] += weight[p];
    double total = 0.0;
    std::size_t used = 0;
    for (const double n : count) {
      total += n;
      used += n > 0.0 ? 1u : 0u;
    }
    if (used < 2)
      return missing_value;
    std::vector<double> ranks;
    if (ranks_) {
      double below = 0.0;
      for (const double n : count) {
        ranks.push_back(below + 0.5 * n - 0.5 * total);
        below += n;
      }
    }
    double seen = 0.0;
    for (std::size_t p = 0; p < weight.size(); ++p)
      if (weight[p] != 0.0 && ratings_.count(p) >= 2)
        seen += weight[p] * (ranks_ ? squares_within(p, ranks) : within_[p]);
    const double chance =
        squares_ ? by_squares(count, total, ranks_ ? ranks : position_) : by_distances(count, total);
    return 1.0 - (1.0 - 1.0 / made) * seen / (total * chance);
  }

private:
  /// Sum over the ratings of a profile of the mean squared difference to its others.
  double squares_within(std::size_t p, const std::vector<double>& x) const {
    const auto codes = ratings_.of(p);
    if (codes.size() < 2)
      return 0.0;
    const auto m = static_cast<double>(codes.size());
    double mean = 0.0, sum = 0.0;
    for (const std::uint32_t c : codes)
      mean += x[c] / m;
    for (const std::uint32_t c : codes)
      sum += (x[c] - mean) * (x[c] - mean);
    return 2.0 * m / (m - 1.0) * sum;
  }

  /// Mean squared difference of any two ratings.
  static double by_squares(const std::vector<double>& count, double total, const std::vector<double>& x) {
    double mean = 0.0, sum = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k)
      mean += count[k] / total * x[k];
    for (std::size_t k = 0; k < x.size(); ++k)
      sum += count[k] * (x[k] - mean) * (x[k] - mean);
    return 2.0 * sum / total;
  }

  double by_distances(std::vector<double> count, double total) const {
    for (double& n : count)
      n /= total;
    const std::vector<double> to = distances_to(count, ratings_, distance_);
    double sum = 0.0;
    for (std::size_t k = 0; k < to.size(); ++k)
      sum += count[k] * to[k];
    return sum;
  }

  rating_view ratings_;
  bool squares_, ranks_;
  category_distance distance_;
  std::vector<double> position_, within_;
};

} // namespace qascore::kernel::detail_resampling
