// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../core/missing.hpp"
#include "../mixed_data.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Rows of a mixed model, sorted for elimination: who meets whom, and the sums that the equations are made of.
///
/// Factors have one of three roles. `block`: the factor with most levels (or the one it is nested in) and all that is
/// nested in it; its levels part the rows into groups, and groups do not meet. `inner`: the largest factor, where it is
/// nested in that one; its levels meet one group each and are eliminated first, one scalar each. `rest`: what crosses
/// groups; with the fixed columns it is dense, and small.
namespace qascore::kernel::detail_mixed {

using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;
using index = Eigen::Index;

enum class role { inner, block, rest };

class layout {
public:
  static constexpr std::size_t most_dense = 20'000;

  /// `x`: rows x p, column-major; it and the factors' codes must outlive this. Throws data_error where too much would
  /// be dense.
  layout(std::span<const random_factor> given, const matrix& x, std::span<const double> weight)
      : factors{given.begin(), given.end()}, n{static_cast<std::size_t>(x.rows())},
        p{static_cast<std::size_t>(x.cols())}, x_{x} {
    take_roles();
    sort_rows();
    find_places();
    weigh(weight);
  }

  /// The same rows with other weights (empty: all 1), which must outlive this.
  void weigh(std::span<const double> weight) {
    weight_ = weight;
    sum_rest();
    std::fill(block_cross.begin(), block_cross.end(), 0.0);
    std::fill(block_coupling.begin(), block_coupling.end(), 0.0);
    std::fill(inner_weight.begin(), inner_weight.end(), 0.0);
    std::fill(inner_x.begin(), inner_x.end(), 0.0);
    std::fill(entry_value.begin(), entry_value.end(), 0.0);
    for (std::size_t g = 0; g < groups; ++g)
      sum_group(g);
  }

  double weight(std::size_t i) const noexcept { return weight_.empty() ? 1.0 : weight_[i]; }
  double x(std::size_t i, std::size_t k) const noexcept {
    return x_(static_cast<index>(i), static_cast<index>(k));
  }
  bool has_inner() const noexcept { return inner < factors.size(); }

  std::size_t blocks(std::size_t g) const noexcept { return block_begin[g + 1] - block_begin[g]; }
  std::size_t touched(std::size_t g) const noexcept { return touched_begin[g + 1] - touched_begin[g]; }
  /// Columns of the rest that group g meets, ascending.
  const std::uint32_t* met(std::size_t g) const noexcept { return touched_column.data() + touched_begin[g]; }
  /// The column of the rest that is c-th for group g; the fixed ones come last.
  std::size_t column(std::size_t g, std::size_t c) const noexcept {
    return c < touched(g) ? met(g)[c] : r + c - touched(g);
  }
  index level_of_block(std::size_t g, std::size_t k) const noexcept {
    return static_cast<index>(block_level[block_begin[g] + k]);
  }
  /// Where the rows' levels stand in their group (in the order of `row`): blocks first, then what it meets.
  std::uint32_t place(std::size_t at, std::size_t f) const noexcept {
    return place_[at * factors.size() + f];
  }

  /// Whether each level of `a` meets one level of `b` only.
  static bool nested(const random_factor& a, const random_factor& b) {
    std::vector<std::uint32_t> seen(a.levels, missing_code);
    for (std::size_t i = 0; i < a.code.size(); ++i) {
      std::uint32_t& in = seen[a.code[i]];
      if (is_missing(in))
        in = b.code[i];
      else if (in != b.code[i])
        return false;
    }
    return true;
  }

  std::vector<random_factor> factors;
  std::size_t n, p, r = 0, groups = 0,
                    inner = 0; ///< rows, fixed columns, levels of the rest, groups, the inner factor
  std::vector<role> role_of;
  std::vector<std::size_t> at_block, at_rest; ///< factors by role
  std::vector<std::size_t> offset;            ///< of a factor among the columns of the rest
  std::vector<std::uint32_t> row;             ///< rows by group, within it by inner level
  std::vector<std::size_t> row_begin;         ///< of a group, in `row`
  std::vector<std::size_t> block_begin, block_factor;
  std::vector<std::uint32_t> block_level;
  std::vector<std::size_t> touched_begin;
  std::vector<std::uint32_t> touched_column;
  std::vector<std::size_t> square_begin, coupling_begin; ///< of a group's matrices
  std::vector<std::size_t> inner_begin;                  ///< of a group's inner levels
  std::vector<std::uint32_t> inner_level;
  std::vector<std::size_t> entry_begin; ///< of what an inner level meets
  std::vector<std::uint32_t> entry_at;  ///< place in the group

