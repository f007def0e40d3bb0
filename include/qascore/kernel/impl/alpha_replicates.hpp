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
/// what does not depend on the numbers is computed once. Loops have no branch, because which profiles are drawn is random.
class alpha_replicates {
public:
  alpha_replicates(const rating_view& ratings, const agreement_measure& measure)
      : ratings_{ratings}, interval_{measure.level == level::interval}, ordinal_{measure.level ==
                                                                                 level::ordinal} {
    if (measure.level == level::ratio)
      distance_ = {category_distance::kind::ratio, {}};
    else if (!measure.level && !measure.category_weights.empty())
      distance_ = {category_distance::kind::matrix, measure.category_weights};
    begin_.push_back(0);
    for (std::size_t p = 0; p < ratings.profiles(); ++p) {
      const auto codes = ratings.of(p);
      if (codes.size() >= 2) // others take no part, and keep an empty place
        code_.insert(code_.end(), codes.begin(), codes.end());
      begin_.push_back(static_cast<std::uint32_t>(code_.size()));
      made_.push_back(static_cast<double>(begin_[p + 1] - begin_[p]));
    }
    if (ordinal_)
      return;
    within_ = interval_ ? std::vector<double>(ratings.profiles(), 0.0) : pair_distances(ratings, distance_);
    for (std::size_t p = 0; p < within_.size(); ++p)
      within_[p] *= made_[p];
    if (interval_)
      gather_moments();
  }

  /// NaN where alpha is undefined. `weight`: by profile; `units`: those that count for the factor 1 - 1/N.
  double operator()(std::span<const double> weight, std::span<const double> units) const {
    if (interval_)
      return value_of(moments_of(weight, units));
    double made = 0.0, total = 0.0;
    for (std::size_t p = 0; p < weight.size(); ++p) {
      made += units[p] * made_[p];
      total += weight[p] * made_[p];
    }
    return value_of(by_margins(weight, total), made);
  }

  /// Whether alpha is a function of a few sums over units, so that it is known without each of them at once: on the interval level,
  /// where nearly every unit is rated in a way of its own.
  bool has_moments() const noexcept { return interval_; }

  /// What alpha on the interval level is made of.
  struct moments {
    double made = 0.0, total = 0.0, seen = 0.0, sum = 0.0, squares = 0.0;
  };

  moments moments_of(std::span<const double> weight, std::span<const double> units) const {
    moments out;
    for (std::size_t p = 0; p < weight.size(); ++p) {
      out.made += units[p] * made_[p];
      out.total += weight[p] * made_[p];
      out.seen += weight[p] * within_[p];
      out.sum += weight[p] * sum_[p];
      out.squares += weight[p] * squares_[p];
    }
    return out;
  }

  /// Alpha without one unit of profile p.
  double without(moments whole, std::size_t p) const {
    whole.made -= made_[p];
    whole.total -= made_[p];
    whole.seen -= within_[p];
    whole.sum -= sum_[p];
    whole.squares -= squares_[p];
    return value_of(whole);
  }

private:
  /// Observed and expected disagreement.
  struct parts {
    double seen = 0.0, chance = 0.0;
  };

  static double value_of(parts found, double made) {
    return found.chance > 0.0 ? 1.0 - (1.0 - 1.0 / made) * found.seen / found.chance : missing_value;
  }
  static double value_of(const moments& of) {
    return value_of(parts{of.seen, unrounded(2.0 * (of.squares - of.sum / of.total * of.sum), of.squares)},
                    of.made);
  }

  /// Per profile, of its values about the middle of the scale: their sum, their squares, and twice their squares about their
  /// own mean over m - 1, times m.
  void gather_moments() {
    const double middle = ratings_.value.empty() ? 0.0
                                                 : ratings_.value.front() +
                                                       0.5 * (ratings_.value.back() - ratings_.value.front());
    for (std::size_t p = 0; p < within_.size(); ++p) {
      double sum = 0.0, squares = 0.0, about = 0.0;
      for (std::size_t i = begin_[p]; i < begin_[p + 1]; ++i) {
        const double x = ratings_.value[code_[i]] - middle;
        sum += x;
        squares += x * x;
      }
      for (std::size_t i = begin_[p]; i < begin_[p + 1]; ++i) {
        const double d = ratings_.value[code_[i]] - middle - sum / made_[p];
        about += d * d;
      }
      sum_.push_back(sum);
      squares_.push_back(squares);
      within_[p] = made_[p] < 2.0 ? 0.0 : 2.0 * made_[p] / (made_[p] - 1.0) * about;
    }
  }

  /// 0 for what rounding leaves of ratings that are all alike.
  static double unrounded(double chance, double size) { return chance > 1e-13 * size ? chance : 0.0; }

  parts by_margins(std::span<const double> weight, double total) const {
    std::vector<double> count(ratings_.categories(), 0.0);
    for (std::size_t p = 0; p < weight.size(); ++p)
      for (std::size_t i = begin_[p]; i < begin_[p + 1]; ++i)
        count[code_[i]] += weight[p];
    parts out;
    if (ordinal_) {
      double below = -0.5 * total, half = 0.0;
      std::vector<double> rank(count.size());
      for (std::size_t k = 0; k < count.size(); ++k) {
        rank[k] = below + 0.5 * count[k];
        below += count[k];
        half += count[k] * rank[k] * rank[k];
      }
      out.chance = unrounded(2.0 * half, total * total * total); // mid-ranks have the mean 0
      for (std::size_t p = 0; p < weight.size(); ++p) {
        double sum = 0.0, squares = 0.0;
        for (std::size_t i = begin_[p]; i < begin_[p + 1]; ++i) {
          sum += rank[code_[i]];
          squares += rank[code_[i]] * rank[code_[i]];
        }
        out.seen +=
            made_[p] < 2.0 ? 0.0 : weight[p] * 2.0 / (made_[p] - 1.0) * (made_[p] * squares - sum * sum);
      }
      return out;
    }
    for (std::size_t p = 0; p < weight.size(); ++p)
      out.seen += weight[p] * within_[p];
    const std::vector<double> to = distances_to(count, ratings_, distance_);
    for (std::size_t k = 0; k < to.size(); ++k)
      out.chance += count[k] * to[k] / total;
    out.chance = unrounded(out.chance, total);
    return out;
  }

  rating_view ratings_;
  bool interval_, ordinal_;
  category_distance distance_;
  std::vector<std::uint32_t> begin_, code_;
  std::vector<double> made_, within_, sum_, squares_;
};

} // namespace qascore::kernel::detail_resampling
