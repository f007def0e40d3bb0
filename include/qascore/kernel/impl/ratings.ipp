// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/format.hpp"
#include "../ratings.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace qascore::kernel {
namespace detail_ratings {

inline void check_size(std::size_t ratings, std::size_t units) {
  constexpr std::size_t most = 0xffff'fffe;
  if (ratings > most || units > most)
    throw data_error("ratings: expected at most " + std::to_string(most) + " ratings and units but found " +
                     std::to_string(std::max(ratings, units)));
}

inline std::string list_of(std::span<const double> values) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(values.size(), 12); ++i)
    out += (i > 0 ? ", " : "") + qascore::detail::format_number(values[i]);
  return values.size() > 12 ? out + ", ..." : out;
}

[[noreturn]] inline void not_declared(double found, std::span<const double> declared) {
  throw data_error("rating: " + qascore::detail::format_number(found) +
                   " is not among the declared categories " + list_of(declared));
}

/// Whole numbers in a range of 65,536: their codes come from a table.
inline bool code_by_table(std::span<const double> rating, std::span<const double> declared,
                          rating_columns& out) {
  constexpr double widest = 65535.0;
  double low = rating.empty() ? 0.0 : rating[0], high = low;
  for (const double x : rating) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  if (!(high - low <= widest) || std::abs(low) > 1e9)
    return false;
  bool whole = true;
  for (const double x : rating)
    whole &= x - low == static_cast<double>(static_cast<std::int32_t>(x - low));
  if (!whole)
    return false;
  std::vector<std::uint32_t> code_of(static_cast<std::size_t>(high - low) + 1, missing_code);
  if (declared.empty()) {
    for (const double x : rating)
      code_of[static_cast<std::size_t>(static_cast<std::int32_t>(x - low))] = 0;
    for (std::size_t i = 0; i < code_of.size(); ++i)
      if (!is_missing(code_of[i]) && !rating.empty()) {
        code_of[i] = static_cast<std::uint32_t>(out.value.size());
        out.value.push_back(low + static_cast<double>(i));
      }
  } else {
    out.value.assign(declared.begin(), declared.end());
    for (std::size_t k = 0; k < declared.size(); ++k) {
      const double at = declared[k] - low;
      if (at >= 0.0 && at <= high - low && at == std::floor(at))
        code_of[static_cast<std::size_t>(at)] = static_cast<std::uint32_t>(k);
    }
  }
  out.code.resize(rating.size());
  std::uint32_t worst = 0;
  for (std::size_t i = 0; i < rating.size(); ++i) {
    out.code[i] = code_of[static_cast<std::size_t>(static_cast<std::int32_t>(rating[i] - low))];
    worst = std::max(worst, out.code[i]);
  }
  if (is_missing(worst))
    not_declared(
        rating[static_cast<std::size_t>(std::ranges::find(out.code, missing_code) - out.code.begin())],
        declared);
  return true;
}

inline void code_by_sorting(std::span<const double> rating, std::span<const double> declared,
                            rating_columns& out) {
  out.code.resize(rating.size());
  if (!declared.empty()) {
    out.value.assign(declared.begin(), declared.end());
    for (std::size_t i = 0; i < rating.size(); ++i) {
      const auto at = std::ranges::lower_bound(declared, rating[i]);
      if (at == declared.end() || *at != rating[i])
        not_declared(rating[i], declared);
      out.code[i] = static_cast<std::uint32_t>(at - declared.begin());
    }
    return;
  }
  std::vector<std::pair<double, std::uint32_t>> order(rating.size());
  for (std::size_t i = 0; i < rating.size(); ++i)
    order[i] = {rating[i], static_cast<std::uint32_t>(i)};
  std::ranges::sort(order, {}, &std::pair<double, std::uint32_t>::first);
  for (const auto& [x, i] : order) {
    if (out.value.empty() || out.value.back() != x)
      out.value.push_back(x);
    out.code[i] = static_cast<std::uint32_t>(out.value.size() - 1);
  }
}

