// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../detail/nearest.hpp"
#include "../kernel/category_weights.hpp"
#include "rating_table.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore {

/// Names of the weights, in the order of category_weight.
inline constexpr std::array<std::string_view, 8> category_weight_names{
    "identity", "linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar"};

/// How near categories are: a named weight, by category value, or an own matrix over the table's categories.
///   qa::fleiss_kappa(table, {.weights = qa::category_weight::quadratic});
///   qa::fleiss_kappa(table, {.weights = qa::category_weights({1, .5, 0, .5, 1, .5, 0, .5, 1})});
class category_weights {
public:
  category_weights() = default;
  category_weights(category_weight kind) : kind_{kind} {} // NOLINT: a name is a weight
  /// An own matrix, row-major: symmetric, 1 on the diagonal, nothing above 1. Compared with the table when
  /// it is used.
  explicit category_weights(std::vector<double> matrix) : own_{std::move(matrix)} {}

  /// The weight of that name. Throws argument_error with the nearest name.
  static category_weights named(std::string_view name) {
    for (std::size_t i = 0; i < category_weight_names.size(); ++i)
      if (category_weight_names[i] == name)
        return static_cast<category_weight>(i);
    std::string all;
    for (const std::string_view known : category_weight_names)
      all += (all.empty() ? "" : ", ") + std::string(known);
    throw argument_error("weights: expected one of " + all + " but found " + detail::quoted(name) +
                         detail::did_you_mean(name, category_weight_names));
  }

  /// The matrix for a table's categories; empty for identity, which needs none.
  /// Throws argument_error for categories without an order, or an own matrix that does not fit.
  std::vector<double> matrix(std::span<const double> values, bool ordered) const {
    if (own_) {
      kernel::check_weight_matrix(*own_, values.size());
      return *own_;
    }
    if (kind_ == category_weight::identity)
      return {};
    if (!ordered)
      throw argument_error(
          "weights: " + std::string(category_weight_names[static_cast<std::size_t>(kind_)]) +
          " weights need categories in an order, but these are text; declare them in their order");
    return kernel::weight_matrix(kind_, values);
  }

private:
  category_weight kind_ = category_weight::identity;
  std::optional<std::vector<double>> own_;
};

} // namespace qascore
