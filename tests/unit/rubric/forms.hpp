// Copyright the qascore authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <qascore/kernel/scoring_many.hpp>
#include <qascore/rubric.hpp>
#include <qascore/rubric/yaml.hpp>

#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

/// Small forms for the tests.
namespace qascore::test {

using answers = std::map<std::string, std::string>;

/// A form from its `scoring` and the YAML of its sections, in flow style.
inline rubric form(const std::string& scoring, const std::string& sections, const std::string& more = "") {
  return parse_rubric("qascore: 1\nid: form\nversion: \"1\"\nscoring: " + scoring + "\n" + more +
                      "sections: " + sections + "\n");
}

/// The text of the error that a form is refused with; empty when it is accepted.
inline std::string refusal(const std::string& text) {
  try {
    parse_rubric(text, "form.yaml");
  } catch (const rubric_error& failure) {
    return failure.what();
  }
  return {};
}

inline double sum_of_contributions(const evaluation_result& result) {
  double sum = 0.0;
  for (const auto& one : result.criteria)
    sum += one.contribution;
  return sum;
}

/// A random form that uses every kind of answer and rule, of the given method; the same for the same seed.
inline rubric_definition random_form(unsigned seed, scoring_method method, weights_of weights) {
  std::mt19937 bits(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(bits() % n); };
  rubric_definition out;
  out.id = "random";
  out.version = "1";
  out.method = method;
  out.weights = weights;
  out.not_applicable = static_cast<not_applicable_policy>(method == scoring_method::weighted ? below(4) : 0u);
  const bool criterion_weights = method != scoring_method::points;
  const bool section_weights = method == scoring_method::scaled_points ||
                               (method == scoring_method::weighted && weights == weights_of::section);
  int next = 0;
  const auto scope = [&] { return static_cast<fail_scope>(below(3)); };
  const auto make_section = [&](auto&& self, int depth) -> section_definition {
    section_definition section;
    section.id = "s" + std::to_string(next++);
    if (section_weights)
      section.weight = 0.5 + below(40);
    if (depth < 3 && below(3) == 0) {
      for (unsigned k = 0; k < 2; ++k)
        section.sections.push_back(self(self, depth + 1));
      return section;
    }
    for (unsigned k = 0; k < 2 + below(4); ++k) {
      criterion_definition c;
      c.id = "c" + std::to_string(next++);
      if (criterion_weights)
        c.weight = 0.25 * (1 + below(20));
      c.not_applicable = below(3) != 0;
      c.critical = below(4) == 0;
      c.dimension = {below(2) == 0 ? "attitude" : "process"};
      switch (below(5)) {
      case 0:
        c.answer = yes_no_answer{.points = 1.0 + below(9)};
        break;
      case 1:
        c.answer = options_answer{{{"high", {}, 7.5}, {"middle", {}, below(70) / 10.0}, {"low", {}, 0.0}}};
        break;
      case 2:
        c.answer = scale_answer{1, 2 + static_cast<int>(below(6)), std::nullopt};
        break;
      case 3:
        c.answer = number_answer{{{0.5, 10.0}, {4.0, 3.3}, {std::nullopt, 0.0}}};
        break;
      default:
        c.answer = hits_answer{-2.0, true, -7.0};
      }
      if (below(6) == 0) {
        // Where answers below the highest may all earn 0, only a verdict changes something of the criterion itself.
        const bool earns =
            std::holds_alternative<number_answer>(c.answer) || std::holds_alternative<hits_answer>(c.answer);
        const auto where = scope();
        const auto effect = static_cast<fail_effect>(below(3));
        c.fail.push_back({when_below_highest{}, where,
                          where == fail_scope::criterion && !earns ? fail_effect::verdict : effect, 0.3});
      }
      section.criteria.push_back(std::move(c));
    }
    return section;
  };
  for (unsigned k = 0; k < 2 + below(3); ++k)
    out.sections.push_back(make_section(make_section, 1));
  return out;
}

/// Random valid codes, by criterion; `odd` adds answers that are missing.
inline std::vector<std::uint8_t> random_codes(const rubric& r, std::mt19937& bits, bool odd = false) {
  std::vector<std::uint8_t> out;
  for (const auto& c : r.criteria()) {
    if (odd && bits() % 40 == 0)
      out.push_back(kernel::unanswered_code);
    else if (c.definition().not_applicable && bits() % 5 == 0)
      out.push_back(kernel::not_applicable_code);
    else
      out.push_back(static_cast<std::uint8_t>(bits() % c.points().size()));
  }
  return out;
}

/// Random evaluations of a form, some with unanswered criteria, and what scoring them as a batch gives.
struct random_batch {
  std::vector<std::vector<std::uint8_t>> evaluations; ///< codes by criterion
  std::vector<double> score, before;
  std::vector<std::uint8_t> flags;

  random_batch(const rubric& r, std::size_t rows, std::mt19937& bits)
      : score(rows), before(rows), flags(rows) {
    std::vector<std::vector<std::uint8_t>> columns(r.criteria().size());
    for (std::size_t row = 0; row < rows; ++row) {
      evaluations.push_back(random_codes(r, bits, true));
      for (std::size_t c = 0; c < columns.size(); ++c)
        columns[c].push_back(evaluations[row][c]);
    }
    kernel::score_many(r.plan(), std::vector<std::span<const std::uint8_t>>(columns.begin(), columns.end()),
                       {score, before, flags}, 1);
  }
};

} // namespace qascore::test