/// Codes and values from the ratings in their final order.
inline void code_ratings(std::span<const double> rating, std::span<const double> declared,
                         rating_columns& out) {
  for (const double x : rating)
    if (std::isinf(x))
      throw data_error("rating: expected finite numbers but found " + qascore::detail::format_number(x));
  if (!code_by_table(rating, declared, out))
    code_by_sorting(rating, declared, out);
}

/// Most ratings of a unit: the number of raters where they are anonymous.
inline std::size_t most_ratings(std::span<const std::uint32_t> begin) {
  std::size_t most = 0;
  for (std::size_t u = 0; u + 1 < begin.size(); ++u)
    most = std::max<std::size_t>(most, begin[u + 1] - begin[u]);
  return most;
}

/// Rows gathered by unit, then by rater, then by value.
inline std::vector<std::pair<std::uint32_t, double>> gather(const rating_rows& rows,
                                                            std::vector<std::uint32_t>& begin) {
  begin.assign(rows.units + 1, 0);
  for (std::size_t i = 0; i < rows.rating.size(); ++i)
    if (!is_missing(rows.rating[i]))
      ++begin[rows.unit[i] + 1];
  for (std::size_t u = 0; u < rows.units; ++u)
    begin[u + 1] += begin[u];
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  std::vector<std::pair<std::uint32_t, double>> out(begin.back());
  for (std::size_t i = 0; i < rows.rating.size(); ++i)
    if (!is_missing(rows.rating[i]))
      out[next[rows.unit[i]]++] = {rows.rater.empty() ? 0u : rows.rater[i], rows.rating[i]};
  for (std::size_t u = 0; u < rows.units; ++u)
    std::sort(out.begin() + begin[u], out.begin() + begin[u + 1]);
  return out;
}

/// Drops ratings (those with keep false), units stay.
template <class Keep>
rating_columns filter(const rating_view& ratings, Keep keep) {
  rating_columns out;
  out.raters = ratings.raters;
  out.value.assign(ratings.value.begin(), ratings.value.end());
  out.begin.push_back(0);
  for (std::size_t u = 0; u < ratings.units(); ++u) {
    for (std::size_t i = ratings.begin[u]; i < ratings.begin[u + 1]; ++i)
      if (keep(u, i)) {
        out.code.push_back(ratings.code[i]);
        if (!ratings.rater.empty())
          out.rater.push_back(ratings.rater[i]);
      }
    out.begin.push_back(static_cast<std::uint32_t>(out.code.size()));
  }
  return out;
}

} // namespace detail_ratings

QASCORE_INLINE rating_columns columns_of(const rating_rows& rows, std::span<const double> declared,
                                         duplicate_ratings duplicates) {
  using namespace detail_ratings;
  check_size(rows.rating.size(), rows.units);
  rating_columns out;
  std::vector<std::uint32_t> begin;
  const auto gathered = gather(rows, begin);
  std::vector<double> rating;
  rating.reserve(gathered.size());
  out.begin.reserve(rows.units + 1);
  out.begin.push_back(0);
  for (std::uint32_t u = 0; u < rows.units; ++u) {
    for (std::size_t i = begin[u]; i < begin[u + 1];) {
      std::size_t end = i + 1;
      double sum = gathered[i].second;
      if (!rows.rater.empty())
        for (; end < begin[u + 1] && gathered[end].first == gathered[i].first; ++end)
          sum += gathered[end].second;
      if (end - i > 1 && duplicates == duplicate_ratings::refuse) {
        rating_columns refused;
        refused.duplicate_unit = u;
        refused.duplicate_rater = gathered[i].first;
        return refused;
      }
      rating.push_back(end - i > 1 ? sum / static_cast<double>(end - i) : sum);
      if (!rows.rater.empty())
        out.rater.push_back(gathered[i].first);
      i = end;
    }
    out.begin.push_back(static_cast<std::uint32_t>(rating.size()));
  }
  code_ratings(rating, declared, out);
  out.raters = rows.rater.empty() ? most_ratings(out.begin) : rows.raters;
  return out;
}

