// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../detail/sum.hpp"
#include "../design.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The mean of some rows: where others than the mean itself start from it.
namespace qascore::kernel::detail_mean {

using rows_span = std::span<const std::uint32_t>;

struct weighted_mean {
  double mean;
  double weight; ///< sum of the weights
};

/// Values and weights of some rows side by side. Rows of a domain lie all over the columns: gathered first, memory is
/// asked for many at once.
class gathered_rows {
public:
  gathered_rows(const design_view& design, rows_span rows, std::span<const double> y) : y_(rows.size()) {
    for (std::size_t k = 0; k < rows.size(); ++k)
      y_[k] = y[rows[k]];
    if (design.weight.empty())
      return;
    weight_.resize(rows.size());
    for (std::size_t k = 0; k < rows.size(); ++k)
      weight_[k] = design.weight[rows[k]];
  }
  std::size_t size() const noexcept { return y_.size(); }
  double y(std::size_t k) const noexcept { return y_[k]; }
  double weight(std::size_t k) const noexcept { return weight_.empty() ? 1.0 : weight_[k]; }

private:
  std::vector<double> y_, weight_;
};

/// In two steps: the second removes the rounding of the first, so that equal values have exactly themselves
/// as mean.
inline weighted_mean mean_of(const gathered_rows& rows) {
  detail::accurate_sum weight, total, rest;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    weight.add(rows.weight(k));
    total.add(rows.weight(k) * rows.y(k));
  }
  const double first = total.value() / weight.value();
  for (std::size_t k = 0; k < rows.size(); ++k)
    rest.add(rows.weight(k) * (rows.y(k) - first));
  return {first + rest.value() / weight.value(), weight.value()};
}

} // namespace qascore::kernel::detail_mean
