// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../scoring_plan.hpp"

/// The few operations that make a score, one at a time and in batches: the same bits.
namespace qascore::kernel::detail_scoring {

inline scoring_cell amount_of(const scoring_cell& cell) noexcept {
  return {cell.earned & cell_amount_mask, cell.possible & cell_amount_mask};
}

inline node_score to_score(const scoring_cell& sum) noexcept {
  return {static_cast<double>(sum.earned), static_cast<double>(sum.possible)};
}

/// The form before floor and cap. Sums are integers: the quotient is correctly rounded.
inline double free_value(const scoring_plan& plan, const node_score& form) noexcept {
  return plan.how == combine::base ? (plan.base + form.earned - form.possible) / plan.unit : form.value();
}

inline double form_value(const scoring_plan& plan, const node_score& form) noexcept {
  const double value = free_value(plan, form);
  return value < plan.floor ? plan.floor : value > plan.cap ? plan.cap : value;
}

/// A child's share of its parent's mean. The product first: weights and amounts are mostly small integers, so
/// that it is exact and the quotient is correctly rounded.
inline node_score share_of(const node_score& child, double weight) noexcept {
  return child.possible > 0.0 ? node_score{weight * child.earned / child.possible, weight} : node_score{};
}

} // namespace qascore::kernel::detail_scoring
