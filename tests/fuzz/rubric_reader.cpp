// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
// Any bytes: either a rubric that scores, or a rubric_error whose problems all have a message. Nothing else leaves the
// reader. What the reader of plain YAML reads, yaml-cpp reads as the same tree.
#include <qascore/rubric.hpp>
#include <qascore/rubric/yaml.hpp>

#include "rubric_plain.hpp"

#include <qascore/kernel/scoring_many.hpp>

#include <algorithm>
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

/// Whether yaml-cpp reads the same tree; it must not refuse the text either.
bool reads_the_same(const qascore::reader::source& source, const qascore::reader::tree& plain) {
  try {
    return plain == qascore::reader::parse_any_tree(source);
  } catch (const qascore::rubric_error&) {
    return false;
  }
}

/// What holds of every evaluation.
void check(const qascore::rubric& form, const qascore::evaluation_result& result) {
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

/// Codes of a few evaluations, by row: the first answers, the last, none, and some drawn.
std::vector<std::vector<std::uint8_t>> evaluations(const qascore::rubric& form, std::size_t draw) {
  std::vector<std::vector<std::uint8_t>> out(12);
  for (std::size_t row = 0; row < out.size(); ++row) {
    for (const auto& one : form.criteria()) {
      const std::size_t answers = std::max<std::size_t>(one.points().size(), 1);
      draw = draw * 6364136223846793005u + 1442695040888963407u;
      const std::size_t drawn = (draw >> 33) % (answers + 2);
      out[row].push_back(row == 0                          ? std::uint8_t{0}
                         : row == 1                        ? static_cast<std::uint8_t>(answers - 1)
                         : row == 2 || drawn > answers     ? qascore::kernel::unanswered_code
                         : drawn < answers                 ? static_cast<std::uint8_t>(drawn)
                         : one.definition().not_applicable ? qascore::kernel::not_applicable_code
                                                           : std::uint8_t{0});
    }
    for (const auto& field : form.fields())
      out[row].push_back(static_cast<std::uint8_t>((draw >> 40) % (field.values.size() + 1)));
  }
  return out;
}

void check(const qascore::rubric& form, std::size_t draw) {
  require(qascore::validate(form.definition()).empty());
  const auto rows = evaluations(form, draw);
  std::vector<std::vector<std::uint8_t>> columns(form.plan().inputs, std::vector<std::uint8_t>(rows.size()));
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t row = 0; row < rows.size(); ++row)
      columns[c][row] = rows[row][c];
  std::vector<double> score(rows.size()), before(rows.size());
  std::vector<std::uint8_t> flags(rows.size());
  qascore::kernel::score_many(form.plan(),
                              std::vector<std::span<const std::uint8_t>>(columns.begin(), columns.end()),
                              {score, before, flags}, 1);
  qascore::scorer one(
      form, {.when_unanswered = qascore::unanswered::leave_out, .when_unasked = qascore::unasked::ignore});
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const qascore::evaluation_result& result = one(rows[row]);
    check(form, result);
    require(result.score ? *result.score == score[row] : std::isnan(score[row]));
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const qascore::reader::source source(text, "fuzz");
    if (const auto plain = qascore::reader::plain_parser(source).run())
      require(reads_the_same(source, *plain));
    check(qascore::parse_rubric(text, "fuzz"), size);
  } catch (const qascore::rubric_error& failure) {
    require(!failure.problems().empty());
    for (const auto& one : failure.problems())
      require(!one.message.empty() && one.line >= 0);
  }
  return 0;
}