  matrix cross;                                    ///< of the rest and the fixed columns, lower triangle
  std::vector<double> block_cross, block_coupling; ///< b x b, and b x (touched + p), column-major
  std::vector<double> inner_weight, inner_x, entry_value;

private:
  void take_roles() {
    const std::size_t count = factors.size();
    role_of.assign(count, role::rest);
    offset.assign(count, 0);
    inner = count;
    group_factor_ = count;
    if (count > 0) {
      const auto most = [&](auto&& allowed) {
        std::size_t best = count;
        for (std::size_t f = 0; f < count; ++f)
          if (allowed(f) && (best == count || factors[f].levels > factors[best].levels))
            best = f;
        return best;
      };
      const std::size_t largest = most([](std::size_t) { return true; });
      group_factor_ =
          most([&](std::size_t f) { return f != largest && nested(factors[largest], factors[f]); });
      if (group_factor_ == count)
        group_factor_ = largest;
      else {
        inner = largest;
        role_of[inner] = role::inner;
      }
      for (std::size_t f = 0; f < count; ++f)
        if (f != inner && (f == group_factor_ || nested(factors[f], factors[group_factor_])))
          role_of[f] = role::block;
    }
    for (std::size_t f = 0; f < count; ++f) {
      if (role_of[f] == role::block)
        at_block.push_back(f);
      if (role_of[f] != role::rest)
        continue;
      at_rest.push_back(f);
      offset[f] = r;
      r += factors[f].levels;
    }
    if (r > most_dense)
      throw data_error("factors: expected at most " + std::to_string(most_dense) +
                       " levels in the factors that cross the largest one but found " + std::to_string(r));
    groups = group_factor_ < count ? factors[group_factor_].levels : 0;
  }

  void sort_rows() {
    row.resize(n);
    std::iota(row.begin(), row.end(), std::uint32_t{0});
    row_begin.assign(groups + 1, 0);
    if (groups == 0)
      return;
    const auto by = [&](std::span<const std::uint32_t> code, std::size_t levels) { // counting sort, stable
      std::vector<std::size_t> next(levels + 1, 0);
      for (const std::uint32_t c : code)
        ++next[c + 1];
      std::partial_sum(next.begin(), next.end(), next.begin());
      std::vector<std::uint32_t> sorted(n);
      for (const std::uint32_t i : row)
        sorted[next[code[i]]++] = i;
      row = std::move(sorted);
    };
    if (has_inner())
      by(factors[inner].code, factors[inner].levels);
    by(factors[group_factor_].code, groups);
    for (const std::uint32_t c : factors[group_factor_].code)
      ++row_begin[c + 1];
    std::partial_sum(row_begin.begin(), row_begin.end(), row_begin.begin());
  }

