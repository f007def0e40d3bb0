// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/design_view.hpp"
#include "../core/estimate.hpp"
#include "../detail/config.hpp"
#include "ratings.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// A model as one rater among people: whether it can stand for one of them, and whether it favours some.
namespace qascore {

/// How a rating is scored against those of the other people on the unit.
enum class alignment {
  equal,        ///< share of them that are the same: categories
  squared_error ///< minus the root mean squared difference: numbers
};

/// The model against one person, both measured by the other people.
struct alternative_row {
  std::uint32_t rater = 0;
  std::size_t n = 0; ///< units that the model, the person and at least one other person rated
  double model_wins =
      missing_value; ///< share of them where the model is as near to the others as the person, or nearer
  double person_wins = missing_value; ///< the same of the person
  tested_estimate advantage;          ///< model_wins - person_wins; the test is one-sided: above -epsilon
  double adjusted = missing_value;    ///< p adjusted for the number of people by Benjamini and Yekutieli
  bool rejected = false; ///< adjusted <= level: the model does better than the person less epsilon
};

struct alternative_options {
  double epsilon = 0.2; ///< what the person is handicapped for being dearer
  double level = 0.05;  ///< false discovery rate
  alignment score = alignment::equal;
  std::size_t least = 30; ///< units a person needs to be tested
  confidence_level confidence{};
};

struct alternative_result {
  std::vector<alternative_row> rows;   ///< one per person with `least` units, in the order of the table
  double winning_rate = missing_value; ///< share of them that are rejected
  bool passed = false;                 ///< winning_rate >= 1/2
  estimate advantage;                  ///< average advantage probability: mean of model_wins
  std::string undefined;
};

} // namespace qascore

namespace qascore::kernel {

/// The alternative annotator test. For person j and unit i, S(x) scores a rating x against the others' ratings of the unit (all
/// people but j), W^f = [S(model) >= S(j)], W^h = [S(j) >= S(model)]:
///
///   rho_f = mean W^f,  rho_h = mean W^h,   H0: rho_f <= rho_h - epsilon by t of W^f - W^h over the units
///   winning rate = share of people whose H0 is rejected, p adjusted by Benjamini and Yekutieli;  passes at 1/2
///   average advantage probability = mean over j of rho_f, with influence values over units
///
/// Ties count for both, as in the paper. Under a design the t is the design's. The test compares with these people, whose
/// number is small: it is no statement about others. Undefined: no person with `least` units. Throws argument_error for anonymous raters, a
/// model who is not in the table, an epsilon outside [0, 1), a level outside (0, 1).
/// Source: Calderon, Reichart, Dror (2025), ACL, doi:10.48550/arXiv.2501.10970. Checked against: a direct computation, simulation.
alternative_result alternative_annotator(const rating_view& ratings, std::uint32_t model,
                                         const alternative_options& options, const design_view* design);

/// Per unit, the model's rating less the mean of the other raters'; NaN where one of the two is missing. Throws argument_error for
/// anonymous raters or a model who is not in the table.
std::vector<double> deviations_from_others(const rating_view& ratings, std::uint32_t rater);

/// Whether means of groups are all equal: Wald's F of their differences, with the groups' own variances under the design (clusters
/// may span groups). `group`: per unit; missing_code: none; NaN values take no part. F = Wald (d - g + 2) / (d (g - 1)), d the degrees of
/// freedom of the design, g the groups; p from F(g - 1, d - g + 2). Undefined (NaN) for fewer than 2 groups with a value.
/// Source: Korn and Graubard (1990), American Statistician 44, 270-276, doi:10.1080/00031305.1990.10475737. Checked against: R survey
/// 4.1 (regTermTest), the square of t for two groups, simulation.
test_result equal_means(const design_view& design, std::span<const std::uint32_t> group, std::size_t groups,
                        std::span<const double> values);

} // namespace qascore::kernel

#if !defined(QASCORE_COMPILED)
#include "impl/model_rater.ipp"
#endif
