// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../disagreement.hpp"
#include "ratio_distances.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace qascore::kernel {
namespace detail_disagreement {

struct nominal {
  double operator()(std::uint32_t k, std::uint32_t l) const noexcept { return k == l ? 0.0 : 1.0; }
};

struct matrix {
  const double* weight;
  std::size_t q;
  double operator()(std::uint32_t k, std::uint32_t l) const noexcept { return 1.0 - weight[k * q + l]; }
};

struct ratio {
  const double* value;
  double operator()(std::uint32_t k, std::uint32_t l) const noexcept {
    const double x = value[k], y = value[l];
    if (x == y)
      return 0.0;
    const double d = (x - y) / (x + y);
    return d * d;
  }
};

template <class Call>
auto with_distance(const rating_view& ratings, const category_distance& distance, Call call) {
  switch (distance.form) {
  case category_distance::kind::matrix:
    return call(matrix{distance.weight.data(), ratings.categories()});
  case category_distance::kind::ratio:
    return call(ratio{ratings.value.data()});
  case category_distance::kind::nominal:
    break;
  }
  return call(nominal{});
}

/// Sum over unordered pairs of ratings of one unit.
template <class Distance>
double over_pairs(std::span<const std::uint32_t> codes, Distance d) {
  double sum = 0.0;
  for (std::size_t j = 1; j < codes.size(); ++j)
    for (std::size_t k = 0; k < j; ++k)
      sum += d(codes[k], codes[j]);
  return sum;
}

/// The same by the counts of categories, for many ratings in few categories. `count` is all 0 before and
/// after.
template <class Distance>
double over_counts(std::span<const std::uint32_t> codes, Distance d, std::vector<double>& count) {
  for (const std::uint32_t c : codes)
    count[c] += 1.0;
  double sum = 0.0;
  for (std::uint32_t k = 1; k < count.size(); ++k)
    for (std::uint32_t l = 0; l < k; ++l)
      sum += count[k] * count[l] * d(l, k);
  std::ranges::fill(count, 0.0);
  return sum;
}

} // namespace detail_disagreement

QASCORE_INLINE std::vector<double> pair_distances(const rating_view& ratings,
                                                  const category_distance& distance) {
  using namespace detail_disagreement;
  return with_distance(ratings, distance, [&](auto d) {
    const std::size_t q = ratings.categories();
    std::vector<double> out(ratings.profiles(), 0.0), count;
    for (std::size_t p = 0; p < out.size(); ++p) {
      const auto codes = ratings.of(p);
      const std::size_t m = codes.size();
      if (m == 2) { // the usual case: double scoring
        out[p] = d(codes[0], codes[1]);
      } else if (m > 2) {
        double sum = 0.0;
        if (m * (m - 1) > 2 * m + q * q) {
          count.resize(q, 0.0);
          sum = over_counts(codes, d, count);
        } else {
          sum = over_pairs(codes, d);
        }
        const auto pairs = static_cast<double>(m) * static_cast<double>(m - 1);
        out[p] = 2.0 * sum / pairs;
      }
    }
    return out;
  });
}

QASCORE_INLINE std::vector<double> distances_to(std::span<const double> share, const rating_view& ratings,
                                                const category_distance& distance) {
  using namespace detail_disagreement;
  std::vector<double> out(share.size(), 0.0);
  if (distance.form == category_distance::kind::nominal) {
    const double total = std::accumulate(share.begin(), share.end(), 0.0);
    for (std::size_t k = 0; k < out.size(); ++k)
      out[k] = total - share[k];
    return out;
  }
  constexpr std::size_t many = 256; // from here on linear time costs less than all pairs
  if (distance.form == category_distance::kind::ratio && out.size() >= many)
    return ratio_distances(ratings.value, share);
  return with_distance(ratings, distance, [&](auto d) {
    for (std::uint32_t k = 0; k < out.size(); ++k)
      for (std::uint32_t l = 0; l < out.size(); ++l)
        out[k] += d(k, l) * share[l];
    return std::move(out);
  });
}

QASCORE_INLINE double total_distance(const rating_view& ratings, const category_distance& distance) {
  const std::vector<double> ones(ratings.categories(), 1.0);
  const std::vector<double> rows = distances_to(ones, ratings, distance);
  return std::accumulate(rows.begin(), rows.end(), 0.0);
}

QASCORE_INLINE std::vector<double> sums_over_ratings(const rating_view& ratings,
                                                     std::span<const double> by_category) {
  std::vector<double> out(ratings.profiles());
  for (std::size_t p = 0; p < out.size(); ++p) {
    double sum = 0.0;
    for (const std::uint32_t c : ratings.of(p))
      sum += by_category[c];
    out[p] = sum;
  }
  return out;
}

} // namespace qascore::kernel
