// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../../core/error.hpp"
#include "../../detail/config.hpp"
#include "../../detail/format.hpp"
#include "../../detail/nearest.hpp"
#include "../answer_scale.hpp"
#include "../compile.hpp"
#include "../content_hash.hpp"
#include "../rubric.hpp"
#include "../validate.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qascore {

namespace detail {

QASCORE_INLINE std::string_view in_language(const localised& text, std::string_view language,
                                            std::string_view otherwise) {
  const auto primary = [](std::string_view tag) { return tag.substr(0, tag.find('-')); };
  std::string_view found;
  for (const auto& [tag, words] : text) {
    if (tag == language)
      return words;
    if (found.empty() && primary(tag) == primary(language))
      found = words;
  }
  if (!found.empty())
    return found;
  return text.empty() ? otherwise : std::string_view(text.begin()->second);
}

} // namespace detail

QASCORE_INLINE criterion::criterion(const detail::compiled_criterion& compiled, std::string_view section)
    : definition_{compiled.definition}, classes_{compiled.classes}, section_{section},
      scored_{compiled.scored}, possible_{compiled.possible.value()}, lowest_{compiled.lowest.value()} {
  for (const auto& points : compiled.points)
    points_.push_back(points.value());
}

QASCORE_INLINE std::string_view criterion::title(std::string_view language) const {
  return detail::in_language(definition_->title, language, definition_->id);
}

QASCORE_INLINE std::string_view criterion::metric() const noexcept {
  return detail::metric_of(definition_->answer);
}

QASCORE_INLINE std::string criterion::answer(std::size_t code) const {
  return classes_ ? "options worth " + detail::format_number(points_[code])
                  : detail::answer_text(definition_->answer, code);
}

QASCORE_INLINE std::vector<problem> validate(const rubric_definition& rubric) {
  return detail::rubric_checker(rubric).run();
}

QASCORE_INLINE rubric_definition rubric::refuse_problems(rubric_definition&& definition) {
  if (auto problems = validate(definition); !problems.empty())
    throw rubric_error(std::move(problems));
  return std::move(definition);
}

QASCORE_INLINE std::shared_ptr<const rubric::state> rubric::build(rubric_definition&& definition) {
  const auto built = std::make_shared<state>();
  state& s = *built;
  s.definition = std::move(definition);
  s.compiled = detail::rubric_compiler(s.definition).run();
  s.hash = qascore::content_hash(s.definition);
  for (std::uint32_t i = 0; i < s.compiled.criteria.size(); ++i) {
    const auto& compiled = s.compiled.criteria[i];
    s.criteria.emplace_back(compiled, s.compiled.sections[compiled.section].definition->id);
    s.index.emplace(compiled.definition->id, i);
    if (compiled.definition->critical && compiled.scored)
      s.critical.push_back(i);
    for (const auto& name : compiled.definition->dimension) {
      auto at = static_cast<std::size_t>(std::ranges::find(s.dimensions, name) - s.dimensions.begin());
      if (at == s.dimensions.size()) {
        s.dimensions.push_back(name);
        s.by_dimension.emplace_back();
      }
      if (s.by_dimension[at].empty() || s.by_dimension[at].back() != i)
        s.by_dimension[at].push_back(i);
    }
  }
  return built;
}

QASCORE_INLINE rubric::rubric(rubric_definition definition)
    : state_{build(refuse_problems(std::move(definition)))} {}

QASCORE_INLINE rubric::rubric(detail::validated, rubric_definition definition)
    : state_{build(std::move(definition))} {}

QASCORE_INLINE std::string_view rubric::title(std::string_view language) const {
  return detail::in_language(state_->definition.title, language, id());
}

QASCORE_INLINE std::size_t rubric::index_of(std::string_view criterion_id) const {
  const auto at = state_->index.find(criterion_id);
  if (at != state_->index.end())
    return at->second;
  throw rubric_error(std::vector<problem>{unknown(criterion_id)});
}

QASCORE_INLINE bool rubric::has(std::string_view criterion_id) const {
  return state_->index.contains(criterion_id);
}

QASCORE_INLINE problem rubric::unknown(std::string_view criterion_id) const {
  std::vector<std::string_view> ids;
  for (const auto& one : state_->criteria)
    ids.push_back(one.id());
  return {{},
          0,
          0,
          std::string(criterion_id),
          "expected a criterion of rubric " + detail::quoted(id()) + " but found " +
              detail::quoted(criterion_id) + detail::did_you_mean(criterion_id, ids)};
}

QASCORE_INLINE const band_definition* rubric::band_of(double score) const noexcept {
  for (const auto& band : state_->definition.bands)
    if (kernel::reaches(score, band.from))
      return &band;
  return nullptr;
}

} // namespace qascore