QASCORE_INLINE rating_columns columns_of(std::span<const double> matrix, std::size_t raters,
                                         std::span<const double> declared) {
  using namespace detail_ratings;
  const std::size_t units = raters == 0 ? 0 : matrix.size() / raters;
  check_size(matrix.size(), units);
  rating_columns out;
  out.raters = raters;
  out.begin.resize(units + 1);
  out.rater.resize(matrix.size());
  std::vector<double> rating(matrix.size());
  std::size_t at = 0;
  for (std::size_t u = 0; u < units; ++u) {
    for (std::size_t r = 0; r < raters; ++r) {
      // Written without a branch: gaps come at random.
      const double x = matrix[u * raters + r];
      rating[at] = x;
      out.rater[at] = static_cast<std::uint32_t>(r);
      at += x == x ? 1u : 0u;
    }
    out.begin[u + 1] = static_cast<std::uint32_t>(at);
  }
  rating.resize(at);
  out.rater.resize(at);
  code_ratings(rating, declared, out);
  return out;
}

QASCORE_INLINE rating_columns columns_of_counts(std::span<const std::int64_t> counts,
                                                std::span<const double> categories) {
  using namespace detail_ratings;
  const std::size_t q = categories.size();
  const std::size_t units = q == 0 ? 0 : counts.size() / q;
  rating_columns out;
  out.value.assign(categories.begin(), categories.end());
  out.begin.push_back(0);
  std::int64_t total = 0;
  for (const std::int64_t c : counts) {
    if (c < 0)
      throw data_error("counts: expected counts of 0 or more but found " + std::to_string(c));
    check_size(static_cast<std::size_t>(c), units);
    total += c;
    check_size(static_cast<std::size_t>(total), units);
  }
  for (std::size_t u = 0; u < units; ++u) {
    for (std::size_t k = 0; k < q; ++k)
      out.code.insert(out.code.end(), static_cast<std::size_t>(counts[u * q + k]),
                      static_cast<std::uint32_t>(k));
    out.begin.push_back(static_cast<std::uint32_t>(out.code.size()));
  }
  out.raters = most_ratings(out.begin);
  return out;
}

QASCORE_INLINE rating_columns only_raters(const rating_view& ratings, std::span<const std::uint8_t> keep) {
  rating_columns out = detail_ratings::filter(
      ratings, [&](std::size_t, std::size_t i) { return keep[ratings.rater[i]] != 0; });
  std::vector<std::uint32_t> code_of(keep.size());
  std::uint32_t next = 0;
  for (std::size_t r = 0; r < keep.size(); ++r)
    code_of[r] = keep[r] != 0 ? next++ : missing_code;
  for (std::uint32_t& r : out.rater)
    r = code_of[r];
  out.raters = next;
  return out;
}

QASCORE_INLINE rating_columns only_complete_units(const rating_view& ratings) {
  return detail_ratings::filter(
      ratings, [&](std::size_t u, std::size_t) { return ratings.count(u) == ratings.raters; });
}

QASCORE_INLINE estimate infer_rated(const linearised& estimator, const rating_view& ratings,
                                    std::size_t least, const design_view* design, inference_options options) {
  std::size_t taking_part = 0;
  for (std::size_t u = 0; u < ratings.units(); ++u)
    taking_part += ratings.count(u) >= least ? 1u : 0u;
  options.n = taking_part;
  if (design != nullptr) {
    if (design->units != ratings.units())
      throw argument_error("design: expected " + std::to_string(ratings.units()) +
                           " units, those of the ratings in their order, but found " +
                           std::to_string(design->units));
    estimate out = infer(estimator, *design, options);
    out.n = taking_part;
    return out;
  }
  const design_view independent = independent_units(taking_part);
  if (!estimator.is_defined() || taking_part == ratings.units()) {
    estimate out = infer(estimator, independent, options);
    out.n = taking_part;
    return out;
  }
  linearised part{.value = estimator.value, .influence = {}, .undefined = estimator.undefined};
  part.influence.reserve(taking_part);
  for (std::size_t u = 0; u < ratings.units(); ++u)
    if (ratings.count(u) >= least)
      part.influence.push_back(estimator.influence[u]);
  return infer(part, independent, options);
}

} // namespace qascore::kernel
