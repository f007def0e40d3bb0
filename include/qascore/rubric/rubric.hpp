// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../core/error.hpp"
#include "compiled.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qascore {

namespace detail {
/// The text in a language: exactly, else in the same language elsewhere (zh for zh-CN), else the first there
/// is.
std::string_view in_language(const localised& text, std::string_view language, std::string_view otherwise);
/// Says that a definition is known to be valid.
struct validated {};
} // namespace detail

/// A criterion of a rubric, with what its answers earn.
class criterion {
public:
  criterion(const detail::compiled_criterion& compiled, std::string_view section);

  std::string_view id() const noexcept { return definition_->id; }
  std::string_view title(std::string_view language) const;
  std::string_view section() const noexcept { return section_; } ///< id of the section that holds it
  const criterion_definition& definition() const noexcept { return *definition_; }
  bool scored() const noexcept { return scored_; }       ///< false: free text, or weight 0
  double possible() const noexcept { return possible_; } ///< points for the best answer
  double lowest() const noexcept { return lowest_; }     ///< points for the worst with method base, else 0
  std::span<const double> points() const noexcept { return points_; } ///< points by code
  /// The metric of the conversation that fills it in; empty where the rater answers.
  std::string_view metric() const noexcept;
  /// The answer with this code, as a person writes it. Of several options it says only what they are worth:
  /// sets that earn the same share a code, unless a rule or a condition tells them apart.
  std::string answer(std::size_t code) const;
  /// The sets of options that are one answer; none where one option is chosen.
  const detail::option_classes* classes() const noexcept { return classes_.get(); }

private:
  const criterion_definition* definition_;
  std::shared_ptr<const detail::option_classes> classes_;
  std::string_view section_;
  bool scored_;
  double possible_;
  double lowest_;
  std::vector<double> points_;
};

/// All that is wrong with a definition; empty when it is a rubric.
std::vector<problem> validate(const rubric_definition& rubric);

/// The versioned form by which answers become scores: built once, checked once, never changed, cheap to copy
/// (copies share what they hold). What each word means stands in docs/rubric.md.
class rubric {
public:
  /// Throws rubric_error with all problems.
  explicit rubric(rubric_definition definition);
  /// From a definition that `validate` has found nothing wrong with.
  rubric(detail::validated, rubric_definition definition);

  const std::string& id() const noexcept { return state_->definition.id; }
  const std::string& version() const noexcept { return state_->definition.version; }
  const std::string& language() const noexcept { return state_->definition.language; }
  std::string_view title(std::string_view language) const;
  const rubric_definition& definition() const noexcept { return state_->definition; }
  /// 64 hexadecimal digits; see qascore::content_hash.
  const std::string& content_hash() const noexcept { return state_->hash; }

  /// All criteria in the order of the form; the index is what codes and columns go by.
  std::span<const criterion> criteria() const noexcept { return state_->criteria; }
  /// All sections in the order of the form, parents first.
  std::span<const detail::compiled_section> sections() const noexcept { return state_->compiled.sections; }
  /// Index of the section that holds a criterion.
  std::size_t section_index(std::size_t criterion) const noexcept {
    return state_->compiled.criteria[criterion].section;
  }
  /// Dimensions in the order in which the form names them, and the criteria of each.
  std::span<const std::string> dimensions() const noexcept { return state_->dimensions; }
  std::span<const std::uint32_t> criteria_of_dimension(std::size_t dimension) const noexcept {
    return state_->by_dimension[dimension];
  }
  std::span<const std::uint32_t> critical_criteria() const noexcept { return state_->critical; }
  /// Fields of the conversation that conditions look at. Their codes follow those of the criteria.
  std::span<const detail::field_values> fields() const noexcept { return state_->compiled.fields; }

  /// Index of a criterion. Throws rubric_error that names the nearest id.
  std::size_t index_of(std::string_view criterion_id) const;
  bool has(std::string_view criterion_id) const;
  problem unknown(std::string_view criterion_id) const;

  /// Band and verdict of a score; none where the score is missing.
  const band_definition* band_of(double score) const noexcept;

  /// Whether sums of weights and points are exact, so that scores do not depend on the order of criteria:
  /// where they are decimals with a common denominator that fits, as in nearly every form. Else each is
  /// rounded once, by at most 1e-15 of their sum.
  bool is_exact() const noexcept { return state_->compiled.exact; }

  const kernel::scoring_plan& plan() const noexcept { return state_->compiled.plan; }
  /// Tables of all criteria on one scale: what dimensions and the critical score sum.
  std::span<const kernel::scoring_cell> form_cells() const noexcept { return state_->compiled.form_cells; }

private:
  struct state {
    rubric_definition definition;
    detail::compiled_rubric compiled;
    std::vector<criterion> criteria;
    std::map<std::string_view, std::size_t> index;
    std::vector<std::string> dimensions;
    std::vector<std::vector<std::uint32_t>> by_dimension;
    std::vector<std::uint32_t> critical;
    std::string hash;
  };

  static rubric_definition refuse_problems(rubric_definition&& definition);
  static std::shared_ptr<const state> build(rubric_definition&& definition);

  std::shared_ptr<const state> state_;
};

} // namespace qascore

#if !defined(QASCORE_COMPILED)
#include "impl/rubric.ipp"
#endif
