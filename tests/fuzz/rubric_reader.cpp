// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Any bytes: either a rubric that scores, or a rubric_error whose problems all have a message. Nothing else leaves the
// reader.
#include <qascore/rubric.hpp>
#include <qascore/rubric/yaml.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

void require(bool holds) {
  if (!holds)
    std::abort();
}

void check(const qascore::rubric& form) {
  require(qascore::validate(form.definition()).empty());
  const std::vector<std::uint8_t> first_answers(form.plan().inputs, 0);
  qascore::scorer score(form, {.when_unasked = qascore::unasked::ignore});
  const qascore::evaluation_result& result = score(first_answers);
  // Only rounding may raise a score.
  require(!result.score ||
          (*result.score >= 0.0 && (form.definition().round || *result.score <= *result.score_before_fail)));
  double sum = result.base;
  for (const auto& one : result.criteria)
    sum += one.contribution;
  // A floor or a cap may move a sum of finer digits than its own.
  const bool moved = std::abs(result.cap_adjustment) > 1e-12;
  const double off = result.score ? std::abs(sum + result.cap_adjustment - *result.score_before_fail) : 0.0;
  require(moved ? off <= 1e-15 * std::abs(sum) + 1e-15 : off == 0.0);
  require(!qascore::explain(result).empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    check(qascore::parse_rubric(text, "fuzz"));
  } catch (const qascore::rubric_error& failure) {
    require(!failure.problems().empty());
    for (const auto& one : failure.problems())
      require(!one.message.empty() && one.line >= 0);
  }
  return 0;
}
