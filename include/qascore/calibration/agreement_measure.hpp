// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "../kernel/agreement_measure.hpp"
#include "category_weights.hpp"
#include "krippendorff.hpp"
#include "rater_code.hpp"
#include "rating_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace qascore {

/// Which coefficient of a table: what functions that work for any of them take.
///   {.coefficient = qa::agreement_coefficient::fleiss_kappa, .weights = qa::category_weight::linear}
///   {.level = qa::level::interval}                                        Krippendorff's alpha
///   {.coefficient = qa::agreement_coefficient::light_kappa, .gold = "expert"}   mean kappa with the expert
struct measure_options {
  std::optional<agreement_coefficient> coefficient{}; ///< empty: Krippendorff's alpha
  std::optional<qascore::level> level{}; ///< of alpha; default: default_level, unless there are weights
  std::optional<category_weights> weights{};
  std::string gold{}; ///< of light_kappa: only pairs with this rater count
};

namespace detail {

/// A measure of one table with the matrix that it points to.
class table_measure {
public:
  /// Throws argument_error as krippendorff_alpha and category_weights do, and for a gold rater whom the table does not have.
  table_measure(const rating_table& table, const measure_options& options) {
    measure_.coefficient = options.coefficient;
    if (options.weights)
      matrix_ = options.weights->matrix(table.view().value, table.ordered());
    if (!options.coefficient && !options.weights)
      measure_.level = checked_level(table, options.level);
    if (options.coefficient && options.level)
      throw argument_error("level: belongs to Krippendorff's alpha; other coefficients take weights");
    if (options.gold.empty())
      return;
    measure_.gold = rater_code(table, options.gold, "gold");
  }

  /// Valid as long as this lives.
  agreement_measure view() const noexcept {
    agreement_measure out = measure_;
    out.category_weights = matrix_;
    return out;
  }

private:
  agreement_measure measure_;
  std::vector<double> matrix_;
};

} // namespace detail
} // namespace qascore
