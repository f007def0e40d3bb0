// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include "../compile.hpp"
#include "../content_hash.hpp"
#include "../rubric.hpp"
#include "../validate.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace qascore {

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

} // namespace qascore