  /// What each group and each inner level meets, and where.
  void find_places() {
    for (std::vector<std::size_t>* begin :
         {&block_begin, &touched_begin, &inner_begin, &square_begin, &coupling_begin, &entry_begin})
      begin->assign(1, 0);
    place_.assign(n * factors.size(), missing_code);
    std::vector<std::vector<std::uint32_t>> within(factors.size()); // place of a block level in its group
    for (const std::size_t f : at_block)
      within[f].assign(factors[f].levels, missing_code);
    std::vector<std::uint32_t> position(r, missing_code); // of a column among those that the group meets
    std::vector<std::uint32_t> entries;
    for (std::size_t g = 0; g < groups; ++g) {
      const std::size_t from = touched_column.size();
      for (std::size_t at = row_begin[g]; at < row_begin[g + 1]; ++at) {
        const std::uint32_t i = row[at];
        for (const std::size_t f : at_block)
          if (std::uint32_t& in = within[f][factors[f].code[i]]; is_missing(in)) {
            in = static_cast<std::uint32_t>(block_level.size() - block_begin[g]);
            block_factor.push_back(f);
            block_level.push_back(factors[f].code[i]);
          }
        for (const std::size_t f : at_rest)
          if (std::uint32_t& in = position[offset[f] + factors[f].code[i]]; is_missing(in)) {
            in = 0;
            touched_column.push_back(static_cast<std::uint32_t>(offset[f] + factors[f].code[i]));
          }
      }
      block_begin.push_back(block_level.size());
      touched_begin.push_back(touched_column.size());
      std::sort(touched_column.begin() + static_cast<std::ptrdiff_t>(from), touched_column.end());
      const std::size_t b = blocks(g), t = touched(g);
      for (std::size_t c = 0; c < t; ++c)
        position[touched_column[from + c]] = static_cast<std::uint32_t>(b + c);
      square_begin.push_back(square_begin.back() + b * b);
      coupling_begin.push_back(coupling_begin.back() + b * (t + p));
      for (std::size_t at = row_begin[g]; at < row_begin[g + 1]; ++at) {
        const std::uint32_t i = row[at];
        std::uint32_t* const place = place_.data() + at * factors.size();
        for (const std::size_t f : at_block)
          place[f] = within[f][factors[f].code[i]];
        for (const std::size_t f : at_rest)
          place[f] = position[offset[f] + factors[f].code[i]];
        if (!has_inner())
          continue;
        const std::uint32_t level = factors[inner].code[i];
        if (at == row_begin[g] || factors[inner].code[row[at - 1]] != level) {
          inner_level.push_back(level);
          entries.clear();
        }
        place[inner] = static_cast<std::uint32_t>(inner_level.size() - 1 - inner_begin[g]);
        for (std::size_t f = 0; f < factors.size(); ++f)
          if (f != inner)
            entries.push_back(place[f]);
        if (at + 1 < row_begin[g + 1] && factors[inner].code[row[at + 1]] == level)
          continue;
        std::sort(entries.begin(), entries.end());
        std::unique_copy(entries.begin(), entries.end(), std::back_inserter(entry_at));
        entry_begin.push_back(entry_at.size());
      }
      inner_begin.push_back(inner_level.size());
      for (std::size_t c = from; c < touched_column.size(); ++c)
        position[touched_column[c]] = missing_code;
    }
    block_cross.resize(square_begin.back());
    block_coupling.resize(coupling_begin.back());
    inner_weight.resize(inner_level.size());
    inner_x.resize(inner_level.size() * p);
    entry_value.resize(entry_at.size());
  }

  void sum_rest() {
    const auto size = static_cast<index>(r + p);
    cross = matrix::Zero(size, size);
    for (std::size_t i = 0; i < n; ++i) {
      const double w = weight(i);
      for (const std::size_t f : at_rest) {
        const auto c = static_cast<index>(offset[f] + factors[f].code[i]);
        for (const std::size_t g : at_rest)
          if (const auto a = static_cast<index>(offset[g] + factors[g].code[i]); a >= c)
            cross(a, c) += w;
        for (std::size_t k = 0; k < p; ++k)
          cross(static_cast<index>(r + k), c) += w * x(i, k);
      }
      for (std::size_t k = 0; k < p; ++k)
        for (std::size_t l = k; l < p; ++l)
          cross(static_cast<index>(r + l), static_cast<index>(r + k)) += w * x(i, k) * x(i, l);
    }
  }

  void sum_group(std::size_t g) {
    const std::size_t b = blocks(g), t = touched(g);
    double* const square = block_cross.data() + square_begin[g];
    double* const across = block_coupling.data() + coupling_begin[g];
    for (std::size_t at = row_begin[g]; at < row_begin[g + 1]; ++at) {
      const std::uint32_t i = row[at];
      const double w = weight(i);
      for (const std::size_t f : at_block) {
        const std::size_t own = place(at, f);
        for (const std::size_t h : at_block)
          square[place(at, h) * b + own] += w;
        for (const std::size_t h : at_rest)
          across[(place(at, h) - b) * b + own] += w;
        for (std::size_t k = 0; k < p; ++k)
          across[(t + k) * b + own] += w * x(i, k);
      }
      if (!has_inner())
        continue;
      const std::size_t j = inner_begin[g] + place(at, inner);
      inner_weight[j] += w;
      for (std::size_t k = 0; k < p; ++k)
        inner_x[j * p + k] += w * x(i, k);
      const auto first = entry_at.begin() + static_cast<std::ptrdiff_t>(entry_begin[j]),
                 last = entry_at.begin() + static_cast<std::ptrdiff_t>(entry_begin[j + 1]);
      for (std::size_t f = 0; f < factors.size(); ++f)
        if (f != inner)
          entry_value[static_cast<std::size_t>(std::lower_bound(first, last, place(at, f)) -
                                               entry_at.begin())] += w;
    }
  }

  const matrix& x_;
  std::span<const double> weight_;
  std::size_t group_factor_ = 0;
  std::vector<std::uint32_t> place_;
};

} // namespace qascore::kernel::detail_mixed
